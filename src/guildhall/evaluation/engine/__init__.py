"""Pure: the rules of recognition between skill levels, professional titles and schooling."""

from __future__ import annotations

from guildhall.evaluation.engine.recognition import skill_recognition, title_parity, title_recognition, title_schooling
from guildhall.rules import Rulebook

__all__ = ["RULEBOOK"]

RULEBOOK = Rulebook((title_recognition, title_parity, title_schooling, skill_recognition))
"""Every rule of recognition, in the order pages show them."""
