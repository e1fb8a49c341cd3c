"""How a page shows an email as it will go out, or went out."""

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from ledger import email_templates
from ledger.models import Email

register = template.Library()


@register.filter
def body(email: email_templates.Words | Email) -> SafeString:
    """The words of an email: its own HTML, in which every value is escaped; where that isn't kept, its plain text."""
    return mark_safe(email_templates.body_of(email.html)) if email.html else mark_safe(linebreaks(email.text, autoescape=True))  # noqa: S308
