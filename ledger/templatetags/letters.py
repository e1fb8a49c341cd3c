"""How a page shows a letter as it will go out, or went out."""

from django import template

from ledger import wording

register = template.Library()


@register.filter
def paragraphs(text: str) -> list[wording.Block]:
    """Split a letter's plain text into paragraphs, lists and links, without the breaks of its lines; its foot stays line by line."""
    body, mark, foot = text.rpartition("\n--\n")
    if not mark:
        return wording.split(text)
    return [*wording.split(body), *(wording.Block(words=line) for line in foot.splitlines() if line)]
