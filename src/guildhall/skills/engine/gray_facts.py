"""The facts of the gray-collar question: of everybody as an Ibis table, and of one from rows, slowly and readably. Both give the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis

from guildhall.kernel.backends import Tables
from guildhall.registry.tables import CERTIFIED, KNOWN_EDUCATIONS
from guildhall.skills.engine.earlier import EARLIER_CODES
from guildhall.skills.tables import GRAY_COLLAR_FACTS

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

READS = (
    *("registry.places", "registry.aliases", "registry.workers", "registry.certificates", "registry.employment_spells"),
    "skills.occupations",
)
"""The tables of a snapshot that facts are worked out from."""
NOBODY_RECORDS = ("class_completed", "one_plus_x_held", "digitally_literate")
"""What no table holds of anybody: not known, and never a no."""
RANK = {level: n for n, level in enumerate(("none", *CERTIFIED))}
RANKED, DATED, KEYED = 1 << 57, 1 << 36, 1 << 36
"""One number orders by rank, then by day, then by key, so that a plain maximum finds the row that decides."""
Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


def facts(tables: Tables, *, on: date) -> Expression:
    """Every person on record once, whichever records were merged into theirs, with every column of the facts table but `definition`."""
    return described(tables, people(tables, on), on)


def people(tables: Tables, on: date) -> Expression:
    """Every person on record once: worker_id, birth_month, education, `ranked` (empty: no level) and `code`, the occupation as recorded."""
    held = tables.once(f"skills.gray.held.{on:%Y%m%d}", lambda _: _held(tables, on))
    jobs = tables.once(f"skills.gray.jobs.{on:%Y%m%d}", lambda _: _jobs(tables, on))
    rows = tables["registry.workers"].select("worker_id", "birth_month", "education")
    if _merged(tables):
        aliases = tables["registry.aliases"]
        rows = rows.anti_join(aliases, rows.worker_id == aliases.worker_id)
    rows = _beside(_beside(rows, "worker_id", held, "holder"), "worker_id", jobs, "employed")
    return rows.select("worker_id", "birth_month", "education", "ranked", code=rows.job.coalesce(rows.learned))


def described(tables: Tables, rows: Expression, on: date) -> Expression:
    """Rows of `people`, or of cases with its columns, with what the facts table says of them; other columns stay."""
    others = [name for name in rows.columns if name not in ("education", "ranked", "code")]
    occupations = tables["skills.occupations"]
    digital = occupations.filter(occupations["rank"] == "leaf").select(leaf="code", digital="digital")
    rows = _beside(rows.mutate(occupation=_now(rows.code)), "occupation", digital, "leaf")
    nothing = {column.name: ibis.null(_type(column.name)) for column in GRAY_COLLAR_FACTS.columns if column.name in NOBODY_RECORDS}
    return rows.select(
        *others,
        "occupation",
        "digital",
        place=ibis.literal(_city(tables)),
        asked_on=ibis.literal(on, type="date"),
        education=rows.education.isin(KNOWN_EDUCATIONS).ifelse(rows.education.cast("string"), ibis.null("string")),
        level=rows.ranked.fill_null(0).cases(*((n, level) for level, n in RANK.items()), else_=ibis.null("string")),
        major=rows.occupation.substr(0, 1),
        middle=rows.occupation.substr(0, 4),
        **nothing,
    )


def _type(column: str) -> str:
    return "boolean" if column == "digitally_literate" else "string"


def _city(tables: Tables) -> str:
    places = tables["registry.places"]
    found = tables.rows(places.filter(places.kind == "city").select("place_id").order_by("place_id").limit(1))
    return str(found[0]["place_id"]) if found else ""


def _merged(tables: Tables) -> bool:
    """Whether any two records were merged: most often none were, and the large tables need not be looked through."""
    return bool(tables.scalar(tables["registry.aliases"].count()))


def _of_persons(tables: Tables, rows: Expression) -> Expression:
    """Rows with `person`, the record that leads for their worker."""
    if not _merged(tables):
        return rows.mutate(person=rows.worker_id)
    aliases = tables["registry.aliases"].select(merged="worker_id", leads="merged_into_id")
    joined = rows.left_join(aliases, rows.worker_id == aliases.merged)
    return joined.mutate(person=joined.leads.coalesce(joined.worker_id)).drop("merged", "leads")


def _in_force(rows: Expression, start: str, end: str, on: date) -> Expression:
    return rows.filter(rows[start] <= on, rows[end].isnull() | (rows[end] > on))


def _day(day: Any) -> Any:
    return (day.year().cast("int64") * 512 + day.month() * 32 + day.day()).cast("int64")


def _now(code: Any) -> Any:
    """Today's code for one of before the classification of 2022."""
    text = code.cast("string")
    return text.cases(*EARLIER_CODES.items(), else_=text)


def _held(tables: Tables, on: date) -> Expression:
    """Per `holder`: `ranked`, the highest level in force, and `learned`, the occupation of it."""
    rows = _of_persons(tables, _in_force(tables["registry.certificates"], "issued_on", "valid_until", on))
    rank = rows.level.cast("string").cases(*((level, n) for level, n in RANK.items()), else_=0).cast("int64")
    marked = rows.select(
        holder="person", ranked=rank, code="occupation", mark=rank * RANKED + _day(rows.issued_on) * DATED + rows.certificate_id
    )
    return marked.group_by("holder").agg(ranked=marked.ranked.max(), learned=marked.code.cast("string").argmax(marked.mark))


def _jobs(tables: Tables, on: date) -> Expression:
    """Per person `employed`: the occupation of the job begun last, of those whose occupation is known."""
    rows = tables["registry.employment_spells"]
    rows = _of_persons(tables, _in_force(rows.filter(rows.occupation.notnull()), "started_on", "ended_on", on))
    marked = rows.select(employed="person", code="occupation", mark=_day(rows.started_on) * KEYED + rows.spell_id)
    return marked.group_by("employed").agg(job=marked.code.cast("string").argmax(marked.mark))


def _beside(rows: Expression, key: str, others: Expression, other: str) -> Expression:
    return rows.left_join(others, rows[key] == others[other]).drop(other)


def fact(rows: Rows, worker: Row, on: date) -> dict[str, object]:
    """The same of one person: the worker that leads, and every table of `READS` as rows."""
    mine = {worker["worker_id"], *(row["worker_id"] for row in rows["registry.aliases"] if row["merged_into_id"] == worker["worker_id"])}
    held = [row for row in _own(rows["registry.certificates"], mine) if _holds(row["issued_on"], row["valid_until"], on)]
    jobs = [row for row in _own(rows["registry.employment_spells"], mine) if _holds(row["started_on"], row["ended_on"], on)]
    best = max(held, key=lambda row: (RANK[row["level"]], row["issued_on"], row["certificate_id"]), default=None)
    job = max((row for row in jobs if row["occupation"]), key=lambda row: (row["started_on"], row["spell_id"]), default=None)
    code = job["occupation"] if job else best["occupation"] if best else None
    occupation = EARLIER_CODES.get(code, code) if code else None
    marks = {row["code"]: row["digital"] for row in rows["skills.occupations"] if row["rank"] == "leaf"}
    return {
        "worker_id": worker["worker_id"],
        "birth_month": worker["birth_month"],
        "occupation": occupation,
        "digital": marks.get(occupation) if occupation else None,
        "place": next((row["place_id"] for row in rows["registry.places"] if row["kind"] == "city"), ""),
        "asked_on": on,
        "education": worker["education"] if worker["education"] in KNOWN_EDUCATIONS else None,
        "level": best["level"] if best else "none",
        "major": occupation[:1] if occupation else None,
        "middle": occupation[:4] if occupation else None,
        **dict.fromkeys(NOBODY_RECORDS),
    }


def _own(rows: Iterable[Row], mine: set[int]) -> list[Row]:
    return [row for row in rows if row["worker_id"] in mine]


def _holds(start: date, end: date | None, on: date) -> bool:
    return start <= on and (end is None or on < end)
