"""What we keep about people: the rows of the privacy page. A test holds them to what the models say of themselves."""

from dataclasses import dataclass

from django.conf import settings

# An auditor opens what staff open, and changes nothing.
STAFF = "You, the program’s staff and its auditors"
RECORD = "As long as the program keeps its records"


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of personal data, in people's words, and the models that hold it."""

    what: str
    why: str
    who: str
    long: str
    models: tuple[str, ...]


KEPT = (
    Kept(
        "Your name, email address and time zone",
        "To sign you in, write to you, and print your certificate",
        STAFF,
        "As long as you have an account",
        ("people.User", "account.EmailAddress"),
    ),
    Kept(
        "Where you are signed in: network address (IP), browser, and when",
        "So that you can see it in your account, and sign out elsewhere",
        "Only you",
        "Until you sign out there, or a day after that session is over",
        ("usersessions.UserSession",),
    ),
    Kept(
        "When you signed in and out, and when a sign-in failed: network address (IP) and browser",
        "So that you and staff can see if someone else tries",
        STAFF,
        f"{settings.SECURITY_EVENT_DAYS} days",
        ("people.SecurityEvent",),
    ),
    Kept(
        "The email addresses that your account had before you changed it",
        "To restore them if it was not you",
        "No one reads them. The link in our email uses them",
        f"{settings.SECURITY_EVENT_DAYS} days after the link has ended",
        ("people.AccountChange",),
    ),
    Kept(
        "Your second step of signing in, if you set one up",
        "To check that it is you",
        "Only you. Its secret is stored so that no one can read it",
        "Until you remove it",
        ("mfa.Authenticator",),
    ),
    Kept(
        "Your application: school, work, resume, ALA number, and what staff asked you about it",
        "To decide if you can be admitted",
        STAFF,
        "With your account",
        (
            "candidates.Application",
            "candidates.Employment",
            "candidates.InformationRequest",
            "candidates.RequestedItem",
            "candidates.HoursClaim",
        ),
    ),
    Kept(
        "What you typed into a page and did not save yet",
        "So that nothing is lost",
        "Only you",
        "Until you save the page, or send or withdraw what it belongs to",
        ("candidates.DraftPage", "courses.CoursePage"),
    ),
    Kept(
        "Your answers about yourself, if you gave any",
        "To count who the program reaches",
        "No one by name. They never change a decision",
        "With your application",
        ("candidates.ApplicantAnswers",),
    ),
    Kept(
        "That you are in the program, and what you achieved",
        "To know your status",
        STAFF,
        RECORD,
        ("candidates.Candidacy", "candidates.Achievement", "candidates.ExtensionRequest", "billing.Enrollment"),
    ),
    Kept(
        "Your portfolios, with their evidence, and how they were rated",
        "To rate them, and to tell you why",
        "Only you, until you share or send one. Then its evaluators and staff, and once it is sent, auditors",
        "With your file",
        (
            "portfolios.Portfolio",
            "portfolios.Response",
            "portfolios.Evidence",
            "portfolios.Snapshot",
            "portfolios.Rating",
            "portfolios.PreReview",
            "portfolios.Remark",
        ),
    ),
    Kept(
        "Proof of courses and degrees",
        "To credit a set to you",
        "You, the program’s staff and auditors, and the course’s provider where you ask it to confirm",
        RECORD,
        ("courses.Completion", "courses.Confirmation", "agreements.GraduateClaim"),
    ),
    Kept(
        "If your college posted you as a graduate: name, email address, and the day",
        "To write to you once, and to compare it with your transcript",
        "Your college, the program’s staff and its auditors. The college never learns the result",
        "As long as the agreement is on record, or until the college withdraws it",
        ("agreements.PostedGraduate",),
    ),
    Kept(
        "If you represent a college: that you do",
        "To know who submits its programs and posts its graduates",
        STAFF,
        "As long as you represent it",
        ("agreements.CollegeContact",),
    ),
    Kept(
        "Files that you sent us",
        "They prove what you told us",
        "The people who may see what the file proves",
        "As long as what it proves",
        ("people.Document",),
    ),
    Kept(
        "What you paid and when, and the card company’s numbers for it",
        "To keep the books",
        "You, the program’s staff and its auditors. Stripe handles your card. We never see its number",
        "Seven years",
        ("billing.Charge", "billing.Payment", "billing.Refund", "billing.Dispute", "billing.FraudWarning"),
    ),
    Kept(
        "If an institution pays: who ordered, and who is paid for",
        "To send the invoice, and to know whose fee is paid",
        "The institution, the program’s staff and its auditors. The institution sees paid and enrolled, and nothing else",
        "Seven years",
        ("billing.PayerContact", "billing.PurchaseOrder", "billing.OrderLine"),
    ),
    Kept(
        "If you rate portfolios: your resume, your employers, and how many you take",
        "To decide if you can rate, and to keep you from rating people you are close to",
        STAFF,
        "With your account, and as long as your ratings",
        ("portfolios.Evaluator", "portfolios.EvaluatorApplication"),
    ),
    Kept(
        "Who you named as too close to you",
        "To find evaluators who are free to judge",
        "You and the program’s staff. Never the person you named",
        "With your account",
        ("portfolios.DeclaredConflict",),
    ),
    Kept(
        "Your certificate, as a record and as a file",
        "So that employers can check it",
        "Anyone who has its number sees your name, the number, its dates and its status, and nothing else",
        RECORD,
        ("certificates.Certificate", "certificates.Rendering"),
    ),
    Kept(
        "That you are listed in the public directory, and your state, if you chose that",
        "So that libraries can find you",
        "Everyone",
        "Until you leave it",
        ("certificates.Listing",),
    ),
    Kept(
        "Letters to an employer that you asked for",
        "So that you can send them",
        "Only you",
        RECORD,
        ("certificates.EmployerLetter",),
    ),
    Kept(
        "Why someone proposed to revoke your certificate",
        "So that two people decide on it",
        "The program’s staff and its auditors. You, when it is revoked",
        RECORD,
        ("certificates.Revocation",),
    ),
    Kept(
        "What you log to renew your certificate, with its documents and what staff said about it",
        "To renew your certificate",
        STAFF,
        RECORD,
        ("renewals.Renewal", "renewals.Activity", "renewals.Proof", "renewals.Sealed"),
    ),
    Kept(
        "Your appeals: your reasons, your files, and what the committees said about them",
        "To decide if a decision stands",
        "You, the program’s staff, its committee and its auditors",
        RECORD,
        ("appeals.Appeal", "appeals.Attachment"),
    ),
    Kept(
        "Our emails to you, and your questions to us",
        "To know what was said",
        STAFF,
        "As long as we keep the history of our email",
        ("ledger.Email", "ledger.Reminder", "people.Inquiry"),
    ),
    Kept(
        "Your address, if our email to it bounces, and the server’s message",
        "To reach you another way, and to stop sending there",
        STAFF,
        "Until it can receive email again",
        ("ledger.BadAddress",),
    ),
    Kept(
        "Your name and address, if you sign up for a webinar",
        "To send you the link to join, and to know who is coming",
        "The program’s staff and its auditors",
        "As long as we keep the history of our email",
        ("webinars.Guest",),
    ),
    Kept(
        "The file with everything about you, if you asked for it",
        "To give it to you",
        "Only you",
        "A week. Then we delete it",
        ("people.Download",),
    ),
    Kept(
        "Your name in the list of what staff decided in one go",
        "To show them what was done, and what was not",
        "The staff member who did it",
        "30 days",
        ("ledger.BulkRun",),
    ),
    Kept(
        "Which reminders you turned off",
        "To leave them out",
        STAFF,
        "Until you want them again",
        ("ledger.ReminderOptOut",),
    ),
    Kept(
        "If you offer a course: your name, where you are the provider yourself, and who to contact",
        "To name you in the catalog, so that people can reach you",
        "Everyone",
        "As long as the course is listed",
        ("courses.Provider", "courses.Offering"),
    ),
    Kept(
        "If you ask to have a course approved: who you are, and who teaches it, with their resumes",
        "To decide on the course",
        "You, the program’s staff and auditors, the committee, and the evaluators of the course",
        RECORD,
        ("courses.ProviderContact", "courses.CourseApplication", "courses.Instructor"),
    ),
    Kept(
        "If you review courses: your employer, conflicts of interest, and what you recommend",
        "To choose who reviews a course, and to decide on it",
        "You, the program’s staff and auditors, and the committee",
        "While you review courses. What you recommended, with our records",
        ("courses.CourseEvaluator", "courses.CourseReview"),
    ),
    Kept(
        "If you ask for a course near you: place and email address",
        "To plan courses, and to answer you",
        STAFF,
        "As long as the program plans courses with it",
        ("courses.CourseRequest",),
    ),
    Kept(
        "Who did what, and when",
        "So that every decision can be traced",
        "The program’s staff and auditors",
        "For the life of the program",
        ("ledger.Entry",),
    ),
)

# Personal data that the file with everything about a person has no rows of its own for, each with the reason.
NOT_IN_THE_FILE = {
    "courses.Provider": "Its name is listed with the providers that the person represents",
    "ledger.BulkRun": "It holds names of others; what the person did and what was done to them is in the history",
    "ledger.BadAddress": "It is an address in the record, with what an email server said about it",
    "people.Download": "It is the file itself",
    "renewals.Proof": "The file is among the person's documents, the activity among the renewals",
}
