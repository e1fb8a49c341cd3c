"""The demonstration's providers: contacts, courses on their way to an approval, one that ends soon, completions that it confirms."""

from __future__ import annotations

from courses import actions as courses
from courses.models import CourseEvaluator, Offering, Provider, ProviderContact
from demo import scenes
from demo.story import Story
from people import actions as people
from people.states import Role
from programs import queries as programs

PAT, VERA, CORA = "pat@prairielibrary.example", "vera@canyon.example", "cora@lakes.example"


def tell(story: Story) -> None:
    """Tell of Pat’s courses in every state, of those who review them, and of candidates whom a provider vouches for."""
    pat = story.person(PAT, at=story.ago(1500))
    speaks = scenes.speak_for(story, pat, Provider.objects.get(name="Prairie State Library"), days_ago=1490)
    nils = scenes.add_person(story, "Nils Brandt", "nils@dell.example", at=story.ago(1480))
    vera = story.person(VERA, at=story.ago(1480))
    pair = [scenes.approve_reviewer(story, vera, "Canyon College"), scenes.approve_reviewer(story, nils, "")]
    people.give_role(story.person(CORA, at=story.ago(1480)), Role.COMMITTEE, actor=story.rita, at=story.ago(1479))
    ending = _approved(story, speaks, pair, title="At the Reference Desk", set_code="reference", days_ago=1415)
    _approved(story, speaks, pair, title="Keeping the Shelves Alive", set_code="collection-management", days_ago=120)
    _draft(story, speaks, days_ago=3)
    _changes(story, speaks, pair, days_ago=40)
    _ready(story, speaks, pair, days_ago=33)
    _in_review(story, pair, days_ago=12)
    _requests(story)
    _completions(story, ending)


def _approved(
    story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, title: str, set_code: str, days_ago: float
) -> Offering:
    course = scenes.send_course(story, speaks, title=title, set_code=set_code, days_ago=days_ago)
    for review in courses.invite_reviewers(course, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)):
        scenes.recommend(story, review, days_ago=days_ago - 9)
    return courses.approve_course(course, actor=story.rita, at=story.ago(days_ago - 14))


def _draft(story: Story, speaks: ProviderContact, *, days_ago: float) -> None:
    """A course that Pat has begun."""
    if speaks.provider is not None:
        course = courses.start_course(speaks.provider, actor=speaks.person, at=story.ago(days_ago))
        values = {"title": "Stories for Small Children", "set": programs.get_set("youth"), "parts": []}
        courses.save_page(course, page="course", version=0, values=values, actor=speaks.person, at=story.ago(days_ago))


def _changes(story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course for which changes are asked."""
    course = scenes.send_course(story, speaks, title="Leading a Small Team", set_code="supervision", days_ago=days_ago)
    for review, advice in zip(
        courses.invite_reviewers(course, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)), ("changes", "approve"), strict=True
    ):
        scenes.recommend(story, review, days_ago=days_ago - 20, advice=advice, comment="Good, but the map is thin in two places.")
    text = "Please say for competency 2 what students read, and name the readings of weeks 3 and 4."
    courses.ask_changes(course, items=["content", "map"], text=text, actor=story.rita, at=story.ago(days_ago - 25))


def _ready(story: Story, speaks: ProviderContact, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course that only waits for the committee’s, or staff’s, decision."""
    course = scenes.send_course(story, speaks, title="Describing What We Have", set_code="cataloging", days_ago=days_ago)
    for review in courses.invite_reviewers(course, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1)):
        scenes.recommend(story, review, days_ago=days_ago - 21)


def _in_review(story: Story, pair: list[CourseEvaluator], *, days_ago: float) -> None:
    """A course from another state; one evaluator has recommended, Vera has not."""
    person = scenes.add_person(story, "Marta Quiroga", "marta@northcoast.example", at=story.ago(300))
    speaks = scenes.speak_for(story, person, Provider.objects.get(name="North Coast Library Cooperative"), days_ago=290)
    course = scenes.send_course(story, speaks, title="First Answers", set_code="reference", days_ago=days_ago)
    reviews = courses.invite_reviewers(course, evaluators=pair, actor=story.rita, at=story.ago(days_ago - 1))
    scenes.recommend(story, reviews[1], days_ago=days_ago - 8)


def _requests(story: Story) -> None:
    """Someone who wants to speak for a new provider, and two requests for a course nearby."""
    person = scenes.add_person(story, "Theo Hall", "theo@hall.example", at=story.ago(4))
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
        candidacy = story.admitted(story.person(at=story.ago(420)), days_ago=380)
        finished = story.ago(days + 6).date()
        claim = courses.claim(candidacy, offering=offering, completed_on=finished, upload=None, actor=candidacy.person, at=story.ago(days))
        if answered:
            confirmation = claim.confirmations.get()
            courses.answer_confirmation(confirmation, is_confirmed=True, words="", at=story.ago(days - 3))
            courses.accept(claim, actor=story.rita, at=story.ago(days - 5))
