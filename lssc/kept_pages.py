"""Pages that say the same to every visitor: drawn once, and kept in this process until something that they show has changed.

What they show lives in few tables, whose triggers note every change (`ledger.models.PublicChange`). A process looks at these notes
once a second, before any view, so that a page or a 304 asks the database nothing. Nobody's own page can be kept: a view draws it for
a request without cookies, and whoever brings a cookie beyond the one against forged forms gets a page of their own.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from ledger import clock, public_changes
from programs import policy as dates

LOOK_SECONDS = 1
# What a page takes from elsewhere, the settings or the hour, is never older than this.
FRESH_SECONDS = 60
MOST_PAGES = 500
MOST_CHARACTERS = 200
# What a page may be drawn of, beside its address.
HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
UNCHANGED = ("Cache-Control", "ETag", "Vary")

Next = Callable[[HttpRequest], HttpResponseBase]
# What there is to show: the notes of changes, and the day.
Edition = tuple[int, int, date]


@dataclass(frozen=True, kw_only=True)
class KeptPage:
    """One page as it was drawn, plain and packed."""

    edition: Edition
    drawn_at: float
    body: bytes
    packed: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, response: HttpResponse, *, edition: Edition, drawn_at: float) -> "KeptPage":
        """Keep a response. Packing is safe here: there is no secret in the page that somebody could guess from its size."""
        patch_vary_headers(response, ["Accept-Encoding"])
        headers = dict(response.headers) | {"ETag": f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'}
        headers.pop("Content-Length", None)
        return cls(
            edition=edition,
            drawn_at=drawn_at,
            body=response.content,
            packed=gzip.compress(response.content, 6, mtime=0),
            headers=headers,
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Give the page, or say that the browser has it."""
        if self.headers["ETag"] in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
            return HttpResponseNotModified(headers={name: self.headers[name] for name in UNCHANGED if name in self.headers})
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            return HttpResponse(self.packed, headers=self.headers | {"Content-Encoding": "gzip"})
        return HttpResponse(self.body, headers=self.headers)


class KeptPagesMiddleware:
    """Answer visitors from what is kept, with the headers that it was drawn with; stands before all that reads a session."""

    def __init__(self, get_response: Next) -> None:
        if not settings.KEEP_PAGES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.pages: OrderedDict[tuple[str, str], KeptPage] = OrderedDict()
        self.lock = Lock()
        self.looked_at, self.edition = 0.0, (0, 0, date.min)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer by the kept page, draw and keep it, or pass on what is not for everyone."""
        address = request.path_info, request.META.get("QUERY_STRING", "")
        if not _is_for_all(request):
            return self.get_response(request)
        page = self.pages.get(address)
        if page is None and not self._is_kept(request):
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost
        now = time.monotonic()
        edition = self._look(now)
        if page is None or page.edition != edition or now - page.drawn_at > FRESH_SECONDS:
            response = self.get_response(_bare(request))
            if not isinstance(response, HttpResponse) or response.status_code != 200 or response.cookies:
                return response
            page = KeptPage.of(response, edition=edition, drawn_at=now)
            with self.lock:
                self.pages[address] = page
                self.pages.move_to_end(address)
                while len(self.pages) > MOST_PAGES:
                    self.pages.popitem(last=False)
        return page.answer(request)

    def _is_kept(self, request: HttpRequest) -> bool:
        try:
            parameters: frozenset[str] | None = getattr(self.addresses.resolve(request.path_info).func, "kept", None)
        except Resolver404:
            return False
        return parameters is not None and request.GET.keys() <= parameters and len(request.META.get("QUERY_STRING", "")) <= MOST_CHARACTERS

    @cached_property
    def addresses(self) -> URLResolver:
        """The parts of the site that have a view whose page is kept: most other addresses are told from them at once."""
        return URLResolver(RegexPattern(r"^/"), [pattern for pattern in get_resolver().url_patterns if _has_kept(pattern)])

    def _look(self, now: float) -> Edition:
        """Which edition of the site is to be shown. One query a second."""
        if now - self.looked_at >= LOOK_SECONDS:
            self.edition = (*public_changes.read(), dates.today(clock.now()))
            self.looked_at = now
        return self.edition


def _is_for_all(request: HttpRequest) -> bool:
    """Whether a visitor reads, of whom we know nothing."""
    if request.method not in ("GET", "HEAD") or request.path_info.startswith(settings.STATIC_URL):
        return False
    return not request.COOKIES.keys() - {settings.CSRF_COOKIE_NAME}


def _has_kept(pattern: URLPattern | URLResolver) -> bool:
    if isinstance(pattern, URLResolver):
        return any(map(_has_kept, pattern.url_patterns))
    return hasattr(pattern.callback, "kept")


def _bare(request: HttpRequest) -> WSGIRequest:
    """The same question, asked by nobody."""
    environ: dict[str, Any] = {name: value for name, value in request.META.items() if not name.startswith("HTTP_") or name in HEADERS}
    return WSGIRequest(environ | {"REQUEST_METHOD": "GET"})
