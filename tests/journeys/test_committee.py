"""An appeal from the decision to the fresh panel: a candidate appeals, both committees speak, staff find new evaluators."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from people.templatetags.words import longdate
from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

GROUNDS = "The rules say that both evaluators read every answer. The comments on competency 3 speak of another library."
ANSWER = "Both evaluators opened every answer. We can’t say why a comment names another library."
WHY = "A comment speaks of another library, and no one could say why. Two others should read the whole portfolio."
LETTER = b"I worked at Juniper County Library alone. There is no branch on Mesa Street."


def open_appeal(person: Person, stage: str) -> None:
    """Find the appeal of the candidate in the list of what waits."""
    person.go(f"/office/appeals/?queue={stage}")
    person.follow("Nils Adair")


def test_an_appeal_leads_to_a_fresh_panel(town: Stack, resident: Callable[..., Person]) -> None:
    nils = resident("nils@juniper.example")
    nils.go("/my/")
    nils.follow("Technology")
    nils.sees("Technology was not achieved")
    nils.follow(f"You can appeal until {longdate(_decided(town) + timedelta(days=10))}")
    nils.press("I appeal")
    nils.sees("There is one thing to fix")
    nils.page.get_by_label("Why do you appeal?").fill("A comment is about someone else’s library.")
    nils.press("I appeal")
    nils.follow("Submit your grounds")
    nils.page.get_by_label("Your grounds").fill(GROUNDS)
    nils.upload("Files that show it", "my-library.txt", LETTER, "text/plain")
    nils.shot("grounds")
    nils.press("Save, and finish later")
    nils.sees("my-library.txt")
    nils.follow("Submit your grounds")
    expect(nils.page.get_by_label("Your grounds")).to_have_value(GROUNDS)
    nils.press("Submit my grounds")
    nils.sees("Before the first committee")
    nils.shot("given")

    cora = resident("cora@lakes.example")
    open_appeal(cora, "answer")
    cora.sees(GROUNDS)
    with cora.page.expect_download() as download:
        cora.follow("my-library.txt")
    assert download.value.path().read_bytes() == LETTER
    cora.follow("See what was decided")
    cora.sees("Evaluator 2 sent the last ratings")
    cora.sees("Personal learning statement")
    assert not re.search("|".join(_raters(town)), cora.page.locator("main").inner_text())
    cora.shot("decided")
    cora.follow("Back to the appeal")
    cora.page.get_by_label("Answer", exact=True).fill(ANSWER)
    cora.press("Send the answer")
    cora.sees("You answered for the first committee. Someone else must decide.")

    milo = resident("milo@delta.example")
    open_appeal(milo, "decide")
    milo.sees("Sign the statement on conflicts of interest first")
    assert milo.page.get_by_role("link", name="See what was decided").count() == 0
    milo.follow("The statement")
    milo.page.get_by_label("I state this").check()
    milo.press("Sign for a year")
    open_appeal(milo, "decide")
    milo.sees(ANSWER)
    milo.follow("See what was decided")
    milo.follow("Back to the appeal")
    milo.page.get_by_label("Send it back").check()
    milo.page.get_by_label("Why", exact=True).fill(WHY)
    milo.shot("decide")
    milo.press("Decide")
    milo.sees("The appeal is decided")
    assert milo.page.get_by_role("link", name="See what was decided").count() == 0

    nils.go("/appeals/")
    nils.follow("Your Technology portfolio")
    nils.sees(WHY)
    nils.sees("evaluators who have not seen it")
    nils.shot("remanded")
    nils.go("/my/")
    nils.follow("Technology")
    nils.sees("Staff are looking for two evaluators")

    rita = resident("rita@lssc.example")
    rita.go("/office/?queue=Portfolios")
    rita.page.locator("tr", has_text="Nils Adair").get_by_role("link").first.click()
    before = set(_raters(town))
    rita.press("Invite these two")
    assert set(_raters(town)).isdisjoint(before)
    rita.go("/office/people/?q=nils")
    rita.follow("Nils Adair")
    rita.sees("goes back")
    rita.sees("Milo Adeyemi, of the committee, read what was decided about the Technology portfolio.")
    rita.shot("file")


def _portfolio(town: Stack, column: str) -> Any:
    return town.ask(
        f"SELECT p.{column} FROM portfolios_portfolio p JOIN candidates_candidacy c ON c.id = p.candidacy_id "
        "JOIN people_user u ON u.id = c.person_id WHERE u.email = %s",
        "nils@juniper.example",
    )[0][0]


def _decided(town: Stack) -> date:
    return date.fromisoformat(str(_portfolio(town, "decided_on")))


def _raters(town: Stack) -> list[str]:
    """Who has an assignment at the portfolio in its newest panel."""
    rows = town.ask(
        "SELECT u.name FROM portfolios_assignment a JOIN portfolios_portfolio p ON p.id = a.portfolio_id AND p.panel = a.panel "
        "JOIN portfolios_evaluator e ON e.id = a.evaluator_id JOIN people_user u ON u.id = e.person_id WHERE p.id = %s",
        _portfolio(town, "id"),
    )
    return [name for (name,) in rows]
