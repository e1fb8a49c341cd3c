"""Whatever is typed, chosen or put into an address: an answer in words, never a failure of ours, and never markup of somebody else's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from tests.factories.people import PDF
from tests.project.everybody import Project, rolled_back
from tests.project.test_addresses import TABLE, special, whom

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MARKUP = "<script>alert('naughty')</script>"
NAUGHTY = {
    "nothing": "",
    "spaces": " \t\r\n ",
    "a null character": "a\0b",
    "markup": f"\"'>{MARKUP}",
    "a template": "{{ settings.SECRET_KEY }}{% debug %}",
    "sql": "'; DROP TABLE people_user; -- \\",
    "a text that reads backwards": "Ann \u202etxt.exe\u202c مكتبة",
    "emoji": "🐛👩‍👩‍👧‍👦 Z͑ͫ̓ͪ̂ͫ̽͏a",
    "null": "null",
    "a number": "-1e309",
    "many digits": "9" * 5000,
    "a long text": "library " * 30_000,
    "half a character": "\ud800",
    "a path": "../../../../etc/passwd%00",
}
# What a statement holds that changes something; one that locks rows ends with FOR UPDATE.
WRITES = re.compile(r"INSERT INTO|DELETE FROM|(?<!FOR )(?<!KEY )UPDATE ")
SUM = "naughty{{7*7}}naughty${7*7}naughty<%= 7*7 %>naughty#{7*7}"
# Forty more, which are typed into the boxes of a form in turn, each box another one.
MORE_NAUGHTY = (
    SUM,
    MARKUP,
    f"</title></textarea></style>{MARKUP}",
    f'<img src=x onerror="{MARKUP}">',
    f"<svg/onload=1>{MARKUP}",
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "' OR '1'='1",
    "1; SELECT pg_sleep(9)--",
    "%s %d %(name)s {0} {name!r} %n",
    "$(reboot) `reboot` | reboot",
    "a\r\nBcc: everyone@evil.example",
    "a\nSet-Cookie: sessionid=1",
    "\ufeffbyte order",
    "zero\u200bwidth\u200djoined\u2060",
    "\u202ereversed",
    "مرحبا بالعالم",
    "שלום",
    "日本語テキスト",
    "ﷺ" * 60,
    "Z͎̠͗ͣḁ̵͙̑l͖͙̫̲̉̃ͦ̾͊ͬ̀g͔̤̞͓̐̓̒̽o͓̳͇̔ͥ" * 5,
    "👩‍👩‍👧‍👦" * 30,
    "\U0001f1fa\U0001f1f8\U0001f3f4",
    "ı İ ß ẞ ŉ ǰ ﬁ",
    "e\u0301 vs é",
    "\x01\x02\x1b[31m\x7f",
    "\x85\u2028\u2029",
    "undefined",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "0x1F",
    "٣٤",
    "1,000.00.0",
    "2026-02-30",
    "99999999999999999999",
    "../" * 40,
    "C:\\Windows\\nul",
    "a@b@c.example",
    "library " * 1250,
)
# What our pages read from an address.
PARAMETERS = ("q", "page", "queue", "before", "search", "to", "look", "back", "k", "inline", "for", "certificate", "number", "next")
PARAMETERS += ("set", "format", "kind", "state", "charge", "ended", "on_month", "on_day", "on_year")


@dataclass
class Form:
    """A form as a browser sees it: where it goes, what is typed, and what is chosen."""

    action: str
    method: str
    typed: set[str] = field(default_factory=set)
    chosen: dict[str, str | list[str]] = field(default_factory=dict)  # hidden fields of one name are sent together
    files: set[str] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)  # where else its buttons lead
    filled: dict[str, str] = field(default_factory=dict)  # what stands already where something is typed

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        return self.action, frozenset(self.typed | self.files | set(self.chosen))


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found, self.select = address, [], ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(urljoin(self.address, has.get("action", "")), has.get("method", "get").lower()))
        if not self.found:
            return
        form, name, kind = self.found[-1], has.get("name", ""), has.get("type", "text")
        if "formaction" in has:
            form.leads.add(urljoin(self.address, has["formaction"]))
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and has.get("value"):
            form.chosen.setdefault(self.select, has["value"])
        elif tag == "textarea":
            form.typed.add(name)
        elif tag in ("input", "button") and name and name != "csrfmiddlewaretoken":
            if kind == "file":
                form.files.add(name)
            elif kind == "hidden" and name in form.chosen:
                before = form.chosen[name]
                form.chosen[name] = [*(before if isinstance(before, list) else [before]), has.get("value", "")]
            elif tag == "button" or kind in ("radio", "checkbox", "hidden", "submit"):
                form.chosen.setdefault(name, has.get("value", ""))
            else:
                form.typed.add(name)
                form.filled |= {name: has["value"]} if has.get("value") else {}


def forms_of(client: Client, address: str) -> list[Form]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    reader = Forms(address)
    reader.feed(answer.content.decode())
    return reader.found + [replace(form, action=lead) for form in reader.found for lead in sorted(form.leads)]


@pytest.fixture(scope="module")
def pages(project: Project) -> list[tuple[str, str]]:
    """Each page that somebody may open, with who that is."""
    seen = {(whom(name, who), project.address(name)) for name, (get, _) in TABLE.items() for who, it in special(get) if it == 200}
    return sorted(seen | set(project.more))


@pytest.fixture(scope="module")
def forms(project: Project, pages: list[tuple[str, str]]) -> list[tuple[str, Form]]:
    """Each form on these pages, and on those of signing in, once for one person who is shown it."""
    account = [("visitor", reverse(f"account_{page}")) for page in ("login", "signup", "reset_password")]
    account += [("newcomer", reverse(page)) for page in ("account_email", "account_change_password", "account_reauthenticate", "mfa_index")]
    if not project.forms:
        found: dict[object, tuple[str, Form]] = {}
        with rolled_back():
            for who, address in [*pages, *account]:
                for form in forms_of(project.clients[who], address):
                    found.setdefault(form.key, (who, form))
        project.forms.extend(found.values())
    return project.forms


class Sender:
    """Sends forms and takes back what came of each.

    It follows where an answer leads, but for a page that it saw already: the same address for the same person with the same cookies, so
    with the same message, while nothing has changed.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.seen: set[tuple[str, str, str]] = set()

    def send(self, who: str, form: Form, said: Any, **options: Any) -> tuple[int, bytes]:
        """Give the last answer: its status, and its page, which is empty where it was seen before."""
        client, wrote = self.project.browser(who), []

        def listen(execute: Any, sql: str, *args: Any) -> Any:
            if WRITES.search(sql):
                wrote.append(sql)
            return execute(sql, *args)

        with rolled_back():
            with connection.execute_wrapper(listen):
                answer = getattr(client, form.method)(form.action, said, **options)
            body = answer.getvalue()
            if answer.status_code in (301, 302, 303):
                to = urljoin(form.action, answer["Location"])
                page = (who, to, client.cookies.output())
                if page in self.seen and not wrote:
                    body = b""
                else:
                    answer = client.get(to, follow=True)
                    body = answer.getvalue()
                if not wrote:
                    self.seen.add(page)
        cache.clear()
        return answer.status_code, body

    def fill(self, who: str, form: Form, text: str, *, chosen: bool) -> Iterator[str]:
        """Send a form with this text in every box, and say what is wrong with the answer."""
        said = {name: text if chosen and name != "version" else value for name, value in form.chosen.items()}
        files = {name: SimpleUploadedFile(f"{text[:150].replace(chr(0), '')}.pdf", PDF, "text/html") for name in form.files}
        sent = said | dict.fromkeys(form.typed, text)
        status, body = self.send(who, form, sent | files if form.method == "post" else sent)
        if status >= 500:
            yield f"{form.action}: {status}"
        if MARKUP.encode() in body:
            yield f"{form.action}: the markup is on the page"


@pytest.fixture
def sender(project: Project) -> Sender:
    return Sender(project)


def test_there_are_forms_to_try(project: Project, forms: list[tuple[str, Form]]) -> None:
    """The walk finds the forms that it should; without them the tests below would prove nothing."""
    actions = {urlsplit(form.action).path for _, form in forms}
    assert len(actions) > 45
    assert {"/account/login/", "/account/signup/", "/application/who/", "/verify/", "/office/people/", "/evaluators/approve/"} <= actions
    named = ("appeals:statement", "appeals:answer", "appeals:decide", "agreements:begin", "agreements:post_graduate")
    assert {project.address(name) for name in named} | {path for _, path in project.more if "college" in path} <= actions


@pytest.mark.parametrize("kind", NAUGHTY)
def test_whatever_is_typed_into_any_form_is_answered(kind: str, sender: Sender, forms: list[tuple[str, Form]]) -> None:
    text = NAUGHTY[kind].encode(errors="surrogatepass").decode(errors="replace")
    wrong = [fault for who, form in forms if form.typed or form.files for fault in sender.fill(who, form, text, chosen=False)]
    assert wrong == []


@pytest.mark.parametrize("turn", range(4))
def test_forty_more_are_answered_and_shown_as_text(turn: int, sender: Sender, forms: list[tuple[str, Form]]) -> None:
    """In four turns each box of each form gets four of them, and all forms together get each of them often."""
    wrong = []
    for place, (who, form) in enumerate(one for one in forms if one[1].typed):
        first = place * 7 + turn * 10
        said = {name: MORE_NAUGHTY[(first + number) % len(MORE_NAUGHTY)] for number, name in enumerate(sorted(form.typed))}
        status, body = sender.send(who, form, form.chosen | said)
        if status >= 500 or MARKUP.encode() in body or b"naughty49" in body:
            wrong.append(f"{form.action}: {status} for {said}")
    assert wrong == []


@pytest.mark.parametrize("half", ["%ED%A0%80", "%C0%80", "%FF%FE%00", "%00"])
def test_what_is_no_text_at_all_is_answered(half: str, sender: Sender, forms: list[tuple[str, Form]]) -> None:
    """Half a surrogate pair, an overlong sign, a byte order mark, and nothing: as raw bytes of a form."""
    wrong = []
    for who, form in forms:
        if not form.typed or form.method != "post":
            continue
        raw = urlencode(form.chosen, doseq=True) + "".join(f"&{name}={half}" for name in sorted(form.typed))
        status, _ = sender.send(who, form, raw, content_type="application/x-www-form-urlencoded")
        wrong += [f"{form.action}: {status}"] if status >= 500 else []
    assert wrong == []


@pytest.mark.parametrize("kind", ["nothing", "a null character", "markup", "null"])
def test_a_choice_that_is_not_on_the_page_is_answered(kind: str, sender: Sender, forms: list[tuple[str, Form]]) -> None:
    wrong = [fault for who, form in forms for fault in sender.fill(who, form, NAUGHTY[kind], chosen=True)]
    assert wrong == []


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _ids() -> list[str]:
    """One id of each table that has such ids, and one that nothing has."""
    found = [str(uuid4())]
    for model in apps.get_models():
        if isinstance(model._meta.pk, models.UUIDField):
            found += [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[:3]]
    return found


def test_an_id_of_something_else_in_a_form_is_answered(sender: Sender, forms: list[tuple[str, Form]]) -> None:
    """A page's hidden ids, replaced by those of things of other people and of other kinds, while all the rest is right."""
    wrong, tried, ids = [], 0, _ids()
    for who, form in forms:
        for name in (name for name, value in form.chosen.items() if form.method == "post" and isinstance(value, str) and _is_uuid(value)):
            for id in ids:
                tried += 1
                changed = replace(form, chosen=form.chosen | {name: id})
                wrong += [f"{name}={id}: {fault}" for fault in sender.fill(who, changed, "Library", chosen=False)]
    assert tried > 100
    assert wrong == []


@pytest.mark.parametrize("kind", ["nothing", "a null character", "markup", "sql", "a number", "many digits"])
def test_whatever_an_address_asks_is_answered(kind: str, project: Project, pages: list[tuple[str, str]]) -> None:
    asked = urlencode(dict.fromkeys(PARAMETERS, NAUGHTY[kind]))
    wrong = []
    for address, who in {address: who for who, address in pages}.items():
        answer = project.clients[who].get(f"{address}?{asked}")
        if answer.status_code >= 500 or MARKUP.encode() in answer.getvalue():
            wrong.append(f"{address} as {who}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/v/%00/",
        "/v/LSSC%00-7K2M/",
        "/v/" + "9" * 5000 + "/",
        "/v/%F0%9F%90%9B/",
        "/v/%FF%FE/",
        "/v/%3Cscript%3Ealert('naughty')%3C%2Fscript%3E/",
        "/sets/%00/",
        "/sets/" + "a" * 5000 + "/",
        "/portfolios/start/no-such-set/",
        "/documents/not-an-id/",
        "/account/login/%00/",
        "/account/confirm-email/%00/",
        "/account/password/reset/key/0-%00/",
        "/billing/" + "0" * 36 + "/",
    ],
)
def test_whatever_the_address_is_there_is_an_answer(path: str, project: Project) -> None:
    answer = project.clients["stranger"].get(path, follow=True)
    assert answer.status_code in (200, 400, 404)
    assert MARKUP not in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "99", "99999999999", "9" * 40])
def test_a_competency_that_is_not_there_is_not_found(number: str, project: Project) -> None:
    for who, name in (("owner", "portfolios:response"), ("owner", "portfolios:addition"), ("rates", "portfolios:rate")):
        path = re.sub(r"/\d+/$", f"/{number}/", project.address(name))
        assert [getattr(project.clients[who], method)(path).status_code for method in ("get", "post")] == [404, 404]


@pytest.mark.parametrize("version", ["-1", "9" * 9, "9" * 30, "one", "1.5", "\0", "١"])
def test_a_version_that_never_was_overwrites_nothing(version: str, project: Project) -> None:
    said = {
        "version": version,
        "opening": "x",
        "narrative": "x",
        "statement": "x",
        "name": "X",
        "called": "X",
        "value": "met",
        "comment": "x",
    }
    for who, name in (
        ("owner", "portfolios:response"),
        ("owner", "portfolios:statement"),
        ("applicant", "candidates:who"),
        ("rates", "portfolios:rate"),
    ):
        for headers in ({}, {"X-Autosave": "1"}):
            with rolled_back():
                answer = project.clients[who].post(project.address(name), said, headers=headers)
            assert answer.status_code in (409, 422), (name, headers, answer.status_code)


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages"])
@pytest.mark.parametrize("value", ["\0" * 12, "x" * 5000, "a\0b\0c\0d\0e", MARKUP])
def test_a_cookie_that_is_not_ours_is_no_failure(cookie: str, value: str, project: Project) -> None:
    coded = "".join(sign if sign.isalnum() else f"\\{ord(sign):03o}" for sign in value)
    sent = {"Cookie": f'{cookie}="{coded}"'}
    assert Client().get("/", headers=sent).status_code == 200
    assert Client().get("/my/", headers=sent).status_code == 302


def test_a_form_of_too_many_parts_is_told_so_in_our_words(project: Project) -> None:
    answer = project.clients["newcomer"].post(reverse("people:preferences"), {f"field{number}": "" for number in range(1100)})
    assert answer.status_code == 400
    assert "We could not read what your browser sent" in answer.content.decode()


def test_text_of_megabytes_is_told_off_in_our_words(project: Project) -> None:
    answer = project.clients["newcomer"].post(
        reverse("people:preferences"), urlencode({"name": "a" * 3_000_000}), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "Nothing was saved." in answer.content.decode()


def test_no_template_trusts_what_was_typed() -> None:
    """Text is shown as text. Trusted are: allauth's own drawing of a code, and the hints that our forms themselves give."""
    trusting = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape off|safeseq", path.read_text())
    }
    assert trusting == {"mfa/totp/activate_form.html", "django/forms/field.html"}
