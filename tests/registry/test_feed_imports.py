"""Files of other authorities into the registry: what each row does, what a newer file ends, and when a feed is too old to decide."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from guildhall.cli.feeds import feed as feed_command
from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.runs import Folder
from guildhall.office.engine.chain import ROWS_DIGEST, batch_digest
from guildhall.office.models import AuditEvent
from guildhall.registry import models
from guildhall.registry.engine.feeds import CONTRACTS
from guildhall.registry.engine.roster import NotATable
from guildhall.registry.operations import feeds, imports
from guildhall.registry.operations.imports import staging
from guildhall.registry.queries import feeds as queries
from guildhall.registry.queries import imports as import_queries
from guildhall.registry.queries.holdings import held_about
from guildhall.registry.queries.imports import Occupations
from guildhall.registry.queries.insured import insured
from guildhall.web.viewer import system
from tests import people
from tests.registry import folders
from tests.registry.feed_files import BY, FEB, JAN, TODAY, UNEMPLOYED, codes, content, counts, known, sides, state
from tests.registry.rosters import brought, full
from tests.registry.rosters import number as newcomer

if TYPE_CHECKING:
    from tests.registry.conftest import Load

pytestmark = pytest.mark.django_db


def certificate(n: int, level: int = 4, year: int = 21) -> str:
    """A certificate number; level and year stand in it."""
    return f"S000099{n:06d}{year:02d}{level}{n:06d}"


APPOINTMENT = "S00009900000001T000901"
PRINTED = certificate(40, 1, 15)


@pytest.fixture(autouse=True)
def city(on_record: None) -> None:
    """The small city, certificate 40 with a number in the form of today."""
    sealed = models.vault().seal("registry.certificate_numbers", "number", 40, PRINTED)
    hashed = models.vault().keyed_hash("certificate_number", PRINTED)
    models.CertificateNumber.objects.filter(pk=40).update(number_sealed=sealed, number_hash=hashed)


CERTIFICATES = (
    (known(1), "", certificate(900), "四级", "电工", "2021-05-01", "ORG0002", ""),
    (known(2), "别名", APPOINTMENT, "首席技师", "电工", "2022-05-01", "ORG0001", "2025-12-31"),
    (known(1), "", PRINTED, "L1", "电工", "2015-02-10", "ORG0005", ""),
)
SPELLS = ((known(3), "", "2025-01", "2025-06", "ORG0001"), (known(4), "", "2025-03", "", "ORG0002"))
HARD = ((known(5), "", "残疾人", "2020-01-01", ""), (known(5), "", "就业困难人员", "2024-01-01", "至今"))
GRADUATES = ((known(8), "", "ORG0002", "大专", "460301", "2015-06-30"), (known(9), "", "", "本科", "", "2016-06-30"))
SAMPLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "certificates": CERTIFICATES[:2], "insurance": SPELLS, "unemployment": UNEMPLOYED, "hardship": HARD, "graduates": GRADUATES,
}  # fmt: skip


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_file_comes_in_and_the_same_file_again_changes_nothing(kind: str, bring: Any) -> None:
    rows = SAMPLES[kind]
    batch = bring(kind, *rows)
    assert counts(batch) == (len(rows), 0, 0, 0), list(import_queries.rejected_rows(batch))
    before = state()
    again = bring(kind, *rows)
    assert counts(again) == (0, 0, len(rows), 0)
    assert state() == before
    assert not models.Superseded.objects.exists()
    feed = models.Feed.objects.get(pk=kind)
    assert (feed.state, feed.as_of, feed.last_batch_id, feed.error) == ("connected", JAN, again.pk, "")


def test_a_certificate_is_sealed_and_says_who_issued_it(bring: Any) -> None:
    bring("certificates", *CERTIFICATES[:2])
    one, other = models.Certificate.objects.filter(pk__gt=45).order_by("worker_id")
    assert (one.worker_id, one.kind, one.level, one.occupation, one.issuer_id, one.source) == (
        1,
        "skill_level",
        "L4",
        "6-31-01-03",
        2,
        "public_body",
    )
    assert (other.kind, other.level, other.valid_until) == ("appointment", "LS", date(2026, 1, 1))
    sealed = one.number.number_sealed
    assert models.vault().open("registry.certificate_numbers", "number", one.pk, bytes(sealed)) == certificate(900)
    assert certificate(900).encode() not in bytes(sealed)


def test_what_differs_in_a_certificate_is_put_right_and_what_it_said_is_kept(bring: Any) -> None:
    held = models.Certificate.objects.get(pk=40)
    row = (known(held.worker_id), "", PRINTED, "L1", "电工", "2015-12-01", "ORG0002", "")
    batch = bring("certificates", row)
    assert counts(batch) == (0, 1, 0, 0)
    held.refresh_from_db()
    assert (held.level, held.issued_on, held.issuer_id) == ("L1", date(2015, 12, 1), 2)
    told = models.Superseded.objects.filter(table="registry.certificates", row=40)
    assert {one.column for one in told} >= {"level", "issuer_id", "issued_on"}
    assert {(one.worker_id, one.batch_id) for one in told} == {(held.worker_id, batch.pk)}


def test_rows_that_cannot_be_are_told_and_come_back_as_they_can_be_read(bring: Any) -> None:
    holder = models.Certificate.objects.get(pk=40).worker_id
    other = known(holder % 40 + 1)
    batch = bring(
        "certificates",
        (other, "", PRINTED, "L1", "电工", "2015-02-11", "ORG0002", ""),
        (newcomer(500), "新人", certificate(902), "L4", "电工", "2021-05-01", "ORG0002", "2030-05-01"),
        (known(1), "", certificate(903), "L4", "电工", "2021-05-01", "NOBODY", ""),
    )
    assert sorted(codes(batch)) == ["certificate_of_another", "not_on_record", "organisation_unknown"]
    assert counts(batch) == (0, 0, 0, 3)
    assert models.Feed.objects.get(pk="certificates").state == "broken"
    row = next(row for row in import_queries.rejected(batch) if row.cells[0] == newcomer(500))
    assert row.cells == (newcomer(500), "新人", certificate(902), "L4", "6-31-01-03", "2021-05-01", "ORG0002", "2030-05-01")
    assert newcomer(500) not in json.dumps([fault.as_json() for fault in row.faults])


def test_a_claim_is_confirmed_by_number_or_by_level_and_day(bring: Any, now: datetime) -> None:
    by = system("command:import roster")
    numbers = {n: certificate(n, level, 20) for n, level in ((100, 4), (102, 3))}
    roster = [
        full(100, certificate_number=numbers[100]),
        full(101, certificate_number=None),
        full(102, level="L3", certificate_number=numbers[102]),
    ]
    imports.apply(batch=brought(roster, by=by, now=now), by=by, now=now)
    batch = bring(
        "certificates",
        (newcomer(100), "", numbers[100], "L4", "电工", "2020-06-01", "ORG0002", ""),
        (newcomer(101), "", certificate(951, 4, 20), "L4", "电工", "2020-05-01", "ORG0002", ""),
        (newcomer(102), "", certificate(952, 4, 20), "L4", "电工", "2020-06-01", "ORG0002", ""),
    )
    assert counts(batch) == (3, 0, 0, 0)
    found = {
        claim.worker.identity.number_hash: claim.confirmed_id
        for claim in models.ClaimedCertificate.objects.select_related("worker__identity")
    }
    hashes = [models.vault().keyed_hash("identity_number", newcomer(n)) for n in (100, 101, 102)]
    said = [found[number] is not None for number in hashes]
    assert said == [True, True, False], "another level on another day confirms nothing"
    assert import_queries.noted(batch, ("other_name", "confirms")) == {"confirms": [2, 3]}
    assert counts(bring("certificates", (newcomer(102), "", numbers[102], "L3", "电工", "2020-07-01", "ORG0002", ""))) == (1, 0, 0, 0)
    assert models.ClaimedCertificate.objects.filter(confirmed=None).count() == 0


@pytest.mark.parametrize(
    ("claimed", "confirmed"),
    [
        ({"certificate_number": certificate(100, 4, 20)}, True),
        ({"certificate_number": certificate(101, 4, 20)}, False),
        ({"certificate_number": None}, True),
        ({"certificate_number": None, "occupation": None}, True),
        ({"certificate_number": None, "occupation": "6-31-01-01"}, False),
        ({"certificate_number": None, "issued_on": None}, False),
    ],
)
def test_a_certificate_confirms_no_claim_of_another_number_or_occupation(
    bring: Any, now: datetime, claimed: dict[str, Any], confirmed: bool
) -> None:
    """The certificate is of the same level and day as what the employer named."""
    by = system("command:import roster")
    imports.apply(batch=brought([full(100, **claimed)], by=by, now=now), by=by, now=now)
    bring("certificates", (newcomer(100), "", certificate(100, 4, 20), "L4", "电工", "2020-05-01", "ORG0002", ""))
    assert (models.ClaimedCertificate.objects.get().confirmed_id is not None) == confirmed


def test_a_certificate_without_a_number_gets_the_one_that_is_printed_on_it(bring: Any) -> None:
    models.CertificateNumber.objects.filter(pk=40).delete()
    models.Certificate.objects.filter(pk=40).update(kind="skill_level", level="L3")
    held = models.Certificate.objects.select_related("issuer").get(pk=40)
    printed = certificate(999, 5 - ("L5", "L4", "L3", "L2", "L1").index(held.level), 15)
    row = (known(held.worker_id), "", printed, held.level, "电工", str(held.issued_on), held.issuer.code, "")
    assert counts(bring("certificates", row)) == (0, 1, 0, 0)
    held.refresh_from_db()
    assert bytes(held.number.number_hash) == models.vault().keyed_hash("certificate_number", printed)
    assert counts(bring("certificates", row)) == (0, 0, 1, 0)


def test_insured_spells_of_one_payer_never_overlap(bring: Any) -> None:
    models.InsuranceSpell.objects.filter(worker_id=3).delete()
    bring("insurance", (known(3), "", "2024-01", "", "ORG0001"), (known(3), "", "2024-01", "2024-12", "ORG0002"))
    late = bring("insurance", (known(3), "", "2024-01", "2024-06", "ORG0001"), (known(3), "", "2024-09", "", "ORG0001"), as_of=FEB)
    assert counts(late) == (1, 1, 0, 0)
    spells = models.InsuranceSpell.objects.filter(worker_id=3, organisation_id=1).order_by("started_on")
    assert [(s.started_on, s.ended_on) for s in spells] == [(date(2024, 1, 1), date(2024, 7, 1)), (date(2024, 9, 1), None)]
    assert models.Superseded.objects.get(table="registry.insurance_spells").column == "ended_on"
    moved = bring("insurance", (known(3), "", "2024-08", "", "ORG0001"), as_of=FEB)
    assert counts(moved) == (0, 1, 0, 0)
    wide = bring("insurance", (known(3), "", "2023-01", "2024-12", "ORG0001"), as_of=FEB)
    assert codes(wide) == ["spells_overlap"]


def test_a_newer_complete_file_ends_what_it_no_longer_says(bring: Any) -> None:
    bring("unemployment", *UNEMPLOYED)
    batch = bring("unemployment", UNEMPLOYED[0], (known(9), "", "2026-01-31", ""), (newcomer(600), "", "2026-01-31", ""), as_of=FEB, ends=1)
    assert counts(batch) == (1, 0, 1, 1)
    assert sides(batch) == {"added": 1, "ended": 1, "unchanged": 1, "only_there": 1}
    ended = models.ReportedFact.objects.get(worker_id=6)
    assert ended.ended_on == FEB
    assert models.Superseded.objects.get(row=ended.pk).batch_id == batch.pk
    assert models.ReportedFact.objects.get(worker_id=7).ended_on == date(2026, 1, 1)
    back = bring("unemployment", UNEMPLOYED[1], UNEMPLOYED[0], as_of=date(2026, 2, 28), ends=1)
    assert counts(back) == (0, 1, 1, 0), "who is reported again is registered again"


def test_who_is_named_in_a_rejected_row_is_not_ended(bring: Any) -> None:
    bring("unemployment", *UNEMPLOYED[:2])
    batch = bring("unemployment", UNEMPLOYED[0], (known(6), "", "nonsense", ""), as_of=FEB)
    assert counts(batch) == (0, 0, 1, 1)
    assert models.ReportedFact.objects.get(worker_id=6).ended_on is None
    assert sides(batch) == {"unchanged": 1, "only_here": 1}
    assert counts(bring("unemployment", UNEMPLOYED[1], as_of=FEB)) == (0, 0, 1, 0), "the corrected row brought alone"
    assert models.ReportedFact.objects.filter(ended_on=None).count() == 2, "ends nobody of the same day's file"


def test_graduations_do_not_end(bring: Any) -> None:
    bring("graduates", *GRADUATES)
    batch = bring("graduates", GRADUATES[0], as_of=FEB)
    assert sides(batch) == {"unchanged": 1, "only_here": 1}
    fact = models.ReportedFact.objects.get(worker_id=8)
    assert (fact.detail, fact.organisation_id, fact.started_on, fact.ended_on) == ("college 460301", 2, date(2015, 6, 30), None)


def test_an_older_file_is_refused_unless_it_corrects(bring: Any) -> None:
    bring("unemployment", *UNEMPLOYED[:2])
    bring("unemployment", UNEMPLOYED[0], as_of=FEB, ends=1)
    with pytest.raises(GuildhallError, match="2026-01-30"):
        bring("unemployment", *UNEMPLOYED)
    assert not models.ImportBatch.objects.exclude(state="done").exists()
    assert models.Feed.objects.get(pk="unemployment").state == "connected", "an older file does not break the feed"
    batch = bring("unemployment", UNEMPLOYED[1], UNEMPLOYED[2], correction=True)
    assert counts(batch) == (1, 0, 1, 0)
    assert models.ReportedFact.objects.get(worker_id=6).ended_on == FEB, "what a newer file ended stays ended"
    assert models.ReportedFact.objects.get(worker_id=5).ended_on is None, "an older file ends nobody"
    assert models.Feed.objects.get(pk="unemployment").as_of == FEB


def test_a_file_that_was_staged_before_a_newer_one_came_is_refused(stage: Any, bring: Any, now: datetime) -> None:
    waiting = stage("hardship", *HARD)
    bring("hardship", HARD[0], as_of=FEB)
    with pytest.raises(GuildhallError, match="2026-01-30"):
        feeds.apply(batch=waiting, by=BY, now=now + timedelta(1))


def test_stopped_between_any_two_chunks_it_goes_on(stage: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    rows = [(known(n), "", "2025-11-03", "") for n in range(1, 8)]
    batch = stage("unemployment", *rows, (newcomer(700), "", "2025-11-03", ""))

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    for stops in range(1, 5):
        with pytest.raises(InterruptedError):
            feeds.apply(batch=batch, by=BY, now=now, progress=stop)
        batch.refresh_from_db()
        assert batch.position == min(2 * stops, 8)
        assert models.ReportedFact.objects.count() == batch.accepted
        assert not models.Feed.objects.exists()
        again = stage("unemployment", *rows, (newcomer(700), "", "2025-11-03", ""))
        assert again.pk == batch.pk, "the same file goes on where it stopped"
    done = feeds.apply(batch=batch, by=BY, now=now)
    assert counts(done) == (7, 0, 0, 1)
    assert sides(done) == {"added": 7, "only_there": 1}
    event = AuditEvent.objects.get(action="registry.import_feed")
    assert (event.chain, json.loads(event.details)["accepted"], json.loads(event.details)["only_there"]) == ("feed:unemployment", 7, 1)
    assert batch_digest(import_queries.batch_proof(done.pk)).hex() == json.loads(event.details)[ROWS_DIGEST]
    with pytest.raises(AlreadyDone):
        feeds.apply(batch=done, by=BY, now=now)


def test_what_would_happen_is_foretold_and_nothing_done(stage: Any, bring: Any, now: datetime) -> None:
    bring("unemployment", *UNEMPLOYED)
    before = state()
    batch = stage(
        "unemployment", UNEMPLOYED[0], (known(9), "", "2026-01-31", ""), (newcomer(600), "", "2026-01-31", ""), as_of=FEB, trial=True
    )
    forecast = feeds.foresee(batch=batch, by=BY, now=now + timedelta(1))
    assert forecast["counts"] == {"accepted": 1, "changed": 0, "unchanged": 1, "rejected": 1}
    assert (forecast["would_end"], forecast["not_on_record"]) == (1, 1)
    assert state() == before


def test_merged_records_are_one_person(bring: Any, now: datetime) -> None:
    bring("unemployment", *UNEMPLOYED[:2])
    models.Alias.objects.create(worker_id=6, merged_into_id=5, reason="one person", merged_at=now)
    assert counts(bring("unemployment", (known(6), "", "2025-11-03", ""), UNEMPLOYED[1], as_of=FEB)) == (0, 0, 2, 0)


def test_only_officers_of_the_whole_city_bring_files(stage: Any, now: datetime) -> None:
    batch = stage("hardship", *HARD)
    for role, place in (("assessor", "t-990103"), ("planner", "t"), ("administrator", "t"), ("arrears_officer", "t"), ("auditor", "t")):
        by = people.viewer(role, place=place)
        with pytest.raises(NotFound):
            feeds.receive(content=b"", kind="hardship", name="x.csv", as_of=None, by=by, now=now)
        for verb in (feeds.apply, imports.confirm, imports.discard):
            with pytest.raises(NotFound):
                verb(batch=batch, by=by, now=now)
    with pytest.raises(NotFound):
        feeds.receive(content=b"", kind="weather", name="x.csv", as_of=None, by=BY, now=now)
    city = people.viewer("claims_officer", place="t")
    assert feeds.apply(batch=batch, by=city, now=now).state == "done"


def test_a_file_that_cannot_be_read_breaks_the_feed_and_leaves_what_came_before(bring: Any, stage: Any, now: datetime) -> None:
    bring("hardship", *HARD)
    with pytest.raises(NotATable):
        feeds.bring(content=b"a,b\n1,2\n", name="h.csv", kind="hardship", as_of=FEB, occupations=Occupations, by=BY, now=now)
    feed = models.Feed.objects.get(pk="hardship")
    assert (feed.state, feed.as_of) == ("broken", JAN)
    assert set(json.loads(feed.error)) == {"zh", "en"}
    assert models.ImportBatch.objects.count() == 1
    with pytest.raises(NotATable):
        bring("hardship", as_of=FEB)
    assert models.Feed.objects.get(pk="hardship").state == "no_data", "a header without rows"


def test_old_data_are_marked_too_old_to_decide(bring: Any) -> None:
    bring("unemployment", *UNEMPLOYED)
    limit = CONTRACTS["unemployment"].stale_after
    last = TODAY + timedelta(limit)
    assert not queries.freshness(last)["unemployed"].stale
    assert queries.freshness(last + timedelta(1))["unemployed"].stale
    assert queries.freshness(TODAY)["hardship"].as_of is None
    assert not queries.freshness(TODAY)["hardship"].stale, "what has never come is missing, not old"
    months = insured(1, TODAY + timedelta(200))
    assert months.fresh
    assert months.fresh.stale
    found = queries.standing(people.viewer("planner", place="t"), TODAY + timedelta(200))
    assert [(one.kind, one.state, one.stale, one.began) for one in found] == [
        ("certificates", "none", False, True), ("insurance", "none", True, True), ("unemployment", "connected", True, False),
        ("hardship", "none", False, False), ("graduates", "none", False, False),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        queries.standing(people.viewer("auditor", place="t"), TODAY)


def test_all_that_a_feed_says_of_a_person_is_held_about_them(bring: Any) -> None:
    bring("hardship", *HARD)
    bring("graduates", (known(5), "", "ORG0002", "大专", "460301", "2015-06-30"))
    held = {table.table: table for table in held_about(5)}
    words = [tuple(getattr(cell, "en", cell) for cell in row) for row in held["registry.reported_facts"].rows]
    assert {row[2] for row in words} == {"disabled", "registered as hard to employ", "junior college, programme 460301"}
    assert {row[1] for row in held["registry.imports"].rows} == {"hardship", "graduates"}


@pytest.fixture
def officer() -> Any:
    return people.signed_in(people.grant("claims_officer", place="t"))


def test_an_officer_of_the_city_brings_a_file_in_and_sees_what_came_of_it(officer: Any) -> None:
    file = SimpleUploadedFile("registered.csv", content("hardship", [*HARD, (newcomer(800), "", "残疾人", "2020-01-01", "")]))
    page = officer.post("/en/feeds/hardship/load/", {"file": file, "as_of": "2026-01-30"}, follow=True)
    assert "Should this file come in?" in page.content.decode()
    assert not models.ReportedFact.objects.exists()
    done = officer.post(page.redirect_chain[-1][0], follow=True).content.decode()
    assert "3 read: 2 accepted, 0 changed, 0 unchanged, 1 rejected" in done
    assert "this person is not on record" in done
    assert newcomer(800) not in done
    batch = models.ImportBatch.objects.get()
    assert officer.get(f"/en/feeds/files/{batch.pk}/rejected/").content.startswith(b"PK")
    told = officer.get("/en/feeds/").content.decode()
    assert "files are too old to decide" in told or "file is too old to decide" in told
    assert "disabled" in officer.get("/en/people/5/").content.decode()


def test_a_file_that_is_no_feed_is_told_beside_the_field(officer: Any) -> None:
    file = SimpleUploadedFile("x.csv", "姓名,电话\n王某,1\n".encode())
    page = officer.post("/en/feeds/hardship/load/", {"file": file, "as_of": "2026-01-30"})
    assert "cannot be read as a table" in page.content.decode()
    assert "broken" in officer.get("/en/feeds/").content.decode()
    assert not models.ImportBatch.objects.exists()


def test_the_page_works_with_no_file_at_all_and_officers_of_a_district_bring_none() -> None:
    district = people.signed_in(people.grant("assessor", place="t-990103"))
    assert district.get("/en/feeds/").status_code == 200
    assert district.get("/en/feeds/hardship/load/").status_code == 404
    assert people.signed_in(people.grant("planner", place="t")).get("/zh/feeds/").status_code in (200, 404)


def test_the_command_ends_with_the_counts(tmp_path: Path, now: datetime) -> None:
    file = tmp_path / "u.csv"
    file.write_bytes(content("unemployment", [*UNEMPLOYED, (newcomer(600), "", "2025-11-03", "")]))
    ran = CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30", "--dry-run"])
    assert ran.stdout.splitlines()[-1] == "4 read: 3 accepted, 0 changed, 0 unchanged, 1 rejected"
    assert not models.ReportedFact.objects.exists()
    ran = CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30"])
    assert (ran.stdout.splitlines()[-1], ran.exit_code) == ("4 read: 3 accepted, 0 changed, 0 unchanged, 1 rejected", 3)
    assert (tmp_path / "u.rejected.xlsx").is_file()
    ran = CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30", "--json"])
    said = json.loads(ran.stdout)
    assert (said["unchanged"], said["reconciled"]["only_there"], said["as_of"]) == (3, 1, "2026-01-30")


def test_the_sample_files_are_the_same_each_time_and_say_their_day(folder: Folder, now: datetime) -> None:
    from guildhall.skills.queries import known_occupations
    from guildhall.synth.feeds import MADE, feed_files

    days = dict.fromkeys(MADE, date(2026, 1, 20))
    made = feed_files(folder, ["6-31-01-03"], days, rows=6)
    assert made == feed_files(folder, ["6-31-01-03"], days, rows=6)
    for kind in MADE:
        batch = feeds.bring(
            content=made[kind], name=f"{kind}.csv", kind=kind, as_of=None, occupations=known_occupations,
            by=BY, now=now, correction=True,
        )  # fmt: skip
        assert (batch.rows, batch.as_of) == (8, date(2026, 1, 20))


def test_feeds_go_with_the_city_that_they_speak_of(bring: Any, tmp_path: Path, load: Load) -> None:
    bring("hardship", *HARD)

    def other(rows: folders.Rows) -> None:
        rows["registry.workers"][0]["education"] = "bachelor"

    load(folders.write(tmp_path / "other", other), replace=True)
    assert not models.ReportedFact.objects.exists()
    assert not models.Feed.objects.exists(), "data that are gone are neither fresh nor old"
