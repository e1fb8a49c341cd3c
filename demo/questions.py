"""Questions that visitors asked the program: one answered, two that wait in the inbox."""

from demo.story import Story
from people import actions as people
from people.states import Topic

ANSWERED = (
    "Yes, it can count. The day on which you finished it must fit the course's approval. You find the dates in the catalog.\n\n"
    "If it fits, apply, and send the proof with the course's form."
)


def tell(story: Story) -> None:
    """Ask them, each at its day."""
    inquiry = people.ask(
        name="Maureen Foley",
        email="maureen@birchwood.example",
        topic=Topic.SETS,
        text="I took a course on reference work last year, before I had heard of you. Does it count?",
        actor=None,
        at=story.ago(20),
    )
    people.answer_inquiry(inquiry.id, text=ANSWERED, actor=story.rita, at=story.ago(19))
    people.ask(
        name="Theo Brandt",
        email="theo@millpond.example",
        topic=Topic.MONEY,
        text="Can my library send one purchase order for three of us? Two of us are ALA members, and one is not.",
        actor=None,
        at=story.ago(2),
    )
    people.ask(
        name="Charlie Okafor",
        email=story.people["charlie@elsewhere.example"].email,
        topic=Topic.APPLYING,
        text="I worked in a bookstore for six years and in a library for one. Do both count?",
        actor=story.people["charlie@elsewhere.example"],
        at=story.ago(1),
    )
