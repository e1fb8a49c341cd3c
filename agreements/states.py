"""The states of a recognition agreement and of a graduate's claim, their transitions, and the audit's sentences about them."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class Credential(models.TextChoices):
    """What a college awards."""

    ASSOCIATE = "associate", "Associate degree (A.A.S.)"
    CERTIFICATE = "certificate", "Certificate"
    DIPLOMA = "diploma", "Diploma"


class AgreementState(models.TextChoices):
    """What was decided about a program of a college. That an agreement is over follows from its dates."""

    DRAFT = "draft", "Draft at the college"
    SUBMITTED = "submitted", "Under review"
    SIGNED = "signed", "Signed"
    RENEWED = "renewed", "Renewed by another one"
    ENDED = "ended", "Ended early"
    REFUSED = "refused", "Not agreed"
    WITHDRAWN = "withdrawn", "Withdrawn by the college"


class ClaimState(models.TextChoices):
    """Where a graduate's claim is."""

    CLAIMED = "claimed", "Under review"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Not accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN = (AgreementState.DRAFT, AgreementState.SUBMITTED)
# What graduates can claim by, and the public reads: the dates say for whom.
PUBLIC = (AgreementState.SIGNED, AgreementState.RENEWED, AgreementState.ENDED)
LIVE_CLAIMS = (ClaimState.CLAIMED, ClaimState.ACCEPTED)
DECIDED_CLAIMS = (ClaimState.ACCEPTED, ClaimState.REFUSED)
NOT_WAITING = "This program is not waiting for a decision. It may have been decided or withdrawn a moment ago."
CLAIM_NOT_WAITING = "This claim is not waiting for a decision. It may have been decided or withdrawn a moment ago."

AGREEMENT = StateMachine(
    "agreements.agreement",
    Transition(
        "submit",
        {AgreementState.DRAFT},
        AgreementState.SUBMITTED,
        "{actor} submitted the program {program} of {college}.",
        refusal="You already submitted this program. Nothing was sent twice.",
    ),
    Transition(
        "ask",
        {AgreementState.SUBMITTED},
        AgreementState.DRAFT,
        "{actor} asked {college} for changes to the program {program}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "sign",
        {AgreementState.SUBMITTED},
        AgreementState.SIGNED,
        "{actor} signed the agreement with {college} on {program}, dated {agreement_on}, for graduates from {retroactive_to} to {ends_on}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "refuse",
        {AgreementState.SUBMITTED},
        AgreementState.REFUSED,
        "{actor} did not agree with {college} on the program {program}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "remand",
        {AgreementState.REFUSED},
        AgreementState.SUBMITTED,
        "{actor} sent the program {program} of {college} back to staff, after an appeal.",
        refusal="Only a refused program can go back to staff.",
    ),
    Transition(
        "withdraw",
        set(OPEN),
        AgreementState.WITHDRAWN,
        "{actor} withdrew the program {program} of {college}.",
        refusal="This was already decided or withdrawn. Nothing was changed.",
    ),
    Transition(
        "renew",
        {AgreementState.SIGNED},
        AgreementState.RENEWED,
        "The agreement with {college} on {program} was renewed from {agreement_on}.",
        refusal="The agreement that this one renews was ended or renewed already.",
    ),
    Transition(
        "end",
        {AgreementState.SIGNED},
        AgreementState.ENDED,
        "{actor} ended the agreement with {college} on {program}: {ends_on} is its last day.",
        refusal="Only a signed agreement can be ended.",
    ),
    impartial={"ask", "sign", "refuse", "remand", "end"},
    own="You submitted this program. Another staff member must decide on it.",
    party="submitted_by_id",
)

GRADUATE_CLAIM = StateMachine(
    "agreements.graduate_claim",
    Transition(
        "accept",
        {ClaimState.CLAIMED},
        ClaimState.ACCEPTED,
        "{actor} accepted that {person} graduated from {college} on {graduated_on}.",
        refusal=CLAIM_NOT_WAITING,
    ),
    Transition(
        "refuse",
        {ClaimState.CLAIMED},
        ClaimState.REFUSED,
        "{actor} did not accept that {person} graduated from {college} on {graduated_on}.",
        refusal=CLAIM_NOT_WAITING,
    ),
    Transition(
        "remand",
        {ClaimState.REFUSED},
        ClaimState.CLAIMED,
        "{actor} sent the claim of {person} as a graduate of {college} back to staff, after an appeal.",
        refusal="Only a refused claim can go back to staff.",
    ),
    Transition(
        "withdraw",
        {ClaimState.CLAIMED},
        ClaimState.WITHDRAWN,
        "{actor} withdrew the claim under the agreement with {college}.",
        refusal="This was already decided or withdrawn. Nothing was changed.",
    ),
    impartial={"accept", "refuse", "remand"},
    own="This is your own claim. Another staff member must decide on it.",
)

AUDIT_EVENTS = [
    AuditEvent("agreements.agreement.add", "{actor} listed the agreement with {college}."),
    AuditEvent("agreements.agreement.write", "{actor} started a draft of the program {program} of {college}."),
    AuditEvent("agreements.agreement.state", "{actor} entered what the agreement with {college} says: its dates and sets."),
    AuditEvent("agreements.college.add", "{actor} listed the college {college}."),
    AuditEvent("agreements.college.contact", "{actor} made {person} a contact of {college}."),
    AuditEvent("agreements.college.part", "{actor} ended the role of {person} as contact of {college}."),
    AuditEvent("agreements.graduate.post", "{actor} posted a graduate of {college}, {program}."),
    AuditEvent("agreements.graduate.unpost", "{actor} withdrew the posting of a graduate of {college}."),
    AuditEvent("agreements.graduate_claim.claim", "{actor} claimed as a graduate of {college}, {program}, on {graduated_on}."),
]


class AgreementIncomplete(NotPossible):
    """Graduates would not cover three required and three elective sets, and no condition says how."""


class NoContact(NotPossible):
    """This person is not a contact of the college."""


class NotYetPossible(NotPossible):
    """The claim is right, but something else comes first."""


class NotCovered(NotPossible):
    """The dates of the agreement don't cover this graduation."""


class AlreadyClaimed(NotPossible):
    """Another claim is with staff, or one by this agreement was accepted."""
