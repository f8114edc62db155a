"""Synthetic cities that several tests read, made once each, and columns of theirs as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guildhall.city import City
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables

ORDINAL = {level: n for n, level in enumerate(tables.LEVELS)}
_CASTS = {"date": "int64", "text": "str"}


@dataclass(frozen=True)
class Made:
    """A pack, the scale and the folder that was made from them."""

    city: City
    scale: str
    folder: Folder

    def table(self, declared: Table) -> pa.Table:
        return self.folder.read(declared)

    def words(self, declared: Table, column: str) -> NDArray[Any]:
        """A column of words as Python strings."""
        values: NDArray[Any] = np.array(self.table(declared).column(column).cast(pa.string()).to_pylist(), dtype=object)
        return values

    def numbers(self, declared: Table, column: str) -> NDArray[np.int64]:
        """A column of keys or counts."""
        values: NDArray[np.int64] = self.table(declared).column(column).to_numpy()
        return values

    def days(self, declared: Table, column: str, empty: int = 2**31 - 1) -> NDArray[np.int64]:
        """A column of dates as day numbers; empty cells become `empty`."""
        dates = self.table(declared).column(column).cast(pa.int32()).fill_null(empty)
        return np.asarray(dates.to_numpy(), dtype=np.int64)

    @cached_property
    def today(self) -> int:
        return int(np.datetime64(self.city.reference_date, "D").astype(np.int64))

    def level_on(self, day: int) -> NDArray[np.int64]:
        """The ordinal of the level of every person on a day, by worker_id - 1."""
        held = self.numbers(tables.CERTIFICATES, "worker_id") - 1
        ordinal = np.array([ORDINAL[level] for level in self.words(tables.CERTIFICATES, "level")])
        valid = (self.days(tables.CERTIFICATES, "issued_on") <= day) & (self.days(tables.CERTIFICATES, "valid_until") > day)
        levels = np.zeros(self.table(tables.WORKERS).num_rows, np.int64)
        np.maximum.at(levels, held[valid], ordinal[valid])
        return levels

    def counts(self, declared: Table, column: str) -> dict[str, int]:
        """Rows by word."""
        found = pc.value_counts(self.table(declared).column(column).cast(pa.string()).combine_chunks())
        return {row["values"]: row["counts"] for row in found.to_pylist()}
