"""Phone numbers: the one form in which they are kept, looked up and written to."""

from __future__ import annotations

import re
import unicodedata

SEPARATORS = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060\ufeff'\u2018\u2019`\\-\u2010-\u2015\u2212]")
"""Spaces of every width, marks that cannot be seen, apostrophes and dashes: what hands and spreadsheets add to a number."""
_MOBILE = re.compile("1[0-9]{10}")


def normalise_phone(phone: str) -> str | None:
    """A phone number as it is kept and looked up: digits only, without the country's 86; None for words, dashes and nothing.

    A number of another country keeps its code behind a plus sign.
    """
    plain = re.sub(r"[()./]", "", SEPARATORS.sub("", unicodedata.normalize("NFKC", phone)))
    plain = re.sub(r"^(?:(?:00|\+)86|86(?=[0-9]{11}$))", "", plain)
    plain = re.sub(r"^00(?=[1-9])", "+", plain)
    return plain if re.fullmatch(r"\+?[0-9]{5,20}", plain) else None


def mobile(phone: str) -> str | None:
    """The number if a text message can reach it: eleven digits that begin with 1; None otherwise."""
    plain = normalise_phone(phone)
    return plain if plain and _MOBILE.fullmatch(plain) else None


def masked_phone(phone: str) -> str:
    """The first three digits and the last two: enough for its owner to recognise it."""
    return f"{phone[:3]}****{phone[-2:]}"
