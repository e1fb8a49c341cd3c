"""Graduates of a college's program: what they are asked, how they are admitted without the hours; and the fee of who withdrew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from billing import actions as money
from billing import queries as billing
from billing.models import Refund
from candidates import actions, bulk_actions, policy, queries
from candidates.models import ApplicantAnswers, Candidacy
from candidates.states import PURPOSE, NotReady
from ledger import queues
from ledger.models import Email
from ledger.queries import list_entries, tell
from ledger.states import NotPossible, NotYourDecision
from people import actions as roles
from people.states import Role
from tests.factories import billing as orders
from tests.factories import candidates as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FULL, PROVISIONAL, NONE = policy.Admission.FULL, policy.Admission.PROVISIONAL, policy.Admission.NONE


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def newest(person) -> str:
    return tell(list_entries(person)[0]).sentence


@pytest.mark.parametrize(
    ("enough", "graduate", "expected"), [(True, True, FULL), (True, False, FULL), (False, True, PROVISIONAL), (False, False, NONE)]
)
def test_how_somebody_can_be_admitted(enough, graduate, expected):
    assert policy.admission(enough=enough, graduate=graduate) == expected


# The application


def test_a_graduate_may_send_without_the_hours(alice):
    draft = factory.graduate(alice, at=NOW)
    actions.send(draft, actor=alice, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.college, draft.graduated_on) == ("awaiting_payment", "Mesa College", date(2025, 5, 20))


def test_a_graduate_needs_a_transcript_to_send(alice):
    draft = factory.graduate(alice, at=NOW)
    draft.transcript = None
    draft.save(update_fields=["transcript"])
    with pytest.raises(NotReady, match="still missing: your final transcript"):
        actions.send(draft, actor=alice, at=NOW)


def test_who_is_no_graduate_needs_the_hours(alice):
    draft = factory.graduate(alice, at=NOW)
    values = {"is_graduate": False, "college": "", "credential": "", "graduated_on": None}
    actions.save_section(draft, section="graduate", version=1, values=values, actor=alice, at=NOW)
    with pytest.raises(NotReady, match="590 are missing"):
        actions.send(draft, actor=alice, at=NOW)


GRADUATE = {
    "version": "0",
    "is_graduate": "yes",
    "college": "Mesa College",
    "credential": "Certificate",
    "graduated_on_month": "5",
    "graduated_on_day": "20",
    "graduated_on_year": "2025",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"is_graduate": ""}, "Choose an answer for “Did you finish a library program at a college?”"),
        ({"college": " "}, "Enter the name of the college"),
        ({"credential": ""}, "Enter what you finished"),
        ({"graduated_on_year": "", "graduated_on_month": "", "graduated_on_day": ""}, "Enter the day of your graduation"),
        ({"graduated_on_year": "2026", "graduated_on_month": "11", "graduated_on_day": "24"}, "This day is after today, November 23, 2026"),
        ({"college": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_with_a_college_program_is_told(client, alice, changes, said):
    factory.draft(alice, at=NOW)
    client.force_login(alice)
    page = text(client.post("/application/graduate/", GRADUATE | changes))
    assert said in page
    assert "There is one thing to fix" in page


def test_a_graduate_is_asked_for_the_transcript_and_others_are_not(client, alice):
    factory.draft(alice, at=NOW)
    client.force_login(alice)
    assert "Add your final transcript" not in text(client.get("/application/"))
    assert client.post("/application/graduate/", GRADUATE).status_code == 302
    assert "Add your final transcript" in text(client.get("/application/"))
    assert client.post("/application/graduate/", {"version": "1", "is_graduate": "no", "college": "Mesa"}).status_code == 302
    assert queries.get_application(alice).college == ""


# The decision


def test_a_graduate_short_of_hours_is_admitted_provisionally(alice, rita):
    application = factory.in_review(alice, at=NOW, draft=factory.graduate(alice, at=NOW))
    with pytest.raises(NotPossible, match="The hours are 590 short"):
        actions.admit(application, actor=rita, at=NOW)
    candidacy = actions.admit(application, provisionally=True, actor=rita, at=NOW)
    assert (candidacy.provisional, candidacy.ends_on) == (True, date(2030, 11, 23))
    sentences = [tell(entry).sentence for entry in list_entries(alice)[:2]]
    assert sentences[1] == (
        "Rita Lindqvist admitted Alice Moreau provisionally until November 23, 2030, as a graduate of Mesa College, 590 hours short."
    )
    assert "admitted provisionally, as a graduate" in Email.objects.get(notice="candidates/admitted").text


def test_nobody_else_is_admitted_provisionally(alice, bob, rita):
    enough = factory.in_review(alice, at=NOW, draft=factory.graduate(alice, at=NOW, hours=15))
    plain = factory.in_review(bob, at=NOW)
    for application in (enough, plain):
        with pytest.raises(NotPossible, match="Only a graduate"):
            actions.admit(application, provisionally=True, actor=rita, at=NOW)
        assert actions.admit(application, actor=rita, at=NOW).provisional is False


def test_staff_see_which_admission_is_possible(client, alice, rita):
    application = factory.in_review(alice, at=NOW, draft=factory.graduate(alice, at=NOW))
    client.force_login(rita)
    page = text(client.get(reverse("candidates:review", args=[application.id])))
    assert "Admit Alice provisionally" in page
    assert "Library Technician at Mesa College, graduated on May 20, 2025" in page
    response = client.post(reverse("candidates:admit", args=[application.id]), {"provisionally": "1"}, follow=True)
    assert "is admitted provisionally until November 23, 2030" in text(response)
    client.force_login(alice)
    assert "You are admitted provisionally" in text(client.get("/application/"))


def test_too_few_hours_after_a_correction_are_not_admitted(client, alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"work": "Really?"})
    employment = application.employments.get()
    actions.change_employment(employment, values={**factory.WORK, "ended_on": date(2022, 9, 1)}, version=0, actor=alice, at=NOW)
    actions.answer(application, reply="", actor=alice, at=NOW)
    client.force_login(rita)
    address = reverse("candidates:review", args=[application.id])
    page = text(client.get(address))
    assert "Not enough hours to admit" in page
    assert "Or ask for more" in page
    assert "Or refuse, with a reason" in page
    client.post(reverse("candidates:admit", args=[application.id]))
    assert not Candidacy.objects.exists()


def test_nobody_is_admitted_without_a_diploma_one_by_one_or_together(client, alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"diploma": "Which school?"})
    actions.save_section(
        application, section="diploma", version=0, values={"diploma": "none", "diploma_statement": ""}, actor=alice, at=NOW
    )
    actions.answer(application, reply="", actor=alice, at=NOW)
    client.force_login(rita)
    page = text(client.get(reverse("candidates:review", args=[application.id])))
    assert "No diploma on file" in page
    assert "Admit until" not in page
    assert "Or refuse, with a reason" in page
    said = text(client.post(reverse("candidates:admit", args=[application.id]), follow=True))
    assert "There is no high-school diploma or equivalent in the application." in said
    with pytest.raises(NotPossible, match="no high-school diploma"):
        bulk_actions.admit(application.id, actor=rita, at=NOW)
    assert not Candidacy.objects.exists()


@pytest.mark.parametrize(("day", "taken"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True), (date(2026, 11, 24), True)])
def test_a_day_that_is_over_is_no_day_to_apply_again_from(client, alice, rita, day, taken):
    application = factory.in_review(alice, at=NOW)
    client.force_login(rita)
    form = {"reason_code": "hours", "reason": "Too few.", "what_helps": "More."}
    form |= {f"eligible_from_{part}": getattr(day, part) for part in ("month", "day", "year")}
    page = text(client.post(reverse("candidates:refuse", args=[application.id]), form, follow=True))
    assert ("Enter a future date, or leave it blank." in page) is not taken
    application.refresh_from_db()
    assert (application.state == "refused") is taken
    about = {"reason_code": "hours", "reason": "x", "eligible_from": date(1990, 1, 1), "actor": rita, "at": NOW}
    if not taken:
        with pytest.raises(NotPossible, match="Enter a future date"):
            actions.refuse(application, **about)


def test_a_refusal_says_what_would_help(alice, rita):
    application = factory.in_review(alice, at=NOW)
    actions.refuse(
        application,
        reason_code="proof",
        reason="The letter is not signed.",
        what_helps="A letter with a signature.",
        eligible_from=None,
        actor=rita,
        at=NOW,
    )
    assert "What would make you eligible: A letter with a signature." in Email.objects.get(notice="candidates/refused").text


# The fee of who withdrew


def withdrawn(person):
    application = factory.in_review(person, at=NOW)
    actions.withdraw(application, actor=person, at=NOW)
    application.refresh_from_db()
    return application


@pytest.mark.parametrize(("refund", "state", "told"), [(True, "refunded", "refunded the fee"), (False, "settled", "fee for the withdrawn")])
def test_staff_decide_on_the_fee_of_who_withdrew(alice, rita, refund, state, told):
    application = withdrawn(alice)
    assert application.refund_decide_by == date(2026, 11, 30)
    [waiting] = queues.list_app_work_items("candidates", at=NOW)
    assert (waiting.queue, waiting.title, waiting.due_on) == ("Refunds", "Decide on the fee: Alice Moreau", date(2026, 11, 30))
    actions.decide_fee(application, refund=refund, reason="As the rules say.", actor=rita, at=NOW)
    assert billing.get_charge(purpose=PURPOSE, reference=application.id).state == state
    assert told in newest(alice)
    assert "As the rules say." in Email.objects.get(notice="candidates/fee_decided").text
    assert queues.list_app_work_items("candidates", at=NOW) == []
    with pytest.raises(NotPossible, match="a moment ago"):
        actions.decide_fee(application, refund=True, reason="Again", actor=rita, at=NOW)


def refund_by_hand(application, rita):
    charge = billing.get_charge(purpose=PURPOSE, reference=application.id)
    money.refund(charge, reason="Asked for on the phone.", actor=rita, at=NOW)


@pytest.mark.parametrize("code", ["hours", "other"])
def test_a_fee_that_staff_gave_back_before_keeps_nobody_from_refusing(alice, rita, code):
    application = factory.in_review(alice, at=NOW)
    refund_by_hand(application, rita)
    actions.refuse(application, reason_code=code, reason="Too few.", what_helps="More.", eligible_from=None, actor=rita, at=NOW)
    application.refresh_from_db()
    assert application.state == "refused"
    assert Refund.objects.count() == 1
    assert "We will refund your fee to your card, in full." in Email.objects.get(notice="candidates/refused").text


def test_a_fee_that_went_back_before_is_decided_without_a_false_letter(alice, rita):
    application = withdrawn(alice)
    refund_by_hand(application, rita)
    with pytest.raises(NotPossible, match="This fee was already refunded, so you can’t keep it"):
        actions.decide_fee(application, refund=False, reason="As the rules say.", actor=rita, at=NOW)
    actions.decide_fee(application, refund=True, reason="As said on the phone.", actor=rita, at=NOW)
    assert Refund.objects.count() == 1
    letter = Email.objects.get(notice="candidates/fee_decided")
    assert (letter.subject, "refund the fee to your card, in full" in " ".join(letter.text.split())) == (
        "We are refunding your application fee",
        True,
    )
    assert queues.list_app_work_items("candidates", at=NOW) == []


def test_the_fee_goes_back_the_way_it_came_and_the_letters_and_pages_say_so(client, alice, priya, rita):
    bob = people.person("bob@prairie.example", name="Bob Hill", called="Bob")
    checked, covered = factory.sent(alice, at=NOW), factory.sent(bob, at=NOW)
    charge = billing.get_charge(purpose=PURPOSE, reference=checked.id)
    money.record_check(charge, number="77", received_on=NOW.date(), cents=charge.amount_cents, actor=rita, at=NOW)
    invoice = orders.invoiced(priya, at=NOW, staff=rita, people=[(bob.name, bob.email, "application", False)], cents=35000)
    orders.received(invoice, 35000, at=NOW, staff=rita)
    expected = ((checked, "to you by check"), (covered, "to Prairie, which paid it"))
    for application, way in expected:
        actions.pay(application.id, settled_at=NOW, at=NOW)
        actions.refuse(application, reason_code="hours", reason="Too few.", what_helps="More.", eligible_from=None, actor=rita, at=NOW)
        letter = Email.objects.get(notice="candidates/refused", person=application.person)
        assert f"We will refund your fee {way}, in full." in " ".join(letter.text.split())
        client.force_login(application.person)
        assert f"Your fee of $350 will be refunded {way}." in text(client.get("/application/"))
    charge = billing.get_charge(purpose=PURPOSE, reference=covered.id)
    assert "<dd>Prairie, for Bob Hill</dd>" in text(client.get(reverse("billing:receipt", args=[charge.id])))


def test_who_withdraws_before_paying_waits_for_nothing(alice):
    application = factory.sent(alice, at=NOW)
    actions.withdraw(application, actor=alice, at=NOW)
    assert queues.list_app_work_items("candidates", at=NOW) == []


def test_nobody_decides_on_their_own_fee_nor_without_a_reason(alice, rita):
    application = withdrawn(alice)
    roles.give_role(alice, Role.STAFF, actor=rita, at=NOW)
    with pytest.raises(NotYourDecision):
        actions.decide_fee(application, refund=True, reason="Mine", actor=alice, at=NOW)
    with pytest.raises(NotPossible, match="Explain why"):
        actions.decide_fee(application, refund=True, reason=" ", actor=rita, at=NOW)


def test_the_fee_is_decided_on_the_page(client, alice, rita):
    application = withdrawn(alice)
    client.force_login(rita)
    assert "Decide on the fee" in text(client.get(reverse("candidates:review", args=[application.id])))
    address = reverse("candidates:decide_fee", args=[application.id])
    assert "There is one thing to fix" in text(client.post(address, {"refund": "yes", "reason": ""}))
    page = text(client.post(address, {"refund": "yes", "reason": "Withdrew the same day."}, follow=True))
    assert "will be refunded in full" in page
    client.force_login(alice)
    assert "Your fee of $350 will be refunded to your card." in text(client.get("/application/"))


# The optional questions


def test_answers_are_counted_over_all_and_small_groups_are_put_together(rita):
    for number in range(7):
        person = people.person(f"p{number}@marlow.example")
        draft = factory.ready(person, at=NOW)
        values = {"why": "job", "age": "25-34" if number < 5 else "65", "gender": "", "ethnicity": "unsaid"}
        actions.save_section(draft, section="answers", version=0, values=values, actor=person, at=NOW + timedelta(days=1))
        if number < 6:
            actions.send(draft, actor=person, at=NOW)
    assert ApplicantAnswers.objects.count() == 7
    assert queries.count_answers() == {
        "why": {"To do my work better": 6},
        "age": {"25 to 34": 5, "Other answers, combined": 1},
        "gender": {},
        "ethnicity": {"Prefer not to say": 6},
    }


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(1, 20)), st.integers(1, 10))
def test_folding_loses_nobody_and_shows_no_small_group(counts, least):
    folded = policy.fold_small(counts, least=least)
    assert sum(folded.values()) == sum(counts.values())
    assert all(number >= least for words, number in folded.items() if words != "Other answers, combined")
