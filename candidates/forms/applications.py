"""What people type on the pages of an application, made into clean values."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from candidates.states import QUESTIONS, DiplomaKind, LibraryKind
from people.autosave import DraftForm
from people.fields import ChoiceRadios, DocumentField, HoursField, MemorableDateField, NameField, NameInput, TextField
from people.templatetags.words import longdate


class QuestionPageForm(DraftForm):
    """A question page. `version` is that of the page as it was shown, so that no other tab's save is overwritten.

    `today` is the date where the person is: nothing later has happened.
    """

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @property
    def differs(self) -> bool:
        """Say whether something else is typed than what `initial` has."""
        named = [
            (self[name].data, self.get_initial_for_field(field, name), field) for name, field in self.fields.items() if name != "version"
        ]
        return any(field.has_changed(field.to_python(before), data) for data, before, field in named)


class WhoForm(QuestionPageForm):
    """The two names of a person."""

    name = NameField(
        label="Your name, as it should appear on your certificate",
        help_text="For example, Alice Marie Moreau",
        max_length=120,
        widget=NameInput({"autocomplete": "name"}),
    )
    called = NameField(
        label="What we call you",
        help_text="In emails and on these pages. For example, Alice",
        max_length=60,
        widget=NameInput({"autocomplete": "given-name"}),
    )


class DiplomaForm(QuestionPageForm):
    """The applicant's statement on schooling."""

    diploma = ChoiceRadios(label="What do you have?", choices=DiplomaKind.choices)
    diploma_statement = TextField(
        label="Where and when did you get it?",
        help_text="For example, Lincoln High School, Springfield, 2002. The program takes your word, and may ask for a copy.",
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask where and when, unless there is none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("diploma") not in (None, DiplomaKind.NONE) and not cleaned.get("diploma_statement"):
            self.add_error("diploma_statement", "Say where and when you got it, as best you remember")
        return cleaned


class MemberForm(QuestionPageForm):
    """Whether the applicant is an ALA member, and the number."""

    is_member = ChoiceRadios(label="Are you a member of the American Library Association (ALA)?", choices=[("yes", "Yes"), ("no", "No")])
    member_number = TextField(
        label="Your ALA member number",
        help_text="Only if you are a member. It is on your membership card and in emails from ALA. For example, 1234567",
        max_length=20,
        required=False,
        widget=forms.TextInput({"class": "usa-input--medium", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask a member for the number, as digits; forget a number that a non-member typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        number = str(cleaned.get("member_number") or "").replace(" ", "").replace("-", "")
        if cleaned.get("is_member") == "yes" and "member_number" in cleaned:
            if not number:
                self.add_error("member_number", "Enter your ALA member number. Without it, choose No and pay the full fee")
            elif not (number.isascii() and number.isdigit()):
                self.add_error("member_number", "A member number has digits only, for example 1234567")
        cleaned["member_number"] = number if cleaned.get("is_member") == "yes" else ""
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the answers as the application keeps them."""
        return {"is_member": self.cleaned_data["is_member"] == "yes", "member_number": self.cleaned_data["member_number"]}


NO_HOURS = "Enter more than 0 hours a week"
NO_HOURS_SAID = "Enter the hours of a typical week"
TOO_MANY_HOURS = "A week has 168 hours. Enter the hours of a typical week"
HOURS_HELP = "A typical week. For example, 12 or 12.5."


def wrong_begin(began: date | None, *, today: date) -> str:
    """Say what is wrong with a first day, or nothing."""
    if began and began > today:
        return f"The first day can’t be after today, {longdate(today)}. Add this work after it starts"
    return ""


def wrong_end(began: date | None, ended: date | None, *, today: date) -> str:
    """Say what is wrong with a last day, or nothing."""
    if began and ended and ended < began:
        return f"The last day can’t be before the first day, {longdate(began)}"
    if ended and ended > today:
        return f"The last day can’t be after today, {longdate(today)}. Leave it blank if you still work there"
    return ""


class EmploymentForm(QuestionPageForm):
    """One employment of work."""

    library = TextField(
        label="Name of the library",
        help_text="For example, Marlow County Library",
        max_length=200,
        error_messages={"required": "Enter the name of the library"},
    )
    kind = forms.ChoiceField(label="Type of library", choices=[("", "Choose one"), *LibraryKind.choices])
    post = TextField(
        label="What you did there",
        help_text="Your job title, or a few words",
        max_length=200,
        error_messages={"required": "Say what you did there"},
    )
    paid = ChoiceRadios(label="Were you paid?", choices=[("paid", "Paid"), ("volunteer", "Volunteer")])
    began_on = MemorableDateField(
        label="First day",
        help_text="For example, 3 4 2024. If you don’t know the day, enter 1.",
        error_messages={"required": "Enter the first day"},
    )
    ended_on = MemorableDateField(label="Last day", help_text="Leave this blank if you still work there.", required=False)
    hours_a_week = HoursField(
        label="Hours a week",
        help_text=HOURS_HELP,
        max_value=Decimal(168),
        error_messages={"required": NO_HOURS_SAID, "max_value": TOO_MANY_HOURS},
    )

    def clean_hours_a_week(self) -> Decimal:
        """Refuse no hours at all."""
        hours: Decimal = self.cleaned_data["hours_a_week"]
        if hours <= 0:
            raise forms.ValidationError(NO_HOURS)
        return hours

    def clean_began_on(self) -> date:
        """Refuse work that has not begun."""
        began: date = self.cleaned_data["began_on"]
        if wrong := wrong_begin(began, today=self.today):
            raise forms.ValidationError(wrong)
        return began

    def clean(self) -> dict[str, Any]:
        """Hold the last day against the first day and today."""
        cleaned: dict[str, Any] = super().clean() or {}
        if wrong := wrong_end(cleaned.get("began_on"), cleaned.get("ended_on"), today=self.today):
            self.add_error("ended_on", wrong)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the employment as it is kept."""
        return {**super().values(), "paid": self.cleaned_data["paid"] == "paid"}


class ResumeForm(forms.Form):
    """The resume as a file."""

    resume = DocumentField(label="Your resume", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class GraduateForm(QuestionPageForm):
    """Whether the applicant finished a library program at a college, and which."""

    is_graduate = ChoiceRadios(label="Did you finish a library program at a college?", choices=[("yes", "Yes"), ("no", "No")])
    college = TextField(
        label="Name of the college", help_text="Only if you said yes. For example, Mesa College", max_length=200, required=False
    )
    credential = TextField(
        label="What you finished",
        help_text="As shown on your transcript. For example, Library Technician, Certificate",
        max_length=200,
        required=False,
    )
    graduated_on = MemorableDateField(label="Day of graduation", help_text="For example, 5 20 2024", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask a graduate for all of it; forget what others typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_graduate") != "yes":
            return {**cleaned, "college": "", "credential": "", "graduated_on": None}
        needed = {
            "college": "Enter the name of the college",
            "credential": "Enter what you finished",
            "graduated_on": "Enter the day of your graduation",
        }
        for name, words in needed.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, words)
        graduated = cleaned.get("graduated_on")
        if graduated and graduated > self.today:
            self.add_error("graduated_on", f"This day is after today, {longdate(self.today)}. Apply when you have graduated")
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the answers as the application keeps them."""
        return {**super().values(), "is_graduate": self.cleaned_data["is_graduate"] == "yes"}


class TranscriptForm(forms.Form):
    """The final transcript as a file."""

    transcript = DocumentField(label="Your final transcript", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class LetterForm(forms.Form):
    """A letter or another proof as a file."""

    letter = DocumentField(label="The letter or proof", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class ReplyForm(forms.Form):
    """What an applicant says to staff with the answer."""

    reply = TextField(
        label="Is there anything you want to tell staff?",
        help_text="Use this only if a part is right as it is, or if you can’t send what they ask for.",
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )


class AnswersForm(QuestionPageForm):
    """The optional questions."""

    why = ChoiceRadios(label="Why do you want to enroll, most of all?", choices=[*QUESTIONS["why"].items()], required=False)
    age = ChoiceRadios(label="How old are you?", choices=[*QUESTIONS["age"].items()], required=False)
    gender = ChoiceRadios(label="What is your gender?", choices=[*QUESTIONS["gender"].items()], required=False)
    ethnicity = ChoiceRadios(label="How do you describe yourself?", choices=[*QUESTIONS["ethnicity"].items()], required=False)
