"""A section as its page shows it: its questions, and what they share.

Nothing here changes anything; whoever makes a page has asked the policy whether the section may be read.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from eirene.text import Phrases, pick
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import forms, wording
from eirene_web.reports.findings import Told
from eirene_web.reports.frame import Frame, SectionRow
from eirene_web.reports.models import EvidenceFile, Thread
from eirene_web.reports.question import QuestionView
from eirene_web.reports.services.filling import Conflict
from eirene_web.reports.working import Working


@dataclass
class SectionPage:
    """A section with its questions. `typed`, `typos`, `conflicts`: what a form that was sent left to be done."""

    frame: Frame
    id: str
    typed: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    typos: Sequence[forms.Typo] = ()
    conflicts: Sequence[Conflict] = ()

    @cached_property
    def working(self) -> Working:
        return self.frame.working

    @cached_property
    def asked(self) -> Any:
        return next(s for s in self.working.sheet.sections if s.id == self.id)

    @cached_property
    def title(self) -> str:
        return pick(self.asked.title, self.frame.lang)

    @cached_property
    def intro(self) -> str:
        return pick(self.asked.intro, self.frame.lang)

    @cached_property
    def place(self) -> tuple[int, int]:
        """(which of the sections that the actor reads, of how many)"""
        ids = [row.id for row in self.frame.sections]
        return ids.index(self.id) + 1, len(ids)

    @cached_property
    def neighbours(self) -> tuple[SectionRow | None, SectionRow | None]:
        rows, at = self.frame.sections, self.place[0] - 1
        return (rows[at - 1] if at > 0 else None), (rows[at + 1] if at + 1 < len(rows) else None)

    @cached_property
    def questions(self) -> list[QuestionView]:
        return [QuestionView(self, asked) for asked in self.asked.questions]

    @cached_property
    def ids(self) -> list[str]:
        return [asked.id for asked in self.asked.questions]

    @cached_property
    def writes(self) -> bool:
        """Whether the actor may change anything in it."""
        return any(not q.locked for q in self.questions)

    @cached_property
    def locked_because(self) -> str:
        """Why nothing in it can be changed; '' where something can."""
        if self.writes or not self.questions:
            return ""
        return f"{self.questions[0].locked} {self.frame.opens_when}".strip()

    @cached_property
    def errors(self) -> list[Told]:
        """What must be corrected, once the section was begun."""
        told = [one for id in self.ids for one in self.frame.told_by.get(id, ())]
        return [one for one in told if one.kind == "late" and one.open]

    @cached_property
    def evidence(self) -> dict[str, list[EvidenceFile]]:
        return reads.evidence(self.frame.report, self.ids)

    @cached_property
    def threads(self) -> dict[str, list[Thread]]:
        found: dict[str, list[Thread]] = {}
        for one in reads.threads(self.frame.actor, self.frame.report, self.ids):
            found.setdefault(one.question, []).append(one)
        return found

    @cached_property
    def earlier(self) -> dict[str, list[Thread]]:
        continued = {old: asked.id for asked in self.asked.questions for old in (asked.id, *asked.continues)}
        found: dict[str, list[Thread]] = {}
        for one in reads.earlier_threads(self.frame.report, continued):
            found.setdefault(continued[one.question], []).append(one)
        return found

    @cached_property
    def typing(self) -> dict[str, str]:
        """Question → post of somebody else who is typing there now."""
        now = reads.typing(self.frame.actor, self.frame.report, self.ids)
        posts = reads.posts_held(now.values(), self.frame.report.body.nation)
        return {q: self.frame.visit.names.post(posts[p]) for q, p in now.items() if p in posts}

    @cached_property
    def classes(self) -> list[tuple[str, str]]:
        """(what it is called, what it is for) of the disclosure classes that are described."""
        lang, found = self.frame.lang, self.frame.pack.header.disclosure_classes
        return [(wording.protected_as(c, lang), pick(c.description, lang)) for c in found if c.description]

    @cached_property
    def audiences(self) -> list[tuple[str, str]]:
        """(code, label) to which an answer may be released, from the narrowest on."""
        pack = self.frame.pack
        return [(a.code, wording.audience(pack, a.code, self.frame.lang)) for a in pack.header.audiences]

    @cached_property
    def default_audience(self) -> str:
        return wording.audience(self.frame.pack, self.frame.report.cycle.releasability, self.frame.lang)

    @cached_property
    def no_persons(self) -> str:
        say = Phrases(self.frame.lang, self.frame.pack.phrases)
        return say("wb_no_persons_long")

    @cached_property
    def mine_done(self) -> bool | None:
        """Whether the actor’s own posts have called it done; None if it is not assigned to them."""
        mine = [one for one in self.working.assignments.get(self.id, ()) if one.post_id in self.frame.actor.posts]
        return all(one.done is not None for one in mine) if mine else None

    @cached_property
    def conflict_views(self) -> list[ConflictView]:
        return [ConflictView(self, one) for one in self.conflicts]


class ConflictView:
    """Two values for one part: what the reader typed, and what somebody else saved meanwhile."""

    def __init__(self, page: SectionPage, conflict: Conflict) -> None:
        self.conflict = conflict
        asked = page.working.sheet.questions[conflict.question]
        pack, lang = page.frame.pack, page.frame.lang
        self.number, self.name = asked.number, f"{conflict.question}:{conflict.part}"
        self.what = wording.part_words(pack, asked, conflict.part, lang)
        self.mine = wording.part_value(pack, asked, conflict.part, conflict.mine, lang) or _("nothing")
        self.theirs = wording.part_value(pack, asked, conflict.part, conflict.theirs, lang) or _("nothing")
        self.mine_json = json.dumps(conflict.mine, ensure_ascii=False)
        self.who, self.version = conflict.who, conflict.version
        self.when = dt.datetime.fromisoformat(conflict.when) if conflict.when else None
