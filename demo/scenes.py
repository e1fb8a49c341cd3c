"""What happens in more than one chapter: people join, apply, are admitted; a course, a program, an activity is written and sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import actions as agreements
from agreements.actions import Agreed
from agreements.models import Agreement
from candidates import actions as candidates
from candidates.models import ApplicantAnswers, Application, Candidacy
from courses import actions as courses
from courses.models import CourseApplication, CourseEvaluator, CourseReview, Provider, ProviderContact
from courses.queries.applications import PURPOSE
from demo import cast
from demo.story import Story
from people import actions as people
from people.models import User
from portfolios import actions as portfolios
from portfolios import queries
from portfolios.actions.evaluators import SetInterest
from portfolios.models import Assignment, Portfolio
from portfolios.queries import panels
from programs import policy as dates
from programs import queries as programs
from renewals import actions as renewals
from renewals.models import Renewal

ANSWERS = {
    "why": ("job", "career"),
    "age": ("35-44", "25-34", "35-44", "25-34", "55-64"),
    "gender": ("woman", "woman", "man"),
    "ethnicity": ("white", "black", "white", "black", ""),
}
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
_PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
CONDITION = "The college’s COM 110, a portfolio, or an approved course"
REQUIREMENTS = "60 credits: all LIB courses, 15 credits of general education, and an internship of 90 hours in a library of the county."


def join(story: Story, name: str, email: str, *, at: datetime) -> User:
    """Someone with an account, by name, so that the story's own names stay as they are."""
    user = User.objects.create(email=email, name=name, called=name.split()[0], password=story.password)
    User.objects.filter(pk=user.pk).update(joined_at=at)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    story.people[email] = user
    return user


def apply_to_rate(story: Story, person: User, wishes: list[SetInterest], *, employer: str, note: str, days_ago: float) -> None:
    """An application to become an evaluator, with a resume, that waits for staff."""
    resume = story.picture("resume.png")
    at = story.ago(days_ago)
    portfolios.apply_as_evaluator(
        person,
        wishes=wishes,
        resume=portfolios.keep_resume(person, resume, at=at),
        capacity_per_year=4,
        employers=[employer],
        note=note,
        actor=person,
        at=at,
    )


def assign(story: Story, portfolio: Portfolio, *, days_ago: float) -> list[Assignment]:
    """Those whom the program proposes."""
    at = story.ago(days_ago)
    chosen = [option.evaluator for option in panels.propose(portfolio, at=at).chosen]
    return portfolios.assign(portfolio, evaluators=chosen, actor=story.rita, at=at)


def add_to_answers(story: Story, portfolio: Portfolio, *, days_ago: float) -> None:
    """More for each competency on which more is asked, not sent yet."""
    for row in queries.list_responses(portfolio):
        if row.asked:
            added = "Here is one real case, as you asked. " + story.random.choice(cast.NARRATIVES)
            person, number = portfolio.candidacy.person, row.competency.number
            portfolios.save_addition(portfolio, number=number, text=added, version=0, actor=person, at=story.ago(days_ago))


def write_as_graduate(story: Story, person: User, *, days_ago: float) -> Application:
    """A draft of a graduate with a few hours a week, and a transcript."""
    at = story.ago(days_ago + 3)
    application = story.apply(person, at=at, weeks=30, hours=20)
    program = {
        "is_graduate": True,
        "college": "Mesa Community College",
        "credential": "Library Technician, Certificate",
        "graduated_on": (at - timedelta(days=200)).date(),
    }
    candidates.save_section(application, section="graduate", version=0, values=program, actor=person, at=at)
    candidates.attach_transcript(application, upload=story.picture("scan.png"), actor=person, at=at)
    return application


def admit_provisionally(story: Story, *, days_ago: float, shows: bool) -> Candidacy:
    """Admitted as a graduate; one who `shows` the hours has sent them."""
    person = story.person(at=story.ago(days_ago + 40))
    draft = write_as_graduate(story, person, days_ago=days_ago + 2)
    application = story.in_review(person, days_ago=days_ago + 2, draft=draft)
    candidacy = candidates.admit(application, provisionally=True, actor=story.rita, at=story.ago(days_ago))
    if not shows:
        return candidacy
    claim = candidates.start_hours(candidacy, actor=person, at=story.ago(4))
    work = {
        "library": "St. Anne Hospital Library",
        "kind": "special",
        "post": "Branch assistant",
        "paid": True,
        "began_on": story.ago(days_ago - 10).date(),
        "ended_on": None,
        "hours_a_week": Decimal(20),
    }
    candidates.add_employment(application, values=work, version=0, claim=claim, actor=person, at=story.ago(4))
    candidates.send_hours(candidacy, actor=person, at=story.ago(4))
    return candidacy


def admit_with_answers(story: Story, email: str = "", *, days_ago: float) -> Candidacy:
    """A candidate who answered the optional questions of the application."""
    person = story.person(email, at=story.ago(days_ago + 30))
    draft = story.apply(person, at=story.ago(days_ago + 5))
    number = ApplicantAnswers.objects.count()
    values = {name: choices[number % len(choices)] for name, choices in ANSWERS.items()}
    candidates.save_section(draft, section="answers", version=0, values=values, actor=person, at=story.ago(days_ago + 4))
    application = story.in_review(person, days_ago=days_ago + 2, draft=draft)
    return candidates.admit(application, actor=story.rita, at=story.ago(days_ago))


def add_person(story: Story, name: str, email: str, *, at: datetime) -> User:
    """Someone with a name and an address of their own, who can sign in like the others."""
    person = people.add_person(email=email, name=name, called=name.split()[0], actor=None, at=at)
    person.password, person.joined_at = story.password, at
    person.save(update_fields=["password", "joined_at"])
    return person


def speak_for(story: Story, person: User, provider: Provider, *, days_ago: float) -> ProviderContact:
    """A contact whom staff confirmed two days after they asked."""
    provider_contact = courses.ask_contact(
        person, provider=provider, post="Continuing education coordinator", actor=person, at=story.ago(days_ago)
    )
    return courses.confirm_contact(provider_contact, actor=story.rita, at=story.ago(days_ago - 2))


def approve_reviewer(story: Story, person: User, employer: str) -> CourseEvaluator:
    """A course evaluator; an empty employer shares no conflict with anyone."""
    return courses.approve_course_evaluator(person, employer=employer, actor=story.rita, at=story.ago(1470))


def write_course(story: Story, speaks: ProviderContact, *, title: str, set_code: str, days_ago: float) -> CourseApplication:
    """A whole draft, page by page."""
    if speaks.provider is None:
        raise LookupError("A confirmed contact has a provider")
    at, actor = story.ago(days_ago), speaks.person
    course = courses.start_course(speaks.provider, actor=actor, at=at)
    competency_set = programs.get_set(set_code)
    pages: dict[str, dict[str, Any]] = {"course": {"title": title, "set": competency_set, "parts": []}, **PAGES}
    for page, values in pages.items():
        courses.save_page(course, page=page, version=0, values=values, actor=actor, at=at)
    resume = SimpleUploadedFile("resume-young.pdf", _PDF, "application/pdf")
    courses.add_instructor(course, name="Ada Young", background="Reference librarian for 12 years", upload=resume, actor=actor, at=at)
    rows = {
        each.number: {name: words.format(week=1 + (each.number - 1) % 6) for name, words in ROW.items()}
        for each in competency_set.competencies.all()
    }
    courses.save_map(course, rows=rows, version=0, actor=actor, at=at)
    return course


def send_course(story: Story, speaks: ProviderContact, *, title: str, set_code: str, days_ago: float) -> CourseApplication:
    """A course written four days before, sent, and its fee paid: in review."""
    course = write_course(story, speaks, title=title, set_code=set_code, days_ago=days_ago + 4)
    courses.send_course(course, actor=speaks.person, at=story.ago(days_ago, hour=14))
    story.pay(purpose=PURPOSE, reference=course.id, at=story.ago(days_ago, hour=16))
    course.refresh_from_db()
    return course


def recommend(
    story: Story, review: CourseReview, *, days_ago: float, advice: str = "approve", comment: str = "Clear, and complete."
) -> None:
    """A review, sent; any advice but `approve` comes with a comment on row 2 of the map."""
    at, person = story.ago(days_ago), review.evaluator.person
    rows = {"2": "Say what a student reads in this week."} if advice != "approve" else {}
    courses.save_review(review, advice=advice, comment=comment, rows=rows, version=0, actor=person, at=at)
    courses.recommend(review, actor=person, at=at)


def submit_program(story: Story, contact: User, program: str, credential: str, courses: dict[str, str], *, days_ago: float) -> Agreement:
    """A program that the college wrote down and handed to staff."""
    college = contact.colleges.get().college
    row = agreements.begin(college, program=program, credential=credential, actor=contact, at=story.ago(days_ago + 5))
    url = "https://cedarvalley.example/catalog/library"
    agreements.write(
        row,
        requirements=REQUIREMENTS,
        catalog_url=url,
        courses=courses,
        version=row.written_at.isoformat(),
        actor=contact,
        at=story.ago(days_ago + 2),
    )
    agreements.submit(row, actor=contact, at=story.ago(days_ago))
    return row


def sign_agreement(story: Story, contact: User, program: str, credential: str, courses: dict[str, str], *, days_ago: float) -> Agreement:
    """A program that was handed in five days before, as an agreement of this day."""
    row = submit_program(story, contact, program, credential, courses, days_ago=days_ago + 5)
    at = story.ago(days_ago)
    sets: dict[str, bool | str] = {"communication": CONDITION, **dict.fromkeys(courses, True)}
    agreements.sign(row, agreed=Agreed(agreement_on=dates.today(at), retroactive_to=None, ends_on=None, sets=sets), actor=story.rita, at=at)
    row.refresh_from_db()
    return row


class Done(NamedTuple):
    """Something that a holder learned: what, its kind, how much, minutes on technology, the set, and who offered it."""

    title: str
    kind: str
    amount: str
    technology: int
    set: str
    provider: str


def add_activity(row: Renewal, title: str, *, at: datetime, kind: str = "workshop") -> UUID:
    """A draft with nothing but its name."""
    return renewals.add_activity(row, id=uuid4(), title=title, kind=kind, actor=row.person, at=at).id


def log(story: Story, row: Renewal, logged: Done, *, days_ago: float, proof: bool) -> None:
    """An activity finished two days before, with or without its proof."""
    at = story.ago(days_ago)
    id = add_activity(row, logged.title, at=at, kind=logged.kind)
    activity = row.activities.get(id=id)
    values = {
        "provider": logged.provider,
        "completed_on": story.ago(days_ago + 2).date(),
        "amount": Decimal(logged.amount),
        "technology_minutes": logged.technology,
        "set": programs.get_set(logged.set),
        "learned": "I read two books on it, and wrote down what we could do at our library." if logged.kind == "self_directed" else "",
    }
    activity = renewals.save_activity(activity, values=values, typed={}, version=0, actor=row.person, at=at)
    if proof:
        renewals.add_proof(activity, upload=story.picture("certificate.png"), actor=row.person, at=at)
