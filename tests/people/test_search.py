"""However a name is typed, it is found, by an index."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from billing import queries as billing_queries
from certificates import queries as certificates
from courses import queries as courses
from courses.queries import Filters
from people import queries
from people.models import User
from people.search import Fold
from tests.factories import billing
from tests.factories import certificates as certificate_factory
from tests.factories import courses as course_factory
from tests.factories.people import person

pytestmark = pytest.mark.django_db

TYPED = [
    ("Nguyễn Thị Hòa", "nguyen hoa"),
    ("Nguyễn Thị Hòa", "NGUYE\u0302\u0303N"),
    ("Siobhán O’Brien", "obrien"),
    ("Siobhán O’Brien", "o'brien"),
    ("Siobhán OʼBrien", "O`Brien"),
    ("Sean O'Brien", "o’brien"),
    ("Jean-Luc Picard", "jean luc"),
    ("Jean-Luc Picard", "Jean\u2011Luc"),
    ("Jean Luc Picard", "jean luc"),
    ("Łukasz Gołąb", "lukasz golab"),
    ("Anna Straße", "strasse"),
    ("Anna Strasse", "straße"),
    ("Deniz İstanbul", "istanbul"),
    ("Işıl Kaya", "isil"),
    ("Søren Østergård", "soren ostergard"),
    ("Ørsted", "orsted"),
    ("Þóra Æsdóttir", "thora aesdottir"),
    ("Đặng Văn", "dang van"),
    ("می\u200cنا", "مینا"),
    ("Σωκράτης", "σωκρατης"),
    ("Σωκράτης", "ΣΩΚΡΑΤΗΣ"),
    ("Алёна", "АЛЕНА"),
    ("Zo\u200be\u0308", "zoë"),
]


def fold(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_text(%s)", [text])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_a_person_is_found_however_the_name_is_typed(name: str, typed: str) -> None:
    found, _ = person("found@pine.example", name=name, called="F"), person("other@pine.example", name="Someone Else", called="O")
    assert queries.find_person(typed) == [found]


@pytest.mark.parametrize("typed", ["", " \0 ", "'", "%", "_", "-", "\u200b"])
def test_signs_alone_find_nobody(typed: str) -> None:
    person("found@pine.example")
    assert queries.find_person(typed) == []


def test_an_address_is_found_whole() -> None:
    found, _ = person("ann.lee@pine.example"), person("lee.ann@pine.example")
    assert queries.find_person("Ann.Lee@pine") == [found]


def test_folding_twice_changes_nothing() -> None:
    every = "".join(chr(at) for at in range(1, 0x3400) if not 0xD800 <= at < 0xE000)
    assert fold(fold(every)) == fold(every)


def test_names_stand_in_the_order_in_which_people_look_for_them() -> None:
    names = ["de Vries, Jan", "Zoe Park", "Émile Roy", "Östen Berg", "alice young", "Łukasz Nowak", "Oscar Day", "Bob Hill", "Luca Neri"]
    for number, name in enumerate(names):
        person(f"p{number}@order.example", name=name, called="P")
    found = [one.name for one in queries.find_person("order.example")]
    assert found == [
        "alice young", "Bob Hill", "de Vries, Jan", "Émile Roy", "Luca Neri", "Łukasz Nowak", "Oscar Day", "Östen Berg", "Zoe Park",
    ]  # fmt: skip


def test_a_holder_is_found_in_the_directory_and_by_staff(alice: Any, rita: Any, at: Any) -> None:
    User.objects.filter(pk=alice.pk).update(name="Nguyễn Thị Hòa")
    alice.refresh_from_db()
    issued = certificate_factory.issued(alice, at=at, staff=rita)
    assert issued.printed_name == "Nguyễn Thị Hòa"
    assert list(certificates.list_issued(search="hoa nguyen")) == [issued]
    assert list(certificates.list_issued(search="nobody")) == []
    assert list(certificates.list_issued(search="''")) == []


def test_orders_are_found_by_number_and_institution(alice: Any, rita: Any, at: Any) -> None:
    order = billing.sent_order(alice, at=at, payer="Bibliothèque O’Hara", number="PO-7 a")
    for typed in ("po 7 A", "ohara bibliotheque", "BIBLIOTHE\u0300QUE"):
        assert billing_queries.find_orders(typed) == [order]
    assert billing_queries.find_orders("po") == []


def test_courses_are_found_by_title_parts_provider_and_place() -> None:
    made = course_factory.offering(
        "Café Talks", provider="Médiathèque d’Été", parts=["L’accueil", "Prêt"], format="in_person", city="Columbus", state_code="OH"
    )
    course_factory.offering("Another", provider="Elsewhere")

    def find(words: str) -> list[Any]:
        return list(courses.find_offerings(Filters(words=words), on=date(2026, 1, 1), credit_months_before=24).offerings)

    for words in ("cafe", "accueil pret", "mediatheque d'ete", "columbus", "Ohio", "OH", "cafe ohio columbus"):
        assert find(words) == [made], words
    assert find("'") == []


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: queries.User.objects.filter(queries.matching("nguyen")), "people_user_find"),
        (lambda: certificates.Certificate.objects.filter(queries.matching("nguyen")), "certificates_find"),
        (lambda: courses.catalog._having("nguyen"), "courses_offering_find"),
        (lambda: courses.catalog._having("nguyen"), "courses_provider_find"),
        (lambda: billing_queries.orders.PurchaseOrder.objects.alias(folded=Fold("number")).filter(folded="po 7"), "billing_order_number"),
        (lambda: billing_queries.orders.Payer.objects.filter(queries.matching("nguyen")), "billing_payer_find"),
    ],
)
def test_an_index_carries_the_search(rows: Any, index: str) -> None:
    with connection.cursor() as cursor:
        # Few rows would be read one after the other, whatever the index.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = rows().order_by().explain()
    assert index in plan


def test_the_directory_page_finds_a_name_without_its_accents(alice: Any, rita: Any, at: Any, client: Client) -> None:
    from certificates.models import Listing

    User.objects.filter(pk=alice.pk).update(name="Nguyễn Thị Hòa")
    alice.refresh_from_db()
    certificate_factory.issued(alice, at=at, staff=rita)
    Listing.objects.create(person=alice, place="OH", listed_at=at)
    assert "Nguyễn Thị Hòa" in client.get("/directory/?name=nguyen").content.decode()
