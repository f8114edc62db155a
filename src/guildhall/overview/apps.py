"""The overview as a Django application: it has pages and an API, and no rows of its own."""

from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "guildhall.overview"
    label = "overview"
