"""The drawing of invoices, credit notes and receipts as tagged PDF: the room's only module that knows WeasyPrint."""

from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from people import typefaces

STYLE = Path(__file__).parent / "assets" / "paper.css"


class AssetRefused(ValueError):
    """Something asked for an address that is no named asset."""


class NamedFonts(URLFetcher):  # type: ignore[misc]
    """Serve the fonts from memory. Nothing else, from nowhere else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=[])
        self.fonts = {f"font:{name}": content for name, content in typefaces.read_fonts().items()}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Give one font; raises AssetRefused for any other address."""
        if url in self.fonts:
            return URLFetcherResponse(url, self.fonts[url], {"Content-Type": "font/ttf"})
        raise AssetRefused("This is no asset of the paper")


def render(paper: str, facts: dict[str, Any]) -> bytes:
    """Draw `templates/billing/pdf/<paper>.html`: US Letter, tagged as PDF/UA-1. About 50 ms once the fonts are loaded."""
    fetcher, fonts, css = _shared()
    document = HTML(string=render_to_string(f"billing/pdf/{paper}.html", facts), url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1"))


@cache
def _shared() -> tuple[NamedFonts, FontConfiguration, CSS]:
    """What every paper of this process shares: reading the fonts takes longer than drawing."""
    fetcher, fonts = NamedFonts(), FontConfiguration()
    return fetcher, fonts, CSS(string=STYLE.read_text(), font_config=fonts, url_fetcher=fetcher, base_url="font:")
