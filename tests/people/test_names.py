"""What in a comment says who wrote it."""

import pytest

from people import author_names

BETH = {"name": "Beth Nguyễn-Hart", "emails": ["beth@county.example"], "employers": ["Marlow County Library", ""]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Good work. Beth Nguyen-Hart", ["Beth Nguyễn-Hart"]),
        ("Ask Ms. Nguyễn-Hart.", ["Nguyễn-Hart"]),
        ("Write to BETH@county.example!", ["beth@county.example"]),
        ("At the Marlow County Library, we do it so.", ["Marlow County Library"]),
        ("Beth Nguyễn-Hart, Marlow County Lib.", ["Beth Nguyễn-Hart", "Marlow County Library"]),
        ("The county library in Marlow. It is hearty.", []),
        ("", []),
    ],
)
def test_a_comment_names_its_writer_by_name_address_or_employer(text: str, found: list[str]) -> None:
    assert author_names.find(text, **BETH) == found
