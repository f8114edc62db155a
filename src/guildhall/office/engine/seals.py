"""What a seal covers, how it is signed, and how it is written in the copy outside the database.

A seal stands for the ends of all chains that grew since the seal before, and for that seal; so whoever holds one seal holds
every event before it. Its digest is SHA-256 over what is told of it; the signature is Ed25519 (RFC 8032) over the digest.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guildhall.kernel.errors import GuildhallError
from guildhall.office.engine import merkle
from guildhall.office.engine.chain import MOMENT, SEPARATOR, START

Heads = Mapping[str, tuple[int, bytes]]
"""The end of each chain that grew, in the order in which they first did: position and digest of its last event."""
LEAST_KEY_CHARACTERS, DIGEST_BYTES = 32, 32
MOST_HEADS_BYTES = 1 << 30
"""A list of heads that unpacks to more than this was not written by a seal."""


@dataclass(frozen=True)
class Sealed:
    """One seal as values; `at` is its moment as it is signed, `events` how many there are since the seal before.

    `heads` is the list of the ends that `root` stands for; it is kept beside the seal and is no part of it.
    """

    seal: int
    at: str
    last_event: int
    events: int
    root: bytes
    previous: bytes
    digest: bytes
    signature: bytes
    heads: bytes = field(default=b"", compare=False)

    def line(self) -> str:
        """One line of JSON without the end of line."""
        values = {name: value.hex() if isinstance(value, bytes) else value for name, value in vars(self).items()}
        return json.dumps({**values, "heads": b64encode(self.heads).decode()}, separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> Sealed | None:
        """The seal that a line holds; None where it holds none."""
        try:
            values = json.loads(line)
            number, last_event, events = (int(values[name]) for name in ("seal", "last_event", "events"))
            root, previous, digest, signature = (bytes.fromhex(values[name]) for name in ("root", "previous", "digest", "signature"))
            heads = b64decode(values.get("heads", ""))
            return cls(number, str(values["at"]), last_event, events, root, previous, digest, signature, heads)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    @property
    def moment(self) -> datetime:
        """When it was made. Raises ValueError for what is no moment."""
        return datetime.strptime(self.at, MOMENT).replace(tzinfo=UTC)


def covered(*, seal: int, at: str, last_event: int, events: int, root: bytes, previous: bytes) -> bytes:
    """The digest of a seal."""
    told = SEPARATOR.join([str(seal), at, str(last_event), str(events)]).encode()
    return sha256(b"guildhall/seal/1" + told + SEPARATOR.encode() + root + previous).digest()


def first_previous() -> bytes:
    """What the first seal stands on."""
    return START


def root_of(digests: Iterable[bytes]) -> bytes:
    """The Merkle root over the ends of chains: the digests of their last events, each of which covers its chain and position.

    They stand in the order in which the chains first grew after the seal before: whoever reads events in the order of their keys
    has them in this order already, and need not sort.
    """
    return merkle.root(list(digests))


def packed(heads: Heads) -> bytes:
    """The ends of chains as they are kept beside a seal, so that a broken seal can name the chain that broke it."""
    return zlib.compress(json.dumps([[chain, position, digest.hex()] for chain, (position, digest) in heads.items()]).encode())


def unpacked(kept: bytes) -> dict[str, tuple[int, bytes]] | None:
    """The ends of chains again; None where what was kept cannot be read."""
    try:
        opened = zlib.decompressobj()
        text = opened.decompress(kept, MOST_HEADS_BYTES)
        found = {str(chain): (int(position), bytes.fromhex(digest)) for chain, position, digest in json.loads(text)}
    except (ValueError, TypeError, zlib.error):
        return None
    return found if all(len(digest) == DIGEST_BYTES for _, digest in found.values()) else None


class Signer:
    """Signs seals under the city's key."""

    def __init__(self, key: str) -> None:
        if len(key.strip()) < LEAST_KEY_CHARACTERS:
            raise GuildhallError(
                "The audit key is too short",
                why=f"it has {len(key.strip())} characters, {LEAST_KEY_CHARACTERS} are needed",
                next="set GUILDHALL_AUDIT_KEY to 64 random hexadecimal characters",
            )
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"guildhall/audit/sign/1").derive(key.strip().encode())
        self._key = Ed25519PrivateKey.from_private_bytes(derived)
        self.public = self._key.public_key().public_bytes_raw()

    def seal(self, *, number: int, at: datetime, last_event: int, events: int, heads: Heads, previous: bytes) -> Sealed:
        """The seal over the ends of the chains that grew."""
        moment, root = at.astimezone(UTC).strftime(MOMENT), root_of(digest for _, digest in heads.values())
        digest = covered(seal=number, at=moment, last_event=last_event, events=events, root=root, previous=previous)
        return Sealed(number, moment, last_event, events, root, previous, digest, self._key.sign(digest), packed(heads))


class Checker:
    """Knows whether a seal is the city's: `keys` are public ones of 32 bytes, that in force and those before it."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = [Ed25519PublicKey.from_public_bytes(key) for key in keys]

    def fault(self, seal: Sealed) -> str:
        """Why a seal does not hold by itself; nothing where it does."""
        told = {name: getattr(seal, name) for name in ("seal", "at", "last_event", "events", "root", "previous")}
        if covered(**told) != seal.digest:
            return "its digest does not fit what it says"
        return "" if self.signed(seal.digest, seal.signature) else "it is not signed with the city's key"

    def signed(self, digest: bytes, signature: bytes) -> bool:
        """Whether one of the keys signed a digest."""
        for key in self._keys:
            try:
                key.verify(signature, digest)
            except InvalidSignature:
                continue
            return True
        return False


def opening(event: int, digest: bytes) -> str:
    """The first line of a copy that was begun anew: the event that says why."""
    return json.dumps({"begun_by_event": event, "digest": digest.hex()}, separators=(",", ":"))


def opened_by(line: str) -> tuple[int, bytes] | None:
    """The event that a first line names, with its digest; None where it is no such line."""
    try:
        values = json.loads(line)
        return int(values["begun_by_event"]), bytes.fromhex(values["digest"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_lines(lines: Sequence[str]) -> tuple[dict[int, Sealed], list[int]]:
    """The seals of the copy outside, by number, and the lines that hold none or gainsay an earlier one, counted from 1.

    A line that was cut by a crash is followed by the same seal written again: such a line is no fault. Nor is the first line of a copy
    that was begun anew (`opening`).
    """
    found: dict[int, Sealed] = {}
    odd: list[int] = []
    for number, line in enumerate(lines, 1):
        seal = Sealed.read(line)
        if number == 1 and opened_by(line):
            continue
        if seal is None:
            following = Sealed.read(lines[number]) if number < len(lines) else None
            if line.strip() and (number < len(lines) and (following is None or not following.line().startswith(line))):
                odd.append(number)
        elif found.setdefault(seal.seal, seal) != seal:
            odd.append(number)
    return found, odd
