"""What a row of another authority's file means beside what is on record: something new, something put right, or nothing.

Pure: a staged row and the person as recorded in, what to write out. Rows are decided one after another, each on what the one before
it left, so that how a file is cut into chunks makes no difference. Dates are ISO text throughout; ends are half open.

Whoever is not on record is not put there by a feed: a record begins with the person, an employer or a college. A file that is older
than what is known already can add and put right, and never takes an end away that a newer one gave.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from guildhall.kernel.tables import Text
from guildhall.registry.engine.cells.findings import CellFault
from guildhall.registry.engine.decisions import ACCEPTED, CHANGED, FAR, REJECTED, UNCHANGED
from guildhall.registry.engine.feeds.reading import FeedRow
from guildhall.registry.engine.names import plain

NOTES = ("other_name", "confirms", "newer_end")
"""What is told of a row that was taken, in the order of their bits."""
OTHER_NAME, CONFIRMS, NEWER_END = (1 << n for n in range(len(NOTES)))
NOT_ON_RECORD = "not_on_record"
APPOINTED = ("LT", "LS")
REPORTED = {"unemployment": "unemployed", "hardship": "hardship", "graduates": "graduate"}
"""What rows of these feeds become."""


class StagedRow(NamedTuple):
    """A row of a feed as it waits to be applied: `values` by the fields of its contract, dates in ISO."""

    number: int
    identity_number: str
    name: str | None
    values: dict[str, Any]
    digest: str


def staged(row: FeedRow) -> StagedRow:
    """What is kept of a row until it is applied."""
    values = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.values.items()}
    return StagedRow(row.number, row.identity_number, row.name, values, row.digest.hex())


@dataclass(slots=True)
class Fact:
    """What an authority reports of a person; `key` is None until it is written."""

    key: int | None
    kind: str
    detail: str
    organisation_id: int | None
    started_on: str
    ended_on: str | None
    as_of: str


@dataclass(slots=True)
class Spell:
    """A run of insured months with one payer."""

    key: int | None
    scheme: str
    organisation_id: int | None
    started_on: str
    ended_on: str | None

    def overlaps(self, start: str, end: str | None) -> bool:
        return self.started_on < (end or FAR) and start < (self.ended_on or FAR)


@dataclass(slots=True)
class Paper:
    """A certificate or an appointment. `number` is the keyed hash of what is printed on it; `new` until it is written."""

    key: int
    number: bytes | None
    level: str
    occupation: str
    issuer_id: int
    issued_on: str
    valid_until: str | None
    source: str = ""
    new: bool = False


@dataclass(slots=True)
class Claim:
    """A certificate that an employer named."""

    key: int
    number: bytes | None
    level: str
    occupation: str | None
    issued_on: str | None
    confirmed_id: int | None


@dataclass(slots=True)
class Known:
    """A person on record as the feed concerns them, over every record merged into one."""

    worker: int
    name: str
    facts: list[Fact] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


@dataclass(frozen=True)
class Rules:
    """What holds for a whole file: which feed, the day it speaks of, whether it is older than what is known; who assesses their own."""

    kind: str
    as_of: str
    older: bool = False
    employers: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """Keyed hash of a row's certificate number, and the person who holds a certificate of that number."""

    number: bytes | None = None
    holder: int | None = None


Change = tuple[Fact | Spell | Paper | Claim, dict[str, Any]]


@dataclass(slots=True)
class Decision:
    """What one row does. `added` is written anew; of each of `changes` the columns named are."""

    outcome: int = UNCHANGED
    notes: int = 0
    added: Fact | Spell | Paper | None = None
    changes: list[Change] = field(default_factory=list)
    seen: int | None = None
    faults: tuple[CellFault, ...] = ()


class _Refusal(Exception):  # noqa: N818  # an oddity of a row, not an error of the program
    def __init__(self, field: str, code: str, what: Text, next: Text) -> None:
        self.fault = CellFault(field, "", "", code, what, next)


def not_on_record() -> Decision:
    """What becomes of a row about somebody of whom there is no record."""
    what = Text("登记中没有此人", "this person is not on record")
    next = Text("本人登记，或随单位名册登记之后再导入", "bring the row again once the person, or a roster, has begun the record")
    return Decision(REJECTED, faults=(CellFault("identity_number", "", "", NOT_ON_RECORD, what, next),))


def decide(row: StagedRow, known: Known, held: Held, rules: Rules, keys: Callable[[], int]) -> Decision:
    """What a row does to a person, who is left as the row says; a row that is refused leaves the person untouched.

    `keys` gives the key of a certificate that is added.
    """
    made = Decision()
    try:
        if rules.kind == "certificates":
            _certificate(row, known, held, rules, made, keys)
        elif rules.kind == "insurance":
            _spell(row, known, rules, made)
        else:
            _fact(row, known, rules, made)
    except _Refusal as refusal:
        return Decision(REJECTED, faults=(refusal.fault,))
    if row.name and plain(row.name) != plain(known.name):
        made.notes |= OTHER_NAME
    made.outcome = ACCEPTED if made.added else CHANGED if made.changes else UNCHANGED
    return made


def _alter(thing: Any, said: Mapping[str, Any], made: Decision) -> None:
    """Brings something on record up to what a row says of it."""
    changes = {name: value for name, value in said.items() if value != getattr(thing, name)}
    for name, value in changes.items():
        setattr(thing, name, value)
    if changes:
        made.changes.append((thing, changes))


def _end(said: str | None, held: str | None, rules: Rules, made: Decision) -> str | None:
    """The end as it now stands: an older file that knows of none leaves the one that came since."""
    if said is None and held is not None and rules.older:
        made.notes |= NEWER_END
        return held
    return said


def _fact(row: StagedRow, known: Known, rules: Rules, made: Decision) -> None:
    """A fact is known by its kind, the first word of its detail, and the day it began."""
    kind, values = REPORTED[rules.kind], row.values
    detail = " ".join(word for word in (values.get("detail"), values.get("programme")) if word)
    start, end, organisation = values["started_on"], values.get("ended_on"), values.get("school")
    same = [fact for fact in known.facts if (fact.kind, fact.started_on) == (kind, start) and _first(fact.detail) == _first(detail)]
    if not same:
        made.added = Fact(None, kind, detail, organisation, start, end, rules.as_of)
        known.facts.append(made.added)
        return
    fact = same[0]
    said = {
        "detail": detail if len(detail) >= len(fact.detail) or not rules.older else fact.detail,
        "organisation_id": organisation if organisation is not None else fact.organisation_id,
        "ended_on": _end(end, fact.ended_on, rules, made),
    }
    _alter(fact, said, made)
    made.seen = fact.key


def _first(detail: str) -> str:
    return detail.partition(" ")[0]


def _spell(row: StagedRow, known: Known, rules: Rules, made: Decision) -> None:
    """Spells of one scheme with one payer never overlap: one that does is the same, put right."""
    values = row.values
    scheme, payer, start, end = values["scheme"], values.get("organisation"), values["started_on"], values.get("ended_on")
    alike = [spell for spell in known.spells if (spell.scheme, spell.organisation_id) == (scheme, payer)]
    same = [spell for spell in alike if spell.started_on == start] or [spell for spell in alike if spell.overlaps(start, end)]
    if not same:
        made.added = Spell(None, scheme, payer, start, end)
        known.spells.append(made.added)
        return
    spell = same[0]
    end = _end(end, spell.ended_on, rules, made)
    if any(other.overlaps(start, end) for other in alike if other is not spell and not other.overlaps(spell.started_on, spell.ended_on)):
        raise _Refusal(
            "started_on",
            "spells_overlap",
            Text("与同一单位的几个参保时段重叠", "overlaps several spells with the same payer"),
            Text("请一并送来这几个时段的更正", "send the corrected spells as well"),
        )
    _alter(spell, {"started_on": start, "ended_on": end}, made)


def _certificate(row: StagedRow, known: Known, held: Held, rules: Rules, made: Decision, keys: Callable[[], int]) -> None:
    """A certificate is known by its number; one without a number on record by level and day of issue."""
    values = row.values
    if values.get("issuer") is None:
        raise _Refusal(
            "issuer",
            "issuer_unknown",
            Text("评价机构没有登记", "the issuer is not on record"),
            Text("请先登记该机构，再导入此行", "have the organisation recorded first, then bring the row again"),
        )
    if held.holder is not None and held.holder != known.worker:
        raise _Refusal(
            "certificate_number",
            "certificate_of_another",
            Text("该证书编号登记在另一人名下", "a certificate of this number is on record with another person"),
            Text("请核对证书编号和身份证号", "check the number of the certificate and that of the person"),
        )
    level, issued = values["level"], values["issued_on"]
    same = [paper for paper in known.papers if paper.number == held.number] or [
        paper for paper in known.papers if paper.number is None and (paper.level, paper.issued_on) == (level, issued)
    ]
    said = {"level": level, "occupation": values["occupation"], "issuer_id": values["issuer"], "issued_on": issued}
    if same:
        paper = same[0]
        _alter(paper, {**said, "number": held.number, "valid_until": _end(values.get("ended_on"), paper.valid_until, rules, made)}, made)
    else:
        source = "employer" if values["issuer"] in rules.employers else "public_body"
        paper = Paper(keys(), held.number, valid_until=values.get("ended_on"), source=source, new=True, **said)
        known.papers.append(paper)
        made.added = paper
    _confirm(paper, known, made)


def _confirm(paper: Paper, known: Known, made: Decision) -> None:
    """Claims that this certificate bears out: of its number; where no number was claimed, of its level, day of issue and occupation."""
    for claim in known.claims:
        if claim.confirmed_id is None and (claim.number == paper.number if claim.number else _alike(claim, paper)):
            _alter(claim, {"confirmed_id": paper.key}, made)
            made.notes |= CONFIRMS


def _alike(claim: Claim, paper: Paper) -> bool:
    """Whether a claim without a number says what the certificate says; of a claim without an occupation level and day are enough."""
    return (claim.level, claim.issued_on) == (paper.level, paper.issued_on) and claim.occupation in (None, paper.occupation)


def told(fault: CellFault, columns: Mapping[str, str], value: str) -> CellFault:
    """A fault found beside the record, under the file's own name of the column."""
    return CellFault(fault.field, columns.get(fault.field, ""), value, fault.code, fault.what, fault.next)
