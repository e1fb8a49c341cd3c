"""Addresses of the room `people`; allauth brings its own under /account/."""

from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("account/me/", views.account, name="account"),
    path("account/me/preferences/", views.preferences, name="preferences"),
    path("documents/<uuid:id>/", views.document, name="document"),
]
