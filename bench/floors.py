"""Views that do the least that a page of their kind can do, beside the program's own: what ratios are measured against."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Engine
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from courses.models import Offering
from ledger import actions as ledger
from ledger import clock
from lssc.urls import urlpatterns as program
from people.guards import PersonRequest, public, signed_in
from people.models import User
from portfolios.models import Response

LIST = Engine().from_string("<!doctype html><title>List</title><ul>{% for one in rows %}<li>{{ one }}</li>{% endfor %}</ul>")


def _list(rows: Any) -> HttpResponse:
    return HttpResponse(LIST.render(Context({"rows": rows})))


@public
def template(request: HttpRequest) -> HttpResponse:
    """Draw the base template."""
    return render(request, "base.html")


@signed_in
def session(request: PersonRequest) -> HttpResponse:
    """Read session and user, ask one question, draw a small template."""
    return _list([User.objects.values_list("name", flat=True).get(pk=request.user.pk)])


@signed_in
def keyset(request: PersonRequest) -> HttpResponse:
    """List 25 of all people by their key, to someone who is signed in."""
    return _list(User.objects.filter(pk__gt=request.user.pk).order_by("pk").values_list("name", flat=True)[:25])


@public
def public_list(request: HttpRequest) -> HttpResponse:
    """List 25 of all courses by title."""
    return _list(Offering.objects.order_by("set_id", "title").values_list("title", flat=True)[:25])


@csrf_exempt
@signed_in
def post(request: PersonRequest) -> HttpResponse:
    """Lock a response, store a text in it, and put one row into the outbox."""
    with transaction.atomic():
        row = Response.objects.select_for_update().get(pk=request.POST["row"])
        row.narrative, row.version = request.POST["text"], row.version + 1
        row.save(update_fields=["narrative", "version"])
        ledger.emit("billing.event.received", key=f"bench:{row.pk}:{row.version}", at=clock.now(), event=str(row.pk))
    return HttpResponse("Saved")


urlpatterns = [
    path("floor/template/", template),
    path("floor/session/", session),
    path("floor/keyset/", keyset),
    path("floor/list/", public_list),
    path("floor/post/", post),
    *program,
]
