"""The one shape of every error: what happened, where, and what to do next; in the language that was asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import Field

from eirene.errors import Blocked, EireneError, PackError, Problem, Unreadable, VerificationFailed
from eirene_web.policy import NotAllowed, NotThere, SecondFactorNeeded

log = logging.getLogger("eirene.api")

#: Every code that an error can have, with the status it comes with.
CODES: Mapping[str, int] = {
    "unreadable": 400,
    "not_authenticated": 401,
    "not_allowed": 403,
    "second_factor_needed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "blocked": 409,
    "version_changed": 412,
    "too_large": 413,
    "media_type": 415,
    "invalid": 422,
    "refused": 422,
    "key_reused": 422,
    "version_required": 428,
    "too_many_requests": 429,
    "headers_too_large": 431,
    "fault": 500,
    "busy": 503,
}
_BY_STATUS = {400: "unreadable", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
              414: "headers_too_large", 431: "headers_too_large", 500: "fault", 503: "busy"}  # fmt: skip
MOST_PROBLEMS = 200


class ProblemOut(Schema):
    message: str
    where: str = Field(default="", description="Question, part, field or file that it is about.")
    remedy: str = Field(default="", description="What to do next.")


class ErrorBody(ProblemOut):
    code: str = Field(description="One of: " + ", ".join(CODES) + ".", json_schema_extra={"enum": list(CODES)})
    problems: list[ProblemOut] = Field(default=[], description="All that is wrong, where there is more than one.")


class ErrorOut(Schema):
    error: ErrorBody


@dataclass
class Refusal(Exception):
    """A request that the API itself refuses."""

    code: str
    message: str
    remedy: str = ""
    where: str = ""
    problems: tuple[Problem, ...] = ()


def told(
    code: str, message: str, *, where: str = "", remedy: str = "", problems: Iterable[Problem] = (), status: int = 0
) -> HttpResponse:
    """The response of an error."""
    found = [ProblemOut(message=p.what, where=p.where, remedy=p.remedy) for p in problems]
    body = ErrorOut(
        error=ErrorBody(code=code, message=message, where=where, remedy=remedy, problems=found[:MOST_PROBLEMS])
    )
    response = HttpResponse(
        body.model_dump_json().encode("utf-8", "replace"), status=status or CODES[code], content_type="application/json"
    )
    if code == "not_authenticated":
        response.headers["WWW-Authenticate"] = 'Bearer realm="eirene"'
    return response


def by_status(response: HttpResponse) -> HttpResponse:
    """What something before the API answered in its own words, told in ours; its headers stay."""
    status = response.status_code
    code = _BY_STATUS.get(status, "fault" if status >= 500 else "unreadable")
    made = told(code, _message(code), status=status)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            made.headers[name] = response.headers[name]
    return made


def _message(code: str) -> str:
    return {
        "not_found": _("There is no such address, or it is not for you."),
        "method_not_allowed": _("This address does not know that method."),
        "too_large": _("The request is larger than what is taken in."),
        "headers_too_large": _("The request’s headers are larger than what is taken in."),
        "not_allowed": _("This is not allowed."),
        "busy": _("The house is busy. Try again in a moment."),
        "fault": _("Something went wrong here. It is in the log; nothing was changed."),
    }.get(code, _("The request cannot be read."))


# --- what is raised inside operations -------------------------------------------------------------------------------


def refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return told(error.code, error.message, where=error.where, remedy=error.remedy, problems=error.problems)


def eirene_error(request: HttpRequest, error: EireneError) -> HttpResponse:
    """What a service or a query refuses. A release or a pack that is not what it was is the house's own fault."""
    if isinstance(error, VerificationFailed | PackError):
        return fault(request, error)
    first = error.problems[0] if error.problems else Problem(_message("unreadable"))
    more = error.problems if len(error.problems) > 1 or isinstance(error, Blocked) else ()
    return told(_code(error), first.what, where=first.where, remedy=first.remedy, problems=more)


def _code(error: EireneError) -> str:
    match error:
        case NotThere():
            return "not_found"
        case SecondFactorNeeded():
            return "second_factor_needed"
        case NotAllowed():
            return "not_allowed"
        case Blocked():
            return "blocked"
        case Unreadable():
            return "invalid"
        case _:
            return "refused"


def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return told("not_found", _message("not_found"))


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):
        return refusal(request, error.__cause__)
    if isinstance(error, Throttled):
        return told("too_many_requests", _("Too many requests with this token."),
                    remedy=_("Wait as long as Retry-After says."))  # fmt: skip
    if isinstance(error, AuthenticationError) or error.status_code == 401:
        remedy = _("Make one on your account’s page; send it as “%(header)s”.")
        return told("not_authenticated", _("This asks for a personal token that is in force."),
                    remedy=remedy % {"header": "Authorization: Bearer …"})  # fmt: skip
    return by_status(HttpResponse(status=error.status_code))


def validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A field that is not what it should be; in the address itself, there is nothing at that address."""
    if any(one["loc"] and one["loc"][0] == "path" for one in error.errors):
        return told("not_found", _message("not_found"))
    problems = [Problem(str(one["msg"]), _where(one["loc"])) for one in error.errors]
    return told("invalid", _("The request does not fit: %(count)s field(s).") % {"count": len(problems)},
                where=problems[0].where if problems else "", problems=problems)  # fmt: skip


def _where(place: Iterable[Any]) -> str:
    parts = [str(part) for part in place]
    kept = parts[2:] if parts[:1] == ["body"] and len(parts) > 2 else parts[1:]
    return ".".join(kept)[:200]


TRANSIENT = ("locked", "deadlock", "could not serialize", "busy", "too many clients", "connection")


def is_transient(error: Exception) -> bool:
    """Whether the database could only not serve this now."""
    return isinstance(error, OperationalError) and any(word in str(error).lower() for word in TRANSIENT)


def database(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database could not serve: nothing was changed, and asking again may do."""
    if not is_transient(error):
        return fault(request, error)
    response = told("busy", _message("busy"), remedy=_("Nothing was changed."))
    response.headers["Retry-After"] = "1"
    return response


def fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: where it happened goes to the log, what was being said does not."""
    at, trace = "?", error.__traceback__
    while trace is not None:
        at, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    log.error("%s at %s in %s %s", type(error).__name__, at, request.method, getattr(request, "operation", "?"))
    return told("fault", _message("fault"))
