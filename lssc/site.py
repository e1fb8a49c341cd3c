"""The public site as a list: every page that a visitor may open, with its title and the sentence that describes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page: its URL name, its title, and one sentence for the hub, for its own lead and for search engines."""

    name: str
    title: str
    says: str

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(self.name)


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together, under one heading of the hub."""

    title: str
    parts: tuple[SitePage, ...]


HOME = SitePage("home_public", "Certification for library support staff", "A national certificate for people who work in libraries.")
ABOUT = SitePage("about", "About the program", "Every part of Library Support Staff Certification (LSSC), in plain words.")
ALL_PAGES = SitePage("pages", "All pages", "Every page of this site that anyone can open.")

GROUPS = (
    Group(
        "The program",
        (
            SitePage("what", "What LSSC is", "What the certificate says about you, what it does for you, and what it is not."),
            SitePage("history", "How it was paid about", "The dates in our records, from the first fee to today."),
            SitePage("sets", "The competency sets", "What library workers know and can do, in sets that you can earn one by one."),
            SitePage("steps", "How to be certified", "The steps from your application to the certificate, and how long each may take."),
        ),
    ),
    Group(
        "For library workers",
        (
            SitePage("candidates:can_i_apply", "Can I apply?", "Count your hours, without an account, and see if you have enough."),
            SitePage("how", "Who may apply, and how", "What you need to apply, what to have ready, and how it works."),
            SitePage("portfolio_guide", "How to prepare a portfolio", "What goes into it, what counts as evidence, and how it is rated."),
            SitePage("courses:catalog", "Approved courses", "Find a course for a competency set, by words, place and kind of teaching."),
            SitePage("webinars:webinars", "Webinars", "Meet the program’s staff online. Everyone is welcome, and it is free."),
            SitePage("agreements:list", "Colleges with an agreement", "Colleges whose graduates have earned sets with their degree."),
            SitePage(
                "renewal_policy", "How to keep your certificate", "What counts for renewal, when to send it, and what if you are late."
            ),
            SitePage("appeals_policy", "If you disagree with a decision", "How to appeal, by when, and what the committee reviews."),
        ),
    ),
    Group(
        "What it costs",
        (
            SitePage("fees", "Fees", "What you pay to the program today, and when."),
            SitePage("costs", "Work out your costs", "Add up your own way to the certificate, year by year."),
            SitePage("purchase_orders", "Purchase orders and checks", "How a library or another employer pays for one person or for many."),
        ),
    ),
    Group(
        "For others",
        (
            SitePage("employers", "For employers", "What a certified colleague can do for your library, and how you can help."),
            SitePage("providers", "For course providers", "How a course becomes an approved course, and what that means for you."),
            SitePage("colleges", "For colleges", "How the graduates of your library program can earn sets with their degree."),
            SitePage("evaluators", "For portfolio evaluators", "Who rates portfolios, how much time it takes, and how to join."),
            SitePage("states", "For states and associations", "How a state library or an association can help its library workers."),
        ),
    ),
    Group(
        "Help",
        (
            SitePage("help", "Questions and answers", "Short answers to what people ask us most. You can search them by words."),
            SitePage("people:contact", "Contact", "Write to the program’s staff. You don’t need an account."),
            SitePage("certificates:verify", "Check a certificate", "Type a certificate number to see if it is valid."),
            SitePage("certificates:directory", "Certified library support staff", "Holders who chose to be listed, by name and state."),
            SitePage("privacy", "Privacy", "What we keep about people, why, for how long, and who sees it."),
            SitePage("accessibility", "Accessibility", "How accessible these pages are, what we checked, and what we did not."),
        ),
    ),
)


def list_parts() -> Iterator[SitePage]:
    """Every page, in the order of the hub; home first."""
    yield from (HOME, ABOUT, *(part for group in GROUPS for part in group.parts), ALL_PAGES)


BY_NAME = {part.name: part for part in list_parts()}


def set_url(code: str) -> str:
    """Where one competency set is."""
    return reverse("set", args=[code])
