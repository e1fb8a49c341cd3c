"""Write an application: start it, save its pages, send it, pay for it, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.urls import reverse

from billing import actions as billing
from billing import queries as charges
from billing.states import ChargeState
from candidates import notices, queries
from candidates.models import ApplicantAnswers, Application, Candidacy, DraftPage, Employment, HoursClaim, InformationRequest, RequestedItem
from candidates.states import LIVE, PURPOSE, AlreadyStarted, ApplicationState, CandidacyState, HoursState, Item, NotReady
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people import documents
from people.states import Stale
from people.templatetags.words import longdate
from programs import actions as programs
from programs import policy as dates
from programs.queries import get_terms

if TYPE_CHECKING:
    from billing.models import Charge
    from people.models import User

MOST_EMPLOYMENTS = 40
IN_ALREADY = "You are already in the program. There is nothing to apply for."
COPIED = [
    "diploma",
    "diploma_statement",
    "is_member",
    "member_number",
    "resume_id",
    "is_graduate",
    "college",
    "credential",
    "graduated_on",
    "transcript_id",
]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save left behind: the page's new version, and the moment."""

    version: int
    at: datetime


def start(person: User, *, actor: User, at: datetime) -> Application:
    """Start an application, or give the live one; answers of an earlier one that was refused or withdrawn are taken over.

    Raises AlreadyStarted while the person has an active candidacy.
    """
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=person.pk)
        live = Application.objects.filter(person=person, state__in=LIVE).first()
        if live is not None:
            return live
        if Candidacy.objects.filter(person=person, state=CandidacyState.ACTIVE).exists():
            raise AlreadyStarted(IN_ALREADY)
        before = Application.objects.filter(person=person).order_by("-started_at", "-id").first()
        copied = {name: getattr(before, name) for name in COPIED} if before else {}
        application = Application.objects.create(person=person, started_at=at, **copied)
        if before:
            Employment.objects.bulk_create(copy_employments(before, application))
        ledger.record("candidates.application.start", subject=application, actor=actor, at=at, person=person)
        return application


def copy_employments(before: Application, application: Application, *, claim: HoursClaim | None = None) -> list[Employment]:
    """Give copies of the employments of one application, not yet saved, for another one or for a claim."""
    employments = queries.list_employments(before)
    for employment in employments:
        employment.pk = Employment._meta.pk.get_default()
        employment.application, employment.claim = application, claim
        employment._state.adding = True
    return employments


def save_section(
    application: Application,
    *,
    section: str,
    version: int,
    actor: User,
    at: datetime,
    typed: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Saved:
    """Save one page of a draft: valid `values` as answers, or else what was `typed` as it stands, so that nothing is lost.

    `version` is that of the page as the person saw it. Raises Stale when it was saved elsewhere since, NotPossible for an
    application that was sent, unless staff asked about this page.
    """
    with transaction.atomic():
        draft = _lock_open(application, section)
        page = _lock_page(draft, section, version)
        if values is not None:
            _write(draft, section, values, actor=actor, at=at)
            _mark_done(draft, section, at=at)
        return _save_page(page, typed={} if values is not None else dict(typed or {}), at=at)


def _write(draft: Application, section: str, values: Mapping[str, Any], *, actor: User, at: datetime) -> None:
    if section == "who":
        people.change_preferences(
            draft.person, name=values["name"], called=values["called"], time_zone=draft.person.time_zone, actor=actor, at=at
        )
    elif section == "answers":
        ApplicantAnswers.objects.update_or_create(application=draft, defaults=dict(values))
    else:
        for name, value in values.items():
            setattr(draft, name, value)
        draft.save(update_fields=[*values])


def add_employment(
    application: Application,
    *,
    values: Mapping[str, Any],
    version: int,
    actor: User,
    at: datetime,
    claim: HoursClaim | None = None,
) -> Employment:
    """Add a employment of work; the version of the page "work/new" keeps a form that is sent twice from adding it twice.

    With a `claim` it belongs to the hours that a provisional candidate shows, and its page is "hours/new".

    Raises Stale for the second, NotPossible for a first or last day in the future or more than 40 employments.
    """
    with transaction.atomic():
        section = "hours/new" if claim else "work/new"
        draft = _lock_open(application, section)
        page = _lock_page(draft, section, version)
        if draft.employments.filter(claim=claim).count() >= MOST_EMPLOYMENTS:
            raise NotPossible(f"You can add {MOST_EMPLOYMENTS} jobs. Combine short jobs at one library, or remove one that doesn’t count.")
        _check_employment(draft, values, at=at)
        employment = Employment.objects.create(application=draft, claim=claim, added_at=at, **values)
        _save_page(page, typed={}, at=at)
        _mark_done(draft, section, at=at)
        return employment


def change_employment(employment: Employment, *, values: Mapping[str, Any], version: int, actor: User, at: datetime) -> Employment:
    """Change a employment of work. Raises Stale when another tab was faster, NotPossible for a day in the future."""
    with transaction.atomic():
        section = page_of(employment)
        draft = _lock_open(employment.application, section)
        page = _lock_page(draft, section, version)
        _check_employment(draft, values, at=at)
        for name, value in values.items():
            setattr(employment, name, value)
        employment.save(update_fields=[*values])
        _save_page(page, typed={}, at=at)
        _mark_done(draft, section, at=at)
        return employment


def remove_employment(employment: Employment, *, actor: User, at: datetime) -> None:
    """Remove a employment of work from a draft; removing it twice changes nothing."""
    with transaction.atomic():
        section = page_of(employment)
        draft = _lock_open(employment.application, section)
        draft.employments.filter(pk=employment.pk).delete()
        draft.pages.filter(page=section).delete()
        _mark_done(draft, section, at=at)


def page_of(employment: Employment) -> str:
    """Give the name of a employment's page."""
    return f"{'hours' if employment.claim_id else 'work'}/{employment.pk}"


def attach_resume(application: Application, *, upload: File[Any] | documents.Kept, actor: User, at: datetime) -> None:
    """Keep an uploaded resume with the draft, in place of an earlier one. Raises what `documents.keep` refuses."""
    with transaction.atomic():
        draft = _lock_open(application, Item.RESUME)
        draft.resume = documents.keep(draft.person, upload, kind="candidates.resume", at=at)
        draft.save(update_fields=["resume"])
        _mark_done(draft, Item.RESUME, at=at)


def attach_transcript(application: Application, *, upload: File[Any] | documents.Kept, actor: User, at: datetime) -> None:
    """Keep a graduate's final transcript with the application, in place of an earlier one. Raises what `documents.keep` refuses."""
    with transaction.atomic():
        draft = _lock_open(application, Item.TRANSCRIPT)
        draft.transcript = documents.keep(draft.person, upload, kind="candidates.transcript", at=at)
        draft.save(update_fields=["transcript"])
        _mark_done(draft, Item.TRANSCRIPT, at=at)


def attach_letter(application: Application, *, upload: File[Any] | documents.Kept, actor: User, at: datetime) -> None:
    """Keep the letter or other proof that staff asked for, in place of an earlier one. Raises what `documents.keep` refuses."""
    with transaction.atomic():
        row = _lock_open(application, Item.LETTER)
        requested_item = _get_asked(row, Item.LETTER)
        requested_item.document = documents.keep(row.person, upload, kind="candidates.letter", at=at)
        requested_item.save(update_fields=["document"])
        _mark_done(row, Item.LETTER, at=at)


def send(application: Application, *, actor: User, at: datetime) -> Charge:
    """Send the application and give the charge for its fee, at the fee of the day; sending it again gives the same charge.

    Raises NotReady where an answer is missing, typed but not saved, or the hours are too few, with the date from which they will do;
    AlreadyStarted while the person has an active candidacy.
    """
    with transaction.atomic():
        row = transitions.lock(Application, application.pk)
        if row.state == ApplicationState.AWAITING_PAYMENT:
            charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
            if charge is not None:
                return charge
        Application.STATES.check(row.state, "send")
        if Candidacy.objects.filter(person=row.person, state=CandidacyState.ACTIVE).exists():
            raise AlreadyStarted(IN_ALREADY)
        count = queries.count_hours(row, at=at)
        _check_ready(row, count=count, at=at)
        today = dates.today(at)
        terms = get_terms(today)
        programs.freeze(terms, at=at, actor=actor)
        transitions.transition(
            row,
            "send",
            actor=actor,
            at=at,
            person=row.person,
            details={"hours": f"{count.shown:,}"},
            terms=terms,
            sent_at=at,
            sent_on=today,
        )
        row.pages.all().delete()
        charge = _charge(row, on=today, actor=actor, at=at)
        notices.received(row, charge=charge, at=at)
        ledger.emit("candidates.application.sent", key=row.id, at=at, application=row.id, person=row.person_id)
        return charge


def _charge(row: Application, *, on: date, actor: User, at: datetime) -> Charge:
    return billing.charge(
        row.person,
        purpose=PURPOSE,
        reference=row.id,
        kind="application",
        member=bool(row.is_member),
        on=on,
        description="Application and enrollment",
        return_path=reverse("candidates:application"),
        actor=actor,
        at=at,
    )


def pay(application_id: UUID | str, *, settled_at: datetime, at: datetime) -> None:
    """Put a paid application before staff; hearing of the payment again, or after a withdrawal, changes nothing.

    Where the money had not come after all, the time to answer begins again on the day on which it does.
    """
    with transaction.atomic():
        row = transitions.lock(Application, application_id)
        paid_on = dates.today(settled_at)
        later = row.state == ApplicationState.IN_REVIEW and row.paid_on is not None and row.paid_on < paid_on
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id) if later else None
        again = charge is not None and charge.settled_at == settled_at
        if row.terms is None or not (again or row.state == ApplicationState.AWAITING_PAYMENT):
            return
        decide_by = dates.add_working_days(paid_on, row.terms.answer_working_days)
        verb = "pay_again" if again else "pay"
        changes: dict[str, Any] = {"paid_on": paid_on, "decide_by": decide_by}
        transitions.transition(row, verb, actor=None, at=at, person=row.person, details={"decide_by": decide_by}, **changes)
        notices.in_review(row, at=at)


def withdraw(application: Application, *, actor: User, at: datetime) -> None:
    """Withdraw an application that is not decided; an open charge is cancelled, a paid fee waits for a decision of staff."""
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "withdraw")
        was_draft = row.state == ApplicationState.DRAFT
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if row.state == ApplicationState.AWAITING_PAYMENT and charge is not None and charge.state == ChargeState.SETTLED:
            raise NotPossible("Your fee arrived a moment ago. Check again in a minute, and withdraw then if you still want to.")
        owed = charge is not None and charge.state == ChargeState.OPEN
        if charge is not None and owed:
            billing.cancel(charge, actor=actor, at=at, reason="The application was withdrawn.")
        paid = row.paid_on is not None and not owed
        due = dates.add_working_days(dates.today(at), queries.get_terms(row, at=at).answer_working_days) if paid else None
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, withdrawn_at=at, refund_decide_by=due)
        row.pages.all().delete()
        InformationRequest.objects.filter(application=row, closed_at=None).update(closed_at=at)
        if not was_draft:
            notices.withdrawn(row, at=at)


def local_day(person: User, *, at: datetime) -> date:
    """Give the date where the person is: no one can have worked later than that."""
    return at.astimezone(ZoneInfo(person.time_zone)).date()


def _lock_open(application: Application, section: str) -> Application:
    """Lock an application whose page may be changed: a draft's, or one that staff asked about."""
    row = transitions.lock(Application, application.pk)
    if section.startswith("hours/"):
        if not HoursClaim.objects.filter(candidacy__application=row, state=HoursState.DRAFT).exists():
            raise NotPossible("You already sent these hours, so they can no longer be changed.")
    elif row.state == ApplicationState.ASKED:
        _get_asked(row, section)
    elif row.state != ApplicationState.DRAFT:
        raise NotPossible("You already sent this application, so it can no longer be changed.")
    elif section == Item.LETTER:
        raise NotPossible("Staff have not asked for a letter.")
    return row


def _get_asked(row: Application, section: str) -> RequestedItem:
    requested_item = queries.list_asked(row).get(section.split("/")[0])
    if requested_item is None:
        raise NotPossible("Staff did not ask about this part, so it stays as you sent it.")
    return requested_item


def _mark_done(row: Application, section: str, *, at: datetime) -> None:
    """Mark an asked part as answered; a draft has none."""
    if row.state == ApplicationState.ASKED:
        requested_item = _get_asked(row, section)
        requested_item.done_at = at
        requested_item.save(update_fields=["done_at"])


def _lock_page(draft: Application, page: str, version: int) -> DraftPage:
    """Give the page's row; the application's lock already keeps other writers away."""
    row = queries.get_page(draft, page)
    if row.version != version:
        raise Stale(row.version)
    return row


def _save_page(page: DraftPage, *, typed: dict[str, Any], at: datetime) -> Saved:
    page.version += 1
    page.typed = typed
    page.saved_at = at
    page.save()
    return Saved(version=page.version, at=at)


def _check_employment(draft: Application, values: Mapping[str, Any], *, at: datetime) -> None:
    today = local_day(draft.person, at=at)
    ended_on: date | None = values["ended_on"]
    if values["began_on"] > today or (ended_on or today) > today:
        raise NotPossible("Only work up to today counts. Leave the last day empty if you still work there.")
    if ended_on and ended_on < values["began_on"]:
        raise NotPossible("The last day can’t be before the first day.")
    if not 0 < values["hours_a_week"] <= Decimal(168):
        raise NotPossible("A week has 168 hours. Enter the hours of a typical week.")


def check_saved(row: Application) -> None:
    """Raise NotReady where something is typed that no answer has taken over: it would be lost, and staff would decide on the old answer."""
    if unsaved := queries.list_unsaved(row):
        raise NotReady(f"You changed {', '.join(page.words for page in unsaved)}, and did not save it. Save it there or discard it.")


def _check_ready(row: Application, *, count: Any, at: datetime) -> None:
    check_saved(row)
    missing = [task for task in queries.list_tasks(row, count=count, at=at) if not task.done and not task.optional and not task.blocked]
    other = [queries.SHORT_NAMES[task.page] for task in missing if task.page in queries.SHORT_NAMES and task.page != "work"]
    if other:
        raise NotReady(f"Something is still missing: {', '.join(other)}.")
    if not count.enough and not row.is_graduate:
        short = f"You have {count.shown:,} of {count.hours_needed:,} hours: {count.short_by:,} are missing."
        when = f" If you keep working as you do now, you can send it from {longdate(count.enough_on)}." if count.enough_on else ""
        raise NotReady(f"{short}{when} We save everything until then.")
