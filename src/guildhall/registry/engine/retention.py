"""How long the registry keeps what it holds about people.

What is recorded by duty (certificates, employment, insurance) is not erased while the person may rely on it: a change keeps what was
said before. Everything else goes on schedule. Laws named as in `office.engine.retention`; Social Insurance Law art. 74 (full and accurate
records of contributions). Where no law names a length, the length is our own assumption and marked as such.
"""

from __future__ import annotations

from guildhall.kernel.retention import Period, Rule
from guildhall.kernel.tables import Text
from guildhall.office.engine.retention import CLAIMS, PROOF, PURPOSE

DUTY = Text(
    "履行法定职责（《个人信息保护法》第十三条第一款第三项）；长期保存为本系统假设",
    "a duty by law (PIPL art. 13(1)(3)); to keep it for good is our own assumption",
)
INSURED = Text(
    "《社会保险法》第七十四条：完整、准确记录缴费；长期保存为本系统假设",
    "Social Insurance Law art. 74: full and accurate records of contributions; to keep them for good is our own assumption",
)
RELIES = Text(
    "本人可能终身据以办事；期限为本系统假设",
    "the person may rely on it for life; the length is our own assumption",
)
CELLS = Text(
    "更正后即无用（《个人信息保护法》第四十七条）；期限为本系统假设",
    "of no use once corrected (PIPL art. 47); the length is our own assumption",
)

LIFE = Period(years=100)
IDLE = Period(years=10)

RULES: tuple[Rule, ...] = (
    Rule(
        "registry.person",
        ("registry.Worker",),
        Text("基本情况（不含姓名号码）", "The basics, without name or numbers"),
        Text("", ""),
        "superseded",
        DUTY,
        "assumed",
    ),
    Rule(
        "registry.identity",
        ("registry.Identity",),
        Text(
            "姓名、证件号、手机号：持证的人（含单位报送的证书）；有在职、参保、未办结事项或账号的除外",
            "Name, number and phone of people with a certificate, also one an employer named, unless they have a job, insurance, "
            "an open request or an account",
        ),
        Text("出生", "birth"),
        "emptied",
        RELIES,
        "assumed",
        LIFE,
    ),
    Rule(
        "registry.identity_idle",
        ("registry.Identity",),
        Text("姓名、证件号、手机号：无证书、无在职、无参保的人", "Name, number and phone of people without certificate, job or insurance"),
        Text("最后一段记录结束", "the end of the last record"),
        "emptied",
        RELIES,
        "assumed",
        IDLE,
    ),
    Rule(
        "registry.identity_document",
        ("registry.IdentityDocument",),
        Text("停用的其他证件", "Other documents no longer used"),
        Text("停用", "its end"),
        "erased",
        RELIES,
        "assumed",
        IDLE,
    ),
    Rule(
        "registry.former_name",
        ("registry.FormerName",),
        Text("曾用名", "Former names"),
        Text("改名", "the change"),
        "erased",
        RELIES,
        "assumed",
        IDLE,
    ),
    Rule(
        "registry.number_change",
        ("registry.NumberChange",),
        Text("身份证号变更单", "Changes of an identity number"),
        Text("办结", "the decision"),
        "emptied",
        PROOF,
        "statute",
        Period(years=3),
    ),
    Rule(
        "registry.certificate",
        ("registry.Certificate", "registry.CertificateNumber"),
        Text("证书与聘任", "Certificates and appointments"),
        Text("", ""),
        "superseded",
        DUTY,
        "assumed",
    ),
    Rule(
        "registry.claimed_certificate",
        ("registry.ClaimedCertificate",),
        Text("单位报送、待核实的证书", "Certificates an employer named"),
        Text("随本人姓名号码一并处理", "with the person's name and number"),
        "emptied",
        RELIES,
        "assumed",
    ),
    Rule("registry.employment", ("registry.EmploymentSpell",), Text("就业经历", "Employment"), Text("", ""), "superseded", DUTY, "assumed"),
    Rule("registry.insurance", ("registry.InsuranceSpell",), Text("参保时段", "Insurance"), Text("", ""), "superseded", INSURED, "assumed"),
    Rule(
        "registry.reported_fact",
        ("registry.ReportedFact",),
        Text("其他部门通报的情况", "What other authorities report"),
        Text("情况结束", "its end"),
        "erased",
        CLAIMS,
        "assumed",
        Period(years=3),
    ),
    Rule(
        "registry.superseded",
        ("registry.Superseded",),
        Text("改动前的姓名、号码", "Names and numbers as they were before a change"),
        Text("更改", "the change"),
        "emptied",
        RELIES,
        "assumed",
        IDLE,
    ),
    Rule("registry.alias", ("registry.Alias",), Text("合并过的记录", "Records that were joined"), Text("", ""), "kept", DUTY, "assumed"),
    Rule(
        "registry.duplicate_pair",
        ("registry.DuplicatePair",),
        Text("疑似重复的核对结论", "What came of possible duplicates"),
        Text("", ""),
        "kept",
        DUTY,
        "assumed",
    ),
    Rule(
        "registry.correction",
        ("registry.CorrectionRequest",),
        Text("更正申请的内容", "What correction requests say"),
        Text("答复", "the answer"),
        "emptied",
        PROOF,
        "statute",
        Period(years=3),
    ),
    Rule(
        "registry.correction_paper",
        ("office.Attachment",),
        Text("更正申请所附材料", "Papers of correction requests"),
        Text("答复", "the answer"),
        "emptied",
        PURPOSE,
        "assumed",
        Period(years=1),
    ),
    Rule(
        "registry.consent",
        ("registry.Consent",),
        Text("已撤回的同意", "Consents that were withdrawn"),
        Text("撤回", "the withdrawal"),
        "erased",
        PROOF,
        "statute",
        Period(years=3),
    ),
    Rule(
        "registry.wish",
        ("registry.Wish",),
        Text("办结的意愿", "Wishes that were seen to"),
        Text("办结", "the end"),
        "erased",
        PURPOSE,
        "assumed",
        Period(years=1),
    ),
    Rule(
        "registry.wish_open",
        ("registry.Wish",),
        Text("没有下文的意愿", "Wishes nothing came of"),
        Text("提出", "the day it was said"),
        "erased",
        PURPOSE,
        "assumed",
        Period(years=2),
    ),
    Rule(
        "registry.representative",
        ("registry.Representative",),
        Text("卸任法定代表人的姓名号码", "Name and number of former representatives"),
        Text("卸任", "the end"),
        "emptied",
        CLAIMS,
        "assumed",
        Period(years=3),
    ),
    Rule(
        "registry.rejected_row",
        ("registry.RejectedRow",),
        Text("名册退回行的内容", "What rejected rows of a roster said"),
        Text("导入", "the import"),
        "emptied",
        CELLS,
        "assumed",
        Period(days=90),
    ),
    Rule(
        "registry.import_chunk",
        ("registry.ImportChunk",),
        Text("未完成或放弃的名册内容", "Contents of rosters not applied, or not to the end"),
        Text("导入", "the import"),
        "emptied",
        CELLS,
        "assumed",
        Period(days=30),
    ),
    Rule(
        "registry.import",
        ("registry.ImportBatch",),
        Text("导入批次（不含人员内容）", "Imports, without what they said of people"),
        Text("", ""),
        "kept",
        DUTY,
        "assumed",
    ),
)
