"""Signed links to invitations: each is for one assignment and one purpose, and only we can make it."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

SALT = "portfolios.invitation"


class LinkWrong(Exception):
    """Not a link of ours, or somebody changed it."""


class LinkOld(Exception):
    """A link of ours whose days are over."""


def sign(assignment_id: UUID) -> str:
    """What stands in the address: which invitation it is, and our signature."""
    return _signer().sign(assignment_id.hex)


def read(token: str) -> UUID:
    """The invitation of a link; raises LinkWrong, and LinkOld after INVITATION_DAYS."""
    try:
        return UUID(hex=_signer().unsign(token, max_age=timedelta(days=settings.INVITATION_DAYS)))
    except signing.SignatureExpired:
        raise LinkOld from None
    except (signing.BadSignature, ValueError):
        raise LinkWrong from None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT, sep="~")
