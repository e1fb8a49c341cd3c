"""Office documents: a packed folder of XML, looked through for what acts or hides, and read as plain text."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from people.inspecting import LONGEST_TEXT, Refusal, Seen

MOST_MEMBERS = 4_000
MOST_BYTES = 300 * 1024 * 1024
MOST_TIMES = 400  # as much larger than it is packed may a member be, once it is over SMALL
SMALL = 4 * 1024 * 1024
MOST_XML = 16 * 1024 * 1024

TO_PDF = "Save it as PDF, and choose that file."
BROKEN = "This document can’t be opened. Save it again, or save it as PDF, and choose the new file."
OLD = f"This document has a password, or is in an old format. {TO_PDF}"
LOCKED = f"This document has a password. {TO_PDF}"
MACROS = f"This document has macros, which we don’t take. {TO_PDF}"
HOLDS = f"This document has other files in it, which we don’t take. {TO_PDF}"
FETCHES = f"This document loads parts from somewhere else, which we don’t take. {TO_PDF}"
VAST = f"This document is far larger inside than outside, so we did not open it. {TO_PDF}"

MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACRO_NAMES = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/|basic/|scripts/)|\.(vba|xlm)$", re.IGNORECASE)
# Members that no text, table or slide needs: programs, pages for a browser, packed folders, and other documents' containers.
HOLD_NAMES = re.compile(
    r"\.(zip|rar|7z|gz|tar|jar|exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|htm|html|mht|svg|swf|lnk|docm|xlsm|pptm|iso|ole)$"
    r"|(^|/)oleobject[^/]*\.bin$",
    re.IGNORECASE,
)
FETCHED = re.compile(rb'Type="[^"]*/(attachedTemplate|oleObject|frame|subDocument|externalLink|package|control)"', re.IGNORECASE)
COMMANDS = re.compile(rb"\bDDE(AUTO)?\b|\bINCLUDEPICTURE\b", re.IGNORECASE)


def look(path: Path, code: str, folder: Path) -> Seen:
    """Check the members and read the text. Raises Refusal."""
    with path.open("rb") as file:
        beginning = file.read(8)
    if beginning == OLE:
        raise Refusal(OLD)
    if not beginning.startswith(b"PK\x03\x04"):
        raise Refusal(BROKEN)  # It begins as something else, for programs that stop looking there.
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            _check(members, size=path.stat().st_size)
            names = {member.filename for member in members}
            if code in MAIN:
                _check_office(packed, names, code)
                text = "\n".join(_office_lines(packed, names, code))
            else:
                _check_open(packed, names)
                text = "\n".join(_open_lines(packed))
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError):
        raise Refusal(BROKEN) from None
    return Seen(text=text[:LONGEST_TEXT].strip())


def _check(members: list[zipfile.ZipInfo], *, size: int) -> None:
    """Refuse by the table of contents, before anything is unpacked."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
        raise Refusal(VAST)
    if sum(member.compress_size for member in members) > size or len({member.filename for member in members}) < len(members):
        raise Refusal(BROKEN)
    for member in members:
        name = member.filename
        if member.flag_bits & 1:
            raise Refusal(LOCKED)
        if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
            raise Refusal(BROKEN)
        if MACRO_NAMES.search(name):
            raise Refusal(MACROS)
        if HOLD_NAMES.search(name):
            raise Refusal(HOLDS)
        if member.file_size > SMALL and member.file_size > MOST_TIMES * max(member.compress_size, 1):
            raise Refusal(VAST)


def _read(packed: zipfile.ZipFile, name: str) -> bytes:
    """One member, never more of it than the limit, whatever its table of contents says; no XML of ours declares a type."""
    with packed.open(name) as member:
        content = member.read(MOST_XML + 1)
    if len(content) > MOST_XML:
        raise Refusal(VAST)
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise Refusal(BROKEN)
    return content


def _check_office(packed: zipfile.ZipFile, names: set[str], code: str) -> None:
    if MAIN[code] not in names or "[Content_Types].xml" not in names:
        raise Refusal(BROKEN)
    if b"macroEnabled" in (types := _read(packed, "[Content_Types].xml")) or b"vbaProject" in types:
        raise Refusal(MACROS)
    for name in sorted(names):
        if name.startswith("xl/externalLinks/") and b"ddeLink" in _read(packed, name):
            raise Refusal(FETCHES)
        if name.endswith(".rels"):
            for found in re.findall(rb"<Relationship\b[^>]*>", _read(packed, name)):
                if b'"External"' in found and FETCHED.search(found):
                    raise Refusal(FETCHES)


def _check_open(packed: zipfile.ZipFile, names: set[str]) -> None:
    if not {"mimetype", "content.xml"} <= names:
        raise Refusal(BROKEN)
    if "META-INF/manifest.xml" in names and b"encryption-data" in _read(packed, "META-INF/manifest.xml"):
        raise Refusal(LOCKED)
    content = _read(packed, "content.xml")
    if b"<script:" in content or b"<office:script>" in content or b"vnd.sun.star.script:" in content:
        raise Refusal(MACROS)


def _office_lines(packed: zipfile.ZipFile, names: set[str], code: str) -> Iterator[str]:
    if code == "docx":
        content = _read(packed, MAIN[code])
        if COMMANDS.search(b" ".join(re.findall(rb"<w:instrText[^>]*>([^<]*)", content))):
            raise Refusal(FETCHES)
        yield from _lines(content, line="p", word="t")
    elif code == "pptx":
        for name in _numbered(names, r"ppt/slides/slide(\d+)\.xml"):
            yield from [*_lines(_read(packed, name), line="p", word="t"), ""]
    else:
        strings = list(_lines(_read(packed, "xl/sharedStrings.xml"), line="si", word="t")) if "xl/sharedStrings.xml" in names else []
        for name in _numbered(names, r"xl/worksheets/sheet(\d+)\.xml"):
            yield from [*_rows(_read(packed, name), strings), ""]


def _open_lines(packed: zipfile.ZipFile) -> Iterator[str]:
    for _, element in ElementTree.iterparse(BytesIO(_read(packed, "content.xml"))):  # noqa: S314 (no entities, and a process of its own)
        if _tag(element) in {"p", "h"}:
            yield "".join(element.itertext())


def _numbered(names: set[str], pattern: str) -> list[str]:
    found = ((int(match[1]), name) for name in names if (match := re.fullmatch(pattern, name)) and len(match[1]) < 6)
    return [name for _, name in sorted(found)][:50]


def _lines(content: bytes, *, line: str, word: str) -> Iterator[str]:
    for _, element in ElementTree.iterparse(BytesIO(content)):  # noqa: S314 (no entities, and a process of its own)
        if _tag(element) == line:
            yield "".join(part.text or "" for part in element.iter() if _tag(part) == word)


def _rows(content: bytes, strings: list[str]) -> Iterator[str]:
    """A sheet's rows, their cells set apart."""
    for _, element in ElementTree.iterparse(BytesIO(content)):  # noqa: S314 (no entities, and a process of its own)
        if _tag(element) == "row":
            yield "  |  ".join(cell for cell in (_cell(part, strings) for part in element if _tag(part) == "c") if cell)


def _cell(cell: ElementTree.Element, strings: list[str]) -> str:
    value = "".join(part.text or "" for part in cell.iter() if _tag(part) in {"v", "t"})
    if cell.get("t") == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    return value


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
