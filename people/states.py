"""The roles that a person can hold, whether a file was checked, where a question stands, and the audit's sentences."""

from typing import Any

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class Role(models.TextChoices):
    """A role is a group of this name; a person can hold several."""

    STAFF = "staff", "Staff"
    COMMITTEE = "committee", "Committee"
    EVALUATOR = "portfolio evaluators", "Portfolio evaluator"
    COURSE_EVALUATOR = "course evaluators", "Course evaluator"
    PROVIDER = "provider contacts", "Provider contact"
    COLLEGE = "college contacts", "College contact"
    AUDITOR = "auditors", "Auditor"
    PAYER = "payer contacts", "Payer contact"


# The roles that staff give by name; the others come with what someone is approved for, or speaks for.
APPOINTED = (Role.STAFF, Role.COMMITTEE, Role.AUDITOR)
# What each of these lets a person do, as whoever gives it and whoever gets it read it.
MEANS = {
    Role.STAFF: "Staff see every record and make decisions. They admit, assign, issue, refund, and give roles.",
    Role.COMMITTEE: "The committee decides on courses and on appeals.",
    Role.AUDITOR: "An auditor can read what staff read, but can’t change anything.",
}


class InquiryState(models.TextChoices):
    """Where a question to the program stands."""

    WAITING = "waiting", "Waiting for an answer"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed without an answer"


class Topic(models.TextChoices):
    """What a question is about, in the order in which people ask."""

    APPLYING = "applying", "Applying"
    SETS = "sets", "Earning a set: courses, portfolios, colleges"
    MONEY = "money", "Fees and payments"
    CERTIFICATE = "certificate", "A certificate, or keeping one"
    ACCOUNT = "account", "My account, or a problem with these pages"
    PARTNER = "partner", "A library, provider, college or state"
    OTHER = "other", "Something else"


GONE = "Someone already answered or closed this question. Nothing was changed."
ANSWERED = "{actor} answered a question about “{topic}”."
CLOSED = "{actor} closed a question about “{topic}” without an answer."
INQUIRY = StateMachine(
    "people.inquiry",
    Transition("answer", {InquiryState.WAITING}, InquiryState.ANSWERED, ANSWERED, refusal=GONE),
    Transition("close", {InquiryState.WAITING}, InquiryState.CLOSED, CLOSED, refusal=GONE),
    impartial={"answer", "close"},
    own="This is your own question. Someone else must answer it.",
)


class DownloadState(models.TextChoices):
    """Whether the file with everything about a person is there."""

    ASKED = "asked", "Being made"
    READY = "ready", "Ready"
    GONE = "gone", "Deleted"


DOWNLOAD = StateMachine(
    "people.download",
    Transition("make", {DownloadState.ASKED}, DownloadState.READY, "The file with everything about {person} was made."),
    Transition("drop", {DownloadState.READY}, DownloadState.GONE, "The file with everything about {person} was deleted."),
)
ASK_DOWNLOAD = AuditEvent("people.download.ask", "{actor} asked for everything that the program keeps about {person}.")


class DocumentState(models.TextChoices):
    """Whether a file was looked at. No one can open one that was not."""

    CHECKING = "checking", "Being checked"
    READY = "ready", "Ready"
    REFUSED = "refused", "Refused"


DOCUMENT = StateMachine(
    "people.document",
    Transition("release", {DocumentState.CHECKING}, DocumentState.READY, "{actor} checked the file {name}.", personal={"name"}),
    Transition("refuse", {DocumentState.CHECKING}, DocumentState.REFUSED, "{actor} refused the file {name}.", personal={"name"}),
    Transition(
        "replace", {DocumentState.REFUSED}, DocumentState.CHECKING, "{actor} sent {name} in place of {old}.", personal={"name", "old"}
    ),
)


class SecurityEventKind(models.TextChoices):
    """What a person sees of their sign-ins; changes of the account are in the audit."""

    SIGN_IN = "sign_in", "Signed in"
    FAILED = "failed", "Sign-in failed"
    SIGN_OUT = "sign_out", "Signed out"


# What belongs on the page about a person's sign-in, beside the events above.
SECURITY_VERBS = [
    AuditEvent("people.address.add", "{actor} added the address {address}, which is not confirmed yet.", personal={"address"}),
    AuditEvent("people.address.confirm", "{actor} confirmed the address {address}.", personal={"address"}),
    AuditEvent(
        "people.address.primary", "{actor} made {address} the address to sign in with, instead of {old}.", personal={"address", "old"}
    ),
    AuditEvent("people.address.remove", "{actor} removed the address {address}.", personal={"address"}),
    AuditEvent("people.factor.add", "{actor} added {factor} to the sign-in."),
    AuditEvent("people.factor.remove", "{actor} removed {factor} from the sign-in."),
    AuditEvent("people.factor.codes", "{actor} made new recovery codes."),
    AuditEvent("people.password.change", "{actor} changed the password."),
    AuditEvent("people.password.reset", "{actor} set a new password with a link in an email."),
    AuditEvent("people.account.undo", "{actor} undid a change to the account with a link in an email. Everyone was signed out."),
    AuditEvent("people.account.close", "{actor} closed the account of {person}."),
    AuditEvent("people.account.lock", "{actor} locked the account of {person}. Everyone was signed out."),
    AuditEvent("people.account.reopen", "{actor} unlocked the account of {person}."),
    AuditEvent("people.document.open", "{actor} opened the file {name} of {person}.", personal={"name"}),
]

AUDIT_EVENTS = [
    AuditEvent("people.inquiry.ask", "{name} asked the program about “{topic}”.", personal={"name"}),
    AuditEvent("people.account.open", "{person} created an account."),
    AuditEvent("people.account.add", "{actor} created an account for {person}."),
    AuditEvent("people.name.change", "{actor} changed the name on certificates from {old} to {new}.", personal={"old", "new"}),
    AuditEvent("people.role.give", "{actor} gave {person} the role {role}."),
    AuditEvent("people.role.take", "{actor} removed the role {role} from {person}."),
    AuditEvent("people.list.download", "{actor} downloaded the list “{list}” as a file."),
]


class Stale(NotPossible):
    """Another tab or window saved this first: `version` is what is saved now, `newer` that row or text, where a page shows it."""

    def __init__(self, version: int, newer: Any = None) -> None:
        super().__init__("This was changed in another tab or window. Nothing was overwritten.")
        self.version = version
        self.newer = newer
