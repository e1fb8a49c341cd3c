"""The drawing of invoices, credit notes and receipts as tagged PDF."""

from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from people.pdf import Stylesheet

STYLE = Path(__file__).parent / "assets" / "paper.css"


def render(paper: str, facts: dict[str, Any]) -> bytes:
    """Draw `templates/billing/pdf/<paper>.html`: US Letter, tagged as PDF/UA-1."""
    return _stylesheet().draw(render_to_string(f"billing/pdf/{paper}.html", facts))


@cache
def _stylesheet() -> Stylesheet:
    return Stylesheet(STYLE.read_text())
