"""How files arrive: limits hold while they are read, and a full disk is a sentence at the field."""

import errno
from typing import Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from people import documents
from people.models import Document
from people.uploads import Spooled
from tests.factories import files
from tests.factories.people import upload
from tests.markup import markup

KILOBYTE = 1024


@pytest.fixture
def replacing(alice: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str]:
    """A form with one file: the one that takes the place of a refused one."""
    from ledger import clock
    from people import file_checks

    monkeypatch.setattr(clock, "now", lambda: at)
    kept = documents.keep(alice, upload("report.pdf", files.pdf_with_file()), kind="portfolios.evidence", at=at)
    file_checks.check(kept.id, at=at)
    client = Client()
    client.force_login(alice)
    return client, f"/documents/{kept.id}/replace/"


class Watched(Spooled):
    """Notes how much of a file reaches the disk."""

    written = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # type: ignore[override]
        Watched.written += len(raw_data)
        super().receive_data_chunk(raw_data, start)


def test_a_file_above_the_limit_is_told_at_its_field_and_not_written(replacing: tuple[Client, str], settings: Any) -> None:
    client, address = replacing
    Watched.written = 0
    settings.FILE_UPLOAD_HANDLERS = ["people.uploads.Bounded", f"{__name__}.Watched"]
    settings.FILE_UPLOAD_MAX_BYTES = 1024 * KILOBYTE
    answer = client.post(address, {"file": upload("scan.pdf", files.pdf() + b"\n" * 3_000 * KILOBYTE)})
    assert answer.context["form"].errors["file"][0].startswith("This file has 3 MB. The limit is 1 MB.")
    assert 0 < Watched.written <= settings.FILE_UPLOAD_MAX_BYTES


def test_all_files_of_a_form_together_are_refused_before_they_are_read(replacing: tuple[Client, str], settings: Any) -> None:
    client, address = replacing
    Watched.written = 0
    settings.FILE_UPLOAD_HANDLERS = ["people.uploads.Bounded", f"{__name__}.Watched"]
    settings.FILES_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * KILOBYTE, 10 * KILOBYTE
    client.raise_request_exception = False
    answer = client.post(address, {"file": upload("scan.pdf", files.pdf() + b"\n" * 120 * KILOBYTE)})
    assert (answer.status_code, "Were they large files?" in answer.content.decode(), Watched.written) == (400, True, 0)


def test_a_disk_that_is_full_while_a_file_arrives_is_told_at_its_field(
    replacing: tuple[Client, str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = replacing
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    before = Document.objects.count()

    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    answer = client.post(address, {"file": upload("scan.pdf", files.pdf())})
    assert answer.context["form"].errors["file"] == [documents.FULL]
    assert Document.objects.count() == before


def test_the_page_tells_its_limits_to_the_script(replacing: tuple[Client, str]) -> None:
    client, address = replacing
    assert f'data-limit="{25 * 2**20}" data-limit-together="{100 * 2**20}"' in markup(client.get(address))
