"""Suggestions by the day, answers that follow one, and the planner that only its owner sees."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ledger import clock
from ledger.models import Entry
from ledger.queries import tell
from people.states import Stale
from portfolios import actions, policy
from portfolios.actions.submissions import list_missing
from portfolios.models import PlannerMark, Suggestion
from portfolios.queries import draft_reviews
from portfolios.states import NotReady
from programs import policy as dates
from programs import queries as programs
from tests.factories import portfolios as make
from tests.markup import markup


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def today(at: Any) -> Any:
    return dates.today(at)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _competency(number: int = 1, code: str = "reference") -> Any:
    return programs.get_set(code).competencies.get(number=number)


def _told() -> list[str]:
    return [
        tell(entry).sentence
        for entry in Entry.objects.filter(verb__startswith="portfolios.suggestion").select_related("actor", "person").order_by("id")
    ]


# The planner


@pytest.mark.parametrize(
    ("can", "total", "advice"),
    [
        (0, 9, ""),
        (1, 9, "course"),
        (4, 9, "course"),
        (5, 9, "portfolio"),
        (9, 9, "portfolio"),
        (6, 12, "course"),
        (7, 12, "portfolio"),
        (1, 1, "portfolio"),
    ],
)
def test_over_half_suggests_a_portfolio(can: int, total: int, advice: str) -> None:
    assert policy.advise(can, total=total) == advice


def test_marks_are_kept_changed_and_taken_back_without_a_word_in_the_audit(alice: Any, bob: Any) -> None:
    before = Entry.objects.count()
    actions.plan(alice, set_code="technology", numbers=[1, 2, 3, 99])
    actions.plan(alice, set_code="technology", numbers=[2, 4])
    actions.plan(bob, set_code="technology", numbers=[9])
    competencies = list(programs.get_set("technology").competencies.all())
    assert draft_reviews.list_marks(alice, competencies) == {2, 4}
    assert {plan.set.code: (plan.can, plan.total) for plan in draft_reviews.list_plans(alice) if plan.can} == {"technology": (2, 9)}
    assert Entry.objects.count() == before
    actions.plan(alice, set_code="technology", numbers=[])
    assert PlannerMark.objects.filter(person=alice).count() == 0


def test_the_planner_is_found_before_the_admission(charlie: Any) -> None:
    client = client_of(charlie)
    for page in (reverse("portfolio_guide"), reverse("people:account"), reverse("portfolios:index")):
        assert f'href="{reverse("portfolios:planner")}"' in client.get(page).content.decode(), page
    assert "Nothing marked yet" in client.get(reverse("portfolios:planner")).content.decode()


def test_the_planner_shows_ones_own_marks_and_nobody_elses(alice: Any, rita: Any, candidacy: Any) -> None:
    url = reverse("portfolios:plan_set", args=["technology"])
    answer = client_of(alice).post(url, {"numbers": ["1", "2", "3", "4", "5"]}, follow=True)
    read = answer.content.decode()
    assert "Your marks for Technology are saved. Only you can see them." in read
    assert "5 of 9" in read
    assert "<b>A portfolio</b>" in read
    assert client_of(alice).get(url).content.decode().count(" checked") == 5
    assert client_of(rita).get(url).content.decode().count(" checked") == 0
    assert "5 of 9" not in client_of(rita).get(reverse("person", args=[alice.public_id])).content.decode()
    assert client_of(alice).post(url, {"numbers": ["one"]}).status_code == 200
    assert client_of(alice).get(reverse("portfolios:plan_set", args=["nothing"])).status_code == 404


# Suggestions


def test_every_competency_of_the_required_sets_begins_with_two_to_four_of_ours(framework: Any, today: Any) -> None:
    for one in programs.list_sets(framework):
        for competency in one.competencies.all():
            offered = draft_reviews.list_suggestions(competency, on=today)
            assert len(offered) in ({2, 3, 4} if one.kind == "required" else {0})
            assert all(row.ours for row in offered)


def test_a_suggestion_is_offered_from_its_first_day_to_its_last(rita: Any, at: Any, today: Any) -> None:
    day = timedelta(days=1)
    row = actions.add_suggestion(_competency(), text=" Describe a question. ", from_on=today + day, actor=rita, at=at)
    actions.end_suggestion(row, until_on=today + 3 * day, actor=rita, at=at)
    offered = [bool(draft_reviews.list_suggestions(_competency(), on=today + number * day)) for number in range(6)]
    assert offered == [False, True, True, True, False, False]
    assert row.text == "Describe a question."
    assert _told() == [
        "Rita Lindqvist wrote a suggestion for Reference and Information Services, competency 1, from November 24, 2026.",
        "Rita Lindqvist ended a suggestion for Reference and Information Services, competency 1, after November 26, 2026.",
    ]


def test_a_suggestion_that_has_not_begun_is_taken_back(rita: Any, at: Any, today: Any) -> None:
    row = actions.add_suggestion(_competency(), text="Describe.", from_on=today + timedelta(days=9), actor=rita, at=at)
    actions.end_suggestion(row, until_on=today, actor=rita, at=at)
    assert not Suggestion.objects.filter(pk=row.pk).exists()
    assert _told()[-1].endswith("that had not started.")


def test_days_in_the_past_and_a_fifth_suggestion_are_refused(rita: Any, at: Any, today: Any) -> None:
    with pytest.raises(NotReady, match="first day has passed"):
        actions.add_suggestion(_competency(), text="A", from_on=today - timedelta(days=1), actor=rita, at=at)
    rows = [make.suggestion(at=at, staff=rita, text=str(number)) for number in range(4)]
    with pytest.raises(NotReady, match="There are 4 suggestions on November 23, 2026"):
        make.suggestion(at=at, staff=rita)
    with pytest.raises(NotReady, match="offered after that day"):
        actions.end_suggestion(rows[0], until_on=today - timedelta(days=2), actor=rita, at=at)
    actions.end_suggestion(rows[0], until_on=today - timedelta(days=1), actor=rita, at=at)
    assert make.suggestion(at=at, staff=rita).text == "Describe a question."


def test_an_answer_by_a_suggestion_needs_no_opening_and_is_sealed_with_its_words(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    idea = draft_reviews.list_suggestions(row.responses.get(competency__number=1).competency, on=dates.today(at))[0]
    actions.save_response(row, number=1, opening="", narrative="I did it.", version=1, suggestion=idea.id, actor=alice, at=at)
    assert list_missing(row) == []
    actions.send(row, actor=alice, at=at)
    sealed = row.snapshots.get().content["responses"]
    assert (sealed[0]["suggestion"], "suggestion" in sealed[1]) == (idea.text, False)
    assert idea.text in client_of(alice).get(reverse("portfolios:sealed", args=[row.id])).content.decode().replace("&#x27;", "'")


def test_a_suggestion_that_ended_stays_with_the_answer_that_follows_it(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at, set_code="reference")
    idea, other = make.suggestion(at=at, staff=rita), make.suggestion(at=at, staff=rita, text="Compare two tools.")
    said = {"number": 1, "opening": "", "narrative": "I did it.", "actor": alice}
    actions.save_response(row, version=0, suggestion=idea.id, at=at, **said)
    late = at + timedelta(days=2)
    for one in (idea, other):
        actions.end_suggestion(one, until_on=dates.today(at), actor=rita, at=at)
    assert actions.save_response(row, version=1, suggestion=idea.id, at=late, **said).suggestion_id == idea.id
    for wrong in (other.id, uuid4()):
        with pytest.raises(NotReady, match="no longer offered"):
            actions.save_response(row, version=2, suggestion=wrong, at=late, **said)
    with pytest.raises(Stale):
        actions.save_response(row, version=0, suggestion=None, at=late, **said)


def test_the_answers_page_offers_the_suggestions_and_keeps_the_choice(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    url = reverse("portfolios:response", args=[row.id, 1])
    read = markup(client_of(alice).get(url))
    ideas = draft_reviews.list_suggestions(row.responses.get(competency__number=1).competency, on=dates.today(at))
    assert "My own approach" in read
    said = {"suggestion": str(ideas[1].id), "opening": "", "narrative": "I compared.", "version": "0", "done": "1"}
    assert client_of(alice).post(url, said).status_code == 302
    saved = row.responses.get(competency__number=1)
    assert (saved.suggestion_id, saved.finished) == (ideas[1].id, True)
    assert f'value="{ideas[1].id}" id="id_suggestion_2" checked' in markup(client_of(alice).get(url)).replace(
        ' class="usa-radio__input"', ""
    )
    wrong = client_of(alice).post(url, said | {"suggestion": str(uuid4()), "version": "1"})
    assert wrong.status_code == 422
    assert "I compared." in markup(wrong)


def test_a_set_without_suggestions_asks_nothing(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at, set_code="reference")
    assert "My own approach" not in client_of(alice).get(reverse("portfolios:response", args=[row.id, 1])).content.decode()


def test_staff_write_and_end_suggestions_and_auditors_read(rita: Any, alice: Any, at: Any) -> None:
    url = reverse("portfolios:set_suggestions", args=["reference"])
    staff = client_of(rita)
    assert "None yet. Candidates take their own approach." in staff.get(url).content.decode()
    said = {"number": "2", "text": "Describe a case.", "from_on_month": "11", "from_on_day": "23", "from_on_year": "2026"}
    assert "The suggestion is offered from November 23, 2026." in staff.post(url, said, follow=True).content.decode()
    for wrong in ({"text": "  "}, {"number": "99"}, {"from_on_year": "2020"}, {"from_on_day": "31"}, {"text": "x" * 601}):
        assert staff.post(url, said | wrong).status_code == 422
    row = Suggestion.objects.get(text="Describe a case.")
    end = reverse("portfolios:end_suggestion", args=[row.id])
    assert "Describe a case." in staff.get(end).content.decode()
    staff.post(end, {"until_on_month": "11", "until_on_day": "30", "until_on_year": "2026"})
    row.refresh_from_db()
    assert str(row.until_on) == "2026-11-30"
    assert client_of(alice).get(url).status_code == 403


def test_queries_of_the_suggestions_do_not_grow(rita: Any, at: Any, django_assert_num_queries: Any) -> None:
    client = client_of(rita)
    url = reverse("portfolios:set_suggestions", args=["reference"])
    make.suggestion(at=at, staff=rita)
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    for number in range(2, 8):
        for text in ("A", "B", "C"):
            make.suggestion(at=at, staff=rita, number=number, text=text)
    with django_assert_num_queries(7):
        client.get(url)
