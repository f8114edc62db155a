"""Where people live, as rosters write it: an address, a district and a township in two columns, or a township alone.

Names of districts that ended in a merger are known and told; a township is never guessed. Where the registry knows only some
townships of a district, the rest of it is one place (`remainder`), and an unknown township is kept there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from guildhall.registry.engine.cells.problems import Read, Wrong, problem

PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 "
    "陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"
).split()
UNIT_KINDS = ("district", "county", "functional_zone")
_PEOPLES = "|".join(
    (
        "土家 苗 侗 布依 彝 回 藏 羌 壮 瑶 满 蒙古 维吾尔 哈萨克 朝鲜 白 傣 黎 傈僳 佤 "
        "畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 "
        "乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 哈尼 "
    ).split()
)
_UNIT_END = re.compile(rf"(?:(?:(?:{_PEOPLES})族)+自治县|自治县|新区|区|县|市)$")
_TOWNSHIP_END = re.compile(rf"(?:街道办事处|街道|镇|(?:(?:{_PEOPLES})族)+乡|乡)$")
_TOWNSHIP = re.compile(r"^(.{1,12}?(?:街道|镇|乡))")
_BETWEEN = re.compile(r"[\s,，、/\\>\-—_;；.。]+")
_NOISE = ("市辖区", "县辖区", "直辖县级")


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place people live in, of any time: `kind` as in the registry; `units` are the names of the districts it has ever lain in.

    `today` is the name of the district that answers for it today, `ended` whether the place itself has ended.
    """

    place_id: str
    name: str
    kind: str
    units: tuple[str, ...] = ()
    today: str = ""
    ended: bool = False


class Places:
    """The places of a city by every name they are written with. `example` is an address to show to people."""

    def __init__(self, city: str, city_names: Iterable[str], places: Iterable[KnownPlace]) -> None:
        self.city = city
        known = tuple(places)
        names = {_squeezed(name) for name in city_names if name}
        self.city_names = sorted(names | {name.removesuffix("市") for name in names if len(name) > 2}, key=len, reverse=True)
        self.units = {place.name: place for place in known if place.kind in UNIT_KINDS}
        self._unit_words = _words((place for place in known if place.kind in UNIT_KINDS), _UNIT_END)
        self._inside: dict[str, list[KnownPlace]] = defaultdict(list)
        self._rest: dict[str, KnownPlace] = {}
        for place in known:
            for unit in place.units:
                if place.kind == "township":
                    self._inside[unit].append(place)
            if place.kind == "remainder" and place.units:
                self._rest[place.units[0]] = place
        self._words_inside = {unit: _words(inside, _TOWNSHIP_END) for unit, inside in self._inside.items()}
        townships = [place for place in known if place.kind == "township"]
        self._every = _words(townships, None)
        self._complete = {unit for unit in self.units if self._is_complete(unit)}
        self.example = next((_full(each) for each in townships), next(iter(self.units), "北碚区东阳街道"))

    def _is_complete(self, unit: str) -> bool:
        """Whether every township of a unit is on record: it has some, and more than those that a merger named one by one."""
        rest = self._rest.get(unit)
        return any(rest is None or place.units == rest.units for place in self._inside.get(unit, ()))

    def read(self, address: str, district: str = "", township: str = "") -> Read[str | None]:
        """The key of the place that an address names, perhaps helped by columns of their own; None outside the city. Raises Wrong."""
        text = self._within(_squeezed(address))
        beside = self._within(_squeezed(district)), _squeezed(township)
        if text is None or beside[0] is None:
            return Read(None, problem("place_outside"))
        unit, rest = self._unit(text)
        beside_unit, beside_rest = self._unit(beside[0])
        text_of_township = beside[1] or beside_rest or rest
        if unit and beside_unit and unit.name != beside_unit.name:
            return self._between(unit, beside_unit, text_of_township)
        unit = unit or beside_unit
        return self._township(unit, text_of_township) if unit else self._alone(text_of_township, bool(address or township))

    def _between(self, unit: KnownPlace, other: KnownPlace, text: str) -> Read[str | None]:
        """The place of a row that names two districts: right only where one is the other's successor, for the township or as a whole."""
        found, _ = _longest(self._words_inside.get(unit.name, {}), text)
        both = {unit.name, other.name}
        for place in found:
            if both <= {*place.units, place.today}:
                return Read(place.place_id, problem("place_moved", place=place.name, today=place.today))
        if not self._same_ground(unit, other):
            raise Wrong("place_two", other=other.name)
        return self._township(unit, text)

    def _within(self, text: str) -> str | None:
        """The text without the city's own name; None where it names another province."""
        for name in self.city_names:
            if text.startswith(name):
                text = text[len(name) :]
                for noise in _NOISE:
                    text = text.removeprefix(noise)
                return text.removeprefix("市") if not text.startswith("市中") else text
        for province in PROVINCES:
            after = text[len(province) :]
            if text.startswith(province) and (not after or after[0] in "省市自特壮回维"):
                return None
        return None if re.match(r".{2,8}省", text) else text

    def _unit(self, text: str) -> tuple[KnownPlace | None, str]:
        """The district that a text begins with, and what follows."""
        place, length = _longest(self._unit_words, text)
        return (place[0] if place else None), text[length:]

    def _same_ground(self, one: KnownPlace, other: KnownPlace) -> bool:
        return one.today == other.name or other.today == one.name

    def _township(self, unit: KnownPlace, text: str) -> Read[str | None]:
        """The township of a district that a text begins with, or the best that can be said of the district."""
        words = self._words_inside.get(unit.name, {})
        found, _ = _longest(words, _township_first(text))
        if found:
            if len(found) > 1:
                raise Wrong("place_which", candidates=_listed(found), example=self.example)
            return self._noted(found[0], unit)
        match = _TOWNSHIP.match(text)
        if match and unit.name in self._complete:
            like = self._like(unit, match[1])
            raise Wrong("place_township_like" if like else "place_township", unit=unit.name, township=match[1], candidates=like)
        if match and (rest := self._rest.get(unit.name)):
            return Read(rest.place_id, problem("place_coarse", place=rest.name))
        if unit.ended:
            return Read(unit.place_id, problem("place_ended", place=unit.name, today=unit.today))
        return Read(unit.place_id, problem("place_coarse", place=unit.name) if match else None)

    def _noted(self, place: KnownPlace, unit: KnownPlace) -> Read[str | None]:
        """A township, with a note where the district it was written with is not the one it belongs to today."""
        moved = place.today and place.today != unit.name
        return Read(place.place_id, problem("place_moved", place=place.name, today=place.today) if moved else None)

    def _like(self, unit: KnownPlace, township: str) -> str:
        """Townships of that name in other districts, else those of this district that are written much like it."""
        elsewhere = [_full(other) for other in self._every.get(township, ())]
        return "、".join((elsewhere or get_close_matches(township, [place.name for place in self._inside[unit.name]], 3, 0.4))[:5])

    def _alone(self, text: str, given: bool) -> Read[str | None]:
        """A place without its district: the whole city, or a township whose name is certain to be the only one of its kind."""
        if not text:
            return Read(self.city or None if given else None)
        found, _ = _longest(self._every, text)
        if not found:
            raise Wrong("place_unknown", example=self.example)
        if len(found) > 1:
            raise Wrong("place_which", candidates=_listed(found), example=self.example)
        if not all(unit in self._complete for unit, place in self.units.items() if place.kind != "functional_zone" and not place.ended):
            raise Wrong("place_district", example=_full(found[0]))
        place = found[0]
        return Read(place.place_id, problem("place_found", place=_full(place)))


def _full(place: KnownPlace) -> str:
    """A township after the district it belongs to today."""
    return f"{place.today or ''.join(place.units[-1:])}{place.name}"


def _listed(places: Iterable[KnownPlace]) -> str:
    return "、".join(f"{place.units[0] if place.units else ''}{place.name}" for place in list(places)[:6])


def _township_first(text: str) -> str:
    """An address without what may stand before the township."""
    return text.removeprefix("市").removeprefix("县")


def _words(places: Iterable[KnownPlace], end: re.Pattern[str] | None) -> dict[str, list[KnownPlace]]:
    """Places by their names, and by their names without the end that says what they are, where at least two characters are left.

    Places that are there today win over those that have ended under the same name.
    """
    words: dict[str, list[KnownPlace]] = defaultdict(list)
    for place in places:
        name = _squeezed(place.name)
        short = end.sub("", name) if end else name
        short = short if len(short) >= 2 else name
        for word in {name, short, f"{short}县" if name.endswith("自治县") else short}:
            words[word].append(place)
    return {word: [place for place in found if not place.ended] or found for word, found in words.items()}


def _longest(words: Mapping[str, list[KnownPlace]], text: str) -> tuple[list[KnownPlace], int]:
    """The places under the longest word that a text begins with, and its length."""
    for length in range(min(len(text), 16), 1, -1):
        if found := words.get(text[:length]):
            return found, length
    return [], 0


def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", text).replace("（", "(").replace("）", ")")
