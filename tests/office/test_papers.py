"""Papers: known by their content, without anything hidden, sealed, shown to whom they concern, and gone when removed."""

from __future__ import annotations

import io
import stat
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override
from PIL import Image, PngImagePlugin

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office import strongroom
from guildhall.office.models import Attachment, AuditEvent, Notice
from guildhall.office.operations.attachments import MOST_PER_SUBJECT, add, remove, scan_waiting, settle, take_out
from guildhall.office.papers import JPEG, MOST_PIXELS, PDF, PNG, Unfit, fit
from guildhall.office.pdf import Active, refuse_active
from guildhall.office.vault import Unsealable, WrongKey
from guildhall.web.viewer import Viewer, system

MOST = 2**20


# pictures


def picture(kind: str, size: tuple[int, int] = (40, 20), **saved: Any) -> bytes:
    out = io.BytesIO()
    shown = Image.new("RGB", size, (200, 30, 30))
    shown.putpixel((0, 0), (0, 0, 255))
    shown.save(out, kind, **saved)
    return out.getvalue()


def exif() -> Image.Exif:
    told = Image.Exif()
    told[0x010F] = "CAMERA-MAKER"
    told[0x0112] = 6  # turned by a quarter
    told.get_ifd(0x8825)[1] = "N"
    return told


def test_a_photograph_loses_its_place_camera_and_comments_and_stands_upright() -> None:
    taken = fit(picture("JPEG", exif=exif(), comment=b"SECRET-COMMENT") + b"APPENDED", most=MOST)
    assert taken.media_type == JPEG
    for hidden in (b"Exif", b"CAMERA-MAKER", b"SECRET-COMMENT", b"APPENDED"):
        assert hidden not in taken.content
    shown = Image.open(io.BytesIO(taken.content))
    assert shown.size == (20, 40)
    assert not shown.getexif()


def test_a_png_loses_its_texts_and_keeps_what_is_transparent() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "SECRET-AUTHOR")
    out = io.BytesIO()
    Image.new("RGBA", (3, 3), (1, 2, 3, 0)).save(out, "PNG", pnginfo=texts)
    taken = fit(out.getvalue() + b"APPENDED", most=MOST)
    assert taken.media_type == PNG
    assert b"SECRET-AUTHOR" not in taken.content
    assert b"APPENDED" not in taken.content
    assert Image.open(io.BytesIO(taken.content)).getpixel((0, 0)) == (1, 2, 3, 0)


def test_a_picture_that_unfolds_to_too_much_is_refused_before_it_is_drawn() -> None:
    side = int(MOST_PIXELS**0.5) + 1
    bomb = io.BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(Unfit, match="million points"):
        fit(bomb.getvalue(), most=MOST)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_damaged_picture_is_refused(kind: str) -> None:
    whole = picture(kind, (200, 200))
    for broken in (whole[: len(whole) // 2], whole[:20], whole[:20] + bytes(400)):
        with pytest.raises(Unfit, match="damaged"):
            fit(broken, most=MOST)


@pytest.mark.parametrize("content", [b"MZ\x90\x00program", b"<html><script>", b"PK\x03\x04", b"GIF89a" + bytes(20), b"  %PDF-1.4"])
def test_a_file_is_known_by_its_content(content: bytes) -> None:
    with pytest.raises(Unfit, match="neither a PDF nor a picture"):
        fit(content, most=MOST)


def test_an_empty_and_a_large_file_are_refused() -> None:
    with pytest.raises(Unfit, match="empty"):
        fit(b"", most=MOST)
    with pytest.raises(Unfit, match="larger than 1 MB"):
        fit(b"%PDF-" + bytes(MOST), most=MOST)


# PDF


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, text) for n, text in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <<" + trailer + b">>\nstartxref\n0\n%%EOF\n"


CATALOG = b"<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>"


def stream(head: bytes, body: bytes) -> bytes:
    return b"<<" + head + b"/Length %d>>\nstream\n" % len(body) + body + b"\nendstream"


def packed(text: bytes, head: bytes = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode") -> bytes:
    return stream(head, zlib.compress(text))


def test_a_plain_document_is_taken_as_it_came() -> None:
    drawing = stream(b"/Filter/FlateDecode", zlib.compress(b"BT (see /JS and /Launch) Tj ET"))
    plain = pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", drawing, packed(b"5 0 <</Type/Font/BaseFont/Helvetica>>"))
    assert fit(plain, most=MOST).content == plain
    assert fit(plain, most=MOST).media_type == PDF


@pytest.mark.parametrize(
    "hidden",
    [
        b"<</S/JavaScript/JS(app.alert(1))>>",
        b"<</S/#4aavaScript>>",
        b"<</S/J#61vaScript/J#53(x)>>",
        b"<</S/Launch/F(cmd.exe)>>",
        b"<</Type/Filespec/EF<</F 9 0 R>>/Names<</EmbeddedFiles 8 0 R>>>>",
        b"<</Type/EmbeddedFile>>",
        b"<</XFA 7 0 R>>",
        b"<</S/GoToE>>",
        b"<</S/SubmitForm/F(http://x)>>",
        b"<</Subtype/RichMedia>>",
    ],
)
def test_a_document_that_acts_is_refused_however_it_is_written(hidden: bytes) -> None:
    for written in (pdf(CATALOG, hidden), pdf(CATALOG, packed(hidden)), pdf(CATALOG, trailer=b"/Root " + hidden)):
        with pytest.raises(Active):
            refuse_active(written)


@pytest.mark.parametrize(
    "hiding",
    [
        pdf(CATALOG, packed(b"<</S/JavaScript>>", b"/Type/Obj#53tm/N 1/First 4/Filter/FlateDecode")),
        pdf(CATALOG, packed(b"<</S/JavaScript>>").replace(b"stream\n", b"stream\r", 1)),
        pdf(CATALOG, packed(b"<</S/JavaScript>>").replace(b"/Length ", b"/Length 9999 /X ")),
        pdf(CATALOG, stream(b"/Type/ObjStm/Filter/ASCIIHexDecode", b"3C3C2F4A533E3E>")),
        pdf(CATALOG, stream(b"/Type/ObjStm/Filter[/ASCII85Decode/FlateDecode]", b"x")),
        pdf(CATALOG, packed(b"x", b"/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12>>")),
        pdf(CATALOG, stream(b"", b"9 0 obj\n<</S /Nothing>>\nendobj")),
        pdf(CATALOG, stream(b"", b"trailer << /Root 9 0 R >>")),
        pdf(CATALOG, stream(b"/Type/ObjStm/Filter/FlateDecode", b"not packed")),
        pdf(CATALOG, packed(bytes(70 * 2**20))),
        pdf(CATALOG, b"<<>>\nstream\nwithout an end"),
        pdf(CATALOG, trailer=b"/Root 1 0 R/Encrypt 9 0 R"),
        b"%PDF-1.7 cut short",
    ],
    ids=range(13),
)
def test_a_document_that_hides_its_structure_is_refused(hiding: bytes) -> None:
    with pytest.raises(Active):
        refuse_active(hiding)


# sealed files


@pytest.mark.parametrize("size", [0, 1, strongroom.PIECE - 1, strongroom.PIECE, strongroom.PIECE + 1, 3 * strongroom.PIECE])
def test_a_sealed_file_opens_as_it_was_and_tells_nothing(var: Path, size: int) -> None:
    content = b"SECRET--" * (size // 8) + b"S" * (size % 8)
    name = strongroom.put(content)
    (file,) = (path for path in (var / "attachments").rglob("*") if path.is_file())
    assert strongroom.get(name) == content
    assert b"SECRET" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_sealed_file_that_was_touched_does_not_open(var: Path) -> None:
    name, other = strongroom.put(bytes(2 * strongroom.PIECE + 5)), strongroom.put(b"other")
    path = strongroom.folder() / name[:2] / name
    whole, step = path.read_bytes(), strongroom.PIECE + strongroom.TAG
    head, pieces = whole[: strongroom.HEAD], [whole[at : at + step] for at in range(strongroom.HEAD, len(whole), step)]
    for touched in (
        whole[:-1],
        head + pieces[0] + pieces[1],
        head + pieces[1] + pieces[0] + pieces[2],
        head + pieces[0] + pieces[2],
        whole + pieces[2],
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        (strongroom.folder() / other[:2] / other).read_bytes(),
        b"",
    ):
        path.write_bytes(touched)
        with pytest.raises(Unsealable):
            strongroom.get(name)


def test_another_key_opens_no_file(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = strongroom.put(b"x")
    monkeypatch.setattr(settings, "IDENTITY_KEY", "7a" * 32)
    with pytest.raises(WrongKey):
        strongroom.get(name)


# taken, shown, removed


def own_subject(viewer: Viewer, key: int, today: date) -> bool:
    """Stands for a domain: a case is seen by the person it is about."""
    return viewer.role == "system" or viewer.worker == key


VISIBLE = {"case": own_subject}
WORKER, OTHER = Viewer("account:1", "worker", 1, 1, 17), Viewer("account:2", "worker", 2, 2, 18)
NOW = datetime(2026, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def _kinds(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "OFFICE_VISIBLE", "tests.office.test_papers.VISIBLE")


def brought(by: Viewer = WORKER, **changes: Any) -> Attachment:
    told = {"subject": "case:17", "worker_id": 17, "title": "Diploma", "content": picture("PNG"), "name": "x.exe", "by": by, "now": NOW}
    return add(**{**told, **changes})


def files() -> int:
    return len(list(strongroom.names()))


@pytest.mark.django_db
def test_a_paper_is_seen_by_whom_its_subject_is_seen_and_each_opening_is_an_event() -> None:
    row = brought(title="  Diploma \n of 2024 ")
    assert (row.title, row.media_type, row.scan) == ("Diploma of 2024", PNG, "waiting")
    found, content = take_out(attachment_id=row.pk, by=WORKER, now=NOW)
    assert Image.open(io.BytesIO(content)).size == (40, 20)
    with pytest.raises(NotFound):
        take_out(attachment_id=row.pk, by=OTHER, now=NOW)
    with pytest.raises(NotFound):
        brought(by=OTHER)
    with pytest.raises(NotFound):
        brought(subject="nothing:17")
    events = list(AuditEvent.objects.order_by("event_id").values_list("chain", "action"))
    assert events == [("worker:17", "office.add_attachment"), ("worker:17", "office.open_attachment")]
    assert "exe" not in AuditEvent.objects.first().details  # type: ignore[union-attr]
    assert found == row


@pytest.mark.django_db
def test_a_refused_paper_leaves_no_row_and_no_file() -> None:
    with pytest.raises(Unfit):
        brought(content=b"MZ")
    for _ in range(MOST_PER_SUBJECT):
        Attachment.objects.create(
            subject="case:17", title="", media_type=PNG, size=1, sha256="", file=str(_), added_by="", added_at=NOW, scan="clean"
        )
    with pytest.raises(GuildhallError, match="No more papers"):
        brought()
    assert files() == 0
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_removed_paper_is_destroyed_by_who_brought_it_and_by_nobody_else() -> None:
    row = brought()
    second = Viewer("account:3", "assessor", 3, 3, 17)
    with pytest.raises(GuildhallError, match="Only whoever brought"):
        remove(attachment_id=row.pk, by=second, now=NOW)
    assert files() == 1
    remove(attachment_id=row.pk, by=WORKER, now=NOW)
    assert files() == 0
    with pytest.raises(NotFound):
        take_out(attachment_id=row.pk, by=WORKER, now=NOW)
    with pytest.raises(NotFound):
        remove(attachment_id=row.pk, by=WORKER, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_shown_before_the_scanner_found_it_clean_and_what_it_refuses_is_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scanner stands for a real one: a program that reads the paper and says yes or no."""
    program = tmp_path / "scan.py"
    program.write_text("import sys; data = sys.stdin.buffer.read(); sys.exit(1 if b'JFIF' in data else 0)")
    monkeypatch.setattr(settings, "SCANNER", [sys.executable, str(program)])
    fine, bad = brought(), brought(content=picture("JPEG"), title="Photo")
    with pytest.raises(NotFound, match="cannot be opened yet"):
        take_out(attachment_id=fine.pk, by=WORKER, now=NOW)
    assert scan_waiting(by=system("work"), clock=lambda: NOW) == {"clean": 1, "refused": 1}
    assert take_out(attachment_id=fine.pk, by=WORKER, now=NOW)[1]
    with pytest.raises(NotFound):
        take_out(attachment_id=bad.pk, by=WORKER, now=NOW)
    assert files() == 1
    assert Notice.objects.get().template == "paper_refused"
    with pytest.raises(AlreadyDone):
        settle(attachment_id=fine.pk, verdict="refused", by=system("work"), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("command", [["/nowhere/at-all"], [sys.executable, "-c", "import sys; sys.exit(2)"]])
def test_a_scanner_that_fails_leaves_papers_waiting(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setattr(settings, "SCANNER", command)
    brought()
    assert scan_waiting(by=system("work"), clock=lambda: NOW) == {"clean": 0, "refused": 0}
    assert Attachment.objects.get().scan == "waiting"
