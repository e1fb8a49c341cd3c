"""A question upward: what is so while nobody answers, and the first answer that says something."""

from collections.abc import Callable

import pytest

from appeals import queries as appeals
from courses import queries as courses
from courses.queries.reviews import find_missing_statement
from ledger.registry import Question
from people.documents import is_needed
from portfolios import queries as portfolios
from portfolios.queries.panels import list_courses_taken
from programs.queries import find_remedy


def test_the_first_answer_that_says_something_counts() -> None:
    @Question
    def find_shelf(title: str, *, floor: int) -> str:
        """Say on which shelf a book stands."""
        return "nowhere"

    assert find_shelf("Emma", floor=1) == "nowhere"
    assert (find_shelf.__name__, find_shelf.__doc__) == ("find_shelf", "Say on which shelf a book stands.")
    find_shelf.register(lambda title, *, floor: f"{title} on {floor}" if floor else "")
    assert [find_shelf("Emma", floor=floor) for floor in (1, 0)] == ["Emma on 1", "nowhere"]
    find_shelf.register(lambda title, *, floor: "")
    assert [find_shelf("Emma", floor=floor) for floor in (1, 0)] == ["Emma on 1", "nowhere"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (find_remedy, appeals.find_remedy),
        (find_missing_statement, appeals.why_not_sit),
        (list_courses_taken, courses.list_titles_taken),
        (is_needed, portfolios.is_in_a_seal),
    ],
    ids=lambda one: one.__name__,
)
def test_each_question_of_the_program_has_its_answer(question: Question, answer: Callable[..., object]) -> None:  # type: ignore[type-arg]
    assert question.answers[:-1] == [answer]
