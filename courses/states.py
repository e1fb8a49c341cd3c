"""The states of completions, contacts, course applications, reviews and course requests, their transitions, and the sentence for each."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class CompletionState(models.TextChoices):
    """Where the claim of a completed course is."""

    ASKED = "asked", "Waiting for the provider"
    NOT_CONFIRMED = "not_confirmed", "Not confirmed by the provider"
    CLAIMED = "claimed", "Under review"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN = (CompletionState.ASKED, CompletionState.CLAIMED)
LIVE = (*OPEN, CompletionState.ACCEPTED)
DECIDED = (CompletionState.ACCEPTED, CompletionState.REFUSED)


class ProviderKind(models.TextChoices):
    """Who teaches."""

    STATE_LIBRARY = "state_library", "State library"
    STATE_ASSOCIATION = "state_association", "State association"
    REGIONAL_COOPERATIVE = "regional_cooperative", "Regional cooperative"
    COLLEGE = "college", "Community college"
    ALA_UNIT = "ala_unit", "ALA unit"
    CONSULTANT = "individual_consultant", "Individual consultant"
    OTHER = "other", "Other"


class Format(models.TextChoices):
    """How a course is taught."""

    ONLINE = "online", "Online"
    IN_PERSON = "in_person", "In person"
    BLENDED = "blended", "Some of each"


# Such a course is held somewhere.
AT_A_PLACE = (Format.IN_PERSON, Format.BLENDED)


class Pace(models.TextChoices):
    """Whether a course has hours of its own."""

    LIVE = "live", "Live, at set hours"
    SELF_PACED = "self_paced", "Self-paced"
    BOTH = "both", "Some live, some self-paced"


class ContactState(models.TextChoices):
    """Where someone's request to speak for a provider is."""

    ASKED = "asked", "Under review"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Not confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ENDED = "ended", "Ended"


class CourseState(models.TextChoices):
    """Where the application of a course is."""

    DRAFT = "draft", "Draft"
    AWAITING_PAYMENT = "awaiting_payment", "Waiting for the fee"
    IN_REVIEW = "in_review", "In review"
    CHANGES = "changes", "Changes requested"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ApplicationKind(models.TextChoices):
    """Whether a course is new to the program."""

    NEW = "new", "New course"
    RENEWAL = "renewal", "Renewal"


class ReviewState(models.TextChoices):
    """Where one evaluator's recommendation is."""

    INVITED = "invited", "Invited"
    DONE = "done", "Recommended"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Assigned to someone else"


class Advice(models.TextChoices):
    """What a course evaluator recommends."""

    APPROVE = "approve", "Approve"
    CHANGES = "changes", "Ask for changes"
    REFUSE = "refuse", "Refuse"


class CourseRequestState(models.TextChoices):
    """Where the request for a course nearby is."""

    OPEN = "open", "Under review"
    ANSWERED = "answered", "Answered"


UNDECIDED = (CourseState.DRAFT, CourseState.AWAITING_PAYMENT, CourseState.IN_REVIEW, CourseState.CHANGES)
SENT = (CourseState.AWAITING_PAYMENT, CourseState.IN_REVIEW, CourseState.CHANGES)
WRITABLE = (CourseState.DRAFT, CourseState.CHANGES)

COMPLETION = StateMachine(
    "courses.completion",
    Transition(
        "accept",
        {CompletionState.CLAIMED},
        CompletionState.ACCEPTED,
        "{actor} accepted that {person} finished {offering} on {completed_on}.",
        refusal="This completion is not waiting for a decision. It may have been decided or withdrawn a moment ago.",
    ),
    Transition(
        "refuse",
        {CompletionState.CLAIMED},
        CompletionState.REFUSED,
        "{actor} did not accept that {person} finished {offering} on {completed_on}.",
        refusal="This completion is not waiting for a decision. It may have been decided or withdrawn a moment ago.",
    ),
    Transition(
        "remand",
        {CompletionState.REFUSED},
        CompletionState.CLAIMED,
        "{actor} sent the completion of {offering} on {completed_on} by {person} back to staff, after an appeal.",
        refusal="Only a refused completion can go back to staff.",
    ),
    Transition(
        "confirm",
        {CompletionState.ASKED},
        CompletionState.CLAIMED,
        "{actor} confirmed for {provider} that {person} finished {offering} on {completed_on}.",
        refusal="This completion is no longer waiting for the provider.",
    ),
    Transition(
        "decline",
        {CompletionState.ASKED},
        CompletionState.NOT_CONFIRMED,
        "{actor} did not confirm for {provider} that {person} finished {offering} on {completed_on}.",
        refusal="This completion is no longer waiting for the provider.",
    ),
    Transition(
        "prove",
        {CompletionState.ASKED, CompletionState.NOT_CONFIRMED},
        CompletionState.CLAIMED,
        "{actor} added proof of finishing {offering} on {completed_on}.",
        refusal="This was already decided or withdrawn. Nothing was changed.",
    ),
    Transition(
        "withdraw",
        {CompletionState.ASKED, CompletionState.NOT_CONFIRMED, CompletionState.CLAIMED},
        CompletionState.WITHDRAWN,
        "{actor} withdrew the completion of {offering}.",
        refusal="This was already decided or withdrawn. Nothing was changed.",
    ),
    impartial={"accept", "refuse", "remand", "confirm", "decline"},
    own="This is your own completion. Another staff member must decide on it.",
)

CONTACT = StateMachine(
    "courses.contact",
    Transition(
        "confirm",
        {ContactState.ASKED},
        ContactState.CONFIRMED,
        "{actor} confirmed that {person} represents {provider}.",
        refusal="This request was already decided or withdrawn.",
    ),
    Transition(
        "refuse",
        {ContactState.ASKED},
        ContactState.REFUSED,
        "{actor} did not confirm that {person} represents {provider}.",
        refusal="This request was already decided or withdrawn.",
    ),
    Transition(
        "withdraw",
        {ContactState.ASKED},
        ContactState.WITHDRAWN,
        "{actor} withdrew the request to represent {provider}.",
        refusal="This request was already decided or withdrawn.",
    ),
    Transition(
        "end",
        {ContactState.CONFIRMED},
        ContactState.ENDED,
        "{actor} ended that {person} represents {provider}.",
        refusal="This person no longer represents the provider.",
    ),
    impartial={"confirm", "refuse", "end"},
    own="This is your own request. Another staff member must decide on it.",
)

OWN_COURSE = "You sent this application. Someone else must decide on it."
APPLICATION = StateMachine(
    "courses.application",
    Transition(
        "send",
        {CourseState.DRAFT},
        CourseState.AWAITING_PAYMENT,
        "{actor} sent the course {course} of {provider}, for {set}.",
        refusal="This application was already sent or withdrawn.",
    ),
    Transition(
        "pay", {CourseState.AWAITING_PAYMENT}, CourseState.IN_REVIEW, "The fee for {course} was paid. The decision is due by {decide_by}."
    ),
    Transition(
        "ask",
        {CourseState.IN_REVIEW},
        CourseState.CHANGES,
        "{actor} asked for changes to {course}: {items}.",
        refusal="This application is not in review. It may have been decided or withdrawn a moment ago.",
    ),
    Transition(
        "resend",
        {CourseState.CHANGES},
        CourseState.IN_REVIEW,
        "{actor} sent {course} again, with the changes.",
        refusal="No changes are requested now, so there is nothing to send again.",
    ),
    Transition(
        "approve",
        {CourseState.IN_REVIEW},
        CourseState.APPROVED,
        "{actor} approved {course} of {provider} until {approved_until}.",
        refusal="This application is not in review. It may have been decided or withdrawn a moment ago.",
    ),
    Transition(
        "refuse",
        {CourseState.IN_REVIEW},
        CourseState.REFUSED,
        "{actor} refused {course} of {provider}.",
        refusal="This application is not in review. It may have been decided or withdrawn a moment ago.",
    ),
    Transition(
        "remand",
        {CourseState.REFUSED},
        CourseState.IN_REVIEW,
        "{actor} sent {course} of {provider} back for a new decision, after an appeal. The decision is due by {decide_by}.",
        refusal="Only a refused course can go back.",
    ),
    Transition(
        "withdraw",
        set(UNDECIDED),
        CourseState.WITHDRAWN,
        "{actor} withdrew the application of {course}.",
        refusal="This application was already decided or withdrawn.",
    ),
    impartial={"ask", "approve", "refuse", "remand"},
    own=OWN_COURSE,
)

REVIEW = StateMachine(
    "courses.review",
    Transition(
        "recommend",
        {ReviewState.INVITED},
        ReviewState.DONE,
        "{actor} recommended on {course}: {advice}.",
        refusal="You already sent your recommendation, or staff assigned this course to someone else.",
    ),
    Transition(
        "decline",
        {ReviewState.INVITED},
        ReviewState.DECLINED,
        "{actor} declined to review {course}.",
        refusal="You already sent your recommendation, or staff assigned this course to someone else.",
    ),
    Transition(
        "replace",
        {ReviewState.INVITED},
        ReviewState.REPLACED,
        "{actor} unassigned {person} from the review of {course}.",
        refusal="This review is already done or was returned.",
    ),
    Transition(
        "again",
        {ReviewState.DONE},
        ReviewState.INVITED,
        "{actor} asked {person} to review {course} again.",
        refusal="Only someone who has recommended can be asked again.",
    ),
    impartial={"replace"},
    own=OWN_COURSE,
    party="application.person_id",
)

WISH = StateMachine(
    "courses.course_request",
    Transition(
        "answer",
        {CourseRequestState.OPEN},
        CourseRequestState.ANSWERED,
        "{actor} answered the request for a course near {place}.",
        refusal="A colleague answered this a moment ago.",
    ),
)

AUDIT_EVENTS = [
    AuditEvent("courses.contact.ask", "{actor} asked to represent {provider}."),
    AuditEvent("courses.application.start", "{actor} started an application of a course for {provider}."),
    AuditEvent("courses.evaluator.approve", "{actor} approved {person} as a course evaluator."),
    AuditEvent("courses.evaluator.end", "{actor} ended the role of {person} as a course evaluator."),
    AuditEvent("courses.review.invite", "{actor} asked {person} to review {course} by {review_by}."),
    AuditEvent("courses.completion.ask", "{actor} asked {provider} to confirm finishing {offering} on {completed_on}, for {set}."),
    AuditEvent("courses.course_request.ask", "{actor} asked for a course near {place}.", personal={"place"}),
    AuditEvent("courses.completion.claim", "{actor} sent proof of finishing {offering} on {completed_on}, for {set}."),
    AuditEvent("courses.offering.add", "{actor} listed the course {offering} by {provider}, for {set}."),
    AuditEvent("courses.offering.entry", "{actor} updated the catalog entry of {offering}: {changed}."),
    AuditEvent("courses.offering.approval", "{actor} entered that {offering} is approved from {approved_on} to {approved_until}."),
]


class CandidacyEnded(NotPossible):
    """The candidacy is no longer active, or its last day is over."""


class AlreadyAchieved(NotPossible):
    """The set was achieved before; it counts once, in one way."""


class AlreadyClaimed(NotPossible):
    """A completion for this set is with staff already."""


class NoCredit(NotPossible):
    """The dates of the course give no credit for this day."""


class NotComplete(NotPossible):
    """Something in the application is still missing."""


class Conflict(NotPossible):
    """This person has to do with the provider, so someone else must look at the course."""
