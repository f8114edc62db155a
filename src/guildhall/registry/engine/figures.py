"""The figures that the registry computes from its own records."""

from __future__ import annotations

from datetime import date
from typing import Any

from guildhall.kernel.backends import Tables
from guildhall.kernel.figures import Context, Figure
from guildhall.kernel.tables import Text
from guildhall.registry.engine.levels import PARAMETER, Held, Scale, count_where, in_force, levels_at

_CERTIFICATES = ("registry.certificates",)
_TOP = ("LT", "LS")


def skilled(tables: Tables, context: Context) -> Any:
    """People who hold a certificate of any counted level on the date."""
    return count_where(Held.of(context).skilled(levels_at(tables, context).held, context.on))


def highly_skilled(tables: Tables, context: Context) -> Any:
    return count_where(Held.of(context).high(levels_at(tables, context).held, context.on))


def high_share(tables: Tables, context: Context) -> Any:
    return highly_skilled(tables, context), skilled(tables, context)


def _on_rung(level: str) -> Any:
    def compute(tables: Tables, context: Context) -> Any:
        held, ordinal = Held.of(context), Scale.of(context).ordinals[level]
        return count_where(held.rung(levels_at(tables, context).held, context.on, ordinal))

    return compute


def _top(tables: Tables, context: Context, on: date) -> Any:
    lowest = min(Scale.of(context).ordinals[level] for level in _TOP)
    return count_where(Held.of(context).above(levels_at(tables, context).held, on, lowest))


def top_growth(tables: Tables, context: Context) -> Any:
    before = _top(tables, context, context.year_before)
    return _top(tables, context, context.on) - before, before


def newly_high(tables: Tables, context: Context) -> Any:
    held, levels = Held.of(context), levels_at(tables, context).held
    return count_where(held.high(levels, context.on) & ~held.high(levels, context.year_before))


def _organisations(kind: str) -> Any:
    def compute(tables: Tables, context: Context) -> Any:
        return count_where(tables["registry.organisations"].kind == kind)

    return compute


def students(tables: Tables, context: Context) -> Any:
    return count_where(tables["registry.workers"].standing == "student")


def park_workers(tables: Tables, context: Context) -> Any:
    """Distinct people employed on the date by an organisation whose place is a park."""
    spells, organisations, places = (tables[f"registry.{name}"] for name in ("employment_spells", "organisations", "places"))
    parks = places.filter(places.kind == "park").select("place_id")
    inside = organisations.semi_join(parks, organisations.place == parks.place_id).select("organisation_id")
    working = spells.filter(in_force(spells.started_on, spells.ended_on, context.on))
    # Distinct rows counted, not a distinct count: the same number in two thirds of the time.
    return working.semi_join(inside, "organisation_id").select("worker_id").distinct().count().cast("int64")


FIGURES = (
    Figure(
        "skilled.count",
        "persons",
        Text(
            "基准日持有任一等级有效证书的人数；学徒不计",
            "people holding a valid certificate of any level on the date; apprentices do not count",
        ),
        _CERTIFICATES,
        skilled,
        (PARAMETER,),
    ),
    Figure(
        "skilled.high_share",
        "percent",
        Text("高级工及以上人数 ÷ 技能人才人数", "people at senior worker (L3) or above ÷ skilled workers"),
        _CERTIFICATES,
        high_share,
        (PARAMETER,),
    ),
    Figure(
        "highskilled.count",
        "persons",
        Text("基准日最高等级为高级工及以上的人数", "people whose highest level on the date is senior worker or above"),
        _CERTIFICATES,
        highly_skilled,
        (PARAMETER,),
    ),
    Figure(
        "highskilled.new",
        "persons",
        Text("基准日为高级工及以上、一年前不是的人数", "people at senior worker or above on the date who were not a year earlier"),
        _CERTIFICATES,
        newly_high,
        (PARAMETER,),
    ),
    Figure(
        "ladder.special_grade",
        "persons",
        Text("基准日最高等级为特级技师的人数", "people whose highest level on the date is special-grade technician"),
        _CERTIFICATES,
        _on_rung("LT"),
        (PARAMETER,),
    ),
    Figure(
        "ladder.chief",
        "persons",
        Text("基准日最高等级为首席技师的人数", "people whose highest level on the date is chief technician"),
        _CERTIFICATES,
        _on_rung("LS"),
        (PARAMETER,),
    ),
    Figure(
        "ladder.top_growth",
        "percent",
        Text(
            "（基准日 − 一年前）÷ 一年前，特级与首席技师合计",
            "(date − a year earlier) ÷ a year earlier, special-grade and chief technicians together",
        ),
        _CERTIFICATES,
        top_growth,
        (PARAMETER,),
    ),
    Figure(
        "academies.count",
        "count",
        Text("登记的工匠学院数", "artisan academies on record"),
        ("registry.organisations",),
        _organisations("academy"),
    ),
    Figure(
        "colleges.schools",
        "count",
        Text("登记的高等职业院校数", "higher vocational colleges on record"),
        ("registry.organisations",),
        _organisations("college"),
    ),
    Figure(
        "colleges.list",
        "count",
        Text("登记的高等职业院校数", "higher vocational colleges on record"),
        ("registry.organisations",),
        _organisations("college"),
    ),
    Figure(
        "parks.count",
        "count",
        Text("登记的产业园区数", "industrial parks on record"),
        ("registry.organisations",),
        _organisations("park"),
    ),
    Figure(
        "parks.workers",
        "persons",
        Text("基准日在园区内单位在岗的人数（去重）", "distinct people at work on the date in organisations that stand in a park"),
        ("registry.employment_spells", "registry.organisations", "registry.places"),
        park_workers,
    ),
    Figure(
        "students.vocational",
        "persons",
        Text("登记身份为职业院校学生的人数", "people on record as vocational students"),
        ("registry.workers",),
        students,
    ),
)
