"""Who speaks for a provider: ask, confirm, refuse, end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from courses import notices
from courses.models import Provider, ProviderContact
from courses.states import ContactState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people.states import Role
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User


def ask_contact(
    person: User,
    *,
    provider: Provider | None,
    new_name: str = "",
    new_kind: str = "",
    new_state: str = "",
    post: str,
    note: str = "",
    actor: User,
    at: datetime,
) -> ProviderContact:
    """Ask to speak for a provider that is known, or for a new one; asking again while staff have it gives the same request.

    Raises NotPossible for a provider that the person speaks for already, or while a request for another one waits.
    """
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=person.pk)
        provider = provider or Provider.objects.filter(name__iexact=new_name).first()
        waiting = ProviderContact.objects.filter(person=person, state=ContactState.ASKED).select_related("provider").first()
        if waiting is not None:
            if waiting.name.casefold() == (provider.name if provider else new_name).casefold():
                return waiting
            raise NotPossible(f"Your request to represent {waiting.name} is under review. Ask for another when staff have answered.")
        if provider and ProviderContact.objects.confirmed().filter(person=person, provider=provider).exists():
            raise NotPossible(f"You represent {provider.name} already.")
        new = {} if provider else {"new_name": new_name, "new_kind": new_kind, "new_state": new_state}
        days = programs.get_terms(dates.today(at)).answer_working_days
        contact = ProviderContact.objects.create(
            person=person,
            provider=provider,
            post=post,
            note=note,
            asked_at=at,
            answer_by=dates.add_working_days(dates.today(at), days),
            **new,
        )
        ledger.record("courses.contact.ask", subject=contact, actor=actor, at=at, person=person, details={"provider": contact.name})
        return contact


def confirm_contact(contact: ProviderContact, *, provider: Provider | None = None, actor: User, at: datetime) -> ProviderContact:
    """Confirm that a person speaks for a provider; a new one is listed then, or is found to be `provider`.

    Raises NotYourDecision for one's own request, NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(ProviderContact, contact.pk, "confirm", decider=actor)
        chosen = provider or row.provider
        if chosen is None:
            chosen, _ = Provider.objects.get_or_create(name=row.new_name, defaults={"kind": row.new_kind, "state": row.new_state})
        if ProviderContact.objects.confirmed().filter(person=row.person, provider=chosen).exists():
            raise NotPossible(f"{row.person} represents {chosen.name} already. Refuse this request.")
        details = {"provider": chosen.name}
        transitions.transition(
            row, "confirm", actor=actor, at=at, person=row.person, details=details, provider=chosen, decided_at=at, decided_by=actor
        )
        people.give_role(row.person, Role.PROVIDER, actor=actor, at=at)
        notices.contact_confirmed(row, at=at)
        return row


def refuse_contact(contact: ProviderContact, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse a request with a reason. Raises NotYourDecision for one's own, NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Explain why, and what would help.")
    with transaction.atomic():
        row = transitions.lock(ProviderContact, contact.pk, "refuse", decider=actor)
        decided = {"decided_at": at, "decided_by": actor, "refusal_text": reason}
        transitions.transition(
            row, "refuse", actor=actor, at=at, person=row.person, reason=reason, details={"provider": row.name}, **decided
        )
        notices.contact_refused(row, at=at)


def withdraw_contact(contact: ProviderContact, *, actor: User, at: datetime) -> None:
    """Withdraw a request that waits."""
    with transaction.atomic():
        row = transitions.lock(ProviderContact, contact.pk, "withdraw")
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, details={"provider": row.name})


def end_contact(contact: ProviderContact, *, reason: str, actor: User, at: datetime) -> None:
    """End that a person speaks for a provider; the role goes with the last one. Raises NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Explain why this is ending.")
    with transaction.atomic():
        row = transitions.lock(ProviderContact, contact.pk, "end", decider=actor)
        transitions.transition(row, "end", actor=actor, at=at, person=row.person, reason=reason, details={"provider": row.name})
        if not ProviderContact.objects.confirmed().filter(person=row.person).exists():
            people.take_role(row.person, Role.PROVIDER, actor=actor, at=at)
