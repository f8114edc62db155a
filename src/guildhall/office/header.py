"""What the header of every page shows of the office: how many notices have not been read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from guildhall.office.queries.notices import unread
from guildhall.web.viewer import viewer_of


def notices(request: HttpRequest) -> dict[str, Any]:
    """`unread`, counted when a template asks; nothing is asked of the database for somebody who has not signed in."""
    viewer = viewer_of(request)
    return {"unread": SimpleLazyObject(lambda: unread(viewer)) if viewer.account and not viewer.mandate else 0}
