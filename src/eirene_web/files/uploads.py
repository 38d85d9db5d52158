"""Uploads are cut off at their limit while they come in: what is refused is neither read to the end nor kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

#: Room for the other fields of a form.
ROOM = 1_000_000


class Limited(FileUploadHandler):
    """Stops a body that says it is too large, or turns out to be; `was_too_large` tells the view."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        self._mark(content_length > settings.EIRENE_UPLOAD_BYTES + ROOM)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.EIRENE_UPLOAD_BYTES + ROOM:
            self._mark(True)
        if self.request is not None and was_too_large(self.request):
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _mark(self, over: bool) -> None:
        if over and self.request is not None:
            self.request.upload_too_large = True  # type: ignore[attr-defined]


def was_too_large(request: HttpRequest) -> bool:
    return bool(getattr(request, "upload_too_large", False))
