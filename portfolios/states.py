"""The states of a portfolio and of an assignment, the transitions between them, and the audit's sentences."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class State(models.TextChoices):
    """Where a portfolio stands."""

    DRAFT = "draft", "In progress"
    AWAITING_PAYMENT = "awaiting_payment", "Sealed, waiting for the fee"
    SUBMITTED = "submitted", "Waiting for evaluators"
    ROUND_ONE = "round_one", "Being rated"
    ASKED = "asked", "More needed"
    ROUND_TWO = "round_two", "Being rated again"
    THIRD = "third", "Third evaluator rating"
    ACHIEVED = "achieved", "Achieved"
    NOT_ACHIEVED = "not_achieved", "Not achieved"
    WITHDRAWN = "withdrawn", "Closed, not paid"


class PreReviewState(models.TextChoices):
    """Where a draft stands that its candidate shared for comments."""

    SHARED = "shared", "Under review"
    ANSWERED = "answered", "Answered"
    ENDED = "ended", "Sharing ended"


class AssignmentState(models.TextChoices):
    """Where one evaluator's part stands."""

    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Rating"
    DECLINED = "declined", "Declined"
    DONE = "done", "Ratings sent"
    REPLACED = "replaced", "Replaced"
    LAPSED = "lapsed", "Not answered"
    RECUSED = "recused", "Conflict of interest"
    RETIRED = "retired", "Earlier panel"


class RequestState(models.TextChoices):
    """The state of a request to rate one set."""

    ASKED = "asked", "Under review"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Not approved"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Ground(models.TextChoices):
    """What makes someone an expert in a set (rules.md, "Portfolios")."""

    MASTERS = "masters", "A master’s degree in the field"
    TEACHING = "teaching", "Teaching, training or writing in it"
    YEARS = "years", "More than five years of work in it"


class ConflictKind(models.TextChoices):
    """What a declared conflict of interest is about."""

    PERSON = "person", "A person"
    ORGANIZATION = "organization", "An organization"
    COURSE = "course", "A course that I taught"


RATING = frozenset({State.ROUND_ONE, State.ROUND_TWO, State.THIRD})
DECIDED = frozenset({State.ACHIEVED, State.NOT_ACHIEVED})
LIVE = frozenset({AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DONE})

OWN = "You can’t decide on your own portfolio. A colleague must do this."
PORTFOLIO = StateMachine(
    "portfolios.portfolio",
    Transition(
        "send",
        {State.DRAFT},
        State.AWAITING_PAYMENT,
        "{actor} sealed the portfolio for {set}.",
        refusal="This portfolio was already sent. Nothing was sent twice.",
    ),
    Transition(
        "settle", {State.AWAITING_PAYMENT}, State.SUBMITTED, "The fee for the portfolio for {set} was paid. It is waiting for evaluators."
    ),
    Transition(
        "lapse", {State.AWAITING_PAYMENT}, State.WITHDRAWN, "{actor} closed the portfolio for {set}: its fee was not paid by {ends_on}."
    ),
    Transition(
        "assign",
        {State.SUBMITTED},
        State.ROUND_ONE,
        "{actor} invited two evaluators for the portfolio for {set}.",
        refusal="This portfolio already has its evaluators.",
    ),
    Transition(
        "ask",
        {State.ROUND_ONE},
        State.ASKED,
        "The evaluators need more on {asked} of {total} competencies of {set}, by {supplement_by}.",
    ),
    Transition(
        "supplement",
        {State.ASKED},
        State.ROUND_TWO,
        "{actor} sent more for the portfolio for {set}.",
        refusal="You can send more once, while it is requested.",
    ),
    Transition(
        "call_third",
        {State.ROUND_ONE, State.ASKED, State.ROUND_TWO},
        State.THIRD,
        "{set} needs a third evaluator, for {thirds} competencies.",
    ),
    Transition(
        "achieve",
        {State.ROUND_ONE, State.ASKED, State.ROUND_TWO, State.THIRD},
        State.ACHIEVED,
        "{person} achieved {set} by portfolio: {met} Met, {partial} Partially met, {not_met} Not met; {needed} of {total} needed.",
    ),
    Transition(
        "fail",
        {State.ROUND_ONE, State.ASKED, State.ROUND_TWO, State.THIRD},
        State.NOT_ACHIEVED,
        "{person} did not achieve {set} by portfolio: {met} Met, {partial} Partially met, {not_met} Not met; {needed} of {total} needed.",
    ),
    Transition(
        "remand",
        {State.NOT_ACHIEVED},
        State.SUBMITTED,
        "{actor} sent the portfolio for {set} back, to be rated by evaluators who have not seen it. It had {met} of {total} Met.",
        refusal="Only a portfolio that was not achieved can go back to rating.",
    ),
    impartial={"assign", "remand"},
    own=OWN,
    party="candidacy.person_id",
)

ASSIGNMENT = StateMachine(
    "portfolios.assignment",
    Transition(
        "accept",
        {AssignmentState.INVITED},
        AssignmentState.ACCEPTED,
        "{actor} agreed to rate a portfolio for {set} by {rate_by}.",
        refusal="This invitation was already answered, or it was assigned to someone else.",
    ),
    Transition(
        "decline",
        {AssignmentState.INVITED, AssignmentState.ACCEPTED},
        AssignmentState.DECLINED,
        "{actor} declined to rate a portfolio for {set}.",
        refusal="This invitation was already answered, or it was assigned to someone else.",
    ),
    Transition(
        "finish",
        {AssignmentState.ACCEPTED},
        AssignmentState.DONE,
        "{actor} sent {count} ratings of a portfolio for {set}.",
        refusal="These ratings were already sent, or the portfolio was assigned to someone else.",
    ),
    Transition(
        "again",
        {AssignmentState.DONE},
        AssignmentState.ACCEPTED,
        "The portfolio for {set} went back to {person}, to be rated by {rate_by}.",
    ),
    Transition(
        "replace",
        {AssignmentState.INVITED, AssignmentState.ACCEPTED},
        AssignmentState.REPLACED,
        "{actor} unassigned {person} from the portfolio for {set}.",
        refusal="This evaluator already sent the ratings, or is no longer assigned.",
    ),
    Transition(
        "lapse",
        {AssignmentState.INVITED},
        AssignmentState.LAPSED,
        "{person} did not answer the invitation to rate a portfolio for {set} by {accept_by}. It was offered to someone else.",
    ),
    Transition(
        "recuse",
        {AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DONE},
        AssignmentState.RECUSED,
        "{person} no longer rates a portfolio for {set}, because of a conflict of interest.",
        refusal="You are no longer assigned to this portfolio.",
    ),
    Transition(
        "retire",
        {AssignmentState.DONE},
        AssignmentState.RETIRED,
        "The portfolio for {set} that {person} rated goes to a new panel.",
    ),
    impartial={"replace"},
    own=OWN,
    party="portfolio.candidacy.person_id",
)

SET_REQUEST = StateMachine(
    "portfolios.set_request",
    Transition(
        "approve",
        {RequestState.ASKED},
        RequestState.APPROVED,
        "{actor} approved {person} as portfolio evaluator for {set}.",
        refusal="This was already decided. Nothing was changed.",
    ),
    Transition(
        "refuse",
        {RequestState.ASKED},
        RequestState.REFUSED,
        "{actor} did not approve {person} as portfolio evaluator for {set}.",
        refusal="This was already decided. Nothing was changed.",
    ),
    Transition(
        "remand",
        {RequestState.REFUSED},
        RequestState.ASKED,
        "{actor} sent the application of {person} to rate portfolios for {set} back to staff, after an appeal.",
        refusal="Only a refused application can go back to staff.",
    ),
    Transition(
        "withdraw",
        {RequestState.ASKED},
        RequestState.WITHDRAWN,
        "{actor} withdrew the application to rate portfolios for {set}.",
        refusal="Staff already decided on this.",
    ),
    impartial={"approve", "refuse", "remand"},
    own="You can’t approve yourself. Ask a colleague.",
)

PRE_REVIEW = StateMachine(
    "portfolios.pre_review",
    Transition(
        "answer",
        {PreReviewState.SHARED},
        PreReviewState.ANSWERED,
        "{actor} sent comments on the draft of the portfolio for {set}.",
        refusal="The candidate no longer shares this draft, or someone already sent comments.",
    ),
    Transition(
        "end",
        {PreReviewState.SHARED},
        PreReviewState.ENDED,
        "{actor} ended the sharing of the draft for {set}.",
        refusal="This draft is no longer shared. Only you can see it.",
    ),
    impartial={"answer"},
    own="This is your own portfolio. A colleague must comment on it.",
    party="portfolio.candidacy.person_id",
)

AUDIT_EVENTS = [
    AuditEvent("portfolios.pre_review.ask", "{actor} shared the draft of the portfolio for {set} with staff, for comments by {answer_by}."),
    AuditEvent("portfolios.suggestion.add", "{actor} wrote a suggestion for {set}, competency {number}, from {from_on}."),
    AuditEvent("portfolios.suggestion.end", "{actor} ended a suggestion for {set}, competency {number}, after {until_on}."),
    AuditEvent("portfolios.suggestion.drop", "{actor} withdrew a suggestion for {set}, competency {number}, that had not started."),
    AuditEvent("portfolios.portfolio.start", "{actor} started a portfolio for {set}."),
    AuditEvent("portfolios.portfolio.reopen", "{actor} reopened {set} for a portfolio by {person}."),
    AuditEvent("portfolios.assignment.invite", "{actor} invited {person} to rate a portfolio for {set} by {accept_by}."),
    AuditEvent("portfolios.evaluator.approve", "{actor} approved {person} as portfolio evaluator for {sets}."),
    AuditEvent("portfolios.evaluator.apply", "{actor} applied to rate portfolios for {sets}."),
    AuditEvent("portfolios.evaluator.train", "{person} finished the training for evaluators."),
    AuditEvent("portfolios.evaluator.change", "{actor} changed their availability as an evaluator: {changes}.", personal={"changes"}),
    AuditEvent("portfolios.evaluator.step_back", "{actor} stepped back from rating portfolios for {set}."),
    AuditEvent("portfolios.evaluator.return", "{actor} rates portfolios for {set} again."),
    AuditEvent("portfolios.evaluator.end", "{actor} ended the approval of {person} to rate portfolios for {sets}."),
    AuditEvent("portfolios.conflict.declare", "{actor} declared a conflict of interest: {name}.", personal={"name"}),
    AuditEvent("portfolios.conflict.withdraw", "{actor} withdrew a declared conflict of interest: {name}.", personal={"name"}),
]


class CandidacyEnded(NotPossible):
    """The candidacy is over, so nothing new can be started or sent."""


class SetClosed(NotPossible):
    """The set was achieved before, or was not achieved by portfolio and is closed to portfolios."""


class NotReady(NotPossible):
    """Something that has to be there before sending is missing."""


class NotOpen(NotPossible):
    """The portfolio is sealed: nothing in it can change now."""


class Conflict(NotPossible):
    """This evaluator may not rate this portfolio; the message says why."""
