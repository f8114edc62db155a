"""Rosters made by hand, as the engine would read them, and what the registry says after they were brought in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from guildhall.registry.engine.roster import CellFault, Rejected, Repeated, RosterRow
from tests.registry.folders import identity_number

if TYPE_CHECKING:
    from guildhall.registry.models import ImportBatch
    from guildhall.web.viewer import Viewer

TODAY = date(2026, 1, 30)
HEADER = ("姓名", "身份证号", "电话", "学历", "常住地", "职业", "等级", "证书编号", "用工形式", "入职日期", "离职日期")
COLUMNS = dict(
    zip(
        ("name", "identity_number", "phone", "education", "residence", "occupation", "level", "certificate_number", "contract",
         "started_on", "ended_on"),
        HEADER,
        strict=True,
    )
)  # fmt: skip
FIRST = "王李张刘陈杨赵黄周吴徐孙马朱胡"


def number(n: int) -> str:
    """The identity number of made-up person `n`."""
    return identity_number("990103", date(1980, 1 + n % 12, 1 + n % 28), n % 1000)


def row(n: int, **said: Any) -> RosterRow:
    """Row n + 1 of a file, on made-up person `n`; the file is silent on what is not said."""
    given = {"name": f"{FIRST[n % 15]}某{n}", "identity_number": number(n), "birth": date(1980, 1 + n % 12, 1 + n % 28), "sex": "male"}
    made = RosterRow(n + 1, **{**given, **said})
    told = repr([getattr(made, name) for name in RosterRow.__dataclass_fields__ if name not in ("number", "notes", "digest")])
    return replace(made, digest=blake2b(told.encode(), digest_size=16).digest())


def full(n: int, **said: Any) -> RosterRow:
    """A row with every field."""
    given = {
        "phone": f"1390000{n:04d}", "education": "senior", "migrant": "local", "residence": "t-990101001", "occupation": "6-31-01-03",
        "level": "L4", "certificate_number": f"S000099{n:015d}", "issued_on": date(2020, 5, 1), "contract": "regular",
        "started_on": date(2021, 3, 1),
    }  # fmt: skip
    return row(n, **{**given, **said})


def unread(n: int) -> Rejected:
    """A row that the engine could not read."""
    from guildhall.kernel.tables import Text

    fault = CellFault(
        "identity_number", "身份证号", "99*********0", "check_digit", Text("校验码不对", "check digit"), Text("核对", "check it")
    )
    return Rejected(n + 1, (fault,), (f"坏{n}", "990103198001010000"))


@dataclass
class Found:
    """A roster whose header is understood, as the engine hands it over."""

    entries: Sequence[RosterRow | Rejected | Repeated]
    header: tuple[str, ...] = HEADER
    header_row: int = 1
    sheet: str = "Sheet1"
    encoding: str = ""
    columns: dict[str, str] = field(default_factory=lambda: dict(COLUMNS))
    remarks: tuple[()] = ()
    column_notes: tuple[()] = ()

    def __iter__(self) -> Iterator[RosterRow | Rejected | Repeated]:
        return iter(self.entries)


def brought(
    entries: Iterable[RosterRow | Rejected | Repeated], *, by: Viewer, now: datetime, organisation: int = 1, as_of: date = TODAY
) -> ImportBatch:
    """A staged batch of these rows."""
    from guildhall.registry.operations import imports
    from guildhall.registry.operations.imports import staging

    rows = list(entries)
    batch = imports.begin(pieces=[repr(rows).encode()], name="roster.xlsx", organisation=organisation, as_of=as_of, by=by, now=now)
    found: Any = Found(rows)
    return staging.fill(batch=batch, found=found)


def state() -> dict[str, list[tuple[Any, ...]]]:
    """What the registry says of people, in an order and in words that do not depend on keys, on chunks or on when it was written."""
    from guildhall.registry import models

    def opened(table: str, column: str, key: int, sealed: Any) -> str | None:
        return None if sealed is None else models.vault().open(table, column, key, bytes(sealed))

    numbers = {
        i.worker_id: opened("registry.identity", "identity_number", i.worker_id, i.number_sealed) for i in models.Identity.objects.all()
    }
    said: dict[str, list[tuple[Any, ...]]] = {
        "people": [
            (numbers[i.worker_id], opened("registry.identity", "name", i.worker_id, i.name_sealed),
             opened("registry.identity", "phone", i.worker_id, i.phone_sealed), bytes(i.phone_hash or b""), i.name_two, i.initials_two,
             *models.Worker.objects.filter(pk=i.worker_id).values_list(
                 "birth_month", "sex", "education", "migrant", "standing", "residence_id", "weight").get())
            for i in models.Identity.objects.all()
        ],
        "stays": [(numbers[s.worker_id], s.organisation_id, s.occupation, s.contract, s.started_on, s.ended_on)
                  for s in models.EmploymentSpell.objects.all()],
        "claims": [(numbers[c.worker_id], opened("registry.claimed_certificates", "number", c.pk, c.number_sealed), c.level, c.occupation,
                    c.issued_on, c.said_by_id, c.confirmed_id) for c in models.ClaimedCertificate.objects.all()],
        "before": [(s.table, numbers.get(s.worker_id or 0), s.column, s.value or opened(s.table, s.column, s.row, s.value_sealed))
                   for s in models.Superseded.objects.all()],
    }  # fmt: skip
    return {name: sorted(rows, key=repr) for name, rows in said.items()}
