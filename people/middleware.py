"""What happens to every request: the reader's time zone, the second step of staff's sign-in, and no view without a guard."""

import json
import logging
from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from people import guards, permissions, queries

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponseBase]

# Where staff may go before they have a second step: nowhere but to their own account and what anyone may see.
OWN_ACCOUNT = {"people:account", "people:preferences", "account_email"}


class PackingMiddleware(GZipMiddleware):
    """Pack text for browsers that can unpack it. Files of people, pictures and papers go as they are: they are packed, or are asked for
    in parts.

    A page of a person holds secrets, and says again what was typed, so its size could give one away bit by bit (BREACH). Django adds
    up to a hundred random bytes to each answer, and draws the token against forged forms anew for each page.
    """

    PACKED = ("text/", "application/json", "application/xml", "application/ld+json", "image/svg+xml")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack a text; leave everything else."""
        if not response.get("Content-Type", "").startswith(self.PACKED):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed


class TimeZoneMiddleware:
    """Show the hours in the reader's own zone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the zone for this request alone."""
        zone = ZoneInfo(request.user.time_zone) if request.user.is_authenticated else timezone.get_default_timezone()
        with timezone.override(zone):
            return self.get_response(request)


class PrivacyMiddleware:
    """Let no browser keep what was made for a person, and empty it of what is left when the person signs out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Mark the response by who was there before it was made, and who is there after."""
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if was_signed_in or request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        if was_signed_in and not request.user.is_authenticated:
            # Not after a session that ran out: what was typed then is still in the browser, and waits for its person.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SecondFactorMiddleware:
    """Where REQUIRE_MFA is set, lead staff, committee and auditors to set up a second step before they do anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on: what this does needs the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponseBase | None:
        """Send those who lack a second step to where they add one."""
        if not settings.REQUIRE_MFA or not request.user.is_authenticated or not permissions.needs_second_factor(request.user):
            return None
        match = request.resolver_match
        guard = guards.guard_of(view, match.url_name if match else None)
        free = guard is None or guard == guards.PUBLIC or view.__module__.startswith("allauth.")
        if free or (match and match.view_name in OWN_ACCOUNT) or queries.has_second_factor(request.user):
            return None
        messages.warning(request, "Your role needs a second step when you sign in. Add an authenticator app or a passkey to go on.")
        return redirect("mfa_index")


class CredentialMiddleware:
    """Let no credential of a passkey reach allauth that it can't read: an empty one takes its place, which its form refuses in words."""

    READ: ClassVar[dict[str, Any]] = {
        "mfa_add_webauthn": RegistrationResponse,
        "mfa_authenticate": AuthenticationResponse,
        "mfa_login_webauthn": AuthenticationResponse,
        "mfa_reauthenticate_webauthn": AuthenticationResponse,
    }

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on: what this does needs the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        """Empty what is no credential: not JSON, with numbers of thousands of digits, nested without end, or of another shape."""
        kind = self.READ.get(request.resolver_match.url_name or "") if request.resolver_match else None
        if kind is None or "credential" not in request.POST:
            return
        try:
            kind.from_dict(json.loads(request.POST["credential"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            data = request.POST.copy()
            data["credential"] = "null"
            request.POST = data  # type: ignore[assignment]


class GuardMiddleware:
    """Refuse a view that declares no guard, and guard the views of allauth, which can't declare one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on: what this does needs the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponseBase | None:
        """Answer 404 for a view without a guard, and log it; let others in or send them to sign in."""
        guard = guards.guard_of(view, request.resolver_match.url_name if request.resolver_match else None)
        if guard is None:
            logger.error("The view %s.%s declares no guard and was refused", view.__module__, getattr(view, "__qualname__", view))
            raise Http404
        return guards.refusal(guard, request) if getattr(view, "guard", None) is None else None
