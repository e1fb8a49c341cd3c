"""Every page that the demonstration's people can reach by links: valid HTML, no barriers, no sideways scrolling, no dead links."""

import os
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from html import unescape
from itertools import product
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from demo import cast
from tests.journeys.person import Person
from tests.journeys.stack import ROOT, Stack
from tests.project.pages import LOOKS, barriers, parts
from tests.project.test_addresses import TABLE, WHO
from tests.project.validity import faults

pytestmark = pytest.mark.journey

# One person opens a page with so many different contents, and all together so many; so many open what is there for visitors, too.
# All are read; the browser looks at those that are made of something that no page of this name had before.
MINE, ENOUGH, ALIKE = 3, 40, 6
# Staff have the same page for things in many states, and the inbox has a tab for each queue.
STAFF, INBOX = 10, 30
LETTERS = {"demo:email", "my_email", "person_email"}
RITA = "rita@lssc.example"
HREF = re.compile(r'<a\s[^>]*href="([^"]+)"')
# Pages to which a link may lead; it depends on the day, or on what went wrong.
RARE = {
    "people:take_role": "the file of someone with such a role leads there",
    "failed_email": "the inbox leads there once an email could not be sent",
    "bad_address": "the inbox leads there once an address can’t receive email",
    "stuck_event": "the inbox leads there once something is stuck",
    "billing:dispute": "the inbox leads there once a bank disputes a payment",
    "billing:discrepancy": "the inbox leads there once the card company’s books differ",
}
# Pages to which no link leads that the demonstration's people see, and what does.
UNLINKED = RARE | {
    "healthz": "for machines",
    "bulk_done": "the press after a look leads there",
    "robots": "for machines",
    "sitemap": "for machines",
    "people:contact_sent": "the contact form leads there",
    "portfolios:answer": "the link in an email leads there",
    "my_email_calendar": "a letter leads there",
    "people:reopen": "the file of someone whose account is closed leads there",
    "people:undo": "the link in an email leads there",
}


class Crawler:
    """One person's way through all links."""

    def __init__(self, person: Person, looked: Counter[str], seen: dict[str, set[str]]) -> None:
        self.person, self.looked, self.seen = person, looked, seen
        self.mine: Counter[str] = Counter()
        self.found: list[str] = []

    def crawl(self, *starts: str) -> None:
        waiting = deque(starts)
        known = set(starts)
        while waiting:
            path = waiting.popleft()
            name = self._name(path)
            if path not in starts and self._is_known_enough(path, name):
                continue
            self.mine[name] += 1
            for link in self._look(path, name):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    @staticmethod
    def _name(path: str) -> str:
        try:
            return str(resolve(urlsplit(path).path).view_name)
        except Resolver404:
            return ""

    def _most(self, name: str) -> int:
        """So many contents of a page are opened."""
        return INBOX if name == "office" else STAFF if self.person.email == RITA else MINE

    def _is_known_enough(self, path: str, name: str) -> bool:
        most = self._most(name)
        if self.mine[name] >= most or self.looked[name] >= max(ENOUGH, most):
            return True
        is_public = name in TABLE and TABLE[name][0][WHO.index("visitor")] == 200
        return is_public and self.looked[path] >= ALIKE

    def _look(self, path: str, name: str) -> Iterator[str]:
        where = f"{self.person.called or 'a visitor'}, {path}"
        fetched = self.person.context.request.get(path)
        if not fetched.ok:
            self.found.append(f"{where}: a link leads to status {fetched.status}")
            return
        if "text/html" not in fetched.headers["content-type"]:
            self.looked[name] += 1
            return
        landed = self._name(urlsplit(fetched.url).path)
        self.looked.update({landed, name, path})
        self.found += [f"{where}: {fault}" for fault in faults(fetched.text())]
        made_of = parts(fetched.text())
        if made_of - self.seen[landed]:
            self._look_closely(path, f"{landed}-{self.looked[landed]}", where)
            self.seen[landed] |= made_of
        # A letter leads to what was there for its reader when it was written.
        for link in () if landed in LETTERS else HREF.findall(fetched.text()):
            address = urljoin(fetched.url, unescape(link)).partition("#")[0]
            if address.startswith(f"{self.person.stack.url}/"):
                yield address.removeprefix(self.person.stack.url)

    def _look_closely(self, path: str, name: str, where: str) -> None:
        page = self.person.page
        page.goto(path)
        for scheme, width, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.found += [f"{where}, {scheme}, {width} px: {what}" for what in barriers(page, rules)]
            self._shot(page, f"{name}-{scheme}-{width}")

    @staticmethod
    def _shot(page: Page, name: str) -> None:
        """Keep a picture where somebody asked for them: SHOTS=1 make test."""
        if os.environ.get("SHOTS"):
            folder = ROOT / "var" / "screenshots" / "every_page"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name.replace(':', '-')}.jpg", type="jpeg", quality=60, full_page=True)


# Inside the system under test: a session for each address that stands in the environment. To sign in takes as long as many pages.
SESSIONS = """
import os
from django.test import Client
from people.models import User
for email in os.environ["EMAILS"].split():
    client = Client()
    client.force_login(User.objects.get(email=email))
    print(email, client.session.session_key)
"""


def sessions(town: Stack, emails: list[str]) -> dict[str, str]:
    """The session of each person."""
    lines = town.manage("shell", "--no-imports", "--command", SESSIONS, EMAILS=" ".join(emails)).splitlines()
    return dict(line.split() for line in lines)


def people_in_every_state(town: Stack) -> list[str]:
    """Those whom the demonstration names, then one for each state in which something of a person's, or of a candidacy, can be."""
    of_people = "people_user who ON who.id = one.person_id"
    of_candidacies = "candidates_candidacy theirs ON theirs.id = one.candidacy_id JOIN people_user who ON who.id = theirs.person_id"
    found = [hint.email for hint in cast.HINTS]
    for column, joined in (("person_id", of_people), ("candidacy_id", of_candidacies)):
        tables = town.ask(
            "SELECT of_person.table_name FROM information_schema.columns of_person "
            "JOIN information_schema.columns of_state USING (table_name) "
            f"WHERE of_person.column_name = '{column}' AND of_state.column_name = 'state' AND left(table_name, 7) <> 'ledger_' ORDER BY 1"
        )
        for table, order in product([table for (table,) in tables], ("ASC", "DESC")):
            picked = f"SELECT DISTINCT ON (one.state) who.email FROM {table} one JOIN {joined} ORDER BY one.state, who.email {order}"
            found += [email for (email,) in town.ask(picked)]
    # No state tells these: who still has to show hours, and whose portfolio is nearly ready.
    provisional = f"SELECT who.email FROM candidates_candidacy one JOIN {of_people} WHERE one.provisional ORDER BY 1"
    drafts = f"SELECT who.email FROM portfolios_portfolio one JOIN {of_candidacies} WHERE one.state = 'draft' ORDER BY 1"
    found += [email for query in (provisional, drafts) for (email,) in town.ask(query)]
    return list(dict.fromkeys(found))


def test_every_page_in_reach(town: Stack, browser: Browser) -> None:
    looked: Counter[str] = Counter()
    seen: dict[str, set[str]] = defaultdict(set)
    found: list[str] = []
    shots = ROOT / "var" / "screenshots" / "every_page"
    keys = {"": "", **sessions(town, people_in_every_state(town))}
    for email, key in keys.items():
        called = email.split("@")[0].capitalize()
        person = Person(browser, town, called=called, name=called, email=email, shots=shots)
        if key:
            person.context.add_cookies([{"name": "sessionid", "value": key, "url": town.url}])
        crawler = Crawler(person, looked, seen)
        crawler.crawl("/home/" if email else "/")
        found += crawler.found + person.complaints
        person.context.close()
    assert not found, "\n".join(found)
    pages = {name for name, (get, _) in TABLE.items() if 200 in get}
    assert sorted((pages - set(looked)) | RARE.keys()) == sorted(UNLINKED)
