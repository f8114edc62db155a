"""People, certificates and spells as columns of the registry's tables, for one stretch of rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.tables import Table
from guildhall.registry import tables
from guildhall.registry.tables import CERTIFIED, KNOWN_CONTRACTS, KNOWN_EDUCATIONS, KNOWN_MIGRANTS, SECTORS, SEXES, SIZES, STANDINGS
from guildhall.synth import arrow
from guildhall.synth.identity import REGION, IdentityMaker
from guildhall.synth.integers import happens, largest_remainder, spin, stream, wheel
from guildhall.synth.ladder import NEVER, Ladder
from guildhall.synth.land import Land
from guildhall.synth.organisations import Organisations
from guildhall.synth.people import GROUPS, NO_SECTOR, SEEKER, STUDENT, People
from guildhall.synth.plan import OUTSIDE, TOP, Plan, day_number, month_starts
from guildhall.synth.work import NOBODY, OPEN, Work

ROWS = 1 << 19
"""Rows of a row group: fixed, so that the same people give the same bytes."""
Write = Callable[[pa.Table], None]


@dataclass(frozen=True)
class Days:
    """By day number from `first`: the year, and the first day of the month that begins on or after it."""

    first: int
    year: NDArray[np.int16]
    next_month: NDArray[np.int32]

    @classmethod
    def until(cls, end: date) -> Days:
        """Ninety years back from the end of the next year."""
        first, last = day_number(date(end.year - 90, 1, 1)), day_number(date(end.year + 2, 1, 1))
        months = np.arange(np.datetime64(first - 1, "D"), np.datetime64(last - 1, "D")).astype("datetime64[M]")
        days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D"))
        years = days.astype("datetime64[Y]").astype(np.int64) + 1970
        return cls(first, years.astype(np.int16), (months + 1).astype("datetime64[D]").astype(np.int32))


@dataclass(frozen=True)
class City:
    """Everything the writer needs, made once."""

    plan: Plan
    land: Land
    people: People
    work: Work
    ladder: Ladder
    organisations: Organisations

    def prepare(self) -> None:
        """Makes what several threads will read, so that none of it is made twice."""
        _ = self.occupation, self.body_wheels, self.days

    @cached_property
    def occupation(self) -> NDArray[np.uint8]:
        """The occupation of each person (position in `occupations`), drawn by the cluster or sector of the job, or the person's sector."""
        wheels = self._wheels
        clusters = len(self.plan.city.clusters)
        firms = self.work.enterprises
        kind = self.people.sector.astype(np.int32) + clusters
        at_work = np.flatnonzero(self.work.employer != NOBODY)
        cluster = firms.cluster[self.work.employer[at_work]]
        kind[at_work] = np.where(cluster >= 0, cluster, clusters + firms.sector[self.work.employer[at_work]])
        kind[self.people.sector == NO_SECTOR] = clusters
        return spin(wheels, kind, stream(self.plan.seed, "occupations")).astype(np.uint8)

    @cached_property
    def occupations(self) -> list[str]:
        """Codes of the occupations that people of the model have."""
        return list(dict.fromkeys(row for row, _ in self.plan.book.table("occupation")))

    @cached_property
    def body_wheels(self) -> NDArray[np.uint16]:
        """For each unit, a wheel over the assessment bodies: its own eight times as likely as another unit's."""
        units = self.organisations.body_units.tolist()
        return np.stack([wheel([8 if unit == here else 1 for unit in units]) for here in range(len(self.land.units))])

    @cached_property
    def days(self) -> Days:
        """What the calendar says of each day a record can have."""
        return Days.until(self.plan.city.reference_date)

    @cached_property
    def _wheels(self) -> NDArray[np.uint16]:
        """A wheel per cluster, then per sector; a cluster without a column of its own draws like its sector."""
        book, clusters = self.plan.book, [cluster.cluster for cluster in self.plan.city.clusters]
        table = book.table("occupation")
        kinds = [*clusters, *SECTORS]
        known = {column for _, column in table}
        home = {cluster: sector for cluster, sector in book.table("cluster")}
        columns = [kind if kind in known else home.get(kind, kind) for kind in kinds]
        weights = [[table.get((row, column), Fraction(0)) for row in self.occupations] for column in columns]
        if nothing := [kind for kind, row in zip(kinds, weights, strict=True) if not sum(row)]:
            raise GuildhallError(
                f"Table occupation of city {self.plan.city.id} has no occupation for {nothing[0]}",
                why="everyone at work has one; a cluster without a column of its own takes that of its sector in table cluster",
                next="add a row to assumptions.csv",
            )
        return np.stack([wheel(row) for row in weights])


def write_people(city: City, write: Write) -> None:
    """Rows of `registry.workers`."""
    land, people, weight = city.land, city.people, weights(city)
    places, node = land.places, nodes(land, people)
    group_standing = np.zeros(SEEKER + 1, np.int8)
    group_standing[STUDENT], group_standing[SEEKER] = STANDINGS.index("student"), STANDINGS.index("job_seeker")
    first = int(people.birth_month.min())
    starts = np.array(month_starts(range(first, int(people.birth_month.max()) + 1)), np.int32)
    for a in range(0, len(people), ROWS):
        b = min(a + ROWS, len(people))
        columns = [
            arrow.keys(np.arange(a + 1, b + 1)),
            arrow.days(starts[people.birth_month[a:b] - first]),
            arrow.codes(people.sex[a:b], SEXES),
            arrow.codes(people.education[a:b], KNOWN_EDUCATIONS),
            arrow.codes(people.migrant[a:b], KNOWN_MIGRANTS),
            arrow.codes(group_standing[people.group[a:b]], STANDINGS),
            arrow.names(node[a:b], places),
            arrow.keys(weight[a:b]),
        ]
        write(_table(tables.WORKERS, columns))


def weights(city: City) -> NDArray[np.int64]:
    """How many real people each row stands for: in every level and standing two neighbouring whole numbers that add up to all of them."""
    names = [*GROUPS, *OUTSIDE, *TOP]
    stratum = city.people.group.copy()
    held = city.ladder.appointments
    order = np.argsort(held.level, kind="stable")  # a chief technician was special-grade before: the highest comes last and counts
    stratum[held.person[order]] = len(GROUPS) + len(OUTSIDE) + held.level[order].astype(np.uint8)
    found = np.empty(len(stratum), np.int64)
    for n, name in enumerate(names):
        here = np.flatnonzero(stratum == n)
        found[here] = np.diff(np.arange(len(here) + 1) * city.plan.real[name] // max(len(here), 1))
    return found


def nodes(land: Land, people: People) -> NDArray[np.uint8]:
    """The place each person is recorded at (position in `land.places`): the unit, or one of its nodes by share."""
    found, before = np.empty(len(people), np.uint8), 0
    for unit, (a, b) in enumerate(zip(people.starts, people.starts[1:], strict=False)):
        counts = largest_remainder([share for _, share in land.nodes[unit]], b - a)
        found[a:b] = np.repeat(np.arange(before, before + len(counts), dtype=np.uint8), counts)
        before += len(counts)
    return found


def write_identity(maker: IdentityMaker, write: Write) -> None:
    """Rows of `registry.identity`."""
    for a in range(0, len(maker.people), ROWS):
        b = min(a + ROWS, len(maker.people))
        write(_table(tables.IDENTITY, [arrow.keys(np.arange(a + 1, b + 1)), *maker.columns(a, b)]))


def write_certificates(city: City, write: Write, write_number: Write) -> None:
    """Rows of `registry.certificates` and their numbers: by holder and level, the few appointments last."""
    done = 0
    for a in range(0, len(city.ladder.person), ROWS):
        issued = city.ladder.issued[a : a + ROWS]
        row, level = np.nonzero(issued != NEVER)
        person = city.ladder.person[a : a + ROWS][row]
        done += _certificates(city, person, level, issued[row, level], a, done, write, write_number)
    _appointments(city, done, write, write_number)


def _certificates(
    city: City,
    person: NDArray[np.intp],
    level: NDArray[np.intp],
    day: NDArray[np.int32],
    a: int,
    done: int,
    write: Write,
    write_number: Write,
) -> int:
    n = len(person)
    chance = stream(city.plan.seed, "issuers", a)
    employer = city.work.employer[person]
    firms = city.work.enterprises
    own = (employer != NOBODY) & (day >= city.work.since[person]) & happens(chance, city.plan.book.model("employer_certificate_share"), n)
    own &= (firms.size[employer] <= SIZES.index("medium")) | firms.above_scale[employer]
    body = spin(city.body_wheels, city.people.unit[person], chance)
    issuer = np.where(own, employer + city.organisations.first_enterprise, city.organisations.bodies[body])
    keys = np.arange(done + 1, done + n + 1)
    nothing = np.ones(n, np.bool_)
    write(_table(tables.CERTIFICATES, [
        arrow.keys(keys), arrow.keys(person + 1), arrow.same_code("skill_level", n), arrow.codes(level, CERTIFIED),
        arrow.names(city.occupation[person], city.occupations), arrow.keys(issuer),
        arrow.codes(np.where(own, 0, 1), tables.CERTIFICATE_SOURCES), arrow.days(day), arrow.days(np.zeros(n, np.int32), nothing),
    ]))  # fmt: skip
    letters = np.frombuffer(b"54321", np.uint8)[level]
    write_number(_table(tables.CERTIFICATE_NUMBERS, [arrow.keys(keys), _numbers(city, keys, own, issuer, day, letters)]))
    return n


def _appointments(city: City, done: int, write: Write, write_number: Write) -> None:
    """Appointments, and numbers for the levels that a certificate is issued for: the others are posts."""
    found = city.ladder.appointments
    n = len(found.person)
    keys = np.arange(done + 1, done + n + 1)
    issuer = city.work.employer[found.person].astype(np.int64) + city.organisations.first_enterprise
    level = found.level + CERTIFIED.index("LT")
    day = found.start.astype(np.int32)
    write(_table(tables.CERTIFICATES, [
        arrow.keys(keys), arrow.keys(found.person + 1), arrow.same_code("appointment", n), arrow.codes(level, CERTIFIED),
        arrow.names(city.occupation[found.person], city.occupations), arrow.keys(issuer),
        arrow.codes(np.zeros(n, np.int8), tables.CERTIFICATE_SOURCES), arrow.days(day), arrow.days(found.end, found.end == 0),
    ]))  # fmt: skip
    by_certificate = {rung.code for rung in city.plan.city.levels if rung.certificate}
    at = np.flatnonzero(np.array([name in by_certificate for name in TOP])[found.level])
    letters = np.frombuffer(b"TS", np.uint8)[found.level[at]]
    numbers = _numbers(city, keys[at], np.ones(len(at), np.bool_), issuer[at], day[at], letters)
    write_number(_table(tables.CERTIFICATE_NUMBERS, [arrow.keys(keys[at]), numbers]))


def _numbers(
    city: City, keys: NDArray[np.int64], own: NDArray[np.bool_], issuer: NDArray[np.int64], day: NDArray[np.int32], level: NDArray[np.uint8]
) -> pa.StringArray:
    """22 characters: who issued, body 0000 (not filed with the ministry), province 99, body and site, year, level, serial.

    Every body that has not filed shares 0000, so the province alone keeps these apart from real numbers: 99 was never
    assigned (GB/T 2260). Site and serial together count all certificates of the city, so no two numbers agree.
    """
    letters = np.empty((len(keys), 22), np.uint8)
    letters[:, 0] = np.where(own, ord("Y"), ord("S"))
    letters[:, 1:7] = arrow.text("0000" + REGION)
    letters[:, 7:11] = _FOUR[issuer % 10_000]
    letters[:, 11:13] = _TWO[keys // 1_000_000 % 100]
    letters[:, 13:15] = _TWO[city.days.year[day - city.days.first] % 100]
    letters[:, 15] = level
    letters[:, 16:19], letters[:, 19:] = _THREE[keys // 1000 % 1000], _THREE[keys % 1000]
    return arrow.fixed_text(letters)


_TWO, _THREE, _FOUR = arrow.digits(0, 100, 2), arrow.digits(0, 1000, 3), arrow.digits(0, 10_000, 4)


def write_employment(city: City, write: Write) -> None:
    """Rows of `registry.employment_spells`; the occupation of an earlier job is the present one."""
    spells = city.work.spells
    for a in range(0, len(spells.person), ROWS):
        part = slice(a, a + ROWS)
        person, end = spells.person[part], spells.end[part]
        write(_table(tables.EMPLOYMENT, [
            arrow.keys(np.arange(a + 1, a + len(person) + 1)), arrow.keys(person + 1),
            arrow.keys(spells.enterprise[part] + city.organisations.first_enterprise),
            arrow.names(city.occupation[person], city.occupations, city.people.group[person] >= len(GROUPS)),
            arrow.codes(spells.contract[part], KNOWN_CONTRACTS), arrow.days(spells.start[part]), arrow.days(end, end == OPEN),
        ]))  # fmt: skip


def insured_spells(city: City) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """The spells of work that are insured, with the first day of the first insured month and of the first not insured (OPEN: lasts)."""
    spells, plan = city.work.spells, city.plan
    insured = np.flatnonzero(happens(stream(plan.seed, "insured"), plan.book.model("insured_share"), len(spells.person)))
    today = day_number(plan.city.reference_date)
    start, end = city.days.next_month[spells.start[insured] - city.days.first], spells.end[insured]
    over = end != OPEN
    end[over] = city.days.next_month[end[over] - city.days.first]
    keep = (start < end) & (start <= today)
    return insured[keep], start[keep], end[keep]


def write_insurance(city: City, write: Write) -> None:
    """Rows of `registry.insurance_spells`: whole months of the unemployment scheme for the insured share of jobs."""
    spells = city.work.spells
    insured, start, end = insured_spells(city)
    for a in range(0, len(insured), ROWS):
        at = insured[a : a + ROWS]
        until = end[a : a + ROWS]
        write(_table(tables.INSURANCE, [
            arrow.keys(np.arange(a + 1, a + len(at) + 1)), arrow.keys(spells.person[at] + 1),
            arrow.keys(spells.enterprise[at] + city.organisations.first_enterprise), arrow.same_code("unemployment", len(at)),
            arrow.days(start[a : a + ROWS]), arrow.days(until, until == OPEN),
        ]))  # fmt: skip


def _table(declared: Table, columns: list[pa.Array]) -> pa.Table:
    return pa.Table.from_arrays(columns, schema=declared.schema)
