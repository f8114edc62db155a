"""numpy arrays as Arrow columns without a detour through Python objects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Letters = NDArray[np.uint8]


def codes(values: NDArray[np.integer], words: Sequence[str]) -> pa.DictionaryArray:
    """A column of a short list of words, from their positions (CODE)."""
    return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int8, copy=False)), pa.array(words, pa.string()))


def names(values: NDArray[np.integer], words: Sequence[str], absent: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    """A column of a longer list of words, from their positions (NAME); `absent` marks empty cells."""
    return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32, copy=False), mask=absent), pa.array(words, pa.string()))


def same_code(word: str, n: int) -> pa.DictionaryArray:
    """A column that holds one word throughout (CODE)."""
    return codes(np.zeros(n, np.int8), [word])


def keys(values: NDArray[np.integer]) -> pa.Array:
    """A column of keys or counts."""
    return pa.array(values.astype(np.int64, copy=False))


def days(values: NDArray[np.integer], absent: NDArray[np.bool_] | None = None) -> pa.Array:
    """A column of dates from day numbers since 1970-01-01."""
    return pa.array(values.astype(np.int32, copy=False), mask=absent).view(pa.date32())


def fixed_text(letters: Letters) -> pa.StringArray:
    """A column of texts of equal length, from one row of UTF-8 bytes each."""
    n, width = letters.shape
    offsets = np.arange(n + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))


def cut_text(letters: Letters, lengths: NDArray[np.integer]) -> pa.StringArray:
    """A column of texts of which row n keeps its first lengths[n] bytes."""
    keep = np.arange(letters.shape[1])[None, :] < lengths[:, None]
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(letters[keep]))


def digits(first: int, count: int, width: int) -> Letters:
    """The numbers first, first + 1, … as rows of `width` digits: a table to gather from."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers[None, :] % 10 + ord("0")).astype(np.uint8)


def text(word: str) -> Letters:
    """The bytes of one word."""
    return np.frombuffer(word.encode(), np.uint8)
