"""Documents by which a person is known: which shape a number must have, and what an identity number says of its holder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.registry.engine.duplicates import DIGITS, body, check_digit
from guildhall.registry.engine.identity import is_assigned

SHAPES: Mapping[str, re.Pattern[str]] = {
    "passport": re.compile(r"(?=.*[0-9])[A-Z0-9]{6,20}"),
    "hk_macau_permit": re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?|8[123]0000[0-9]{11}[0-9X]"),
    "taiwan_permit": re.compile(r"[0-9]{8}|[0-9]{10}[A-Z0-9]?|830000[0-9]{11}[0-9X]"),
    "permanent_residence": re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]"),
}
"""Numbers as printed, without spaces: permits have 8 digits and once had 10; a residence permit of either has 18."""


@dataclass(frozen=True)
class Said:
    """What a resident identity number says of its holder."""

    born: date
    sex: str

    @property
    def birth_month(self) -> date:
        return self.born.replace(day=1)


def said_by(number: str) -> Said | None:
    """What a number in either form says; None where it is none: wrong check digit, no such day."""
    digits = body(number)
    if not digits or (len(number) == DIGITS and check_digit(digits) != number[-1]):
        return None
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return None
    return Said(born, "male" if int(digits[16]) % 2 else "female") if born.year >= 1850 else None


def reads(kind: str, number: str, *, made_up: bool = False) -> bool:
    """Whether a normalised number may stand on a document of this kind; `made_up` lets pass regions that no county has."""
    if kind in SHAPES:
        return SHAPES[kind].fullmatch(number) is not None
    return said_by(number) is not None and (made_up or is_assigned(number[:6]))


def is_identity_number(number: str, *, made_up: bool = False) -> bool:
    """Whether a normalised number is a resident identity number in today's form."""
    return len(number) == DIGITS and reads("earlier_identity_number", number, made_up=made_up)
