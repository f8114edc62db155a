"""Files sent by a form: streamed to disk, and no further than they may be large."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

LARGEST = 100 << 20
"""Bytes of one file; whatever comes after them is read from the line and kept nowhere."""


class Bounded(FileUploadHandler):
    """Stands before the handlers that keep a file: drops one that grows too large. `was_too_large` tells the form."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The chunk, for the next handler. Raises SkipFile once there are too many."""
        self.received += len(raw_data)
        if self.received > LARGEST:
            if self.request is not None:
                self.request.META["guildhall.too_large"] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Nothing: the handlers behind this one keep the file."""
        return None


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was dropped for its size."""
    _read = request.POST  # the body is read on first use
    return bool(request.META.get("guildhall.too_large"))
