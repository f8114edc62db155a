"""The details of an event as a person reads them. What only leads to other rows (numbers, digests) is left to the files for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guildhall.kernel.tables import Text

NAMES: Mapping[str, Text] = {
    "ways": Text("方式", "how"),
    "way": Text("方式", "how"),
    "kind": Text("种类", "kind"),
    "role": Text("角色", "role"),
    "purpose": Text("用途", "for"),
    "consent": Text("同意方式", "agreed"),
    "until": Text("至", "until"),
    "from": Text("自", "from"),
    "on": Text("日期", "on"),
    "field": Text("内容", "what"),
    "reason": Text("理由", "why"),
    "columns": Text("内容", "what"),
    "document": Text("查验的证件", "document seen"),
    "sessions": Text("登录会话", "sessions"),
    "rows": Text("行数", "rows"),
    "tables": Text("表数", "tables"),
    "due": Text("答复期限", "due"),
    "before": Text("原期限", "due before"),
    "demonstration": Text("演示", "for demonstration"),
    "fact": Text("核对的内容", "what was checked"),
    "by": Text("按", "by"),
    "found": Text("找到", "found"),
}
"""What is worth reading, and what it is called."""
VALUES: Mapping[str, Text] = {
    "demonstration": Text("演示登录", "sign-in of the demonstration"),
    "password": Text("密码", "password"),
    "mfa": Text("验证器", "authenticator"),
    "totp": Text("验证器应用", "authenticator app"),
    "webauthn": Text("通行密钥", "passkey"),
    "recovery_codes": Text("恢复码", "recovery code"),
    "code": Text("手机短信", "text message"),
    "identity": Text("统一身份认证", "unified identity"),
    "socialaccount": Text("统一身份认证", "unified identity"),
    "worker": Text("劳动者", "worker"),
    "employer": Text("用人单位", "employer"),
    "college": Text("院校", "college"),
    "assessor": Text("评价员", "assessor"),
    "claims_officer": Text("补贴审核员", "claims officer"),
    "arrears_officer": Text("欠薪处理员", "arrears officer"),
    "planner": Text("规划员", "planner"),
    "administrator": Text("管理员", "administrator"),
    "auditor": Text("审计员", "auditor"),
    "broker": Text("村级劳务经纪人", "village labour broker"),
    "representative": Text("代办人", "somebody who acts for the person"),
    "officer": Text("工作人员", "officer"),
    "record": Text("本人档案", "the own record"),
    "certificates": Text("证书", "certificates"),
    "training": Text("培训", "training"),
    "jobs": Text("求职", "finding work"),
    "benefits": Text("补贴和待遇", "subsidies and benefits"),
    "wages": Text("欠薪", "unpaid wages"),
    "signed": Text("书面", "signed"),
    "spoken": Text("口头", "spoken"),
    "message": Text("短信或消息", "by message"),
    "identity_number": Text("身份证号", "identity number"),
    "certificate_number": Text("证书编号", "certificate number"),
    "certificate": Text("证书编号", "certificate number"),
    "claim": Text("待核实证书编号", "number of a certificate not confirmed"),
    "phone": Text("手机号", "phone"),
    "name": Text("姓名", "name"),
    "initials": Text("姓名首字母", "initials"),
    "number": Text("证件号", "number of a document"),
    "residence_id": Text("常住地", "residence"),
    "education": Text("学历", "schooling"),
    "migrant": Text("农民工", "migrant worker"),
    "standing": Text("主要活动", "main activity"),
    "counter": Text("窗口办事", "at the counter"),
    "contact": Text("联系本人", "to reach the person"),
    "correction": Text("更正", "a correction"),
    "assessment": Text("等级评价", "an assessment"),
    "case": Text("欠薪等案件", "a case"),
    "law": Text("法律规定的其他情形", "another ground by law"),
    "card": Text("居民身份证", "identity card"),
    "passport": Text("护照", "passport"),
    "left": Text("已离开单位", "no longer works there"),
}
"""Words that stand as values; a word that is not here is left out, as a code says nothing to anybody."""
YES, NO = Text("是", "yes"), Text("否", "no")


def told(details: Mapping[str, object]) -> Text:
    """What they say in words, empty where there is nothing to read."""
    parts = [(NAMES[name], said) for name, value in details.items() if name in NAMES and (said := _value(value))]
    return Text("；".join(f"{name.zh}：{said.zh}" for name, said in parts), "; ".join(f"{name.en}: {said.en}" for name, said in parts))


def _value(value: object) -> Text | None:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [said for inner in value if (said := _value(inner))]
        return Text("、".join(said.zh for said in parts), ", ".join(said.en for said in parts)) if parts else None
    if isinstance(value, str) and value in VALUES:
        return VALUES[value]
    text = str(value or "")
    return Text(text, text) if text and all(letter.isdigit() or letter in "-: .," for letter in text) else None
