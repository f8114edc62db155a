"""The organisations of the city: those of the pack, and generated academies, assessment bodies and enterprises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guildhall.city.model import College
from guildhall.kernel.tables import Text
from guildhall.registry.tables import ORGANISATIONS, SECTORS, SIZES
from guildhall.synth import arrow
from guildhall.synth.enterprises import Enterprises
from guildhall.synth.integers import largest_remainder, nearest
from guildhall.synth.land import Land
from guildhall.synth.names import SECTOR_NAMES
from guildhall.synth.plan import Plan

GENERATED = ("own-assumption", "generated")


@dataclass(frozen=True)
class Organisation:
    """One row before it gets a key."""

    code: str
    kind: str
    name: Text
    place: str
    source: str
    status: str
    cluster: str | None = None
    sector: str | None = None
    size: str | None = None
    above_scale: bool = False


@dataclass(frozen=True)
class Organisations:
    """The table, the key of the first enterprise, and the keys and units of the assessment bodies."""

    table: pa.Table
    first_enterprise: int
    bodies: NDArray[np.int64]
    body_units: NDArray[np.int64]


def organisations(plan: Plan, land: Land, firms: Enterprises) -> Organisations:
    """Every organisation under a key of its own, those kept whole first."""
    bodies = list(_bodies(plan, land))
    fixed = [*_parks(plan), *_schools(plan), *_academies(plan, land)]
    rows = [*fixed, *(body for body, _ in bodies)]
    names = ("code", "kind", "cluster", "sector", "size", "place", "above_scale", "source", "status")
    columns: dict[str, object] = {name: [getattr(row, name) for row in rows] for name in names}
    columns |= {
        "organisation_id": np.arange(1, len(rows) + 1),
        "name_zh": [row.name.zh for row in rows],
        "name_en": [row.name.en for row in rows],
    }
    first = len(rows) + 1
    table = pa.concat_tables([ORGANISATIONS.build(columns), _enterprises(plan, land, firms, first)]).unify_dictionaries().combine_chunks()
    keys = np.arange(len(fixed) + 1, first, dtype=np.int64)
    return Organisations(table, first, keys, np.array([unit for _, unit in bodies], np.int64))


def _parks(plan: Plan) -> Iterator[Organisation]:
    for park in plan.city.parks:
        yield Organisation(park.place_id, "park", park.name, park.place_id, park.source, park.status)


def _schools(plan: Plan) -> Iterator[Organisation]:
    for college in plan.city.colleges:
        yield _school(plan, "college", college)


def _school(plan: Plan, kind: str, school: College) -> Organisation:
    """A school of the pack; where its district is unknown it stands in the city as a whole."""
    return Organisation(school.code, kind, school.name, school.place_id or plan.city.root, school.source, school.status)


def _academies(plan: Plan, land: Land) -> Iterator[Organisation]:
    """The named academies, and as many generated ones ("district × industry") as the published number asks for."""
    yield from (_school(plan, "academy", academy) for academy in plan.city.academies)
    missing = nearest(plan.book.figure("academies.count")) - len(plan.city.academies)
    clusters = plan.city.clusters
    turn = 0
    for unit, count in zip(land.units, largest_remainder(land.urban, max(missing, 0)), strict=True):
        place = plan.city.place[unit]
        for _ in range(count):
            cluster = clusters[turn % len(clusters)]
            turn += 1
            name = Text(
                f"{place.name.zh}{cluster.name.zh}工匠学院（示例）",
                f"{place.name.en} Artisan Academy of {in_sentence(cluster.name.en)} (example)",
            )
            yield Organisation(f"{plan.city.root}-academy-x{turn:02d}", "academy", name, unit, *GENERATED, cluster.cluster)


def _bodies(plan: Plan, land: Land) -> Iterator[tuple[Organisation, int]]:
    """Public assessment bodies, one at least in every unit while they last."""
    count = nearest(plan.book.model("assessment_bodies"))
    base = [1 if n < count else 0 for n in range(len(land.units))]
    more = largest_remainder(land.urban, count - sum(base))
    for n, (unit, bodies) in enumerate(zip(land.units, map(sum, zip(base, more, strict=True)), strict=True)):
        place = plan.city.place[unit]
        for number in range(1, bodies + 1):
            name = Text(f"{place.name.zh}示例技能评价机构{number:02d}", f"{place.name.en} example assessment body {number:02d}")
            yield Organisation(f"{unit}-body-{number:02d}", "assessment_body", name, unit, *GENERATED), n


def _enterprises(plan: Plan, land: Land, firms: Enterprises, first: int) -> pa.Table:
    """Enterprises under names that nobody could take for a real firm's: place, "example", trade, running number."""
    n, clusters = len(firms), plan.city.clusters
    trades = [*(SECTOR_NAMES[sector] for sector in SECTORS), *(cluster.name for cluster in clusters)]
    trade = np.where(firms.cluster >= 0, firms.cluster + len(SECTORS), firms.sector)
    units = [plan.city.place[unit].name for unit in land.units]
    unit = np.array([*land.park_unit, *range(len(units))])[firms.place]
    number = arrow.fixed_text(arrow.digits(1, n, 7))
    here, what = ({lang: _words(texts, at, lang) for lang in ("zh", "en")} for texts, at in ((units, unit), (trades, trade)))
    columns = {
        "organisation_id": np.arange(first, first + n),
        "code": _join("E", number),
        "kind": arrow.same_code("enterprise", n),
        "name_zh": _join(here["zh"], "示例", what["zh"], "企业", number),
        "name_en": _join(here["en"], " example enterprise ", number, " (", what["en"], ")"),
        "cluster": pa.DictionaryArray.from_arrays(
            pa.array(firms.cluster.astype(np.int8), mask=firms.cluster < 0), [c.cluster for c in clusters]
        ),
        "sector": arrow.codes(firms.sector, SECTORS),
        "size": arrow.codes(firms.size, SIZES),
        "above_scale": firms.above_scale,
        "place": _workplaces(land, firms, [park.place_id for park in plan.city.parks]),
        "source": arrow.names(np.zeros(n, np.int32), [GENERATED[0]]),
        "status": arrow.same_code(GENERATED[1], n),
    }
    return ORGANISATIONS.build(columns)


def _words(texts: Sequence[Text], at: NDArray[np.integer], language: str) -> pa.Array:
    return pa.array([text.in_(language) for text in texts]).take(pa.array(at))


def _join(*parts: str | pa.Array) -> pa.Array:
    """Texts put together element by element."""
    return pc.binary_join_element_wise(*parts, "")


def _workplaces(land: Land, firms: Enterprises, parks: Sequence[str]) -> list[str]:
    """The place of each enterprise: its park, or one of the unit's nodes, in turn by their share of people."""
    place = firms.place
    found = [parks[n] if n < len(parks) else "" for n in place.tolist()]
    for unit, nodes in enumerate(land.nodes):
        here = np.flatnonzero(place == len(parks) + unit)
        counts = largest_remainder([share for _, share in nodes], len(here))
        spread = np.repeat(np.arange(len(nodes)), counts)[np.argsort(np.arange(len(here)) * 7919 % max(len(here), 1), kind="stable")]
        for n, node in zip(here.tolist(), spread.tolist(), strict=True):
            found[n] = nodes[node][0]
    return found


def in_sentence(name: str) -> str:
    """A name as it stands inside another: its first letter small, unless the first word is an abbreviation."""
    first = name.split(maxsplit=1)[0]
    return name if len(first) > 1 and first[1].isupper() else name[:1].lower() + name[1:]
