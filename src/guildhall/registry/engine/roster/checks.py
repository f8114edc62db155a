"""What the cells of one row say together: number against birth and sex, certificate against level and date, place from three columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from guildhall.registry.engine.cells.lists import LEVEL_NAMES
from guildhall.registry.engine.cells.numbers import CertificateNumber, Person
from guildhall.registry.engine.cells.problems import Wrong, problem
from guildhall.registry.engine.minors import EMPLOYABLE, OF_AGE, age_on

YOUNGEST_CERTIFIED = 14
RARELY_OLDER = 80
"""Who is older may work, but more often a digit of the number is wrong."""
Values = dict[str, Any]
Report = Callable[[str, Any], None]
"""Takes a field and a Problem (a note) or a Wrong (a fault)."""


def check_person(person: Person, values: Values, today: date, say: Report) -> None:
    """The number against what else the row says of the person, and against the law on the youngest age at work."""
    birth = values.get("birth")
    if birth is not None and not _agrees(birth, person.birth):
        say("birth", Wrong("birth_other"))
    if values.get("sex") not in (None, person.sex):
        say("sex", Wrong("sex_other"))
    if person.birth > today:
        say("identity_number", Wrong("id_future"))
        return
    age = age_on(person.birth, today)
    if OF_AGE > age >= EMPLOYABLE:
        say("identity_number", problem("minor"))
    if age > RARELY_OLDER:
        say("identity_number", problem("aged"))
    _check_age_at_work(person.birth, values, today, say)


def _check_age_at_work(birth: date, values: Values, today: date, say: Report) -> None:
    """Nobody is employed under 16 (Labour Law, article 15), then or now, and whether or not they left since.

    A row without a first day at work speaks of the day of the file, or of the last day at work where that is past.
    """
    started, ended = values.get("started_on"), values.get("ended_on")
    if started and started < birth:
        say("started_on", Wrong("before_birth"))
        return
    first = started or (min(today, ended - timedelta(1)) if ended else today)
    if age_on(birth, first) < EMPLOYABLE:
        then = started and age_on(birth, today) >= EMPLOYABLE
        say(*("started_on", Wrong("young_then")) if then else ("identity_number", Wrong("too_young")))


def _agrees(said: tuple[date, bool], birth: date) -> bool:
    day, month_only = said
    return (day.year, day.month) == (birth.year, birth.month) if month_only else day == birth


def check_dates(values: Values, today: date, say: Report) -> None:
    """Days in an order that can be; a last day at work may lie ahead, a first day or a date of issue may not."""
    started, ended, issued = values.get("started_on"), values.get("ended_on"), values.get("issued_on")
    if started and started > today:
        say("started_on", Wrong("date_future", as_of=today.isoformat()))
    if issued and issued > today:
        say("issued_on", Wrong("date_future", as_of=today.isoformat()))
    if started and ended and ended < started:
        say("ended_on", Wrong("end_before_start"))
    person = values.get("identity_number")
    if issued and person and age_on(person.birth, issued) < YOUNGEST_CERTIFIED:
        say("issued_on", Wrong("issued_before_birth"))


def check_certificate(values: Values, say: Report) -> None:
    """The number of a certificate against level and date of issue; the level taken from it where the row gives none."""
    found: CertificateNumber | None = values.get("certificate_number")
    if not found:
        return
    level, issued = values.get("level"), values.get("issued_on")
    if level == "L0":
        values["certificate_number"] = None
        say("certificate_number", problem("certificate_apprentice"))
        return
    if found.level and level and found.level != level:
        say("certificate_number", Wrong("certificate_level", inside=LEVEL_NAMES[found.level], said=LEVEL_NAMES[level]))
    if found.level and not level:
        values["level"] = found.level
        say("certificate_number", problem("level_from_number", level=LEVEL_NAMES[found.level]))
    if found.year is not None and issued and found.year != issued.year % 100:
        # Assessed in December and issued in January, or the other way round: odd, not wrong.
        near = (found.year - issued.year) % 100 in (1, 99)
        say("certificate_number", problem("certificate_year_near") if near else Wrong("certificate_year"))


def day_after(last: date | None) -> date | None:
    """The end of a spell by its last day: half open, so the first day after it."""
    return last + timedelta(1) if last else None
