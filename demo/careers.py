"""The first chapter: staff and evaluators, holders, candidates in their four years, Alice, and applicants."""

from datetime import timedelta

from agreements import actions as agreements
from candidates import actions as candidates
from candidates.states import RefusalReason, Way
from certificates import actions as certificates
from courses import actions as courses
from demo.story import ELECTIVES, REQUIRED, Story
from people import actions as people
from people.models import User
from people.states import Role
from portfolios import actions as portfolios
from portfolios.policy import Value


def tell(story: Story) -> None:
    """Tell of them, in the order in which it happened to each person."""
    _staff_and_evaluators(story)
    courses.load_courses(at=story.ago(1400))
    agreements.load_agreements(at=story.ago(1400))
    courses.load_examples(on=story.now.date(), at=story.ago(1300))
    _holders(story)
    _candidates(story)
    _alice(story)
    _applicants(story)


def _staff_and_evaluators(story: Story) -> None:
    start = story.ago(2000)
    story.rita = story.person("rita@lssc.example", at=start)
    people.give_role(story.rita, Role.STAFF, actor=None, at=start)
    story.colleague = people.add_person(email="nora@lssc.example", name="Nora Feld", called="Nora", actor=None, at=start)
    User.objects.filter(pk=story.colleague.pk).update(joined_at=start)
    people.give_role(story.colleague, Role.STAFF, actor=None, at=start)
    people.give_role(story.person("otto@lssc.example", at=start), Role.AUDITOR, actor=None, at=start)
    story.person("charlie@elsewhere.example", at=story.ago(12))
    everything = [*REQUIRED, *ELECTIVES]
    for number in range(12):
        email = {0: "bob@prairie.example", 1: "beth@lakeside.example"}.get(number, "")
        person = story.person(email, at=start)
        sets = everything if number < 2 else story.random.sample(everything, 6)
        story.evaluators.append(
            portfolios.approve_evaluator(
                person, set_codes=sets, actor=story.rita, at=story.ago(1500), capacity_per_year=6 if number < 2 else 12, trained=True
            )
        )


def _holders(story: Story) -> None:
    """Certificates active, in grace, lapsed, one revoked; one asked for, one that could be."""
    finished = [
        ("hoa@harbor.example", 500),
        ("", 90),
        ("", 800),
        ("", 1100),
        ("", 1300),
        ("gwen@mesa.example", 1480),
        ("", 1530),
        ("leon@cedar.example", 1560),
        ("", 1800),
        ("", 700),
    ]
    for number, (email, days) in enumerate(finished):
        person = story.holders[days] = story.person(email, at=story.ago(days + 900))
        admitted = story.admitted(person, days_ago=days + 800)
        candidacy = story.six(admitted, admitted_days_ago=days + 800, finished_days_ago=days)
        requested = certificates.ask(candidacy, actor=person, at=story.ago(days - 1))
        certificate = certificates.issue(requested, actor=story.rita, at=story.ago(days - 4))
        if number == len(finished) - 1:
            why = "The work in two portfolios was another person’s. The holder was heard and agreed."
            proposal = certificates.propose_revocation(certificate, reason=why, actor=story.rita, at=story.ago(203))
            certificates.confirm_revocation(proposal, actor=story.colleague, at=story.ago(200))
    for number in range(3):
        email = "sam@lincoln.example" if number == 0 else ""
        person = story.person(email, at=story.ago(1200))
        candidacy = story.six(story.admitted(person, days_ago=1100), admitted_days_ago=1100, finished_days_ago=6 + number)
        if number:
            certificates.ask(candidacy, actor=person, at=story.ago(3 * number))


def _candidates(story: Story) -> None:
    """Candidates in their four years, from the first week to the last, and one whose time ended."""
    for days in (2, 9, 20, 45, 100):
        story.admitted(story.person(at=story.ago(days + 30)), days_ago=days)
    for days in (150, 400, 700, 1000, 1420, 1440):
        candidacy = story.admitted(story.person(at=story.ago(days + 30)), days_ago=days)
        story.achieve(candidacy, story.random.sample(REQUIRED, 2), at=lambda number, days=days: story.ago(days - 60 - 40 * number))  # type: ignore[misc]
        story.write(candidacy, story.random.choice(ELECTIVES), answers=story.random.randrange(2, 7), days_ago=days / 3)
    expired = story.admitted(story.person(at=story.ago(1600)), days_ago=1500)
    candidates.expire(expired, at=story.ago(38))
    for days in (3, 6, 11, 16):
        story.sent(story.admitted(story.person(at=story.ago(300)), days_ago=250), days_ago=days)
    for days in (5, 8, 25, 44):
        sent = story.sent(story.admitted(story.person(at=story.ago(300)), days_ago=260), days_ago=days + 4)
        pair = story.rating(sent, days_ago=days, accepted=days != 5)
        if days == 25:
            story.give(pair[0], [Value.MET, Value.PARTIAL], days_ago=3)
    for days in (220, 240):
        story.write(story.admitted(story.person(at=story.ago(days + 40)), days_ago=days), "supervision", days_ago=4)
    story.rated("luz@mesa.example", verdicts=[(Value.MET, Value.MET), (Value.PARTIAL, Value.PARTIAL), (Value.NOT_MET, Value.MET)])
    story.rated("", verdicts=[(Value.NOT_MET, Value.NOT_MET), (Value.MET, Value.MET)])
    for days in (1, 4, 7):
        story.claims(story.admitted(story.person(at=story.ago(200)), days_ago=150), days_ago=days)


def _alice(story: Story) -> None:
    """The candidate of every example: two sets achieved, one being rated, one being written, one course under way."""
    alice = story.person("alice@marlow.example", at=story.ago(330))
    candidacy = story.admitted(alice, days_ago=308)
    for code, way in (("access", Way.PORTFOLIO), ("reference", Way.COURSE)):
        candidates.choose(candidacy, set_code=code, way=way, actor=alice, at=story.ago(300))
    proof = story.picture("completion.png", "Completion form, signed")
    finished = (story.now - timedelta(days=200)).date()
    offering = story.offering("foundations")
    claim = courses.claim(candidacy, offering=offering, completed_on=finished, upload=proof, actor=alice, at=story.ago(196))
    courses.accept(claim, actor=story.rita, at=story.ago(193))
    story.rated("", verdicts=[(Value.MET, Value.PARTIAL)], days_ago=85, candidacy=candidacy)
    technology = story.sent(candidacy, days_ago=26, set_code="technology")
    assignment, other = story.rating(technology, days_ago=22)
    story.rate(assignment, [Value.MET], days_ago=9)
    for number in (1, 2, 3):
        portfolios.rate(other, number=number, value=Value.MET, comment="", version=0, actor=other.evaluator.person, at=story.ago(2))
    story.write(candidacy, "access", answers=5, days_ago=6)


def _applicants(story: Story) -> None:
    for number in range(6):
        person = story.person(at=story.ago(20 + number))
        if number == 0:
            candidates.start(person, actor=person, at=story.ago(3))
        else:
            story.apply(person, at=story.ago(2 * number), weeks=30 + 20 * number, hours=20)
    for number in range(4):
        person = story.person(at=story.ago(15))
        application = story.apply(person, at=story.ago(4 + number))
        candidates.send(application, actor=person, at=story.ago(number, hour=14))
    for number in range(7):
        email = "dana@ridge.example" if number == 0 else ""
        story.in_review(story.person(email, at=story.ago(30)), days_ago=(4, 1, 2, 3, 5, 6, 9)[number])
    for reason, words in (
        (
            RefusalReason.HOURS,
            "The letter of your library names 12 hours a week, not 25. With the right hours you have 1,440 of 1,820.",
        ),
        (RefusalReason.PROOF, "We could not open your resume. Send it again as PDF, and we look again the same day."),
        (RefusalReason.DIPLOMA, "Please finish your GED first. Your hours are more than enough, and they will still count."),
    ):
        application = story.in_review(story.person(at=story.ago(60)), days_ago=40)
        from_day = story.now.date() + timedelta(days=90) if reason == RefusalReason.HOURS else None
        candidates.refuse(application, reason_code=reason, reason=words, eligible_from=from_day, actor=story.rita, at=story.ago(37))
    person = story.person(at=story.ago(50))
    candidates.withdraw(story.apply(person, at=story.ago(30)), actor=person, at=story.ago(25))
