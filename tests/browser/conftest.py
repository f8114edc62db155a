"""A tiny city built, served and opened in headless Chromium: the way a person meets it, without a network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests import parts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GUILDHALL = Path(sys.executable).parent / "guildhall"
WAIT = 30.0
"""Seconds a server may take to answer."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def site_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the server's programs are told: a folder of their own, and the tiny city."""
    return {**os.environ, "GUILDHALL_VAR": str(tmp_path_factory.mktemp("browser")), "GUILDHALL_CITY": "tiny"}


@pytest.fixture(scope="session")
def site(site_env: dict[str, str]) -> Iterator[str]:
    """Address of a server that shows the tiny city, built by the command a person would run."""
    env = site_env
    subprocess.run([GUILDHALL, "messages", "compile"], env=env, check=True, capture_output=True)
    subprocess.run([GUILDHALL, "demo", "--no-serve", "--scale", "1"], env=env, check=True, capture_output=True)
    port = _free_port()
    server = subprocess.Popen([GUILDHALL, "serve", "--port", str(port), "--workers", "1"], env=env, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=WAIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(int(WAIT / 0.1)):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        with suppress(URLError, ConnectionError), urlopen(address) as answer:  # noqa: S310 — our own loopback address
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer in {WAIT} s")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Skips where it is not installed, fails there with CI=true."""
    from playwright.sync_api import sync_playwright

    found = parts.chromium()
    if found is None:
        (pytest.fail if parts.required() else pytest.skip)(parts.missing("chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a path at a size. At the end: no request went to another host, none failed, and nothing was reported broken."""
    contexts, outside, broken = [], [], []

    def opened(path: str, *, size: dict[str, int] | None = None, scripts: bool = False, languages: str = "en") -> Page:
        context = chromium.new_context(
            viewport={"width": (size or DESK)["width"], "height": (size or DESK)["height"]}, java_script_enabled=scripts, locale=languages
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: outside.append(request.url) if not request.url.startswith((site, "data:")) else None)
        page.on("response", lambda response: broken.append(response.url) if response.status >= 400 else None)
        page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        page.goto(site + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not outside, "a page asked another host for something"
    assert not broken
