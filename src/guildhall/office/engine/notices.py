"""What the office says to people: every message in both languages, in one place; when it may be sent, and when it is tried again.

A subject holds no facts: it is all that leaves the house by text message or mail, where anybody may read over a shoulder. What
the message says in full is read after signing in. A code to sign in with is the one exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from guildhall.kernel.tables import Text

Fact = str | int | Text
GAP = re.compile(r"\{(\w+)\}")
SIGN_IN = Text("登录匠城查看详情。", "Sign in to Guildhall to read it.")
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait after the first, second, … attempt that failed; after the last of them nothing more is tried."""


@dataclass(frozen=True)
class Template:
    """One message: its subject without facts, and its body with gaps that facts fill by name. `urgent` goes out at any hour."""

    subject: Text
    body: Text
    urgent: bool = False

    @property
    def gaps(self) -> frozenset[str]:
        """The names of the facts that the body needs."""
        return frozenset(GAP.findall(self.body.en))


@dataclass(frozen=True)
class Message:
    """A template with its gaps filled, in one language."""

    subject: str
    body: str


TEMPLATES: dict[str, Template] = {
    "sign_in_code": Template(
        Text("登录验证码", "Your code to sign in"),
        Text(
            "匠城登录验证码：{code}，{minutes} 分钟内有效。请勿告诉任何人。",
            "Guildhall: {code} is your code, good for {minutes} minutes. Tell nobody.",
        ),
        urgent=True,
    ),
    "record_claimed": Template(
        Text("您的记录已与账号关联", "Your record is linked to your account"),
        Text(
            "{on} 起，您可以用此账号查看本市登记的全部个人信息。如果不是您本人操作，请立即联系区县人社部门。",
            "Since {on} you can see with this account all that the city holds about you. If this was not you, tell your "
            "district's office at once.",
        ),
    ),
    "record_released": Template(
        Text("账号与您记录的关联已解除", "An account was parted from your record"),
        Text(
            "{on} 起，原账号不能再查看这份记录。如需重新关联，请再次认领，或持身份证到窗口办理。",
            "Since {on} the account that had claimed this record no longer opens it. To open it yourself, claim it anew or come to "
            "the counter with your identity card.",
        ),
    ),
    "account_parted": Template(
        Text("此账号与记录的关联已解除", "This account was parted from its record"),
        Text(
            "{on}，同属一人的两份记录已合并，由另一账号继续使用，此账号不再能查看。如果那不是您的账号，请持身份证到窗口办理。",
            "On {on} two records of one person were joined. The other account stays, and this one no longer opens the record. If the "
            "other is not yours, come to the counter with your identity card.",
        ),
    ),
    "phone_detached": Template(
        Text("您的登录手机号已停用", "You no longer sign in with this phone"),
        Text(
            "{on}，登记的手机号已变更，原手机号不能再登录此账号。请到窗口为新手机号重新关联记录。",
            "On {on} another phone came on record, and the one before no longer opens this account. Have the record linked to the "
            "new one at the counter.",
        ),
    ),
    "invitation": Template(
        Text("您的匠城账号启用链接", "Your link to begin with Guildhall"),
        Text(
            "用户名 {username}。打开链接设置密码：{link}。链接只能使用一次，{days} 天内有效，请勿转发。",
            "Your name to sign in with is {username}. Set a password at {link}. It serves once, within {days} days. Pass it to nobody.",
        ),
        urgent=True,
    ),
    "reset_asked": Template(
        Text("有管理员申请重置您的登录方式", "An administrator asks that you begin anew"),
        Text(
            "{who}于 {on} 申请重置您的登录方式，须经另一名管理员确认。如果不是您提出的，请立即联系其他管理员。",
            "On {on} {who} asked that your password and second factor be forgotten; another administrator has to confirm. If you did "
            "not ask for this, tell another administrator at once.",
        ),
    ),
    "reset_done": Template(
        Text("您的登录方式已被重置", "Your way of signing in was reset"),
        Text(
            "{on}，{who}重置了您的登录方式，原密码、验证方式和程序密钥均已失效。如果不是您提出的，请立即联系其他管理员。",
            "On {on} {who} had your password, second factors and keys forgotten. If you did not ask for this, tell another "
            "administrator at once.",
        ),
    ),
    "role_asked": Template(
        Text("有管理员为您申请一个角色", "An administrator asks for a role for you"),
        Text(
            "{who}于 {on} 为您申请角色“{role}”，须经另一名管理员确认后生效。如果您不知情，请立即联系其他管理员。",
            "On {on} {who} asked that you get the role “{role}”; another administrator has to confirm. If this surprises you, tell "
            "another administrator at once.",
        ),
    ),
    "role_given": Template(
        Text("您有一个新的角色", "You have a new role"),
        Text("您获得角色“{role}”，自 {start} 起有效。", "You were given the role “{role}”, from {start}."),
    ),
    "role_ended": Template(
        Text("您的一个角色已结束", "One of your roles has ended"),
        Text("您的角色“{role}”已于 {end} 结束。", "Your role “{role}” ended on {end}."),
    ),
    "mandate_given": Template(
        Text("有人获准代您办事", "Someone may now act for you"),
        Text(
            "“{purpose}”一事，{agent}可代您办理，至 {until} 止。您可随时在“我的档案”中撤回。",
            "{agent} may act for you until {until}, for “{purpose}”. You can withdraw this at any time on the page about you.",
        ),
    ),
    "mandate_ended": Template(
        Text("代您办事的授权已结束", "Leave to act for you has ended"),
        Text("“{purpose}”的代办授权已于 {on} 结束。", "Leave to act for you for “{purpose}” ended on {on}."),
    ),
    "number_revealed": Template(
        Text("有工作人员查看了您的完整号码", "Someone saw a number of yours in full"),
        Text(
            "{on}，{who}查看了您的{field}，理由：{reason}。“谁看过”中有完整记录。",
            "On {on} {who} saw your {field}. Reason given: {reason}. “Who looked” lists every such case.",
        ),
    ),
    "correction_received": Template(
        Text("您的更正申请已收到", "Your correction was received"),
        Text("第 {number} 号更正申请最迟 {due} 前答复。", "Correction request {number} will be answered by {due} at the latest."),
    ),
    "correction_accepted": Template(
        Text("您的更正申请已通过", "Your correction was accepted"),
        Text(
            "第 {number} 号更正申请已通过，记录已更改，原内容按规定保留。",
            "Request {number} was accepted. The record was changed; what it said before is kept.",
        ),
    ),
    "correction_refused": Template(
        Text("您的更正申请未通过", "Your correction was not accepted"),
        Text("第 {number} 号更正申请未通过。理由：{answer}", "Request {number} was not accepted. The reason: {answer}"),
    ),
    "name_changed": Template(
        Text("您的登记姓名或证件已变更", "Your name or a document on record has changed"),
        Text(
            "{on} 变更了您的{what}。如果不是您申请的，请立即联系区县人社部门。",
            "Your {what} was changed on {on}. If you did not ask for this, tell your district's office at once.",
        ),
    ),
    "records_merged": Template(
        Text("您的两份记录已合并", "Two records of yours were joined"),
        Text(
            "{on}，经核对确认同属您本人的两份记录已合并，必要时可以撤销。",
            "On {on} two records found to be yours were joined. This can be undone.",
        ),
    ),
    "certificate_confirmed": Template(
        Text("您的一份证书已核实", "A certificate of yours was confirmed"),
        Text(
            "“{level}”证书已由发证方核实，计入您的等级。",
            "The issuer confirmed your certificate “{level}”; it now counts towards your level.",
        ),
    ),
    "employment_reported": Template(
        Text("有单位报告您在该单位就业", "An employer reports that you work there"),
        Text(
            "{employer}报告您自 {start} 起在该单位就业。请在“我的档案”中确认是否属实；确认前，该单位看不到您的其他信息。",
            "{employer} reports that you work there since {start}. Say on the page about you whether that is so; until then the "
            "employer sees nothing else of your record.",
        ),
    ),
    "import_done": Template(
        Text("名册导入完成", "A roster has been brought in"),
        Text(
            "第 {number} 批：新增 {accepted} 行，更改 {changed} 行，未变 {unchanged} 行，退回 {rejected} 行。",
            "Import {number}: {accepted} accepted, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
        ),
    ),
    "consent_given": Template(
        Text("您已同意一项用途", "You agreed to a use of your record"),
        Text("您于 {on} 同意“{purpose}”，可随时撤回。", "On {on} you agreed to “{purpose}”. You can withdraw at any time."),
    ),
    "consent_withdrawn": Template(
        Text("您已撤回一项同意", "You withdrew a consent"),
        Text(
            "您于 {on} 撤回了对“{purpose}”的同意，此前的处理不受影响。",
            "On {on} you withdrew your consent to “{purpose}”. What was done before stays as it is.",
        ),
    ),
    "candidate_found": Template(
        Text("您可能可以申领一项补贴", "A benefit may be yours to claim"),
        Text(
            "按现行规定和登记情况，“{benefit}”可能适用于您。依据见“我的补贴”；是否发放以审核为准。",
            "By the rules in force and what is on record, “{benefit}” may be yours. See why under “My benefits”; whether it is granted an "
            "officer decides.",
        ),
    ),
    "hires_asked": Template(
        Text("单位想知道能否因招用您申领补贴", "Your employer would know whether it can claim for having hired you"),
        Text(
            "{employer}询问：因招用您可以申领补贴时，是否同意让单位知道。单位问的是全体员工；是否同意由您在“同意与授权”中决定，不同意没有任何影响。",
            "{employer} asks whether it may be told when it can claim a benefit for having hired you. It asks all its staff. You decide "
            "under “Consents”, and nothing changes for you if you do not agree.",
        ),
    ),
    "claim_asked": Template(
        Text("有单位想代您申领一项补贴", "An employer would claim a benefit for you"),
        Text(
            "{employer}想代您申领“{benefit}”。是否同意由您决定：同意后单位才能提交，款项只发到您本人账户。",
            "{employer} would claim “{benefit}” for you. It is for you to decide: nothing is lodged before you agree, and the money goes "
            "to you alone.",
        ),
    ),
    "claim_lodged": Template(
        Text("您的申领已提交", "Your claim was lodged"),
        Text(
            "第 {number} 号申领（{benefit}）已提交，{due} 前受理或一次性告知补正。",
            "Claim {number} ({benefit}) was lodged. By {due} it is taken up, or you are told once what is missing.",
        ),
    ),
    "claim_returned": Template(
        Text("您的申领需要补正", "Your claim needs to be completed"),
        Text(
            "第 {number} 号申领（{benefit}）须补正：{defects}。请在 {due} 前补齐，逾期终止，可重新提交。",
            "Claim {number} ({benefit}) lacks: {defects}. Complete it by {due}; after that it ends, and you may claim anew.",
        ),
    ),
    "claim_term_moved": Template(
        Text("您的一个期限已延后", "A deadline of yours has moved"),
        Text(
            "节假日安排公布后，第 {number} 号申领（{benefit}）的期限重新计算，延至 {due}。",
            "Once the holidays were published, the deadline in claim {number} ({benefit}) was worked out again: it is now {due}.",
        ),
    ),
    "claim_lapsed": Template(
        Text("您的申领已终止", "Your claim has ended"),
        Text(
            "第 {number} 号申领（{benefit}）未在期限内补正，已终止。材料齐备后可以重新提交。",
            "Claim {number} ({benefit}) was not completed in time and has ended. You may claim anew.",
        ),
    ),
    "claim_accepted": Template(
        Text("您的申领已受理", "Your claim was taken up"),
        Text(
            "第 {number} 号申领（{benefit}）材料齐全，已受理，{due} 前作出决定。",
            "Claim {number} ({benefit}) is complete and will be decided by {due}.",
        ),
    ),
    "claim_approved": Template(
        Text("您的申领已审核通过", "Your claim was approved"),
        Text(
            "第 {number} 号申领（{benefit}）审核通过，金额 {amount}。公示期满无异议后发放。",
            "Claim {number} ({benefit}) was approved: {amount}. It is paid after the public notice.",
        ),
    ),
    "claim_refused": Template(
        Text("您的申领未获批准", "Your claim was refused"),
        Text(
            "第 {number} 号申领（{benefit}）不予发放。理由：{reason}。依据：{basis}。如有异议，可在 {until} 前向以下部门提出：{body}。",
            "Claim {number} ({benefit}) was refused. The reason: {reason}. It rests on: {basis}. You may object until {until}: {body}.",
        ),
    ),
    "claim_noticed": Template(
        Text("您的申领正在公示", "Your claim is on public notice"),
        Text(
            "第 {number} 号申领（{benefit}）公示至 {until}，姓名已隐去大部分。",
            "Claim {number} ({benefit}) is on public notice until {until}, with most of the name hidden.",
        ),
    ),
    "claim_reopened": Template(
        Text("您的申领重新审核", "Your claim is being reviewed anew"),
        Text(
            "第 {number} 号申领（{benefit}）有异议，须重新审核，{due} 前作出决定。",
            "There was an objection to claim {number} ({benefit}). It is reviewed anew and decided by {due}.",
        ),
    ),
    "claim_paid": Template(
        Text("一笔补贴已发放", "A benefit was paid"),
        Text(
            "第 {number} 号申领（{benefit}）{amount} 已由银行入账。",
            "The bank has paid {amount} for claim {number} ({benefit}).",
        ),
    ),
    "claim_failed": Template(
        Text("一笔补贴未能入账", "A payment came back"),
        Text(
            "第 {number} 号申领（{benefit}）的款项被银行退回：{reason}。请在 {due} 前更正收款账户。",
            "The bank returned the payment for claim {number} ({benefit}): {reason}. Give another account by {due}.",
        ),
    ),
    "claim_withdrawn": Template(
        Text("一件申领已撤回", "A claim was withdrawn"),
        Text("第 {number} 号申领（{benefit}）已撤回。", "Claim {number} ({benefit}) was withdrawn."),
    ),
    "claim_appealed": Template(
        Text("您的异议已收到", "Your objection was received"),
        Text(
            "对第 {number} 号申领（{benefit}）的异议已收到，由未参与原决定的人员在 {due} 前复核。",
            "Your objection in claim {number} ({benefit}) was received. Somebody who took no part before decides by {due}.",
        ),
    ),
    "claim_appeal_upheld": Template(
        Text("您的异议成立", "Your objection was upheld"),
        Text(
            "对第 {number} 号申领（{benefit}）的异议成立，原决定撤销。答复：{answer}",
            "Your objection in claim {number} ({benefit}) was upheld and the decision set aside. The answer: {answer}",
        ),
    ),
    "claim_appeal_dismissed": Template(
        Text("您的异议未获支持", "Your objection was dismissed"),
        Text(
            "对第 {number} 号申领（{benefit}）的异议经复核，维持原决定。答复：{answer}。仍不服的：{body}。",
            "Your objection in claim {number} ({benefit}) was reviewed, and the decision stands. The answer: {answer}. From there: {body}.",
        ),
    ),
    "claim_recalled": Template(
        Text("一笔补贴须退回", "A benefit is claimed back"),
        Text(
            "第 {number} 号申领（{benefit}）已发放的 {amount} 须退回。理由：{reason}。如有异议，可在 {until} 前提出：{body}。",
            "{amount} paid for claim {number} ({benefit}) is claimed back. The reason: {reason}. You may object until {until}: {body}.",
        ),
    ),
    "claim_repaid": Template(
        Text("退回款项已收到", "The money was paid back"),
        Text(
            "第 {number} 号申领（{benefit}）退回的款项已收到。", "What was claimed back in claim {number} ({benefit}) has been paid back."
        ),
    ),
    "paper_refused": Template(
        Text("您提交的一份材料未被接收", "A paper you brought was not taken"),
        Text(
            "“{title}”未通过安全检查，已删除，请重新提交。",
            "“{title}” did not pass the safety check and was removed. Please bring it again.",
        ),
    ),
    "held_downloaded": Template(
        Text("您的全部信息已被下载", "All that is held about you was downloaded"),
        Text(
            "{on}，有人用您的账号下载了本市登记的您的全部信息。如果不是您本人，请立即联系区县人社部门。",
            "On {on} all that is held about you was downloaded with your account. If this was not you, tell your district's "
            "office at once.",
        ),
    ),
}
"""Every message by its key. Text messages and mail carry the subject alone unless the template is urgent."""


def faults(key: str, facts: Mapping[str, Fact]) -> str:
    """What is wrong with a message, in words: an unknown template, facts that are missing, facts nobody asked for. Empty if nothing."""
    if key not in TEMPLATES:
        return f"there is no template {key}"
    given, gaps = frozenset(facts), TEMPLATES[key].gaps
    parts = [f"needs {', '.join(sorted(gaps - given))}"] if gaps - given else []
    parts += [f"knows no {', '.join(sorted(given - gaps))}"] if given - gaps else []
    return f"template {key} {' and '.join(parts)}" if parts else ""


def filled(key: str, facts: Mapping[str, Fact], language: str) -> Message:
    """The message in a language, every gap filled. A fact that holds braces itself stays as it is."""
    template = TEMPLATES[key]

    def said(found: re.Match[str]) -> str:
        fact = facts[found[1]]
        return fact.in_(language) if isinstance(fact, Text) else str(fact)

    return Message(template.subject.in_(language), GAP.sub(said, template.body.in_(language)))


def outside(key: str, message: Message, language: str) -> str:
    """What a text message or mail says: the subject and where to read on; all of it where the template is urgent."""
    if TEMPLATES[key].urgent:
        return message.body
    stop = "。" if language.startswith("zh") else ". "
    return f"{message.subject}{stop}{SIGN_IN.in_(language)}"


def sendable(wanted: datetime, quiet: tuple[int, int]) -> datetime:
    """The first moment, from `wanted` on, outside the quiet hours: from the first hour to the second, over midnight where it is later.

    `wanted` is local time; equal hours mean that no hour is quiet.
    """
    begins, ends = quiet
    hour = wanted.hour
    asleep = begins <= hour < ends if begins <= ends else hour >= begins or hour < ends
    if not asleep:
        return wanted
    day = wanted.date() + timedelta(days=1 if hour >= ends else 0)
    return datetime.combine(day, time(ends % 24), wanted.tzinfo)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts have failed; None where nothing more is to be tried."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
