"""Look through files that wait: scan them, open them to the last page, draw them; release or refuse them. The worker alone does that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F

from ledger import transitions
from people import documents, file_types, gateway, notices, sandbox
from people.documents import Refused
from people.models import Document, Picture
from people.states import DocumentState

# So many are looked through before the worker may do something else: they end within its time limit, however slow each is.
BATCH = 3
# The locks by which processes take turns, whichever machine they are on: a name of ours, and a number from zero.
TURNS = 0x4C535343
LOST = "We lost this file. That is our mistake. Choose it again."
FOUND = "Our virus scanner found {found} in this file, so we did not accept it. Choose another file, and have your computer checked."
logger = logging.getLogger(__name__)


def check_waiting(*, at: datetime) -> int:
    """Look through files that wait, the oldest first, at most BATCH; say how many are done.

    Does nothing where enough others do it (FILE_CHECKS_AT_ONCE). One that fails is reported to the operators, goes to the end, and
    stops no other.
    """
    with _turn() as mine:
        if not mine:
            return 0
        waiting = Document.objects.filter(state=DocumentState.CHECKING).order_by(F("tried_at").asc(nulls_first=True), "created_at", "id")
        return sum(_tried(id, at=at) for id in list(waiting.values_list("id", flat=True)[:BATCH]))


@contextmanager
def _turn() -> Iterator[bool]:
    """Take one of the few turns, if one is free."""
    with connection.cursor() as cursor:
        taken = next((number for number in range(settings.FILE_CHECKS_AT_ONCE) if _ask(cursor, "pg_try_advisory_lock", number)), None)
        try:
            yield taken is not None
        finally:
            if taken is not None:
                _ask(cursor, "pg_advisory_unlock", taken)


def _ask(cursor: Any, function: str, number: int) -> bool:
    cursor.execute(f"SELECT {function}(%s, %s)", [TURNS, number])
    return bool(cursor.fetchone()[0])


def _tried(id: UUID, *, at: datetime) -> bool:
    try:
        return check(id, at=at)
    except Exception:
        logger.exception("The file %s could not be looked through", id)
        Document.objects.filter(id=id).update(tried_at=at)
        return False


def check(id: UUID | str, *, at: datetime) -> bool:
    """Look through one file that waits, draw it and release it, or refuse it, delete it and tell its owner; whether that was done.

    The file is opened outside of any transaction, so that its owner can take it out meanwhile. Does nothing for one that was checked or
    removed. Raises ScannerUnreachable where the scanner is silent: to be tried again.
    """
    document = Document.objects.filter(id=id, state=DocumentState.CHECKING).select_related("owner").first()
    if document is None:
        return False
    drawn: list[str] = []
    try:
        try:
            seen = _look(document)
        except Refused as refusal:
            return _refuse(document, refusal.message, at=at)
        contents = [picture.content for picture in seen.pictures] + ([seen.copy] if seen.copy_type else [])
        drawn.extend(default_storage.save(documents.new_key(at), ContentFile(content)) for content in contents)
        if _release(document, seen, drawn, at=at):
            return True
    except BaseException:
        documents.delete_stored(drawn)
        raise
    documents.delete_stored(drawn)
    return False


def _look(document: Document) -> sandbox.FileContents:
    try:
        with documents.read(document) as content:
            _scan(content)
            return sandbox.inspect(content, kind=file_types.BY_TYPE[document.content_type])
    except sandbox.Refused as refused:
        raise Refused(str(refused)) from None
    except FileNotFoundError:
        raise Refused(LOST) from None


def _scan(content: File[Any]) -> None:
    """Ask the scanner, where one is set."""
    if settings.CLAMD_URL and (virus := gateway.scan(content.chunks(), url=settings.CLAMD_URL)):
        raise Refused(FOUND.format(found=virus))


def _lock(document: Document) -> Document | None:
    """The row as it waits still with this file; None where its owner was faster."""
    rows = Document.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.filter(pk=document.pk, state=DocumentState.CHECKING, stored=document.stored).first()


def _release(document: Document, seen: sandbox.FileContents, drawn: list[str], *, at: datetime) -> bool:
    with transaction.atomic():
        row = _lock(document)
        if row is None:
            return False
        # PostgreSQL can't keep a zero byte in a text, nor half of a pair of surrogates.
        changes: dict[str, Any] = {"pages": seen.pages, "text": seen.text.encode(errors="ignore").decode().replace("\0", "")}
        if seen.copy_type:
            *drawn, changes["reading"] = drawn
            changes["reading_type"] = seen.copy_type
        transitions.transition(row, "release", actor=None, at=at, person=row.owner, details={"name": row.name}, **changes)
        Picture.objects.bulk_create(
            Picture(document=row, number=number, stored=stored, width=picture.width, height=picture.height)
            for number, (stored, picture) in enumerate(zip(drawn, seen.pictures, strict=True), 1)
        )
    return True


def _refuse(document: Document, why: str, *, at: datetime) -> bool:
    with transaction.atomic():
        row = _lock(document)
        if row is None:
            return False
        changes: dict[str, Any] = {"refusal": why[:300], "refused_at": at}
        transitions.transition(row, "refuse", actor=None, at=at, person=row.owner, details={"name": row.name}, **changes)
        notices.file_refused(row, at=at)
        transaction.on_commit(lambda: documents.delete_stored([document.stored]))
    return True
