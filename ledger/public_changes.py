"""Notes of what changed in the tables that public pages show: triggers write them, the web server draws its pages anew."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pgtrigger
from django.db.models import Max, Sum
from django.http import HttpResponseBase
from django.views.decorators.http import conditional_page

from ledger.models import PublicChange

KEEP_HOURS = 6
View = Callable[..., HttpResponseBase]


def note_public_change() -> pgtrigger.Trigger:
    """Make the trigger of a table that public pages show: one note for each statement, whoever sends it."""
    return pgtrigger.Trigger(
        name="public_change",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        level=pgtrigger.Statement,
        func="INSERT INTO ledger_publicchange (at) VALUES (clock_timestamp()); RETURN NULL;",
    )


def read() -> tuple[int, int]:
    """Give two numbers for what is noted now. A note that comes late, from a longer transaction, moves the second. One query."""
    notes = PublicChange.objects.aggregate(last=Max("id", default=0), sum=Sum("id", default=0))
    return notes["last"], notes["sum"]


def drop_old(*, at: datetime) -> None:
    """Forget the notes of earlier hours; the pages are drawn anew once."""
    PublicChange.objects.filter(at__lt=at - timedelta(hours=KEEP_HOURS)).delete()


def kept(*parameters: str) -> Callable[[View], View]:
    """Keep what a view draws for visitors, by these parameters of its address; with any other, it is drawn each time."""

    def mark(view: View) -> View:
        conditional: View = conditional_page(view)
        conditional.kept = frozenset(parameters)  # type: ignore[attr-defined]
        return conditional

    return mark
