"""Which addresses are shown as evidence, and which never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolios import links


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.flickr.com/photos/alice/512", "https://www.flickr.com/photos/alice/512"),
        ("  https://blog.example.org/a?b=c#d \n", "https://blog.example.org/a?b=c#d"),
        ("HTTPS://Example.ORG", "https://example.org"),
        ("example.org/photo", "https://example.org/photo"),
        ("www.example.org", "https://www.example.org"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://bücherei.example.org/", "https://xn--bcherei-n2a.example.org/"),
        ("https://xn--bcherei-n2a.example.org/", "https://xn--bcherei-n2a.example.org/"),
        ("https://еxample.org/", "https://xn--xample-2of.org/"),
    ],
)
def test_an_address_is_kept_as_it_is_shown(typed, kept):
    assert links.clean(typed) == kept
    assert links.clean(kept) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", links.NOT_ONE),
        ("my photos", links.NOT_ONE),
        ("ftp://example.org/a", links.NOT_ONE),
        ("javascript:alert(1)", links.NOT_ONE),
        ("javascript://example.org/%0aalert(1)", links.NOT_ONE),
        ("data:text/html,<script>alert(1)</script>", links.NOT_ONE),
        ("file:///etc/passwd", links.NOT_ONE),
        ("https://example.org/\nSet-Cookie: a=b", links.NOT_ONE),
        ("https://example.org/a b", links.NOT_ONE),
        ('https://example.org/"onmouseover="x', links.NOT_ONE),
        ("https://example.org\\@evil.example", links.NOT_ONE),
        ("https://example.org/\u202egpj.exe", links.NOT_ONE),
        ("https://exa\0mple.org/", links.NOT_ONE),
        ("https://", links.NOT_ONE),
        ("https://[::1", links.NOT_ONE),
        ("https://example.org:port/", links.NOT_ONE),
        ("https://-a.example/", links.NOT_ONE),
        ("https://a..b.example/", links.NOT_ONE),
        ("https://" + "a" * 64 + ".example/", links.NOT_ONE),
        ("https://example.org/" + "x" * 1000, links.TOO_LONG),
        ("example.org/" + "x" * 984, links.TOO_LONG),
        ("https://bücherei.example.org/" + "x" * 965, links.TOO_LONG),
        ("http://example.org/a", links.NOT_SAFE),
        ("https://alice@example.org/", links.SIGNED_IN),
        ("https://alice:secret@example.org/", links.SIGNED_IN),
        ("https://example.org:8443/", links.PORT),
        ("https://example.org:22/", links.PORT),
        ("https://localhost/", links.INWARD),
        ("https://LOCALHOST./", links.INWARD),
        ("https://a.localhost/", links.INWARD),
        ("https://intranet/", links.INWARD),
        ("https://catalog/", links.INWARD),
        ("https://printer.local/", links.INWARD),
        ("https://wiki.internal/", links.INWARD),
        ("https://router.home.arpa/", links.INWARD),
        ("https://server.corp/", links.INWARD),
        ("https://hidden.onion/", links.INWARD),
        ("https://127.0.0.1/", links.NUMBER),
        ("https://127.1/", links.NUMBER),
        ("https://10.0.0.5/", links.NUMBER),
        ("https://192.168.1.1/", links.NUMBER),
        ("https://169.254.169.254/latest/meta-data/", links.NUMBER),
        ("https://2130706433/", links.NUMBER),
        ("https://0x7f000001/", links.NUMBER),
        ("https://0x7f.1/", links.NUMBER),
        ("https://0177.0.0.1/", links.NUMBER),
        ("https://[::1]/", links.NUMBER),
        ("https://[::ffff:127.0.0.1]/", links.NUMBER),
        ("https://[fe80::1%25eth0]/", links.NUMBER),
        ("https://8.8.8.8/", links.NUMBER),
        ("https://１２７.0.0.1/", links.NUMBER),
        ("https://①②⑦.0.0.1/", links.NUMBER),
    ],
)
def test_an_address_that_is_not_shown_says_what_would_help(typed, why):
    with pytest.raises(links.NotShown) as refused:
        links.clean(typed)
    assert str(refused.value) == why


def test_the_site_is_what_a_reader_sees_first():
    assert links.host("https://www.flickr.com/photos/alice/512") == "www.flickr.com"
    assert links.host("") == ""


@given(st.text(max_size=80))
def test_whatever_is_kept_is_https_at_a_name_with_a_dot(typed):
    try:
        kept = links.clean(f"https://{typed}")
    except links.NotShown:
        return
    site = links.host(kept)
    assert kept.startswith(f"https://{site}")
    assert "." in site
    assert site.isascii()
    assert not site.replace(".", "").isdecimal()
    assert links.clean(kept) == kept


def test_an_address_with_a_port_comes_with_another_way() -> None:
    for address in ("https://photos.example:8443/a", "photos.example:8443/a"):
        with pytest.raises(links.NotShown, match="Save the page as PDF, and add that file instead"):
            links.clean(address)
