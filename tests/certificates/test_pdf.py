"""The PDF: tagged, one page, says what it should, escapes what people type, asks nobody, and is the same every time."""

import shutil
import socket
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import outloud
import pytest
from PIL import ImageFont
from pypdf import PdfReader
from weasyprint.images import SVGImage

from certificates import pdf
from certificates.pdf import ASSETS, Drawn, name_size, render
from people import typefaces
from people.pdf import SVG, AssetRefused, NamedAssets, Stylesheet

SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><rect width="9" height="9"/></svg>'
SETS = (
    "Foundations of Library Services",
    "Communication and Teamwork",
    "Technology",
    "Access Services",
    "Reference and Information Services",
    "Adult Readers’ Advisory Services",
)
ALICE = Drawn(
    name="Alice Moreau",
    number="LSSC-7K2M-9QXA-04TP-R",
    sets=SETS,
    issued_on=date(2029, 9, 20),
    valid_from=date(2029, 9, 18),
    expires_on=date(2033, 9, 18),
    verify_url="https://lssc.example/v/LSSC-7K2M-9QXA-04TP-R/",
)
LONG = [
    "Nguyễn Phương Thảo Hoàng Thị Bích Ngọc Trương",
    "Kateřina Šťastná-Příhodová z Růžodolu nad Dřevnicí a Žďáru",
    "Wilhelmina " * 10 + "Wilhelmina",
    "W" * 120,
    "María de los Ángeles Ñúñez Güemes",
]


def words(pdf: bytes) -> str:
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def test_it_says_name_number_sets_and_dates() -> None:
    said = words(render(ALICE))
    for expected in (ALICE.name, ALICE.number, *SETS, "September 18, 2029", "September 18, 2033", "lssc.example/v/"):
        assert expected in said


def test_it_is_one_letter_page_landscape_and_tagged(tmp_path: Path) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo is missing: apt-get install poppler-utils")
    file = tmp_path / "certificate.pdf"
    file.write_bytes(render(ALICE))
    told = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    details = {name: value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}
    assert details["Tagged"] == "yes"
    assert details["Pages"] == "1"
    assert details["Page size"] == "792 x 612 pts (letter)"
    assert details["Title"] == "Certificate LSSC-7K2M-9QXA-04TP-R, Alice Moreau"


@pytest.mark.parametrize("name", [ALICE.name, *LONG])
def test_it_is_accessible_with_any_name(name: str, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(render(replace(ALICE, name=name)))
    errors = [finding for finding in outloud.check(str(file)).findings if finding.severity == "error"]
    assert errors == []


@pytest.mark.parametrize("name", LONG)
def test_a_long_name_is_whole_and_leaves_one_page(name: str) -> None:
    pdf = render(replace(ALICE, name=name))
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    assert name.replace(" ", "") in words(pdf).replace(" ", "")


def test_the_largest_size_that_fits_is_taken() -> None:
    font = ImageFont.truetype(typefaces.FOLDER / typefaces.NAMES, 1000)
    assert name_size(ALICE.name) == 41
    for name in ("A" * length for length in range(1, 60)):
        em = font.getlength(name) / 1000
        size = name_size(name)
        larger = [points for points in pdf.NAME_SIZES if points > size]
        assert all(1.05 * em * points > pdf.NAME_SIZES[points] for points in larger)
        assert size == 18 or em * size <= pdf.NAME_SIZES[size]


def test_every_letter_comes_from_our_fonts() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"])
        for name in [ALICE.name, *LONG]
        for font in PdfReader(BytesIO(render(replace(ALICE, name=name)))).pages[0]["/Resources"]["/Font"].values()
    }
    assert {font.partition("+")[2][:10] for font in fonts} == {"Source-Ser", "Source-San"}


def test_what_people_type_is_text() -> None:
    name = "<script>alert(1)</script><img src='http://evil.example/x'> {{ number }} & Söhne"
    said = words(render(replace(ALICE, name=name)))
    assert name.replace(" ", "") in said.replace(" ", "")


def test_no_address_but_a_named_asset_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The certificate asked the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assets = NamedAssets({"asset:border.svg": (b"<svg/>", "image/svg+xml")})
    for url in ("http://evil.example/x", "file:///etc/passwd", "asset:seal.svg", "asset:../../lssc/settings.py", "font:x.ttf"):
        with pytest.raises(AssetRefused):
            assets.fetch(url)
    assert "asset:border.svg" in assets.assets
    render(ALICE)


def test_two_renderings_are_the_same_bytes() -> None:
    assert render(ALICE) == render(ALICE)
    pdf._stylesheet.cache_clear()
    assert render(ALICE) == render(replace(ALICE))


def picture(pdf: bytes) -> bytes:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing: apt-get install poppler-utils")
    return subprocess.run(["pdftoppm", "-r", "150", "-png"], input=pdf, capture_output=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("paper", ["certificate", "letter"])
def test_kept_art_looks_as_when_it_is_walked_anew(paper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    html = '<title>Art</title><img alt="Seal" src="asset:seal.svg" style="width: 2in; height: 2in">'
    stylesheet = pdf._stylesheet(paper)
    stylesheet.draw(html)
    kept = stylesheet.draw(html)
    monkeypatch.setattr(stylesheet, "art", {})
    walked = stylesheet.draw(html)
    assert picture(kept) == picture(walked)
    assert picture(kept) != picture(stylesheet.draw("<title>No art</title>"))


def test_art_is_walked_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []
    monkeypatch.setattr(SVGImage, "draw", lambda self, *_: walked.append(self))
    for stylesheet in (Stylesheet("", {"asset:a.svg": (SQUARE, SVG)}), Stylesheet("", {"asset:b.svg": (SQUARE, SVG)})):
        for _ in range(3):
            stylesheet.draw('<title>Art</title><img alt="" src="asset:a.svg"><img alt="" src="asset:b.svg">')
    assert len(walked) == 2


def test_art_that_could_not_be_kept_whole_is_refused() -> None:
    stops = b'<stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/>'
    gradient = SQUARE.replace(b"<rect", b'<defs><linearGradient id="g">' + stops + b'</linearGradient></defs><rect fill="url(#g)"')
    with pytest.raises(ValueError, match="plain paths and colors"):
        Stylesheet("", {"asset:a.svg": (gradient, SVG)}).draw('<title>Art</title><img alt="" src="asset:a.svg">')


def test_the_art_is_what_its_program_draws() -> None:
    from certificates.assets import make_art

    assert make_art.border() == (ASSETS / "border.svg").read_text()
    assert make_art.seal() == (ASSETS / "seal.svg").read_text()
