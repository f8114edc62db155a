"""Who is looking: every query takes a viewer and returns only what that viewer may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Viewer:
    """Someone who reads. Without accounts there is one, the public, who sees published figures and no person."""

    name: str = "public"


PUBLIC = Viewer()


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind a request: an account where the office has set one, otherwise the public."""
    found = getattr(request, "viewer", PUBLIC)
    return found if isinstance(found, Viewer) else PUBLIC
