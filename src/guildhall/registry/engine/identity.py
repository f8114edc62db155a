"""Resident identity numbers by the column (GB 11643-1999): check digit, date of birth, sex, region.

Works on whole columns, because a load checks hundreds of thousands; `python-stdnum` is the oracle of its tests.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guildhall.kernel.phones import SEPARATORS
from guildhall.kernel.phones import normalise_phone as normalise_phone  # people are looked up by it beside their number

DIGITS = 18
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Checked:
    """One truth value per number: is it well formed, does it agree with what else is known, is its region a real one."""

    valid: Mask
    birth_agrees: Mask
    sex_agrees: Mask
    assigned: Mask


def normalise_number(number: str) -> str:
    """An identity or certificate number as it is kept and looked up: plain characters, no spaces, hyphens or apostrophes, capitals."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()


def masked(value: str) -> str:
    """A number with all but its first two characters and its last hidden: enough to recognise it, too little to use it."""
    return value[:2] + "*" * (len(value) - 3) + value[-1] if len(value) > 8 else "*" * len(value)


def is_made_up(certificate_numbers: pa.ChunkedArray) -> Mask:
    """Whether each certificate number carries the province digits 99 (characters six and seven of 22), which no province has."""
    found: Mask = pc.match_substring_regex(certificate_numbers, r"^[A-Z0-9]{5}99[A-Z0-9]{15}$").to_numpy(zero_copy_only=False)
    return found


def check_numbers(numbers: pa.ChunkedArray, birth_month: pa.ChunkedArray, sex: pa.ChunkedArray) -> Checked:
    """What each number says, beside the holder's recorded month of birth and sex; columns of equal length."""
    shaped = pc.match_substring_regex(numbers, r"^[0-9]{17}[0-9X]$").to_numpy(zero_copy_only=False)
    safe = pc.if_else(pa.array(shaped), _one(numbers), "0" * DIGITS)
    letters = np.frombuffer("".join(safe.to_pylist()).encode(), dtype=np.uint8).reshape(-1, DIGITS)
    digits = letters[:, :17].astype(np.int64) - ord("0")
    year, month, day = (digits[:, a:b] @ 10 ** np.arange(b - a - 1, -1, -1) for a, b in ((6, 10), (10, 12), (12, 14)))
    valid = shaped & (letters[:, 17] == _CHECK[digits @ _WEIGHTS % 11]) & _is_date(year, month, day)
    months = _one(birth_month).cast(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[M]").astype(np.int64)
    male = pc.equal(_one(sex).cast(pa.string()), "male").to_numpy(zero_copy_only=False)
    return Checked(valid, (year - 1970) * 12 + month - 1 == months, (digits[:, 16] % 2 == 1) == male, _assigned(safe))


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _is_date(year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]) -> Mask:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    within = (month >= 1) & (month <= 12)
    last = _DAYS[np.where(within, month, 0)] - ((month == 2) & ~leap)
    found: Mask = within & (year >= 1850) & (day >= 1) & (day <= last)
    return found


def _assigned(numbers: pa.Array) -> Mask:
    """Whether each number's six leading digits were ever given to a county."""
    regions = pc.utf8_slice_codeunits(numbers, 0, 6).dictionary_encode()
    known = np.array([is_assigned(region) for region in regions.dictionary.to_pylist()], dtype=bool)
    found: Mask = known[regions.indices.to_numpy()]
    return found


@lru_cache(maxsize=8192)
def is_assigned(region: str) -> bool:
    """Whether a six-digit prefix was ever given to a county (python-stdnum's table of GB/T 2260 and its history)."""
    from stdnum import numdb  # its table is read on first use

    found = {key: value for _, properties in numdb.get("cn/loc").info(region) for key, value in properties.items()}
    return "county" in found
