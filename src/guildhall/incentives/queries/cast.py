"""Whom the demonstration's claims are about: people of whom the rules themselves say what a story needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guildhall.incentives.engine import candidates as engine
from guildhall.incentives.engine.facts.asked import month
from guildhall.incentives.engine.facts.rows import OPEN, clipped, months
from guildhall.incentives.queries import benefits, facts
from guildhall.incentives.tables import HIRE_FACTS
from guildhall.kernel.errors import NotFound
from guildhall.office.models import AuditEvent
from guildhall.registry.queries.cast import insurance, skill_certificates
from guildhall.rules.decisions import Decision
from guildhall.rules.rows import decide
from guildhall.web.viewer import system

UPGRADE = "skill_upgrade_subsidy"
SAID: Mapping[str, bool] = {"drawing_benefit": False, "paid_in_full": True}
"""What each of these claims says."""
SAID_OF_HIRES: Mapping[str, Mapping[str, bool]] = {
    "small_firm_graduate_subsidy": {},
    "job_expansion_subsidy": {},
    "hiring_subsidy": {"open_ended": True, "local_household": True},
}
"""The benefits for which hires are claimed, the first that would be paid; and what these claims say."""
NEARLY_ON, SHORT = date(2025, 6, 30), 3
"""The day on which the demonstration's worker is so many insured months short of the subsidy."""
DECIDED = timedelta(40)
"""After that long a claim has been decided, and the rule still gives the same answer."""
MOST_ASKED = 300
CITY = system("claims")


@dataclass(frozen=True)
class Held:
    """A certificate of somebody's."""

    worker: int
    certificate: int


def decided(certificate: int, applied: date, on: date, today: date) -> tuple[Decision, object]:
    """What the subsidy's rule says of a certificate as of a day, and the place it is claimed in, once the claim has said the above."""
    found = facts.of_subject(CITY, "certificate", certificate, on=on, today=today, applied=applied)
    told = {name: value for name, value in SAID.items() if found[name] is None}
    return decide(benefits.rule_of(UPGRADE), {**found, **told}, parameters=benefits.parameters(), on=on), found["place"]


def holders(
    *, places: Collection[str], issued: tuple[date, date], on: date, outcome: str, today: date, but: Collection[int] = ()
) -> Iterator[Held]:
    """Certificates issued in a span of which the subsidy's rule gives an outcome on a day; of people about whom nothing is recorded yet.

    `places` are those in which the holders live and would claim; `but` are people to leave out. Only so many are asked about.
    """
    asked = 0
    for key, worker in skill_certificates(issued, places=places):
        if worker in but or AuditEvent.objects.filter(chain=f"worker:{worker}").exists():
            continue
        asked += 1
        if asked > MOST_ASKED:
            return
        decision, place = decided(key, on, on, today)
        lasts = decision.outcome == outcome and decided(key, on, min(on + DECIDED, today), today)[0].outcome == outcome
        if lasts and place in places:
            yield Held(worker, key)


def nearly(today: date, but: Collection[int] = ()) -> Held | None:
    """The first who is three insured months short on the day above and would reach them in time; None in a city without one."""
    issued = (NEARLY_ON - timedelta(240), NEARLY_ON)
    held = [Held(worker, key) for key, worker in skill_certificates(issued, levels=("L5", "L4", "L3"))]
    short = _short_of_a_year({one.worker for one in held})
    for one in held:
        if one.worker not in short or one.worker in but:
            continue
        near = decided(one.certificate, NEARLY_ON, NEARLY_ON, today)[0].near
        if near is not None and (near.input, near.by) == ("insured_months", SHORT) and near.turns_on is not None:
            return one
    return None


def _short_of_a_year(workers: Collection[int]) -> set[int]:
    """Those of them who had that many months of insurance less than twelve."""
    last, spans = month(NEARLY_ON) + 1, dict[int, list[tuple[int, int]]]()
    for worker, start, end in insurance(workers):
        spans.setdefault(worker, []).append(clipped((month(start), month(end) if end else OPEN), 0, last))
    return {worker for worker, some in spans.items() if months(some) == 12 - SHORT}


def claimed_for(
    spell: int, places: Collection[str], on: date, today: date, outcome: str = "entitled", only: str = ""
) -> tuple[str, int] | None:
    """The first benefit of which the rule gives an outcome for a hire as of a day, and the amount; None where that is none.

    `places` are those in which it may be claimed, `only` names the one benefit to ask about.
    """
    try:
        found = facts.of_subject(CITY, "spell", spell, on=on, today=today)
    except NotFound:  # hired later
        return None
    for benefit, told in SAID_OF_HIRES.items():
        if only and benefit != only:
            continue
        said = {name: value for name, value in told.items() if found[name] is None}
        decision = decide(benefits.rule_of(benefit), {**found, **said}, parameters=benefits.parameters(), on=on)
        if decision.outcome == outcome and found["place"] in places:
            return benefit, decision.value or 0
    return None


def likely(spell: int, today: date) -> bool:
    """Whether an employer may claim something for a hire, by all that is on record and what a claim would show."""
    try:
        found = facts.of_subject(CITY, "spell", spell, on=today, today=today)
    except NotFound:
        return False
    rules = [rule for rule in benefits.rulebook().values() if rule.facts == HIRE_FACTS.name and rule.channel == "claim"]
    states = (engine.found(rule, decide(rule, found, parameters=benefits.parameters(), on=today)) for rule in rules)
    return any(state is not None and state.state == engine.LIKELY for state in states)
