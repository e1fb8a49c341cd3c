"""A payer's whole job: order for two people, pay the invoice in parts, see who is paid for and enrolled, and nothing else."""

import re
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person

pytestmark = pytest.mark.journey

TWO = "Mara Quint, mara@cedarfalls.example\nDana Whitfield dana@ridge.example"


def send_order(priya: Person) -> None:
    """Enter an order for two people, one of whom has applied already, and send it."""
    priya.sees("Purchase orders")
    priya.shot("orders")
    priya.follow("Enter a purchase order")
    priya.page.get_by_label("Number of your purchase order").fill("CF-3000")
    priya.page.get_by_label("Amount on the purchase order").fill("$120.00")
    priya.press("Save and continue")
    priya.page.get_by_label("People").fill("Mara Quint, mara(at)cedarfalls")
    priya.page.get_by_label("Portfolio: $60").check()
    priya.press("Add them")
    priya.sees("Line 1 needs one email address")
    priya.shot("people-error")
    priya.page.get_by_label("People").fill(TWO)
    priya.press("Add them")
    priya.sees("$120 at the fees of today")
    priya.shot("draft")
    priya.press("Send the order")
    priya.sees("Our staff have it")


def record(rita: Person, number: str, amount: str) -> None:
    """Record a check on the page of the invoice."""
    yesterday = date.today() - timedelta(days=1)
    rita.page.get_by_label("Number of the check").fill(number)
    rita.page.get_by_label("Amount", exact=True).fill(amount)
    rita.date("Date received", yesterday.month, yesterday.day, yesterday.year)
    rita.press("Record the payment")
    rita.sees("Payments received")


def test_a_payer_sends_an_order_and_pays_it_in_parts(resident: Callable[..., Person], tmp_path: Path) -> None:
    priya, rita = resident("priya@prairie.example"), resident("rita@lssc.example")
    priya.go("/home/")
    send_order(priya)

    rita.go("/office/?queue=Purchase+orders")
    rita.follow("Invoice order CF-3000")
    rita.shot("order")
    rita.press("Invoice $120")
    rita.sees("Invoice INV-")
    record(rita, "501", "60")
    rita.sees("$60 of $120 due by")
    rita.shot("half")

    priya.page.reload()
    rows = priya.page.locator("tbody tr", has_text="@")
    expect(rows.nth(0).locator("td[data-label=Paid]")).to_have_text("Paid")
    expect(rows.nth(1).locator("td[data-label=Paid]")).to_have_text("Not paid yet")
    priya.shot("half")
    record(rita, "502", "60.00")
    rita.sees("paid in full")
    rita.shot("paid")

    priya.go(priya.stack.link(priya.email, "INV-"))
    priya.sees("The invoice is paid in full")
    expect(rows.nth(1).locator("td[data-label=Paid]")).to_have_text("Paid")
    expect(priya.page.locator("main")).not_to_contain_text(re.compile("admitted|refused|review|rated|certificate", re.IGNORECASE))
    with priya.page.expect_download() as download:
        priya.page.get_by_role("link", name=re.compile(r"INV-\d+ \(PDF\)")).click()
    pdf = tmp_path / "invoice.pdf"
    download.value.save_as(pdf)
    assert re.search(r"Tagged:\s+yes", subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout)
    assert "Mara Quint" in subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout

    priya.go("/billing/orders/")
    priya.follow("CF-2291")
    expect(rows.nth(0)).to_contain_text("Enrolled")
    expect(rows.nth(1)).to_contain_text("Not yet")
    priya.shot("enrolled")
