"""What a candidate chooses on the plan."""

from collections.abc import Mapping
from typing import Any

from django import forms

from candidates.states import Way


class PlanForm(forms.Form):
    """Which electives are on the plan, and the way in mind for each set that is not achieved."""

    def __init__(self, *args: Any, electives: Mapping[str, str], planned: Mapping[str, str], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        for code, name in planned.items():
            self.fields[f"way_{code}"] = forms.ChoiceField(
                label=f"How you will do {name}", choices=[("", "Not decided yet"), *Way.choices], required=False
            )
        self.fields["electives"] = forms.MultipleChoiceField(
            label="Your electives", choices=list(electives.items()), required=False, widget=forms.CheckboxSelectMultiple
        )

    def clean_electives(self) -> list[str]:
        """Refuse more electives than there are places."""
        chosen: list[str] = self.cleaned_data["electives"]
        if len(chosen) > self.most:
            raise forms.ValidationError(f"Choose {self.most} electives at most. You chose {len(chosen)}")
        return chosen

    def ways(self) -> dict[str, str]:
        """Give the way in mind by set."""
        return {name.removeprefix("way_"): value for name, value in self.cleaned_data.items() if name.startswith("way_")}
