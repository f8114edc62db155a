"""The one writer: makes a city and writes every table of the registry, of the occupations and of what incentives rest on into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from guildhall.city.model import City as Pack
from guildhall.incentives import tables as incentives
from guildhall.kernel.runs import Folder, FolderWriter, digest, write_folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables
from guildhall.skills.tables import OCCUPATIONS
from guildhall.synth import benefits, records, reports
from guildhall.synth.identity import IdentityMaker
from guildhall.synth.jobs import demand
from guildhall.synth.ladder import ladder
from guildhall.synth.land import land
from guildhall.synth.organisations import organisations
from guildhall.synth.people import Quality, outside_joint, settle, worker_joint
from guildhall.synth.plan import Plan, fitted, plan
from guildhall.synth.work import work

VERSION = "5"
"""Raise when the same pack, scale and seed no longer give the same city."""
Progress = Callable[[int, int], None]

_DICTIONARY = pa.types.is_dictionary


def settings(declared: Table) -> dict[str, Any]:
    """Parquet settings of a table: words and dates by dictionary, keys as differences, text as bytes with lengths apart."""
    by_word = [c.name for c in declared.columns if _DICTIONARY(c.type) or pa.types.is_date(c.type) or pa.types.is_boolean(c.type)]
    by_word += [c.name for c in declared.columns if c.name == "weight"]
    encoding = {c.name: "DELTA_BINARY_PACKED" for c in declared.columns if pa.types.is_integer(c.type) and c.name not in by_word}
    encoding |= {c.name: "DELTA_LENGTH_BYTE_ARRAY" for c in declared.columns if pa.types.is_string(c.type)}
    return {"use_dictionary": by_word, "column_encoding": encoding, "data_page_size": 1 << 20, "version": "2.6"}


def build(city: Pack, *, scale: Fraction | Decimal, seed: int, out: Path, progress: Progress | None = None) -> Folder:
    """Writes the synthetic city of a pack at `scale` in (0, 1] to the folder `out`, and returns it.

    The same pack, scale, seed and version give the same bytes on every machine. `progress` is called with parts done and
    parts in all. Raises GuildhallError where the pack's numbers contradict each other or the scale is too small.
    """
    targets = plan(city, scale=scale, seed=seed)
    bar = _Bar(progress)
    meta = {
        "synthetic": True,
        "city": city.id,
        "pack_version": city.digest,
        "scale": _decimal(targets.scale),
        "seed": seed,
        "calibrated": fitted(targets),
    }
    identity = digest([city.digest, meta["scale"], seed, VERSION])[:16]
    as_of = city.reference_date.isoformat()

    def fill(writer: FolderWriter) -> None:
        meta["fit"] = _fill(targets, writer, bar)

    return write_folder(out, id=identity, kind="city", version=VERSION, as_of=as_of, meta=meta, fill=fill)


def _decimal(scale: Fraction) -> str:
    return format((Decimal(scale.numerator) / Decimal(scale.denominator)).normalize(), "f")


@dataclass
class _Bar:
    """Counts finished parts for a progress bar, from any thread."""

    report: Progress | None
    done: int = 0
    parts: int = 11

    def __post_init__(self) -> None:
        self._lock = Lock()

    def step(self) -> None:
        with self._lock:
            self.done += 1
            if self.report:
                self.report(self.done, self.parts)


def _fill(targets: Plan, writer: FolderWriter, bar: _Bar) -> dict[str, Any]:
    """Makes the people, then writes identities beside the making of jobs and certificates: two cores, one result."""
    ground = land(targets.book)
    wanted = demand(targets, ground)
    workers = worker_joint(targets, ground, wanted.by_unit(len(ground.units)))
    outside = outside_joint(targets, ground)
    bar.step()
    people = settle(targets, workers, outside)
    bar.step()
    with ThreadPoolExecutor(2) as pool:

        def private() -> None:
            with _streams(writer, tables.IDENTITY) as (write,):
                records.write_identity(IdentityMaker(targets, people), write)
            bar.step()

        waiting = [pool.submit(private)]
        employed = work(targets, ground, people, wanted)
        bar.step()
        rungs = ladder(targets, people, employed)
        bar.step()
        firms = organisations(targets, ground, employed.enterprises)
        city = records.City(targets, ground, people, employed, rungs, firms)
        city.prepare()
        waiting.append(pool.submit(_small_tables, city, writer, bar))
        waiting.append(pool.submit(_spells, city, writer, bar))
        with _streams(writer, tables.CERTIFICATES, tables.CERTIFICATE_NUMBERS) as (write, write_number):
            records.write_certificates(city, write, write_number)
        bar.step()
        _benefits(city, writer, bar)
        for task in waiting:
            task.result()
    return {"workers": _quality(workers.quality), "outside work": _quality(outside.quality)}


def _quality(quality: Quality) -> dict[str, Any]:
    """The fit in numbers that print the same everywhere."""
    return {
        "rounds": quality.rounds,
        "largest_miss_ppm": round(quality.fitted * 1e6, 3),
        "people_miss_ppm": {name: round(value * 1e6, 1) for name, value in asdict(quality)["people"].items()},
    }


def _small_tables(city: records.City, writer: FolderWriter, bar: _Bar) -> None:
    pack = city.plan.city
    for declared, rows in (
        (tables.PLACES, pack.places),
        (tables.PLACE_PARENTS, pack.parents),
        (tables.PLACE_SUCCESSORS, pack.successors),
        (OCCUPATIONS, pack.occupations),
    ):
        writer.add(declared, _from_rows(declared, rows))
    writer.add(tables.ORGANISATIONS, city.organisations.table)
    writer.add(tables.FEED_DAYS, reports.feed_days(city))
    writer.add(tables.ALIASES, tables.ALIASES.schema.empty_table())
    with _streams(writer, tables.WORKERS) as (write,):
        records.write_people(city, write)
    bar.step()


def _from_rows(declared: Table, rows: tuple[Any, ...]) -> pa.Table:
    """A small table from the pack's own records; empty texts become empty cells where they may."""
    return declared.build({column.name: [_cell(row, column.name, column.nullable) for row in rows] for column in declared.columns})


def _cell(row: Any, name: str, nullable: bool) -> Any:
    language = name.removeprefix("name_") if name.startswith("name_") else ""
    value = getattr(row.name, language) if language else getattr(row, name, None)
    if isinstance(value, Decimal):
        return float(value)
    return None if nullable and value == "" else value


def _spells(city: records.City, writer: FolderWriter, bar: _Bar) -> None:
    with _streams(writer, tables.EMPLOYMENT) as (write,):
        records.write_employment(city, write)
    bar.step()
    with _streams(writer, tables.INSURANCE) as (write,):
        records.write_insurance(city, write)
    bar.step()
    with _streams(writer, tables.REPORTED) as (write,):
        reports.write_reports(city, write)
    bar.step()


def _benefits(city: records.City, writer: FolderWriter, bar: _Bar) -> None:
    with _streams(writer, incentives.BUSINESSES, incentives.EMPLOYER_YEARS) as (business, year):
        benefits.write_businesses(city, business)
        benefits.write_employer_years(city, year)
    with _streams(writer, incentives.GRANTS, incentives.COURSES, incentives.STATEMENTS) as (grant, course, said):
        benefits.write_grants(city, grant, course, said)
    bar.step()


@contextmanager
def _streams(writer: FolderWriter, *declared: Table) -> Iterator[list[Callable[[pa.Table], None]]]:
    """Open streams of some tables with the settings of each."""
    with ExitStack() as stack:
        yield [stack.enter_context(writer.stream(table, **settings(table))) for table in declared]
