"""The text of an office document, line by line: cells set apart, dates as dates, headers and notes, and what is hidden said to be so."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element

Xml = Callable[[str], Element]
MOST_SHEETS = 50
CELLS = "  |  "
# Formats of cells that show a day or a time: those that every program knows by number (ISO 29500-1, 18.8.30), and by their signs.
DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
NO_SIGNS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
# What stands in a text a second time, or is no text.
SKIPPED = frozenset({"Fallback", "instrText", "delText", "rPh", "tracked-changes", "annotation", "forms", "pPr", "rPr"})


def tag(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without namespace; empty where it is not there."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def lines(code: str, names: set[str], xml: Xml) -> Iterator[str]:
    """The text of a document whose parts have these names."""
    read = {"docx": _word, "pptx": _slides, "xlsx": _sheets}.get(code, _open)
    return read(names, xml)


def _word(names: set[str], xml: Xml) -> Iterator[str]:
    yield from _margins(names, xml, r"word/header\d*\.xml", "Header")
    yield from _blocks(xml("word/document.xml"))
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        notes = [line for line in _blocks(xml(part)) if line.strip()] if part in names else []
        if notes:
            yield from ["", "Notes", *notes]
    yield from _margins(names, xml, r"word/footer\d*\.xml", "Footer")


def _margins(names: set[str], xml: Xml, pattern: str, called: str) -> Iterator[str]:
    texts = (" ".join(line.strip() for line in _blocks(xml(name)) if line.strip()) for name in sorted(names) if re.fullmatch(pattern, name))
    yield from (f"{called}: {text}" for text in dict.fromkeys(texts) if text)


def _blocks(element: Element) -> Iterator[str]:
    """Paragraphs, and rows of tables, their cells set apart."""
    for child in element:
        match tag(child):
            case "p" | "h":
                yield _words(child)
            case "tr" | "table-row":
                yield _row(child)
            case name if name not in SKIPPED:
                yield from _blocks(child)


def _row(row: Element) -> str:
    cells = (" ".join(text for line in _blocks(cell) if (text := line.strip())) for cell in row if tag(cell) in {"tc", "table-cell"})
    return CELLS.join(cell for cell in cells if cell)


def _words(element: Element) -> str:
    """The text of a paragraph, with its tabs and ends of lines; what floats in it stands on lines of its own."""
    parts = [element.text or ""] if tag(element) in {"t", "p", "h", "span", "a"} else []
    for child in element:
        name = tag(child)
        if name in {"tab", "ptab"}:
            parts.append("\t")
        elif name in {"br", "cr", "line-break"}:
            parts.append("\n")
        elif name == "s":
            parts.append(" " * min(int(attribute(child, "c") or 1), 100))
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name in {"p", "h"}:
            parts.append(f"\n{_words(child)}\n")
        elif name in {"tr", "table-row"}:
            parts.append(f"\n{_row(child)}\n")
        elif name not in SKIPPED:
            parts.append(_words(child))
        if tag(element) in {"p", "h", "span", "a"}:
            parts.append(child.tail or "")
    return "".join(parts)


def _slides(names: set[str], xml: Xml) -> Iterator[str]:
    order = _order(names, xml, "ppt/presentation.xml", "sldId") or _numbered(names, r"ppt/slides/slide(\d+)\.xml")
    for number, (name, _) in enumerate(order[:MOST_SHEETS], 1):
        slide = xml(name)
        yield f"Slide {number}{' (hidden)' if slide.get('show') in {'0', 'false'} else ''}"
        yield from _blocks(slide)
        for target in _targets(names, xml, name).values():
            if "notesSlide" in target:
                notes = " ".join(line.strip() for line in _said(xml(target)) if line.strip())
                yield from [f"Notes: {notes}"] if notes else []
        yield ""


def _said(notes: Element) -> Iterator[str]:
    """The notes of a slide, without its number, day and picture."""
    for shape in notes.iter():
        if tag(shape) == "sp":
            kinds = {attribute(element, "type") for element in shape.iter() if tag(element) == "ph"}
            if not kinds & {"sldNum", "dt", "hdr", "ftr", "sldImg"}:
                yield from _blocks(shape)


def _sheets(names: set[str], xml: Xml) -> Iterator[str]:
    book = xml("xl/workbook.xml")
    strings = (
        [_shared(element) for element in xml("xl/sharedStrings.xml") if tag(element) == "si"] if "xl/sharedStrings.xml" in names else []
    )
    is_day = _days(xml("xl/styles.xml")) if "xl/styles.xml" in names else []
    is_mac = any(attribute(element, "date1904") in {"1", "true"} for element in book.iter() if tag(element) == "workbookPr")
    start = datetime(1904, 1, 1) if is_mac else datetime(1899, 12, 30)
    order = _order(names, xml, "xl/workbook.xml", "sheet") or _numbered(names, r"xl/worksheets/sheet(\d+)\.xml")
    for name, sheet in order[:MOST_SHEETS]:
        if sheet is not None and (called := attribute(sheet, "name")):
            yield f"{called}{' (hidden sheet)' if 'idden' in attribute(sheet, 'state') else ''}"
        for row in xml(name).iter():
            if tag(row) == "row":
                cells = (_cell(cell, strings, is_day, start).strip() for cell in row if tag(cell) == "c")
                yield CELLS.join(cell for cell in cells if cell)
        yield ""


def _shared(element: Element) -> str:
    """A text of a table, without how it is spoken."""
    return "".join(part.text or "" if tag(part) == "t" else _shared(part) for part in element if tag(part) not in SKIPPED)


def _cell(cell: Element, strings: list[str], is_day: list[bool], start: datetime) -> str:
    value = next((part.text or "" for part in cell if tag(part) == "v"), "")
    match cell.get("t", "n"):
        case "s":
            return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
        case "inlineStr":
            return "".join(_shared(part) for part in cell if tag(part) == "is")
        case "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        case "n" if (style := cell.get("s", "")).isdecimal() and int(style) < len(is_day) and is_day[int(style)]:
            return _day(value, start)
    return value


def _day(value: str, start: datetime) -> str:
    """A day, or a time, that a table counts in days."""
    try:
        days = float(value)
        day = start + timedelta(seconds=round(days * 86_400))
    except (ValueError, OverflowError):
        return value
    time = f"{day:%H:%M}" if days % 1 else ""
    return f"{day.month}/{day.day}/{day.year} {time}".strip() if days >= 1 else time or value


def _days(styles: Element) -> list[bool]:
    """Which formats of cells show a day."""
    written = {element.get("numFmtId", ""): element.get("formatCode", "") for element in styles.iter() if tag(element) == "numFmt"}
    formats = (element.get("numFmtId", "0") for group in styles if tag(group) == "cellXfs" for element in group)
    return [_shows_day(written.get(number, ""), number) for number in formats]


def _shows_day(written: str, number: str) -> bool:
    if written:
        return any(sign in NO_SIGNS.sub("", written).lower() for sign in "dmyh")
    return number.isdecimal() and int(number) in DAYS


def _order(names: set[str], xml: Xml, main: str, kind: str) -> list[tuple[str, Element | None]]:
    """The slides or sheets in their order; empty where the document doesn't say it."""
    targets = _targets(names, xml, main)
    listed = (
        (targets.get(next((value for key, value in element.attrib.items() if key.endswith("}id")), ""), ""), element)
        for element in xml(main).iter()
        if tag(element) == kind
    )
    return [(name, element) for name, element in listed if name in names]


def _targets(names: set[str], xml: Xml, part: str) -> dict[str, str]:
    """The parts that a part points to, by the number that it calls them."""
    relations = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
    if relations not in names:
        return {}
    targets = {element.get("Id", ""): normpath(join(dirname(part), element.get("Target", ""))).lstrip("/") for element in xml(relations)}
    return {id: target for id, target in targets.items() if target in names}


def _numbered(names: set[str], pattern: str) -> list[tuple[str, Element | None]]:
    numbered = ((int(match[1]), name) for name in names if (match := re.fullmatch(pattern, name)) and len(match[1]) < 6)
    return [(name, None) for _, name in sorted(numbered)]


def _open(names: set[str], xml: Xml) -> Iterator[str]:
    content = xml("content.xml")
    styles = list(xml("styles.xml").iter()) if "styles.xml" in names else []
    for kind, called in (("header", "Header"), ("footer", "Footer")):
        texts = (" ".join(line.strip() for line in _blocks(element) if line.strip()) for element in styles if tag(element) == kind)
        yield from (f"{called}: {text}" for text in dict.fromkeys(texts) if text)
    hidden = set(_hidden(content))
    parts = [element for element in content.iter() if tag(element) in {"table", "page"} and attribute(element, "name")]
    is_text = not any(tag(element) in {"spreadsheet", "presentation"} for element in content.iter())
    if is_text or not parts:
        yield from _blocks(content)
        return
    for part in islice(parts, MOST_SHEETS):
        is_hidden = attribute(part, "style-name") in hidden
        yield f"{attribute(part, 'name')}{(' (hidden sheet)' if tag(part) == 'table' else ' (hidden)') if is_hidden else ''}"
        yield from _page(part)
        yield ""


def _page(part: Element) -> Iterable[str]:
    """The lines of a sheet or slide, and its notes as such."""
    for child in part:
        if tag(child) == "notes":
            notes = " ".join(line.strip() for line in _blocks(child) if line.strip())
            yield from [f"Notes: {notes}"] if notes else []
        elif tag(child) in {"p", "h", "table-row"}:
            yield from _blocks([child])  # type: ignore[arg-type]
        else:
            yield from _blocks(child)


def _hidden(content: Element) -> Iterator[str]:
    """The styles of sheets and slides that are not shown."""
    for style in content.iter():
        if tag(style) == "style":
            for element in style:
                if attribute(element, "display") == "false" or attribute(element, "visibility") == "hidden":
                    yield attribute(style, "name")
