"""A rule with one figure changed: what a planner asks about, and what no law says yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.rules.parameters import Parameter, Parameters, Version
from guildhall.rules.rulebook import Rule

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Change:
    """One figure of one rule: of a table, under a key; set to another value."""

    rule: str
    parameter: str
    key: Key
    value: Any

    def __str__(self) -> str:
        under = f"[{','.join(_word(part) for part in self.key)}]" if self.key else ""
        return f"{self.rule}.{self.parameter}{under}={_word(self.value)}"


@dataclass(frozen=True)
class Figure:
    """A figure that can be changed: its parameter, the key in a table, and the value that stands in force on a day."""

    parameter: Parameter
    key: Key
    value: int | Fraction | bool | None


def parse(text: str, rules: Mapping[str, Rule], parameters: Parameters) -> Change:
    """A change as people write it: `RULE.PARAMETER=VALUE`, or `RULE.PARAMETER[KEY,KEY]=VALUE`. Raises GuildhallError."""
    name, found, value = text.partition("=")
    rule, dot, parameter = name.strip().partition(".")
    parameter, bracket, key = parameter.partition("[")
    if not found or not dot or not parameter:
        raise GuildhallError(f"{text} names no figure and value", next="write it as RULE.PARAMETER=VALUE or RULE.PARAMETER[KEY,KEY]=VALUE")
    if rule not in rules:
        raise NotFound(f"No rule {rule}", next="`guildhall rules list` names them all")
    known = parameters.of(rule).get(parameter)
    if known is None or parameter not in rules[rule].parameters:
        raise NotFound(f"The rule {rule} reads no figure {parameter}", next=f"it reads {', '.join(rules[rule].parameters)}")
    parts = tuple(_read(part) for part in key.rstrip("] ").split(",")) if bracket else ()
    return Change(rule, parameter, parts, value_of(known, parts, value.strip()))


def value_of(parameter: Parameter, key: Key, text: str) -> Any:
    """A value from text, of the type that the figure has. Raises GuildhallError."""
    held = next((value for version in parameter.versions if (value := _held(parameter, version, key)) is not None), 0)
    read = _read(text)
    if isinstance(held, bool) != isinstance(read, bool) or isinstance(read, (str, date)):
        raise GuildhallError(f"{text} is no value for {parameter.name}", next="give a whole number, a share such as 1/4, or true or false")
    return read if isinstance(held, (bool, Fraction)) or isinstance(read, int) else _refuse_part(parameter, text)


def _refuse_part(parameter: Parameter, text: str) -> Any:
    raise GuildhallError(f"{text} is no whole number", why=f"{parameter.name} is counted in {parameter.unit or 'whole numbers'}")


def figures(parameters: Mapping[str, Parameter], rule: Rule, on: date) -> list[Figure]:
    """The numbers of a rule that can be changed, in the order in which it reads them, with what is in force on a day."""
    found = []
    for name in rule.parameters:
        parameter = parameters.get(name)
        if parameter is None or parameter.kind not in ("scalar", "table"):
            continue
        for key in _keys(parameter):
            value = in_force(parameter, key, on)
            if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
                found.append(Figure(parameter, key, value))
    return found


def in_force(parameter: Parameter, key: Key, on: date) -> Any:
    """The value in force on a day; where nothing is, that of the version that began last before it, else of the first."""
    known = [version for version in parameter.versions if _held(parameter, version, key) is not None]
    held = [version for version in known if version.holds_on(on)]
    before = sorted((v for v in known if (v.valid_from or date.min) <= on), key=lambda version: version.valid_from or date.min)
    best = held or before[-1:] or known[:1]
    return _held(parameter, best[0], key) if best else None


def _keys(parameter: Parameter) -> list[Key]:
    if parameter.kind == "scalar":
        return [()]
    return list(dict.fromkeys(key for version in parameter.versions for key, _ in _rows(version)))


def _rows(version: Version) -> tuple[tuple[Key, Any], ...]:
    """The rows of a version of a table; none where it is a slot."""
    rows: Any = version.value or ()
    return tuple(rows)


def changed(parameters: Parameters, change: Change, on: date) -> Parameters:
    """The parameters with one figure set: wherever it now stands at the value in force, and on the day where nothing is on file.

    Versions with another value, of other years or places, stay: what is asked is "had the 12 months been 9". Raises GuildhallError
    where the figure has no such key.
    """
    held = parameters.of(change.rule)
    parameter = held[change.parameter]
    if change.key not in _keys(parameter):
        raise GuildhallError(
            f"{change.rule}.{change.parameter} has no value under {', '.join(_word(part) for part in change.key) or 'no key'}",
            next=f"one of {'; '.join(','.join(_word(part) for part in key) for key in _keys(parameter)) or 'no key'}",
        )
    now = in_force(parameter, change.key, on)
    versions = tuple(_set(parameter, version, change, now, on) for version in parameter.versions)
    rules = {**parameters.rules, change.rule: {**held, change.parameter: replace(parameter, versions=versions)}}
    return Parameters(rules, parameters.mode, parameters.links)


def _set(parameter: Parameter, version: Version, change: Change, now: Any, on: date) -> Version:
    value = _held(parameter, version, change.key)
    if value != now and not (value is None and version.holds_on(on)):
        return version
    if parameter.kind == "scalar":
        return replace(version, value=change.value)
    rows: Any = tuple((key, change.value if key == change.key else held) for key, held in _rows(version))
    return replace(version, value=rows or ((change.key, change.value),))


def _held(parameter: Parameter, version: Version, key: Key) -> Any:
    return version.value if parameter.kind == "scalar" else dict(_rows(version)).get(key)


def _read(text: str) -> Any:
    """A flag, a whole number, a share, a day, or else a word."""
    plain = text.strip()
    if plain in ("true", "false"):
        return plain == "true"
    for make in (int, Fraction, date.fromisoformat):
        try:
            return make(plain)
        except (ValueError, ZeroDivisionError):
            continue
    return plain


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
