"""A rule and its parameters as canonical JSON and back, so that a decision can be made again years later without today's rules.

A field at its default is left out: a field added later changes nothing in what was stored before. Names of classes and
fields in the JSON are those of the dataclasses; renaming one needs a new schema version and a reader of the old one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.tables import Text
from guildhall.rules import expressions
from guildhall.rules.decisions import canonical, digest
from guildhall.rules.expressions import Node, RuleFault
from guildhall.rules.inputs import Input, Origin
from guildhall.rules.parameters import Confirmation, Link, Parameter, Parameters, Version
from guildhall.rules.rulebook import Result, Rule

SCHEMA: Final = "guildhall.rules/1"
_NODES = (each for each in vars(expressions).values() if isinstance(each, type) and issubclass(each, Node) and each is not Node)
_CLASSES: Final[Mapping[str, type]] = {
    each.__name__: each for each in (*_NODES, Input, Origin, Confirmation, Link, Parameter, Version, Result, Rule)
}


class NotReadable(GuildhallError):
    """Stored rules of a schema, or with words, that this version cannot read."""


@dataclass(frozen=True, eq=False, slots=True)
class Stored:
    """A rule with the parameters it read, as loaded from what was stored."""

    rule: Rule
    parameters: Parameters


def rulebook_json(rule: Rule, parameters: Parameters) -> str:
    """Everything a decision by `rule` rests on, apart from the row: the rule, its inputs, its parameters, the places, the mode."""
    used = {name: parameter for name in rule.parameters if (parameter := parameters.of(rule.name).get(name))}
    content = {
        "schema": SCHEMA,
        "mode": parameters.mode,
        "rule": encode(rule),
        "parameters": encode(used),
        "links": encode(parameters.links),
    }
    return canonical(content)


def rulebook_digest(rule: Rule, parameters: Parameters) -> str:
    """The SHA-256 of `rulebook_json`, worked out once and kept with the parameters."""
    known = parameters.digests.get(rule)
    if known is None:
        known = parameters.digests[rule] = digest(rulebook_json(rule, parameters))
    return known


def load_rulebook(text: str) -> Stored:
    """The rule and parameters of a stored rulebook; `rulebook_json` of them gives the same text again. Raises NotReadable."""
    content = _object(text)
    if content.get("schema") != SCHEMA:
        raise NotReadable(f"the stored rule has the schema {content.get('schema')!r}", why=f"this version reads {SCHEMA}")
    rule: Rule = decode(content["rule"])
    links = decode(content["links"])
    return Stored(rule, Parameters({rule.name: decode(content["parameters"])}, content["mode"], links))


def inputs_json(rule: Rule, facts: Mapping[str, object]) -> str:
    """The inputs the rule reads, as canonical JSON; what is not known is left out, and so is what the rule does not ask."""
    return canonical({name: facts[name] for name in rule.reads if facts.get(name) is not None})


def load_inputs(rule: Rule, text: str) -> dict[str, object]:
    """Facts from JSON, dates read as dates; other types stay as they are for `decide` to judge. Raises NotReadable."""
    return {name: typed(rule.inputs.get(name), value) for name, value in _object(text).items()}


def typed(given: Input | None, value: object) -> object:
    """A value from JSON as its input holds it: text that is a day becomes one, in rows too; anything else stays as it is."""
    if given is None:
        return value
    if given.type == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if given.type == "rows" and isinstance(value, list):
        parts = {part.name: part for part in given.fields}
        return [{name: typed(parts.get(name), each) for name, each in row.items()} if isinstance(row, dict) else row for row in value]
    return value


def encode(value: Any) -> Any:
    """A rule, node, parameter, or a mapping or tuple of them, as what JSON can hold."""
    if isinstance(value, Text):
        return {"$": "Text", "zh": value.zh, "en": value.en}
    if is_dataclass(value) and not isinstance(value, type):
        kept = {each.name: getattr(value, each.name) for each in fields(value) if each.init and not _is_default(value, each)}
        if isinstance(value, Rule):
            kept = {**kept, "inputs": {name: value.inputs[name] for name in value.reads}}
            kept.pop("columns", None)
        return {"$": type(value).__name__, **{name: encode(part) for name, part in kept.items()}}
    if isinstance(value, Mapping):
        return {name: encode(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(part) for part in value]
    if isinstance(value, date):
        return {"$": "date", "value": value.isoformat()}
    if isinstance(value, Fraction):
        return {"$": "fraction", "value": f"{value.numerator}/{value.denominator}"}
    return value


def decode(value: Any) -> Any:
    """The inverse of `encode`; lists come back as tuples. Raises NotReadable for a word this version does not have."""
    if isinstance(value, list):
        return tuple(decode(part) for part in value)
    if not isinstance(value, dict):
        return value
    tag = value.get("$")
    parts = {name: decode(part) for name, part in value.items() if name != "$"}
    if tag is None:
        return parts
    if tag == "Text":
        return Text(parts["zh"], parts["en"])
    if tag == "date":
        return date.fromisoformat(parts["value"])
    if tag == "fraction":
        return Fraction(parts["value"])
    return _made(tag, parts)


def _made(tag: str, parts: dict[str, Any]) -> Any:
    try:
        return _CLASSES[tag](**parts)
    except (KeyError, TypeError, RuleFault) as error:
        raise NotReadable(f"the stored rule says {tag}, which this version cannot read", why=str(error)) from error


def _is_default(value: Any, part: Any) -> bool:
    held = getattr(value, part.name)
    default = part.default_factory() if part.default_factory is not MISSING else part.default
    return default is not MISSING and type(held) is type(default) and not isinstance(held, Node) and bool(held == default)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NotReadable("the text is not JSON", why=str(error)) from error
    if not isinstance(found, dict):
        raise NotReadable("the text is not a JSON object", next='begin with {"name of an input": value}')
    return found
