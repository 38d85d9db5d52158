"""What others did to a report, in sentences: lines of the journal told by who, what and to which questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from eirene.text import listing
from eirene_web.journal.queries import Line
from eirene_web.policy import table
from eirene_web.reports import filling_queries as reads

if TYPE_CHECKING:
    from eirene_web.reports.frame import Frame


class News:
    """Lines of the journal as sentences: who did what to which questions."""

    MOST = 6

    def __init__(self, frame: Frame, lines: Sequence[Line]) -> None:
        self.frame, self.lines = frame, lines
        self.posts = reads.posts_held([line.person for line in lines], frame.report.body.nation) if lines else {}

    def told(self) -> list[tuple[dt.datetime, str, str]]:
        found: dict[tuple[str, str], tuple[dt.datetime, list[str]]] = {}
        for line in self.lines:
            questions = self._questions(line)
            if questions is None:
                continue
            key = (self.who(line), self._kind(line))
            known = found.setdefault(key, (line.at, []))[1]
            known.extend(q for q in questions if q not in known)
        return [(at, *self._words(who, kind, numbers)) for (who, kind), (at, numbers) in found.items()][: self.MOST]

    def who(self, line: Line) -> str:
        if line.person is None:
            return _("The system")
        post = self.posts.get(line.person)
        return self.frame.visit.names.post(post) if post else _("WPS Office")

    def _kind(self, line: Line) -> str:
        kind = line.thing.partition(":")[0]
        return kind if kind in ("cell", "thread", "evidence", "assignment") else line.verb

    def _questions(self, line: Line) -> list[str] | None:
        """Numbers of the questions it is about; None if the actor may not read of them."""
        kind, _colon, rest = line.thing.partition(":")
        if kind not in ("cell", "thread", "evidence"):
            return []
        asked = self.frame.working.sheet.questions.get(rest.split("/")[1] if "/" in rest else "")
        if asked is None:
            return []
        return [asked.number] if asked.section in self.frame.readable else None

    def _words(self, who: str, kind: str, numbers: list[str]) -> tuple[str, str]:
        which = listing(numbers[:4], self.frame.lang) if len(numbers) <= 4 else f"{', '.join(numbers[:3])} …"
        if kind == "cell":
            return "send", _("%(who)s filled in %(which)s") % {"who": who, "which": which}
        if kind == "thread":
            return "eye", _("%(who)s wrote about %(which)s") % {"who": who, "which": which or _("the report")}
        if kind == "evidence":
            return "send", _("%(who)s attached or removed a file in %(which)s") % {"who": who, "which": which}
        if kind == "assignment":
            return "half", _("%(who)s assigned sections") % {"who": who}
        verb = table().verbs.get(kind)
        return "track", f"{who}{_(':')} {verb.title if verb else kind}"
