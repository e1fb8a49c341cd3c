"""Whether what was sealed is what was sent: the content, its fingerprint in the audit, and every file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger import queries as ledger
from people import documents
from people import queries as people
from portfolios import policy
from portfolios.models import Portfolio, Snapshot

SEND_EVENTS = {1: "portfolios.portfolio.send", 2: "portfolios.portfolio.supplement"}
AT_ONCE = 500


@dataclass(frozen=True)
class SealedFile:
    """One file of a seal, and what has become of it."""

    title: str
    name: str
    sha256: str
    found: str
    replaced: bool = False

    @property
    def is_intact(self) -> bool:
        """Whether it is, byte by byte, the file that was sealed, or the one that its owner sent when that one failed its check."""
        return self.found == self.sha256

    @property
    def words(self) -> str:
        """What has become of it."""
        if self.is_intact and self.replaced:
            return "the one that took the place of a file that failed its check"
        return "unchanged" if self.is_intact else "changed" if self.found else "missing"


@dataclass(frozen=True)
class Check:
    """What became of one seal. `recorded` is what the audit says, empty where it says nothing; `files` those that were looked at."""

    portfolio: str
    round: int
    sealed_at: datetime
    sha256: str
    computed: str
    recorded: str
    files: tuple[SealedFile, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """What does not hold, in words."""
        problems = []
        if self.computed != self.sha256:
            problems.append("the text was changed after it was sealed")
        if self.recorded and self.recorded != self.sha256:
            problems.append("its fingerprint is not the one that the audit recorded")
        return (*problems, *(f"the file “{file.name}” is {file.words}" for file in self.files if not file.is_intact))


def check(snapshot: Snapshot, *, files: bool = True) -> Check:
    """Compute a seal again from its content, and, with `files`, from every file that it names. Two queries, and each file read once."""
    recorded = ledger.get_facts(SEND_EVENTS[snapshot.round], subject=snapshot.portfolio).get("seal", "")
    return Check(
        portfolio=str(snapshot.portfolio_id),
        round=snapshot.round,
        sealed_at=snapshot.sealed_at,
        sha256=snapshot.sha256,
        computed=policy.seal(snapshot.content),
        recorded=recorded,
        files=tuple(_files(snapshot)) if files else (),
    )


def check_all(*, files: bool = True) -> Iterator[Check]:
    """Every seal there is, oldest first, a few hundred at a time in memory."""
    for snapshot in Snapshot.objects.select_related("portfolio").order_by("sealed_at", "id").iterator(chunk_size=AT_ONCE):
        yield check(snapshot, files=files)


def check_portfolio(portfolio: Portfolio) -> list[Check]:
    """The seals of one portfolio, files included."""
    return [check(snapshot) for snapshot in portfolio.snapshots.select_related("portfolio").order_by("round")]


def _files(snapshot: Snapshot) -> Iterator[SealedFile]:
    listed = [item for item in snapshot.content["evidence"] if "document" in item]
    known = people.list_documents({item["document"] for item in listed})
    for item in listed:
        document = known.get(item["document"])
        replaced = document is not None and item["sha256"] in document.earlier_sha256
        sha256 = document.sha256 if document is not None and replaced else item["sha256"]
        yield SealedFile(title=item["title"], name=item["file"], sha256=sha256, found=_fingerprint(document), replaced=replaced)


def _fingerprint(document: Any) -> str:
    if document is None:
        return ""
    try:
        return documents.fingerprint(document)
    except FileNotFoundError:
        return ""
