"""What a file is by its content, and how its name is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people import policy
from people.fields import KINDS

ZIP = b"PK\x03\x04\x14\x00"


@pytest.mark.parametrize(
    ("beginning", "members", "found"),
    [
        (b"%PDF-1.7 rest", (), policy.PDF),
        (b" %PDF-1.7", (), policy.TEXT),
        (b"\xff\xd8\xff\xe0", (), policy.JPEG),
        (b"\xff\xd8", (), policy.TEXT),
        (b"\x89PNG\r\n\x1a\n", (), policy.PNG),
        (ZIP, ("[Content_Types].xml", "word/document.xml"), policy.DOCX),
        (ZIP, ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (ZIP, ("mimetype", "content.xml"), policy.ODT),
        (ZIP, ("xl/workbook.xml",), None),
        (ZIP, (), None),
        (b"I work at the desk.\r\n\tEvery day.", (), policy.TEXT),
        ("Café, naïve".encode("cp1252"), (), policy.TEXT),
        ("utf-16 text".encode("utf-16"), (), None),
        (b"MZ\x90\x00", (), None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (), None),
        (b"<html><script>", (), policy.TEXT),
    ],
)
def test_a_file_is_what_its_content_says(beginning, members, found):
    assert policy.content_type(beginning, members=members) == found


def test_every_type_has_an_ending_and_the_field_offers_the_same_types():
    assert {kind.content_type: kind.endings for kind in KINDS.values()} == policy.ENDINGS


def test_only_pictures_are_shown_in_a_page():
    assert {"image/png", "image/jpeg"} == policy.SHOWN


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
    assert policy.file_name(typed, content_type=policy.PDF) == kept


@given(st.text(max_size=300), st.sampled_from(sorted(policy.ENDINGS)))
def test_every_name_is_short_printable_and_ends_as_its_content(typed, content_type):
    name = policy.file_name(typed, content_type=content_type)
    assert 1 <= len(name) <= policy.NAME_LENGTH
    assert name.lower().endswith(policy.ENDINGS[content_type])
    assert not set('\\/:*?"<>|;\r\n\0') & set(name)
    assert policy.file_name(name, content_type=content_type) == name
