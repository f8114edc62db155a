"""Numbers that lead to a person or an organisation, cell by cell: identity cards, phones, certificates, credit codes.

Sources: GB 11643-1999 (identity numbers; python-stdnum is the oracle of the tests), GB 32100-2015 (credit codes), the coding rule
of skill-level certificates (22 characters: who issued, body, province, site, year, level, serial).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from guildhall.registry.engine.cells.problems import Read, Wrong, problem
from guildhall.registry.engine.cells.text import LOST
from guildhall.registry.engine.identity import is_assigned, normalise_number, normalise_phone

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OFFSET = 48 * sum(_WEIGHTS)
_CHECK = "10X98765432"
_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_OTHER_DOCUMENT = re.compile(r"[A-Z]{1,3}[0-9]{6,10}(?:\([0-9A-Z]\))?|[A-Z]{3}[0-9]{12}")
"""Passports, permits of Hong Kong, Macau and Taiwan, and cards of permanent residence of the form before 2023."""
LEVEL_OF_DIGIT = {"5": "L5", "4": "L4", "3": "L3", "2": "L2", "1": "L1"}
_CERTIFICATE = re.compile(r"([YS])([0-9]{4})([0-9]{2})([0-9]{6})([0-9]{2})([1-5])([0-9]{6})")
_APPOINTMENT = re.compile(r"[YS](?:[A-Z][0-9]{20}|[0-9]{14}[A-Z][0-9]{6})")
"""Special-grade and chief technicians: a letter beside the first one, in the place of the level's digit or before the digits."""
_EARLIER = re.compile(r"[0-9]{16}|[0-9]{18}|RSN[0-9A-Z]{17}|[0-9A-Z]{20}")
"""Vocational qualifications (国家职业资格, 16 digits) and other forms that were in use; their parts are not checked."""
MADE_UP_PROVINCE = "99"


class Person(NamedTuple):
    """What an identity number says: itself in one form, the day of birth, the sex."""

    number: str
    birth: date
    sex: str


def read_identity(text: str, *, made_up: bool) -> Person:
    """The person of a resident identity number, of a residence permit of 18 digits, too. Raises Wrong, telling how to mend it.

    Numbers whose region begins with 99 belong to the synthetic city and are refused unless `made_up`.
    """
    if not _NUMBER.fullmatch(text):
        if LOST.fullmatch(text):
            raise Wrong("digits_lost")
        text = normalise_number(text)
        if not _NUMBER.fullmatch(text):
            raise _misformed(text)
    birth = _birth(text[6:14])
    if text[17] != _check_digit(text):
        raise Wrong("digits_lost" if text.endswith("000") else "id_check")
    if birth is None:
        raise Wrong("id_date")
    if not _is_region(text[:6]) and not (made_up and text.startswith(MADE_UP_PROVINCE)):
        raise Wrong("id_region")
    return Person(text, birth, "male" if text[16] in "13579" else "female")


def _misformed(text: str) -> Wrong:
    if re.fullmatch(r"[0-9]{15}", text):
        whole = f"{text[:6]}19{text[6:]}"
        return Wrong("id_old", check=_check_digit(whole)) if _birth(whole[6:14]) else Wrong("id_date")
    if LOST.fullmatch(text):
        return Wrong("digits_lost")
    if _OTHER_DOCUMENT.fullmatch(text):
        return Wrong("id_other")
    if re.fullmatch(r"[0-9]*X?", text):
        return Wrong("id_length", length=len(text))
    return Wrong("id_characters")


def _check_digit(number: str) -> str:
    return _CHECK[(sum(map(mul, _WEIGHTS, number.encode())) - _OFFSET) % 11]


@lru_cache(maxsize=65_536)
def _birth(digits: str) -> date | None:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= 1850 else None


@lru_cache(maxsize=8_192)
def _is_region(region: str) -> bool:
    """Whether people can have a number under these digits: a county of any time, a residence permit (81–83), a foreigner's card (9)."""
    if region in ("810000", "820000", "830000"):
        return True
    if region[0] == "9" and region[1:3] != "99":
        return is_assigned(f"{region[1:3]}0101") or is_assigned(f"{region[1:3]}0102")
    return is_assigned(region)


def read_phone(text: str) -> str:
    """A phone number as it is kept: digits only. Mobile numbers have eleven digits, fixed lines an area code. Raises Wrong."""
    if LOST.fullmatch(text):
        raise Wrong("digits_lost")
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":
        return text
    if re.search(r"[0-9]{7,}\D*[/,;、，；\s和或]+\D*[0-9]{7,}", text):
        raise Wrong("phone_two")
    found = normalise_phone(text.removesuffix(".0"))
    if found is None or not re.fullmatch(r"1[0-9]{10}|0[1-9][0-9]{8,10}|\+[0-9]{6,18}", found):
        raise Wrong("phone_form")
    return found


class CertificateNumber(NamedTuple):
    """A certificate number and what it says: its level and the last two digits of its year, or None."""

    number: str
    level: str | None = None
    year: int | None = None


def read_certificate_number(text: str, *, made_up: bool) -> Read[CertificateNumber]:
    """A certificate number, with what it says of level and year; earlier forms are taken with a note. Raises Wrong."""
    if LOST.fullmatch(text):
        raise Wrong("digits_lost")
    number = normalise_number(text)
    if match := _CERTIFICATE.fullmatch(number):
        if not _is_province(match[3]) and not (made_up and match[3] == MADE_UP_PROVINCE):
            raise Wrong("certificate_made_up")
        return Read(CertificateNumber(number, LEVEL_OF_DIGIT[match[6]], int(match[5])))
    if _APPOINTMENT.fullmatch(number):
        return Read(CertificateNumber(number))
    if _EARLIER.fullmatch(number):
        return Read(CertificateNumber(number), problem("certificate_old"))
    raise Wrong("certificate_form")


def _is_province(digits: str) -> bool:
    return _is_region(f"{digits}0101") or _is_region(f"{digits}0102") or digits in ("71", "81", "82", "83")


@lru_cache(maxsize=8_192)
def is_credit_code(text: str) -> bool:
    """Whether a text is a unified social credit code with a check character that fits."""
    from stdnum.cn import uscc

    return bool(uscc.is_valid(text))


def is_like_credit_code(text: str) -> bool:
    """Whether a text has the length and the characters of a unified social credit code."""
    return bool(re.fullmatch(r"[0-9A-Z]{18}", text))
