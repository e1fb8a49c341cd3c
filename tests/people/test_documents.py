"""Files are kept whole, shown to whom they were meant for, for a short time, and never run in a page."""

import hashlib
import io
import os
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError
from django.test import Client

from ledger.registry import SWEEPS
from people import documents
from people.kinds import KINDS
from people.models import Document
from tests.factories import portfolios
from tests.factories.clamd import clamd, over_tcp
from tests.factories.people import PDF, PNG, document, upload


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Files on a disk."""
    disk = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(default_storage, "_wrapped", disk)
    return disk


def _files(storage):
    return sorted(name for _, _, names in os.walk(storage.location) for name in names)


def _docx(*extra):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *extra):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


def test_a_document_is_kept_whole(alice, at, storage):
    kept = documents.keep(alice, upload("../My resume.pdf"), kind="candidates.resume", at=at)
    assert Document.objects.values("owner_id", "kind", "name", "size", "sha256", "content_type", "created_at").get() == {
        "owner_id": alice.pk,
        "kind": "candidates.resume",
        "name": "My resume.pdf",
        "size": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "content_type": "application/pdf",
        "created_at": at,
    }
    with documents.read(kept) as content:
        assert content.read() == PDF
    assert kept.stored.startswith("documents/2026-11-23/")
    assert "resume" not in kept.stored
    assert len(_files(storage)) == 1


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [("photo.pdf", PNG, "png"), ("letter.docx", _docx(), "docx"), ("page.html", b"<script>alert(1)</script>", "text")],
)
def test_a_type_is_found_by_content_whatever_the_browser_says(alice, at, storage, name, content, found):
    kept = documents.keep(alice, upload(name, content, "text/html"), kind="k", at=at)
    assert (kept.content_type, kept.name.rsplit(".", 1)[1]) == (KINDS[found].content_type, KINDS[found].endings[0][1:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty. Open it to check, and choose it again."),
        (b"MZ\x90\x00program", "We can’t take this kind of file. Save it as PDF, and choose that file."),
        (b"PK\x03\x04 broken", "We can’t take this kind of file. Save it as PDF, and choose that file."),
        (_docx("word/vbaProject.bin"), "We can’t take this kind of file. Save it as PDF, and choose that file."),
    ],
)
def test_what_we_do_not_take_is_refused_and_leaves_nothing(alice, at, storage, content, said):
    with pytest.raises(documents.Refused) as refused:
        documents.keep(alice, upload("file.pdf", content), kind="k", at=at)
    assert refused.value.message == said
    assert (Document.objects.count(), _files(storage)) == (0, [])


@pytest.mark.parametrize(("over", "taken"), [(0, True), (1, False)])
def test_the_limit_itself_is_still_taken(alice, at, storage, settings, over, taken):
    settings.FILE_UPLOAD_MAX_BYTES = len(PDF) - over
    if taken:
        assert documents.keep(alice, upload(), kind="k", at=at).size == len(PDF)
    else:
        with pytest.raises(documents.Refused, match="The limit is"):
            documents.keep(alice, upload(), kind="k", at=at)


def test_a_row_that_fails_leaves_no_file(alice, at, storage):
    with pytest.raises(DatabaseError):
        documents.keep(alice, upload(), kind="k" * 61, at=at)
    assert _files(storage) == []


def test_an_infected_file_is_refused_with_its_finding(alice, at, storage, settings):
    listener, settings.CLAMD_URL = over_tcp()
    with (
        clamd(listener, lambda content: b"stream: Eicar FOUND\0") as seen,
        pytest.raises(documents.Refused, match="found Eicar in this file"),
    ):
        documents.keep(alice, upload(), kind="k", at=at)
    assert [content for _, content in seen] == [PDF]
    assert (Document.objects.count(), _files(storage)) == (0, [])


def test_a_clean_file_is_scanned_and_kept(alice, at, storage, settings):
    listener, settings.CLAMD_URL = over_tcp()
    with clamd(listener):
        assert documents.keep(alice, upload(), kind="k", at=at).sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_silent_scanner_refuses_every_file(alice, at, storage, settings):
    listener, settings.CLAMD_URL = over_tcp()
    listener.close()
    with pytest.raises(documents.Refused, match="Try again in a few minutes"):
        documents.keep(alice, upload(), kind="k", at=at)
    assert _files(storage) == []


def _as(person):
    client = Client()
    client.force_login(person)
    return client


def _open(person, link):
    """What a person gets under a link, read to its end, which closes the file."""
    response = _as(person).get(link)
    response.read = b"".join(response.streaming_content) if response.streaming else response.content
    return response


def test_a_link_opens_the_document_as_a_download(alice, storage):
    kept = document(alice, name="résumé 1.pdf")
    response = _open(alice, documents.link(kept, alice))
    assert response.read == PDF
    expected = {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''r%C3%A9sum%C3%A9%201.pdf",
        "Content-Length": str(len(PDF)),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    assert {name: response[name] for name in expected} == expected


@pytest.mark.parametrize(("content", "disposition"), [(PNG, "inline"), (PDF, "attachment"), (b"<b>text</b>", "attachment")])
def test_only_pictures_are_shown_in_a_page(alice, storage, content, disposition):
    link = documents.link(document(alice, content=content), alice)
    assert _open(alice, f"{link}&inline=1")["Content-Disposition"].split(";")[0] == disposition
    assert _open(alice, link)["Content-Disposition"].split(";")[0] == "attachment"


def test_a_link_is_for_one_viewer_and_one_document(alice, bob, charlie, storage):
    kept, other = document(alice), document(alice)
    link = documents.link(kept, bob)
    key = link.split("?")[1]
    wrong = [
        _open(alice, link),
        _open(charlie, link),
        _open(bob, f"/documents/{other.id}/?{key}"),
        _open(bob, link[:-1] + ("A" if link[-1] != "A" else "B")),
        _open(bob, f"/documents/{kept.id}/"),
        _open(alice, f"/documents/{kept.id}/"),
    ]
    assert _open(bob, link).status_code == 200
    assert [response.status_code for response in wrong] == [404] * len(wrong)
    assert Client().get(link).status_code == 302


def test_a_link_names_nobody(alice, storage):
    kept = document(alice)
    link = documents.link(kept, alice)
    assert str(alice.public_id) not in link
    assert link.startswith(f"/documents/{kept.id}/?k=")


@pytest.mark.parametrize(("seconds", "status"), [(899, 200), (901, 410)])
def test_a_link_ends_after_fifteen_minutes_with_a_way_on(alice, storage, at, seconds, status):
    kept = document(alice)
    with time_machine.travel(at, tick=False) as clock:
        link = documents.link(kept, alice)
        clock.shift(seconds)
        response = _open(alice, link)
    assert response.status_code == status
    if status == 410:
        assert "Go back and open it again" in response.content.decode()


@pytest.mark.parametrize(("hours", "status"), [(3.9, 200), (4.1, 410)])
def test_what_a_page_shows_stays_readable_for_a_working_session(alice, bob, storage, at, hours, status):
    kept = documents.receive(alice, portfolios.picture(), kind="portfolios.evidence", at=at)
    with time_machine.travel(at, tick=False) as clock:
        [(_, drawn)] = documents.link_pictures(kept, bob)
        link = documents.link(kept, bob)
        clock.shift(timedelta(hours=hours))
        assert [_open(bob, address).status_code for address in (drawn, f"{link}&inline=1", link)] == [status, status, 410]
        assert [_open(alice, address).status_code for address in (drawn, f"{link}&inline=1")] == [404, 404]


def test_a_file_that_the_storage_lost_is_said_plainly(alice, storage):
    kept = document(alice)
    link = documents.link(kept, alice)
    storage.delete(kept.stored)
    response = _open(alice, link)
    assert (response.status_code, "We can’t find this file" in response.content.decode()) == (404, True)


def _age(storage, stored, when):
    os.utime(storage.path(stored), (when.timestamp(), when.timestamp()))


def test_the_sweep_takes_orphans_and_nothing_else(alice, at, storage):
    written = at - timedelta(days=3)
    kept = document(alice, at=written)
    orphan = storage.save("documents/2026-11-20/orphan", upload())
    fresh = storage.save("documents/2026-11-20/fresh", upload())
    today = storage.save("documents/2026-11-23/today", upload())
    elsewhere = storage.save("certificates/2026-11-20/other", upload())
    for stored in (kept.stored, orphan, today, elsewhere):
        _age(storage, stored, written)
    _age(storage, fresh, at - timedelta(hours=23))
    assert SWEEPS["people.orphans"].every == "day"
    SWEEPS["people.orphans"].run(at=at)
    assert [storage.exists(stored) for stored in (kept.stored, orphan, fresh, today, elsewhere)] == [True, False, True, True, True]
    assert documents.remove_orphans(at=at) == 0
