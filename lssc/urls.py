"""Every address of the product: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from lssc import health
from lssc.views import demo, home, office, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home_public"),
    path("sets/", public.sets, name="sets"),
    path("sets/<slug:code>/", public.one_set, name="set"),
    path("how/", public.how, name="how"),
    path("fees/", public.fees, name="fees"),
    path("help/", public.help_, name="help"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("home/", home.home, name="home"),
    path("my/", home.my, name="my"),
    path("office/", office.office, name="office"),
    path("office/people/", office.people_list, name="people"),
    path("office/people/<uuid:id>/", office.person, name="person"),
    path("demo/", demo.people, name="demo_people"),
    path("demo/letters/", demo.letters, name="demo_letters"),
    path("demo/letters/<uuid:id>/", demo.letter, name="demo_letter"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("allauth.urls")),
    path("billing/", include("billing.urls")),
    path("", include("people.urls")),
    path("", include("candidates.urls")),
    path("", include("portfolios.urls")),
    path("", include("courses.urls")),
    path("", include("certificates.urls")),
]
