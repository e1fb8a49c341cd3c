"""Signed links to invitations: each is for one assignment and one purpose, and only we can make it."""

from uuid import UUID

from django.core import signing

SALT = "portfolios.invitation"


class LinkWrong(Exception):
    """Not a link of ours, or somebody changed it."""


def sign(assignment_id: UUID) -> str:
    """What stands in the address: which invitation it is, and our signature."""
    return signing.Signer(salt=SALT, sep="~").sign(assignment_id.hex)


def read(token: str) -> UUID:
    """The invitation of a link; raises LinkWrong."""
    try:
        return UUID(hex=signing.Signer(salt=SALT, sep="~").unsign(token))
    except (signing.BadSignature, ValueError):
        raise LinkWrong from None
