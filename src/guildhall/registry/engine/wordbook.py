"""What the codes in a person's records mean, in both languages: for the page and the files in which people read what is held of them."""

from __future__ import annotations

from collections.abc import Mapping

from guildhall.kernel.tables import Text
from guildhall.registry.engine.feeds.contracts import HARDSHIPS

Words = Mapping[str, Text]
UNKNOWN = Text("未知", "unknown")

SEX: Words = {"female": Text("女", "female"), "male": Text("男", "male")}
EDUCATION: Words = {
    "primary": Text("小学及以下", "primary school or less"),
    "junior": Text("初中", "junior secondary school"),
    "senior": Text("高中、中专、技校", "senior secondary school, general or vocational"),
    "college": Text("大专", "junior college"),
    "bachelor": Text("本科及以上", "bachelor's degree or above"),
    "unknown": UNKNOWN,
}
MIGRANT: Words = {
    "none": Text("不是农民工", "not a migrant worker"),
    "local": Text("本地农民工", "migrant worker within the home township"),
    "away": Text("外出农民工", "migrant worker away from the home township"),
    "unknown": UNKNOWN,
}
STANDING: Words = {"worker": Text("在业", "in work"), "student": Text("学生", "student"), "job_seeker": Text("求职", "seeking work")}
CONTRACT: Words = {
    "regular": Text("劳动合同", "labour contract"),
    "apprentice": Text("学徒", "apprentice"),
    "dispatched": Text("劳务派遣", "through a dispatch agency"),
    "unknown": UNKNOWN,
}
SCHEME: Words = {"unemployment": Text("失业保险", "unemployment insurance")}
CERTIFICATE_KIND: Words = {
    "skill_level": Text("职业技能等级证书", "skill-level certificate"),
    "appointment": Text("岗位聘任", "appointment to a post"),
}
CERTIFICATE_SOURCE: Words = {
    "employer": Text("用人单位自主评价", "assessed by the employer"),
    "public_body": Text("社会评价组织", "assessed by a public assessment body"),
}
DOCUMENT: Words = {
    "passport": Text("护照", "passport"),
    "hk_macau_permit": Text("港澳居民来往内地通行证", "permit of a resident of Hong Kong or Macau"),
    "taiwan_permit": Text("台湾居民来往大陆通行证", "permit of a resident of Taiwan"),
    "permanent_residence": Text("外国人永久居留身份证", "permanent residence card"),
    "earlier_identity_number": Text("曾用居民身份证号", "earlier resident identity number"),
}
REPORT: Words = {
    "unemployed": Text("登记失业", "registered as unemployed"),
    "hardship": Text("困难群体", "in a hardship group"),
    "graduate": Text("高校或职业院校毕业", "graduated"),
}


def reported(kind: str, detail: str) -> Text | None:
    """What is said more closely of a reported fact: the group of hardship; the schooling that was completed, and the programme."""
    if kind == "hardship":
        return HARDSHIPS.get(detail, Text(detail, detail))
    word, _, programme = detail.partition(" ")
    if not word:
        return None
    said = EDUCATION.get(word, Text(word, word))
    return Text(f"{said.zh}，专业 {programme}", f"{said.en}, programme {programme}") if programme else said


NUMBER_CHANGE: Words = {
    "proposed": Text("待第二人确认", "waits for a second officer"),
    "confirmed": Text("已确认", "confirmed"),
    "refused": Text("未通过", "refused"),
}
PAIR: Words = {
    "proposed": Text("待核对", "to be looked at"),
    "merged": Text("已合并", "joined"),
    "different": Text("不是同一人", "not the same person"),
}
CORRECTION: Words = {
    "open": Text("处理中", "open"),
    "accepted": Text("已通过", "accepted"),
    "refused": Text("未通过", "refused"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
WISH: Words = {
    "training": Text("培训", "training"),
    "assessment": Text("等级评价", "an assessment"),
    "job": Text("就业", "a job"),
    "business": Text("创业", "a business of one's own"),
    "benefit": Text("补贴", "a benefit"),
    "other": Text("其他", "something else"),
}
IMPORT: Words = {
    "roster": Text("单位名册", "roster of an employer"),
    "certificates": Text("证书数据", "certificates from the issuing authority"),
    "insurance": Text("参保数据", "insurance spells"),
    "unemployment": Text("登记失业数据", "registered unemployment"),
    "hardship": Text("困难群体数据", "hardship groups"),
    "graduates": Text("毕业生数据", "graduates"),
    "visits": Text("走访登记表", "sheet of a visit"),
}
REPRESENTATIVE: Words = {
    "register": Text("企业登记信息", "register of companies"),
    "counter": Text("窗口查验营业执照", "licence shown at a counter"),
}
