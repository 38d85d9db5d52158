"""What holds for the API before and after any operation: size, language, one shape, nothing kept on the way."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from eirene_web.api.frame import allowed_bytes
from eirene_web.api.reading import is_text
from eirene_web.api.refusals import Refusal, by_status, database, refusal

Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("eirene.api")
#: Largest JSON that is taken in.
MOST_JSON = 5_000_000
#: Longest address, and longest value of a header.
MOST_ADDRESS = 4_000
MOST_HEADER = 8_000
#: What a form adds around a file.
_AROUND = 100_000
PREFIX = "/api/"


class Shape:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        language = language_of(request.headers.get("Accept-Language", ""))
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._answer(request)
        response.headers["Content-Language"] = language
        response.headers["Cache-Control"] = "no-store"
        response.cookies.clear()
        patch_vary_headers(response, ("Authorization", "Accept-Language"))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            _refuse(request)
            response = self.get_response(request)
        except Refusal as error:
            return refusal(request, error)
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith("application/json"):
            return by_status(response)
        if 300 <= response.status_code < 400:
            return by_status(HttpResponse(status=404))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What got past every handler of the API is our own fault, told in its shape; its words stay here."""
        return database(request, error) if request.path_info.startswith(PREFIX) else None


def language_of(header: str) -> str:
    """The first language of Accept-Language that we speak."""
    for wanted, _weight in parse_accept_lang_header(header.lower()[:500]):
        if wanted == "*":
            break
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _refuse(request: HttpRequest) -> None:
    """Raises Refusal for what no operation has to look at."""
    address = request.get_full_path()
    if len(address) > MOST_ADDRESS or any(len(str(v)) > MOST_HEADER for v in request.headers.values()):
        raise Refusal("headers_too_large", _("The request’s headers are larger than what is taken in."))
    if not is_text(request.path_info) or not all(is_text(k + v) for k in request.GET for v in request.GET.getlist(k)):
        raise Refusal("unreadable", _("The address holds a sign that is none."))
    if any("eirene_" in value for name in request.GET for value in request.GET.getlist(name)):
        raise Refusal("unreadable", _("A token in an address is a token in every log on the way: it is refused."),
                      _("Send it as a header, and revoke this one: it has been seen."))  # fmt: skip
    _refuse_body(request)


def _refuse_body(request: HttpRequest) -> None:
    size = (
        int(request.META.get("CONTENT_LENGTH") or 0) if str(request.META.get("CONTENT_LENGTH") or 0).isdigit() else -1
    )
    if size < 0:
        raise Refusal("unreadable", _("Content-Length is no number."))
    if not size:
        return
    form = request.content_type == "multipart/form-data"
    most = settings.EIRENE_UPLOAD_BYTES if form else MOST_JSON
    if size > most + (_AROUND if form else 0):
        raise Refusal(
            "too_large",
            _("The request is larger than what is taken in."),
            _("At most %(mb)s MB.") % {"mb": most // 1_000_000},
        )
    takes_json, takes_form = allowed_bytes(request)
    if not ((takes_json and request.content_type == "application/json") or (takes_form and form)):
        wanted = "application/json" if takes_json else "multipart/form-data"
        raise Refusal("media_type", _("The body is of a type that is not read here."), f"Content-Type: {wanted}")
