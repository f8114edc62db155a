"""Policy over a snapshot: keeps the facts of everybody on a day, and decides every rule over them. Asks for no records and no database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from guildhall import __version__
from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.engine.facts.everybody import READS
from guildhall.incentives.engine.policy import FACTS_RUNS, POLICY_RUNS, RULE_RUNS, open_cases
from guildhall.incentives.engine.policy.floor import floor, rivals
from guildhall.incentives.engine.policy.kept import Seen, as_kept, kept
from guildhall.incentives.engine.policy.outcomes import Law, between, change, outcomes
from guildhall.incentives.tables.policy import EXTENTS, KEPT, POLICY_FLOOR, RESULTS
from guildhall.kernel.backends import open_tables
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.figures import refuse_far
from guildhall.kernel.runs import Folder, FolderWriter, Run, digest, digest_file, run, run_in_parts
from guildhall.kernel.tables import Table
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule
from guildhall.rules.serial import rulebook_digest

PACKAGE = Path(__file__).resolve().parents[2]
SOURCES = {
    FACTS_RUNS: (
        *("kernel/*.py", "registry/tables.py", "registry/engine/*.py"),
        *("incentives/tables/*.py", "incentives/engine/facts/*.py", "incentives/engine/policy/kept.py"),
    ),
    POLICY_RUNS: ("kernel/*.py", "rules/*.py", "incentives/tables/*.py", "incentives/engine/policy/*.py"),
}
"""Sources, below the package, that decide what a run holds; the text of a rule is in the digest of its rulebook."""
EARLIER = "earlier."
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Decided:
    """A run of policy: the results of every rule, and the kept facts they were worked out from, by facts table."""

    run: Run
    facts: Mapping[str, Folder]


@cache
def version(engine: str) -> str:
    """What a run's identity says of the program: its version, and a digest of the sources as they stand."""
    files = {path.relative_to(PACKAGE): path for pattern in SOURCES[engine] for path in PACKAGE.glob(pattern)}
    return f"{__version__}/{digest({str(name): digest_file(path) for name, path in files.items()})[:12]}"


def keep_facts(*, snapshot: Folder, table: str, on: date, results: Path) -> Run:
    """The facts of everybody on a day, for the rules on one facts table, kept under `results/incentive-facts`; a rerun is a no-op.

    Raises NotFound where the snapshot lacks a table, GuildhallError where one is damaged or the day is beyond reason.
    """
    refuse_far(on)
    declared = KEPT[table]

    def fill(writer: FolderWriter) -> None:
        _refuse_damaged(snapshot)
        seen = Seen()
        with open_tables(snapshot) as tables, writer.stream(declared) as write:
            for part in tables.parts(kept(tables, table, on)):
                rows = as_kept(part, declared)
                seen.see(rows)
                write(rows)
        writer.add(EXTENTS, seen.table(declared.schema.names))

    inputs = {name: snapshot.sha256(name) for name in READS}
    return run_in_parts(
        FACTS_RUNS, version=version(FACTS_RUNS), inputs=inputs, parameters={"on": on, "table": table}, root=results, fill=fill
    )


def _refuse_damaged(snapshot: Folder) -> None:
    if damaged := snapshot.damaged(READS):
        raise GuildhallError(
            f"The snapshot {snapshot.manifest.id} is damaged",
            why=f"{', '.join(damaged)} in {snapshot.path} no longer has the digest of the manifest",
            next="delete that folder and run `guildhall snapshot`",
        )


def compute_policy(
    *,
    snapshot: Folder,
    on: date,
    parameters: Parameters,
    results: Path,
    rules: Mapping[str, Rule] = RULEBOOK,
    progress: Progress = lambda done, total: None,
) -> Decided:
    """Decides every rule for everybody on a day. Facts and rules that were worked out before are not again, also after a kill.

    The run stands under `results/policy/<run id>`: incentives.policy, policy_reasons, policy_bad and policy_floor. Raises as `keep_facts`.
    """
    tables = list(dict.fromkeys(rule.facts for rule in rules.values()))
    total = len(tables) + len(rules)
    facts: dict[str, Run] = {}
    for n, table in enumerate(tables):
        facts[table] = keep_facts(snapshot=snapshot, table=table, on=on, results=results)
        progress(n + 1, total)
    runs: list[Run] = []
    for n, rule in enumerate(rules.values()):
        runs.append(_decide(Law(rule, parameters, on), facts[rule.facts], results))
        progress(len(tables) + n + 1, total)

    def gather() -> Iterator[tuple[Table, pa.Table]]:
        for declared in RESULTS:
            parts = [one.folder.read(declared) for one in runs]
            yield declared, pa.concat_tables(parts).unify_dictionaries() if parts else declared.schema.empty_table()
        least = [_floor([Law(rule, parameters, on) for rule in group], facts[group[0].facts]) for group in rivals(rules.values())]
        yield POLICY_FLOOR, pa.concat_tables(least) if least else POLICY_FLOOR.schema.empty_table()

    books = {name: rulebook_digest(rule, parameters) for name, rule in rules.items()}
    made = run(
        POLICY_RUNS,
        version=version(POLICY_RUNS),
        inputs={name: found.id for name, found in (facts | dict(zip(rules, runs, strict=True))).items()},
        parameters={"on": on, "snapshot": snapshot.manifest.id, "rules": books},
        root=results,
        compute=gather,
    )
    return Decided(made, {name: found.folder for name, found in facts.items()})


def _floor(laws: list[Law], facts: Run) -> pa.Table:
    with open_tables(facts.folder) as tables:
        return floor(tables, laws)


def _decide(law: Law, facts: Run, results: Path) -> Run:
    """The results of one rule, and the cases that a change of one of its figures can touch."""

    def fill(writer: FolderWriter) -> None:
        with open_tables(facts.folder) as tables:
            for declared, table in outcomes(tables, law):
                writer.add(declared, table)
        seen = Seen()
        with open_tables(facts.folder) as tables, writer.stream(open_cases.declared(law.rule)) as write:
            for part in open_cases.parts(tables, law, seen):
                write(part)
        writer.add(EXTENTS, seen.table(law.rule.reads))

    rulebook = rulebook_digest(law.rule, law.parameters)
    return run_in_parts(
        RULE_RUNS,
        version=version(POLICY_RUNS),
        inputs={"facts": facts.id, "rulebook": rulebook},
        parameters={"on": law.on, "rule": law.rule.name},
        root=results,
        fill=fill,
    )


def what_if(facts: Folder, before: Law, after: Law, by: str = "") -> list[Mapping[str, Any]]:
    """What a changed rule does on kept facts, in all or by one dimension: one scan, nothing is kept."""
    with open_tables(facts) as tables:
        return change(tables, before, after, by)


def between_days(earlier: Folder, later: Folder, before: Law, after: Law, by: str = "") -> list[Mapping[str, Any]]:
    """What becomes of a rule from the facts and figures of one day to those of another."""
    with open_tables(later, beside={EARLIER: earlier}) as tables:
        return between(tables, before, after, EARLIER, by)
