"""Every exception that an operation may raise, with what is told."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDictKeyError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from eirene.errors import EireneError
from eirene_web.api import refusals


def install(api: NinjaAPI) -> None:
    for kind, handler in (
        (Exception, refusals.fault),
        (Http404, refusals.not_found),
        (HttpError, refusals.http_error),
        (ValidationError, refusals.validation_error),
        (EireneError, refusals.eirene_error),
        (refusals.Refusal, refusals.refusal),
        (OperationalError, refusals.database),
        (RequestDataTooBig, _status(413)),
        (SuspiciousOperation, _status(400)),
        (MultiValueDictKeyError, _status(400)),
    ):
        api.add_exception_handler(kind, handler)  # type: ignore[arg-type]


def _status(status: int):  # type: ignore[no-untyped-def]
    def tell(request: HttpRequest, error: Exception) -> HttpResponse:
        return refusals.by_status(HttpResponse(status=status))

    return tell
