"""What complete files of other authorities end: nothing where they are bad, much only where somebody has confirmed the number."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from guildhall.cli import feeds as feed_module
from guildhall.cli.feeds import feed as feed_command
from guildhall.office.models import AuditEvent
from guildhall.registry import models
from guildhall.registry.engine.roster import NotATable
from guildhall.registry.operations import feeds
from tests import people
from tests.registry.feed_files import BY, FEB, JAN, UNEMPLOYED, content, counts, known, sides, state
from tests.registry.rosters import number as newcomer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(on_record: None) -> None:
    """Every test begins with the small city on record."""


@pytest.fixture
def officer() -> Any:
    return people.signed_in(people.grant("claims_officer", place="t"))


EVERYBODY = tuple((known(n), "", "2025-11-03", "") for n in range(1, 11))
LOST = "9.90103E+17"
"""An identity number as a spreadsheet leaves it that took it for a number."""


def lasting() -> int:
    return models.ReportedFact.objects.filter(kind="unemployed", ended_on=None).count()


def test_a_file_of_which_no_row_was_taken_ends_nobody(bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    for day, rows in enumerate([[(newcomer(600), "", "2025-11-03", "")], [(known(1), "", "nonsense", "")], [(LOST, "", "2025-11-03", "")]]):
        batch = bring("unemployment", *rows, as_of=FEB + timedelta(day))
        assert (counts(batch), batch.forecast["held_back"]) == ((0, 0, 0, 1), {"none_taken": 1})
        assert sides(batch)["only_here"] == 10
        assert json.loads(AuditEvent.objects.latest("event_id").details)["held_back"] == {"none_taken": 1}
    assert lasting() == 10


def test_a_row_that_may_be_about_anybody_lets_nobody_end(stage: Any, bring: Any, now: datetime) -> None:
    bring("unemployment", *EVERYBODY)
    wrong = known(10)[:-1] + ("1" if known(10)[-1] != "1" else "2")
    for day, number in enumerate((LOST, "", wrong, known(10)[:15])):
        rows = [*EVERYBODY[:9], (number, "甲", "2025-11-03", "")]
        staged = stage("unemployment", *rows, as_of=FEB + timedelta(day), trial=True)
        forecast = feeds.foresee(batch=staged, by=BY, now=now + timedelta(9))
        assert (forecast["would_end"], forecast["held_back"]) == (0, {"unmatched": 1})
        assert bring("unemployment", *rows, as_of=FEB + timedelta(day)).forecast["held_back"] == {"unmatched": 1}
    assert lasting() == 10


def test_a_number_that_nobody_on_record_has_is_about_nobody_on_record(bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    batch = bring("unemployment", *EVERYBODY[:9], (newcomer(600), "", "2025-11-03", ""), as_of=FEB)
    assert (sides(batch)["ended"], batch.forecast.get("held_back"), lasting()) == (1, {}, 9)


def test_where_more_than_a_fifth_would_end_the_number_is_confirmed_first(stage: Any, bring: Any, now: datetime) -> None:
    bring("unemployment", *EVERYBODY)
    assert sides(bring("unemployment", *EVERYBODY[:8], as_of=FEB))["ended"] == 2, "a fifth and no more"
    before = state()
    for ends in (None, 1, 9):
        with pytest.raises(feeds.ManyEnd, match=r"8\D*2\D"):
            bring("unemployment", *EVERYBODY[:6], as_of=FEB + timedelta(1), ends=ends)
        assert state() == before
    assert sides(bring("unemployment", *EVERYBODY[:6], as_of=FEB + timedelta(1), ends=2))["ended"] == 2
    with pytest.raises(feeds.ManyEnd):
        bring("unemployment", *EVERYBODY[:6], as_of=FEB + timedelta(2), ends=3)
    later = stage("unemployment", EVERYBODY[0], as_of=FEB + timedelta(3))
    feeds.foresee(batch=later, by=BY, now=now + timedelta(9))
    with pytest.raises(feeds.ManyEnd, match=r"6\D*5\D"):
        feeds.apply_later(batch=later, by=BY, now=now + timedelta(9))
    later.refresh_from_db()
    assert (later.state, lasting()) == ("staged", 6)
    feeds.apply_later(batch=later, by=BY, now=now + timedelta(9), ends=5)


def test_the_second_file_of_a_day_ends_nobody(bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    bring("unemployment", *EVERYBODY[:8], (known(9), "", "nonsense", ""), (known(10), "", "nonsense", ""), as_of=FEB)
    batch = bring("unemployment", EVERYBODY[8], as_of=FEB)
    assert (counts(batch), lasting()) == ((0, 0, 1, 0), 10), "one of the two rows corrected and brought alone"
    assert sides(bring("unemployment", *EVERYBODY[:9], as_of=FEB + timedelta(1)))["ended"] == 1


@pytest.mark.parametrize("rows", [(), (("", "合计：0", "", ""),), (("填表人：张三", "", "", ""), ("", "", "", ""))])
def test_a_file_without_rows_is_no_data_and_ends_nobody(bring: Any, rows: Any) -> None:
    bring("unemployment", *EVERYBODY)
    with pytest.raises(NotATable, match="no rows under the header"):
        bring("unemployment", *rows, as_of=FEB)
    feed = models.Feed.objects.get(pk="unemployment")
    assert (feed.state, feed.as_of, lasting()) == ("no_data", JAN, 10)
    assert models.ImportBatch.objects.filter(kind="unemployment").count() == 1


def test_the_page_asks_before_much_ends(officer: Any, bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    file = SimpleUploadedFile("u.csv", content("unemployment", EVERYBODY[:3]))
    page = officer.post("/en/feeds/unemployment/load/", {"file": file, "as_of": "2026-01-31"}, follow=True)
    address = page.redirect_chain[-1][0]
    assert "Yes: 7 of the 10 that hold on record have ended" in page.content.decode()
    refused = officer.post(address, follow=True).content.decode()
    assert "7 of the 10 that hold on record are not in this file" in refused
    assert (lasting(), models.ImportBatch.objects.latest("pk").state) == (10, "staged")
    done = officer.post(address, {"ends": "7"}, follow=True).content.decode()
    assert "3 read: 0 accepted, 0 changed, 3 unchanged, 0 rejected" in done
    assert lasting() == 3


def test_the_page_says_why_nobody_ends_and_why_a_feed_is_broken(officer: Any, bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    file = SimpleUploadedFile("u.csv", content("unemployment", [(LOST, "", "2025-11-03", "")] * 2))
    page = officer.post("/en/feeds/unemployment/load/", {"file": file, "as_of": "2026-01-31"}, follow=True)
    assert "none of which could be taken: this file ends nobody" in page.content.decode()
    officer.post(page.redirect_chain[-1][0])
    batch = models.ImportBatch.objects.latest("pk")
    assert "No row of this file could be taken" in officer.get(f"/en/feeds/files/{batch.pk}/").content.decode()
    told = officer.get("/en/feeds/").content.decode()
    assert "<h1>1 of 5 files is broken</h1>" in told
    assert "“u.csv”: 2 rows, none of which could be taken" in told
    assert "broken: no row of the last file could be taken" in told
    assert f'href="/en/feeds/files/{batch.pk}/">See these rows' in told
    assert lasting() == 10


def test_the_command_ends_much_only_with_the_number(tmp_path: Path, bring: Any) -> None:
    bring("unemployment", *EVERYBODY)
    file = tmp_path / "u.csv"
    file.write_bytes(content("unemployment", EVERYBODY[:5]))

    def run(*more: str) -> Any:
        return CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-31", *more])

    assert "--ends 5 confirms it" in run("--dry-run").output
    refused = run()
    assert isinstance(refused.exception, feeds.ManyEnd)
    assert "--ends 5" in str(refused.exception)
    assert (lasting(), models.ImportBatch.objects.count()) == (10, 1), "nothing is left of it"
    assert "5 on record: no longer in the file, and ended on its day" in run("--ends", "5").output
    assert lasting() == 5
    file.write_bytes(content("unemployment", [*EVERYBODY[:4], (LOST, "", "2025-11-03", "")]))
    said = CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-02-01"]).output
    assert "1 rejected row: no identity number can be read" in said
    assert lasting() == 5


def test_a_command_that_was_killed_before_it_told_tells_and_does_not_bring_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, beside = tmp_path / "u.csv", tmp_path / "u.rejected.xlsx"
    file.write_bytes(content("unemployment", [*UNEMPLOYED, (newcomer(600), "", "2025-11-03", "")]))
    with monkeypatch.context() as killed:
        killed.setattr(feed_module, "write_rejected", Killed.now)
        with pytest.raises(Killed):
            CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30"])
    assert not beside.exists()
    ran = CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30"])
    assert ran.stdout.splitlines()[-1] == "4 read: 3 accepted, 0 changed, 0 unchanged, 1 rejected"
    assert beside.exists()
    assert models.ImportBatch.objects.count() == 1
    CliRunner().invoke(feed_command, ["unemployment", str(file), "--as-of", "2026-01-30"])
    assert models.ImportBatch.objects.count() == 2, "once it was told, the same file is brought again"


class Killed(BaseException):
    @staticmethod
    def now(*_: object) -> None:
        raise Killed
