"""The demonstration's providers: contacts, courses on their way to an approval, one that ends soon, completions that it confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from courses import actions as courses
from courses.models import CourseApplication, CourseEvaluator, CourseReview, Offering, Provider, ProviderContact
from courses.queries.applications import PURPOSE
from people import actions as people
from people.models import User
from people.states import Role
from programs import queries as programs

if TYPE_CHECKING:
    from demo.story import Story

PAT, VERA, CORA = "pat@prairielibrary.example", "vera@canyon.example", "cora@lakes.example"
PAGES: dict[str, dict[str, Any]] = {
    "content": {
        "objectives": "At the end, a student can find out what a reader really asks, and show them where to look.",
        "syllabus": "Week 1: the desk and the phone.\nWeek 2: the question behind the question.\nWeek 3: looking together.\n"
        "Week 4: when to hand on.\nWeek 5: a project at your own desk.\nWeek 6: showing it to the others.",
        "readings": "Chapters 1 to 4 of the handbook.\nTwo articles on good questions, on the page of the course.",
    },
    "methods": {
        "methods": "An hour live each week, exercises at one’s own desk, and a forum in which students read one another’s work.",
        "assessment": "Five exercises and a project. To pass, a student hands in all of them and reaches 70 percent in the project.",
    },
    "format": {
        "format": "online",
        "pace": "live",
        "price_cents": 9500,
        "dates": "Every fall, six weeks from September",
        "starts_on": None,
    },
}
ROW = {
    "content": "Week {week}: a talk with examples, then a discussion",
    "readings": "Handbook, chapter {week}",
    "assignments": "Exercise {week}: try it at your own desk, and write what happened",
    "assessment": "Exercise {week}, read by the instructor; it comes back in the project",
}


def tell(story: Story) -> None:
    """Tell of Pat’s courses in every state, of those who review them, and of candidates whom a provider vouches for."""
    pat = story._person(PAT, at=story.ago(1500))
    speaks = _contact(story, pat, Provider.objects.get(name="Prairie State Library"), days_ago=1490)
    nils = _named("Nils Brandt", "nils@dell.example", story=story, days_ago=1480)
    pair = [_evaluator(story, story._person(VERA, at=story.ago(1480)), "Canyon College"), _evaluator(story, nils, "")]
    people.give_role(story._person(CORA, at=story.ago(1480)), Role.COMMITTEE, actor=story.rita, at=story.ago(1479))
    ending = _approved(story, speaks, pair, title="At the Reference Desk", set_code="reference", days_ago=1415)
    _approved(story, speaks, pair, title="Keeping the Shelves Alive", set_code="collection-management", days_ago=120)
    _draft(story, speaks, days_ago=3)
    _changes(story, speaks, pair, days_ago=40)
    _ready(story, speaks, pair, days_ago=33)
    _in_review(story, pair, days_ago=12)
    _requests(story)
    _completions(story, ending)


def _named(name: str, email: str, *, story: Story, days_ago: float) -> User:
    """Somebody with a name and an address of their own, who can sign in like the others."""
    at = story.ago(days_ago)
    person = people.add_person(email=email, name=name, called=name.split()[0], actor=None, at=at)
    person.password, person.joined_at = story.password, at
    person.save(update_fields=["password", "joined_at"])
    return person


def _contact(story: Story, person: User, provider: Provider, *, days_ago: float) -> ProviderContact:
    asked = courses.ask_contact(person, provider=provider, post="Continuing education coordinator", actor=person, at=story.ago(days_ago))
    return courses.confirm_contact(asked, actor=story.rita, at=story.ago(days_ago - 2))


def _evaluator(story: Story, person: User, employer: str) -> CourseEvaluator:
    return courses.approve_course_evaluator(person, employer=employer, actor=story.rita, at=story.ago(1470))


def _write(story: Story, speaks: ProviderContact, *, title: str, set_code: str, days_ago: float) -> CourseApplication:
    """A whole draft, page by page."""
    if speaks.provider is None:
        raise LookupError("A confirmed contact has a provider")
    at, actor = story.ago(days_ago), speaks.person
    made = courses.start_course(speaks.provider, actor=actor, at=at)
    one = programs.get_set(set_code)
    pages: dict[str, dict[str, Any]] = {"course": {"title": title, "set": one, "parts": []}, **PAGES}
    for page, values in pages.items():
        courses.save_page(made, page=page, version=0, values=values, actor=actor, at=at)
    resume = SimpleUploadedFile("resume-young.pdf", _PDF, "application/pdf")
    courses.add_instructor(made, name="Ada Young", background="Reference librarian for 12 years", upload=resume, actor=actor, at=at)
    rows = {
        each.number: {name: words.format(week=1 + (each.number - 1) % 6) for name, words in ROW.items()} for each in one.competencies.all()
    }
    courses.save_map(made, rows=rows, version=0, actor=actor, at=at)
    return made


_PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def _sent(story: Story, speaks: ProviderContact, *, title: str, set_code: str, days_ago: float) -> CourseApplication:
    made = _write(story, speaks, title=title, set_code=set_code, days_ago=days_ago + 4)
    courses.send_course(made, actor=speaks.person, at=story.ago(days_ago, hour=14))
    story._pay(purpose=PURPOSE, reference=made.id, at=story.ago(days_ago, hour=16))
    made.refresh_from_db()
    return made


def _recommend(
    story: Story, review: CourseReview, *, days_ago: float, advice: str = "approve", comment: str = "Clear, and complete."
) -> None:
    at, person = story.ago(days_ago), review.evaluator.person
    rows = {"2": "Say what a student reads in this week."} if advice != "approve" else {}
    courses.save_review(review, advice=advice, comment=comment, rows=rows, version=0, actor=person, at=at)
    courses.recommend(review, actor=person, at=at)


def _approved(
    story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, title: str, set_code: str, days_ago: float
) -> Offering:
    made = _sent(story, speaks, title=title, set_code=set_code, days_ago=days_ago)
    for review in courses.invite_reviewers(made, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)):
        _recommend(story, review, days_ago=days_ago - 9)
    return courses.approve_course(made, actor=story.rita, at=story.ago(days_ago - 14))


def _draft(story: Story, speaks: ProviderContact, *, days_ago: float) -> None:
    """A course that Pat has begun."""
    if speaks.provider is not None:
        made = courses.start_course(speaks.provider, actor=speaks.person, at=story.ago(days_ago))
        values = {"title": "Stories for Small Children", "set": programs.get_set("youth"), "parts": []}
        courses.save_page(made, page="course", version=0, values=values, actor=speaks.person, at=story.ago(days_ago))


def _changes(story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course for which changes are asked."""
    made = _sent(story, speaks, title="Leading a Small Team", set_code="supervision", days_ago=days_ago)
    for review, advice in zip(
        courses.invite_reviewers(made, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)), ("changes", "approve"), strict=True
    ):
        _recommend(story, review, days_ago=days_ago - 20, advice=advice, comment="Good, but the map is thin in two places.")
    text = "Please say for competency 2 what students read, and name the readings of weeks 3 and 4."
    courses.ask_changes(made, items=["content", "map"], text=text, actor=story.rita, at=story.ago(days_ago - 25))


def _ready(story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course that only waits for the committee’s, or staff’s, decision."""
    made = _sent(story, speaks, title="Describing What We Have", set_code="cataloging", days_ago=days_ago)
    for review in courses.invite_reviewers(made, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)):
        _recommend(story, review, days_ago=days_ago - 21)


def _in_review(story: Story, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course from another state; one evaluator has recommended, Vera has not."""
    person = _named("Marta Quiroga", "marta@northcoast.example", story=story, days_ago=300)
    speaks = _contact(story, person, Provider.objects.get(name="North Coast Library Cooperative"), days_ago=290)
    made = _sent(story, speaks, title="First Answers", set_code="reference", days_ago=days_ago)
    reviews = courses.invite_reviewers(made, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1))
    _recommend(story, reviews[1], days_ago=days_ago - 8)


def _requests(story: Story) -> None:
    """Somebody who wants to speak for a new provider, and two wishes for a course nearby."""
    person = _named("Theo Hall", "theo@hall.example", story=story, days_ago=4)
    courses.ask_contact(
        person,
        provider=None,
        new_name="Theo Hall, library consultant",
        new_kind="individual_consultant",
        new_state="NM",
        post="Consultant",
        note="My page is hall.example/courses. Three state libraries have booked me.",
        actor=person,
        at=story.ago(2),
    )
    courses.course_request(
        person=None,
        email="reader@bangor.example",
        set=programs.get_set("youth"),
        place="Bangor, Maine",
        words="Evenings would be best.",
        at=story.ago(1),
    )
    answered = courses.course_request(
        person=None, email="desk@mesa.example", set=None, place="Gallup, New Mexico", words="", at=story.ago(30)
    )
    answer = "The state library plans a course for the spring. Its page names the dates in January."
    courses.answer_course_request(answered, answer=answer, actor=story.rita, at=story.ago(27))


def _completions(story: Story, offering: Offering) -> None:
    """One completion that the provider confirmed by link, and one that waits for Pat."""
    for days, answered in ((20, True), (2, False)):
        candidacy = story._admitted(story._person(at=story.ago(420)), days_ago=380)
        finished = story.ago(days + 6).date()
        claim = courses.claim(candidacy, offering=offering, completed_on=finished, upload=None, actor=candidacy.person, at=story.ago(days))
        if answered:
            asked = claim.confirmations.get()
            courses.answer_confirmation(asked, is_confirmed=True, words="", at=story.ago(days - 3))
            courses.accept(claim, actor=story.rita, at=story.ago(days - 5))
