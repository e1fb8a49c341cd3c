"""A draft is shared for comments: staff see it only then, comment without rating, and the candidate decides."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from ledger import claims, clock, queues
from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.states import NotPossible
from people.states import Role, Stale
from portfolios import actions
from portfolios.models import Remark
from portfolios.states import NotOpen, NotReady
from tests.factories import people
from tests.factories import portfolios as make


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _told() -> list[str]:
    rows = Entry.objects.filter(verb__startswith="portfolios.pre_review").select_related("actor", "person").order_by("id")
    return [tell(row).sentence for row in rows]


def _letters() -> list[tuple[str, str]]:
    return list(Email.objects.filter(notice__contains="pre_review").order_by("created_at", "subject").values_list("notice", "subject"))


def test_sharing_answering_and_reading(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    assert (shared.state, shared.answer_by, shared.terms_id is not None) == ("shared", date(2026, 11, 30), True)
    (waiting,) = queues.list_app_work_items("portfolios", at=at)
    assert (waiting.title, waiting.due_on, waiting.about) == ("Comment on a draft", date(2026, 11, 30), alice.pk)
    actions.save_remarks(shared, overall="Good.", remarks={1: "Say when.", 2: " "}, version=0, actor=rita, at=at)
    actions.send_remarks(shared, actor=rita, at=at)
    shared.refresh_from_db()
    assert (shared.state, shared.answered_by, shared.ended_at) == ("answered", rita, at)
    assert [(remark.response.competency.number, remark.text) for remark in Remark.objects.all()] == [(1, "Say when.")]
    assert _told() == [
        "Alice Moreau shared the draft of the portfolio for Technology with staff, for comments by November 30, 2026.",
        "Rita Lindqvist sent comments on the draft of the portfolio for Technology.",
    ]
    assert _letters() == [
        ("portfolios/pre_reviewed", "Staff commented on your Technology draft"),
        ("portfolios/pre_review_asked", "Staff will comment on your Technology draft by November 30, 2026"),
    ]
    assert queues.list_app_work_items("portfolios", at=at) == []
    read = client_of(alice).get(reverse("portfolios:comments", args=[shared.portfolio_id])).content.decode()
    assert "Good." in read
    assert "Say when." in read
    assert "Rita" not in read
    assert "Say when." in client_of(alice).get(reverse("portfolios:response", args=[shared.portfolio_id, 1])).content.decode()


def test_staff_see_a_draft_only_while_it_is_shared(candidacy: Any, alice: Any, rita: Any, bob: Any, charlie: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    piece = make.evidence(shared.portfolio, 1, at=at, upload=make.picture())
    url = reverse("portfolios:pre_review", args=[shared.id])
    read = client_of(rita).get(url).content.decode()
    assert "I did work number 1, and learned from it." in read
    assert f"/documents/{piece.document_id}/1/?k=" in read
    assert [client_of(person).get(url).status_code for person in (alice, bob, charlie)] == [403, 403, 403]
    client_of(alice).post(reverse("portfolios:stop_sharing", args=[shared.portfolio_id]))
    assert client_of(rita).get(url).status_code == 404
    for post in ({"send": "1"}, {}):
        assert client_of(rita).post(url, {"overall": "Late.", "version": "0", **post}).status_code == 404
    with pytest.raises(NotPossible, match="no longer shares"):
        actions.save_remarks(shared, overall="Late.", remarks={}, version=0, actor=rita, at=at)
    assert _told()[-1] == "Alice Moreau ended the sharing of the draft for Technology."
    for name in ("office", "check_seal"):
        assert client_of(rita).get(reverse(f"portfolios:{name}", args=[shared.portfolio_id])).status_code == 404


def test_nobody_comments_on_their_own_draft(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    alice.groups.add(Group.objects.get(name="staff"))
    assert client_of(alice).get(reverse("portfolios:pre_review", args=[shared.id])).status_code == 404
    for act in (
        lambda: actions.save_remarks(shared, overall="A", remarks={}, version=0, actor=alice, at=at),
        lambda: actions.send_remarks(shared, actor=alice, at=at),
    ):
        with pytest.raises(NotPossible, match="your own portfolio"):
            act()
    assert "Comment on a draft" not in client_of(alice).get(reverse("office")).content.decode()


def test_what_can_not_be_shared(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    empty = make.draft(candidacy, at=at)
    with pytest.raises(NotReady, match="Write something first"):
        actions.ask_to_look(empty, question="", actor=alice, at=at)
    shared = make.shared(candidacy, at=at)
    with pytest.raises(NotOpen, match="Staff already have it"):
        actions.ask_to_look(shared.portfolio, question="", actor=alice, at=at)
    sent = make.sent(candidacy, at=at, set_code="communication")
    with pytest.raises(NotOpen, match="sent already"):
        actions.ask_to_look(sent, question="", actor=alice, at=at)
    with pytest.raises(NotReady, match="Write a comment first"):
        actions.send_remarks(shared, actor=rita, at=at)
    assert _letters() == [("portfolios/pre_review_asked", "Staff will comment on your Technology draft by November 30, 2026")]


def test_after_an_answer_one_may_ask_again_and_sending_ends_the_sharing(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    first = actions.ask_to_look(row, question="", actor=alice, at=at)
    actions.save_remarks(first, overall="Good.", remarks={}, version=0, actor=rita, at=at)
    actions.send_remarks(first, actor=rita, at=at)
    second = actions.ask_to_look(row, question="And now?", actor=alice, at=at)
    actions.send(row, actor=alice, at=at)
    second.refresh_from_db()
    assert (second.state, second.ended_at) == ("ended", at)
    assert not actions.stop_sharing(row, actor=alice, at=at)


def test_comments_of_two_tabs_are_not_overwritten(candidacy: Any, rita: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    actions.save_remarks(shared, overall="One.", remarks={1: "A"}, version=0, actor=rita, at=at)
    with pytest.raises(Stale):
        actions.save_remarks(shared, overall="Two.", remarks={}, version=0, actor=rita, at=at)
    url = reverse("portfolios:pre_review", args=[shared.id])
    answer = client_of(rita).post(url, {"overall": "Two.", "version": "0"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()["version"]) == (409, 1)
    page = client_of(rita).post(url, {"overall": "Two.", "version": "0"})
    assert page.status_code == 409
    newer = page.content.decode().partition('id="newer"')[2].partition("</section>")[0]
    assert "One." in newer
    assert ">A</div>" in newer
    assert (page.context["form"]["overall"].value(), page.context["form"]["r1"].value()) == ("Two.", "A"), (
        "what was typed, and what was not"
    )
    saved = client_of(rita).post(url, {"overall": "Three.", "r1": "B", "version": "1"}, headers={"X-Autosave": "1"})
    assert saved.json() == {"saved": "10:00 am", "version": 2}


def test_the_pages_lead_from_asking_to_stopping(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    client = client_of(alice)
    url = reverse("portfolios:ask_to_look", args=[row.id])
    assert "Ask staff to review your draft" in client.get(reverse("portfolios:portfolio", args=[row.id])).content.decode()
    assert "Write something first" in client.post(url, {"question": ""}).content.decode()
    make.answer(row, 1, at=at)
    assert "x" * 50 in client.post(url, {"question": "x" * 2001}).content.decode()
    assert "Staff can see your draft now." in client.post(url, {"question": "Enough?"}, follow=True).content.decode()
    assert "Stop sharing" in client.get(reverse("portfolios:portfolio", args=[row.id])).content.decode()
    assert client.get(url).status_code == 302
    assert "no longer shared" in client.post(reverse("portfolios:stop_sharing", args=[row.id]), follow=True).content.decode()
    assert "was not shared" in client.post(reverse("portfolios:stop_sharing", args=[row.id]), follow=True).content.decode()


def test_sending_from_the_page_leads_to_the_inbox(candidacy: Any, rita: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    url = reverse("portfolios:pre_review", args=[shared.id])
    client = client_of(rita)
    empty = client.post(url, {"overall": "", "version": "0", "send": "1"})
    assert (empty.status_code, "Write a comment first" in empty.content.decode()) == (422, True)
    done = client.post(url, {"overall": "Good.", "version": "1", "send": "1"})
    assert done.headers["Location"] == reverse("office")
    shared.refresh_from_db()
    assert (shared.state, shared.overall) == ("answered", "Good.")


def test_a_draft_that_is_confided_to_staff_is_not_in_an_auditors_inbox(candidacy: Any, rita: Any, at: Any) -> None:
    otto = people.person("otto@lssc.example", roles=(Role.AUDITOR,))
    make.shared(candidacy, at=at)
    shown = [client_of(who).get(reverse("office")).context for who in (rita, otto)]
    assert [(page["all_count"], len(page["lines"])) for page in shown] == [(1, 1), (0, 0)]


def test_queries_of_a_shared_draft_do_not_grow(candidacy: Any, rita: Any, at: Any, django_assert_num_queries: Any) -> None:
    shared = make.shared(candidacy, at=at)
    url = reverse("portfolios:pre_review", args=[shared.id])
    client = client_of(rita)
    for _ in range(3):
        make.evidence(shared.portfolio, 1, at=at)
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)
    for number in range(2, 10):
        make.evidence(shared.portfolio, number, at=at)
        make.answer(shared.portfolio, number, at=at)
    with django_assert_num_queries(10):
        client.get(url)


@pytest.mark.parametrize("begun", [True, False])
def test_a_portfolio_that_is_sealed_while_staff_read_its_draft_tells_both(
    candidacy: Any, alice: Any, rita: Any, at: Any, begun: bool
) -> None:
    row = make.ready(candidacy, at=at)
    shared = actions.ask_to_look(row, question="", actor=alice, at=at)
    if begun:
        actions.save_remarks(shared, overall="Good.", remarks={}, version=0, actor=rita, at=at)
    address = reverse("portfolios:send", args=[row.id])
    assert "Staff are still reading your draft" in client_of(alice).get(address).content.decode()
    assert "they will not send comments" in client_of(alice).post(address, follow=True).content.decode()
    assert "They no longer see your draft, so they will not send comments." in " ".join(
        Email.objects.get(notice="portfolios/sealed").text.split()
    )
    told = list(Email.objects.filter(notice="portfolios/draft_gone").values_list("person", "subject"))
    assert told == ([(rita.pk, "Alice Moreau sealed the Technology portfolio that you read")] if begun else [])


def test_who_took_the_draft_from_the_inbox_is_told_that_it_is_taken_back(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    shared = make.shared(candidacy, at=at)
    claims.claim("portfolios.draft", shared.id, actor=rita, at=at)
    actions.stop_sharing(shared.portfolio, actor=alice, at=at)
    letter = Email.objects.get(notice="portfolios/draft_gone")
    assert (letter.person, letter.subject) == (rita, "Alice Moreau stopped sharing the Technology draft that you read")


def test_a_portfolio_that_nobody_reads_is_sealed_without_a_word_about_it(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    address = reverse("portfolios:send", args=[row.id])
    assert "still reading" not in client_of(alice).get(address).content.decode()
    client_of(alice).post(address)
    assert "they will not send comments" not in Email.objects.get(notice="portfolios/sealed").text
