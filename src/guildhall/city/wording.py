"""What a version of a parameter says, in words: for pages, the command and the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from guildhall.city.instruments import Entry, Instrument
from guildhall.city.model import City
from guildhall.kernel.tables import Text
from guildhall.rules.parameters import NATION

Codes = Mapping[str, Mapping[str, Text]]
"""Words of closed lists by the input that holds them."""
_COUNTED: Mapping[str, tuple[str, str, str]] = {
    "months": ("{}个月", "{} month", "{} months"),
    "days": ("{}天", "{} day", "{} days"),
    "persons": ("{}人", "{} person", "{} people"),
    "grants": ("{}次", "{} time", "{} times"),
    "kinds": ("{}种", "{} kind", "{} kinds"),
    "age": ("{}岁", "aged {}", "aged {}"),
}
_FLAGS = {True: Text("是", "yes"), False: Text("否", "no")}
_KEYS: Mapping[str, Mapping[object, Text]] = {"shortage": {True: Text("紧缺", "in shortage"), False: Text("非紧缺", "not in shortage")}}


def lines_of(city: City, instrument: Instrument, entry: Entry) -> list[Text]:
    """The values of a version, one line each: “L5 not in shortage: 1,000 yuan”; a single value alone; nothing for a slot."""
    value, unit = entry.version.value, instrument.units[entry.name]
    if value is None:
        return []
    if not isinstance(value, tuple):
        return [_one(city, value, unit)]
    if entry.parameter.kind == "list":
        members = [_word(city, str(part)) for part in value]
        return [Text("、".join(word.zh for word in members), ", ".join(word.en for word in members))]
    lines = []
    for key, one in cast(tuple[tuple[Any, Any], ...], value):
        words = _from(key) if entry.parameter.kind == "scale" else under(city, entry.parameter.keys, key)
        said = _one(city, one, unit)
        lines.append(Text(f"{words.zh}：{said.zh}", f"{words.en}: {said.en}"))
    return lines


def value_under(city: City, instrument: Instrument, entry: Entry, key: tuple[Any, ...]) -> Text | None:
    """What a table holds under one key, in words; None where it has no such row."""
    rows = dict(cast(tuple[tuple[Any, Any], ...], entry.version.value or ()))
    return _one(city, rows[key], instrument.units[entry.name]) if key in rows else None


def under(city: City, keys: tuple[str, ...], key: tuple[Any, ...]) -> Text:
    """The key of a row of a table: “L5 not in shortage”."""
    parts = [_key(city, name, part) for name, part in zip(keys, key, strict=True)]
    return Text(" ".join(part.zh for part in parts), " ".join(part.en for part in parts))


def meaning(city: City, codes: Codes, name: str, word: str) -> Text:
    """What a word means that stands for an input or figure: by the list of that input, else as the city or its parameters name it."""
    return codes.get(name, {}).get(word) or _word(city, word)


def days_of(entry: Entry) -> Text:
    """From which day to which last day a version holds, as people say it: the last day included."""
    start, until = entry.version.valid_from, entry.version.valid_until
    last = until - timedelta(days=1) if until else None
    begun = Text(f"{start}起" if start else "", f"from {start}" if start else "")
    if last is None:
        return begun
    return Text(f"{start}至{last}", f"{start} to {last}") if start else Text(f"至{last}", f"to {last}")


def jurisdiction_of(city: City, entry: Entry) -> Text:
    """Whose text it is: the nation's, this city's, a district's, or another province's."""
    found = entry.version.jurisdiction
    if found == NATION:
        return Text("全国", "the nation")
    if found in (city.home, city.root):
        return city.name
    place = city.place.get(found)
    return place.name if place else Text(f"省级代码{found}", f"province {found}")


def _one(city: City, value: Any, unit: str) -> Text:
    if isinstance(value, bool):
        return _FLAGS[value]
    if isinstance(value, Fraction):
        return _share(value)
    if isinstance(value, date):
        return Text(str(value), str(value))
    if unit == "fen":
        yuan = f"{Decimal(value) / 100:,.2f}".removesuffix(".00")
        return Text(f"{yuan}元", f"{yuan} yuan")
    if unit in _COUNTED:
        zh, one, many = _COUNTED[unit]
        return Text(zh.format(value), (one if value == 1 else many).format(value))
    return _word(city, str(value))


def _share(value: Fraction) -> Text:
    """A share in percent where that ends after a few digits, else as a fraction."""
    percent = value * 100
    rest = percent.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    said = f"{(Decimal(percent.numerator) / Decimal(percent.denominator)).normalize():f} %" if rest == 1 else str(value)
    return Text(said.replace(" ", ""), said)


def _key(city: City, name: str, value: Any) -> Text:
    if isinstance(value, bool):
        return _KEYS.get(name, {}).get(value, Text(f"{name}：{_FLAGS[value].zh}", f"{name}: {_FLAGS[value].en}"))
    return _word(city, str(value))


def _from(start: Any) -> Text:
    return Text(f"{start}及以上", f"{start} and above")


def _word(city: City, word: str) -> Text:
    """A level or an occupation by its name; the word itself where nothing names it."""
    if level := next((level for level in city.levels if level.code == word), None):
        return level.name
    if found := next((one for one in city.occupations if one.code == word), None):
        return Text(f"{found.name.zh}（{word}）", f"{found.name.en} ({word})")
    return WORDS.get(word, Text(word, word))


WORDS: Mapping[str, Text] = {
    "graduate": Text("高校毕业生", "graduates"),
    "graduate_2025": Text("2025届高校毕业生", "graduates of 2025"),
    "unemployed_graduate_2023_2024": Text("2023、2024届未就业高校毕业生", "graduates of 2023 and 2024 without work"),
    "young_unemployed": Text("登记失业青年", "young registered unemployed"),
    "long_unemployed": Text("长期失业人员", "long-term unemployed"),
    "registered_unemployed": Text("登记失业人员", "registered unemployed"),
    "unemployed_graduate": Text("离校未就业高校毕业生", "graduates without work"),
    "professional_qualification": Text("专业技术人员和技能人员职业资格", "professional and vocational qualifications"),
    "listed": Text("所列各类人员", "the groups listed"),
    "in_difficulty": Text("就业困难人员", "people with difficulty finding work"),
    "poverty_watch": Text("防返贫监测对象", "people monitored against poverty"),
    "school_leaver": Text("未继续升学的初高中毕业生", "school leavers"),
    "rural_migrant": Text("农村转移就业劳动者", "rural migrant workers"),
    "micro": Text("微型", "micro"),
    "small": Text("小型", "small"),
    "medium": Text("中型", "medium"),
    "large": Text("大型", "large"),
    "manufacturing": Text("制造业", "manufacturing"),
    "software": Text("软件和信息技术", "software and information"),
    "trade": Text("批发零售", "wholesale and retail"),
    "hospitality": Text("住宿餐饮", "hotels and catering"),
    "business_services": Text("租赁和商务服务", "leasing and business services"),
    "resident_services": Text("居民服务", "services to residents"),
    "person": Text("个人", "a person"),
    "partnership": Text("合伙", "a partnership"),
    "company": Text("企业", "a company"),
    "vat": Text("增值税", "value-added tax"),
    "city_construction": Text("城市维护建设税", "tax for city construction"),
    "education": Text("教育费附加", "education surcharge"),
    "local_education": Text("地方教育附加", "local education surcharge"),
    "corporate_income": Text("企业所得税", "corporate income tax"),
    "personal_income": Text("个人所得税", "personal income tax"),
    "junior": Text("初级职称", "junior title"),
    "assistant": Text("助理级职称", "assistant title"),
    "intermediate": Text("中级职称", "intermediate title"),
    "associate_senior": Text("副高级职称", "associate senior title"),
    "senior": Text("高级职称", "senior title"),
    "full_senior": Text("正高级职称", "full senior title"),
    "skilled_class": Text("技工院校中级工班", "skilled-worker class"),
    "senior_class": Text("技工院校高级工班", "senior skilled-worker class"),
    "technician_class": Text("技工院校预备技师（技师）班", "technician class"),
    "secondary_vocational": Text("中等职业教育", "secondary vocational school"),
    "college": Text("大专", "college"),
    "bachelor": Text("本科", "bachelor's degree"),
    "proposed": Text("建议口径", "proposed"),
    "wide": Text("宽口径", "wide"),
    "strict": Text("严口径", "strict"),
    "lower": Text("低档", "lower step"),
    "middle": Text("中档", "middle step"),
    "upper": Text("高档", "upper step"),
    "first": Text("一等", "first grade"),
    "second": Text("二等", "second grade"),
    "third": Text("三等", "third grade"),
    "primary": Text("小学及以下", "primary school or less"),
    "none": Text("无", "none"),
    "advanced": Text("高级", "advanced"),
    "title_review": Text("职称评审", "the review for a title"),
}
"""Words that parameters use as keys and members."""
