"""Who may rate whom, and who should: each reason as a table, laws over any number of evaluators, and the time that it takes."""

import random
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolios import conflict_rules
from portfolios.conflict_rules import Against, Declared, EvaluatorProfile, Party, PortfolioToAssign

TODAY = date(2026, 11, 23)
SINCE = date(2024, 3, 3)


def side(person=1, **known):
    return Party(**({"person": person, "name": f"Person {person}"} | known))


def rater(key=2, **known):
    standing = {"sets": {"technology": SINCE}, "side": side(key, name=f"Rater {key:03}")}
    return EvaluatorProfile(key=key, **(standing | known))


def work(key="a", slots=2, **known):
    return PortfolioToAssign(
        key=key, **({"set_code": "technology", "set_name": "Technology", "side": side(1, name="Alice Moreau"), "slots": slots} | known)
    )


ALICE = {"name": "Alice Moreau", "emails": ("alice@marlow.example",), "employers": ("Marlow County Library",), "courses": ("Web Basics",)}
BOB = {"name": "Bob Tran", "emails": ("bob@prairie.example",), "employers": ("Prairie State Univ. Library",)}


@pytest.mark.parametrize(
    ("bob", "alice", "why"),
    [
        ({}, {}, ()),
        ({"emails": ("b@Marlow.Example",)}, {}, ("Both have an email address at marlow.example.",)),
        ({"emails": ("b@prairie.example", "b@law.marlow.example")}, {}, ("Both have an email address at marlow.example.",)),
        ({"emails": ("b@notmarlow.example",)}, {}, ()),
        ({"emails": ("b@gmail.com",)}, {"emails": ("a@GMail.com",)}, ()),
        ({"employers": ("The MARLOW county  lib.",)}, {}, ("Both name Marlow County Library as an employer.",)),
        (
            {"employers": ("Bibliothèque & Archives",)},
            {"employers": ("Bibliotheque and archives",)},
            ("Both name Bibliotheque and archives as an employer.",),
        ),
        ({"employers": ("Marlow City Library",)}, {}, ()),
        (
            {"declared": (Declared(kind="person", name="alice  moreau"),)},
            {},
            ("Bob Tran declared a conflict of interest with Alice Moreau.",),
        ),
        (
            {"declared": (Declared(kind="person", email="Alice@marlow.example"),)},
            {},
            ("Bob Tran declared a conflict of interest with Alice Moreau.",),
        ),
        ({"declared": (Declared(kind="person", name="Alice Other"),)}, {}, ()),
        (
            {"declared": (Declared(kind="organization", name="Marlow County Library"),)},
            {},
            ("Bob Tran declared a conflict of interest with Marlow County Library.",),
        ),
        (
            {"declared": (Declared(kind="organization", name="marlow.example"),)},
            {},
            ("Bob Tran declared a conflict of interest with marlow.example.",),
        ),
        ({"declared": (Declared(kind="organization", name="x", email="y@gmail.com"),)}, {"emails": ("a@gmail.com",)}, ()),
        ({}, {"declared": (Declared(kind="person", name="Bob Tran"),)}, ("Alice Moreau declared a conflict of interest with Bob Tran.",)),
        (
            {},
            {"declared": (Declared(kind="organization", name="Prairie State University Library"),)},
            ("Alice Moreau declared a conflict of interest with Prairie State University Library.",),
        ),
        ({"declared": (Declared(kind="course", name="Web basics"),)}, {}, ("Bob Tran taught “Web basics”, which the candidate took.",)),
        ({"declared": (Declared(kind="course", name="Web design"),)}, {}, ()),
    ],
)
def test_what_stands_against_a_rating(bob, alice, why):
    assert conflict_rules.conflicts(side(2, **(BOB | bob)), side(1, **(ALICE | alice))) == why


def test_nobody_rates_themselves():
    assert conflict_rules.conflicts(side(1, **ALICE), side(1, **ALICE)) == ("This is the candidate.",)


@pytest.mark.parametrize(
    ("email", "domain"),
    [("alice@Example.org", "example.org"), ("alice@gmail.com", None), ("a@b@library.edu", "library.edu"), ("", None)],
)
def test_mail_domain(email, domain):
    assert conflict_rules.mail_domain(email) == domain


def test_two_without_an_employer_share_none():
    assert conflict_rules.conflicts(side(2, employers=("", "The")), side(1, employers=("", "the", " "))) == ()


@pytest.mark.parametrize(
    ("known", "at_work", "kinds"),
    [
        ({}, {}, []),
        ({"sets": {}}, {}, [Against.SET]),
        ({"sets": {"youth": SINCE}}, {}, [Against.SET]),
        ({"stepped_back": frozenset({"technology"})}, {}, [Against.STEPPED_BACK]),
        ({"trained": False}, {}, [Against.TRAINING]),
        ({"paused_until": TODAY - timedelta(days=1)}, {}, []),
        ({"paused_until": TODAY}, {}, [Against.PAUSE]),
        ({"paused_until": TODAY + timedelta(days=1)}, {}, [Against.PAUSE]),
        ({}, {"seen": {2: "Declined to rate this portfolio."}}, [Against.SEEN]),
        ({}, {"seen": {3: "Declined to rate this portfolio."}}, []),
    ],
)
def test_what_makes_somebody_impossible(known, at_work, kinds):
    judged = conflict_rules.judge(rater(**known), work(**at_work), today=TODAY)
    assert [obstacle.kind for obstacle in judged.obstacles] == kinds
    assert judged.possible == (not kinds)


@pytest.mark.parametrize(
    ("load", "last_on", "reasons", "doubts"),
    [
        (0, None, ["0 of 4 portfolios in the last 12 months.", "Not asked before."], ()),
        (3, TODAY, ["3 of 4 portfolios in the last 12 months.", "Last asked today."], ()),
        (3, TODAY - timedelta(days=1), ["3 of 4 portfolios in the last 12 months.", "Last asked 1 day ago."], ()),
        (
            4,
            TODAY - timedelta(days=43),
            ["4 of 4 portfolios in the last 12 months.", "Last asked 43 days ago."],
            ("Has the agreed number for the year: 4 of 4.",),
        ),
    ],
)
def test_the_reasons_in_words(load, last_on, reasons, doubts):
    judged = conflict_rules.judge(rater(load=load, last_on=last_on), work(), today=TODAY)
    assert judged.reasons == ("Approved for Technology since March 3, 2024.", *reasons, "No known conflict of interest.")
    assert judged.doubts == doubts
    assert judged.free == (not doubts)


def chosen(proposal):
    return [one.rater.key for one in proposal.chosen]


def test_the_least_used_year_comes_first_then_who_waits_longest():
    raters = [rater(2, load=1, capacity=10), rater(3, load=1, capacity=4), rater(4, load=0, last_on=TODAY), rater(5, load=0)]
    proposal = conflict_rules.propose([work()], raters, today=TODAY)["a"]
    assert chosen(proposal) == [5, 4]
    assert [one.rater.key for one in proposal.judged] == [5, 4, 2, 3]
    assert proposal.advice == ()


def test_what_few_can_rate_chooses_first():
    both = {"technology": SINCE, "youth": SINCE}
    raters = [rater(2, sets=both, capacity=1), rater(3, sets=both, capacity=1), rater(4), rater(5)]
    rare = work("rare", set_code="youth", set_name="Youth")
    found = conflict_rules.propose([work(), rare], raters, today=TODAY)
    assert sorted(chosen(found["rare"])) == [2, 3]
    assert sorted(chosen(found["a"])) == [4, 5]


def test_one_for_two_slots_is_not_proposed_and_staff_are_told_what_would_help():
    raters = [
        rater(2),
        rater(3, trained=False),
        rater(4, load=4),
        rater(5, paused_until=date(2026, 12, 31)),
        rater(6, stepped_back=frozenset({"technology"})),
        rater(7, trained=False, sets={}),
    ]
    proposal = conflict_rules.propose([work()], raters, today=TODAY)["a"]
    assert proposal.chosen == ()
    assert proposal.advice == (
        "Rater 004 could still be chosen. Ask first: for this evaluator it would be more than agreed.",
        "Ask Rater 003 to finish the training.",
        "Rater 005 takes a break. The first is back after December 31, 2026.",
        "Ask Rater 006 to rate Technology again.",
        "Approve another evaluator for Technology.",
    )


def test_a_portfolio_without_an_open_slot_gets_nobody():
    assert chosen(conflict_rules.propose([work(slots=0)], [rater(2)], today=TODAY)["a"]) == []


codes = st.sampled_from(["technology", "youth", "access"])
raters_of = st.lists(
    st.builds(
        lambda sets, load, capacity, trained, conflicted: (sets, load, capacity, trained, conflicted),
        st.sets(codes),
        st.integers(0, 4),
        st.integers(1, 4),
        st.booleans(),
        st.booleans(),
    ),
    max_size=7,
)
works_of = st.lists(st.tuples(codes, st.sampled_from([1, 2])), max_size=6)


@given(raters_of, works_of)
def test_laws_of_a_proposal(some_raters, some_works):
    raters = [
        rater(
            number + 10,
            sets=dict.fromkeys(sets, SINCE),
            load=load,
            capacity=capacity,
            trained=trained,
            side=side(number + 10, emails=("x@marlow.example",) if conflicted else ()),
        )
        for number, (sets, load, capacity, trained, conflicted) in enumerate(some_raters)
    ]
    works = [
        work(number, slots, set_code=code, set_name=code, side=side(1, emails=("alice@marlow.example",)))
        for number, (code, slots) in enumerate(some_works)
    ]
    found = conflict_rules.propose(works, raters, today=TODAY)
    assert set(found) == {one.key for one in works}
    given_to = {one.key: 0 for one in raters}
    for one in works:
        keys = chosen(found[one.key])
        assert len(keys) in (0, one.slots)
        assert len(set(keys)) == len(keys)
        for judged in found[one.key].chosen:
            assert judged.rater.trained
            assert one.set_code in judged.rater.sets
            assert not judged.rater.side.emails
            given_to[judged.rater.key] += 1
        assert bool(found[one.key].advice) == (not keys)
    for one in raters:
        assert given_to[one.key] == 0 or one.load + given_to[one.key] <= one.capacity
    for one in works:  # Where nobody is proposed, fewer than needed have room left.
        room = [
            judged
            for judged in found[one.key].judged
            if judged.free and judged.rater.load + given_to[judged.rater.key] < judged.rater.capacity
        ]
        assert chosen(found[one.key]) or len(room) < one.slots


@given(st.integers(2, 12), st.integers(1, 12))
def test_alike_evaluators_get_alike_loads(count, portfolios):
    raters = [rater(number, capacity=100) for number in range(10, 10 + count)]
    found = conflict_rules.propose([work(number) for number in range(portfolios)], raters, today=TODAY)
    loads = {one.key: 0 for one in raters}
    for proposal in found.values():
        for key in chosen(proposal):
            loads[key] += 1
    assert max(loads.values()) - min(loads.values()) <= 1


def test_five_hundred_portfolios_and_forty_evaluators_are_quick():
    dice = random.Random(2012)
    sets = [f"set{number}" for number in range(10)]
    raters = [
        rater(
            number,
            sets=dict.fromkeys(dice.sample(sets, 5), SINCE),
            capacity=40,
            side=side(number, name=f"Rater {number}", emails=(f"r{number}@org{number % 17}.example",), employers=(f"Library {number}",)),
        )
        for number in range(1000, 1040)
    ]
    works = [
        work(
            number,
            set_code=(code := dice.choice(sets)),
            set_name=code,
            side=side(
                number, name=f"Candidate {number}", emails=(f"c{number}@org{number % 23}.example",), employers=(f"Library {number}",)
            ),
        )
        for number in range(500)
    ]
    began = time.perf_counter()
    found = conflict_rules.propose(works, raters, today=TODAY)
    assert time.perf_counter() - began < 10
    assert sum(len(one.chosen) for one in found.values()) == 1000
