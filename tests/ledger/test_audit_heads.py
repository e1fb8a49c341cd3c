"""Where the audit ended is known outside of the database, so that even a chain that was rewritten as a whole is found."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ledger import actions as ledger
from ledger import audit_heads, outbox, sweep_runs
from ledger.models import Email, Link
from ledger.registry import SWEEPS
from ledger.states import AuditEvent
from people import actions as people
from people.states import Role

pytestmark = pytest.mark.django_db(transaction=True)

AuditEvent("test.noted", "{actor} did {what}.")
Happen = Callable[[str], None]
# What somebody does who owns the database and knows the program: change an entry, then link all of them anew.
REWRITE = """
    DO $$
    DECLARE link RECORD; last bytea := decode(repeat('00', 32), 'hex');
    BEGIN
        FOR link IN SELECT * FROM ledger_link ORDER BY position LOOP
            UPDATE ledger_link SET previous_hash = last, hash = ledger_entry_hash(entry, last)
            FROM ledger_entry entry WHERE entry.id = link.entry_id AND position = link.position RETURNING hash INTO last;
        END LOOP;
        UPDATE ledger_chainhead SET hash = last, position = (SELECT max(position) FROM ledger_link);
    END $$
"""


@pytest.fixture
def happen(alice: Any, at: datetime) -> Happen:
    def happen(what: str) -> None:
        with transaction.atomic():
            ledger.record("test.noted", subject=alice, actor=None, at=at, details={"what": what})

    happen("one")
    happen("two")
    return happen


def rewrite(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (*statements, REWRITE):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def verify(*words: str) -> str:
    """What verify_chain says, with its complaint at the end."""
    out = StringIO()
    try:
        call_command("verify_chain", *words, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}\n"
    return out.getvalue()


def pass_a_day(at: datetime) -> None:
    """Run the sweep of the day, and what it caused."""
    day = {"ledger.head": SWEEPS["ledger.head"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_runs, "SWEEPS", day)
        sweep_runs.run_due(at=at)
    while outbox.deliver(at=at):
        pass


def test_a_chain_that_was_rewritten_as_a_whole_holds_and_a_kept_head_finds_it(happen: Happen) -> None:
    head = audit_heads.read()
    happen("three")
    assert verify("--head", str(head)) == "The chain holds: 3 entries, and agrees with 1 kept head.\n"
    rewrite('UPDATE ledger_entry SET details = \'{"what": "nothing"}\' WHERE id = (SELECT min(id) FROM ledger_entry)')
    assert verify() == "The chain holds: 3 entries.\n"
    now = bytes(Link.objects.get(position=2).hash).hex()
    assert verify("--head", str(head)) == (
        f"Position 2: its hash was {head.hash} and is {now}; what stands up to there was rewritten\nThe chain does not hold in 1 place.\n"
    )


def test_an_end_that_was_cut_off_with_all_its_traces_is_found(happen: Happen) -> None:
    head = audit_heads.read()
    rewrite("DELETE FROM ledger_link WHERE position = 2", "DELETE FROM ledger_entry WHERE id = (SELECT max(id) FROM ledger_entry)")
    assert verify() == "The chain holds: 1 entries.\n"
    assert verify("--head", str(head)).startswith("Position 2: the chain once reached it, and ends before it now\n")


def test_auditors_get_the_head_once_a_day_and_the_file_a_line(
    happen: Happen, rita: Any, at: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_HEAD_FILE = str(tmp_path / "heads.txt")
    people.give_role(rita, Role.AUDITOR, actor=None, at=at)
    first = audit_heads.read()
    pass_a_day(at)
    pass_a_day(at + timedelta(hours=1))
    happen("more")
    second = audit_heads.read()
    pass_a_day(at + timedelta(days=1))
    letters = Email.objects.filter(notice="people/audit_head").order_by("created_at")
    assert [(letter.to, str(head) in letter.text) for letter, head in zip(letters, (first, second), strict=True)] == [
        (rita.email, True)
    ] * 2
    assert audit_heads.load(settings.AUDIT_HEAD_FILE) == [first, second]
    assert verify("--head") == f"The chain holds: {second.position} entries, and agrees with 2 kept heads.\n"
    rewrite("UPDATE ledger_entry SET reason = 'another' WHERE id = (SELECT min(id) FROM ledger_entry)")
    assert "The chain does not hold in 2 places." in verify("--head", settings.AUDIT_HEAD_FILE)


def test_a_day_without_entries_adds_no_line(happen: Happen, at: datetime, settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_HEAD_FILE = str(tmp_path / "heads.txt")
    pass_a_day(at)
    pass_a_day(at + timedelta(days=1))
    assert audit_heads.load(settings.AUDIT_HEAD_FILE) == [audit_heads.read()]


def test_nothing_is_told_of_an_audit_that_has_not_begun(at: datetime) -> None:
    pass_a_day(at)
    assert not Email.objects.exists()


@pytest.mark.parametrize("text", ["", "12", "x:00", "3:zz"])
def test_what_is_no_head_does_not_pass_for_one_that_agrees(happen: Happen, text: str, settings: Any) -> None:
    settings.AUDIT_HEAD_FILE = ""
    with pytest.raises(CommandError, match="POSITION:HASH"):
        call_command("verify_chain", f"--head={text}")


def test_an_empty_file_does_not_pass_for_one_that_agrees(happen: Happen, tmp_path: Path) -> None:
    (tmp_path / "heads.txt").touch()
    with pytest.raises(CommandError, match="There is no head"):
        call_command("verify_chain", "--head", str(tmp_path / "heads.txt"))
