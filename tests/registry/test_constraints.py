"""What the database itself refuses, whoever writes to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from guildhall.kernel.runs import Folder
from guildhall.registry.models import (
    Certificate,
    CertificateNumber,
    EmploymentSpell,
    Identity,
    InsuranceSpell,
    LoadBatch,
    Organisation,
    Place,
    PlaceParent,
    PlaceSuccessor,
    Worker,
)
from guildhall.skills.models import Occupation

if TYPE_CHECKING:
    from tests.registry.conftest import Load

BAD: list[tuple[type[Model], dict[str, Any], dict[str, Any]]] = [
    (Worker, {"pk": 1}, {"sex": "other"}),
    (Worker, {"pk": 1}, {"education": "doctor"}),
    (Worker, {"pk": 1}, {"migrant": "yes"}),
    (Worker, {"pk": 1}, {"standing": "retired"}),
    (Worker, {"pk": 1}, {"weight": 0}),
    (Worker, {"pk": 1}, {"residence_id": "nowhere"}),
    (Certificate, {"level": "L1"}, {"level": "L0"}),
    (Certificate, {"level": "L1"}, {"level": "LT"}),
    (Certificate, {"level": "LS"}, {"level": "L1"}),
    (Certificate, {"level": "LT"}, {"kind": "skill_level"}),
    (Certificate, {"level": "L1"}, {"kind": "appointment"}),
    (Certificate, {"pk": 3}, {"valid_until": date(2015, 1, 4)}),
    (Certificate, {"pk": 3}, {"source": "hearsay"}),
    (Certificate, {"pk": 3}, {"issuer_id": 999}),
    (CertificateNumber, {"pk": 3}, {"number_hash": None}),
    (EmploymentSpell, {"pk": 2}, {"ended_on": date(2018, 1, 3)}),
    (EmploymentSpell, {"pk": 2}, {"contract": "gig"}),
    (EmploymentSpell, {"pk": 2}, {"worker_id": 999}),
    (InsuranceSpell, {"pk": 2}, {"ended_on": date(2017, 1, 1)}),
    (InsuranceSpell, {"pk": 2}, {"scheme": "pension"}),
    (Organisation, {"pk": 1}, {"kind": "club"}),
    (Organisation, {"pk": 1}, {"sector": "fishing"}),
    (Organisation, {"pk": 1}, {"size": "huge"}),
    (Organisation, {"pk": 1}, {"status": "sure"}),
    (Organisation, {"pk": 1}, {"name_zh": ""}),
    (Organisation, {"pk": 1}, {"code": "ORG0002"}),
    (Organisation, {"pk": 1}, {"place_id": "nowhere"}),
    (Place, {"pk": "t"}, {"latitude": 91.0}),
    (Place, {"pk": "t"}, {"longitude": -181.0}),
    (Place, {"pk": "t"}, {"kind": "village"}),
    (Place, {"pk": "t"}, {"status": "sure"}),
    (Place, {"pk": "t"}, {"valid_from": date(2020, 1, 1), "valid_until": date(2020, 1, 1)}),
    (PlaceParent, {"place_id": "t-990103"}, {"relation": "friendly"}),
    (PlaceParent, {"place_id": "t-990103"}, {"valid_from": date(2020, 1, 1), "valid_until": date(2019, 1, 1)}),
    (PlaceParent, {"place_id": "t-990103"}, {"parent_id": "t-990103"}),
    (PlaceSuccessor, {"place_id": "t-990102"}, {"scope": "half"}),
    (PlaceSuccessor, {"place_id": "t-990102"}, {"successor_id": "t-990102"}),
    (Identity, {"pk": 1}, {"number_sealed": None}),
    (LoadBatch, {"table": "registry.workers"}, {"rows_done": 41}),
    (LoadBatch, {"table": "registry.workers"}, {"rows_done": 39}),
    (LoadBatch, {"table": "registry.workers"}, {"state": "perhaps"}),
    (Occupation, {"pk": "6"}, {"rank": "minor"}),
    (Occupation, {"pk": "6-31"}, {"parent_id": None}),
    (Occupation, {"pk": "6-31-01-03"}, {"name_zh": None}),
    (Occupation, {"pk": "6-31-01-03"}, {"parent_id": "7"}),
]


def write(model: type[Model], which: dict[str, Any], change: dict[str, Any]) -> None:
    model._default_manager.filter(**which).update(**change)
    connection.check_constraints()
    pytest.fail(f"{model.__name__} accepted {change}")


@pytest.mark.django_db
def test_bad_rows_are_refused(folder: Folder, load: Load) -> None:
    load(folder)
    for model, which, change in BAD:
        assert model._default_manager.filter(**which).exists(), which
        with pytest.raises(IntegrityError), transaction.atomic():
            write(model, which, change)


@pytest.mark.django_db
def test_one_number_belongs_to_one_person(folder: Folder, load: Load) -> None:
    load(folder)
    taken = Identity.objects.get(pk=1).number_hash
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.filter(pk=2).update(number_hash=taken)
    taken = CertificateNumber.objects.get(pk=1).number_hash
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateNumber.objects.filter(pk=2).update(number_hash=taken)


@pytest.mark.django_db
def test_text_is_ordered_by_bytes_on_either_database(folder: Folder, load: Load) -> None:
    load(folder)
    for n, name in enumerate(["zeta", "Zeta", "Alpha", "东厂", "北厂", "éclair"]):
        Organisation.objects.filter(pk=n + 1).update(name_zh=name)
    found = list(Organisation.objects.filter(pk__lte=6).order_by("name_zh").values_list("name_zh", flat=True))
    assert found == sorted(found, key=str.encode)
