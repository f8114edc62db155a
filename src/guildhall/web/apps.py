"""The shell as a Django application: base templates, static files, template tags and translations."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "guildhall.web"
    label = "web"
