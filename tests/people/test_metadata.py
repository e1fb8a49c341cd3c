"""What others open of a photo shows the photo, and not where and with what it was taken; what its owner gave stays as it is."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from people import documents
from people.metadata import ORIENTATION, bare
from tests.factories import people

GPS, MAKE = 0x8825, 0x010F
SECRETS = (b"Nokia 3310", b"Marlow, Kentucky", b"<x:xmpmeta")
XMP = b"<x:xmpmeta>Marlow, Kentucky</x:xmpmeta>"


def photo(kind: str, *, turn: int = 1, **options: Any) -> bytes:
    """A photo with a camera, a place and words in it."""
    image = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Nokia 3310", turn
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (37.0, 59.0, 1.0)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Marlow, Kentucky")
    written = BytesIO()
    more: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": words},
        "JPEG": {"comment": b"Marlow, Kentucky", "xmp": XMP},
        "WEBP": {"xmp": XMP, "lossless": True},
    }
    image.save(written, kind, exif=exif, icc_profile=b"colors" * 20, **more[kind], **options)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True, "quality": 95}), ("JPEG", {"restart_marker_blocks": 1}), ("PNG", {}), ("WEBP", {})],
)
def test_the_picture_stays_point_by_point_and_the_rest_goes(kind: str, options: dict[str, Any]) -> None:
    given_ = photo(kind, **options)
    left = bare(given_, f"image/{kind.lower()}")
    assert any(secret in given_ for secret in SECRETS)
    assert not any(secret in left for secret in SECRETS)
    before, after = opened(given_), opened(left)
    assert after.tobytes() == before.tobytes()
    assert after.info["icc_profile"] == before.info["icc_profile"]
    assert (dict(before.getexif())[MAKE], dict(after.getexif())) == ("Nokia 3310", {})
    assert bare(left, f"image/{kind.lower()}") == left


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_stands_as_it_was_taken(turn: int) -> None:
    assert dict(opened(bare(photo("JPEG", turn=turn), "image/jpeg")).getexif()) == ({} if turn == 1 else {ORIENTATION: turn})


def test_what_stands_behind_the_picture_goes_too() -> None:
    """Phones put a second photo there, with the place, too."""
    assert b"Nokia" not in bare(photo("JPEG") + photo("JPEG"), "image/jpeg")
    assert b"Nokia" not in bare(photo("PNG") + b"Nokia", "image/png")


def test_other_files_are_left_alone() -> None:
    assert bare(people.PDF, "application/pdf") == people.PDF


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 4000), st.binary(max_size=20))
def test_a_broken_file_is_no_failure(kind: str, place: int, put: bytes) -> None:
    whole = photo(kind)
    broken = whole[: place % len(whole)] + put + whole[place % len(whole) + len(put) :]
    assert len(bare(broken, f"image/{kind.lower()}")) <= len(broken) + 64


@pytest.mark.django_db
def test_the_owner_gets_the_original_and_others_get_the_picture_alone(alice: Any, rita: Any) -> None:
    given_ = photo("JPEG")
    row = people.document(alice, name="shelf.jpg", content=given_)
    answers = {}
    for person in (alice, rita):
        client = Client()
        client.force_login(person)
        for inline in ("", "&inline=1"):
            answer = client.get(documents.link(row, person) + inline)
            answers[person.called, bool(inline)] = answer.getvalue()
            assert int(answer.headers["Content-Length"]) == len(answers[person.called, bool(inline)])
    assert answers["Alice", False] == answers["Alice", True] == given_
    assert answers["Rita", False] == answers["Rita", True] == bare(given_, "image/jpeg")
    assert documents.fingerprint(row) == row.sha256
