"""Evaluators of the demonstration in every standing, and panels that wait for an answer, or for a third evaluator."""

from __future__ import annotations

from candidates.models import Candidacy
from demo import cast, scenes
from demo.story import Story
from portfolios import actions as portfolios
from portfolios import lessons, queries
from portfolios.actions.evaluators import Decision, SetInterest
from portfolios.models import Assignment
from portfolios.policy import Value
from portfolios.states import Ground


def tell(story: Story) -> None:
    """Tell of those who rate, or want to."""
    _applied(story)
    _in_training(story)
    _too_near(story)
    _not_answered(story)
    _with_a_third(story)


def _applied(story: Story) -> None:
    """Two who wait for staff."""
    nell = scenes.join(story, "Nell Harker", "nell@dunes.example", at=story.ago(20))
    wishes = [
        SetInterest("cataloging", Ground.MASTERS, "Master’s in library science, 2011"),
        SetInterest("collection-management", Ground.YEARS, "Twelve years of selecting for a county system"),
        SetInterest("technology", Ground.TEACHING, "I teach a class on catalogs and discovery each fall"),
    ]
    scenes.apply_to_rate(story, nell, wishes, employer="Dunes Regional Library", note="Not in July, please.", days_ago=6)
    omar = scenes.join(story, "Omar Lindh", "omar@fjord.example", at=story.ago(5))
    youth = [SetInterest("youth", Ground.YEARS, "Seven years of story times")]
    scenes.apply_to_rate(story, omar, youth, employer="Fjord Street Library", note="", days_ago=2)


def _in_training(story: Story) -> None:
    """One who was approved last week and has read two pages."""
    tess = scenes.join(story, "Tess Auer", "tess@alder.example", at=story.ago(30))
    wishes = [
        SetInterest("communication", Ground.TEACHING, "Trainer for a state library"),
        SetInterest("supervision", Ground.YEARS, "Four years"),
    ]
    scenes.apply_to_rate(story, tess, wishes, employer="Alder State Library", note="", days_ago=14)
    [application] = tess.evaluator_applications.all()
    why = "Four years as a supervisor are less than the five that we ask for. Please apply again next year."
    decisions = {"communication": Decision(True), "supervision": Decision(False, why)}
    portfolios.decide_application(application, decisions=decisions, actor=story.rita, at=story.ago(9))
    for page in lessons.PAGES[:2]:
        portfolios.do_training_page(tess.evaluator, slug=page.slug, answers={}, actor=tess, at=story.ago(7))


def _too_near(story: Story) -> None:
    """One who works where candidates work, and has named another."""
    ines = scenes.join(story, "Ines Cole", "ines@birch.example", at=story.ago(900))
    sets = ["communication", "technology", "foundations"]
    evaluator = portfolios.approve_evaluator(ines, set_codes=sets, actor=story.rita, at=story.ago(880), capacity_per_year=5, trained=True)
    portfolios.change_standing(
        evaluator, capacity_per_year=5, paused_until=None, employers=["Marlow County Library"], actor=ines, at=story.ago(300)
    )
    portfolios.declare_conflict(ines, kind="person", name="Luz Ortega", email="", actor=ines, at=story.ago(290))


def _candidate(story: Story, name: str, email: str, *, days_ago: float) -> Candidacy:
    return story.admitted(scenes.join(story, name, email, at=story.ago(days_ago + 30)), days_ago=days_ago)


def _not_answered(story: Story) -> None:
    """Two invitations that no one has answered for eight days; one day is left."""
    sent = story.sent(_candidate(story, "Maren Voss", "maren@quay.example", days_ago=240), days_ago=10, set_code="technology")
    scenes.assign(story, sent, days_ago=8)


def _with_a_third(story: Story) -> None:
    """A portfolio whose two evaluators still differ after more was sent; a third one rates."""
    candidacy = _candidate(story, "Theo Marsh", "theo@weir.example", days_ago=300)
    portfolio = story.rated("", verdicts=[(Value.NOT_MET, Value.MET), (Value.PARTIAL, Value.PARTIAL)], days_ago=40, candidacy=candidacy)
    scenes.add_to_answers(story, portfolio, days_ago=22)
    portfolios.send_supplement(portfolio, actor=candidacy.person, at=story.ago(20))
    for slot, value, days_ago in ((1, Value.NOT_MET, 12), (2, Value.MET, 10)):
        assignment = Assignment.objects.select_related("portfolio", "evaluator__person").get(portfolio=portfolio, slot=slot)
        _rate_again(story, assignment, first=value, days_ago=days_ago)
    portfolio.refresh_from_db()
    [third] = scenes.assign(story, portfolio, days_ago=8)
    portfolios.accept(third, actor=third.evaluator.person, at=story.ago(6))


def _rate_again(story: Story, assignment: Assignment, *, first: Value, days_ago: float) -> None:
    """The final round: `first` for the first competency, Met for the others."""
    person = assignment.evaluator.person
    for number in queries.list_numbers_to_rate(assignment.portfolio):
        value = first if number == 1 else Value.MET
        comment = cast.COMMENTS[0] if value != Value.MET else ""
        portfolios.rate(assignment, number=number, value=value, comment=comment, version=0, actor=person, at=story.ago(days_ago))
    portfolios.finish_ratings(assignment, actor=person, at=story.ago(days_ago))
