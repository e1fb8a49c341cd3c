"""One running system for all journeys of a session, and a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from demo import cast
from tests.journeys.person import Person, launch
from tests.journeys.stack import ROOT, Stack

HERE = Path(__file__).parent


# Two of these run side by side; begun in this order, both processes are busy about as long.
GROUPS = ("every page", "town", "years", "stack")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Journeys in one system stay in one process, and the look at every page comes before those that change what is there.

    The marks must stand before xdist reads them, and the order be made after others have changed it.
    """
    for item in items:
        if HERE in item.path.parents:
            needs = set(getattr(item, "fixturenames", ()))
            system = "stack" if "stack" in needs else "every page" if item.path.stem == "test_every_page" else "town"
            item.add_marker(pytest.mark.xdist_group(system))
    yield
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    return GROUPS.index(group.args[0]) if group else len(GROUPS)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A second system, in which the demonstration's people live: for the journeys of one role, who need others in every state."""
    running = Stack(tmp_path_factory.mktemp("town"))
    try:
        running.up()
        running.manage("load_demo", seconds=500)
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = launch(playwright)
    yield opened
    opened.close()


@pytest.fixture
def people(request: pytest.FixtureRequest) -> Iterator[list[Person]]:
    """Everybody who came to a browser in this journey; at its end their pages must not have complained on the console."""
    people: list[Person] = []
    yield people
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.shot("end")
        person.context.close()
    assert complaints == []


def _shots(request: pytest.FixtureRequest) -> Path:
    return ROOT / "var" / "screenshots" / str(request.node.name.split("[")[0])


@pytest.fixture
def somebody(browser: Browser, stack: Stack, people: list[Person], request: pytest.FixtureRequest) -> Callable[..., Person]:
    """Bring people without an account to their browsers."""

    def bring(called: str, name: str, email: str, *, javascript: bool = True) -> Person:
        people.append(Person(browser, stack, called=called, name=name, email=email, shots=_shots(request), javascript=javascript))
        return people[-1]

    return bring


@pytest.fixture
def resident(browser: Browser, town: Stack, people: list[Person], request: pytest.FixtureRequest) -> Callable[..., Person]:
    """Bring one of the demonstration's people, signed in, to a browser; without an address, a visitor."""

    def bring(email: str = "", *, javascript: bool = True) -> Person:
        called = email.split("@")[0].capitalize() or "Visitor"
        people.append(Person(browser, town, called=called, name=called, email=email, shots=_shots(request), javascript=javascript))
        if email:
            people[-1].sign_in(cast.PASSWORD)
        return people[-1]

    return bring
