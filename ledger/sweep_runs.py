"""The running of sweeps: each once per (name, period), whoever asks, however often."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from ledger.models import SweepRun
from ledger.registry import SWEEPS, Sweep

log = logging.getLogger(__name__)


def period_of(sweep: Sweep, *, at: datetime) -> str:
    """The name of the minute, hour or deadline day that `at` falls in."""
    local = at.astimezone(ZoneInfo(settings.DEADLINE_ZONE))
    return local.strftime({"minute": "%Y-%m-%dT%H:%M", "hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d"}[sweep.every])


def run_due(*, at: datetime) -> list[str]:
    """Run every sweep that has not run in its present period; return the names of those that ran.

    Each runs in one transaction with the row that says so: a sweep that fails, or is killed, leaves nothing and is tried again by
    the next call. It stops no other sweep. What a sweep wants of the outside world it puts into the outbox.
    """
    ran = []
    last = dict(SweepRun.objects.values_list("name", "period"))
    for sweep in list(SWEEPS.values()):
        if last.get(sweep.name, "") >= period_of(sweep, at=at):
            continue
        try:
            with transaction.atomic():
                if _take(sweep, at=at):
                    sweep.run(at=at)
                    ran.append(sweep.name)
        except Exception:
            log.exception("The sweep %s failed", sweep.name)
    return ran


def _take(sweep: Sweep, *, at: datetime) -> bool:
    """Take the present period; a second scheduler waits here for the first, and then finds it taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_sweeprun AS run (name, period, started_at) VALUES (%s, %s, %s)
            ON CONFLICT (name) DO UPDATE SET period = EXCLUDED.period, started_at = EXCLUDED.started_at
            WHERE run.period < EXCLUDED.period
            RETURNING name
            """,
            [sweep.name, period_of(sweep, at=at), at],
        )
        return cursor.fetchone() is not None
