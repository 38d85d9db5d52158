"""What forms of these pages are made of: inputs told as data, read back with every problem at once.

There is one template for an input and one for a page that asks before something is done; views say what is asked and
what will follow, and services say whether it may be.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from eirene.errors import EireneError, Problem, UsageError
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import instants

T = TypeVar("T")
#: More characters than any reason, question or note of these forms needs.
LONGEST = 4_000
#: What a scan may be, by its first bytes.
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Input:
    """One input. `kind`: text, area, datetime, date, number, choice, radios, checks, check, file, hidden."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    help: str = ""
    options: Sequence[Option] = ()
    required: bool = False
    #: What is wrong with it.
    error: str = ""


@dataclass
class Tried(Generic[T]):
    """What came of calling a service: its result, or what stands in the way."""

    result: T | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        return not self.problems


def attempt(run: Callable[[], T]) -> Tried[T]:
    """Calls a service; what a person can put right comes back as problems. That something is not there, or not
    theirs, is not for the form to tell and goes on."""
    try:
        return Tried(run())
    except (NotThere, NotAllowed):
        raise
    except EireneError as error:
        return Tried(None, error.problems)


@dataclass
class Reading:
    """Reads a form that was sent: values as types, problems by the input's name."""

    request: HttpRequest
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        value = self.request.POST.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > LONGEST:
            self.tell(name, _("This is longer than %(n)d characters.") % {"n": LONGEST}, _("Shorten it."))
        return value[:LONGEST]

    def all(self, name: str) -> list[str]:
        return list(dict.fromkeys(self.request.POST.getlist(name)))[:2_000]

    def flag(self, name: str) -> bool:
        return bool(self.request.POST.get(name))

    def whole(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not text.isdecimal() or len(text) > 9:
            self.tell(name, _("“%(text)s” is no whole number.") % {"text": text[:40]})
            return None
        return int(text)

    def day(self, name: str) -> dt.date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.tell(name, _("“%(text)s” is no day.") % {"text": text[:40]}, _("Write it as 2018-03-30."))
            return None

    def instant(self, name: str, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return instants.instant_of(text, zone)
        except UsageError as error:
            self.tell(name, error.problems[0].what, error.problems[0].remedy)
            return None

    def scan(self, name: str) -> tuple[bytes, str, str] | None:
        """Content, name and kind of an uploaded scan; only what can be printed and runs nothing."""
        upload = self.request.FILES.get(name)
        if upload is None:
            return None
        if upload.size is None or upload.size > settings.EIRENE_UPLOAD_BYTES:
            self.tell(name, _("The file is too large."), _("Scan it in grey at 200 dpi."))
            return None
        content = upload.read()
        kind = next((kind for start, kind in _MAGIC.items() if content.startswith(start)), "")
        if not kind:
            self.tell(name, _("The file is no PDF, PNG or JPEG."), _("Save the scan as PDF."))
            return None
        return content, file_name(upload.name or "scan"), kind

    def tell(self, name: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(what, name, remedy))

    def need(self, name: str, value: object, what: str) -> None:
        if value in (None, "", [], ()):
            self.tell(name, what)


def file_name(name: str) -> str:
    """The last part of a path, without signs that a header or a file system could take for something else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in '"<>|:*?;').strip(". ")
    return kept[-120:] or "scan"


def filled(inputs: Iterable[Input], request: HttpRequest, problems: Iterable[Problem]) -> list[Input]:
    """The inputs as they were sent, each with what is wrong with it."""
    from dataclasses import replace

    told = {problem.where: f"{problem.what} {problem.remedy}".strip() for problem in problems}
    made = []
    for one in inputs:
        sent: dict[str, Any] = {"error": told.get(one.name, "")}
        if request.method == "POST" and one.kind != "file":
            values = set(request.POST.getlist(one.name))
            sent["value"] = request.POST.get(one.name, "")
            sent["options"] = [replace(o, chosen=o.value in values) for o in one.options]
        made.append(replace(one, **sent))
    return made
