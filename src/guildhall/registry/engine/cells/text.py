"""The text of a cell without what hands, spreadsheets and other programs leave in it, and how much of it a fault may show."""

from __future__ import annotations

import re
import unicodedata

from guildhall.registry.engine.cells.problems import Wrong
from guildhall.registry.engine.identity import masked

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_NOTHING = frozenset(
    "- -- --- / // \\ . 。 、 _ — —— – ― * × ? ?? 无 没有 暂无 空 不详 未知 未填 待补 待定 无此项 n/a na null none nan nil unknown".split()
)
"""What people write into a cell to say that there is nothing."""
_ERRORS = frozenset("#n/a #ref! #value! #div/0! #name? #num! #null! #spill! #calc! #getting_data".split())
LOST = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
"""A number in the form that spreadsheets and their CSV give to long ones: digits are gone."""
_RUN = re.compile(r"[0-9Xx]{6,}")


def plain(text: str) -> str:
    """The text in one form: NFKC, no invisible marks, single spaces, no apostrophe before it. Empty for `无`, `-`, `N/A` and the like.

    Raises Wrong for a formula without a result and for an error value.
    """
    if text.isascii():
        if len(text) > 9 and text.isalnum():
            return text  # the common case, and the quick one: a number
    elif _CHINESE.fullmatch(text):
        return "" if text in _NOTHING else text  # the other one: a name
    else:
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    text = _SPACES.sub(" ", text).strip()
    if text[:1] in ("'", "`", "\u2018", "\u2019"):
        text = text[1:].strip()
    if not text:
        return ""
    low = text.lower()
    if low[0] == "#" and low in _ERRORS:
        raise Wrong("error_value")
    if low in _NOTHING:
        return ""
    if text[0] == "=" and len(text) > 1:
        raise Wrong("formula")
    return text


def shown(field: str, text: str) -> str:
    """As much of a cell as a fault may show: enough to find it, too little to use it."""
    text = _SPACES.sub(" ", text).strip()[:60]
    if field in ("identity_number", "certificate_number", "phone"):
        return masked(text[:24]) if len(text) > 8 else "*" * len(text)
    if field == "name":
        return text[:1] + "*" * min(len(text) - 1, 4)
    if field == "birth":
        return text[:4] + "*" * min(max(len(text) - 4, 0), 6)
    most = 40 if field not in ("residence", "") else 12
    cut = text[:most] + ("…" if len(text) > most else "")
    return _RUN.sub(lambda run: "*" * len(run[0]), cut)
