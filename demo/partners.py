"""The demonstration's providers, colleges, payers, evaluators and holders in the states that few reach; and a question that was none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from agreements import actions as agreements
from agreements.models import Agreement
from billing import actions as billing
from certificates import actions as certificates
from certificates.models import Certificate
from courses import actions as courses
from courses.models import Provider, ProviderContact
from demo import colleges, holders, scenes
from demo.story import Story
from people import actions as people
from people.states import Topic
from portfolios import actions as portfolios
from portfolios.actions.evaluators import SetInterest
from portfolios.states import Ground
from programs import policy as dates
from renewals import actions as renewals
from renewals import queries
from renewals.states import Mark

if TYPE_CHECKING:
    from billing.models import Invoice, PurchaseOrder
    from people.models import User


WEEK = scenes.Done("Library institute, one week", "conference", "5", 0, "access", "State library association")


def tell(story: Story) -> None:
    """Tell of them, each at a day in the past."""
    _question(story)
    _evaluator(story)
    _contacts(story)
    _courses(story)
    _college(story)
    _payer(story)
    _certificates(story)
    _renewals(story)
    _letter(story)


def _question(story: Story) -> None:
    text = "We sell shelves, carts and book ends. May we send you our catalog for the spring?"
    inquiry = people.ask(name="Shelf House", email="sales@shelfhouse.example", topic=Topic.OTHER, text=text, actor=None, at=story.ago(14))
    people.close_inquiry(inquiry.id, reason="Advertising", actor=story.rita, at=story.ago(13))


def _evaluator(story: Story) -> None:
    """One who wanted to rate, and has no time after all."""
    uma = scenes.join(story, "Uma Lind", "uma@lantern.example", at=story.ago(50))
    wishes = [SetInterest("access", Ground.YEARS, "Nine years at a circulation desk")]
    scenes.apply_to_rate(story, uma, wishes, employer="Lantern Street Library", note="", days_ago=18)
    portfolios.withdraw_application(uma.evaluator_applications.get(), actor=uma, at=story.ago(16))


def _ask(story: Story, person: User, provider: Provider, *, days_ago: float) -> ProviderContact:
    return courses.ask_contact(person, provider=provider, post="Training coordinator", actor=person, at=story.ago(days_ago))


def _contacts(story: Story) -> None:
    """Three who do not speak for a provider: refused, withdrawn, and no longer."""
    provider = Provider.objects.get(name="Keystone Ridge Library Academy")
    names = (("Jo Marsh", "jo@keystone.example"), ("Kit Noor", "kit@keystone.example"), ("Lea Voss", "lea@keystone.example"))
    refused, withdrawn, ended = (
        _ask(story, scenes.add_person(story, name, email, at=story.ago(400)), provider, days_ago=380) for name, email in names
    )
    why = "The academy does not know your name. Ask its office to write to us."
    courses.refuse_contact(refused, reason=why, actor=story.rita, at=story.ago(377))
    courses.withdraw_contact(withdrawn, actor=withdrawn.person, at=story.ago(379))
    courses.confirm_contact(ended, actor=story.rita, at=story.ago(377))
    courses.end_contact(ended, reason="She left the academy.", actor=story.rita, at=story.ago(50))


def _courses(story: Story) -> None:
    """A course refused after two reviewers were found anew, who review no more; one that waits for its fee, and one that was withdrawn."""
    mara = scenes.add_person(story, "Mara Quist", "mara@harborlight.example", at=story.ago(300))
    speaks = scenes.speak_for(story, mara, Provider.objects.get(name="Harbor Light Library School"), days_ago=290)
    reviewers = [
        scenes.approve_reviewer(story, scenes.add_person(story, name, f"{name.split()[0].lower()}@pine.example", at=story.ago(700)), "")
        for name in ("Noel Farr", "Olga Renn", "Pia Stone", "Rune Dahl")
    ]
    refused = scenes.send_course(story, speaks, title="An Evening on Picture Books", set_code="youth", days_ago=80)
    declining, silent = courses.invite_reviewers(refused, evaluators=reviewers[:2], actor=story.rita, at=story.ago(79))
    courses.decline_review(declining, reason="I teach there.", is_conflict=True, actor=declining.evaluator.person, at=story.ago(77))
    courses.replace_reviewer(silent, reason="No answer came.", actor=story.rita, at=story.ago(58))
    for review in courses.invite_reviewers(refused, evaluators=reviewers[2:], actor=story.rita, at=story.ago(57)):
        scenes.recommend(story, review, days_ago=45, advice="refuse", comment="One evening can’t cover a whole set.")
    why = "The course covers two of the competencies. One that covers all of them can be sent at any time."
    courses.refuse_course(refused, reason=why, actor=story.rita, at=story.ago(40))
    for reviewer in reviewers:
        courses.end_course_evaluator(reviewer, reason="Reviewed for one year.", actor=story.rita, at=story.ago(35))
    for title, days_ago in (("Children and Their Libraries", 3), ("Teens at the Desk", 25)):
        course = scenes.write_course(story, speaks, title=title, set_code="youth", days_ago=days_ago + 4)
        courses.send_course(course, actor=mara, at=story.ago(days_ago, hour=14))
        if days_ago == 25:
            courses.withdraw_course(course, actor=mara, at=story.ago(20))


def _college(story: Story) -> None:
    """A second college: renewed, ended, refused, withdrawn, and one that it still writes; and a graduate of it."""
    college = agreements.add_college(name="Timber Lake College", state="MN", actor=story.rita, at=story.ago(1500))
    ruth = scenes.join(story, "Ruth Amsel", "ruth@timberlake.example", at=story.ago(1500))
    agreements.add_contact(college, ruth, actor=story.rita, at=story.ago(1499))
    old = scenes.sign_agreement(story, ruth, "Library Work", "associate", colleges.SIX, days_ago=1440)
    new = agreements.begin_renewal(old, actor=ruth, at=story.ago(90))
    agreements.submit(new, actor=ruth, at=story.ago(80))
    sets: dict[str, bool | str] = dict.fromkeys(colleges.SIX, True)
    day = dates.today(story.ago(70))
    agreed = agreements.Agreed(agreement_on=day, retroactive_to=None, ends_on=None, sets=sets)
    agreements.sign(new, agreed=agreed, actor=story.rita, at=story.ago(70))
    new.refresh_from_db()
    ended = scenes.sign_agreement(story, ruth, "School Libraries", "certificate", colleges.SIX, days_ago=700)
    why = "The college gives up the program. Who is in it can still finish."
    agreements.end(ended, last_day=story.ago(20).date(), reason=why, actor=story.rita, at=story.ago(60))
    refused = scenes.submit_program(story, ruth, "Office Work", "certificate", {"technology": "OFF 101 Office Software"}, days_ago=45)
    agreements.refuse(refused, reason="The program covers one of the sets.", actor=story.rita, at=story.ago(38))
    withdrawn = scenes.submit_program(story, ruth, "Archives", "certificate", colleges.FIVE, days_ago=30)
    agreements.withdraw(withdrawn, actor=ruth, at=story.ago(28))
    agreements.begin(college, program="Rural Libraries", credential="certificate", actor=ruth, at=story.ago(3))
    Agreement.objects.filter(college=college).update(is_example=True)
    _graduate(story, new)


def _graduate(story: Story, agreement: Agreement) -> None:
    """A claim that was refused, and another that was withdrawn."""
    person = scenes.admit_with_answers(story, days_ago=100).person
    for days_ago, refuses in ((30, True), (10, False)):
        graduated_on = (story.now - timedelta(days=400)).date()
        upload = story.picture("transcript.png")
        claim = agreements.claim_as_graduate(person, agreement=agreement, graduated_on=graduated_on, upload=upload, at=story.ago(days_ago))
        if refuses:
            why = "This transcript is from before the last term. Send the final one."
            agreements.refuse_claim(claim, reason=why, actor=story.rita, at=story.ago(days_ago - 4))
        else:
            agreements.withdraw_claim(claim, actor=person, at=story.ago(days_ago - 1))


def _payer(story: Story) -> None:
    """A library that paid one order, mistyped at first, and gave up three: before it was sent, before its invoice, and after."""
    lee = scenes.join(story, "Lee Abbott", "lee@tworivers.example", at=story.ago(120))
    paid, cancelled = (
        _invoice(story, lee, number=number, name=name, days_ago=days)
        for number, name, days in (("TR-70", "Ana Bell", 60), ("TR-71", "Ben Cole", 50))
    )
    came = story.ago(40)
    check: dict[str, Any] = {"method": "check", "number": "2207", "actor": story.rita}
    wrong = billing.record_payment(paid, **check, received_on=came.date(), cents=100 * paid.balance_cents, at=came)
    billing.reverse_payment(wrong, actor=story.rita, at=came + timedelta(minutes=10), reason="Two zeros too many.")
    billing.record_payment(paid, **check, received_on=came.date(), cents=paid.balance_cents, at=came + timedelta(minutes=15))
    order_lines = [order_line.id for order_line in cancelled.order.order_lines.all()]
    billing.credit_note(cancelled, order_lines=order_lines, actor=story.rita, at=story.ago(30), reason="He moved to another library.")
    withdrawn = _order(story, lee, number="TR-72", name="Cal Dorn", days_ago=20)
    billing.withdraw_order(billing.send_order(withdrawn, actor=lee, at=story.ago(20)), actor=lee, at=story.ago(19))
    _order(story, lee, number="TR-73", name="Dee Frost", days_ago=2)


def _order(story: Story, contact: User, *, number: str, name: str, days_ago: float) -> PurchaseOrder:
    """An order for one person, not sent yet."""
    at = story.ago(days_ago)
    address = "Two Rivers Public Library\n9 Ferry Road\nTwo Rivers, WI 54241"
    details = billing.Details(payer="Two Rivers Public Library", address=address, number=number, stated_cents=35000)
    order = billing.start_order(details, contact=contact, actor=contact, at=at)
    email = f"{name.split()[0].lower()}@tworivers.example"
    billing.add_people(order, [(name, email)], kind="application", member=False, actor=contact, at=at)
    return order


def _invoice(story: Story, contact: User, *, number: str, name: str, days_ago: float) -> Invoice:
    order = billing.send_order(
        _order(story, contact, number=number, name=name, days_ago=days_ago), actor=contact, at=story.ago(days_ago, hour=16)
    )
    return billing.invoice(order, actor=story.rita, at=story.ago(days_ago - 2))


def _holder(story: Story, *, finished_days_ago: float) -> Certificate:
    days = finished_days_ago + 800
    candidacy = story.six(scenes.admit_with_answers(story, days_ago=days), admitted_days_ago=days, finished_days_ago=finished_days_ago)
    certificate = certificates.ask(candidacy, actor=candidacy.person, at=story.ago(finished_days_ago - 1))
    return certificates.issue(certificate, actor=story.rita, at=story.ago(finished_days_ago - 4))


def _certificates(story: Story) -> None:
    """One that is suspended, and one that was issued again under another name, after a proposal to revoke it was dropped."""
    held = _holder(story, finished_days_ago=400)
    why = "Two libraries say that one portfolio is theirs. We ask both, and decide then."
    certificates.suspend(held, reason=why, actor=story.rita, at=story.ago(7))
    renamed = _holder(story, finished_days_ago=600)
    proposal = certificates.propose_revocation(renamed, reason="Two names for one person.", actor=story.rita, at=story.ago(120))
    certificates.drop_revocation(proposal, reason="The holder married. Both names are right.", actor=story.colleague, at=story.ago(118))
    name = f"{renamed.person.called} Winterfield"
    certificates.replace(renamed, name=name, reason="The name changed by marriage.", actor=story.rita, at=story.ago(117))


def _renewals(story: Story) -> None:
    """One that was approved, and one that was refused."""
    for finished, approves in ((1440, True), (1300, False)):
        holder = _holder(story, finished_days_ago=finished).person
        story.deliver(story.ago(finished - 5))
        row = queries.get_renewal(holder)
        if row is None:
            raise LookupError("A holder has a renewal from the first day of the term")
        for number, logged in enumerate((WEEK, holders.SCREENS, holders.DEVICES)):
            scenes.log(story, row, logged, days_ago=300 - 20 * number, proof=True)
        renewals.send(row, late_reason="", member_number="", actor=row.person, at=story.ago(12, hour=16))
        marks = {activity.id: renewals.Marked(mark=Mark.ACCEPTED) for activity in row.activities.all()}
        if approves:
            renewals.approve(row, marks=marks, reason="", actor=story.rita, at=story.ago(9))
        else:
            short = renewals.Marked(mark=Mark.REFUSED, comment="The list of those who came does not have your name.")
            marks[row.activities.get(title=WEEK.title).id] = short
            reason = "Without the institute, 4 hours are left of 32. Log what you learn until your last day, and send it again."
            renewals.refuse(row, marks=marks, reason=reason, actor=story.rita, at=story.ago(9))


def _letter(story: Story) -> None:
    """A letter to an employer that a holder asked for."""
    held = story.holders[holders.DRAFTS].certificates.get()
    certificates.ask_letter(held, addressee="Harbor City Public Library", actor=held.person, at=story.ago(10))
