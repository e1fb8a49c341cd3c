"""Run inside the system under test: 200 people who owe a fee, 50 who asked for a certificate, one of the staff. Prints their sessions."""

import json
import sys
import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile

from billing import actions as billing
from candidates.models import Application, Candidacy
from candidates.states import CandidacyState
from certificates import actions as certificates
from ledger import clock
from people import actions as people
from people import documents
from people.models import Document, User
from people.states import Role
from programs import policy as dates
from programs import queries as programs

PAYERS, HOLDERS = 200, 50
now = clock.now()
today = dates.today(now)
terms = programs.get_terms(today)


def somebody(number: int, kind: str) -> User:
    email = f"{kind}{number}@chaos.example"
    user = User.objects.create(email=email, name=f"{kind.capitalize()} Number {number}", called=kind.capitalize(), password="!")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def resume_of(user: User) -> Document:
    return documents.keep(user, SimpleUploadedFile("resume.txt", b"Years of library work", "text/plain"), kind="candidates.resume", at=now)


def session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def owes(user: User) -> str:
    charge = billing.charge(
        user,
        purpose="chaos.fee",
        reference=uuid.uuid4(),
        kind="portfolio",
        member=False,
        on=today,
        description="A fee in a storm",
        return_path="/",
        actor=user,
        at=now,
    )
    return str(charge.id)


def asks(user: User) -> str:
    """Somebody whose program is complete; how it came to be is not what is tested here."""
    application = Application.objects.create(
        person=user,
        state="admitted",
        diploma="diploma",
        diploma_statement="Somewhere, long ago",
        is_member=False,
        resume=resume_of(user),
        started_at=now,
        sent_at=now,
        sent_on=today,
        paid_on=today,
        decide_by=today,
        decided_at=now,
        decided_by=staff,
        terms=terms,
    )
    first = today - timedelta(days=400)
    candidacy = Candidacy.objects.create(
        person=user,
        application=application,
        terms=terms,
        admitted_on=first,
        ends_on=dates.add_months(first, 48),
        completed_on=today,
        state=CandidacyState.COMPLETED,
    )
    return str(certificates.ask(candidacy, actor=user, at=now).id)


staff = somebody(0, "staff")
people.give_role(staff, Role.STAFF, actor=None, at=now)
payers = [somebody(number, "payer") for number in range(PAYERS)]
holders = [somebody(number, "holder") for number in range(HOLDERS)]
sys.stdout.write(
    json.dumps(
        {
            "staff": session_of(staff),
            "payments": [{"session": session_of(user), "charge": owes(user)} for user in payers],
            "certificates": [asks(user) for user in holders],
        }
    )
)
