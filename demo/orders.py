"""Priya, who pays for six people by purchase order: half of it is paid, and a second order waits for its invoice."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from billing import actions as billing
from candidates import actions as candidates
from demo import scenes
from demo.story import Story
from people.models import User

if TYPE_CHECKING:
    from billing.models import PurchaseOrder

LIBRARY = "Cedar Falls Public Library"
ADDRESS = "Cedar Falls Public Library\n524 Main Street\nCedar Falls, IA 50613"
FIRST = ("Nora Lindahl", "Theo Marsh", "Ines Duarte", "Wes Tanner", "June Akers", "Paul Sousa")
SECOND = ("Gail Ferris", "Omid Rahimi")


def tell(story: Story) -> None:
    """Send, invoice and pay in part; two of the six have applied, and one of them is enrolled."""
    priya = story.person("priya@prairie.example", at=story.ago(90))
    nora, theo = (scenes.add_person(story, name, _email(name), at=story.ago(60)) for name in FIRST[:2])
    sent = [story.apply(person, at=story.ago(34)) for person in (nora, theo)]
    for application in sent:
        candidates.send(application, actor=application.person, at=story.ago(32))
    order = _order(story, priya, number="CF-2291", names=FIRST, cents=210000, at=story.ago(30))
    invoice = billing.invoice(order, actor=story.rita, at=story.ago(27))
    story.deliver(story.ago(27, hour=18))
    billing.record_payment(
        invoice, method="check", number="10482", received_on=story.ago(12).date(), cents=120000, actor=story.rita, at=story.ago(12)
    )
    story.deliver(story.ago(12, hour=18))
    sent[0].refresh_from_db()
    candidates.admit(sent[0], actor=story.rita, at=story.ago(8))
    _order(story, priya, number="CF-2317", names=SECOND, cents=70000, at=story.ago(2))


def _order(story: Story, contact: User, *, number: str, names: tuple[str, ...], cents: int, at: datetime) -> PurchaseOrder:
    details = billing.Details(payer=LIBRARY, address=ADDRESS, number=number, stated_cents=cents)
    order = billing.start_order(details, contact=contact, actor=contact, at=at)
    named = [(name, _email(name)) for name in names]
    billing.add_people(order, named, kind="application", member=False, actor=contact, at=at)
    return billing.send_order(order, actor=contact, at=at)


def _email(name: str) -> str:
    return f"{name.split()[0].lower()}@cedarfalls.example"
