"""A person's own pages: the level and how it was decided, everything that is held, who looked, and all of it to take along."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.holdings import Held
from guildhall.office.models import Account, AuditEvent, Notice
from guildhall.overview.operations.person import MOST_WRONG, TAKE, take_all
from guildhall.overview.queries.holdings import all_about
from guildhall.overview.queries.person import me
from guildhall.overview.queries.retention import RULES, kept
from guildhall.registry.models import (
    Alias,
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    EmploymentSpell,
    Feed,
    ImportBatch,
    InsuranceSpell,
    Worker,
)
from guildhall.registry.operations.people import look, reveal
from tests.world import World, build, put_papers

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One transaction around the file: the world is built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(db: None) -> World:
    return build()


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """The world; what a test writes is taken back after it."""
    put_papers(built)
    with transaction.atomic(), translation.override("en"):
        yield built
        transaction.set_rollback(True)


def shown(world: World, name: str, who: str = "worker", language: str = "en", **query: Any) -> str:
    with translation.override(language):
        response = world.client(who).get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


def table(found: list[Held], name: str) -> list[dict[str, Any]]:
    held = next(held for held in found if held.table == name)
    return [dict(zip((heading.name for heading in held.columns), row, strict=True)) for row in held.rows]


# the page about oneself


def test_the_page_says_the_level_how_it_was_decided_and_what_does_not_count_yet(world: World) -> None:
    side = world.harbour
    ClaimedCertificate.objects.create(worker_id=side.worker, level="L1", said_by_id=side.organisation)
    page = shown(world, "me")
    assert "<h1>Your level: intermediate worker</h1>" in page
    assert "decides your level" in page
    assert "it does not count until its issuer confirms it" in page
    assert "您的等级：中级工（四级）" in shown(world, "me", language="zh-hans")


def test_without_a_certificate_the_page_says_what_to_bring_and_where(world: World) -> None:
    for model in (CertificateNumber, Certificate):
        model.objects.filter(pk=world.harbour.worker).delete()
    page = shown(world, "me")
    assert "No level is on record for you yet" in page
    assert "if you hold one, bring the paper and your identity card" in page
    assert "Bring it to the employment counter of Harbour" in page


def test_an_appointment_that_ended_decides_nothing_and_is_said_to_have_ended(world: World) -> None:
    side = world.harbour
    Certificate.objects.create(
        worker_id=side.worker, kind="appointment", level="LS", occupation="2-02-38", issuer_id=side.organisation, source="employer",
        issued_on=date(2020, 1, 1), valid_until=date(2023, 1, 1),
    )  # fmt: skip
    found = me(world.viewer("worker"), TODAY)
    assert found.level is not None
    assert found.level.code == "L4"
    assert [rung.state for rung in found.rungs] == ["done", "done", "now", "next", "", "", "", ""]


def test_insured_months_are_said_as_of_the_data_and_not_at_all_without_any(world: World) -> None:
    InsuranceSpell.objects.create(worker_id=world.harbour.worker, scheme="unemployment", started_on=date(2026, 1, 1))
    InsuranceSpell.objects.create(
        worker_id=world.harbour.worker, scheme="unemployment", started_on=date(2025, 11, 1), ended_on=date(2026, 3, 1)
    )
    assert "cannot be said yet" in shown(world, "me")
    Feed.objects.create(kind="insurance", state="connected", as_of=date(2026, 6, 30))
    found = me(world.viewer("worker"), TODAY).insured
    assert (found.months, found.as_of, found.lasts) == (8, date(2026, 6, 30), True)


def test_whoever_acts_for_a_person_sees_the_record_and_neither_notices_nor_files(world: World) -> None:
    page = shown(world, "me", "care")
    assert "You act for" in page
    assert "Your record is linked" not in page, "notices are the person's own"
    assert "Take all of it along" not in shown(world, "held", "care")


def test_whoever_acts_is_shown_no_door_that_stays_shut(world: World) -> None:
    assert reverse("notices") in shown(world, "desk")
    assert reverse("notices") not in shown(world, "desk", "counter")


def test_a_spell_that_ended_shows_the_last_day_that_it_lasted(world: World) -> None:
    side = world.harbour
    EmploymentSpell.objects.filter(worker_id=side.worker).update(started_on=date(2021, 3, 1), ended_on=date(2021, 9, 1))
    page = shown(world, "me")
    assert "2021-08-31" in page
    assert "2021-09-01" not in page


def test_an_officer_has_no_page_about_everything_that_is_held(world: World) -> None:
    for who in ("assessor", "employer", "auditor", "administrator"):
        with pytest.raises(NotFound):
            all_about(world.viewer(who), TODAY)
    for who in ("care", "counter"):
        with pytest.raises(NotFound):
            all_about(world.viewer(who), TODAY, in_full=True)


# everything that is held


def test_every_domain_says_what_it_holds_masked_on_the_page_and_in_full_in_the_files(world: World) -> None:
    side, viewer = world.harbour, world.viewer("worker")
    masked, full = all_about(viewer, TODAY), all_about(viewer, TODAY, in_full=True)
    assert {held.domain for held in full} == {"registry", "incentives", "office"}
    identity = table(full, "registry.identity")[0]
    assert (identity["name"], identity["identity_number"], identity["phone"]) == (
        side.name(side.worker),
        side.number(side.worker),
        side.phone(side.worker),
    )
    assert table(full, "registry.certificates")[0]["number"] == side.certificate(side.worker)
    assert table(masked, "registry.identity")[0]["identity_number"] == "99***************" + side.number(side.worker)[-1]
    assert {row["kind"] for row in table(full, "office.mandates")} == {"counter", "broker"}
    assert [row["title"] for row in table(full, "office.attachments")] == ["Diploma"]
    assert len(table(full, "office.notices")) == 1


def test_merged_records_are_one_person_here_too(world: World) -> None:
    side = world.harbour
    Alias.objects.create(worker_id=side.student, merged_into_id=side.worker, reason="test", merged_at=NOW)
    found = all_about(world.viewer("worker"), TODAY, in_full=True)
    assert {row["record"] for row in table(found, "registry.identity")} == {side.worker, side.student}
    assert {row["record"] for row in table(found, "registry.certificates")} == {side.worker, side.student}
    assert table(found, "registry.aliases")[0]["merged_into"] == side.worker


def test_the_import_that_brought_somebody_is_named(world: World) -> None:
    side = world.harbour
    batch = ImportBatch.objects.create(
        kind="roster", organisation_id=side.organisation, name="x.xlsx", sha256="", mapping={}, brought_by="test", brought_at=NOW
    )
    Worker.objects.filter(pk=side.worker).update(batch_id=batch.pk)
    found = table(all_about(world.viewer("worker"), TODAY), "registry.imports")
    assert [(row["batch"], row["kind"]) for row in found] == [(batch.pk, "roster")]


def test_every_code_has_its_words(world: World) -> None:
    side = world.harbour
    look(worker_id=side.worker, by=world.viewer("assessor"), now=NOW)
    for held in all_about(world.viewer("worker"), TODAY):
        for at, heading in enumerate(held.columns):
            for row in held.rows:
                if heading.words or heading.resolve:
                    assert row[at] in (None, "") or str(row[at]) in heading.words, (
                        f"{held.table}.{heading.name} has no words for {row[at]!r}"
                    )


def _speaks_of_a_person(model: Any) -> bool:
    """Whether a row has the key of a worker or of an account."""
    for field in model._meta.concrete_fields:
        target = field.related_model
        if (
            field.name in ("worker_id", "worker", "chain")
            or target in (Worker, Account)
            or (target and target._meta.model_name == "account")
        ):
            return True
    return model in (Worker, Account)


NOT_OF_ONE_PERSON = {
    "office.Reset": "of staff with powers alone; each step is an event, which is listed",
    "office.RoleWish": "of staff alone; what comes of it is a role, and each step an event, which are listed",
    "office.ParameterConfirmation": "acts of staff on a figure of a rule, about nobody; each step is an event, which is listed",
    "office.ChainHead": "repeats the last event of each chain, which is listed",
}
"""Models with such a key that no domain need list, and why."""


def test_no_model_that_speaks_of_a_person_is_forgotten(world: World) -> None:
    listed = {label for held in all_about(world.viewer("worker"), TODAY) for label in held.models}
    speaking = {model._meta.label for model in apps.get_models() if _speaks_of_a_person(model)}
    assert speaking - listed - NOT_OF_ONE_PERSON.keys() == set(), "add the model to a domain's queries/holdings.py, or say here why not"
    assert NOT_OF_ONE_PERSON.keys() <= speaking, "an exception is no longer needed"


def test_everything_listed_says_how_long_it_is_kept(world: World) -> None:
    rules = {rule.key for rule in RULES}
    assert {held.table: held.rule for held in all_about(world.viewer("worker"), TODAY) if held.rule not in rules} == {}


# to take along


def take(world: World, ending: str = "", now: datetime = NOW) -> zipfile.ZipFile:
    side = world.harbour
    content = take_all(ending=ending or side.number(side.worker)[-4:], by=world.viewer("worker"), now=now, kept=kept())
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_files_hold_all_of_it_to_read_for_a_spreadsheet_and_for_programs(world: World) -> None:
    side = world.harbour
    files = take(world)
    names = set(files.namelist())
    assert {"全部信息.html", "all-about-me.html", "held.json", f"papers/{side.keys['paper']}.png"} <= names
    document = json.loads(files.read("held.json"))
    assert {f"tables/{told['name']}.csv" for told in document["tables"]} <= names
    rows = list(csv.DictReader(io.StringIO(files.read("tables/registry.workers.csv").decode("utf-8-sig"))))
    assert (rows[0]["sex"], rows[0]["sex_zh"], rows[0]["sex_en"]) == ("female", "女", "female")
    for name, word in (("全部信息.html", "高中、中专、技校"), ("all-about-me.html", "senior secondary school")):
        page = files.read(name).decode()
        assert side.number(side.worker) in page
        assert word in page
        assert "http" not in page, "the page asks nothing of anybody"
    assert files.read(f"papers/{side.keys['paper']}.png") == b"paper"


def test_what_people_wrote_becomes_neither_a_tag_nor_a_formula(world: World) -> None:
    Account.objects.filter(grants__worker_id=world.harbour.worker).update(name='=HYPERLINK("x")<script>')
    files = take(world)
    assert "<script>" not in files.read("all-about-me.html").decode()
    rows = list(csv.DictReader(io.StringIO(files.read("tables/office.accounts.csv").decode("utf-8-sig"))))
    assert rows[0]["name"].startswith("'=HYPERLINK")


def test_taking_it_along_is_written_down_and_told_and_the_event_holds_no_number(world: World) -> None:
    take(world)
    event = AuditEvent.objects.get(action=TAKE)
    assert event.chain == f"worker:{world.harbour.worker}"
    assert set(json.loads(event.details)) == {"tables", "rows"}
    assert Notice.objects.filter(template="held_downloaded", worker_id=world.harbour.worker).count() == 1


def test_a_wrong_number_hands_out_nothing_and_too_many_must_wait(world: World) -> None:
    ending = world.harbour.number(world.harbour.worker)[-4:]
    for _ in range(MOST_WRONG):
        with pytest.raises(GuildhallError, match="not the last four"):
            take(world, "0000" if ending != "0000" else "1111")
    with pytest.raises(GuildhallError, match="too often"):
        take(world)
    assert take(world, now=NOW + timedelta(hours=1, minutes=1))
    page = world.client("worker").post(reverse("held_files"), {"ending": "zzzz", "alone": "on"})
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")


# who looked


def test_the_person_sees_which_authority_looked_at_what_and_why_and_not_which_officer(world: World) -> None:
    side = world.harbour
    officer = world.viewer("assessor")
    look(worker_id=side.worker, by=officer, now=NOW)
    reveal(worker_id=side.worker, field="phone", reason="contact", note="about the course", by=officer, now=NOW)
    look(worker_id=side.worker, by=world.viewer("employer"), now=NOW)
    page = shown(world, "looked")
    assert "assessor, Harbour" in page
    assert 'employer, <span lang="zh-Hans">第7301号</span>' in page
    assert "saw a number in full: phone" in page
    assert "to get in touch with you" in page
    assert "about the course" in page
    assert f"assessor {side.key}" not in page, "the officer's own name stays with the authority"
    assert "was looked at 3 times" in page


def test_ones_own_reading_is_no_look(world: World) -> None:
    shown(world, "me")
    take(world)
    assert "Nobody has looked" in shown(world, "looked")


def test_looks_at_a_merged_record_are_looks_at_the_person(world: World) -> None:
    side = world.harbour
    look(worker_id=side.student, by=world.viewer("assessor"), now=NOW)
    Alias.objects.create(worker_id=side.student, merged_into_id=side.worker, reason="test", merged_at=NOW)
    assert "was looked at once" in shown(world, "looked")


# the header


def test_the_header_counts_what_was_not_read(world: World) -> None:
    assert '<span class="tag wait">1</span>' in shown(world, "me")
    world.client("worker").post(reverse("notices"), {"read": "all"})
    assert '<span class="tag wait">1</span>' not in shown(world, "me")
