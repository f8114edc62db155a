"""What can be wrong with a cell, in both languages: one entry per kind of problem, its reason and what to do about it."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from guildhall.kernel.hazards import filled
from guildhall.kernel.tables import Text

T = TypeVar("T")


class Problem(NamedTuple):
    """A kind of problem (`code`), what is wrong, and what to do."""

    code: str
    what: Text
    next: Text


class Read(NamedTuple, Generic[T]):
    """What a cell says, and what should be known about it; a note costs nothing."""

    value: T
    note: Problem | None = None


class Wrong(Exception):  # noqa: N818  # a finding about a cell, not an error of the program
    """A cell that cannot be accepted."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = problem(code, **values)


def problem(code: str, **values: object) -> Problem:
    """The problem of that kind, with values in its words."""
    what, next = PROBLEMS[code]
    return Problem(code, filled(what, **values), filled(next, **values)) if values else Problem(code, what, next)


_CHECK = Text("请对照身份证更正", "check it against the identity card")
_DATE = Text("请写成 2021-03-05 这样的日期", "write it as 2021-03-05")
_NOTHING = Text("", "")
_RETYPE = Text("请把整列设为“文本”格式，再重新填写完整的号码", "set the column to text, and type the whole number again")
_PLACE = Text("请写明区县和街道（乡镇），例如“{example}”", "give district and township, such as “{example}”")
_LEVELS = Text(
    "请填：学徒工、初级工、中级工、高级工、技师、高级技师、特级技师、首席技师之一",
    "one of L0, L5, L4, L3, L2, L1, LT, LS, or their names",
)

PROBLEMS: dict[str, tuple[Text, Text]] = {
    # the row as a whole
    "encoding": (
        Text("这一行的文字编码与其余各行不同，可能读错了字", "this row is in another encoding than the rest, so its words may be misread"),
        Text("请核对这一行的文字，更正后再导入", "check the words of this row and bring it again"),
    ),
    "bytes": (
        Text("这一行有损坏的字符", "this row holds damaged characters"),
        Text("请重新填写这一行里显示为 � 的内容", "write again what is shown as � in this row"),
    ),
    "quotation": (
        Text("这一行的引号没有配对", "a quotation mark of this row is not closed"),
        Text("请去掉多余的引号", "remove the mark that stands alone"),
    ),
    "long": (
        Text("有一格的内容长得放不进一个单元格", "a cell is longer than a cell can be"),
        Text("请缩短这一格的内容", "shorten it"),
    ),
    "cells": (
        Text("这一行有 {found} 格，表头只有 {known} 格", "the row has {found} cells, the header has {known}"),
        Text("请检查这一行是否多了逗号", "look for a comma too many in this row"),
    ),
    "repeats": (
        Text("与第 {first} 行是同一个人，但内容不同", "the same person as in row {first}, but with other contents"),
        Text("请只留下正确的一行", "keep the right one of the two rows"),
    ),
    # sheets filled in on visits
    "visit_number": (
        Text("不是走访表上的编号", "it is no number of a visit sheet"),
        Text("请照走访表原样填写编号", "copy the number that is printed on the sheet"),
    ),
    "visit_mandate": (
        Text("没有这样的代办授权，或授权属于别人", "there is no such leave to act, or it is somebody else's"),
        Text("请照走访表原样填写编号", "copy the number that is printed on the sheet"),
    ),
    "visit_name": (
        Text("编号与姓名对不上", "number and name do not belong together"),
        Text("请核对是否填错了行", "see whether the row was mixed up with another"),
    ),
    "visit_withdrawn": (
        Text("本人已撤回代办授权", "the person has taken the leave to act back"),
        Text("不再为其代办；如本人改变主意，请重新登记", "act no more for this person; if they change their mind, record it anew"),
    ),
    "visit_ran_out": (
        Text("走访当天代办授权已到期", "the leave to act had run out on that day"),
        Text("请填写“代办续至”并由本人签字", "fill in until when it is given anew, and have it signed"),
    ),
    "visit_moved": (
        Text("本人已不在您负责的区域", "the person no longer lives where you are registered"),
        Text("请由现居住地的劳务经纪人或窗口办理", "the broker or the counter of where they live now takes it"),
    ),
    "visit_long_over": (
        Text("代办授权到期已超过 30 天", "the leave to act ran out more than 30 days ago"),
        Text("请在“代办”页面核对姓名和身份证号后重新登记", "record it anew on the page of mandates, with name and identity number"),
    ),
    "visit_day": (
        Text("走访日期不在过去一年之内", "the day is not within the past year"),
        Text("请填写走访当天的日期", "write the day of the visit"),
    ),
    "visit_home": (
        Text("住址没有写到街道（乡镇）", "the home is not given down to the township"),
        Text("请写明区县和街道（乡镇），例如“{example}”", "give district and township, such as “{example}”"),
    ),
    "visit_twice": (
        Text("与第 {first} 行是同一个编号", "the same number as in row {first}"),
        Text("请只保留一行", "keep one of the two rows"),
    ),
    "visit_unsigned": (
        Text("同意或续期须由本人签字", "agreeing, and giving leave anew, need the person's signature"),
        Text("签字后填“是”，否则清空同意和续期两列", "write “yes” once it is signed, or empty the two columns"),
    ),
    "visit_no_wish": (
        Text("只有说明，没有选愿望", "there are words, but no wish was chosen"),
        Text("请填愿望编号，例如 1", "write the number of the wish, such as 1"),
    ),
    "visit_term": (
        Text("代办期限最长一年，且须晚于今天", "leave to act lasts a year at most, and ends after today"),
        Text("请改填期限内的日期", "write an earlier or a later day"),
    ),
    "visit_refused": (
        Text("未被受理：{why}", "it was not taken: {why}"),
        Text("请按原因处理后再导入", "see the reason, and bring the row again"),
    ),
    # any cell
    "empty": (Text("没有填写", "nothing is given"), Text("请填写这一格", "fill it in")),
    "formula": (
        Text("这里是没有计算结果的公式", "it is a formula without a result"),
        Text("请用 Excel 打开并保存一次，或改填数值", "open and save the file in Excel once, or write the value itself"),
    ),
    "error_value": (
        Text("这里是公式的错误值", "it is the error value of a formula"),
        Text("请改填正确的内容", "write the right value"),
    ),
    "digits_lost": (
        Text(
            "号码被当作数字保存，电子表格只保留前 15 位，后面的已经丢失", "it was kept as a number, and a spreadsheet keeps only 15 digits"
        ),
        _RETYPE,
    ),
    "too_long": (Text("有 {length} 个字，最多 {most} 个", "{length} characters, {most} at most"), Text("请缩短", "shorten it")),
    "not_in_list": (Text("不在可填的内容之内", "it is none of the words known here"), Text("请填：{allowed}", "one of {allowed}")),
    # names
    "name_digits": (
        Text("姓名里有数字", "there are digits in the name"),
        Text("请检查是否填错了列", "see whether it belongs in another column"),
    ),
    "name_short": (Text("只有一个字", "a single character"), Text("请填写姓和名", "give surname and given name")),
    "name_unreadable": (
        Text("有无法识别的字（生僻字或自造字）", "it holds a character that cannot be read (private use, or lost)"),
        Text("请用身份证上的字重新输入", "type the character of the identity card"),
    ),
    "name_marks": (
        Text("姓名里有不属于姓名的符号", "there are marks in it that belong to no name"),
        Text("请只填姓名，民族姓名中间用“·”", "give the name alone; parts of a name are joined by “·”"),
    ),
    # identity numbers
    "id_length": (Text("有 {length} 位，应为 18 位", "its length is {length}, not 18"), _CHECK),
    "id_characters": (
        Text("有数字和末位 X 以外的字符", "it holds characters other than digits and a final X"),
        _CHECK,
    ),
    "id_old": (
        Text("这是 2013 年起停用的 15 位号码", "it is a number of 15 digits, out of use since 2013"),
        Text(
            "请改填 18 位号码：第 6 位后加“19”，末位加校验码“{check}”，并对照身份证",
            "write all 18: “19” after the sixth digit, the check digit “{check}” at the end; compare with the card",
        ),
    ),
    "id_check": (Text("校验码不对，有一位抄错了", "its check digit does not fit: a digit is mistyped"), _CHECK),
    "id_date": (Text("里面的出生日期不存在", "the date of birth in it does not exist"), _CHECK),
    "id_region": (Text("前六位不是任何地区的代码", "its first six digits were never given to a county"), _CHECK),
    "id_other": (
        Text("这不是居民身份证号", "it is no resident identity number"),
        Text("持其他证件的人请到窗口登记", "people with other documents are recorded at the counter"),
    ),
    "id_future": (Text("里面的出生日期在今天之后", "the date of birth in it lies after today"), _CHECK),
    "birth_other": (Text("与身份证号里的出生日期不同", "it differs from the date of birth in the identity number"), _CHECK),
    "sex_other": (Text("与身份证号里的性别不同", "it differs from the sex in the identity number"), _CHECK),
    "too_young": (
        Text("不满 16 周岁。用人单位不得招用（劳动法第十五条）", "under 16: no employer may employ them (Labour Law, article 15)"),
        Text("请核对身份证号；如属实，请向劳动保障监察报告", "check the number; if it is right, tell the labour inspectorate"),
    ),
    "minor": (
        Text(
            "未满 18 周岁：未成年工，须登记并受特别保护",
            "under 18: an underage worker, to be registered and protected (Labour Law, article 58)",
        ),
        _NOTHING,
    ),
    "young_then": (
        Text(
            "入职那天不满 16 周岁。用人单位不得招用（劳动法第十五条）",
            "under 16 on the first day at work: no employer may employ them (Labour Law, article 15)",
        ),
        Text(
            "请核对身份证号和入职日期；如属实，请向劳动保障监察报告",
            "check number and day; if they are right, tell the labour inspectorate",
        ),
    ),
    "aged": (Text("已超过 80 周岁，请核对身份证号", "over 80: see whether the number is right"), _NOTHING),
    # phones and codes
    "phone_form": (
        Text("不是电话号码", "it is no phone number"),
        Text("请填 11 位手机号，或带区号的座机号", "give 11 digits of a mobile phone, or a fixed line with its area code"),
    ),
    "phone_two": (Text("一格里有两个号码", "two numbers in one cell"), Text("请只留一个", "keep one")),
    "credit_code": (
        Text("统一社会信用代码的校验码不对", "its check character does not fit (GB 32100)"),
        Text("请对照营业执照更正", "check it against the licence"),
    ),
    "credit_code_new": (
        Text("没有登记这个统一社会信用代码，按本单位记", "no organisation on record has this credit code; taken for this one"),
        _NOTHING,
    ),
    "organisation_unknown": (
        Text("没有登记这个编号的单位", "no organisation on record has this code"),
        Text("请更正，或先登记这个单位", "correct it, or have the organisation recorded first"),
    ),
    "organisation_other": (
        Text("是另一个单位的人", "the person of another organisation"),
        Text("请把这一行放到那个单位的花名册里", "bring the row with that organisation's roster"),
    ),
    # dates
    "date_form": (Text("不是日期", "it is no date"), _DATE),
    "date_two_digits": (Text("年份只有两位，不知是哪个世纪", "the year has two digits, so the century is unknown"), _DATE),
    "date_order": (Text("分不清哪个是月、哪个是日", "it cannot be told which is the month and which the day"), _DATE),
    "date_year_only": (Text("只有年份", "it is only a year"), _DATE),
    "date_zero_lost": (
        Text("“{text}”可能是 1 月，也可能是丢了 0 的 10 月", "{text} may be January, or October without its nought"),
        _DATE,
    ),
    "date_none": (Text("没有这一天", "there is no such day"), _DATE),
    "date_range": (Text("不在 {first} 至 {last} 之间", "not between {first} and {last}"), _DATE),
    "date_future": (
        Text("在花名册所说的日期（{as_of}）之后", "it lies after the day the roster speaks of ({as_of})"),
        Text(
            "请更正日期；花名册说的若是更晚的一天，请在核对各列的页面改填“数据日期”（命令行用 --as-of）",
            "correct it; if the roster speaks of a later day, give that day where the columns are confirmed (--as-of in the command)",
        ),
    ),
    "date_system": (
        Text("是一个数字，而这个文件可能从 1904 年起算日期", "it is a bare number, and the file may count its days from 1904"),
        _DATE,
    ),
    "date_month": (Text("没有写日，按当月 1 日记", "no day is given; the first of the month is taken"), _NOTHING),
    "end_before_start": (
        Text("离职日期早于入职日期", "it lies before the first day at work"),
        Text("请更正其中一个", "correct one of them"),
    ),
    "end_before_begin": (Text("结束早于开始", "it lies before the beginning"), Text("请更正其中一个", "correct one of them")),
    "issued_before_birth": (
        Text("发证时持证人不满 14 周岁", "the holder was not yet 14 on that day"),
        Text("请对照证书核对发证日期，对照身份证核对号码", "check the day against the certificate, the number against the identity card"),
    ),
    # places
    "place_unknown": (Text("没有这个地点", "there is no such place on record"), _PLACE),
    "place_which": (Text("有几个同名的地点：{candidates}", "several places have this name: {candidates}"), _PLACE),
    "place_district": (
        Text("只写了街道（乡镇），不能确定在哪个区县", "the district is missing, and other districts may have a township of that name"),
        _PLACE,
    ),
    "place_township": (
        Text("{unit}没有“{township}”", "{unit} has no {township}"),
        Text("请核对街道（乡镇）的名称", "check the name of the township"),
    ),
    "place_township_like": (
        Text("{unit}没有“{township}”", "{unit} has no {township}"),
        Text("是否为{candidates}？", "perhaps {candidates}?"),
    ),
    "place_two": (
        Text("与“{other}”不是同一个区县", "it is not in {other}, which the row also names"),
        Text("请更正其中一个", "correct one of them"),
    ),
    "place_outside": (Text("在本市以外，常住地记为不详", "outside the city; residence is kept as not known"), _NOTHING),
    "place_moved": (Text("{place}现属{today}", "{place} belongs to {today} today"), _NOTHING),
    "place_ended": (Text("{place}已撤销，现由{today}负责", "{place} has been abolished; {today} answers for it today"), _NOTHING),
    "place_found": (Text("即{place}", "taken for {place}"), _NOTHING),
    "place_coarse": (Text("没有街道（乡镇）的资料，记到{place}", "its township is not on record; kept as {place}"), _NOTHING),
    # occupations
    "occupation_code": (
        Text("职业分类大典里没有这个编码", "the classification of occupations has no such code"),
        Text("请填 6-18-01-01 这样的细类编码", "give the code of an occupation, such as 6-18-01-01"),
    ),
    "occupation_group": (
        Text("这是大类、中类或小类的编码，不是职业", "it is the code of a group and of no occupation"),
        Text("请填 6-18-01-01 这样的细类编码", "give the code of an occupation, such as 6-18-01-01"),
    ),
    "occupation_unknown": (
        Text("职业分类大典里没有这个职业", "the classification has no such occupation"),
        Text("请在“职业分类”页面查到编码后填写", "look its code up on the page of occupations and give that"),
    ),
    "occupation_like": (
        Text("职业分类大典里没有这个职业", "the classification has no such occupation"),
        Text("是否为 {candidates}？填编码即可", "perhaps {candidates}; give its code"),
    ),
    "occupation_which": (
        Text("可能是几个职业：{candidates}", "it may be one of several: {candidates}"),
        Text("请填其中一个的编码", "give the code of one of them"),
    ),
    "occupation_two": (
        Text("编码和名称不是同一个职业（名称是 {other}）", "code and name are two occupations (the name is {other})"),
        Text("请更正其中一个", "correct one of them"),
    ),
    "occupation_earlier": (Text("这是旧编码，现为 {now}", "it is an earlier code; today {now}"), _NOTHING),
    "post_only": (Text("岗位名称不是大典里的职业，职业记为不详", "no occupation of the classification; kept without one"), _NOTHING),
    # levels and certificates
    "level_unknown": (Text("不是技能等级", "it is no skill level"), _LEVELS),
    "level_which": (Text("说不清是哪一级：{candidates}", "it may be one of several: {candidates}"), _LEVELS),
    "level_old": (
        Text("像是旧的八级工制，与今天的等级不能直接对应", "it seems a grade of the old scale of eight, which today's levels do not match"),
        _LEVELS,
    ),
    "level_title": (
        Text("这是专业技术职称，不是技能等级", "it is a professional title and no skill level"),
        Text("没有技能等级的请留空", "leave it empty where there is no skill level"),
    ),
    "level_two": (Text("名称和级别互相矛盾：{candidates}", "its name and its number contradict each other: {candidates}"), _LEVELS),
    "certificate_form": (
        Text("不是已知样式的证书编号", "it is in no known form of certificate numbers"),
        Text("请对照证书填写 22 位编号", "give the 22 characters on the certificate"),
    ),
    "certificate_level": (
        Text("证书编号里是{inside}，表里写的是{said}", "the number says {inside}, the row says {said}"),
        Text("请对照证书更正其中一个", "correct one of them against the certificate"),
    ),
    "certificate_year": (
        Text("证书编号里的年份与发证日期不同", "the year in the number is not that of its date of issue"),
        Text("请对照证书更正其中一个", "correct one of them against the certificate"),
    ),
    "certificate_year_near": (Text("证书编号里的年份与发证日期差一年", "the year in the number is one off its date of issue"), _NOTHING),
    "certificate_made_up": (
        Text("证书编号里的省份代码不存在", "the province in the number does not exist"),
        Text("请对照证书更正", "check it against the certificate"),
    ),
    "certificate_old": (Text("是旧样式的证书编号，未作校验", "a number of an earlier form; not checked"), _NOTHING),
    "certificate_apprentice": (Text("学徒工没有证书，编号不予保留", "apprentices hold no certificate; the number is not kept"), _NOTHING),
    "level_from_number": (Text("没有写等级，按证书编号记为{level}", "no level is given; {level} by the certificate number"), _NOTHING),
    # words
    "migrant_which": (Text("没有说明是本地还是外出，记为不详", "it does not say whether local or away; kept as not known"), _NOTHING),
    "education_other": (Text("学历记为不详", "kept as not known"), _NOTHING),
    # feeds
    "as_of": (
        Text("在数据日期（{as_of}）之后", "it lies after the day the file speaks of ({as_of})"),
        Text("请更正日期，或更正文件的数据日期", "correct the day, or the day the file speaks of"),
    ),
    "as_of_two": (
        Text("与文件的数据日期（{as_of}）不同", "it is not the day the file speaks of ({as_of})"),
        Text("一个文件只能有一个数据日期，请拆成几个文件", "a file speaks of one day; split it by day"),
    ),
    "before_birth": (Text("早于出生日期", "it lies before the person was born"), _DATE),
    "organisation_left_out": (Text("没有登记这个单位，单位不记", "no organisation on record has this code; it is left out"), _NOTHING),
    "level_uncertified": (
        Text("学徒工或无等级没有证书", "there is no certificate of this level"),
        Text("请填五级至一级、特级技师或首席技师", "one of L5, L4, L3, L2, L1, LT, LS, or their names"),
    ),
    "programme": (
        Text("不是六位专业代码", "it is no programme code of six digits"),
        Text("请按专业目录填写", "take it from the national catalogue"),
    ),
}
