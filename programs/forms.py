"""What staff type when the program's numbers change from a day on."""

from typing import Any

from django import forms

from people.fields import MemorableDateField, WholeNumberField
from programs.models import Terms

# Every number of the Terms in the words of the page, by what it is about: label, least, most.
GROUPS: dict[str, dict[str, tuple[str, int, int]]] = {
    "Admission": {
        "hours_needed": ("Hours of library work that an applicant needs", 1, 20_000),
        "hours_window_years": ("Years before the application in which they count", 1, 20),
        "hours_week_cap": ("Most hours that one week can count", 1, 168),
        "answer_working_days": ("Working days until staff answer", 1, 60),
        "candidacy_months": ("Months to finish the six sets", 1, 120),
        "extension_months": ("Months that an extension gives", 1, 60),
        "required_sets": ("Required sets", 1, 10),
        "elective_sets": ("Electives", 0, 10),
    },
    "Portfolios": {
        "portfolio_met_percent": ("Percent of the competencies that must be Met", 1, 100),
        "supplement_days": ("Days to answer when more is asked for", 1, 365),
        "accept_days": ("Days for an evaluator to accept", 1, 60),
        "rate_days": ("Days for an evaluator to rate", 1, 180),
        "rating_late_days": ("Days after which staff hear about late ratings", 1, 60),
    },
    "Courses": {
        "credit_months_before": ("Months before an approval from which a course counts", 0, 120),
        "approval_months": ("Months that an approval lasts", 1, 120),
        "approval_renewal_months_before": ("Months before its end from which an approval can be renewed", 1, 48),
        "approval_late_months": ("Months after its end until which it can be renewed late", 0, 24),
        "course_review_days": ("Days for a course evaluator to recommend", 1, 180),
        "course_decide_days": ("Days until a course is decided", 1, 365),
        "confirmation_days": ("Days for a provider to confirm that someone finished", 1, 180),
    },
    "Agreements with colleges": {
        "agreement_months": ("Months that an agreement lasts", 1, 120),
        "agreement_months_before": ("Months before an agreement from which graduates count", 0, 120),
    },
    "Certificates": {
        "certificate_months": ("Months that a certificate is valid", 1, 120),
        "provisional_months": ("Most months that a provisional certificate can last, from admission", 1, 120),
        "grace_months": ("Months of grace after it", 0, 24),
        "renewal_window_months": ("Months before its end from which it can be renewed", 1, 48),
        "renewal_hours": ("Contact hours for a renewal", 1, 500),
        "renewal_technology_hours": ("Of them on technology", 0, 500),
        "renewal_sample_percent": ("Percent of renewals that are checked for documents", 0, 100),
        "renewal_answer_days": ("Days to answer what staff ask about a renewal", 1, 365),
        "renewal_pay_days": ("Days to pay for a renewal, and never less than until grace ends", 1, 365),
    },
    "Appeals": {
        "appeal_notice_days": ("Days to file a notice of appeal", 1, 90),
        "appeal_grounds_days": ("Days to submit the grounds", 1, 180),
        "appeal_response_days": ("Days for the CRC to respond", 1, 180),
        "appeal_decision_days": ("Days for the CPC to meet", 1, 180),
    },
}
NAMED = "evaluators_named"


class TermsForm(forms.Form):
    """All numbers of the program, from a coming day on; those in force are filled in."""

    effective_on = MemorableDateField(
        label="Starting on which day?", help_text="A future date. What was promised before keeps its dates. For example, 1 1 2028."
    )

    def __init__(self, data: Any = None, *, known: Terms) -> None:
        numbers = {name: getattr(known, name) for group in GROUPS.values() for name in group} | {NAMED: known.evaluators_named}
        super().__init__(data, initial=numbers)
        for group in GROUPS.values():
            for name, (label, least, most) in group.items():
                self.fields[name] = WholeNumberField(label=label, min_value=least, max_value=most)
        self.fields[NAMED] = forms.BooleanField(label="Candidates learn who rates their portfolio", required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the hours on technology against all hours."""
        cleaned: dict[str, Any] = super().clean() or {}
        hours, technology = cleaned.get("renewal_hours"), cleaned.get("renewal_technology_hours")
        if hours is not None and technology is not None and technology > hours:
            self.add_error("renewal_technology_hours", f"This can’t be more than all {hours} hours")
        return cleaned

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Give the fields by what they are about."""
        groups = [(title, [self[name] for name in group]) for title, group in GROUPS.items()]
        return [(title, [*fields, self[NAMED]] if title == "Portfolios" else fields) for title, fields in groups]
