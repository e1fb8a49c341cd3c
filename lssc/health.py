"""What a load balancer or an operator asks: is this process alive, and is everything there that it needs?"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from billing import queries as billing
from ledger import clock, email_failures
from ledger import queries as ledger
from people.guards import public

WORKER_SILENCE = timedelta(seconds=90)
logger = logging.getLogger(__name__)


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say for each thing that the program needs whether it is there; 503 when one is missing. What is `told` is for people."""
    checks = {"database": _ask(_database)}
    checks["broker"] = _ask(_broker)
    there = checks["database"] == "ok"
    checks["migrations"] = _ask(_migrations) if there else "unknown"
    checks["worker"] = _ask(partial(_worker, "worker")) if there else "unknown"
    ready = all(answer == "ok" for answer in checks.values())
    # What is no reason for a load balancer to take the site away: staff and operators are told, pages work.
    notes = {"disk": _ask(_disk)}
    if there:
        notes |= {"outside": _ask(partial(_worker, "outside")), "cards": _ask(_cards), "late": _ask(_late)}
    return JsonResponse({"ready": ready, "checks": checks, "told": notes}, status=200 if ready else 503)


def _ask(check: Callable[[], str]) -> str:
    """Run one check; why it failed goes to the log, since anyone may read the answer."""
    try:
        return check()
    except Exception:
        logger.warning("The check %s failed", check, exc_info=True)
        return "failed"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    _redis().ping()
    return "ok"


def _migrations() -> str:
    waiting = _known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    return f"{len(waiting)} not applied" if waiting else "ok"


def _cards() -> str:
    outage = billing.get_outage()
    return "ok" if outage is None else f"{outage.get_kind_display()}, since {outage.began_at:%Y-%m-%d %H:%M} UTC"


def _worker(name: str) -> str:
    seen = ledger.get_heartbeat(name)
    if seen is None:
        return "never seen"
    silence = clock.now() - seen
    return "ok" if silence < WORKER_SILENCE else f"silent for {int(silence.total_seconds())} seconds"


def _late() -> str:
    deliveries, emails = email_failures.count_stuck(at=clock.now())
    return f"deliveries: {deliveries}, emails: {emails}" if deliveries or emails else "none"


def _disk() -> str:
    """Whether there is room for files, where they are uploaded and where they are kept."""
    folders = [gettempdir()]
    if isinstance(file_system_storage := storages["default"], FileSystemStorage):
        folders.append(
            str(
                next(
                    folder
                    for folder in (Path(file_system_storage.location), *Path(file_system_storage.location).parents)
                    if folder.exists()
                )
            )
        )
    least = min(disk_usage(folder).free for folder in folders)
    return "ok" if least >= settings.FILES_MAX_BYTES else f"nearly full: {least // 2**20} MB are left"


@lru_cache(maxsize=1)
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))


@lru_cache(maxsize=1)
def _known_migrations() -> frozenset[tuple[str, str]]:
    """List the migrations of this code, read from disk once."""
    return frozenset(MigrationLoader(None).graph.nodes)
