"""What a browser does to a server besides asking for pages: it keeps its connections open."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser
OPEN = 60


def test_connections_kept_open_keep_nobody_waiting(site: str) -> None:
    host = urlsplit(site).netloc
    kept = [HTTPConnection(host, timeout=10) for _ in range(OPEN)]
    try:
        for connection in kept:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
    finally:
        for connection in kept:
            connection.close()
