"""Claims that a provider confirms by link, claims of single parts, and proof that is added later."""

import re
from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from candidates import actions as planning
from candidates import queries as candidates
from candidates.models import Candidacy
from courses import actions, notices, queries
from courses.actions.confirmations import LinkOver, LinkUsed
from courses.models import Completion, Offering, ProviderContact
from courses.states import AlreadyClaimed, CandidacyEnded
from ledger import queues, reminders
from ledger.models import Email, Entry
from ledger.reminder_schedules import REMINDER_SCHEDULES
from ledger.states import NotPossible
from people.models import User
from people.states import Role
from tests.factories import candidates as candidacies
from tests.factories import courses
from tests.factories import people as others


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: datetime) -> Candidacy:
    return candidacies.candidacy(alice, at=at, staff=rita)


@pytest.fixture
def speaks(rita: Any, at: datetime) -> ProviderContact:
    return courses.contact(others.person("pat@prairie-courses.example", name="Pat Reyes", called="Pat"), staff=rita, at=at)


@pytest.fixture
def asked(candidacy: Candidacy, speaks: ProviderContact, at: datetime) -> Completion:
    return courses.asked(candidacy, at=at, course=courses.offering())


def letters(notice: str) -> list[str]:
    return list(Email.objects.filter(notice=f"courses/{notice}").order_by("created_at", "id").values_list("to", flat=True))


def achieved(candidacy: Candidacy) -> list[str]:
    return [achievement.code for achievement in candidates.list_achievements(candidacy)]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def link(completion: Completion) -> str:
    return notices.confirmation_path(completion.confirmations.get())


# Asking and answering


def test_the_provider_is_asked_and_its_yes_puts_the_claim_before_staff(
    asked: Completion, candidacy: Candidacy, rita: Any, at: datetime
) -> None:
    assert (asked.state, asked.proof, asked.accept_by) == ("asked", None, None)
    confirmation = asked.confirmations.get()
    assert (confirmation.asked_on, confirmation.expires_on) == (date(2026, 11, 23), date(2026, 12, 23))
    assert letters("confirmation_asked") == ["pat@prairie-courses.example"]
    letter = Email.objects.get(notice="courses/confirmation_asked")
    assert link(asked) in letter.text
    assert letter.secret
    assert "Alice" not in letter.text + letter.subject
    assert letters("claim_asked") == ["alice@marlow.example"]
    assert queues.list_app_work_items("courses", at=at) == []
    later = at + timedelta(days=4)
    actions.answer_confirmation(confirmation, is_confirmed=True, words="", at=later)
    asked.refresh_from_db()
    assert (asked.state, asked.confirmed_by, asked.accept_by) == ("claimed", confirmation.contact, date(2026, 12, 4))
    entry = Entry.objects.get(verb="courses.completion.confirm")
    assert (str(entry.actor), str(entry.person), entry.details["provider"]) == ("Pat Reyes", "Alice Moreau", "Prairie State Library")
    actions.accept(asked, actor=rita, at=later)
    assert achieved(candidacy) == ["communication"]


def test_a_no_goes_back_to_the_candidate_with_the_providers_words(asked: Completion, candidacy: Candidacy, at: datetime) -> None:
    confirmation = asked.confirmations.get()
    with pytest.raises(NotPossible):
        actions.answer_confirmation(confirmation, is_confirmed=False, words=" ", at=at)
    actions.answer_confirmation(confirmation, is_confirmed=False, words="The last exercise is missing.", at=at)
    asked.refresh_from_db()
    assert asked.state == "not_confirmed"
    assert "The last exercise is missing." in Email.objects.get(notice="courses/not_confirmed").text
    with pytest.raises(LinkUsed):
        actions.answer_confirmation(confirmation, is_confirmed=True, words="", at=at)
    assert courses.claimed(candidacy, at=at, course=asked.offering).state == "claimed"
    with pytest.raises(AlreadyClaimed):
        actions.prove(asked, upload=others.upload(), actor=candidacy.person, at=at)


def test_proof_takes_the_place_of_a_confirmation_and_the_claim_keeps_its_day(asked: Completion, candidacy: Candidacy, at: datetime) -> None:
    confirmation, later = asked.confirmations.get(), at + timedelta(days=40)
    actions.prove(asked, upload=others.upload("form.pdf"), actor=candidacy.person, at=later)
    asked.refresh_from_db()
    assert asked.proof is not None
    assert (asked.state, asked.claimed_at, asked.proof.name) == ("claimed", at, "form.pdf")
    with pytest.raises(LinkUsed):
        actions.answer_confirmation(confirmation, is_confirmed=True, words="", at=at)


def test_what_was_sent_by_the_last_day_is_decided_as_if_in_time(rita: Any, alice: Any, speaks: ProviderContact, at: datetime) -> None:
    candidacy = candidacies.candidacy(alice, at=at, staff=rita)
    course = courses.offering(approved_until=date(2031, 6, 30))
    last = datetime.fromisoformat("2030-11-24T10:59:59+00:00")
    with pytest.raises(CandidacyEnded):
        courses.asked(candidacy, at=last + timedelta(seconds=1), course=course)
    made = courses.asked(candidacy, at=last, course=course)
    planning.expire(candidacy, at=last + timedelta(hours=1))
    actions.answer_confirmation(made.confirmations.get(), is_confirmed=True, words="", at=last + timedelta(days=20))
    actions.accept(made, actor=rita, at=last + timedelta(days=25))
    assert achieved(candidacy) == ["communication"]


def test_nobody_confirms_their_own_and_without_a_contact_nobody_is_asked(rita: Any, alice: Any, at: datetime) -> None:
    candidacy = candidacies.candidacy(alice, at=at, staff=rita)
    course = courses.offering()
    with pytest.raises(NotPossible, match="This provider has no contact"):
        courses.asked(candidacy, at=at, course=course)
    courses.contact(alice, staff=rita, at=at)
    with pytest.raises(NotPossible, match="This provider has no contact"):
        courses.asked(candidacy, at=at, course=course)
    assert not Completion.objects.exists()


@pytest.mark.parametrize(("day", "works"), [(date(2026, 12, 22), True), (date(2026, 12, 23), True), (date(2026, 12, 24), False)])
def test_a_link_works_to_its_last_day(asked: Completion, day: date, works: bool) -> None:
    then = datetime.fromisoformat(f"{day}T18:00:00+00:00")
    if works:
        actions.answer_confirmation(asked.confirmations.get(), is_confirmed=True, words="", at=then)
    else:
        with pytest.raises(LinkOver):
            actions.answer_confirmation(asked.confirmations.get(), is_confirmed=True, words="", at=then)


def test_of_two_contacts_the_first_answers(candidacy: Candidacy, speaks: ProviderContact, rita: Any, at: datetime) -> None:
    courses.contact(others.person("pia@prairie-courses.example"), staff=rita, at=at)
    made = courses.asked(candidacy, at=at, course=courses.offering())
    first, second = made.confirmations.order_by("contact__person__email")
    actions.answer_confirmation(first, is_confirmed=True, words="", at=at)
    with pytest.raises(LinkUsed, match="A colleague answered it"):
        actions.answer_confirmation(second, is_confirmed=False, words="No.", at=at)


# The page behind the link


def test_a_scanner_that_opens_the_link_changes_nothing(asked: Completion, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        for _ in range(3):
            assert Client().get(link(asked)).status_code == 200
        assert Client().head(link(asked)).status_code == 200
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_contact_answers_without_signing_in_once(asked: Completion, at: datetime) -> None:
    browser = Client(enforce_csrf_checks=True)
    with time_machine.travel(at, tick=False):
        assert "Did Alice Moreau finish this course?" in text(browser.get(link(asked)))
        token = browser.cookies["csrftoken"].value
        assert browser.post(link(asked), {"answer": "yes"}).status_code == 403
        answer = browser.post(link(asked), {"answer": "yes", "csrfmiddlewaretoken": token})
        assert "You confirmed that Alice Moreau finished Words That Help on October 2, 2026." in text(answer)
        again = browser.post(link(asked), {"answer": "no", "words": "No.", "csrfmiddlewaretoken": token})
        assert again.status_code == 410
        assert "This link was already used" in text(again)
        assert "On November 23, 2026 you said: yes" in text(browser.get(link(asked)))
    asked.refresh_from_db()
    assert asked.state == "claimed"


def test_a_no_without_words_is_told_at_the_field(asked: Completion, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        answer = Client().post(link(asked), {"answer": "no", "words": " "})
        assert answer.status_code == 422
        assert text(answer).count("Explain why, in a few words.") == 2
        assert "You did not confirm it." in text(Client().post(link(asked), {"answer": "no", "words": "Not finished."}))


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_an_answer_that_is_none_changes_nothing(asked: Completion, at: datetime, answer: str) -> None:
    with time_machine.travel(at, tick=False):
        assert Client().post(link(asked), {"answer": answer}).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_an_old_link_and_an_altered_one_say_so(asked: Completion, at: datetime) -> None:
    with time_machine.travel(at + timedelta(days=31), tick=False):
        late = Client().get(link(asked))
        assert (late.status_code, "It expired after December 23, 2026." in text(late)) == (410, True)
        sent = Client().post(link(asked), {"answer": "yes"})
        asked.refresh_from_db()
        assert (sent.status_code, asked.state, asked.confirmations.get().answered_at) == (410, "asked", None)
    path = link(asked)
    for wrong in (path[:-2] + "/", path.replace("/confirm/", "/confirm/0"), "/confirm/x/", "/confirm/%00/"):
        answer = Client().get(wrong)
        assert (answer.status_code, "This link is not complete" in text(answer)) == (404, True)


# Parts


@pytest.fixture
def two(db: None) -> Offering:
    return courses.offering("Words and Teams", parts=["Words", "Teams"])


def test_the_set_is_achieved_when_all_parts_are_accepted(candidacy: Candidacy, two: Offering, rita: Any, at: datetime) -> None:
    first = courses.claimed(candidacy, at=at, course=two, part=1)
    second = courses.claimed(candidacy, at=at, course=two, part=2)
    actions.accept(second, actor=rita, at=at)
    assert achieved(candidacy) == []
    assert "You earn the set when we have proof of the rest: Words." in Email.objects.get(notice="courses/part_accepted").text
    actions.accept(first, actor=rita, at=at + timedelta(days=1))
    assert achieved(candidacy) == ["communication"]
    assert candidacy.achievements.get().source == first.id


def test_what_can_be_claimed_beside_what_was(candidacy: Candidacy, two: Offering, rita: Any, at: datetime) -> None:
    assert queries.list_open_parts(candidacy, two) == [1, 2, None]
    first = courses.claimed(candidacy, at=at, course=two, part=1)
    assert queries.list_open_parts(candidacy, two) == [2]
    for part in (1, None):
        with pytest.raises(AlreadyClaimed):
            courses.claimed(candidacy, at=at, course=two, part=part)
    other = courses.offering("Other Words")
    assert queries.list_open_parts(candidacy, other) == []
    with pytest.raises(AlreadyClaimed):
        courses.claimed(candidacy, at=at, course=other)
    actions.accept(first, actor=rita, at=at)
    assert queries.list_open_parts(candidacy, other) == [None]
    courses.claimed(candidacy, at=at, course=other)
    assert queries.list_open_parts(candidacy, two) == []


@pytest.mark.parametrize("part", [0, 3, -1])
def test_a_part_that_is_not_there_is_refused(candidacy: Candidacy, two: Offering, at: datetime, part: int) -> None:
    with pytest.raises(NotPossible, match="does not have that part"):
        courses.claimed(candidacy, at=at, course=two, part=part)


def test_all_at_once_needs_no_parts(candidacy: Candidacy, two: Offering, rita: Any, at: datetime) -> None:
    actions.accept(courses.claimed(candidacy, at=at, course=two), actor=rita, at=at)
    assert achieved(candidacy) == ["communication"]


# The candidate's pages


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


FINISHED = {"completed_on_month": "10", "completed_on_day": "2", "completed_on_year": "2026"}


def picture() -> SimpleUploadedFile:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return SimpleUploadedFile("signed.png", out.getvalue(), "image/png")


def test_a_candidate_asks_the_provider_for_one_part(
    candidacy: Candidacy, two: Offering, speaks: ProviderContact, alice: Any, at: datetime
) -> None:
    browser, address = signed_in(alice), reverse("courses:claim", args=[two.id])
    with time_machine.travel(at, tick=False):
        page = browser.get(address).content.decode()
        assert [words in page for words in ("All of them", "Words", "Ask the provider to confirm it")] == [True] * 3
        without = browser.post(address, {**FINISHED, "part": "1", "way": "proof"})
        assert text(without).count("Choose a file for “Your proof”") == 2
        answer = browser.post(address, {**FINISHED, "part": "1", "way": "ask"}, follow=True)
        made = Completion.objects.get()
        assert (made.part, made.state) == (1, "asked")
        assert "We asked Prairie State Library." in text(answer)
        assert "They can answer until December 23, 2026" in text(answer)
        prove = reverse("courses:prove", args=[made.id])
        assert "We have your proof." in text(browser.post(prove, {"proof": picture()}, follow=True))
        assert browser.get(prove)["Location"] == reverse("courses:claimed", args=[made.id])
        assert signed_in(speaks.person).get(prove).status_code == 404
        second = browser.get(address).content.decode()
        assert "Words: under review" in text(browser.get(address))
        assert "All of them" not in second


def test_staff_see_who_confirmed_and_what_is_left(
    candidacy: Candidacy, two: Offering, speaks: ProviderContact, rita: Any, at: datetime
) -> None:
    made = courses.asked(candidacy, at=at, course=two, part=1)
    actions.answer_confirmation(made.confirmations.get(), is_confirmed=True, words="", at=at)
    browser = signed_in(rita)
    with time_machine.travel(at, tick=False):
        words = text(browser.get(reverse("courses:completion", args=[made.id])))
        assert "Pat Reyes answered for Prairie State Library on November 23, 2026, with a link that works once." in words
        assert "Not accepted yet: Teams." in words
        answer = browser.post(reverse("courses:accept", args=[made.id]), follow=True)
        assert "Words is accepted. Communication and Teamwork is achieved when the rest is: Teams." in text(answer)


# Reminders


def find(name: str, *, day: date) -> int:
    return reminders.find(REMINDER_SCHEDULES[name], at=datetime.fromisoformat(f"{day}T18:00:00+00:00"))


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2026, 12, 8), 0), (date(2026, 12, 9), 1), (date(2026, 12, 10), 0), (date(2026, 12, 20), 1), (date(2026, 12, 23), 0)],
)
def test_a_contact_is_reminded_while_nobody_answers(asked: Completion, day: date, found: int) -> None:
    assert find("courses.confirmation", day=day) == found


def test_the_reminder_has_the_same_link_which_is_not_kept(asked: Completion) -> None:
    find("courses.confirmation", day=date(2026, 12, 8))
    assert find("courses.confirmation", day=date(2026, 12, 9)) == 1
    reminders.send_due(at=datetime.fromisoformat("2026-12-09T18:00:00+00:00"))
    letter = Email.objects.get(notice="courses/confirmation_due")
    assert link(asked) in letter.text
    assert letter.secret


def test_nobody_is_reminded_of_what_is_answered(asked: Completion, at: datetime) -> None:
    actions.answer_confirmation(asked.confirmations.get(), is_confirmed=True, words="", at=at)
    assert find("courses.confirmation", day=date(2026, 12, 9)) == 0


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2028, 12, 29), 0), (date(2028, 12, 30), 1), (date(2029, 3, 30), 1), (date(2029, 5, 30), 1), (date(2029, 6, 30), 0)],
)
def test_those_who_speak_for_a_provider_are_reminded_of_the_end(speaks: ProviderContact, at: datetime, day: date, found: int) -> None:
    courses.offering(promised_on=date(2025, 6, 30))
    courses.offering("Later", approved_until=date(2035, 1, 1), promised_on=date(2025, 6, 30))
    assert find("courses.approval", day=day) == found


def test_a_renewal_that_is_sent_ends_the_reminders(speaks: ProviderContact, rita: Any, at: datetime) -> None:
    offering = courses.offering(promised_on=date(2025, 6, 30))
    then = datetime.fromisoformat("2029-01-10T18:00:00+00:00")
    made = courses.complete(actions.start_renewal(offering, actor=speaks.person, at=then), at=then, changed="Nothing")
    assert find("courses.approval", day=date(2029, 3, 30)) == 1
    actions.send_course(made, actor=speaks.person, at=then)
    assert find("courses.approval", day=date(2029, 5, 30)) == 0


def test_an_evaluator_is_reminded_of_a_review(speaks: ProviderContact, rita: Any, at: datetime) -> None:
    pair = [courses.evaluator(others.person(f"{name}@canyon.example"), at=at) for name in ("vera", "nils")]
    first, _ = actions.invite_reviewers(courses.in_review(speaks, at=at), evaluators=pair, actor=rita, at=at)
    courses.recommend(first, at=at)
    assert [find("courses.review", day=date(2026, 12, day)) for day in (15, 16, 20, 23, 26)] == [0, 1, 1, 1, 1]
    said = REMINDER_SCHEDULES["courses.review"].say
    assert said is not None
    assert [one.context["course"] for one in said([first.id], today=date(2026, 12, 16)).values()] == ["Words at the Desk"]


@pytest.mark.django_db(transaction=True)
def test_of_two_parts_accepted_at_once_the_later_one_sees_the_other(at: datetime) -> None:
    staff = [others.person(f"staff{n}@lssc.example", name=f"Staff {n}", called="Staff", roles=(Role.STAFF,)) for n in (1, 2)]
    candidacy = candidacies.candidacy(others.person("dora@vale.example"), at=at, staff=staff[0])
    course = courses.offering(parts=["Listening", "Writing"])
    first, second = (courses.claimed(candidacy, at=at, course=course, part=part) for part in (1, 2))

    def accept() -> None:
        try:
            actions.accept(second, actor=staff[1], at=at)
        finally:
            connection.close()

    with transaction.atomic():
        actions.accept(first, actor=staff[0], at=at)
        thread = Thread(target=accept)
        thread.start()
        thread.join(timeout=1)
    thread.join(timeout=30)
    assert achieved(candidacy) == ["communication"]


def test_a_part_that_an_entry_lost_has_a_title_all_the_same(candidacy: Candidacy, at: datetime) -> None:
    course = courses.offering(parts=["Listening", "Writing"])
    made = courses.claimed(candidacy, at=at, course=course, part=2)
    Offering.objects.filter(pk=course.pk).update(parts=["Listening"])
    assert Completion.objects.get(pk=made.pk).title == "Words That Help, part 2"
