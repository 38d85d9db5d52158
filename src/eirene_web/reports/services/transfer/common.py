"""What files out and in share: a file to hand out, whose sections are whose, names that are safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from eirene.errors import Problem, UsageError
from eirene_web.policy import Actor, NotThere, ask, can
from eirene_web.reports.models import Report
from eirene_web.reports.services.transfer.compare import Standing
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
    "zip": "application/zip",
}
#: Longest name of a file that is kept or shown.
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file to hand out. `name` is of our making: letters, digits and -."""

    name: str
    data: bytes

    @property
    def media_type(self) -> str:
        return MEDIA[self.name.rpartition(".")[2]]


def not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def found_report(pk: int) -> Report:
    """Raises NotThere."""
    found = Report.objects.select_related("cycle__alliance", "body").filter(pk=pk).first()
    if found is None:
        raise not_there()
    return found


def readable(actor: Actor, working: Working) -> list[str]:
    """Sections whose answers the actor may read, in the order of the form. Raises NotThere if there is none."""
    report = working.report
    found = [
        s.id
        for s in working.sheet.sections
        if can(actor, "answer.read", answer_target(report, s.id, working.posts_of(s.id)))
    ]
    if not found:
        raise not_there()
    return found


def fillable(actor: Actor, working: Working) -> frozenset[str]:
    """Questions that the actor may fill in now."""
    report, found = working.report, []
    for section in working.sheet.sections:
        posts = working.posts_of(section.id)
        verdict = {
            is_open: can(actor, "answer.fill", answer_target(report, section.id, posts, is_open=is_open))
            for is_open in (True, False)
        }
        found += [q.id for q in section.questions if verdict[working.is_open(q.id)]]
    return frozenset(found)


def ask_to_fill_something(actor: Actor, working: Working) -> None:
    """Raises what the policy says about the section nearest to being the actor's, if none may be filled in."""
    if fillable(actor, working):
        return
    section = readable(actor, working)[0]
    ask(actor, "answer.fill", answer_target(working.report, section, working.posts_of(section), is_open=False))
    raise UsageError(_("None of the answers is open for you to fill in."))


def standing(working: Working) -> dict[tuple[str, str], Standing]:
    """The cells of a report as a comparison needs them."""
    return {
        key: Standing(cell.value, cell.version, cell.person.name if cell.person else "", cell.changed.isoformat())
        for key, cell in working.cells.items()
    }


def questions_of(working: Working, sections: Iterable[str]) -> list[str]:
    wanted = set(sections)
    return [q.id for s in working.sheet.sections if s.id in wanted for q in s.questions]


def wanted_sections(working: Working, allowed: list[str], wanted: Iterable[str]) -> list[str]:
    """The sections asked for, all that are allowed if none is. Raises NotThere for one that is not there or allowed."""
    asked_for = set(wanted)
    if asked_for - set(allowed):
        raise not_there()
    return [one for one in allowed if not asked_for or one in asked_for]


# --- names of files -------------------------------------------------------------------------------------------------

_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')


def safe_name(name: str) -> str:
    """A name as it may be kept and shown: no folder, no control sign, no mark that turns the writing, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = _FORBIDDEN.sub("_", plain).strip(" .")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        ending = ending if dot and len(ending) <= 8 else ""
        stem = stem if ending else plain
        plain = f"{stem[: LONGEST_NAME - len(ending) - 2]}…{'.' if ending else ''}{ending}"
    return plain or _("file without a name")


def told(problem: Problem) -> dict[str, str]:
    return {"what": problem.what, "where": problem.where, "remedy": problem.remedy}
