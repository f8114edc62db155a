"""What an employer may claim over its roster: by name only from what it put on record itself, or where the person agreed.

Everything else that a rule asks of a hire, other authorities and other employers know. It is not read for the employer at all, except of
people who agreed; of the others the last search gives a count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from guildhall.incentives import tables
from guildhall.incentives.engine import candidates as engine
from guildhall.incentives.engine import facts as worked_out
from guildhall.incentives.engine.candidates import LIKELY, NEAR
from guildhall.incentives.engine.states import BEFORE, LIVE, UNDER_WAY
from guildhall.incentives.engine.subjects import BY_MONTHS
from guildhall.incentives.models import BenefitGrant, Claim
from guildhall.incentives.queries import benefits, facts
from guildhall.incentives.queries.candidates import (
    EMPLOYER_MAY_KNOW,
    counts_for_staff,
    latest,
    named_to_employer,
    no_such_list,
    of_employer,
    told,
)
from guildhall.incentives.queries.instalments import MONTHS
from guildhall.incentives.queries.standing import CONSENT
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.queries import published, scope
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.naming import names_of_people
from guildhall.registry.tables import CERTIFIED
from guildhall.rules.decisions import Decision
from guildhall.rules.months import add_months
from guildhall.rules.parameters import Parameters
from guildhall.rules.rows import decide
from guildhall.rules.rulebook import Rule
from guildhall.skills.queries import names_of
from guildhall.web.viewer import Viewer, system

YEARS = 4
"""Hires of so many years are looked at: no benefit on file reaches further back."""
MOST_HIRES, MOST_AGREED, MOST_TICKED, MOST_LOOKED = 300, 100, 300, 1_000
CITY = system("claims")
OWN, AGREED = "own", "agreed"


@dataclass(frozen=True)
class Named:
    """What a rule says of one hire whom the employer may see by name, by which right, and since when the search by night says so."""

    rule: Rule
    key: int
    worker: int
    name: str
    hired_on: date
    right: str
    decision: Decision
    group: str
    claim: Claim | None = None
    facts: Mapping[str, object] | None = None
    since: date | None = None


@dataclass(frozen=True)
class Benefit:
    """One benefit of the employer's own: by name what may be claimed, what nearly, what not; and of all others how many at least."""

    rule: Rule
    likely: tuple[Named, ...]
    near: tuple[Named, ...]
    refused: tuple[Named, ...]
    others: int
    at_least: int | None


@dataclass(frozen=True)
class Year:
    """The organisation's own year, with the claim that stands for it and what was granted."""

    year: int
    decision: Decision
    claim: Claim | None
    rule: Rule
    facts: Mapping[str, object]
    grant: BenefitGrant | None = None

    @property
    def open(self) -> bool:
        """Whether it may be had and was neither claimed nor granted."""
        return self.decision.outcome == "entitled" and self.claim is None and self.grant is None


@dataclass(frozen=True)
class Roster:
    """All that an employer may claim as of a day; counts are of the last search, on `counted_on`."""

    on: date
    counted_on: date | None
    staff: int
    hires: int
    benefits: tuple[Benefit, ...]
    years: tuple[Year, ...]
    staff_benefits: tuple[tuple[Rule, int | None], ...]


@dataclass(frozen=True)
class Tickable:
    """Somebody for whom a claim may be begun: the key of the certificate or employment, and what the roster shows of it."""

    key: int
    name: str
    what: Text | None
    on: date
    agreed: bool


def roster(viewer: Viewer, *, on: date, today: date) -> Roster:
    """What an employer may claim, as of a day. Raises NotFound for other roles."""
    refuse_others(viewer)
    everybody = published.staff(viewer, today)
    since = add_months(on, -12 * YEARS) or date.min
    hired = published.of_staff(viewer, [row for row in everybody if since <= row["started_on"] <= on][:MOST_HIRES], today)
    staff = len({row["leads"] for row in everybody})
    named = list(_named(viewer, hired, on, today))
    found = latest()
    return Roster(
        on,
        found.on if found else None,
        staff,
        len(hired),
        tuple(_benefit(viewer, rule, [one for one in named if one.rule is rule], len(hired), bool(found)) for rule in of_hires()),
        tuple(_years(viewer, on, today)),
        _of_staff(viewer, staff),
    )


def of_hires() -> list[Rule]:
    """The rules on what an employer claims for a hire."""
    return [rule for rule in benefits.rulebook().values() if rule.facts == tables.HIRE_FACTS.name]


def refuse_others(viewer: Viewer) -> None:
    """Raises NotFound for whoever does not claim for an employer."""
    if viewer.role != "employer" or not viewer.organisation or not viewer.may(CLAIMS):
        raise no_such_list()


def _named(viewer: Viewer, hired: Mapping[int, published.Rows], on: date, today: date) -> Iterable[Named]:
    people = {key: row["registry.workers"][0]["worker_id"] for key, row in hired.items()}
    consented = {*scope.people(viewer, today).filter(agreed(EMPLOYER_MAY_KNOW), pk__in=people.values()).values_list("pk", flat=True)}
    names, claims, parameters = names_of_people({*people.values()}), _claims(viewer, hired), benefits.parameters()
    question, said, granted = facts.asked(on), _said(hired), _granted(viewer, hired)
    full = sorted((key for key, worker in people.items() if worker in consented), reverse=True)[:MOST_AGREED]
    found = {(row.benefit, row.key, row.state): row.since for row in named_to_employer(viewer)} if on == today else {}
    for key, row in hired.items():
        spell = row["registry.employment_spells"][0]
        own = _facts(row, spell, question, said.get(key, []), granted.get(key, []))
        every = facts.of_subject(CITY, "spell", key, on=on, today=today) if key in full else None
        for rule in of_hires():
            right, known, decision = OWN, own, _decided(rule, own, parameters, on)
            group = _group(rule, decision)
            if every is not None and group != LIKELY:
                told = _decided(rule, every, parameters, on)
                # Whoever agrees lets the employer know what it can claim, and not why it can not.
                if _group(rule, told) == LIKELY:
                    right, known, decision, group = AGREED, every, told, LIKELY
            if group:
                claim, since = claims.get((rule.name, str(key))), found.get((rule.name, key, group))
                name = names.get(people[key], "")
                yield Named(rule, key, people[key], name, spell["started_on"], right, decision, group, claim, known, since)


def _decided(rule: Rule, known: Mapping[str, object], parameters: Parameters, on: date) -> Decision:
    """What a rule says of a hire; of what is paid by months and was granted before, no where not one month more can be claimed."""
    if rule.name in BY_MONTHS and known.get("insurance_grants") and known.get(MONTHS) is None:
        one_more = decide(rule, {**known, MONTHS: 1}, parameters=parameters, on=on)
        if one_more.outcome == "refused":
            return one_more
    return decide(rule, known, parameters=parameters, on=on)


def _group(rule: Rule, decision: Decision) -> str:
    found = engine.found(rule, decision)
    return found.state if found else "refused" if decision.outcome == "refused" else ""


def _facts(
    row: published.Rows, spell: dict[str, Any], question: worked_out.Asked, said: list[dict[str, Any]], granted: list[dict[str, Any]]
) -> facts.Facts:
    rows = {**row, tables.STATEMENTS.name: said, tables.GRANTS.name: granted, tables.COURSES.name: [], tables.BUSINESSES.name: []}
    return engine.own_facts(worked_out.hire(rows, spell, question))


def _said(hired: Mapping[int, published.Rows]) -> dict[int, list[dict[str, Any]]]:
    """What the employer said of its hires in claims."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in facts.statements(Q(subject="spell", subject_id__in=hired)):
        found.setdefault(row["subject_id"], []).append(row)
    return found


def _granted(viewer: Viewer, hired: Mapping[int, published.Rows]) -> dict[int, list[dict[str, Any]]]:
    """What the employer itself was granted for its hires."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in facts.values_of(tables.GRANTS, BenefitGrant, Q(organisation_id=viewer.organisation or 0, spell_id__in=hired)):
        found.setdefault(row["spell_id"], []).append(row)
    return found


def _claims(viewer: Viewer, hired: Iterable[int]) -> dict[tuple[str, str], Claim]:
    """The claims of the employer's own that stand or are being written; where a benefit is paid by months, until they are paid."""
    own = Claim.objects.filter(organisation_id=viewer.organisation or 0, payee="organisation", kind="spell", state__in=(*BEFORE, *LIVE))
    own = own.filter(~Q(benefit__in=BY_MONTHS) | Q(state__in=(*BEFORE, *UNDER_WAY)))
    rows = own.filter(subject__in=[str(key) for key in hired])
    return {(row.benefit, row.subject): row for row in rows.order_by("pk")}


def _benefit(viewer: Viewer, rule: Rule, named: list[Named], hired: int, is_searched: bool) -> Benefit:
    groups = {group: tuple(one for one in named if one.group == group) for group in (LIKELY, NEAR, "refused")}
    others = hired - len(named)
    unnamed = of_employer(viewer).filter(benefit=rule.name, kind="spell", state=LIKELY).exclude(key__in=[one.key for one in named])
    counted = told(unnamed.values("worker").distinct().count(), others) if is_searched else None
    return Benefit(rule, groups[LIKELY], groups[NEAR], groups["refused"], others, counted)


def _years(viewer: Viewer, on: date, today: date) -> Iterable[Year]:
    rules = [rule for rule in benefits.rulebook().values() if rule.facts == tables.EMPLOYER_FACTS.name]
    parameters = benefits.parameters()
    rows = facts.of_employer(viewer, viewer.organisation or 0, on=on, today=today)[-1:]
    own = Claim.objects.filter(organisation_id=viewer.organisation or 0, kind="year", state__in=(*BEFORE, *LIVE, "refused"))
    claims = {(row.benefit, row.subject): row for row in own.order_by("pk")}
    given = BenefitGrant.objects.filter(organisation_id=viewer.organisation or 0, granted_on__lte=on, revoked_on=None).exclude(year=None)
    grants = {(row.benefit, row.year): row for row in given.order_by("pk")}
    for row in rows:
        for rule in rules:
            year = int(str(row["year"]))
            claim, grant = claims.get((rule.name, f"{viewer.organisation}-{year}")), grants.get((rule.name, year))
            yield Year(year, decide(rule, row, parameters=parameters, on=on), claim, rule, row, grant)


def _of_staff(viewer: Viewer, staff: int) -> tuple[tuple[Rule, int | None], ...]:
    found = counts_for_staff(viewer, staff)
    return tuple((benefits.rulebook()[name], count) for name, count in found.items() if benefits.rulebook()[name].facts in TICKED)


TICKED = {tables.CERTIFICATE_FACTS.name: "certificate", tables.HIRE_FACTS.name: "spell"}
"""Facts tables of benefits for which an employer may begin claims for several people at once."""


def batchable() -> list[Rule]:
    """The benefits that an employer may claim for several people at once: its own for hires, and its workers' for certificates."""
    return [rule for rule in benefits.rulebook().values() if rule.facts in TICKED and rule.channel == "claim"]


@dataclass(frozen=True)
class Narrowed:
    """What narrows a list to tick.

    `since` is the day of issue or hire it begins with, `level` that of certificates, `name` a part of the name. `fitting` leaves out days
    for which nothing of the rule is on file, and whom it refuses by what the list shows: the certificate, or what the employer itself put
    on record.
    """

    since: date | None = None
    level: str = ""
    name: str = ""
    fitting: bool = False


EVERYBODY = Narrowed()


def tickable(viewer: Viewer, benefit: str, today: date, narrowed: Narrowed = EVERYBODY) -> list[Tickable]:
    """Those of an employer's roster for whom a claim may be begun, by what the roster shows and no other fact; the latest first.

    Raises NotFound.
    """
    refuse_others(viewer)
    rule = benefits.rule_of(benefit)
    if rule not in batchable():
        raise no_such_list()
    rows = published.staff(viewer, today)
    if narrowed.name:
        names = names_of_people({row["leads"] for row in rows})
        rows = [row for row in rows if narrowed.name.casefold() in names.get(row["leads"], "").casefold()]
    of_kind = _hires if TICKED[rule.facts] == "spell" else _certificates
    return of_kind(viewer, rows, rule, today, narrowed)


def _hires(viewer: Viewer, rows: Sequence[Mapping[str, Any]], rule: Rule, today: date, narrowed: Narrowed) -> list[Tickable]:
    claims, since = _claims(viewer, [row["spell_id"] for row in rows]), narrowed.since
    kept = [row for row in rows if (rule.name, str(row["spell_id"])) not in claims and (since is None or row["started_on"] >= since)]
    if narrowed.fitting:
        kept = [row for row in kept if _is_ruled(rule, row["started_on"])]
        known = published.of_staff(viewer, kept[:MOST_LOOKED], today)
        refused = _refused(viewer, rule, known, today)
        kept = [row for row in kept[:MOST_LOOKED] if row["spell_id"] in known and row["spell_id"] not in refused]
    names = names_of_people({row["leads"] for row in kept[:MOST_TICKED]})
    return [Tickable(row["spell_id"], names.get(row["leads"], ""), None, row["started_on"], False) for row in kept[:MOST_TICKED]]


def _refused(viewer: Viewer, rule: Rule, hired: Mapping[int, published.Rows], today: date) -> set[int]:
    """The hires whom a rule refuses by what the employer itself put on record."""
    question, said, granted, parameters = facts.asked(today), _said(hired), _granted(viewer, hired), benefits.parameters()
    return {
        key
        for key, row in hired.items()
        for own in [_facts(row, row["registry.employment_spells"][0], question, said.get(key, []), granted.get(key, []))]
        if _decided(rule, own, parameters, today).outcome == "refused"
    }


def _certificates(viewer: Viewer, rows: Sequence[Mapping[str, Any]], rule: Rule, today: date, narrowed: Narrowed) -> list[Tickable]:
    workers = {row["leads"] for row in rows}
    held = published.certificates_of(workers, since=narrowed.since, level=narrowed.level if narrowed.level in CERTIFIED else "")
    own = Claim.objects.filter(organisation_id=viewer.organisation or 0, kind="certificate", benefit=rule.name, state__in=(*BEFORE, *LIVE))
    asked = {*own.values_list("subject", flat=True)}
    found = [row for row in held if str(row["certificate_id"]) not in asked]
    if narrowed.fitting:
        shown = {"place": published.of_organisation(viewer, viewer.organisation or 0, today)["place"]}
        shown |= {"applied_on": today, "granted_on": today}
        found = [row for row in found if _is_ruled(rule, row["issued_on"])]
        found = [row for row in found[:MOST_LOOKED] if _may_fit(rule, {**row, **shown}, today)]
    found = found[:MOST_TICKED]
    names = names_of_people({row["leads"] for row in found})
    willing = {*scope.people(viewer, today).filter(agreed(CONSENT), pk__in=workers).values_list("pk", flat=True)}
    occupations = names_of({row["occupation"] for row in found})
    return [
        Tickable(row["certificate_id"], names.get(row["leads"], ""), _what(row, occupations), row["issued_on"], row["leads"] in willing)
        for row in found
    ]


def _is_ruled(rule: Rule, day: date) -> bool:
    """Whether anything of a rule is on file for what is governed by a day; always where nothing of it is on file at all."""
    held = benefits.parameters().of(rule.name).values()
    known = [version for parameter in held for version in parameter.versions if version.value is not None]
    return not known or any(version.holds_on(day) for version in known)


def _may_fit(rule: Rule, shown: Mapping[str, object], today: date) -> bool:
    """Whether a rule does not refuse a certificate by what stands on it, whatever else would be known."""
    known = {name: shown.get(name) for name in rule.reads}
    return decide(rule, known, parameters=benefits.parameters(), on=today).outcome != "refused"


def _what(row: Mapping[str, Any], occupations: Mapping[str, Text]) -> Text:
    name = occupations.get(row["occupation"], Text(row["occupation"], row["occupation"]))
    return Text(f"{name.zh} {row['level']}", f"{name.en}, {row['level']}")
