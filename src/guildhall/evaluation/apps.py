"""Evaluation as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Recognition between skill levels and professional titles; in time assessments too."""

    name = "guildhall.evaluation"
    label = "evaluation"
    verbose_name = "Evaluation"
