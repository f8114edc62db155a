"""An OpenAPI document as plain rows for a page: operations with their parameters and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    where: str
    required: bool
    kind: str
    doc: str


@dataclass(frozen=True)
class Answer:
    """An answer by status, with the fields of its body."""

    status: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Operation:
    """One route of the API."""

    id: str
    group: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of a document, in its order, its words in the reader's language."""
    return [_operation(document, path, method, body) for path, methods in document["paths"].items() for method, body in methods.items()]


def _operation(document: dict[str, Any], path: str, method: str, body: dict[str, Any]) -> Operation:
    parameters = tuple(
        Parameter(
            p["name"],
            p["in"],
            bool(p.get("required")),
            kind(p.get("schema", {})),
            said(p.get("description") or p["schema"].get("description", "")),
        )
        for p in body.get("parameters", ())
    )
    parameters += tuple(_sent(document, body.get("requestBody", {})))
    answers = tuple(Answer(str(status), _fields(document, answer)) for status, answer in body["responses"].items())
    return Operation(
        id=body["operationId"],
        group=next(iter(body.get("tags", ())), ""),
        method=method.upper(),
        path=path,
        summary=said(body.get("summary", "")),
        description=said(body.get("description", "")),
        parameters=parameters,
        answers=answers,
    )


def _sent(document: dict[str, Any], body: dict[str, Any]) -> Iterator[Parameter]:
    """The fields of the JSON that is sent, as parameters."""
    found = resolve(document, body.get("content", {}).get("application/json", {}).get("schema", {}))
    for name, inner in found.get("properties", {}).items():
        yield Parameter(name, "body", name in found.get("required", ()), kind(inner), said(inner.get("description", "")))


def _fields(document: dict[str, Any], answer: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return tuple(_flat(document, schema, "", 0))


def _flat(document: dict[str, Any], schema: dict[str, Any], prefix: str, depth: int) -> list[tuple[str, str, str]]:
    """Name, kind and meaning of each field, nested names joined by dots, three deep at most."""
    found = resolve(document, schema)
    if found.get("type") == "array":
        return _flat(document, found.get("items", {}), prefix + "[]", depth)
    rows: list[tuple[str, str, str]] = []
    for name, inner in found.get("properties", {}).items():
        path = f"{prefix}.{name}".lstrip(".")
        rows.append((path, kind(inner), said(inner.get("description", ""))))
        if depth < 2:
            rows.extend(_flat(document, inner, path, depth + 1))
    return rows


def said(text: str) -> str:
    """A description in the reader's language; an empty one stays empty."""
    return gettext(text) if text else ""


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema a reference points to; of several, the first that is not null."""
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return resolve(document, option)
    return schema


def kind(schema: dict[str, Any]) -> str:
    """The type of a schema in one short phrase."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "anyOf" in schema:
        return " | ".join(kind(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"])
    if schema.get("type") == "array":
        return f"[{kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "object")
