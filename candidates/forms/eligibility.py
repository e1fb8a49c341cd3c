"""What a visitor types who wonders whether to apply."""

from decimal import Decimal
from typing import Any

from django import forms

from candidates.forms.applications import HOURS_HELP, NO_HOURS, NO_HOURS_SAID, TOO_MANY_HOURS, QuestionPageForm, wrong_begin, wrong_end
from people.fields import ChoiceRadios, HoursField, MemorableDateField, TextField


class CanIApplyForm(QuestionPageForm):
    """What a visitor says of schooling and work, in `rows` employments of work; nothing of it is kept.

    A employment without a word in it is left out, the first one is needed.
    """

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["diploma"] = ChoiceRadios(
            label="Do you have a high-school diploma or its equivalent?",
            choices=[("yes", "Yes, or a diploma from another country"), ("no", "Not yet")],
            error_messages={"required": "Say whether you have a high-school diploma or its equivalent"},
        )
        for row in range(rows):
            needed = row == 0
            self.fields[f"library_{row}"] = TextField(
                label="Name of the library", help_text="Optional. It helps you tell the jobs apart.", max_length=200, required=False
            )
            self.fields[f"began_on_{row}"] = MemorableDateField(
                label="First day",
                help_text="For example, 3 4 2024. If you don’t know the day, enter 1.",
                required=needed,
                error_messages={"required": "Enter the first day of your work"},
            )
            self.fields[f"ended_on_{row}"] = MemorableDateField(
                label="Last day", help_text="Leave this blank if you still work there.", required=False
            )
            self.fields[f"hours_a_week_{row}"] = HoursField(
                label="Hours a week",
                help_text=HOURS_HELP if needed else "A typical week.",
                max_value=Decimal(168),
                required=needed,
                error_messages={"required": NO_HOURS_SAID, "max_value": TOO_MANY_HOURS},
            )

    def clean(self) -> dict[str, Any]:
        """Check the employments one by one."""
        cleaned: dict[str, Any] = super().clean() or {}
        for row in range(self.rows):
            self._clean_row(row, cleaned)
        return cleaned

    def _clean_row(self, row: int, cleaned: dict[str, Any]) -> None:
        names = [f"{name}_{row}" for name in ("began_on", "ended_on", "hours_a_week")]
        began, ended, hours = (cleaned.get(name) for name in names)
        is_filled = bool(began or ended or hours is not None or cleaned.get(f"library_{row}"))
        if row and is_filled and not any(name in self.errors for name in names):
            if began is None:
                self.add_error(names[0], "Enter the first day of your work")
            if hours is None:
                self.add_error(names[2], NO_HOURS_SAID)
        if wrong := wrong_begin(began, today=self.today):
            self.add_error(names[0], wrong)
        if wrong := wrong_end(began, ended, today=self.today):
            self.add_error(names[1], wrong)
        if hours is not None and hours <= 0:
            self.add_error(names[2], NO_HOURS)

    @property
    def employments(self) -> list[dict[str, Any]]:
        """Give the employments that are whole and right, whatever is wrong elsewhere."""
        if not self.is_bound:
            return []
        self.is_valid()
        rows = [self._employment(row) for row in range(self.rows)]
        return [row for row in rows if row["began_on"] and row["hours_a_week"] and row["right"]]

    def _employment(self, row: int) -> dict[str, Any]:
        names = ("began_on", "ended_on", "hours_a_week")
        return {
            **{name: self.cleaned_data.get(f"{name}_{row}") for name in names},
            "library": self.cleaned_data.get(f"library_{row}") or f"Work {row + 1}",
            "right": not any(f"{name}_{row}" in self.errors for name in names),
        }

    @property
    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Give the fields of each employment, with its number from 1."""
        names = ("library", "began_on", "ended_on", "hours_a_week")
        return [(row + 1, [self[f"{name}_{row}"] for name in names]) for row in range(self.rows)]

    def without(self, row: int) -> dict[str, Any]:
        """Give what was typed without one employment, as a form of one row less takes it back."""
        remaining: dict[str, Any] = {}
        for name, value in self.typed().items():
            stem, _, number = name.rpartition("_")
            if not number.isdecimal():
                remaining[name] = value
            elif int(number) != row:
                remaining[f"{stem}_{int(number) - (int(number) > row)}"] = value
        return remaining
