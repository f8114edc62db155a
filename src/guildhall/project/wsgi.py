"""The application as a WSGI callable, for granian or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guildhall.project.settings")

application = get_wsgi_application()

from guildhall.office.production import refuse  # noqa: E402 — its rows can be asked only after Django has started

refuse()
