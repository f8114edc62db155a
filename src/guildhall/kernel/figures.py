"""What a figure is: an identifier, a formula in words, the tables it reads, and the expression that computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guildhall.kernel.tables import Text


@dataclass(frozen=True)
class Figure:
    """A figure a domain can compute.

    `compute(tables, context)` returns one Ibis scalar, or a pair (numerator, denominator) for a ratio, so that ratios
    stay exact. `context` carries the reference date and the city's parameters.
    """

    id: str
    unit: str
    formula: Text
    tables: tuple[str, ...]
    compute: Callable[[Any, Any], Any]
