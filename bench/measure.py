"""The figures: each page or job beside its floor, one after the other in one process."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core import mail
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.figures import Figure, once, rate
from candidates.models import Candidacy
from certificates import actions as certificates
from certificates import pdf
from certificates.models import Certificate
from ledger import actions as ledger
from ledger import clock, email_delivery, email_templates, reminders
from ledger.models import Email, Reminder
from ledger.reminder_schedules import REMINDER_SCHEDULES
from people.models import User
from portfolios.models import Assignment, Portfolio, Response
from programs import policy as dates

DRAWN = 20
EMAILS = 200
REMINDERS = 400


def client_of(email: str) -> Client:
    """A browser in which someone is signed in."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def read(client: Client, address: str, *, status: int = 200, **headers: str) -> Callable[[], None]:
    """Open a page."""

    def run() -> None:
        answer = client.get(address, headers=headers)
        if answer.status_code != status:
            raise RuntimeError(f"{address} answers {answer.status_code}")

    return run


def count(run: Callable[[], Any]) -> int:
    """How many queries something takes."""
    with CaptureQueriesContext(connection) as capture_queries_context:
        run()
    return len(capture_queries_context)


def all_figures(size: int, *, seconds: float) -> list[Figure]:
    """Every figure, in the order of the goals; each page is opened again and again for so long."""
    rate_of = partial(rate, seconds=seconds)
    rita, visitor, at = client_of("rita@lssc.example"), Client(), clock.now()
    keyset = rate_of(read(rita, "/floor/keyset/"))
    session = rate_of(read(rita, "/floor/session/"))
    template = rate_of(read(visitor, "/floor/template/"))
    public = rate_of(read(visitor, "/floor/list/"))
    assignment = (
        Assignment.objects.filter(state="accepted", portfolio__snapshots__isnull=False)
        .select_related("evaluator__person")
        .order_by("id")[0]
    )
    rater = client_of(assignment.evaluator.person.email)
    issued = Certificate.objects.filter(state="issued").order_by("-issued_at")[0]

    def page(name: str, description: str, run: Callable[[], Any], floor: str, floor_rate: float, goal: float, most: int) -> Figure:
        return Figure(name, description, floor, floor_rate, rate_of(run), goal, count(run), most)

    return [
        page("G1", "staff's inbox", read(rita, reverse("office")), "keyset", keyset, 0.5, 8),
        page("G1", "an evaluator's list", read(rater, reverse("portfolios:to_rate")), "keyset", keyset, 0.5, 8),
        page("G2", "the rating page", read(rater, reverse("portfolios:rate", args=[assignment.id, 1])), "session", session, 0.2, 12),
        _autosave(rate_of),
        page("G4", f"search among {size:,} people", read(rita, reverse("people") + "?q=crowd77"), "keyset", keyset, 0.3, 10),
        page("G5", f"catalog of {size:,} courses", read(visitor, reverse("courses:catalog")), "public list", public, 0.5, 3),
        page("G6", "verification", read(visitor, reverse("certificates:number", args=[issued.number])), "template", template, 0.3, 1),
        _sweep(at=at),
        _reminders(at=at),
        _mail(at=at),
        _certificates(at=at),
    ]


def _autosave(rate_of: Callable[[Callable[[], Any]], float]) -> Figure:
    """A response saves itself, beside a text and a row for the outbox."""
    draft = Portfolio.objects.filter(state="draft", candidacy__person__email="alice@marlow.example")[0]
    alice, address = client_of("alice@marlow.example"), reverse("portfolios:response", args=[draft.id, 1])
    row = Response.objects.get(portfolio=draft, competency__number=1)
    version = row.version

    def save() -> None:
        nonlocal version
        text = {"opening": "What I chose", "narrative": f"What I did, {version}", "version": str(version)}
        version = alice.post(address, text, headers={"X-Autosave": "1"}).json()["version"]

    saved = rate_of(save)
    queries = count(save)
    floor = rate_of(lambda: alice.post("/floor/post/", {"row": str(row.pk), "text": "What I did"}))
    return Figure("G3", "autosave of a response", "post", floor, saved, 0.5, queries, 12)


def _sweep(*, at: datetime) -> Figure:
    """The night's reminders of the end of the four years, beside one plain statement over the same rows."""
    schedule = REMINDER_SCHEDULES["candidates.end"]
    today = dates.today(at)
    anchors = [dates.add_months(today, 12)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE plain (person bigint, thing uuid, anchor date, UNIQUE (thing, anchor))")

    statement = """
        INSERT INTO plain SELECT person_id, id, ends_on FROM candidates_candidacy WHERE state = 'active' AND ends_on = ANY(%s) FOR UPDATE
    """

    def plain() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [anchors])

    def sweep() -> None:
        with transaction.atomic():
            reminders.find(schedule, at=at)

    floor, swept = once(plain), once(sweep)
    due = Reminder.objects.filter(schedule=schedule.name).count()
    description = f"night's sweep: {due:,} due of {Candidacy.objects.count():,}"
    return Figure("G8", description, "statement", floor, swept, 0.5, 0, 0)


def _mail(*, at: datetime) -> Figure:
    """Emails that are written and wait, beside the least that a relay with a database does: each is sent, and its row says so."""
    person = User.objects.get(email="alice@marlow.example")

    def write() -> list[tuple[UUID, str, str, str]]:
        Email.objects.all().delete()
        with transaction.atomic():
            for number in range(EMAILS):
                ledger.queue_email(person, "people/email_confirmed", key=number, at=at, path="/", context={"address": person.email})
        return list(Email.objects.values_list("id", "subject", "text", "html"))

    def bare(rows: list[tuple[UUID, str, str, str]]) -> None:
        with get_connection() as opened, connection.cursor() as cursor:
            for id, subject, text, html in rows:
                message = EmailMultiAlternatives(subject, text, to=[person.email], connection=opened)
                message.attach_alternative(html, "text/html")
                message.send()
                cursor.execute("UPDATE ledger_email SET state = 'sent', sent_at = %s WHERE id = %s", [at, id])

    def relay(rows: list[tuple[UUID, str, str, str]]) -> None:
        while email_delivery.send_due(at=at):
            pass

    floor, relayed = (EMAILS * once(partial(run, write())) for run in (bare, relay))
    mail.outbox.clear()
    return Figure("G9", f"mail relay, {EMAILS} emails", "email and update", floor, relayed, 0.7, 0, 0)


def _reminders(*, at: datetime) -> Figure:
    """A night's reminders written as emails, beside the rendering of as many."""
    today = dates.today(at)
    running = Candidacy.objects.filter(state="active", ends_on__gt=today).select_related("person")[:REMINDERS]
    Reminder.objects.all().delete()
    Reminder.objects.bulk_create(
        Reminder(
            schedule="candidates.end",
            person=row.person,
            thing=row.id,
            due_date=row.ends_on,
            offset="-12 months",
            falls_on=today,
            found_at=at,
        )
        for row in running
    )

    def bare() -> None:
        context = {"ends_on": "March 4, 2027", "left_words": "Three sets are still to do.", "can_extend": True}
        for row in running:
            email_templates.render_email("candidates/ending", {"called": row.person.called, "url": "/my/", **context}, why="you are here")

    def write() -> None:
        while reminders.send_due(at=at):
            pass

    floor, written = len(running) * once(bare), len(running) * once(write)
    return Figure("G8", f"{len(running)} reminders written", "rendering alone", floor, written, 0.5, 0, 0)


def _certificates(*, at: datetime) -> Figure:
    """Certificates drawn, stored and told, beside a loop over the drawing alone."""
    rows = list(Certificate.objects.filter(state="issued", rendering=None).order_by("id")[:DRAWN])
    row = rows[0]
    drawn = pdf.Drawn(
        name=row.printed_name,
        number=str(row.number),
        sets=tuple(row.sets),
        issued_on=row.valid_from,
        valid_from=row.valid_from,
        expires_on=row.expires_on,
        verify_url="http://localhost:8000/v/" + str(row.number),
    )
    pdf.render(drawn)

    def bare() -> None:
        for _ in range(DRAWN):
            pdf.render(drawn)

    def draw() -> None:
        for certificate in rows:
            certificates.draw(certificate, at=at)

    floor, rate = DRAWN * once(bare), DRAWN * once(draw)
    return Figure("G10", "certificates, one worker", "drawing alone", floor, rate, 0.87, 0, 0)
