"""Files are taken where a page asks for one, from somebody who signed in, one at a time; anywhere else they reach no disk."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.urls import get_resolver

from guildhall.web import uploads
from guildhall.web.viewer import PUBLIC, Viewer

SOMEBODY = Viewer("account:1", "worker", 1)
TAKING = {"claim_papers", "correct", "employer_claim", "feed_file", "import_file", "parameters_of", "payment_batch", "visits"}


def sent(*, asked: bool = True, by: Viewer = SOMEBODY, files: int = 1, size: int = 3 << 20, settings: Any, kept: Path) -> HttpRequest:
    """A request with files, to a page that asks for one or does not; its large files are kept under `kept`."""
    settings.FILE_UPLOAD_TEMP_DIR = kept
    papers = {f"file{n}": SimpleUploadedFile(f"{n}.csv", b"x" * size) for n in range(files)}
    request = RequestFactory().post("/x/", {"name": "y", **papers})
    request.resolver_match = SimpleNamespace(func=uploads.takes_file(lambda: None) if asked else lambda: None)  # type: ignore[assignment]
    request.viewer = by  # type: ignore[attr-defined]
    return request


def test_a_file_that_was_asked_for_arrives(settings: Any, tmp_path: Path) -> None:
    request = sent(settings=settings, kept=tmp_path)
    assert request.FILES["file0"].size == 3 << 20  # type: ignore[union-attr]
    assert request.POST["name"] == "y"
    assert len(list(tmp_path.iterdir())) == 1
    request.close()


@pytest.mark.parametrize("spoilt", [{"asked": False}, {"by": PUBLIC}])
def test_a_file_that_nobody_asked_for_reaches_no_disk(settings: Any, tmp_path: Path, spoilt: dict[str, Any]) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10 << 20
    request = sent(settings=settings, kept=tmp_path, **spoilt)
    assert not request.FILES
    assert not list(tmp_path.iterdir())


def test_several_files_are_refused_whole(settings: Any, tmp_path: Path) -> None:
    request = sent(settings=settings, kept=tmp_path, files=2)
    with pytest.raises(TooManyFilesSent):
        _read = request.POST
    request.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("spoilt", "length"), [({}, uploads.LARGEST + uploads.BESIDE + 1), ({"asked": False}, (5 << 19) + 1)])
def test_what_says_itself_that_it_is_too_long_is_not_read(settings: Any, tmp_path: Path, spoilt: dict[str, Any], length: int) -> None:
    request = sent(settings=settings, kept=tmp_path, size=10, **spoilt)
    request.META["CONTENT_LENGTH"] = str(length)
    request._stream = line = BytesIO(b"never read")
    with pytest.raises(RequestDataTooBig):
        _read = request.POST
    assert line.tell() == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [10, 100_000, 3 << 20])
def test_half_a_file_is_no_file(settings: Any, tmp_path: Path, size: int) -> None:
    """Where the line breaks off, what came is not taken for the whole."""
    request = sent(settings=settings, kept=tmp_path, size=size)
    length = int(request.META["CONTENT_LENGTH"])
    line = LimitedStream(BytesIO(request.read()[: length - size // 2 - 1]), length)
    request.__dict__ |= {"_stream": line, "_read_started": False}
    with pytest.raises(MultiPartParserError):
        _read = request.POST
    request.close()
    assert not list(tmp_path.iterdir())


def test_the_pages_that_take_a_file_are_these() -> None:
    found = {name for name, views in _views().items() if any(getattr(view, "takes_file", False) for view in views)}
    assert found == TAKING


def _views() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    waiting = list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if hasattr(one, "url_patterns"):
            waiting += one.url_patterns
        else:
            found.setdefault(one.name or "", []).append(one.callback)
    return found
