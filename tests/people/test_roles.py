"""Staff give and end the roles of staff, committee and auditors: with a reason and a letter, never their own, and never the last."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connections
from django.test import Client
from django.urls import reverse

from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.states import NotPossible
from people import actions, permissions
from people.models import User
from people.states import APPOINTED, Role
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return people.person("sam@lssc.example", roles=(Role.STAFF,), name="Sam Ode", called="Sam")


def browser(who: Any) -> Client:
    return people.fresh(Client(), who)


def address(name: str, who: User, role: str) -> str:
    return reverse(f"people:{name}", args=[who.public_id, role])


@pytest.mark.parametrize("role", APPOINTED)
def test_staff_give_a_role_and_end_it(role: Role, charlie: Any, rita: Any) -> None:
    staff = browser(rita)
    asked = staff.get(address("give_role", charlie, role)).content.decode()
    assert f"Give {charlie.name} the role {role.label}?" in asked
    staff.post(address("give_role", charlie, role), {"reason": "Joins us in May."})
    assert set(User.objects.get(pk=charlie.pk).groups.values_list("name", flat=True)) == {role}
    file = staff.get(reverse("person", args=[charlie.public_id])).content.decode()
    assert address("take_role", charlie, role) in file
    staff.post(address("take_role", charlie, role), {"reason": "Left us."})
    assert not User.objects.get(pk=charlie.pk).groups.exists()
    told = [tell(entry) for entry in Entry.objects.filter(verb__startswith="people.role").order_by("id")]
    assert [(one.sentence, one.reason) for one in told] == [
        (f"Rita Lindqvist gave {charlie} the role {role.label}.", "Joins us in May."),
        (f"Rita Lindqvist removed the role {role.label} from {charlie}.", "Left us."),
    ]
    letters = Email.objects.filter(person=charlie).order_by("created_at")
    assert [letter.subject for letter in letters] == [f"You have a new role: {role.label}", f"Your role has ended: {role.label}"]
    assert [reason in one.text for one, reason in zip(letters, ["Joins us in May.", "Left us."], strict=True)] == [True, True]


def test_whoever_loses_a_role_is_signed_out(charlie: Any, rita: Any) -> None:
    actions.appoint(charlie, Role.AUDITOR, reason="Reads.", actor=rita, at=people.AT)
    theirs = Client()
    theirs.force_login(charlie)
    UserSession.objects.create(user=charlie, ip="192.0.2.1", user_agent="B", session_key=theirs.session.session_key)
    assert theirs.get(reverse("office")).status_code == 200
    actions.retire(charlie, Role.AUDITOR, reason="Enough.", actor=rita, at=people.AT)
    assert theirs.get(reverse("office")).url.startswith("/account/login/")
    assert not UserSession.objects.filter(user=charlie).exists()


def test_it_needs_a_reason_and_nothing_typed_is_lost(charlie: Any, rita: Any) -> None:
    answer = browser(rita).post(address("give_role", charlie, Role.STAFF), {"reason": " "})
    assert (answer.status_code, "Give a reason. The person will read it" in answer.content.decode()) == (422, True)
    actions.appoint(charlie, Role.STAFF, reason="New.", actor=rita, at=people.AT)
    answer = browser(rita).post(address("give_role", charlie, Role.STAFF), {"reason": "Joins us in May."})
    assert (answer.status_code, "Joins us in May." in answer.content.decode()) == (422, True)
    assert "already has this role" in answer.content.decode()


def test_nobody_changes_their_own_roles(rita: Any, sam: User) -> None:
    for name in ("give_role", "take_role"):
        assert browser(rita).post(address(name, rita, Role.STAFF), {"reason": "x"}).status_code == 404
    for act in (actions.appoint, actions.retire):
        with pytest.raises(NotPossible, match="You can’t change your own roles"):
            act(rita, Role.STAFF, reason="x", actor=rita, at=people.AT)


@pytest.mark.parametrize("role", sorted(set(Role) - set(APPOINTED)))
def test_roles_that_come_with_an_approval_are_not_given_by_name(role: Role, charlie: Any, rita: Any) -> None:
    assert browser(rita).get(address("give_role", charlie, role)).status_code == 404
    with pytest.raises(NotPossible, match="comes with an approval"):
        actions.appoint(charlie, role, reason="x", actor=rita, at=people.AT)


def test_who_is_not_staff_any_more_ends_no_role(rita: Any, sam: User) -> None:
    actions.retire(sam, Role.STAFF, reason="Left us.", actor=rita, at=people.AT)
    with pytest.raises(NotPossible, match="Only staff"):
        actions.retire(rita, Role.STAFF, reason="A quarrel.", actor=sam, at=people.AT)
    assert permissions.is_staff(User.objects.get(pk=rita.pk))


@pytest.mark.django_db(transaction=True)
def test_two_who_end_each_others_role_leave_one(rita: Any, sam: User, at: datetime) -> None:
    def end(pair: tuple[User, User]) -> bool:
        try:
            actions.retire(pair[0], Role.STAFF, reason="A quarrel.", actor=pair[1], at=at)
            return True
        except NotPossible:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, [(rita, sam), (sam, rita)])) == [False, True]
    assert User.objects.filter(groups__name=Role.STAFF).count() == 1
