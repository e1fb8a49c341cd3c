"""Where sessions are kept, and whose they are: two short statements for every page that somebody signed in opens."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import OuterRef
from django.utils import timezone

from ledger.prepared import ask
from people.models import User

ROLES = Group.objects.filter(user=OuterRef("pk")).values("name")


class SessionStore(DatabaseStore):
    """Sessions in the database. A cookie with anything but letters and digits, which PostgreSQL might not even take, is no key of ours."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(super()._validate_session_key(key)) and str(key).isascii() and str(key).isalnum()  # type: ignore[misc]

    def _get_session_from_db(self) -> Session | None:
        found = ask(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), self.session_key, timezone.now())
        # Django's own look says what follows where there is none.
        return found[0] if found else super()._get_session_from_db()  # type: ignore[misc]


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]
    """Sign-in by email address and password, as allauth does it; whose session it is comes with the roles."""

    def get_user(self, user_id: int) -> User | None:
        """Give the person, who knows their roles, or None for one who can't sign in. One query."""
        for user in ask(lambda id: User.objects.filter(pk=id).annotate(roles_now=ArraySubquery(ROLES)), user_id):
            if self.user_can_authenticate(user):
                user.known_roles = frozenset(user.roles_now)
                return user
        return None
