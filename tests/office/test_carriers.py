"""Carriers: the folder of the demonstration and the real gateways keep the same promises, held to one test."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from guildhall.kernel.errors import GuildhallError
from guildhall.office.carriers import Carrier, Folder, Gateway, MailServer, Nobody, NotSent
from guildhall.project import environment

TO = {"sms": "13800001111", "mail": "li@example.org"}
Taken = list[tuple[str, str]]


class Messages(BaseHTTPRequestHandler):
    """A gateway for text messages as carriers.Gateway describes one."""

    answer = 200
    taken: Taken
    keys: set[str]

    def do_POST(self) -> None:  # noqa: N802  # the name http.server asks for
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.answer if self.headers["Authorization"] == "Bearer secret" else 401
        if status == 200 and self.headers["Idempotency-Key"] in self.keys:
            status = 409
        if status == 200:
            self.keys.add(self.headers["Idempotency-Key"])
            self.taken.append((told["to"], told["text"]))
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that speaks as much SMTP as is needed, and drops a Message-ID it has seen, as mailboxes do."""

    answer = 250
    taken: Taken
    keys: set[str]

    def handle(self) -> None:
        self._say(220)
        to = ""
        while line := self.rfile.readline().decode():
            word = line[:4].upper()
            if word == "DATA":
                self._say(354)
                self._take(to, self._data())
                self._say(self.answer)
            elif word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self._say(550 if to.startswith("nobody") else 250)
            else:
                self._say(221 if word == "QUIT" else 250)

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} ok\r\n".encode())

    def _data(self) -> str:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.decode())
        return "".join(lines)

    def _take(self, to: str, mail: str) -> None:
        key = next(line for line in mail.splitlines() if line.startswith("Message-ID"))
        if self.answer == 250 and key not in self.keys:
            self.keys.add(key)
            self.taken.append((to, mail))


@contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway() -> Iterator[tuple[Carrier, type[Messages]]]:
    handler = type("Here", (Messages,), {"taken": [], "keys": set()})
    with listening(HTTPServer(("127.0.0.1", 0), handler)) as port:
        yield Gateway(f"http://127.0.0.1:{port}/send?city=1", "secret"), handler


@pytest.fixture
def mailbox() -> Iterator[tuple[Carrier, type[Mailbox]]]:
    handler = type("Here", (Mailbox,), {"taken": [], "keys": set()})
    with listening(socketserver.TCPServer(("127.0.0.1", 0), handler)) as port:
        yield MailServer(f"smtp+plain://127.0.0.1:{port}", "city@example.org"), handler


@pytest.fixture(params=["sms", "mail", "gateway", "mailbox"])
def carried(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Carrier, Callable[[], list[str]]]:
    """The kind of message, a carrier, and what has arrived."""
    if request.param in ("sms", "mail"):
        return request.param, Folder(tmp_path / "outbox", request.param), lambda: [file.read_text() for file in tmp_path.rglob("*.json")]
    carrier, handler = request.getfixturevalue(request.param)
    return ("sms" if request.param == "gateway" else "mail"), carrier, lambda: [text for _, text in handler.taken]


def test_a_message_arrives_once_per_key_however_often_it_is_sent(carried: tuple[str, Carrier, Callable[[], list[str]]]) -> None:
    kind, carrier, arrived = carried
    for key in ("a", "a", "b"):
        carrier.send(to=TO[kind], subject="City", body="Sign in to read it.", key=key)
    assert len(arrived()) == 2
    assert all("Sign in to read it." in text for text in arrived())


def test_the_folder_hides_whom_it_is_for(tmp_path: Path) -> None:
    for kind, to in TO.items():
        Folder(tmp_path, kind).send(to=to, subject="", body="", key="k")
    assert not any(to in file.read_text() for file in tmp_path.iterdir() for to in TO.values())


@pytest.mark.parametrize(("answer", "final"), [(500, False), (503, False), (429, False), (400, True), (404, True), (302, True)])
def test_a_gateway_that_refuses_says_whether_to_try_again(gateway: Any, answer: int, final: bool) -> None:
    carrier, handler = gateway
    handler.answer = answer
    with pytest.raises(NotSent, match=str(answer)) as told:
        carrier.send(to=TO["sms"], subject="", body="", key="k")
    assert told.value.final is final
    assert TO["sms"] not in str(told.value)


def test_a_wrong_token_is_final(gateway: Any) -> None:
    with pytest.raises(NotSent, match="401") as told:
        Gateway(gateway[0].url, "wrong").send(to=TO["sms"], subject="", body="", key="k")
    assert told.value.final


@pytest.mark.parametrize(
    ("answer", "to", "final"), [(451, "li@example.org", False), (554, "li@example.org", True), (250, "nobody@x", True)]
)
def test_a_mail_server_that_refuses_says_whether_to_try_again(mailbox: Any, answer: int, to: str, final: bool) -> None:
    carrier, handler = mailbox
    handler.answer = answer
    with pytest.raises(NotSent) as told:
        carrier.send(to=to, subject="City", body="x", key="k")
    assert told.value.final is final
    assert to not in str(told.value)


def test_a_subject_with_a_line_break_starts_no_other_header(mailbox: Any) -> None:
    carrier, handler = mailbox
    with pytest.raises(ValueError):
        carrier.send(to=TO["mail"], subject="x\nBcc: all@example.org", body="x", key="k")
    assert handler.taken == []


@pytest.mark.parametrize("carrier", [Gateway("http://127.0.0.1:9/", "x"), MailServer("smtp+plain://127.0.0.1:9", "a@b"), Nobody("SETTING")])
def test_nobody_there(carrier: Carrier) -> None:
    with pytest.raises(NotSent) as told:
        carrier.send(to="x", subject="x", body="x", key="k")
    assert told.value.final is isinstance(carrier, Nobody)


# settings


def test_an_address_must_be_of_a_known_kind_and_in_production_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(production: bool) -> str:
        return environment.address("GUILDHALL_SMS_GATEWAY", encrypted=("https",), open_=("http",), production=production)

    assert read(production=True) == ""
    monkeypatch.setenv("GUILDHALL_SMS_GATEWAY", "ftp://x")
    with pytest.raises(GuildhallError, match="begins with ftp"):
        read(production=False)
    monkeypatch.setenv("GUILDHALL_SMS_GATEWAY", "http://x")
    assert read(production=False) == "http://x"
    with pytest.raises(GuildhallError, match="not encrypted"):
        read(production=True)


def test_hours_and_whole_numbers_are_read_or_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.hours("GUILDHALL_QUIET_HOURS", "21-8") == (21, 8)
    assert environment.whole("GUILDHALL_PAPER_MB", 10) == 10
    for wrong in ("24-8", "21", "nine", "-1-2"):
        monkeypatch.setenv("GUILDHALL_QUIET_HOURS", wrong)
        with pytest.raises(GuildhallError, match="two hours|21-8"):
            environment.hours("GUILDHALL_QUIET_HOURS", "21-8")
    for wrong in ("0", "-1", "1.5", "ten", "9" * 10):
        monkeypatch.setenv("GUILDHALL_PAPER_MB", wrong)
        with pytest.raises(GuildhallError, match="whole number"):
            environment.whole("GUILDHALL_PAPER_MB", 10)
