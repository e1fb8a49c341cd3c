"""Files are kept whole, shown to whom they were meant for, for a short time, and never run in a page."""

import errno
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

from candidates import actions as applying
from ledger.registry import SWEEPS
from people import actions, documents
from people.file_types import KINDS
from people.models import Document
from people.states import Role
from tests.factories import candidates, portfolios
from tests.factories.people import AT, PDF, PNG, checked, document, upload


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
    [
        ("photo.png", PNG, "png"),
        ("letter.docx", _docx(), "docx"),
        ("page.txt", b"<script>alert(1)</script>", "text"),
        # Some programs write something before a PDF.
        ("lines.pdf", b"\r\n\n" + PDF, "pdf"),
        ("mark.pdf", b"\xef\xbb\xbf" + PDF, "pdf"),
        ("marked-line.pdf", b"\xef\xbb\xbf\n" + PDF, "pdf"),
    ],
)
def test_a_type_is_what_name_and_content_agree_on_whatever_the_browser_says(alice, at, storage, name, content, found):
    kept = documents.keep(alice, upload(name, content, "text/html"), kind="k", at=at)
    assert (kept.content_type, kept.name.rsplit(".", 1)[1]) == (KINDS[found].content_type, KINDS[found].endings[0][1:])


@pytest.mark.parametrize("before", [b"", b"\r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize(("name", "said"), [("letter.txt", "plain text, but the content is PDF"), ("letter", "It is PDF: let its name")])
def test_a_pdf_is_known_as_one_whatever_stands_before_it(before, name, said):
    with pytest.raises(documents.Refused, match=said):
        documents.identify(upload(name, before + PDF))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty. Open it to check, and choose it again."),
        (b"MZ\x90\x00program", "The name says PDF, but the content is something else. Open it to check, and choose it again."),
        (b"PK\x03\x04 broken", "The name says PDF, but the content is another kind (.zip). Unpack it, and choose one file."),
        (PNG, "The name says PDF, but the content is PNG. Save it with the right ending, and choose it again."),
        (b"Dear library", "The name says PDF, but the content is something else. Open it to check, and choose it again."),
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


@pytest.mark.parametrize(
    ("name", "content", "disposition"),
    [("a.png", PNG, "inline"), ("a.pdf", PDF, "attachment"), ("a.txt", b"<b>text</b>", "attachment")],
)
def test_only_pictures_are_shown_in_a_page(alice, storage, name, content, disposition):
    link = documents.link(document(alice, name=name, content=content), alice)
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
    kept = checked(alice, portfolios.picture(), at=at)
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


def test_a_link_to_a_strangers_file_ends_with_the_role_that_opened_it(alice, rita, storage):
    """The owner's own link has nothing to do with roles."""
    kept = document(alice)
    theirs, own = documents.link(kept, rita), documents.link(kept, alice)
    assert _open(rita, theirs).status_code == 200
    actions.take_role(rita, Role.STAFF, actor=None, at=AT)
    actions.give_role(alice, Role.PAYER, actor=None, at=AT)
    assert (_open(rita, theirs).status_code, _open(alice, own).status_code) == (404, 200)


# How much one person may send


def test_so_many_files_may_be_sent_in_an_hour(alice, bob, at, storage, settings):
    settings.FILES_PER_HOUR = 2
    for _ in range(2):
        documents.keep(alice, upload(), kind="k", at=at)
    with pytest.raises(documents.Refused, match=r"You sent many files \(2\) within an hour. Try again in an hour."):
        documents.keep(alice, upload(), kind="k", at=at + timedelta(minutes=59))
    documents.keep(bob, upload(), kind="k", at=at)
    documents.keep(alice, upload(), kind="k", at=at + timedelta(minutes=61))


def test_so_much_may_lie_here_of_one_person(alice, at, storage, settings):
    settings.FILE_QUOTA_MB = 1
    content, full = PDF + b"\n" * 400_000, r"Your files have 1 MB together, and there is room for 1 MB. Remove one"
    first, _ = [documents.keep(alice, upload(content=content), kind="k", at=at) for _ in range(2)]
    with pytest.raises(documents.Refused, match=full):
        documents.keep(alice, upload(content=content), kind="k", at=at)
    Document.objects.filter(pk=first.pk).update(state="refused", refusal="It can’t be opened.", refused_at=at)
    documents.keep(alice, upload(content=content), kind="k", at=at)
    with pytest.raises(documents.Refused, match=full):
        documents.replace(first, upload(content=content), actor=alice, at=at)
    settings.FILE_QUOTA_MB = 0
    assert documents.keep(alice, upload(content=content), kind="k", at=at)


# What goes by itself


def test_a_replaced_resume_goes_after_some_days_and_what_is_used_stays(alice, at, storage, settings, django_capture_on_commit_callbacks):
    application = candidates.ready(alice, at=at)
    replaced = application.resume
    applying.attach_resume(application, upload=upload("new.pdf"), actor=alice, at=at)
    Document.objects.update(state="ready")
    application.refresh_from_db()
    for days, left in ((settings.FILE_UNUSED_DAYS - 1, 2), (settings.FILE_UNUSED_DAYS + 1, 1)):
        with django_capture_on_commit_callbacks(execute=True):
            SWEEPS["people.unused"].run(at=at + timedelta(days=days))
        assert Document.objects.count() == left
    assert Document.objects.get() == application.resume
    assert (storage.exists(application.resume.stored), storage.exists(replaced.stored)) == (True, False)


# A disk without app


class Full(FileSystemStorage):
    """A disk on which nothing has room."""

    def _save(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_plainly_and_leaves_nothing(alice, at, monkeypatch, tmp_path):
    monkeypatch.setattr(default_storage, "_wrapped", Full(location=tmp_path))
    with pytest.raises(documents.Refused) as refused:
        documents.keep(alice, upload(), kind="k", at=at)
    assert refused.value.message == documents.FULL
    assert Document.objects.count() == 0
