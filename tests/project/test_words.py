"""Words that everybody can read: short sentences and a low school grade, on every page for visitors and candidates and in every mail."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from programs import queries as programs
from tests.project.everybody import Project
from tests.project.readability import WORD, letter_lines, measure, otherwise, page_lines, sentences, syllables
from tests.project.test_addresses import TABLE, WHO, whom

ROOT = Path(__file__).resolve().parents[2]
LETTERS = sorted((ROOT / "templates").glob("*/email/*/body.txt"))
GRADE = 8
WORDS = 20
# Fewer words than this have no grade worth the name.
ENOUGH = 40
NAMES = ("Library Support Staff Certification", "ALA-Allied Professional Association", "American Library Association")


@pytest.mark.parametrize(
    ("word", "count"),
    [("set", 1), ("one", 1), ("needed", 2), ("library", 3), ("certificate", 4), ("application", 4), ("courses", 2), ("evaluator", 5)],
)
def test_syllables_are_counted_about_right(word: str, count: int) -> None:
    assert syllables(word) == count


def test_hard_words_are_found_hard_and_easy_ones_easy() -> None:
    hard = (
        "Notwithstanding considerable organizational difficulties, participants successfully demonstrated interdisciplinary competencies."
    )
    assert measure([hard]).grade > 16
    assert measure(["You have time. We keep what you type here. Come back when you can do so."]).grade < 3


def test_a_text_is_cut_where_a_reader_breathes() -> None:
    html = (
        "<header>Not this</header><main><h1>Who may apply here today</h1><p>You may. Do it now, if you can!</p><select>no</select></main>"
    )
    assert page_lines(html) == ["Who may apply here today", "You may. Do it now, if you can!"]
    assert sentences(page_lines(html)) == ["Who may apply here today", "Do it now, if you can!"]
    assert letter_lines("Hello {{ called }},\n\nYou have {% if one %}one set{% else %}{{ n }} sets{% endif %}.") == [
        "Hello this,",
        "You have one set .",
    ]
    assert otherwise("{% if a %}one{% else %}{% if b %}two{% else %}three{% endif %}{% endif %}.") == "three."


def _ours(lines: list[str]) -> list[str]:
    """The lines without what the framework itself says, and with names cut down to one word."""
    official = {text for one in programs.list_sets() for text in (one.scope, *(each.text for each in one.competencies.all()))}
    names = sorted((*NAMES, *(one.name for one in programs.list_sets())), key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(name) for name in names))
    return [pattern.sub("LSSC", line) for line in lines if re.sub(r"^\d+\. ", "", line) not in official]


def _pages(project: Project) -> Iterator[tuple[str, list[str]]]:
    """Every page that a visitor or a candidate may open, as lines of text."""
    for name, (answers, _) in TABLE.items():
        who = next((who for who, answer in zip(WHO, answers, strict=True) if answer == 200 and who in ("visitor", "owner")), None)
        if who is None:
            continue
        answer = project.clients[whom(name, who)].get(project.address(name))
        if answer.headers["Content-Type"].startswith("text/html"):
            yield name, _ours(page_lines(answer.getvalue().decode()))


@pytest.mark.django_db
def test_every_page_for_visitors_and_candidates_reads_at_grade_eight_or_lower(project: Project) -> None:
    grades = {name: measure(lines) for name, lines in _pages(project)}
    assert len(grades) > 50
    assert {name: round(it.grade, 1) for name, it in grades.items() if it.words >= ENOUGH and it.grade > GRADE} == {}


@pytest.mark.django_db
def test_no_sentence_on_a_page_for_visitors_and_candidates_is_too_long(project: Project) -> None:
    long = [f"{name}: {said}" for name, lines in _pages(project) for said in sentences(lines) if len(WORD.findall(said)) > WORDS]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: f"{path.parts[-4]}/{path.parent.name}")
def test_a_letter_reads_at_grade_eight_or_lower_in_short_sentences(path: Path) -> None:
    for source in (path.read_text(), otherwise(path.read_text())):
        lines: list[Any] = letter_lines(source)
        assert measure(lines).grade <= GRADE
        assert [said for said in sentences(lines) if len(WORD.findall(said)) > WORDS] == []
