"""The registry forgets nothing: every change of a recorded value keeps what stood there, whichever verb makes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import models as fields

import guildhall.registry.operations
from guildhall.kernel.runs import Folder
from guildhall.registry import models
from guildhall.registry.models import Certificate, EmploymentSpell, FormerName, Identity, Organisation, Superseded, Worker, identity_fields
from guildhall.registry.operations.history import RECORDED, former_names, opened, supersede, superseded_rows

if TYPE_CHECKING:
    from tests.registry.conftest import Load

OPERATIONS = Path(guildhall.registry.operations.__file__).parent
CHANGING = frozenset({"update", "bulk_update", "delete", "save"})
APART = frozenset({"history.py", "retention.py"})
"""What keeps history itself, and what erases on schedule: erasing must leave nothing but an event."""
SAID_AGAIN = "said_again"
"""Moves the day something was last said, and nothing that it says."""
KEEPING = frozenset({"supersede", "superseded_rows"})
UNRECORDED = frozenset(
    {
        "Alias", "ColumnMapping", "Consent", "CorrectionRequest", "DuplicatePair", "Feed", "FormerName", "ImportBatch", "ImportChunk",
        "LoadBatch", "NumberChange", "Place", "PlaceParent", "PlaceSuccessor", "RejectedRow", "Representative",
        "Superseded", "Wish",
    }
)  # fmt: skip
"""Work in hand, decisions with events of their own, rows that are ended and never changed, and public places: an import says what
it did to those."""


def test_every_model_is_recorded_or_known_not_to_be() -> None:
    names = {model.__name__ for model in apps.get_app_config("registry").get_models()}
    recorded = {model.__name__ for model in RECORDED}
    assert not recorded & UNRECORDED
    missing = {name for name in names - recorded - UNRECORDED if "_" not in name}
    assert not missing, f"say in operations.history.RECORDED how changes of {missing} are kept, or here why they need not be"


def test_every_sealed_column_of_a_recorded_model_is_kept_sealed() -> None:
    for model, how in RECORDED.items():
        binary = {field.name for field in model._meta.concrete_fields if isinstance(field, fields.BinaryField)}
        assert binary == {*how.sealed, *(how.found_by & binary)}, model.__name__


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(OPERATIONS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path.name, node


def changes_unkept(function: ast.FunctionDef, recorded: set[str]) -> list[str]:
    """Calls in a function that change or delete rows of a recorded model, where the function keeps nothing."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    names |= {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    if names & KEEPING:
        return []
    return [
        f"{function.name}, line {node.lineno}: {ast.unparse(node)}"
        for node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in CHANGING
        and recorded & {part.id for part in ast.walk(node.func.value) if isinstance(part, ast.Name)}
        | (recorded & {part.attr for part in ast.walk(node.func.value) if isinstance(part, ast.Attribute)})
    ]


def test_no_operation_changes_a_recorded_row_past_the_history() -> None:
    recorded = {model.__name__ for model in RECORDED}
    found = [
        f"{name} {fault}"
        for name, function in _functions()
        if name not in APART and function.name != SAID_AGAIN
        for fault in changes_unkept(function, recorded)
    ]
    assert not found, "change rows through operations.history: " + "; ".join(found)


def test_the_walk_bites() -> None:
    (bad,) = ast.parse("def f(): Worker.objects.filter(pk=1).update(sex='male')").body
    (worse,) = ast.parse("def f(): models.Identity.objects.bulk_update(rows, ['name_sealed'])").body
    (good,) = ast.parse("def f():\n  Superseded.objects.bulk_create(superseded_rows(before=b))\n  Worker.objects.bulk_update(rows, c)").body
    for function, faults in ((bad, 1), (worse, 1), (good, 0)):
        assert isinstance(function, ast.FunctionDef)
        assert len(changes_unkept(function, {"Worker", "Identity"})) == faults


@pytest.fixture
def city(folder: Folder, load: Load, db: None) -> None:
    load(folder)


@pytest.mark.usefixtures("city")
class TestSupersede:
    def test_what_changes_is_kept_and_the_rest_is_not(self, now: datetime) -> None:
        row = Worker.objects.get(pk=3)
        told = supersede(row=row, changes={"education": "bachelor", "sex": row.sex, "residence_id": "t-990101-rest"}, now=now, batch=7)
        assert told == ("education", "residence_id")
        kept = {(kept.column, kept.value, kept.worker_id, kept.until, kept.batch_id) for kept in Superseded.objects.all()}
        assert kept == {("education", "college", 3, now, 7), ("residence_id", "t-990101001", 3, now, 7)}
        assert (row.education, Worker.objects.get(pk=3).residence_id) == ("bachelor", "t-990101-rest")

    def test_the_same_again_writes_nothing(self, now: datetime) -> None:
        row = Identity.objects.get(pk=3)
        assert supersede(row=row, changes=identity_fields(3, name="王3", phone="13800000003"), now=now) == ()
        assert not Superseded.objects.exists()
        assert not FormerName.objects.exists()

    def test_a_stale_row_remembers_what_stood_there(self, now: datetime) -> None:
        stale = Worker.objects.get(pk=3)
        supersede(row=Worker.objects.get(pk=3), changes={"education": "bachelor"}, now=now)
        supersede(row=stale, changes={"education": "junior"}, now=now)
        assert list(Superseded.objects.order_by("pk").values_list("value", flat=True)) == ["college", "bachelor"]

    def test_sealed_values_stay_sealed_and_open_only_for_their_cell(self, now: datetime) -> None:
        supersede(row=Identity.objects.get(pk=3), changes=identity_fields(3, phone=""), now=now)
        (kept,) = Superseded.objects.all()
        assert (kept.value, kept.column, opened(kept)) == (None, "phone", "13800000003")
        assert b"138" not in bytes(kept.value_sealed or b"")

    def test_nothing_and_dates_are_told_apart(self, now: datetime) -> None:
        spell = EmploymentSpell.objects.get(pk=1)
        supersede(row=spell, changes={"ended_on": date(2025, 1, 1)}, now=now)
        supersede(row=spell, changes={"ended_on": None}, now=now)
        assert [opened(kept) for kept in Superseded.objects.order_by("pk")] == [None, "2025-01-01"]

    def test_organisations_are_kept_too(self, now: datetime) -> None:
        supersede(row=Organisation.objects.get(pk=1), changes={"name_zh": "新厂", "above_scale": True}, now=now)
        assert {(kept.column, kept.value, kept.worker_id) for kept in Superseded.objects.all()} == {
            ("name_zh", "第01厂", None),
            ("above_scale", "false", None),
        }

    def test_in_bulk_it_says_the_same(self, now: datetime) -> None:
        before = [
            (Worker.objects.get(pk=3), {"education": "bachelor", "sex": "male", "batch_id": 9}),
            (Identity.objects.get(pk=5), identity_fields(5, name="王五")),
            (Certificate.objects.get(pk=2), {"valid_until": date(2031, 1, 1)}),
        ]
        rows = superseded_rows(before=before, now=now, batch=4)
        Superseded.objects.bulk_create(rows)
        told = [(row.table, row.row, row.worker_id, row.column, opened(row), row.batch_id) for row in Superseded.objects.order_by("pk")]
        assert told == [
            ("registry.workers", 3, 3, "education", "college", 4),
            ("registry.identity", 5, 5, "name", "王5", 4),
            ("registry.certificates", 2, 3, "valid_until", None, 4),
        ]
        (former,) = former_names(before=before, now=now)
        assert (former.worker_id, former.name_two) == (5, Identity.objects.get(pk=5).name_two)
        assert models.vault().open("registry.identity", "name", 5, former.name_sealed) == "王5"
