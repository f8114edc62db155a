"""What comes out of a roster: typed rows, rows that cannot be accepted, and what the registry must say beforehand.

The words of a fault are in both languages: they are kept beside the row, shown on pages, and written into the spreadsheet of
rows to correct, and none of these knows the reader's language when the file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from guildhall.kernel.tables import Text
from guildhall.registry.engine.cells.findings import CellFault as CellFault
from guildhall.registry.engine.cells.findings import Rejected as Rejected
from guildhall.registry.engine.cells.findings import Repeated as Repeated
from guildhall.registry.engine.cells.places import KnownPlace

FIELDS: dict[str, Text] = {
    "name": Text("姓名", "name"),
    "identity_number": Text("身份证号", "identity number"),
    "sex": Text("性别", "sex"),
    "birth": Text("出生日期", "date of birth"),
    "phone": Text("手机号", "phone"),
    "education": Text("学历", "education"),
    "migrant": Text("农民工", "migrant worker"),
    "residence": Text("常住地", "residence"),
    "district": Text("常住区县", "district of residence"),
    "township": Text("常住街道（乡镇）", "township of residence"),
    "occupation": Text("职业（工种）", "occupation"),
    "occupation_code": Text("职业编码", "occupation code"),
    "post": Text("岗位", "post"),
    "level": Text("技能等级", "skill level"),
    "certificate_number": Text("证书编号", "certificate number"),
    "issued_on": Text("发证日期", "date of issue"),
    "contract": Text("用工形式", "kind of contract"),
    "started_on": Text("入职日期", "first day at work"),
    "ended_on": Text("离职日期", "last day at work"),
    "organisation": Text("单位编号", "organisation code"),
}
"""What a column of a roster may mean. A mapping is {field: header of the column}."""
REQUIRED = ("name", "identity_number")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person of the roster, every field typed; None where the file is silent. Dates are half open: `ended_on` is the first day after.

    `birth` and `sex` are those of the identity number. `residence` is a place key, `level` one of `tables.LEVELS`, `occupation` a
    code. `notes` were told but cost nothing. `digest` is over every field but `number` and `notes`: equal where the rows say the same.
    """

    number: int
    name: str
    identity_number: str
    birth: date
    sex: str
    phone: str | None = None
    education: str | None = None
    migrant: str | None = None
    residence: str | None = None
    occupation: str | None = None
    level: str | None = None
    certificate_number: str | None = None
    issued_on: date | None = None
    contract: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    notes: tuple[CellFault, ...] = ()
    digest: bytes = b""


@dataclass(frozen=True)
class Reference:
    """What must be known to read a roster, as plain lookups. Empty ones leave their column unchecked where that is safe.

    `occupations` maps the code of each occupation to its name, `occupation_words` other words (job names, earlier codes) to the codes
    they may stand for. `organisations` maps codes (own, and unified credit codes) to keys; `organisation` is the one that brings the
    roster. `made_up` says whether people of the synthetic city, whose numbers begin with 99, may be taken: never in production.
    """

    city: str = ""
    city_names: tuple[str, ...] = ()
    places: tuple[KnownPlace, ...] = ()
    occupations: Mapping[str, str] = field(default_factory=dict)
    occupation_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organisations: Mapping[str, int] = field(default_factory=dict)
    organisation: int | None = None
    made_up: bool = False
