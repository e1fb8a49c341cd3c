"""Which email an event about agreements brings, to whom, and with which context."""

from datetime import date, datetime

from django.urls import reverse

from agreements.models import Agreement, GraduateClaim, PostedGraduate
from ledger import actions as ledger
from people.templatetags.words import longdate
from programs import queries as programs

WHY_CONTACT = "you are a contact of a college in the program"
WHY_GRADUATE = "you sent a transcript to the program"
WHY_POSTED = "your college reported to the program that you graduated"


def submitted(agreement: Agreement, *, at: datetime) -> None:
    """Say that the program is here and who has it now."""
    _contacts(agreement, "received", at=at)


def asked(agreement: Agreement, *, at: datetime) -> None:
    """Say what staff need before they can agree."""
    _contacts(agreement, "asked", at=at, asked=agreement.asked)


def signed(agreement: Agreement, *, covered: list[str], at: datetime) -> None:
    """Say that the agreement is signed, for whom, and what it covers; its last day goes along as a calendar file."""
    _contacts(
        agreement,
        "signed",
        at=at,
        agreement_on=longdate(agreement.agreement_on),
        retroactive_to=longdate(agreement.retroactive_to),
        ends_on=longdate(agreement.ends_on),
        covered=covered,
        calendar=(agreement.ends_on, f"Last day of the agreement on {agreement.title} (LSSC)") if agreement.ends_on else None,
    )


def refused(agreement: Agreement, *, at: datetime) -> None:
    """Say no, and why."""
    _contacts(agreement, "refused", at=at, reason=agreement.decision_reason, appeal_until=longdate(programs.get_appeal_day(at)))


def ended(agreement: Agreement, *, at: datetime) -> None:
    """Say that an agreement ends early, when and why."""
    _contacts(agreement, "ended", at=at, reason=agreement.decision_reason, ends_on=longdate(agreement.ends_on))


def posted(graduate: PostedGraduate, *, at: datetime) -> None:
    """Tell a graduate, who may have no account, what the agreement makes possible."""
    agreement = graduate.agreement
    ledger.queue_email(
        None,
        "agreements/graduate_posted",
        key=graduate.id,
        at=at,
        to=graduate.email,
        path=reverse("agreements:agreement", args=[agreement.id]),
        context={"college": agreement.college.name, "program": agreement.title},
        why=WHY_POSTED,
    )


def claim_received(claim: GraduateClaim, *, at: datetime) -> None:
    """Say that the transcript is here and who has it now."""
    _graduate(claim, "graduate_received", at=at)


def claim_accepted(claim: GraduateClaim, *, achieved: list[str], conditions: list[tuple[str, str]], complete: bool, at: datetime) -> None:
    """Say which sets are achieved, in one email, and what the agreement says on the others."""
    _graduate(claim, "graduate_accepted", at=at, achieved=achieved, conditions=conditions, complete=complete)


def claim_refused(claim: GraduateClaim, *, at: datetime) -> None:
    """Say that the claim was not accepted, why, and what would help."""
    until, key = longdate(programs.get_appeal_day(at)), f"{claim.id}:{at.isoformat()}"
    _graduate(claim, "graduate_refused", key=key, at=at, reason=claim.refusal_text, appeal_until=until)


def _contacts(agreement: Agreement, notice: str, *, at: datetime, calendar: tuple[date, str] | None = None, **context: object) -> None:
    for contact in agreement.college.contacts.select_related("person").order_by("id"):
        ledger.queue_email(
            contact.person,
            f"agreements/{notice}",
            key=f"{agreement.id}:{at.isoformat()}",
            at=at,
            path=reverse("agreements:program", args=[agreement.id]),
            context={"college": agreement.college.name, "program": agreement.title, **context},
            calendar=calendar,
            why=WHY_CONTACT,
        )


def _graduate(claim: GraduateClaim, notice: str, *, at: datetime, key: object = None, **context: object) -> None:
    ledger.queue_email(
        claim.person,
        f"agreements/{notice}",
        key=key or claim.id,
        at=at,
        path=reverse("agreements:claimed", args=[claim.id]),
        context={"college": claim.agreement.college.name, "program": claim.agreement.title, **context},
        why=WHY_GRADUATE,
    )
