"""What rules on incentives read and no other domain keeps: grants, courses, premiums of employers, businesses, and what was said in claims.

Facts are worked out from these tables and the registry's, at a date; they are never stored themselves.
"""

from __future__ import annotations

from guildhall.incentives.tables.businesses import BORROWERS, BUSINESS_KINDS
from guildhall.incentives.tables.certificates import TRAININGS
from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, TEXT, Column, Table, Text
from guildhall.registry.tables import CERTIFIED

GRANT_SOURCES = ("paid", "recorded")
"""Paid by us after a claim; or taken over from the records of before."""
SUBJECTS = ("certificate", "spell", "business")

GRANTS = Table(
    "incentives.grants",
    Text("已发放的补贴：本系统支付的，或从以前的台账录入的", "Benefits already granted: paid here, or recorded from before"),
    (
        Column("grant_id", KEY, Text("发放键", "key of the grant")),
        Column("benefit", NAME, Text("政策工具", "benefit, by the name of its rule")),
        Column("worker_id", KEY, Text("劳动者键", "person it was granted for"), nullable=True, ref="registry.workers"),
        Column("organisation_id", KEY, Text("用人单位", "employer it was granted to"), nullable=True, ref="registry.organisations"),
        Column("certificate_id", KEY, Text("证书键，不详为空", "certificate, where known"), nullable=True, ref="registry.certificates"),
        Column("spell_id", KEY, Text("就业时段键", "hire"), nullable=True, ref="registry.employment_spells"),
        Column("business_id", KEY, Text("经营主体键", "business"), nullable=True, ref="incentives.businesses"),
        Column("year", COUNT, Text("所属年度", "year it is for"), unit="year", nullable=True),
        Column("months", COUNT, Text("所涉月数", "months it covers"), unit="months", nullable=True),
        Column("occupation", NAME, Text("职业编码", "occupation"), nullable=True, ref="skills.occupations"),
        Column("level", CODE, Text("等级", "level"), nullable=True, values=CERTIFIED),
        Column(
            "shortage",
            FLAG,
            Text("按急需紧缺职业发放；不详为空", "granted as for an urgent occupation; empty where unknown"),
            nullable=True,
        ),
        Column("amount", COUNT, Text("金额", "amount"), unit="fen"),
        Column("granted_on", DATE, Text("发放日期", "day of the grant")),
        Column("revoked_on", DATE, Text("追回日期，空为有效", "day it was taken back; empty while it stands"), nullable=True),
        Column("source", CODE, Text("来源", "where the row comes from"), values=GRANT_SOURCES),
    ),
    key=("grant_id",),
)
COURSES = Table(
    "incentives.trainings",
    Text("取证前的培训及其补贴", "Courses that led to a certificate, and whether they were subsidised"),
    (
        Column("training_id", KEY, Text("培训键", "key of the course taken")),
        Column("worker_id", KEY, Text("劳动者键", "who took it"), ref="registry.workers"),
        Column("certificate_id", KEY, Text("所取得的证书", "certificate it led to"), ref="registry.certificates"),
        Column("kind", CODE, Text("培训类别", "kind of course"), values=TRAININGS),
        Column("started_on", DATE, Text("开始日期", "first day")),
        Column("days", COUNT, Text("天数", "days"), unit="days"),
        Column("listed_cost", COUNT, Text("目录公布的培训费", "cost as the catalogue lists it"), unit="fen", nullable=True),
        Column("subsidised_on", DATE, Text("已补贴的日期；空为未补贴", "day it was subsidised; empty if it was not"), nullable=True),
    ),
    key=("training_id",),
)
EMPLOYER_YEARS = Table(
    "incentives.employer_years",
    Text("用人单位各年度缴纳失业保险和裁员情况", "What employers paid to unemployment insurance in a year, and whom they laid off"),
    (
        Column("organisation_id", KEY, Text("用人单位", "employer"), ref="registry.organisations"),
        Column("year", COUNT, Text("年度", "calendar year"), unit="year"),
        Column("premiums", COUNT, Text("单位和职工实际缴费", "premiums paid by employer and staff"), unit="fen"),
        Column("insured_average", COUNT, Text("年末参保人数", "people insured at the end of the year"), unit="persons"),
        Column("laid_off", COUNT, Text("裁员人数", "people laid off in the year"), unit="persons"),
        Column("months_paid", COUNT, Text("到年末累计足额缴费月数", "months paid in full, up to the end of the year"), unit="months"),
        Column("as_of", DATE, Text("数据日期", "day the data speak of")),
    ),
    key=("organisation_id", "year"),
)
BUSINESSES = Table(
    "incentives.businesses",
    Text("个人创办的经营主体：个体工商户和小微企业", "Businesses people founded: their own, or small enterprises"),
    (
        Column("business_id", KEY, Text("经营主体键", "key of the business")),
        Column("worker_id", KEY, Text("经营者", "owner"), ref="registry.workers"),
        Column("organisation_id", KEY, Text("对应的组织", "organisation it is"), nullable=True, ref="registry.organisations"),
        Column("place", NAME, Text("经营地", "place of business"), ref="registry.places"),
        Column("kind", CODE, Text("类别", "kind"), values=BUSINESS_KINDS),
        Column("registered_on", DATE, Text("登记日期", "day of registration")),
        Column("closed_on", DATE, Text("注销日期；空为存续", "first day it no longer exists; empty while it does"), nullable=True),
        Column("first_business", FLAG, Text("首次创办", "the owner's first"), nullable=True),
        Column("insured_employees", COUNT, Text("经营者以外参保人数", "insured besides the owner"), unit="persons", nullable=True),
        Column("household", KEY, Text("户的键；不明为空", "opaque key of the household; empty while unknown"), nullable=True),
        Column("has_loan", FLAG, Text("有创业担保贷款", "has a guaranteed start-up loan"), nullable=True),
        Column("borrower", CODE, Text("借款人", "borrower"), nullable=True, values=BORROWERS),
        Column("partners", COUNT, Text("合伙人数", "partners who borrow together"), unit="persons", nullable=True),
        Column("borrowed_on", DATE, Text("贷款发放日期", "day the loan was paid out"), nullable=True),
        Column("loan_until", DATE, Text("贷款到期日期", "day the loan falls due"), nullable=True),
        Column("principal", COUNT, Text("贷款本金", "principal"), unit="fen", nullable=True),
        Column("loan_rate", COUNT, Text("贷款年利率", "rate of the loan a year"), unit="basis points", nullable=True),
    ),
    key=("business_id",),
)
STATEMENTS = Table(
    "incentives.statements",
    Text("申领中说明并有材料为证的情况", "What was said in claims, with documents to show it"),
    (
        Column("subject", CODE, Text("所说的对象", "what it is about"), values=SUBJECTS),
        Column("subject_id", KEY, Text("对象的键", "key of that")),
        Column("fact", NAME, Text("事实表的列名", "column of the facts table")),
        Column("value", TEXT, Text("值：日期、整数、`true` 或 `false`、或词", "value: a date, a whole number, true or false, or a word")),
        Column("worker_id", KEY, Text("所涉劳动者", "person concerned"), nullable=True, ref="registry.workers"),
        Column("said_on", DATE, Text("说明日期", "day it was said")),
    ),
    key=("subject", "subject_id", "fact"),
)
SOURCES = (BUSINESSES, GRANTS, COURSES, EMPLOYER_YEARS, STATEMENTS)
"""In the order in which rows can be loaded."""
