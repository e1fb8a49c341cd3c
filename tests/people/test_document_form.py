"""What a form says of its files when it comes back: kept ones are kept and named, and only a lost one must be chosen again."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

from people import documents
from people.fields import DocumentField, FilesField, keep_files
from people.models import Document
from tests.factories.people import upload
from tests.markup import markup


class Claim(forms.Form):
    title = forms.CharField()
    proof = DocumentField(required=False)
    more = FilesField(required=False)


def _sent(said: str, **sent: Any) -> Claim:
    return Claim(QueryDict(said), MultiValueDict(sent))


def _summary(form: Claim) -> str:
    return render_to_string("_errors.html", {"form": form})


def test_files_are_kept_while_something_else_is_wrong(alice: Any, at: Any) -> None:
    form = _sent("title=", proof=[upload("a.pdf")], more=[upload("b.pdf"), upload("c.pdf")])
    assert not form.is_valid()
    keep_files(form, alice, at=at)
    assert "Your file is also saved." in _summary(form)
    kept = {row.name: str(row.id) for row in Document.objects.filter(kind=documents.WITH_FORM)}
    proof, more = markup(str(form["proof"])), markup(str(form["more"]))
    assert ("We have<b>a.pdf</b>. A new file takes its place." in proof, kept["a.pdf"] in proof) == (True, True)
    assert ("We have<b>b.pdf</b>and<b>c.pdf</b>." in more, kept["b.pdf"] in more, kept["c.pdf"] in more) == (True, True, True)
    again = _sent(f"title=&proof-kept={kept['a.pdf']}&more-kept={kept['b.pdf']}")
    keep_files(again, alice, at=at)
    assert ("a.pdf" in str(again["proof"]), "b.pdf" in str(again["more"]), Document.objects.count()) == (True, True, 3)


@pytest.mark.parametrize(
    ("said", "sent", "words"),
    [
        ("title=", {}, "still here.</p>"),
        ("title=", {"proof": [upload("a.pdf", b"no")]}, "You only need to choose the file again."),
        ("title=Right", {"proof": [upload("a.exe", b"MZ")]}, "You only need to choose the file again."),
    ],
)
def test_only_a_lost_file_must_be_chosen_again(alice: Any, at: Any, said: str, sent: Any, words: str) -> None:
    form = _sent(said, **sent)
    keep_files(form, alice, at=at)
    assert words in _summary(form)
    assert "also saved" not in _summary(form)


def test_a_form_starts_without_what_another_form_kept(alice: Any, at: Any) -> None:
    keep_files(_sent("title=", proof=[upload("a.pdf")]), alice, at=at)
    assert "We have" not in str(Claim()["proof"])


def test_what_is_kept_counts_and_is_told_at_its_field(alice: Any, at: Any, settings: Any) -> None:
    settings.FILES_PER_HOUR = 1
    form = _sent("title=", more=[upload("a.pdf"), upload("b.pdf")])
    keep_files(form, alice, at=at)
    assert form.errors["more"] == [
        "You sent many files (1) within an hour. Try again in an hour. Everything else on this page still works."
    ]
