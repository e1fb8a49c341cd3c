"""Each page as each person: what it shows, what happens with what people type, and how many queries it takes."""

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from PIL import Image

from billing.actions import add_fee
from certificates import actions as certificates
from ledger import queues
from ledger.states import NotPossible
from people.states import Role
from programs.models import Terms
from renewals import actions, policy, queries
from renewals.models import Renewal, Seed
from renewals.states import RenewalState
from tests.factories import people, renewals
from tests.renewals.conftest import BEGAN, day
from tests.renewals.test_actions import GRACE, OPEN, seed_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(db: None) -> Any:
    """The window is open, and nobody is chosen for the sample."""
    for year in (2026, 2027):
        seed_of(sampled=False, year=year)
    with time_machine.travel(OPEN, tick=False) as clock:
        yield clock


def picture() -> bytes:
    """A small picture that can be opened."""
    out = BytesIO()
    Image.new("L", (20, 20), 255).save(out, "PNG")
    return out.getvalue()


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Any, name: str, /, *args: Any, **query: Any) -> Any:
    return browser(person).get(reverse(f"renewals:{name}", args=args), query)


def send(person: Any, name: str, /, *args: Any, follow: bool = True, **fields: Any) -> Any:
    return browser(person).post(reverse(f"renewals:{name}", args=args), fields, follow=follow)


def text(response: Any) -> str:
    words = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", words).replace("&#x27;", "'").replace("&quot;", '"').split())


def answered(row: Any, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a whole webinar of 90 minutes."""
    said = {
        "version": row.version,
        "provider": "State library",
        "completed_on_month": "May",
        "completed_on_day": "5",
        "completed_on_year": "2026",
        "amount": "1.5 hours",
        "technology": "",
        "set": "technology",
        "learned": "",
    }
    return {**said, **changes}


@pytest.fixture
def draft(renewal: Renewal, hana: Any) -> Any:
    return actions.add_activity(renewal, id=uuid4(), title="Device help day", kind="workshop", actor=hana, at=OPEN)


# The holder's renewal


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (day(2024, 5, 5), "You can send your renewal from November 23, 2025."),
        (OPEN, "Your certificate is valid through November 23, 2026 . You can send your renewal now."),
        (GRACE, "Your certificate ended on November 23, 2026. You can still renew it through January 23, 2027 ."),
        (day(2027, 1, 24), "Your certificate lapsed after January 23, 2027. Staff can reinstate it for a good reason."),
    ],
)
def test_the_page_says_where_the_term_is(renewal: Renewal, hana: Any, now: Any, at: datetime, words: str) -> None:
    now.move_to(at)
    assert words in text(page(hana, "renewal"))


def test_hours_stand_as_words_numbers_and_leaves(renewal: Renewal, hana: Any) -> None:
    renewals.activity(renewal, at=OPEN, title="Web", amount=Decimal(90), technology_minutes=30, completed_on=date(2026, 5, 5))
    response = page(hana, "renewal")
    assert "You have 1.5 of 32 hours." in text(response)
    assert "30.5 to go" in text(response)
    source = response.content.decode()
    assert 'role="img" aria-label="1.5 of 32 contact hours. 30.5 to go."' in source
    assert 'aria-label="0.5 of 4 hours on technology. 3.5 to go."' in source
    assert source.count('class="leaf"') == 36
    assert source.count('class="on"') == 3
    assert '<rect class="on" x="11" y="32" width="8" height="31"/>' in source
    assert "Web May 5, 2026 90 minutes 1.5 0.5" in text(response)
    assert "Still missing: 30.5 hours and 3.5 hours on technology." in text(response)


def test_somebody_without_a_certificate_is_led_on(alice: Any) -> None:
    assert "How renewal works" in text(page(alice, "renewal"))
    assert page(alice, "add").status_code == 302


def test_a_certificate_that_does_not_stand_is_told(renewal: Renewal, hana: Any, rita: Any) -> None:
    renewals.enough(renewal, at=OPEN)
    certificates.suspend(renewal.certificate, reason="A doubt", actor=rita, at=OPEN)
    assert "Your certificate is suspended" in text(page(hana, "renewal"))
    assert "Your certificate is suspended. It can’t be renewed in that status." in text(page(hana, "check"))


def test_the_certificate_s_page_and_the_masthead_lead_to_it(renewal: Renewal, hana: Any, alice: Any, drain: Any) -> None:
    for path in (reverse("certificates:mine"), reverse("my")):
        assert browser(hana).get(path).content.decode().count('href="/renewal/"') == 2
    assert "/renewal/" not in browser(alice).get(reverse("certificates:mine")).content.decode()


@pytest.mark.parametrize(("name", "queries_taken"), [("renewal", 12), ("check", 12)])
def test_the_page_takes_the_same_queries_for_3_and_30(
    renewal: Renewal, hana: Any, name: str, queries_taken: int, django_assert_num_queries: Any
) -> None:
    client = browser(hana)
    renewals.enough(renewal, at=OPEN, proof=True)
    for _ in range(2):
        with django_assert_num_queries(queries_taken):
            assert client.get(reverse(f"renewals:{name}")).status_code == 200
        if renewal.activities.count() < 30:
            for _ in range(27):
                renewals.activity(renewal, at=OPEN)


# An activity


def test_an_activity_begins_with_a_name_and_a_kind(renewal: Renewal, hana: Any) -> None:
    key = page(hana, "add").context["form"].initial["key"]
    for _ in range(2):
        response = send(hana, "add", key=key, title="  Device   help day ", kind="workshop", follow=False)
        assert response.url == reverse("renewals:activity", args=[key])
    assert renewal.activities.get().title == "Device help day"
    assert send(hana, "add", title="", kind="").status_code == 422
    assert "Enter a name with letters or digits" in text(send(hana, "add", title="!!!", kind="workshop"))
    assert renewal.activities.count() == 1


def test_what_is_typed_becomes_hours(draft: Any, hana: Any) -> None:
    response = send(hana, "activity", draft.id, **answered(draft, technology="30 min"))
    assert "“Device help day” is saved and counts: 90 minutes = 1.5 hours. 1.5 of 32 contact hours. 30.5 to go." in text(response)
    draft.refresh_from_db()
    assert (draft.amount, draft.technology_minutes, draft.completed_on, draft.typed) == (Decimal(90), 30, date(2026, 5, 5), {})


@pytest.mark.parametrize(
    ("kind", "amount", "hours"), [("conference", "2", "12"), ("semester", "3", "45"), ("quarter", "0,5", "5"), ("ceu", ".1 CEU", "1")]
)
def test_each_kind_asks_in_its_own_unit(draft: Any, hana: Any, kind: str, amount: str, hours: str) -> None:
    row = actions.rename(draft, title="Learning", kind=kind, actor=hana, at=OPEN)
    assert f"= {hours} hours." in text(send(hana, "activity", row.id, **answered(row, amount=amount)))


def test_a_draft_may_have_gaps(draft: Any, hana: Any) -> None:
    response = send(hana, "activity", draft.id, version=0, provider="State library", amount="", stay="1")
    assert response.redirect_chain == [(reverse("renewals:activity", args=[draft.id]), 302)]
    assert "is saved as a draft. Still missing: the day that you finished it, how long it was, the competency set." in text(response)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "an hour"}, "amount", "Enter minutes as a number, for example 90, or hours, for example 1.5 hours"),
        ({"amount": "59"}, "amount", "This makes 59 minutes. An activity under 60 minutes does not count."),
        ({"amount": "99999"}, "amount", "can’t be right"),
        ({"amount": "90", "technology": "91"}, "technology", "This is more than the whole activity, which makes 90 minutes"),
        ({"amount": "", "technology": "30"}, "technology", "First enter how long it was in total"),
        ({"technology": "some"}, "technology", "Enter minutes as a number"),
        ({"completed_on_month": "October", "completed_on_day": "6"}, "completed_on", "This day can’t be after today, October 5, 2026."),
        (
            {"completed_on_month": "11", "completed_on_day": "22", "completed_on_year": "2022"},
            "completed_on",
            "This is before your term, which began on November 23, 2022.",
        ),
        ({"completed_on_month": "13"}, "completed_on", "Enter the month as a number from 1 to 12"),
        ({"completed_on_day": ""}, "completed_on", "Enter the day"),
        ({"set": "astrology"}, "set", "valid"),
        ({"provider": "x" * 201}, "provider", "200"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(draft: Any, hana: Any, changes: dict[str, Any], field: str, words: str) -> None:
    said = answered(draft, **changes)
    response = send(hana, "activity", draft.id, **said)
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    again = page(hana, "activity", draft.id).content.decode()
    for name, value in changes.items():
        if value and name.split("_")[0] != "set":
            assert f'value="{value}"' in again
    draft.refresh_from_db()
    assert draft.provider == ("State library" if field != "provider" else "")
    assert "an answer that we can read" in queries.list_missing(draft)
    fixed = send(hana, "activity", draft.id, **answered(draft))
    assert "is saved and counts" in text(fixed)


@pytest.mark.parametrize("amount", ["abc", "59"])
def test_minutes_on_technology_are_kept_while_the_whole_can_not_be_read(draft: Any, hana: Any, amount: str) -> None:
    send(hana, "activity", draft.id, **answered(draft, amount=amount, technology="45 min"))
    again = page(hana, "activity", draft.id).content.decode()
    assert f'value="{amount}"' in again
    assert 'value="45 min"' in again
    draft.refresh_from_db()
    assert draft.technology_minutes == 0
    send(hana, "activity", draft.id, **answered(draft, technology="45 min"))
    draft.refresh_from_db()
    assert (draft.technology_minutes, draft.typed) == (45, {})


@pytest.mark.parametrize(("at", "status"), [(day(2022, 11, 23), 200), (day(2022, 11, 24), 200)])
def test_the_term_s_first_day_counts(draft: Any, hana: Any, now: Any, at: datetime, status: int) -> None:
    now.move_to(at)
    said = answered(draft, completed_on_month="11", completed_on_day="23", completed_on_year="2022")
    assert "is saved and counts" in text(send(hana, "activity", draft.id, **said))


def test_learning_by_yourself_needs_words_and_a_document(draft: Any, hana: Any) -> None:
    row = actions.rename(draft, title="Reading on weeding", kind="self_directed", actor=hana, at=OPEN)
    assert "Still missing: what you learned." in text(send(hana, "activity", row.id, **answered(row, provider="")))
    row.refresh_from_db()
    response = send(hana, "activity", row.id, **answered(row, provider="", learned="How to weed."))
    assert "Independent learning needs a document." in text(response)
    row.refresh_from_db()
    response = send(
        hana, "activity", row.id, **answered(row, provider="", learned="How to weed.", proof=people.upload("notes.png", picture()))
    )
    assert "is saved and counts" in text(response)
    assert page(hana, "open_proof", row.proofs.get().id).url.startswith("/documents/")
    assert "notes.png is removed." in text(send(hana, "remove_proof", row.proofs.get().id))


def test_a_file_that_we_do_not_take_is_told_at_its_field(draft: Any, hana: Any) -> None:
    response = send(hana, "activity", draft.id, **answered(draft, proof=people.upload("virus.exe", b"MZ\x90")))
    assert response.status_code == 422
    assert "proof" in response.context["form"].errors
    draft.refresh_from_db()
    assert (draft.amount, draft.proofs.count()) == (Decimal(90), 0)


def test_it_saves_itself_and_tells_of_another_tab(draft: Any, hana: Any) -> None:
    def autosave(**said: Any) -> Any:
        address = reverse("renewals:activity", args=[draft.id])
        return browser(hana).post(address, answered(draft, **said), headers={"X-Autosave": "1"})

    assert autosave(amount="59").json() == {"saved": "4:00 pm", "version": 1}
    draft.refresh_from_db()
    assert (draft.typed, draft.amount) == ({"amount": "59"}, None)
    draft.version = 0
    other = autosave(amount="90")
    assert (other.status_code, other.json()["version"]) == (409, 1)
    response = send(hana, "activity", draft.id, **answered(draft, version=0))
    assert response.status_code == 409
    assert "This page was changed in another tab or window" in text(response)


def test_a_stranger_finds_nothing(draft: Any, renewal: Renewal, alice: Any, rita: Any) -> None:
    renewals.activity(renewal, at=OPEN, proof=True)
    proof = renewal.activities.get(proofs__isnull=False).proofs.get()
    for person in (alice, rita):
        for name, id in (("activity", draft.id), ("kind", draft.id), ("remove", draft.id), ("open_proof", proof.id)):
            assert page(person, name, id).status_code == 404
        assert send(person, "remove_proof", proof.id).status_code == 404
    assert page(rita, "review", renewal.id).status_code == 404
    assert page(rita, "review_proof", proof.id).status_code == 404
    assert send(rita, "decide", renewal.id, decision="approve").status_code == 404


def test_a_form_that_brings_the_id_of_a_strangers_activity_adds_one_of_its_own(draft: Any, alice: Any, rita: Any) -> None:
    own = renewals.opened(alice, at=BEGAN, staff=rita)
    answer = send(alice, "add", key=draft.id, title="Web", kind="workshop")
    assert (answer.status_code, [activity.title for activity in own.activities.all()]) == (200, ["Web"])
    draft.refresh_from_db()
    assert (draft.title, draft.renewal.person.name) == ("Device help day", "Hana Sato")


def test_an_activity_is_removed_after_a_question(draft: Any, hana: Any, renewal: Renewal) -> None:
    assert "Remove Device help day?" in text(page(hana, "remove", draft.id))
    assert renewal.activities.count() == 1
    assert "is removed" in text(send(hana, "remove", draft.id))
    assert renewal.activities.count() == 0


# Sending


def test_check_and_send_says_that_there_is_no_fee(renewal: Renewal, hana: Any) -> None:
    renewals.enough(renewal, at=OPEN)
    words = text(page(hana, "check"))
    assert "34 of 32 contact hours. That is enough." in words
    assert "There is no renewal fee." in words
    assert "Check the box if it is true" in text(send(hana, "check"))
    response = send(hana, "check", true="on")
    assert "Staff are reviewing your renewal. They will answer by October 12, 2026 ." in text(response)
    assert "You sent it on time. Your certificate will not lapse while staff decide." in text(response)
    copy = renewal.copies.get()
    assert "Device help day" in text(page(hana, "copy", copy.id))
    assert copy.sha256 in text(page(hana, "copy", copy.id))
    assert "You sent this renewal, so it can’t be changed now." in text(browser(hana).get(reverse("renewals:check"), follow=True))


def test_a_fee_that_is_set_stands_on_the_page(renewal: Renewal, hana: Any, rita: Any, now: Any) -> None:
    add_fee(kind=queries.FEE, standard_cents=5000, member_cents=4000, effective_on=date(2026, 9, 1), actor=rita, at=day(2026, 8, 1))
    renewals.enough(renewal, at=OPEN)
    assert "The fee is $50, or $40 for ALA members. You pay it next." in text(page(hana, "check"))
    assert "A member number has digits only" in text(send(hana, "check", true="on", member_number="abc"))
    response = send(hana, "check", true="on", member_number="123 4567", follow=False)
    assert response.url.startswith("/billing/")
    words = text(page(hana, "renewal"))
    assert "It is waiting for its fee. The last day to pay is January 23, 2027 ." in words
    assert "You sent it on time. Your certificate will not lapse if you pay by that day. Pay $40" in words
    waiting = text(page(rita, "queue", queue="unpaid"))
    assert "Hana Sato Term to Nov 23, 2026 Oct 5, 2026 Renewal Jan 23, 2027" in waiting
    assert "The fee is due by January 23, 2027." in text(page(rita, "review", renewal.id))
    now.move_to(day(2027, 1, 24))
    words = text(page(hana, "renewal"))
    assert "We did not receive the fee by January 23, 2027 . It will be back here within a day." in words
    assert "Pay $40" not in words
    now.move_to(OPEN)
    assert "You withdrew your renewal." in text(send(hana, "withdraw"))


def test_somebody_late_must_say_why(renewal: Renewal, hana: Any, now: Any) -> None:
    renewals.enough(renewal, at=OPEN)
    now.move_to(day(2027, 1, 24))
    assert "Ask staff to reinstate your certificate" in text(page(hana, "check"))
    assert "Explain why you are late so that staff can decide" in text(send(hana, "check", true="on", late_reason=" "))
    assert "Your certificate has lapsed. Staff will decide whether to reinstate it." in text(
        send(hana, "check", true="on", late_reason="I was ill.")
    )


def test_a_draft_is_kept_when_the_last_day_passes_between(renewal: Renewal, hana: Any, now: Any) -> None:
    renewals.enough(renewal, at=OPEN)
    now.move_to(GRACE)
    page(hana, "check")
    now.move_to(day(2027, 1, 24))
    response = send(hana, "check", true="on")
    assert response.status_code == 422
    assert renewals.loaded(renewal).state == RenewalState.DRAFT
    assert renewal.activities.count() == 3


def test_what_a_late_holder_typed_is_kept_when_it_can_not_be_sent(renewal: Renewal, hana: Any, rita: Any, now: Any) -> None:
    renewals.enough(renewal, at=OPEN)
    now.move_to(day(2027, 1, 24))
    said = {"true": "on", "late_reason": "I was ill all winter."}
    row = renewal.activities.get(title="State library conference")
    actions.remove_activity(row, actor=hana, at=OPEN)
    for typed in (said, {**said, "true": ""}):
        response = send(hana, "check", **typed)
        assert response.status_code == 422
        assert "Still missing: 28 hours. Nothing was sent." in text(response)
        assert "I was ill all winter." in text(response)
    renewals.enough(renewal, at=OPEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("renewals.actions.submissions.policy.is_sampled", _refuse)
        response = send(hana, "check", **said)
    assert response.status_code == 422
    assert "Not now." in text(response)
    assert "I was ill all winter." in text(response)


def _refuse(**about: Any) -> bool:
    raise NotPossible("Not now.")


def test_what_was_said_of_a_renewal_that_comes_back_is_not_asked_twice(renewal: Renewal, hana: Any, rita: Any, now: Any) -> None:
    add_fee(kind=queries.FEE, standard_cents=5000, member_cents=4000, effective_on=date(2026, 9, 1), actor=rita, at=day(2026, 8, 1))
    renewals.enough(renewal, at=OPEN)
    now.move_to(day(2027, 1, 24))
    send(hana, "check", true="on", late_reason="I was ill all winter.", member_number="1234567")
    send(hana, "withdraw")
    again = page(hana, "check")
    assert "I was ill all winter." in text(again)
    assert 'value="1234567"' in again.content.decode()


def test_the_sample_is_published_when_its_year_is_over(renewal: Renewal, hana: Any, now: Any) -> None:
    Seed.objects.create(year=2025, seed="an old secret", drawn_at=BEGAN)
    words = text(Client().get(reverse("renewals:sample")))
    assert "an old secret" in words
    assert "Secret until the year is over" in words
    assert policy.fingerprint(Seed.objects.get(year=2026).seed) in words


# The office


@pytest.fixture
def sent(renewal: Renewal) -> Renewal:
    return renewals.sent(renewal, at=OPEN)


def marked(row: Renewal, decision: str, mark: str = "accepted", **others: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"decision": decision, "reason": ""}
    for activity in row.activities.all():
        comment = "" if mark == "accepted" else "Why"
        fields |= {f"mark_{activity.id}": mark, f"technology_{activity.id}": activity.technology_minutes, f"comment_{activity.id}": comment}
    return {**fields, **others}


def test_staff_decide_item_by_item_on_one_page(sent: Renewal, hana: Any, rita: Any) -> None:
    words = text(page(rita, "review", sent.id))
    for expected in ("5 days = 30", "Device help day", "Approve until November 23, 2030", "November 24, 2026", "hana@harbor.example"):
        assert expected in words
    response = send(rita, "decide", sent.id, **marked(sent, "approve"))
    assert "The certificate of Hana Sato is renewed until November 23, 2030." in text(response)
    assert response.redirect_chain[-1][0] == reverse("renewals:queue")
    assert "Approved by Rita Lindqvist" in text(page(rita, "review", sent.id))
    assert "Earlier renewals Term to November 23, 2026 Approved on October 5, 2026" in text(page(hana, "renewal"))
    assert "by Rita Lindqvist. Nothing was changed." in text(send(rita, "decide", sent.id, **marked(sent, "refuse", reason="No")))


def test_what_staff_ask_reaches_the_holder(sent: Renewal, hana: Any, rita: Any) -> None:
    activity = sent.activities.get(title="Device help day")
    said = marked(sent, "ask", **{f"mark_{activity.id}": "asked"})
    response = send(rita, "decide", sent.id, **said)
    assert response.status_code == 422
    assert "Explain what is missing, or why, for “Device help day”" in text(response)
    response = send(rita, "decide", sent.id, **{**said, f"comment_{activity.id}": "Who led it?"})
    assert "Hana Sato has been asked for more by November 4, 2026." in text(response)
    assert "Hana Sato" in text(page(rita, "queue", queue="asked"))
    words = text(page(hana, "renewal"))
    assert "Answer by November 4, 2026" in words
    assert "Device help day More requested Who led it?" in words
    assert "Who led it?" in text(page(hana, "activity", activity.id))
    assert page(hana, "activity", sent.activities.get(title="E-book apps").id).context["form"] is None
    activity.refresh_from_db()
    send(hana, "activity", activity.id, **answered(activity, learned="Our director led it.", amount="120", technology="120"))
    assert "Your answer is sealed, and our staff have it." in text(send(hana, "check", true="on"))


def test_a_question_of_staff_is_not_taken_for_the_sample(renewal: Renewal, hana: Any, rita: Any) -> None:
    renewals.enough(renewal, at=OPEN, proof=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("renewals.policy.is_sampled", lambda **about: True)
        actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)
    row = renewals.loaded(renewal)
    assert (row.sampled, row.state) == (True, RenewalState.IN_REVIEW)
    actions.ask(row, marks=renewals.marks(row, Device_help_day=("asked", "Who led it?")), actor=rita, at=OPEN)
    words = text(page(hana, "renewal"))
    assert "Staff need more" in words
    assert "chosen for the sample" not in words


def test_the_next_term_is_the_same_to_the_holder_and_to_staff(sent: Renewal, hana: Any, rita: Any, now: Any) -> None:
    Terms.objects.create(effective_on=date(2026, 11, 24), certificate_months=60)
    Terms.objects.create(effective_on=date(2027, 1, 1), certificate_months=36)
    for at in (OPEN, GRACE):
        now.move_to(at)
        assert "Nov 23, 2031 Your next term ends" in text(page(hana, "renewal"))
        assert "Approve until November 23, 2031" in text(page(rita, "review", sent.id))
    assert "is renewed until November 23, 2031." in text(send(rita, "decide", sent.id, **marked(sent, "approve")))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"decision": "approve", "mark": "refused"}, "What you accepted is not enough"),
        ({"decision": "ask"}, "Mark one or more activities"),
        ({"decision": "refuse"}, "Explain why, and what would help."),
        ({"decision": "burn"}, "Choose what to do"),
    ],
)
def test_a_decision_that_does_not_follow_is_explained(sent: Renewal, rita: Any, said: dict[str, Any], words: str) -> None:
    response = send(rita, "decide", sent.id, **marked(sent, said["decision"], said.get("mark", "accepted")))
    assert response.status_code == 422
    assert words in text(response)
    assert renewals.loaded(sent).state == RenewalState.IN_REVIEW


def test_more_technology_than_stated_is_told_at_its_field(sent: Renewal, rita: Any) -> None:
    row = sent.activities.get(title="Device help day")
    response = send(rita, "decide", sent.id, **marked(sent, "approve", **{f"technology_{row.id}": "121"}))
    assert f"technology_{row.id}" in response.context["form"].errors


def test_who_may_decide(sent: Renewal, alice: Any, hana: Any) -> None:
    auditor = people.person("otto@lssc.example", name="Otto Berg", called="Otto", roles=(Role.AUDITOR,))
    assert page(auditor, "review", sent.id).status_code == 200
    assert "Approve until" not in text(page(auditor, "review", sent.id))
    for person in (auditor, alice, hana):
        assert send(person, "decide", sent.id, **marked(sent, "approve")).status_code == 403
    for person in (alice, hana):
        assert page(person, "queue").status_code == page(person, "review", sent.id).status_code == 403
    assert page(alice, "copy", sent.copies.get().id).status_code == 404


def test_the_queue_and_the_inbox_show_what_waits(sent: Renewal, rita: Any) -> None:
    assert "Hana Sato Term to Nov 23, 2026" in text(page(rita, "queue"))
    (waiting,) = queues.list_app_work_items("renewals", at=OPEN)
    assert (waiting.queue, waiting.title, waiting.due_on, waiting.url) == (
        "Renewals",
        "Decide the renewal: Hana Sato",
        date(2026, 10, 12),
        reverse("renewals:review", args=[sent.id]),
    )
    assert "Decide the renewal: Hana Sato" in text(browser(rita).get(reverse("office")))
    assert "Renewals Term to November 23, 2026 Under review" in text(browser(rita).get(reverse("person", args=[sent.person.public_id])))


def _copies(row: Renewal, count: int) -> None:
    """More rows of the same kind, without going through the pages."""
    from people.models import User

    for _ in range(count):
        person = User.objects.create_user(f"{uuid4().hex[:8]}@mesa.example", name="One More", called="One")
        certificate = row.certificate
        certificate.pk, certificate.person, certificate.number = uuid4(), person, uuid4().hex[:20]
        certificate._state.adding = True
        certificate.state = "superseded"
        certificate.decided_on, certificate.decision_reason = date(2026, 1, 1), "A copy"
        certificate.rendering = None
        certificate.save()
        Renewal.objects.create(
            person=person,
            certificate=certificate,
            terms=row.terms,
            state=row.state,
            **{name: getattr(row, name) for name in ("first_day", "expires_on", "opens_on", "grace_ends_on", "opened_on", "seed")},
            **{name: getattr(row, name) for name in ("sent_at", "sent_on", "counts_until", "decide_by", "asked_on", "answer_by")},
            number=Renewal.objects.count() + 100,
        )


@pytest.mark.parametrize("asked", [False, True])
def test_the_queue_takes_the_same_queries_for_3_and_30(sent: Renewal, rita: Any, asked: bool, django_assert_num_queries: Any) -> None:
    if asked:
        actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who?")), actor=rita, at=OPEN)
    client, row = browser(rita), renewals.loaded(sent)
    for count in (2, 27):
        _copies(renewals.loaded(sent), count)
        with django_assert_num_queries(5):
            response = client.get(reverse("renewals:queue"), {"queue": "asked"} if asked else {})
        assert len(response.context["page"]) == min(25, Renewal.objects.filter(state=row.state).count())


def test_the_review_takes_the_same_queries_for_3_and_30(renewal: Renewal, rita: Any, hana: Any, django_assert_num_queries: Any) -> None:
    client = browser(rita)
    for _ in range(27):
        renewals.activity(renewal, at=OPEN)
    many = renewals.sent(renewal, at=OPEN)
    gia = people.person("gia@mesa.example", name="Gia Ito", called="Gia")
    few = renewals.sent(renewals.opened(gia, at=BEGAN, staff=rita), at=OPEN)
    for row in (few, many):
        with django_assert_num_queries(11):
            assert client.get(reverse("renewals:review", args=[row.id])).status_code == 200
