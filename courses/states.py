"""The states of a completion, its legal moves, and the sentences that the file of a person tells."""

from django.db import models

from ledger.states import Move, NotPossible, Table, Verb


class CompletionState(models.TextChoices):
    """Where the claim of a completed course is."""

    CLAIMED = "claimed", "With staff"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


LIVE = (CompletionState.CLAIMED, CompletionState.ACCEPTED)
DECIDED = (CompletionState.ACCEPTED, CompletionState.REFUSED)


class ProviderKind(models.TextChoices):
    """Who teaches."""

    STATE_LIBRARY = "state_library", "State library"
    STATE_ASSOCIATION = "state_association", "State association"
    REGIONAL_COOPERATIVE = "regional_cooperative", "Regional cooperative"
    COLLEGE = "college", "College"
    ALA_UNIT = "ala_unit", "ALA unit"
    CONSULTANT = "individual_consultant", "Individual consultant"
    OTHER = "other", "Other"


class Format(models.TextChoices):
    """How a course is taught."""

    ONLINE = "online", "Online"
    IN_PERSON = "in_person", "In person"
    BLENDED = "blended", "Some of each"


COMPLETION = Table(
    "courses.completion",
    Move(
        "accept",
        {CompletionState.CLAIMED},
        CompletionState.ACCEPTED,
        "{actor} accepted that {person} finished {offering} on {completed_on}.",
        refusal="This completion is not waiting for a decision. It may have been decided or withdrawn a moment ago.",
    ),
    Move(
        "refuse",
        {CompletionState.CLAIMED},
        CompletionState.REFUSED,
        "{actor} did not accept that {person} finished {offering} on {completed_on}.",
        refusal="This completion is not waiting for a decision. It may have been decided or withdrawn a moment ago.",
    ),
    Move(
        "withdraw",
        {CompletionState.CLAIMED},
        CompletionState.WITHDRAWN,
        "{actor} took back the completion of {offering}.",
        refusal="This was decided or taken back already. Nothing was changed.",
    ),
)

VERBS = [
    Verb("courses.completion.claim", "{actor} sent proof of finishing {offering} on {completed_on}, for {set}."),
    Verb("courses.offering.add", "{actor} listed the course {offering} by {provider}, for {set}."),
    Verb("courses.offering.approval", "{actor} entered that {offering} is approved from {approved_on} to {approved_until}."),
    Verb("courses.agreement.add", "{actor} listed the agreement with {college}."),
]


class CandidacyEnded(NotPossible):
    """The candidacy is no longer active, or its last day is over."""


class AlreadyAchieved(NotPossible):
    """The set was achieved before; it counts once, in one way."""


class AlreadyClaimed(NotPossible):
    """A completion for this set is with staff already."""


class NoCredit(NotPossible):
    """The dates of the course give no credit for this day."""


class NotYourDecision(NotPossible):
    """Nobody decides on themselves."""
