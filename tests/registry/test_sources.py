"""Where what a record says comes from: named row by row, and who put it right since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from guildhall.registry import models
from guildhall.registry.operations import imports
from guildhall.registry.operations.identity import change_phone
from guildhall.registry.queries.people.record import person
from guildhall.web.viewer import system
from tests import people
from tests.registry import folders
from tests.registry.rosters import brought, full

pytestmark = pytest.mark.django_db
BY = system("command:import roster")
TODAY = date(2026, 1, 30)


@pytest.fixture(autouse=True)
def city(on_record: None) -> None:
    """Every test begins with the small city on record."""


@pytest.fixture
def officer() -> Any:
    return people.signed_in(people.grant("claims_officer", place="t"))


def known(n: int) -> dict[str, Any]:
    """What a roster says of person n of the small city to be recognised."""
    row = folders.rows()["registry.identity"][n - 1]
    return {"name": row["name"], "identity_number": row["identity_number"]}


def test_each_row_names_its_own_source(now: datetime, officer: Any) -> None:
    row = full(3, **known(3), started_on=date(2025, 3, 1), phone=None, education=None)
    imports.apply(batch=brought([row], by=BY, now=now, organisation=4), by=BY, now=now)
    found = person(BY, 3, TODAY)
    kinds = {job.row.organisation_id: job.source.origin.kind for job in found.employment}
    assert kinds[4] == "roster"
    assert {kind for key, kind in kinds.items() if key != 4} <= {"load"}
    assert len(kinds) > 1
    page = officer.get("/en/people/3/").content.decode()
    worked = page.partition("Where has the person worked?")[2].partition("</table>")[0]
    assert (worked.count("“roster.xlsx”"), worked.count("From the records the registry began with")) == (1, len(found.employment) - 1)


def test_what_was_put_right_names_who_did_it(now: datetime, officer: Any) -> None:
    other = "college" if models.Worker.objects.get(pk=3).education != "college" else "senior"
    row = full(3, **known(3), started_on=date(2025, 3, 1), phone=None, education=other)
    batch = imports.apply(batch=brought([row], by=BY, now=now, organisation=4), by=BY, now=now)
    by, later = people.viewer("claims_officer", place="t"), now + timedelta(days=2)
    change_phone(worker_id=3, phone="13900001234", reason="shown at the counter", by=by, now=later)
    found = person(BY, 3, TODAY)
    assert found.origin
    assert found.origin.kind == "load"
    assert (found.changed["phone"].changed_at, found.changed["phone"].changed_by) == (later, None)
    changed = found.changed["education"].changed_by
    assert changed
    assert (changed.kind, changed.name) == ("roster", batch.name)
    page = officer.get("/en/people/3/").content.decode()
    assert f"put right by an officer on {later:%Y-%m-%d}" in page
    assert f"put right on {now:%Y-%m-%d}:" in page


def test_a_row_that_was_put_right_says_so(now: datetime) -> None:
    fact = models.EmploymentSpell.objects.filter(worker_id=3).latest("pk")
    models.Superseded.objects.create(
        table="registry.employment_spells", row=fact.pk, worker_id=3, column="contract", value="regular", until=now
    )
    source = next(job.source for job in person(BY, 3, TODAY).employment if job.row.pk == fact.pk)
    assert (source.origin.kind, source.changed_at, source.changed_by) == ("load", now, None)


def test_a_person_has_an_age_and_a_file_lies_back(officer: Any) -> None:
    with override("zh-hans"):
        assert '<th scope="col" class="n">年龄</th>' in render_to_string(
            "registry/parts/people_table.html", {"shown": ["birth"], "rows": []}
        )
    assert "距今" in officer.get("/zh-hans/feeds/").content.decode()


def test_nothing_that_only_serves_the_screen_is_printed(officer: Any) -> None:
    page = officer.get("/en/people/3/").content.decode()
    assert 'class="card onscreen"' in page
    assert page.count('<a class="onscreen" href="/en/people/3/show/') == page.count("/en/people/3/show/") > 0


def test_a_file_brought_by_a_command_says_so_in_words(now: datetime, officer: Any) -> None:
    batch = imports.apply(batch=brought([full(3)], by=BY, now=now), by=BY, now=now)
    for language, words in (("en", "a command on the server"), ("zh-hans", "服务器上的命令")):
        for address in ("rosters/", f"rosters/{batch.pk}/"):
            page = officer.get(f"/{language}/{address}").content.decode()
            assert words in page
            assert "command:import" not in page


def test_an_employer_is_told_nothing_of_the_files_of_others(now: datetime) -> None:
    stay = models.EmploymentSpell.objects.filter(ended_on=None, organisation__kind="enterprise").exclude(organisation_id=4).earliest("pk")
    row = full(3, **known(stay.worker_id), started_on=date(2025, 3, 1), phone="13900005678")
    imports.apply(batch=brought([row], by=BY, now=now, organisation=4), by=BY, now=now)
    models.Worker.objects.filter(pk=stay.worker_id).update(batch_id=models.ImportBatch.objects.get().pk)
    found = person(people.viewer("employer", organisation_id=stay.organisation_id), stay.worker_id, TODAY)
    assert found.changed == {}
    assert found.origin
    assert (found.origin.kind, found.origin.name) == ("roster", "")
