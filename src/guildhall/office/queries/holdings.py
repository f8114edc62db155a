"""All that the office holds about one person: accounts and roles, who may act for them, what was told, papers, and events about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Model

from guildhall.kernel.holdings import Heading, Held, Value
from guildhall.kernel.tables import Text
from guildhall.office.engine.browsers import called
from guildhall.office.engine.notices import filled
from guildhall.office.models import Account, ApiToken, Attachment, AuditEvent, Grant, Mandate, Notice
from guildhall.office.phones import phone_of
from guildhall.office.queries.notices import facts_of

DOMAIN = "office"
Rows = Iterable[Sequence[Value]]
CHANNEL = {"app": Text("站内", "in the house"), "sms": Text("短信", "text message"), "mail": Text("邮件", "mail")}
NOTICE_STATE = {
    "waiting": Text("待发送", "waiting"),
    "sent": Text("已送出", "sent"),
    "failed": Text("未送达", "failed"),
    "cancelled": Text("已取消", "cancelled"),
}
MANDATE = {"counter": Text("窗口代办", "at the counter"), "broker": Text("劳务经纪人代办", "by a village labour broker")}
AGREED = {"signed": Text("书面", "signed"), "spoken": Text("口头", "spoken"), "message": Text("短信或消息", "by message")}
SCAN = {"waiting": Text("待检查", "to be checked"), "clean": Text("通过", "clean"), "refused": Text("未通过", "refused")}
TO_SIGN_IN = Text("您用以登录", "for you to sign in")


def held_about(worker_ids: Sequence[int], *, in_full: bool = False) -> list[Held]:
    """All that the office holds about a person, known by the keys of all their records; phones masked unless asked for in full.

    For the person alone: whoever calls has made sure of that.
    """
    accounts = list(Account.objects.filter(grants__worker_id__in=worker_ids, grants__role="worker").distinct().order_by("pk"))
    return [
        _accounts(accounts, in_full),
        _signing_in(accounts),
        _sessions(accounts, in_full),
        _grants(accounts),
        _tokens(accounts),
        _mandates(worker_ids),
        _notices(accounts, worker_ids),
        _attachments(worker_ids),
        _events(accounts, worker_ids),
    ]


def _held(table: str, rule: str, title: Text, why: Text, headings: Sequence[Heading], rows: Rows, *models: type[Model]) -> Held:
    labels = tuple(model._meta.label for model in models)
    return Held(DOMAIN, f"office.{table}", title, why, tuple(headings), tuple(tuple(row) for row in rows), labels, f"office.{rule}")


def _heading(name: str, zh: str, en: str, words: Mapping[str, Text] | None = None, resolve: str = "") -> Heading:
    return Heading(name, Text(zh, en), words or {}, resolve)


def _accounts(accounts: Sequence[Account], in_full: bool) -> Held:
    headings = (
        _heading("account", "账号", "account"),
        _heading("username", "登录名", "name to sign in"),
        _heading("name", "称呼", "name"),
        _heading("email", "邮箱", "mail"),
        _heading("phone", "手机号", "phone"),
        _heading("language", "语言", "language"),
        _heading("created_at", "开通时间", "made"),
        _heading("last_login", "最近登录", "last signed in"),
    )
    rows = ((a.pk, a.username, a.name, a.email, _phone(a, in_full), a.language, a.created_at, a.last_login) for a in accounts)
    return _held("accounts", "account", Text("账号", "Accounts"), TO_SIGN_IN, headings, rows, Account, EmailAddress)


def _phone(account: Account, in_full: bool) -> str:
    phone = phone_of(account)
    return phone if in_full or not phone else f"{phone[:3]}****{phone[-2:]}"


def _signing_in(accounts: Sequence[Account]) -> Held:
    """Second factors and identities elsewhere with which the account is opened; their secrets are no part of it."""
    headings = (
        _heading("account", "账号", "account"),
        _heading("kind", "方式", "way"),
        _heading("since", "设置时间", "since"),
        _heading("used", "最近使用", "last used"),
    )
    factors = [(f.user_id, f.type, f.created_at, f.last_used_at) for f in Authenticator.objects.filter(user__in=accounts)]
    linked = [(s.user_id, s.provider, s.date_joined, s.last_login) for s in SocialAccount.objects.filter(user__in=accounts)]
    title = Text("登录方式", "Ways of signing in")
    return _held("sign_in", "sign_in", title, TO_SIGN_IN, headings, [*factors, *linked], Authenticator, SocialAccount)


def _sessions(accounts: Sequence[Account], in_full: bool) -> Held:
    headings = (
        _heading("account", "账号", "account"),
        _heading("began", "开始", "began"),
        _heading("seen", "最近使用", "last used"),
        _heading("address", "网络地址", "network address"),
        _heading("browser", "浏览器", "browser"),
    )
    found = UserSession.objects.filter(user__in=accounts).order_by("pk")
    rows = [(s.user_id, s.created_at, s.last_seen_at, str(s.ip), s.user_agent if in_full else called(s.user_agent)) for s in found]
    why = Text("让您看到并结束别处的登录", "so that you can see and end sessions elsewhere")
    return _held("sessions", "session", Text("登录会话", "Sessions"), why, headings, rows, UserSession, Session)


def _grants(accounts: Sequence[Account]) -> Held:
    headings = (
        _heading("account", "账号", "account"),
        _heading("role", "角色", "role", resolve="role"),
        _heading("place", "辖区", "jurisdiction"),
        _heading("organisation", "单位", "organisation", resolve="organisation"),
        _heading("record", "记录号", "record"),
        _heading("granted_by", "授予人", "given by", resolve="actor"),
        _heading("valid_from", "开始", "from"),
        _heading("valid_until", "结束", "until"),
        _heading("revoked_at", "收回时间", "taken back"),
    )
    rows = [
        (g.account_id, g.role, g.place, g.organisation_id, g.worker_id, g.granted_by, g.valid_from, g.valid_until, g.revoked_at)
        for g in Grant.objects.filter(account__in=accounts).order_by("pk")
    ]
    return _held("grants", "grant", Text("角色", "Roles"), Text("决定您能看到什么", "they decide what you can see"), headings, rows, Grant)


def _tokens(accounts: Sequence[Account]) -> Held:
    headings = (
        _heading("account", "账号", "account"),
        _heading("name", "名称", "name"),
        _heading("scopes", "范围", "scope"),
        _heading("created_at", "创建时间", "made"),
        _heading("expires_on", "到期", "expires"),
        _heading("last_used_on", "最近使用", "last used"),
        _heading("revoked_at", "收回时间", "taken back"),
    )
    found = ApiToken.objects.filter(account__in=accounts).order_by("pk")
    rows = [(t.account_id, t.name, t.scopes, t.created_at, t.expires_on, t.last_used_on, t.revoked_at) for t in found]
    why = Text("让您的程序代您读取", "for programs of yours that read for you")
    return _held("tokens", "token", Text("程序密钥", "Keys for programs"), why, headings, rows, ApiToken)


def _mandates(worker_ids: Sequence[int]) -> Held:
    headings = (
        _heading("kind", "种类", "kind", MANDATE),
        _heading("agent", "代办人", "who acts", resolve="actor"),
        _heading("purpose", "事项", "purpose"),
        _heading("consent", "您如何同意", "how you agreed", AGREED),
        _heading("note", "说明", "note"),
        _heading("given_at", "同意时间", "agreed"),
        _heading("valid_from", "开始", "from"),
        _heading("valid_until", "结束", "until"),
        _heading("revoked_at", "撤回时间", "withdrawn"),
    )
    rows = [
        (m.kind, f"account:{m.agent_id}", m.purpose, m.consent, m.consent_note, m.given_at, m.valid_from, m.valid_until, m.revoked_at)
        for m in Mandate.objects.filter(worker_id__in=worker_ids).order_by("pk")
    ]
    why = Text("记录谁可以代您办事", "to show who may act for you")
    return _held("mandates", "mandate", Text("代办授权", "Leave to act for you"), why, headings, rows, Mandate)


def _notices(accounts: Sequence[Account], worker_ids: Sequence[int]) -> Held:
    headings = (
        _heading("channel", "途径", "way", CHANNEL),
        _heading("subject", "标题", "subject"),
        _heading("body", "内容", "text"),
        _heading("state", "状态", "state", NOTICE_STATE),
        _heading("created_at", "时间", "written"),
        _heading("sent_at", "送出时间", "sent"),
        _heading("read_at", "阅读时间", "read"),
    )
    found = Notice.objects.filter(account__in=accounts) | Notice.objects.filter(worker_id__in=worker_ids)
    rows = [(n.channel, *_said(n), n.state, n.created_at, n.sent_at, n.read_at) for n in found.order_by("pk")]
    why = Text("告知您与您有关的事", "to tell you what concerns you")
    return _held("notices", "notice", Text("通知", "Notices"), why, headings, rows, Notice)


def _said(notice: Notice) -> tuple[Text, Text]:
    """Subject and text in both languages."""
    facts = facts_of(notice)
    zh, en = filled(notice.template, facts, "zh-hans"), filled(notice.template, facts, "en")
    return Text(zh.subject, en.subject), Text(zh.body, en.body)


def _attachments(worker_ids: Sequence[int]) -> Held:
    headings = (
        _heading("number", "编号", "number"),
        _heading("subject", "所属", "belongs to"),
        _heading("title", "名称", "title"),
        _heading("media_type", "格式", "format"),
        _heading("size", "字节", "bytes"),
        _heading("sha256", "校验值", "digest"),
        _heading("scan", "安全检查", "safety check", SCAN),
        _heading("added_by", "提交人", "brought by", resolve="actor"),
        _heading("added_at", "提交时间", "brought"),
        _heading("removed_at", "删除时间", "removed"),
    )
    rows = [
        (a.pk, a.subject, a.title, a.media_type, a.size, a.sha256, a.scan, a.added_by, a.added_at, a.removed_at)
        for a in Attachment.objects.filter(worker_id__in=worker_ids).order_by("pk")
    ]
    why = Text("您为办事提交的材料，加密保存", "papers you brought; each is encrypted")
    return _held("attachments", "attachment", Text("材料", "Papers"), why, headings, rows, Attachment)


def _events(accounts: Sequence[Account], worker_ids: Sequence[int]) -> Held:
    headings = (
        _heading("at", "时间", "when"),
        _heading("subject", "关于", "about", resolve="subject"),
        _heading("action", "操作", "what", resolve="action"),
        _heading("actor", "操作人", "who", resolve="actor"),
        _heading("role", "角色", "role", resolve="role"),
        _heading("on_behalf", "代谁", "on behalf of", resolve="whom"),
        _heading("reason", "理由", "reason"),
        _heading("details", "细节", "details"),
        _heading("batch", "导入批次", "import"),
    )
    chains = [*(f"worker:{key}" for key in worker_ids), *(f"account:{account.pk}" for account in accounts)]
    rows = [
        (e.at, e.chain, e.action, e.actor, e.role, e.on_behalf, e.reason, _details(e.details), e.batch)
        for e in AuditEvent.objects.filter(chain__in=chains).order_by("event_id")
    ]
    why = Text("谁在何时因何看过、改过您的记录；只增不改", "who saw or changed your record, when and why; never altered")
    return _held("events", "event", Text("操作记录", "Events"), why, headings, rows, AuditEvent)


def _details(text: str) -> Mapping[str, object] | None:
    """The details of an event as a small record; None where it has none."""
    found: dict[str, object] = json.loads(text or "{}")
    return found or None
