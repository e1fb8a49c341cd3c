"""A file that takes longer is kept where nobody can open it, until the worker has looked through it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test import Client

from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.registry import SWEEPS
from ledger.states import NotPossible
from people import documents, file_checks, gateway, sandbox
from people.models import Document, Picture
from people.states import DocumentState
from tests.factories import files
from tests.factories.clamd import clamd, over_tcp
from tests.factories.people import upload


@pytest.fixture(autouse=True)
def storage(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    disk = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(default_storage, "_wrapped", disk)
    return disk


def _waiting(owner: Any, at: Any, *, name: str = "report.pdf", content: bytes = b"") -> Document:
    return documents.keep(owner, upload(name, content or files.pdf(pages=2)), kind="portfolios.evidence", at=at)


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
    assert kept.refusal == "This PDF has other files in it, which we don’t accept. Print it to PDF, and choose the new file."
    assert not storage.exists(kept.stored)
    assert _told(alice) == ["The program refused the file report.pdf."]
    letter = Email.objects.get(person=alice)
    assert letter.subject == "Replace the file “report.pdf” by November 30, 2026"
    assert kept.refusal in " ".join(letter.text.split())
    assert f"/documents/{kept.id}/replace/" in letter.text


def test_a_file_is_checked_once_however_often_it_is_asked_for(alice: Any, at: Any) -> None:
    kept = _waiting(alice, at)
    for _ in range(3):
        file_checks.check(kept.id, at=at)
    assert len(_told(alice)) == 1


def test_a_file_that_takes_too_long_is_refused(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = _waiting(alice, at, content=files.pdf(pages=4))
    monkeypatch.setattr("people.sandbox.inspect", _slow)
    file_checks.check(kept.id, at=at)
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
        file_checks.check(kept.id, at=at)
    kept.refresh_from_db()
    assert kept.state == DocumentState.CHECKING
    assert file_checks.check_waiting(at=at) == 0


def test_a_finding_of_the_scanner_refuses_the_file(alice: Any, at: Any, settings: Any) -> None:
    kept = _waiting(alice, at)
    listener, settings.CLAMD_URL = over_tcp()
    with clamd(listener, lambda content: b"stream: Eicar FOUND\0"):
        file_checks.check(kept.id, at=at)
    kept.refresh_from_db()
    assert (kept.state, "Eicar" in kept.refusal) == (DocumentState.REFUSED, True)


def test_what_nobody_refers_to_goes_with_its_pictures(
    alice: Any, at: Any, storage: FileSystemStorage, django_capture_on_commit_callbacks: Any
) -> None:
    kept = _waiting(alice, at)
    file_checks.check(kept.id, at=at)
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
    file_checks.check(kept.id, at=at - timedelta(days=3))
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
    file_checks.check(kept.id, at=at)
    kept.refresh_from_db()
    client = Client()
    client.force_login(alice)
    address = f"{documents.link(kept, alice)}&inline=1"
    part = client.get(address, HTTP_RANGE="bytes=10-19")
    assert (part.status_code, part["Content-Range"], len(part.content)) == (206, f"bytes 10-19/{kept.size}", 10)
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Content-Disposition"].split(";")[0]) == (200, "audio/mpeg", "inline")
    assert len(whole.getvalue()) == kept.size


def test_the_door_opens_no_file(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small it is: a page answers at once, and the worker opens it."""
    monkeypatch.setattr("people.sandbox.inspect", _never)
    assert _waiting(alice, at, content=files.pdf()).state == DocumentState.CHECKING


def _never(*args: Any, **options: Any) -> None:
    raise AssertionError("A file was opened while its owner waits")


def test_the_sweep_wakes_a_worker_while_something_waits(
    alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[str] = []
    monkeypatch.setattr("ledger.workers.send", woken.append)
    kept = _waiting(alice, at)
    connection.run_on_commit.clear()  # the worker that the upload woke never came
    for expected in (["people.check_files"], []):
        woken.clear()
        with django_capture_on_commit_callbacks(execute=True):
            SWEEPS["people.check_files"].run(at=at)
        assert woken == expected
        file_checks.check(kept.id, at=at)


def test_one_file_that_cannot_be_looked_through_stops_no_other(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    bad, good = _waiting(alice, at, name="bad.pdf"), _waiting(alice, at + timedelta(seconds=1), content=files.pdf(pages=3))
    look = file_checks._look
    monkeypatch.setattr(file_checks, "_look", lambda document: look(document) if document.pk == good.pk else 1 / 0)
    assert file_checks.check_waiting(at=at) == 1
    assert [Document.objects.get(pk=one.pk).state for one in (bad, good)] == ["checking", "ready"]
    assert f"The file {bad.id} could not be looked through" in caplog.text


def test_files_that_always_fail_do_not_keep_the_others_waiting(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(file_checks.BATCH):
        _waiting(alice, at, name="bad.pdf")
    good = _waiting(alice, at + timedelta(seconds=1), content=files.pdf(pages=3))
    look = file_checks._look
    monkeypatch.setattr(file_checks, "_look", lambda document: look(document) if document.pk == good.pk else 1 / 0)
    assert [file_checks.check_waiting(at=at + timedelta(minutes=number)) for number in range(3)] == [0, 1, 0]


def test_a_text_with_half_a_sign_in_it_is_kept_without_it(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = _waiting(alice, at)
    monkeypatch.setattr(file_checks, "_look", lambda document: sandbox.FileContents(pages=1, text="Desk\ud800 w\0ork", pictures=()))
    assert file_checks.check(kept.id, at=at)
    kept.refresh_from_db()
    assert kept.text == "Desk work"


@pytest.mark.django_db(transaction=True)
def test_only_so_many_are_looked_through_at_once(alice: Any, at: Any, settings: Any) -> None:
    """Others hold the turns, on connections of their own."""
    settings.FILE_CHECKS_AT_ONCE = 2
    held = [connection.Database.connect(**connection.get_connection_params()) for _ in range(2)]
    try:
        for number, other in enumerate(held):
            assert other.execute("SELECT pg_try_advisory_lock(%s, %s)", [file_checks.TURNS, number]).fetchone()[0]
        _waiting(alice, at, content=files.pdf(pages=3))
        assert file_checks.check_waiting(at=at) == 0
        held[0].execute("SELECT pg_advisory_unlock_all()")
        assert file_checks.check_waiting(at=at) == 1
    finally:
        for other in held:
            other.close()


def test_a_file_that_its_owner_takes_out_meanwhile_leaves_nothing(
    alice: Any, at: Any, storage: FileSystemStorage, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    kept = _waiting(alice, at)
    look = file_checks._look

    def slowly(document: Document) -> Any:
        seen = look(document)
        documents.drop(Document.objects.get(pk=document.pk))
        return seen

    monkeypatch.setattr(file_checks, "_look", slowly)
    with django_capture_on_commit_callbacks(execute=True):
        assert not file_checks.check(kept.id, at=at)
    assert (Document.objects.count(), Picture.objects.count(), storage.listdir(f"documents/{at:%Y-%m-%d}")[1]) == (0, 0, [])


# Another file in place of one that was refused


def _refused(owner: Any, at: Any) -> Document:
    kept = _waiting(owner, at, content=files.pdf_with_file())
    file_checks.check(kept.id, at=at)
    kept.refresh_from_db()
    return kept


@pytest.mark.parametrize(("days", "taken"), [(6.9, True), (7.1, False)])
def test_a_refused_file_is_replaced_in_time_wherever_it_is_used(alice: Any, at: Any, settings: Any, days: float, taken: bool) -> None:
    kept = _refused(alice, at)
    later, settings.PUBLIC_URL = at + timedelta(days=days), "http://testserver"
    client = Client()
    client.force_login(alice)
    with time_machine.travel(later, tick=False):
        client.force_login(alice)
        address = f"/documents/{kept.id}/replace/"
        assert (b'type="file"' in client.get(address).content) is taken
        answer = client.post(address, {"file": upload("better.pdf", files.pdf(pages=3))}, follow=True)
    row = Document.objects.get(pk=kept.pk)
    if not taken:
        with pytest.raises(NotPossible, match="can no longer be replaced"):
            documents.replace(row, upload("better.pdf", files.pdf(pages=3)), actor=alice, at=later)
        row.refresh_from_db()
        assert (row.state, row.name) == ("refused", "report.pdf")
        return
    assert "“better.pdf” is sent." in answer.content.decode()
    assert (row.state, row.name, row.earlier_sha256, row.refusal, row.refused_at) == ("checking", "better.pdf", [kept.sha256], "", None)
    file_checks.check(row.id, at=later)
    row.refresh_from_db()
    assert (row.state, row.pages, _opens(alice, row)) == ("ready", 3, 200)
    assert _told(alice)[1:] == ["Alice Moreau sent better.pdf in place of report.pdf.", "The program checked the file better.pdf."]


def test_nobody_else_replaces_it(alice: Any, bob: Any, rita: Any, at: Any) -> None:
    kept = _refused(alice, at)
    for person in (bob, rita):
        client = Client()
        client.force_login(person)
        assert client.post(f"/documents/{kept.id}/replace/", {"file": upload()}).status_code == 404
    assert Document.objects.get(pk=kept.pk).state == DocumentState.REFUSED


def test_who_opens_a_file_too_early_reads_that_it_is_being_checked(alice: Any, at: Any) -> None:
    client = Client()
    client.force_login(alice)
    answer = client.get(documents.link(_waiting(alice, at), alice))
    assert (answer.status_code, "We are still checking this file" in answer.content.decode()) == (404, True)
