"""One way to find text: accents, capitals, hyphens, apostrophes and invisible marks make no difference, and an index carries it.

A table has a generated column, the folded text of some of its columns, with a trigram index; `matching` folds what is typed alike.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, GeneratedField, Q, TextField, Value
from django.db.models.functions import Concat


class Fold(Func):
    """A text as it is compared and sorted: O’Brien is obrien, Nguyễn nguyen, Jean-Luc jean luc, Straße strasse."""

    function = "fold_text"
    arity = 1
    output_field = TextField()


def folded(*columns: Any) -> GeneratedField:
    """A column that the database keeps: the folded text of these columns."""
    parts = [part for column in columns for part in (Value(" "), column)][1:]
    text = Concat(*parts, output_field=TextField()) if len(parts) > 1 else columns[0]
    return GeneratedField(expression=Fold(text), output_field=TextField(), db_persist=True)


def folded_index(name: str) -> GinIndex:
    """What carries `matching`: three letters of a word and more."""
    return GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name=name)


def read_words(text: str) -> list[str]:
    """What was typed, in words; those without a letter or digit are left out."""
    return [word for word in text.replace("\0", " ").split() if any(sign.isalnum() for sign in word)]


def matching(text: str, *, column: str = "folded") -> Q | None:
    """Rows whose folded column has every word of `text`; None where nothing is typed that could be found."""
    words = read_words(text)
    condition = Q()
    for word in words:
        condition &= Q(**{f"{column}__contains": Fold(Value(word))})
    return condition if words else None
