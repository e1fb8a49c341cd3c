"""Where sessions are kept: in the database, under keys that we could have made ourselves."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Sessions in the database. A cookie with anything but letters and digits, which PostgreSQL might not even take, is no key of ours."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(super()._validate_session_key(key)) and str(key).isascii() and str(key).isalnum()  # type: ignore[misc]
