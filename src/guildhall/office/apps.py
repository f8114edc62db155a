"""The office as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Accounts, mandates, the audit chain, background work, notices and attachments."""

    name = "guildhall.office"
    label = "office"
    verbose_name = "Office"
