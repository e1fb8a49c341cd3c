"""The demonstration's candidates in the states that few reach: unpaid, rated again, sent back, refused, withdrawn.

They answered the optional questions of the application, so that the report on the answers has something to say.
"""

from __future__ import annotations

from candidates import actions as candidates
from courses import actions as courses
from courses.models import Offering
from demo import scenes
from demo.story import Story
from portfolios import actions as portfolios
from portfolios.models import Assignment, Portfolio
from portfolios.policy import Value

RATED = "cataloging"
AGAIN = "The first panel rated without one page of the evidence. Another panel rates it with all of them."
WHY = "My library was closed for nine months after the flood. Two of my portfolios are half written."


def tell(story: Story) -> None:
    """Tell of them, each at a day in the past."""
    _unpaid(story)
    _closed(story)
    _rated_again(story)
    _sent_back(story)
    _courses(story)
    _more_time(story)
    _hours(story)


def _unpaid(story: Story) -> None:
    """Shared with staff for comments; then sealed before any came, and not paid yet."""
    portfolio = story.write(scenes.admit_with_answers(story, "ines@ridge.example", days_ago=200), "technology", days_ago=25)
    person = portfolio.candidacy.person
    portfolios.ask_to_look(portfolio, question="Is one photo enough for competency 3?", actor=person, at=story.ago(4))
    portfolios.send(portfolio, actor=person, at=story.ago(2, hour=14))


def _closed(story: Story) -> None:
    """Sealed shortly before the last day, and never paid."""
    candidacy = scenes.admit_with_answers(story, days_ago=1471)
    portfolio = story.write(candidacy, "communication", days_ago=40)
    portfolios.send(portfolio, actor=candidacy.person, at=story.ago(14))
    portfolios.lapse(portfolio, at=story.ago(8))
    candidates.expire(candidacy, at=story.ago(8))


def _panel(story: Story, portfolio: Portfolio, *, days_ago: float) -> list[Assignment]:
    """Those whom the program proposes, who accept a day later."""
    invited = scenes.assign(story, portfolio, days_ago=days_ago)
    return [portfolios.accept(assignment, actor=assignment.evaluator.person, at=story.ago(days_ago - 1)) for assignment in invited]


def _rated_again(story: Story) -> None:
    """One declined and one had a conflict of interest; then more was asked for and sent, and neither of the two has rated it yet."""
    portfolio = story.sent(scenes.admit_with_answers(story, days_ago=300), days_ago=70, set_code=RATED)
    declining, second = scenes.assign(story, portfolio, days_ago=68)
    portfolios.accept(second, actor=second.evaluator.person, at=story.ago(67))
    portfolios.decline(declining, reason="I am away until the summer.", actor=declining.evaluator.person, at=story.ago(66))
    [near] = _panel(story, portfolio, days_ago=65)
    portfolios.report_conflict(near, reason="We were colleagues until last year.", actor=near.evaluator.person, at=story.ago(63))
    [first] = _panel(story, portfolio, days_ago=62)
    for slot, days_ago in ((first, 36), (second, 33)):
        story.rate(slot, [Value.NOT_MET, Value.PARTIAL], days_ago=days_ago)
    scenes.add_to_answers(story, portfolio, days_ago=14)
    portfolios.send_supplement(portfolio, actor=portfolio.candidacy.person, at=story.ago(12))


def _sent_back(story: Story) -> None:
    """One was late and one did not answer; not achieved, and with staff again, for another panel."""
    portfolio = story.sent(scenes.admit_with_answers(story, days_ago=320), days_ago=192, set_code=RATED)
    late, silent = scenes.assign(story, portfolio, days_ago=190)
    portfolios.accept(late, actor=late.evaluator.person, at=story.ago(189))
    passed = portfolios.pass_on(silent, at=story.ago(179))
    portfolios.replace(late, reason="The ratings were late, and no answer came.", actor=story.rita, at=story.ago(150))
    pair = _panel(story, portfolio, days_ago=149)
    if passed is not None:
        pair.append(portfolios.accept(passed, actor=passed.evaluator.person, at=story.ago(177)))
    for slot, days_ago in zip(pair, (128, 124), strict=True):
        story.rate(slot, [Value.NOT_MET, Value.PARTIAL, Value.NOT_MET], days_ago=days_ago)
    portfolios.close_supplement(portfolio, at=story.ago(32))
    portfolios.remand(portfolio, reason=AGAIN, actor=story.colleague, at=story.ago(6))


def _courses(story: Story) -> None:
    """One who has three courses that did not count: refused, withdrawn, and not confirmed by the provider."""
    candidacy = scenes.admit_with_answers(story, days_ago=260)
    person = candidacy.person
    offerings = Offering.objects.filter(is_example=True, parts=[])
    for code, days_ago in (("foundations", 30), ("access", 9)):
        proof = story.picture("completion.png")
        offering = offerings.filter(set__code=code).order_by("title")[0]
        finished = story.ago(days_ago + 6).date()
        claim = courses.claim(candidacy, offering=offering, completed_on=finished, upload=proof, actor=person, at=story.ago(days_ago))
        if code == "access":
            courses.withdraw(claim, actor=person, at=story.ago(days_ago - 1))
        else:
            why = "The form is not signed. Ask the provider to sign it, and send it again."
            courses.refuse(claim, reason=why, actor=story.rita, at=story.ago(days_ago - 4))
    completion = courses.claim(
        candidacy,
        offering=offerings.get(title="Story Time to Study Time"),
        completed_on=story.ago(20).date(),
        upload=None,
        actor=person,
        at=story.ago(12),
    )
    words = "The last two of five weeks are missing. Hand them in by the end of the month, and I confirm it."
    courses.answer_confirmation(completion.confirmations.get(), is_confirmed=False, words=words, at=story.ago(10))


def _more_time(story: Story) -> None:
    """One was not given more time; one finished before staff answered."""
    candidacy = scenes.admit_with_answers(story, days_ago=1430)
    extension_request = candidates.ask_extension(
        candidacy, why="I had planned to finish this year.", actor=candidacy.person, at=story.ago(20)
    )
    reason = "An extension is for what nobody could plan. You still have all the time until your last day."
    candidates.decline_extension(extension_request, reason=reason, actor=story.colleague, at=story.ago(16))
    candidacy = scenes.admit_with_answers(story, days_ago=1440)
    codes = ["foundations", "communication", "technology", "access", "cataloging", "youth"]
    story.achieve(candidacy, codes[:5], at=lambda number: story.ago(1300 - 200 * number))
    candidates.ask_extension(candidacy, why=WHY, actor=candidacy.person, at=story.ago(14))
    story.achieve(candidacy, codes[5:], at=lambda _: story.ago(11))


def _hours(story: Story) -> None:
    """A graduate who showed the hours, and one who has begun to."""
    shown = scenes.admit_provisionally(story, days_ago=310, shows=True)
    candidates.show_hours(shown, actor=story.rita, at=story.ago(2))
    begun = scenes.admit_provisionally(story, days_ago=130, shows=False)
    candidates.start_hours(begun, actor=begun.person, at=story.ago(5))
