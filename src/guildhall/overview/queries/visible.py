"""Who may see what papers are attached to, in every domain: asked by the office through settings.OFFICE_VISIBLE."""

from __future__ import annotations

from guildhall.incentives.queries import visible as incentives
from guildhall.registry.queries import visible as registry

VISIBLE = {**registry.VISIBLE, **incentives.VISIBLE}
