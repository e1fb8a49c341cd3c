"""The states of a completion that was claimed, the words of the catalog, and the sentences that are told."""

from django.db import models

from ledger.states import Move, NotPossible, Table, Verb


class ClaimState(models.TextChoices):
    """Where the claim of a completed course is."""

    CLAIMED = "claimed", "With staff"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Not accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ProviderKind(models.TextChoices):
    """Who offers courses."""

    STATE_LIBRARY = "state_library", "State library"
    ASSOCIATION = "association", "State association"
    COOPERATIVE = "cooperative", "Cooperative"
    COLLEGE = "college", "Community college"
    ALA_UNIT = "ala_unit", "ALA unit"
    CONSULTANT = "consultant", "Consultant"


class Format(models.TextChoices):
    """How a course is taught."""

    ONLINE = "online", "Online"
    IN_PERSON = "in_person", "In person"
    BLENDED = "blended", "Some of each"


_DECIDED = "This claim was decided or withdrawn a moment ago. Nothing was changed."

CLAIM = Table(
    "courses.claim",
    Move(
        "accept",
        {ClaimState.CLAIMED},
        ClaimState.ACCEPTED,
        "{actor} accepted that {person} finished “{course}” on {completed_on}.",
        refusal=_DECIDED,
    ),
    Move(
        "refuse",
        {ClaimState.CLAIMED},
        ClaimState.REFUSED,
        "{actor} did not accept the completion of “{course}” by {person}.",
        refusal=_DECIDED,
    ),
    Move("withdraw", {ClaimState.CLAIMED}, ClaimState.WITHDRAWN, "{actor} withdrew the claim for “{course}”.", refusal=_DECIDED),
)

VERBS = [
    Verb("courses.claim.claim", "{actor} said that they finished “{course}” on {completed_on}, and sent the proof."),
    Verb("courses.offering.add", "{actor} added the course “{course}” of {provider} to the catalog."),
    Verb("courses.offering.approve", "{actor} recorded that “{course}” of {provider} is approved from {approved_on} to {approved_until}."),
    Verb("courses.agreement.add", "{actor} added the recognition agreement with {college}."),
]


class NotActive(NotPossible):
    """The candidacy takes no more claims."""


class AlreadyClaimed(NotPossible):
    """There is an open claim for this set."""


class AlreadyAchieved(NotPossible):
    """The set is achieved."""


class NotCredited(NotPossible):
    """The course was not finished in the time in which it counts."""


class NotYourDecision(NotPossible):
    """Nobody decides on themselves."""
