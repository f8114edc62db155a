"""What a row of a roster means beside what is on record: a new person, a spell begun or ended, a fact changed, or nothing.

Pure: a staged row and the person as recorded in, what to write out. Rows that speak of one person are decided one after another,
each on what the one before it left, so that how a file is cut into chunks makes no difference.

An officer may correct whatever is recorded of people within the own scope, save what came from something newer than the file or from a
paper. An employer adds and ends its own spells of employment, but corrects phone, home and schooling only of people who work for it
still and whom it brought in itself or whose employment with it is on record from another source, and never a name: whoever knows
somebody's identity number could otherwise put a phone of their own on that record. For people whom an officer has not seen before the
file the rules of employers hold. Employment of people whom the bringer has not seen before is doubtful: it opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from guildhall.kernel.tables import Text
from guildhall.registry.engine.identity import masked
from guildhall.registry.engine.months import bears_out
from guildhall.registry.engine.names import plain
from guildhall.registry.engine.roster import CellFault, RosterRow

ACCEPTED, CHANGED, UNCHANGED, REJECTED = range(4)
OUTCOMES = ("accepted", "changed", "unchanged", "rejected")

NOTES = ("elsewhere", "renamed", "kept", "start_assumed", "left", "certificate_elsewhere", "certificate_on_record")
"""What is told of a row that was taken, in the order of their bits."""
ELSEWHERE, RENAMED, KEPT, START_ASSUMED, LEFT, CERTIFICATE_ELSEWHERE, CERTIFICATE_ON_RECORD = (1 << n for n in range(len(NOTES)))
OF_THE_RECORD = ELSEWHERE | RENAMED | KEPT | CERTIFICATE_ELSEWHERE | CERTIFICATE_ON_RECORD
"""Notes that tell what the record says, and not what the file does."""
APPRENTICE = "L0"
FAR = "9999-12-31"


class Staged(NamedTuple):
    """A row of a roster as it waits to be applied: dates in ISO, `birth_month` the first day of the month, `ended_on` half open."""

    number: int
    name: str
    identity_number: str
    birth_month: str
    sex: str
    phone: str | None
    education: str | None
    migrant: str | None
    residence: str | None
    occupation: str | None
    level: str | None
    certificate_number: str | None
    issued_on: str | None
    contract: str | None
    started_on: str | None
    ended_on: str | None
    digest: str


def staged(row: RosterRow) -> Staged:
    """What is kept of a row until it is applied."""
    return Staged(
        row.number,
        row.name,
        row.identity_number,
        row.birth.replace(day=1).isoformat(),
        row.sex,
        row.phone,
        row.education,
        row.migrant,
        row.residence,
        row.occupation,
        row.level,
        row.certificate_number,
        row.issued_on.isoformat() if row.issued_on else None,
        row.contract,
        row.started_on.isoformat() if row.started_on else None,
        row.ended_on.isoformat() if row.ended_on else None,
        row.digest.hex(),
    )


@dataclass(slots=True)
class Stay:
    """A spell of employment with the organisation; `key` is None until it is written. The columns `settled` stay as they are. A `doubtful`
    one opens nothing until the person or insurance confirms it.
    """

    key: int | None
    started_on: str
    ended_on: str | None
    occupation: str | None
    contract: str
    settled: Collection[str] = ()
    doubtful: bool = False

    def overlaps(self, start: str, end: str | None) -> bool:
        return self.started_on < (end or FAR) and start < (self.ended_on or FAR)


@dataclass(slots=True)
class Claim:
    """A certificate that a roster named; `key` is None until it is written."""

    key: int | None
    level: str
    occupation: str | None
    issued_on: str | None
    confirmed_id: int | None


@dataclass(slots=True)
class Person:
    """A person as on record when a row is decided, and as the row leaves them. `trusted`: the organisation may correct them.

    `brought` is the import that put them on record, `settled` what the file leaves as it is.
    `known`: whoever brings the file knew them before, an employer because they work for it on more than its own word, an officer because
    they are within the scope. Of others nothing is told that the file does not say. `paid` is when the organisation paid insurance.
    """

    worker: int
    name: str
    phone: bytes | None
    education: str
    migrant: str
    standing: str
    residence: str
    new: bool = False
    brought: int | None = None
    settled: Collection[str] = ()
    trusted: bool = False
    known: bool = False
    elsewhere: bool = False
    stays: list[Stay] = field(default_factory=list)
    claims: dict[bytes | None, Claim] = field(default_factory=dict)
    paid: Sequence[tuple[str, str | None]] = ()


@dataclass(frozen=True)
class Rules:
    """What holds for a whole batch: the day the file speaks of, whether an officer brings it, where people live of whom it does not say.

    `above` maps a place to those it lies in: who lives in a township also lives in its district. `insured_on` is the day for which it
    is known who is insured.
    """

    as_of: str
    officer: bool
    home: str
    above: Mapping[str, Collection[str]]
    certified: Collection[str]
    insured_on: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Keyed hashes of a row's phone and certificate number, and who holds a certificate of that number: (certificate, worker)."""

    phone: bytes | None
    certificate: bytes | None
    held: tuple[int, int] | None


@dataclass(slots=True)
class Decision:
    """What one row does. `worker` and `identity` hold the new values by column; `stay` and `claim` what is written anew or changed."""

    outcome: int = UNCHANGED
    notes: int = 0
    worker: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)
    stay: Stay | None = None
    stay_changes: dict[str, Any] = field(default_factory=dict)
    claim: Claim | None = None
    claim_changes: dict[str, Any] = field(default_factory=dict)
    faults: tuple[CellFault, ...] = ()


class _Refusal(Exception):  # noqa: N818  # an oddity of a row, not an error of the program
    def __init__(self, field: str, value: str, code: str, what: Text, next: Text) -> None:
        self.fault = CellFault(field, "", value, code, what, next)


def newcomer(row: Staged, worker: int, phone: bytes | None, rules: Rules) -> Person:
    """A person of whom there is no record yet, as the row describes them."""
    return Person(
        worker,
        row.name,
        phone,
        row.education or "unknown",
        row.migrant or "unknown",
        "worker",
        row.residence or rules.home,
        new=True,
    )


def decide(row: Staged, person: Person, numbers: Numbers, rules: Rules) -> Decision:
    """What a row does to a person, who is left as the row says; a row that is refused leaves the person untouched."""
    made = Decision()
    try:
        find = _stay(row, person, rules)
        if not person.new:
            _check_name(row, person, rules)
    except _Refusal as refusal:
        return Decision(REJECTED, faults=(refusal.fault,))
    if person.new:
        person.new, person.trusted, person.known, made.outcome = False, True, rules.officer, ACCEPTED
    else:
        _correct(row, person, numbers, rules, made)
    find(made)
    _claim(row, person, numbers, rules, made)
    if not person.known:
        made.notes &= ~OF_THE_RECORD
    if made.outcome == UNCHANGED and (made.worker or made.identity or made.stay or made.claim):
        made.outcome = CHANGED
    return made


def _keeps(person: Person, rules: Rules) -> bool:
    """Whether an officer brings the row, for somebody whom the officer sees anyway."""
    return rules.officer and person.known


def _check_name(row: Staged, person: Person, rules: Rules) -> None:
    """Whoever does not keep the record names people as it does; of somebody the bringer may not know it is not told what is wrong."""
    if _keeps(person, rules) or plain(row.name) == plain(person.name):
        return
    if not person.known:
        raise _Refusal(
            "identity_number",
            "",
            "not_taken",
            Text("这一行无法登记", "this row cannot be taken as it is"),
            Text(
                "请对照身份证核对姓名和号码；确认无误的，请到窗口办理",
                "compare name and number with the identity card; where both are right, an officer helps",
            ),
        )
    raise _Refusal(
        "name",
        row.name[:1] + "*" * (len(row.name) - 1),
        "other_name",
        Text("该身份证号登记的是另一个姓名", "this identity number is on record under another name"),
        Text("请核对号码和姓名；确已改名的，请到窗口更正", "check both; if the name was changed, an officer corrects it"),
    )


def _correct(row: Staged, person: Person, numbers: Numbers, rules: Rules, made: Decision) -> None:
    """Facts of a person on record: corrected by whoever may, and otherwise left with a note."""
    if row.name != person.name and plain(row.name) != plain(person.name):
        if "name" not in person.settled:
            made.identity["name"] = person.name = row.name
        made.notes |= KEPT if "name" in person.settled else RENAMED
    trusted = person.known if rules.officer else person.trusted
    if row.phone is not None and numbers.phone != person.phone:
        may = trusted and "phone" not in person.settled
        if may:
            made.identity["phone"], person.phone = row.phone, numbers.phone
        made.notes |= 0 if may else KEPT
    for column in ("education", "migrant", "residence"):
        said, held = getattr(row, column), getattr(person, column)
        if said is None or said == held or (column == "residence" and said in rules.above.get(held, ())):
            continue
        may = trusted and column not in person.settled
        if may:
            made.worker[column] = said
            setattr(person, column, said)
        made.notes |= 0 if may else KEPT


def _stay(row: Staged, person: Person, rules: Rules) -> Callable[[Decision], None]:
    """What the row does to the spells with the organisation, ready to be done. Raises _Refusal where it contradicts them."""
    start = row.started_on or _known_start(row, person, rules)
    if row.ended_on and row.ended_on <= start:
        raise _Refusal(
            "started_on",
            "",
            "no_start",
            Text("只有离职日期，没有入职日期", "a last day at work, and no first day"),
            Text("请补上入职日期", "add the first day at work"),
        )
    found = [stay for stay in person.stays if stay.started_on == start] or [s for s in person.stays if s.overlaps(start, row.ended_on)]
    if not found:
        return lambda made: _begin(row, person, start, rules, made)
    stay = found[0]
    apart = stay.ended_on and stay.started_on != start
    if apart or _begins_anew(row, person, stay, rules) or _runs_into_another(person, stay, start, row.ended_on or stay.ended_on):
        raise _overlap(row, stay)
    return lambda made: _change(row, person, stay, start, rules, made)


def _begins_anew(row: Staged, person: Person, stay: Stay, rules: Rules) -> bool:
    """Whether an employer puts off an end that has passed: who comes back begins a spell of their own, which they can deny."""
    return not _keeps(person, rules) and bool(
        stay.ended_on and stay.ended_on <= rules.as_of and row.ended_on and row.ended_on > stay.ended_on
    )


def _runs_into_another(person: Person, stay: Stay, start: str, end: str | None) -> bool:
    """Whether a spell with these dates would overlap one that it does not overlap now; merged records may have some that do."""
    others = (other for other in person.stays if other is not stay and other.overlaps(start, end))
    return any(not other.overlaps(stay.started_on, stay.ended_on) for other in others)


def _known_start(row: Staged, person: Person, rules: Rules) -> str:
    """The first day at work of a row that is silent on it: that of the spell which lasts on the file's day, else that day itself."""
    ends = row.ended_on or rules.as_of
    lasting = [s.started_on for s in person.stays if s.started_on <= ends and (s.ended_on or FAR) >= ends]
    return max(lasting, default=rules.as_of)


def _overlap(row: Staged, stay: Stay) -> _Refusal:
    span = f"{stay.started_on} – {stay.ended_on or '…'}"
    return _Refusal(
        "started_on",
        row.started_on or "",
        "overlaps",
        Text(f"与已登记的在本单位就业时段（{span}）重叠", f"overlaps the spell with this organisation already on record ({span})"),
        Text("请按登记的日期填写，或提出更正", "give the dates on record, or ask for a correction"),
    )


def _begin(row: Staged, person: Person, start: str, rules: Rules, made: Decision) -> None:
    contract = row.contract or ("apprentice" if row.level == APPRENTICE else "unknown")
    doubtful = not person.known and not bears_out(person.paid, start, row.ended_on, rules.insured_on or rules.as_of)
    made.stay = Stay(None, start, row.ended_on, row.occupation, contract, doubtful=doubtful)
    person.stays.append(made.stay)
    made.outcome = ACCEPTED
    made.notes |= 0 if row.started_on else START_ASSUMED
    _working(row, person, made.stay, rules, made)


def _change(row: Staged, person: Person, stay: Stay, start: str, rules: Rules, made: Decision) -> None:
    said = {"started_on": start, "ended_on": row.ended_on, "occupation": row.occupation, "contract": row.contract}
    differs = {column: value for column, value in said.items() if value is not None and value != getattr(stay, column)}
    changes = {column: value for column, value in differs.items() if column not in stay.settled}
    made.notes |= KEPT if len(changes) < len(differs) else 0
    if stay.ended_on and not row.ended_on and stay.ended_on <= rules.as_of:
        made.notes |= LEFT
    if changes:
        made.stay, made.stay_changes = stay, changes
        for column, value in changes.items():
            setattr(stay, column, value)
    _working(row, person, stay, rules, made)


def _working(row: Staged, person: Person, stay: Stay, rules: Rules, made: Decision) -> None:
    """Who works is no job seeker any more, unless it is in doubt; who works elsewhere too is told of, and lawful."""
    if row.ended_on and row.ended_on <= rules.as_of:
        return
    if person.known and not stay.doubtful and person.standing == "job_seeker" and not made.notes & LEFT:
        made.worker["standing"] = person.standing = "worker"
    made.notes |= ELSEWHERE if person.elsewhere else 0


def _claim(row: Staged, person: Person, numbers: Numbers, rules: Rules, made: Decision) -> None:
    """The certificate that the row names. It decides nothing until an issuing authority has it on record for this person."""
    if row.level not in rules.certified:
        return
    confirmed = None
    if numbers.held:
        certificate, holder = numbers.held
        confirmed = certificate if holder == person.worker else None
        made.notes |= CERTIFICATE_ON_RECORD if confirmed else CERTIFICATE_ELSEWHERE
    claim = person.claims.get(numbers.certificate)
    if claim is None:
        made.claim = Claim(None, row.level or "", row.occupation, row.issued_on, confirmed)
        person.claims[numbers.certificate] = made.claim
        return
    said = {"level": row.level, "occupation": row.occupation, "issued_on": row.issued_on, "confirmed_id": confirmed}
    changes = {column: value for column, value in said.items() if value is not None and value != getattr(claim, column)}
    if changes:
        made.claim, made.claim_changes = claim, changes
        for column, value in changes.items():
            setattr(claim, column, value)


def told(fault: CellFault, columns: Mapping[str, str], row: Staged) -> CellFault:
    """A fault found beside the record, under the file's own name of the column, with what the row says there."""
    value = fault.value or (masked(row.identity_number) if fault.field == "identity_number" else "")
    return CellFault(fault.field, columns.get(fault.field, ""), value, fault.code, fault.what, fault.next)
