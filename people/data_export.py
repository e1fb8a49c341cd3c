"""Everything about a person, as a file for that person alone: each app says what it holds in its `exports.py`."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from ledger import actions as ledger
from ledger import transitions
from ledger.reminders import day_of
from people import notices
from people.models import Download, User
from people.states import DownloadState

FOLDER = "downloads"
AGAIN = timedelta(days=1)
CHUNK = 64 * 1024


@dataclass(frozen=True)
class ExportPart:
    """What one app holds about a person: tables of rows, and stored files with the names that they get."""

    title: str
    tables: dict[str, list[dict[str, Any]]]
    files: list[tuple[str, str]] = field(default_factory=list)


EXPORTS: dict[str, Callable[[User], ExportPart]] = {}


def export(room: str) -> Callable[[Callable[[User], ExportPart]], Callable[[User], ExportPart]]:
    """Register what an app holds: personal rows only, never words of others or about others, nothing that the person's pages hide."""

    def register(gather: Callable[[User], ExportPart]) -> Callable[[User], ExportPart]:
        if room in EXPORTS:
            raise ValueError(f"Two exports of {room}")
        EXPORTS[room] = gather
        return gather

    return register


def dump(rows: QuerySet[Any], *more: str, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The plain columns of these rows, without keys of other rows, and `more` paths such as `set__name`. One query."""
    columns = [
        concrete_field
        for concrete_field in rows.model._meta.concrete_fields
        if not concrete_field.is_relation and not concrete_field.generated
    ]
    plain = [column.name for column in columns if column.name not in ("id", *without)]
    return list(rows.order_by("pk").values(*plain, *more))


def ask(person: User, *, at: datetime) -> Download:
    """Have the file made by a worker. Asked again within a day it is the same one."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        known = get_newest(person)
        if known is not None and known.state != DownloadState.GONE and known.asked_at > at - AGAIN:
            return known
        row = Download.objects.create(person=person, asked_at=at, gone_on=day_of(at) + timedelta(days=settings.DOWNLOAD_DAYS))
        ledger.record("people.download.ask", subject=row, actor=person, at=at, person=person)
        ledger.emit("people.download.asked", key=row.id, at=at, download=row.id)
        return row


def get_newest(person: User) -> Download | None:
    """The file that a person asked for last. One query."""
    return Download.objects.filter(person=person).order_by("-asked_at").first()


def make(id: UUID | str, *, at: datetime) -> Download:
    """Gather everything, store it, and tell the person. Done once; safe to run again."""
    with transaction.atomic():
        row = transitions.lock(Download, id)
        if row.state != DownloadState.ASKED:
            return row
        with tempfile.TemporaryFile() as file:
            write(row.person, file, at=at)
            size = file.tell()
            file.seek(0)
            stored = default_storage.save(f"{FOLDER}/{uuid4().hex}.zip", File(file))
        try:
            gone_on = day_of(at) + timedelta(days=settings.DOWNLOAD_DAYS)
            transitions.transition(
                row, "make", actor=None, at=at, person=row.person, stored=stored, size=size, ready_at=at, gone_on=gone_on
            )
            notices.download_ready(row, at=at)
        except BaseException:
            default_storage.delete(stored)
            raise
        return row


def drop_old(*, at: datetime) -> None:
    """Delete the files whose last day is over."""
    for id in list(Download.objects.filter(state=DownloadState.READY, gone_on__lt=day_of(at)).values_list("id", flat=True)[:500]):
        with transaction.atomic():
            row = transitions.lock(Download, id, "drop")
            transitions.transition(row, "drop", actor=None, at=at, person=row.person)
            default_storage.delete(row.stored)


def write(person: User, target: IO[bytes], *, at: datetime) -> None:
    """Write the archive: one JSON file an app, the files, and a page that a person can read."""
    parts = {room: gather(person) for room, gather in sorted(EXPORTS.items())}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        named: dict[str, list[str]] = {}
        for room, part in parts.items():
            text = json.dumps({"title": part.title, **part.tables}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            archive.writestr(f"{room}.json", text)
            named[room] = list(_copy(archive, room, part.files))
        page = render_to_string("people/download/index.html", {"person": person, "at": at, "parts": _pages(parts, named)})
        archive.writestr("index.html", page)


def _copy(archive: zipfile.ZipFile, room: str, files: list[tuple[str, str]]) -> Iterator[str]:
    """Copy stored files in pieces, each under its number and a name without folders."""
    for number, (name, stored) in enumerate(files, 1):
        if not default_storage.exists(stored):
            continue
        clean = re.sub(r"[^\w.\- ]", "_", name)[-100:].lstrip(".") or "file"
        path = f"files/{room}/{number:03}-{clean}"
        with default_storage.open(stored) as source, archive.open(path, "w") as copy:
            while piece := source.read(CHUNK):
                copy.write(piece)
        yield path


def _pages(parts: dict[str, ExportPart], named: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What the page shows: titles, tables with their column names in words, and links to the files."""
    return [
        {
            "title": part.title,
            "tables": [(title, [_words(row) for row in rows]) for title, rows in part.tables.items() if rows],
            "files": named[room],
        }
        for room, part in parts.items()
    ]


def _words(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """The columns of a row that say something, with their names in words."""
    columns = ((name.replace("__", " ").replace("_", " "), value) for name, value in row.items())
    return [(name, value) for name, value in columns if value not in (None, "", [], {})]
