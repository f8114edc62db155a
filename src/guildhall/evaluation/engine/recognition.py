"""贯通, mutual recognition: from a skill level to a title and its pay, from a class to schooling in title review, from a title to a level.

Nothing here gives money or a title: a rule attests that somebody may apply, or is on a par. The day of application selects the texts.
"""

from __future__ import annotations

from guildhall.evaluation.tables import CLASSES, INPUTS, RECOGNITION_FACTS, REVIEWED, SOUGHT_LEVELS, TITLE_FACTS
from guildhall.rules import (
    Facts,
    Law,
    Node,
    Result,
    Text,
    add_months,
    all_of,
    any_of,
    attest,
    is_empty,
    is_in,
    lookup,
    not_,
    rule,
    when,
)
from guildhall.rules.expressions import Scalar

LINKING = ("人社部发〔2018〕74号", "人社部发〔2020〕96号")
GRADE: dict[Scalar, Scalar] = {"assistant": 1, "intermediate": 2, "associate_senior": 3, "full_senior": 3}
"""初级, 中级, 高级: what a title counts as where a standard asks for one of three grades."""
ASKED_GRADE: dict[Scalar, Scalar] = {"junior": 1, "intermediate": 2, "senior": 3}
WORTH: dict[Scalar, Scalar] = {word: n for n, word in enumerate(REVIEWED)}


@rule(
    "title_recognition",
    title=Text("技能人才申报职称", "Title for a skill level"),
    facts=RECOGNITION_FACTS,
    inputs=INPUTS[RECOGNITION_FACTS.name],
    governed_by="applied_on",
    place="place",
    unit="",
    channel="attestation",
    basis=LINKING,
    says={
        "certificate": Text("持有的是技能等级证书，不是岗位聘任", "it is a certificate of skill level, not an appointment to a post"),
        "level": Text("{level} 可申报所问职称", "{level} is the level for the title asked about"),
        "valid": Text("申报日证书有效", "the certificate holds on the day of application"),
        "years": Text(
            "自 {issued_on} 取证满 {months_after|months_to_full_senior}（申报日 {applied_on}）",
            "{months_after|months_to_full_senior} have passed since {issued_on} by {applied_on}",
        ),
        "schooling": Text("评审不要求学历，或学历达到要求", "the review asks for no degree, or the schooling is enough"),
    },
)
def title_recognition(p: Facts, c: Law) -> Result:
    """May apply for the review of the title that belongs to the level, so many years after the certificate; a review then decides."""
    months = when(p.sought == "full_senior", c.months_to_full_senior, c.months_after[p.level])
    return attest(
        all_of(
            certificate=p.kind == "skill_level",
            level=all_of(is_in(p.level, *SOUGHT_LEVELS), when(p.sought == "full_senior", p.level == "L1", c.title[p.level] == p.sought)),
            valid=any_of(is_empty(p.valid_until), p.applied_on < p.valid_until),
            years=all_of(is_in(p.level, *SOUGHT_LEVELS), p.applied_on >= add_months(p.issued_on, months)),
            schooling=any_of(not_(c.degree_needed), p.schooling_enough),
        )
    )


@rule(
    "title_parity",
    title=Text("受聘后的待遇对应", "Pay on a par with a title"),
    facts=RECOGNITION_FACTS,
    inputs=INPUTS[RECOGNITION_FACTS.name],
    governed_by="applied_on",
    place="place",
    unit="",
    channel="attestation",
    basis=LINKING,
    says={
        "on_par": Text("{level} 的待遇对应所问职称", "pay of {level} is on a par with the title asked about"),
        "valid": Text("当日证书或聘任有效", "the certificate or appointment holds on that day"),
        "appointed": Text("用人单位已聘任到相应岗位", "the employer has appointed the holder to the post"),
    },
)
def title_parity(p: Facts, c: Law) -> Result:
    """Pay on a par with that of a title, for those whom the employer appointed to the post: the certificate alone gives none."""
    return attest(
        all_of(
            on_par=c.parity[p.level] == p.sought,
            valid=any_of(is_empty(p.valid_until), p.applied_on < p.valid_until),
            appointed=p.appointed,
        )
    )


@rule(
    "title_schooling",
    title=Text("职称评审中的学历对应", "Schooling in the review of titles"),
    facts=RECOGNITION_FACTS,
    inputs=INPUTS[RECOGNITION_FACTS.name],
    governed_by="applied_on",
    place="place",
    unit="",
    channel="attestation",
    basis=LINKING,
    says={
        "technical": Text("毕业于技工院校的班", "completed a class at a technical school"),
        "worth": Text("该班对应的学历达到所问层次", "the class stands for the schooling asked about, or more"),
        "review": Text("只用于职称评审", "it is to count in the review of a title, and nowhere else"),
    },
)
def title_schooling(p: Facts, c: Law) -> Result:
    """A class at a technical school counts as schooling in the review of titles, and never as schooling in general."""
    technical = is_in(p.class_completed, *CLASSES[1:])
    return attest(
        all_of(
            technical=technical,
            worth=all_of(technical, lookup(c.equivalent_schooling[p.class_completed], WORTH) >= lookup(p.schooling_asked, WORTH)),
            review=p.counted_for == "title_review",
        )
    )


def _grade(title: Node) -> Node:
    return lookup(title, GRADE)


def _asked(grade: Node) -> Node:
    return lookup(grade, ASKED_GRADE)


@rule(
    "skill_recognition",
    title=Text("凭职称申报技能等级", "Skill level for a title"),
    facts=TITLE_FACTS,
    inputs=INPUTS[TITLE_FACTS.name],
    governed_by="applied_on",
    place="place",
    edition="edition",
    unit="",
    channel="attestation",
    basis=("国家职业标准编制技术规程（2023年版）", "国家职业技能标准编制技术规程（2018年版）"),
    says={
        "open": Text("该职业的标准允许凭职称申报", "the standard of the occupation lets a title open a level"),
        "title": Text(
            "职称和从业时间达到要求，或较低职称满年限并持有下一级证书满年限",
            "the title and the time in the occupation are enough, or a lower title and the certificate of the level below are old enough",
        ),
    },
)
def skill_recognition(p: Facts, c: Law) -> Result:
    """May sit for a skill level on the strength of a title, as the standard of the occupation says in its edition.

    A higher title opens what a lower one does: our reading, as no standard says otherwise.
    """
    level = p.sought_level
    return attest(
        all_of(
            open=c.open,
            title=any_of(
                all_of(_grade(p.title_held) >= _asked(c.title_needed[level]), p.worked_months >= c.months_in_occupation[level]),
                all_of(
                    is_in(level, "L2", "L1"),
                    not_(is_empty(p.below_since)),
                    _grade(p.title_held) >= _asked(c.lower_title[level]),
                    p.applied_on >= add_months(p.title_since, c.months_after_lower_title[level]),
                    p.applied_on >= add_months(p.below_since, c.months_after_level_below[level]),
                ),
            ),
        )
    )
