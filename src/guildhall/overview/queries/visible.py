"""Who may see what papers are attached to, and when one may be removed, in every domain: asked by the office through settings."""

from __future__ import annotations

from guildhall.incentives.queries import visible as incentives
from guildhall.registry.queries import visible as registry

VISIBLE = {**registry.VISIBLE, **incentives.VISIBLE}
REMOVABLE = {**incentives.REMOVABLE}
