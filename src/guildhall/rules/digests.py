"""Digests of parameters: what a confirmation is tied to, and what a decision says it was made by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from guildhall.rules.parameters import Confirmation, Parameter, Parameters, Version


def version_digest(rule: str, parameter: Parameter, version: Version) -> str:
    """sha256 over everything a version says, whoever confirmed it: value, unit, dates, jurisdiction, edition, document, article, status.

    It is the same for one content on every day and machine, and another as soon as any part of it changes.
    """
    content = {
        "rule": rule,
        "parameter": parameter.name,
        "kind": parameter.kind,
        "unit": parameter.unit,
        "keys": list(parameter.keys),
        "value": _plain(version.value),
        "from": _plain(version.valid_from),
        "until": _plain(version.valid_until),
        "jurisdiction": version.jurisdiction,
        "edition": version.edition,
        "document": version.document,
        "article": version.article,
        "status": version.status,
        "uplift": version.uplift,
    }
    return _sha256(content)


def parameters_digest(parameters: Parameters) -> str:
    """sha256 over all that decides which value holds: every version, who confirmed it where that matters, the mode and the links."""
    versions = {
        f"{rule}.{name}": [[version_digest(rule, parameter, version), _confirmed(parameters, version)] for version in parameter.versions]
        for rule, held in parameters.rules.items()
        for name, parameter in held.items()
    }
    links = [[link.place, link.above, _plain(link.valid_from), _plain(link.valid_until)] for link in parameters.links]
    return _sha256({"versions": versions, "mode": parameters.mode, "links": links})


def confirmed(parameters: Parameters, confirmations: Mapping[str, Confirmation]) -> Parameters:
    """The same parameters, each version with the confirmation held under its digest; a version that has changed since has none."""
    rules = {
        rule: {name: _with(rule, parameter, confirmations) for name, parameter in held.items()} for rule, held in parameters.rules.items()
    }
    return Parameters(rules, mode=parameters.mode, links=parameters.links)


def _with(rule: str, parameter: Parameter, confirmations: Mapping[str, Confirmation]) -> Parameter:
    versions = tuple(
        replace(version, confirmed=confirmations.get(version_digest(rule, parameter, version))) for version in parameter.versions
    )
    return replace(parameter, versions=versions)


def _confirmed(parameters: Parameters, version: Version) -> list[str] | None:
    given = version.confirmed
    if parameters.mode != "production" or given is None:
        return None
    return [given.officer, str(given.on), given.document]


def _plain(value: Any) -> Any:
    """A value of a parameter as JSON holds it, tagged where JSON has no such kind. Rows keep their order: a list of taxes is one."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Fraction):
        return {"ratio": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _sha256(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
