"""The pages for everyone: what the program is, the ten sets, what it costs, how to apply, and the small print."""

from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from agreements import queries as agreements
from billing import policy as money
from billing import queries as billing
from ledger import clock
from ledger.public_changes import kept
from lssc import costs, forms, privacy, questions, site
from people.guards import public
from people.signed_links import LinkWrong
from portfolios import policy as rating
from portfolios.queries import draft_reviews as suggestions
from portfolios.states import Ground
from programs import policy as dates
from programs import queries as programs
from programs.states import SetKind
from renewals import policy as renewals
from renewals.policy import Unit

# The kinds of fee that the public page lists, with what each is for. A kind without a fee in force is not shown.
FEES = {
    "application": ("Apply and enroll", "One time. It covers your whole candidacy."),
    "portfolio": ("Each portfolio", "Due before your portfolio goes to the evaluators."),
    "course_approval": ("Approval of a course", "For course providers, not for candidates."),
    "certificate_renewal": ("Renew a certificate", "For certificate holders, once each term."),
    "course_renewal": ("Renewal of a course’s approval", "For course providers, not for candidates."),
}
# What counts for a renewal, as its page lists it; the hours are those of the rules.
LEARNING = (
    ("A workshop, webinar or course, for each hour", Unit.MINUTE),
    ("Learning on your own that you can show, for each hour", Unit.MINUTE),
    ("A day at a professional conference", Unit.CONFERENCE_DAY),
    ("A college credit, semester", Unit.SEMESTER_CREDIT),
    ("A college credit, quarter", Unit.QUARTER_CREDIT),
    ("A continuing education unit (CEU)", Unit.CEU),
)
# From the program's own report: how many people had enrolled, and by when.
ENROLLED = (date(2015, 2, 1), 468)
# Visitors may see a page as it was a minute ago; whoever is signed in never sees another person's.
FRESH_SECONDS = 60


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here; where a link in an email was cut or altered, that."""
    return page_not_found(request, exception, "link_wrong.html" if isinstance(exception, LinkWrong) else "404.html")


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Draw a page with the Terms of today, which every one of them quotes, and its title and description from the site's list."""
    today = dates.today(clock.now())
    terms = programs.get_terms(today)
    common = {
        "part": site.BY_NAME.get(name),
        "terms": terms,
        "total": terms.required_sets + terms.elective_sets,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "fee": cache(lambda: _fees_by_kind(today)),
    }
    response = render(request, f"lssc/{name}.html", common | context)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def plain(name: str) -> Callable[..., HttpResponseBase]:
    """Make the view of a page that quotes the Terms and fees, and needs nothing else."""

    @public
    @require_safe
    @kept()
    def view(request: HttpRequest) -> HttpResponse:
        return _page(request, name)

    return view


def _fees_by_kind(today: date) -> dict[str, money.Fee]:
    return {fee.kind: fee for fee in billing.list_fees(on=today)}


def _fees(*kinds: str) -> list[dict[str, Any]]:
    fees = _fees_by_kind(dates.today(clock.now()))
    return [{"name": FEES[kind][0], "note": FEES[kind][1], "fee": fees[kind]} for kind in kinds if kind in fees]


def _sets() -> dict[str, Any]:
    sets = programs.list_sets()
    return {
        "count": len(sets),
        "sets": sets,
        "required": [each for each in sets if each.kind == SetKind.REQUIRED],
        "electives": [each for each in sets if each.kind == SetKind.ELECTIVE],
    }


@public
@require_safe
@kept()
def home(request: HttpRequest) -> HttpResponse:
    """Show what the program is, on one page."""
    return _page(request, "home_public", **_sets(), fees=_fees("application", "portfolio"))


@public
@require_safe
@kept()
def about(request: HttpRequest) -> HttpResponse:
    """Lead to every part of the site, by who reads."""
    return _page(request, "about", groups=site.GROUPS)


@public
@require_safe
@kept()
def pages(request: HttpRequest) -> HttpResponse:
    """List every page that anyone can open, the sets one by one."""
    return _page(request, "pages", first=(site.HOME, site.ABOUT), groups=site.GROUPS, **_sets())


@public
@require_safe
@kept()
def history(request: HttpRequest) -> HttpResponse:
    """Tell what our records know of the program's history, oldest first."""
    framework, agreement = programs.get_framework(), agreements.get_first()
    application = _fees_by_kind(dates.today(clock.now())).get("application")
    known = {
        "fee": application.effective_on if application else None,
        "agreement": agreement.agreement_on if agreement else None,
        "framework": framework.approved_on,
        "enrolled": ENROLLED[0],
    }
    years = agreements.count_by_year() if agreement and agreement.agreement_on else {}
    # The oldest one has a line of its own; a year's line stands at the year's end.
    later = {date(year, 12, 31): count - (year == min(years)) for year, count in years.items()}
    rows = sorted([(day, name, 0) for name, day in known.items() if day] + [(day, "more", count) for day, count in later.items() if count])
    return _page(request, "history", rows=rows, agreement=agreement, enrolled=ENROLLED[1], count=len(programs.list_sets(framework)))


@public
@require_safe
@kept()
def what(request: HttpRequest) -> HttpResponse:
    """Say what the certificate is, and what it is good for."""
    return _page(request, "what", **_sets())


@public
@require_safe
@kept()
def sets(request: HttpRequest) -> HttpResponse:
    """List the ten competency sets."""
    return _page(request, "sets", **_sets())


@public
@require_safe
@kept()
def employers(request: HttpRequest) -> HttpResponse:
    """Say what a certified colleague brings, and how an employer can help."""
    return _page(request, "employers", **_sets())


@public
@require_safe
@kept()
def evaluators(request: HttpRequest) -> HttpResponse:
    """Say what evaluators of portfolios do, who can be one, and how to join."""
    return _page(request, "evaluators", grounds=Ground.labels)


@public
@require_safe
@kept()
def one_set(request: HttpRequest, code: str) -> HttpResponse:
    """Show one set with its competencies, and the suggestions that are offered for them today."""
    chosen = next((each for each in programs.list_sets() if each.code == code), None)
    if chosen is None:
        raise Http404
    part = site.SitePage("set", chosen.name, chosen.scope)
    offered = suggestions.list_offered(chosen, on=dates.today(clock.now()))
    rows = [(each, offered.get(each.number, [])) for each in chosen.competencies.all()]
    return _page(request, "set", set=chosen, part=part, rows=rows, has_suggestions=bool(offered))


@public
@require_safe
@kept()
def how(request: HttpRequest) -> HttpResponse:
    """Say who may apply, how it goes, and how long it takes."""
    return _page(request, "how", **_sets())


@public
@require_safe
@kept()
def steps(request: HttpRequest) -> HttpResponse:
    """Say what it takes from the application to the certificate."""
    return _page(request, "steps", **_sets())


@public
@require_safe
@kept()
def portfolio_guide(request: HttpRequest) -> HttpResponse:
    """Say what goes into a portfolio, and what each set takes."""
    percent = programs.get_terms(dates.today(clock.now())).portfolio_met_percent
    known = _sets()
    sizes = [(each, len(each.competencies.all())) for each in known["sets"]]
    needed = [(each, size, rating.needed(size, percent=percent)) for each, size in sizes]
    return _page(request, "portfolio_guide", needed=needed, **known)


@public
@require_safe
@kept()
def fees(request: HttpRequest) -> HttpResponse:
    """List the fees of today."""
    return _page(request, "fees", fees=_fees(*FEES))


@public
@require_safe
@kept()
def work_out(request: HttpRequest) -> HttpResponse:
    """Add up what one way to the certificate costs, year by year; the answers stand in the address."""
    today = dates.today(clock.now())
    terms, fees = programs.get_terms(today), _fees_by_kind(today)
    total = terms.required_sets + terms.elective_sets
    years = max(1, terms.candidacy_months // 12)
    form = forms.CostsForm(None, years=years, courses=total)
    if any(name in form.fields for name in request.GET):  # others come from where the link was, and answer nothing
        form = forms.CostsForm(request.GET, years=years, courses=total)
    missing = not {"application", "portfolio"} <= fees.keys()
    result = None
    if form.is_valid() and not missing:
        result = costs.plan(
            application=fees["application"],
            portfolio=fees["portfolio"],
            member=form.cleaned_data["member"] == "yes",
            portfolios=form.cleaned_data["portfolios"],
            courses=form.prices,
            years=form.cleaned_data["years"],
        )
    return _page(request, "costs", form=form, result=result, missing=missing, sets_left=total - result.sets if result else 0)


@public
@require_safe
@kept()
def purchase_orders(request: HttpRequest) -> HttpResponse:
    """Say how an institution pays, and in how many days."""
    return _page(request, "purchase_orders", invoice=billing.get_invoice_terms(on=dates.today(clock.now())))


@public
@require_safe
@kept()
def renewal_policy(request: HttpRequest) -> HttpResponse:
    """Say what counts for renewal, and by when to send it."""
    worth = [
        (name, renewals.write_hours(renewals.to_minutes(unit, 1 if unit != Unit.MINUTE else renewals.HOUR))) for name, unit in LEARNING
    ]
    return _page(request, "renewal_policy", worth=worth)


@public
@require_safe
@kept()
def help_(request: HttpRequest) -> HttpResponse:
    """Answer what people ask, all of it or what has the words of `q`."""
    today = dates.today(clock.now())
    terms = programs.get_terms(today)
    context = {
        "terms": terms,
        "total": terms.required_sets + terms.elective_sets,
        "fee": cache(lambda: _fees_by_kind(today)),
        **_sets(),
    }
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    groups = questions.find(words, details=context)
    count = sum(len(group.answers) for group in groups)
    return _page(request, "help", words=words, groups=groups, found=count)


@public
@require_safe
@kept()
def privacy_page(request: HttpRequest) -> HttpResponse:
    """Say what we keep about people, why, for how long, and who sees it."""
    return _page(request, "privacy", kept=privacy.KEPT)


@public
@require_safe
@kept()
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the addresses of all public pages for search engines, as sitemaps.org describes it."""
    paths = [part.url for part in site.list_parts()] + [site.set_url(competency_set.code) for competency_set in programs.list_sets()]
    context = {"addresses": [settings.PUBLIC_URL + path for path in paths]}
    return render(request, "lssc/sitemap.xml", context, content_type="application/xml")


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what search engines may read: what visitors can, but no answers of forms."""
    return render(request, "lssc/robots.txt", {"site": settings.PUBLIC_URL}, content_type="text/plain; charset=utf-8")
