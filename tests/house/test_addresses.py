"""Who may open each address: the whole URLconf is walked, and an address that this table does not know fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from people.guards import guard_of

OURS = ("people", "candidates", "portfolios", "courses", "certificates", "billing")


def walk(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from walk(entry, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name}", entry.callback


ADDRESSES = list(walk(get_resolver()))
GUARDED = {name: view for _, name, view in ADDRESSES if not view.__module__.startswith("allauth.")}


def test_every_address_has_a_name_of_its_own() -> None:
    names = [name for _, name, _ in ADDRESSES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_every_view_says_who_may_open_it(name: str) -> None:
    assert guard_of(GUARDED[name]) is not None
