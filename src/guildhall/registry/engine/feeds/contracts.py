"""What other authorities send: one contract per feed, with every column, its names in both languages, and what its rows become.

Each file speaks of one day, its as-of date: the day the authority drew it up. A row's key says what it is about: the same key again,
saying the same, is a repeat; saying otherwise, it is rejected.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from guildhall.kernel.tables import Text
from guildhall.registry.engine.cells.header import Vocabulary

HARDSHIPS = {
    "monitored": Text("防返贫监测对象", "monitored against falling back into poverty"),
    "lifted": Text("脱贫人口", "lifted out of poverty"),
    "minimum_living": Text("最低生活保障对象", "drawing the minimum living allowance"),
    "zero_employment": Text("零就业家庭成员", "of a family in which nobody works"),
    "disabled": Text("残疾人", "disabled"),
    "hard_to_employ": Text("就业困难人员", "registered as hard to employ"),
    "land_lost": Text("失地农民", "a farmer who lost the land"),
    "veteran": Text("退役军人", "a veteran"),
}
"""Groups that rules on incentives name; the words of the feed of hardship groups."""


@dataclass(frozen=True, slots=True)
class FeedColumn:
    """A column of a contract: `reader` names how its cells are read, `filled` whether every row must give it.

    A column that is `needed` must stand in the file.
    """

    field: str
    title: Text
    names: tuple[str, ...]
    reader: str
    doc: Text
    needed: bool = False
    filled: bool = False


@dataclass(frozen=True)
class Contract:
    """A feed: who sends it, its columns, the fields that make up a row's key, and after how many days it counts as stale.

    The number of days is our assumption: no regulation names one. A `complete` feed lists, each time, everybody of whom it holds: what
    a newer file no longer says has ended. `decides` is what rests on it.
    """

    kind: str
    title: Text
    sender: Text
    columns: tuple[FeedColumn, ...]
    key: tuple[str, ...]
    stale_after: int
    decides: Text
    complete: bool = False

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the columns of its files are called."""
        return Vocabulary(
            {column.field: column.names for column in self.columns},
            tuple(column.field for column in self.columns if column.needed),
            {column.field: column.title for column in self.columns},
            NOT_KEPT,
        )


NOT_KEPT = tuple(
    (
        "序号 编号 行号 no number 性别 sex gender 民族 年龄 age 出生日期 联系电话 手机号 手机 电话 phone 住址 地址 address 户籍地 "
        "经办机构 经办人 街道 区县 乡镇 备注 remark remarks 证件类型 需要更正的内容 whattocorrect 原行号 rowinthefile 单位名称 企业名称 "
        "学院 院系 班级 学号 studentno"
    ).split()
)
"""Columns that feeds carry and that are not read: the registry has them from elsewhere, or has no use for them."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NUMBER = FeedColumn(
    "identity_number",
    Text("身份证号", "identity number"),
    _words(
        "身份证号码 公民身份号码 居民身份证号码 居民身份证号 社会保障号码 社会保障号 证件号码 证件号 身份证 idno idnumber identityno "
        "idcardno nationalid"
    ),
    "identity",
    Text("居民身份证号，18 位；据以找到本人", "resident identity number, 18 characters; finds the person"),
    needed=True,
    filled=True,
)
_NAME = FeedColumn(
    "name",
    Text("姓名", "name"),
    _words("人员姓名 持证人姓名 毕业生姓名 参保人姓名 fullname"),
    "name",
    Text("姓名；与登记的不同时提示，不据以改名", "name; where it differs from the record it is told, never taken over"),
)
_AS_OF = FeedColumn(
    "as_of",
    Text("数据日期", "as of"),
    _words("数据截止日期 截止日期 统计日期 数据时间 报表日期 asofdate dataof"),
    "day",
    Text(
        "文件所说的那一天；全文件必须相同，也可写在表头之上",
        "the day the file speaks of; the same in every row, or above the header instead",
    ),
)


def _began(field: str, zh: str, en: str, names: str, doc: Text) -> FeedColumn:
    return FeedColumn(field, Text(zh, en), _words(names), "day", doc, needed=True, filled=True)


def _ended(zh: str, en: str, names: str, doc: Text) -> FeedColumn:
    return FeedColumn("ended_on", Text(zh, en), _words(names), "last_day", doc)


CERTIFICATES = Contract(
    "certificates",
    Text("历史证书", "Certificates issued before"),
    Text("职业技能鉴定（指导）机构", "the authority for skill assessment"),
    (
        _NUMBER,
        _NAME,
        FeedColumn(
            "certificate_number",
            Text("证书编号", "certificate number"),
            _words("证书号 证书号码 证书编码 职业技能等级证书编号 certificateno certno"),
            "certificate",
            Text(
                "证书上的编号；22 位编号里的等级和年份须与本行一致", "as printed; level and year in a number of 22 must agree with the row"
            ),
            needed=True,
            filled=True,
        ),
        FeedColumn(
            "level",
            Text("技能等级", "skill level"),
            _words("职业技能等级 等级 级别 证书等级 职业等级 skilllevel grade"),
            "level",
            Text("五级至一级、特级技师、首席技师，各种写法均可", "L5 to L1, LT or LS, in any spelling"),
            needed=True,
            filled=True,
        ),
        FeedColumn(
            "occupation",
            Text("职业（工种）", "occupation"),
            _words("职业名称 职业 工种 职业编码 职业代码 工种名称 occupationcode occupationname"),
            "occupation",
            Text("职业编码，或大典里的名称", "an occupation code, or its name in the classification"),
            needed=True,
            filled=True,
        ),
        _began(
            "issued_on",
            "发证日期",
            "date of issue",
            "发证时间 颁证日期 批准日期 issuedate issued",
            Text("发证日期", "the day it was issued"),
        ),
        FeedColumn(
            "issuer",
            Text("评价机构编号", "issuer"),
            _words("发证机构编号 评价机构代码 发证机构代码 评价机构统一社会信用代码 发证机构统一社会信用代码 统一社会信用代码 issuercode"),
            "organisation",
            Text("评价机构的编号或统一社会信用代码，须已登记", "code of the issuer, ours or the unified credit code; it must be on record"),
            needed=True,
            filled=True,
        ),
        _ended(
            "失效日期",
            "last day it holds",
            "注销日期 撤销日期 聘任终止日期 有效期至 validuntil revokedon",
            Text("注销，或聘任期满的日期；空为有效", "the day it was revoked, or the appointment ended; empty while it holds"),
        ),
        _AS_OF,
    ),
    ("certificate_number",),
    400,
    Text("技能等级、职业年限，以及单位报送证书的核实", "levels, and whether a certificate that an employer named is confirmed"),
)
INSURANCE = Contract(
    "insurance",
    Text("失业保险参保", "Unemployment insurance"),
    Text("社会保险经办机构", "the social insurance agency"),
    (
        _NUMBER,
        _NAME,
        FeedColumn(
            "started_on",
            Text("参保起始年月", "first insured month"),
            _words("起始年月 缴费起始年月 参保起始时间 参保开始年月 开始年月 起始月 frommonth firstmonth from"),
            "month",
            Text("第一个参保月", "the first month insured"),
            needed=True,
            filled=True,
        ),
        FeedColumn(
            "ended_on",
            Text("参保终止年月", "last insured month"),
            _words("终止年月 缴费终止年月 参保终止时间 参保结束年月 结束年月 终止月 tomonth lastmonth until to"),
            "last_month",
            Text("最后一个参保月；空为仍在参保", "the last month insured; empty while it lasts"),
        ),
        FeedColumn(
            "organisation",
            Text("单位编号", "employer"),
            _words("缴费单位编号 参保单位编号 统一社会信用代码 单位统一社会信用代码 employercode"),
            "known_organisation",
            Text(
                "缴费单位的编号或统一社会信用代码；没有登记的单位不记",
                "code of the paying employer; one that is not on record is left out, with a note",
            ),
        ),
        FeedColumn(
            "scheme",
            Text("险种", "scheme"),
            _words("险种名称 险种类型 insurance"),
            "scheme",
            Text("只接受失业保险；没有这一列即为失业保险", "unemployment insurance only; without the column it is that"),
        ),
        _AS_OF,
    ),
    ("identity_number", "started_on"),
    45,
    Text("参保月数", "insured months"),
)
UNEMPLOYMENT = Contract(
    "unemployment",
    Text("登记失业人员", "Registered unemployment"),
    Text("公共就业服务机构", "the public employment service"),
    (
        _NUMBER,
        _NAME,
        _began(
            "started_on",
            "登记日期",
            "day of registration",
            "失业登记日期 登记时间 失业登记时间 失业日期 registeredon",
            Text("失业登记的日期", "the day of registration"),
        ),
        _ended(
            "注销日期",
            "last day",
            "失业注销日期 退出日期 就业日期 注销时间 endedon",
            Text("注销登记的日期；空为仍登记", "the day it ended; empty while it lasts"),
        ),
        _AS_OF,
    ),
    ("identity_number", "started_on"),
    45,
    Text("登记失业人员的帮扶", "help for people who are registered as unemployed"),
    complete=True,
)
HARDSHIP = Contract(
    "hardship",
    Text("困难群体", "Hardship groups"),
    Text("农业农村、民政、残联和公共就业服务机构", "agriculture, civil affairs, the federation of the disabled, the employment service"),
    (
        _NUMBER,
        _NAME,
        FeedColumn(
            "detail",
            Text("困难类型", "group"),
            _words("人员类型 困难类别 群体类型 群体 人员类别 认定类型 类别 类型 hardship category"),
            "hardship",
            Text("群体：见下表", "the group, one of those below"),
            needed=True,
            filled=True,
        ),
        _began(
            "started_on",
            "认定日期",
            "day of recognition",
            "认定时间 起始日期 纳入日期 recognisedon",
            Text("认定的日期", "the day it was recognised"),
        ),
        _ended(
            "退出日期",
            "last day",
            "取消日期 终止日期 到期日期 endedon",
            Text("退出的日期；空为仍在册", "the day it ended; empty while it lasts"),
        ),
        _AS_OF,
    ),
    ("identity_number", "detail", "started_on"),
    190,
    Text("困难群体的帮扶", "help for hardship groups"),
    complete=True,
)
GRADUATES = Contract(
    "graduates",
    Text("毕业生", "Graduates"),
    Text("教育部门和院校", "education authorities and colleges"),
    (
        _NUMBER,
        _NAME,
        FeedColumn(
            "school",
            Text("学校编号", "school"),
            _words("院校编号 学校代码 院校代码 schoolcode"),
            "known_organisation",
            Text("学校的编号；没有登记的学校不记", "code of the school; one that is not on record is left out, with a note"),
        ),
        FeedColumn(
            "detail",
            Text("学历层次", "education"),
            _words("学历 培养层次 层次 毕业层次 degree"),
            "education",
            Text("中专、高中、大专、本科等", "senior, college or bachelor, in any spelling"),
            needed=True,
            filled=True,
        ),
        FeedColumn(
            "programme",
            Text("专业代码", "programme"),
            _words("专业编码 专业代号 programmecode majorcode"),
            "programme",
            Text("六位专业代码，见专业目录", "six digits of the national catalogue"),
        ),
        _began(
            "started_on",
            "毕业日期",
            "day of graduation",
            "毕业时间 毕业年月 graduationdate graduatedon",
            Text("毕业证书上的日期", "the date on the diploma"),
        ),
        _AS_OF,
    ),
    ("identity_number", "detail", "started_on"),
    400,
    Text("毕业生的帮扶和学历", "help for graduates, and schooling"),
)
CONTRACTS = {contract.kind: contract for contract in (CERTIFICATES, INSURANCE, UNEMPLOYMENT, HARDSHIP, GRADUATES)}
