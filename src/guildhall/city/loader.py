"""Opens a pack: reads every file, finds every fault, and makes the city when there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from guildhall.city import files
from guildhall.city.columns import File
from guildhall.city.geography import geography_faults
from guildhall.city.integrity import integrity_faults
from guildhall.city.model import City, Park, Place, home_of, territory
from guildhall.city.reading import Sheet, read_sheet, row_of_key
from guildhall.city.rulechecks import rule_faults
from guildhall.city.rulefiles import FOLDER, RuleSheet, rule_sheets
from guildhall.city.settings import Settings, settings_of
from guildhall.city.totals import COUNTED, total_faults
from guildhall.city.validity import validity_faults
from guildhall.kernel.calendar import SpecialDay, WorkCalendar
from guildhall.kernel.calendar import faults as calendar_faults
from guildhall.kernel.errors import Fault, FaultsFound, NotFound

PACKS = Path(__file__).parent / "packs"


def folder_of(pack: str | Path) -> Path:
    """The folder of a built-in pack by name, or of one anywhere else by path. Raises NotFound."""
    built_in = PACKS / str(pack)
    folder = built_in if str(pack) in names() else Path(pack)
    if not folder.is_dir():
        raise NotFound(
            f"No city pack {pack}",
            why=f"it is neither built in ({', '.join(names())}) nor a folder",
            next="`guildhall city new NAME` makes one",
        )
    return folder


def names() -> list[str]:
    """The built-in packs."""
    return sorted(path.name for path in PACKS.iterdir() if (path / files.SETTINGS).is_file())


def check(pack: str | Path) -> list[Fault]:
    """Every fault of a pack, with file, row and column; an empty list when it can be loaded."""
    return _open(folder_of(pack))[1]


def load(pack: str | Path) -> City:
    """The city of a built-in pack or of a folder. Raises NotFound, and FaultsFound with every fault."""
    folder = folder_of(pack)
    city, faults = _open(folder)
    if city is None:
        raise FaultsFound(
            f"The city pack {pack} has {len(faults)} faults", faults, next=f"correct the rows, then `guildhall city check {pack}`"
        )
    return city


def _open(folder: Path) -> tuple[City | None, list[Fault]]:
    settings, faults = settings_of(folder, COUNTED)
    sheets: dict[str, Sheet[Any]] = {file.name: read_sheet(folder, file) for file in files.FILES}
    for sheet in sheets.values():
        faults.extend(sheet.faults)
    rules = rule_sheets(folder, sheets[files.PLACES.name].keys)
    faults.extend(fault for sheet in rules for fault in sheet.faults)
    faults.extend(_strays(folder))
    faults.extend(integrity_faults(sheets, settings.regions if settings else None))
    if settings:
        faults.extend(_meaning(folder, settings, sheets))
        faults.extend(rule_faults(rules, settings.root, home_of(settings.root, sheets[files.PLACES.name].records)))
    if faults or settings is None:
        return None, sorted(set(faults), key=lambda fault: (fault.file, fault.row, fault.column, fault.what))
    return _city(folder, settings, sheets, rules), []


def _meaning(folder: Path, settings: Settings, sheets: Mapping[str, Sheet[Any]]) -> Iterator[Fault]:
    """Faults that show only when the files are read together."""
    yield from _calendar(folder, settings, sheets[files.HOLIDAYS.name])
    if not all(sheets[file.name].stands for file in (files.PLACES, files.PARENTS, files.SUCCESSORS)):
        return
    if settings.root not in sheets[files.PLACES.name].keys:
        at = row_of_key(folder / files.SETTINGS, "root")
        yield Fault(files.SETTINGS, at, "root", f"{settings.root!r} is not in {files.PLACES.name}", "name the place at the top")
        return
    tree = territory(*(sheets[file.name].records for file in (files.PLACES, files.PARENTS, files.SUCCESSORS)))
    yield from geography_faults(sheets, tree, settings.root)
    yield from validity_faults(sheets)
    yield from total_faults(folder, sheets, tree, settings.totals)


def _calendar(folder: Path, settings: Settings, holidays: Sheet[SpecialDay]) -> Iterator[Fault]:
    if holidays.sound:
        yield from calendar_faults(holidays.sound, file=files.HOLIDAYS.name)
    known = {day.date.year for day in holidays.records}
    for year in settings.published_years if holidays.stands else ():
        if year not in known:
            at = row_of_key(folder / files.SETTINGS, "published_years")
            yield Fault(
                files.SETTINGS, at, "published_years", f"{year} has no rows in {files.HOLIDAYS.name}", "add them, or leave the year out"
            )


def _strays(folder: Path) -> list[Fault]:
    known = {file.name for file in files.FILES}
    strays = sorted(path.name for path in folder.glob("*.csv") if path.name not in known)
    return [Fault(name, 0, "", "no such file is read", f"the files are {', '.join(sorted(known))}") for name in strays]


def _digest(folder: Path) -> str:
    """sha256 over the names and bytes of every file that makes the city."""
    total = hashlib.sha256()
    rules = (f"{FOLDER}/{path.name}" for path in (folder / FOLDER).glob("*.toml"))
    for name in sorted([files.SETTINGS, *(file.name for file in files.FILES), *rules]):
        total.update(f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _city(folder: Path, settings: Settings, sheets: Mapping[str, Sheet[Any]], rules: list[RuleSheet]) -> City:
    def rows(file: File[Any]) -> tuple[Any, ...]:
        return sheets[file.name].records

    special_days = rows(files.HOLIDAYS)
    return City(
        id=settings.id,
        name=settings.name,
        root=settings.root,
        reference_date=settings.reference_date,
        version=settings.version,
        digest=_digest(folder),
        folder=folder,
        regions=settings.regions,
        totals=settings.totals,
        calendar=WorkCalendar.of(special_days, settings.published_years),
        special_days=special_days,
        sources=rows(files.SOURCES),
        levels=tuple(sorted(rows(files.LEVELS), key=lambda level: level.ordinal)),
        places=rows(files.PLACES),
        parents=rows(files.PARENTS),
        successors=rows(files.SUCCESSORS),
        place_facts=rows(files.PLACE_FACTS),
        tiles=rows(files.TILES),
        parks=_named(rows(files.PARKS), rows(files.PLACES)),
        colleges=rows(files.COLLEGES),
        academies=rows(files.ACADEMIES),
        clusters=rows(files.CLUSTERS),
        occupations=rows(files.OCCUPATIONS),
        figures=rows(files.FIGURES),
        series=rows(files.SERIES),
        minimum_wages=rows(files.MINIMUM_WAGES),
        minimum_wage_tiers=rows(files.MINIMUM_WAGE_TIERS),
        marginal_cells=rows(files.MARGINALS),
        assumption_cells=rows(files.ASSUMPTIONS),
        instruments=tuple(sheet.instrument for sheet in rules if sheet.instrument),
    )


def _named(parks: tuple[Park, ...], places: tuple[Place, ...]) -> tuple[Park, ...]:
    name = {place.place_id: place.name for place in places}
    return tuple(replace(park, name=name[park.place_id]) for park in parks)
