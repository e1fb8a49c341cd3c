"""Bulk actions of staff: what will happen, one press, and what was done."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger import bulk_runs as ledger
from ledger import clock
from people import permissions
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed

MOST = 50


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: PersonRequest) -> HttpResponse:
    """Show exactly what will happen with the selected work items; on POST, do it with those that are as they were in the preview."""
    values = request.POST if request.method == "POST" else request.GET
    chosen = ledger.BULKS.get(values.get("do", ""))
    things = _read(values.getlist("thing"))
    if chosen is None or not things:
        messages.error(request, "Select at least one item, and choose what to do with it.")
        return redirect("office")
    if request.method == "POST":
        keys = _read([values.get("key", "")])
        if not keys:
            messages.error(request, "Preview it first. Nothing was done.")
            return redirect("office")
        marks = {thing: values.get(f"mark-{thing}", "") for thing in things}
        with show_refusal(request):
            batch = ledger.apply(chosen, marks, key=keys[0], actor=request.user, at=clock.now())
            return redirect("bulk_done", batch.id)
        return redirect("office")
    effects = ledger.preview(chosen, things, actor=request.user, at=clock.now())
    ready = [effect for effect in effects if not effect.why_not]
    return render(
        request,
        "lssc/bulk.html",
        {
            "bulk": chosen,
            "ready": ready,
            "left": [effect for effect in effects if effect.why_not],
            "emails": [(effect, email) for effect in ready for email in effect.emails],
            "key": uuid4(),
        },
    )


def _read(texts: list[str]) -> list[UUID]:
    """The ids among these texts, each once."""
    ids = []
    for text in texts[:MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(ids))


@allowed(permissions.is_staff)
@require_safe
def bulk_done(request: PersonRequest, id: UUID) -> HttpResponse:
    """Tell what was done, what was not, and why; to whoever did it."""
    batch = get_object_or_404(ledger.find_runs(request.user), id=id)
    bulk = ledger.BULKS.get(batch.name)
    if bulk is None:
        raise Http404
    results = batch.results
    return render(
        request,
        "lssc/bulk_done.html",
        {
            "bulk": bulk,
            "batch": batch,
            "done": [result for result in results if not result["why_not"]],
            "left": [result for result in results if result["why_not"]],
            "emails": sum(result["emails"] for result in results if not result["why_not"]),
        },
    )
