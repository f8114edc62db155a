"""What an answer is about, in words: a certificate by level, occupation and day; a business by kind, place and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guildhall.incentives.engine.codes import CODES
from guildhall.incentives.queries.answers import Answer
from guildhall.kernel.tables import Text
from guildhall.skills.queries import names_of
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text

Key = tuple[str, int]


def titles_of(answers: Iterable[Answer]) -> dict[Key, str]:
    """The words for what each answer is about, by kind and key."""
    rows = {(each.kind, each.key): each.facts for each in answers}
    occupations = names_of({str(row["occupation"]) for (kind, _key), row in rows.items() if kind == "certificate"})
    return {(kind, key): _certificate(row, occupations) if kind == "certificate" else _business(row) for (kind, key), row in rows.items()}


def _certificate(row: Mapping[str, Any], occupations: Mapping[str, Text]) -> str:
    levels = {level.code: level.name for level in city().levels}
    what = {
        "level": text(levels.get(row["level"])) or row["level"],
        "occupation": text(occupations.get(row["occupation"])) or row["occupation"],
        "day": f"{row['issued_on']:%Y-%m-%d}",
    }
    if row["kind"] == "appointment":
        return _("appointment of %(day)s: %(level)s, %(occupation)s") % what
    return _("certificate of %(day)s: %(level)s, %(occupation)s") % what


def _business(row: Mapping[str, Any]) -> str:
    found = city().place.get(row["place"] or "")
    what = {
        "kind": text(CODES["kind"].get(row["kind"])) or row["kind"],
        "place": text(found.name) if found else row["place"],
        "day": f"{row['registered_on']:%Y-%m-%d}",
    }
    return _("%(kind)s in %(place)s, registered on %(day)s") % what
