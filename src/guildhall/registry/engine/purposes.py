"""What people's records are used for, on which legal ground, and what someone agrees to in which words.

The Personal Information Protection Law (2021) needs one of the grounds of art. 13 for every use. Where that is consent, it is given
knowingly and freely for one purpose (art. 14), withdrawn as easily as it was given (art. 15), and never a condition of a service that
does not need it (art. 16). Sensitive information (art. 28) and handing a record to others (art. 23) need a consent of their own
(art. 29). A wording is never changed: a new one gets a new number, so that it can be shown what somebody agreed to.
"""

from __future__ import annotations

from dataclasses import dataclass

from guildhall.kernel.tables import Text


@dataclass(frozen=True)
class Purpose:
    """One use of a record. Without wordings it needs no consent, and `basis` says why."""

    key: str
    title: Text
    told: Text
    basis: Text
    wordings: tuple[Text, ...] = ()
    withdrawal: Text = Text("", "")

    @property
    def needs_consent(self) -> bool:
        return bool(self.wordings)

    @property
    def wording(self) -> Text:
        """The words that are shown today."""
        return self.wordings[-1]

    @property
    def version(self) -> str:
        """The name under which a consent keeps the words it was given to."""
        return f"{self.key}/{len(self.wordings)}"


DUTY = Text("履行法定职责所必需，无需同意（《个人信息保护法》第十三条第一款第三项、第三十四条）",
            "needed for a duty by law, so no consent is asked (PIPL arts. 13(1)(3) and 34)")  # fmt: skip
ASKED = Text("经您同意（《个人信息保护法》第十三条第一款第一项、第十四条）", "with your consent (PIPL arts. 13(1)(1) and 14)")
ASKED_APART = Text(
    "经您单独同意（《个人信息保护法》第十三条第一款第一项、第二十三条）", "with a consent of its own (PIPL arts. 13(1)(1) and 23)"
)
ASKED_SENSITIVE = Text(
    "敏感个人信息，经您单独同意（《个人信息保护法》第二十八、二十九条）", "sensitive, with a consent of its own (PIPL arts. 28 and 29)"
)

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "register",
        Text("登记与办事", "Keeping the register and serving you"),
        Text(
            "登记您的证书、就业和参保情况，为您办理等级评价、补贴、欠薪等事项。",
            "Your certificates, jobs and insurance are recorded to handle assessments, benefits and wage cases for you.",
        ),
        DUTY,
    ),
    Purpose(
        "statistics",
        Text("统计", "Statistics"),
        Text(
            "把全市记录合计成数字公布，十人以下的数字不显示，任何人都认不出您。",
            "Records are added up to figures; numbers of fewer than ten people are not shown, and nobody can tell who you are.",
        ),
        DUTY,
    ),
    Purpose(
        "job_matching",
        Text("让用人单位找到我", "Let employers find me"),
        Text("向正在招工的用人单位推荐您。", "You are suggested to employers who look for people."),
        ASKED_APART,
        (
            Text(
                "我同意将我的职业、技能等级、工作年限和常住区县提供给正在招工的用人单位，用于推荐岗位。"
                "姓名和电话只在我本人对某个岗位表示愿意之后才会提供。",
                "I agree that my occupation, level, years of work and district are shown to employers who look for people, so that "
                "jobs can "
                "be offered to me. My name and phone are passed on only after I have said yes to a job.",
            ),
        ),
        Text(
            "撤回后立即不再向任何单位推荐；已经约定的面试不受影响。",
            "Nobody is shown your record from that moment; interviews already agreed stay.",
        ),
    ),
    Purpose(
        "reminders",
        Text("短信提醒", "Reminders by text message"),
        Text(
            "有您可能用得上的补贴、课程或到期事项时发短信。",
            "You get a text message when a benefit, a course or a deadline may concern you.",
        ),
        ASKED,
        (
            Text(
                "我同意使用我的登记信息判断哪些补贴、课程和到期事项与我有关，并用短信提醒我。短信不写姓名、证件号和具体内容。",
                "I agree that my record is used to see which benefits, courses and deadlines may concern me, and that I am reminded "
                "by text "
                "message. The message names neither me nor what it is about.",
            ),
        ),
        Text(
            "撤回后不再发提醒短信；办事结果仍在站内通知。",
            "No more reminders are sent; what becomes of your own requests is still told here.",
        ),
    ),
    Purpose(
        "employer_claims",
        Text("由单位代我申领补贴", "My employer claims for me"),
        Text(
            "单位代您提交属于您本人的补贴申领，款项只发到您本人账户。",
            "Your employer lodges claims for benefits that are yours; the money goes to you alone.",
        ),
        ASKED_APART,
        (
            Text(
                "我同意所在单位代我提交技能提升等补贴的申领，并看到申领办到哪一步。单位看不到不予发放的理由、审核内容和我的其他记录，"
                "款项只发到我本人账户。",
                "I agree that the employer I work for lodges claims for benefits for me, such as the skill-upgrade subsidy, and sees how "
                "far they are. It sees neither why one is refused, nor what is reviewed, nor anything else on record; the money goes to "
                "me alone.",
            ),
        ),
        Text(
            "撤回后单位不能再为您提交，也看不到已提交的申领；已提交的照常办理，由您本人接手。",
            "Your employer lodges nothing more for you and no longer sees what it lodged; that goes on, and is yours to follow.",
        ),
    ),
    Purpose(
        "benefits_found",
        Text("政策找人", "Benefits that find you"),
        Text(
            "每晚按现行规定核对登记情况，看哪些补贴可能适用于您，只告诉您本人和办理机构；不作任何决定。",
            "Every night the rules in force are held against the record, to see which benefits may be yours. You and the office that "
            "handles them are told; nothing is decided by it.",
        ),
        DUTY,
    ),
    Purpose(
        "employer_hires",
        Text("让单位知道可因招用我申领补贴", "My employer learns that it may claim for having hired me"),
        Text(
            "单位会知道因招用您可以申领哪一项补贴。",
            "Your employer learns which benefit it may claim for having hired you.",
        ),
        ASKED_SENSITIVE,
        (
            Text(
                "我单独同意：我所在单位因招用我可以申领补贴时，系统告知单位是哪一项。单位由此会知道我属于该项政策所列的人员，如毕业生、"
                "登记失业人员或就业困难人员；看不到其他记录。是否同意不影响我的工作和我本人的补贴。",
                "I agree, apart from anything else, that the employer I work for is told when it may claim a benefit for having hired me, "
                "and which. It thereby learns that I am of those the benefit is for, such as graduates, registered unemployed or hard to "
                "employ, and nothing else on record. Whether I agree changes neither my job nor my own benefits.",
            ),
        ),
        Text(
            "撤回后单位不再看到；已经提交的申领照常办理。",
            "From that moment your employer sees it no longer; claims that were lodged go on.",
        ),
    ),
    Purpose(
        "hardship_help",
        Text("主动帮扶", "Help that comes to me"),
        Text("使用困难、失业等情况，主动为您提供帮扶。", "Hardship or unemployment on record is used to offer help before you ask."),
        ASKED_SENSITIVE,
        (
            Text(
                "我单独同意使用有关部门通报的我的失业登记、就业困难情况，由区县工作人员主动与我联系，提供就业帮扶。",
                "I agree, apart from anything else, that what authorities report of my unemployment or hardship is used by officers of my "
                "district to come to me and offer help.",
            ),
        ),
        Text(
            "撤回后不再据此主动联系您；您自己申请的帮扶照常办理。",
            "Nobody comes to you because of it any more; what you apply for yourself goes on.",
        ),
    ),
    Purpose(
        "research",
        Text("抽样研究", "Research on samples"),
        Text("去掉身份后用于研究培训和工资的成效。", "Without who you are, used to study what training and pay achieve."),
        ASKED,
        (
            Text(
                "我同意将我的记录去掉姓名、证件号、电话和详细地址后，用于本市组织的培训、工资成效研究，不向第三方提供。",
                "I agree that my record, without name, numbers, phone and address, is used in studies by the city of what training and pay "
                "achieve. It is handed to nobody else.",
            ),
        ),
        Text("撤回后不再进入新的样本；已经完成的研究不受影响。", "You are in no new sample; studies already finished stay as they are."),
    ),
)
BY_KEY = {purpose.key: purpose for purpose in PURPOSES}
TITLES = {purpose.key: purpose.title for purpose in PURPOSES}
