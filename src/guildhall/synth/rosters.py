"""Rosters as employers send them, about people who do not exist: banners, odd spellings, and a known number of rows that are wrong.

For the demonstration, tests and benchmarks. Identity numbers begin with 99 and phones with 100, as in the synthetic city; regions
from 999001 on, which the city's own people do not reach.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables
from guildhall.synth import names

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PEOPLE_PER_REGION = 20_000
HEADER = (
    "序号", "姓 名", "身份证号码*", "性别", "出生年月", "联系电话", "文化程度", "常住地（区县、街道）", "工种", "职业技能等级", "证书编号",
    "发证日期", "入职时间", "用工形式", "备注",
)  # fmt: skip
FAULTS = tuple(
    (
        "id_check id_length digits_lost date_two_digits date_order level_two sex_other occupation_unknown place_unknown name_digits empty"
    ).split()
)
"""The kinds of wrong rows, in the order in which they are made; the words are those of `registry.engine.cells.problems`."""
LEVELS = {
    "L0": ("学徒工", "学徒"),
    "L5": ("初级工", "五级", "初级工/五级", "五级（初级工）", "L5", "初级"),
    "L4": ("中级工", "四级", "中级工（四级）", "4级", "Level 4", "四级工"),
    "L3": ("高级工", "三级", "三级/高级工", "国家职业资格三级", "职业技能等级三级", "Ⅲ级"),
    "L2": ("技师", "二级", "技师（二级）"),
    "L1": ("高级技师", "一级", "一级/高级技师"),
}
EDUCATION = {
    "primary": ("小学",),
    "junior": ("初中", "初中毕业"),
    "senior": ("高中", "中专", "职高", "技校"),
    "college": ("大专", "高职", "专科"),
    "bachelor": ("本科", "大学本科", "全日制本科"),
}
CONTRACT = {
    "regular": ("劳动合同", "固定期限", "无固定期限", "正式工"),
    "apprentice": ("学徒", "企业新型学徒"),
    "dispatched": ("劳务派遣", "派遣工"),
}


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A person of a roster, in the registry's words; `place` and `occupation` as they may be written."""

    name: str
    identity_number: str
    sex: str
    phone: str
    education: str
    place: str
    occupation: str
    level: str | None
    certificate_number: str | None
    issued_on: date | None
    started_on: date
    contract: str
    remark: str = ""

    @property
    def birth(self) -> date:
        return date.fromisoformat(f"{self.identity_number[6:10]}-{self.identity_number[10:12]}-{self.identity_number[12:14]}")


@dataclass(frozen=True)
class MadeRoster:
    """An .xlsx, how many rows of people it has, and the wrong ones: row in the sheet and kind of fault."""

    content: bytes
    rows: int
    wrong: tuple[tuple[int, str], ...]


def messy_roster(
    people: Sequence[MadeUp] | None = None, *, rows: int = 200, faults: int = 11, seed: int = 7, places: Sequence[str] = ("北碚区",),
    occupations: Sequence[str] = ("焊工",),
) -> bytes:  # fmt: skip
    """The bytes of such a roster; see `made_roster`."""
    return made_roster(people, rows=rows, faults=faults, seed=seed, places=places, occupations=occupations).content


def made_roster(
    people: Sequence[MadeUp] | None = None, *, rows: int = 200, faults: int = 11, seed: int = 7, places: Sequence[str] = ("北碚区",),
    occupations: Sequence[str] = ("焊工",),
) -> MadeRoster:  # fmt: skip
    """A roster of `people`, filled up to `rows` with others, of which `faults` rows are wrong; the same seed gives the same cells.

    Other people live in `places` and work as `occupations`, words that the registry it is meant for must know.
    """
    chance = random.Random(seed)
    known = list(people or ())[:rows]
    known += others(rows - len(known), seed=seed, places=places, occupations=occupations)
    at = sorted(random.Random(seed + 2).sample(range(rows), min(faults, rows)))  # a chance of its own: other rows stay as they are
    wrong = dict(zip(at, (FAULTS[n % len(FAULTS)] for n in range(len(at))), strict=True))
    first = len(_banner()) + 2
    content = _sheet((_cells(number, person, wrong.get(number), chance) for number, person in enumerate(known)), rows, chance)
    return MadeRoster(content, rows, tuple((first + number, kind) for number, kind in wrong.items()))


def others(count: int, *, seed: int, places: Sequence[str], occupations: Sequence[str]) -> list[MadeUp]:
    """As many people who are in no city, each with a number of their own."""
    chance = random.Random(seed + 1)
    surnames, weights = list(names.SURNAMES), list(names.SURNAMES.values())
    families = chance.choices(surnames, weights, k=count)
    return [_other(number, families[number], seed, chance, places, occupations) for number in range(count)]


def _other(number: int, family: str, seed: int, chance: random.Random, places: Sequence[str], occupations: Sequence[str]) -> MadeUp:
    sex = "male" if chance.random() < 0.7 else "female"
    first, last = (names.MALE_FIRST, names.MALE_LAST) if sex == "male" else (names.FEMALE_FIRST, names.FEMALE_LAST)
    birth = date(1968, 1, 1) + timedelta(chance.randrange(365 * 33))
    started = max(birth + timedelta(365 * 18 + 30), date(2005, 1, 1)) + timedelta(chance.randrange(365 * 3))
    level = chance.choice(("L5", "L4", "L4", "L3", "L2", None, None))
    issued = started + timedelta(chance.randrange(60, 700)) if level else None
    return MadeUp(
        family + chance.choice(first) + chance.choice(last),
        identity_number(number + seed % 7 * 100_000, birth, sex),
        sex,
        f"100{20_000_000 + (number * 7_919 + seed) % 30_000_000:08d}",
        chance.choice(tuple(EDUCATION)),
        chance.choice(places),
        chance.choice(occupations),
        level,
        f"S000099{number % 1_000_000:06d}{issued.year % 100:02d}{level[1]}{(number + seed) % 1_000_000:06d}" if level and issued else None,
        issued,
        started,
        chance.choice(("regular", "regular", "regular", "dispatched")),
    )


def identity_number(person: int, birth: date, sex: str) -> str:
    """The number of the n-th made-up person of rosters, under a region that no province ever had."""
    region, turn = divmod(person, PEOPLE_PER_REGION)
    sequence = turn % 500 * 2 + (sex == "male")
    seventeen = f"99{9_001 + (region * 40 + turn // 500) % 999:04d}{birth:%Y%m%d}{sequence:03d}"
    return seventeen + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True)) % 11]


def staff(folder: Folder, organisation_id: int, *, on: date) -> list[MadeUp]:
    """The people of a synthetic city who work for an organisation on a day, as its roster would have them."""
    spells = [
        spell
        for spell in _rows(folder, tables.EMPLOYMENT, "organisation_id", [organisation_id])
        if spell["started_on"] <= on and (spell["ended_on"] is None or spell["ended_on"] > on)
    ]
    wanted = [spell["worker_id"] for spell in spells]
    workers = {row["worker_id"]: row for row in _rows(folder, tables.WORKERS, "worker_id", wanted)}
    people = {row["worker_id"]: row for row in _rows(folder, tables.IDENTITY, "worker_id", wanted)}
    held, places = _certificates(folder, wanted, on), addresses(folder)
    return [
        _of_the_city(people[spell["worker_id"]], workers[spell["worker_id"]], spell, held.get(spell["worker_id"]), places)
        for spell in spells
    ]


def _rows(folder: Folder, table: Table, column: str, keys: list[Any]) -> list[dict[str, Any]]:
    """The rows of a table whose column holds one of the keys; the rest, which may be millions, stays in Arrow."""
    found = folder.read(table)
    rows: list[dict[str, Any]] = found.filter(pc.is_in(found.column(column), pa.array(keys, found.schema.field(column).type))).to_pylist()
    return rows


def addresses(folder: Folder) -> dict[str, str]:
    """Each place as an address names it: a township after the district it lies in since its last merger."""
    names_ = {row["place_id"]: row for row in folder.read(tables.PLACES).to_pylist()}
    above = sorted(folder.read(tables.PLACE_PARENTS).to_pylist(), key=lambda row: row["valid_from"] or date.min)
    parent = {row["place_id"]: names_[row["parent_id"]]["name_zh"] for row in above if row["relation"] == "administrative"}
    return {key: f"{parent.get(key, '')}{row['name_zh']}" if row["kind"] == "township" else row["name_zh"] for key, row in names_.items()}


def _certificates(folder: Folder, wanted: list[int], on: date) -> dict[int, dict[str, Any]]:
    """The latest certificate of each person, with its number."""
    rows = [
        row for row in _rows(folder, tables.CERTIFICATES, "worker_id", wanted) if row["issued_on"] <= on and row["kind"] == "skill_level"
    ]
    keys = [row["certificate_id"] for row in rows]
    printed = {row["certificate_id"]: row["number"] for row in _rows(folder, tables.CERTIFICATE_NUMBERS, "certificate_id", keys)}
    ordered = sorted(rows, key=lambda row: row["issued_on"])
    return {row["worker_id"]: {**row, "number": printed.get(row["certificate_id"])} for row in ordered}


def _of_the_city(
    who: dict[str, Any], worker: dict[str, Any], spell: dict[str, Any], held: dict[str, Any] | None, places: dict[str, str]
) -> MadeUp:
    return MadeUp(
        who["name"],
        who["identity_number"],
        worker["sex"],
        who["phone"] or "",
        worker["education"],
        places.get(worker["residence"], ""),
        spell["occupation"] or "",
        held["level"] if held else None,
        held["number"] if held else None,
        held["issued_on"] if held else None,
        spell["started_on"],
        spell["contract"],
    )


# How cells are written

Cell = str | int | float | date | None


def _cells(number: int, person: MadeUp, fault: str | None, chance: random.Random) -> list[Cell]:
    """The cells of a person in the order of HEADER, each in one of the ways in which people write it; wrong in one way if asked for."""
    level = chance.choice(LEVELS.get(person.level or "", ("", "无")))
    cells: list[Cell] = [
        number + 1,
        _name(person.name, chance),
        _number(person.identity_number, chance),
        chance.choice({"male": ("男", "男", "男性"), "female": ("女", "女", "女性")}[person.sex]),
        _month(person.birth, chance),
        _phone(person.phone, chance),
        chance.choice(EDUCATION.get(person.education, ("",))),
        chance.choice((person.place, person.place, f" {person.place}")) if person.place else "",
        person.occupation,
        level,
        person.certificate_number,
        _day(person.issued_on, chance) if person.issued_on else "",
        _day(person.started_on, chance),
        chance.choice(CONTRACT[person.contract]),
        person.remark,
    ]
    if fault:
        BREAK[fault](cells, person)
    return cells


def _name(name: str, chance: random.Random) -> str:
    if len(name) == 2 and chance.random() < 0.3:
        return f"{name[0]}\u3000{name[1]}"
    return chance.choice((name, name, name, name + " "))


def _number(number: str, chance: random.Random) -> str:
    way = chance.random()
    if way < 0.80:
        return number
    if way < 0.85:
        return f"'{number}"
    if way < 0.90:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    if way < 0.95:
        return number.lower()
    return number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _phone(phone: str, chance: random.Random) -> Cell:
    if not phone:
        return ""
    way = chance.random()
    if way < 0.4:
        return int(phone)
    return chance.choice((phone, phone, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"{phone} "))


def _day(day: date, chance: random.Random) -> Cell:
    way = chance.random()
    if way < 0.4:
        return day
    if way < 0.5:
        return (day - date(1899, 12, 30)).days
    return chance.choice(
        (
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y-%m-%d}",
            f"{day:%Y%m%d}",
            f"{day.year}年{day.month}月{day.day}日",
        )
    )


def _month(day: date, chance: random.Random) -> Cell:
    return chance.choice((f"{day:%Y-%m}", f"{day.year}年{day.month}月", f"{day:%Y%m%d}", f"{day.year}-{day.month:02d}-{day.day:02d}", ""))


def _put(column: str, make: Callable[[MadeUp], Cell]) -> Callable[[list[Cell], MadeUp], None]:
    def break_(cells: list[Cell], person: MadeUp) -> None:
        cells[HEADER.index(column)] = make(person)

    return break_


def _other_check_digit(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


BREAK: dict[str, Callable[[list[Cell], MadeUp], None]] = {
    "id_check": _put(HEADER[2], lambda person: _other_check_digit(person.identity_number)),
    "id_length": _put(HEADER[2], lambda person: person.identity_number[:17]),
    "digits_lost": _put(HEADER[2], lambda person: float(person.identity_number[:17] + "0")),
    "date_two_digits": _put(HEADER[12], lambda person: f"{person.started_on:%y}-{person.started_on.month}-{person.started_on.day}"),
    "date_order": _put(HEADER[12], lambda person: f"03/05/{person.started_on.year}"),
    "level_two": _put(HEADER[9], lambda person: "高级工（二级）"),
    "sex_other": _put(HEADER[3], lambda person: "女" if person.sex == "male" else "男"),
    "occupation_unknown": _put(HEADER[8], lambda person: "御用画师"),
    "place_unknown": _put(HEADER[7], lambda person: "幸福里小区3栋"),
    "name_digits": _put(HEADER[1], lambda person: f"{person.name}2"),
    "empty": _put(HEADER[2], lambda person: ""),
}


def _banner() -> list[str]:
    return ["职工花名册（2026 年）", "填表说明：带 * 的为必填；身份证号请设为文本格式；日期请写年月日。", ""]


def _sheet(rows: Iterator[list[Cell]], count: int, chance: random.Random) -> bytes:
    import xlsxwriter  # only where a roster is made

    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    sheet = book.add_worksheet("花名册")
    days = [book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"')]
    for at, text in enumerate(_banner()):
        sheet.write_string(at, 0, text)
    sheet.write_row(len(_banner()), 0, HEADER)
    first = len(_banner()) + 1
    for at, cells in enumerate(rows, first):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, chance.choice(days))
            elif isinstance(cell, str) and cell:
                sheet.write_string(at, column, cell)
            elif isinstance(cell, (int, float)):
                sheet.write_number(at, column, cell)
    sheet.write_string(first + count + 1, 0, f"合计：{count} 人")
    sheet.write_string(first + count + 2, 0, "填表人：          审核：          （盖章）")
    book.close()
    return content.getvalue()
