"""The look holds together: one style sheet, vendored files that are what they say, readable colors, words and fields that help."""

import hashlib
import importlib.util
import io
import json
import re
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from people.fields import ChoiceRadios, DocumentField, HoursField, MemorableDateField
from people.templatetags import words
from tests.factories import files

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = json.loads((ROOT / "static/vendor/manifest.json").read_text())
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "email" not in path.parts)
SHEET = (ROOT / "static/css/lssc.css").read_text()


def module(path: str) -> ModuleType:
    """A script that is not part of a package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load words %}" + source).render(context)


# Files


def test_the_style_sheet_is_the_one_that_its_sources_make() -> None:
    assert module("static/css/build.py").built() == SHEET


def test_no_line_of_a_template_or_a_style_sheet_is_longer_than_120_columns() -> None:
    files = [path for kind in ("templates/**/*.*", "static/css/**/*.css", "*/assets/*.css") for path in ROOT.glob(kind)]
    assert {path.suffix for path in files} == {".css", ".html", ".txt", ".xml"}
    lines = [(path, number, line) for path in files for number, line in enumerate(path.read_text().splitlines(), 1)]
    assert [f"{path.relative_to(ROOT)}:{number}" for path, number, line in lines if len(line) > 120] == []


def test_the_rule_under_the_head_of_a_table_goes_on_where_a_column_has_no_name() -> None:
    nameless = [path.name for path in TEMPLATES if re.search(r"<thead>(?:(?!</thead>).)*<td", path.read_text(), re.S)]
    assert "report.html" in nameless
    [ruled] = re.findall(r"\.usa-table thead ([^{]*?) \{[^}]*border-bottom: 2px", SHEET)
    assert ruled == ":is(th, td)"


def test_every_file_that_the_style_sheet_names_is_there() -> None:
    named = re.findall(r'url\("([^"]+)"\)', SHEET)
    assert len(named) == 6
    assert [name for name in named if not (ROOT / "static/css" / name).is_file()] == []


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["file"])
def test_a_vendored_file_is_what_the_manifest_says(row: dict[str, str]) -> None:
    assert hashlib.sha256((ROOT / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_every_vendored_file_is_in_the_manifest() -> None:
    folders = [ROOT / "static/css/fonts", ROOT / "people/fonts", ROOT / "tests/vendor"]
    there = {str(path.relative_to(ROOT)) for folder in folders for path in folder.iterdir()}
    assert there == {row["file"] for row in MANIFEST}


def test_manifest_package_file_and_lock_agree_and_name_no_host() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    versions = {row["package"]: row["version"] for row in MANIFEST}
    assert wanted["dependencies"] | wanted["devDependencies"] == versions
    assert {name.removeprefix("node_modules/"): package["version"] for name, package in locked.items() if name} == versions
    assert [name for name, package in locked.items() if "resolved" in package] == []


def test_the_check_of_vendored_files_finds_a_changed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = module("static/vendor/check.py")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    package = tmp_path / "node_modules/letters"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "1.0.0"}')
    (package / "a.woff2").write_text("a")
    (tmp_path / "ours.woff2").write_text("a")
    row = {"file": "ours.woff2", "package": "letters", "source": "a.woff2", "version": "1.0.0", "sha256": hashlib.sha256(b"a").hexdigest()}
    assert check.differences([row]) == []
    (tmp_path / "ours.woff2").write_text("b")
    assert check.differences([row]) == ["ours.woff2 differs from the manifest"]
    assert check.differences([{**row, "version": "2.0.0"}])[0] == "letters is 1.0.0, the manifest says 2.0.0"
    assert check.differences([{**row, "package": "gone"}]) == ["gone is not installed: run npm ci --ignore-scripts"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_inline_script_or_style(path: Path) -> None:
    source = path.read_text()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", source) == []
    scripts = re.findall(r"<script[^>]*>", source)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []


# Colors


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens() -> list[dict[str, str]]:
    light, _, dark = (ROOT / "static/css/src/tokens.css").read_text().partition("@media (prefers-color-scheme: dark)")
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", part)) for part in (light, dark)]


TEXT = [
    *[(text, ground) for text in ("ink", "soft", "green", "red", "ochre", "visited") for ground in ("paper", "sheet", "shade")],
    ("on-green", "green"),
    ("on-green", "green-deep"),
    ("on-spine", "spine"),
    ("on-label", "label"),
    ("ink", "green-fill"),
    ("green", "green-wash"),
    ("red", "red-wash"),
    ("ink", "ochre-wash"),
    ("ochre", "ochre-wash"),
]


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read_on_its_ground_in_light_and_dark(text: str, ground: str) -> None:
    for scheme in tokens():
        assert contrast(scheme[text], scheme[ground]) >= 4.5


def test_the_edge_of_a_field_can_be_seen_in_light_and_dark() -> None:
    for scheme in tokens():
        assert min(contrast(scheme["edge"], scheme[ground]) for ground in ("paper", "sheet")) >= 3


# Words


def test_days_are_written_in_full_in_sentences_and_short_in_tables() -> None:
    assert draw("{{ day|longdate }}; {{ day|shortdate }}", day=date(2030, 1, 20)) == "January 20, 2030; Jan 20, 2030"
    assert draw("{{ day|longdate }}{{ day|shortdate }}", day=None) == ""


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(0, 5, "12:05 am"), (9, 30, "9:30 am"), (12, 0, "12:00 pm"), (14, 14, "2:14 pm"), (23, 59, "11:59 pm")]
)
def test_hours_are_written_in_the_readers_zone(hour: int, minute: int, said: str) -> None:
    with timezone.override("Pacific/Honolulu"):
        at = datetime(2026, 11, 23, hour, minute, tzinfo=timezone.get_current_timezone()).astimezone(UTC)
        assert draw("{{ at|clock }}", at=at) == said


def test_a_moment_is_the_readers_day() -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    with timezone.override("America/New_York"):
        assert draw("{{ at|longdate }}", at=at) == "November 22, 2026"


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "$0"), (35000, "$350"), (5250, "$52.50"), (5, "$0.05"), (135000, "$1,350"), (-5000, "-$50"), (None, "")]
)
def test_money_is_written_with_cents_only_where_there_are_some(cents: int | None, said: str) -> None:
    assert words.dollars(cents) == said


@pytest.mark.parametrize(("months", "said"), [(1, "one month"), (2, "two months"), (12, "one year"), (18, "18 months"), (48, "four years")])
def test_periods_are_written_in_years_where_they_are_years(months: int, said: str) -> None:
    assert words.period(months) == said


def test_numbers_are_counted_with_their_noun() -> None:
    assert [words.counted(number, "day") for number in (0, 1, 2, 1820)] == ["0 days", "1 day", "2 days", "1,820 days"]
    assert words.counted(3, "library,libraries") == "3 libraries"
    assert [words.spelled(number) for number in (0, 3, 12, 13, 1820)] == ["no", "three", "twelve", "13", "1,820"]


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(user_agent: str, said: str) -> None:
    assert words.browser(user_agent) == said


# Dates in three boxes


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["3", "4", "2024"], date(2024, 3, 4)),
        (["03", "04", "2024"], date(2024, 3, 4)),
        (["March", "4", "2024"], date(2024, 3, 4)),
        (["sept.", " 30 ", "2024"], date(2024, 9, 30)),
        (["2", "29", "2024"], date(2024, 2, 29)),
        (["3/4/2024", "", ""], date(2024, 3, 4)),
        (["March 4, 2024", "", ""], date(2024, 3, 4)),
        (["2024-03-04", "", ""], date(2024, 3, 4)),
        (["1", "1", "1900"], date(1900, 1, 1)),
    ],
)
def test_a_date_is_read_as_people_type_it(typed: list[str], day: date) -> None:
    assert MemorableDateField().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["2", "29", "2026"], "February 2026 has 28 days"),
        (["2", "30", "2024"], "February 2024 has 29 days"),
        (["4", "31", "2026"], "April 2026 has 30 days"),
        (["4", "0", "2026"], "Enter the day as a number from 1 to 30"),
        (["4", "first", "2026"], "Enter the day as a number from 1 to 30"),
        (["13", "1", "2026"], "Enter the month as a number from 1 to 12, or by its name"),
        (["0", "1", "2026"], "Enter the month as a number from 1 to 12, or by its name"),
        (["Ju", "1", "2026"], "Enter the month as a number from 1 to 12, or by its name"),
        (["4", "1", "26"], "Enter the year with four digits"),
        (["4", "1", "٢٠٢٦"], "Enter the year with four digits"),
        (["3/4/26", "", ""], "Enter the year with four digits"),
        (["4", "1", "0026"], "Enter a year from 1900 to 2200"),
        (["4", "1", ""], "Enter the year"),
        (["", "", "2026"], "Enter the month and the day"),
        (["", "", ""], "This field is required."),
    ],
)
def test_a_wrong_date_says_what_would_help(typed: list[str], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MemorableDateField().clean(typed)
    assert refused.value.messages == [said]


@given(some.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_every_date_is_read_back_from_what_its_boxes_show(day: date) -> None:
    field = MemorableDateField()
    assert field.clean([str(part) for part in field.widget.decompress(day)]) == day
    assert field.clean([words.MONTHS[day.month - 1][:3], f"{day.day:02}", str(day.year)]) == day
    assert not field.has_changed(day, [str(day.month), str(day.day), str(day.year)])


@given(some.lists(some.text(max_size=12), min_size=3, max_size=3))
def test_whatever_is_typed_as_a_date_is_read_or_refused_in_words(typed: list[str]) -> None:
    with suppress(ValidationError):
        assert isinstance(MemorableDateField(required=False).clean(typed), date | None)


# Hours


@pytest.mark.parametrize(
    ("typed", "hours"), [("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), (" 12.25 hours", "12.25"), ("12h", "12"), ("0", "0")]
)
def test_hours_are_read_as_people_type_them(typed: str, hours: str) -> None:
    assert HoursField(label="Hours a week").clean(typed) == Decimal(hours)


@pytest.mark.parametrize("typed", ["six", "12:30", "NaN", "-"])
def test_wrong_hours_say_what_would_help(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        HoursField(label="Hours a week").clean(typed)
    assert refused.value.messages == ["Hours a week must be a number, for example 12 or 12.5"]


def test_hours_cannot_be_less_than_none() -> None:
    with pytest.raises(ValidationError):
        HoursField(label="Hours a week").clean("-1")


# Documents


def pdf(**options: object) -> bytes:
    written = io.BytesIO()
    with pikepdf.new() as new:
        new.add_blank_page()
        new.save(written, **options)
    return written.getvalue()


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, kind)
    return written.getvalue()


def packed(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return written.getvalue()


WORD = packed("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("resume.pdf", pdf(), "application/pdf"),
        ("RESUME.PDF", pdf(), "application/pdf"),
        ("resume.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("resume.odt", packed("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
        ("page.jpg", picture("JPEG"), "image/jpeg"),
        ("page.jpeg", picture("JPEG"), "image/jpeg"),
        ("page.png", picture("PNG"), "image/png"),
        ("notes.txt", "Résumé".encode(), "text/plain"),
    ],
)
def test_a_document_is_taken_for_what_it_is_not_for_what_the_browser_says(name: str, content: bytes, content_type: str) -> None:
    upload = SimpleUploadedFile(name, content, content_type="application/x-something")
    cleaned = DocumentField().clean(upload)
    assert (cleaned.content_type, cleaned.read()) == (content_type, content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("resume.pdf", b"", "This file is empty"),
        ("resume.exe", b"MZ", "We can’t accept this kind of file. We accept PDF"),
        ("resume", pdf(), "The name of this file has no ending. It is PDF: let its name end in .pdf, and choose it again."),
        ("resume.doc", b"x", "Open it in Word or LibreOffice, and save it as .docx or PDF."),
        ("page.heic", b"x", "The name says HEIC, but the content is something else."),
        ("resume.pdf", picture("PNG"), "The name says PDF, but the content is PNG"),
        ("page.png", pdf(), "The name says PNG, but the content is PDF"),
        ("page.jpg", b"hello", "The name says JPEG, but the content is something else. Open it to check, and choose it again."),
        ("resume.docx", b"hello", "The name says Word (.docx), but the content is something else."),
        ("resume.pdf", b"MZ\x90\0", "The name says PDF, but the content is something else."),
        ("x" * 200 + ".pdf", pdf(), "The name of this file is too long"),
    ],
)
def test_a_document_that_we_cannot_take_says_what_would_help(name: str, content: bytes, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DocumentField().clean(SimpleUploadedFile(name, content))
    assert said in refused.value.messages[0]


def test_a_document_may_be_as_large_as_the_limit_and_no_larger(settings: object) -> None:
    settings.FILE_UPLOAD_MAX_BYTES = 2 * 1024 * 1024  # type: ignore[attr-defined]
    field = DocumentField(kinds=["text"])
    assert field.help_text == "plain text, up to 2 MB"
    field.clean(SimpleUploadedFile("notes.txt", b"a" * 2 * 1024 * 1024))
    with pytest.raises(ValidationError) as refused:
        field.clean(SimpleUploadedFile("notes.txt", b"a" * (2 * 1024 * 1024 + 1)))
    assert refused.value.messages[0].startswith("This file has 3 MB. The limit is 2 MB.")


def test_where_a_photo_is_taken_that_of_a_phone_is() -> None:
    photo, field = SimpleUploadedFile("IMG_1.HEIC", files.photo("HEIF")), DocumentField(kinds=("pdf", "jpeg"))
    assert (field.clean(photo).content_type, ".heic" in field.widget.attrs["accept"]) == ("image/heic", True)
    with pytest.raises(ValidationError, match="We accept PDF"):
        DocumentField(kinds=("pdf",)).clean(photo)


# Forms as they are drawn


class Spell(forms.Form):
    library = forms.CharField(label="Name of the library", help_text="For example, Marlow County Library")
    kind = forms.ChoiceField(label="Type of library", choices=[("public", "Public"), ("school", "School")])
    paid = ChoiceRadios(label="Were you paid?", choices=[("paid", "Paid"), ("free", "Volunteer")], descriptions={"free": "Without money"})
    began = MemorableDateField(label="First day")
    hours = HoursField(label="Hours a week")
    agree = forms.BooleanField(label="It is true")
    resume = DocumentField(label="Resume")
    work = forms.CharField(label="What you did", widget=forms.Textarea)


def drawn(form: forms.Form) -> str:
    return draw('{% include "_errors.html" %}{% for field in form %}{{ field.as_field_group }}{% endfor %}', form=form)


def test_a_form_without_mistakes_has_labels_hints_and_classes() -> None:
    html = drawn(Spell())
    assert "usa-alert" not in html
    assert '<label class="usa-label" for="id_library">Name of the library</label>' in html
    assert 'id="id_library_helptext">For example, Marlow County Library<' in html
    assert 'aria-describedby="id_library_helptext"' in html
    assert '<legend class="usa-legend">Were you paid?</legend>' in html
    assert '<span class="usa-radio__label-description">Without money</span>' in html
    assert re.findall(r'name="(began_\w+)"', html) == ["began_month", "began_day", "began_year"]
    assert html.count("usa-radio__input") == 2
    assert "<textarea class=" in html
    assert "<select class=" in html
    assert " required" not in html
    assert 'aria-required="true"' in html


def test_mistakes_are_told_at_the_top_with_links_and_at_the_field() -> None:
    html = drawn(Spell({"hours": "six", "began_month": "Febr", "began_day": "30", "began_year": "2026", "work": "<b>Shelves</b>"}, {}))
    summary = re.findall(r'<li><a href="#(\w+)">([^<]+)</a></li>', html)
    assert summary == [
        ("id_library", "Fill in “Name of the library”"),
        ("id_kind", "Choose an answer for “Type of library”"),
        ("id_paid_0", "Choose an answer for “Were you paid?”"),
        ("id_began_month", "February 2026 has 28 days"),
        ("id_hours", "Hours a week must be a number, for example 12 or 12.5"),
        ("id_agree", "Check the box “It is true”"),
        ("id_resume", "Choose a file for “Resume”"),
    ]
    assert "There are seven things to fix" in html
    assert "Nothing is lost. What you typed is still here. You only need to choose the file again." in html
    for target, said in summary:
        assert f'id="{target}"' in html
        assert html.count(said) == 2
    for typed in ("six", "Febr", "30", "2026"):
        assert f'value="{typed}"' in html
    assert "&lt;b&gt;Shelves&lt;/b&gt;" in html
    assert 'id="id_hours_error"' in html
    assert 'aria-describedby="id_hours_error"' in html
    assert html.count('aria-invalid="true"') >= 7


def test_every_description_that_a_control_names_is_on_the_page() -> None:
    html = drawn(Spell({}, {}))
    named = {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}
    assert named
    assert {name for name in named if f'id="{name}"' not in html} == set()


def test_one_mistake_is_one_thing_and_a_mistake_of_the_whole_form_needs_no_link() -> None:
    class Pair(forms.Form):
        first = forms.CharField()

        def clean(self) -> None:
            raise ValidationError("These two do not fit together")

    html = drawn(Pair({"first": "x"}))
    assert "There is one thing to fix" in html
    assert "<li>These two do not fit together</li>" in html
    assert "You only need to choose the file" not in html
