"""What policy comes to for everybody: the kept facts with what people are grouped by, and the results that pages show."""

from __future__ import annotations

from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.employers import EMPLOYER_FACTS
from guildhall.incentives.tables.hires import HIRE_FACTS
from guildhall.kernel.tables import CODE, COUNT, FLAG, NAME, TEXT, Column, Table, Text
from guildhall.registry.tables import LEVELS
from guildhall.rules.population import KINDS

DIMENSIONS = ("district", "cluster", "age", "level", "month")
"""What cases are grouped by, beside all of them together."""
CLUSTER = Column(
    "cluster",
    NAME,
    Text("产业集群：企业所属，或当日用人单位所属", "industry cluster: of the organisation, or of the employer of the day"),
    nullable=True,
)
LEVEL = Column("highest_level", CODE, Text("当日所持最高等级", "highest level held on the day"), nullable=True, values=LEVELS)


def _kept(facts: Table, *more: Column) -> Table:
    """A facts table with what its rows are grouped by."""
    return Table(facts.name, facts.doc, (*facts.columns, *more), facts.key)


KEPT = {
    CERTIFICATE_FACTS.name: _kept(CERTIFICATE_FACTS, CLUSTER),
    HIRE_FACTS.name: _kept(HIRE_FACTS, CLUSTER, LEVEL),
    EMPLOYER_FACTS.name: _kept(EMPLOYER_FACTS, CLUSTER),
    BUSINESS_FACTS.name: _kept(BUSINESS_FACTS, CLUSTER, LEVEL),
}
"""The facts tables as a run keeps them, by name."""
EXTENTS = Table(
    "incentives.facts_extents",
    Text(
        "所存事实各列的范围：折叠规则时可省去不必要的检查",
        "What lies in each column of kept facts: tests that nothing could fail are then left out",
    ),
    (
        Column("column", TEXT, Text("列", "column")),
        Column("low", TEXT, Text("最小值", "least value"), nullable=True),
        Column("high", TEXT, Text("最大值", "greatest value"), nullable=True),
        Column("empty", FLAG, Text("是否有空值", "whether any is empty")),
        Column("void", FLAG, Text("是否全为空值", "whether all are empty")),
        Column(
            "words",
            TEXT,
            Text("出现的词（JSON 数组）；非文字列为空", "the words in it, a JSON list; empty for other columns"),
            nullable=True,
        ),
    ),
    key=("column",),
)
_RULE = Column("rule", TEXT, Text("规则", "rule"))
POLICY = Table(
    "incentives.policy",
    Text("各项政策按分组的人次与金额", "Cases and money of each benefit, by group"),
    (
        _RULE,
        Column("by", CODE, Text("分组方式；`all` 为全体", "what cases are grouped by; all for all of them"), values=("all", *DIMENSIONS)),
        Column("part", TEXT, Text("组；不明的为空文本", "group; empty text where it is not known")),
        Column(
            "cases",
            COUNT,
            Text("事项数：证书、入职、单位年度或经营主体", "cases: certificates, hires, employer years or businesses"),
            unit="cases",
        ),
        Column("entitled", COUNT, Text("符合条件的", "entitled"), unit="cases"),
        Column("refused", COUNT, Text("不符合的", "refused"), unit="cases"),
        Column("undetermined", COUNT, Text("无法判断的", "undetermined"), unit="cases"),
        Column("low", COUNT, Text("符合条件者的金额", "amount of those entitled"), unit="fen"),
        Column("possible", COUNT, Text("无法判断者中已知的金额", "what is known of the amounts of the undetermined"), unit="fen"),
        Column("unpriced", COUNT, Text("无法判断且金额不明的", "undetermined cases of whose amount nothing is known"), unit="cases"),
        Column(
            "entitled_people",
            COUNT,
            Text("符合条件的不同申领人（仅全体）", "different claimants who are entitled; of all cases alone"),
            unit="persons",
            nullable=True,
        ),
        Column(
            "possible_people",
            COUNT,
            Text("其上加无法判断的申领人（仅全体）", "these and the claimants of undetermined cases; of all alone"),
            unit="persons",
            nullable=True,
        ),
    ),
    key=("rule", "by", "part"),
)
POLICY_REASONS = Table(
    "incentives.policy_reasons",
    Text("各条件决定了多少事项", "How many cases each condition decides"),
    (
        _RULE,
        Column(
            "kind",
            CODE,
            Text(
                "`only` 只缺这一条；`fails` 不符合；`unknown` 不明；`bad` 数据有误",
                "only this one is missing; fails; is not known; or the data are wrong",
            ),
            values=KINDS,
        ),
        Column("condition", TEXT, Text("条件；数据有误时为列名", "condition; the column where the data are wrong")),
        Column("cases", COUNT, Text("事项数", "cases"), unit="cases"),
    ),
    key=("rule", "kind", "condition"),
)
POLICY_BAD = Table(
    "incentives.policy_bad",
    Text(
        "数据有误、因而无法判断的行（每条规则至多一千行）",
        "Rows whose data cannot be right, and which are undetermined for it; a thousand for each rule at most",
    ),
    (
        _RULE,
        Column("table", TEXT, Text("事实表", "facts table")),
        Column("row", TEXT, Text("行的键", "key of the row")),
        Column("inputs", TEXT, Text("有误的列，逗号分隔", "the columns that are wrong, with commas between")),
    ),
    key=("rule", "row"),
)
POLICY_HIDDEN = Table(
    "incentives.policy_hidden",
    Text("须隐去的人次：不足十，或可由此推出的", "Counts that stay hidden: below ten, or such as would give one away"),
    (
        _RULE,
        Column("by", TEXT, Text("分组方式；`only` 为只缺一条的条件", "what cases are grouped by; only: of those who miss one condition")),
        Column("part", TEXT, Text("组或条件", "group, or condition")),
        Column("count", TEXT, Text("所隐去的列", "the column that is hidden")),
    ),
    key=("rule", "by", "part", "count"),
)
POLICY_FLOOR = Table(
    "incentives.policy_floor",
    Text(
        "互相排斥或一人只发一次的政策：每人只计金额最小的一项，合计至少多少",
        "Benefits that exclude each other, or are paid once for a person: what they come to at the least, one case counted for each person",
    ),
    (
        Column("rules", TEXT, Text("规则，以加号连接", "the rules, with plus signs between")),
        Column("people", COUNT, Text("至少符合其中一项的人数", "persons entitled to any of them"), unit="persons"),
        Column("low", COUNT, Text("每人金额最小的一项合计", "the least case of each person, together"), unit="fen"),
    ),
    key=("rules",),
)
RESULTS = (POLICY, POLICY_REASONS, POLICY_BAD, POLICY_HIDDEN)
