"""A file handed in: kept, read in the background, shown with what it would change, then taken over or dropped.

upload          keeps the file and starts reading it
preview         what it would change, beside what stands at this moment
apply_import    takes over what was chosen, in one go, once
drop_import     forgets it
history         what was handed out and in
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.errors import Problem, UsageError
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.files import services as files
from eirene_web.files.models import Blob
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, can
from eirene_web.reports.models import Export, Import, Report
from eirene_web.reports.services import filling
from eirene_web.reports.services.common import chain_of, locked_report
from eirene_web.reports.services.evidence import add_evidence
from eirene_web.reports.services.transfer import common
from eirene_web.reports.services.transfer.compare import Change
from eirene_web.reports.services.transfer.reading import readable_sections
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working
from eirene_web.work.models import Job
from eirene_web.work.services import start

_State = Import.State
#: What somebody may say to a conflict.
MINE, THEIRS = "mine", "theirs"


# --- handing in -----------------------------------------------------------------------------------------------------


def upload(*, actor: Actor, report: int, name: str, data: bytes, where: str = "") -> Import:
    """Keeps a file and starts reading it. The same file handed in again while it waits is the same entry.

    where   address of the page that shows it, with {entry} for its number; the job leads there

    Raises NotThere or NotAllowed if none of the answers is the actor's to fill in; UsageError for a file that is too
    large or empty.
    """
    common.ask_to_fill_something(actor, Working(common.found_report(report)))
    _refuse_size(len(data))
    blob = files.keep(data)  # on the disk before the database says that it is there
    return enter_import(actor=actor, report=report, blob=blob.pk, name=common.safe_name(name), where=where)


def _refuse_size(size: int) -> None:
    limit = settings.EIRENE_UPLOAD_BYTES
    if size == 0:
        raise UsageError(_("The file is empty."), remedy=_("Save or send it again."))
    if size > limit:
        raise too_large(limit)


def too_large(limit: int) -> UsageError:
    return UsageError(
        _("The file is larger than %(limit)d MB.") % {"limit": limit // 1_000_000},
        remedy=_("A report needs far less: remove pictures and foreign sheets, or start from a new workbook."),
    )


@change
def enter_import(*, actor: Actor, report: int, blob: str, name: str, where: str = "") -> Import:
    """The entry of a file that is kept, and the task that reads it; both, or neither."""
    from eirene_web.reports.tasks import read_import

    row = locked_report(report)
    common.ask_to_fill_something(actor, Working(row))
    waiting = row.imports.filter(blob=blob, person=actor.person, state__in=[_State.READING, _State.READY]).first()
    if waiting is not None:
        return waiting
    made = Import.objects.create(
        report=row, blob=Blob.objects.get(pk=blob), name=common.safe_name(name), at=now(), person_id=actor.person
    )
    start(
        read_import, kind="import", alliance=actor.alliance, nation=row.body.nation, person=actor.person,
        subject=f"import:{made.pk}", where=where.replace("{entry}", str(made.pk)), entry=made.pk,
    )  # fmt: skip
    record(
        actor, "answer.fill", chain=chain_of(row), subject=f"import:{made.pk}",
        fields=[Field(f"import:{made.pk}", "file", None, {"name": made.name, "sha256": blob})],
    )  # fmt: skip
    return made


@change
def read_again(*, actor: Actor, entry: int, where: str = "") -> Import:
    """Starts reading again a file whose task ended without having read it. UsageError where it is being read."""
    from eirene_web.reports.tasks import read_import

    found = find_import(actor, entry)
    common.ask_to_fill_something(actor, Working(found.report))
    Import.objects.select_for_update(of=("self",)).get(pk=entry)
    job = job_of(found)
    if found.state != _State.READING or (job is not None and job.finished is None):
        raise UsageError(_("The file is being read."))
    start(
        read_import, kind="import", alliance=actor.alliance, nation=found.report.body.nation, person=actor.person,
        subject=f"import:{entry}", where=where, entry=entry,
    )  # fmt: skip
    record(
        actor, "answer.fill", chain=chain_of(found.report), subject=f"import:{entry}",
        fields=[Field(f"import:{entry}", "read again", None, True)],
    )  # fmt: skip
    return found


def job_of(entry: Import) -> Job | None:
    """The task that reads it, or read it last."""
    return Job.objects.filter(subject=f"import:{entry.pk}").order_by("-pk").first()


# --- looking --------------------------------------------------------------------------------------------------------


def find_import(actor: Actor, entry: int, report: int | None = None) -> Import:
    """An entry: for whoever handed it in, and for those who may read all of the report. Raises NotThere."""
    found = (
        Import.objects.select_related("report__cycle__alliance", "report__body", "person", "export")
        .filter(pk=entry)
        .first()
    )
    if found is None or (report is not None and found.report_id != report):
        raise common.not_there()
    working = Working(found.report)
    allowed = common.readable(actor, working)
    if found.person_id != actor.person and len(allowed) < len(working.sheet.sections):
        raise common.not_there()
    return found


@dataclass(frozen=True)
class Item:
    """One change as it is shown. `may`: the actor may make it now; `key` names it in a form and in a call."""

    change: Change
    may: bool

    @property
    def key(self) -> str:
        return f"{self.change.question}/{self.change.part}"


@dataclass(frozen=True)
class Preview:
    """What a file would change, beside what stands at this moment. `stamp` changes when any of it does."""

    entry: Import
    working: Working
    items: tuple[Item, ...]
    same: int = 0
    kept: int = 0
    evidence: tuple[Mapping[str, Any], ...] = ()
    package: bool = False

    @property
    def mine(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.may)

    @property
    def locked(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.may)

    @property
    def conflicts(self) -> tuple[Item, ...]:
        return tuple(item for item in self.mine if item.change.conflict)

    @property
    def stamp(self) -> str:
        told = [[i.key, i.change.version, i.change.conflict, i.may] for i in self.items]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def preview(*, actor: Actor, entry: int) -> Preview:
    """Raises NotThere; UsageError while the file is still being read, or when it was refused."""
    found = find_import(actor, entry)
    if found.state != _State.READY:
        raise UsageError(
            _("There is nothing to look at: the file is %(state)s.") % {"state": found.get_state_display()}
        )
    return _preview(actor, found, Working(found.report))


def _preview(actor: Actor, entry: Import, working: Working) -> Preview:
    kept: dict[str, Any] = entry.changes or {}
    may, readable = common.fillable(actor, working), set(readable_sections(actor, working))
    items, same = [], kept.get("same", 0)
    for one in (Change(**data) for data in kept.get("items", [])):
        question = working.sheet.questions.get(one.question)
        if question is None or question.section not in readable:
            continue
        fresh = _as_it_stands(one, working)
        if fresh is None:
            same += 1
        else:
            items.append(Item(fresh, one.question in may))
    evidence = [one for one in kept.get("evidence", []) if one["question"] in may]
    return Preview(
        entry, working, tuple(items), same, kept.get("kept", 0), tuple(evidence), bool(kept.get("package"))
    )  # fmt: skip


def _as_it_stands(one: Change, working: Working) -> Change | None:
    """The change beside the cell of this moment: gone where both say the same now, a conflict where it has moved."""
    cell = working.cells.get((one.question, one.part))
    version = cell.version if cell else 0
    if version == one.version or cell is None:
        return one
    if cell.value == one.after:
        return None
    who = cell.person.name if cell.person else ""
    return Change(one.question, one.part, cell.value, one.after, version, True, who, cell.changed.isoformat())


# --- taking over ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What somebody chose. `leave`: keys of changes that are not taken; `conflicts`: key → mine or theirs (mine: what
    the file says); `rest`: for conflicts that are not named; `stamp`: of the preview that was looked at."""

    leave: Collection[str] = ()
    conflicts: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    stamp: str = ""
    #: Numbers of evidence files that are not taken.
    leave_evidence: Collection[int] = ()


@dataclass(frozen=True)
class Taken:
    """`again`: something moved meanwhile, or a conflict is not decided: nothing was taken over, look once more."""

    entry: Import
    saved: int = 0
    left: int = 0
    attached: int = 0
    already: bool = False
    again: bool = False
    undecided: tuple[str, ...] = ()


class _Moved(Exception):
    """Something changed under the hand; undo all of it."""


def apply_import(*, actor: Actor, entry: int, choice: Choice) -> Taken:
    """Takes over what was chosen: all of it, or nothing. Twice is once.

    Raises NotThere, NotAllowed, UsageError.
    """
    find_import(actor, entry)
    try:
        return take_over_import(actor=actor, entry=entry, choice=choice)
    except _Moved:
        return Taken(find_import(actor, entry), again=True)


@change
def take_over_import(*, actor: Actor, entry: int, choice: Choice) -> Taken:
    """The same within one transaction. The report takes its turn first, so that nothing moves meanwhile."""
    report = locked_report(find_import(actor, entry).report_id)
    row = Import.objects.select_for_update(of=("self",)).select_related("person", "export").get(pk=entry)
    if row.state == _State.APPLIED:
        return Taken(row, saved=_number(row, "taken"), left=_number(row, "left"), already=True)
    if row.state != _State.READY:
        raise UsageError(
            _("The file cannot be taken over: it is %(state)s.") % {"state": row.get_state_display()},
            remedy=_("Hand it in again if you want to."),
        )
    row.report = report
    working = Working(report)
    common.ask_to_fill_something(actor, working)
    seen = _preview(actor, row, working)
    if choice.stamp and choice.stamp != seen.stamp:
        return Taken(row, again=True)
    chosen, undecided = _chosen(seen, choice)
    if undecided:
        return Taken(row, again=True, undecided=tuple(undecided))
    saved = _save(actor, row, chosen)
    attached = _attach(actor, row, [e for n, e in enumerate(seen.evidence) if n not in set(choice.leave_evidence)])
    _finish(actor, row, _State.APPLIED, {"taken": saved, "left": len(seen.items) - saved, "attached": attached}, saved)
    return Taken(row, saved, len(seen.items) - saved, attached)


def _number(entry: Import, name: str) -> int:
    return int(entry.changes.get(name, 0)) if isinstance(entry.changes, dict) else 0


def _chosen(seen: Preview, choice: Choice) -> tuple[list[Change], list[str]]:
    """Changes to make, and keys of conflicts that nobody decided."""
    leave = set(choice.leave)
    chosen, undecided = [], []
    for item in seen.mine:
        if not item.change.conflict:
            if item.key not in leave:
                chosen.append(item.change)
            continue
        said = choice.conflicts.get(item.key) or (THEIRS if item.key in leave else choice.rest)
        if said == MINE:
            chosen.append(item.change)
        elif said != THEIRS:
            undecided.append(item.key)
    return chosen, undecided


def _save(actor: Actor, entry: Import, chosen: Sequence[Change]) -> int:
    if not chosen:
        return 0
    edits = [filling.Edit(one.question, one.part, one.after, one.version) for one in chosen]
    why = _("taken over from the file “%(name)s” (%(entry)d)") % {"name": entry.name, "entry": entry.pk}
    outcome = filling.save_answers(actor=actor, report=entry.report_id, edits=edits, why=why)
    if outcome.conflicts:
        raise _Moved
    if outcome.refused:
        raise UsageError("; ".join(str(one.problem) for one in outcome.refused[:5]))
    return len(chosen)


def _attach(actor: Actor, entry: Import, evidence: Sequence[Mapping[str, Any]]) -> int:
    """Evidence that came with a package, beside its answers; what is there already is not attached again.

    Raises UsageError, which undoes everything, for a file of a kind that is not taken: it can be left unticked.
    """
    there = set(entry.report.evidence.filter(removed__isnull=True).values_list("question", "blob_id"))
    new = [one for one in evidence if (one["question"], one["sha256"]) not in there]
    for one in new:
        add_evidence(
            actor=actor, report=entry.report_id, question=one["question"], name=one["name"],
            content=files.read(one["sha256"]),
        )  # fmt: skip
    return len(new)


def _left_behind(entry: Import) -> list[str]:
    """Contents of evidence that came with a file, by their hash."""
    kept = entry.changes.get("evidence", ()) if isinstance(entry.changes, dict) else ()
    return [one["sha256"] for one in kept]


def _finish(actor: Actor, entry: Import, state: str, left: dict[str, int], saved: int = 0) -> None:
    """The entry keeps how much it was, not what: the answers have it, and the journal. Files that came along and were
    not attached are let go, unless another file that waits brought them too."""
    along = _left_behind(entry)
    before, entry.state, entry.changes = entry.state, state, left
    entry.applied = now() if state == _State.APPLIED else None
    entry.save(update_fields=["state", "changes", "applied"])
    waiting = Import.objects.filter(state=_State.READY).exclude(pk=entry.pk) if along else ()
    still = {sha256 for other in waiting for sha256 in _left_behind(other)}
    for sha256 in sorted(set(along) - still):
        files.let_go(sha256)
    if not saved:  # otherwise the entry about the answers says where they came from
        record(
            actor, "answer.fill", chain=chain_of(entry.report), subject=f"import:{entry.pk}",
            fields=[Field(f"import:{entry.pk}", "state", before, str(state))],
        )  # fmt: skip


@change
def drop_import(*, actor: Actor, entry: int) -> Import:
    """Forgets a file that was handed in; what it would have changed is not kept. Twice is once.

    Done by whoever handed it in, or who may fill in.
    """
    report = locked_report(find_import(actor, entry).report_id)
    row = Import.objects.select_for_update(of=("self",)).get(pk=entry)
    row.report = report
    if row.person_id != actor.person:
        common.ask_to_fill_something(actor, Working(report))
    if row.state == _State.DROPPED:
        return row
    if row.state == _State.APPLIED:
        raise UsageError(
            _("The file was taken over already."), remedy=_("Change the answers themselves; each keeps its history.")
        )
    _finish(actor, row, _State.DROPPED, {})
    return row


# --- history --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """Something that was handed out or in, for the list of a report."""

    at: Any
    who: str
    what: str
    entry: Import | None = None
    package: bool = False


def history(*, actor: Actor, report: Report, most: int = 50) -> list[Event]:
    """What was handed out and in, newest first: all of it for those who may read all of the report, else one's own."""
    working = Working(report)
    allowed = common.readable(actor, working)
    out = Export.objects.filter(report=report).select_related("person").order_by("-at").defer("versions")
    into = Import.objects.filter(report=report).select_related("person").order_by("-at")
    into = into.defer("changes", "problems", "notes")
    if len(allowed) < len(working.sheet.sections):
        out, into = out.filter(person=actor.person), into.filter(person=actor.person)
    events = [
        Event(e.at, e.person.name, _("Package for a closed network") if e.key else _("Workbook"), package=bool(e.key))
        for e in out[:most]
    ]
    events += [Event(e.at, e.person.name, e.name, entry=e) for e in into[:most]]
    return sorted(events, key=lambda e: e.at, reverse=True)[:most]


def in_words(told: Sequence[Mapping[str, Any]], lang: str = "") -> list[Problem]:
    """Problems and notes of an entry in the reader's language."""
    language = lang or translation.get_language() or "en"
    return [Problem(*(pick(one.get(name) or {}, language) for name in ("what", "where", "remedy"))) for one in told]


def counts(entry: Import) -> str:
    """How much of an entry was taken over, in words."""
    if entry.state != _State.APPLIED:
        return ""
    taken = _number(entry, "taken")
    return ngettext("%(n)d change taken over", "%(n)d changes taken over", taken) % {"n": taken}


def may_fill(actor: Actor, working: Working) -> bool:
    """Whether a file may be handed in at all, for a page that offers only what can be done."""
    report = working.report
    return any(
        can(actor, "answer.fill", answer_target(report, s.id, working.posts_of(s.id), is_open=is_open))
        for s in working.sheet.sections
        for is_open in (True, False)
    )
