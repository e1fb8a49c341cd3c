"""Every view says who may open it, outermost; `people.middleware.GuardMiddleware` refuses a view that says nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from people.models import User

Predicate = Callable[[Any], bool]
View = Callable[..., HttpResponseBase]
SIGNED_OUT = "You are signed out. Sign in again in another tab, then come back to this one: what you typed is still here."


class PersonRequest(HttpRequest):
    """A request behind `signed_in` or `allowed`, for type checkers: there is a person."""

    user: User


@dataclass(frozen=True)
class Guard:
    """Who may open a view: anyone, anyone with an account, or those for whom one of the predicates is true."""

    kind: Literal["public", "signed in", "allowed"]
    predicates: tuple[Predicate, ...] = ()

    def admits(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """May this user open the view?"""
        if self.kind == "public":
            return True
        return user.is_authenticated and (self.kind == "signed in" or any(predicate(user) for predicate in self.predicates))


PUBLIC = Guard("public")
SIGNED_IN = Guard("signed in")

# allauth's views can't carry a decorator of ours. A name that is missing here is refused like any view without a guard.
ALLAUTH: dict[str, Guard] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_signup*": PUBLIC,
    "account_inactive": PUBLIC,
    "account_confirm_*": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_reset_password*": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_trust": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate*": SIGNED_IN,
    "mfa_*_totp": SIGNED_IN,
    "mfa_*_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
}


def public(view: View) -> View:
    """Let anyone open this view."""
    return _guarded(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let everyone with an account open this view; others sign in first."""
    return _guarded(view, SIGNED_IN)


def allowed(*predicates: Predicate) -> Callable[[View], View]:
    """Let those open this view for whom one of the predicates is true; 403 for others, sign-in first for the anonymous."""
    if not predicates:
        raise TypeError("allowed() needs a predicate")
    return lambda view: _guarded(view, Guard("allowed", predicates))


def fresh(view: View) -> View:
    """Ask for the password or a second factor again, unless that was minutes ago; stands below the guard. What was sent is kept."""
    asking: View = reauthentication_required(view, app="people")
    return asking


def fresh_to_send(view: View) -> View:
    """As `fresh`, for a page that may be read without; what it answers to a POST must be a redirect."""
    asking: View = reauthentication_required(view, app="people", allow_get=True)
    return asking


def guard_of(view: Callable[..., Any], url_name: str | None = None) -> Guard | None:
    """The guard that a view declares, or that the table above declares for a view of allauth's by its URL name."""
    declared: Guard | None = getattr(view, "guard", None)
    if declared is None and view.__module__.startswith("allauth."):
        return next((guard for pattern, guard in ALLAUTH.items() if fnmatchcase(url_name or "", pattern)), None)
    return declared


def refusal(guard: Guard, request: HttpRequest) -> HttpResponseBase | None:
    """None where the guard admits the user, the way to sign in for the anonymous; raises PermissionDenied for others."""
    if guard.admits(request.user):
        return None
    if request.user.is_authenticated:
        raise PermissionDenied
    if "X-Autosave" in request.headers:
        return JsonResponse({"error": SIGNED_OUT}, status=401)
    # A button is on pages for people who are signed in: the session has ended since.
    address = resolve_url(settings.LOGIN_URL)
    return redirect_to_login(_way_back(request), address if request.method in ("GET", "HEAD") else f"{address}?ended=1")


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: a page can be opened again; a button was on the page that the browser names."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        return parts._replace(scheme="", netloc="", fragment="").geturl()
    return ""


def _guarded(view: View, guard: Guard) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refused = refusal(guard, request)
        if refused is not None:
            return refused
        return view(request, *args, **kwargs)

    guarded.guard = guard  # type: ignore[attr-defined]
    return guarded
