"""What people ask the program, in groups. Each answer is a small template that quotes the Terms and fees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `slug` is its fragment in addresses and the name of its answer's template; `also` are words by which people find it."""

    slug: str
    asks: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer as a page shows it."""

    slug: str
    asks: str
    says: SafeString


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one group."""

    slug: str
    title: str
    answers: tuple[Answer, ...]


GROUPS: tuple[tuple[str, str, tuple[Question, ...]], ...] = (
    (
        "applying",
        "Who may apply",
        (
            Question("degree", "Do I need a degree?", "college diploma GED school education"),
            Question("membership", "Do I have to be a member of ALA?", "American Library Association join"),
            Question("experience", "How much experience do I need?", "hours years work"),
            Question("volunteer", "Does volunteer work count?", "unpaid free"),
            Question("two-jobs", "I work in two libraries. Do both count?", "part-time jobs overlap"),
            Question("stopped", "I don’t work in a library now. Can I still apply?", "unemployed laid off retired left"),
            Question("library-types", "Which types of library count?", "school public academic law hospital prison special"),
            Question("professions", "I work in another profession. Can I apply?", "bookstore archive museum teacher other job"),
            Question("master", "I have a master’s degree in library science. Is this for me?", "MLS MLIS librarian"),
            Question("abroad", "I live outside the United States. Can I apply?", "Canada country foreign international"),
            Question("graduate", "I just finished a library program and have no hours yet", "student provisional college new"),
            Question("when", "When can I apply?", "deadline start open season"),
            Question("answer", "How soon will I know if I am admitted?", "wait days decision"),
            Question("refused", "What if I am not eligible?", "rejected declined refund money back"),
            Question("personal", "Why do you ask personal questions in the form?", "race age gender demographics optional"),
        ),
    ),
    (
        "sets",
        "Earning your sets",
        (
            Question("which", "Which sets do I have to earn?", "required elective choose"),
            Question("order", "Is there a set order?", "first sequence start"),
            Question("change", "Can I change an elective?", "switch"),
            Question("time", "How long do I have?", "years deadline months"),
            Question("longer", "What if I need more time?", "extension late ill baby"),
            Question("last-day", "What is due on the last day?", "deadline late"),
            Question("courses-before", "I took a course before I applied. Does it count?", "earlier past old previous taken"),
            Question("not-approved", "Does a course that you did not approve count?", "other class webinar unapproved"),
            Question("work-credit", "Do I get credit for my years of work?", "experience life prior learning"),
            Question("state-programs", "I have a certificate from my state. Does it count?", "state library program certification"),
            Question("degree-credit", "Does my library degree or diploma count?", "associate LTA college agreement recognition"),
            Question("course-parts", "My course has two parts. When do I earn the set?", "split half module"),
            Question("course-proof", "How do I show that I finished a course?", "completion form proof upload"),
            Question("more-sets", "Can I earn more sets than I need?", "extra additional seven"),
            Question("near-me", "There is no course near me. What can I do?", "online distance rural place"),
        ),
    ),
    (
        "portfolios",
        "Portfolios",
        (
            Question("portfolio-or-course", "Should I write a portfolio or take a course?", "choose better"),
            Question("evidence", "What can I use as evidence?", "files photo letter video proof"),
            Question("team", "I did it with others. Can I use it?", "group teamwork colleagues together"),
            Question("look-first", "Can someone review it before I send it?", "pre-review feedback help comments"),
            Question("who-reads", "Who reads my portfolio?", "evaluators raters judges names"),
            Question("rating", "How is it rated?", "score pass grade met percent"),
            Question("asked", "The evaluators need more. What now?", "supplement add missing"),
            Question("not-achieved", "What if my portfolio does not achieve the set?", "fail failed again retry"),
        ),
    ),
    (
        "money",
        "Money",
        (
            Question("cost", "What is the total cost?", "price total fee sum expensive"),
            Question("pay-how", "How do I pay?", "card check credit"),
            Question("employer-pays", "Can my library pay for me?", "purchase order employer invoice"),
            Question("refund", "Can I get a refund?", "refund return cancel withdraw"),
            Question("fee-change", "The fee has changed. Which one do I pay?", "price new old"),
        ),
    ),
    (
        "certificate",
        "Your certificate",
        (
            Question("title", "What may I call myself?", "CLSS letters name title"),
            Question("check", "How can others check my certificate?", "verify number employer public QR"),
            Question("valid", "How long is it valid?", "expire years end"),
            Question("renew", "How do I keep it?", "renew renewal hours learning continuing education"),
            Question("late", "I missed the renewal date. Is it too late?", "grace lapse expired late"),
            Question("new-name", "My name has changed. Do I get a new certificate?", "marriage married surname"),
            Question("raise", "Will I get a raise or a better job?", "salary pay promotion"),
        ),
    ),
    (
        "account",
        "Your account, and if something goes wrong",
        (
            Question("no-email", "I did not get your email", "mail spam confirm missing"),
            Question("password", "I forgot my password", "sign in login reset"),
            Question("lost", "If I stop in the middle, do I lose my work?", "save draft pause"),
            Question("shared", "I share a computer", "sign out log out public staff room"),
            Question("no-script", "Do I need a new computer or phone?", "browser JavaScript old mobile"),
            Question("appeal", "I disagree with a decision", "appeal complain unfair"),
            Question("who-sees", "Who sees what I send you?", "private privacy boss employer secret"),
        ),
    ),
)


def list_questions() -> Iterator[Question]:
    """Every question, in the order of the page."""
    for _, _, questions in GROUPS:
        yield from questions


def find(words: str, *, details: dict[str, Any]) -> list[Answers]:
    """The groups with the questions whose text, answer or other words hold every one of `words`; all of them for no words."""
    terms = [word for word in words.casefold().split() if word]
    groups = [
        Answers(slug, title, tuple(answer for question in questions if (answer := _answer(question, details=details, terms=terms))))
        for slug, title, questions in GROUPS
    ]
    return [group for group in groups if group.answers]


def _answer(question: Question, *, details: dict[str, Any], terms: list[str]) -> Answer | None:
    says = render_to_string(f"lssc/answers/{question.slug}.html", details)
    text = f"{question.asks} {question.also} {strip_tags(says)}".casefold()
    return Answer(question.slug, question.asks, says) if all(word in text for word in terms) else None
