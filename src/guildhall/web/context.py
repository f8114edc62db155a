"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from guildhall import __version__
from guildhall.web.current import current_or_none
from guildhall.web.navigation import entries
from guildhall.web.viewer import viewer_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """The snapshot shown, the same page in the other language, which part of the navigation it belongs to, and who is signed in."""
    language, viewer = get_language() or settings.LANGUAGE_CODE, viewer_of(request)
    return {
        "current": current_or_none(),
        "others": [(code, name, same_page(request, code)) for code, name in settings.LANGUAGES if code != language],
        "section": section(request),
        "viewer": viewer,
        "request_path": request.path,
        "who": getattr(request, "who", None),
        "entries": entries(viewer) if viewer.account else (),
        "version": __version__,
        "html_language": "zh-Hans" if language.startswith("zh") else language,
        "other_language": "en" if language.startswith("zh") else "zh-Hans",
    }


def same_page(request: HttpRequest, language: str) -> str:
    """Address of this page in another language, query included but for the place in a list: the order differs by language."""
    asked = request.GET.copy()
    asked.pop("after", None)
    path = request.get_full_path().partition("?")[0] + (f"?{asked.urlencode()}" if asked else "")
    for code, _name in settings.LANGUAGES:
        if path == f"/{code}" or path.startswith((f"/{code}/", f"/{code}?")):
            return f"/{language}{path[len(code) + 1 :]}"
    return f"/{language}/"


def section(request: HttpRequest) -> str:
    """First word of the address after the language: it tells which entry of the navigation is current."""
    parts = request.path.strip("/").split("/")
    return parts[1] if len(parts) > 1 else ""
