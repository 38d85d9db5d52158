"""Files that stand behind an answer: looked at before they are kept, each with a marking of its own."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.files.services import keep
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.reports.models import EvidenceFile
from eirene_web.reports.services.common import chain_of, locked_report
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working

MOST_FILES = 20


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its ending, what it is served as, how its content begins, what a zip must hold."""

    media_type: str
    begins: bytes = b""
    holds: str = ""


_OOXML = "application/vnd.openxmlformats-officedocument."
#: What opens without running anything. Pages and drawings that can carry script (HTML, SVG) are not among them.
KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", b"%PDF-"),
    "png": Kind("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": Kind("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": Kind("image/jpeg", b"\xff\xd8\xff"),
    "docx": Kind(f"{_OOXML}wordprocessingml.document", b"PK\x03\x04", "word/document.xml"),
    "xlsx": Kind(f"{_OOXML}spreadsheetml.sheet", b"PK\x03\x04", "xl/workbook.xml"),
    "pptx": Kind(f"{_OOXML}presentationml.presentation", b"PK\x03\x04", "ppt/presentation.xml"),
    "odt": Kind("application/vnd.oasis.opendocument.text", b"PK\x03\x04", "content.xml"),
    "ods": Kind("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04", "content.xml"),
    "odp": Kind("application/vnd.oasis.opendocument.presentation", b"PK\x03\x04", "content.xml"),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@change
def add_evidence(
    *, actor: Actor, report: int, question: str, name: str, content: bytes, releasability: str = ""
) -> EvidenceFile:
    """Keeps a file beside an answer. `releasability`: audience code; empty: the answer’s own.

    Raises UsageError, with what is wrong, for a file that is empty, too large, or not of a kind that is taken.
    """
    row = locked_report(report)
    working = Working(row)
    section = _may_change(actor, working, question)
    kind = looked_at(name, content)
    _known_audience(working, releasability)
    if row.evidence.filter(question=question, removed__isnull=True).count() >= MOST_FILES:
        raise UsageError(
            _("There are %(n)s files with this answer already.") % {"n": MOST_FILES},
            remedy=_("Remove one, or put several into one document."),
        )
    one = EvidenceFile.objects.create(
        report=row, question=question, blob=keep(content), name=tidy_name(name), media_type=kind.media_type,
        releasability=releasability, added=now(), person_id=actor.person,
    )  # fmt: skip
    thing = f"evidence:{row.pk}/{question}/{one.pk}"
    fields = [
        Field(thing, "file", None, file_told(one)), Field(thing, "releasability", None, releasability or None),
        Field(thing, "section", None, section),
    ]  # fmt: skip
    record(actor, "answer.fill", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    return one


@change
def remove_evidence(*, actor: Actor, report: int, file: int) -> EvidenceFile:
    """Takes a file away from its answer. Its content is kept for the history until it is purged."""
    row = locked_report(report)
    one = _present(row.pk, file)
    _may_change(actor, Working(row), one.question)
    one.removed = now()
    one.save(update_fields=["removed"])
    field = Field(f"evidence:{row.pk}/{one.question}/{one.pk}", "removed", None, one.removed)
    record(actor, "answer.fill", chain=chain_of(row), subject=f"report:{row.pk}", fields=[field])
    return one


@change
def mark_evidence(*, actor: Actor, report: int, file: int, releasability: str) -> EvidenceFile:
    """Changes to whom a file is released."""
    row = locked_report(report)
    one, working = _present(row.pk, file), Working(row)
    _may_change(actor, working, one.question)
    _known_audience(working, releasability)
    before, one.releasability = one.releasability, releasability
    one.save(update_fields=["releasability"])
    field = Field(f"evidence:{row.pk}/{one.question}/{one.pk}", "releasability", before or None, releasability or None)
    record(actor, "answer.fill", chain=chain_of(row), subject=f"report:{row.pk}", fields=[field])
    return one


def file_told(one: EvidenceFile) -> dict[str, str]:
    """What the journal says of a file: what it is called, and the hash of its content."""
    return {"name": one.name, "sha256": one.blob_id, "media_type": one.media_type}


def _present(report: int, file: int) -> EvidenceFile:
    found = EvidenceFile.objects.filter(report=report, pk=file, removed__isnull=True).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def _may_change(actor: Actor, working: Working, question: str) -> str:
    """Asks the policy; the section of the question."""
    asked = working.sheet.questions.get(question)
    if asked is None:
        raise UsageError(_("The question %(id)s is not asked in this cycle.") % {"id": question[:80]})
    target = answer_target(
        working.report, asked.section, working.posts_of(asked.section), is_open=working.is_open(question)
    )
    ask(actor, "answer.fill", target)
    return asked.section


def _known_audience(working: Working, code: str) -> None:
    if code and code not in {audience.code for audience in working.pack.header.audiences}:
        raise UsageError(_("The audience %(code)s is not known.") % {"code": code[:60]})


# --- looking at a file ----------------------------------------------------------------------------------------------


def tidy_name(name: str) -> str:
    """The last part of a path, without signs that a file system or a reader could be misled by."""
    last = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .") or "file"
    if len(last) <= 120:
        return last
    stem, _dot, ending = last.rpartition(".")
    return f"{stem[:110]}….{ending[:8]}"


def looked_at(name: str, content: bytes) -> Kind:
    """The kind of a file, from its ending and its content, which must agree."""
    shown = tidy_name(name)
    ending = shown.rpartition(".")[2].lower()
    most = settings.EIRENE_UPLOAD_BYTES
    if not content:
        raise UsageError(_("The file %(name)s is empty.") % {"name": shown}, remedy=_("Save it again and choose it."))
    if len(content) > most:
        raise UsageError(
            _("The file %(name)s has %(mb)s MB; %(most)s MB are taken.")
            % {"name": shown, "mb": f"{len(content) / 1e6:.1f}", "most": most // 1_000_000},
            remedy=_("Send the part that is needed, or a smaller copy."),
        )
    kind = KINDS.get(ending)
    if kind is None:
        raise UsageError(
            _("Files of the kind of %(name)s are not taken.") % {"name": shown},
            remedy=_("Taken are: %(endings)s. Print a page or a drawing into a PDF.") % {"endings": ", ".join(KINDS)},
        )
    if not content.startswith(kind.begins) or not _is_what_it_says(kind, content):
        raise UsageError(
            _("The file %(name)s is not what its name says.") % {"name": shown},
            remedy=_("Open it in its program, save it under the right kind, and choose it again."),
        )
    return kind


def _is_what_it_says(kind: Kind, content: bytes) -> bool:
    if kind.holds:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return False
        return kind.holds in names and not any(n.lower().endswith("vbaproject.bin") for n in names)
    if kind.begins:
        return True
    try:
        return "\x00" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return b"\x00" not in content
