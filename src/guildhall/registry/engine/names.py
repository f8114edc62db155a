"""Words by which a name is found: its first characters, and the initials of how they are read.

Spaces, middle dots, hyphens and apostrophes do not count, nor does how wide or tall a letter is: `阿卜杜拉·买买提`, `José García` and
`ＪＯＳＥ` are found however they were typed. Han characters have the initial of their pinyin; at the head of a name that is the reading
as a surname (单 Shàn, 曾 Zēng, 尉迟 Yùchí). Words in other scripts have their first letter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

SURNAMES = {
    **dict.fromkeys("单單召折", "s"),
    **dict.fromkeys("曾查査翟祭藏", "z"),
    **dict.fromkeys("解颉頡郇冼洗", "x"),
    **dict.fromkeys("仇覃", "q"),
    **dict.fromkeys("区區", "o"),
    **dict.fromkeys("乐樂尉", "y"),
    **dict.fromkeys("秘", "b"),
    **dict.fromkeys("繁", "p"),
    **dict.fromkeys("乜佴", "n"),
    **dict.fromkeys("句谷", "g"),
    **dict.fromkeys("种", "c"),
    **dict.fromkeys("隗", "w"),
    **dict.fromkeys("阚闞", "k"),
}
"""Characters whose initial as a surname is not that of their most frequent reading (现代汉语词典, readings marked 姓)."""
COMPOUNDS = {"尉迟": "yc", "尉遲": "yc", "万俟": "mq", "萬俟": "mq", "澹台": "tt", "长孙": "zs", "長孫": "zs", "单于": "cy", "鲜于": "xy"}
"""Surnames of two characters read otherwise than character by character."""
GIVEN = {"晟": "s"}
"""Characters read otherwise in given names than pypinyin's first reading."""

_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,}")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_BETWEEN = re.compile(
    "[\\s\u200b-\u200f\u202a-\u202e\u2060\ufeff.,_'\u2018\u2019`\\-\u2010-\u2015\u2212\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65]+"
)


class SearchWords(NamedTuple):
    """The first two and three characters of a name, and the initials of its first two and three; None where it is shorter."""

    two: str | None
    three: str | None
    initials_two: str | None
    initials_three: str | None


def search_keys(name: str) -> SearchWords:
    """The words by which a name is found."""
    han = name if _HAN_NAME.fullmatch(name) else _BETWEEN.sub("", name)
    if _HAN_NAME.fullmatch(han):
        letters = _read(han)
        return SearchWords(han[:2], _first(han, 3), letters[:2], _first(letters, 3))
    letters = initials(name)
    name = plain(name)
    return SearchWords(_first(name, 2), _first(name, 3), _first(letters, 2), _first(letters, 3))


def plain(name: str) -> str:
    """A name as it is compared: compatible characters made one (NFKC), no accents, spaces or dots, small letters."""
    return _BETWEEN.sub("", _folded(name))


def initials(name: str) -> str:
    """The initials of a whole name, one for each Han character and each word in another script."""
    parts = _WORD.findall(_BETWEEN.sub(" ", _folded(name)))
    letters = "".join(_initial(part) if _HAN.match(part) else part[0] for part in parts)
    head = "".join(parts[:2])
    if head in COMPOUNDS:
        return COMPOUNDS[head] + letters[2:]
    return (SURNAMES.get(parts[0], letters[0]) + letters[1:]) if parts and letters else ""


def _read(name: str) -> str:
    """The first three initials of a name of Han characters."""
    if name[:2] in COMPOUNDS:
        return COMPOUNDS[name[:2]] + "".join(map(_initial, name[2:3]))
    return (SURNAMES.get(name[0]) or _initial(name[0])) + "".join(map(_initial, name[1:3]))


def _folded(name: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", bare).casefold()


@cache
def _initial(character: str) -> str:
    """The first letter of a character's pinyin; the character itself where it has none."""
    if character in GIVEN:
        return GIVEN[character]
    from pypinyin import Style, lazy_pinyin  # reads its table on first use: a fifth of a second

    found: str = lazy_pinyin(character, style=Style.FIRST_LETTER)[0]
    return unicodedata.normalize("NFD", found)[0]


def _first(word: str, count: int) -> str | None:
    return word[:count] if len(word) >= count else None
