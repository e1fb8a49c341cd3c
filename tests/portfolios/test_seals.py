"""A seal is computed again from what lies here: a changed letter, record or file is found, and by whom it is looked at does not matter."""

import hashlib
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from ledger import clock
from portfolios import actions, policy
from portfolios.models import Snapshot
from portfolios.queries import seals
from tests.factories import portfolios as make


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def sent(candidacy: Any, at: Any) -> Any:
    row = make.ready(candidacy, at=at)
    make.evidence(row, 3, at=at, title="Photo", upload=make.picture())
    actions.add_link(
        row, address="https://example.org/a", title="Blog", kind="primary", own_part="", numbers=[2], actor=candidacy.person, at=at
    )
    actions.send(row, actor=candidacy.person, at=at)
    row.refresh_from_db()
    return row


def _past_the_guards(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def _lose(document: Any) -> None:
    default_storage.delete(document.stored)


def _change(document: Any) -> None:
    default_storage.delete(document.stored)
    default_storage.save(document.stored, ContentFile(b"%PDF-1.4 another one"))


def test_a_seal_that_nobody_touched_holds(sent: Any) -> None:
    (check,) = seals.check_portfolio(sent)
    assert check.problems == ()
    assert check.sha256 == check.computed == check.recorded
    assert sorted((file.title, file.words) for file in check.files) == [("Handout", "unchanged"), ("Photo", "unchanged")]


@pytest.mark.parametrize(("do", "word"), [(_change, "changed"), (_lose, "missing")])
def test_a_file_that_is_not_what_was_sealed_is_named(sent: Any, do: Any, word: str) -> None:
    do(sent.evidence.get(title="Handout").document)
    (check,) = seals.check_portfolio(sent)
    assert check.problems == (f"the file “handout.pdf” is {word}",)


def test_a_changed_letter_is_found(sent: Any) -> None:
    _past_the_guards("""UPDATE portfolios_snapshot SET content = jsonb_set(content, '{statement}', '"Mine."')""")
    assert seals.check(Snapshot.objects.get()).problems == ("the text was changed after it was sealed",)


def test_a_text_that_was_changed_together_with_its_fingerprint_is_found_by_the_audit(sent: Any) -> None:
    seal = Snapshot.objects.get()
    content = seal.content | {"statement": "Mine."}
    _past_the_guards(
        "UPDATE portfolios_snapshot SET content = jsonb_set(content, '{statement}', '\"Mine.\"'), sha256 = %s", policy.seal(content)
    )
    assert seals.check(Snapshot.objects.get()).problems == ("its fingerprint is not the one that the audit recorded",)


def test_the_command_counts_what_holds_and_fails_on_what_does_not(sent: Any) -> None:
    out, err = StringIO(), StringIO()
    call_command("verify_seals", stdout=out)
    assert out.getvalue() == "1 seals hold, and so do their 2 files.\n"
    _change(sent.evidence.get(title="Photo").document)
    with pytest.raises(CommandError, match="1 things do not hold"):
        call_command("verify_seals", stdout=out, stderr=err)
    assert err.getvalue() == f"Portfolio {sent.id}, round 1: the file “photo.png” is changed.\n"
    call_command("verify_seals", without_files=True, stdout=out)


def test_the_saved_text_has_the_fingerprint_of_the_seal(sent: Any, alice: Any, charlie: Any, rita: Any) -> None:
    url = reverse("portfolios:sealed_text", args=[sent.id, 1])
    answer = client_of(alice).get(url)
    assert hashlib.sha256(answer.content).hexdigest() == sent.snapshots.get().sha256
    assert answer["Content-Disposition"] == 'attachment; filename="technology-portfolio-sent.json"'
    assert [client_of(person).get(url).status_code for person in (charlie, rita)] == [404, 404]
    assert client_of(alice).get(reverse("portfolios:sealed_text", args=[sent.id, 2])).status_code == 404


def test_the_page_says_what_holds_and_what_does_not(sent: Any, alice: Any, rita: Any, charlie: Any) -> None:
    url = reverse("portfolios:check_seal", args=[sent.id])
    assert "Nothing was changed since it was sealed." in client_of(alice).get(url).content.decode()
    _lose(sent.evidence.get(title="Photo").document)
    for person in (alice, rita):
        assert "The file “photo.png” is missing." in client_of(person).get(url).content.decode()
    assert client_of(charlie).get(url).status_code == 404
    assert "Check the seal and every file now" in client_of(alice).get(reverse("portfolios:sealed", args=[sent.id])).content.decode()
