"""A page's HTML as tests compare it."""

import re
from typing import Any


def markup(page: Any) -> str:
    """The HTML of a response, or of a string, without the white space of its layout: between lines and beside tags."""
    html = page if isinstance(page, str) else page.content.decode()
    return re.sub(r" ?(<[^>]*?) ?> ?", r"\1>", " ".join(html.split()))
