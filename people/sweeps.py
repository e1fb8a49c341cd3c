"""What people's app does by the clock."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from ledger import workers
from ledger.registry import sweep
from people import data_export, documents, security
from people.models import Document
from people.states import DocumentState


@sweep("people.orphans", every="day")
def orphans(*, at: datetime) -> None:
    """Delete stored files that no row points to."""
    documents.remove_orphans(at=at)


@sweep("people.check_files", every="minute")
def check_files(*, at: datetime) -> None:
    """Wake a worker for files that wait; nothing is lost where no one heard of one."""
    if Document.objects.filter(state=DocumentState.CHECKING).exists():
        workers.wake_on_commit("people.check_files")


@sweep("people.unused", every="day")
def unused(*, at: datetime) -> None:
    """Delete documents that nothing refers to: what was replaced, and what was kept with a form that was never sent."""
    documents.drop_unused(at=at)


@sweep("people.downloads", every="day")
def downloads(*, at: datetime) -> None:
    """Delete the files with everything about a person whose days are over."""
    data_export.drop_old(at=at)


@sweep("people.sessions", every="day")
def sessions(*, at: datetime) -> None:
    """Delete sessions that are over, and from where and with which browser they were."""
    Session.objects.filter(expire_date__lt=at).delete()
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    # A session of today may be in the making.
    UserSession.objects.filter(~Exists(there), created_at__lt=at - timedelta(days=1)).delete()


@sweep("people.security", every="day")
def security_events(*, at: datetime) -> None:
    """Delete sign-ins, and links to undo, whose days are over."""
    security.forget_old(at=at)
