"""Addresses that candidates give as evidence: what makes one fit to be shown. We never open them. Standard library only."""

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

LONGEST = 1000
# Names that mean a machine or a house, never a site that an evaluator can reach (RFC 6761, 6762, 7686, 8375, and common habit).
INSIDE = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "invalid", "onion"}
)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

EXAMPLE = "Copy it from the browser, for example https://www.flickr.com/photos/alice/512"
NOT_ONE = f"This is not the address of a page. {EXAMPLE}"
NOT_SAFE = "The address must begin with https://. Most sites have such an address: put https:// before the name, and try it in your browser"
INWARD = "This address works only inside a building. Put the file on a public site, or add the file itself"
NUMBER = "Give the name of the site, not its number"
TOO_LONG = (
    f"This address is too long: we keep up to {LONGEST:,} letters. Leave out what comes after the question mark, and try it in your browser"
)
SIGNED_IN = "This address has a name or a password in it. Copy the address of the page without them"
PORT = "This address has a port number in it, which not every browser opens. Save the page as PDF, and add that file instead"


class NotShown(ValueError):
    """An address that we don't show to others; the message says what would help."""


def clean(text: str) -> str:
    """The address as it is kept: https, with its host in plain letters; what is clean stays as it is. Raises NotShown."""
    text = text.strip()
    if len(text) > LONGEST:
        raise NotShown(TOO_LONG)
    if not text or not text.isprintable() or re.search(r'[\s\\<>"]', text):
        raise NotShown(NOT_ONE)
    if "://" not in text and re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        named, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotShown(NOT_ONE) from None
    if parts.scheme != "https":
        raise NotShown(NOT_SAFE if parts.scheme == "http" else NOT_ONE)
    if "@" in parts.netloc:
        raise NotShown(SIGNED_IN)
    if port not in (None, 443):
        raise NotShown(PORT)
    cleaned = urlunsplit(("https", _host(named), parts.path, parts.query, parts.fragment))
    if len(cleaned) > LONGEST:
        raise NotShown(TOO_LONG)
    return cleaned


def host(address: str) -> str:
    """The site of an address, as evaluators see it before they open it."""
    return urlsplit(address).hostname or ""


def _host(named: str) -> str:
    """A site's name in ASCII, so that no letter looks like another. Raises NotShown for numbers and for names inside a house."""
    named = named.rstrip(".")
    if _is_number(named):
        raise NotShown(NUMBER)
    try:
        plain = named.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NotShown(NOT_ONE) from None
    labels = plain.split(".")
    if labels[-1] in INSIDE:
        raise NotShown(INWARD)
    if _is_number(plain) or labels[-1].isdecimal() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        raise NotShown(NUMBER)
    if len(labels) < 2:
        raise NotShown(INWARD if LABEL.fullmatch(plain) else NOT_ONE)
    if len(plain) > 253 or not all(LABEL.fullmatch(label) for label in labels) or len(labels[-1]) < 2:
        raise NotShown(NOT_ONE)
    return plain


def _is_number(named: str) -> bool:
    try:
        ipaddress.ip_address(named.strip("[]").split("%")[0])
    except ValueError:
        return False
    return True
