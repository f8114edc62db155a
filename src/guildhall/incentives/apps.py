"""Incentives as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    """Claims, decisions and payments, and the records that rules about benefits need."""

    name = "guildhall.incentives"
    label = "incentives"
    verbose_name = "Incentives"
