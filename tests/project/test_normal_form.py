"""Every field of ours that takes text gives it back in its normal form."""

import inspect
import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from allauth.account import app_settings
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm
from django.utils.module_loading import import_string

from people.fields import EmailField, TextField
from people.text import INVISIBLE

ROOT = Path(__file__).parents[2]
ROOMS = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
TYPED = ["Ame\u0301lie\u200b\u00ad Mi\ufeffller", "\u200ezoe\u0301@pi\u200bne.example\ufeff", "9\u200b0", "1:3\u200b0"]


def list_forms() -> Iterator[type[BaseForm]]:
    for room in ROOMS:
        for module in walk_packages([room.path], f"{room.name}."):
            if "forms" in module.name or ".views" in module.name:
                for _, found in inspect.getmembers(import_module(module.name), inspect.isclass):
                    if issubclass(found, BaseForm) and found.__module__ == module.name:
                        yield found


FIELDS = [
    pytest.param(field, id=f"{form.__module__}.{form.__name__}.{name}")
    for form in list_forms()
    for name, field in form.base_fields.items()
    if isinstance(field, forms.CharField) and not isinstance(field, forms.URLField | forms.UUIDField)
    if not isinstance(field.widget, forms.PasswordInput)
]


def test_there_are_fields_in_every_room() -> None:
    rooms = {param.id.partition(".")[0] for param in FIELDS}
    wanted = "agreements appeals billing candidates certificates courses lssc people portfolios renewals webinars"
    assert rooms >= set(wanted.split())


@pytest.mark.parametrize("field", FIELDS)
def test_what_a_field_cleans_is_normal(field: Any) -> None:
    assert isinstance(field, TextField)
    for typed in TYPED:
        try:
            clean = field.clean(typed)
        except ValidationError:
            continue
        for text in clean if isinstance(clean, list) else [clean]:
            assert not isinstance(text, str) or (unicodedata.is_normalized("NFC", text) and not INVISIBLE.search(text))


@pytest.mark.parametrize("name", ["add_email", "login", "reset_password", "signup"])
def test_addresses_of_accounts_are_taken_as_all_others_are(name: str) -> None:
    form = import_string(app_settings.FORMS[name])()
    asked = [field for field in form.fields.values() if isinstance(field, forms.EmailField)]
    assert asked
    for field in asked:
        assert isinstance(field, EmailField)
        assert field.clean('"Miller, Alice" <A\u200bl@b.example>.') == "al@b.example"


def test_no_field_that_is_made_while_the_program_runs_escapes() -> None:
    bare = re.compile(r"\bforms\.(CharField|EmailField|SlugField)\(")
    rooms = [Path(room.path) for room in ROOMS]
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in rooms
        for path in room.rglob("*.py")
        for line in path.read_text().splitlines()
        if bare.search(line)
        if not line.startswith("class ")
    }
    assert not found
