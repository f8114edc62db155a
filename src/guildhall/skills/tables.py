"""The tables the skills domain publishes: so far the classification of occupations."""

from __future__ import annotations

from guildhall.kernel.tables import CODE, FLAG, NAME, TEXT, Column, Table, Text

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

TABLES = (OCCUPATIONS,)
