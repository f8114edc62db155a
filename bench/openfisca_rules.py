"""The eleven rules of `bench.policy` as a country package of OpenFisca would hold them: one variable each, vectorised, with parameters by
date. What its documentation recommends is done: enumerations rather than strings, `where` and `select` rather than loops, inputs set
as arrays.

It has no word for what is not known, so whoever writes the rules treats it as no; the comparison has no such people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench import policy

PERIOD = "2025"
Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
Days = Any


def month_of(day: Days) -> Any:
    return day.astype("datetime64[M]")


def year_of(day: Days) -> Any:
    return day.astype("datetime64[Y]").astype(np.int32) + 1970


def day_of(day: Days) -> Any:
    return (day - month_of(day)).astype(np.int32)


def add_months(day: Days, months: Any) -> Any:
    month = month_of(day) + months
    last = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int32) - 1
    return month.astype("datetime64[D]") + np.minimum(day_of(day), last)


def _months(start: Days, end: Days) -> Any:
    short = (day_of(end) < day_of(start)) & (month_of(end + 1) == month_of(end))
    return (month_of(end) - month_of(start)).astype(np.int32) - short


def months_between(start: Days, end: Days) -> Any:
    return np.where(end < start, -_months(end, start), _months(start, end))


def of_year(parameters: Any, rule: str, name: str, years: Any) -> Any:
    """A parameter for each person, at the year that governs."""
    early, late = (getattr(getattr(parameters(f"{year}-01-01"), rule), name) for year in (2024, 2025))
    return np.where(years >= 2025, late, early)


def by_word(parameters: Any, rule: str, name: str, years: Any, words: EnumArray, suffix: Any = "") -> Any:
    """A table of parameters looked up by an enumeration; nothing where it has no such row."""
    found = np.zeros(len(words), dtype=np.float32)
    for year in (2024, 2025):
        node = getattr(getattr(parameters(f"{year}-01-01"), rule), name)
        rows = np.array([getattr(node, f"{word.name}{suffix}", 0) for word in _named(words)], dtype=np.float32)
        found = np.where((years >= 2025) == (year == 2025), rows[words.view(np.ndarray)], found)
    return found


def listed(parameters: Any, rule: str, name: str, years: Any, words: EnumArray) -> Any:
    """Whether a word is on a list, at the year that governs."""
    found = np.zeros(len(words), dtype=bool)
    for year in (2024, 2025):
        held = {_safe(word) for word in getattr(getattr(parameters(f"{year}-01-01"), rule), name)}
        rows = np.array([word.name in held for word in _named(words)])
        found = np.where((years >= 2025) == (year == 2025), rows[words.view(np.ndarray)], found)
    return found


def _named(words: EnumArray) -> Any:
    return words.possible_values or ()


def half_up(amount: Any) -> Any:
    return np.floor(amount + np.float32(0.5))


def reached(person: Any, age: Any, on: Days, period: Any) -> Any:
    birthday = age * 12
    months = months_between(person("birth_month", period), on)
    exact = months_between(person("born_on", period), on)
    return (months > birthday) | ((months == birthday) & (exact >= birthday))


def contract_runs(person: Any, months: Any, period: Any) -> Any:
    return person("open_ended", period) | (person("contract_until", period) >= add_months(person("contract_from", period), months))


def graduates(person: Any, on: Days, period: Any) -> Any:
    return person("graduate", period) & (year_of(person("graduated_on", period)) == year_of(on))


def left_college(person: Any, on: Days, months: Any, period: Any) -> Any:
    left = person("graduated_on", period)
    return person("graduate", period) & (left <= on) & (on <= add_months(left, months))


def unemployed_for(person: Any, on: Days, months: Any, period: Any) -> Any:
    registered = person("registered_unemployed", period) & (months_between(person("unemployed_since", period), on) >= months)
    return registered | (person("unemployed", period) & (months_between(person("unemployed_from", period), on) >= months))


def payable(person: Any, period: Any) -> Any:
    taxes = ("vat_due", "construction_due", "education_due", "local_education_due", "income_tax_due")
    return sum(person(tax, period) for tax in taxes)


def gone(person: Any, start: Days, period: Any) -> Any:
    return months_between(start, person("tax_year_from", period) + 30)


def within_term(person: Any, parameters: Any, rule: str, start: Days, period: Any) -> Any:
    most = of_year(parameters, rule, "months", year_of(start))
    return (gone(person, start, period) < most) & (person("months_before", period) < most)


def relief(person: Any, parameters: Any, rule: str, start: Days, period: Any) -> Any:
    years = year_of(start)
    most = of_year(parameters, rule, "months", years)
    left = np.minimum(np.maximum(most - person("months_before", period), 0), np.maximum(most - gone(person, start, period), 0))
    months = np.minimum(person("months_in_year", period), left)
    limit = half_up(of_year(parameters, rule, "amount", years) * months / of_year(parameters, rule, "months_a_year", years))
    return np.minimum(limit, payable(person, period))


class Benefit:
    """A formula; `system` makes a variable of it."""


class skill_upgrade_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule = "skill_upgrade_subsidy"
        issued, applied = person("issued_on", period), person("applied_on", period)
        years, granted = year_of(issued), year_of(person("granted_on", period))
        level, short = person("level", period), person("urgent_shown", period)
        limit = of_year(parameters, rule, "yearly_limit", granted)
        grants, ordinary = person("grants_in_year", period), person("ordinary_grants_in_year", period)
        within_limit = (
            (grants == 0)
            | (grants < limit)
            | (short & (grants < limit + of_year(parameters, rule, "extra_if_shortage", granted)))
            | (~short & (ordinary < limit) & of_year(parameters, rule, "ordinary_after_shortage", granted))
        )
        entitled = (
            (person("kind", period) == CERTIFICATE.skill_level)
            & listed(parameters, rule, "levels", years, level)
            & (applied < person("valid_until", period))
            & (issued <= applied)
            & (applied <= add_months(issued, of_year(parameters, rule, "window_months", years)))
            & (
                (person("insured", period) & person("employer_here", period))
                | (of_year(parameters, rule, "benefit_recipients", years) & person("drawing_benefit", period))
            )
            & (person("insured_months", period) >= of_year(parameters, rule, "min_insured_months", years))
            & (~of_year(parameters, rule, "full_contributions", years) | person("paid_in_full", period))
            & (person("same_level_grants", period) == 0)
            & ((person("higher_level_grants", period) == 0) | ~of_year(parameters, rule, "higher_bars_lower", years))
            & ((person("training_subsidies", period) == 0) | ~of_year(parameters, rule, "training_bars", years))
            & within_limit
        )
        ordinary_amount = by_word(parameters, rule, "amount", years, level, "_False")
        shortage_amount = by_word(parameters, rule, "amount", years, level, "_True")
        return np.where(entitled, np.where(person("very_short_shown", period), shortage_amount, ordinary_amount), 0)


class training_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule = "training_subsidy"
        years, began = year_of(person("issued_on", period)), person("training_started_on", period)

        def law(name: str) -> Any:
            return of_year(parameters, rule, name, years)

        in_group = (
            person("monitored", period)
            | graduates(person, began, period)
            | (person("school_leaver", period) & (began <= add_months(person("left_school_on", period), law("school_leaver_months"))))
            | person("rural_transferred", period)
            | person("registered_unemployed", period)
            | person("hard_to_employ", period)
        )
        recently = ~person("employed", period) | (began <= add_months(person("hired_on", period), law("post_training_months")))
        entitled = (
            (person("kind", period) == CERTIFICATE.skill_level)
            & person("trained", period)
            & in_group
            & recently
            & (person("training_subsidies", period) == 0)
            & (person("skill_subsidies", period) == 0)
        )
        days, training = person("training_days", period), person("training", period)
        new = np.minimum(law("new_occupation_daily") * days, law("new_occupation_cap"))
        featured = np.minimum(law("featured_daily") * days, law("featured_cap"))
        amount = np.select(
            [training == TRAINING.catalogue, training == TRAINING.new_occupation, training == TRAINING.featured],
            [half_up(person("listed_cost", period) * law("catalogue_share")), new, featured],
            by_word(parameters, rule, "amount", years, person("level", period)),
        )
        return np.where(entitled, amount, 0)


class trainee_living_allowance(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        years = year_of(person("issued_on", period))
        entitled = person("trained", period) & person("poor_trainee", period) & (person("allowances_in_year", period) == 0)
        days = np.minimum(person("training_days", period), of_year(parameters, "trainee_living_allowance", "max_days", years))
        return np.where(entitled, of_year(parameters, "trainee_living_allowance", "daily", years) * days, 0)


class continuing_education_deduction(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, years = "continuing_education_deduction", year_of(person("issued_on", period))
        covered = person("listed_qualification", period) | of_year(parameters, rule, "covers_skill_levels", years)
        entitled = (person("kind", period) == CERTIFICATE.skill_level) & covered & ~person("deducted_already", period)
        return np.where(entitled, of_year(parameters, rule, "amount", years), 0)


class hiring_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, hired = "hiring_subsidy", person("hired_on", period)
        years, hard = year_of(hired), person("hard_to_employ", period)

        def law(name: str) -> Any:
            return of_year(parameters, rule, name, years)

        young = reached(person, law("youngest"), hired, period) & ~reached(person, law("oldest") + 1, hired, period)
        in_group = (
            hard
            | graduates(person, hired, period)
            | (left_college(person, hired, law("graduate_months"), period) & ~person("employed_before", period))
            | (person("registered_unemployed", period) & young)
            | (person("local_household", period) & unemployed_for(person, hired, law("min_unemployed_months"), period))
        )
        entitled = (
            in_group
            & contract_runs(person, law("min_contract_months"), period)
            & (
                (person("insuring", period) & (person("insured_months", period) >= law("min_insured_months")))
                | (person("longest_run", period) >= law("min_insured_months"))
            )
            & (person("hiring_grants", period) < law("times_per_person"))
            & (person("expansion_grants", period) == 0)
        )
        early, late = (parameters(f"{year}-01-01").hiring_subsidy.amount for year in (2024, 2025))
        amount = np.where(
            hard, np.where(years >= 2025, late.in_difficulty, early.in_difficulty), np.where(years >= 2025, late.listed, early.listed)
        )
        return np.where(entitled, amount, 0)


class job_expansion_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, hired = "job_expansion_subsidy", person("hired_on", period)
        years = year_of(hired)

        def law(name: str) -> Any:
            return of_year(parameters, rule, name, years)

        young = reached(person, law("youngest"), hired, period) & ~reached(person, law("oldest") + 1, hired, period)
        in_group = (
            graduates(person, hired, period)
            | left_college(person, hired, law("graduate_months"), period)
            | (person("registered_unemployed", period) & young)
        )
        entitled = in_group & (person("expansion_grants", period) == 0) & (person("hiring_grants", period) == 0)
        return np.where(entitled, law("amount"), 0)


class social_insurance_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, hired = "social_insurance_subsidy", person("hired_on", period)
        years, left = year_of(hired), year_of(person("graduated_on", period))

        def law(name: str) -> Any:
            return of_year(parameters, rule, name, years)

        graduate, registered = person("graduate", period), person("registered_unemployed", period)
        latest = law("latest_graduation")
        claimed = person("contribution_months", period) + person("insurance_months", period)
        in_group = (
            (graduate & (left == latest))
            | (graduate & (law("earliest_graduation") <= left) & (left < latest) & (registered | person("unemployed", period)))
            | unemployed_for(person, hired, law("min_unemployed_months"), period)
            | person("monitored", period)
        )
        entitled = (
            listed(parameters, rule, "sizes", years, person("size", period))
            & listed(parameters, rule, "sectors", years, person("sector", period))
            & in_group
            & contract_runs(person, law("min_contract_months"), period)
            & (claimed <= law("months"))
            & (claimed <= person("paid_months", period))
            & (
                (person("applied_on", period).astype(np.int32) <= law("apply_until"))
                | ((person("insurance_grants", period) > 0) & law("later_months"))
            )
            & ((person("graduate_grants", period) == 0) | law("stacks"))
        )
        return np.where(entitled, half_up(person("individual_contributions", period) * law("rate")), 0)


class small_firm_graduate_subsidy(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, hired = "small_firm_graduate_subsidy", year_of(person("hired_on", period))
        left = year_of(person("graduated_on", period))
        which = (left == hired) | (left >= of_year(parameters, rule, "earliest_graduation", hired))
        entitled = (
            listed(parameters, rule, "sizes", hired, person("size", period))
            & person("graduate", period)
            & which
            & (person("graduate_grants", period) == 0)
            & (person("paid_months", period) >= of_year(parameters, rule, "min_insured_months", hired))
            & ((person("insurance_grants", period) == 0) | of_year(parameters, rule, "stacks", hired))
        )
        return np.where(entitled, of_year(parameters, rule, "amount", hired), 0)


class key_group_hiring_relief(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, start = "key_group_hiring_relief", person("hired_on", period)
        years = year_of(start)
        entitled = (
            person("key_group", period)
            & contract_runs(person, of_year(parameters, rule, "min_contract_months", years), period)
            & (person("months_in_year", period) > 0)
            & within_term(person, parameters, rule, start, period)
            & (payable(person, period) > 0)
        )
        return np.where(entitled, relief(person, parameters, rule, start, period), 0)


class self_employed_relief(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, start = "self_employed_relief", person("registered_on", period)
        years = year_of(start)
        entitled = (
            (years >= 2024)
            & (person("business_kind", period) == BUSINESS.self_employed)
            & person("key_group", period)
            & (person("months_in_year", period) > 0)
            & within_term(person, parameters, rule, start, period)
            & (payable(person, period) > 0)
        )
        return np.where(entitled, relief(person, parameters, rule, start, period), 0)


class startup_grant(Benefit):
    def formula(person: Any, period: Any, parameters: Any) -> Any:
        rule, applied = "startup_grant", person("applied_on", period)
        years, kind = year_of(applied), person("business_kind", period)
        months = months_between(person("registered_on", period), applied)
        in_group = (
            person("returning_migrant", period)
            | (person("registered_unemployed", period) & person("rural_entrepreneur", period))
            | person("listed_group", period)
        )
        entitled = (
            ((kind == BUSINESS.self_employed) | (kind == BUSINESS.micro))
            & person("first_business", period)
            & person("legal_representative", period)
            & in_group
            & (person("local_household", period) | person("graduate", period))
            & (applied < person("closed_on", period))
            & (months >= of_year(parameters, rule, "min_operating_months", years))
            & (months < of_year(parameters, rule, "max_operating_months", years))
            & (person("insured_employees", period) >= of_year(parameters, rule, "min_jobs", years))
            & (person("household_grants", period) < of_year(parameters, rule, "times_per_household", years))
        )
        return np.where(entitled, of_year(parameters, rule, "amount", years), 0)


FAR = date(2199, 12, 31)
"""Stands for a day that never comes: dates have no empty value there."""
BENEFITS = (
    skill_upgrade_subsidy,
    training_subsidy,
    trainee_living_allowance,
    continuing_education_deduction,
    hiring_subsidy,
    job_expansion_subsidy,
    social_insurance_subsidy,
    small_firm_graduate_subsidy,
    key_group_hiring_relief,
    self_employed_relief,
    startup_grant,
)


def _safe(word: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in f"c{word}" if letter) if word[0].isdigit() else word


def _enum(name: str, words: tuple[str, ...]) -> Any:
    return Enum(name, {_safe(word): word for word in words})


ENUMS: dict[str, Any] = {}
for _name, _field, _declared in policy.columns():
    if pa.types.is_dictionary(_field.type):
        _words = {"place": policy.PLACES, "occupation": policy.OCCUPATIONS}.get(_name) or _declared.values
        ENUMS[_name] = _enum(_name, tuple(_words))
CERTIFICATE, TRAINING, BUSINESS = ENUMS["kind"], ENUMS["training"], ENUMS["business_kind"]


def _input(name: str, type_: pa.DataType) -> type[Variable]:
    body: dict[str, Any] = {"entity": Person, "definition_period": DateUnit.YEAR}
    if name in ENUMS:
        body |= {"value_type": Enum, "possible_values": ENUMS[name], "default_value": next(iter(ENUMS[name]))}
    elif pa.types.is_boolean(type_):
        body["value_type"] = bool
    elif pa.types.is_date(type_):
        body["value_type"] = date
    else:
        body["value_type"] = int
    return type(name, (Variable,), body)


def system() -> TaxBenefitSystem:
    """The rules with their parameters."""
    found = TaxBenefitSystem([Person])
    for name, field, _ in policy.columns():
        found.add_variable(_input(name, field.type))
    for benefit in BENEFITS:
        found.add_variable(
            type(
                benefit.__name__,
                (Variable,),
                {"value_type": float, "entity": Person, "definition_period": DateUnit.YEAR, "formula": benefit.formula},
            )
        )
    found.parameters = ParameterNode("", data=_parameters())
    return found


def _parameters() -> Mapping[str, Any]:
    tree: dict[str, Any] = {}
    for rule, held in policy.parameters().rules.items():
        for name, parameter in held.items():
            for version in parameter.versions:
                for path, value in _leaves(name, version.value, parameter.kind):
                    node = tree.setdefault(rule, {})
                    for part in path[:-1]:
                        node = node.setdefault(part, {})
                    node.setdefault(path[-1], {"values": {}})["values"][str(version.valid_from)] = {"value": value}
    return tree


def _leaves(name: str, value: Any, kind: Any) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [((name, "_".join(str(part) for part in key)), _plain(one)) for key, one in value]
    return [((name,), _plain(value))]


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return list(value)
    return value.toordinal() - policy.ORDINAL if hasattr(value, "toordinal") else value


def totals(path: Path, rules: TaxBenefitSystem) -> dict[str, tuple[int, int]]:
    """For each benefit how many people get it and how much together, in fen."""
    people = pq.read_table(path)
    simulation = SimulationBuilder().build_default_simulation(rules, count=people.num_rows)
    for name, _field, _declared in policy.columns():
        simulation.set_input(name, PERIOD, _array(name, people[name].combine_chunks()))
        people = people.drop_columns([name])
    found = {}
    for benefit in BENEFITS:
        amounts = simulation.calculate(benefit.__name__, PERIOD)
        found[benefit.__name__] = int(np.count_nonzero(amounts)), round(float(amounts.sum(dtype=np.float64)))
    return found


def _array(name: str, column: pa.Array) -> Any:
    if name in ENUMS:
        encoded = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
        order = [word.value for word in ENUMS[name]]
        places = np.array([order.index(word) for word in encoded.dictionary.to_pylist()], dtype=np.uint8)
        return EnumArray(places[encoded.indices.to_numpy()], ENUMS[name])
    if pa.types.is_date(column.type):
        far = column.fill_null(pa.scalar(FAR, pa.date32()))
        return far.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return column.to_numpy(zero_copy_only=False)
