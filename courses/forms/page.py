"""A form that saves itself: what was typed, valid or not, and the version that the person saw."""

from typing import Any

from django import forms

MOST_LETTERS = 20_000


class Page(forms.Form):
    """A page of an application or review. `version` is that of the page as it was shown, so that no other tab's save is overwritten."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def typed(self) -> dict[str, Any]:
        """Give what was typed, valid or not, in a shape that `initial` takes back and JSON can keep."""
        fields = {name: field for name, field in self.fields.items() if name != "version"}
        raw = {name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) for name, field in fields.items()}
        return {name: _short(value) for name, value in raw.items()}

    def values(self) -> dict[str, Any]:
        """Give the clean answers, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen(self) -> int:
        """Give the version that the person saw; -1 when the form did not say, which never matches."""
        text = str(self.data.get("version", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _short(value: Any) -> Any:
    """Keep a draft's text within bounds: no field takes as much, so nothing real is cut."""
    if isinstance(value, str):
        return value.replace("\0", "")[:MOST_LETTERS]
    if isinstance(value, list):
        return [_short(part) for part in value][:50]
    return value
