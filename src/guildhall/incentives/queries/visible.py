"""Who may see the papers of a claim: the claimant, and whoever reviews it. An employer brings papers, and sees its own claims' alone."""

from __future__ import annotations

from datetime import date

from guildhall.incentives.queries.standing import claims_seen
from guildhall.web.viewer import Viewer


def claim(viewer: Viewer, key: int, today: date) -> bool:
    """As of whoever sees the claim; an auditor reads no papers, an employer those of a worker's claim until it is lodged."""
    found = claims_seen(viewer, today).filter(pk=key).first()
    if found is None or viewer.role == "auditor":
        return False
    return viewer.role != "employer" or found.payee == "organisation" or found.state in ("draft", "returned")


VISIBLE = {"claim": claim}
