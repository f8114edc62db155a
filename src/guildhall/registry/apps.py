"""The registry as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """People, organisations and places."""

    name = "guildhall.registry"
    label = "registry"
    verbose_name = "Registry"
