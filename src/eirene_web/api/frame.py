"""The frame of every operation: who calls, in which alliance, with which version; its verbs, its limits, its answer.

@operation("GET", "/{alliance}/cycles", "cycle.see")
def cycles(call: Call, …) -> Page[CycleOut]: …

An operation is thin: it looks up by a query, calls a service, shows. Its verbs are those of the policy table that the
query and the service ask for, the first one to see what it is about; tests walk `OPERATIONS`.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Schema
from ninja.params.models import QueryModel
from pydantic import BaseModel, ConfigDict

from eirene.framework import Pack
from eirene_web.api import versions
from eirene_web.api.auth import Holder, PersonalToken, PerToken
from eirene_web.api.once import once
from eirene_web.api.reading import Strict
from eirene_web.api.refusals import ErrorOut, Refusal
from eirene_web.organisations import queries
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.visit import Visit
from eirene_web.policy import Actor, NotThere, Target, ask, table
from eirene_web.reports import queries as reports
from eirene_web.reports.models import Report

F = TypeVar("F", bound=Callable[..., Any])
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Every error that any operation may answer with.
ERRORS = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503)

Slug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="The alliance’s slug.")]
_CODE = r"^[A-Za-z0-9_][A-Za-z0-9._=+-]{0,119}$"
CodeOf = Annotated[str, Path(pattern=_CODE)]
IdOf = Annotated[int, Path(ge=1, le=2**63 - 1)]

api = NinjaAPI(
    title="Eirene",
    version="1",
    description="Everything a nation or the office does on a page, done by a program with a personal token.",
    auth=PersonalToken(),
    throttle=[PerToken()],
    parser=Strict(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[],
)


@dataclass
class Call:
    """One request of one token: who, where, what they saw. Nothing of a session."""

    request: HttpRequest
    holder: Holder
    alliance: Alliance | None
    headers: dict[str, str] = field(default_factory=dict)
    lang: str = field(default_factory=lambda: translation.get_language() or "en")

    @cached_property
    def _who(self) -> tuple[Actor, str]:
        holder = self.holder
        return queries.here(holder.person, self.here, strong=holder.strong, scopes=holder.scopes)

    @property
    def actor(self) -> Actor:
        return self._who[0]

    @property
    def here(self) -> Alliance:
        assert self.alliance is not None
        return self.alliance

    @property
    def slug(self) -> str:
        return str(self.here.pk)

    @cached_property
    def pack(self) -> Pack:
        return pack_of(self.here)

    @cached_property
    def names(self) -> queries.Names:
        from eirene_web.clock import now

        return queries.Names(self.here, self.lang, now().date())

    @cached_property
    def visit(self) -> Visit:
        """The same, for queries that are written for pages."""
        return _Visit(self)

    def ask(self, verb: str, target: Target | None = None) -> None:
        ask(self.actor, verb, target or Target(table().verbs[verb].kind, self.slug))

    def report(self, cycle: str, body: str) -> Report:
        """The report, with its ETag on the answer. Raises NotThere."""
        found = reports.find_report(self.actor, self.here, cycle, body)
        self.headers["ETag"] = versions.etag_of(found)
        return found

    def unchanged(self, report: Report, *, required: bool = False) -> int:
        """The version that the caller saw, if it still stands. Raises Refusal."""
        return versions.unchanged(report, versions.seen(self.request, required=required))

    def moved(self, report: Report) -> None:
        """The ETag after a change."""
        self.headers["ETag"] = versions.etag_of(report)


class _Visit(Visit):
    """A visit by token: nothing of it comes from a session."""

    def __init__(self, call: Call) -> None:
        self.request, self.alliance, self.person = call.request, call.here, call.holder.person
        self.actor, self._own_zone = call._who
        self.lang = call.lang


@dataclass(frozen=True)
class Operation:
    """What the tests and the documentation walk."""

    method: str
    path: str
    verbs: tuple[str, ...]
    function: Callable[..., Any]
    returns: Any
    status: int
    upload: bool

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def writes(self) -> bool:
        return self.method in WRITES


OPERATIONS: dict[str, Operation] = {}


def operation(
    method: str, path: str, *verbs: str, status: int = 200, tag: str = "", version: bool = False, media: str = ""
) -> Callable[[F], F]:
    """Registers a function as an operation.

    verbs    of the policy table; the first one says whether what it is about exists for the caller
    version  If-Match is required
    media    what it gives is a file of this type, not JSON
    """

    def register(function: F) -> F:
        hints = typing.get_type_hints(function, include_extras=True)
        returns = hints.pop("return", None)
        one = Operation(method, path, verbs, function, returns, status, _uploads(hints))
        assert one.name not in OPERATIONS, one.name
        OPERATIONS[one.name] = one
        answers: dict[Any, Any] = {status: None if media or status == 204 else returns}
        answers |= dict.fromkeys(ERRORS, ErrorOut)
        api.api_operation(
            [method], path, response=answers, operation_id=one.name, url_name=one.name, tags=[tag or _tag(function)],
            summary=_summary(function), description=_description(function, verbs),
            openapi_extra=_extra(one, version, media),
        )(_view(one, hints, version=version))  # fmt: skip
        return function

    return register


def _uploads(hints: dict[str, Any]) -> bool:
    from ninja import UploadedFile

    return any(hint is UploadedFile or getattr(hint, "__origin__", None) is UploadedFile for hint in hints.values())


def _tag(function: Callable[..., Any]) -> str:
    return function.__module__.rpartition(".")[2]


def _summary(function: Callable[..., Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "").partition("\n")[0]


def _description(function: Callable[..., Any], verbs: tuple[str, ...]) -> str:
    more = inspect.cleandoc(function.__doc__ or "").partition("\n")[2].strip()
    asked = f"Asks for: {', '.join(f'`{verb}`' for verb in verbs)}." if verbs else "For whoever has a token."
    return f"{more}\n\n{asked}" if more else asked


def _extra(one: Operation, version: bool, media: str) -> dict[str, Any]:
    found: dict[str, Any] = {"x-verbs": list(one.verbs)}
    headers = []
    if one.writes:
        headers.append(_header("Idempotency-Key", _KEY, maximum=200))
    if version:
        headers.append(_header("If-Match", "The ETag of the report as you saw it.", required=True))
    if headers:
        found["parameters"] = headers
    if media:
        content = {kind: {"schema": _FILE if kind != "application/json" else {}} for kind in media.split()}
        found["responses"] = {one.status: {"content": content}}
    return found


_FILE = {"type": "string", "format": "binary"}
_KEY = (
    "Any text that is new for each thing you want done: asked again with the same key, it is done once and told the "
    "same. Kept for a day."
)


def _header(name: str, description: str, *, required: bool = False, maximum: int = 100) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": maximum, "pattern": r"^[\x21-\x7e]+$"}
    return {"in": "header", "name": name, "required": required, "description": description, "schema": schema}


def _view(one: Operation, hints: dict[str, Any], *, version: bool) -> Callable[..., HttpResponse]:
    """The view that ninja calls: builds the call, does it once, and writes the answer."""
    in_alliance = "{alliance}" in one.path
    names = list(inspect.signature(one.function).parameters)[1:]
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)]
    if in_alliance:
        parameters.append(inspect.Parameter("alliance", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Slug))
    for name in names:
        default = inspect.signature(one.function).parameters[name].default
        parameters.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hints[name], default=default)
        )

    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        request.operation = one.name  # type: ignore[attr-defined]
        call = _call(request, values.pop("alliance", ""))
        _no_unknown_filters(request, one)
        if version:
            versions.seen(request, required=True)
        act = lambda: _answer(call, one, one.function(call, **values))  # noqa: E731
        return once(request, call.holder.token.pk, act) if one.writes else act()

    view.__name__, view.__module__, view.__doc__ = one.name, one.function.__module__, one.function.__doc__
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return view


def _call(request: HttpRequest, slug: str) -> Call:
    """Raises NotThere for an alliance that is not the token's, or in which its person holds nothing."""
    holder: Holder = request.auth  # type: ignore[attr-defined]
    if not slug:
        return Call(request, holder, None)
    if slug != holder.token.alliance:
        raise not_there()
    call = Call(request, holder, queries.alliance_of(slug))
    if not call.actor.grants:
        raise not_there()
    return call


def not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def _no_unknown_filters(request: HttpRequest, one: Operation) -> None:
    """A filter that is not known would be a filter that does nothing: refused, not passed over."""
    known = _query_names(one.name)
    unknown = sorted(set(request.GET) - known)
    if unknown:
        raise Refusal(
            "invalid",
            _("There is no filter “%(name)s”.") % {"name": unknown[0][:60]},
            _("Known: %(names)s.") % {"names": ", ".join(sorted(known)) or "–"},
            where=unknown[0][:60],
        )


def _query_names(name: str) -> frozenset[str]:
    if name not in _QUERIES:
        found: set[str] = set()
        for router in api._get_bound_routers():
            for views in router.path_operations.values():
                for one in views.operations:
                    if one.operation_id == name:
                        for model in one.models:
                            if issubclass(model, QueryModel):
                                found |= set(model.__ninja_flatten_map__)
        _QUERIES[name] = frozenset(found)
    return _QUERIES[name]


_QUERIES: dict[str, frozenset[str]] = {}


def _answer(call: Call, one: Operation, result: Any) -> HttpResponse:
    """What the operation gave, as bytes."""
    if isinstance(result, HttpResponse):
        response = result
    elif result is None:
        response = HttpResponse(status=204)
        response.headers.pop("Content-Type", None)
    else:
        assert isinstance(result, BaseModel), one.name
        response = HttpResponse(result.model_dump_json().encode(), status=one.status, content_type="application/json")
    for name, value in call.headers.items():
        response.headers[name] = value
    return response


def allowed_bytes(request: HttpRequest) -> tuple[bool, bool]:
    """Whether the operation at this address takes JSON, and whether it takes a form with files."""
    for one in OPERATIONS.values():
        if one.method == request.method and _pattern(one.path).fullmatch(request.path_info):
            return not one.upload, one.upload
    return True, True


def _pattern(path: str) -> re.Pattern[str]:
    if path not in _PATTERNS:
        _PATTERNS[path] = re.compile("/api/v1" + re.sub(r"\{[^}]+\}", "[^/]+", path))
    return _PATTERNS[path]


_PATTERNS: dict[str, re.Pattern[str]] = {}


def download(content: bytes, name: str, media: str) -> HttpResponse:
    """A file, to be kept and not to be shown."""
    from django.utils.http import content_disposition_header

    response = HttpResponse(content, content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


class In(Schema):
    """What comes in: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(In):
    """An empty object: there is nothing to say."""
