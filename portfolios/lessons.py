"""The training of evaluators: its pages in order, and what they ask. The words of each page are in `templates/portfolios/lessons/`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One answer, whether it is the one that we would give, and what we say to it."""

    value: str
    label: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class TrainingQuestion:
    """Something to answer: a response to rate, with its evidence, or a question."""

    key: str
    text: str
    choices: tuple[Choice, ...]
    story: tuple[str, ...] = ()
    evidence: str = ""

    def get_choice(self, value: str | None) -> Choice | None:
        """The choice of this value, or None."""
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class TrainingPage:
    """One page. `strict` ones are done when every answer is right, others when every question is answered."""

    slug: str
    title: str
    minutes: int
    questions: tuple[TrainingQuestion, ...] = ()
    strict: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the questions."""
        return tuple(question.key for question in self.questions)

    def is_done(self, answers: Mapping[str, str]) -> bool:
        """Whether this page counts as done with these answers."""
        chosen = [question.get_choice(answers.get(question.key)) for question in self.questions]
        return all(choice is not None and (choice.right or not self.strict) for choice in chosen)


def _ratings(*, met: tuple[bool, str], partial: tuple[bool, str], not_met: tuple[bool, str]) -> tuple[Choice, ...]:
    options = (("met", "Met", met), ("partial", "Partially met", partial), ("not_met", "Not met", not_met))
    return tuple(Choice(value, label, right, feedback) for value, label, (right, feedback) in options)


EXERCISE = (
    TrainingQuestion(
        key="exercise_first",
        text="How do you rate the first response?",
        story=(
            "“In October three people a day asked me how to print from a phone. I wrote down the steps, tried them on four people, and saw "
            "that two of them got stuck at the same step. I changed the second step and added a picture.",
            "After that, six of six people printed without me. I learned to test with the people who will use it, and I now do that with "
            "every sign at our desk. Our director put the handout on the website.”",
        ),
        evidence="Primary: the handout in both versions. Primary: the tally of questions before and after.",
        choices=_ratings(
            met=(
                True,
                "We agree. It shows what this person did, how it was tested, what changed and what was learned. Primary evidence shows it.",
            ),
            partial=(
                False,
                "We would say Met. What is missing? The work, the test, the result and the lesson are there, and the evidence is direct.",
            ),
            not_met=(False, "We would say Met. A short response can be complete. Check the two versions and the tally again."),
        ),
    ),
    TrainingQuestion(
        key="exercise_second",
        text="How do you rate the second response?",
        story=(
            "“Our library takes computer help seriously. We have twelve public computers, a printer and a scanner, and we offer classes on "
            "Tuesdays. Staff are trained every year. Many people thank us for our help.”",
        ),
        evidence="Secondary: a letter from the director. It says that the candidate helps people with computers every day and well.",
        choices=_ratings(
            met=(
                False,
                "We would say Partially met. The text is about the library. Only the letter, which is secondary evidence, is about them.",
            ),
            partial=(
                True,
                "We agree. The letter says that the person does it, so it is more than nothing. The response does not show it yet. A good "
                "comment asks for one real case: who did you help, what did you do, and how did you know that it worked?",
            ),
            not_met=(
                False,
                "We would say Partially met: the director’s letter is evidence, if not direct. Ask for one real case of their own.",
            ),
        ),
    ),
    TrainingQuestion(
        key="exercise_third",
        text="How do you rate the third response?",
        story=(
            "“I enjoy working with people of all ages. Story time is the best hour of my week. I choose the books with care and keep a "
            "list of those that went well.”",
        ),
        evidence="Primary: a list of picture books.",
        choices=_ratings(
            met=(False, "We would say Not met. It is good work, but for another competency: nothing here is about computers."),
            partial=(False, "We would say Not met. Good writing about something else does not show this competency."),
            not_met=(
                True,
                "We agree. It does not answer the competency. The comment explains that without blame and names what would show it: this "
                "person’s own help with a computer, a phone or a printer.",
            ),
        ),
    ),
)

CHECK = (
    TrainingQuestion(
        key="check_pair",
        text="In round one, one evaluator says Met and the other Partially met. What counts?",
        choices=(
            Choice("met", "It counts as Met", True, "Right. One Met and one Partially met count as Met."),
            Choice("asked", "The candidate is asked for more", False, "That applies to two Partially met, or to any Not met."),
            Choice(
                "third",
                "A third evaluator decides",
                False,
                "A third evaluator comes only in the final round, where one of two says Not met.",
            ),
        ),
    ),
    TrainingQuestion(
        key="check_third",
        text="In the final round, one evaluator says Met and the other Not met. What happens?",
        choices=(
            Choice("worse", "The lower rating stands", False, "No rating wins by itself. Someone else reviews it first."),
            Choice("third", "A third evaluator rates this competency, and the middle rating of the three counts", True, "Right."),
            Choice("again", "The candidate is asked again", False, "More needed once only, after round one."),
        ),
    ),
    TrainingQuestion(
        key="check_comment",
        text="You want to say Partially met. What does your comment need?",
        choices=(
            Choice("none", "No comment is needed", False, "A comment is required for anything under Met."),
            Choice("blame", "What the candidate did wrong", False, "That does not help. Say what would show the competency."),
            Choice("help", "What is missing, and what would show it", True, "Right. The candidate can act on it."),
        ),
    ),
    TrainingQuestion(
        key="check_conflict",
        text="You open a portfolio and see that you once worked with this person. What do you do?",
        choices=(
            Choice("fair", "Rate it: you can be fair", False, "Maybe. But no one could know, and the rating could be questioned."),
            Choice("report", "Report a conflict of interest, and stop", True, "Right. Someone else rates it, and no one blames you."),
            Choice("ask", "Write to the candidate first", False, "Never write to a candidate. They don’t learn who you are."),
        ),
    ),
    TrainingQuestion(
        key="check_alone",
        text="May you talk with the other evaluator before both of you are done?",
        choices=(
            Choice("yes", "Yes, that makes it fairer", False, "Two independent ratings are fairer. You don’t even know who it is."),
            Choice("no", "No: each of us rates alone", True, "Right. Neither sees the other’s ratings until both are in."),
        ),
    ),
)

PAGES = (
    TrainingPage("portfolio", "What you rate", 10),
    TrainingPage("ratings", "The three ratings, and what they mean", 10),
    TrainingPage("fairness", "Fair, independent and confidential", 10),
    TrainingPage("comments", "Comments that help", 10),
    TrainingPage("exercise", "Rate three responses", 15, EXERCISE),
    TrainingPage("check", "Check yourself", 5, CHECK, strict=True),
)


def get_page(slug: str) -> TrainingPage:
    """One page by the name in its address; raises KeyError."""
    return {page.slug: page for page in PAGES}[slug]


def total_minutes() -> int:
    """About how long the whole training takes."""
    return sum(page.minutes for page in PAGES)
