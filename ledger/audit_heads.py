"""Where the audit's chain ended, noted outside of the database: who rewrites the whole chain can't rewrite that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.models import ChainHead, Link


@dataclass(frozen=True)
class Head:
    """The end of the chain at some moment."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read `position:hash`; ValueError when it is none."""
        position, _, hash = text.strip().partition(":")
        if len(digest := bytes.fromhex(hash)) != 32:
            raise ValueError(f"{text!r} is no head of the chain")
        return cls(int(position), digest.hex())


def read() -> Head:
    """Where the chain ends now."""
    row = ChainHead.objects.get()
    return Head(row.position, bytes(row.hash).hex())


def keep(path: str, head: Head, *, at: datetime) -> None:
    """Add a line to the file of heads, unless its last line tells the same."""
    file = Path(path)
    heads = load(path) if file.exists() else []
    if heads[-1:] != [head]:
        with file.open("a") as lines:
            lines.write(f"{head} {at:%Y-%m-%dT%H:%M:%SZ}\n")


def load(path: str) -> list[Head]:
    """Read the file of heads; what stands after the first space of a line is for people."""
    return [Head.parse(line.split()[0]) for line in Path(path).read_text().splitlines() if line.strip()]


def compare(heads: Iterable[Head]) -> Iterator[str]:
    """Say of each head that was kept what is different in the chain of today."""
    heads = list(heads)
    hashes = dict(Link.objects.filter(position__in=[head.position for head in heads]).values_list("position", "hash"))
    for head in heads:
        if head.position not in hashes:
            yield f"Position {head.position}: the chain once reached it, and ends before it now"
        elif (now := bytes(hashes[head.position]).hex()) != head.hash:
            yield f"Position {head.position}: its hash was {head.hash} and is {now}; what stands up to there was rewritten"
