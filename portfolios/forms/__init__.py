"""What people type on this app's pages, made into clean values. Drafts take anything; sending checks."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from people.autosave import DraftForm
from people.fields import ChoiceRadios, FilesField, MemorableDateField, TextField
from portfolios import links
from portfolios.models import EvidenceKind
from portfolios.models.ratings import VALUES
from portfolios.policy import Value

# About eight pages: far more than the three that are asked for, so that no one is stopped in mid-sentence.
LONGEST = 30_000


def _text(label: str, *, rows: int, help_text: str = "", required: bool = False, max_length: int = LONGEST) -> TextField:
    return TextField(
        label=label,
        help_text=help_text,
        required=required,
        strip=False,
        max_length=max_length,
        widget=forms.Textarea({"rows": rows}),
        error_messages={
            "max_length": "This text is too long to save. Shorten it to %(limit_value)d characters. It has %(show_value)d now."
        },
    )


class ResponseForm(DraftForm):
    """The response to one competency. Without suggestions there is nothing to choose: the approach is the candidate's own."""

    suggestion = ChoiceRadios(label="What do you want to show?", required=False)
    opening = _text(
        "How will you show it?",
        rows=4,
        help_text="For your own approach, begin with a paragraph on what you chose: an event, a task, a project, a problem.",
    )
    narrative = _text(
        "Your answer",
        rows=14,
        help_text="Explain what you did, what you learned, and how well it worked. Up to three pages. In a team, say which part was yours.",
    )

    def __init__(self, *args: Any, suggestions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suggestions:
            self.fields["suggestion"].choices = [("", "My own approach"), *suggestions]  # type: ignore[attr-defined]
        else:
            del self.fields["suggestion"]

    @property
    def chosen(self) -> UUID | None:
        """The suggestion that the answer follows, None for an own approach."""
        suggestion = self.cleaned_data.get("suggestion")
        return UUID(suggestion) if suggestion else None


class StatementForm(DraftForm):
    """The personal learning statement."""

    statement = _text(
        "Your personal learning statement",
        rows=18,
        help_text="Why does this set matter in your work? What experience do you bring, and what did you learn? About three pages at most.",
    )


class AdditionForm(DraftForm):
    """What the candidate adds to one competency that is asked about."""

    addition = _text(
        "What you add",
        rows=12,
        help_text="Answer what the evaluators ask. What you sent earlier stays as it is, and they read both.",
    )


class LookForm(forms.Form):
    """What the candidate would like staff to look at."""

    question = _text(
        "What would you like to know? (optional)",
        rows=4,
        help_text="For example: Is my answer to competency 3 what you look for? Is this enough evidence?",
        max_length=2000,
    )


class RemarksForm(DraftForm):
    """What staff say about a draft: on the whole, and on each answer."""

    overall = _text("Overall", rows=5, help_text="What is good, and what would make it stronger. This is not a rating.", max_length=8_000)

    def __init__(self, *args: Any, numbers: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = numbers
        for number in numbers:
            self.fields[f"r{number}"] = _text(f"Comment on competency {number} (optional)", rows=3, max_length=4_000)

    def take_where_empty(self, saved: Mapping[str, str]) -> None:
        """Where nothing was typed, show what is saved now: saving once more then takes no one's comment away."""
        typed = cast(QueryDict, self.data).copy()
        for name, text in saved.items():
            if not typed.get(name, "").strip():
                typed[name] = text
        self.data = typed

    @property
    def remarks(self) -> dict[int, str]:
        """The comments by competency."""
        return {number: self.cleaned_data[f"r{number}"] for number in self.numbers}


class PlanForm(forms.Form):
    """What a person can do of one set."""

    numbers = forms.TypedMultipleChoiceField(label="I can do that", coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, competencies: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numbers"].choices = competencies  # type: ignore[attr-defined]


class SuggestionForm(forms.Form):
    """A new suggestion."""

    number = forms.ChoiceField(label="For which competency?", widget=forms.Select)
    text = _text(
        "Suggestion",
        rows=4,
        required=True,
        max_length=600,
        help_text="Like an assignment, in one to three sentences. Begin with a verb: describe, make, compare.",
    )
    from_on = MemorableDateField(label="Offered from", help_text="Today or later")

    def __init__(self, *args: Any, competencies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = competencies  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """The suggestion without spaces around it."""
        text = str(self.cleaned_data["text"]).strip()
        if not text:
            raise forms.ValidationError("Write the suggestion", code="required")
        return text


class EndForm(forms.Form):
    """The last day of a suggestion."""

    until_on = MemorableDateField(label="Last day", help_text="Answers that follow it stay as they are.")


class EvidenceForm(forms.Form):
    """What a piece of evidence is, and which competencies it is for."""

    title = TextField(label="What is it?", max_length=120, help_text="A short title, for example: Incident form, new version")
    kind = ChoiceRadios(
        label="Does it show your work itself?",
        choices=[(EvidenceKind.PRIMARY, "Yes: primary evidence"), (EvidenceKind.SECONDARY, "No: secondary evidence")],
        descriptions={
            EvidenceKind.PRIMARY: "A report, a handout, a booklist, a photo of a display, a course assignment. It counts more.",
            EvidenceKind.SECONDARY: "What others say about it: a letter, an appraisal, a job description, a certificate.",
        },
    )
    own_part = _text(
        "Which part is yours? (optional)",
        rows=3,
        help_text="For teamwork, say what you did yourself. The evaluators see this next to the file.",
        max_length=1000,
    )
    numbers = forms.TypedMultipleChoiceField(
        label="Which competencies is it for?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="One piece of evidence may support several.",
        error_messages={"required": "Choose one competency or more"},
    )

    def __init__(self, *args: Any, competencies: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numbers"].choices = [(number, f"{number}. {text}") for number, text in competencies]  # type: ignore[attr-defined]


class NewEvidenceForm(EvidenceForm):
    """A piece of evidence with its file, or several of which the same is said. The worker looks at what is in them."""

    file = FilesField(label="File")
    field_order = ("file", "title", "kind", "own_part", "numbers")


class NewLinkForm(EvidenceForm):
    """A piece of evidence that lies on a site of someone else's."""

    address = TextField(
        label="Address of the page",
        max_length=links.LONGEST,
        help_text=f"{links.EXAMPLE}. It must open without signing in.",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("address", "title", "kind", "own_part", "numbers")

    def clean_address(self) -> str:
        """The address as it is shown; an error says what would help."""
        try:
            return links.clean(self.cleaned_data["address"])
        except links.NotShown as reason:
            raise forms.ValidationError(str(reason), code="address") from None


class RatingForm(DraftForm):
    """One rating, as far as it is given."""

    value = forms.ChoiceField(
        label="Does the response, with its evidence, show the competency?", choices=VALUES, required=False, widget=forms.RadioSelect
    )
    comment = _text(
        "Comment", rows=5, help_text="Required for anything under Met. Explain what is missing and what would show it.", max_length=8_000
    )
    named = forms.BooleanField(label="Pass this comment on as it is", required=False)
    names_writer = False

    def check_names(self, names: Sequence[str], *, reader: str) -> None:
        """Add what in the comment names its writer, unless the writer has said that it may be passed on."""
        self.names_writer = bool(names)
        if names and not self.cleaned_data["named"]:
            listed = ", ".join(f"“{name}”" for name in names)
            self.add_error("comment", f"This identifies you: {listed}. {reader} should not know. Remove it, or choose to pass it on")

    def check_complete(self) -> bool:
        """Add what is missing before this rating can be sent; whether nothing is."""
        if not self.cleaned_data["value"]:
            self.add_error("value", "Choose Met, Partially met or Not met")
        elif self.cleaned_data["value"] != Value.MET and not self.has_error("comment") and not self.cleaned_data["comment"].strip():
            self.add_error("comment", "Explain what is missing and what would show it. A comment is required for anything under Met")
        return not self.errors


class NeededReasonForm(forms.Form):
    """A reason that must be given, and is kept with the decision."""

    reason = _text("Reason", rows=3, help_text="It is kept with the decision.", required=True, max_length=1000)
