"""The states of an appeal, its transitions, and the audit's sentences about it."""

from dataclasses import dataclass

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class AppealState(models.TextChoices):
    """Where an appeal is. Responded means: answered, waived, or its last day has passed in silence."""

    NOTICED = "noticed", "Grounds due"
    GROUNDS_GIVEN = "grounds_given", "Before the first committee"
    RESPONDED = "responded", "Before the second committee"
    UPHELD = "upheld", "The decision stands"
    REMANDED = "remanded", "Sent back"
    FORFEITED = "forfeited", "Closed, no grounds received in time"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DecisionKind(models.TextChoices):
    """What can be appealed."""

    APPLICATION = "application", "Application refused"
    PORTFOLIO = "portfolio", "Portfolio not achieved"
    COMPLETION = "completion", "Course not accepted"
    RENEWAL = "renewal", "Renewal refused"
    CERTIFICATE = "certificate", "Certificate suspended or revoked"
    GRADUATION = "graduation", "Transcript not accepted"
    COURSE = "course", "Course not approved"
    AGREEMENT = "agreement", "Agreement not signed"
    EXTENSION = "extension", "More time declined"
    REUSE = "reuse", "Sets from an earlier candidacy not counted"
    EVALUATOR = "evaluator", "Not approved to rate a set"


class Response(models.TextChoices):
    """How the first committee responded."""

    ANSWERED = "answered", "Answered"
    WAIVED = "waived", "Passed to the second committee"
    SILENT = "silent", "No answer in time"


@dataclass(frozen=True)
class Again:
    """What happens with a decision that was sent back: what the person reads, and what staff do."""

    of_person: str
    of_staff: str


AS_SENT = Again(
    "Staff will decide again on what you sent, using what the committee wrote. It keeps its original date. You don’t need to do anything.",
    "Staff have it again as it was sent.",
)
AGAIN = dict.fromkeys(DecisionKind, AS_SENT) | {
    DecisionKind.PORTFOLIO: Again(
        "Your portfolio goes to evaluators who have not seen it. You don’t need to do anything.",
        "Invite two evaluators who have not seen it.",
    ),
    DecisionKind.CERTIFICATE: Again(
        "Staff will decide again on your certificate, using what the committee wrote. We will email you.",
        "The certificate is suspended until someone reinstates it or lets the suspension stand.",
    ),
}
OPEN = (AppealState.NOTICED, AppealState.GROUNDS_GIVEN, AppealState.RESPONDED)
NOT_WAITING = "This appeal is not waiting for an answer. Someone may have answered a moment ago."
NOT_TO_DECIDE = "This appeal is not waiting for a decision. It may have been decided a moment ago."

APPEAL = StateMachine(
    "appeals.appeal",
    Transition(
        "give_grounds",
        {AppealState.NOTICED},
        AppealState.GROUNDS_GIVEN,
        "{actor} submitted the grounds of the appeal about {title}. The first committee will respond by {respond_by}.",
        refusal="You already submitted your grounds. Nothing was sent twice.",
    ),
    Transition(
        "forfeit",
        {AppealState.NOTICED},
        AppealState.FORFEITED,
        "The appeal of {person} about {title} was closed: no grounds were received by {grounds_by}.",
        refusal="Only an appeal without grounds can be closed this way.",
    ),
    Transition(
        "respond",
        {AppealState.GROUNDS_GIVEN},
        AppealState.RESPONDED,
        "{actor} responded to the appeal of {person} about {title}. The second committee will meet by {decide_by}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "waive",
        {AppealState.GROUNDS_GIVEN},
        AppealState.RESPONDED,
        "{actor} passed the appeal of {person} about {title} to the second committee, which will meet by {decide_by}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "stand_in",
        {AppealState.GROUNDS_GIVEN},
        AppealState.RESPONDED,
        "The first committee did not answer the appeal of {person} about {title}. The second one will meet by {decide_by}.",
        refusal=NOT_WAITING,
    ),
    Transition(
        "uphold",
        {AppealState.RESPONDED},
        AppealState.UPHELD,
        "{actor} decided on the appeal of {person}: the decision about {title} stands.",
        refusal=NOT_TO_DECIDE,
    ),
    Transition(
        "remand",
        {AppealState.RESPONDED},
        AppealState.REMANDED,
        "{actor} decided on the appeal of {person}: the decision about {title} goes back.",
        refusal=NOT_TO_DECIDE,
    ),
    Transition(
        "withdraw",
        {AppealState.NOTICED, AppealState.GROUNDS_GIVEN, AppealState.RESPONDED},
        AppealState.WITHDRAWN,
        "{actor} withdrew the appeal about {title}.",
        refusal="This appeal is already over.",
    ),
    impartial={"respond", "waive", "uphold", "remand"},
    own="This is your own appeal. Someone else must decide on it.",
)

AUDIT_EVENTS = [
    AuditEvent("appeals.appeal.notice", "{actor} filed a notice of appeal about {title}. The grounds are due by {grounds_by}."),
    AuditEvent("appeals.appeal.done", "{actor} recorded that what was sent back about {title} is done."),
    AuditEvent("appeals.file.add", "{actor} added {count} to the appeal about {title}."),
    AuditEvent("appeals.file.remove", "{actor} removed a file from the appeal about {title}."),
    AuditEvent("appeals.appeal.look", "{actor}, of the committee, read what was decided about {title}."),
    AuditEvent("appeals.receipt.note", "{actor} recorded that {person} received the decision about {title} on {received_on}."),
    AuditEvent("appeals.statement.sign", "{actor} signed the statement on conflicts of interest. It is valid through {holds_until}."),
]


class NotAppealable(NotPossible):
    """There is no such decision, or it is too late to appeal it."""


class TooLate(NotPossible):
    """The last day has passed."""
