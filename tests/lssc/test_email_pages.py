"""A person reads their own letters and chooses their reminders; staff change when reminders go out."""

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from ledger import actions as ledger
from ledger import reminders
from ledger.models import Email, Entry, Reminder, ReminderOptOut
from ledger.queries import tell
from ledger.reminder_schedules import REMINDER_SCHEDULES
from tests.markup import markup

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NAME, OTHER = "billing.invoice", "candidates.end"


def of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def write(person: Any, count: int = 1) -> None:
    with transaction.atomic():
        for number in range(count):
            ledger.queue_email(
                person, "people/email_confirmed", key=f"{person.pk}:{number}", at=NOW, path="/", context={"address": person.email}
            )


def test_a_person_reads_their_letters_and_nobody_elses(alice: Any, charlie: Any) -> None:
    write(alice)
    page = of(alice).get(reverse("my_emails"))
    letter = Email.objects.get()
    assert letter.subject in markup(page)
    assert "You are receiving this email because" in markup(of(alice).get(reverse("my_email", args=[letter.id])))
    assert of(charlie).get(reverse("my_email", args=[letter.id])).status_code == 404
    assert letter.subject not in markup(of(charlie).get(reverse("my_emails")))


def test_what_was_typed_into_a_letter_is_no_link_on_its_page(alice: Any) -> None:
    details = {"address": "Open my account:\n\nhttps://evil.example/\n\nhttp://testserver/else/"}
    ledger.queue_email(alice, "people/email_confirmed", key=1, at=NOW, path="/account/me/", context=details)
    page = of(alice).get(reverse("my_email", args=[Email.objects.get().id])).content.decode()
    assert "https://evil.example/" in page
    assert re.findall(r'href="(http[^"]*)"', page.partition('class="email"')[2]) == ["http://testserver/account/me/"]


def test_the_file_for_the_calendar_is_with_the_letter(alice: Any, charlie: Any, settings: Any) -> None:
    write(alice)
    plain = Email.objects.get()
    details = {"address": alice.email}
    ledger.queue_email(
        alice, "people/email_confirmed", key="dated", at=NOW, path="/", context=details, calendar=(date(2027, 3, 4), "Answer")
    )
    dated = Email.objects.exclude(pk=plain.pk).get()
    settings.DEMO = True
    for name, reader in (("my_email", of(alice)), ("demo:email", Client())):
        file = reverse(f"{name}_calendar", args=[dated.id])
        assert f'href="{file}"' in reader.get(reverse(name, args=[dated.id])).content.decode()
        assert "date.ics" not in reader.get(reverse(name, args=[plain.id])).content.decode()
        answer = reader.get(file)
        assert (answer.content.decode(), answer["Content-Type"]) == (dated.calendar, "text/calendar; charset=utf-8")
        assert answer["Content-Disposition"] == 'attachment; filename="date.ics"'
        assert reader.get(reverse(f"{name}_calendar", args=[plain.id])).status_code == 404
    assert of(charlie).get(reverse("my_email_calendar", args=[dated.id])).status_code == 404
    settings.DEMO = False
    assert Client().get(reverse("demo:email_calendar", args=[dated.id])).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_letters_asks_the_same_however_many_there_are(alice: Any, django_assert_num_queries: Any, count: int) -> None:
    write(alice, count)
    client = of(alice)
    with django_assert_num_queries(4):
        client.get(reverse("my_emails"))


def test_a_person_turns_a_reminder_off_and_on_again(alice: Any) -> None:
    reminders.set_opt_outs(alice, without={NAME})
    client = of(alice)
    page = client.get(reverse("my_reminders")).content.decode()
    assert REMINDER_SCHEDULES[NAME].title in page
    assert "checked" not in page
    client.post(reverse("my_reminders"), {"wanted": [NAME]})
    assert ReminderOptOut.objects.count() == 0


def test_a_reminder_that_first_wrote_while_the_page_was_open_stays_on(alice: Any) -> None:
    reminders.set_opt_outs(alice, without={NAME})
    client = of(alice)
    page = client.get(reverse("my_reminders"))
    shown = re.findall(r'name="shown" value="([^"]+)"', page.content.decode())
    assert shown == [NAME]
    late = Reminder(schedule=OTHER, person=alice, thing=uuid4(), due_date=NOW.date(), offset="0 days", falls_on=NOW.date(), found_at=NOW)
    late.save()
    client.post(reverse("my_reminders"), {"shown": shown})
    assert [(schedule.name, comes) for schedule, comes in reminders.list_opt_outs(alice)] == [(NAME, False), (OTHER, True)]
    client.post(reverse("my_reminders"), {"shown": [NAME, OTHER], "wanted": [NAME]})
    assert [(schedule.name, comes) for schedule, comes in reminders.list_opt_outs(alice)] == [(OTHER, False)]


def test_a_person_who_knows_no_reminder_reads_so(alice: Any) -> None:
    assert "We have not sent you a reminder yet" in of(alice).get(reverse("my_reminders")).content.decode()


def test_staff_change_the_steps_and_the_audit_tells(rita: Any) -> None:
    client = of(rita)
    assert REMINDER_SCHEDULES[NAME].title in client.get(reverse("reminders")).content.decode()
    assert "-15 days" in client.get(reverse("reminder", args=[NAME])).content.decode()
    client.post(reverse("reminder", args=[NAME]), {"offsets": "-1 week\n \n-3 months"})
    assert [str(offset) for offset in reminders.list_offsets()[NAME]] == ["-3 months", "-1 week"]
    [told] = [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person")]
    assert told.endswith("they are -3 months, -1 week.")


@pytest.mark.parametrize("typed", ["soon", "3", "-1 month\n1 year", "\n".join(f"{day} days" for day in range(13)), "9" * 500])
def test_what_is_no_step_is_told_at_the_field_and_kept_as_typed(rita: Any, typed: str) -> None:
    answer = of(rita).post(reverse("reminder", args=[NAME]), {"offsets": typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["offsets"]
    assert typed.split("\n")[0] in answer.content.decode()
    assert reminders.list_offsets()[NAME] == REMINDER_SCHEDULES[NAME].first_offsets


def test_a_reminder_that_is_not_there(rita: Any) -> None:
    assert of(rita).get(reverse("reminder", args=["no.such"])).status_code == 404
