"""Files sent by a form: where one is asked for, from somebody who signed in, streamed to disk and no further than it may be large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from guildhall.web.viewer import viewer_of

LARGEST = 100 << 20
"""Bytes of one file; whatever comes after them is read from the line and kept nowhere."""
BESIDE = 16 << 20
"""Bytes that a request with a file may have beyond the largest file: what is a little too large is told in words, the rest is not read."""
View = TypeVar("View", bound=Callable[..., Any])


def takes_file(view: View) -> View:
    """A page whose form takes a file. No other takes any: what is sent there is kept nowhere."""
    view.takes_file = True  # type: ignore[attr-defined]  # read by Bounded, by way of the address that was asked for
    return view


class Bounded(FileUploadHandler):
    """Stands before the handlers that keep a file: drops those that nobody asked for, and one that grows too large.

    `was_too_large` tells the form. That a request holds one file at most the settings say.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        """Raises RequestDataTooBig, before anything is read, for a request that says itself that it is too long."""
        most = LARGEST + BESIDE if self._is_asked_for() else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > most:
            raise RequestDataTooBig("the request is longer than this page takes")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Raises SkipFile for a file that is not wanted: the handlers behind make nothing of it."""
        if not self._is_asked_for():
            raise SkipFile
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True, mode=0o700)
        super().new_file(*args, **kwargs)
        self.received = 0

    def _is_asked_for(self) -> bool:
        """Whether the page takes a file, and somebody who signed in sends it."""
        match = self.request.resolver_match if self.request else None
        return bool(match and getattr(match.func, "takes_file", False) and self.request and viewer_of(self.request).account)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The chunk, for the next handler. Raises SkipFile once there are too many."""
        self.received += len(raw_data)
        if self.received > LARGEST:
            if self.request is not None:
                self.request.META["guildhall.too_large"] = True
            raise SkipFile
        return raw_data

    def upload_complete(self) -> None:
        """Raises MultiPartParserError for a request that ends before it said it would: half a file is no file."""
        line = getattr(self.request, "_stream", None)  # Django tells in no other way how much it has read
        if line is not None and getattr(line, "_pos", 0) < getattr(line, "limit", 0):
            raise MultiPartParserError("the request broke off")

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Nothing: the handlers behind this one keep the file."""
        return None


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was dropped for its size."""
    _read = request.POST  # the body is read on first use
    return bool(request.META.get("guildhall.too_large"))
