"""Every address of the product: each room brings its own."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

from lssc import health
from lssc.views import public


def _there(prefix: str, module: str) -> list[URLResolver]:
    try:
        import_module(module)
    except Exception:
        return []
    return [path(prefix, include(module))]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home_public"),
    path("sets/", public.sets, name="sets"),
    path("sets/<slug:code>/", public.one_set, name="set"),
    path("how/", public.how, name="how"),
    path("fees/", public.fees, name="fees"),
    path("help/", public.help_, name="help"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("allauth.urls")),
    *_there("billing/", "billing.urls"),
    *_there("", "people.urls"),
    *_there("", "candidates.urls"),
    *_there("", "portfolios.urls"),
    *_there("", "courses.urls"),
    *_there("", "certificates.urls"),
]
try:
    from lssc.views import home, office

    urlpatterns += [
        path("home/", home.home, name="home"),
        path("my/", home.my, name="my"),
        path("office/", office.office, name="office"),
        path("office/people/", office.people_list, name="people"),
        path("office/people/<uuid:id>/", office.person, name="person"),
    ]
except ImportError:
    urlpatterns += [path("home/", public.home, name="home")]
