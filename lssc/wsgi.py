"""The way by which gunicorn reaches Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lssc.settings")
application = get_wsgi_application()
