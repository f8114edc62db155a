"""Days in every shape that hands and spreadsheets give them; what is not certain is refused with its reason and never guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from guildhall.registry.engine.cells.problems import Read, Wrong, problem

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
SERIALS = range(10_000, 75_000)
"""Bare numbers taken for a spreadsheet's count of days: 1927 to 2105. Smaller ones may be years, larger ones are something else."""
_YMD = re.compile(r"([0-9]{4})\s*[-/.年\s]\s*([0-9]{1,2})\s*[-/.月\s]\s*([0-9]{1,2})\s*(?:日|号)?")
_YM = re.compile(r"([0-9]{4})\s*(?:[-/年]\s*([0-9]{1,2})|\.\s*([0-9]{1,2}))\s*(?:月份?|-|/|\.)?")
_DAY_LAST = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4})")
_TIME = re.compile(
    r"[T\s]\s*(?:上午|下午)?[0-9]{1,2}[:时][0-9]{1,2}(?:[:分][0-9]{1,2}(?:\.[0-9]+)?秒?)?\s*(?:am|pm|z|分)?(?:[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)
_TWO_DIGITS = re.compile(
    r"'?[0-9]{1,2}\s*[-/.年]\s*[0-9]{1,2}(?:\s*[-/.月]\s*[0-9]{1,2})?\s*(?:日|号|月)?|[0-9]{1,2}[-/ ]?[a-z]{3,9}\.?[-/ ,]*'?[0-9]{2}"
    r"|[a-z]{3,9}\.?[-/ ]*'?[0-9]{2}",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[-/ .]*([a-z]{3,9})\.?[-/ ,]*([0-9]{4})"
    r"|([a-z]{3,9})\.?[-/ ]*([0-9]{1,2})(?:st|nd|rd|th)?[-/ ,]+([0-9]{4})",
    re.IGNORECASE,
)
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_CHINESE = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_HAN_DATE = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十廿卅]{1,3})[日号])?")


def read_date(text: str, *, date1904: bool | None = False, first: date = FIRST, last: date = LAST) -> Read[date]:
    """The day that a cell names; the first of the month, with a note, where it names a month. Raises Wrong.

    `text` is plain. A bare number counts days as a spreadsheet does, from 1900 or from 1904; None: unknown, so it is refused.
    """
    found = _read(text, date1904)
    if not first <= found.value <= last:
        raise Wrong("date_range", first=first.isoformat(), last=last.isoformat())
    return found


def _read(text: str, date1904: bool | None) -> Read[date]:
    bare = _TIME.sub("", text) if ":" in text or "时" in text else text
    if re.fullmatch(r"[0-9]+(?:\.0+)?", bare):
        return _digits(bare.partition(".")[0], date1904)
    if match := _YMD.fullmatch(bare):
        return Read(_day(*match.groups()))
    if match := _YM.fullmatch(bare):
        return _month(match[1], match[2] or match[3], bare)
    if match := _DAY_LAST.fullmatch(bare):
        return Read(_day_last(*match.groups()))
    if re.fullmatch(r"[0-9]{5}\.[0-9]+", bare):  # a day and the time of day
        return _digits(bare.partition(".")[0], date1904)
    return _in_words(bare)


def _in_words(text: str) -> Read[date]:
    if match := _ENGLISH.fullmatch(text):
        day, month, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        if number := _MONTHS.get(month[:3].lower()):
            return Read(_day(year, str(number), day))
    if match := _HAN_DATE.fullmatch(text):
        year = "".join(_CHINESE[letter] for letter in match[1])
        month = str(_han(match[2]))
        return Read(_day(year, month, str(_han(match[3])))) if match[3] else _month(year, month, text)
    if _TWO_DIGITS.fullmatch(text):
        raise Wrong("date_two_digits")
    raise Wrong("date_form")


def _digits(text: str, date1904: bool | None) -> Read[date]:
    """Digits alone: 20210305, 202103, a count of days, or nothing that can be told."""
    if len(text) == 8:
        return Read(_day(text[:4], text[4:6], text[6:]))
    if len(text) == 6 and "1900" <= text[:4] <= "2100" and "01" <= text[4:] <= "12":
        return _month(text[:4], text[4:], "")
    if len(text) == 4 and "1900" <= text <= "2100":
        raise Wrong("date_year_only")
    if len(text) == 6:
        raise Wrong("date_two_digits")
    if int(text) not in SERIALS:
        raise Wrong("date_form")
    if date1904 is None:
        raise Wrong("date_system")
    return Read(of_serial(int(text), date1904))


def of_serial(number: int, date1904: bool) -> date:
    """The day that a spreadsheet keeps as this number. Raises Wrong for 60, the 29 February 1900 that never was.

    Counting from 1900, day 1 is 1 January 1900, and every day after 28 February 1900 is one too high: the count repeats a
    mistake of Lotus 1-2-3, which took 1900 for a leap year. Counting from 1904, day 0 is 1 January 1904.
    """
    if date1904:
        return date(1904, 1, 1) + timedelta(number)
    if number == 60:
        raise Wrong("date_none")
    return date(1899, 12, 30 if number > 60 else 31) + timedelta(number)


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong("date_none") from None


def _day_last(first: str, second: str, year: str) -> date:
    """A date whose year stands last: 25/03/2021 can only be one day, 03/05/2021 may be two."""
    a, b = int(first), int(second)
    if a > 12 >= b:
        return _day(year, second, first)
    if b > 12 >= a or a == b:
        return _day(year, first, second)
    raise Wrong("date_order" if a <= 12 and b <= 12 else "date_none")


def _month(year: str, month: str, text: str) -> Read[date]:
    if re.fullmatch(r"[0-9]{4}\.1", text):
        raise Wrong("date_zero_lost", text=text)
    return Read(_day(year, month, "1"), problem("date_month"))


def _han(text: str) -> int:
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_CHINESE[letter] for letter in text))
    return (int(_CHINESE[tens]) if tens else 1) * 10 + (int(_CHINESE[ones]) if ones else 0)
