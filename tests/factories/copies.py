"""Many rows like one: for whatever is measured at 3, at 300 or over four years."""

import copy
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import models


def copies(row: Any, count: int, change: Callable[[int, Any], None] = lambda number, one: None) -> list[Any]:
    """Store so many copies of a row, each with a key of its own and what `change` does to it."""
    made = []
    for number in range(count):
        one = copy.copy(row)
        one._state = copy.copy(row._state)
        one._state.adding, one._state.fields_cache = True, {}
        one.pk = uuid4() if isinstance(row._meta.pk, models.UUIDField) else None
        change(number, one)
        made.append(one)
    return list(type(row)._default_manager.bulk_create(made))


def clone(row: Any, **changes: Any) -> Any:
    """Store one copy of a row, with changes."""
    return copies(row, 1, lambda number, one: put(one, **changes))[0]


def put(one: Any, **changes: Any) -> None:
    """Set fields of a row that is not stored yet."""
    for name, value in changes.items():
        setattr(one, name, value)
