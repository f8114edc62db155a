"""The facts of one person from the database are those of everybody from a snapshot, row by row and on any day."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from guildhall.city import load as load_pack
from guildhall.kernel.backends import open_tables
from guildhall.kernel.errors import NotFound
from guildhall.synth import build
from guildhall.web.viewer import Viewer, system
from tests.incentives.registers import KEYS, from_tables

DAYS = (date(2024, 6, 30), date(2026, 1, 30))
MANY, SOME = (DAYS, 30), (DAYS[1:], 8)
"""Days that are asked about, and of how many people without anything particular."""


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "count"), [pytest.param(*MANY, marks=pytest.mark.slow, id="many"), pytest.param(*SOME, id="some")])
def test_one_person_is_told_what_everybody_is(days: tuple[date, ...], count: int, tmp_path: Path, now: datetime) -> None:
    from guildhall.incentives.queries import facts
    from guildhall.overview import snapshot
    from guildhall.overview.load import load_city
    from guildhall.registry.models import Alias, EmploymentSpell

    pack = load_pack("tiny")
    load_city(build(pack, scale=Fraction(1, 4), seed=7, out=tmp_path / "city"), mode="demonstration", by=system("test"), now=now)
    Alias.objects.create(worker_id=11, merged_into_id=10, reason="test", merged_at=now)
    denied = EmploymentSpell.objects.filter(worker_id=20).first()
    assert denied is not None
    EmploymentSpell.objects.filter(pk=denied.pk).update(denied_at=now)
    EmploymentSpell.objects.filter(worker_id__in=range(30, 35)).update(doubtful=True)
    made = snapshot.make(tmp_path / "snapshots")
    owners = _owners()
    people = [10, 11, 20, *range(30, 30 + count), *owners[:10]]
    with open_tables(made) as tables:
        for on in days:
            every = from_tables(tables, on)
            seen = 0
            for person in people:
                found = facts.of_person(system("test"), person, on=on, today=date(2026, 1, 30))
                for table, rows in found.items():
                    for row in rows:
                        assert row == every[table][tuple(row[key] for key in KEYS[table])]
                        seen += 1
                ours = {10} if person in (10, 11) else {person}
                for table, rows in found.items():
                    assert {tuple(row[key] for key in KEYS[table]) for row in rows} == {
                        key for key, row in every[table].items() if row.get("worker_id") in ours
                    }
            assert seen > count
            employers = sorted({key[0] for key in every["incentives.employer_facts"]})[:20]
            for organisation in employers:
                for row in facts.of_employer(system("test"), organisation, on=on, today=date(2026, 1, 30)):
                    assert row == every["incentives.employer_facts"][organisation, row["year"]]
    _viewers(facts)


def _owners() -> list[int]:
    from guildhall.incentives.models import Business

    return list(Business.objects.order_by("worker_id").values_list("worker_id", flat=True).distinct())


def _viewers(facts: object) -> None:
    """A worker sees their own, nobody else's; an employer and the public see nobody's."""
    from guildhall.incentives.queries.facts import of_person, of_subject
    from guildhall.registry.models import Certificate

    day = date(2026, 1, 30)
    own = Viewer(name="account:1", role="worker", account=1, worker=30)
    assert of_person(own, 30, on=day, today=day)
    for viewer, person in ((own, 31), (Viewer(name="account:2", role="employer", organisation=1), 30), (Viewer(), 30)):
        with pytest.raises(NotFound):
            of_person(viewer, person, on=day, today=day)
    certificate = Certificate.objects.filter(worker_id=30).first()
    if certificate:
        assert of_subject(own, "certificate", certificate.pk, on=day, today=day)["certificate_id"] == certificate.pk
    with pytest.raises(NotFound):
        of_subject(own, "certificate", 10**9, on=day, today=day)
    with pytest.raises(NotFound):
        of_subject(own, "year", 1, on=day, today=day)
