"""Who is a child, who may not be employed yet, and who works under special protection, on a day.

An age is completed on the birthday (Civil Code arts. 17 to 20 speak of years completed); where the month has no such day, on its last
day (art. 202). Under 14 a guardian must consent to the use of personal information (Personal Information Protection Law art. 31), which
is sensitive (art. 28). Under 16 nobody may be employed (Labour Law art. 15); from 16 and under 18 work is specially protected
(art. 58), and is barred from mines, poisons and the heaviest labour (art. 64) with regular health checks (art. 65).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Literal

from guildhall.kernel.tables import Text

Band = Literal["under_14", "under_16", "protected", "adult", "undetermined"]
CONSENTS_ALONE, EMPLOYABLE, OF_AGE = 14, 16, 18

TOO_YOUNG = Text(
    "未满十六周岁，用人单位不得招用（《劳动法》第十五条）",
    "under 16: no employer may take them on (Labour Law, art. 15)",
)
PROTECTED = Text(
    "未成年工（满十六未满十八周岁）：不得安排矿山井下、有毒有害、第四级体力劳动，定期体检（《劳动法》第五十八、六十四、六十五条）",
    "under 18: no work in mines, with poisons or of the heaviest kind, and regular health checks (Labour Law, arts. 58, 64, 65)",
)
"""What an officer and an employer are told of someone who is 16 or 17."""
CHILD = Text(
    "不满十四周岁：个人信息须经监护人同意方可处理（《个人信息保护法》第三十一条）",
    "under 14: a guardian must consent before the record is used (Personal Information Protection Law, art. 31)",
)


def birthday(born: date, age: int) -> date:
    """The day on which someone completes an age. Born on 29 February: in other years the last day of that month."""
    year = born.year + age
    return date(year, born.month, min(born.day, monthrange(year, born.month)[1]))


def age_on(born: date, on: date) -> int:
    """Years completed on a day; negative before birth."""
    years = on.year - born.year
    return years if birthday(born, years) <= on else years - 1


def band_of(born: date, on: date) -> Band:
    """Where someone born on a day stands on another."""
    age = age_on(born, on)
    if age >= OF_AGE:
        return "adult"
    if age >= EMPLOYABLE:
        return "protected"
    return "under_16" if age >= CONSENTS_ALONE else "under_14"


def band_of_month(birth_month: date, on: date) -> Band:
    """The same where only the month of birth is known: `undetermined` in the month in which it depends on the day."""
    first = birth_month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    bands = {band_of(first, on), band_of(last, on)}
    return bands.pop() if len(bands) == 1 else "undetermined"


def born_in(number: str) -> date | None:
    """The date of birth in a resident identity number; None where the number is no such number."""
    digits = number[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if len(number) == 18 and digits.isdigit() else None
    except ValueError:
        return None


def of_age_group(age: int) -> Text | None:
    """What is said of somebody of an age to whoever handles the record; nothing of an adult."""
    if age >= OF_AGE:
        return None
    return PROTECTED if age >= EMPLOYABLE else TOO_YOUNG if age >= CONSENTS_ALONE else CHILD
