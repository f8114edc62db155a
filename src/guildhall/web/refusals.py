"""Why a parameter of the API was refused, in plain words and in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def plain(error: Mapping[str, Any]) -> str:
    """One refusal of the validator as "size: write a whole number"."""
    name = next((str(part) for part in reversed(error.get("loc", ())) if isinstance(part, str)), "")
    said = _said(str(error.get("type", "")), error.get("ctx") or {})
    return _("%(name)s: %(said)s") % {"name": name, "said": said} if name else said


def _said(kind: str, limits: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return _("is missing")
        case "greater_than_equal":
            return _("%(least)s is the least") % {"least": limits.get("ge")}
        case "less_than_equal":
            return _("%(most)s is the most") % {"most": limits.get("le")}
        case "string_too_long":
            return _("%(most)s characters are the most") % {"most": limits.get("max_length")}
        case "string_pattern_mismatch":
            return _("holds a character that it may not hold")
        case "literal_error":
            return _("choose one of %(words)s") % {"words": ", ".join(_choices(str(limits.get("expected", ""))))}
    return _by_type(kind.partition("_")[0])


def _by_type(begins: str) -> str:
    if begins == "int":
        return _("write a whole number")
    if begins in ("date", "value"):
        return _("write it as year-month-day, such as 2026-01-30")
    return _("its value cannot be used")


def _choices(expected: str) -> list[str]:
    """The words out of "'a', 'b' or 'c'"; the empty one, which means all, is left out."""
    return [word for word in re.findall(r"'([^']*)'", expected) if word]
