"""Pure: the classification of occupations, from bytes to a tree, and who counts as a gray-collar worker."""

from __future__ import annotations

from guildhall.rules import Rulebook
from guildhall.skills.engine.gray_collar import gray_collar

__all__ = ["RULEBOOK"]

RULEBOOK = Rulebook((gray_collar,))
"""The rules of skills."""
