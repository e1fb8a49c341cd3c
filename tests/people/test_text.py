import re

import pytest
from django.core.exceptions import ValidationError
from django.forms import Form

from people.fields import EmailField, NameField, TextField
from people.text import Unreadable, clean_email, clean_name, clean_text, split_person


def name(typed: str) -> str:
    return clean_name(typed, most_words=8)


@pytest.mark.parametrize(
    "typed",
    [
        "می\u200cنا",  # Persian
        "ශ්\u200dරී",  # Sinhala
        "മോഹന്\u200d",  # Malayalam, with the older way to write the last letter
        "葛\U000e0100城",  # a Japanese name that says which form of the sign it means
        "Nguyễn Thị Hòa",
        "Siobhán O’Brien-Ní Dhomhnaill",
        "J.R.R. Tolkien",
        "St.John Rivers",
        "María de los Ángeles de la Cruz Fernández",
    ],
)
def test_a_name_is_kept_as_its_language_writes_it(typed: str) -> None:
    assert name(typed) == typed


@pytest.mark.parametrize("mark", ["\u200b", "\u00ad", "\ufeff", "\u200e", "\u2060", "\u061c", "\u3164", "\u2066", "\u200c\u200b"])
def test_invisible_marks_are_dropped_without_a_word(mark: str) -> None:
    assert name(f"{mark}Alice{mark} {mark}Miller{mark}") == "Alice Miller"
    assert clean_email(f"{mark}alice{mark}@li{mark}brary.example{mark}") == "alice@library.example"
    assert clean_text(f"two {mark}\r\nlines{mark}") == "two \nlines"


def test_letters_and_their_marks_become_one() -> None:
    assert name("Ame\u0301lie") == "Am\u00e9lie"
    assert clean_text("e\u200b\u0301") == "\u00e9"


def test_pictures_stay_whole() -> None:
    assert clean_text("👩‍💻 🏳️‍🌈 👨🏽‍⚕️ 1️⃣") == "👩‍💻 🏳️‍🌈 👨🏽‍⚕️ 1️⃣"


@pytest.mark.parametrize("typed", ["\u200b", "\u200d\u200c", "\u3164\u115f", "\u2800", "\u00ad\ufeff", "\u202eecila", "12"])
def test_a_name_without_letters_that_can_be_seen_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Enter a name with letters"):
        NameField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Win at https://evil.example", "without an email or web address"),
        ("evil.example", "without an email or web address"),
        ("Go to Evil.Com now", "without an email or web address"),
        ("alice@library.example", "without an email or web address"),
        ("You won five hundred dollars so call this number now", "more than 8 words. Is it the whole name, and nothing else?"),
    ],
)
def test_a_name_that_reads_like_a_message_is_asked_about(typed: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        NameField().clean(typed)


def test_a_long_name_is_taken_once_it_is_said_to_be_one() -> None:
    long = "Maria de los Ángeles Guadalupe Inmaculada Concepción de la Vega"
    form = type("Named", (Form,), {"name": NameField(label="Your name")})
    asked = form({"name": long})
    assert re.search(r'name="name-whole" id="id_name-whole"\s*>', str(asked["name"]))
    assert asked.errors["name"] == ["This has more than 8 words. Is it the whole name, and nothing else? Then check the box below it."]
    said = form({"name": long, "name-whole": "on"})
    assert (said.is_valid(), said.cleaned_data["name"]) == (True, long)
    assert "checked" in str(said["name"])
    assert "checked" in str(form(initial={"name": long})["name"])
    assert "whole" not in str(form({"name": "Maria de la Vega"})["name"])
    assert not form({"name": f"{long} evil.example", "name-whole": "on"}).is_valid()


def test_a_text_that_turns_the_direction_around_is_refused_with_its_place() -> None:
    with pytest.raises(ValidationError, match="near “wor ld”"):
        TextField().clean("hello wor\u202eld again")
    with pytest.raises(Unreadable):
        clean_email("a\u202e@b.example")


@pytest.mark.parametrize(
    "typed",
    [
        '"Miller, Alice" <a@b.example>',
        "Alice Miller <a@b.example>",
        "(a@b.example)",
        "mailto:a@b.example",
        "mailto:a%40b.example?subject=Hello",
        "a@b.example.",
        " A@B.Example; ",
        "<a@b.example>,",
    ],
)
def test_an_address_is_taken_out_of_what_was_pasted(typed: str) -> None:
    assert EmailField().clean(typed) == "a@b.example"


@pytest.mark.parametrize("typed", ["a at b", "a@b", "a@b.example c@d.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Enter an email address like"):
        EmailField().clean(typed)


@pytest.mark.parametrize(
    "line",
    [
        '"Miller, Alice" <a@b.example>',
        "Miller, Alice <a@b.example>",
        "Alice Miller, a@b.example",
        "Alice Miller\ta@b.example",
        "Alice Miller (a@b.example)",
        "Alice Miller; mailto:a@b.example.",
        "Alice\u200b Miller <a\u200b@b.example>",
        "a@b.example Alice Miller",
    ],
)
def test_a_line_is_a_name_and_an_address(line: str) -> None:
    assert split_person(line) == ("Alice Miller", ["a@b.example"])


def test_a_degree_after_the_name_is_no_given_name() -> None:
    assert split_person('"Alice Miller, MLS" <a@b.example>')[0] == "Alice Miller MLS"
