"""What carries a message out of the house: a gateway for text messages, a server for mail, and for the demonstration a folder.

Every carrier is given a key with each message. The same key twice is the same message: the gateway and the folder drop the second,
and mail carries it as its Message-ID, by which the receiving end drops it.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

SECONDS = 10
"""How long a gateway or mail server may take to answer."""


class NotSent(Exception):  # noqa: N818  # an outcome, not an error of the program
    """The message did not go out. `final` where trying again cannot help; the text names no person and no number."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Carrier(Protocol):
    """Something that carries messages to phones or mailboxes."""

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        """Hands the message over, once per key however often it is called. Raises NotSent."""


@dataclass(frozen=True)
class Folder:
    """The demonstration's carrier: one file per message, so that a reader sees what would have gone out. Numbers are masked."""

    path: Path
    kind: str

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = {"kind": self.kind, "to": _hidden(to), "subject": subject, "body": body, "key": key}
        try:
            with (self.path / f"{self.kind}-{_short(key)}.json").open("x", encoding="utf-8") as file:
                file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        except FileExistsError:
            return  # this very message has gone out before


@dataclass(frozen=True)
class Gateway:
    """A city's gateway for text messages: `POST {"to", "text"}` as JSON, with the key in `Idempotency-Key`.

    2xx means taken, 409 taken before; 429 and 5xx are tried again, any other answer is final. `token` is sent as a bearer token.
    """

    url: str
    token: str

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        headers = {"Content-Type": "application/json", "Idempotency-Key": _short(key), "Authorization": f"Bearer {self.token}"}
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, json.dumps({"to": to, "text": body}, ensure_ascii=False).encode(), headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise NotSent(f"the gateway does not answer: {type(error).__name__}") from None
        finally:
            connection.close()
        if not (200 <= status < 300 or status == 409):
            raise NotSent(f"the gateway answered {status}", final=status != 429 and status < 500)


@dataclass(frozen=True)
class MailServer:
    """A mail server reached by `smtp://user:password@host:port` (with STARTTLS), `smtps://…`, or `smtp+plain://…` without encryption."""

    url: str
    sender: str

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        try:
            with self._open() as server:
                server.send_message(self._written(to, subject, body, key))
        except smtplib.SMTPRecipientsRefused:
            raise NotSent("the mail server refused the address", final=True) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"the mail server answered {error.smtp_code}", final=error.smtp_code >= 500) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"the mail server does not answer: {type(error).__name__}") from None

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
            if parts.scheme == "smtp":
                server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server

    def _written(self, to: str, subject: str, body: str, key: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, subject
        mail["Message-ID"] = f"<{_short(key)}@{self.sender.rpartition('@')[2] or 'guildhall'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body)
        return mail


@dataclass(frozen=True)
class Nobody:
    """Stands where no carrier is set: says so, for good."""

    setting: str

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        raise NotSent(f"{self.setting} is not set", final=True)


def text_messages() -> Carrier:
    """What carries text messages here: the gateway that is set; in the demonstration a folder under var/; otherwise nobody."""
    if settings.SMS_GATEWAY:
        return Gateway(settings.SMS_GATEWAY, settings.SMS_TOKEN)
    return Folder(settings.VAR / "outbox", "sms") if settings.DEMONSTRATION else Nobody("GUILDHALL_SMS_GATEWAY")


def mail() -> Carrier:
    """What carries mail here: the server that is set; in the demonstration a folder under var/; otherwise nobody."""
    if settings.MAIL_SERVER:
        return MailServer(settings.MAIL_SERVER, settings.MAIL_FROM)
    return Folder(settings.VAR / "outbox", "mail") if settings.DEMONSTRATION else Nobody("GUILDHALL_MAIL_SERVER")


def _short(key: str) -> str:
    """The key of a message as carriers see it: it tells nothing and repeats with the message."""
    return sha256(key.encode()).hexdigest()[:32]


def _hidden(address: str) -> str:
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if at else f"{address[:3]}****{address[-2:]}"
