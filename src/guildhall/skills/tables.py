"""The tables of the skills domain: the classification of occupations, and what the question of gray-collar workers asks and finds."""

from __future__ import annotations

from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, TEXT, Column, Table, Text
from guildhall.registry.tables import CERTIFIED, KNOWN_EDUCATIONS
from guildhall.rules.decisions import OUTCOMES
from guildhall.rules.inputs import Origin, claim, records

RANKS = ("major", "middle", "minor", "leaf")

OCCUPATIONS = Table(
    "skills.occupations",
    Text("职业分类：大类、中类、小类、细类", "The classification of occupations: major, middle, minor group, occupation"),
    (
        Column("code", TEXT, Text("职业编码，如 6-31-01-02", "occupation code, such as 6-31-01-02")),
        Column("edition", CODE, Text("版本", "edition of the classification")),
        Column("rank", CODE, Text("层级", "rank in the tree"), values=RANKS),
        Column("parent", TEXT, Text("上级编码", "code of the group above"), nullable=True, ref="skills.occupations"),
        Column("name_zh", TEXT, Text("中文名；来源缺名时为空", "name in Chinese; empty where the source lacks the group"), nullable=True),
        Column("name_en", TEXT, Text("英文名", "name in English"), nullable=True),
        Column("definition", TEXT, Text("定义", "definition"), nullable=True),
        Column("digital", FLAG, Text("数字职业（S）", "marked as a digital occupation (S)"), nullable=True),
        Column("green", FLAG, Text("绿色职业（L）", "marked as a green occupation (L)"), nullable=True),
        Column("source", NAME, Text("来源", "source of the row")),
    ),
    key=("code",),
)

SOURCES = (OCCUPATIONS,)
"""What the domain publishes in a snapshot."""
CLASSES = ("none", "skilled_class", "senior_class", "technician_class")
"""Classes of technical schools, lowest first; none: completed no such class."""
ONE_PLUS_X = ("none", "elementary", "intermediate", "advanced")
"""Grades of 1+X certificates, which are no skill levels."""
_RECORDED, _SAID = records(), claim()
_GRAY: tuple[tuple[Column, Origin], ...] = (
    (Column("worker_id", KEY, Text("劳动者键", "worker"), ref="registry.workers"), _RECORDED),
    (Column("definition", NAME, Text("口径", "definition of gray-collar workers that is asked about")), _SAID),
    (Column("place", NAME, Text("定义口径的地方", "place whose definition it is"), ref="registry.places"), _RECORDED),
    (Column("asked_on", DATE, Text("查询日", "day asked about")), _SAID),
    (Column("birth_month", DATE, Text("出生月份的第一天", "first day of the month of birth"), nullable=True), _RECORDED),
    (Column("education", CODE, Text("最高学历", "highest schooling completed"), nullable=True, values=KNOWN_EDUCATIONS), _RECORDED),
    (
        Column("class_completed", CODE, Text("毕业的技工院校班制", "class completed at a technical school"), nullable=True, values=CLASSES),
        _SAID,
    ),
    (Column("level", CODE, Text("当日所持最高技能等级", "highest skill level held on the day"), values=("none", *CERTIFIED)), _RECORDED),
    (
        Column("one_plus_x_held", CODE, Text("所持1+X证书的最高等级", "highest 1+X certificate held"), nullable=True, values=ONE_PLUS_X),
        _SAID,
    ),
    (
        Column(
            "occupation",
            NAME,
            Text("职业：当日所任，没有的为最高等级证书的职业", "occupation: of the job of the day, else of the highest certificate"),
            nullable=True,
            ref="skills.occupations",
        ),
        _RECORDED,
    ),
    (Column("major", NAME, Text("职业大类", "major group of the occupation"), nullable=True), _RECORDED),
    (Column("middle", NAME, Text("职业中类", "middle group of the occupation"), nullable=True), _RECORDED),
    (Column("digital", FLAG, Text("职业标为数字职业", "the occupation is marked as digital"), nullable=True), _RECORDED),
    (Column("digitally_literate", FLAG, Text("具备数字素养", "shown to be digitally literate"), nullable=True), _SAID),
)
GRAY_COLLAR_FACTS = Table(
    "skills.gray_collar_facts",
    Text(
        "每人和每种口径一行：判断是否灰领所需的事实",
        "One row for each worker and definition: what the question of gray-collar workers asks",
    ),
    tuple(column for column, _ in _GRAY),
    ("worker_id", "definition"),
)
INPUTS = {GRAY_COLLAR_FACTS.name: {column.name: origin for column, origin in _GRAY}}
"""The facts table with the origins of what a rule may read."""
GRAY_COLLAR = Table(
    "skills.gray_collar",
    Text("灰领各口径并列：每种判断组合的人数", "Gray-collar workers under each definition: people by what the definitions say together"),
    (
        Column(
            "verdicts",
            TEXT,
            Text(
                "各口径的判断，如 `proposed=entitled;wide=undetermined`",
                "what each definition says, such as proposed=entitled;wide=undetermined",
            ),
        ),
        Column("people", COUNT, Text("人数", "people"), unit="persons"),
    ),
    key=("verdicts",),
)
GRAY_COLLAR_UNKNOWN = Table(
    "skills.gray_collar_unknown",
    Text("灰领各口径尚不能判断的人数，按未知的条件", "People a definition cannot place, by the conditions that are not known"),
    (
        Column("definition", TEXT, Text("口径", "definition")),
        Column("conditions", TEXT, Text("未知的条件，以加号相连", "conditions not known, joined by plus signs")),
        Column("people", COUNT, Text("人数", "people"), unit="persons"),
    ),
    key=("definition", "conditions"),
)
FACTS = (GRAY_COLLAR_FACTS,)
RESULTS = (GRAY_COLLAR, GRAY_COLLAR_UNKNOWN)
TABLES = (*SOURCES, *FACTS, *RESULTS)
VERDICTS = OUTCOMES
"""What a definition says of somebody, in the words of rules."""
