"""The door for files that a person gave us: keep one, have it checked and drawn, hand out a short-lived link, drop what nobody needs."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import puremagic
from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.http import urlencode

from ledger import actions as ledger
from ledger import queries as history
from ledger import transitions
from ledger.states import NotPossible
from people import gateway, kinds, metadata, permissions, policy, sandbox
from people.kinds import Group, Kind
from people.models import Document, Picture, User
from people.states import DocumentState

LINK_MINUTES = 15
# What is shown inside a page stays readable for a working session: one portfolio takes its evaluator two to three hours.
SHOWN_HOURS = 4
FOLDER = "documents"
# Orphans are looked for among files of at least a day (no transaction is open that long) and at most this many days.
ORPHAN_DAYS = 30
MEGABYTE = 1024 * 1024
# A file up to this size is looked through while the person waits; a larger one by the worker.
AT_ONCE = 2 * MEGABYTE
PACKED, MEMBER, MOST_MEMBERS = b"PK\x03\x04", b"PK\x01\x02", 10_000
BOXED = {"mp4", "m4a"}
MISMATCH = "The name says {named}, but the content is {found}. {advice}"
SILENT = "We can’t check files for viruses right now, so we did not take this one. Try again in a few minutes."


class Refused(NotPossible):
    """A file that we don't take; the message says what would help."""


class LinkExpired(Exception):
    """The link was right, and is too old."""


class LinkWrong(Exception):
    """The link is not for this document and this person, or the document was not checked."""


def keep(owner: User, upload: File[Any], *, kind: str, at: datetime) -> Document:
    """Store a file under a random key and remember whose it is; its type is decided by its content.

    The file is written before the row, so that a row never points to nothing; where the row fails, the file goes, or the sweep
    `people.orphans` takes it. Raises Refused for an empty, too large, unknown or infected file, and, where a scanner is set
    and silent, for every file: one that nobody looked at must not reach an evaluator.
    """
    _check_size(upload)
    found = _by_content(upload)
    if found is None:
        raise Refused(_unknown(upload))
    _scan(upload)
    return _store(owner, upload, kind=kind, found=found, at=at)


def receive(owner: User, upload: File[Any], *, kind: str, at: datetime) -> Document:
    """Keep a file that others will look at: opened to its last page, and drawn, before anybody can open it.

    A small one is looked through now; a larger or difficult one waits, CHECKING, for the worker, which says how it came out by
    `people.document.checked`. Raises Refused as `keep` does, and for a name that says something else than the content.
    """
    found = identify(upload)
    if (upload.size or 0) > AT_ONCE:
        return _wait(owner, upload, kind=kind, found=found, at=at)
    _scan(upload)
    try:
        seen = sandbox.inspect(upload, kind=found, seconds=sandbox.BRIEF)
    except sandbox.TooSlow:
        return _wait(owner, upload, kind=kind, found=found, at=at)
    except sandbox.Refused as refused:
        raise Refused(str(refused)) from None
    drawn = _draw(seen, at=at)
    try:
        with transaction.atomic():
            document = _store(owner, upload, kind=kind, found=found, at=at, pages=seen.pages, text=_storable(seen.text))
            _hang(document, drawn, seen)
    except BaseException:
        _delete(drawn)
        raise
    return document


def check(id: UUID | str, *, at: datetime) -> None:
    """Look through a file that waits, draw it and release it, or refuse it and delete it; tell rooms by `people.document.checked`.

    Does nothing for one that was checked or removed. Raises ScannerUnreachable where the scanner is silent: to be tried again.
    """
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).filter(id=id, state=DocumentState.CHECKING).first()
        if document is None:
            return
        drawn: list[str] = []
        try:
            with read(document) as content:
                _scan(content, patient=True)
                seen = look_through(content, kinds.BY_TYPE[document.content_type])
            drawn = _draw(seen, at=at)
            facts = {"name": document.name}
            transitions.move(
                document, "release", actor=None, at=at, person=document.owner, facts=facts, pages=seen.pages, text=_storable(seen.text)
            )
            _hang(document, drawn, seen)
        except Refused as refusal:
            transitions.move(
                document, "refuse", actor=None, at=at, person=document.owner, facts={"name": document.name}, refusal=refusal.message[:300]
            )
            stored = document.stored
            transaction.on_commit(lambda: default_storage.delete(stored))
        except BaseException:
            _delete(drawn)
            raise
        ledger.emit("people.document.checked", key=document.id, at=at, document=document.id, state=document.state)


def drop(document: Document) -> bool:
    """Delete a document that no room refers to any more, with its file and pictures; whether it was deleted.

    The file goes when the transaction commits.
    """
    files = [document.stored, *document.pictures.values_list("stored", flat=True)]
    try:
        with transaction.atomic():
            document.delete()
    except ProtectedError:
        return False
    transaction.on_commit(lambda: _delete(files))
    return True


def link(document: Document, viewer: User) -> str:
    """An address that opens this document to this viewer, for 15 minutes; shown inside a page (`&inline=1`), for four hours.

    The asking room has checked that the viewer may see it.
    """
    return f"{reverse('people:document', args=[document.id])}?{_query(document, viewer)}"


def link_pictures(document: Document, viewer: User) -> list[tuple[Picture, str]]:
    """The pictures that we made of a document, in their order, each with an address for this viewer. No query where they are loaded."""
    query = _query(document, viewer)
    pictures = sorted(document.pictures.all(), key=lambda picture: picture.number)
    return [(picture, f"{reverse('people:picture', args=[document.id, picture.number])}?{query}") for picture in pictures]


def check_link(document: Document, viewer: User, key: str, *, shown: bool = False) -> None:
    """Raise LinkWrong unless `key` was made for this document and viewer, LinkExpired when it is too old.

    It opens a file for 15 minutes. What a page shows inside it (`shown`) it opens for four hours.
    """
    try:
        _signer().unsign(
            f"{_bound(document, viewer)}:{key}", max_age=timedelta(hours=SHOWN_HOURS) if shown else timedelta(minutes=LINK_MINUTES)
        )
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise LinkWrong from None
    if document.state != DocumentState.READY:
        raise LinkWrong


def record_opening(document: Document, viewer: User, *, at: datetime) -> None:
    """Write into the audit that staff or an auditor opened somebody's file; once a day for each file and reader. At most two queries."""
    if viewer.pk == document.owner_id or not permissions.can_see_office(viewer):
        return
    with transaction.atomic():
        if not history.was_recorded("people.document.open", subject=document, actor=viewer, since=at - timedelta(days=1)):
            facts = {"name": document.name}
            ledger.record("people.document.open", subject=document, actor=viewer, at=at, person=document.owner, facts=facts)


def read(document: Document) -> File[Any]:
    """The file itself, open; raises FileNotFoundError where the storage has lost it."""
    return default_storage.open(document.stored)


def read_for(document: Document, viewer: User) -> File[Any]:
    """The file as this person may open it: their own as they gave it, a picture of somebody else's without place, day and camera."""
    if document.owner_id == viewer.pk or document.content_type not in metadata.STRIPPED:
        return read(document)
    with read(document) as original:
        return ContentFile(metadata.bare(original.read(), document.content_type))


def read_picture(picture: Picture) -> File[Any]:
    """A picture that we made, open; raises FileNotFoundError where the storage has lost it."""
    return default_storage.open(picture.stored)


def fingerprint(document: Document) -> str:
    """The SHA-256 of the file as it lies in the storage now; raises FileNotFoundError where the storage has lost it."""
    sha256 = hashlib.sha256()
    with read(document) as content:
        for chunk in content.chunks():
            sha256.update(chunk)
    return sha256.hexdigest()


def remove_orphans(*, at: datetime) -> int:
    """Delete files that no row points to, and say how many; looks at the last 30 days, but not at files of less than a day."""
    removed = 0
    for days in range(2, ORPHAN_DAYS):
        folder = f"{FOLDER}/{at - timedelta(days=days):%Y-%m-%d}"
        files = _files(folder)
        if not files:
            continue
        known = {stored for model in (Document, Picture) for stored in _known(model, folder)}
        for stored in sorted(files - known):
            if default_storage.get_modified_time(stored) < at - timedelta(days=1):
                default_storage.delete(stored)
                removed += 1
    return removed


def identify(upload: File[Any]) -> Kind:
    """The kind of file that name and content agree on. Raises Refused for an empty, too large or unknown file, or where they don't.

    Where the content looks like nothing that we know, the name is believed, until `look_through` opens it as that.
    """
    _check_size(upload)
    named = kinds.by_name(upload.name or "")
    if named is None:
        raise Refused(_unknown(upload))
    found = _by_content(upload)
    if found is None:
        if (other := _foreign(upload)) and not (other == ".doc" and named.group == Group.OFFICE):
            raise Refused(MISMATCH.format(named=named.name, found=f"another kind ({other})", advice=kinds.HELP[other]))
    elif found != named and found.group != Group.TEXT and {found.code, named.code} != BOXED:
        raise Refused(MISMATCH.format(named=named.name, found=found.name, advice="Save it with the right ending, and choose it again."))
    return named


def look_through(upload: File[Any], kind: Kind) -> sandbox.Found:
    """Open a file to its last page, in a process of its own. Raises Refused."""
    try:
        return sandbox.inspect(upload, kind=kind)
    except sandbox.Refused as refused:
        raise Refused(str(refused)) from None


def _check_size(upload: File[Any]) -> None:
    limit = settings.FILE_UPLOAD_MAX_BYTES
    if not upload.size:
        raise Refused("This file is empty. Open it to check, and choose it again.")
    if upload.size > limit:
        size = -(-upload.size // MEGABYTE)
        raise Refused(f"This file has {size} MB. The limit is {limit // MEGABYTE} MB. {_smaller(upload)}")


def _smaller(upload: File[Any]) -> str:
    kind = kinds.by_name(upload.name or "")
    if kind is not None and kind.group in {Group.SOUND, Group.FILM}:
        return "Put a long recording on a site of your choice, and add its link."
    return "A scan in gray, or fewer pages, makes it smaller."


def _unknown(upload: File[Any]) -> str:
    return f"We can’t take this kind of file. {kinds.help_with(upload.name or '') or kinds.TO_PDF}"


def _by_content(upload: File[Any]) -> Kind | None:
    upload.seek(0)
    beginning = upload.read(kinds.BEGINNING)
    found = kinds.by_content(beginning, members=_members(upload) if beginning.startswith(PACKED) else ())
    upload.seek(0)
    return found


def _foreign(upload: File[Any]) -> str:
    """The ending that the content of an unknown file ought to have, where we know what helps with it."""
    upload.seek(0)
    beginning = upload.read(kinds.BEGINNING)
    upload.seek(0)
    if ending := kinds.foreign(beginning):
        return ending
    try:
        ending = puremagic.from_string(beginning)
    except puremagic.PureError:
        return ""
    return ending if ending in kinds.HELP else ""


def _store(
    owner: User,
    upload: File[Any],
    *,
    kind: str,
    found: Kind,
    at: datetime,
    state: DocumentState = DocumentState.READY,
    pages: int = 0,
    text: str = "",
) -> Document:
    sha256 = hashlib.sha256()
    for chunk in _chunks(upload):
        sha256.update(chunk)
    upload.seek(0)
    stored = default_storage.save(_key(at), upload)
    try:
        with transaction.atomic():
            return Document.objects.create(
                owner=owner,
                kind=kind,
                name=policy.file_name(upload.name or "", kind=found),
                size=upload.size,
                sha256=sha256.hexdigest(),
                content_type=found.content_type,
                stored=stored,
                created_at=at,
                state=state,
                pages=pages,
                text=text,
            )
    except BaseException:
        default_storage.delete(stored)
        raise


def _wait(owner: User, upload: File[Any], *, kind: str, found: Kind, at: datetime) -> Document:
    """Keep a file that nobody can open until the worker has looked through it."""
    with transaction.atomic():
        document = _store(owner, upload, kind=kind, found=found, at=at, state=DocumentState.CHECKING)
        ledger.emit("people.document.received", key=document.id, at=at, document=document.id)
    return document


def _draw(seen: sandbox.Found, *, at: datetime) -> list[str]:
    """Write the pictures, and say under which keys."""
    return [default_storage.save(_key(at), ContentFile(picture.content)) for picture in seen.pictures]


def _hang(document: Document, drawn: list[str], seen: sandbox.Found) -> None:
    Picture.objects.bulk_create(
        Picture(document=document, number=number, stored=stored, width=picture.width, height=picture.height)
        for number, (stored, picture) in enumerate(zip(drawn, seen.pictures, strict=True), 1)
    )


def _delete(files: Iterable[str]) -> None:
    for stored in files:
        with suppress(FileNotFoundError):
            default_storage.delete(stored)


def _key(at: datetime) -> str:
    return f"{FOLDER}/{at:%Y-%m-%d}/{uuid4().hex}"


def _storable(text: str) -> str:
    """Text without the one sign that PostgreSQL can't keep."""
    return text.replace("\0", "")


def _known(model: type[Document] | type[Picture], folder: str) -> Iterator[str]:
    yield from model._default_manager.filter(stored__startswith=f"{folder}/").values_list("stored", flat=True)


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


def _query(document: Document, viewer: User) -> str:
    value = _bound(document, viewer)
    return urlencode({"k": _signer().sign(value).removeprefix(f"{value}:")})


def _chunks(upload: File[Any]) -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()


def _members(upload: File[Any]) -> frozenset[str]:
    """The names in a packed file, as long as they are not so many that listing them would be the harm."""
    if sum(chunk.count(MEMBER) for chunk in _chunks(upload)) > MOST_MEMBERS:
        return frozenset()
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as packed:
            return frozenset(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()


def _scan(upload: File[Any], *, patient: bool = False) -> None:
    """Ask the scanner, where one is set; the `patient` come back when it is silent."""
    if not settings.CLAMD_URL:
        return
    try:
        found = gateway.scan(_chunks(upload), url=settings.CLAMD_URL)
    except gateway.ScannerUnreachable:
        if patient:
            raise
        raise Refused(SILENT) from None
    if found:
        raise Refused(
            f"Our virus scanner found {found} in this file, so we did not take it. Choose another file, and have your computer checked."
        )
