"""The tables the registry publishes: people, what they hold, where they work, organisations and places.

Identity and certificate numbers stand in private tables of their own, which no snapshot contains.
"""

from __future__ import annotations

from guildhall.kernel.dated import STATUSES
from guildhall.kernel.tables import CODE, COUNT, DATE, DEGREES, FLAG, KEY, NAME, TEXT, Column, Table, Text

SEXES = ("female", "male")
KNOWN_EDUCATIONS = ("primary", "junior", "senior", "college", "bachelor")
EDUCATIONS = (*KNOWN_EDUCATIONS, "unknown")
KNOWN_MIGRANTS = ("none", "local", "away")
MIGRANTS = (*KNOWN_MIGRANTS, "unknown")
STANDINGS = ("worker", "student", "job_seeker")
REPORTS = ("unemployed", "hardship", "graduate")
FEEDS = ("certificates", "insurance", "unemployment", "hardship", "graduates")
LEVELS = ("L0", "L5", "L4", "L3", "L2", "L1", "LT", "LS")
CERTIFIED = LEVELS[1:]
CERTIFICATE_KINDS = ("skill_level", "appointment")
CERTIFICATE_SOURCES = ("employer", "public_body")
KNOWN_CONTRACTS = ("regular", "apprentice", "dispatched")
CONTRACTS = (*KNOWN_CONTRACTS, "unknown")
"""A roster may be silent on a person's schooling, home or contract; that is recorded as unknown, never guessed."""
SCHEMES = ("unemployment",)
ORGANISATION_KINDS = ("enterprise", "college", "academy", "assessment_body", "park")
SIZES = ("large", "medium", "small", "micro")
SECTORS = (
    "manufacturing",
    "construction",
    "energy_mining",
    "trade",
    "transport",
    "hospitality",
    "software",
    "business_services",
    "resident_services",
    "education_health",
)
PLACE_KINDS = ("city", "district", "county", "functional_zone", "township", "remainder", "park")
PARENT_RELATIONS = ("administrative", "functional")
SUCCESSION_SCOPES = ("whole", "part", "remainder")

WORKERS = Table(
    "registry.workers",
    Text("劳动者：一人一行，只有不透明的键", "People who work, study or seek work: one row each under an opaque key"),
    (
        Column("worker_id", KEY, Text("劳动者键", "opaque key of the person")),
        Column("birth_month", DATE, Text("出生月份的第一天", "first day of the month of birth")),
        Column("sex", CODE, Text("性别", "sex"), values=SEXES),
        Column("education", CODE, Text("最高学历层次", "highest schooling completed"), values=EDUCATIONS),
        Column("migrant", CODE, Text("农民工：否、本地、外出", "migrant worker: no, within the township, away from it"), values=MIGRANTS),
        Column("standing", CODE, Text("当前主要身份", "main activity as recorded"), values=STANDINGS),
        Column("residence", NAME, Text("常住地", "place of residence"), ref="registry.places"),
        Column("weight", COUNT, Text("代表的真实人数", "real people this row stands for"), unit="persons"),
    ),
    key=("worker_id",),
)
IDENTITY = Table(
    "registry.identity",
    Text("身份：姓名、证件号、电话，逐字段加密保存", "Identity: name, identity number and phone, encrypted field by field"),
    (
        Column("worker_id", KEY, Text("劳动者键", "opaque key of the person"), ref="registry.workers"),
        Column("name", TEXT, Text("姓名", "name")),
        Column("identity_number", TEXT, Text("居民身份证号", "resident identity number")),
        Column("phone", TEXT, Text("手机号", "mobile phone"), nullable=True),
    ),
    key=("worker_id",),
    private=True,
)
CERTIFICATES = Table(
    "registry.certificates",
    Text("持有的证书与聘任", "Certificates and appointments held"),
    (
        Column("certificate_id", KEY, Text("证书键", "key of the certificate")),
        Column("worker_id", KEY, Text("劳动者键", "holder"), ref="registry.workers"),
        Column("kind", CODE, Text("技能等级证书或岗位聘任", "skill-level certificate, or appointment to a post"), values=CERTIFICATE_KINDS),
        Column("level", CODE, Text("等级", "level"), values=CERTIFIED),
        Column("occupation", NAME, Text("职业编码", "occupation code"), ref="skills.occupations"),
        Column("issuer_id", KEY, Text("评价机构", "issuing organisation"), ref="registry.organisations"),
        Column(
            "source",
            CODE,
            Text("企业自主评价或社会评价组织", "employer for its own staff, or public assessment body"),
            values=CERTIFICATE_SOURCES,
        ),
        Column("issued_on", DATE, Text("发证或聘任日期", "date of issue or appointment")),
        Column("valid_until", DATE, Text("失效日期（不含）", "first day it no longer holds"), nullable=True),
    ),
    key=("certificate_id",),
)
CERTIFICATE_NUMBERS = Table(
    "registry.certificate_numbers",
    Text("证书编号：可据以查到本人，不进入快照", "Certificate numbers: they lead to the holder, so they stay out of snapshots"),
    (
        Column("certificate_id", KEY, Text("证书键", "key of the certificate"), ref="registry.certificates"),
        Column("number", TEXT, Text("证书编号，22 位", "certificate number, 22 characters")),
    ),
    key=("certificate_id",),
    private=True,
)
EMPLOYMENT = Table(
    "registry.employment_spells",
    Text("就业时段", "Spells of employment"),
    (
        Column("spell_id", KEY, Text("时段键", "key of the spell")),
        Column("worker_id", KEY, Text("劳动者键", "worker"), ref="registry.workers"),
        Column("organisation_id", KEY, Text("用人单位", "employer"), ref="registry.organisations"),
        Column("occupation", NAME, Text("所任职业编码", "occupation of the job"), nullable=True, ref="skills.occupations"),
        Column("contract", CODE, Text("用工形式", "kind of contract"), values=CONTRACTS),
        Column("started_on", DATE, Text("开始日期", "first day")),
        Column("ended_on", DATE, Text("结束日期（不含），空为在职", "first day after the spell; empty while it lasts"), nullable=True),
    ),
    key=("spell_id",),
)
INSURANCE = Table(
    "registry.insurance_spells",
    Text("参保时段", "Spells of social insurance"),
    (
        Column("spell_id", KEY, Text("时段键", "key of the spell")),
        Column("worker_id", KEY, Text("劳动者键", "worker"), ref="registry.workers"),
        Column("organisation_id", KEY, Text("缴费单位", "paying organisation"), nullable=True, ref="registry.organisations"),
        Column("scheme", CODE, Text("险种", "scheme"), values=SCHEMES),
        Column("started_on", DATE, Text("首个参保月的第一天", "first day of the first insured month")),
        Column(
            "ended_on",
            DATE,
            Text("停保月的第一天，空为在保", "first day of the first month not insured; empty while it lasts"),
            nullable=True,
        ),
    ),
    key=("spell_id",),
)
REPORTED = Table(
    "registry.reported_facts",
    Text("其他部门通报的情况：登记失业、困难群体、毕业", "What other authorities report: unemployment, hardship groups, graduation"),
    (
        Column("worker_id", KEY, Text("劳动者键", "worker"), ref="registry.workers"),
        Column("kind", CODE, Text("种类", "kind"), values=REPORTS),
        Column("detail", NAME, Text("困难类型，或毕业的学历层次；登记失业为空文本", "hardship group, or schooling; else an empty text")),
        Column("organisation_id", KEY, Text("毕业学校", "school of a graduation"), nullable=True, ref="registry.organisations"),
        Column("started_on", DATE, Text("登记、认定或毕业日期", "day of registration, recognition or graduation")),
        Column("ended_on", DATE, Text("结束日期（不含），空为仍在", "first day it no longer holds; empty while it lasts"), nullable=True),
        Column("as_of", DATE, Text("数据日期", "day the authority's file speaks of")),
    ),
    key=("worker_id", "kind", "detail", "started_on"),
)
FEED_DAYS = Table(
    "registry.feeds",
    Text("各类通报数据说到哪一天；没有行的从未收到", "The day that the data of each feed speak of; a feed without a row has never come"),
    (
        Column("kind", CODE, Text("数据来源", "feed"), values=FEEDS),
        Column("as_of", DATE, Text("数据日期", "day its data speak of")),
    ),
    key=("kind",),
)
ALIASES = Table(
    "registry.aliases",
    Text("同属一人的记录：并入哪一份", "Records that are one person: into which each was merged"),
    (
        Column("worker_id", KEY, Text("被并入的记录", "record that was merged"), ref="registry.workers"),
        Column("merged_into_id", KEY, Text("并入的记录", "record that leads"), ref="registry.workers"),
    ),
    key=("worker_id",),
)
ORGANISATIONS = Table(
    "registry.organisations",
    Text("组织：企业、院校、学院、评价机构、园区", "Organisations: enterprises, colleges, academies, assessment bodies, parks"),
    (
        Column("organisation_id", KEY, Text("组织键", "key of the organisation")),
        Column("code", TEXT, Text("本系统编号（不是统一社会信用代码）", "our own reference, not an official code")),
        Column("kind", CODE, Text("类别", "kind"), values=ORGANISATION_KINDS),
        Column("name_zh", TEXT, Text("中文名", "name in Chinese")),
        Column("name_en", TEXT, Text("英文名", "name in English"), nullable=True),
        Column("cluster", CODE, Text("产业集群", "industry cluster"), nullable=True),
        Column("sector", CODE, Text("行业", "sector"), nullable=True, values=SECTORS),
        Column("size", CODE, Text("规模", "size class"), nullable=True, values=SIZES),
        Column("above_scale", FLAG, Text("规模以上工业企业", "industry above the designated size")),
        Column("place", NAME, Text("所在地", "place"), ref="registry.places"),
        Column("source", NAME, Text("来源", "source of the row")),
        Column("status", CODE, Text("可信程度", "how well it is known"), values=STATUSES),
    ),
    key=("organisation_id",),
)
PLACES = Table(
    "registry.places",
    Text("地点：带有效期", "Places, with the dates between which each exists"),
    (
        Column("place_id", TEXT, Text("地点键（本系统）", "our key of the place")),
        Column("code", TEXT, Text("官方代码；未知则空", "official code; empty while unknown"), nullable=True),
        Column("kind", CODE, Text("类别", "kind"), values=PLACE_KINDS),
        Column("name_zh", TEXT, Text("中文名", "name in Chinese")),
        Column("name_en", TEXT, Text("英文名", "name in English")),
        Column("latitude", DEGREES, Text("纬度", "latitude"), unit="degrees, WGS-84", nullable=True),
        Column("longitude", DEGREES, Text("经度", "longitude"), unit="degrees, WGS-84", nullable=True),
        Column("valid_from", DATE, Text("存在的第一天；空为一直", "first day it exists; empty: always"), nullable=True),
        Column("valid_until", DATE, Text("不再存在的第一天；空为至今", "first day it no longer exists; empty: to this day"), nullable=True),
        Column("source", NAME, Text("来源", "source of the row")),
        Column("status", CODE, Text("可信程度", "how well it is known"), values=STATUSES),
    ),
    key=("place_id",),
)
PLACE_PARENTS = Table(
    "registry.place_parents",
    Text("隶属：带有效期", "Which place lies in which, with dates"),
    (
        Column("place_id", TEXT, Text("地点键", "place"), ref="registry.places"),
        Column("parent_id", TEXT, Text("上级地点键", "the place it lies in"), ref="registry.places"),
        Column("relation", CODE, Text("行政隶属或功能区", "administrative, or of a functional zone"), values=PARENT_RELATIONS),
        Column("valid_from", DATE, Text("起（含）；空为一直", "first day; empty: always"), nullable=True),
        Column("valid_until", DATE, Text("止（不含）；空为至今", "first day it no longer holds; empty: to this day"), nullable=True),
        Column("source", NAME, Text("来源", "source of the row")),
        Column("status", CODE, Text("可信程度", "how well it is known"), values=STATUSES),
    ),
    key=("place_id", "parent_id", "relation"),
)
PLACE_SUCCESSORS = Table(
    "registry.place_successors",
    Text("继承：撤并后由谁负责", "Succession: who is responsible after a merger"),
    (
        Column("place_id", TEXT, Text("原地点键", "the old place"), ref="registry.places"),
        Column("successor_id", TEXT, Text("继承地点键", "the place that follows it"), ref="registry.places"),
        Column("effective_on", DATE, Text("生效日期", "date it takes effect")),
        Column(
            "scope",
            CODE,
            Text("整体、部分（已列乡镇）、其余", "the whole, the townships named, or all that remains"),
            values=SUCCESSION_SCOPES,
        ),
        Column("source", NAME, Text("来源", "source of the row")),
        Column("status", CODE, Text("可信程度", "how well it is known"), values=STATUSES),
    ),
    key=("place_id", "successor_id"),
)

TABLES = (
    PLACES,
    PLACE_PARENTS,
    PLACE_SUCCESSORS,
    ORGANISATIONS,
    WORKERS,
    IDENTITY,
    CERTIFICATES,
    CERTIFICATE_NUMBERS,
    EMPLOYMENT,
    INSURANCE,
    REPORTED,
    FEED_DAYS,
    ALIASES,
)
"""In the order in which rows can be loaded: each table only points to tables before it."""
