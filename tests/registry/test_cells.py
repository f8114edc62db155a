"""Cells as people write them: a small table of text in and value or reason out, per kind of cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from guildhall.registry import tables
from guildhall.registry.engine.cells import lists
from guildhall.registry.engine.cells.dates import of_serial, read_date
from guildhall.registry.engine.cells.names import read_name
from guildhall.registry.engine.cells.numbers import is_credit_code, read_certificate_number, read_identity, read_phone
from guildhall.registry.engine.cells.occupations import Occupations
from guildhall.registry.engine.cells.places import KnownPlace, Places
from guildhall.registry.engine.cells.problems import PROBLEMS, Read, Wrong
from guildhall.registry.engine.cells.text import plain, shown


def outcome(read: Callable[[str], Any], text: str) -> str:
    """What a reader makes of a text: `value`, `value (note)`, or `! reason`."""
    try:
        found = read(plain(text)) if plain(text) else None
    except Wrong as wrong:
        return f"! {wrong.problem.code}"
    if isinstance(found, Read):
        return f"{found.value} ({found.note.code})" if found.note else str(found.value)
    return str(found)


def hold(read: Callable[[str], Any], table: str) -> None:
    """Each line of the table: the cell, `→`, the outcome."""
    for line in filter(None, map(str.strip, table.strip().splitlines())):
        cell, _, expected = line.partition("→")
        text = cell.strip().replace("␣", "\u3000").replace("␀", "\u200b")
        assert outcome(read, text) == expected.strip(), line


def test_dates() -> None:
    hold(
        read_date,
        """
        2021-03-05            → 2021-03-05
        2021/3/5              → 2021-03-05
        2021.3.5              → 2021-03-05
        ２０２１．３．５        → 2021-03-05
        2021年3月5日           → 2021-03-05
        2021年 3月 5日         → 2021-03-05
        2021年03月05号         → 2021-03-05
        20210305              → 2021-03-05
        20210305.0            → 2021-03-05
        2021-03-05 00:00:00   → 2021-03-05
        2021/3/5 8:30         → 2021-03-05
        2021-03-05T08:30:00Z  → 2021-03-05
        2021年3月5日 8时30分    → 2021-03-05
        '2021-03-05           → 2021-03-05
        44260                 → 2021-03-05
        44260.35417           → 2021-03-05
        5-Mar-2021            → 2021-03-05
        March 5, 2021         → 2021-03-05
        25/03/2021            → 2021-03-25
        03/25/2021            → 2021-03-25
        05/05/2021            → 2021-05-05
        二〇二一年三月五日       → 2021-03-05
        二〇二一年十二月三十一日  → 2021-12-31
        2021-03               → 2021-03-01 (date_month)
        2021.03               → 2021-03-01 (date_month)
        2021.3                → 2021-03-01 (date_month)
        2021年3月              → 2021-03-01 (date_month)
        202103                → 2021-03-01 (date_month)
        2021.10               → 2021-10-01 (date_month)
        2021.1                → ! date_zero_lost
        2021                  → ! date_year_only
        03/05/2021            → ! date_order
        5-Mar-21              → ! date_two_digits
        Mar-21                → ! date_two_digits
        21-3-5                → ! date_two_digits
        210305                → ! date_two_digits
        99年5月                → ! date_two_digits
        45-00-00              → ! date_two_digits
        0000-00-00            → ! date_none
        2021-02-30            → ! date_none
        2021-13-01            → ! date_none
        13/13/2021            → ! date_none
        1899-12-31            → ! date_range
        2101-01-01            → ! date_range
        100                   → ! date_form
        999999999             → ! date_form
        明天                   → ! date_form
        =TODAY()              → ! formula
        #N/A                  → ! error_value
        无                     → None
        """,
    )


@given(
    st.dates(date(1927, 6, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y"]),
)
def test_a_date_is_read_back_in_every_shape(day: date, shape: str) -> None:
    assert read_date(day.strftime(shape)) == Read(day)


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_days_are_counted_from_1900_or_1904(day: date) -> None:
    assert read_date(str((day - date(1899, 12, 30)).days)) == Read(day)
    assert read_date(str((day - date(1904, 1, 1)).days), date1904=True) == Read(day)
    with pytest.raises(Wrong, match="date_system"):
        read_date(str((day - date(1899, 12, 30)).days), date1904=None)


def test_the_leap_day_of_1900_that_never_was() -> None:
    assert [of_serial(number, False) for number in (1, 59, 61)] == [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
    with pytest.raises(Wrong, match="date_none"):
        of_serial(60, False)
    assert of_serial(0, True) == date(1904, 1, 1)


def test_names() -> None:
    hold(
        read_name,
        """
        张三              → 张三
        张␣三             → 张三
        张 三 丰          → 张三丰
        ␀张三             → 张三
        欧阳修            → 欧阳修
        阿卜杜拉•艾合买提   → 阿卜杜拉·艾合买提
        阿卜杜拉・艾合买提   → 阿卜杜拉·艾合买提
        阿卜杜拉.艾合买提   → 阿卜杜拉·艾合买提
        𠮷野家            → 𠮷野家
        John O'Neill     → John O'Neill
        Anna-Lena Müller → Anna-Lena Müller
        张三2             → ! name_digits
        13800138000      → ! name_digits
        张               → ! name_short
        张三(小)          → ! name_marks
        张三/李四         → ! name_marks
        张?              → ! name_unreadable
        张\ue863         → ! name_unreadable
        =HYPERLINK("x")  → ! formula
        """.replace("\\ue863", "\ue863"),
    )
    assert outcome(read_name, "张" * 61) == "! too_long"


def valid(seventeen: str) -> str:
    return seventeen + str(ric.calc_check_digit(seventeen + "0"))


def test_identity_numbers() -> None:
    good = valid("50010319900307451")
    hold(
        lambda text: read_identity(text, made_up=False).number,
        f"""
        {good}                                        → {good}
        '{good}                                       → {good}
        {good[:6]} {good[6:14]} {good[14:]}           → {good}
        {good[:6]}-{good[6:14]}-{good[14:]}           → {good}
        {good[:17]}                                   → ! id_length
        {good[:17]}11                                 → ! id_length
        {good[:17]}{"1" if good[17] != "1" else "2"}  → ! id_check
        5001031990030745A2                            → ! id_characters
        {valid("50010319900230451")}                  → ! id_date
        {valid("50010300000307451")}                  → ! id_date
        {valid("00000019900307451")}                  → ! id_region
        {valid("99010119900307451")}                  → ! id_region
        500103900307451                               → ! id_old
        500103901307451                               → ! id_date
        5.00112199001011E+17                          → ! digits_lost
        500103199003074000                            → ! digits_lost
        E12345678                                     → ! id_other
        M12345678(9)                                  → ! id_other
        """,
    )


def test_a_final_x_may_be_small_and_digits_wide() -> None:
    seventeen = next(each for n in range(100) if valid(each := f"500103199003{10 + n // 10:02d}{n:03d}")[17] == "X")
    for text in (valid(seventeen).lower(), valid(seventeen).translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))):
        assert read_identity(plain(text), made_up=False).number == valid(seventeen)


def test_an_old_number_is_told_how_it_reads_in_18_digits() -> None:
    with pytest.raises(Wrong) as caught:
        read_identity("500103900307451", made_up=False)
    assert f"“{valid('50010319900307451')[17]}”" in caught.value.problem.next.zh


def test_made_up_numbers_are_taken_in_a_demonstration_only() -> None:
    number = valid("99010119900307451")
    assert read_identity(number, made_up=True).sex == "male"
    with pytest.raises(Wrong, match="id_region"):
        read_identity(number, made_up=False)


def test_residence_permits_and_cards_of_foreigners_have_18_digits_too() -> None:
    for region in ("810000", "820000", "830000", "911156"):
        assert read_identity(valid(f"{region}19900307451"), made_up=False).birth == date(1990, 3, 7)


@given(st.dates(date(1920, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 10))
def test_the_check_digit_agrees_with_another_implementation(birth: date, sequence: int, last: int) -> None:
    number = f"110101{birth:%Y%m%d}{sequence:03d}{'0123456789X'[last]}"
    try:
        taken = read_identity(number, made_up=False).number == number
    except Wrong:
        taken = False
    assert taken == ric.is_valid(number)


@given(st.text("0123456789Xx '-EeABC.＋", max_size=22))
def test_no_text_breaks_the_reader_of_numbers(text: str) -> None:
    for read in (
        lambda each: read_identity(each, made_up=True),
        read_phone,
        lambda each: read_certificate_number(each, made_up=True),
        read_date,
    ):
        outcome(read, text)


@given(
    st.text("0123456789-/.年月日一二三四五六七八九十廿〇级工高初中技师重庆市北碚区街道镇()（）S6 aVTZ:张·,#=", max_size=16)
    | st.text(max_size=16)
)
def test_no_text_breaks_any_reader(text: str) -> None:
    for read in (read_date, read_name, lists.read_level, KNOWN.read, KNOWN.code, KNOWN.post, PACK.read, WHOLE.read):
        outcome(read, text)
    for name in ("sex", "education", "contract", "migrant"):
        outcome(lambda each, name=name: lists.read_word(name, each), text)  # type: ignore[misc]


def test_phones() -> None:
    hold(
        read_phone,
        """
        13800138000       → 13800138000
        138-0013-8000     → 13800138000
        138 0013 8000     → 13800138000
        +86 13800138000   → 13800138000
        8613800138000     → 13800138000
        13800138000.0     → 13800138000
        023-63851234      → 02363851234
        (023)63851234     → 02363851234
        +49 30 1234567    → +49301234567
        10020000001       → 10020000001
        1380013800        → ! phone_form
        63851234          → ! phone_form
        微信同号            → ! phone_form
        13800138000/13900139000 → ! phone_two
        13800138000、13900139000 → ! phone_two
        1.38001E+10       → ! digits_lost
        """,
    )


def test_levels() -> None:
    hold(
        lists.read_level,
        """
        高级工            → L3
        高级              → L3
        三级              → L3
        三级工            → L3
        3级              → L3
        3                → L3
        Level 3          → L3
        L3               → L3
        l3               → L3
        Ⅲ级              → L3
        第三级            → L3
        高级工/三级        → L3
        三级/高级工        → L3
        三级（高级工）      → L3
        高级工(三级)       → L3
        三级高级工         → L3
        国家职业资格三级    → L3
        职业技能等级三级    → L3
        三级证书           → L3
        senior worker    → L3
        初级工            → L5
        五级              → L5
        中级              → L4
        4级/中级工         → L4
        技师              → L2
        二级技师           → L2
        技师二级           → L2
        高级技师           → L1
        一级              → L1
        特级技师           → LT
        首席技师           → LS
        学徒工            → L0
        学徒              → L0
        普工              → None
        无证              → None
        高级工(二级)       → ! level_two
        三级/技师          → ! level_two
        高级技师（二级）     → ! level_two
        八级工            → ! level_old
        七级              → ! level_old
        工程师            → ! level_title
        助理工程师         → ! level_title
        中级职称           → ! level_title
        高技              → ! level_which
        熟练              → ! level_unknown
        六               → ! level_unknown
        /三级             → L3
        """,
    )
    assert set(lists.LEVEL_NAMES) == set(tables.LEVELS)


def test_words_of_closed_lists() -> None:
    hold(lambda text: lists.read_word("sex", text), "男 → male\n女性 → female\nＭ → male\n2 → female\n男女 → ! not_in_list")
    hold(
        lambda text: lists.read_word("education", text),
        """
        大专        → college
        高职        → college
        本科        → bachelor
        硕士研究生   → bachelor
        中专        → senior
        技校        → senior
        高中毕业     → senior
        初中        → junior
        小学        → primary
        本科(全日制) → bachelor
        其他        → None (education_other)
        幼儿园      → ! not_in_list
        """,
    )
    hold(
        lambda text: lists.read_word("contract", text),
        """
        劳动合同       → regular
        无固定期限      → regular
        正式工         → regular
        企业新型学徒    → apprentice
        劳务派遣       → dispatched
        dispatched    → dispatched
        full time     → regular
        业务外包       → ! not_in_list
        实习          → ! not_in_list
        """,
    )
    hold(
        lambda text: lists.read_word("migrant", text),
        "否 → none\n本地农民工 → local\n外出 → away\n是 → None (migrant_which)\n也许 → ! not_in_list",
    )
    lists_ = {"sex": tables.SEXES, "education": tables.EDUCATIONS, "contract": tables.CONTRACTS, "migrant": tables.MIGRANTS}
    for name, words in lists_.items():
        assert set(lists._SPELLINGS[name].values()) <= set(words)


def test_certificate_numbers() -> None:
    hold(
        lambda text: (lambda found: Read("/".join(str(part) for part in found.value), found.note))(
            read_certificate_number(text, made_up=False)
        ),
        """
        Y000050000123253000001   → Y000050000123253000001/L3/25
        y0000 5000 0123 2530 00001 → Y000050000123253000001/L3/25
        S000050000123254000001   → S000050000123254000001/L4/25
        YT00005000012325000001   → YT00005000012325000001/None/None
        Y00005000012325T000001   → Y00005000012325T000001/None/None
        Y000050000123256000001   → ! certificate_form
        Y000099000123253000001   → ! certificate_made_up
        1850003017401234         → 1850003017401234/None/None (certificate_old)
        RSN20231234567890123     → RSN20231234567890123/None/None (certificate_old)
        12345                    → ! certificate_form
        1.85000301740123E+15     → ! digits_lost
        """,
    )


def test_credit_codes_agree_with_another_implementation() -> None:
    assert is_credit_code("91110000600037341L") == uscc.is_valid("91110000600037341L")
    assert not is_credit_code("911100006000373410")


EIGHTEEN = "6-18-01-01"
KNOWN = Occupations(
    {
        EIGHTEEN: "车工",
        "6-18-02-04": "焊工",
        "2-02-38-01": "人工智能工程技术人员",
        "4-08-05-01": "检验员",
        "6-31-03-05": "检验员",
        "6": "生产制造",
    },
    {"2-02-10-09": ("2-02-38-01",), "lathe operator": (EIGHTEEN,), "钳工": ("6-18-02-04", EIGHTEEN)},
)


def test_occupations() -> None:
    hold(
        KNOWN.read,
        """
        6-18-01-01          → 6-18-01-01
        ６－１８－０１－０１    → 6-18-01-01
        6180101             → 6-18-01-01
        车工                 → 6-18-01-01
        车 工                → 6-18-01-01
        人工智能工程技术人员S   → 2-02-38-01
        车工(6-18-01-01)     → 6-18-01-01
        6-18-01-01 车工      → 6-18-01-01
        Lathe Operator      → 6-18-01-01
        2-02-10-09          → 2-02-38-01 (occupation_earlier)
        6-18-01-01 焊工      → ! occupation_two
        检验员               → ! occupation_which
        钳工                 → ! occupation_which
        电焊工               → ! occupation_like
        董事长               → ! occupation_unknown
        6-18                → ! occupation_group
        6-18-01             → ! occupation_group
        6-18-01-00          → ! occupation_group
        6-99-99-99          → ! occupation_code
        """,
    )
    hold(KNOWN.post, "车工 → 6-18-01-01\n班长 → None (post_only)\n检验员 → None (post_only)")


def test_candidates_are_named() -> None:
    with pytest.raises(Wrong) as caught:
        KNOWN.read("检验员")
    assert caught.value.problem.what.zh == "可能是几个职业：4-08-05-01 检验员、6-31-03-05 检验员"
    with pytest.raises(Wrong) as caught:
        KNOWN.read("电焊工")
    assert "6-18-02-04 焊工" in caught.value.problem.next.zh


def test_likenesses_are_sought_for_a_few_hundred_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guildhall.registry.engine.cells.occupations.MOST_SEARCHES", 2)
    known = Occupations({EIGHTEEN: "车工"}, {})
    assert [outcome(known.read, "大车工") for _ in range(3)] == ["! occupation_like", "! occupation_like", "! occupation_unknown"]


def test_without_a_classification_any_code_of_the_right_form_is_taken() -> None:
    hold(Occupations({}, {}).read, "6-18-01-01 → 6-18-01-01\n车工 → ! occupation_unknown")


BEIBEI, YUBEI, LIANGJIANG = "北碚区", "渝北区", "两江新区"
UNITS = (
    KnownPlace("cq-500103", "渝中区", "district", (), "渝中区"),
    KnownPlace("cq-500109", BEIBEI, "district", (), BEIBEI),
    KnownPlace("cq-500112", YUBEI, "district", (), LIANGJIANG, ended=True),
    KnownPlace("cq-liangjiang", LIANGJIANG, "district", (), LIANGJIANG),
    KnownPlace("cq-500240", "石柱土家族自治县", "county", (), "石柱土家族自治县"),
)
PARTS = (
    KnownPlace("cq-500109006", "蔡家岗街道", "township", (BEIBEI, LIANGJIANG), LIANGJIANG),
    KnownPlace("cq-500112138", "兴隆镇", "township", (YUBEI, BEIBEI), BEIBEI),
    KnownPlace("cq-500112-rest", "渝北区其余街镇", "remainder", (YUBEI, LIANGJIANG), LIANGJIANG),
    KnownPlace("cq-500109-rest", "北碚区其余街镇", "remainder", (BEIBEI,), BEIBEI),
)
PACK = Places("cq", ("重庆市", "Chongqing"), UNITS + PARTS)
WHOLE = Places(
    "cq",
    ("重庆市",),
    (
        *UNITS,
        *PARTS,
        KnownPlace("cq-500103001", "七星岗街道", "township", ("渝中区",), "渝中区"),
        KnownPlace("cq-500109001", "天生街道", "township", (BEIBEI,), BEIBEI),
        KnownPlace("cq-500112009", "龙溪街道", "township", (YUBEI, LIANGJIANG), LIANGJIANG),
        KnownPlace("cq-500240108", "龙沙镇", "township", ("石柱土家族自治县",), "石柱土家族自治县"),
        KnownPlace("cq-500240109", "兴隆镇", "township", ("石柱土家族自治县",), "石柱土家族自治县"),
    ),
)


def test_places_where_the_pack_names_some_townships() -> None:
    hold(
        PACK.read,
        """
        北碚区                        → cq-500109
        北碚                          → cq-500109
        重庆市北碚区                    → cq-500109
        重庆 北碚区                    → cq-500109
        石柱县                         → cq-500240
        石柱                          → cq-500240
        两江新区蔡家岗街道               → cq-500109006
        两江新区蔡家岗                  → cq-500109006
        北碚区蔡家岗街道                → cq-500109006 (place_moved)
        重庆市北碚区蔡家岗街道嘉德大道9号   → cq-500109006 (place_moved)
        渝北区                        → cq-500112 (place_ended)
        渝北区龙溪街道                  → cq-500112-rest (place_coarse)
        北碚区天生街道                  → cq-500109-rest (place_coarse)
        渝中区七星岗街道                → cq-500103 (place_coarse)
        渝中区民生路12号                → cq-500103
        重庆市                        → cq
        四川省成都市武侯区               → None (place_outside)
        成都市武侯区                    → ! place_unknown
        蔡家岗街道                     → ! place_district
        幸福里小区                     → ! place_unknown
        """,
    )


def test_places_where_every_township_is_on_record() -> None:
    hold(
        WHOLE.read,
        """
        蔡家岗街道         → cq-500109006 (place_found)
        龙溪街道           → cq-500112009 (place_found)
        兴隆镇            → ! place_which
        渝北区兴隆镇        → cq-500112138 (place_moved)
        石柱县兴隆镇        → cq-500240109
        北碚区七星岗街道     → ! place_township_like
        北碚区天圣街道       → ! place_township_like
        北碚区火星镇        → ! place_township
        渝北区龙溪街道       → cq-500112009 (place_moved)
        """,
    )
    with pytest.raises(Wrong) as caught:
        WHOLE.read("兴隆镇")
    assert caught.value.problem.what.zh == "有几个同名的地点：渝北区兴隆镇、石柱土家族自治县兴隆镇"


@pytest.mark.parametrize(
    ("address", "district", "township", "expected"),
    [
        ("", "北碚区", "蔡家岗街道", "cq-500109006"),
        ("", "两江新区", "", "cq-liangjiang"),
        ("嘉德大道9号", "北碚区", "蔡家岗街道", "cq-500109006"),
        ("北碚区嘉德大道9号", "", "蔡家岗街道", "cq-500109006"),
        ("北碚区蔡家岗街道", "两江新区", "", "cq-500109006"),
        ("北碚区", "渝中区", "", "place_two"),
        ("", "", "蔡家岗街道", "place_district"),
    ],
)
def test_places_from_several_columns(address: str, district: str, township: str, expected: str) -> None:
    def read(_: str) -> Any:
        return PACK.read(address, district, township).value

    assert outcome(read, "x").removeprefix("! ") == expected


def test_what_a_fault_shows_of_a_cell() -> None:
    assert shown("identity_number", "500103199003074512") == "50***************2"
    assert shown("phone", "138") == "***"
    assert shown("name", "欧阳修") == "欧**"
    assert shown("birth", "1990-03-07") == "1990******"
    assert shown("level", "高级工 500103199003074512") == "高级工 " + "*" * 18
    assert shown("residence", "北碚区蔡家岗街道嘉德大道99号3栋2单元") == "北碚区蔡家岗街道嘉德大道…"


@given(st.text(max_size=30))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    try:
        once = plain(text)
    except Wrong:
        return
    if not once.startswith(("'", "`", "\u2018", "\u2019", "=", "#")):
        assert plain(once) in (once, "")


def test_every_problem_is_said_in_both_languages() -> None:
    for code, (what, next) in PROBLEMS.items():
        assert what.zh, code
        assert what.en, code
        assert bool(next.zh) == bool(next.en), code
        assert {part.split("}")[0] for part in what.zh.split("{")[1:]} == {part.split("}")[0] for part in what.en.split("{")[1:]}, code


def test_no_day_of_a_leap_year_is_lost() -> None:
    days = [date(2024, 1, 1) + timedelta(n) for n in range(366)]
    assert [read_date(f"{day.year}年{day.month}月{day.day}日").value for day in days] == days


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("叁级", "L3"),
        ("伍级/初级工", "L5"),
        ("国家职业资格贰级", "L2"),
        ("壹级(高级技师)", "L1"),
        ("肆级工", "L4"),
        ("參級".replace("級", "级"), "L3"),
    ],
)
def test_formal_numerals_are_levels(text: str, level: str) -> None:
    assert lists.read_level(text) == level
