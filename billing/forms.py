"""Input about money to clean values."""

from django import forms


class ReasonForm(forms.Form):
    """Why staff decide as they do; it is kept in the audit."""

    reason = forms.CharField(
        label="Reason",
        help_text="One sentence. It stays in the record, and the person can ask to see it.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
