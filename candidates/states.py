"""The states of an application and a candidacy, their transitions, and the audit's sentences."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class ApplicationState(models.TextChoices):
    """Where an application is."""

    DRAFT = "draft", "Not sent yet"
    AWAITING_PAYMENT = "awaiting_payment", "Waiting for the fee"
    IN_REVIEW = "in_review", "Under review"
    ASKED = "asked", "More information needed"
    ADMITTED = "admitted", "Admitted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What the fee of an application is for, to billing.
PURPOSE = "candidates.application"
LIVE = (ApplicationState.DRAFT, ApplicationState.AWAITING_PAYMENT, ApplicationState.IN_REVIEW, ApplicationState.ASKED)


class Item(models.TextChoices):
    """A part of an application that staff can open again."""

    WHO = "who", "Your names"
    DIPLOMA = "diploma", "Your schooling"
    MEMBER = "member", "Your ALA membership"
    WORK = "work", "Your library work"
    RESUME = "resume", "Your resume"
    GRADUATE = "graduate", "Your college program"
    TRANSCRIPT = "transcript", "Your final transcript"
    LETTER = "letter", "A letter or another proof"


class CandidacyState(models.TextChoices):
    """Where a candidacy is."""

    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    EXPIRED = "expired", "Expired"


class ExtensionState(models.TextChoices):
    """Where a request for more time is."""

    ASKED = "asked", "Under review"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"
    CLOSED = "closed", "No longer needed"


class HoursState(models.TextChoices):
    """Where the hours are that a provisional candidate shows."""

    DRAFT = "draft", "Not sent yet"
    SENT = "sent", "Under review"
    ACCEPTED = "accepted", "Accepted"


class Way(models.TextChoices):
    """The three ways to achieve a set."""

    COURSE = "course", "Approved course"
    PORTFOLIO = "portfolio", "Portfolio"
    AGREEMENT = "agreement", "Recognition agreement"


class DiplomaKind(models.TextChoices):
    """What shows the schooling that the program asks for."""

    DIPLOMA = "diploma", "High-school diploma"
    EQUIVALENT = "equivalent", "Equivalent, such as a GED or HiSET"
    ABROAD = "abroad", "Diploma from another country"
    HIGHER = "higher", "College degree or certificate"
    NONE = "none", "None of these yet"


class LibraryKind(models.TextChoices):
    """The types of library; work in any of them counts."""

    PUBLIC = "public", "Public library"
    SCHOOL = "school", "School library"
    ACADEMIC = "academic", "College or university library"
    SPECIAL = "special", "Special library"
    OTHER = "other", "Another type"


class RefusalReason(models.TextChoices):
    """Why an application was refused."""

    HOURS = "hours", "Too few hours of library work"
    DIPLOMA = "diploma", "No high-school diploma or equivalent"
    PROOF = "proof", "Proof is missing"
    OTHER = "other", "Another reason"


# The fee goes back in full when the applicant is not eligible; any other refund is a decision of its own.
NOT_ELIGIBLE = (RefusalReason.HOURS, RefusalReason.DIPLOMA, RefusalReason.PROOF)

OWED = "The fee for this application is due again. No one is admitted until it is paid."
DAY_OVER = "That day has already passed. Enter a future date, or leave it blank."

# The optional questions with their answers. They never affect a decision, and are counted for all applicants together.
QUESTIONS: dict[str, dict[str, str]] = {
    "why": {
        "job": "To do my work better",
        "career": "For a better job or better pay",
        "asked": "My library asked me to",
        "school": "To prepare for more school",
        "worth": "To be recognized for what I can do",
        "other": "Another reason",
        "unsaid": "Prefer not to say",
    },
    "age": {
        "under25": "Under 25",
        "25-34": "25 to 34",
        "35-44": "35 to 44",
        "45-54": "45 to 54",
        "55-64": "55 to 64",
        "65": "65 or over",
        "unsaid": "Prefer not to say",
    },
    "gender": {
        "woman": "Woman",
        "man": "Man",
        "nonbinary": "Nonbinary",
        "other": "Another answer",
        "unsaid": "Prefer not to say",
    },
    "ethnicity": {
        "native": "American Indian or Alaska Native",
        "asian": "Asian",
        "black": "Black or African American",
        "latino": "Hispanic or Latino",
        "mideast": "Middle Eastern or North African",
        "pacific": "Native Hawaiian or Pacific Islander",
        "white": "White",
        "several": "More than one of these",
        "other": "Another answer",
        "unsaid": "Prefer not to say",
    },
}

APPLICATION = StateMachine(
    "candidates.application",
    Transition(
        "send",
        {ApplicationState.DRAFT},
        ApplicationState.AWAITING_PAYMENT,
        "{actor} sent the application, with {hours} hours of library work.",
        refusal="You already sent this application. Nothing was sent twice.",
    ),
    Transition(
        "pay",
        {ApplicationState.AWAITING_PAYMENT},
        ApplicationState.IN_REVIEW,
        "{person} paid the application fee. Staff will answer by {decide_by}.",
        refusal="This application is not waiting for its fee.",
    ),
    Transition(
        "pay_again",
        {ApplicationState.IN_REVIEW},
        ApplicationState.IN_REVIEW,
        "{person} paid the application fee, which was due again. Staff will answer by {decide_by}.",
    ),
    Transition(
        "ask",
        {ApplicationState.IN_REVIEW},
        ApplicationState.ASKED,
        "{actor} asked {person} for more: {items}.",
        refusal="This application is not waiting for a decision. It may have been decided a moment ago.",
    ),
    Transition(
        "answer",
        {ApplicationState.ASKED},
        ApplicationState.IN_REVIEW,
        "{actor} answered what staff asked. Staff will answer by {decide_by}.",
        refusal="You already sent these answers. Nothing was sent twice.",
    ),
    Transition(
        "close_question",
        {ApplicationState.ASKED},
        ApplicationState.IN_REVIEW,
        "{actor} closed the question to {person}. Staff will answer by {decide_by}.",
        refusal="This person has no open question now. They may have answered a moment ago.",
    ),
    Transition(
        "admit",
        {ApplicationState.IN_REVIEW},
        ApplicationState.ADMITTED,
        "{actor} admitted {person} until {ends_on}.",
        refusal="This application is not waiting for a decision. It may have been decided a moment ago.",
    ),
    Transition(
        "admit_provisionally",
        {ApplicationState.IN_REVIEW},
        ApplicationState.ADMITTED,
        "{actor} admitted {person} provisionally until {ends_on}, as a graduate of {college}, {short_by} hours short.",
        refusal="This application is not waiting for a decision. It may have been decided a moment ago.",
    ),
    Transition(
        "refuse",
        {ApplicationState.IN_REVIEW},
        ApplicationState.REFUSED,
        "{actor} refused the application of {person}: {why_refused}.",
        refusal="This application is not waiting for a decision. It may have been decided a moment ago.",
    ),
    Transition(
        "withdraw_admission",
        {ApplicationState.ADMITTED},
        ApplicationState.IN_REVIEW,
        "{actor} undid the admission of {person}, which was a mistake. Staff will answer by {decide_by}.",
        refusal="This application is not admitted.",
    ),
    Transition(
        "remand",
        {ApplicationState.REFUSED},
        ApplicationState.IN_REVIEW,
        "{actor} sent the application of {person} back to staff, after an appeal. Staff will answer by {decide_by}.",
        refusal="Only a refused application can go back to staff.",
    ),
    Transition(
        "withdraw",
        set(LIVE),
        ApplicationState.WITHDRAWN,
        "{actor} withdrew the application.",
        refusal="This application was already decided or withdrawn.",
    ),
    impartial={"ask", "close_question", "admit", "admit_provisionally", "refuse", "withdraw_admission", "remand"},
    own="This is your own application. Another staff member must decide on it.",
)

CANDIDACY = StateMachine(
    "candidates.candidacy",
    Transition(
        "complete",
        # What was sent on time is decided as if on time, so the last set may come in after the end.
        {CandidacyState.ACTIVE, CandidacyState.EXPIRED},
        CandidacyState.COMPLETED,
        "{person} completed the program on {completed_on}.",
        refusal="This candidacy was already completed.",
    ),
    Transition(
        "expire",
        {CandidacyState.ACTIVE},
        CandidacyState.EXPIRED,
        "The candidacy of {person} ended on {ends_on}.",
        refusal="This candidacy is not active.",
    ),
    Transition(
        "extend",
        # A request that was sent on time is decided as if on time, so an ended candidacy can come back.
        {CandidacyState.ACTIVE, CandidacyState.EXPIRED},
        CandidacyState.ACTIVE,
        "{actor} gave {person} more time: until {ends_on} instead of {before}.",
        refusal="The program is completed, so no more time is needed.",
    ),
    impartial={"extend"},
    own="This is your own candidacy. Another staff member must decide on it.",
)

EXTENSION = StateMachine(
    "candidates.extension",
    Transition(
        "grant",
        {ExtensionState.ASKED},
        ExtensionState.GRANTED,
        "{actor} granted the request of {person} for more time.",
        refusal="This request was decided a moment ago.",
    ),
    Transition(
        "decline",
        {ExtensionState.ASKED},
        ExtensionState.DECLINED,
        "{actor} declined the request of {person} for more time.",
        refusal="This request was decided a moment ago.",
    ),
    Transition(
        "remand",
        {ExtensionState.DECLINED},
        ExtensionState.ASKED,
        "{actor} sent the request of {person} for more time back to staff, after an appeal. Staff will answer by {decide_by}.",
        refusal="Only a request that was declined can go back to staff.",
    ),
    Transition(
        "close",
        {ExtensionState.ASKED},
        ExtensionState.CLOSED,
        "The request of {person} for more time was closed: the program is completed.",
        refusal="This request was decided a moment ago.",
    ),
    impartial={"grant", "decline", "remand"},
    own="This is your own request. Another staff member must decide on it.",
    party="candidacy.person_id",
)

HOURS = StateMachine(
    "candidates.hours",
    Transition(
        "send",
        {HoursState.DRAFT},
        HoursState.SENT,
        "{actor} showed {hours} hours of library work.",
        refusal="You already sent these hours. Nothing was sent twice.",
    ),
    Transition(
        "accept",
        {HoursState.SENT},
        HoursState.ACCEPTED,
        "{actor} accepted the hours of {person}, who is no longer provisional.",
        refusal="These hours are not waiting for a decision. They may have been decided a moment ago.",
    ),
    Transition(
        "send_back",
        {HoursState.SENT},
        HoursState.DRAFT,
        "{actor} sent the hours back to {person}.",
        refusal="These hours are not waiting for a decision. They may have been decided a moment ago.",
    ),
    impartial={"accept", "send_back"},
    own="These are your own hours. Another staff member must decide on them.",
    party="candidacy.person_id",
)

AUDIT_EVENTS = [
    AuditEvent("candidates.application.start", "{actor} started an application."),
    AuditEvent("candidates.application.refund_fee", "{actor} refunded the fee for the withdrawn application."),
    AuditEvent("candidates.application.keep_fee", "{actor} decided to keep the fee for the withdrawn application."),
    AuditEvent("candidates.candidacy.open", "The candidacy of {person} opened; it runs until {ends_on}."),
    AuditEvent("candidates.set.choose", "{actor} put {set} on the plan, {way}."),
    AuditEvent("candidates.set.unchoose", "{actor} removed {set} from the plan."),
    AuditEvent("candidates.extension.ask", "{actor} asked for more time."),
    AuditEvent("candidates.set.reuse", "{actor} counted {set} again, which {person} achieved on {first_on}."),
    AuditEvent("candidates.set.leave_out", "{actor} did not count {set} again, which {person} achieved on {first_on}."),
    AuditEvent("candidates.candidacy.open_reuse", "Staff will decide by {decide_by} which earlier sets of {person} count again."),
    AuditEvent("candidates.candidacy.close_reuse", "No earlier sets of {person} are left to decide on."),
    AuditEvent(
        "candidates.candidacy.remand",
        "{actor} sent the uncounted sets of {person} back to staff, after an appeal: {sets}. Staff will answer by {decide_by}.",
    ),
    AuditEvent("candidates.set.achieve", "{person} achieved {set} on {on}: {way}."),
]


class NotReady(NotPossible):
    """The application can't be sent: something is missing, or the hours are too few."""


class AlreadyStarted(NotPossible):
    """There is a live application or an active candidacy."""


class AlreadyAchieved(NotPossible):
    """The set was achieved before; it counts once, in one way."""


class PlanFull(NotPossible):
    """Three electives are on the plan."""


class CandidacyEnded(NotPossible):
    """The candidacy is no longer active."""
