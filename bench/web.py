"""The city page under load, beside a bare Django page, both served by granian with two workers in the same run.

`python -m bench.web VAR` starts both servers on loopback, asks each with 20 clients at once, and prints one line of JSON.
The clients share the machine with the servers: what is measured is two cores doing everything.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLIENTS = 20
REQUESTS = 60
"""Per client and page."""


def main() -> None:
    var = Path(sys.argv[1]).resolve()
    ours, forgetful, bare = _free_port(), _free_port(), _free_port()
    city = "guildhall.project.wsgi:application"
    servers = [
        _serve(city, ours, {"GUILDHALL_VAR": str(var)}),
        _serve(city, forgetful, {"GUILDHALL_VAR": str(var), "GUILDHALL_DEBUG": "1"}),  # remembers no page
        _serve("bench.bare_django:application", bare, {}),
    ]
    try:
        for port, path in ((ours, "/healthz"), (forgetful, "/healthz"), (bare, "/")):
            _wait(port, path)
        print(
            json.dumps(
                {
                    "city": p95(ours, lambda: "/zh-hans/"),
                    "city rendered anew": p95(forgetful, lambda: "/zh-hans/"),
                    "organisations": p95(ours, lambda: "/zh-hans/organisations/"),
                    "bare": p95(bare, lambda: "/"),
                }
            )
        )
    finally:
        for server in servers:
            server.terminate()


def p95(port: int, path: Callable[[], str]) -> float:
    """The 95th percentile, in milliseconds, of the time to a whole page under load."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(2):  # the first round warms both workers
            times = [ms for part in pool.map(lambda _: _client(port, path), range(CLIENTS)) for ms in part]
    return sorted(times)[int(len(times) * 0.95)]


def _client(port: int, path: Callable[[], str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        connection.request("GET", path())
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"port {port} answered {answer.status}")
    connection.close()
    return times


def _serve(target: str, port: int, more: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--port", str(port), "--no-access-log", target]
    return subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, path: str) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server on port {port} did not start")


if __name__ == "__main__":
    main()
