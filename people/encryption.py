"""Keep a short secret unreadable in the database: whoever has only the database, or a copy of it, can't use it."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

MARK = "sealed:"


class Unreadable(ValueError):
    """It was sealed with a key that we no longer have."""


def _keys() -> MultiFernet:
    """Make the keys from SECRET_KEY, and from those before it, which only open."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hmac.new(secret.encode(), b"people.encryption", hashlib.sha256).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """Encrypt a text (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """Decrypt a text; one that was kept before texts were sealed stays as it is. Raises Unreadable."""
    if not text.startswith(MARK):
        return text
    try:
        return _keys().decrypt(text.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        raise Unreadable from None
