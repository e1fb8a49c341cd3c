"""Every kind of paper that we draw, against what PDF/UA-1 (ISO 14289-1) asks of tags, figures, tables and fonts."""

from datetime import UTC, date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

from billing import pdf as billing
from certificates import pdf as certificates
from certificates.pdf import Drawn, Recommended, Signer
from people import typefaces

SETS = ("Foundations of Library Services", "Communication and Teamwork", "Technology")
SCRIPTS = {
    "Arabic": "أمينة الحسيني",
    "Persian with a joiner": "می\u200cنا",
    "Armenian": "Գայանե",
    "Cherokee": "ᎠᏂᏴᏫᏯ",
    "Chinese": "王小明",
    "Devanagari": "अनुष्का शर्मा",
    "Ethiopic": "አበበ ቢቂላ",
    "Georgian": "ნინო",
    "Hebrew": "דוד כהן",
    "Japanese": "山田さくら",
    "Khmer": "សុខា",
    "Korean": "김민준",
    "Malayalam": "അമ്മു",
    "Sinhala": "සුනිල්",
    "Tamil": "முருகன்",
    "Thai": "สมชาย ใจดี",
    "Vietnamese": "Nguyễn Thị Hòa",
}
PAINTS = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}


SIGNERS = (Signer(name="Morgan Ellis", title="Director"), Signer(name="Jordan Reyes", title="Chair"))


def certificate(name: str = "Alice Moreau", signers: tuple[Signer, ...] = SIGNERS) -> bytes:
    return certificates.render(
        Drawn(
            name=name,
            number="LSSC-7K2M-9QXA-04TP-R",
            sets=SETS * 2,
            issued_on=date(2029, 9, 20),
            valid_from=date(2029, 9, 18),
            expires_on=date(2033, 9, 18),
            verify_url="https://lssc.example/v/LSSC-7K2M-9QXA-04TP-R/",
            signers=signers,
        )
    )


def letter(name: str = "Alice Moreau") -> bytes:
    return certificates.render_letter(
        Recommended(
            addressee="Marlow County Library",
            name=name,
            number="LSSC-7K2M-9QXA-04TP-R",
            sets=SETS,
            total=6,
            required=3,
            provisional=False,
            valid_from=date(2029, 9, 18),
            expires_on=date(2033, 9, 18),
            dated_on=date(2029, 9, 20),
            verify_url="https://lssc.example/v/LSSC-7K2M-9QXA-04TP-R/",
        )
    )


def assignments(name: str, count: int = 3) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name=name, email=f"p{n}@x.example", get_kind_display="Application", member=n == 1, amount_cents=35000)
        for n in range(count)
    ]


OFFICE = {"pay_to": "ALA-APA\n1 Example Street", "contact": "lssc@lssc.example"}


def invoice(name: str = "Alice Moreau") -> bytes:
    facts = {"number": "LSSC-2029-0001", "payer": name, "address": f"{name}\nOhio", "order": "PO-1", "net_days": 30, "cents": 105000}
    dates = {"dated_on": date(2029, 9, 20), "due_on": date(2029, 10, 20)}
    return billing.render("invoice", {**facts, **dates, "order_lines": assignments(name, 60), **OFFICE})


def credit_note(name: str = "Alice Moreau") -> bytes:
    facts = {"number": "CN-1", "invoice": "LSSC-2029-0001", "payer": name, "address": "Ohio", "reason": f"{name} left", "cents": 35000}
    return billing.render("credit_note", {**facts, "dated_on": date(2029, 9, 20), "order_lines": assignments(name, 1), **OFFICE})


def receipt(name: str = "Alice Moreau") -> bytes:
    paid = datetime(2029, 9, 20, 15, tzinfo=UTC)
    refunds = [SimpleNamespace(amount_cents=2500, done_at=paid), SimpleNamespace(amount_cents=100, done_at=None)]
    facts = {"number": "R-1", "person": name, "description": "Portfolio fee", "cents": 6000, "paid_at": paid, "how": "by card"}
    return billing.render("receipt", {**facts, "refunds": refunds, **OFFICE})


PAPERS = {draw.__name__: draw for draw in (certificate, letter, invoice, credit_note, receipt)}


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Every structure element, parents before children."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, pikepdf.Array):
            waiting = [*item, *waiting]
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            found.append(item)
            waiting = [item.get("/K", pikepdf.Array()), *waiting]
    return found


@pytest.fixture(scope="module", params=PAPERS, name="pdf")
def drawn(request: pytest.FixtureRequest) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(PAPERS[request.param]()))


def test_every_template_of_a_paper_is_drawn_here() -> None:
    from django.conf import settings

    templates = {path.stem for folder in settings.TEMPLATES[0]["DIRS"] for path in folder.glob("*/pdf/*.html")}
    assert templates == set(PAPERS)


def test_it_says_that_it_is_tagged_and_in_which_language(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-US"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"]


def test_every_figure_is_described_and_its_box_is_on_the_page(pdf: pikepdf.Pdf) -> None:
    for figure in (element for element in elements(pdf) if element.S == "/Figure"):
        assert str(figure.Alt)
        left, bottom, right, top = (float(number) for number in figure.A.BBox)
        x0, y0, x1, y1 = (float(number) for number in figure.Pg.MediaBox)
        assert x0 <= left < right <= x1
        assert y0 <= bottom < top <= y1


def test_what_is_painted_is_tagged_or_an_artifact(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        depth, marked = 0, []
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC" | "BMC":
                    marked.append(str(operands[0]) == "/Artifact" or (len(operands) > 1 and "/MCID" in operands[1]))
                case "EMC":
                    marked.pop()
                case name if name in PAINTS:
                    depth += 1
                    assert any(marked), f"{name} is outside of the tags"
        assert depth


def test_every_cell_knows_its_header(pdf: pikepdf.Pdf) -> None:
    everything = elements(pdf)
    known = {str(element.ID) for element in everything if element.S == "/TH" and "/ID" in element}
    for cell in (element for element in everything if element.S == "/TD"):
        headers = cell.A.get("/Headers", pikepdf.Array())
        assert headers
        assert {str(header) for header in headers} <= known
    # WeasyPrint 70.0 gives the cells below a wide header to its first column alone.
    assert all("/ColSpan" not in element.get("/A", {}) for element in everything if element.S == "/TH")


def test_there_is_one_first_heading_and_every_link_is_one(pdf: pikepdf.Pdf) -> None:
    kinds = [str(element.S) for element in elements(pdf)]
    assert kinds.count("/H1") == 1
    links = sum(annotation.Subtype == "/Link" for page in pdf.pages for annotation in page.get("/Annots", []))
    assert kinds.count("/Link") >= (1 if links else 0)
    assert all("/StructParent" in annotation for page in pdf.pages for annotation in page.get("/Annots", []))


def test_every_font_is_inside_and_can_be_read_back(pdf: pikepdf.Pdf) -> None:
    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert fonts
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
        assert "/ToUnicode" in font


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_name_of_any_script_is_drawn_with_letters(paper: str, script: str, caplog: pytest.LogCaptureFixture) -> None:
    PAPERS[paper](SCRIPTS[script])
    assert caplog.messages == []
    assert typefaces.find_missing(SCRIPTS[script]) == ""


@pytest.mark.parametrize("paper", PAPERS)
def test_chinese_stands_in_its_own_face(paper: str) -> None:
    """Left to itself, the system takes the Japanese one, whose letters differ."""
    pdf = pikepdf.open(BytesIO(PAPERS[paper](SCRIPTS["Chinese"])))
    drawn = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert [name for name in drawn if "CJK-SC" in name]
    assert not [name for name in drawn if "CJK-JP" in name]


def test_a_letter_that_no_font_has_is_seen_and_named(caplog: pytest.LogCaptureFixture) -> None:
    assert typefaces.find_missing("Li \ue000 \U0001fbff5") == "\ue000\U0001fbff"
    certificate("Li \ue000")
    assert any(".notdef" in message for message in caplog.messages)


def test_the_seal_stands_on_the_axis_of_the_page() -> None:
    pdf = pikepdf.open(BytesIO(certificate()))
    seal = next(element for element in elements(pdf) if element.S == "/Figure" and str(element.Alt).startswith("Seal"))
    left, _, right, _ = (float(number) for number in seal.A.BBox)
    assert (left + right) / 2 == pytest.approx(792 / 2, abs=0.5)


def test_the_box_of_a_figure_is_where_the_figure_is_drawn() -> None:
    pdf = pikepdf.open(BytesIO(certificate()))
    seal = next(element for element in elements(pdf) if element.S == "/Figure" and str(element.Alt).startswith("Seal"))
    left, bottom, right, top = (float(number) for number in seal.A.BBox)
    # On a page of 8.5 inches: as wide as high, at the foot, 1 inch above the lower edge.
    assert (right - left, top - bottom) == pytest.approx((1.56 * 72, 1.56 * 72), abs=0.1)
    assert bottom == pytest.approx(72, abs=0.1)


def test_who_signs_and_the_day_of_issue_are_on_the_certificate() -> None:
    from pypdf import PdfReader

    text = " ".join(PdfReader(BytesIO(certificate())).pages[0].extract_text().split())
    for said in ("Morgan Ellis", "Director", "Issued September 20, 2029", "Valid September 18, 2029", "through September 18, 2033"):
        assert said in text


def test_a_certificate_without_signers_has_no_empty_lines() -> None:
    signed, unsigned = pikepdf.open(BytesIO(certificate())), pikepdf.open(BytesIO(certificate(signers=())))
    kinds = [[str(element.S) for element in elements(pdf)] for pdf in (signed, unsigned)]
    assert kinds[1].count("/P") == kinds[0].count("/P") - 4
