"""What the numbers of a pack must keep to before a city can be made of them: none negative, each single number within reason."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guildhall.kernel.errors import GuildhallError
from guildhall.registry.tables import KNOWN_EDUCATIONS, SIZES
from guildhall.synth.book import MODEL, Book

Limits = tuple[int, int]
SHARE: Limits = (0, 1)
WORKING_AGE: Limits = (16, 64)
"""Nobody may work before 16 (labour law); the model has no workers older than its oldest age band."""
STAFF: Limits = (1, 1_000_000)
SINGLE: dict[str, Limits] = {
    "whole_below": (0, 10**9),
    "employed_share": SHARE,
    "own_district_share": SHARE,
    "apprentice_share": SHARE,
    "apprentice_oldest": WORKING_AGE,
    "dispatched_share": SHARE,
    "longest_job_years": (1, 48),
    "earlier_job_share": SHARE,
    "seeker_worked_share": SHARE,
    "insured_share": SHARE,
    "short_name_share": SHARE,
    "appointment_years": (1, 48),
    "employer_certificate_share": SHARE,
    "assessment_bodies": (1, 9_999),
}
"""The single numbers of table `model`, with the least and the greatest a city can be made with."""
LADDER: dict[str, Limits] = {"age": WORKING_AGE, "years": (0, 48), "held_before": SHARE}


def check(book: Book) -> None:
    """Raises GuildhallError for the first number of a pack that no city can be made with."""
    for grid in (book.city.marginals, book.city.assumptions):
        for table, cells in grid.items():
            for (row, column), value in cells.items():
                _within(book, table, row, column, Fraction(value), (0, 10**12))
    for table, row, column, limits in _singles(book):
        _within(book, table, row, column, book.one(table, row, column), limits)
    _check_shares(book)
    _check_bands(book)
    _check_classes(book)
    if book.figure("ladder.top_growth") <= -100:
        raise GuildhallError("Figure ladder.top_growth says that no one is left", next="correct figures.csv")


def _singles(book: Book) -> Iterator[tuple[str, str, str, Limits]]:
    year = book.city.reference_date.year
    years = {"first_certificates_year": (year - 48, year - 1), "first_appointments_year": (year - 48, year - 1)}
    yield from ((MODEL, row, "", limits) for row, limits in {**SINGLE, **years}.items())
    yield from (("ladder", row, column, LADDER[column]) for row, column in book.table("ladder") if column in LADDER)
    yield from (("school_end", name, "", WORKING_AGE) for name in KNOWN_EDUCATIONS)
    yield from (("enterprise", size, column, STAFF) for size in SIZES for column in ("minimum", "maximum"))


def _within(book: Book, table: str, row: str, column: str, value: Fraction, limits: Limits) -> None:
    if not limits[0] <= value <= limits[1]:
        label = " × ".join(part for part in (row, column) if part)
        raise GuildhallError(
            f"Table {table} of city {book.city.id} says {float(value):g} for {label}",
            why=f"a city can be made with {limits[0]} to {limits[1]}",
            next="correct the row in assumptions.csv or marginals.csv",
        )


def _check_shares(book: Book) -> None:
    """A distribution of which nothing is left describes no one."""
    for table, label, cells in _distributions(book):
        if cells and not any(cells):
            raise GuildhallError(
                f"Table {table} of city {book.city.id} has no value above 0" + (f" for {label}" if label else ""),
                next="correct its rows in assumptions.csv",
            )


def _distributions(book: Book) -> Iterator[tuple[str, str, list[Fraction]]]:
    """Table, what it is a distribution for, and its values."""
    standings = ("worker", "student", "job_seeker")
    columns = [("sector", ""), *((table, standing) for table in ("age", "education", "sex", "migrant") for standing in standings)]
    for table, column in columns:
        yield table, column, [value for (_, found), value in book.table(table).items() if found == column] or [Fraction(0)]
    yield "closeness", "", list(book.table("closeness").values())
    if book.city.parks:
        yield "park_workforce", "", list(book.table("park_workforce").values())
    split = book.vector("level_split", ["L5", "L4", "L3", "L2", "L1"])
    yield "level_split", "L5 and L4", split[:2]
    yield "level_split", "L3 to L1", split[2:]
    if book.has("residence"):
        residence = book.table("residence")
        for unit in dict.fromkeys(column for _, column in residence):
            yield "residence", unit, [value for (_, column), value in residence.items() if column == unit]


def _check_bands(book: Book) -> None:
    """Age bands are written `first-last`, follow each other without a gap, and begin when work may."""
    expected = WORKING_AGE[0]
    for row in book.rows("age", "worker"):
        first, dash, last = row.partition("-")
        if not (dash and first.isdecimal() and last.isdecimal() and expected == int(first) <= int(last) <= 99):
            raise GuildhallError(
                f"Table age of city {book.city.id} has a band {row}",
                why=f"bands are written first-last, from {WORKING_AGE[0]} on and without a gap: the next one begins with {expected}",
                next="correct the rows in assumptions.csv",
            )
        expected = int(last) + 1


def _check_classes(book: Book) -> None:
    """Size classes follow each other: what one holds at most, the next larger one holds at least."""
    for smaller, larger in zip(SIZES[1:], SIZES, strict=False):
        if book.one("enterprise", smaller, "maximum") != book.one("enterprise", larger, "minimum"):
            raise GuildhallError(
                f"Table enterprise of city {book.city.id} leaves a gap between {smaller} and {larger}",
                why="the maximum of a class is the minimum of the next",
                next="correct the rows in assumptions.csv",
            )
    for size in SIZES:
        if book.one("enterprise", size, "minimum") >= book.one("enterprise", size, "maximum"):
            raise GuildhallError(
                f"Table enterprise of city {book.city.id} has no room in class {size}", next="raise its maximum in assumptions.csv"
            )
