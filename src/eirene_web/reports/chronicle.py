"""The journal of a report in words: who, when, what, before and after, why; on a page and as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eirene.text import date
from eirene_web.journal.queries import Line
from eirene_web.policy import table
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import instants, wording
from eirene_web.reports.frame import Frame
from eirene_web.reports.models import Report, Thread

#: Signs with which a spreadsheet begins a formula.
_FORMULA = re.compile(r"^[=+\-@\t\r|%]")
_NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")
#: A text longer than this is cut on the page; the file has it whole.
SHOWN = 240
#: Changes of one entry that the page shows; the file has them all.
OF_EACH = 12


_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
#: Fields of a report, of its steps and conversations, in words.
_FIELDS = {
    "deadline": gettext_lazy("deadline"),
    "extended_because": gettext_lazy("why it was extended"),
    "round": gettext_lazy("round of clearance"),
    "reviewer": gettext_lazy("review desk"),
    "review_due": gettext_lazy("review due"),
    "due": gettext_lazy("due"),
    "steps": gettext_lazy("chain"),
    "taken_over": gettext_lazy("taken over from last year"),
    "confirmed": gettext_lazy("confirmed"),
    "open": gettext_lazy("open again"),
    "open_because": gettext_lazy("why it is open again"),
    "remarks": gettext_lazy("remarks"),
    "post": gettext_lazy("post"),
    "state": gettext_lazy("state"),
    "sha256": gettext_lazy("checksum"),
    "number": gettext_lazy("submission"),
    "receipt": gettext_lazy("receipt"),
}


@dataclass(frozen=True)
class Told:
    """One change in words. `number`: of the question, '' where it is about something else."""

    entry: int
    at: dt.datetime
    who: str
    verb: str
    number: str
    question: str
    what: str
    before: str
    after: str
    why: str
    purged: bool
    #: How many changes the entry has, with those that are not shown.
    of: int = 0


class Telling:
    """Resolves people, posts, questions and values; each looked up once."""

    def __init__(self, frame: Frame, lines: Sequence[Line]) -> None:
        self.frame, self.lines, self.lang = frame, lines, frame.lang
        self.people = reads.people(line.person for line in lines)
        given = [value for line in lines if _is_post(line) for value in (line.before, line.after)]
        self.assigned = reads.post_titles(given, self.lang)
        self.posts = reads.posts_held((line.person for line in lines), frame.report.body.nation)

    def told(self) -> list[Told]:
        why = {line.entry: str(line.after or "") for line in self.lines if line.field == "reason"}
        return [self._line(line, why.get(line.entry, "")) for line in self.lines if line.field != "reason"]

    def entries(self) -> list[tuple[Told, list[Told], int]]:
        """By entry: its first line for who and when, its lines, and how many more there are."""
        found: dict[int, list[Told]] = {}
        for one in self.told():
            found.setdefault(one.entry, []).append(one)
        return [(lines[0], lines, max(0, lines[0].of - len(lines) - bool(lines[0].why))) for lines in found.values()]

    def _line(self, line: Line, why: str) -> Told:
        kind, _colon, rest = line.thing.partition(":")
        pieces = rest.split("/", 2)
        asked = self.frame.working.sheet.questions.get(pieces[1]) if len(pieces) > 1 else None
        verb = table().verbs.get(line.verb)
        what, before, after = self._words(kind, pieces, line, asked)
        if line.purged:
            before = after = _("(removed)")
        return Told(
            line.entry, line.at, self.who(line), str(verb.title) if verb else line.verb,
            asked.number if asked else "", asked.id if asked else "", what, before, after, why, line.purged, line.of,
        )  # fmt: skip

    def who(self, line: Line) -> str:
        """Somebody of the nation by name and post; the office as the office."""
        if line.person is None:
            return _("The system")
        post, person = self.posts.get(line.person), self.people.get(line.person)
        if post is None:
            return _("WPS Office")
        title = self.frame.visit.names.post(post)
        return f"{person.name} ({title})" if person is not None and person.name != title else title

    def _words(self, kind: str, pieces: Sequence[str], line: Line, asked: Any) -> tuple[str, str, str]:
        pack, before, after = self.frame.pack, line.before, line.after
        if kind == "cell" and asked is not None and len(pieces) == 3:
            part = pieces[2]
            return (
                wording.part_words(pack, asked, part, self.lang),
                wording.part_value(pack, asked, part, before, self.lang),
                wording.part_value(pack, asked, part, after, self.lang),
            )
        if kind == "evidence":
            return _("file"), _file(before), _file(after)
        if kind == "thread":
            return self._thread(line)
        if kind == "assignment" and len(pieces) == 3:
            return self._assignment(pieces[1], line)
        if kind == "report" and line.field == "state":
            states = dict(Report.State.choices)
            return _("state"), str(states.get(before, before or "")), str(states.get(after, after or ""))
        if kind == "report" and line.field == "minutes":
            return _("time declared"), _span(before), _span(after)
        return str(_FIELDS.get(line.field, line.field.replace("_", " "))), self._value(before), self._value(after)

    def _value(self, value: Any) -> str:
        """Days and instants as they are written; all else as it stands."""
        if isinstance(value, str) and _DAY.match(value):
            return date(dt.date.fromisoformat(value), self.lang)
        if isinstance(value, str) and _INSTANT.match(value):
            zone = self.frame.visit.time_zone(self.frame.report.body)
            return instants.written(dt.datetime.fromisoformat(value), zone, self.lang)
        return _plain(value)

    def _assignment(self, section: str, line: Line) -> tuple[str, str, str]:
        """The post by its title, never by its number."""
        of = {"id": section}
        match line.field:
            case "post":
                named = [self.assigned.get(value, "") if value else "" for value in (line.before, line.after)]
                return _("section %(id)s, assigned to") % of, named[0], named[1]
            case "due":
                what = _("section %(id)s, due") % of
            case "done":
                what = _("section %(id)s, done") % of
            case _:
                what = _("section %(id)s, note") % of
        return what, self._value(line.before), self._value(line.after)

    def _thread(self, line: Line) -> tuple[str, str, str]:
        if line.field.startswith("message"):
            return _("message"), "", _plain(line.after)
        if line.field == "state":
            states = dict(Thread.State.choices)
            return _("conversation"), str(states.get(line.before, "")), str(states.get(line.after, ""))
        if line.field == "kind":
            return _("conversation"), "", str(dict(Thread.Kind.choices).get(line.after, line.after))
        return str(_FIELDS.get(line.field, line.field)), self._value(line.before), self._value(line.after)


def _is_post(line: Line) -> bool:
    return line.field == "post" and line.thing.startswith("assignment:")


def _span(minutes: Any) -> str:
    """3 h 40 min, as the nation declares it."""
    if not isinstance(minutes, int):
        return ""
    return _("%(h)d h %(m)02d min") % {"h": minutes // 60, "m": minutes % 60}


def _file(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", ""))
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)


# --- as a file ------------------------------------------------------------------------------------------------------


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def as_csv(told: Iterable[Told]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("when (UTC)"), _("who"), _("did"), _("question"), _("what"), _("before"), _("after"), _("why")])
    for one in told:
        when = one.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        row = [when, one.who, one.verb, one.number, one.what, one.before, one.after, one.why]
        writer.writerow([safe(text) for text in row])
    return out.getvalue()
