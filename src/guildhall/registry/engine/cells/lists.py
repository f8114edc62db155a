"""Words of closed lists in all the spellings in which people write them: sex, schooling, levels, contracts, migrant workers.

Source of the levels: 人社部发〔2022〕14号, the sequence of eight, beside the five grades (五级 … 一级) that certificates carry.
"""

from __future__ import annotations

import re

from guildhall.registry.engine.cells.problems import Read, Wrong, problem

SEXES = {
    "male": "男 男性 男士 先生 m male man 1",
    "female": "女 女性 女士 f female woman 2",
}
"""1 and 2 as in GB/T 2261.1."""
EDUCATIONS = {
    "primary": "小学 小学及以下 小学以下 文盲 半文盲 文盲或半文盲 初小 高小 'primary school'",
    "junior": "初中 初级中学 初中毕业 初中肄业 'junior secondary' 'junior high'",
    "senior": (
        "高中 普通高中 高级中学 中专 中等专科 中等专业学校 中技 技校 技工学校 职高 职业高中 职中 中职 中等职业教育 高中/中专 高中及中专 "
        "中专/高中 高中或中专 高中(中专) 中专(高中) 'senior secondary' 'high school' vocational"
    ),
    "college": "大专 专科 大学专科 高职 高职高专 高等职业教育 高职(专科) 大专(高职) 大专及以上 专科教育 'junior college' diploma",
    "bachelor": (
        "本科 大学本科 大学 学士 全日制本科 非全日制本科 职业本科 本科及以上 研究生 硕士 硕士研究生 博士 博士研究生 研究生及以上 "
        "master doctor phd postgraduate university"
    ),
}
CONTRACTS = {
    "regular": (
        "劳动合同 劳动合同制 合同制 合同工 合同 正式 正式工 正式员工 在编 全职 全日制 全日制用工 固定期限 固定期限劳动合同 无固定期限 "
        "无固定期限劳动合同 以完成一定工作任务为期限 固定 无固定 自有 本单位 直接用工 直签 permanent 'fixed term' 'full time' "
        "'labour contract'"
    ),
    "apprentice": "学徒 学徒工 学徒制 新型学徒 企业新型学徒 新型学徒制 学徒合同 apprenticeship",
    "dispatched": "劳务派遣 派遣 派遣工 派遣制 劳务派遣工 被派遣劳动者 派遣用工 dispatch agency",
}
MIGRANTS = {
    "none": "否 不是 非农民工 非 n no 0 false none",
    "local": "本地农民工 本地 就近就业 乡内 local",
    "away": "外出农民工 外出 外来 跨乡镇 乡外 进城务工 away",
}
MIGRANT_UNSAID = frozenset("是 农民工 y yes 1 true 农村".split())
EDUCATION_UNSAID = frozenset("其他 其它 other 未说明".split())
_NAMES = {
    "学徒工": "L0",
    "学徒": "L0",
    "初级工": "L5",
    "初级": "L5",
    "初级技工": "L5",
    "中级工": "L4",
    "中级": "L4",
    "中级技工": "L4",
    "高级工": "L3",
    "高级": "L3",
    "高级技工": "L3",
    "技师": "L2",
    "高级技师": "L1",
    "特级技师": "LT",
    "首席技师": "LS",
    "apprentice": "L0",
    "junior worker": "L5",
    "junior": "L5",
    "intermediate worker": "L4",
    "intermediate": "L4",
    "senior worker": "L3",
    "senior": "L3",
    "technician": "L2",
    "senior technician": "L1",
    "special-grade technician": "LT",
    "special grade technician": "LT",
    "chief technician": "LS",
}
_GRADES = {"五": "L5", "四": "L4", "三": "L3", "二": "L2", "一": "L1", "5": "L5", "4": "L4", "3": "L3", "2": "L2", "1": "L1",
           "v": "L5", "iv": "L4", "iii": "L3", "ii": "L2", "i": "L1"}  # fmt: skip
LEVEL_NAMES = {
    "L0": "学徒工",
    "L5": "初级工",
    "L4": "中级工",
    "L3": "高级工",
    "L2": "技师",
    "L1": "高级技师",
    "LT": "特级技师",
    "LS": "首席技师",
}
_FORMAL = str.maketrans("壹弌贰貳弍叁參叄弎肆伍陆陸柒捌", "一一二二二三三三三四五六六七八")
"""Numerals as they stand on certificates and cheques, which cannot be altered by a stroke."""
_NO_LEVEL = frozenset("无证 未取得 未评 未评定 无等级 无证书 没有证书 普工 none".split())
_TITLE = re.compile(r"工程师|助理|技术员|经济师|会计师|讲师|教授|副高|正高|职称|研究员|统计师")
_PREFIX = re.compile(r"^(?:国家)?职业(?:技能(?:等级)?|资格)(?:证书)?|^技能等级|^(?:企业)?技能人才|(?:证书?|资格)$|等级$")
_GRADE = re.compile(r"(?:第)?([一二三四五]|[1-5]|iv|v|i{1,3})\s*级(?:工)?|(?:level|l|grade)\s*\.?\s*([1-5])|([1-5]|iv|v|i{1,3})")
_OLD_EIGHT = re.compile(r"[六七八678]\s*级(?:工)?")


def _spellings(words: dict[str, str]) -> dict[str, str]:
    """Each spelling and the word it stands for; a spelling of several words stands in quotation marks."""
    return {quoted or single: word for word, spellings in words.items() for quoted, single in re.findall(r"'([^']+)'|(\S+)", spellings)} | {
        word: word for word in words
    }


_SPELLINGS = {
    "sex": _spellings(SEXES),
    "education": _spellings(EDUCATIONS),
    "contract": _spellings(CONTRACTS),
    "migrant": _spellings(MIGRANTS),
}
_ALLOWED = {
    "sex": "男、女 (male, female)",
    "education": "小学、初中、高中（中专）、大专、本科",
    "contract": "劳动合同、学徒、劳务派遣",
    "migrant": "否、本地农民工、外出农民工",
}


def _folded(text: str) -> str:
    return re.sub(r"(?<![a-z]) | (?![a-z])", "", text.lower()).rstrip("。.;")


def read_word(list_: str, text: str) -> Read[str | None]:
    """The word of a list (`sex`, `education`, `contract`, `migrant`) that a plain text spells. Raises Wrong."""
    low = _folded(text)
    if found := _SPELLINGS[list_].get(low) or _SPELLINGS[list_].get(re.sub(r"\(.*\)$|毕业$|学历$", "", low)):
        return Read(found)
    if list_ == "migrant" and low in MIGRANT_UNSAID:
        return Read(None, problem("migrant_which"))
    if list_ == "education" and low in EDUCATION_UNSAID:
        return Read(None, problem("education_other"))
    raise Wrong("not_in_list", allowed=_ALLOWED[list_])


def read_level(text: str) -> str | None:
    """The level a plain text spells, None where it says there is none. Raises Wrong, naming what it could be.

    Name and grade may stand together (`高级工/三级`, `三级（高级工）`) and must then agree.
    """
    low = _folded(text).translate(_FORMAL)
    if low in _NO_LEVEL:
        return None
    if low.upper() in LEVEL_NAMES:
        return low.upper()
    if _TITLE.search(low):
        raise Wrong("level_title")
    if _OLD_EIGHT.fullmatch(low):
        raise Wrong("level_old")
    found: set[str] = _levels(low)
    for part in [] if found else re.split(r"[/()\[\]、,|+\s]+", _PREFIX.sub("", low)):
        if part and not (levels := _levels(part)):
            raise Wrong("level_which", candidates="高级工、高级技师") if low in ("高技", "高级技") else Wrong("level_unknown")
        found |= levels if part else set()
    if len(found) != 1:
        raise (
            Wrong("level_two", candidates="、".join(sorted(f"{LEVEL_NAMES[each]} {each}" for each in found)))
            if found
            else Wrong("level_unknown")
        )
    return found.pop()


def _levels(text: str) -> set[str]:
    """The level of a single name or grade; those of both where they are written as one word (`三级高级工`); empty for anything else."""
    text = _PREFIX.sub("", text)
    if name := _NAMES.get(text):
        return {name}
    if grade := _GRADE.fullmatch(text):
        return {_grade(grade)}
    for grade in _GRADE.finditer(text):
        if name := _NAMES.get(text[: grade.start()] + text[grade.end() :]):
            return {name, _grade(grade)}
    return set()


def _grade(match: re.Match[str]) -> str:
    return _GRADES[match[1] or match[2] or match[3]]
