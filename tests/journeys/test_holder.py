"""A holder renews in grace, and another, whose certificate lapsed, has it back: in a real browser, among the demonstration's people."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.journeys.person import Person

pytestmark = pytest.mark.journey


def picture(words: str) -> bytes:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).text((40, 40), words, fill="black", font_size=24)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def number_of(holder: Person) -> str:
    """The number of a holder's certificate, as their page has it."""
    holder.go("/certificates/")
    return holder.page.locator(".pairs .num").first.inner_text()


def decide(rita: Person, name: str, button: str, *, reason: str = "") -> None:
    """Open somebody's renewal from the inbox, and decide on it."""
    rita.go("/office/?queue=Renewals")
    rita.page.get_by_role("link", name=re.compile(name)).first.click()
    rita.shot("review")
    if reason:
        rita.page.get_by_label("Reason", exact=True).fill(reason)
    rita.page.get_by_role("button", name=re.compile(f"^{button}")).click()
    rita.sees("is renewed until")


def test_renewal_in_grace(resident: Callable[..., Person]) -> None:
    gwen = resident("gwen@mesa.example")
    number = number_of(gwen)
    gwen.sees("You can still renew it through")
    gwen.follow("Go to your renewal")
    gwen.sees("You have 28 of 32 hours")
    gwen.sees("Still missing: 4 hours")
    gwen.shot("renewal")
    gwen.follow("Log an activity")
    gwen.page.get_by_label("What was it called?").fill("Helping people with e-government")
    gwen.page.get_by_label("Workshop or webinar").check()
    gwen.press("Save and continue")
    day = date.today() - timedelta(days=5)
    gwen.page.get_by_label("Who offered it?").fill("State library")
    gwen.date("When did you finish it?", day.month, day.day, day.year)
    gwen.page.get_by_label("How long was it").fill("45")
    gwen.page.get_by_label("Which competency set").select_option(label="Access Services")
    gwen.press("Save and add up")
    gwen.sees("An activity under 60 minutes does not count")
    gwen.shot("too-short")
    gwen.page.get_by_label("How long was it").fill("4 hours")
    gwen.upload("Add documents", "certificate.png", picture("Certificate of attendance"), "image/png")
    gwen.press("Save and add up")
    gwen.sees("240 minutes = 4 hours. 32 of 32 contact hours. That is enough.")
    gwen.page.get_by_role("link", name="Check and send", exact=True).click()
    gwen.sees("There is no renewal fee")
    gwen.shot("check")
    gwen.page.get_by_label("I did these activities").check()
    gwen.press("Seal and send")
    gwen.sees("Your certificate will not lapse while staff decide")

    rita = resident("rita@lssc.example")
    decide(rita, "Decide the renewal: Gwen Parrish", "Approve until")

    anybody = resident()
    anybody.go(f"/v/{number}/")
    expect(anybody.page.locator(".stamp")).to_have_text("Active")
    anybody.sees(re.compile(rf"Valid through\s*\w+ \d+, {date.today().year + 4}|Valid through\s*\w+ \d+, {date.today().year + 3}"))
    anybody.shot("verified")
    gwen.go("/renewal/")
    gwen.sees("You have 0 of 32 hours")
    gwen.sees("Earlier renewals")


def test_a_certificate_that_was_held_in_grace_lapses_and_comes_back(resident: Callable[..., Person]) -> None:
    """Grace is over, but the renewal was sent in it: the certificate lapses when staff refuse, and they bring it back."""
    rita, anybody = resident("rita@lssc.example"), resident()
    rita.go("/renewals/")
    held = rita.page.get_by_role("row").filter(has_text=re.compile(r"Renewal(?!.*sample)")).first
    held.get_by_role("link").click()
    name = rita.page.locator("h1").inner_text().removeprefix("Renewal of ")
    email, number = (re.search(pattern, rita.page.locator("main").inner_text()) for pattern in (r"\S+@\w+\.example", r"LSSC[-\w]+"))
    assert email is not None
    assert number is not None
    anybody.go(f"/v/{number[0]}/")
    expect(anybody.page.locator(".stamp")).to_have_text("In grace period")
    rita.page.get_by_label("Reason", exact=True).fill("Two of the documents are another person’s.")
    rita.press("Refuse")
    rita.sees(f"The renewal of {name} is refused")
    anybody.go(f"/v/{number[0]}/")
    expect(anybody.page.locator(".stamp")).to_have_text("Lapsed")
    anybody.shot("lapsed")

    holder = resident(email[0])
    holder.go("/renewal/")
    holder.sees("Two of the documents are another person’s.")
    holder.sees("Your certificate has lapsed. You can change your activities and ask us to reinstate it.")
    holder.shot("refused")
    holder.press("Continue this renewal")
    holder.page.get_by_role("link", name="Check and send", exact=True).click()
    holder.page.get_by_label("Why are you late?").fill("I had mixed up two papers, and sent it in time.")
    holder.page.get_by_label("I did these activities").check()
    holder.press("Seal and send")
    holder.sees("Staff will decide whether to reinstate it")

    decide(rita, f"Reinstate or refuse: {name}", "Reinstate and renew", reason="The papers are clear now.")
    anybody.go(f"/v/{number[0]}/")
    expect(anybody.page.locator(".stamp")).to_have_text("Active")


def test_reinstatement_of_a_lapsed_certificate(resident: Callable[..., Person]) -> None:
    leon = resident("leon@cedar.example")
    number = number_of(leon)
    anybody = resident()
    anybody.go(f"/v/{number}/")
    expect(anybody.page.locator(".stamp")).to_have_text("Lapsed")
    leon.follow("Ask to reinstate it")
    leon.sees("Staff can reinstate it for a good reason")
    leon.page.get_by_role("link", name="Check and send", exact=True).click()
    leon.page.get_by_label("I did these activities").check()
    leon.press("Seal and send")
    leon.sees("Explain why you are late")
    leon.page.get_by_label("Why are you late?").fill("Our library burned in June. I had no papers until now.")
    leon.press("Seal and send")
    leon.sees("Staff will decide whether to reinstate it")
    leon.shot("asked")

    rita = resident("rita@lssc.example")
    rita.go("/office/?queue=Renewals")
    rita.page.get_by_role("link", name=re.compile("Reinstate or refuse: Leon Hardy")).first.click()
    rita.sees("Our library burned in June")
    rita.page.get_by_role("button", name=re.compile("^Reinstate and renew")).click()
    rita.sees("Give the reason for reinstating it")
    decide(rita, "Reinstate or refuse: Leon Hardy", "Reinstate and renew", reason="The fire is known to us.")

    anybody.go(f"/v/{number}/")
    expect(anybody.page.locator(".stamp")).to_have_text("Active")
    leon.go("/certificates/")
    leon.sees("You are Certified Library Support Staff")
