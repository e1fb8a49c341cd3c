"""A form that makes something new makes it once, though its button is pressed twice: the second press is led to what the first one made."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from ledger import clock
from ledger.models import Press

KEPT = timedelta(days=1)
View = Callable[..., HttpResponseBase]


def once(view: View) -> View:
    """Do what a form says once for each page on which it stood; beneath the guard. The view runs in one transaction.

    The token against forged requests is another one on every page that is drawn: with what was typed, it names the press. A form that comes
    back with mistakes, or ends in an error, was not done and may be sent again.
    """

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or "X-Autosave" in request.headers or not request.POST.get("csrfmiddlewaretoken"):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            # Of two at once, the second waits here until the first is done or undone.
            press, new = Press.objects.get_or_create(key=_key(request), defaults={"at": clock.now()})
            if not new:
                messages.info(request, "You pressed the button twice. It was done once.")
                return redirect(press.location)
            response = view(request, *args, **kwargs)
            if response.status_code == 302:
                Press.objects.filter(pk=press.pk).update(location=response.headers["Location"])
            else:
                press.delete()
            return response

    pressed.once = True  # type: ignore[attr-defined]
    return pressed


def _key(request: HttpRequest) -> str:
    files = [(name, file.name, file.size) for name, several in request.FILES.lists() for file in several]
    named = [request.path, request.user.pk, sorted(request.POST.lists()), files]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def drop_old(*, at: datetime) -> None:
    """Forget presses whose pages are long gone."""
    Press.objects.filter(at__lt=at - KEPT).delete()
