"""One running system for all journeys of a session, and a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.person import Person, launch
from tests.journeys.stack import ROOT, Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def somebody(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Bring people to their browsers; their pages must not complain on the console."""
    people: list[Person] = []
    shots = ROOT / "var" / "screenshots" / request.node.name.split("[")[0]

    def bring(called: str, name: str, email: str, *, javascript: bool = True) -> Person:
        people.append(Person(browser, stack, called=called, name=name, email=email, shots=Path(shots), javascript=javascript))
        return people[-1]

    yield bring
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.shot("end")
        person.context.close()
    assert complaints == []
