"""Reading what a program sends: JSON of reasonable depth, of text that a database can keep."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from eirene_web.api.refusals import Refusal

MOST_DEPTH = 12
#: Whole numbers of at most so many digits: more are no count of anything and cost time to read.
MOST_DIGITS = 40
#: No database keeps these: NUL, and halves of a pair of surrogates.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def unreadable(message: str, remedy: str = "") -> Refusal:
    return Refusal("unreadable", message, remedy)


def is_text(value: str) -> bool:
    return _NO_TEXT.search(value) is None


class Strict(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise Refusal(
                "media_type",
                _("The body must be JSON."),
                _("Send “%(header)s”.") % {"header": "Content-Type: application/json"},
            )
        return cast("dict[str, Any]", read_json(request.body))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        return cast("dict[str, Any]", super().parse_querydict(data, list_fields, request))


def read_json(body: bytes) -> Any:
    """Raises Refusal."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise unreadable(_("The body is not UTF-8.")) from None
    if _depth(text) > MOST_DEPTH:
        raise unreadable(_("The JSON is nested too deeply."))
    try:
        found = json.loads(text, parse_constant=_no_constant, parse_int=_whole, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise unreadable(_("The body is not JSON.")) from None
    _all_text(found)
    return found


def _depth(text: str) -> int:
    """How deep brackets go, not counting those inside strings."""
    deepest = at = 0
    inside = escaped = False
    for sign in text:
        if inside:
            inside, escaped = (escaped or sign != '"'), (sign == "\\" and not escaped)
        elif sign == '"':
            inside = True
        elif sign in "[{":
            at += 1
            if at > deepest:
                deepest = at
                if deepest > MOST_DEPTH:
                    return deepest
        elif sign in "]}":
            at -= 1
    return deepest


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("too long")
    return int(digits)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise unreadable(_("A field stands twice in the JSON."))
    return found


def _all_text(value: Any) -> None:
    if isinstance(value, str):
        if not is_text(value):
            raise unreadable(_("A text holds a sign that is none (NUL or half a surrogate pair)."))
    elif isinstance(value, dict):
        for key, one in value.items():
            _all_text(key)
            _all_text(one)
    elif isinstance(value, list):
        for one in value:
            _all_text(one)
