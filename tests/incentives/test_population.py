"""Policy for everybody: the same as one by one, worked out once, with rows that cannot be right pointed out, and nobody given away."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from guildhall.city import load, rule_parameters
from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.engine.facts.everybody import READS
from guildhall.incentives.engine.policy import FACTS_RUNS, RULE_RUNS, disclosure
from guildhall.incentives.engine.policy.changes import Figure, changed, figures, in_force, parse
from guildhall.incentives.engine.policy.floor import floor, rivals
from guildhall.incentives.engine.policy.open_cases import CASES, change_of_open, reaches
from guildhall.incentives.engine.policy.outcomes import Law, known
from guildhall.incentives.engine.policy.outcomes import outcomes as decided_outcomes
from guildhall.incentives.operations import policy as operations
from guildhall.incentives.operations.policy import Decided, between_days, compute_policy, keep_facts, what_if
from guildhall.incentives.pages.what_if import _slider, _value
from guildhall.incentives.queries import what_if as queries
from guildhall.incentives.queries.policy import Policy
from guildhall.incentives.tables.policy import DIMENSIONS, KEPT, POLICY, POLICY_BAD, POLICY_HIDDEN, POLICY_REASONS
from guildhall.kernel.backends import open_tables
from guildhall.kernel.disclosure import THRESHOLD
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.runs import Folder, FolderWriter, write_folder
from guildhall.registry import tables as registry
from guildhall.rules import population
from guildhall.rules.decisions import Decision
from guildhall.rules.fold import fold
from guildhall.rules.parameters import Parameter, Parameters
from guildhall.rules.rows import decide
from guildhall.synth import build
from guildhall.web.viewer import Viewer

ON, BEFORE = date(2025, 6, 30), date(2024, 6, 30)
NAMES = ("skill_upgrade_subsidy", "hiring_subsidy")
RULES = {name: RULEBOOK[name] for name in NAMES}
PLANNER = Viewer(name="account:1", role="planner")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return rule_parameters(load("tiny"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A small city, three of whose certificates were issued before their holders were born, with one spell of insurance over another."""
    made = build(load("tiny"), scale=Fraction(1, 4), seed=7, out=tmp_path_factory.mktemp("people") / "city")
    return _with_bad_rows(made, made.path.parent / "bad")


def _with_bad_rows(city: Folder, path: Path) -> Folder:
    def fill(writer: FolderWriter) -> None:
        for name, declared in ((name, _declared(name)) for name in READS):
            table = city.read(name)
            if name == registry.CERTIFICATES.name:
                days = [date(1890 + n, 1, 1) if n < 3 else day for n, day in enumerate(table.column("issued_on").to_pylist())]
                place = table.schema.get_field_index("issued_on")
                table = table.set_column(place, table.schema.field(place), pa.array(days, pa.date32()))
            if name == registry.INSURANCE.name:
                table = pa.concat_tables([table, _overlapping(city, table)])
            writer.add(declared, table.cast(declared.schema))

    return write_folder(path, id="bad", kind="city", version="0", as_of=str(ON), meta={}, fill=fill)


def _overlapping(city: Folder, spells: pa.Table) -> pa.Table:
    """A spell that begins a month after one that lasts, of somebody with a certificate, with the same employer."""
    holders = city.read(registry.CERTIFICATES.name).column("worker_id").to_pylist()
    rows = (row for row in spells.to_pylist() if row["ended_on"] is None and row["started_on"] < BEFORE)
    row = next(row for row in rows if row["worker_id"] in holders[3:] and row["worker_id"] not in holders[:3])
    row |= {"spell_id": pc.max(spells.column("spell_id")).as_py() + 1, "started_on": (row["started_on"] + timedelta(32)).replace(day=1)}
    return pa.Table.from_pylist([row], schema=spells.schema)


def _declared(name: str) -> Any:
    from guildhall.incentives.tables import TABLES

    return {table.name: table for table in (*registry.TABLES, *TABLES)}[name]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def made(folder: Folder, parameters: Parameters, results: Path) -> Decided:
    return compute_policy(snapshot=folder, on=ON, parameters=parameters, results=results, rules=RULES)


@pytest.fixture(scope="module")
def one_by_one(made: Decided, parameters: Parameters) -> Mapping[str, list[tuple[Row, Decision]]]:
    """Every case decided by the readable evaluator, with its facts."""
    found = {}
    for name, rule in RULES.items():
        rows = made.facts[rule.facts].read(rule.facts).to_pylist()
        known = [{column: value for column, value in row.items() if column not in ("cluster", "highest_level")} for row in rows]
        found[name] = [(row, decide(rule, facts, parameters=parameters, on=ON)) for row, facts in zip(rows, known, strict=True)]
    return found


def _rows(made: Decided, name: str, by: str) -> Iterator[Row]:
    return (row for row in made.run.folder.read(POLICY).to_pylist() if (row["rule"], row["by"]) == (name, by))


@pytest.mark.parametrize("name", NAMES)
def test_everybody_is_decided_as_one_by_one(made: Decided, one_by_one: Any, name: str) -> None:
    (total,) = _rows(made, name, "all")
    decisions = [decision for _, decision in one_by_one[name]]
    outcomes = Counter(decision.outcome for decision in decisions)
    assert total["cases"] == len(decisions)
    assert {word: total[word] for word in ("entitled", "refused", "undetermined")} == {
        word: outcomes[word] for word in ("entitled", "refused", "undetermined")
    }
    assert total["low"] == sum(decision.value or 0 for decision in decisions)
    assert total["entitled"] > 0
    assert total["undetermined"] > 0
    assert total["entitled_people"] == len({row["worker_id"] for row, decision in one_by_one[name] if decision.outcome == "entitled"})


@pytest.mark.parametrize("name", NAMES)
def test_every_dimension_adds_up_to_all(made: Decided, one_by_one: Any, name: str) -> None:
    (total,) = _rows(made, name, "all")
    for by in DIMENSIONS:
        parts = list(_rows(made, name, by))
        for count in ("cases", "entitled", "refused", "undetermined", "low", "possible", "unpriced"):
            assert sum(part[count] for part in parts) == total[count], (by, count)
    places = Counter(row["place"] or "" for row, decision in one_by_one[name] if decision.outcome == "entitled")
    assert {row["part"]: row["entitled"] for row in _rows(made, name, "district") if row["entitled"]} == places
    assert {row["part"] for row in _rows(made, name, "age")} <= {"", "0-15", "16-24", "25-34", "35-44", "45-54", "55+"}


@pytest.mark.parametrize("name", NAMES)
def test_who_misses_only_one_condition_is_counted_by_it(made: Decided, one_by_one: Any, name: str) -> None:
    only = Counter(
        decision.failed[0]
        for _, decision in one_by_one[name]
        if decision.outcome == "refused" and len(decision.failed) == 1 and not decision.unknown
    )
    rows = made.run.folder.read(POLICY_REASONS).to_pylist()
    assert {row["condition"]: row["cases"] for row in rows if (row["rule"], row["kind"]) == (name, "only")} == only
    assert only


def test_rows_that_cannot_be_right_are_named_and_the_run_finishes(made: Decided, one_by_one: Any) -> None:
    bad = made.run.folder.read(POLICY_BAD).to_pylist()
    keys = [str(row["certificate_id"]) for row, _ in one_by_one["skill_upgrade_subsidy"] if row["issued_on"].year < 1900]
    assert len(keys) == 3
    doubted = [str(row["certificate_id"]) for row, _ in one_by_one["skill_upgrade_subsidy"] if row["insurance_contradicts"]]
    assert doubted
    told = {(key, "issued_on") for key in keys} | {(key, "insurance_contradicts") for key in doubted}
    assert {(row["row"], row["inputs"]) for row in bad if row["rule"] == "skill_upgrade_subsidy"} == told
    wrong = [decision for row, decision in one_by_one["skill_upgrade_subsidy"] if str(row["certificate_id"]) in {*keys, *doubted}]
    assert {decision.outcome for decision in wrong} == {"undetermined"}
    hires = {row["inputs"] for row in bad if row["rule"] == "hiring_subsidy"}
    assert hires == {"insurance_contradicts"}


def test_what_is_known_of_columns_changes_nothing_but_the_time(made: Decided, parameters: Parameters) -> None:
    for name, rule in RULES.items():
        with open_tables(made.facts[rule.facts]) as tables:
            facts, key = tables[rule.facts], KEPT[rule.facts].key[0]
            extents = known(tables, rule.facts)
            plain, quick = (
                tables.fetch(fold(rule, parameters, ON, extents=lies)(facts).order_by(key).select("outcome", "value", "failed", "unknown"))
                for lies in ({}, extents)
            )
        assert plain.equals(quick), name
        table = made.facts[rule.facts].read(rule.facts)
        assert extents["place"].words == {word for word in pc.unique(table.column("place").cast(pa.string())).to_pylist() if word}
        low = pc.min(table.column("birth_month")).as_py()
        assert (extents["birth_month"].low, extents["birth_month"].empty) == (low, table.column("birth_month").null_count > 0)


def test_a_rerun_is_a_no_op_and_one_that_was_stopped_goes_on(
    folder: Folder, made: Decided, results: Path, parameters: Parameters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over facts that were kept before."""
    shutil.copytree(results / FACTS_RUNS, tmp_path / FACTS_RUNS)
    worked: list[str] = []
    real = decided_outcomes

    def outcomes(tables: Any, law: Law) -> Any:
        if law.rule.name == NAMES[1] and not worked.count("killed"):
            worked.append("killed")
            raise KeyboardInterrupt
        worked.append(law.rule.name)
        return real(tables, law)

    monkeypatch.setattr(operations, "outcomes", outcomes)
    arguments: Any = {"snapshot": folder, "on": ON, "results": tmp_path, "rules": RULES}
    with pytest.raises(KeyboardInterrupt):
        compute_policy(parameters=parameters, **arguments)
    assert not (tmp_path / "policy").exists()
    assert compute_policy(parameters=parameters, **arguments).run.computed
    assert worked == [NAMES[0], "killed", NAMES[1]]
    again = compute_policy(parameters=parameters, **arguments)
    assert not again.run.computed
    other = changed(parameters, parse("hiring_subsidy.min_insured_months=3", RULEBOOK, parameters), ON)
    assert compute_policy(parameters=other, **arguments).run.id != again.run.id
    assert worked[3:] == ["hiring_subsidy"]


@pytest.mark.parametrize(
    "text",
    ["skill_upgrade_subsidy.min_insured_months=1", pytest.param("hiring_subsidy.amount[listed]=100000", marks=pytest.mark.slow)],
)
def test_a_changed_figure_has_the_winners_and_losers_it_has_one_by_one(
    made: Decided, one_by_one: Any, parameters: Parameters, text: str
) -> None:
    change = parse(text, RULEBOOK, parameters)
    rule, after = RULES[change.rule], changed(parameters, change, ON)
    facts = made.facts[rule.facts]
    (whole,) = what_if(facts, Law(rule, parameters, ON), Law(rule, after, ON))
    gets = [(before.value or 0, decide(rule, _facts(row), parameters=after, on=ON).value or 0) for row, before in one_by_one[change.rule]]
    assert whole["winners"] == sum(b > a for a, b in gets)
    assert whole["losers"] == sum(b < a for a, b in gets)
    assert whole["winners"] + whole["losers"] > 0
    assert whole["after_low"] - whole["before_low"] == sum(b - a for a, b in gets)
    for by in ("age", "month"):
        parts = what_if(facts, Law(rule, parameters, ON), Law(rule, after, ON), by)
        assert sum(part["winners"] for part in parts) == whole["winners"]


def _facts(row: Row) -> Row:
    return {column: value for column, value in row.items() if column not in ("cluster", "highest_level")}


def test_two_days_are_compared_case_by_case(folder: Folder, parameters: Parameters, results: Path, made: Decided) -> None:
    rule = RULES["skill_upgrade_subsidy"]
    earlier = keep_facts(snapshot=folder, table=rule.facts, on=BEFORE, results=results).folder
    (whole,) = between_days(earlier, made.facts[rule.facts], Law(rule, parameters, BEFORE), Law(rule, parameters, ON))
    kept: dict[int, list[int]] = {}
    for n, (source, on) in enumerate(((earlier, BEFORE), (made.facts[rule.facts], ON))):
        for row in source.read(rule.facts).to_pylist():
            found = decide(rule, _facts(row), parameters=parameters, on=on)
            kept.setdefault(row["certificate_id"], [0, 0])[n] = found.value or 0
    assert (whole["winners"], whole["losers"]) == (sum(b > a for a, b in kept.values()), sum(b < a for a, b in kept.values()))
    assert min(whole["winners"], whole["losers"]) > 0
    assert whole["cases"] == len(kept)
    parts = between_days(earlier, made.facts[rule.facts], Law(rule, parameters, BEFORE), Law(rule, parameters, ON), "level")
    assert sum(part["winners"] for part in parts) == whole["winners"]


def test_no_small_count_stands_open_and_none_stands_hidden_alone(made: Decided) -> None:
    rows = made.run.folder.read(POLICY).to_pylist()
    secret = {(row["rule"], row["by"], row["part"], row["count"]) for row in made.run.folder.read(POLICY_HIDDEN).to_pylist()}
    assert secret
    for row in rows:
        for count in ("cases", "entitled", "refused", "undetermined"):
            if 0 < row[count] < THRESHOLD:
                assert (row["rule"], row["by"], row["part"], count) in secret
    for name in NAMES:
        for by in DIMENSIONS:
            parts = [row["part"] for row in rows if (row["rule"], row["by"]) == (name, by)]
            hidden = [part for part in parts if (name, by, part, "entitled") in secret]
            assert len(hidden) != 1 or (name, "all", "", "entitled") in secret, (name, by)


def test_what_a_change_hides_cannot_be_worked_out_from_before_and_after() -> None:
    def row(part: str, before: int, gained: int, dropped: int) -> Row:
        return {"part": part, "before_entitled": before, "after_entitled": before + gained - dropped, "gained": gained,
                "dropped": dropped, "winners": gained, "losers": dropped}  # fmt: skip

    rows = [row("a", 100, 3, 0), row("b", 200, 40, 0), row("c", 300, 50, 0)]
    secret = disclosure.of_changes(rows, "district")
    assert ("district", "a", "winners") in secret
    assert ("district", "a", "after_entitled") in secret, "how many were entitled before stands on the page of the benefit"
    assert ("district", "a", "before_entitled") not in secret
    assert {("district", "b", "winners"), ("district", "c", "winners"), ("all", "", "winners")} & secret
    withheld = frozenset({("district", "b", "entitled")})
    assert ("district", "b", "before_entitled") in disclosure.of_changes(rows, "district", withheld)


def test_a_figure_is_changed_wherever_it_has_the_value_in_force(parameters: Parameters) -> None:
    change = parse("skill_upgrade_subsidy.min_insured_months=9", RULEBOOK, parameters)
    held = parameters.of(change.rule)[change.parameter]
    now = in_force(held, (), ON)
    after = changed(parameters, change, ON).of(change.rule)[change.parameter]
    for old, new in zip(held.versions, after.versions, strict=True):
        assert new.value == (9 if old.value == now or (old.value is None and old.holds_on(ON)) else old.value)
        assert replace(new, value=old.value) == old
    assert any(figure.key for figure in figures(parameters.of(change.rule), RULES[change.rule], ON))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("min_insured_months=9", GuildhallError),
        ("skill_upgrade=9", GuildhallError),
        ("no_rule.amount=9", NotFound),
        ("skill_upgrade_subsidy.no_figure=9", NotFound),
        ("skill_upgrade_subsidy.min_insured_months=many", GuildhallError),
        ("skill_upgrade_subsidy.min_insured_months=true", GuildhallError),
        ("skill_upgrade_subsidy.min_insured_months=1/2", GuildhallError),
    ],
)
def test_a_change_that_names_nothing_is_refused_in_words(parameters: Parameters, text: str, error: type[GuildhallError]) -> None:
    with pytest.raises(error) as refused:
        parse(text, RULEBOOK, parameters)
    assert refused.value.next or refused.value.why


def test_an_unknown_key_of_a_table_is_refused_with_those_there_are(parameters: Parameters) -> None:
    with pytest.raises(GuildhallError, match="has no value under"):
        changed(parameters, parse("skill_upgrade_subsidy.amount[L9,true]=1", RULEBOOK, parameters), ON)


@pytest.mark.slow
def test_the_questions_compile_for_spark(made: Decided, parameters: Parameters) -> None:
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    rule = RULES["hiring_subsidy"]
    with open_tables(made.facts[rule.facts]) as tables:
        facts = tables[rule.facts]
        decide_all = fold(rule, parameters, ON)
        folded = decide_all(facts)
        both = population.both(facts, decide_all, decide_all)
        asked = (
            population.totals(folded),
            population.by(folded, folded.place),
            population.reasons(rule, folded),
            population.difference(both),
        )
        for expression in asked:
            assert PySparkCompiler().to_sqlglot(expression).sql("spark")


def test_extents_are_kept_as_plain_text(made: Decided) -> None:
    rows = made.facts["incentives.hire_facts"].read("incentives.facts_extents").to_pylist()
    by = {row["column"]: row for row in rows}
    assert by.keys() == {column.name for column in KEPT["incentives.hire_facts"].columns}
    assert date.fromisoformat(by["hired_on"]["low"]) <= date.fromisoformat(by["hired_on"]["high"])
    assert json.loads(by["size"]["words"])


@pytest.mark.parametrize(
    "text",
    [
        "skill_upgrade_subsidy.min_insured_months=1",
        "skill_upgrade_subsidy.yearly_limit=0",
        "hiring_subsidy.graduate_months=1",
        "hiring_subsidy.min_unemployed_months=0",
        *(
            pytest.param(text, marks=pytest.mark.slow)
            for text in (
                "skill_upgrade_subsidy.window_months=1",
                "skill_upgrade_subsidy.amount[L5,false]=1",
                "hiring_subsidy.min_insured_months=30",
                "hiring_subsidy.oldest=60",
            )
        ),
    ],
)
def test_a_change_over_the_cases_it_can_touch_is_that_over_all(made: Decided, results: Path, parameters: Parameters, text: str) -> None:
    change = parse(text, RULEBOOK, parameters)
    rule, facts = RULES[change.rule], made.facts[RULES[change.rule].facts]
    before, after = Law(rule, parameters, ON), Law(rule, changed(parameters, change, ON), ON)
    cases = Folder.open(results / RULE_RUNS / made.run.folder.manifest.meta["inputs"][rule.name])
    with open_tables(cases) as tables:
        quick = change_of_open(tables, before, after, change.parameter, "level", list(_rows(made, rule.name, "level")))
    assert _by_part(quick) == _by_part(what_if(facts, before, after, "level"))


def _by_part(rows: Any) -> dict[str, Row]:
    return {row["part"]: dict(row) for row in rows}


def test_a_figure_that_keeps_its_value_touches_nothing(made: Decided, parameters: Parameters) -> None:
    whole = list(_rows(made, "hiring_subsidy", "district"))
    law = Law(RULES["hiring_subsidy"], parameters, ON)
    rows = change_of_open({}, law, law, "oldest", "district", whole)  # type: ignore[arg-type]  # no table is asked for
    assert [(row["before_entitled"], row["after_entitled"], row["winners"]) for row in rows] == [
        (row["entitled"], row["entitled"], 0) for row in whole
    ]


def test_cases_are_kept_of_the_days_on_which_a_figure_is_read_alone(made: Decided, results: Path, parameters: Parameters) -> None:
    (reach,) = {(one.columns, one.spans) for one in reaches(Law(RULES["hiring_subsidy"], parameters, ON))}
    assert reach[0] == ("hired_on",)
    cases = Folder.open(results / RULE_RUNS / made.run.folder.manifest.meta["inputs"]["hiring_subsidy"]).read(CASES)
    days = pc.min_max(cases.column("hired_on")).as_py()
    assert min(start for start, _ in reach[1] if start) <= days["min"]
    assert 0 < cases.num_rows < made.facts["incentives.hire_facts"].manifest.tables["incentives.hire_facts"].rows


@pytest.mark.parametrize(
    ("value", "at"), [(Fraction(1, 4), 250), (Fraction(7, 400), 35), (Fraction(1, 3), 1000), (0, 0), (150_000, 150_000)]
)
def test_the_value_in_force_is_a_stop_of_its_slider(value: int | Fraction, at: int) -> None:
    figure = Figure(Parameter("rate", "fen", "scalar", ()), (), value)
    slider = _slider(figure, None)
    assert slider.at == at
    assert slider.at % slider.step == 0
    assert slider.low <= slider.at <= slider.high
    assert _value(figure, slider.at) == value


def test_of_benefits_that_bar_each_other_one_case_of_each_person_counts(made: Decided, parameters: Parameters) -> None:
    rules = [RULEBOOK["hiring_subsidy"], RULEBOOK["job_expansion_subsidy"]]
    assert tuple(rules) in rivals(RULEBOOK.values())
    facts = made.facts["incentives.hire_facts"]
    least: dict[int, int] = {}
    cases = 0
    for row in facts.read(KEPT["incentives.hire_facts"]).to_pylist():
        for rule in rules:
            value = decide(rule, {name: row[name] for name in rule.inputs if name in row}, parameters=parameters, on=ON).value
            if value is not None:
                cases += 1
                least[row["worker_id"]] = min(least.get(row["worker_id"], value), value)
    with open_tables(facts) as tables:
        (row,) = floor(tables, [Law(rule, parameters, ON) for rule in rules]).to_pylist()
    assert row == {"rules": "hiring_subsidy+job_expansion_subsidy", "people": len(least), "low": sum(least.values())}
    assert len(least) < cases, "somebody is entitled to both"


@pytest.mark.parametrize("by", ["district", "age"])
@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_change_over_all_cases(
    made: Decided, results: Path, parameters: Parameters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, by: str
) -> None:
    """Over the kept cases while rule and figures are those of the run, else over the facts: the same answer for the same question."""
    (tmp_path / "results").symlink_to(results)
    monkeypatch.setattr("django.conf.settings.VAR", tmp_path)
    monkeypatch.setattr("guildhall.incentives.queries.benefits.parameters", lambda: parameters)
    change = parse(f"{name}.min_insured_months=1", RULEBOOK, parameters)
    shown = [queries.what_if(PLANNER, Policy(made.run.folder), change, by)]
    monkeypatch.setattr(Policy, "is_moved", lambda policy, rule: True)
    shown.append(queries.what_if(PLANNER, Policy(made.run.folder), change, by))
    assert shown[0].total == shown[1].total
    assert shown[0].before == shown[1].before
    assert shown[0].after == shown[1].after
    assert {part.part: part for part in shown[0].parts} == {part.part: part for part in shown[1].parts}
    assert shown[0].total.winners
