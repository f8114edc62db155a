"""The files of `rules/`: what each fault says and where, what the digest covers, and which version decides where and when."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.city import City, check, load, rule_parameters
from guildhall.city.loader import PACKS, names
from guildhall.kernel.errors import Fault
from guildhall.rules.parameters import Confirmation, Found, NotInForce

SUBSIDY = "rules/skill_upgrade_subsidy.toml"
IN_2024 = date(2024, 5, 10)


@dataclass
class Pack:
    """A copy of a built-in pack whose rule files a test may damage."""

    folder: Path

    def plant(self, old: str, new: str, file: str = SUBSIDY) -> int:
        """Replaces the first occurrence of a text; the row it stands in."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def row(self, words: str, after: str = "", file: str = SUBSIDY) -> int:
        text = (self.folder / file).read_text(encoding="utf-8")
        return text[: text.index(words, text.index(after))].count("\n") + 1

    def only(self) -> Fault:
        found = check(self.folder)
        assert len(found) == 1, [str(fault) for fault in found]
        return found[0]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    shutil.copytree(PACKS / "chongqing", tmp_path / "chongqing")
    return Pack(tmp_path / "chongqing")


@pytest.fixture(scope="module")
def chongqing() -> City:
    return load("chongqing")


@pytest.mark.parametrize(
    ("old", "new", "column", "says"),
    [
        ("channel =", "chanel =", "chanel", "unknown key"),
        ('channel = "claim"', 'channel = "counter"', "channel", "unknown word 'counter'"),
        ("checked_on = 2026-11-20", 'checked_on = "2026-11-20"', "checked_on", "not a date"),
        ("published = 2023-07-28", "published = 2023", "document.cq-2023-57.published", "not a date"),
        ('issuer = { zh = "本包", en = "This pack" }', 'issuer = { zh = "本包" }', "document.assumption.issuer", "is {'zh'"),
        ('unit = "fen"', 'unit = "yuan"', "amount.unit", "unknown word 'yuan'"),
        ('title = { zh = "补贴标准", en = "amount" }', 'name = "x"', "amount.name", "unknown key"),
        ('document = "cn-2024"', 'document = "cn-2042"', "national_cap.document", "no document 'cn-2042'"),
        ('status = "official"', 'status = "certain"', "amount.status", "unknown word 'certain'"),
        ('jurisdiction = "50"', 'jurisdiction = "chongqing"', "amount.jurisdiction", "no jurisdiction 'chongqing'"),
        ("value = 36", 'value = "36"', "min_insured_months.value", "is '36'"),
        ("value = 36", "value = -36", "min_insured_months.value", "is -36"),
        ("value = 36", "value = 36.0", "min_insured_months.value", "is 36.0"),
        ("value = 36", "value = true", "min_insured_months.value", "is True"),
        ("value = 36\n", "", "min_insured_months", "gives no value"),
        ("value = 36\n", 'value = 36\nmissing = "both"\n', "min_insured_months", "gives value and missing"),
        ("value = 36", "members = ['36']", "min_insured_months.value", "a scalar where other versions are a list"),
        ('{ level = "L4", shortage = false, value = 150000 }', '{ level = "L4", value = 150000 }', "amount.values", "a row is"),
        ('{ level = "L4", shortage', '{ level = "L5", shortage', "amount.values", "L5, False stands twice"),
        ('missing = "no text', 'missing = ""#', "amount.missing", "is ''"),
        ('by = ["level", "shortage"]', 'by = ["level"]', "amount.uplift", "is {'shortage': True}"),
        ('caps = "amount"', 'caps = "amounts"', "national_cap.caps", "unknown word 'amounts'"),
    ],
)
def test_what_is_written_wrong_is_found_at_its_line(pack: Pack, old: str, new: str, column: str, says: str) -> None:
    row = pack.plant(old, new)
    found = [fault for fault in check(pack.folder) if says in fault.what]
    assert found, [str(fault) for fault in check(pack.folder)]
    assert (found[0].file, found[0].column, bool(found[0].next)) == (SUBSIDY, column, True)
    assert abs(found[0].row - row) <= 3


@pytest.mark.parametrize(
    ("old", "new", "name", "says"),
    [
        # The city's amounts: until the end of 2025, and from 28 July 2023.
        (
            "from = 2023-07-28\nuntil = 2026-01-01",
            "from = 2023-07-28\nuntil = 2025-01-01",
            "amount",
            "nothing from 2025-01-01 to 2026-01-01",
        ),
        (
            "from = 2023-07-28\nuntil = 2026-01-01",
            "from = 2032-07-28\nuntil = 2026-01-01",
            "amount.until",
            "not after it begins on 2032-07-28",
        ),
        ("from = 2023-07-28\nuntil = 2026-01-01", "from = 2023-07-27\nuntil = 2026-01-01", "amount.from", "begins 2023-07-27 while"),
        ("from = 2023-07-28\nuntil = 2026-01-01", "from = 2023-07-28\nuntil = 2027-01-01", "amount.from", "begins 2026-01-01 while"),
        (
            "from = 2023-07-28\nuntil = 2026-01-01",
            "from = 2023-08-28\nuntil = 2026-01-01",
            "amount",
            "nothing from 2023-07-28 to 2023-08-28",
        ),
    ],
)
def test_a_wrong_date_is_caught(pack: Pack, old: str, new: str, name: str, says: str) -> None:
    pack.plant(old, new)
    fault = pack.only()
    assert (fault.file, fault.column) == (SUBSIDY, name)
    assert says in fault.what
    assert fault.row
    assert fault.next


def test_a_wrong_date_is_caught_where_one_parameter_ends_before_the_others(pack: Pack) -> None:
    file = "rules/hiring_subsidy.toml"
    before = pack.row("[parameter.min_insured_months]", file=file)
    text = (pack.folder / file).read_text(encoding="utf-8")
    head, tail = text[: text.index("[parameter.min_insured_months]")], text[text.index("[parameter.min_insured_months]") :]
    (pack.folder / file).write_text(head + tail.replace("2026-01-01", "2025-01-01", 1), encoding="utf-8")
    fault = pack.only()
    assert (fault.file, fault.column) == (file, "min_insured_months")
    assert fault.row > before
    assert "nothing from 2025-01-01 to 2026-01-01" in fault.what


def test_an_amount_above_the_cap_needs_a_document_that_raises_such_rows(pack: Pack) -> None:
    pack.plant(
        '{ level = "L5", shortage = false, value = 100000 },\n  { level = "L4", shortage = false, value = 150000 }',
        '{ level = "L5", shortage = false, value = 100000 },\n  { level = "L4", shortage = false, value = 150000 }',
    )
    text = (pack.folder / SUBSIDY).read_text(encoding="utf-8")
    start = text.index("from = 2023-07-28")
    (pack.folder / SUBSIDY).write_text(
        text[:start] + text[start:].replace('"L5", shortage = false, value = 100000', '"L5", shortage = false, value = 130000', 1),
        encoding="utf-8",
    )
    found = check(pack.folder)
    assert {fault.column for fault in found} == {"amount.values"}
    assert "130000 for L5 False is above the cap of 100000" in found[0].what


def test_without_its_document_no_row_is_above_the_cap(pack: Pack) -> None:
    pack.plant('uplift = "cq-2023-57"\n', "")
    found = check(pack.folder)
    assert len(found) == 6, "three levels, in the caps of 2024 and of 2025"
    assert all("shortage" in fault.next or "uplift" in fault.next for fault in found)


def test_files_that_are_no_rules_are_faults(pack: Pack) -> None:
    (pack.folder / "rules" / "notes.txt").write_text("x", encoding="utf-8")
    assert pack.only().file == "rules/notes.txt"


def test_a_file_that_is_no_toml_is_one_fault_with_its_line(pack: Pack) -> None:
    row = pack.plant("checked_on = 2026-11-20", "checked_on = 2026-13-20")
    fault = pack.only()
    assert (fault.file, fault.row) == (SUBSIDY, row)


def test_a_pack_may_have_no_rules(pack: Pack) -> None:
    shutil.rmtree(pack.folder / "rules")
    assert load(pack.folder).instruments == ()


def test_the_digest_of_the_pack_covers_its_rules(pack: Pack) -> None:
    before = load(pack.folder).digest
    pack.plant("value = 36", "value = 35")
    assert load(pack.folder).digest != before


@pytest.mark.parametrize("pack_name", names())
def test_built_in_packs_hold_every_instrument(pack_name: str) -> None:
    held = load(pack_name).instrument
    assert {
        "skill_upgrade_subsidy",
        "training_subsidy",
        "hiring_subsidy",
        "social_insurance_subsidy",
        "job_expansion_subsidy",
        "job_stabilisation_refund",
        "key_group_hiring_relief",
        "self_employed_relief",
        "continuing_education_deduction",
        "loan_interest_subsidy",
        "startup_grant",
        "title_recognition",
        "skill_recognition",
        "gray_collar",
    } <= set(held)


# Which version decides


def test_amounts_are_the_citys_and_caps_the_nations(chongqing: City) -> None:
    parameters = rule_parameters(chongqing)

    def found(name: str) -> Found:
        answer = parameters.select("skill_upgrade_subsidy", name, on=IN_2024, place="cq-500112", edition=None)
        assert isinstance(answer, Found)
        return answer

    amount, cap = found("amount"), found("national_cap")
    assert (amount.version.jurisdiction, amount.version.document, amount.version.status) == ("50", "渝府办发〔2023〕57号", "official")
    assert (cap.version.jurisdiction, cap.version.status) == ("CN", "press")
    assert dict(amount.version.value)["L4", True] == 180000  # type: ignore[arg-type]
    assert dict(cap.version.value)["L4",] == 150000  # type: ignore[arg-type]
    assert amount.version.uplift == "渝府办发〔2023〕57号"


@pytest.mark.parametrize(
    "rule",
    [
        "skill_upgrade_subsidy",
        "hiring_subsidy",
        "social_insurance_subsidy",
        "job_stabilisation_refund",
        "job_expansion_subsidy",
        "startup_grant",
    ],
)
def test_nothing_is_extended_into_2026(chongqing: City, rule: str) -> None:
    parameters = rule_parameters(chongqing)
    for name in parameters.of(rule):
        answer = parameters.select(rule, name, on=date(2026, 1, 1), place="cq-500112", edition=None)
        if name not in ("pay_until", "apply_until"):
            assert isinstance(answer, NotInForce), name
            assert answer.why == "no_parameter"


def test_every_place_climbs_to_its_city_and_the_nation_on_every_day(chongqing: City) -> None:
    parameters = rule_parameters(chongqing)
    for place in chongqing.places:
        for day in (date(2019, 1, 1), date(2025, 6, 1), date(2026, 1, 24), date(2026, 1, 25), date(2026, 11, 20)):
            assert parameters.chain(place.place_id, day)[-3:] == ("cq", "50", "CN")


def test_another_province_has_the_nations_rules_and_its_own(chongqing: City) -> None:
    parameters = rule_parameters(chongqing)
    for place, why in (("51", None), ("50", "no_parameter"), ("cq-500101", "no_parameter"), ("52", "no_parameter")):
        answer = parameters.select("title_recognition", "months_to_full_senior", on=IN_2024, place=place, edition=None)
        assert getattr(answer, "why", None) == why, place


def test_the_edition_of_the_standard_selects(chongqing: City) -> None:
    parameters = rule_parameters(chongqing)
    answers = [
        parameters.select("skill_recognition", "open", on=IN_2024, place="50", edition=edition) for edition in ("2018", "2023", None)
    ]
    assert [answer.version.value for answer in answers if isinstance(answer, Found)] == [False, True]
    assert isinstance(answers[2], NotInForce)
    assert answers[2].needs == "edition"


def test_a_district_may_have_values_of_its_own() -> None:
    parameters = rule_parameters(load("tiny"))

    def jurisdiction(place: str, on: date) -> str:
        answer = parameters.select("skill_upgrade_subsidy", "amount", on=on, place=place, edition=None)
        assert isinstance(answer, Found)
        return answer.version.jurisdiction

    after, before = date(2025, 7, 1), date(2025, 6, 30)
    assert jurisdiction("tiny-west-quay", after) == "tiny-harbour", "the town moved there on that day"
    assert jurisdiction("tiny-west-quay", before) == "tiny"
    assert jurisdiction("tiny-west", after) == "tiny"
    assert jurisdiction("tiny-east", after) == "tiny-harbour", "the district ended that day"


def test_shares_are_exact(chongqing: City) -> None:
    answer = rule_parameters(chongqing).select("social_insurance_subsidy", "rate", on=date(2025, 3, 1), place="50", edition=None)
    assert isinstance(answer, Found)
    assert answer.version.value == Fraction(1, 4)


# Confirmation


def test_in_production_only_what_the_city_confirmed_decides(chongqing: City) -> None:
    entry = next(entry for entry in chongqing.instrument["skill_upgrade_subsidy"].of("amount") if entry.version.status == "official")
    given = {entry.digest: Confirmation("officer", date(2026, 11, 1), "held")}

    def answer(name: str) -> Found | NotInForce:
        parameters = rule_parameters(chongqing, mode="production", confirmations=given)
        return parameters.select("skill_upgrade_subsidy", name, on=IN_2024, place="cq-500112", edition=None)

    amount, cap = answer("amount"), answer("national_cap")
    assert isinstance(amount, Found)
    assert amount.version.confirmed == given[entry.digest]
    assert isinstance(cap, NotInForce)
    assert (cap.why, cap.version is not None) == ("unconfirmed", True)


def test_a_confirmation_ends_when_the_version_changes(pack: Pack) -> None:
    before = {entry.digest for entry in load(pack.folder).instrument["skill_upgrade_subsidy"].entries}
    pack.plant("value = 36", "value = 35")
    after = {entry.digest for entry in load(pack.folder).instrument["skill_upgrade_subsidy"].entries}
    assert len(before - after) == len(after - before) == 1
