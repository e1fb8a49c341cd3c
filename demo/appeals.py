"""Appeals of the demonstration at each stage, with files; a portfolio that was not achieved; two members of the committee."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from appeals import actions as appeals
from appeals.models import Appeal
from candidates import actions as candidates
from demo import scenes
from demo.providers import CORA
from demo.story import Story
from people import actions as people
from people.states import Role
from portfolios import actions as portfolios
from portfolios.policy import Value

if TYPE_CHECKING:
    from candidates.models import Application
    from people.models import User

FLORA, MILO, NILS = "flora@juniper.example", "milo@delta.example", "nils@juniper.example"
GROUNDS = (
    "The published rule counts every week of the last five years, from all my posts together. "
    "The letter names my hours at one desk. The letter of my second library was not asked for. It shows the other thirteen."
)
LETTER = "To whom it may concern: this is to say that our page worked thirteen hours a week, from May 2024 on. The director"
ANSWER = "Staff counted both posts. The second letter arrived one day after the decision, so it could not count."
UPHELD = "We read the application, the letters and the dates. Each step of the published rule was taken, and in its time."
REMANDED = "The second post was named in the application, and no letter was asked for. Staff should ask for it, and count again."


def tell(story: Story) -> None:
    """Tell of those who appeal; the first one has another refusal that she can appeal."""
    flora = story.person(FLORA, at=story.ago(60))
    _add_letter(story, _appeal(story, flora, days_ago=9), days_ago=6)
    _refuse(story, flora, days_ago=2)
    answering = _appeal(story, story.person(at=story.ago(70)), days_ago=20)
    _add_letter(story, answering, days_ago=8)
    _give_grounds(story, answering, days_ago=6)
    heard = _appeal(story, story.person(at=story.ago(90)), days_ago=40)
    _give_grounds(story, heard, days_ago=25)
    appeals.respond(heard, text=ANSWER, actor=story.colleague, at=story.ago(12))
    _committee(story)
    _over(story)
    _not_achieved(story)


def _committee(story: Story) -> None:
    """One member signed the statement this year; another one's has run out."""
    cora = story.people[CORA]
    appeals.sign_statement(cora, actor=cora, at=story.ago(130))
    milo = story.person(MILO, at=story.ago(800))
    people.give_role(milo, Role.COMMITTEE, actor=None, at=story.ago(800))
    appeals.sign_statement(milo, actor=milo, at=story.ago(400))


def _over(story: Story) -> None:
    """Those that are over: sent back, upheld, lost, withdrawn."""
    cora = story.people[CORA]
    for name, email, days_ago in (("Ivo Sand", "ivo@brook.example", 60), ("June Hollis", "june@brook.example", 75)):
        appeal = _appeal(story, scenes.join(story, name, email, at=story.ago(100)), days_ago=days_ago)
        _give_grounds(story, appeal, days_ago=days_ago - 20)
        appeals.waive(appeal, actor=story.colleague, at=story.ago(days_ago - 25))
        if name == "Ivo Sand":
            appeals.remand(appeal, comment=REMANDED, actor=cora, at=story.ago(4))
        else:
            appeals.uphold(appeal, comment=UPHELD, actor=cora, at=story.ago(30))
    lost = _appeal(story, scenes.join(story, "Rhea Lund", "rhea@brook.example", at=story.ago(100)), days_ago=50)
    appeals.forfeit(lost.id, at=story.ago(19))
    withdrawn = _appeal(story, scenes.join(story, "Saul Abt", "saul@brook.example", at=story.ago(100)), days_ago=44)
    appeals.withdraw(withdrawn, actor=withdrawn.person, at=story.ago(40))


def _not_achieved(story: Story) -> None:
    """A portfolio for which more was asked, and none came: decided three days ago."""
    candidacy = story.admitted(story.person(NILS, at=story.ago(420)), days_ago=400)
    portfolio = story.sent(candidacy, days_ago=122, set_code="technology")
    for assignment, days_ago in zip(scenes.assign(story, portfolio, days_ago=120), (98, 94), strict=True):
        accepted = portfolios.accept(assignment, actor=assignment.evaluator.person, at=story.ago(118))
        story.rate(accepted, [Value.NOT_MET, Value.PARTIAL, Value.NOT_MET], days_ago=days_ago)
    portfolio.refresh_from_db()
    portfolios.close_supplement(portfolio, at=story.ago(3))


def _refuse(story: Story, person: User, *, days_ago: float) -> Application:
    application = story.in_review(person, days_ago=days_ago + 2)
    candidates.refuse(
        application,
        reason_code="hours",
        reason="The letter of your library names 12 hours a week, not 25. With 12, the hours fall short.",
        eligible_from=story.now.date() + timedelta(days=120),
        actor=story.rita,
        at=story.ago(days_ago),
    )
    return application


def _appeal(story: Story, person: User, *, days_ago: float) -> Appeal:
    application = _refuse(story, person, days_ago=days_ago)
    at = story.ago(days_ago - 2)
    reason = "I think that my hours at the second desk were not counted."
    return appeals.give_notice(person, kind="application", reference=application.id, reason=reason, actor=person, at=at)


def _add_letter(story: Story, appeal: Appeal, *, days_ago: float) -> None:
    letter = SimpleUploadedFile("letter-of-my-second-library.txt", LETTER.encode(), "text/plain")
    appeals.add_files(appeal, uploads=[letter], actor=appeal.person, at=story.ago(days_ago))


def _give_grounds(story: Story, appeal: Appeal, *, days_ago: float) -> None:
    appeals.give_grounds(appeal, grounds=GROUNDS, actor=appeal.person, at=story.ago(days_ago))
