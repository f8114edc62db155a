"""The facts that recognition asks: of a certificate for a title, its pay and its review; of a title for a skill level."""

from __future__ import annotations

import pyarrow as pa

from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, Column, Table, Text
from guildhall.registry.tables import CERTIFICATE_KINDS, CERTIFIED
from guildhall.rules.inputs import Origin, claim, records

TITLES = ("assistant", "intermediate", "associate_senior", "full_senior")
"""Grades of professional title, lowest first."""
CLASSES = ("none", "skilled_class", "senior_class", "technician_class")
"""Classes of technical schools, lowest first; none: completed no such class."""
REVIEWED = ("secondary_vocational", "college", "bachelor")
"""Schooling that a class may stand for, lowest first."""
PURPOSES = ("title_review", "general")
"""What schooling is asked for: the review of a title, or anything else."""
EDITIONS = ("2018", "2023")
"""Editions of the rules that an occupation's standard may follow."""
SOUGHT_LEVELS = ("L3", "L2", "L1")
"""Levels that a title may open."""
Fact = tuple[Column, Origin]
RECORDED, SAID = records(), claim()
TODAY = claim(grows="day")


def _fact(
    name: str,
    type_: pa.DataType,
    zh: str,
    en: str,
    origin: Origin = RECORDED,
    *,
    values: tuple[str, ...] = (),
    known: bool = False,
    ref: str = "",
    unit: str = "",
) -> Fact:
    return Column(name, type_, Text(zh, en), unit=unit, nullable=not known, values=values, ref=ref), origin


_PERSON = (
    _fact("worker_id", KEY, "劳动者键", "holder", known=True, ref="registry.workers"),
    _fact(
        "place",
        NAME,
        "申报地：当日用人单位所在地，没有单位的为常住地",
        "where one applies: the place of the employer of the day, or of residence without one",
        ref="registry.places",
    ),
    _fact("birth_month", DATE, "出生月份的第一天", "first day of the month of birth"),
    _fact(
        "applied_on", DATE, "申报日期；尚未申报的为查询日", "day of application; the day asked about while there is none", TODAY, known=True
    ),
)
_RECOGNITION: tuple[Fact, ...] = (
    _fact("certificate_id", KEY, "证书键", "key of the certificate", known=True, ref="registry.certificates"),
    _fact("sought", CODE, "所问职称", "title asked about", SAID, values=TITLES, known=True),
    *_PERSON,
    _fact(
        "kind", CODE, "技能等级证书或岗位聘任", "skill-level certificate, or appointment to a post", known=True, values=CERTIFICATE_KINDS
    ),
    _fact("level", CODE, "等级", "level", known=True, values=CERTIFIED),
    _fact("occupation", NAME, "职业编码", "occupation code", known=True, ref="skills.occupations"),
    _fact("issued_on", DATE, "发证或聘任日期", "day of issue or appointment", known=True),
    _fact(
        "valid_until",
        DATE,
        "失效日期（不含）；空为有效",
        "first day it no longer holds; empty while it does",
        records(empty=Text("有效", "no end to it on record")),
    ),
    _fact(
        "schooling_enough", FLAG, "评审认可的学历达到该职称的要求", "the schooling that counts in the review is enough for the title", SAID
    ),
    _fact(
        "appointed",
        FLAG,
        "用人单位已聘任到相应岗位；证书本身不算聘任",
        "the employer appointed the holder to a post of this level; the certificate alone is no appointment",
        SAID,
    ),
    _fact("class_completed", CODE, "毕业的技工院校班制", "class completed at a technical school", SAID, values=CLASSES),
    _fact("schooling_asked", CODE, "所问学历层次", "schooling asked about", SAID, values=REVIEWED),
    _fact(
        "counted_for",
        CODE,
        "学历用于：职称评审或其他",
        "what the schooling is to count for: title review, or anything else",
        SAID,
        values=PURPOSES,
    ),
)
_TITLE: tuple[Fact, ...] = (
    _fact("sought_level", CODE, "所问技能等级", "skill level asked about", SAID, values=SOUGHT_LEVELS, known=True),
    *_PERSON,
    _fact("occupation", NAME, "申报职业编码", "code of the occupation", SAID, ref="skills.occupations"),
    _fact(
        "edition", CODE, "该职业标准依据的规程版本", "edition of the rules that the occupation's standard follows", SAID, values=EDITIONS
    ),
    _fact("title_held", CODE, "本人职称，专业与职业对应", "title held, in a field that matches the occupation", SAID, values=TITLES),
    _fact("title_since", DATE, "取得职称日期", "day the title was obtained", SAID),
    _fact(
        "worked_months",
        COUNT,
        "取得职称后从事本职业或相关职业的月数",
        "months in this or a related occupation since the title",
        SAID,
        unit="months",
    ),
    _fact(
        "below_since",
        DATE,
        "本职业下一级证书的发证日期；空为没有该证书",
        "day of issue of the certificate of the level below in the occupation; empty: none on record",
        records(empty=Text("没有下一级证书", "no certificate of the level below on record")),
    ),
)
RECOGNITION_FACTS = Table(
    "evaluation.recognition_facts",
    Text(
        "每张证书和所问职称一行：技能等级换职称所需的事实",
        "One row for each certificate and title asked about: what recognition of a level asks",
    ),
    tuple(column for column, _ in _RECOGNITION),
    ("certificate_id", "sought"),
)
TITLE_FACTS = Table(
    "evaluation.title_facts",
    Text(
        "每人和所问等级一行：凭职称申报技能等级所需的事实",
        "One row for each person and level asked about: what recognition of a title asks",
    ),
    tuple(column for column, _ in _TITLE),
    ("worker_id", "sought_level"),
)
TABLES = (RECOGNITION_FACTS, TITLE_FACTS)
INPUTS = {
    RECOGNITION_FACTS.name: {column.name: origin for column, origin in _RECOGNITION},
    TITLE_FACTS.name: {column.name: origin for column, origin in _TITLE},
}
"""Each facts table with the origins of what a rule may read."""
