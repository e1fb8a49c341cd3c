"""Evidence as it is looked at: pictures and text that we made of a file, a recording, or the site of a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from ledger.prepared import ask
from people import documents, file_types
from people import queries as people
from people.file_types import Group
from portfolios import links
from portfolios.models import Evidence, Portfolio, Response

if TYPE_CHECKING:
    from people.models import Document, User

LINK = "link"


@dataclass(frozen=True)
class PreviewPage:
    """One picture that we made, with its address for the viewer."""

    number: int
    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Piece:
    """One piece of evidence for one viewer: what is said of it, and what can be seen of it.

    `group` says how it is shown: pages, picture, office, sound, film, text or link. `state` is the file's: no one opens one that is not
    ready. `text` is there only after `with_texts`. `is_own` says that the viewer is who gave the file.
    """

    id: str
    title: str
    kind: str
    own_part: str
    round: int
    numbers: tuple[int, ...] = ()
    group: str = LINK
    file: str = ""
    size: int = 0
    content_type: str = ""
    pages: int = 0
    state: str = "ready"
    refusal: str = ""
    url: str = ""
    host: str = ""
    pictures: tuple[PreviewPage, ...] = ()
    document: str = ""
    text: str = ""
    is_own: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it came when more was asked for."""
        return self.round == 2

    @property
    def is_ready(self) -> bool:
        """Whether it can be opened."""
        return self.state == "ready"

    @property
    def inline(self) -> str:
        """The address for showing the file itself in a page."""
        return f"{self.url}&inline=1" if self.content_type in file_types.SHOWN and self.url else ""

    @property
    def left_out(self) -> int:
        """How many pages of a file are not drawn."""
        return max(self.pages - len(self.pictures), 0) if self.group == Group.PAGES else 0


def list_pieces(portfolio: Portfolio, *, viewer: User) -> list[Piece]:
    """All evidence of a portfolio as it is now, oldest first. Three queries."""
    return [_piece(row, viewer=viewer) for row in _rows(portfolio).order_by("added_at", "id")]


def get_piece(portfolio: Portfolio, evidence: Any, *, viewer: User) -> Piece:
    """One piece of evidence as it is now, with its text; raises Evidence.DoesNotExist. Three queries, and one for the text."""
    return with_texts([_piece(_rows(portfolio).get(id=evidence), viewer=viewer)])[0]


def read_sealed(portfolio: Portfolio, listed: Iterable[dict[str, Any]], *, viewer: User) -> dict[str, Piece]:
    """The sealed evidence by its id: what was said of it then, and what can be seen of it. Two queries."""
    rows = ask(
        lambda portfolio: Evidence.objects.filter(portfolio_id=portfolio).select_related("document").defer("document__text"),
        portfolio.pk,
    )
    listed = list(listed)
    wanted = {item["id"] for item in listed}
    live = {str(row.id): row for row in rows if str(row.id) in wanted}
    prefetch_related_objects(list(live.values()), "document__pictures")
    return {item["id"]: _sealed(item, live.get(item["id"]), viewer=viewer) for item in listed}


def with_texts(pieces: Iterable[Piece]) -> list[Piece]:
    """The same pieces with the text that was found in their files. One query."""
    pieces = list(pieces)
    texts = people.list_texts({piece.document for piece in pieces if piece.document})
    return [replace(piece, text=texts.get(piece.document, "")) for piece in pieces]


def _rows(portfolio: Portfolio) -> QuerySet[Evidence]:
    serving = Prefetch("responses", Response.objects.select_related("competency").order_by("competency__number"))
    rows = portfolio.evidence.select_related("document").defer("document__text")
    return rows.prefetch_related(serving, "document__pictures")


def _piece(row: Evidence, *, viewer: User) -> Piece:
    piece = Piece(
        id=str(row.id),
        title=row.title,
        kind=row.kind,
        own_part=row.own_part,
        round=row.round,
        numbers=tuple(response.competency.number for response in row.responses.all()),
    )
    return _seen(piece, row, viewer=viewer)


def _sealed(listed: dict[str, Any], row: Evidence | None, *, viewer: User) -> Piece:
    piece = Piece(
        id=listed["id"],
        title=listed["title"],
        kind=listed["kind"],
        own_part=listed["own_part"],
        round=listed["round"],
        file=listed.get("file", ""),
        size=listed.get("size", 0),
        url=listed.get("address", ""),
        host=links.host(listed.get("address", "")),
    )
    return piece if row is None or row.document is None else _seen(piece, row, viewer=viewer)


def _seen(piece: Piece, row: Evidence, *, viewer: User) -> Piece:
    if row.document is None:
        return replace(piece, url=row.address, host=links.host(row.address))
    document = row.document
    return replace(
        piece,
        group=file_types.BY_TYPE[document.content_type].group.value,
        file=document.name,
        size=document.size,
        content_type=document.reading_type or document.content_type,
        pages=document.pages,
        state=document.state,
        refusal=document.refusal,
        url=documents.link(document, viewer),
        pictures=_pages(document, viewer),
        document=str(document.id),
        is_own=document.owner_id == viewer.pk,
    )


def _pages(document: Document, viewer: User) -> tuple[PreviewPage, ...]:
    return tuple(PreviewPage(page.number, url, page.width, page.height) for page, url in documents.link_pictures(document, viewer))
