"""Names of people as they stand on identity cards: Chinese, of minorities with a middle dot, and of foreigners in letters."""

from __future__ import annotations

import re
import unicodedata

from guildhall.registry.engine.cells.problems import Wrong

LONGEST = 60
"""Characters; the longest names on identity cards, of Uyghurs and Mongols with their fathers' names, have about thirty."""
_DOTS = re.compile(r"\s*[·•・‧∙⋅․ꞏ᛫●\u0387\u2022]\s*|(?<=[\u3400-\u9fff])[.．](?=[\u3400-\u9fff])")
_INSIDE = re.compile(r"(?<=[\u2e80-\u9fff\U00020000-\U000323af]) (?=[\u2e80-\u9fff\U00020000-\U000323af])")
_CHINESE = re.compile(r"[〇\u3400-\u9fff\U00020000-\U000323af]+(?:·[〇\u3400-\u9fff\U00020000-\U000323af]+)*")
_LETTERS = re.compile(r"[^\W\d_]+(?:[ '’\-·.]{1,2}[^\W\d_]+)*\.?")
_USUAL = re.compile(r"[\u4e00-\u9fff]{2,4}")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd\ufffd?□■○]")


def read_name(text: str) -> str:
    """A plain text as a name: no spaces between Chinese characters, every kind of middle dot as `·`. Raises Wrong."""
    if _USUAL.fullmatch(text):
        return text
    if _PRIVATE.search(text):
        raise Wrong("name_unreadable")
    name = _INSIDE.sub("", _DOTS.sub("·", text)).strip("·")
    if any(unicodedata.category(letter).startswith("N") and letter != "〇" for letter in name):
        raise Wrong("name_digits")
    if len(name) > LONGEST:
        raise Wrong("too_long", length=len(name), most=LONGEST)
    if len(name) < 2:
        raise Wrong("name_short")
    if not (_CHINESE.fullmatch(name) or _LETTERS.fullmatch(name)):
        raise Wrong("name_marks")
    return name
