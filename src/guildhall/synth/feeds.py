"""Files as other authorities send them, about the made-up people of a synthetic city; the same seed gives the same files.

For the demonstration. Each is a CSV with its day above the header, keeps to its contract, and holds a few rows that are wrong: a
number with a letter too few, and somebody who is in no register.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from guildhall.kernel.runs import Folder
from guildhall.registry import tables
from guildhall.synth.rosters import identity_number

ROWS = 120
STRANGER = 19_000
"""The number, among the made-up people of files, of somebody who is in no register."""
GROUPS = ("残疾人", "就业困难人员", "脱贫人口", "最低生活保障对象", "零就业家庭成员", "退役军人")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as files name them."""

    name: str
    number: str
    order: int


@dataclass(frozen=True)
class Source:
    """What rows are made from: people of the city, codes of its organisations, and the day the file speaks of."""

    people: Sequence[Listed]
    employers: Sequence[str]
    colleges: Sequence[str]
    bodies: Sequence[str]
    occupations: Sequence[str]
    as_of: date
    chance: random.Random


def feed_files(folder: Folder, occupations: Sequence[str], days: dict[str, date], *, rows: int = ROWS, seed: int = 7) -> dict[str, bytes]:
    """A file of each feed in `days`, which says what day it speaks of."""
    people, codes = _people(folder, rows * len(MADE)), _codes(folder)
    found = {}
    for at, kind in enumerate(MADE):
        if kind in days:
            chance = random.Random(f"{seed} {kind}")
            part = people[at * rows : (at + 1) * rows]
            source = Source(part, codes["enterprise"], codes["college"], codes["assessment_body"], occupations, days[kind], chance)
            found[kind] = _written(kind, source)
    return found


def graduations(folder: Folder, workers: Collection[int], day: date) -> bytes:
    """More rows for a file of graduates: these people completed college on that day."""
    found, school = folder.read(tables.IDENTITY), _codes(folder)["college"][0]
    rows = found.filter(pc.is_in(found["worker_id"], pa.array(sorted(set(workers)), pa.int64()))).to_pylist()
    return "".join(f"{row['name']},{row['identity_number']},{school},大专,460301,{day}\n" for row in rows).encode()


def _people(folder: Folder, most: int) -> list[Listed]:
    """People of the city, as many as are needed, from all over it."""
    found = folder.read(tables.IDENTITY)
    step = max(1, found.num_rows // most)
    rows = found.take(list(range(0, found.num_rows, step))[:most]).to_pylist()
    return [Listed(row["name"], row["identity_number"], at) for at, row in enumerate(rows)]


def _codes(folder: Folder) -> dict[str, list[str]]:
    found = folder.read(tables.ORGANISATIONS)
    codes = {
        kind: found.filter(pc.equal(found["kind"], kind))["code"].to_pylist()[:50] for kind in ("enterprise", "college", "assessment_body")
    }
    return {kind: held or codes["enterprise"] for kind, held in codes.items()}


def _written(kind: str, source: Source) -> bytes:
    header, make = MADE[kind]
    rows = [make(person, source) for person in source.people]
    stranger = Listed("无名氏", identity_number(STRANGER, date(1980, 1, 1), "male"), len(rows))
    rows.append(make(stranger, source))
    if rows[:-1]:
        first = make(source.people[0], source)
        rows.append((first[0], first[1][:-1], *first[2:]))
    lines = [f"数据日期：{source.as_of.isoformat()}", header, *(",".join(row) for row in rows)]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def _before(source: Source, least: int, most: int) -> date:
    return source.as_of - timedelta(source.chance.randrange(least, most))


def _certificate(person: Listed, source: Source) -> Row:
    level, issued = source.chance.choice("543"), _before(source, 400, 3000)
    number = f"S000099{900_000 + person.order % 100_000:06d}{issued.year % 100:02d}{level}{person.order % 1_000_000:06d}"
    words = {"5": "五级/初级工", "4": "四级/中级工", "3": "三级/高级工"}[level]
    occupation, body = source.chance.choice(source.occupations), source.chance.choice(source.bodies)
    return person.name, person.number, number, words, occupation, issued.isoformat(), body


def _insurance(person: Listed, source: Source) -> Row:
    start = _before(source, 40, 1500).replace(day=1)
    ended = start + timedelta(source.chance.randrange(62, 400)) if source.chance.random() < 0.3 else None
    last = f"{ended:%Y%m}" if ended and ended < source.as_of else ""
    return person.name, person.number, f"{start:%Y%m}", last, source.chance.choice(source.employers)


def _unemployment(person: Listed, source: Source) -> Row:
    return person.name, person.number, _before(source, 5, 300).isoformat(), ""


def _hardship(person: Listed, source: Source) -> Row:
    return person.name, person.number, source.chance.choice(GROUPS), _before(source, 100, 2500).isoformat(), "至今"


def _graduate(person: Listed, source: Source) -> Row:
    school = source.chance.choice(source.colleges)
    year = source.as_of.year - source.chance.randrange(1, 4)
    return person.name, person.number, school, source.chance.choice(("大专", "本科")), "460301", f"{year}-06-30"


MADE: dict[str, tuple[str, Callable[[Listed, Source], Row]]] = {
    "certificates": ("姓名,身份证号,证书编号,技能等级,职业名称,发证日期,评价机构编号", _certificate),
    "insurance": ("姓名,社会保障号码,起始年月,终止年月,缴费单位编号", _insurance),
    "unemployment": ("姓名,身份证号,失业登记日期,注销日期", _unemployment),
    "hardship": ("姓名,身份证号,困难类型,认定日期,退出日期", _hardship),
    "graduates": ("姓名,身份证号,学校编号,学历层次,专业代码,毕业日期", _graduate),
}
"""The header of each feed's file, and what makes one of its rows."""
