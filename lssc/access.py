"""What a line of the access log says of a request: an id to ask for, who was signed in, and the address without its secrets."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

# The parts of an address that open something for whoever has them.
SECRET = {"key", "token"}
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

Answer = Callable[[HttpRequest], HttpResponse]


class AccessMiddleware:
    """Put into the server's environment what `ops/gunicorn_conf.py` writes; the outermost, so that no answer goes by it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the id that a proxy gave, or make one, and give it back with the answer."""
        header = request.headers.get("X-Request-Id", "")
        id = header if SANE.fullmatch(header) else uuid.uuid4().hex
        request.META["lssc.request"] = id
        try:
            response = self.get_response(request)
        finally:
            request.META["lssc.path"] = hide_secrets(request.path, request.resolver_match)
        # A page that asked for no one has read no session, and needs not do so now.
        user = vars(request).get("_cached_user")
        request.META["lssc.user"] = str(user.pk) if user is not None and user.pk else "-"
        response["X-Request-Id"] = id
        return response


def hide_secrets(path: str, match: ResolverMatch | None = None) -> str:
    """The path, with a star for each part that opens something; `match` is what the path was found to be, if that is known."""
    try:
        parts = (match or resolve(path)).kwargs
    except Resolver404:
        return path
    for name in SECRET & parts.keys():
        path = path.replace(str(parts[name]), "*")
    return path
