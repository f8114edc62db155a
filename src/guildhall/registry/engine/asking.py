"""What was typed into the one search box: a number, initials, the beginning of a name, or a surname alone.

Recognising looks at the form only. A number is then sought as everything it could be (identity number, another document, phone,
certificate), because the forms overlap: a permanent residence permit looks like an identity number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from guildhall.registry.engine.duplicates import check_digit
from guildhall.registry.engine.identity import normalise_number, normalise_phone
from guildhall.registry.engine.names import initials, plain

NUMBERS = ("identity_number", "phone", "certificate", "number")
"""Kinds that find by a whole number, and are therefore written down."""
LONGEST = 80
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Asked:
    """One question to the register of people.

    `kind` is one of NUMBERS, `name` (the beginning of a name), `initials` (Latin letters: initials, or the beginning of a name in
    Latin letters), `mixed` (characters, then initials), `surname` (one character), `nothing`, or `short` (one letter or digit).
    `value` is the text in the form in which it is looked up; `wrong_digit` says that an identity number's check digit does not agree.
    """

    kind: str
    value: str = ""
    wrong_digit: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


def recognise(text: str) -> Asked:
    """What somebody means who types this."""
    text = text.strip()[:LONGEST]
    number = normalise_number(text)
    if any(letter.isdigit() for letter in number) and not _HAN.search(number):
        return _number(number, normalise_phone(text))
    name = plain(text)
    if not name:
        return Asked("nothing")
    if len(name) == 1:
        return Asked("surname", name) if _HAN.match(name) else Asked("short", name)
    if not _HAN.search(name):
        return Asked("initials", name)
    return Asked("name" if not _latin(name) else "mixed", name)


def _number(number: str, phone: str | None) -> Asked:
    if re.fullmatch("[0-9]{17}[0-9X]", number):
        return Asked("identity_number", number, wrong_digit=check_digit(number[:17]) != number[17])
    if len(number) < 2:
        return Asked("short", number)
    if phone and re.fullmatch(r"1[0-9]{10}|\+[0-9]{6,20}|0[0-9]{9,11}", phone):
        return Asked("phone", number)
    return Asked("certificate" if re.fullmatch("[A-Z]?[0-9]{15,24}", number) else "number", number)


def _latin(name: str) -> bool:
    return any("LATIN" in unicodedata.name(letter, "") for letter in name)


def begins(name: str, typed: str) -> bool:
    """Whether a name begins so: by its characters, by its initials, or by some characters and then initials; `typed` is plain."""
    whole = plain(name)
    if whole.startswith(typed):
        return True
    letters = initials(name)
    if len(letters) != len(whole):  # words in Latin letters: one initial stands for a whole word
        return letters.startswith(typed)
    return len(typed) <= len(whole) and all(said in pair for said, *pair in zip(typed, whole, letters, strict=False))


def keys_of(asked: Asked) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Under which search columns of Identity to look, and with which word, the likeliest first; and whether the names found must be
    compared again.

    Two or three characters are what the columns hold, so a longer beginning is compared with the opened name.
    """
    count, value = ("two", asked.value[:2]) if len(asked.value) == 2 else ("three", asked.value[:3])
    longer = len(asked.value) > 3
    if asked.kind == "name":
        return ((f"name_{count}", value),), longer
    if asked.kind == "initials":
        return ((f"initials_{count}", value), (f"name_{count}", value)), longer
    characters = len(value) - len(value.lstrip("".join(_HAN.findall(value))))
    if characters > 1:
        return ((f"name_{'two' if characters == 2 else 'three'}", value[:characters]),), True
    return ((f"initials_{count}", initials(value[:1]) + value[1:]),), True
