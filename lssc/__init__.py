"""The project itself: settings, addresses, the worker, and the pages that read every app."""

from lssc.celery import app as celery_app

__all__ = ["celery_app"]
