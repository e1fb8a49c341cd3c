"""Links that open something without signing in, or for one reader: only we can make them, each for one purpose, and all of them end."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import Http404

SEPARATOR = "~"


class LinkWrong(Http404):
    """Not a link of ours, or someone changed it; uncaught, it is the page `link_wrong.html`."""


class LinkExpired(Exception):
    """A link of ours whose time is over."""


@dataclass(frozen=True)
class SignedLink:
    """What links of one purpose have in common: `setting` says how long they work, in the unit at its end (`INVITATION_DAYS`)."""

    purpose: str
    setting: str

    def sign(self, value: object) -> str:
        """Give what stands in the address: the value, the time, and our signature."""
        return self._signer.sign(str(value))

    def read(self, token: str) -> str:
        """Give the value that was signed. Raises LinkWrong, and LinkExpired."""
        lasts = timedelta(**{self.setting.rpartition("_")[2].lower(): getattr(settings, self.setting)})
        try:
            return self._signer.unsign(token, max_age=lasts)
        except signing.SignatureExpired:
            raise LinkExpired from None
        except signing.BadSignature:
            raise LinkWrong from None

    @property
    def _signer(self) -> signing.TimestampSigner:
        return signing.TimestampSigner(salt=self.purpose, sep=SEPARATOR)
