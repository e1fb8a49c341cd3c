"""The drawing of tagged PDF (PDF/UA-1) for every app, by WeasyPrint. The same values and fonts give the same bytes."""

from collections.abc import Mapping
from typing import Any

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from people import typefaces

POINTS_PER_PIXEL = 0.75


class AssetRefused(ValueError):
    """Something asked for an address that is no named asset."""


class NamedAssets(URLFetcher):  # type: ignore[misc]
    """Serve fonts, named assets and `data:` addresses from memory. Nothing else, from nowhere else."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=["data"])
        self.assets = {f"font:{name}": (content, "font/ttf") for name, content in typefaces.read_fonts().items()} | dict(assets)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Give one asset; raises AssetRefused for any other address."""
        if url in self.assets:
            content, kind = self.assets[url]
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise AssetRefused("This is no asset of the paper")


class Stylesheet:
    """A parsed style sheet with its fonts and assets (`asset:NAME`, with a media type), shared by the drawings of a process.

    Reading the fonts takes longer than drawing: make one once and keep it.
    """

    def __init__(self, css: str, assets: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        self.fetcher = NamedAssets(assets or {})
        self.fonts = FontConfiguration()
        self.css = CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher, base_url="asset:")

    def draw(self, html: str) -> bytes:
        """Draw HTML whose values are escaped; about 50 ms a page, more for Chinese, Japanese and Korean."""
        document = HTML(string=html, url_fetcher=self.fetcher)
        pdf = document.write_pdf(stylesheets=[self.css], font_config=self.fonts, pdf_variant="pdf/ua-1", finisher=place_figures)
        return bytes(pdf)


def place_figures(document: Any, pdf: Any) -> None:
    """Say where each figure is in points from the bottom of its page (ISO 32000-1, 14.8.5.4.3).

    WeasyPrint 70.0 writes these boxes in CSS pixels from the top, which puts most of them off the page.
    """
    heights = {reference: page.height for reference, page in zip(pdf.page_references, document.pages, strict=True)}
    for element in pdf.objects:
        if isinstance(element, pydyf.Dictionary) and element.get("S") == "/Figure":
            left, top, right, bottom = element["A"]["BBox"]
            height = heights[element["Pg"]]
            element["A"]["BBox"] = pydyf.Array(
                round(length * POINTS_PER_PIXEL, 3) for length in (left, height - bottom, right, height - top)
            )
