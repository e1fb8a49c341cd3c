"""The door for files that a person gave us: keep one, hand out a short-lived link to it, open it, sweep up what nothing points to."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from ledger.states import NotPossible
from people import gateway, policy
from people.models import Document, User

LINK_MINUTES = 15
FOLDER = "documents"
# Orphans are looked for among files of at least a day (no transaction is open that long) and at most this many days.
ORPHAN_DAYS = 30
MEGABYTE = 1024 * 1024


class Refused(NotPossible):
    """A file that we don't take; the message says what would help."""


class LinkExpired(Exception):
    """The link was right, and is too old."""


class LinkWrong(Exception):
    """The link is not for this document and this person."""


def keep(owner: User, upload: File[Any], *, kind: str, at: datetime) -> Document:
    """Store a file under a random key and remember whose it is; its type is decided by its content.

    The file is written before the row, so that a row never points to nothing; where the row fails, the file goes, or the sweep
    `people.orphans` takes it. Raises Refused for an empty, too large, unknown or infected file, and, where a scanner is set
    and silent, for every file: one that nobody looked at must not reach an evaluator.
    """
    content_type = _content_type(upload)
    _scan(upload)
    sha256 = hashlib.sha256()
    for chunk in _chunks(upload):
        sha256.update(chunk)
    upload.seek(0)
    stored = default_storage.save(f"{FOLDER}/{at:%Y-%m-%d}/{uuid4().hex}", upload)
    try:
        with transaction.atomic():
            return Document.objects.create(
                owner=owner,
                kind=kind,
                name=policy.file_name(upload.name or "", content_type=content_type),
                size=upload.size,
                sha256=sha256.hexdigest(),
                content_type=content_type,
                stored=stored,
                created_at=at,
            )
    except BaseException:
        default_storage.delete(stored)
        raise


def link(document: Document, viewer: User) -> str:
    """An address that shows this document to this viewer, for 15 minutes. The asking room has checked that the viewer may see it."""
    value = _bound(document, viewer)
    key = _signer().sign(value).removeprefix(f"{value}:")
    return f"{reverse('people:document', args=[document.id])}?{urlencode({'k': key})}"


def check_link(document: Document, viewer: User, key: str) -> None:
    """Raise LinkWrong unless `key` was made for this document and viewer, LinkExpired when it is over 15 minutes old."""
    try:
        _signer().unsign(f"{_bound(document, viewer)}:{key}", max_age=timedelta(minutes=LINK_MINUTES))
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise LinkWrong from None


def read(document: Document) -> File[Any]:
    """The file itself, open; raises FileNotFoundError where the storage has lost it."""
    return default_storage.open(document.stored)


def remove_orphans(*, at: datetime) -> int:
    """Delete files that no row points to, and say how many; looks at the last 30 days, but not at files of less than a day."""
    removed = 0
    for days in range(2, ORPHAN_DAYS):
        folder = f"{FOLDER}/{at - timedelta(days=days):%Y-%m-%d}"
        for stored in sorted(
            _files(folder) - set(Document.objects.filter(stored__startswith=f"{folder}/").values_list("stored", flat=True))
        ):
            if default_storage.get_modified_time(stored) < at - timedelta(days=1):
                default_storage.delete(stored)
                removed += 1
    return removed


def _files(folder: str) -> set[str]:
    try:
        return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    except FileNotFoundError:
        return set()


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="people.document")


def _bound(document: Document, viewer: User) -> str:
    """What a link is bound to. It is signed but not part of the address, which so names nobody."""
    return f"{document.id}:{viewer.public_id}"


def _chunks(upload: File[Any]) -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()


def _content_type(upload: File[Any]) -> str:
    limit = settings.FILE_UPLOAD_MAX_BYTES
    if not upload.size:
        raise Refused("This file is empty. Open it to check, and choose it again.")
    if upload.size > limit:
        size = -(-upload.size // MEGABYTE)
        raise Refused(f"This file has {size} MB. The limit is {limit // MEGABYTE} MB. A scan in gray, or fewer pages, makes it smaller.")
    upload.seek(0)
    found = policy.content_type(upload.read(4096), members=_members(upload))
    if found is None:
        raise Refused("We can’t take this kind of file. Save it as PDF, and choose that file.")
    return found


def _members(upload: File[Any]) -> frozenset[str]:
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as packed:
            return frozenset(packed.namelist())
    except zipfile.BadZipFile:
        return frozenset()


def _scan(upload: File[Any]) -> None:
    if not settings.CLAMD_URL:
        return
    try:
        found = gateway.scan(_chunks(upload), url=settings.CLAMD_URL)
    except gateway.ScannerUnreachable:
        raise Refused("We can’t check files for viruses right now, so we did not take this one. Try again in a few minutes.") from None
    if found:
        raise Refused(
            f"Our virus scanner found {found} in this file, so we did not take it. Choose another file, and have your computer checked."
        )
