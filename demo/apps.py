"""Wiring of the demonstration, which is installed only where DEMO or DEBUG is set."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Made-up people, and the pages that name them."""

    name = "demo"
