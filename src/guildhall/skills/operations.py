"""What can be done with occupations: verbs, each atomic, called by one page, route or command."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from guildhall.kernel.imports import report
from guildhall.kernel.sheets import ImportReport
from guildhall.office.operations.audit import record
from guildhall.registry.operations import refuse_unfinished
from guildhall.skills.engine.classification import Classification, Node, read_classification
from guildhall.skills.load import BINDINGS
from guildhall.skills.models import Occupation
from guildhall.skills.snapshot import TABLES as PUBLISHED
from guildhall.skills.snapshot import read as read_published
from guildhall.web.viewer import Viewer

__all__ = ["BINDINGS", "PUBLISHED", "import_occupations", "read_published"]

COMPARED = ("rank", "parent_id", "name_zh", "definition", "digital", "green")


def import_occupations(*, content: bytes, name: str, by: Viewer, now: datetime, edition: str = "2022") -> ImportReport:
    """Adds and corrects occupations from a classification in CSV; the same file again changes nothing.

    Never removes an occupation, and never replaces something known by nothing. Raises FaultsFound where the file is no
    such table, GuildhallError while a load is unfinished; faults of single rows are in the report and the rest is loaded.
    """
    read = read_classification(content, name)
    refuse_unfinished()
    with transaction.atomic():
        outcomes = _apply(read, name, edition)
        details = {"file": name, "sha256": sha256(content).hexdigest(), "edition": edition, "rejected": len(read.faults), **outcomes}
        record(subject="skills", action="skills.import_occupations", by=by, now=now, details=details)
    told = _remarks(read, outcomes["created"])
    return report(read.sheet, outcomes, by=by.name, now=now, repeated=read.repeated, faults=read.faults, notes=read.notes, remarks=told)


def _apply(read: Classification, source: str, edition: str) -> Counter[str]:
    """Brings the nodes into the table, groups before what they hold; counts rows by outcome, and groups created."""
    known = Occupation.objects.in_bulk()
    outcomes: Counter[str] = Counter()
    fresh: list[Occupation] = []
    for node in read.nodes:
        row = known.get(node.code)
        if row is None:
            fresh.append(Occupation(code=node.code, edition=edition, source=source, **_values(node)))
            outcomes["accepted" if node.row else "created"] += 1
        elif node.row:
            outcomes[_correct(row, node, source, edition)] += 1
    Occupation.objects.bulk_create(fresh, batch_size=500)
    return outcomes


def _values(node: Node) -> dict[str, Any]:
    return {"parent_id": node.parent, **{name: getattr(node, name) for name in COMPARED if name != "parent_id"}}


def _correct(row: Occupation, node: Node, source: str, edition: str) -> str:
    """Writes what the file knows better, if anything."""
    new = {name: value for name, value in _values(node).items() if value is not None and value != getattr(row, name)}
    if not new:
        return "unchanged"
    for name, value in {**new, "source": source, "edition": edition}.items():
        setattr(row, name, value)
    row.save()
    return "changed"


def _remarks(read: Classification, created: int) -> list[str]:
    ranks = Counter(node.rank for node in read.nodes)
    counts = f"{ranks['major']} major, {ranks['middle']} middle and {ranks['minor']} minor groups, {ranks['leaf']} occupations"
    return [f"The tree holds {counts}; {len(read.created)} groups are not in the file, {created} of them were created now."]
