"""Agreements from the college's draft to the signature, its renewal and its end: results, audit, letters, in a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements import actions, queries
from agreements.models import Agreement, College
from agreements.reminder_schedules import ends
from agreements.states import AgreementIncomplete, AgreementState, NoContact
from ledger import queries as ledger
from ledger import queues, reminders
from ledger.models import Email, Entry, Reminder
from ledger.states import NotPossible, NotYourDecision
from people import actions as people_actions
from people.permissions import is_college_contact
from people.states import Role
from tests.factories import agreements, people

pytestmark = pytest.mark.django_db


def told(row: Any) -> list[str]:
    entries = Entry.objects.filter(subject_id=str(row.pk)).order_by("id").select_related("actor", "person")
    return [ledger.tell(entry).sentence for entry in entries]


def letters() -> list[tuple[str, str]]:
    return sorted(Email.objects.filter(notice__startswith="agreements/").values_list("notice", "to"))


def test_from_the_draft_to_the_signature(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    assert row.state == AgreementState.SUBMITTED
    actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20)), actor=rita, at=at)
    row.refresh_from_db()
    assert (row.agreement_on, row.retroactive_to, row.ends_on) == (date(2026, 11, 20), date(2024, 11, 20), date(2030, 11, 20))
    assert (row.state, row.decided_by, row.signed_on) == (AgreementState.SIGNED, rita, date(2026, 11, 23))
    assert [one.code for one in queries.list_covered(row)] == ["foundations", "technology", "access", "cataloging", "reference"]
    assert {line.set.code: line.condition for line in queries.list_rows(row) if line.condition} == {"communication": agreements.CONDITION}
    title = "Library Science, Associate degree (A.A.S.)"
    assert told(row) == [
        f"Cora Winters started a draft of the program {title} of Cedar Valley College.",
        f"Cora Winters submitted the program {title} of Cedar Valley College.",
        f"Rita Lindqvist signed the agreement with Cedar Valley College on {title}, dated November 20, 2026, "
        "for graduates from November 20, 2024 to November 20, 2030.",
    ]
    assert letters() == [
        ("agreements/received", "cora@cedarvalley.example"),
        ("agreements/signed", "cora@cedarvalley.example"),
    ]
    letter = Email.objects.get(notice="agreements/signed")
    assert "from November 20, 2024 to November 20, 2030" in letter.text
    assert letter.calendar
    row.terms.refresh_from_db()
    assert row.terms.frozen_at == at


def test_what_is_missing_is_named_and_nothing_is_signed(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    with pytest.raises(AgreementIncomplete, match=r"Technology is a required set.*2 of 3 electives"):
        actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20), covered=("foundations", "access", "youth")), actor=rita, at=at)
    row.refresh_from_db()
    assert row.state == AgreementState.SUBMITTED
    assert not row.sets.filter(covered=True).exists()


def test_days_out_of_order_are_refused(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    with pytest.raises(NotPossible, match="first graduation"):
        actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20), retroactive_to=date(2026, 11, 21)), actor=rita, at=at)


def test_an_empty_program_is_not_submitted(at: datetime) -> None:
    row = agreements.draft(at=at)
    cora = agreements.contact(row.college, at=at)
    words = {"catalog_url": "", "actor": cora, "at": at}
    row = actions.write(row, requirements=" ", courses=agreements.COURSES, version=row.written_at.isoformat(), **words)
    with pytest.raises(AgreementIncomplete, match="graduate"):
        actions.submit(row, actor=cora, at=at)
    row = actions.write(row, requirements="60 credits", courses={"technology": "  "}, version=row.written_at.isoformat(), **words)
    assert not row.sets.exists()
    with pytest.raises(AgreementIncomplete, match="course"):
        actions.submit(row, actor=cora, at=at)


def test_another_tab_is_never_overwritten(at: datetime) -> None:
    row = agreements.draft(at=at)
    cora = agreements.contact(row.college, at=at)
    with pytest.raises(NotPossible, match="another tab"):
        actions.write(row, requirements="Mine", catalog_url="", courses={}, version="earlier", actor=cora, at=at)
    row.refresh_from_db()
    assert row.requirements == "60 credits, all LIB courses, an internship."


def test_only_a_contact_writes_for_a_college(charlie: Any, rita: Any, at: datetime) -> None:
    row = agreements.draft(at=at)
    for person in (charlie, rita):
        with pytest.raises(NoContact):
            actions.begin(row.college, program="Another", credential="diploma", actor=person, at=at)
        with pytest.raises(NoContact):
            actions.submit(row, actor=person, at=at)
        with pytest.raises(NoContact):
            actions.withdraw(row, actor=person, at=at)
    other = agreements.contact(agreements.college("Other College", at=at), at=at, email="otto@other.example")
    with pytest.raises(NoContact):
        actions.submit(row, actor=other, at=at)


def test_one_program_is_open_once(at: datetime) -> None:
    row = agreements.draft(at=at)
    cora = agreements.contact(row.college, at=at)
    with pytest.raises(NotPossible, match="already"):
        actions.begin(row.college, program=" Library Science ", credential="associate", actor=cora, at=at)
    actions.begin(row.college, program="Library Science", credential="certificate", actor=cora, at=at)
    actions.withdraw(row, actor=cora, at=at)
    actions.begin(row.college, program="Library Science", credential="associate", actor=cora, at=at)


def test_staff_ask_for_changes_and_the_college_submits_again(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    with pytest.raises(NotPossible, match="need"):
        actions.ask(row, words=" ", actor=rita, at=at)
    actions.ask(row, words="Name the technology courses.", actor=rita, at=at)
    row.refresh_from_db()
    assert (row.state, row.asked) == (AgreementState.DRAFT, "Name the technology courses.")
    assert "Name the technology courses." in Email.objects.get(notice="agreements/asked").text
    later = at + timedelta(days=1)
    actions.submit(row, actor=agreements.contact(row.college, at=at), at=later)
    row.refresh_from_db()
    assert (row.state, row.asked) == (AgreementState.SUBMITTED, "")
    actions.refuse(row, reason="The courses are not required.", actor=rita, at=later)
    assert "not required" in Email.objects.get(notice="agreements/refused").text


def test_nobody_on_the_staff_decides_for_their_own_college(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    actions.add_contact(row.college, rita, actor=rita, at=at)
    for decide in (
        lambda: actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20)), actor=rita, at=at),
        lambda: actions.ask(row, words="More", actor=rita, at=at),
        lambda: actions.refuse(row, reason="No", actor=rita, at=at),
    ):
        with pytest.raises(NotYourDecision):
            decide()


def test_nobody_on_the_staff_enters_what_their_own_college_agreed(rita: Any, at: datetime) -> None:
    actions.load_agreements(at=at)
    row = Agreement.objects.order_by("college__name")[0]
    agreements.contact(row.college, at=at, email=rita.email)
    with pytest.raises(NotYourDecision, match="You represent this college"):
        actions.state(row, agreed=agreements.agreed(date(2025, 3, 1)), reason="Our files", actor=rita, at=at)


def test_nobody_leaves_their_college_to_decide_on_its_programs(rita: Any, at: datetime) -> None:
    row = agreements.submitted(at=at)
    cora = row.submitted_by
    assert cora is not None
    people_actions.give_role(cora, Role.STAFF, actor=rita, at=at)
    with pytest.raises(NotYourDecision, match="Ask another staff member"):
        actions.remove_contact(row.college, cora, actor=cora, at=at)
    actions.remove_contact(row.college, cora, actor=rita, at=at)
    for act in (
        lambda: actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20)), actor=cora, at=at),
        lambda: actions.refuse(row, reason="No", actor=cora, at=at),
    ):
        with pytest.raises(NotYourDecision, match="You submitted this program"):
            act()


def test_a_renewal_keeps_the_old_agreement_and_its_promise(rita: Any, at: datetime) -> None:
    old = agreements.signed(at=at - timedelta(days=1400), staff=rita)
    cora = agreements.contact(old.college, at=at)
    new = actions.begin_renewal(old, actor=cora, at=at)
    assert actions.begin_renewal(old, actor=cora, at=at) == new
    assert (new.program, new.requirements, new.renews) == (old.program, old.requirements, old)
    assert {row.set.code: (row.courses, row.covered) for row in new.sets.select_related("set") if row.courses} == {
        code: (words, False) for code, words in agreements.COURSES.items()
    }
    actions.submit(new, actor=cora, at=at)
    assert old.ends_on is not None
    actions.sign(new, agreed=agreements.agreed(old.ends_on + timedelta(days=1)), actor=rita, at=at)
    kept = (old.agreement_on, old.retroactive_to, old.ends_on)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == (AgreementState.RENEWED, AgreementState.SIGNED)
    assert (old.agreement_on, old.retroactive_to, old.ends_on) == kept
    assert list(queries.list_public()) == [new]


def test_an_agreement_ends_early_but_never_in_the_past(rita: Any, at: datetime) -> None:
    row = agreements.signed(at=at, staff=rita)
    for last_day in (date(2026, 11, 22), date(2030, 11, 23)):
        with pytest.raises(NotPossible, match="last day"):
            actions.end(row, last_day=last_day, reason="The program closes.", actor=rita, at=at)
    actions.end(row, last_day=date(2027, 6, 30), reason="The program closes.", actor=rita, at=at)
    row.refresh_from_db()
    assert (row.state, row.ends_on) == (AgreementState.ENDED, date(2027, 6, 30))
    assert "June 30, 2027" in Email.objects.get(notice="agreements/ended").subject


def test_load_agreements_lists_what_is_known_and_nothing_more(at: datetime) -> None:
    assert actions.load_agreements(at=at) == 15
    assert Agreement.objects.count() == 15
    dona_ana = Agreement.objects.get(college__name="Dona Ana Community College")
    assert (dona_ana.agreement_on, dona_ana.retroactive_to) == (date(2012, 6, 1), date(2010, 6, 1))
    assert Entry.objects.filter(verb="agreements.agreement.add").count() == 15
    assert actions.load_agreements(at=at) == 0
    assert Entry.objects.count() == 15


def test_what_a_listed_agreement_says_is_entered_from_its_document(rita: Any, at: datetime) -> None:
    actions.load_agreements(at=at)
    row = Agreement.objects.get(college__name="Dona Ana Community College")
    assert (row.state, row.ends_on) == (AgreementState.SIGNED, None)
    said = agreements.agreed(date(2024, 6, 1))
    with pytest.raises(NotPossible, match="Enter the source"):
        actions.state(row, agreed=said, reason=" ", actor=rita, at=at)
    actions.state(row, agreed=said, reason="Signed agreement in our files", actor=rita, at=at)
    row.refresh_from_db()
    assert (row.agreement_on, row.ends_on, row.signed_on) == (date(2024, 6, 1), date(2028, 6, 1), date(2026, 11, 23))
    here = agreements.signed(at=at, staff=rita)
    with pytest.raises(NotPossible, match="can no longer be changed"):
        actions.state(here, agreed=said, reason="Ours", actor=rita, at=at)


def test_a_listed_agreement_gets_its_program_and_can_be_ended_without_a_date(rita: Any, at: datetime) -> None:
    actions.load_agreements(at=at)
    first, second = Agreement.objects.filter(program="").order_by("college__name")[:2]
    words = {"agreed": agreements.agreed(date(2025, 3, 1)), "reason": "Our files", "actor": rita, "at": at}
    actions.state(first, **words, program=" Library Technology ", credential="diploma")
    first.refresh_from_db()
    assert first.title == "Library Technology, Diploma"
    Agreement.objects.filter(pk=second.pk).update(college=first.college)
    with pytest.raises(NotPossible, match="another signed agreement of this college on this program"):
        actions.state(second, **words, program="Library Technology", credential="diploma")
    Agreement.objects.filter(pk=second.pk).update(agreement_on=None, retroactive_to=None, ends_on=None)
    actions.end(second, last_day=date(2026, 12, 31), reason="The program closed.", actor=rita, at=at)
    second.refresh_from_db()
    assert (second.state, second.ends_on) == (AgreementState.ENDED, date(2026, 12, 31))


def test_a_signed_program_is_renewed_and_not_begun_beside(rita: Any, at: datetime) -> None:
    row = agreements.signed(at=at, staff=rita)
    cora = agreements.contact(row.college, at=at)
    with pytest.raises(NotPossible, match="renew it there"):
        actions.begin(row.college, program=row.program, credential=row.credential, actor=cora, at=at)
    beside = Agreement.objects.create(college=row.college, program=row.program, credential=row.credential, written_at=at)
    assert actions.begin_renewal(row, actor=cora, at=at) == beside
    beside.refresh_from_db()
    assert beside.renews == row
    assert actions.begin_renewal(row, actor=cora, at=at) == beside


def test_a_contact_has_the_role_as_long_as_they_speak_for_a_college(rita: Any, charlie: Any, at: datetime) -> None:
    one, two = agreements.college("One", at=at), agreements.college("Two", at=at)
    for found in (one, two, two):
        actions.add_contact(found, charlie, actor=rita, at=at)
    for found, speaks in ((one, True), (two, False)):
        actions.remove_contact(found, charlie, actor=rita, at=at)
        charlie.known_roles = None
        assert is_college_contact(charlie) is speaks
    assert told(two) == [
        "The program listed the college Two.",
        "Rita Lindqvist made Charlie Okafor a contact of Two.",
        "Rita Lindqvist ended the role of Charlie Okafor as contact of Two.",
    ]


def test_contacts_are_reminded_twelve_six_and_three_months_before_until_the_renewal_is_sent(rita: Any, at: datetime) -> None:
    signed_at = datetime(2026, 11, 23, 15, 0, tzinfo=at.tzinfo)
    row = agreements.signed(at=signed_at, staff=rita)
    agreements.contact(row.college, at=at, email="second@cedarvalley.example")
    assert row.ends_on == date(2030, 11, 23)
    found = []
    for day in (date(2029, 11, 22), date(2029, 11, 23), date(2030, 5, 23), date(2030, 8, 22)):
        reminders.find(ends, at=datetime(day.year, day.month, day.day, 15, 0, tzinfo=at.tzinfo))
        found.append(Reminder.objects.filter(thing=row.id).count())
    assert found == [0, 2, 4, 4]
    cora = agreements.contact(row.college, at=at)
    actions.submit(actions.begin_renewal(row, actor=cora, at=at), actor=cora, at=at)
    reminders.find(ends, at=datetime(2030, 8, 23, 15, 0, tzinfo=at.tzinfo))
    assert Reminder.objects.filter(thing=row.id).count() == 4


def test_the_inbox_has_programs_claims_and_ends_that_nobody_hears_of(
    alice: Any, rita: Any, at: datetime, django_assert_num_queries: Any
) -> None:
    from tests.factories import candidates as candidacies

    agreements.submitted(at=at)
    soon = agreements.signed(at=at - timedelta(days=1400), staff=rita, where=agreements.college("Old College", at=at))
    for contact in soon.college.contacts.all():
        actions.remove_contact(soon.college, contact.person, actor=rita, at=at)
    candidacies.candidacy(alice, at=at, staff=rita)
    agreements.claimed(alice, agreements.signed(at=at, staff=rita, where=agreements.college("New College", at=at)), at=at)
    with django_assert_num_queries(2):
        waiting = queues.list_app_work_items("agreements", at=at)
    assert [(one.queue, one.title, one.due_on, one.about) for one in waiting] == [
        ("Graduates", "Accept a graduate: Alice Moreau", date(2026, 11, 30), alice.pk),
        ("Agreements", "An agreement ends, and the college has no contact: Old College", soon.ends_on, None),
        ("Agreements", "Review a program: Cedar Valley College", None, None),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_agreements_are_two_questions_and_say_what_is_not_known(client: Client, at: datetime, db: None, rows: int) -> None:
    for number in range(rows):
        college = College.objects.create(name=f"College {number}", state="ME")
        Agreement.objects.create(college=college, state="signed", written_at=at)
    with CaptureQueriesContext(connection) as asked:
        words = client.get("/agreements/").content.decode()
    assert len(asked) == 2
    assert words.count("Ask us") == 3 * rows


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_sign_once(at: datetime) -> None:
    one, two = (people.person(f"{name}@lssc.example", roles=(Role.STAFF,)) for name in ("one", "two"))
    row = agreements.submitted(at=at)

    def sign(staff: Any) -> str:
        try:
            actions.sign(row, agreed=agreements.agreed(date(2026, 11, 20)), actor=staff, at=at)
        except NotPossible as no:
            return no.message
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as threads:
        came = sorted(threads.map(sign, (one, two)))
    assert came[1] == "signed"
    assert came[0].startswith("This program is not waiting")
    assert len(letters()) == 2
    assert College.objects.count() == 1
