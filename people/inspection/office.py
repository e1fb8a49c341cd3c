"""Office documents: a packed folder of XML, looked through for what acts, hides or is fetched; drawn as pages, and read as plain text."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from people.inspection import LONGEST_TEXT, InspectedFile, Refusal, libreoffice, office_text
from people.inspection.office_text import attribute, tag

MOST_MEMBERS = 4_000
MOST_BYTES = 300 * 1024 * 1024
MOST_TIMES = 400  # as much larger than it is packed may a member be, once it is over SMALL
SMALL = 4 * 1024 * 1024
MOST_XML = 16 * 1024 * 1024
MOST_INSIDE = 32 * 1024 * 1024
DEEPEST = 2  # documents in documents

TO_PDF = "Save it as PDF, and choose that file."
BROKEN = "This document can’t be opened. Save it again, or save it as PDF, and choose the new file."
OLD = f"This document has a password, or is in an old format. {TO_PDF}"
LOCKED = f"This document has a password. {TO_PDF}"
MACROS = f"This document has macros, which we don’t accept. {TO_PDF}"
HOLDS = f"This document has “{{name}}” in it, which we don’t accept. {TO_PDF}"
FETCHES = f"This document loads “{{name}}” from somewhere else, which we don’t accept. {TO_PDF}"
VAST = f"This document is far larger inside than outside, so we did not open it. {TO_PDF}"

MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OLE, PACKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
MACRO_NAMES = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/|basic/|scripts/)|\.(vba|xlm)$", re.IGNORECASE)
# Members that no text, table or slide needs: programs, pages for a browser, packed folders, and documents with macros.
HOLD_NAMES = re.compile(
    r"\.(zip|rar|7z|gz|tar|jar|exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|htm|html|mht|svgz|swf|lnk|docm|xlsm|pptm|iso)$",
    re.IGNORECASE,
)
PROGRAMS = (b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"#!")
# Old embedded tables, charts, texts and slides, by the class that their container says: Excel, Microsoft Graph, Word, PowerPoint.
HARMLESS = frozenset(
    UUID(f"{{{text}}}").bytes_le
    for text in (
        "00020820-0000-0000-C000-000000000046",
        "00020821-0000-0000-C000-000000000046",
        "00020803-0000-0000-C000-000000000046",
        "00020906-0000-0000-C000-000000000046",
        "64818D10-4F9B-11CF-86EA-00AA00B929E8",
        "64818D11-4F9B-11CF-86EA-00AA00B929E8",
    )
)
# In such a container: macros, a packed file; a sheet of old macros (MS-XLS, 2.4.28).
ACTS_INSIDE = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "\x01Ole10Native"))
OLD_MACROS = re.compile(rb"\x85\x00.{6}[\x00-\x02]\x01", re.DOTALL)
COMMANDS = frozenset({"DDE", "DDEAUTO", "INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "DATABASE", "RD"})
FORMULAS = re.compile(r"\b(WEBSERVICE|DDE|RTD|IMAGE)\s*\(|^[+=-]?\w+\|", re.IGNORECASE)
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
LINKS = frozenset({"http", "https", "mailto", "tel"})


def look(path: Path, code: str, folder: Path) -> InspectedFile:
    """Check the members, read the text, and draw the pages where LibreOffice is installed. Raises Refusal."""
    with path.open("rb") as file:
        beginning = file.read(8)
    if beginning == OLE:
        raise Refusal(OLD)
    if not beginning.startswith(PACKED):
        raise Refusal(BROKEN)  # It begins as something else, for programs that stop looking there.
    try:
        with zipfile.ZipFile(path) as packed:
            document = _Document(packed, code, size=path.stat().st_size)
            document.check()
            seen = InspectedFile(text="\n".join(document.lines())[:LONGEST_TEXT].strip())
    except (zipfile.BadZipFile, zlib.error, ParseError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError, struct.error):
        raise Refusal(BROKEN) from None
    libreoffice.draw(path, code, folder, seen)
    return seen


class _Document:
    """A document, or one that is embedded in another."""

    def __init__(self, packed: zipfile.ZipFile, code: str, *, size: int, depth: int = 0) -> None:
        self.packed, self.code, self.size, self.depth = packed, code, size, depth
        self.names = {member.filename for member in packed.infolist()}

    def check(self) -> None:
        """Refuse by the table of contents before anything is unpacked, then by what is inside."""
        self._check_contents()
        if self.code in MAIN:
            self._check_office()
        else:
            self._check_open()
        for name in sorted(self.names):
            self._check_member(name)

    def lines(self) -> Iterator[str]:
        """The text, line by line."""
        return office_text.lines(self.code, self.names, self._xml)

    def _check_contents(self) -> None:
        members = self.packed.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
            raise Refusal(VAST)
        if sum(member.compress_size for member in members) > self.size or len(self.names) < len(members):
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
                raise Refusal(HOLDS.format(name=_shown(name)))
            if member.file_size > SMALL and member.file_size > MOST_TIMES * max(member.compress_size, 1):
                raise Refusal(VAST)

    def _read(self, name: str, most: int) -> bytes:
        """One member, never more of it than the limit, whatever its table of contents says."""
        with self.packed.open(name) as member:
            content = member.read(most + 1)
        if len(content) > most:
            raise Refusal(VAST)
        return content

    def _xml(self, name: str) -> Element:
        """One member, parsed; no XML of an office program declares a type or an entity."""
        parsed: Element = fromstring(self._read(name, MOST_XML), forbid_dtd=True)
        return parsed

    def _check_member(self, name: str) -> None:
        with self.packed.open(name) as member:
            beginning = member.read(8)
        if name.lower().endswith(".svg"):
            _check_drawing(self._read(name, MOST_XML), name)
        elif beginning.startswith(PROGRAMS):
            raise Refusal(HOLDS.format(name=_shown(name)))
        elif beginning == OLE:
            _check_object(self._read(name, MOST_INSIDE), name)
        elif beginning.startswith(PACKED):
            self._check_inside(name)

    def _check_inside(self, name: str) -> None:
        """Look through a document in the document, such as the table behind a chart."""
        content = self._read(name, MOST_INSIDE)
        with zipfile.ZipFile(BytesIO(content)) as packed:
            inside = _Document(packed, "", size=len(content), depth=self.depth + 1)
            inside.code = next((code for code, main in MAIN.items() if main in inside.names), "odt")
            if inside.depth > DEEPEST or not ({MAIN.get(inside.code), "content.xml"} & inside.names):
                raise Refusal(HOLDS.format(name=_shown(name)))
            inside.check()

    def _check_office(self) -> None:
        if MAIN[self.code] not in self.names or "[Content_Types].xml" not in self.names:
            raise Refusal(BROKEN)
        types = [value for element in self._xml("[Content_Types].xml").iter() for value in element.attrib.values()]
        if any("macroEnabled" in value or "vbaProject" in value for value in types):
            raise Refusal(MACROS)
        for name in sorted(self.names):
            if name.endswith(".rels"):
                for relation in self._xml(name).iter():
                    _check_relation(relation)
            elif self.code == "docx" and re.fullmatch(r"word/(\w+/)?\w+\.xml", name):
                for command in _commands(self._xml(name)):
                    _check_command(command)
            elif self.code == "xlsx" and re.fullmatch(r"xl/([\w ]+/)?[\w ]+\.xml", name):
                _check_table(self._xml(name))

    def _check_open(self) -> None:
        if not {"mimetype", "content.xml"} <= self.names:
            raise Refusal(BROKEN)
        if "META-INF/manifest.xml" in self.names and any(
            tag(element) == "encryption-data" for element in self._xml("META-INF/manifest.xml").iter()
        ):
            raise Refusal(LOCKED)
        for name in sorted(self.names):
            if PurePosixPath(name).name in {"content.xml", "styles.xml"}:
                for element in self._xml(name).iter():
                    _check_element(element)


def _shown(name: str) -> str:
    """A member or target as it may stand in a sentence."""
    last = re.split(r"[/\\]", unquote(name).rstrip("/\\"))[-1] or name
    return "".join(letter for letter in last if letter.isprintable())[:60].strip() or "a file"


def _check_relation(relation: Element) -> None:
    """Refuse a part that lies elsewhere; a link leads there, and is not fetched (ISO 29500-2, 6.5)."""
    if tag(relation) != "Relationship":
        return
    target, kind = relation.get("Target", ""), relation.get("Type", "").rpartition("/")[2]
    if relation.get("TargetMode", "").lower() != "external" and not SCHEME.match(target) and not target.startswith(("//", "\\")):
        return
    # A path on someone's own disk is only a path: of the template that a letter was begun with, of the table that another one quotes.
    is_taken = _is_link(target) if kind == "hyperlink" else kind in {"attachedTemplate", "externalLinkPath"} and _is_local(target)
    if not is_taken:
        raise Refusal(FETCHES.format(name=_shown(target)))


def _is_link(target: str) -> bool:
    """Whether it is an address for a browser, a mail program or a phone, or a place relative to the document."""
    if match := SCHEME.match(target):
        return match[1].lower() in LINKS
    return not target.replace("\\", "/").lstrip().startswith("//")


def _is_local(target: str) -> bool:
    """Whether a path is on a disk of one's own, and no machine is asked for it."""
    path = unquote(target).strip().replace("\\", "/")
    if path[:5].lower() == "file:":
        path = path[5:]
        if path.startswith("//"):
            if not path.startswith("///"):
                return False
            path = path[2:]
    path = re.sub(r"^/?[A-Za-z]:(?=/)", "", path)
    return not path.startswith("//") and ":" not in path


def _commands(part: Element) -> Iterator[str]:
    """What each field of a part does, however it is cut into pieces, also where a field inside writes a piece of it."""
    fields: list[tuple[list[str], bool]] = []
    for element in part.iter():
        match tag(element):
            case "fldSimple":
                yield attribute(element, "instr")
            case "fldChar":
                match attribute(element, "fldCharType"):
                    case "begin":
                        fields.append(([], True))
                    case "separate" if fields:
                        fields[-1] = (fields[-1][0], False)
                    case "end" if fields:
                        yield "".join(fields.pop()[0])
            case "instrText" | "delInstrText" | "t":
                pieces = next((pieces for pieces, is_open in reversed(fields) if is_open), None)
                if pieces is not None:
                    pieces.append(element.text or "")
                elif tag(element) != "t":
                    yield element.text or ""
    yield from ("".join(pieces) for pieces, _ in fields)


def _check_command(command: str) -> None:
    words = command.split(maxsplit=2)
    if words and words[0].upper() in COMMANDS:
        raise Refusal(FETCHES.format(name=_shown(words[1].strip("\"'") if len(words) > 1 else words[0])))


def _check_table(part: Element) -> None:
    """Refuse what a table fetches or starts when it is opened."""
    for element in part.iter():
        name = tag(element)
        if name in {"ddeLink", "oleLink"}:
            raise Refusal(FETCHES.format(name=_shown(attribute(element, "ddeService") or attribute(element, "progId") or "a table")))
        if name == "connection" and attribute(element, "refreshOnLoad") in {"1", "true"}:
            raise Refusal(FETCHES.format(name=_shown(attribute(element, "name") or "a table")))
        if name in {"f", "definedName"} and FORMULAS.search(element.text or ""):
            raise Refusal(FETCHES.format(name=_shown((element.text or "")[:60])))


def _check_element(element: Element) -> None:
    """Refuse what an element of an OpenDocument runs or fetches: scripts, events, and addresses that are no links."""
    name, target = tag(element), attribute(element, "href")
    if name == "event-listener" and ("presentation:" not in element.tag or "execute" in attribute(element, "action")):
        raise Refusal(MACROS)
    if name == "script" and (
        target or "".join(element.itertext()).strip() or any(tag(child).startswith("library") for child in element.iter())
    ):
        raise Refusal(MACROS)
    if name.startswith("dde-"):
        raise Refusal(FETCHES.format(name=_shown(attribute(element, "dde-application") or "a table")))
    if FORMULAS.search(attribute(element, "formula").partition(":")[2]):
        raise Refusal(FETCHES.format(name=_shown(attribute(element, "formula")[:60])))
    if target.lower().startswith(("vnd.sun.star", "macro:", "javascript:")):
        raise Refusal(MACROS)
    is_outside = bool(SCHEME.match(target)) or target.startswith(("/", "\\", ".."))
    if is_outside and not (name == "a" and _is_link(target)):
        raise Refusal(FETCHES.format(name=_shown(target)))


def _check_object(content: bytes, name: str) -> None:
    """Refuse an old container but for those of tables, charts, texts and slides without macros (MS-CFB, 2.2 and 2.6)."""
    (shift,), (first,) = struct.unpack_from("<H", content, 30), struct.unpack_from("<I", content, 48)
    root = ((first + 1) << min(shift, 12)) + 80
    if content[root : root + 16] not in HARMLESS or any(word in content for word in ACTS_INSIDE) or OLD_MACROS.search(content):
        raise Refusal(HOLDS.format(name=_shown(name)))


DRAWN_BADLY = re.compile(r"@import|expression|javascript:|url\(\s*['\"]?(?!#|data:image/(png|jpeg|gif))", re.IGNORECASE)
ACTING = frozenset({"script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set", "audio", "video"})


def _check_drawing(content: bytes, name: str) -> None:
    """Refuse a drawing (SVG) that does more than draw."""
    try:
        elements = list(fromstring(content, forbid_dtd=True).iter())
    except (ParseError, ValueError):
        raise Refusal(HOLDS.format(name=_shown(name))) from None
    for element in elements:
        acts = tag(element).lower() in ACTING or tag(element).startswith("animate")
        for key, value in element.attrib.items():
            key = key.rpartition("}")[2].lower()
            is_far = key == "href" and not re.match(r"#|data:image/(png|jpeg|gif)[;,]", value)
            acts = acts or is_far or key.startswith("on") or bool(DRAWN_BADLY.search(value))
        if acts or (tag(element) == "style" and DRAWN_BADLY.search(element.text or "")):
            raise Refusal(HOLDS.format(name=_shown(name)))
