"""A file that takes longer is kept where nobody can open it, until the worker has looked through it."""

from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from ledger.models import Delivery, Entry
from ledger.queries import tell
from people import documents, gateway
from people.models import Document, Picture
from people.states import DocumentState
from tests.factories import files
from tests.factories.clamd import clamd, over_tcp
from tests.factories.people import upload


@pytest.fixture(autouse=True)
def storage(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    disk = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(default_storage, "_wrapped", disk)
    monkeypatch.setattr(documents, "AT_ONCE", 0)
    return disk


def _waiting(owner: Any, at: Any, *, name: str = "report.pdf", content: bytes = b"") -> Document:
    return documents.receive(owner, upload(name, content or files.pdf(pages=2)), kind="portfolios.evidence", at=at)


def _opens(person: Any, kept: Document) -> int:
    client = Client()
    client.force_login(person)
    answer = client.get(documents.link(kept, person))
    answer.getvalue()
    return answer.status_code


def _told(person: Any) -> list[str]:
    return [tell(entry).sentence for entry in Entry.objects.about(person).select_related("actor", "person").order_by("id")]


def test_nobody_opens_a_file_that_waits_and_the_worker_releases_it(alice: Any, at: Any, drain: Any) -> None:
    kept = _waiting(alice, at)
    assert (kept.state, kept.pages, _opens(alice, kept)) == (DocumentState.CHECKING, 0, 404)
    drain()
    kept.refresh_from_db()
    assert (kept.state, kept.pages, kept.pictures.count(), _opens(alice, kept)) == (DocumentState.READY, 2, 2, 200)
    assert _told(alice) == ["The program checked the file report.pdf."]


def test_a_file_that_is_refused_later_is_deleted_and_says_why(
    alice: Any, at: Any, drain: Any, storage: FileSystemStorage, django_capture_on_commit_callbacks: Any
) -> None:
    kept = _waiting(alice, at, content=files.pdf_with_file())
    with django_capture_on_commit_callbacks(execute=True):
        drain()
    kept.refresh_from_db()
    assert (kept.state, kept.pictures.count(), _opens(alice, kept)) == (DocumentState.REFUSED, 0, 404)
    assert kept.refusal == "This PDF has other files in it, which we don’t take. Print it to PDF, and choose the new file."
    assert not storage.exists(kept.stored)
    assert _told(alice) == ["The program refused the file report.pdf."]


def test_a_file_is_checked_once_however_often_it_is_asked_for(alice: Any, at: Any) -> None:
    kept = _waiting(alice, at)
    for _ in range(3):
        documents.check(kept.id, at=at)
    assert len(_told(alice)) == 1


def test_a_difficult_file_waits_although_it_is_small(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "AT_ONCE", 10**6)
    monkeypatch.setattr("people.sandbox.BRIEF", 0)
    assert _waiting(alice, at, content=files.pdf(pages=3)).state == DocumentState.CHECKING


def test_a_file_that_takes_too_long_is_refused(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = _waiting(alice, at, content=files.pdf(pages=4))
    monkeypatch.setattr("people.sandbox.inspect", _slow)
    documents.check(kept.id, at=at)
    kept.refresh_from_db()
    assert kept.refusal.startswith("This file takes too long or too much memory to open.")


def _slow(*args: Any, **options: Any) -> None:
    from people import sandbox

    raise sandbox.TooSlow(sandbox.TOO_MUCH)


def test_a_silent_scanner_keeps_the_file_waiting(alice: Any, at: Any, settings: Any, drain: Any) -> None:
    listener, settings.CLAMD_URL = over_tcp()
    listener.close()
    kept = _waiting(alice, at)
    with pytest.raises(gateway.ScannerUnreachable):
        documents.check(kept.id, at=at)
    kept.refresh_from_db()
    assert kept.state == DocumentState.CHECKING
    assert Delivery.objects.get(topic="people.document.received").done_at is None


def test_a_finding_of_the_scanner_refuses_the_file(alice: Any, at: Any, settings: Any) -> None:
    kept = _waiting(alice, at)
    listener, settings.CLAMD_URL = over_tcp()
    with clamd(listener, lambda content: b"stream: Eicar FOUND\0"):
        documents.check(kept.id, at=at)
    kept.refresh_from_db()
    assert (kept.state, "Eicar" in kept.refusal) == (DocumentState.REFUSED, True)


def test_what_nobody_refers_to_goes_with_its_pictures(
    alice: Any, at: Any, storage: FileSystemStorage, django_capture_on_commit_callbacks: Any
) -> None:
    kept = _waiting(alice, at)
    documents.check(kept.id, at=at)
    stored = [kept.stored, *Picture.objects.values_list("stored", flat=True)]
    assert [storage.exists(one) for one in stored] == [True] * 3
    with django_capture_on_commit_callbacks(execute=True):
        assert documents.drop(kept)
    assert [storage.exists(one) for one in stored] == [False] * 3
    assert (Document.objects.count(), Picture.objects.count()) == (0, 0)


def test_what_a_room_still_needs_stays(alice: Any, rita: Any, at: Any) -> None:
    from tests.factories import candidates

    application = candidates.ready(alice, at=at)
    assert not documents.drop(application.resume)
    assert Document.objects.filter(id=application.resume_id).exists()


def test_pictures_are_no_orphans(alice: Any, at: Any, storage: FileSystemStorage) -> None:
    import os
    from datetime import timedelta

    kept = _waiting(alice, at - timedelta(days=3))
    documents.check(kept.id, at=at - timedelta(days=3))
    for name in [kept.stored, *Picture.objects.values_list("stored", flat=True)]:
        os.utime(storage.path(name), ((at - timedelta(days=3)).timestamp(),) * 2)
    assert documents.remove_orphans(at=at) == 0


def test_the_fingerprint_of_a_changed_file_is_another(alice: Any, at: Any, storage: FileSystemStorage) -> None:
    kept = _waiting(alice, at)
    assert documents.fingerprint(kept) == kept.sha256
    with open(storage.path(kept.stored), "ab") as lying:
        lying.write(b"\n")
    assert documents.fingerprint(kept) != kept.sha256


def test_a_recording_is_played_in_parts(alice: Any, at: Any) -> None:
    kept = _waiting(alice, at, name="talk.mp3", content=files.mp3(frames=20))
    documents.check(kept.id, at=at)
    kept.refresh_from_db()
    client = Client()
    client.force_login(alice)
    address = f"{documents.link(kept, alice)}&inline=1"
    part = client.get(address, HTTP_RANGE="bytes=10-19")
    assert (part.status_code, part["Content-Range"], len(part.content)) == (206, f"bytes 10-19/{kept.size}", 10)
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Content-Disposition"].split(";")[0]) == (200, "audio/mpeg", "inline")
    assert len(whole.getvalue()) == kept.size
