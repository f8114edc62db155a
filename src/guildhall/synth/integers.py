"""Whole numbers out of shares, and seeded draws, with the same result on every machine.

Sums run in one fixed order and in integers; chance comes from a counter-based stream per purpose, so that no part of the
city depends on the order in which the parts are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = Sequence[Fraction] | Sequence[int]

_FIXED = 1 << 39
"""Cells are expressed in parts of 2^39, so that a running sum times a total up to 2^23 stays inside 63 bits."""
LARGEST_TOTAL = 1 << 23


def nearest(value: Fraction) -> int:
    """The nearest whole number; halves go up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def largest_remainder(weights: Numbers, total: int) -> list[int]:
    """`total` shared out in proportion to `weights`; equal remainders go to the earlier one. All zero gives all zero."""
    whole = sum(weights, start=Fraction(0))
    if whole == 0:
        return [0] * len(weights)
    exact = [Fraction(weight) * total / whole for weight in weights]
    shares = [int(value) for value in exact]
    by_remainder = sorted(range(len(shares)), key=lambda n: (shares[n] - exact[n], n))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return shares


def running(cells: NDArray[np.float64], total: int) -> Ints:
    """`total` shared out over many small cells by rounding the running sum: every stretch of cells is within one of its share.

    Largest remainder would starve the many cells worth less than half a person; this leaves no group out.
    """
    if total > LARGEST_TOTAL:
        return running(cells, total // 2) + running(cells, total - total // 2)
    sums = np.cumsum(as_fixed(cells))
    whole = int(sums[-1])
    if whole == 0:
        return np.zeros(cells.size, np.int64)
    placed = (sums * total + whole // 2) // whole
    return np.diff(placed, prepend=np.int64(0))


def as_fixed(cells: NDArray[np.float64]) -> Ints:
    """Cells as whole parts of about 2^39, which add up without rounding in any order."""
    flat = np.ascontiguousarray(cells, dtype=np.float64).ravel()
    whole = float(np.bincount(np.zeros(len(flat), np.intp), weights=flat)[0])
    return np.rint(flat * (_FIXED / whole)).astype(np.int64) if whole else np.zeros(len(flat), np.int64)


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """A stream of chance of its own for one purpose, such as ("identity", 3)."""
    text = "/".join(str(part) for part in purpose)
    words = np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *(int(word) for word in words)])))


def u16(chance: np.random.Generator, n: int) -> NDArray[np.uint16]:
    """n draws from 0 … 65,535."""
    return chance.integers(0, 1 << 16, size=n, dtype=np.uint16)


def below(chance: np.random.Generator, limits: NDArray[np.int64] | NDArray[np.int32] | int, n: int) -> NDArray[np.int32]:
    """n draws, each from 0 up to but not including its limit (limits at most 2^31)."""
    draws = chance.integers(0, 1 << 32, size=n, dtype=np.uint32).astype(np.uint64)
    draws *= np.uint64(limits) if isinstance(limits, int) else limits.astype(np.uint64)
    draws >>= np.uint64(32)
    return draws.astype(np.int32)


def happens(chance: np.random.Generator, share: Fraction, n: int) -> NDArray[np.bool_]:
    """n independent answers, each yes with probability `share` (to 1/65,536)."""
    limit = nearest(share * (1 << 16))
    if limit >= 1 << 16:
        return np.ones(n, np.bool_)
    return u16(chance, n) < np.uint16(limit)


def wheel(weights: Numbers, slots: int = 1 << 12) -> NDArray[np.uint16]:
    """A wheel of `slots` slots in which entry n stands as often as its weight asks: one gather draws from it."""
    return np.repeat(np.arange(len(weights), dtype=np.uint16), largest_remainder(weights, slots))


def spin(wheels: NDArray[np.uint16], which: NDArray[np.integer], chance: np.random.Generator) -> NDArray[np.uint16]:
    """One draw per element of `which` from the wheel (a row of 2^12 slots) it names."""
    slot = u16(chance, len(which)) & np.uint16((1 << 12) - 1)
    at = which.astype(np.int32) * np.int32(1 << 12) + slot
    result: NDArray[np.uint16] = wheels.ravel()[at]
    return result
