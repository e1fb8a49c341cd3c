"""The email services whose events we can read, each at its own path; only the one in the settings is asked."""

from django.urls import include, path

urlpatterns = [path("", include("anymail.urls"))]
