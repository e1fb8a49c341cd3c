"""Valid HTML on every page, as each person sees it; and a check that finds what it should."""

import re

import pytest

from tests.project.everybody import Project, rolled_back
from tests.project.test_addresses import TABLE, WHO, whom
from tests.project.validity import faults

PAGE = "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Words</title></head><body><main>{}</main></body></html>"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def _is_offered(html: str, address: str) -> bool:
    """Whether the page has the form that was sent: a thing in another state answers an empty form without showing it again."""
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', html)
    return any("action=" not in form or f'action="{address}"' in form for form in forms)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Text with <b>bold</b> and <a href='/x/?a=b&amp;c=%20d#e'>a link</a>.</p>",
        "<a href='/'><div><h2>A card</h2></div></a>",
        "<label for='a'>A</label><input id='a' maxlength='3'><label>B <select><option value='1'>1</option></select></label>",
        "<dl><dt>A</dt><dd>B</dd></dl><dl><div><dt>A</dt><dd>B</dd></div></dl>",
        "<table><caption>C</caption><thead><tr><th scope='col'>A</th><th>B</th></tr></thead>"
        "<tbody><tr><td colspan='2'>C</td></tr></tbody></table>",
        "<svg viewBox='0 0 1 1' aria-hidden='true'><rect width='1'/></svg><fieldset><legend><h2>L</h2></legend></fieldset>",
        "<details><summary>S</summary><p>T</p></details><input type='hidden' name='x' value='y'><p id='a'></p><p aria-describedby='a'></p>",
    ],
)
def test_what_is_valid_has_no_faults(body: str) -> None:
    assert faults(PAGE.format(body)) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>One<div>two</div></p>", "unexpected-end-tag"),
        ("<p>Not closed <b>bold</p>", "unexpected-end-tag"),
        ("<a class='x' class='y' href='/'>a</a>", "duplicate-attribute"),
        ("<p id='a'></p><p id='a'></p>", "id a stands 2 times"),
        ("<span><div>block</div></span>", "<div> may not stand in <span>"),
        ("<h2><a href='/'><p>block</p></a></h2>", "<p> may not stand in <a>"),
        ("<ul><p>no item</p></ul>", "<p> may not stand in <ul>"),
        ("<ul>loose<li>item</li></ul>", "loose text"),
        ("<dl><dt>A</dt><dd>B</dd><dt>C</dt></dl>", "must begin with dt and end with dd"),
        ("<a href='/'><button>b</button></a>", "<button> stands in <a>"),
        ("<button><input aria-label='x'></button>", "stands in <button>"),
        ("<label for='nothing'>A</label>", "labels nothing"),
        ("<input name='x'>", "has no label"),
        ("<label for='a'>A</label><input id='a' type='radio' maxlength='3'>", "of type radio has maxlength"),
        ("<p aria-labelledby='gone'></p>", "names gone, which is not there"),
        ("<a href='#gone'>a</a>", "leads nowhere"),
        ("<a href='/?q=two words'>a</a>", "is no address"),
        ("<p align='left'></p>", "has an attribute align"),
        ("<blink>b</blink>", "is no element that we know"),
        ("<img src='/x.png'>", "lacks alt"),
        ("<table><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></table>", "has rows of [1, 2] columns"),
        ("<table><thead><tr><th scope='column'>1</th></tr></thead></table>", "scope is 'column'"),
        ("<fieldset><p>first</p><legend>L</legend></fieldset>", "legend must come first"),
        ("<details><p>T</p></details>", "lacks a summary"),
        ("</main><main>", "more than one main"),
        ("<form><form></form></form>", "unexpected-start-tag"),
    ],
)
def test_each_fault_is_found(body: str, found: str) -> None:
    assert [fault for fault in faults(PAGE.format(body)) if found in fault], faults(PAGE.format(body))


def test_a_page_needs_its_doctype_language_and_title() -> None:
    assert [fault.split(" at ")[0].strip() for fault in faults("<main></main>")] == [
        "expected-doctype-but-got-start-tag {'name': 'main'}",
        "html has no lang",
        "there is not exactly one title with words",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_page_is_valid_as_each_person_sees_it(name: str, project: Project) -> None:
    """What many people see alike, but for the token of a form, is looked at once."""
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for method, told in zip(("get", "post"), TABLE[name], strict=True):
        for who, expected in zip(WHO, told, strict=True):
            if expected not in (200, 409, 422):
                continue
            client = project.browser(whom(name, who))
            with rolled_back():
                answer = getattr(client, method)(project.address(name), {"sent": "empty"})
                html = answer.getvalue().decode(errors="replace")
            if answer.headers["Content-Type"].startswith("text/html"):
                same = TOKEN.sub("", html)
                if same in seen:
                    continue
                seen.add(same)
                for fault in faults(html):
                    if method == "get" or "leads nowhere" not in fault or _is_offered(html, project.address(name)):
                        wrong.setdefault(fault, []).append(f"{method} as {who}")
    assert wrong == {}
