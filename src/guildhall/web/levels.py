"""Levels in the sentences of rules, which know them by their codes."""

from __future__ import annotations

import re

from django.utils.translation import get_language

from guildhall.web.pack import city

_CODE, _CODE_SPACED = re.compile(r"\b(L[0-9ST])(?![0-9A-Za-z])", re.ASCII), re.compile(r"\b(L[0-9ST])(?![0-9A-Za-z]) ?", re.ASCII)


def levelled(said: str) -> str:
    """A sentence with what a level is called in the place of its code; in English beside it."""
    chinese = (get_language() or "zh").startswith("zh")
    names = {level.code: level.name.zh if chinese else f"{level.code} ({level.name.en})" for level in city().levels}
    return (_CODE_SPACED if chinese else _CODE).sub(lambda at: names.get(at[1], at[0]), said)
