"""What the overview publishes: every figure, the ladder, and the measures of places, clusters and years."""

from __future__ import annotations

from guildhall.kernel.tables import CODE, COUNT, DATE, TEXT, Column, Table, Text
from guildhall.registry.tables import LEVELS

PLACE_MEASURES_LIST = ("people", "skilled", "high_skilled", "employed", "apprentices", "park_workers")

_NUMERATOR = Column("numerator", COUNT, Text("分子；算不出时为空", "numerator; empty where it cannot be computed"), nullable=True)
_DENOMINATOR = Column("denominator", COUNT, Text("分母，计数为 1", "denominator, 1 for a count"), nullable=True)

FIGURES = Table(
    "overview.figures",
    Text("各指标的计算值", "Computed value of every figure"),
    (Column("id", TEXT, Text("指标", "identifier of the figure")), _NUMERATOR, _DENOMINATOR),
    key=("id",),
)
LADDER = Table(
    "overview.ladder",
    Text("八级阶梯人数", "People on each rung of the ladder"),
    (
        Column(
            "on",
            DATE,
            Text("日期", "date"),
        ),
        Column("level", CODE, Text("等级", "level"), values=LEVELS),
        Column("persons", COUNT, Text("记录中的人数", "people on record"), unit="persons"),
        Column(
            "stands_for",
            COUNT,
            Text("所代表的真实人数（权重之和）", "real people they stand for: the sum of their weights"),
            unit="persons",
        ),
    ),
    key=("on", "level"),
)
PLACE_MEASURES = Table(
    "overview.place_measures",
    Text("各地点、各日期的度量", "Measures of each place at each date, by the places that exist on that date"),
    (
        Column("place_id", TEXT, Text("地点", "place"), ref="registry.places"),
        Column("on", DATE, Text("日期", "date")),
        Column("measure", CODE, Text("度量", "measure"), values=PLACE_MEASURES_LIST),
        Column("value", COUNT, Text("数值", "value"), unit="persons"),
    ),
    key=("place_id", "on", "measure"),
)
PLACE_LADDER = Table(
    "overview.place_ladder",
    Text("各地点的阶梯（高级技师及以上合并）", "The ladder of each place; senior technicians and above are one group"),
    (
        Column("place_id", TEXT, Text("地点", "place"), ref="registry.places"),
        Column("on", DATE, Text("日期", "date")),
        Column("level", CODE, Text("等级", "level"), values=LEVELS),
        Column("persons", COUNT, Text("人数", "people"), unit="persons"),
    ),
    key=("place_id", "on", "level"),
)
CLUSTERS = Table(
    "overview.clusters",
    Text("各产业集群的在岗人数", "People employed in each industry cluster"),
    (
        Column("cluster", TEXT, Text("产业集群", "industry cluster")),
        Column("enterprises", COUNT, Text("企业数", "enterprises")),
        Column("employed", COUNT, Text("在岗人数", "employed"), unit="persons"),
        Column("skilled", COUNT, Text("技能人才", "skilled workers"), unit="persons"),
        Column("high_skilled", COUNT, Text("高技能人才", "highly skilled workers"), unit="persons"),
    ),
    key=("cluster",),
)
SERIES = Table(
    "overview.series",
    Text("历年存量", "Stocks over the years"),
    (
        Column("on", DATE, Text("日期", "date")),
        Column("skilled", COUNT, Text("技能人才", "skilled workers"), unit="persons"),
        Column("high_skilled", COUNT, Text("高技能人才", "highly skilled workers"), unit="persons"),
    ),
    key=("on",),
)

TABLES = (FIGURES, LADDER, PLACE_MEASURES, PLACE_LADDER, CLUSTERS, SERIES)
