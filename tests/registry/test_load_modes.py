"""What the mode and the origin of people allow: made-up people stay out of production, real ones are never cleared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.kernel.runs import Folder
from guildhall.office.models import AuditEvent
from guildhall.registry.models import LoadBatch
from guildhall.skills.models import Occupation
from tests.registry import folders
from tests.registry.test_load import counts

if TYPE_CHECKING:
    from tests.registry.conftest import Load


@pytest.mark.django_db
def test_people_who_were_not_loaded_as_synthetic_are_never_replaced(folder: Folder, load: Load, tmp_path: Path) -> None:
    """In demonstration mode with the address of a real database, `demo` would otherwise clear it."""
    load(folder)
    batch = LoadBatch.objects.first()
    assert batch
    batch.manifest["meta"]["synthetic"] = False
    batch.save()
    before = counts()
    other = folders.write(tmp_path / "other", meta={"seed": 8})
    with pytest.raises(GuildhallError, match="not replaced"):
        load(other, replace=True)
    assert counts() == before


@pytest.mark.django_db
def test_made_up_people_stay_out_of_production(folder: Folder, load: Load, tmp_path: Path) -> None:
    with pytest.raises(GuildhallError, match="synthetic city is not loaded in production"):
        load(folder, mode="production")
    unmarked = folders.write(tmp_path / "unmarked", meta={"synthetic": False})
    with pytest.raises(FaultsFound, match="its region was never assigned"):
        load(unmarked, mode="production")
    with pytest.raises(GuildhallError, match="never replaced"):
        load(unmarked, mode="production", replace=True)
    assert not any(counts().values())


@pytest.mark.django_db
def test_what_was_imported_and_cleared_is_told(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    Occupation.objects.create(code="9", edition="2022", rank="major", source="a file")
    replaced = load(folders.write(tmp_path / "other", meta={"seed": 8}), replace=True)
    assert replaced.cleared == {"skills.occupations": 1}


@pytest.mark.django_db
def test_production_refuses_made_up_people_that_are_already_there(folder: Folder, load: Load) -> None:
    load(folder)
    with pytest.raises(GuildhallError, match="synthetic city is not loaded in production"):
        load(folder, mode="production")


@pytest.mark.django_db
def test_one_event_stands_for_a_folder_and_for_what_it_replaced(folder: Folder, load: Load, tmp_path: Path) -> None:
    load(folder)
    load(folder)
    Occupation.objects.create(code="9", edition="2022", rank="major", source="a file")
    load(folders.write(tmp_path / "other", meta={"seed": 8}), replace=True)
    first, second = AuditEvent.objects.filter(chain="registry").order_by("position")
    assert (first.action, first.actor, first.role) == ("registry.load", "test", "system")
    told = json.loads(first.details)
    assert told["rows"] == counts()
    assert told["sha256"]["registry.workers"] == folder.manifest.tables["registry.workers"].sha256
    assert (told["replaced"], json.loads(second.details)["replaced"]) == (False, True)
    assert json.loads(second.details)["cleared"] == {"skills.occupations": 1}
