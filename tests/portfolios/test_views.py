"""Each page as each person; strangers find nothing; nothing that was typed is lost; the number of queries does not grow."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger import clock
from ledger.models import Email
from people import documents
from portfolios import actions, queries
from portfolios.models import Evaluator, Portfolio
from portfolios.states import AssignmentState
from tests.factories import candidates, people
from tests.factories import portfolios as make
from tests.markup import markup

WRITING = {"opening": "A count of questions.", "narrative": "In one week I counted 54 questions.", "version": "0"}


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def cast(alice: Any, bob: Any, beth: Any, charlie: Any, rita: Any) -> dict[str, Client]:
    return {person.called: client_of(person) for person in (alice, bob, beth, charlie, rita)} | {"nobody": Client()}


def page(client: Client, name: str, *args: Any) -> Any:
    return client.get(reverse(f"portfolios:{name}", args=args))


def statuses(cast: dict[str, Client], name: str, *args: Any) -> dict[str, int]:
    return {who: page(client, name, *args).status_code for who, client in cast.items()}


SIGN_IN = 302


def test_a_draft_exists_for_its_candidate_only(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    piece = make.evidence(row, 1, at=at)
    for name, args in [
        ("portfolio", [row.id]),
        ("response", [row.id, 1]),
        ("statement", [row.id]),
        ("add_evidence", [row.id]),
        ("change_evidence", [row.id, piece.id]),
        ("send", [row.id]),
    ]:
        assert statuses(cast, name, *args) == {"Alice": 200, "Bob": 404, "Beth": 404, "Charlie": 404, "Rita": 404, "nobody": SIGN_IN}
    for name in ("office", "assign"):
        assert statuses(cast, name, row.id) == {"Alice": 403, "Bob": 403, "Beth": 403, "Charlie": 403, "Rita": 404, "nobody": SIGN_IN}


def test_a_sent_portfolio_is_its_candidates_and_the_offices(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    for name in ("portfolio", "sealed"):
        assert statuses(cast, name, row.id) == {"Alice": 200, "Bob": 404, "Beth": 404, "Charlie": 404, "Rita": 404, "nobody": SIGN_IN}
    for name in ("office", "assign"):
        assert statuses(cast, name, row.id) == {"Alice": 403, "Bob": 403, "Beth": 403, "Charlie": 403, "Rita": 200, "nobody": SIGN_IN}
    slot = make.slot(row, 1)
    assert statuses(cast, "replace", row.id, slot.id) == {
        "Alice": 403,
        "Bob": 403,
        "Beth": 403,
        "Charlie": 403,
        "Rita": 200,
        "nobody": SIGN_IN,
    }


def test_an_assignment_exists_for_its_evaluator_only(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    assert slot.evaluator.person.called == "Bob"
    for name, args in [("invitation", [slot.id]), ("rate", [slot.id, 1]), ("finish", [slot.id]), ("decline", [slot.id])]:
        assert statuses(cast, name, *args) == {"Alice": 403, "Bob": 200, "Beth": 404, "Charlie": 403, "Rita": 403, "nobody": SIGN_IN}
    for name in ("to_rate", "rated"):
        assert statuses(cast, name) == {"Alice": 403, "Bob": 200, "Beth": 200, "Charlie": 403, "Rita": 403, "nobody": SIGN_IN}


def test_lists_of_the_office(cast: Any, two: Any) -> None:
    for name in ("to_assign", "evaluators", "approve_evaluator"):
        assert statuses(cast, name) == {"Alice": 403, "Bob": 403, "Beth": 403, "Charlie": 403, "Rita": 200, "nobody": SIGN_IN}


def test_staff_who_are_candidates_do_not_see_their_own_evaluators(candidacy: Any, two: Any, rita: Any, at: Any, alice: Any) -> None:
    from django.contrib.auth.models import Group

    row = make.assigned(candidacy, *two, staff=rita, at=at)
    alice.groups.add(Group.objects.get_or_create(name="staff")[0])
    assert page(client_of(alice), "office", row.id).status_code == 404
    assert page(client_of(alice), "assign", row.id).status_code == 404


def test_the_candidate_never_reads_an_evaluators_name(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={1: "partial"}, second={1: "partial"})
    pages = [page(cast["Alice"], name, *args) for name, args in [("portfolio", [row.id]), ("sealed", [row.id]), ("addition", [row.id, 1])]]
    for response in pages:
        assert response.status_code == 200
        assert "Bob" not in response.content.decode()
        assert "Beth" not in response.content.decode()
    assert make.COMMENT in pages[0].content.decode()
    assert make.COMMENT in pages[2].content.decode()


def test_somebody_without_a_candidacy_is_told_what_comes_first(cast: Any) -> None:
    assert "as soon as you are admitted" in page(cast["Charlie"], "index").content.decode()
    assert "as soon as you are admitted" in page(cast["Charlie"], "start", "technology").content.decode()
    assert page(cast["Charlie"], "start", "nothing").status_code == 404


def test_a_set_that_is_achieved_needs_no_portfolio(cast: Any, candidacy: Any, at: Any) -> None:
    candidates.achieve(candidacy, "technology", at=at)
    read = page(cast["Alice"], "start", "technology").content.decode()
    assert "You earned it on November 23, 2026." in read
    assert "Start the portfolio" not in read


def test_start_leads_to_the_task_list(cast: Any, candidacy: Any) -> None:
    assert "7 of 9 must be Met" in page(cast["Alice"], "start", "technology").content.decode()
    response = cast["Alice"].post(reverse("portfolios:start", args=["technology"]), follow=True)
    row = Portfolio.objects.get()
    assert response.redirect_chain == [(reverse("portfolios:portfolio", args=[row.id]), 302)]
    assert "0 of 9 answers are finished" in response.content.decode()
    assert "Technology" in page(cast["Alice"], "index").content.decode()


def test_a_response_is_saved_and_leads_to_the_next_one(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    response = cast["Alice"].post(reverse("portfolios:response", args=[row.id, 1]), WRITING)
    assert response.headers["Location"] == reverse("portfolios:response", args=[row.id, 2])
    saved = row.responses.get(competency__number=1)
    assert (saved.opening, saved.narrative, saved.version, saved.finished) == (WRITING["opening"], WRITING["narrative"], 1, False)
    text = page(cast["Alice"], "response", row.id, 1).content.decode()
    assert "11 words when this page was loaded" in text
    assert "Saved 10:00 am" in text


def test_the_last_response_leads_back_to_the_list(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    response = cast["Alice"].post(reverse("portfolios:response", args=[row.id, 9]), WRITING | {"done": "1"})
    assert response.headers["Location"] == reverse("portfolios:portfolio", args=[row.id])
    assert row.responses.get(competency__number=9).finished


def test_finishing_half_an_answer_is_refused_at_the_field_and_keeps_it(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:response", args=[row.id, 1])
    response = cast["Alice"].post(url, {"opening": "Only this.", "narrative": "", "version": "0", "done": "1"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"narrative": ["Write both parts first: how you will show this competency, and your answer."]}
    assert "Only this." in response.content.decode()
    again = cast["Alice"].post(
        url, {"opening": "Only this.", "narrative": "And that.", "version": response.context["form"]["version"].value()}
    )
    assert again.status_code == 302


def test_autosave_answers_with_the_hour_and_the_version(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:response", args=[row.id, 1])
    first = cast["Alice"].post(url, WRITING, headers={"X-Autosave": "1"})
    assert (first.status_code, first.json()) == (200, {"saved": "10:00 am", "version": 1})
    stale = cast["Alice"].post(url, WRITING | {"narrative": "From the other tab."}, headers={"X-Autosave": "1"})
    assert stale.status_code == 409
    assert stale.json() == {"error": "This was changed in another tab or window. Nothing was overwritten.", "version": 1}
    assert row.responses.get(competency__number=1).narrative == WRITING["narrative"]


def test_two_tabs_without_javascript_see_both_texts(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:response", args=[row.id, 1])
    cast["Alice"].post(url, WRITING)
    stale = cast["Alice"].post(url, WRITING | {"narrative": "From the other tab."})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert WRITING["narrative"] in text
    assert "From the other tab." in text
    kept = cast["Alice"].post(url, WRITING | {"narrative": "From the other tab.", "version": stale.context["form"]["version"].value()})
    assert kept.status_code == 302
    assert row.responses.get(competency__number=1).narrative == "From the other tab."


def test_what_is_typed_into_a_sealed_portfolio_stays_on_the_page(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    url = reverse("portfolios:response", args=[row.id, 1])
    response = cast["Alice"].post(url, WRITING | {"narrative": "One more thing."})
    assert response.status_code == 422
    assert "This portfolio is sealed" in response.content.decode()
    assert "One more thing." in response.content.decode()
    auto = cast["Alice"].post(url, WRITING, headers={"X-Autosave": "1"})
    assert auto.status_code == 422
    assert auto.json()["error"].startswith("This portfolio is sealed.")


def test_a_text_that_is_too_long_is_not_cut(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    response = cast["Alice"].post(reverse("portfolios:statement", args=[row.id]), {"statement": "x" * 30_001, "version": "0"})
    assert "Shorten it to 30000 characters. It has 30001 now." in response.content.decode()
    assert "x" * 30_001 in response.content.decode()


def test_statement_is_saved(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:statement", args=[row.id])
    assert cast["Alice"].post(url, {"statement": "It matters.", "version": "0"}, headers={"X-Autosave": "1"}).json() == {
        "saved": "10:00 am",
        "version": 1,
    }
    assert cast["Alice"].post(url, {"statement": "It matters much.", "version": "0"}).status_code == 409
    assert cast["Alice"].post(url, {"statement": "It matters much.", "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.statement == "It matters much."


def test_evidence_is_added_changed_and_removed(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:add_evidence", args=[row.id])
    wrong = cast["Alice"].post(url, {"title": "Handout", "kind": "primary", "file": people.upload("a.exe", b"MZ\x90")})
    assert set(wrong.context["form"].errors) == {"file", "numbers"}
    sent = {"title": "Handout", "kind": "primary", "own_part": "Mine.", "numbers": ["1", "3"], "file": make.picture()}
    added = cast["Alice"].post(f"{url}?for=3", sent)
    assert added.headers["Location"] == reverse("portfolios:response", args=[row.id, 3])
    piece = row.evidence.get()
    assert list(piece.responses.order_by("competency__number").values_list("competency__number", flat=True)) == [1, 3]
    assert "For 1 and 3" in markup(page(cast["Alice"], "portfolio", row.id))
    change = reverse("portfolios:change_evidence", args=[row.id, piece.id])
    assert cast["Alice"].post(change, {"title": "Better", "kind": "secondary", "numbers": ["2"]}).status_code == 302
    piece.refresh_from_db()
    assert (piece.title, piece.kind) == ("Better", "secondary")
    assert cast["Charlie"].post(reverse("portfolios:remove_evidence", args=[row.id, piece.id])).status_code == 404
    assert cast["Alice"].post(reverse("portfolios:remove_evidence", args=[row.id, piece.id])).status_code == 302
    assert not row.evidence.exists()


def test_send_seals_and_leads_to_the_payment(cast: Any, candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    assert "Competency 1: write the answer" in markup(page(cast["Alice"], "send", row.id))
    refused = cast["Alice"].post(reverse("portfolios:send", args=[row.id]), follow=True)
    assert "10 things are still to do before you can send it." in markup(refused)
    for number in range(1, 10):
        make.answer(row, number, at=at)
    actions.save_statement(row, text="It matters.", version=0, actor=candidacy.person, at=at)
    assert "have none. You can send it this way" in markup(page(cast["Alice"], "send", row.id))
    sent = cast["Alice"].post(reverse("portfolios:send", args=[row.id]))
    assert sent.headers["Location"].startswith("/billing/")
    status = markup(page(cast["Alice"], "portfolio", row.id))
    assert "Sealed. Pay the fee to submit it" in status
    assert "$60" in status
    again = cast["Alice"].post(reverse("portfolios:send", args=[row.id]), follow=True)
    assert "already sent. Nothing was sent twice." in markup(again)
    seal = markup(page(cast["Alice"], "sealed", row.id))
    assert row.snapshots.get().sha256[:8] in seal
    assert "It is unchanged since then." in seal


def test_accepting_an_invitation_takes_a_post(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    assert cast["Bob"].get(reverse("portfolios:accept", args=[slot.id])).status_code == 405
    invitation = page(cast["Bob"], "invitation", slot.id).content.decode()
    assert "Please answer by December 2, 2026" in invitation
    assert "9 competencies" in invitation
    accepted = cast["Bob"].post(reverse("portfolios:accept", args=[slot.id]), follow=True).content.decode()
    assert "send your ratings by December 23, 2026" in accepted
    again = cast["Bob"].post(reverse("portfolios:accept", args=[slot.id]), follow=True).content.decode()
    assert "already answered" in again


def test_rating_one_competency_after_the_other(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    url = reverse("portfolios:rate", args=[slot.id, 1])
    shown = cast["Bob"].get(url).content.decode()
    assert "A project for competency 1." in shown
    assert "handout.pdf" in shown
    refused = cast["Bob"].post(url, {"value": "partial", "comment": " ", "version": "0"})
    assert set(refused.context["form"].errors) == {"comment"}
    assert slot.ratings.get().value == "partial"
    saved = cast["Bob"].post(url, {"value": "partial", "comment": "Say more.", "version": "1"})
    assert saved.headers["Location"] == reverse("portfolios:rate", args=[slot.id, 2])
    assert cast["Bob"].get(reverse("portfolios:rate", args=[slot.id, 10])).status_code == 404
    auto = cast["Bob"].post(reverse("portfolios:rate", args=[slot.id, 9]), {"value": "met", "version": "0"}, headers={"X-Autosave": "1"})
    assert auto.json() == {"saved": "10:00 am", "version": 1}
    assert cast["Bob"].post(url, {"value": "best", "version": "2"}).context["form"].errors.keys() == {"value"}
    assert "Competency 2: choose a rating" in page(cast["Bob"], "finish", slot.id).content.decode()
    early = cast["Bob"].post(reverse("portfolios:finish", args=[slot.id]), follow=True).content.decode()
    assert "7 ratings are not ready: Competency 2: choose a rating." in early


def _said(cast: Any, slot: Any, comment: str, *, version: int, **more: Any) -> Any:
    url = reverse("portfolios:rate", args=[slot.id, 1])
    return cast["Bob"].post(url, {"value": "partial", "comment": comment, "version": str(version), **more})


def test_a_comment_that_names_its_evaluator_is_asked_about_before_it_is_passed_on(
    cast: Any, candidacy: Any, two: Any, rita: Any, at: Any
) -> None:
    slot = make.slot(make.in_rating(candidacy, *two, staff=rita, at=at), 1)
    person = slot.evaluator.person
    refused = _said(cast, slot, f"Write to me, {person.email}.", version=0)
    assert refused.status_code == 422
    assert refused.context["form"].errors["comment"] == [
        f"This identifies you: “{person.email}”. Alice should not know. Remove it, or choose to pass it on"
    ]
    assert 'name="named"' in refused.content.decode()
    assert _said(cast, slot, f"Write to me, {person.email}.", version=1, named="on").status_code == 302
    assert _said(cast, slot, "Say more.", version=2).status_code == 302


def test_ratings_with_a_comment_that_names_its_evaluator_are_sent_once_that_is_confirmed(
    cast: Any, candidacy: Any, two: Any, rita: Any, at: Any
) -> None:
    slot = make.rate(make.in_rating(candidacy, *two, staff=rita, at=at), 1, at=at)
    slot.ratings.filter(competency__number=1).update(comment=f"Regards, {slot.evaluator.person.name}")
    url = reverse("portfolios:finish", args=[slot.id])
    assert f"This identifies you: {slot.evaluator.person.name}." in cast["Bob"].get(url).content.decode()
    refused = cast["Bob"].post(url)
    assert (refused.status_code, "Remove what identifies you" in refused.content.decode()) == (422, True)
    slot.refresh_from_db()
    assert slot.state == AssignmentState.ACCEPTED
    assert cast["Bob"].post(url, {"named": "on"}).status_code == 302
    slot.refresh_from_db()
    assert slot.state == AssignmentState.DONE


def test_pictures_are_shown_in_the_page_with_a_link_for_this_evaluator(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    picture = make.evidence(row, 1, at=at, title="Photo", upload=make.picture())
    actions.send(row, actor=candidacy.person, at=at)
    make.pay(row, at=at)
    actions.assign(row, evaluators=two, actor=rita, at=at)
    slot = make.slot(row, 1)
    actions.accept(slot, actor=slot.evaluator.person, at=at)
    shown = page(cast["Bob"], "rate", slot.id, 1).content.decode()
    link = documents.link(picture.document, slot.evaluator.person)
    path = link.split("?")[0]
    assert f'<img src="{path}1/?k=' in shown
    assert cast["Bob"].get(link).status_code == 200
    assert cast["Beth"].get(link).status_code == 404


def test_sending_ratings_shows_them_in_the_list_of_what_is_rated(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.rate(row, 1, at=at, values={3: "not_met"})
    assert make.COMMENT in page(cast["Bob"], "finish", slot.id).content.decode()
    sent = cast["Bob"].post(reverse("portfolios:finish", args=[slot.id]), follow=True).content.decode()
    assert "Your ratings are sent." in sent
    assert "Alice Moreau" in sent
    assert make.COMMENT in page(cast["Bob"], "invitation", slot.id).content.decode()
    assert page(cast["Bob"], "rate", slot.id, 3).headers["Location"] == reverse("portfolios:invitation", args=[slot.id])
    other = make.slot(row, 2)
    for name, args in [("invitation", [other.id]), ("rate", [other.id, 3]), ("finish", [other.id])]:
        assert make.COMMENT not in page(cast["Beth"], name, *args).content.decode()


def test_declining_opens_the_slot(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    declined = (
        cast["Bob"]
        .post(reverse("portfolios:decline", args=[slot.id]), {"why": "time", "reason": "On a trip."}, follow=True)
        .content.decode()
    )
    assert "Thank you for telling us." in declined
    assert page(cast["Bob"], "invitation", slot.id).status_code == 410
    assert "One replacement evaluator" in page(cast["Rita"], "to_assign").content.decode()
    assert "Declined to rate this portfolio." in page(cast["Rita"], "assign", row.id).content.decode()


def test_staff_invite_the_two_that_are_proposed(cast: Any, candidacy: Any, two: Any, bob: Any, beth: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    shown = page(cast["Rita"], "assign", row.id).content.decode()
    assert shown.count(" checked") == 2
    url = reverse("portfolios:assign", args=[row.id])
    one = cast["Rita"].post(url, {"evaluator": [str(bob.public_id), "nonsense"]}, follow=True).content.decode()
    assert "Choose two different evaluators." in one
    done = cast["Rita"].post(url, {"evaluator": [str(bob.public_id), str(beth.public_id)]}, follow=True).content.decode()
    assert "are invited by email." in done
    assert "Answer by Dec 2, 2026" in done


def test_staff_replace_an_evaluator_with_a_reason(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    url = reverse("portfolios:replace", args=[row.id, make.slot(row, 2).id])
    assert set(cast["Rita"].post(url, {"reason": ""}).context["form"].errors) == {"reason"}
    done = cast["Rita"].post(url, {"reason": "No answer."}, follow=True).content.decode()
    assert "is no longer assigned to this portfolio" in done
    assert queries.list_open_slots(row) == [2]


def test_more_is_added_and_sent(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={2: "partial"}, second={2: "partial"})
    assert "Send more by February 21, 2027" in markup(page(cast["Alice"], "portfolio", row.id))
    assert page(cast["Alice"], "addition", row.id, 1).status_code == 404
    early = markup(cast["Alice"].post(reverse("portfolios:send_supplement", args=[row.id]), follow=True))
    assert "Add a text or a piece of evidence" in early
    url = reverse("portfolios:addition", args=[row.id, 2])
    auto = cast["Alice"].post(url, {"addition": "The policy was this.", "version": "0"}, headers={"X-Autosave": "1"})
    assert auto.json() == {"saved": "10:00 am", "version": 1}
    assert cast["Alice"].post(url, {"addition": "Another tab.", "version": "0"}).status_code == 409
    proof = {"title": "Policy", "kind": "primary", "numbers": ["1"], "file": make.picture()}
    evidence = reverse("portfolios:add_evidence", args=[row.id])
    assert set(cast["Alice"].post(evidence, proof).context["form"].errors) == {"numbers"}
    proof = proof | {"numbers": ["2"], "file": make.picture()}
    assert cast["Alice"].post(f"{evidence}?for=2", proof).headers["Location"] == url
    done = markup(cast["Alice"].post(reverse("portfolios:send_supplement", args=[row.id]), follow=True))
    assert "The evaluators are rating what you added" in done
    slot = make.slot(row, 1)
    rating = markup(page(cast["Bob"], "rate", slot.id, 2))
    assert "The policy was this." in rating
    assert "Policy (new)" in rating
    assert "In round one you said Partially met." in rating
    assert page(cast["Bob"], "rate", slot.id, 1).status_code == 404


def test_the_result_explains_itself(cast: Any, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={2: "not_met"}, second={2: "not_met"})
    actions.save_addition(row, number=2, text="More.", version=0, actor=candidacy.person, at=at)
    actions.send_supplement(row, actor=candidacy.person, at=at)
    make.rated(row, 1, at=at, values={2: "not_met"})
    make.rated(row, 2, at=at, values={2: "not_met"})
    text = page(cast["Alice"], "portfolio", row.id).content.decode()
    assert "Technology was not achieved" in text
    assert "at least 70% of the 9 competencies are Met, which is 7, and none is Not met" in text
    assert "8 Met, 0 Partially met, 1 Not met" in text
    assert "Both evaluators said Not met. That counts as Not met." in text
    closed = cast["Alice"].post(reverse("portfolios:start", args=["technology"]), follow=True).content.decode()
    assert "this set is closed to portfolios" in closed
    reopen = reverse("portfolios:reopen", args=[row.id])
    assert "Fill in “Reason”" in cast["Rita"].post(reopen, {"reason": ""}).content.decode()
    assert "can start another portfolio" in cast["Rita"].post(reopen, {"reason": "Illness."}, follow=True).content.decode()
    cast["Alice"].post(reverse("portfolios:start", args=["technology"]))
    assert Portfolio.objects.filter(set__code="technology").count() == 2


def test_staff_approve_an_evaluator(cast: Any, charlie: Any) -> None:
    url = reverse("portfolios:approve_evaluator")
    unknown = cast["Rita"].post(url, {"email": "no@where.example", "sets": ["technology"], "capacity_per_year": "3"})
    assert set(unknown.context["form"].errors) == {"email"}
    said = {"email": charlie.email, "sets": ["technology", "access"], "capacity_per_year": "3"}
    nowhere = cast["Rita"].post(url, said)
    assert set(nowhere.context["form"].errors) == {"employers"}
    done = cast["Rita"].post(url, said | {"employers": "Elsewhere Library"}, follow=True)
    assert "Charlie Okafor can be invited" in done.content.decode()
    assert page(client_of(charlie), "to_rate").status_code == 200
    [letter] = Email.objects.filter(notice="portfolios/approved", person=charlie)
    assert letter.subject == "You are approved to rate portfolios: please take the training"
    assert reverse("portfolios:training") in letter.text
    again = {"email": charlie.email, "sets": ["technology"], "capacity_per_year": ""}
    assert "can be invited" in cast["Rita"].post(url, again, follow=True).content.decode()
    evaluator = Evaluator.objects.get(person=charlie)
    assert (evaluator.capacity_per_year, evaluator.employers) == (3, ["Elsewhere Library"])
    assert Email.objects.filter(notice="portfolios/approved", person=charlie).count() == 1


@pytest.fixture
def count() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counted(client: Client, name: str, *args: Any) -> int:
        client.get(reverse(f"portfolios:{name}", args=args))
        with CaptureQueriesContext(connection) as captured:
            assert page(client, name, *args).status_code == 200
        return len(captured)

    return counted


def test_queries_do_not_grow_with_the_evidence(cast: Any, candidacy: Any, at: Any, count: Any) -> None:
    row = make.ready(candidacy, at=at)
    alike = [("portfolio", [row.id]), ("response", [row.id, 1]), ("send", [row.id])]
    before = [count(cast["Alice"], name, *args) for name, args in alike]
    for _ in range(2):
        make.evidence(row, 1, at=at)
    assert [count(cast["Alice"], name, *args) for name, args in alike] == before


def test_queries_do_not_grow_with_the_portfolios(
    cast: Any, candidacy: Any, two: Any, rita: Any, at: Any, count: Any, charlie: Any, priya: Any
) -> None:
    make.assigned(candidacy, *two, staff=rita, at=at)
    alike = [(cast["Bob"], "to_rate"), (cast["Rita"], "evaluators")]
    before = [count(client, name) for client, name in alike]
    for person in (charlie, priya):
        make.assigned(candidates.candidacy(person, at=at, staff=rita), *two, staff=rita, at=at)
    assert [count(client, name) for client, name in alike] == before


def test_queries_of_the_lists_of_the_office_do_not_grow(
    cast: Any, candidacy: Any, two: Any, rita: Any, at: Any, count: Any, charlie: Any, priya: Any
) -> None:
    row = make.submitted(candidacy, at=at)
    before = [count(cast["Rita"], "to_assign"), count(cast["Rita"], "assign", row.id)]
    for person in (charlie, priya):
        make.submitted(candidates.candidacy(person, at=at, staff=rita), at=at)
    make.evaluator(charlie, at=at)
    assert [count(cast["Rita"], "to_assign"), count(cast["Rita"], "assign", row.id)] == before
