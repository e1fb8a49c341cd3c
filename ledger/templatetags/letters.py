"""How a page shows a letter as it will go out, or went out."""

from django import template

from ledger import wording

register = template.Library()


@register.filter
def paragraphs(text: str) -> list[wording.Block]:
    """Split a letter's plain text into paragraphs, lists and links, without the breaks of its lines."""
    return wording.split(text)
