"""A district officer brings in a bad roster, corrects it, finds a worker; and the worker sees who looked. In both languages."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import DESK, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
WHO = """
import django, json
django.setup()
from django.utils import timezone
from guildhall.office.models import Grant
from guildhall.registry.models import Identity, Organisation, Worker, vault
from guildhall.registry.queries.cast import cast
found = cast(timezone.localdate())
named = {role: Grant.objects.filter(role=role, place=found.district).first().account.username for role in ("claims_officer",)}
person = Identity.objects.get(pk=found.worker)
print(json.dumps({
    "officer": named["claims_officer"],
    "worker": Grant.objects.get(role="worker", worker_id=found.worker, revoked_at=None).account.username,
    "worker_id": found.worker,
    "neighbour_id": found.neighbours_worker,
    "employer": Organisation.objects.get(pk=found.employer).code,
    "name": vault().open("registry.identity", "name", found.worker, person.name_sealed),
    "number": vault().open("registry.identity", "identity_number", found.worker, person.number_sealed),
}))
"""


@pytest.fixture(scope="module")
def who(site: str, site_env: dict[str, str]) -> dict[str, Any]:
    """The people of the journey: an officer, a worker of the district, one of the district beside it."""
    env = {**site_env, "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    told = subprocess.run([sys.executable, "-c", WHO], env=env, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def sign_in_as(page: Page, site: str, language: str, username: str) -> None:
    page.goto(f"{site}/{language}/sign-in/as/")
    page.locator(f'button[value="{username}"]').click()
    assert "/sign-in/" not in page.url


def send(page: Page) -> None:
    """The main button of the page's own form."""
    page.locator("main form button[type=submit]").first.click()


def bring_in(page: Page, file: Any) -> str:
    """From the page that asks for the file to the summary of what was done."""
    page.set_input_files("input[type=file]", file)
    send(page)
    while not page.locator(".summary").count():  # columns and check are pages of their own; a known mapping skips the first
        send(page)
    return page.locator(".summary").inner_text()


def corrected(rejected: bytes, right: Path) -> bytes:
    """The spreadsheet of rejected rows with each row put right, as somebody with the identity cards on the desk would."""
    from openpyxl import load_workbook

    wrong = load_workbook(io.BytesIO(rejected))
    source = [[cell.value for cell in row] for row in load_workbook(right).active.iter_rows()]
    header = next(row for row in source if row and row[0] == "序号")
    known = {str(row[0]): dict(zip(header, row, strict=True)) for row in source if row[0] is not None}
    sheet = wrong.active
    rows = list(sheet.iter_rows())
    names = [cell.value for cell in rows[0]]
    for row in rows[1:]:
        put = known[str(row[names.index("序号")].value)]
        for cell, name in zip(row, names, strict=True):
            if name in put:
                cell.value = put[name]
    out = io.BytesIO()
    wrong.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("zh-hans", PHONE)])
def test_from_a_bad_roster_to_the_worker_who_sees_who_looked(
    chromium: Browser, site: str, site_env: dict[str, str], who: dict[str, Any], language: str, size: Any
) -> None:
    context = chromium.new_context(viewport=size, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    samples = Path(site_env["GUILDHALL_VAR"]) / "samples"

    sign_in_as(page, site, language, who["officer"])
    page.goto(f"{site}/{language}/rosters/new/?name={who['employer']}")
    page.locator('main a[href*="/rosters/new/"]').first.click()
    first = bring_in(page, samples / f"roster-{who['employer']}.xlsx")
    assert "11" in first

    with page.expect_download() as download:
        page.locator('a[href$="/rejected/"]').click()
    mended = corrected(Path(download.value.path()).read_bytes(), samples / f"roster-{who['employer']}-corrected.xlsx")
    page.locator('a[href*="corrects="]').click()
    sheet = {"name": "corrected.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "buffer": mended}
    second = bring_in(page, sheet)
    assert second.startswith("11") or " 11 " in f" {second}"
    assert not page.locator('a[href$="/rejected/"]').count(), second

    page.goto(f"{site}/{language}/people/")
    page.locator("input[name=text]").fill(who["name"])
    page.keyboard.press("Enter")
    page.locator(f'main a[href$="/people/{who["worker_id"]}/"]').click()
    assert who["number"] not in page.content()
    page.locator('a[href$="/show/identity_number/"]').first.click()
    page.locator("input[type=radio]").first.check()
    send(page)
    assert who["number"] in page.inner_text("main")
    refused = page.goto(f"{site}/{language}/people/{who['neighbour_id']}/")
    assert refused is not None
    assert refused.status == 404
    context.clear_cookies()

    sign_in_as(page, site, language, who["worker"])
    page.goto(f"{site}/{language}/me/looked/")
    assert page.locator("main tbody tr").count() >= 2, "the record opened, and the number shown"
    page.goto(f"{site}/{language}/me/held/")
    page.locator('main a[href*="file"]').first.click()
    page.locator("main input[type=text], main input:not([type])").first.fill(who["number"][-4:])
    page.locator("main input[type=checkbox]").first.check()
    with page.expect_download() as taken:
        send(page)
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert archive.testzip() is None
        assert any(who["number"] in archive.read(name).decode(errors="ignore") for name in archive.namelist())
    context.close()
