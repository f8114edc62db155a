"""Every figure any domain computes. A new domain adds its own list here and touches no other."""

from __future__ import annotations

from guildhall.kernel.figures import Figure
from guildhall.registry.engine.figures import FIGURES as REGISTRY

FIGURES: dict[str, Figure] = {figure.id: figure for domain in (REGISTRY,) for figure in domain}
