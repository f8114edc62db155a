"""Who may see the papers of a claim: the claimant, and whoever reviews it. An employer brings papers, and sees its own claims' alone.

And until when they may be taken away again.
"""

from __future__ import annotations

from datetime import date

from guildhall.incentives.engine.states import WRITABLE
from guildhall.incentives.models import Claim
from guildhall.incentives.queries.standing import claims_seen
from guildhall.web.viewer import Viewer


def claim(viewer: Viewer, key: int, today: date) -> bool:
    """As of whoever sees the claim; an auditor reads no papers, an employer those of a worker's claim until it is lodged."""
    found = claims_seen(viewer, today).filter(pk=key).first()
    if found is None or viewer.role == "auditor":
        return False
    return viewer.role != "employer" or found.payee == "organisation" or found.state in WRITABLE


def removable(key: int) -> bool:
    """Whoever brought a paper may take it back while the claim is being written or completed; what was lodged rests on it."""
    return Claim.objects.filter(pk=key, state__in=WRITABLE).exists()


VISIBLE = {"claim": claim}
REMOVABLE = {"claim": removable}
