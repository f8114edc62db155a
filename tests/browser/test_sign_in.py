"""Signing in as people do it: with a passkey, with a code, and with one click in the demonstration; on a phone too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASSWORD = "river and mountain 26"
PAGES = ("sign-in/", "sign-in/as/", "sign-in/staff/", "sign-in/phone/")
OWN = ("desk/", "role/", "account/sessions/", "sign-out/")
WIDTHS = (1280, 800, 390, 320)
INVITE = """
import django
django.setup()
from django.utils import timezone
from guildhall.office.models import Account, Grant
from guildhall.office.operations.invitations import invite
from guildhall.web.viewer import system
now = timezone.now()
account, _ = Account.objects.get_or_create(username="lina", defaults={"kind": "staff", "name": "Li Na", "created_at": now})
if not account.grants.exists():
    place = Grant.objects.filter(role="planner").first().place
    Grant.objects.create(account=account, role="planner", place=place, granted_by="test", valid_from=timezone.localdate())
print(invite(account=account, by=system("test"), now=now))
"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def named(site: str) -> str:
    """The site under the name that passkeys need: they are bound to a name, and 127.0.0.1 is none."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page with scripts and with a security key of its own; at its end nothing was reported broken."""
    context = chromium.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="en-GB")
    page, broken = context.new_page(), list[str]()
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    yield page
    context.close()
    assert not broken


def invitation(site_env: dict[str, str]) -> str:
    """A link by which a new officer sets a password."""
    env = {**site_env, "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    return subprocess.run([sys.executable, "-c", INVITE], env=env, check=True, capture_output=True, text=True).stdout.strip()


def test_from_an_invitation_to_a_passkey_to_signing_in_with_it_alone(named: str, page: Page, site_env: dict[str, str]) -> None:
    page.goto(f"{named}/en/invitation/{invitation(site_env)}/")
    for field in ("#id_password1", "#id_password2"):
        page.fill(field, PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    assert page.locator("h1").inner_text() == "Set up a second factor first"
    assert page.evaluate(WIDER) == 0

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/codes/")
    assert page.locator("main code").count() == 10
    page.get_by_role("link", name="I have kept them: go on").click()
    page.goto(f"{named}/en/desk/")
    assert "planner" in page.locator(".deskbar").inner_text()

    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{named}/en/sign-in/staff/?next=/en/places/")
    page.get_by_label("Name you sign in with").fill("lina")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    assert page.locator("h1").inner_text() == "What is your second factor?"
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/places/")

    page.goto(f"{named}/en/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{named}/en/sign-in/staff/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")
    assert "Li Na" in page.locator(".deskbar").inner_text()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_one_click_makes_somebody_of_the_demonstration(named: str, page: Page, language: str) -> None:
    page.goto(f"{named}/{language}/sign-in/")
    page.goto(f"{named}/{language}/sign-in/as/?next=/{language}/places/")
    page.locator('button[value="demo-assessor-1"]').click()
    assert page.url == f"{named}/{language}/places/"
    assert "陈静" in page.locator(".deskbar").inner_text()
    for path in OWN:
        page.goto(f"{named}/{language}/{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(WIDER) == 0, (path, width)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_the_ways_in_fit_every_screen(named: str, page: Page, path: str, language: str) -> None:
    page.goto(f"{named}/{language}/{path}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(WIDER) == 0, width


def test_a_worker_signs_in_with_a_code_without_a_script(chromium: Browser, named: str) -> None:
    context = chromium.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{named}/en/sign-in/")
    page.get_by_role("link", name="With a code sent to my phone").click()
    page.get_by_label("Mobile number").fill("13800138000")
    page.get_by_role("button", name="Send the code").click()
    code = page.locator(".notice b").inner_text()
    page.get_by_label("Code from the text message").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="I am a worker: open my own record").click()
    assert page.locator("h1").inner_text() == "Who are you?"
    context.close()
