"""Files that a person gave us: keep one, hand out a short-lived link, drop what no one needs. `inspections` opens them."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID, uuid4

import puremagic
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, ProtectedError, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.http import urlencode

from ledger import actions as ledger
from ledger import queries as history
from ledger import transitions, workers
from ledger.prepared import ask
from ledger.registry import Question
from ledger.states import NotPossible
from people import file_types, permissions, policy
from people.file_types import FileType, Group
from people.models import Document, Picture, User
from people.permissions import role_names
from people.signed_links import SEPARATOR, SignedLink
from people.states import DocumentState
from people.uploads import DISK_FULL

logger = logging.getLogger(__name__)
OPENED = SignedLink("people.document", "FILE_LINK_MINUTES")
# What is shown inside a page stays readable for a working session: one portfolio takes its evaluator two to three hours.
SHOWN = SignedLink("people.document", "FILE_SHOWN_MINUTES")
FOLDER = "documents"
# Orphans are looked for among files of at least a day (no transaction is open that long) and at most this many days.
ORPHAN_DAYS = 30
MOST_AT_ONCE = 500
MEGABYTE = 1024 * 1024
PACKED, MEMBER, MOST_MEMBERS = b"PK\x03\x04", b"PK\x01\x02", 10_000
BOXED = {"mp4", "m4a", "mov"}
NOT_IT = "The name says {named}, but the content is something else. Open it to check, and choose it again."
# How far from its beginning a PDF may say that it is one.
PDF_WITHIN = 1024
OLE = b"\xd0\xcf\x11\xe0"
MISMATCH = "The name says {named}, but the content is {found}. {advice}"
FULL = "We can’t store files right now. That is our mistake, and staff know. Nothing else is lost. Try again in an hour."
TOO_MANY = "You sent many files ({count}) within an hour. Try again in an hour. Everything else on this page still works."
QUOTA = "Your files have {size} MB together, and there is room for {most} MB. Remove one that you don’t need, or send a smaller file."
AGAIN = "We no longer have this file. Choose it again."
ADDED = "This file was already added."
TOO_LATE = "This file can no longer be replaced. Write to us if you still need to send it."
# A file that a form keeps, because something else in the form was wrong, is of this kind until the form is right.
WITH_FORM = "people.with_form"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Version:
    """A file as someone may open it: under which key it lies, its type, and its name."""

    stored: str
    content_type: str
    name: str


class Refused(NotPossible):
    """A file that we don't take; the message says what would help."""


class NotReady(Exception):
    """The link is right, and the document was not checked yet, or was refused."""


@dataclass(frozen=True)
class Kept:
    """A file that was kept with a form of its owner, by the id that the form carries. `keep` takes it in place of an upload, once."""

    id: UUID


def keep(owner: User, upload: File[Any] | Kept, *, kind: str, at: datetime) -> Document:
    """Store a file under a random key, CHECKING: no one can open it before the worker has looked through it (`inspections`).

    What can be seen at once is refused at once: raises Refused for an empty, too large or unknown file, for a name that says something
    else than the content, for too many or too large files of one owner, and where the disk is full. The file is written before the row,
    so that a row never points to nothing; where the row fails, the file goes, or the sweep `people.orphans` takes it.
    """
    if isinstance(upload, Kept):
        return _take(owner, upload, kind=kind)
    file_type = identify(upload)
    _check_room(owner, upload, at=at)
    stored, sha256 = _store(upload, at=at)
    try:
        with transaction.atomic():
            document = Document.objects.create(
                owner=owner,
                kind=kind,
                name=policy.file_name(upload.name or "", kind=file_type),
                size=upload.size,
                sha256=sha256,
                content_type=file_type.content_type,
                stored=stored,
                created_at=at,
                state=DocumentState.CHECKING,
            )
            workers.wake_on_commit("people.check_files")
    except BaseException:
        default_storage.delete(stored)
        raise
    return document


def _take(owner: User, kept_file: Kept, *, kind: str) -> Document:
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).filter(id=kept_file.id, owner=owner).first()
        if document is None or document.state == DocumentState.REFUSED:
            raise Refused(document.refusal if document else AGAIN)
        if document.kind != WITH_FORM:
            raise Refused(ADDED)
        document.kind = kind
        document.save(update_fields=["kind"])
    return document


def find_kept(owner: User, kept_file: Kept) -> Document | None:
    """The file that a form keeps for its owner, while no other thing has it. One query."""
    return Document.objects.filter(id=kept_file.id, owner=owner, kind=WITH_FORM).exclude(state=DocumentState.REFUSED).defer("text").first()


def replace_by(document: Document) -> datetime | None:
    """Until when the owner of a refused file may send another in its place; None for any other file."""
    return document.refused_at + timedelta(days=settings.FILE_REPLACE_DAYS) if document.refused_at else None


def replace(document: Document, upload: File[Any], *, actor: User, at: datetime) -> Document:
    """Put another file in the place of a refused one, wherever that is used: what was sent on time stays on time.

    Raises Refused for a file that we don't take, NotPossible once the days are over or the file is not refused.
    """
    kind = identify(upload)
    _check_room(document.owner, upload, at=at)
    stored, sha256 = _store(upload, at=at)
    try:
        with transaction.atomic():
            row = transitions.lock(Document, document.pk, "replace")
            until = replace_by(row)
            if until is None or at > until:
                raise NotPossible(TOO_LATE)
            name = policy.file_name(upload.name or "", kind=kind)
            changes: dict[str, Any] = {
                "name": name,
                "size": upload.size,
                "content_type": kind.content_type,
                "stored": stored,
                "sha256": sha256,
            }
            changes |= {"earlier_sha256": [*row.earlier_sha256, row.sha256], "refusal": "", "refused_at": None}
            transitions.transition(row, "replace", actor=actor, at=at, person=row.owner, details={"name": name, "old": row.name}, **changes)
            workers.wake_on_commit("people.check_files")
    except BaseException:
        default_storage.delete(stored)
        raise
    return row


def drop(document: Document) -> bool:
    """Delete a document that no app refers to any more, with its file and pictures; whether it was deleted.

    The file goes when the transaction commits.
    """
    files = [document.stored, *filter(None, [document.reading]), *document.pictures.values_list("stored", flat=True)]
    try:
        with transaction.atomic():
            document.delete()
    except ProtectedError:
        return False
    transaction.on_commit(lambda: delete_stored(files))
    return True


def link(document: Document, viewer: User) -> str:
    """An address that opens this document to this viewer, for FILE_LINK_MINUTES; shown inside a page (`&inline=1`), for FILE_SHOWN_MINUTES.

    The asking app has checked that the viewer may see it.
    """
    return f"{reverse('people:document', args=[document.id])}?{_query(document, viewer)}"


def link_pictures(document: Document, viewer: User) -> list[tuple[Picture, str]]:
    """The pictures that we made of a document, in their order, each with an address for this viewer. No query where they are loaded."""
    query = _query(document, viewer)
    pictures = sorted(document.pictures.all(), key=lambda picture: picture.number)
    return [(picture, f"{reverse('people:picture', args=[document.id, picture.number])}?{query}") for picture in pictures]


def check_link(document: Document, viewer: User, key: str, *, shown: bool = False) -> None:
    """Raise LinkWrong unless `key` was made for this document and viewer as they are now, LinkExpired, NotReady before it was checked."""
    (SHOWN if shown else OPENED).read(f"{_bound(document, viewer)}{SEPARATOR}{key}")
    if document.state != DocumentState.READY:
        raise NotReady


def record_opening(document: Document, viewer: User, *, at: datetime) -> None:
    """Write into the audit that staff or an auditor opened someone's file; once a day for each file and reader. At most two queries."""
    if viewer.pk == document.owner_id or not permissions.can_see_office(viewer):
        return
    with transaction.atomic():
        if not history.was_recorded("people.document.open", subject=document, actor=viewer, since=at - timedelta(days=1)):
            details = {"name": document.name}
            ledger.record("people.document.open", subject=document, actor=viewer, at=at, person=document.owner, details=details)


def read(document: Document) -> File[Any]:
    """The file itself, open; raises FileNotFoundError where the storage has lost it."""
    return default_storage.open(document.stored)


def version_for(document: Document, viewer: User, *, shown: bool = False) -> Version:
    """What of a file this person opens: their own as they gave it, others the copy; in a page, of some kinds everyone the copy."""
    is_own = document.owner_id == viewer.pk and not (shown and document.content_type in file_types.TURNED)
    if is_own or not document.reading:
        return Version(document.stored, document.content_type, document.name)
    kind = file_types.BY_TYPE[document.reading_type]
    return Version(document.reading, kind.content_type, policy.file_name(PurePath(document.name).stem, kind=kind))


def read_version(version: Version) -> File[Any]:
    """The version, open; raises FileNotFoundError where the storage has lost it."""
    return default_storage.open(version.stored)


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


def drop_unused(*, at: datetime) -> int:
    """Delete the documents of some days (FILE_UNUSED_DAYS) that nothing refers to, neither a row nor a seal, and say how many."""
    dropped = 0
    for document in ask(lambda before: _unused(before), at - timedelta(days=settings.FILE_UNUSED_DAYS)):
        if is_needed(document):
            continue
        with transaction.atomic():
            dropped += drop(document)
    return dropped


@Question
def is_needed(document: Document) -> bool:
    """Say whether something needs a document to which no row points."""
    return False


def _unused(before: datetime) -> QuerySet[Document]:
    """Documents that no row refers to, whichever table it is in. One query."""
    rows = Document.objects.filter(created_at__lt=before).exclude(state=DocumentState.CHECKING).defer("text").order_by("created_at", "id")
    for relation in Document._meta.get_fields(include_hidden=True):
        if relation.one_to_many or relation.one_to_one:
            model: Any = relation.related_model
            if model is not Picture:
                rows = rows.filter(~Exists(model._default_manager.filter(**{cast(Any, relation.remote_field).name: OuterRef("pk")})))
    return rows[:MOST_AT_ONCE]


def identify(upload: File[Any]) -> FileType:
    """The kind of file that name and content agree on. Raises Refused for an empty, too large or unknown file, or where they don't.

    Where the content looks like nothing that we know, the name is believed, until `look_through` opens it as that.
    """
    _check_size(upload)
    named = file_types.by_name(upload.name or "")
    if named is None:
        raise Refused(_unknown(upload))
    kind = _by_content(upload)
    if kind is None or kind.group == Group.TEXT:
        _check_plausible(upload, named)
    if kind is None:
        if (other := _foreign(upload)) and not (other in {".doc", ".docm"} and named.group == Group.OFFICE):
            raise Refused(MISMATCH.format(named=named.name, found=f"another kind ({other})", advice=file_types.HELP[other]))
    elif kind != named and kind.group != Group.TEXT and not {kind.code, named.code} <= BOXED:
        raise Refused(MISMATCH.format(named=named.name, found=kind.name, advice="Save it with the right ending, and choose it again."))
    return named


def _check_plausible(upload: File[Any], named: FileType) -> None:
    """Refuse at once what can't be of the kind that its name says, although we know no other for it."""
    upload.seek(0)
    beginning = upload.read(file_types.BEGINNING)
    upload.seek(0)
    if (
        (named.group == Group.PAGES and b"%PDF-" not in beginning[:PDF_WITHIN])
        or named.group == Group.PICTURE
        or (named.group == Group.OFFICE and not beginning.startswith((PACKED, OLE)))
    ):
        other = _foreign(upload)
        raise Refused(
            MISMATCH.format(named=named.name, found=f"another kind ({other})", advice=file_types.HELP[other])
            if other
            else NOT_IT.format(named=named.name)
        )


def _check_size(upload: File[Any]) -> None:
    limit = settings.FILE_UPLOAD_MAX_BYTES
    if getattr(upload, "disk_full", False):
        raise Refused(FULL)
    if not upload.size:
        raise Refused("This file is empty. Open it to check, and choose it again.")
    if upload.size > limit:
        size = -(-upload.size // MEGABYTE)
        raise Refused(f"This file has {size} MB. The limit is {limit // MEGABYTE} MB. {_smaller(upload)}")


def _smaller(upload: File[Any]) -> str:
    kind = file_types.by_name(upload.name or "")
    if kind is not None and kind.group in {Group.SOUND, Group.FILM}:
        return "Put a long recording on a site of your choice, and add the link."
    return "A scan in gray or with fewer pages makes a smaller file."


def _unknown(upload: File[Any]) -> str:
    name = upload.name or ""
    if not PurePath(name).suffix and (kind := _by_content(upload)):
        return f"The name of this file has no ending. It is {kind.name}: let its name end in {kind.endings[0]}, and choose it again."
    return f"We can’t accept this kind of file. {file_types.help_with(name) or file_types.TO_PDF}"


def _by_content(upload: File[Any]) -> FileType | None:
    upload.seek(0)
    beginning = upload.read(file_types.BEGINNING)
    # Some programs put an empty line or a byte-order mark before a PDF; every reader of PDF takes that.
    if (written := beginning.removeprefix(BYTE_ORDER_MARK).lstrip()).startswith(b"%PDF-"):
        beginning = written
    kind = file_types.by_content(beginning, members=_members(upload) if beginning.startswith(PACKED) else ())
    upload.seek(0)
    return kind


def _foreign(upload: File[Any]) -> str:
    """The ending that the content of an unknown file ought to have, where we know what helps with it."""
    upload.seek(0)
    beginning = upload.read(file_types.BEGINNING)
    upload.seek(0)
    if ending := file_types.foreign(beginning, members=_members(upload) if beginning.startswith(PACKED) else ()):
        return ending
    try:
        ending = puremagic.from_string(beginning)
    except puremagic.PureError:
        return ""
    return ending if ending in file_types.HELP else ""


def _store(upload: File[Any], *, at: datetime) -> tuple[str, str]:
    """Write a file, and give its key and its SHA-256. Raises Refused where the disk is full."""
    sha256 = hashlib.sha256()
    for chunk in _chunks(upload):
        sha256.update(chunk)
    upload.seek(0)
    try:
        return default_storage.save(new_key(at), upload), sha256.hexdigest()
    except OSError as trouble:
        if trouble.errno not in DISK_FULL:
            raise
        logger.exception("A file could not be stored: the disk is full")
        raise Refused(FULL) from None


def _check_room(owner: User, upload: File[Any], *, at: datetime) -> None:
    """Refuse what is more than one person may send in an hour, or may have here. One query."""
    mine = Document.objects.filter(owner=owner).exclude(state=DocumentState.REFUSED)
    lately = Count("id", filter=Q(created_at__gt=at - timedelta(hours=1)))
    totals = mine.aggregate(count=lately, size=Coalesce(Sum("size"), 0))
    if settings.FILES_PER_HOUR and totals["count"] >= settings.FILES_PER_HOUR:
        raise Refused(TOO_MANY.format(count=totals["count"]))
    most = settings.FILE_QUOTA_MB * MEGABYTE
    if most and totals["size"] + (upload.size or 0) > most:
        raise Refused(QUOTA.format(size=-(-totals["size"] // MEGABYTE), most=settings.FILE_QUOTA_MB))


def delete_stored(files: Iterable[str]) -> None:
    """Delete files of the storage; one that is not there is no trouble."""
    for stored in files:
        with suppress(FileNotFoundError):
            default_storage.delete(stored)


def new_key(at: datetime) -> str:
    """A key under which nothing is stored yet; it says the day and nothing else."""
    return f"{FOLDER}/{at:%Y-%m-%d}/{uuid4().hex}"


def _known(model: type[Document] | type[Picture], folder: str) -> Iterator[str]:
    for field in ("stored", "reading") if model is Document else ("stored",):
        yield from model._default_manager.filter(**{f"{field}__startswith": f"{folder}/"}).values_list(field, flat=True)


def _files(folder: str) -> set[str]:
    try:
        return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    except FileNotFoundError:
        return set()


def _bound(document: Document, viewer: User) -> str:
    """What a link is bound to. It is signed but not part of the address, which so names no one.

    A link to someone else's document ends with each change of the viewer's roles.
    """
    roles = "" if document.owner_id == viewer.pk else ",".join(sorted(role_names(viewer)))
    return f"{document.id}:{viewer.public_id}:{roles}"


def _query(document: Document, viewer: User) -> str:
    value = _bound(document, viewer)
    return urlencode({"k": OPENED.sign(value).removeprefix(f"{value}{SEPARATOR}")})


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
