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
from guildhall.rules.digests import parameters_digest
from guildhall.rules.parameters import Confirmation, Found, NotInForce

SUBSIDY = "rules/subsidy.toml"
IN_2024 = date(2024, 5, 10)
SAMPLE = """\
title = { zh = "补贴", en = "Subsidy" }
channel = "claim"
checked_on = 2026-11-20

[document.city]
number = "小城发〔2023〕1号"
title = { zh = "通知", en = "Notice" }
issuer = { zh = "小城", en = "Smallton" }
published = 2023-07-28

[document.nation]
title = { zh = "全国通知", en = "National notice" }
issuer = { zh = "国家", en = "The nation" }

[parameter.amount]
title = { zh = "标准", en = "amount" }
unit = "fen"
by = ["level", "shortage"]
uplift = { shortage = true }

[[parameter.amount.version]]
from = 2021-01-01
until = 2023-07-28
jurisdiction = "tiny"
missing = { zh = "无", en = "no text of these years is on file" }

[[parameter.amount.version]]
from = 2023-07-28
until = 2026-01-01
jurisdiction = "tiny"
document = "city"
article = "三"
status = "official"
uplift = "city"
values = [
  { level = "L5", shortage = false, value = 100000 },
  { level = "L4", shortage = false, value = 150000 },
  { level = "L5", shortage = true, value = 120000 },
  { level = "L4", shortage = true, value = 180000 },
]

[[parameter.amount.version]]
from = 2026-01-01
jurisdiction = "tiny"
missing = { zh = "无", en = "nothing was found" }

[parameter.cap]
title = { zh = "上限", en = "cap" }
unit = "fen"
by = ["level"]
caps = "amount"

[[parameter.cap.version]]
from = 2021-01-01
until = 2026-01-01
jurisdiction = "CN"
document = "nation"
status = "press"
values = [{ level = "L5", value = 100000 }, { level = "L4", value = 150000 }]

[parameter.months]
title = { zh = "月数", en = "months" }
unit = "months"

[[parameter.months.version]]
value = 36
from = 2021-01-01
until = 2024-01-01
jurisdiction = "CN"
document = "nation"
status = "unverified"

[[parameter.months.version]]
value = 12
from = 2024-01-01
until = 2026-01-01
jurisdiction = "CN"
document = "nation"
status = "press"

[parameter.rate]
title = { zh = "比例", en = "rate" }
unit = "ratio"

[[parameter.rate.version]]
scale = [{ from = 0, value = "1/5" }, { from = 31, value = "11/200" }]
from = 2021-01-01
until = 2026-01-01
jurisdiction = "CN"
document = "nation"
status = "statute"
"""


@dataclass
class Pack:
    """A copy of the tiny city with one instrument, whose file a test may damage."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / SUBSIDY

    def plant(self, old: str, new: str) -> int:
        """Replaces the first occurrence of a text; the row it stands in."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text, f"the file does not say {old}"
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def only(self) -> Fault:
        found = check(self.folder)
        assert len(found) == 1, [str(fault) for fault in found]
        return found[0]

    def digests(self) -> set[str]:
        return {entry.digest for entry in load(self.folder).instrument["subsidy"].entries}


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    shutil.copytree(PACKS / "tiny", tmp_path / "tiny", ignore=shutil.ignore_patterns("rules"))
    made = Pack(tmp_path / "tiny")
    made.file.parent.mkdir()
    made.file.write_text(SAMPLE, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def chongqing() -> City:
    return load("chongqing")


def test_a_file_becomes_dated_versions_with_their_documents(pack: Pack) -> None:
    instrument = load(pack.folder).instrument["subsidy"]
    assert (instrument.title.en, instrument.channel, set(instrument.parameters)) == (
        "Subsidy",
        "claim",
        {"amount", "cap", "months", "rate"},
    )
    amount = next(entry for entry in instrument.of("amount") if entry.version.value is not None)
    version = amount.version
    assert (version.document, version.article, version.status, version.uplift) == (
        "小城发〔2023〕1号",
        "三",
        "official",
        "小城发〔2023〕1号",
    )
    assert (version.valid_from, version.valid_until, version.jurisdiction) == (date(2023, 7, 28), date(2026, 1, 1), "tiny")
    assert amount.parameter.tables[1]["L4", True] == 180000
    assert [entry.missing.en for entry in instrument.of("amount")] == ["no text of these years is on file", "", "nothing was found"]
    assert instrument.parameters["rate"].versions[0].value == ((0, Fraction(1, 5)), (31, Fraction(11, 200)))
    assert instrument.parameters["cap"].versions[0].document == "全国通知", "a document without a number is cited by its title"


@pytest.mark.parametrize(
    ("old", "new", "column", "says"),
    [
        ("channel =", "chanel =", "chanel", "unknown key"),
        ('channel = "claim"', 'channel = "counter"', "channel", "unknown word 'counter'"),
        ("checked_on = 2026-11-20", 'checked_on = "2026-11-20"', "checked_on", "not a date"),
        ("published = 2023-07-28", "published = 2023", "document.city.published", "not a date"),
        ('issuer = { zh = "小城", en = "Smallton" }', 'issuer = { zh = "小城" }', "document.city.issuer", "is {'zh'"),
        ('unit = "fen"', 'unit = "yuan"', "amount.unit", "unknown word 'yuan'"),
        ('title = { zh = "标准"', 'name = { zh = "标准"', "amount.name", "unknown key"),
        ('document = "city"', 'document = "county"', "amount.document", "no document 'county'"),
        ('status = "official"', 'status = "certain"', "amount.status", "unknown word 'certain'"),
        ('jurisdiction = "tiny"', 'jurisdiction = "large"', "amount.jurisdiction", "unknown place 'large'"),
        ("value = 36", 'value = "36"', "months.value", "is '36'"),
        ("value = 36", "value = -36", "months.value", "is -36"),
        ("value = 36", "value = 36.0", "months.value", "is 36.0"),
        ("value = 36", "value = true", "months.value", "is True"),
        ("value = 36\n", "", "months", "gives no value"),
        ("value = 36\n", 'value = 36\nmissing = { zh = "二", en = "both" }\n', "months", "gives value and missing"),
        ("value = 12\n", "members = ['12']\n", "months.members", "a list where other versions are a scalar"),
        ('{ level = "L4", shortage = false, value = 150000 }', '{ level = "L4", value = 150000 }', "amount.values", "a row is"),
        ('{ level = "L4", shortage', '{ level = "L5", shortage', "amount.values", "L5, False stands twice"),
        ('{ from = 31, value = "11/200" }', '{ from = 0, value = "11/200" }', "rate.scale", "the steps do not rise"),
        ('value = "11/200"', "value = 0.055", "rate.scale", "is 0.055"),
        ('missing = { zh = "无", ', "missing = { ", "amount.missing", "is {'en'"),
        ('by = ["level", "shortage"]', 'by = ["level"]', "amount.uplift", "is {'shortage': True}"),
        ('caps = "amount"', 'caps = "amounts"', "cap.caps", "unknown word 'amounts'"),
        ("[parameter.rate]", "[parameter.Rate]", "Rate", "is no name"),
    ],
)
def test_what_is_written_wrong_is_found_at_its_line(pack: Pack, old: str, new: str, column: str, says: str) -> None:
    row = pack.plant(old, new)
    found = [fault for fault in check(pack.folder) if says in fault.what]
    assert found, [str(fault) for fault in check(pack.folder)]
    assert (found[0].file, found[0].column, bool(found[0].next)) == (SUBSIDY, column, True)
    assert abs(found[0].row - row) <= 8, "within the same version"


@pytest.mark.parametrize(
    ("old", "new", "name", "says"),
    [
        ("until = 2026-01-01", "until = 2025-01-01", "amount", "nothing from 2025-01-01 to 2026-01-01"),
        ("until = 2026-01-01", "until = 2027-01-01", "amount.from", "begins 2026-01-01 while"),
        ("from = 2023-07-28", "from = 2032-07-28", "amount.until", "not after it begins on 2032-07-28"),
        ("from = 2023-07-28", "from = 2023-07-27", "amount.from", "begins 2023-07-27 while"),
        ("from = 2023-07-28", "from = 2023-08-28", "amount", "nothing from 2023-07-28 to 2023-08-28"),
        (
            "value = 12\nfrom = 2024-01-01\nuntil = 2026-01-01",
            "value = 12\nfrom = 2024-01-01\nuntil = 2025-01-01",
            "months",
            "nothing from 2025-01-01 to 2026-01-01",
        ),
        ("value = 12\nfrom = 2024-01-01", "value = 12\nfrom = 2024-01-10", "months", "nothing from 2024-01-01 to 2024-01-10"),
    ],
)
def test_a_wrong_date_is_caught(pack: Pack, old: str, new: str, name: str, says: str) -> None:
    pack.plant(old, new)
    fault = pack.only()
    assert (fault.file, fault.column) == (SUBSIDY, name)
    assert says in fault.what
    assert fault.row
    assert fault.next


def test_an_amount_above_the_cap_needs_a_document_that_raises_such_rows(pack: Pack) -> None:
    pack.plant("shortage = false, value = 100000", "shortage = false, value = 130000")
    fault = pack.only()
    assert (fault.file, fault.column) == (SUBSIDY, "amount.values")
    assert "130000 for L5 False is above the cap of 100000" in fault.what


def test_without_its_document_no_row_is_above_the_cap(pack: Pack) -> None:
    pack.plant('uplift = "city"\n', "")
    found = check(pack.folder)
    assert [fault.column for fault in found] == ["amount.values", "amount.values"], "both levels"
    assert all("uplift" in fault.next for fault in found)


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


def test_both_built_in_packs_hold_the_same_instruments() -> None:
    held = {name: {key for key, one in load(name).instrument.items()} for name in names()}
    assert len(held["chongqing"]) >= 14
    assert held["tiny"] <= held["chongqing"]


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
    before = pack.digests()
    pack.plant("value = 36", "value = 35")
    assert len(before - pack.digests()) == len(pack.digests() - before) == 1


def test_a_confirmation_stays_when_a_note_is_added(pack: Pack) -> None:
    before = pack.digests()
    pack.plant("value = 36", 'value = 36\nnote = { zh = "复核", en = "looked at again" }')
    assert pack.digests() == before


def test_the_digest_of_parameters_says_what_decided(chongqing: City) -> None:
    entry = chongqing.instrument["skill_upgrade_subsidy"].entries[0]
    given = {entry.digest: Confirmation("officer", date(2026, 11, 1), "held")}
    digests = [
        parameters_digest(rule_parameters(chongqing)),
        parameters_digest(rule_parameters(chongqing, mode="production")),
        parameters_digest(rule_parameters(chongqing, mode="production", confirmations=given)),
        parameters_digest(rule_parameters(load("tiny"))),
    ]
    assert len(set(digests)) == 4
    assert digests[0] == parameters_digest(rule_parameters(load("chongqing")))
