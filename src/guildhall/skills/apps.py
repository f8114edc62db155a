"""Skills as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class SkillsConfig(AppConfig):
    """Occupations and, in time, skills and levels."""

    name = "guildhall.skills"
    label = "skills"
    verbose_name = "Skills"
