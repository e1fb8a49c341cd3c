"""The public pages: open to all, with the numbers of today's Terms and fees, and the masthead of the person who reads."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views import defaults

from billing.models import FeeAmount
from lssc import privacy, questions, site
from people.models import User
from people.templatetags.words import dollars, period, spelled
from programs.models import Terms
from tests.factories import candidates as candidate
from tests.factories import portfolios as portfolio

PAGES = [part.name for part in site.list_parts() if ":" not in part.name]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_demonstration(settings: Any) -> None:
    settings.DEMO = False


def text(html: bytes) -> str:
    """What a reader reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def masthead(client: Client, path: str) -> list[tuple[str, str]]:
    """The labels of the masthead, each with its aria-current."""
    page = client.get(path).content.decode()
    return [(label, current) for current, label in re.findall(r'class="usa-nav__link"[^>]*?(?:aria-current="(\w+)")?>([^<]+)</a>', page)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_visitors_and_to_everybody_with_an_account(name: str, client: Client, request: Any) -> None:
    assert client.get(reverse(name)).status_code == 200
    for person in ("alice", "bob", "rita"):
        client.force_login(request.getfixturevalue(person))
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_no_post(name: str, client: Client) -> None:
    assert client.post(reverse(name)).status_code == 405


def test_the_home_page_shows_the_shelf_of_ten_and_todays_numbers(client: Client) -> None:
    page = client.get(reverse("home_public"))
    html, read = page.content.decode(), text(page.content)
    assert html.count('class="spine spine--done"') == 3
    assert html.count('class="spine spine--cloth"') == 7
    assert "1,820 hours of library work in the last five years" in read
    assert "Electives: any three of seven" in read
    assert "Apply and enroll $350 $325" in read
    assert "Each portfolio $60 $50" in read


def test_new_terms_change_the_pages_without_a_change_of_code(client: Client) -> None:
    Terms.objects.create(effective_on=date(2020, 1, 1), hours_needed=2000, candidacy_months=36, hours_window_years=6)
    read = text(client.get(reverse("home_public")).content)
    assert "2,000 hours of library work in the last six years" in read
    assert "You have three years." in read


def test_terms_of_a_later_day_are_not_shown_yet(client: Client) -> None:
    Terms.objects.create(effective_on=date(2190, 1, 1), hours_needed=2000)
    assert "1,820 hours" in text(client.get(reverse("home_public")).content)


def test_fees_that_nobody_has_set_are_not_shown(client: Client) -> None:
    read = text(client.get(reverse("fees")).content)
    assert "Approval of a course For course providers, not for candidates. $100 $100" in read
    assert "Renewal of a certificate" not in read
    assert "No fee is set to renew a certificate." in read


def test_each_set_has_a_page_with_all_its_competencies(client: Client, framework: Any) -> None:
    for each in framework.sets.all():
        page = client.get(reverse("set", args=[each.code]))
        listed = page.content.decode().split("<ol")[1].split("</ol>")[0]
        assert listed.count("<li>") == each.competencies.count()


def test_a_text_that_is_not_known_is_not_presented_as_official(client: Client) -> None:
    read = text(client.get(reverse("set", args=["supervision"])).content)
    assert read.count("Text to be added by the program") == 2
    assert "Sixteenth competency" not in read
    assert "Knows the basic principles of a further area" not in read


def test_an_unknown_set_is_not_there(client: Client) -> None:
    assert client.get(reverse("set", args=["alchemy"])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_has_not_changed_is_not_sent_again(name: str, client: Client) -> None:
    first = client.get(reverse(name))
    again = client.get(reverse(name), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_home_page_needs_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    client.get(reverse("home_public"))
    with django_assert_num_queries(5):  # terms, framework, sets, competencies, fees
        client.get(reverse("home_public"))


def test_a_visitor_is_offered_the_public_pages(client: Client) -> None:
    assert masthead(client, reverse("home_public")) == [("About", ""), ("Courses", ""), ("Check a certificate", ""), ("Sign in", "")]
    assert masthead(client, reverse("about"))[0] == ("About", "page")
    assert masthead(client, reverse("people:contact"))[0] == ("About", "true")
    assert masthead(client, reverse("set", args=["access"]))[0] == ("About", "true")
    assert masthead(client, reverse("account_signup"))[-1] == ("Sign in", "true")


def test_an_applicant_is_offered_the_application(client: Client, alice: Any) -> None:
    client.force_login(alice)
    assert masthead(client, reverse("people:account")) == [("My application", ""), ("Courses", ""), ("Alice Moreau", "page")]
    assert masthead(client, reverse("people:preferences"))[-1] == ("Alice Moreau", "true")


def test_an_evaluator_is_offered_what_is_to_rate(client: Client, bob: Any) -> None:
    client.force_login(bob)
    assert [label for label, _ in masthead(client, reverse("help"))] == [
        "To rate",
        "Rated",
        "My sets and availability",
        "Courses",
        "Bob Tran",
    ]


def test_staff_are_offered_the_office(client: Client, rita: Any) -> None:
    client.force_login(rita)
    assert [label for label, _ in masthead(client, reverse("help"))] == [
        "Inbox",
        "People",
        "Evaluators",
        "Certificates",
        "Orders",
        "Courses",
        "Rita Lindqvist",
    ]
    assert masthead(client, reverse("people"))[:2] == [("Inbox", ""), ("People", "page")]


def test_the_masthead_costs_one_query_beside_the_session_and_the_person(client: Client, alice: Any, django_assert_num_queries: Any) -> None:
    client.force_login(alice)
    client.get(reverse("privacy"))
    with django_assert_num_queries(4):  # session, person with roles, candidacy, terms
        client.get(reverse("privacy"))


def test_the_footer_leads_to_help_and_the_small_print(client: Client, alice: Any) -> None:
    footer = client.get(reverse("help")).content.decode().split("<footer")[1]
    assert re.findall(r'href="([^"]+)"', footer) == [
        "/help/",
        "/webinars/",
        "/contact/",
        "/fees/",
        "/privacy/",
        "/accessibility/",
        "/about/pages/",
    ]
    client.force_login(alice)
    footer = client.get(reverse("help")).content.decode().split("<footer")[1]
    assert re.findall(r'href="([^"]+)"', footer)[-1] == "/about/"


def test_an_address_that_is_not_there_says_so_in_words(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "We can’t find this page" in text(answer.content)


def test_a_page_for_others_says_so_in_words(client: Client, alice: Any) -> None:
    client.force_login(alice)
    answer = client.get(reverse("office"))
    assert answer.status_code == 403
    assert "Your account can’t open this page" in text(answer.content)


def test_a_failure_of_ours_is_told_without_the_database(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = defaults.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in text(answer.content)


def test_a_reason_for_a_refusal_is_told(rf: RequestFactory, alice: Any) -> None:
    request = rf.get("/")
    request.user = alice
    answer = defaults.permission_denied(request, PermissionDenied("You rated this person before."))
    assert "You rated this person before." in text(answer.content)


def test_a_demonstration_says_so_on_every_page(client: Client, settings: Any) -> None:
    assert "demonstration" not in text(client.get(reverse("home_public")).content)
    settings.DEMO = True
    page = client.get(reverse("home_public"))
    assert "This is a demonstration." in text(page.content)
    assert f'href="{reverse("demo:people")}"' in page.content.decode()


def test_too_many_tries_are_answered_in_words(client: Client) -> None:
    cache.clear()
    typed = {"login": "nobody@nowhere.example", "password": "a guess"}
    answers = [client.post(reverse("account_login"), typed) for _ in range(40)]
    cache.clear()
    assert answers[-1].status_code == 429
    assert "Too many tries in a short time" in text(answers[-1].content)


# Every number comes from the Terms and the fees


ROOT = Path(__file__).resolve().parents[2]
# What visitors are told of the Terms; the rest is between staff and those who work with them.
NUMBERS = """
    hours_needed hours_window_years hours_week_cap answer_working_days candidacy_months extension_months required_sets
    elective_sets portfolio_met_percent supplement_days accept_days rate_days credit_months_before approval_months
    course_decide_days certificate_months grace_months renewal_hours renewal_technology_hours renewal_window_months
    renewal_sample_percent renewal_answer_days renewal_pay_days appeal_notice_days appeal_grounds_days appeal_response_days
    appeal_decision_days agreement_months agreement_months_before provisional_months
""".split()  # noqa: SIM905
TYPED = re.compile(r"\b(\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|half)\b", re.IGNORECASE)
# What is so by the design of the program, not by a number in its Terms: three ways, two evaluators and a third, two dates of an appeal.
BUILT_IN = {
    "three ways",
    "two evaluators",
    "two course evaluators",
    "third evaluator",
    "the four steps",
    "the first two dates",
    "either of the first two",
    "two parts",
    "you need two things",
    "two things about each person",
    "more than half of them",
    "two libraries",
    "hour and a half",
    "two or three pages",
    "(wcag) 2.2",
    "wcag 2.0 to 2.2",
    "400%",
}


def sentences_of(client: Client) -> set[str]:
    """Every sentence of every public page, as a reader reads it."""
    found: set[str] = set()
    for name in PAGES:
        if name in ("sitemap", "robots"):
            continue
        html = client.get(reverse(name)).content.decode().split("<main")[1]
        found |= {
            " ".join(re.sub(r"<[^>]+>", "", line).split()) for line in re.split(r"</?(?:p|li|dt|dd|h[1-6]|td|th|caption)\b[^>]*>", html)
        }
    return found


def written(value: int) -> set[str]:
    """The ways in which a page may write a number."""
    return {f"{value:,}", spelled(value), spelled(value).capitalize(), period(value), period(value).capitalize()}


@pytest.mark.parametrize("field", NUMBERS)
def test_each_number_of_the_terms_is_read_from_the_terms(field: str, client: Client) -> None:
    before = sentences_of(client)
    old = getattr(Terms(), field)
    new = old + 7 if field not in ("required_sets", "elective_sets", "renewal_technology_hours") else old + 1
    Terms.objects.create(effective_on=date(2020, 1, 1), **{field: new})
    changed = sentences_of(client) - before
    assert any(word in line for line in changed for word in written(new)), changed


@pytest.mark.parametrize("kind", ["application", "portfolio", "course_approval", "course_renewal"])
def test_each_fee_is_read_from_the_fees(kind: str, client: Client) -> None:
    old = FeeAmount.objects.get(kind=kind)
    FeeAmount.objects.create(kind=kind, standard_cents=77701, member_cents=66602, effective_on=date(2020, 1, 1))
    read = " ".join(sentences_of(client))
    assert dollars(77701) in read
    assert "application" not in kind or dollars(old.standard_cents) not in read


def test_the_days_of_an_invoice_are_read_from_its_terms(client: Client) -> None:
    assert "You have 30 days from the invoice date." in text(client.get(reverse("purchase_orders")).content)
    apps.get_model("billing", "InvoiceTerms").objects.create(net_days=45, effective_on=date(2020, 1, 1))
    assert "You have 45 days from the invoice date." in text(client.get(reverse("purchase_orders")).content)


def test_what_counts_for_renewal_is_read_from_the_rules(client: Client) -> None:
    read = text(client.get(reverse("renewal_policy")).content)
    assert "for each hour 1 Learning on your own" in read
    assert (
        "professional conference 6 A college credit, semester 15 A college credit, quarter 10 A continuing education unit (CEU) 10" in read
    )


def test_a_fee_for_renewal_is_told_once_staff_have_set_it(client: Client) -> None:
    address = reverse("renewal_policy")
    assert "The fee is not set yet." in text(client.get(address).content)
    FeeAmount.objects.create(kind="certificate_renewal", standard_cents=9900, member_cents=8800, effective_on=date(2020, 1, 1))
    read = text(client.get(address).content)
    assert "$99, or $88 for ALA members." in read
    assert "not set yet" not in read + text(client.get(reverse("fees")).content)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "templates/lssc").glob("answers/*.html")) + [ROOT / f"templates/lssc/{name}.html" for name in PAGES],
    ids=lambda path: path.stem,
)
def test_no_number_is_typed_into_a_page(path: Path) -> None:
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]+>", " ", path.read_text(), flags=re.S)
    plain = " ".join(source.split()).lower()
    for known in sorted(BUILT_IN, key=len, reverse=True):
        plain = plain.replace(known, "")
    assert TYPED.findall(plain) == []


def test_each_part_describes_itself_without_a_number(client: Client) -> None:
    parts = list(site.list_parts())
    assert len({part.title for part in parts}) == len({part.says for part in parts}) == len(parts)
    assert [part.name for part in parts if TYPED.search(f"{part.title} {part.says}") or not 30 < len(part.says) < 160] == []
    for part in parts:
        if ":" not in part.name:
            assert f'<meta name="description" content="{part.says}">' in client.get(part.url).content.decode()


# Links


class Links(HTMLParser):
    """Collects where a page leads, and its anchors."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in has:
            self.to.append(has["href"])
        if "id" in has:
            self.ids.append(has["id"])


def test_every_link_of_every_public_page_answers(client: Client) -> None:
    asked: dict[str, int] = {}
    for part in site.list_parts():
        page = Links(client.get(part.url).content.decode())
        for link in page.to:
            if link.startswith("#"):
                assert link[1:] in page.ids, (part.name, link)
            elif not link.startswith("mailto:"):
                asked.setdefault(link, client.get(link, follow=True).status_code)
    assert len(asked) > 40
    assert {link for link, status in asked.items() if status != 200} == set()


def test_every_public_page_is_two_clicks_from_home(client: Client) -> None:
    def led_to(paths: set[str]) -> set[str]:
        found = {link for path in paths for link in Links(client.get(path).content.decode()).to}
        return {urlsplit(link).path for link in found if link.startswith("/")}

    first = led_to({"/"})
    second = first | led_to({path for path in first if not path.startswith(("/account/", "/home/"))})
    wanted = {part.url for part in site.list_parts()} | {link for link in led_to({"/sets/"}) if link.startswith("/sets/")}
    assert wanted - second - {"/"} == set()


def test_the_sitemap_lists_every_page_and_robots_leads_to_it(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://lssc.example"
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    listed = re.findall(r"<loc>https://lssc.example([^<]+)</loc>", answer.content.decode())
    assert listed[: len(site.BY_NAME)] == [part.url for part in site.list_parts()]
    assert listed[len(site.BY_NAME)] == "/sets/foundations/"
    assert len(listed) == len(site.BY_NAME) + 10
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: https://lssc.example/sitemap.xml" in robots
    assert "Disallow: /office/" in robots
    assert [path for path in listed for rule in re.findall(r"Disallow: (\S+)", robots) if path.startswith(rule)] == []


# Caches and cookies


@pytest.mark.parametrize("name", PAGES)
def test_reading_sets_no_cookie(name: str, client: Client) -> None:
    answer = client.get(reverse(name))
    assert not answer.cookies
    assert not client.cookies


def test_a_visitors_page_may_be_kept_a_minute_and_nobody_elses(client: Client, alice: Any) -> None:
    answer = client.get(reverse("fees"))
    assert (answer["Cache-Control"], "Cookie" in answer["Vary"]) == ("public, max-age=60", True)
    client.force_login(alice)
    answer = client.get(reverse("fees"))
    assert (set(answer["Cache-Control"].split(", ")), "Cookie" in answer["Vary"]) == ({"private", "no-cache", "no-store"}, True)


# Questions and answers


def test_there_are_many_questions_each_with_its_own_anchor_and_answer(client: Client) -> None:
    slugs = [question.slug for question in questions.list_questions()]
    assert len(slugs) >= 25
    files = {path.stem for path in (ROOT / "templates/lssc/answers").glob("*.html")}
    assert files == set(slugs)
    page = Links(client.get(reverse("help")).content.decode())
    assert [anchor for anchor in page.ids if anchor in files] == slugs
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("spam", ["no-email"]),
        ("REFUND", ["refused", "refund"]),
        ("state certificate", ["state-programs"]),
        ("bookstore", ["professions"]),
        ("alchemy", []),
        ("refund alchemy", []),
    ],
)
def test_questions_are_found_by_their_words(words: str, slugs: list[str], client: Client) -> None:
    page = client.get(reverse("help"), {"q": words}).content.decode()
    known = {question.slug for question in questions.list_questions()}
    assert [anchor for anchor in Links(page).ids if anchor in known] == slugs
    assert (f"{len(slugs)} answer" in page.split("<main")[1]) == bool(slugs)
    assert ("No answer has all of the words" in page) == (not slugs)


def test_a_search_for_nothing_shows_all(client: Client) -> None:
    assert client.get(reverse("help"), {"q": " \0 "}).content.decode().count("<h3") == len(list(questions.list_questions()))


# What the history and the privacy page say is so


def test_the_history_is_in_order_and_leaves_out_what_is_not_known(client: Client) -> None:
    read = text(client.get(reverse("history")).content)
    days = [date(2010, 1, 1).strftime("%Y"), "October 28, 2012", "February 2015"]
    assert [read.index(day) for day in days] == sorted(read.index(day) for day in days)
    assert "recognition agreement with us" not in read
    agreement, college = apps.get_model("agreements", "Agreement"), apps.get_model("agreements", "College")
    for name, day in (("Late", date(2014, 5, 1)), ("Early", date(2012, 6, 1)), ("Unknown", None)):
        found = college.objects.create(name=f"{name} College", state="OH")
        agreement.objects.create(college=found, state="signed", agreement_on=day, written_at=timezone.now())
    read = text(client.get(reverse("history")).content)
    assert "June 1, 2012 Early College has a recognition agreement" in read
    assert "Late College" not in read
    assert "2014 One more agreement is made with colleges. February 2015" in read


def test_the_privacy_page_has_every_kind_of_personal_data_that_a_model_names(client: Client) -> None:
    """Each model says in its docstring what personal data it holds; a new one needs its row in lssc/privacy.py."""
    told = [label for row in privacy.KEPT for label in row.models]
    held = {
        model._meta.label for model in apps.get_models() if re.search(r"(?<!No )(?<!not )personal data", model.__doc__ or "", re.IGNORECASE)
    }
    # Tables of others' packages say nothing of the kind: what belongs to a person is personal.
    related = [related_object.related_model for related_object in User._meta.related_objects]
    held |= {model._meta.label for model in related if model.__module__.startswith("allauth.")}
    assert sorted(told) == sorted(held)
    read = text(client.get(reverse("privacy")).content)
    assert [row.what for row in privacy.KEPT if row.what not in read.replace("&#x27;", "'")] == []


# What the pages say of the rules


def test_a_set_has_the_suggestions_that_are_offered_today(client: Client, rita: Any, at: Any) -> None:
    suggestion = portfolio.suggestion(at=at, staff=rita, text="Teach a neighbor the catalog.")
    later = portfolio.suggestion(at=at, staff=rita, text="Not offered anymore.")
    type(later).objects.filter(pk=later.pk).update(from_on=date(2000, 1, 1), until_on=date(2000, 1, 2))
    type(later).objects.filter(pk=suggestion.pk).update(from_on=date(2000, 1, 1))
    read = text(client.get(reverse("set", args=["reference"])).content)
    assert ("Teach a neighbor the catalog." in read, "Not offered anymore." in read) == (True, False)


def test_pages_say_the_rules_that_they_left_out(client: Client) -> None:
    guide = text(client.get(reverse("portfolio_guide")).content)
    assert ("development suggestions" in guide, "within 5 working days" in guide, "pre-review" in guide) == (True, True, True)
    assert "More than five years of work in it" in text(client.get(reverse("evaluators")).content)
    assert "the appeal moves on after its last day" in text(client.get(reverse("appeals_policy")).content)


def test_employers_read_the_required_sets_of_the_framework(client: Client) -> None:
    apps.get_model("programs", "CompetencySet").objects.filter(code="technology").update(name="Technology of Tomorrow")
    assert "Technology of Tomorrow." in text(client.get(reverse("employers")).content)


@pytest.mark.parametrize(
    ("named", "says"), [(False, "You don’t learn their names."), (True, "You will learn their names after they decide.")]
)
def test_the_answer_on_who_reads_follows_the_terms(client: Client, named: bool, says: str) -> None:
    Terms.objects.create(effective_on=date(2020, 1, 1), evaluators_named=named)
    read = text(client.get(reverse("help")).content)
    assert [words in read for words in ("You don’t learn their names.", "You will learn their names after they decide.")] == [
        not named,
        named,
    ]
    assert says in read


def test_the_sum_of_costs_does_not_answer_what_it_did_not_ask(client: Client) -> None:
    answer = client.get(reverse("costs"), {"utm_source": "letter"})
    assert (answer.status_code, "Error: " in answer.content.decode(), answer.context["form"].is_bound) == (200, False, False)
    assert client.get(reverse("costs"), {"utm_source": "letter", "member": "no"}).context["form"].is_bound


def test_whoever_has_an_application_finds_it_whatever_their_roles(client: Client, alice: Any, bob: Any, rita: Any, at: Any) -> None:
    for person in (bob, rita):
        client.force_login(person)
        assert "My application" not in dict(masthead(client, "/help/"))
        assert client.get(reverse("my")).url == reverse("candidates:application")
        candidate.draft(person, at=at)
        assert "My application" in dict(masthead(client, "/help/"))
    client.force_login(alice)
    start = client.get(reverse("how")).content.decode()
    assert f'href="{reverse("my")}">Start or continue' in start
