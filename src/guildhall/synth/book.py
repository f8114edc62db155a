"""The numbers of a pack as the synthetic city asks for them: by table, row and column, wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.city.model import City
from guildhall.kernel.errors import GuildhallError

MODEL = "model"
"""Table of the single numbers of the model."""


class Book:
    """Looks numbers up in the marginals and the assumptions of a city; what is missing is named with its file."""

    def __init__(self, city: City) -> None:
        self.city = city

    def table(self, name: str) -> Mapping[tuple[str, str], Fraction]:
        """(row, column) → value. A table may have sourced cells in one file and assumed ones in the other.

        Raises GuildhallError where the pack has no such table, or a cell stands in both files.
        """
        sourced, assumed = self.city.marginals.get(name, {}), self.city.assumptions.get(name, {})
        if twice := sorted(sourced.keys() & assumed.keys()):
            what = f"Table {name} of city {self.city.id} has {' × '.join(twice[0])} in both marginals.csv and assumptions.csv"
            raise GuildhallError(what, next="keep the sourced one")
        if not sourced and not assumed:
            raise GuildhallError(
                f"Table {name} of city {self.city.id} is in neither marginals.csv nor assumptions.csv",
                next="add its rows to assumptions.csv, with status `assumed`",
            )
        return {key: Fraction(value) for key, value in {**sourced, **assumed}.items()}

    def has(self, name: str) -> bool:
        return name in self.city.marginals or name in self.city.assumptions

    def one(self, name: str, row: str, column: str = "") -> Fraction:
        """A single number of a table."""
        try:
            return self.table(name)[row, column]
        except KeyError:
            label = f"{row} × {column}" if column else row
            raise GuildhallError(
                f"Table {name} of city {self.city.id} has no value for {label}", next="add the row to assumptions.csv"
            ) from None

    def model(self, row: str) -> Fraction:
        return self.one(MODEL, row)

    def rows(self, name: str, column: str = "") -> list[str]:
        """The rows that have a value in a column, in the order of the file."""
        return [row for row, found in self.table(name) if found == column]

    def vector(self, name: str, rows: Sequence[str], column: str = "") -> list[Fraction]:
        """Values by row; a row that the table does not name counts as 0."""
        table = self.table(name)
        self._only_known(name, {row for row, found in table if found == column}, rows)
        return [table.get((row, column), Fraction(0)) for row in rows]

    def association(self, name: str, rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.float64]:
        """Weights by row and column; 1 (no association) where the table says nothing, or does not exist."""
        weights = np.ones((len(rows), len(columns)))
        if not self.has(name):
            return weights
        table = self.table(name)
        self._only_known(name, {row for row, _ in table}, rows)
        self._only_known(name, {column for _, column in table}, columns)
        for (row, column), value in table.items():
            weights[rows.index(row), columns.index(column)] = float(value)
        return weights

    def figure(self, name: str) -> Fraction:
        """The value of a published figure the city is fitted to."""
        try:
            return Fraction(self.city.figure[name].value)
        except KeyError:
            raise GuildhallError(
                f"City {self.city.id} has no figure {name}", why="the synthetic city is fitted to it", next="add it to figures.csv"
            ) from None

    def _only_known(self, name: str, found: set[str], known: Sequence[str]) -> None:
        if unknown := sorted(found - set(known)):
            raise GuildhallError(
                f"Table {name} of city {self.city.id} names {', '.join(unknown)}",
                why=f"known are {', '.join(known)}",
                next="correct the row",
            )
