"""A benefit from “nearly” to the bank's answer: worker, employer, two officers of a district, and somebody who decides on an objection."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from guildhall.incentives.operations.demonstration import page as pdf
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_people_journey import sign_in_as

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
BENEFIT = "small_firm_graduate_subsidy"
HIRES = """
import django, json, sys
django.setup()
from django.utils import timezone
from guildhall.cli.claiming import young_graduates
from guildhall.incentives.models import Claim
from guildhall.incentives.queries.cast import claimed_for
from guildhall.office.models import Grant
from guildhall.registry.queries import territory
from guildhall.registry.queries.cast import cast
from guildhall.web.viewer import PUBLIC
today = timezone.localdate()
own = Grant.objects.get(account__username="demo-employer-2", revoked_at=None).organisation_id
objector = Grant.objects.get(account__username=f"demo-{sys.argv[1]}", revoked_at=None)
taken = set(Claim.objects.filter(benefit="small_firm_graduate_subsidy").values_list("subject", flat=True))
found = cast(today)
places = territory(PUBLIC).answered_by(found.district, today)
own_hires = [hire.spell for hire in young_graduates(found, today) if hire.employer == own and str(hire.spell) not in taken]
print(json.dumps({
    "hires": [spell for spell in own_hires if (claimed_for(spell, places, today, today) or [""])[0] == "small_firm_graduate_subsidy"][:3],
    "refused": Claim.objects.get(state="refused", lodged_by=f"account:{objector.account_id}").pk,
}))
"""
A_WEEK_GOES_BY = """
import django, sys
django.setup()
from datetime import timedelta
from django.utils import timezone
from guildhall.incentives.models import Claim
print(Claim.objects.filter(pk__in=sys.argv[1:], state="noticed").update(notice_until=timezone.localdate() - timedelta(1)))
"""


class Journey:
    """One browser in which people come and go."""

    def __init__(self, page: Page, site: str, language: str, env: dict[str, str]) -> None:
        self.page, self.site, self.language = page, site, language
        self.env = {**env, "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}

    def be(self, name: str) -> None:
        self.page.context.clear_cookies()
        sign_in_as(self.page, self.site, self.language, f"demo-{name}")

    def go(self, path: str) -> str:
        answer = self.page.goto(f"{self.site}/{self.language}/{path}")
        assert answer is not None
        assert answer.status == 200, path
        return self.page.inner_text("main")

    def press(self, selector: str) -> str:
        """Presses a button; nothing of the page that follows is to be mended."""
        self.page.locator(selector).first.click()
        main = self.page.inner_text("main")
        assert not self.page.locator(".wrongs").count(), main
        return main

    def act(self, claim: int, action: str) -> str:
        self.go(f"claims/{claim}/")
        return self.press(f'button[name="action"][value="{action}"]')

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f'main [name="{name}"]').first.fill(value)

    def run(self, program: str, *arguments: object) -> str:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        ran = subprocess.run(command, env=self.env, check=False, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def claimed(on: Journey, hires: list[int]) -> list[int]:
    """The employer ticks three hires, brings a paper for each, gives its account once and sends: the numbers of the claims."""
    on.be("employer-2")
    on.go("employer/benefits/")
    on.go(f"employer/batches/new/{BENEFIT}/")
    for hire in hires:
        on.page.locator(f'input[name="subject"][value="{hire}"]').check()
    on.press('main form[method="post"] button[type="submit"]')
    batch = on.page.url.partition(f"/{on.language}/")[2]
    links = [link.get_attribute("href") or "" for link in on.page.locator('main a[href*="/employer/claims/"]').all()]
    found = sorted({int(match[1]) for link in links if (match := re.search(r"/employer/claims/(\d+)/", link))})
    assert len(found) == 3
    for claim in found:
        on.go(f"employer/claims/{claim}/")
        on.fill(title="毕业证书复印件")
        paper: Any = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": pdf(f"SAMPLE {on.language} {claim}")}
        on.page.set_input_files('input[name="file"]', paper)
        on.page.locator('[name="shows_group"]').check()
        on.press('button[value="paper"]')
    on.go(batch)
    on.fill(number="6222 0210 0111 2233 445", holder="示例企业", bank="匠城银行")
    on.press('button[value="account"]')
    on.press('button[value="send"]')
    return found


def decided(on: Journey, claims: list[int]) -> None:
    """The first officer returns one with everything at once and would pay two; the second confirms these."""
    on.be("claims-1")
    on.go("claims/")
    first, *others = claims
    on.go(f"claims/{first}/")
    for code, note in (("paper_missing", "劳动合同"), ("account_wrong", "户名写全称")):
        on.page.locator(f'[name="return-{code}"]').check()
        on.page.locator(f'[name="return-{code}_note"]').fill(note)
    told = on.press('button[value="return"]')
    assert "劳动合同" in told
    assert "户名写全称" in told
    for claim in others:
        on.act(claim, "accept")
        assert "✓" in on.page.inner_text("main")
        on.press('button[value="approve"]')
        assert not on.page.locator('button[value="confirm"]').count(), "nobody confirms alone"
    on.be("claims-3")
    on.go("claims/?work=second")
    for claim in others:
        on.act(claim, "confirm")


def paid(on: Journey, claims: list[int]) -> None:
    """Public notice, a batch by one officer and sent by another, the file to the bank and its answer: one paid, one came back."""
    on.be("claims-1")
    on.go("payments/")
    ticked(on, claims, "publish")
    assert on.page.locator(".notice, main").count()
    assert "20,000" in on.go("notice-board/"), "two hires of one employer are one sum"
    assert "20,000" not in on.go(f"notice-board/?number={claims[0]}"), "and none has a number of its own"
    assert on.run(A_WEEK_GOES_BY, *claims).strip() == "2"
    on.go("payments/")
    ticked(on, claims, "batch")
    batch = int(re.search(r"/payments/(\d+)/", on.page.url)[1])  # type: ignore[index]
    assert not on.page.locator('button[value="send"]').count(), "whoever made it does not send it"
    on.be("claims-3")
    on.go(f"payments/{batch}/")
    on.press('button[value="send"]')
    with on.page.expect_download() as download:
        on.page.locator('form[action$="/file/"] button').click()
    lines = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(lines) == 2
    rows = [
        f"{line['batch']},{line['line']},{line['amount']},{outcome}"
        for line, outcome in zip(lines, ("成功,", "退回,户名不符"), strict=True)
    ]
    answer = "\n".join(["batch,line,amount,outcome,reason", *rows]).encode()
    on.page.set_input_files('input[name="file"]', {"name": "answer.csv", "mimeType": "text/csv", "buffer": answer})
    told = on.press('button[value="answer"]')
    assert "户名不符" in told


def ticked(on: Journey, claims: list[int], button: str) -> None:
    form = on.page.locator("form", has=on.page.locator(f'button[name="{button}"]'))
    for box in form.locator('input[name="claim"]').all():
        box.set_checked(int(box.get_attribute("value") or 0) in claims)
    on.press(f'button[name="{button}"]')


def paid_anew_and_completed(on: Journey, returned: int, failed: int) -> None:
    """The employer gives another account for what came back, and completes the claim that was returned."""
    on.be("employer-2")
    assert "户名写全称" in on.go(f"employer/claims/{returned}/")
    for claim in (failed, returned):
        on.go(f"employer/claims/{claim}/")
        on.fill(number="6222 0210 0111 2233 999", holder="示例企业有限公司", bank="匠城银行")
        on.press('button[value="account"]')
    on.press('button[value="send"]')


def objected(on: Journey, claim: int, who: str, page: str, decider: str, other: str) -> None:
    """Whoever claimed objects to a refusal; an officer who took no part sets it aside, and another refuses anew."""
    on.be(who)
    on.go(page)
    on.go(f"{page}{claim}/")
    on.press('main a[href$="/object/"]')
    on.fill(grounds="发证日期登记有误，请核对证书原件。")
    on.press('main form[method="post"] button[type="submit"]')
    on.be("claims-1")
    on.go(f"claims/{claim}/")
    assert not on.page.locator('button[value="uphold"]').count(), "took part before"
    on.be(decider)
    on.go("claims/appeals/")
    on.go(f"claims/{claim}/")
    on.page.locator('#step-appeal [name$="answer"]').fill("已核对原件，请重新审核。")
    on.press('button[value="uphold"]')
    on.be(other)
    on.go(f"claims/{claim}/")
    on.press('button[value="check"]')
    on.press("#step-refuse button:not([name])")
    on.be(who)
    on.go(f"{page}{claim}/")
    assert on.page.locator('main a[href$="/object/"]').count(), "and one may object to that, too"


@pytest.mark.parametrize(
    ("language", "size", "objecting"),
    [
        ("en", DESK, ("worker-5", "me/claims/", "claims-city", "claims-3")),
        ("zh-hans", PHONE, ("employer-3", "employer/claims/", "claims-3", "claims-city")),
    ],
    ids=("en", "zh-hans"),
)
def test_from_nearly_to_the_banks_answer_and_an_objection(
    chromium: Browser, site: str, site_env: dict[str, str], language: str, size: Any, objecting: tuple[str, str, str, str]
) -> None:
    context = chromium.new_context(viewport=size, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    on = Journey(page, site, language, site_env)

    on.be("worker-3")
    on.go("me/benefits/?on=2025-06-30")
    title = page.inner_text("h1")
    assert "3" in title
    assert ("Nearly" if language == "en" else "差") in title
    found = json.loads(on.run(HIRES, objecting[0]))
    first, *others = claimed(on, found["hires"])
    decided(on, [first, *others])
    paid(on, others)
    paid_anew_and_completed(on, first, others[1])
    objected(on, found["refused"], *objecting)
    context.close()
