"""Numbers as people type them, with points and commas; what can be read in two ways is asked about, never guessed."""

import re
from decimal import Decimal

NUMBER = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)


class TwoWays(ValueError):
    """A number that means one thing to an American and another one to most of the world; `message` asks which."""

    def __init__(self, typed: str) -> None:
        whole, part = re.sub("[.,]", "", typed), Decimal(typed.replace(",", ".")).normalize()
        self.message = f"“{typed}” can mean {whole} or {part:f}. Enter the one that you mean"
        super().__init__(self.message)


def plain(text: str) -> str:
    """Write every number of a text with a point for decimals and nothing between thousands; raises TwoWays.

    What is no number in either way of writing stays as it is.
    """
    return NUMBER.sub(lambda match: _plain(match[0]), text)


def _plain(typed: str) -> str:
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", typed):
        raise TwoWays(typed)
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", typed):
        return typed.replace(",", "")
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", typed):
        return typed.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d+,\d{1,2}|0+,\d+", typed):
        return typed.replace(",", ".")
    return typed
