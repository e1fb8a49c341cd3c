"""Whether a page is valid HTML: parsed as the standard says, then held against its content models, attributes and references.

The parser is tinyhtml5, which keeps every parse error of the standard's algorithm. The tables below are the part of the HTML standard
(section 4, and "Content models") that our pages use; an element or attribute that they do not know is a fault.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from tinyhtml5 import inputstream
from tinyhtml5.parser import HTMLParser


class _Patterns(dict[tuple[Any, bool], re.Pattern[str]]):
    """What tinyhtml5 looks for, each compiled once: its own store keeps patterns under names by which it never finds them again."""

    def __missing__(self, key: tuple[Any, bool]) -> re.Pattern[str]:
        characters, opposite = key
        self[key] = re.compile(f"[{'' if opposite else '^'}{''.join(map(re.escape, characters))}]+")
        return self[key]


inputstream.characters_until_regex = _Patterns()

HTML = "{http://www.w3.org/1999/xhtml}"
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def _named(names: str) -> set[str]:
    return set(names.split())


PHRASING = _named(
    "a abbr audio b bdi bdo br button cite code data del dfn em i iframe img input ins kbd label mark meter noscript output picture "
    "progress q s samp script select small source span strong sub sup template textarea time track u var video wbr"
)
FLOW = (
    PHRASING
    | HEADINGS
    | _named(
        "address article aside blockquote details dialog div dl fieldset figure footer form header hr main nav ol p pre search section "
        "table ul"
    )
)
# What an element may hold, where that is not flow content. `a`, `ins` and `del` hold what their parent may.
HOLDS = {
    "html": {"head", "body"},
    "head": {"title", "meta", "link", "script", "base", "noscript", "style"},
    "ul": {"li"},
    "ol": {"li"},
    "menu": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"th", "td"},
    "colgroup": {"col"},
    "select": {"option", "optgroup", "hr"},
    "optgroup": {"option"},
    "option": set(),
    "textarea": set(),
    "title": set(),
    "script": set(),
    "legend": PHRASING | HEADINGS,
    "summary": PHRASING | HEADINGS,
    "th": FLOW - HEADINGS - {"article", "aside", "header", "footer", "nav", "section"},
    "dt": FLOW - HEADINGS - {"article", "aside", "header", "footer", "nav", "section"},
    "caption": FLOW - {"table"},
    "fieldset": FLOW | {"legend"},
    "figure": FLOW | {"figcaption"},
    "details": FLOW | {"summary"},
    **dict.fromkeys(HEADINGS | {"p", "pre"}, PHRASING),
    **dict.fromkeys(
        PHRASING - {"a", "ins", "del", "select", "textarea", "script", "audio", "video", "picture", "noscript", "template"}, PHRASING
    ),
    "picture": {"source", "img"},
    "audio": {"source", "track", "a", "p"},
    "video": {"source", "track", "a", "p"},
}
TRANSPARENT = {"a", "ins", "del"}
KNOWN = FLOW | set().union(*HOLDS.values()) | HOLDS.keys() | {"body", "html"}
FIRST = {"fieldset": "legend", "details": "summary", "table": "caption"}
LABELABLE = {"button", "input", "meter", "output", "progress", "select", "textarea"}
INTERACTIVE = {"a", "button", "details", "iframe", "input", "label", "select", "textarea"}

EVERYWHERE = _named("id class lang dir hidden tabindex title role translate inputmode enterkeyhint spellcheck autocapitalize autofocus")
ATTRIBUTES = {
    "a": "href hreflang rel target download type",
    "link": "href rel as type crossorigin media sizes hreflang",
    "meta": "name content charset http-equiv",
    "script": "src type defer async",
    "form": "action method enctype novalidate autocomplete name",
    "label": "for",
    "input": "accept alt autocomplete checked dirname disabled form formaction formmethod formnovalidate list max maxlength min minlength "
    "multiple name pattern placeholder readonly required size step type value",
    "button": "type name value disabled form formaction formmethod formnovalidate formenctype",
    "select": "name multiple size required disabled autocomplete form",
    "option": "value selected disabled label",
    "optgroup": "label disabled",
    "textarea": "name rows cols maxlength minlength required readonly disabled placeholder autocomplete form wrap",
    "fieldset": "disabled form name",
    "output": "for form name",
    "meter": "value min max low high optimum",
    "progress": "value max",
    "img": "src alt width height srcset sizes loading decoding",
    "audio": "src controls preload loop muted",
    "video": "src controls preload loop muted poster width height playsinline",
    "source": "src type media srcset sizes",
    "track": "src kind srclang label default",
    "iframe": "src sandbox width height loading",
    "time": "datetime",
    "ol": "start reversed type",
    "li": "value",
    "td": "colspan rowspan headers",
    "th": "colspan rowspan headers scope abbr",
    "col": "span",
    "colgroup": "span",
    "details": "open name",
    "dialog": "open",
    "blockquote": "cite",
    "q": "cite",
}
STEPPED = {"number", "date", "month", "time", "range"}
TYPED = {"text", "search", "url", "tel", "email", "password"}
# Which types of input an attribute is for.
FOR_TYPES = {
    "checked": {"checkbox", "radio"},
    "accept": {"file"},
    "multiple": {"file", "email"},
    **dict.fromkeys(("maxlength", "minlength", "size", "pattern"), TYPED),
    "placeholder": TYPED | {"number"},
    **dict.fromkeys(("min", "max", "step"), STEPPED),
}
VALUES = {
    ("th", "scope"): {"row", "col", "rowgroup", "colgroup"},
    ("form", "method"): {"get", "post", "dialog"},
    ("button", "type"): {"submit", "button", "reset"},
    ("input", "type"): TYPED
    | {"checkbox", "color", "date", "file", "hidden", "month", "number", "radio", "range", "reset", "submit", "button", "time"},
}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "headers", "form", "list")
BAD_URL = re.compile(r"[\s<>\"\\^`{|}]|%(?![0-9A-Fa-f]{2})")


def faults(html: str) -> list[str]:
    """Everything that makes this page invalid."""
    parser = HTMLParser()
    root = parser.parse(html)
    wrong = [f"{error} {facts or ''} at line {place[0]}".replace("  ", " ") for place, error, facts in parser.errors]
    ids = Counter(element.attrib["id"] for element in root.iter() if "id" in element.attrib)
    wrong += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    wrong += _document(root)
    wrong += _walk(root, allowed={"html"}, within=(), ids=set(ids))
    wrong += _labels(root)
    return wrong


def _name(element: Element) -> str:
    """The name of an HTML element; "" for SVG, a comment and other foreign things."""
    tag = element.tag
    return tag.removeprefix(HTML) if isinstance(tag, str) and tag.startswith(HTML) else ""


def _told(element: Element) -> str:
    """An element as a reader of the fault finds it again."""
    kept = {key: value for key, value in element.attrib.items() if key in ("id", "class", "name", "href", "for")}
    return f"<{_name(element)}{''.join(f' {key}={value!r}' for key, value in kept.items())}>"


def _document(root: Element) -> Iterator[str]:
    if not root.attrib.get("lang"):
        yield "html has no lang"
    titles = [(title.text or "").strip() for title in root.iter(f"{HTML}title")]
    if len(titles) != 1 or not titles[0]:
        yield "there is not exactly one title with words"
    if sum("hidden" not in main.attrib for main in root.iter(f"{HTML}main")) > 1:
        yield "there is more than one main"


def _walk(element: Element, *, allowed: set[str], within: tuple[str, ...], ids: set[str]) -> Iterator[str]:
    name = _name(element)
    if not name:
        return
    if name not in KNOWN:
        yield f"{_told(element)} is no element that we know"
    elif name not in allowed:
        yield f"{_told(element)} may not stand in <{within[-1]}>" if within else f"{_told(element)} may not be the root"
    yield from _attributes(element, name, ids=ids)
    yield from _order(element, name)
    if name in INTERACTIVE and not (name == "input" and element.attrib.get("type") == "hidden"):
        yield from (f"{_told(element)} stands in <{outer}>" for outer in ("a", "button") if outer in within)
    if name in ("header", "footer") and {"header", "footer"} & set(within):
        yield f"{_told(element)} stands in a header or footer"
    inside = allowed if name in TRANSPARENT else HOLDS.get(name, FLOW)
    if name == "div" and within and within[-1] == "dl":
        inside = {"dt", "dd"}
    for child in element:
        yield from _walk(child, allowed=inside | {"script", "template"}, within=(*within, name), ids=ids)
    if name in HOLDS and not HOLDS[name] & PHRASING and HOLDS[name]:
        loose = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if loose:
            yield f"{_told(element)} holds loose text: {loose[:40]!r}"


def _attributes(element: Element, name: str, *, ids: set[str]) -> Iterator[str]:
    own = EVERYWHERE | _named(ATTRIBUTES.get(name, ""))
    kind = element.attrib.get("type", "text").lower()
    for attribute, value in element.attrib.items():
        if attribute not in own and not re.fullmatch(r"(aria|data)-[a-z0-9-]+", attribute):
            yield f"{_told(element)} has an attribute {attribute}"
        if name == "input" and kind not in FOR_TYPES.get(attribute, {kind}):
            yield f"{_told(element)} of type {kind} has {attribute}"
        if (name, attribute) in VALUES and value.lower() not in VALUES[name, attribute]:
            yield f"{_told(element)}: {attribute} is {value!r}"
        if attribute == "id" and (not value or re.search(r"\s", value)):
            yield f"{_told(element)} has no sound id"
        if attribute in ("href", "src", "action", "formaction") and (BAD_URL.search(value) or (not value and attribute != "href")):
            yield f"{_told(element)}: {attribute} is no address: {value!r}"
        if attribute in REFERENCES:
            yield from (
                f"{_told(element)}: {attribute} names {target}, which is not there" for target in value.split() if target not in ids
            )
        if attribute == "href" and value.startswith("#") and value not in ("#", "#top") and value[1:] not in ids:
            yield f"{_told(element)} leads nowhere"
    for needed in {"img": ("src", "alt"), "optgroup": ("label",), "meter": ("value",), "script": ("src",), "link": ("href", "rel")}.get(
        name, ()
    ):
        if needed not in element.attrib and not (name == "script" and kind == "application/json"):
            yield f"{_told(element)} lacks {needed}"


def _order(element: Element, name: str) -> Iterator[str]:
    """What must come first, and what must come in turns."""
    children = [_name(child) for child in element if _name(child) not in ("", "script", "template")]
    first = FIRST.get(name)
    if first and (children.count(first) > 1 or (first in children and children[0] != first)):
        yield f"{_told(element)}: {first} must come first, and once"
    if name == "details" and "summary" not in children:
        yield f"{_told(element)} lacks a summary"
    if name == "figure" and "figcaption" in children[1:-1]:
        yield f"{_told(element)}: figcaption must come first or last"
    if name == "dl" and children and "div" not in children and (children[0] != "dt" or children[-1] != "dd"):
        yield f"{_told(element)} must begin with dt and end with dd"
    if name == "table":
        rows = [[cell for cell in row if _name(cell) in ("th", "td")] for row in element.iter(f"{HTML}tr")]
        if not any("rowspan" in cell.attrib for row in rows for cell in row):
            widths = {sum(int(cell.attrib.get("colspan", "1")) for cell in row) for row in rows}
            if len(widths) > 1:
                yield f"{_told(element)} has rows of {sorted(widths)} columns"


def _labels(root: Element) -> Iterator[str]:
    """Each label has its control, and each control its label or name."""
    controls = {element.attrib["id"]: element for element in root.iter() if _name(element) in LABELABLE and "id" in element.attrib}
    named: set[int] = set()
    for label in root.iter(f"{HTML}label"):
        inside = [element for element in label.iter() if _name(element) in LABELABLE]
        if len(inside) > 1 or any(_name(element) == "label" for element in label.iter() if element is not label):
            yield f"{_told(label)} holds more than one control or label"
        target = controls.get(label.attrib["for"]) if "for" in label.attrib else next(iter(inside), None)
        if target is None or target.attrib.get("type") == "hidden":
            yield f"{_told(label)} labels nothing"
        else:
            named.add(id(target))
    for element in root.iter():
        nameless = id(element) not in named and not {"aria-label", "aria-labelledby", "title"} & element.attrib.keys()
        shown = element.attrib.get("type") not in ("hidden", "submit", "button", "reset")
        if _name(element) in ("input", "select", "textarea") and shown and nameless:
            yield f"{_told(element)} has no label"
