"""Who the people are: a joint distribution fitted to the pack's marginals, turned into whole people of each unit.

Two fits: workers (district × level group × sector × age × education × sex × migrant status) and those outside work
(district × standing × age × education × sex × migrant status). Sources and assumptions: docs/method/synthetic-city.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from guildhall.registry.tables import KNOWN_EDUCATIONS, KNOWN_MIGRANTS, SECTORS, SEXES
from guildhall.synth.book import Book
from guildhall.synth.fitting import Fit, Margin, fit, miss, outer, whole_people
from guildhall.synth.integers import below, stream
from guildhall.synth.land import Land
from guildhall.synth.plan import HIGH, LOW, OUTSIDE, UNCERTIFIED, Plan, month_number

GROUPS = (*LOW, *HIGH, UNCERTIFIED)
"""Level groups of workers; the two appointed levels are inside L1, whose certificate their holders have."""
STUDENT, SEEKER = len(GROUPS), len(GROUPS) + 1
NO_SECTOR = len(SECTORS)
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class People:
    """One element per person, unit by unit and in no order inside a unit. `group` continues past GROUPS for OUTSIDE."""

    unit: Bytes
    group: Bytes
    sector: Bytes
    education: Bytes
    sex: Bytes
    migrant: Bytes
    birth_month: NDArray[np.int16]
    starts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True)
class Quality:
    """How well a fit met its margins: rounds, the miss of the real-valued table and of the whole people, by margin."""

    rounds: int
    fitted: float
    people: Mapping[str, float]


@dataclass(frozen=True)
class Joint:
    """Whole people per cell; the first axis is the unit."""

    cells: NDArray[np.int64]
    quality: Quality


def bands(book: Book) -> list[tuple[int, int]]:
    """Age bands, first and last completed year, as the pack's table `age` names them."""
    rows = book.rows("age", "worker")
    return [(int(first), int(last)) for first, last in (row.split("-") for row in rows)]


def worker_joint(plan: Plan, land: Land, jobs: NDArray[np.float64]) -> Joint:
    """Workers by district, level group, sector, age, education, sex and migrant status.

    `jobs` holds jobs by unit and sector: people live mostly where their kind of work is.
    """
    book, ages = plan.book, plan.book.rows("age", "worker")
    counts = [plan.levels[level] for level in GROUPS[:-2]] + [plan.levels["L1"] + plan.top, plan.uncertified]
    shape = (len(land.units), len(GROUPS), len(SECTORS), len(ages), len(KNOWN_EDUCATIONS), len(SEXES), len(KNOWN_MIGRANTS))
    homes = _homes(plan, land, jobs)
    margins = [
        Margin("district", (0,), _to(homes, plan.workers)),
        Margin("sector", (2,), _to(book.vector("sector", SECTORS), plan.workers)),
        Margin("age", (3,), _to(book.vector("age", ages, "worker"), plan.workers)),
        Margin("education", (4,), _to(book.vector("education", KNOWN_EDUCATIONS, "worker"), plan.workers)),
        Margin("sex", (5,), _to(book.vector("sex", SEXES, "worker"), plan.workers)),
        Margin("migrant", (6,), _to(book.vector("migrant", KNOWN_MIGRANTS, "worker"), plan.workers)),
        Margin("level", (1,), np.array(counts, np.float64)),
    ]
    seed = outer(shape, [((0, 2), _lift(jobs)), *_associations(book, ages)])
    fitted = fit(seed, margins)
    cells = whole_people(fitted.table, counts, margins)
    return Joint(cells, _quality(fitted, cells, margins))


def _associations(book: Book, ages: Sequence[str]) -> list[tuple[tuple[int, ...], NDArray[np.float64]]]:
    """The two-way associations of the pack, each on its pair of axes."""
    pairs = [
        ("level_sector", (1, 2), GROUPS, SECTORS),
        ("level_age", (1, 3), GROUPS, ages),
        ("level_education", (1, 4), GROUPS, KNOWN_EDUCATIONS),
        ("level_sex", (1, 5), GROUPS, SEXES),
        ("level_migrant", (1, 6), GROUPS, KNOWN_MIGRANTS),
        ("sector_education", (2, 4), SECTORS, KNOWN_EDUCATIONS),
        ("sector_sex", (2, 5), SECTORS, SEXES),
        ("sector_migrant", (2, 6), SECTORS, KNOWN_MIGRANTS),
        ("age_education", (3, 4), ages, KNOWN_EDUCATIONS),
        ("age_sex", (3, 5), ages, SEXES),
        ("age_migrant", (3, 6), ages, KNOWN_MIGRANTS),
        ("education_migrant", (4, 6), KNOWN_EDUCATIONS, KNOWN_MIGRANTS),
    ]
    found = [(axes, book.association(name, list(rows), list(columns))) for name, axes, rows, columns in pairs]
    return [*found, ((3, 4), graduates(book))]


def school_end(book: Book) -> list[int]:
    """The age at which each schooling can be completed and work can begin."""
    return [int(book.one("school_end", name)) for name in KNOWN_EDUCATIONS]


def graduates(book: Book) -> NDArray[np.float64]:
    """1 where someone of an age band can have completed a schooling, 0 where all are too young (age band × schooling)."""
    return np.array([[float(last >= end) for end in school_end(book)] for _, last in bands(book)])


def _homes(plan: Plan, land: Land, jobs: NDArray[np.float64]) -> list[Fraction]:
    """Workers by unit of residence: where the jobs are, but for the share who live as the urban population does."""
    near = plan.book.model("own_district_share")
    work = [Fraction(float(value)) for value in np.add.accumulate(jobs, axis=1)[:, -1]]
    job_total, urban_total = sum(work), sum(land.urban)
    return [near * job / job_total + (1 - near) * urban / urban_total for job, urban in zip(work, land.urban, strict=True)]


def _lift(jobs: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much more common each sector is in a unit than in the city; a little of every sector everywhere."""
    by_sector = np.add.accumulate(jobs, axis=0)[-1]
    by_unit = np.add.accumulate(jobs, axis=1)[:, -1:]
    whole = np.add.accumulate(by_sector)[-1]
    lift: NDArray[np.float64] = jobs * whole / np.maximum(by_unit * by_sector, 1e-9) * 0.9 + 0.1
    return lift


def outside_joint(plan: Plan, land: Land) -> Joint:
    """Students and job-seekers by district, standing, age, education, sex and migrant status."""
    book, ages = plan.book, plan.book.rows("age", "worker")
    shape = (len(land.units), 1, len(ages), len(KNOWN_EDUCATIONS), len(SEXES), len(KNOWN_MIGRANTS))
    parts, fits = [], []
    for standing, count in zip(OUTSIDE, (plan.students, plan.seekers), strict=True):
        margins = [
            Margin("district", (0,), _to(land.urban, count)),
            Margin("age", (2,), _to(book.vector("age", ages, standing), count)),
            Margin("education", (3,), _to(book.vector("education", KNOWN_EDUCATIONS, standing), count)),
            Margin("sex", (4,), _to(book.vector("sex", SEXES, standing), count)),
            Margin("migrant", (5,), _to(book.vector("migrant", KNOWN_MIGRANTS, standing), count)),
        ]
        pairs = [
            ((2, 3), book.association("age_education", ages, KNOWN_EDUCATIONS) * graduates(book)),
            ((2, 4), book.association("age_sex", ages, SEXES)),
            ((2, 5), book.association("age_migrant", ages, KNOWN_MIGRANTS)),
        ]
        fitted = fit(outer(shape, pairs), margins)
        cells = whole_people(fitted.table, [count], margins)
        parts.append(cells)
        fits.append(_quality(fitted, cells, margins))
    worst = {name: max(part.people[name] for part in fits) for name in fits[0].people}
    return Joint(np.concatenate(parts, axis=1), Quality(max(f.rounds for f in fits), max(f.fitted for f in fits), worst))


def _quality(fitted: Fit, cells: NDArray[np.int64], margins: Sequence[Margin]) -> Quality:
    return Quality(fitted.rounds, fitted.error, miss(cells, margins))


def _to(shares: Sequence[Fraction], total: int) -> NDArray[np.float64]:
    """Shares scaled to add up to `total`."""
    whole = sum(shares, start=Fraction(0))
    return np.array([float(share * total / whole) for share in shares])


def settle(plan: Plan, workers: Joint, outside: Joint) -> People:
    """The people of both tables, unit by unit, shuffled inside each unit, with a month of birth inside the age band."""
    inside_cells, outside_cells = workers.cells, outside.cells
    units = inside_cells.shape[0]
    per_unit = inside_cells.reshape(units, -1).sum(axis=1) + outside_cells.reshape(units, -1).sum(axis=1)
    starts = [0, *(int(n) for n in np.cumsum(per_unit))]
    codes = np.empty(starts[-1], np.uint32)
    offset = inside_cells[0].size
    for unit in range(units):
        part = codes[starts[unit] : starts[unit + 1]]
        inside = np.repeat(np.arange(offset, dtype=np.uint32), inside_cells[unit].ravel())
        part[: len(inside)] = inside
        part[len(inside) :] = np.repeat(np.arange(offset, offset + outside_cells[0].size, dtype=np.uint32), outside_cells[unit].ravel())
        stream(plan.seed, "shuffle", unit).shuffle(part)
    group, sector, age, education, sex, migrant = _decoders(inside_cells.shape[1:], outside_cells.shape[1:])
    return People(
        unit=np.repeat(np.arange(units, dtype=np.uint8), per_unit),
        group=group[codes],
        sector=sector[codes],
        education=education[codes],
        sex=sex[codes],
        migrant=migrant[codes],
        birth_month=_births(plan, age[codes], education[codes]),
        starts=tuple(starts),
    )


def _decoders(inside: Sequence[int], outside: Sequence[int]) -> list[Bytes]:
    """For each attribute, its value by cell: cells of workers first, then of those outside work."""
    groups, sectors, ages, educations, sexes, migrants = np.unravel_index(np.arange(int(np.prod(inside))), tuple(inside))
    standing, *rest = np.unravel_index(np.arange(int(np.prod(outside))), tuple(outside))
    nowhere = np.full(len(standing), NO_SECTOR)
    pairs = [(groups, standing + len(GROUPS)), (sectors, nowhere), *zip((ages, educations, sexes, migrants), rest, strict=True)]
    return [np.concatenate(pair).astype(np.uint8) for pair in pairs]


def _births(plan: Plan, age: Bytes, education: Bytes) -> NDArray[np.int16]:
    """Month of birth (months since January 1900): evenly over the part of the age band that is old enough for the schooling."""
    ranges, ends = bands(plan.book), school_end(plan.book)
    least = [[max(first, end) for end in ends] for first, _ in ranges]
    youngest = np.array([[years * 12 + 1 for years in row] for row in least], np.int32)[age, education]
    oldest = np.array([last * 12 + 12 for _, last in ranges], np.int32)[age]
    months = youngest + below(stream(plan.seed, "births"), oldest - youngest + 1, len(age))
    return (month_number(plan.city.reference_date) - months).astype(np.int16)
