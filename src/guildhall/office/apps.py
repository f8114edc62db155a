"""The office as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Accounts, mandates, the audit chain, background work, notices and attachments."""

    name = "guildhall.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from guildhall.office.production import check

        register(check, Tags.security)
