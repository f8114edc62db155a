"""Fifty people who read while a roster is brought in: how long they wait for a page, and whether any of them meets an error.

`python -m bench.readers VAR FILE` serves the demonstration under VAR (on PostgreSQL where DATABASE_URL says so), lets fifty readers,
signed in as an officer, open lists of people and single records, one page every PAUSE seconds each, and imports FILE meanwhile as
the command does. It prints one line of JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.web import _free_port, _wait

READERS = 50
PAUSE = 2.0
"""Seconds between two pages of one reader: a quick one. Without a pause the readers would only measure how fast pages are drawn."""


def main() -> None:
    var, file = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    os.environ |= {"GUILDHALL_VAR": str(var), "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    session, pages, code = prepared()
    port = _free_port()
    command = [sys.executable, "-c", "from guildhall.cli import main; main()", "serve", "--no-work", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, "/healthz")
        alone = read_while(port, session, pages, lambda: time.sleep(15))
        found = read_while(port, session, pages, lambda: bring(file, code))
    finally:
        server.terminate()
        server.wait()
    told = {"alone": p95(alone.times), "during": p95(found.times), "worst": max(found.times), "pages": len(found.times)}
    print(json.dumps({**told, "errors": alone.errors + found.errors, "seconds": found.seconds}))


def prepared() -> tuple[str, list[str], str]:
    """An officer's session, the pages to read, and the organisation whose roster is brought."""
    import django

    django.setup()
    from django.test import Client
    from django.utils import timezone

    from guildhall.office.backends import PATH
    from guildhall.office.models import Grant
    from guildhall.office.viewers import GRANT, PROVED, viewer_in
    from guildhall.registry.models import Organisation
    from guildhall.registry.queries.scope import people

    held = Grant.objects.filter(role="assessor").select_related("account").order_by("pk").first()
    assert held is not None
    client = Client()
    client.force_login(held.account, backend=PATH)
    session = client.session
    session.update({GRANT: held.pk, PROVED: held.account_id})
    session.save()
    seen = people(viewer_in(held), timezone.localdate()).order_by("pk").values_list("pk", flat=True)[:40]
    owner = Organisation.objects.filter(kind="enterprise").order_by("-pk").first()
    assert owner is not None
    pages = ["/zh-hans/people/", "/zh-hans/organisations/", "/zh-hans/rosters/", *(f"/zh-hans/people/{key}/" for key in seen)]
    return str(session.session_key), pages, owner.code


def bring(file: Path, code: str) -> None:
    """The command, in a process of its own as it always is."""
    words = ["import", "roster", str(file), "--organisation", code, "--rejected", os.devnull]
    command = [sys.executable, "-c", "from guildhall.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)


class Readers:
    """What fifty readers met."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.errors = 0
        self.seconds = 0.0
        self.over = threading.Event()

    def read(self, port: int, session: str, pages: list[str], number: int) -> None:
        """One reader: a page, a pause, the next page."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        at = number * 7
        self.over.wait(PAUSE * number / READERS)  # they do not all begin at once
        while not self.over.is_set():
            begun = time.perf_counter()
            try:
                connection.request("GET", pages[at % len(pages)], headers={"Cookie": f"sessionid={session}"})
                answer = connection.getresponse()
                answer.read()
                self.errors += answer.status != 200
            except OSError:
                self.errors += 1
                connection.close()
            self.times.append((time.perf_counter() - begun) * 1000)
            at += 1
            self.over.wait(PAUSE)
        connection.close()


def read_while(port: int, session: str, pages: list[str], work: Any) -> Readers:
    """Lets them read until the work is done."""
    found = Readers()
    threads = [threading.Thread(target=found.read, args=(port, session, pages, number)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    try:
        work()
    finally:
        found.seconds = time.perf_counter() - begun
        found.over.set()
        for thread in threads:
            thread.join()
    return found


def p95(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
