"""Signed links: each is for one purpose, ends by its setting, and no other code signs."""

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from courses import notices as courses
from people import documents, security
from people.signed_links import LinkExpired, LinkWrong, SignedLink
from portfolios import notices as portfolios
from webinars import queries as webinars

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LINKS = {
    documents.OPENED: timedelta(minutes=15),
    documents.SHOWN: timedelta(hours=4),
    security.UNDO: timedelta(days=3),
    webinars.LEAVE: timedelta(days=730),
    portfolios.INVITATION: timedelta(days=60),
    courses.CONFIRMATION: timedelta(days=365),
}


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.setting)
def test_it_works_to_the_last_second_of_its_setting(link: SignedLink) -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        token = link.sign("a value")
        moment.shift(LINKS[link])
        assert link.read(token) == "a value"
        moment.shift(timedelta(seconds=1))
        with pytest.raises(LinkExpired):
            link.read(token)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.setting)
def test_what_is_altered_or_for_another_purpose_is_wrong_however_old(link: SignedLink) -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        token = link.sign("a value")
        others = [other.sign("a value") for other in LINKS if other.purpose != link.purpose]
        for _ in range(2):
            for wrong in (*others, token[:-1], f"{token}0", token.replace("a value", "b value"), "", "~", "a value", "\0", "é~é~é"):
                with pytest.raises(LinkWrong):
                    link.read(wrong)
            moment.shift(timedelta(days=4000))


def test_a_key_of_before_still_opens_after_the_secret_changed(settings: Any) -> None:
    token = security.UNDO.sign("a value")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert security.UNDO.read(token) == "a value"


def test_no_other_code_signs_and_every_link_is_tried_here() -> None:
    files = subprocess.run(["git", "ls-files", "*.py", ":!tests"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    product = {name: (ROOT / name).read_text() for name in files if (ROOT / name).is_file()}
    signs = re.compile(r"django\.core(\.signing| import .*\bsigning)")
    assert [name for name, text in product.items() if signs.search(text)] == ["people/signed_links.py"]
    made = {match for text in product.values() for match in re.findall(r"= SignedLink\(\"([\w.]+)\", \"(\w+)\"\)", text)}
    assert made == {(link.purpose, link.setting) for link in LINKS}
