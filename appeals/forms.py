"""What people type about appeals."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from appeals.queries import Decision
from people.autosave import DraftForm
from people.fields import ChoiceRadios, FilesField, MemorableDateField, TextField
from people.templatetags.words import longdate

VERDICTS = {"uphold": "The decision stands", "remand": "Send it back"}


class NoticeForm(forms.Form):
    """The short reason with which an appeal begins."""

    reason = TextField(
        label="Why do you appeal?",
        help_text="One sentence is enough. You submit your grounds later.",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Tell us in one sentence why you are appealing"},
    )
    papers = FilesField(label="Files that show it, if you have any", required=False)


class GroundsForm(DraftForm):
    """The grounds of an appeal, or their draft, which may be empty."""

    grounds = TextField(
        label="Your grounds",
        help_text="Tell us which rule was not followed, or how you were not treated fairly. Include what shows it.",
        max_length=20000,
        widget=forms.Textarea({"rows": 12}),
        error_messages={"required": "Tell us which rule was not followed"},
    )
    papers = FilesField(label="Files that show it, if you have any", required=False)

    def __init__(self, *args: Any, is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].required = not is_draft


class FilesForm(forms.Form):
    """Files for an appeal whose grounds are given."""

    papers = FilesField(label="Add files", required=False)

    def clean_papers(self) -> list[Any]:
        """Ask for a file where none was chosen."""
        uploads: list[Any] = self.cleaned_data["papers"]
        if not uploads:
            raise ValidationError("Choose a file first")
        return uploads


class AnswerForm(forms.Form):
    """The first committee's answer."""

    text = TextField(
        label="Answer",
        help_text="The person will read it. Explain how the rules were followed, or where they were not.",
        max_length=20000,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": "Write the answer, or pass the appeal to the second committee"},
    )
    papers = FilesField(label="Files that go with the answer, if any", required=False)


class VerdictForm(forms.Form):
    """The second committee's decision."""

    verdict = ChoiceRadios(label="What did the committee decide?", choices=list(VERDICTS.items()))
    comment = TextField(
        label="Why",
        help_text="The person will read it. List the rules you reviewed and what you found.",
        max_length=20000,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": "Give a reason. The person will read it"},
    )


class StatementForm(forms.Form):
    """The yearly statement."""

    true = forms.BooleanField(label="I state this.", error_messages={"required": "Check the box if you state this"})


class ReceiptForm(forms.Form):
    """A later day of receipt."""

    received_on = MemorableDateField(label="On which day was the decision received?")
    reason = TextField(label="Reason", help_text="For example, an email that bounced", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, decisions: Iterable[Decision], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decisions = {str(decision.reference): decision for decision in decisions}
        self.today = today
        choices = [(key, f"{row.what}: {row.title}, decided on {longdate(row.decided_on)}") for key, row in self.decisions.items()]
        self.fields["decision"] = ChoiceRadios(label="Which decision?", choices=choices)
        self.order_fields(["decision", "received_on", "reason"])

    def clean(self) -> dict[str, Any]:
        """Hold the day against that of the decision."""
        cleaned: dict[str, Any] = super().clean() or {}
        decision, day = self.decisions.get(cleaned.get("decision", "")), cleaned.get("received_on")
        if decision and day and not decision.decided_on < day <= self.today:
            self.add_error("received_on", f"Enter a day after {longdate(decision.decided_on)}, and not after today")
        return cleaned
