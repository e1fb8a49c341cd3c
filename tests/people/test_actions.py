"""Accounts, roles and preferences, with the entries that tell them."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from ledger import queries as ledger
from ledger.models import Entry
from people import actions, permissions, queries
from people.models import User
from people.states import Role
from tests.factories import people


def _told(person):
    return [ledger.tell(entry).sentence for entry in reversed(ledger.list_entries(person))]


def test_an_added_person_has_a_confirmed_address(rita, at):
    dora = actions.add_person(email="Dora@County.example", name="Dora Vance", called="Dora", actor=rita, at=at)
    assert list(EmailAddress.objects.values("user_id", "email", "verified", "primary")) == [
        {"user_id": dora.pk, "email": "dora@county.example", "verified": True, "primary": True}
    ]
    assert (dora.time_zone, dora.has_usable_password()) == ("America/New_York", False)
    assert _told(dora) == ["Rita Lindqvist created an account for Dora Vance."]


def test_an_address_belongs_to_one_person_whatever_its_capitals(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ALICE@marlow.example", name="Another", called="A")


def test_a_role_is_given_once_and_taken_once(alice, rita, at):
    assert not permissions.is_evaluator(alice)
    actions.give_role(alice, Role.EVALUATOR, actor=rita, at=at)
    actions.give_role(alice, Role.EVALUATOR, actor=rita, at=at)
    assert permissions.is_evaluator(alice)
    actions.take_role(alice, Role.EVALUATOR, actor=rita, at=at)
    actions.take_role(alice, Role.EVALUATOR, actor=rita, at=at)
    assert not permissions.is_evaluator(alice)
    assert _told(alice) == [
        "Rita Lindqvist gave Alice Moreau the role Portfolio evaluator.",
        "Rita Lindqvist removed the role Portfolio evaluator from Alice Moreau.",
    ]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_group(alice, at, role):
    actions.give_role(alice, role, actor=None, at=at)
    assert permissions.role_names(alice) == {role.value}


def test_a_new_name_is_told_with_the_old_one(alice, at):
    actions.change_preferences(alice, name="Alice Moreau-Diaz", called="Ali", time_zone="America/Chicago", actor=alice, at=at)
    assert User.objects.values_list("name", "called", "time_zone").get(pk=alice.pk) == ("Alice Moreau-Diaz", "Ali", "America/Chicago")
    assert Entry.objects.values("verb", "details", "actor_id", "person_id", "at").get() == {
        "verb": "people.name.change",
        "details": {"old": "Alice Moreau", "new": "Alice Moreau-Diaz"},
        "actor_id": alice.pk,
        "person_id": alice.pk,
        "at": at,
    }


def test_another_zone_alone_is_not_told(alice, at):
    actions.change_preferences(alice, name=alice.name, called="Ali", time_zone="America/Chicago", actor=alice, at=at)
    assert Entry.objects.count() == 0


def test_the_first_staff_member_comes_from_the_command_line(alice, capsys):
    call_command("role", "give", "Alice@Marlow.example", "staff")
    assert capsys.readouterr().out == "Alice Moreau now has: staff.\n"
    assert _told(alice) == ["The program gave Alice Moreau the role Staff."]
    call_command("role", "take", "alice@marlow.example", "staff")
    assert not permissions.is_staff(User.objects.get(pk=alice.pk))


def test_a_role_for_nobody_is_refused(db):
    with pytest.raises(CommandError, match="Sign up first"):
        call_command("role", "give", "nobody@marlow.example", "staff")


def test_a_person_is_got_by_the_id_of_addresses(alice):
    assert queries.get_person(alice.public_id) == alice


def test_a_person_is_found_by_parts_of_names_and_address(alice, bob, charlie, django_assert_num_queries):
    with django_assert_num_queries(1):
        person = queries.find_person("ok")
    assert person == [charlie]
    assert queries.find_person("MOREAU ali") == [alice]
    assert queries.find_person("prairie") == [bob]
    assert queries.find_person("moreau prairie") == []
    assert queries.find_person("%") == []
    assert queries.find_person(" \0") == []


def test_at_most_25_people_are_found_at_once(db, at):
    for number in range(26):
        people.person(f"p{number}@many.example", name=f"Person {number:02}")
    assert [person.name for person in queries.find_person("many")] == [f"Person {number:02}" for number in range(25)]


def test_a_person_is_got_by_any_confirmed_address(alice, bob):
    EmailAddress.objects.create(user=alice, email="second@marlow.example", verified=True)
    EmailAddress.objects.create(user=bob, email="typed@prairie.example", verified=False)
    assert [queries.get_person_by_email(email) for email in ("Alice@Marlow.example", "second@marlow.example", "typed@prairie.example")] == [
        alice,
        alice,
        None,
    ]
