"""What a file is by its content, how its name is written, and which part of it a player asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people import policy
from people.file_types import BY_TYPE, HELP, KINDS, SHOWN, by_content, by_name, foreign, help_with

ZIP = b"PK\x03\x04" + b"\x14" + b"\x00" * 25
OPEN = "application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("beginning", "members", "found"),
    [
        (b"%PDF-1.7 rest", (), "pdf"),
        (b" %PDF-1.7", (), "text"),
        (b"\xff\xd8\xff\xe0", (), "jpeg"),
        (b"\xff\xd8", (), "text"),
        (b"\x89PNG\r\n\x1a\n", (), "png"),
        (b"GIF89a;", (), "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", (), "webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", (), "wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", (), None),
        (b"\x00\x00\x00\x20ftypM4A ", (), "m4a"),
        (b"\x00\x00\x00\x20ftypisom", (), "mp4"),
        (b"\x00\x00\x00\x20ftypmp42", (), "mp4"),
        (b"\x00\x00\x00\x20ftypheic", (), "heic"),
        (b"\x00\x00\x00\x20ftypqt  ", (), "mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", (), "webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", (), None),
        (b"ID3\x04\x00", (), "mp3"),
        (b"\xff\xfb\x90\x00", (), "mp3"),
        (b"\xff\xfd\x90\x00", (), None),
        (ZIP, ("[Content_Types].xml", "word/document.xml"), "docx"),
        (ZIP, ("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (ZIP, ("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (ZIP, ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (ZIP + b"mimetype" + f"{OPEN}text".encode(), ("mimetype", "content.xml"), "odt"),
        (ZIP + b"mimetype" + f"{OPEN}spreadsheet".encode(), ("mimetype", "content.xml"), "ods"),
        (ZIP + b"mimetype" + f"{OPEN}presentation".encode(), ("mimetype", "content.xml"), "odp"),
        (ZIP, ("mimetype",), None),
        (ZIP, (), None),
        (b"I work at the desk.\r\n\tEvery day.", (), "text"),
        ("Café, naïve".encode("cp1252"), (), "text"),
        ("utf-16 text".encode("utf-16"), (), "text"),
        (b"\xff\xfe", (), None),
        (b"MZ\x90\x00", (), None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (), None),
        (b"<html><script>", (), "text"),
    ],
)
def test_a_file_is_what_its_content_says(beginning, members, found):
    assert by_content(beginning, members=members) == KINDS.get(found)


@given(st.binary(max_size=200))
def test_no_content_is_too_strange_to_be_looked_at(beginning):
    assert by_content(beginning) in {None, *KINDS.values()}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.pdf", "pdf"),
        ("A.PDF", "pdf"),
        ("a.pdf.exe", None),
        ("a.jpeg", "jpeg"),
        ("a.m4v", "mp4"),
        ("a.csv", None),
        ("pdf", None),
        ("", None),
    ],
)
def test_the_last_ending_is_what_a_name_claims(name, found):
    assert by_name(name) == KINDS.get(found)


def test_endings_and_types_are_one_kinds_each():
    endings = [ending for kind in KINDS.values() for ending in kind.endings]
    assert len(endings) == len(set(endings))
    assert len(BY_TYPE) == len(KINDS)
    assert set(endings).isdisjoint(HELP)


def test_what_is_not_taken_comes_with_advice():
    assert help_with("photo.TIFF") == "Save it as JPEG, PNG or PDF."
    assert help_with("program.exe") == ""


@pytest.mark.parametrize(
    ("beginning", "members", "ending"),
    [
        (b"\0\0\0\x18ftypavif", (), ".avif"),
        (b"\0\0\0\x18ftypisom", (), ""),
        (b"PK\x03\x04", ("a.jpg",), ".zip"),
        (b"PK\x03\x04", ("word/vbaProject.bin", "word/document.xml"), ".docm"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zip", ("mimetype", "META-INF/container.xml"), ".epub"),
        (b"PK\x03\x04", ("Index/Document.iwa",), ".pages"),
        (b"PK\x03\x04", ("Index/Document.iwa", "Index/Slide.iwa"), ".key"),
        (b"", (), ""),
    ],
)
def test_what_is_not_taken_is_known_by_its_content(beginning, members, ending):
    assert foreign(beginning, members=members) == ending


@pytest.mark.parametrize(("brand", "found"), [(b"heic", "heic"), (b"mif1", "heic"), (b"qt  ", "mov"), (b"isom", "mp4"), (b"M4A ", "m4a")])
def test_what_phones_make_is_known_by_its_content(brand, found):
    assert by_content(b"\0\0\0\x18ftyp" + brand) == KINDS[found]


def test_only_pictures_and_recordings_are_shown_in_a_page():
    assert {kind.split("/")[0] for kind in SHOWN} == {"image", "audio", "video"}
    assert "image/svg+xml" not in SHOWN


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("resume.pdf", "resume.pdf"),
        ("My Resume (2026).PDF", "My Resume (2026).PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\alice\\resume.pdf", "resume.pdf"),
        ("resume.exe", "resume.exe.pdf"),
        ("resume\r\nSet-Cookie: a=b.pdf", "resumeSet-Cookie a=b.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ('a"b;c.pdf', "a b c.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("résumé.pdf", "résumé.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_mislead(typed, kept):
    assert policy.file_name(typed, kind=KINDS["pdf"]) == kept


@given(st.text(max_size=300), st.sampled_from(sorted(KINDS.values(), key=str)))
def test_every_name_is_short_printable_and_ends_as_its_content(typed, kind):
    name = policy.file_name(typed, kind=kind)
    assert 1 <= len(name) <= policy.NAME_LENGTH
    assert name.lower().endswith(kind.endings)
    assert not set('\\/:*?"<>|;\r\n\0') & set(name)
    assert policy.file_name(name, kind=kind) == name


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 99)),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-200", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-200", (0, 99)),
        ("bytes=100-", None),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=-0", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_the_part_that_a_player_asks_for(header, part):
    assert policy.byte_range(header, size=100) == part


def test_a_part_is_never_longer_than_we_hold_in_memory():
    assert policy.byte_range("bytes=0-", size=policy.PART * 3) == (0, policy.PART - 1)


@given(st.text(max_size=40), st.integers(0, 10**6))
def test_every_part_lies_within_the_file(header, size):
    part = policy.byte_range(f"bytes={header}", size=size)
    assert part is None or 0 <= part[0] <= part[1] < size
