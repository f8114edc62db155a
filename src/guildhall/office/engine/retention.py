"""How long the office keeps what it holds about people.

Laws named: Personal Information Protection Law (PIPL) art. 19 (no longer than the purpose needs), art. 47 (erase when it is
served), art. 56 (records of handling for at least three years); Cybersecurity Law art. 21 as of 2016 (network logs for six
months at least);
Civil Code art. 188 (claims within three years). Where no law names a length, the length is our own assumption and marked so.
"""

from __future__ import annotations

from guildhall.kernel.retention import Period, Rule
from guildhall.kernel.tables import Text

PURPOSE = Text("《个人信息保护法》第十九、四十七条；期限为本系统假设", "PIPL arts. 19 and 47; the length is our own assumption")
PROOF = Text("《个人信息保护法》第五十六条：处理情况记录至少三年", "PIPL art. 56: records of handling for at least three years")
LOGS = Text(
    "《网络安全法》（2016 年文本第二十一条）：网络日志至少六个月",
    "Cybersecurity Law (art. 21 as of 2016): network logs for at least six months",
)
CLAIMS = Text(
    "《民法典》第一百八十八条：三年诉讼时效；期限为本系统假设",
    "Civil Code art. 188: claims within three years; the length is our own assumption",
)

RULES: tuple[Rule, ...] = (
    Rule(
        "office.sms_code",
        ("office.SmsCode",),
        Text("短信验证码", "Codes sent by text message"),
        Text("发送", "sending"),
        "erased",
        PURPOSE,
        "assumed",
        Period(days=1),
    ),
    Rule(
        "office.session",
        ("sessions.Session", "usersessions.UserSession"),
        Text("登录会话", "Sessions"),
        Text("最后一次使用", "the last use"),
        "erased",
        LOGS,
        "statute",
        Period(days=183),
    ),
    Rule(
        "office.sign_in",
        (
            "mfa.Authenticator",
            "socialaccount.SocialAccount",
            "socialaccount.SocialToken",
            "account.EmailAddress",
            "account.EmailConfirmation",
        ),
        Text("登录方式", "Ways of signing in"),
        Text("随账号一并处理", "with the account"),
        "erased",
        PURPOSE,
        "assumed",
    ),
    Rule(
        "office.account_unused",
        ("office.Account",),
        Text("从未关联记录的公众账号", "Public accounts that never claimed a record"),
        Text("开通", "the day it was made"),
        "erased",
        PURPOSE,
        "assumed",
        Period(years=1),
    ),
    Rule(
        "office.account",
        ("office.Account",),
        Text("公众账号的手机号、邮箱、称呼", "Phone, mail and name of public accounts"),
        Text("最后一个角色结束且不再登录", "the end of the last role and the last sign-in"),
        "emptied",
        CLAIMS,
        "assumed",
        Period(years=3),
    ),
    Rule(
        "office.account_staff",
        ("office.Account",),
        Text("离任工作人员的姓名、邮箱", "Name and mail of staff who left"),
        Text("最后一个角色结束且不再登录", "the end of the last role and the last sign-in"),
        "emptied",
        Text("公务行为须可追溯；期限为本系统假设", "official acts must be traceable; the length is our own assumption"),
        "assumed",
        Period(years=10),
    ),
    Rule(
        "office.grant",
        ("office.Grant", "office.Reset", "office.RoleWish"),
        Text("角色与辖区", "Roles and jurisdictions"),
        Text("", ""),
        "kept",
        Text("解释操作记录所必需；不含姓名号码", "needed to explain events; holds neither names nor numbers"),
        "assumed",
    ),
    Rule(
        "office.parameter_confirmation",
        ("office.ParameterConfirmation",),
        Text("工作人员对规则参数的确认", "Confirmations of a rule's figures by staff"),
        Text("", ""),
        "kept",
        Text(
            "凭规则作出的决定须可追溯至所依据的文件；只记账号，不含姓名号码；长期保存为本系统假设",
            "a decision must lead back to its document; accounts alone, no names or numbers; to keep them for good is our own assumption",
        ),
        "assumed",
    ),
    Rule(
        "office.mandate",
        ("office.Mandate",),
        Text("代办授权的说明文字", "Notes on leave to act for somebody"),
        Text("授权结束", "its end"),
        "emptied",
        PROOF,
        "statute",
        Period(years=3),
    ),
    Rule(
        "office.token",
        ("office.ApiToken",),
        Text("程序密钥", "Keys for programs"),
        Text("到期或收回", "its end"),
        "erased",
        PURPOSE,
        "assumed",
        Period(years=1),
    ),
    Rule(
        "office.notice",
        ("office.Notice",),
        Text("已读或已送出的通知", "Notices that were read or sent"),
        Text("阅读或送出", "reading or sending"),
        "erased",
        PURPOSE,
        "assumed",
        Period(days=90),
    ),
    Rule(
        "office.notice_unread",
        ("office.Notice",),
        Text("未读的通知", "Notices nobody read"),
        Text("写出", "writing"),
        "erased",
        PURPOSE,
        "assumed",
        Period(years=2),
    ),
    Rule(
        "office.attachment",
        ("office.Attachment",),
        Text("材料文件（不属于更正申请的）", "Papers that belong to no correction request"),
        Text("提交", "bringing"),
        "emptied",
        CLAIMS,
        "assumed",
        Period(years=3),
    ),
    Rule(
        "office.event",
        ("office.AuditEvent", "office.ChainHead", "office.Seal", "office.AuditCheck"),
        Text("操作记录", "Events"),
        Text("", ""),
        "kept",
        Text(
            "《个人信息保护法》第五十四、五十六条；只增不改，不含姓名号码；长期保存为本系统假设",
            "PIPL arts. 54 and 56; only ever added to, without names or numbers; to keep them for good is our own assumption",
        ),
        "assumed",
    ),
)
