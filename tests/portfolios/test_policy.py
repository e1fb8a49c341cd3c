"""The rating rules: every boundary as a table, every set of three competencies against a brute force, and laws."""

from functools import cache
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolios import policy, queries
from portfolios.policy import Outcome, Value

MET, PARTIAL, NOT_MET = Value.MET, Value.PARTIAL, Value.NOT_MET
PAIRS = list(product(Value, repeat=2))
ratings = st.sampled_from(Value)
pairs = st.tuples(ratings, ratings)
rows = st.dictionaries(st.integers(1, 16), pairs, min_size=1)
outcomes = st.sampled_from([Outcome.MET, Outcome.PARTIAL, Outcome.NOT_MET])


@pytest.mark.parametrize(
    ("pair", "stands"),
    [
        ((MET, MET), True),
        ((MET, PARTIAL), True),
        ((PARTIAL, MET), True),
        ((PARTIAL, PARTIAL), False),
        ((MET, NOT_MET), False),
        ((NOT_MET, MET), False),
        ((PARTIAL, NOT_MET), False),
        ((NOT_MET, PARTIAL), False),
        ((NOT_MET, NOT_MET), False),
    ],
)
def test_round_one_of_one_competency(pair, stands):
    assert policy.round_one({7: pair}) == policy.Verdict(met=(7,) if stands else (), asked=() if stands else (7,))


@pytest.mark.parametrize(
    ("pair", "outcome"),
    [
        ((MET, MET), Outcome.MET),
        ((MET, PARTIAL), Outcome.MET),
        ((PARTIAL, MET), Outcome.MET),
        ((PARTIAL, PARTIAL), Outcome.PARTIAL),
        ((MET, NOT_MET), Outcome.THIRD_NEEDED),
        ((NOT_MET, MET), Outcome.THIRD_NEEDED),
        ((PARTIAL, NOT_MET), Outcome.THIRD_NEEDED),
        ((NOT_MET, PARTIAL), Outcome.THIRD_NEEDED),
        ((NOT_MET, NOT_MET), Outcome.NOT_MET),
    ],
)
def test_final_round_of_one_competency(pair, outcome):
    result = policy.final({7: pair})
    assert result.outcomes == {7: outcome}
    assert result.thirds == ((7,) if outcome == Outcome.THIRD_NEEDED else ())


@pytest.mark.parametrize(
    ("pair", "third", "outcome"),
    [
        ((MET, NOT_MET), MET, Outcome.MET),
        ((MET, NOT_MET), PARTIAL, Outcome.PARTIAL),
        ((MET, NOT_MET), NOT_MET, Outcome.NOT_MET),
        ((NOT_MET, PARTIAL), MET, Outcome.PARTIAL),
        ((NOT_MET, PARTIAL), PARTIAL, Outcome.PARTIAL),
        ((NOT_MET, PARTIAL), NOT_MET, Outcome.NOT_MET),
    ],
)
def test_third_evaluator_makes_the_median_stand(pair, third, outcome):
    assert policy.final({7: pair}, thirds={7: third}).outcomes == {7: outcome}


@pytest.mark.parametrize(("total", "met"), [(1, 1), (3, 3), (8, 6), (9, 7), (10, 7), (11, 8), (12, 9), (13, 10), (16, 12), (20, 14)])
def test_needed_is_seventy_percent_rounded_up(total, met):
    assert policy.needed(total, percent=70) == met


@pytest.mark.parametrize("total", [8, 9, 10, 12, 13, 16])
def test_verdict_around_the_number_needed(total):
    enough = policy.needed(total, percent=70)

    def decide(met, not_met=0):
        values = [Outcome.MET] * met + [Outcome.NOT_MET] * not_met + [Outcome.PARTIAL] * (total - met - not_met)
        return policy.verdict(dict(enumerate(values)), percent=70).achieved

    assert not decide(enough - 1)
    assert decide(enough)
    assert decide(total)
    assert not decide(enough, not_met=1)
    assert not decide(total - 1, not_met=1)


def test_verdict_says_which_rule_and_which_numbers():
    values = [Outcome.MET] * 7 + [Outcome.PARTIAL] * 2 + [Outcome.NOT_MET]
    assert policy.verdict(dict(enumerate(values)), percent=70).words == (
        "The rule: at least 70% of the 10 competencies are Met, which is 7, and none is Not met. Yours: 7 Met, 2 Partially met, 1 Not met."
    )


@pytest.mark.parametrize("open_one", [Outcome.ASKED, Outcome.THIRD_NEEDED])
def test_verdict_is_refused_while_a_competency_is_open(open_one):
    with pytest.raises(ValueError, match="every competency"):
        policy.verdict({1: Outcome.MET, 2: open_one}, percent=70)
    with pytest.raises(ValueError, match="every competency"):
        policy.verdict({}, percent=70)


@pytest.mark.parametrize(
    ("pair", "third", "outcome", "words"),
    [
        ((MET, MET), None, Outcome.MET, "Both evaluators said Met. That counts as Met."),
        ((PARTIAL, MET), None, Outcome.MET, "One evaluator said Met, the other Partially met. That counts as Met."),
        ((PARTIAL, PARTIAL), None, Outcome.ASKED, "Both evaluators said Partially met. That is not enough yet, so you are asked for more."),
        ((NOT_MET, NOT_MET), None, Outcome.NOT_MET, "Both evaluators said Not met. That counts as Not met."),
        ((NOT_MET, MET), None, Outcome.THIRD_NEEDED, "One evaluator said Met, the other Not met. A third evaluator rates this competency."),
        (
            (NOT_MET, MET),
            PARTIAL,
            Outcome.PARTIAL,
            "One evaluator said Met, the other Not met, and a third said Partially met. The middle rating counts: Partially met.",
        ),
    ],
)
def test_explain(pair, third, outcome, words):
    assert policy.explain(pair, third=third, outcome=outcome) == words


POINTS = {"met": 2, "partial": 1, "not_met": 0}


@cache
def brute_force_of_one(first, second, third):
    """One competency: whether more is asked, whether the third evaluator counts, and its points."""
    a, b = (POINTS[value] for value in first)
    if a + b >= 3:
        return False, False, 2
    a, b = (POINTS[value] for value in second)
    if a * b == 0 and a + b > 0:
        return True, True, sorted([a, b, POINTS[third]])[1]
    return True, False, 2 if a + b >= 3 else 1 if a + b == 2 else 0


def brute_force(first, second, third):
    """The published rules read again with points (Met 2, Partially met 1, Not met 0), without a line of policy."""
    ones = [brute_force_of_one(*history) for history in zip(first, second, third, strict=True)]
    points = [points for _, _, points in ones]
    asked = [number for number, (again, _, _) in enumerate(ones) if again]
    third_used = [number for number, (_, third, _) in enumerate(ones) if third]
    return asked, third_used, 0 not in points and points.count(2) * 10 >= len(points) * 7


@cache
def round_one(first):
    return policy.round_one(dict(enumerate(first)))


@cache
def final(pairs, thirds=()):
    result = policy.final(dict(pairs), thirds=dict(thirds))
    return result.outcomes, result.thirds


@cache
def is_achieved(outcomes):
    return policy.verdict(dict(outcomes), percent=70).achieved


def walk(first, second, third):
    """What the policy says; the same question is asked once."""
    opening = round_one(tuple(first))
    pairs = tuple((number, second[number]) for number in opening.asked)
    outcomes, thirds = final(pairs)
    if thirds:
        outcomes, _ = final(pairs, tuple((number, third[number]) for number in thirds))
    outcomes = dict.fromkeys(opening.met, Outcome.MET) | outcomes
    return list(opening.asked), list(thirds), is_achieved(tuple(outcomes.items()))


# One competency's whole history: round one, the final round, the third evaluator (each listed where the rules use it).
HISTORIES = [
    (one, two, three)
    for one in PAIRS
    for two in (PAIRS if one not in {(MET, MET), (MET, PARTIAL), (PARTIAL, MET)} else [one])
    for three in (Value if two.count(NOT_MET) == 1 and one not in {(MET, MET), (MET, PARTIAL), (PARTIAL, MET)} else [MET])
]


def test_every_history_of_three_competencies_ends_as_the_brute_force_says():
    assert len(HISTORIES) == 3 + 6 * (5 + 4 * 3)
    checked = 0
    for histories in product(HISTORIES, repeat=3):
        first, second, third = zip(*histories, strict=True)
        assert walk(first, second, third) == brute_force(first, second, third)
        checked += 1
    assert checked == 105**3


@given(rows)
def test_round_one_sorts_every_row_once(given_rows):
    result = policy.round_one(given_rows)
    assert sorted(result.met + result.asked) == sorted(given_rows)


@given(rows)
def test_the_order_of_two_evaluators_changes_nothing(given_rows):
    turned = {number: (second, first) for number, (first, second) in given_rows.items()}
    assert policy.round_one(turned) == policy.round_one(given_rows)
    assert policy.final(turned) == policy.final(given_rows)


@given(rows)
def test_what_stands_after_round_one_would_be_met_in_the_final_round(given_rows):
    result = policy.final(given_rows)
    assert {number for number, outcome in result.outcomes.items() if outcome == Outcome.MET} == set(policy.round_one(given_rows).met)


@given(st.tuples(ratings, ratings, ratings))
def test_median_is_one_of_the_three_with_at_most_one_on_each_side(three):
    middle = policy.median(three)
    assert middle in three
    assert sum(policy.RANK[value] < policy.RANK[middle] for value in three) <= 1
    assert sum(policy.RANK[value] > policy.RANK[middle] for value in three) <= 1


@given(st.lists(outcomes, min_size=1, max_size=20), st.integers(0, 19), st.integers(1, 100))
def test_a_better_outcome_never_loses_what_was_achieved(values, index, percent):
    before = policy.verdict(dict(enumerate(values)), percent=percent)
    after = policy.verdict(dict(enumerate(values)) | {index % len(values): Outcome.MET}, percent=percent)
    assert after.achieved or not before.achieved


@given(st.integers(1, 200), st.integers(1, 100))
def test_needed_is_the_least_number_that_reaches_the_percentage(total, percent):
    least = policy.needed(total, percent=percent)
    assert least * 100 >= total * percent > (least - 1) * 100


def test_minutes_left_is_a_round_number_and_nothing_when_done():
    assert [policy.minutes_left(0, words=0), policy.minutes_left(1, words=0), policy.minutes_left(4, words=3000)] == [0, 5, 25]


def rated(competency, slot, round, value):
    """A rating as the database has it, with its assignment; whoever holds an assignment, the assignment counts."""
    return SimpleNamespace(round=round, value=value, competency=SimpleNamespace(number=competency), assignment=SimpleNamespace(slot=slot))


@pytest.mark.parametrize("supplement", [True, False])
def test_every_history_with_replaced_evaluators_and_without_a_supplement_ends_as_the_brute_force_says(supplement):
    """An assignment's final round may be another person's than round one; without a supplement round one's ratings go to the final rule."""
    checked = 0
    for one, two, three in HISTORIES:
        second = two if supplement else one
        asked = brute_force([one], [second], [three])[0]
        ratings = [rated(0, slot + 1, 1, one[slot]) for slot in (1, 0)]
        ratings += [rated(0, slot + 1, 2, second[slot]) for slot in (0, 1) if supplement and asked]
        ratings += [rated(0, 3, 2, three)]
        pairs = queries.pair_up(ratings, round=1)
        assert policy.round_one(pairs).asked == tuple(asked)
        pairs |= queries.pair_up(ratings, round=2)
        assert walk([one], [pairs[0]], [queries.third_ratings(ratings)[0]]) == brute_force([one], [second], [three])
        checked += 1
    assert checked == 105
