"""docs/portfolio-to-certificate.md names functions that are there, in fewer than 25 steps."""

import re
from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/portfolio-to-certificate.md"
MODULES = ("views", "actions", "transitions", "subscribers", "policy")


def test_every_function_on_the_way_is_there() -> None:
    names = [name for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+){2,})`", PAGE.read_text()) if name.split(".")[1] in MODULES]
    assert [f"{number}. `" in PAGE.read_text() for number in range(1, len(names) + 1)] == [True] * len(names)
    assert 15 < len(names) < 25
    for name in names:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function)), name
