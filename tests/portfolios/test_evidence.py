"""Evidence of every kind: kept, seen, changed, taken out with its file, and never more queries for more of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from ledger import clock
from ledger.models import Email
from lssc import home
from people import documents
from people.models import Document
from portfolios import actions, links, queries
from portfolios.actions.drafts import MOST_PIECES
from portfolios.actions.submissions import list_missing
from portfolios.queries import evidence_previews, seals
from portfolios.states import NotOpen, NotReady
from programs import policy as dates
from tests.factories import files, people
from tests.factories import portfolios as make
from tests.markup import markup


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _link(row: Any, *numbers: int, at: Any, address: str = "https://photos.example.org/a") -> Any:
    said = {"title": "Photos", "kind": "primary", "own_part": "", "numbers": numbers or (1,)}
    return actions.add_link(row, address=address, actor=row.candidacy.person, at=at, **said)


def test_a_piece_is_seen_by_its_kind(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    make.evidence(row, 1, 2, at=at, title="Pages", upload=people.upload("a.pdf", files.pdf_words("I counted 54 questions.")))
    make.evidence(row, 1, at=at, title="Talk", upload=people.upload("a.mp3", files.mp3()))
    make.evidence(row, 2, at=at, title="Table", upload=people.upload("a.xlsx", files.xlsx()))
    _link(row, 3, at=at)
    seen = {piece.title: piece for piece in evidence_previews.with_texts(evidence_previews.list_pieces(row, viewer=alice))}
    assert {title: (one.group, len(one.pictures), one.text, one.numbers) for title, one in seen.items()} == {
        "Pages": ("pages", 1, "I counted 54 questions.", (1, 2)),
        "Talk": ("sound", 0, "", (1,)),
        "Table": ("office", 0, "Questions  |  54", (2,)),
        "Photos": ("link", 0, "", (3,)),
    }
    assert (seen["Photos"].host, seen["Photos"].url) == ("photos.example.org", "https://photos.example.org/a")
    assert seen["Talk"].inline.endswith("&inline=1")
    assert (seen["Pages"].inline, seen["Photos"].inline) == ("", "")


def test_an_evaluator_sees_everything_in_the_page(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    make.evidence(row, 1, at=at, title="Talk", upload=people.upload("a.mp3", files.mp3()))
    make.evidence(row, 1, at=at, title="Letter", upload=people.upload("a.docx", files.docx()))
    _link(row, 1, at=at)
    actions.send(row, actor=candidacy.person, at=at)
    make.pay(row, at=at)
    actions.assign(row, evaluators=two, actor=rita, at=at)
    slot = make.slot(row, 1)
    actions.accept(slot, actor=slot.evaluator.person, at=at)
    read = markup(client_of(slot.evaluator.person).get(reverse("portfolios:rate", args=[slot.id, 1])))
    assert 'alt="Handout"' in read
    assert '<audio controls preload="metadata" src="/documents/' in read
    assert "My work at the desk." in read
    assert "photos.example.org" in read
    assert '<a href="https://photos.example.org/a" rel="noopener nofollow noreferrer">' in read


def test_a_link_is_sealed_by_its_address(candidacy: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    _link(row, 1, at=at)
    (listed,) = [one for one in queries.gather(row, round=1)["evidence"] if one["title"] == "Photos"]
    assert listed == {"id": listed["id"], "title": "Photos", "kind": "primary", "own_part": "", "address": "https://photos.example.org/a"}


@pytest.mark.parametrize("address", ["http://example.org/", "https://127.0.0.1/", "javascript:alert(1)", "https://intranet/"])
def test_an_address_that_is_not_shown_is_refused_at_its_field(candidacy: Any, alice: Any, at: Any, address: str) -> None:
    row = make.draft(candidacy, at=at)
    said = {"title": "Photos", "kind": "primary", "numbers": ["1"], "address": address}
    answer = client_of(alice).post(reverse("portfolios:add_link", args=[row.id]), said)
    assert answer.context["form"].errors["address"]
    assert row.evidence.count() == 0
    with pytest.raises(links.NotShown):
        _link(row, 1, at=at, address=address)


def test_a_link_is_added_from_the_answers_page_and_leads_back(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    back = reverse("portfolios:response", args=[row.id, 2])
    saved = client_of(alice).post(back, {"opening": "A", "narrative": "B", "version": "0", "evidence": "link"})
    assert saved.headers["Location"] == f"{reverse('portfolios:add_link', args=[row.id])}?for=2"
    said = {"title": "Photos", "kind": "secondary", "numbers": ["2"], "address": "photos.example.org/a"}
    answer = client_of(alice).post(saved.headers["Location"], said)
    assert answer.headers["Location"] == back
    piece = row.evidence.get()
    assert (piece.address, piece.document, piece.round) == ("https://photos.example.org/a", None, 1)
    shown = client_of(alice).get(reverse("portfolios:change_evidence", args=[row.id, piece.id])).content.decode()
    assert "On the site <b>photos.example.org</b>." in shown


def test_removing_evidence_removes_its_file(candidacy: Any, alice: Any, at: Any, django_capture_on_commit_callbacks: Any) -> None:
    row = make.draft(candidacy, at=at)
    piece = make.evidence(row, 1, at=at)
    document = piece.document
    stored = [document.stored, *document.pictures.values_list("stored", flat=True)]
    with django_capture_on_commit_callbacks(execute=True):
        client_of(alice).post(reverse("portfolios:remove_evidence", args=[row.id, piece.id]))
    assert not Document.objects.filter(pk=document.pk).exists()
    assert [default_storage.exists(one) for one in stored] == [False, False]


def test_what_is_sealed_stays_with_its_file(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    piece = row.evidence.get()
    with pytest.raises(NotOpen):
        actions.remove_evidence(piece, actor=alice, at=at)
    assert not documents.drop(piece.document)
    assert queries.is_sealed(row, piece.document)
    assert default_storage.exists(piece.document.stored)


def _macros(row: Any, *, at: Any) -> Any:
    upload = people.upload("a.docx", files.docx(("word/activeX/a.xml", b"<x/>")))
    return make.evidence(row, 3, at=at, title="Macros", upload=upload, checked=False)


def test_what_was_uploaded_in_time_is_in_time(
    candidacy: Any, alice: Any, at: Any, drain: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """On the last evening nobody waits for our check: the file that fails it later is replaced, and the seal holds."""
    row = make.ready(candidacy, at=at)
    bad = _macros(row, at=at)
    read = client_of(alice).get(reverse("portfolios:portfolio", args=[row.id])).content.decode()
    assert (read.count("Being checked"), read.count("data-checking")) == (1, 1)
    assert list_missing(row) == []
    actions.send(row, actor=alice, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        drain()
    letter = Email.objects.get(notice="people/file_refused")
    assert (letter.to, "This document has macros" in letter.text) == (alice.email, True)
    assert "Not taken" in client_of(alice).get(reverse("portfolios:sealed", args=[row.id])).content.decode()
    answer = client_of(alice).post(f"/documents/{bad.document_id}/replace/", {"file": people.upload("better.pdf", files.pdf())})
    assert answer.status_code == 302
    drain()
    [check] = seals.check_portfolio(row)
    assert check.problems == ()
    assert [file.words for file in check.files if file.title == "Macros"] == ["the one that took the place of a file that failed its check"]
    [seen] = [piece for piece in evidence_previews.list_pieces(row, viewer=alice) if piece.title == "Macros"]
    assert (seen.state, seen.file, len(seen.pictures)) == ("ready", "better.pdf", 1)


def test_what_failed_its_check_before_is_not_sealed(candidacy: Any, alice: Any, at: Any, drain: Any) -> None:
    row = make.ready(candidacy, at=at)
    bad = _macros(row, at=at)
    drain()
    assert list_missing(row) == ["Evidence “Macros”: we can’t accept this file. Remove it, or choose another"]
    with pytest.raises(NotReady):
        actions.send(row, actor=alice, at=at)
    actions.remove_evidence(bad, actor=alice, at=at)
    assert list_missing(row) == []


def test_a_sealed_file_stays_whatever_becomes_of_its_piece(candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    document = row.evidence.get().document
    row.evidence.all().delete()
    documents.drop_unused(at=at + timedelta(days=400))
    assert Document.objects.filter(pk=document.pk).exists()


def test_several_files_are_added_at_once_each_with_its_name(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    said = {"title": "Shelf", "kind": "primary", "numbers": ["1"], "file": [people.upload("before.pdf"), people.upload("after.pdf")]}
    answer = client_of(alice).post(reverse("portfolios:add_evidence", args=[row.id]), said, follow=True)
    assert "“Shelf (before)” and “Shelf (after)” are added." in answer.content.decode()
    assert sorted(row.evidence.values_list("title", "document__name")) == [("Shelf (after)", "after.pdf"), ("Shelf (before)", "before.pdf")]


def test_a_mistake_elsewhere_loses_no_file_and_sending_again_adds_it_once(candidacy: Any, alice: Any, bob: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    address = reverse("portfolios:add_evidence", args=[row.id])
    said = {"title": "", "kind": "primary", "numbers": ["1"]}
    wrong = markup(client_of(alice).post(address, said | {"file": people.upload("report.pdf")}))
    assert "What you typed is still here. Your file is also saved." in wrong
    assert "We have<b>report.pdf</b>." in wrong
    document = Document.objects.get(kind=documents.WITH_FORM)
    assert f'name="file-kept" value="{document.id}"' in wrong
    again = markup(client_of(alice).post(address, said | {"file-kept": str(document.id)}))
    assert "We have<b>report.pdf</b>." in again
    right = said | {"title": "Report", "file-kept": str(document.id)}
    assert client_of(alice).post(address, right).status_code == 302
    assert "This file was already added." in markup(client_of(alice).post(address, right))
    assert [(one.title, one.document_id, one.document.kind) for one in row.evidence.all()] == [
        ("Report", document.id, "portfolios.evidence")
    ]


def test_a_file_that_somebody_else_kept_is_not_taken(candidacy: Any, alice: Any, bob: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    strange = documents.keep(bob, people.upload("private.pdf"), kind=documents.WITH_FORM, at=at)
    said = {"title": "Mine", "kind": "primary", "numbers": ["1"], "file-kept": str(strange.id)}
    read = client_of(alice).post(reverse("portfolios:add_evidence", args=[row.id]), said).content.decode()
    assert "We no longer have this file. Choose it again." in read
    assert "private.pdf" not in read
    assert row.evidence.count() == 0


def test_a_portfolio_holds_many_pieces_but_not_any_number(candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    for _ in range(MOST_PIECES):
        _link(row, 1, at=at)
    with pytest.raises(NotReady, match="Remove one first"):
        _link(row, 1, at=at)
    before = Document.objects.count()
    with pytest.raises(NotReady):
        make.evidence(row, 1, at=at)
    assert Document.objects.count() == before


def test_an_address_that_grows_too_long_is_refused_at_its_field_and_kept(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    typed = "example.org/" + "x" * 984
    said = {"address": typed, "title": "My page", "kind": "primary", "own_part": "", "numbers": ["1"]}
    page = client_of(alice).post(reverse("portfolios:add_link", args=[row.id]), said)
    assert "This address is too long" in str(page.context["form"].errors["address"])
    assert typed in page.content.decode()
    assert not row.evidence.exists()
    client_of(alice).post(reverse("portfolios:add_link", args=[row.id]), said | {"address": typed[:992]})
    assert row.evidence.get().address == f"https://{typed[:992]}"


def test_queries_are_the_same_at_three_pieces_and_at_thirty(candidacy: Any, alice: Any, at: Any, django_assert_num_queries: Any) -> None:
    draft = make.draft(candidacy, at=at)
    sent = make.ready(candidacy, at=at, set_code="communication")
    pages = [
        (reverse("portfolios:response", args=[draft.id, 1]), 11),
        (reverse("portfolios:sealed", args=[sent.id]), 8),
    ]
    client = client_of(alice)
    for _ in range(3):
        make.evidence(draft, 1, at=at)
    client.get(pages[0][0])
    with django_assert_num_queries(pages[0][1]):
        client.get(pages[0][0])
    for _ in range(27):
        make.evidence(draft, 1, at=at)
    with django_assert_num_queries(pages[0][1]):
        client.get(pages[0][0])
    for number in range(29):
        make.evidence(sent, number % 9 + 1, at=at)
    actions.send(sent, actor=alice, at=at)
    few = make.sent(candidacy, at=at, set_code="foundations")
    with django_assert_num_queries(pages[1][1]):
        client.get(reverse("portfolios:sealed", args=[few.id]))
    with django_assert_num_queries(pages[1][1]):
        client.get(pages[1][0])


# More is asked for


@pytest.fixture
def asked(candidacy: Any, two: Any, rita: Any, at: Any) -> Any:
    return make.asked(candidacy, *two, staff=rita, at=at, first={1: "partial", 2: "not_met"}, second={1: "partial", 2: "met"})


def test_what_was_added_is_shown_once_more_before_it_is_sealed(asked: Any, alice: Any, at: Any) -> None:
    client = client_of(alice)
    url = reverse("portfolios:send_supplement", args=[asked.id])
    empty = markup(client.get(url))
    assert "Add a text or a piece of evidence to one of the competencies first" in empty
    assert "Seal and send</button>" not in empty
    actions.save_addition(asked, number=1, text="In May I wrote the policy down.", version=0, actor=alice, at=at)
    _link(asked, 1, at=at)
    read = markup(client.get(url))
    assert "In May I wrote the policy down." in read
    assert "Link to photos.example.org" in read
    assert "Competency 2 has no text and no evidence." in read
    assert "is sealed, and the evaluators have it" in markup(client.post(url, follow=True))
    assert client.get(url).status_code == 302


def test_after_the_last_day_the_home_says_so_until_the_sweep_comes(asked: Any, candidacy: Any, alice: Any, at: Any) -> None:
    day = timedelta(days=1)
    last = at + (asked.supplement_by - dates.today(at)) * 1
    on_time, late = (home.build(candidacy, at=when) for when in (last, last + day))
    assert on_time.step.title == "Add to your Technology portfolio"
    assert "Add to your" not in late.step.title
    (held,) = [holding for holding in late.holdings if holding.name == "Technology"]
    assert (held.holder, held.until, held.takes) == ("Staff", None, "The evaluators’ first ratings decide now")
    assert queries.is_supplement_over(asked, today=asked.supplement_by + day)
    assert not queries.is_supplement_over(asked, today=asked.supplement_by)
