"""Refuses PDFs that act: scripts, programs to start, files within the file, forms that send, sound and film, and what cannot be read.

A careful reading of the file's own structure instead of a renderer, which would be one more program to attack. Names are compared
as a viewer reads them (`/J#53` is `/JS`), packed objects are unpacked within bounds, and a file that hides its structure is refused
rather than guessed at: one that is encrypted, that packs objects in a way we do not unpack, or that carries objects within streams.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import GuildhallError

SCRIPT, FILE = gettext_lazy("it holds a script"), gettext_lazy("it holds another file")
ELSEWHERE, FORM, FILM = (
    gettext_lazy("it leads into another file"),
    gettext_lazy("it holds a form that acts"),
    gettext_lazy("it holds film or sound"),
)
ACTIVE = {
    b"JavaScript": SCRIPT,
    b"JS": SCRIPT,
    b"Launch": gettext_lazy("it starts a program"),
    b"EmbeddedFile": FILE,
    b"EmbeddedFiles": FILE,
    b"GoToE": ELSEWHERE,
    b"GoToR": ELSEWHERE,
    b"SubmitForm": FORM,
    b"ImportData": FORM,
    b"XFA": FORM,
    b"RichMedia": FILM,
    b"Movie": FILM,
    b"Sound": FILM,
    b"Rendition": FILM,
    b"3D": FILM,
}
"""Names that make a viewer do something (ISO 32000-1: actions 12.6.4, file attachments 7.11.4, forms 12.7.8, media 13)."""
MOST_UNPACKED = 64 * 2**20
"""Bytes of packed objects in all: a real document of ten megabytes has far fewer."""
MOST_STREAMS = 50_000
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_STREAM = re.compile(rb"\bstream[ \t]*(?:\r\n|\n|\r)")
_END = re.compile(rb"\s*endstream\b")
_OBJECT = re.compile(rb"\b[0-9]{1,10}[\s\x00]+[0-9]{1,5}[\s\x00]+obj\b|\btrailer[\s\x00]*<<")
_LENGTH = re.compile(rb"/Length\s+([0-9]{1,12})(?:\s+([0-9]{1,5})\s+R)?")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKED = b"ObjStm"


class Active(GuildhallError):
    """The PDF holds something that acts, or that cannot be looked into."""


def refuse_active(content: bytes) -> None:
    """Raises Active where the PDF holds anything that acts, or hides its structure; the words say what was found."""
    if b"%%EOF" not in content[-2048:]:
        raise _refused(_("its end is missing"))
    outside, at, unpacked, packed = bytearray(), 0, 0, 0
    for count, (head, body, begins, ends) in enumerate(_streams(content)):
        if count >= MOST_STREAMS:
            raise _refused(_("it has too many parts"))
        outside += content[at:begins]
        at = ends
        if _OBJECT.search(body):
            raise _refused(_("objects are hidden in it"))
        names = set(_names(head))
        if PACKED in names:
            packed += 1
            plain = _unpacked(head, names, body, MOST_UNPACKED - unpacked)
            unpacked += len(plain)
            _refuse_names(set(_names(plain)))
    told = _names(bytes(outside + content[at:]))
    if told.count(PACKED) > packed:
        raise _refused(_("objects are hidden in it"))
    _refuse_names(set(told))


def _streams(content: bytes) -> Iterator[tuple[bytes, bytes, int, int]]:
    """Each stream: the dictionary before it, its body, and where the body begins and ends."""
    at = 0
    while found := _STREAM.search(content, at):
        begins = found.end()
        head = content[content.rfind(b"obj", at, found.start()) + 3 : found.start()]
        ends = _end(content, head, begins)
        yield head, content[begins:ends], begins, ends
        at = ends


def _end(content: bytes, head: bytes, begins: int) -> int:
    """Where a stream ends: where its length says, if `endstream` stands there, otherwise at the next `endstream`."""
    length = _LENGTH.search(head)
    if length and not length[2]:
        ends = begins + int(length[1])
        if _END.match(content, ends):
            return ends
    ends = content.find(b"endstream", begins)
    if ends < 0:
        raise _refused(_("a part of it has no end"))
    return ends


def _unpacked(head: bytes, names: set[bytes], body: bytes, most: int) -> bytes:
    """The objects packed in a stream. Raises Active where they are packed in a way that is not unpacked here, or are too many."""
    if names & {b"Filter", b"F"} and not (b"FlateDecode" in names and len(names & _FILTERS) == 1 and b"DecodeParms" not in names):
        raise _refused(_("its objects are packed in an unusual way"))
    if b"FlateDecode" not in names:
        return body
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(body, max(most, 1))
    except zlib.error:
        raise _refused(_("its objects cannot be unpacked")) from None
    if reader.unconsumed_tail or len(plain) >= most:
        raise _refused(_("it unfolds to too much"))
    return plain


_FILTERS = {b"FlateDecode", b"ASCIIHexDecode", b"ASCII85Decode", b"LZWDecode", b"RunLengthDecode", b"Crypt"}


def _names(text: bytes) -> list[bytes]:
    """The names in a piece of PDF as a viewer reads them."""
    return [_HEX.sub(lambda found: bytes([int(found[1], 16)]), name) for name in _NAME.findall(text)]


def _refuse_names(names: set[bytes]) -> None:
    if b"Encrypt" in names:
        raise Active(_("The PDF is encrypted"), why=_("it cannot be looked into"), next=_("save it without a password"))
    for name in sorted(names & ACTIVE.keys()):
        raise _refused(str(ACTIVE[name]))


def _refused(why: str) -> Active:
    return Active(_("The PDF cannot be taken"), why=why, next=_("print it to a new PDF, or photograph the paper"))
