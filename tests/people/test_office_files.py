"""Office files: what they load, run or carry is found as the programs that open them find it; the rest is taken and seen as pages."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from people import sandbox
from people.file_types import KINDS
from people.inspection import InspectedFile, Refusal, office
from tests.factories import files

NEEDS_LIBREOFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed; python3 -m ops.setup --tests does it"
)
ELSEWHERE = "http://127.0.0.1:9/a.png"
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{pieces}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>shown</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
GRAPHIC = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><defs><path id="a" d="M0 0h9v9z"/></defs>'
    b'<use x:href="#a"/><style>path{fill:url(#b)}</style></svg>'
)


@pytest.fixture
def text_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without LibreOffice."""
    monkeypatch.setattr("people.inspection.libreoffice.shutil.which", lambda name: None)


def look(folder: Path, code: str, content: bytes) -> InspectedFile:
    """What is found in a document."""
    (folder / "file").write_bytes(content)
    return office.look(folder / "file", code, folder)


def refusal(folder: Path, code: str, content: bytes) -> str:
    """Why a document is not taken."""
    with pytest.raises(Refusal) as refused:
        look(folder, code, content)
    return str(refused.value)


def field(*pieces: str, part: str = "document") -> bytes:
    """A field of Word, its command cut into pieces."""
    written = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:{part} xmlns:w="{files.WORD}">{FIELD.format(pieces=written)}</w:{part}>'.encode()


PICTURE = f'Type="a/image" Target="{ELSEWHERE}"'
SLIDE, QUOTED = "ppt/slides/_rels/slide1.xml.rels", "xl/externalLinks/_rels/externalLink1.xml.rels"
CLICK = '<p:event-listener xmlns:p="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" p:action="{}"/>'
PACKAGE, EXCEL = "0003000C-0000-0000-C000-000000000046", "00020820-0000-0000-C000-000000000046"
INNER = (
    '</w:instrText><w:fldChar w:fldCharType="begin"/><w:instrText>QUOTE x</w:instrText><w:fldChar w:fldCharType="separate"/>'
    '<w:t>DDEAUTO</w:t><w:fldChar w:fldCharType="end"/><w:instrText> soffice'
)


def word_relation(said: bytes) -> bytes:
    """A Word document with these relations."""
    return files.docx(("word/_rels/x.xml.rels", said))


def relation(said: str, name: str = "word/_rels/settings.xml.rels") -> tuple[str, bytes]:
    """A relation as somebody may write it."""
    return name, f'<Relationships xmlns="r">{said}</Relationships>'.encode()


def openly(body: str, *more: tuple[str, bytes], styles: str = "") -> bytes:
    """An OpenDocument with this in its text."""
    spaces = {"o": "urn:oasis:names:tc:opendocument:xmlns:office:1.0", "text": "t", "x": "x", "draw": "d", "script": "s", "table": "tb"}
    names = " ".join(f'xmlns:{short}="{name}"' for short, name in spaces.items())
    return files.opened(
        "text",
        ("styles.xml", f"<o:document-styles {names}>{styles}</o:document-styles>".encode()),
        *more,
        content=f"<o:document-content {names}>{body}</o:document-content>".encode(),
    )


LOADED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "linked picture": ("docx", lambda: files.docx(files.relation("image", ELSEWHERE)), "a.png"),
    "linked film": ("pptx", lambda: files.pptx(relation(f'<Relationship {PICTURE} TargetMode="External"/>', SLIDE)), "a.png"),
    "picture of this machine": ("docx", lambda: files.docx(files.relation("image", "file:///etc/hostname")), "hostname"),
    "relation by single quotes": (
        "docx",
        lambda: word_relation(f"<R><Relationship {PICTURE} TargetMode='External'/></R>".encode()),
        "a.png",
    ),
    "relation in hidden letters": (
        "docx",
        lambda: word_relation(f'<R><Relationship {PICTURE.replace("http", "&#104;ttp")} TargetMode="&#69;xternal"/></R>'.encode()),
        "a.png",
    ),
    "relation under another name": (
        "docx",
        lambda: word_relation(f'<R xmlns:z="r"><z:Relationship {PICTURE} TargetMode="External"/></R>'.encode()),
        "a.png",
    ),
    "relation in wide letters": (
        "docx",
        lambda: word_relation(f'<?xml version="1.0" encoding="UTF-16"?><R><Relationship {PICTURE}/></R>'.encode("utf-16")),
        "a.png",
    ),
    "relation that is not said to be external": ("docx", lambda: word_relation(f"<R><Relationship {PICTURE}/></R>".encode()), "a.png"),
    "template on a server": ("docx", lambda: files.docx(files.relation("attachedTemplate", r"\\127.0.0.1\a\b.dotx")), "b.dotx"),
    "template on a server, as a file": (
        "docx",
        lambda: files.docx(files.relation("attachedTemplate", "file://127.0.0.1/a/b.dotx")),
        "b.dotx",
    ),
    "template on a server, with four slashes": (
        "docx",
        lambda: files.docx(files.relation("attachedTemplate", "file:////127.0.0.1/a/b.dotx")),
        "b.dotx",
    ),
    "link that runs": ("docx", lambda: files.docx(files.relation("hyperlink", "javascript:alert(1)")), "javascript:alert(1)"),
    "link to a server's folder": ("docx", lambda: files.docx(files.relation("hyperlink", r"\\127.0.0.1\a")), "a"),
    "field": ("docx", lambda: files.docx(document=field("INCLUDEPICTURE &quot;http://127.0.0.1:9/a.png&quot;")), "a.png"),
    "field in pieces": ("docx", lambda: files.docx(document=field("DDE", "AUTO soffice a")), "soffice"),
    "simple field": (
        "docx",
        lambda: files.docx(document=files.word(b'<w:p><w:fldSimple w:instr=" INCLUDETEXT a.docx "/></w:p>')),
        "a.docx",
    ),
    "field in a header": ("docx", lambda: files.docx(("word/header2.xml", field("INCLUDEPICTURE a.png", part="hdr"))), "a.png"),
    "field in a footnote": (
        "docx",
        lambda: files.docx(("word/footnotes.xml", field("LINK Excel.Sheet.8 a.xls", part="footnotes"))),
        "Excel.Sheet.8",
    ),
    "field within a field": ("docx", lambda: files.docx(document=field(INNER)), "soffice"),
    "formula": (
        "xlsx",
        lambda: files.xlsx(("xl/worksheets/sheet2.xml", b'<w><f>_xlfn.WEBSERVICE("http://127.0.0.1:9")</f></w>')),
        "127.0.0.1:9",
    ),
    "table that asks when it is opened": (
        "xlsx",
        lambda: files.xlsx(("xl/connections.xml", b'<c><connection name="Sales" refreshOnLoad="1"/></c>')),
        "Sales",
    ),
    "picture of an OpenDocument": ("odt", lambda: openly(f'<draw:image x:href="{ELSEWHERE}"/>'), "a.png"),
    "picture of this machine in an OpenDocument": ("odt", lambda: openly('<draw:image x:href="../../../etc/hostname"/>'), "hostname"),
    "picture in an OpenDocument's header": ("odt", lambda: openly("", styles=f'<draw:image x:href="{ELSEWHERE}"/>'), "a.png"),
    "table of an OpenDocument in an OpenDocument": (
        "odt",
        lambda: openly("", ("Object 1/content.xml", f'<o xmlns:x="x"><i x:href="{ELSEWHERE}"/></o>'.encode())),
        "a.png",
    ),
    "DDE in an OpenDocument": ("odt", lambda: openly('<text:dde-connection-decl o:dde-application="soffice"/>'), "soffice"),
    "formula of an OpenDocument": (
        "odt",
        lambda: openly('<table:c table:formula="of:=WEBSERVICE(&quot;http://127.0.0.1:9&quot;)"/>'),
        "127.0.0.1:9",
    ),
}


@pytest.mark.parametrize("what", LOADED)
def test_what_loads_parts_from_elsewhere_is_refused_by_the_name_of_the_part(what: str, tmp_path: Path, text_only: None) -> None:
    code, make, name = LOADED[what]
    said = refusal(tmp_path, code, make())
    assert said.startswith("This document loads “")
    assert f"{name}" in said
    assert "Save it as PDF, and choose that file." in said


RUN = {
    "script": '<script:script script:language="JavaScript">x</script:script>',
    "script elsewhere": '<script:script x:href="a.js"/>',
    "library": "<o:script><x:libraries><x:library-embedded/></x:libraries></o:script>",
    "event": "<script:event-listener/>",
    "link that runs": '<text:a x:href="vnd.sun.star.script:a.b?language=Basic"/>',
    "click on a slide that starts a program": CLICK.format("execute"),
}


@pytest.mark.parametrize("what", RUN)
@pytest.mark.parametrize("is_in_header", [False, True])
def test_an_opendocument_that_runs_something_is_refused(what: str, is_in_header: bool, tmp_path: Path, text_only: None) -> None:
    content = openly("", styles=RUN[what]) if is_in_header else openly(RUN[what])
    assert refusal(tmp_path, "odt", content) == office.MACROS


TAKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "template of one's own": ("docx", lambda: files.docx(files.relation("attachedTemplate", r"file:///C:\Users\Alice\Normal.dotm"))),
    "template of one's own, on a Mac": (
        "docx",
        lambda: files.docx(files.relation("attachedTemplate", "file:///Users/alice/My%20letter.dotx")),
    ),
    "template by its path": ("docx", lambda: files.docx(files.relation("attachedTemplate", r"D:\Letters\a.dotx"))),
    "template by its name": ("docx", lambda: files.docx(files.relation("attachedTemplate", "Normal.dotm"))),
    "links": (
        "docx",
        lambda: files.docx(
            files.relation("hyperlink", "mailto:a@b.example"),
        ),
    ),
    "link to another document": ("docx", lambda: files.docx(files.relation("hyperlink", "report.docx"))),
    "table that quotes another": (
        "xlsx",
        lambda: files.xlsx(
            relation(
                '<Relationship Type="a/externalLinkPath" TargetMode="External" Target="file:///C:\\a\\budget.xlsx"/>',
                "xl/externalLinks/_rels/externalLink1.xml.rels",
            )
        ),
    ),
    "field with a date and words": ("docx", lambda: files.docx(document=field(" DATE \\@ &quot;d MMM&quot; "))),
    "text about commands": ("docx", lambda: files.docx(document=files.word(b"<w:p><w:t>DDE and INCLUDEPICTURE are commands.</w:t></w:p>"))),
    "icon": ("pptx", lambda: files.pptx(("ppt/media/image1.svg", GRAPHIC))),
    "old chart": ("pptx", lambda: files.pptx(("ppt/embeddings/oleObject1.bin", files.container()))),
    "chart with its table": ("pptx", lambda: files.pptx(("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", files.xlsx()))),
    "empty scripts, as LibreOffice writes them": ("odt", lambda: openly("<o:scripts><o:script><x:libraries/></o:script></o:scripts>")),
    "links of an OpenDocument": ("odt", lambda: openly('<text:a x:href="https://ala.org">a</text:a><text:a x:href="#top">b</text:a>')),
    "click on a slide": ("odt", lambda: openly(CLICK.format("next-page"))),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_only_points_somewhere_or_draws_is_taken(what: str, tmp_path: Path, text_only: None) -> None:
    code, make = TAKEN[what]
    look(tmp_path, code, make())


HELD: dict[str, tuple[Callable[[], bytes], str]] = {
    "icon with a script": (lambda: files.pptx(("ppt/media/star.svg", files.SVG)), "star.svg"),
    "icon that loads": (lambda: files.pptx(("ppt/media/star.svg", GRAPHIC.replace(b"#a", ELSEWHERE.encode()))), "star.svg"),
    "icon that loads by its style": (
        lambda: files.pptx(("ppt/media/star.svg", GRAPHIC.replace(b"url(#b)", b"url(//127.0.0.1)"))),
        "star.svg",
    ),
    "program": (lambda: files.pptx(("ppt/media/star.png", files.EXE)), "star.png"),
    "packed file": (lambda: files.pptx(("ppt/embeddings/oleObject1.bin", files.container(PACKAGE))), "oleObject1.bin"),
    "table with macros": (lambda: files.pptx(("ppt/embeddings/a.xls", files.container(EXCEL, "_VBA_PROJECT"))), "a.xls"),
    "folder": (lambda: files.pptx(("ppt/embeddings/a.bin", files.packed(("a", b"b")))), "a.bin"),
}


@pytest.mark.parametrize("what", HELD)
def test_what_is_inside_and_not_taken_is_named(what: str, tmp_path: Path, text_only: None) -> None:
    make, name = HELD[what]
    said = refusal(tmp_path, "pptx", make())
    assert said == f"This document has “{name}” in it, which we don’t accept. Save it as PDF, and choose that file."


def test_a_document_in_a_document_is_looked_through_as_well(tmp_path: Path, text_only: None) -> None:
    inner = files.docx(("word/vbaProject.bin", b"x"))
    assert refusal(tmp_path, "pptx", files.pptx(("ppt/embeddings/a.docx", inner))) == office.MACROS
    deep = files.docx()
    for _ in range(4):
        deep = files.docx(("word/embeddings/a.docx", deep))
    assert "“a.docx” in it" in refusal(tmp_path, "docx", deep)


def test_text_keeps_its_tabs_lines_cells_and_headers(tmp_path: Path, text_only: None) -> None:
    seen = look(tmp_path, "docx", files.letter())
    assert seen == InspectedFile(text="Header: Marlow Public Library\nMy\twork\nat the desk\nQuestions  |  54")


def test_a_table_shows_days_as_days_and_says_which_sheet_is_hidden(tmp_path: Path, text_only: None) -> None:
    assert look(tmp_path, "xlsx", files.table()).text == "Desk\nBegan  |  3/4/2026\n\nNotes (hidden sheet)\nNot for all"


def test_slides_come_in_their_order_with_their_notes(tmp_path: Path, text_only: None) -> None:
    seen = look(tmp_path, "pptx", files.slides())
    assert seen.text == "Slide 1\nGetting on the Wi-Fi\nNotes: Ask who has a phone.\n\nSlide 2 (hidden)\nKept back"


def test_an_opendocument_keeps_spaces_and_marks_a_hidden_sheet(tmp_path: Path, text_only: None) -> None:
    body = (
        '<o:automatic-styles><o:style o:name="ta2"><o:p table:display="false"/></o:style></o:automatic-styles><o:body><o:spreadsheet>'
        '<table:table table:name="Desk"><table:table-row><table:table-cell><text:p>My'
        '<text:s text:c="2"/>work<text:line-break/>here</text:p>'
        "</table:table-cell><table:table-cell><text:p>54</text:p></table:table-cell></table:table-row></table:table>"
        '<table:table table:name="Notes" table:style-name="ta2"/></o:spreadsheet></o:body>'
    )
    assert look(tmp_path, "ods", openly(body)).text == "Desk\nMy  work\nhere  |  54\n\nNotes (hidden sheet)"


@NEEDS_LIBREOFFICE
@pytest.mark.parametrize(("code", "make"), [("docx", files.letter), ("xlsx", files.table), ("pptx", files.slides)])
def test_an_office_file_is_seen_as_pages(code: str, make: Callable[[], bytes], tmp_path: Path) -> None:
    seen = sandbox.inspect(ContentFile(make()), kind=KINDS[code])
    assert (seen.pages, len(seen.pictures)) == (1, 1)
    assert seen.text == look_at_text(tmp_path, code, make())
    with Image.open(io.BytesIO(seen.pictures[0].content)) as drawn:
        assert drawn.convert("L").getextrema()[0] < 120, "nothing is drawn"
        red = [many for many, (red, green, _) in drawn.getcolors(10**7) or [] if red > 200 > 60 > green]
        assert (sum(red) > 1000) == (code == "docx"), "the ground of the first line is red"


def look_at_text(folder: Path, code: str, content: bytes) -> str:
    """The text alone, as a machine without LibreOffice finds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("people.inspection.libreoffice.shutil.which", lambda name: None)
        return look(folder, code, content).text


@NEEDS_LIBREOFFICE
def test_a_document_that_libreoffice_can_not_draw_is_seen_as_text(tmp_path: Path) -> None:
    assert look(tmp_path, "docx", files.docx()) == InspectedFile(text="My work at the desk.")


def test_a_document_of_which_nothing_is_drawn_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: Any, **options: Any) -> None:
        raise office.libreoffice.subprocess.TimeoutExpired("soffice", 1)

    monkeypatch.setattr("people.inspection.libreoffice.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("people.inspection.libreoffice.subprocess.run", slow)
    assert look(tmp_path, "docx", files.letter()).pictures == []
