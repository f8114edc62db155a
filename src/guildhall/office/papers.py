"""Papers people bring, made safe: known by their content and not by their name, pictures drawn anew, active PDFs refused."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.pdf import refuse_active

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
MOST_PIXELS = 40_000_000
"""A page scanned at 600 dpi has 35 million; a small file that unfolds to more is made to use up memory."""
LONGEST_SIDE = 20_000
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}


class Unfit(GuildhallError):
    """The paper cannot be taken; the words say why and never repeat what stands in it."""


@dataclass(frozen=True)
class Paper:
    """What is kept of a paper: its kind, and its content without anything hidden."""

    media_type: str
    content: bytes


def fit(content: bytes, *, most: int) -> Paper:
    """The paper as it may be kept. Raises Unfit where it is empty, larger than `most` bytes, of no accepted kind, damaged or active.

    A picture is decoded, turned upright and drawn anew, so that nothing else in the file (place, time, camera, comments, what was
    appended) is kept. A PDF is kept as it came, once it is found to hold nothing that acts.
    """
    if not content:
        raise Unfit(_("The file is empty"), next=_("choose the file again"))
    if len(content) > most:
        raise Unfit(
            _("The file is larger than %(most)s MB") % {"most": most // 2**20}, next=_("photograph or scan it at a lower resolution")
        )
    kind = sniffed(content)
    if kind == PDF:
        refuse_active(content)
        return Paper(PDF, content)
    return Paper(kind, _drawn_anew(content, kind))


def sniffed(content: bytes) -> str:
    """The kind of a file by its first bytes. Raises Unfit for any but PDF, PNG and JPEG."""
    for kind, start in ((PDF, b"%PDF-"), (PNG, b"\x89PNG\r\n\x1a\n"), (JPEG, b"\xff\xd8\xff")):
        if content.startswith(start):
            return kind
    raise Unfit(
        _("The file is neither a PDF nor a picture"),
        why=_("PDF, PNG and JPEG are taken"),
        next=_("save or photograph it as one of these"),
    )


def _drawn_anew(content: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps  # 60 ms, and most requests bring no paper

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound below is the lower one
            picture = Image.open(io.BytesIO(content), formats=["PNG" if kind == PNG else "JPEG"])
        if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
            raise _too_large()
        upright = ImageOps.exif_transpose(picture)
        return _written(upright.convert("RGBA" if kind == PNG and "A" in upright.getbands() else "RGB"), kind)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Unfit(_("The picture is damaged"), why=type(error).__name__, next=_("photograph it again")) from None


def _written(picture: object, kind: str) -> bytes:
    """Nothing but the points: a new picture takes over no other part of the old one."""
    from PIL import Image

    assert isinstance(picture, Image.Image)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    if kind == PNG:
        clean.save(out, "PNG", optimize=False)
    else:
        clean.save(out, "JPEG", quality=88)
    return out.getvalue()


def _too_large() -> Unfit:
    most = {"most": MOST_PIXELS // 10**6}
    return Unfit(_("The picture has more than %(most)s million points") % most, next=_("photograph or scan it at a lower resolution"))
