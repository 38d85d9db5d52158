"""From an agreed draft to published releases: signed off, disclosed, frozen with one press, held, published.

A freeze is built below `held`, where nothing is served from, one release for each audience, each there whole or not at
all. When its embargo ends the folder is renamed into `releases` as a whole and its releases are entered into the
catalogue in one transaction. A process may die between any two of these steps; the next one goes on where it ended.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from eirene.apart import run_apart
from eirene.errors import Blocked, EireneError, UsageError
from eirene.framework import Pack
from eirene.framework.model import Edition
from eirene_web.clock import now
from eirene_web.editions import figures as f
from eirene_web.editions import notify
from eirene_web.editions.attest import attest
from eirene_web.editions.examining import Held
from eirene_web.editions.making import make_release
from eirene_web.editions.models import Draft, Freeze, Release
from eirene_web.editions.services.catalogue import described
from eirene_web.editions.services.common import changed, locked_draft, moved_to, not_there, office_chain, subject, words
from eirene_web.editions.services.drafting import refuse_troubled
from eirene_web.editions.services.protecting import (
    WATCHED,
    held_by_readers,
    is_fresh,
    pattern_of,
    refuse_unexamined,
    want_examination,
)
from eirene_web.editions.services.silence import refuse_changed
from eirene_web.editions.targets import edition_target
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, ask
from eirene_web.work.models import Job
from eirene_web.work.services import start, told

log = logging.getLogger(__name__)
HELD, RELEASES = "held", "releases"
Tell = Callable[..., None]


# --- before the press -----------------------------------------------------------------------------------------------


@change
def prepare(
    *,
    actor: Actor,
    draft: int,
    audiences: Iterable[str],
    release_list: Iterable[str],
    as_of: dt.date,
    embargo: dt.datetime | None,
) -> Draft:
    """For whom releases are built, who is on the release list, the edition’s date, when its embargo ends."""
    row = locked_draft(draft)
    ask(actor, "edition.prepare", edition_target(row))
    pack = opened(row.cycle.pack_id)
    known = [a.code for a in pack.header.audiences]
    wanted = [code for code in known if code in set(audiences)]
    if set(audiences) - set(known) or not wanted:
        raise UsageError(_("Choose for whom releases are built."))
    if embargo is not None and embargo <= now():
        raise UsageError(_("The embargo lies in the past."), remedy=_("Leave it empty to publish at once."))
    before = row.as_of
    fields = changed(
        row, audiences=wanted, release_list=[one.strip()[:200] for one in release_list if one.strip()][:100],
        as_of=as_of, embargo=embargo,
    )  # fmt: skip
    row.save(update_fields=["audiences", "release_list", "as_of", "embargo"])
    if before != as_of:
        from eirene_web.editions.services.figuring import want_figures

        want_figures(row)
    if row.state in WATCHED and not is_fresh(row):
        want_examination(row)
    record(actor, "edition.prepare", chain=office_chain(row), subject=subject(row), fields=fields)
    return row


@change
def disclose(*, actor: Actor, draft: int, authority: str, on: dt.date | None) -> Draft:
    """The decision to disclose publicly: by which authority, on which day. Both empty: it is taken back.

    It is apart from marking and release list; without it nothing is built for the public.
    """
    row = locked_draft(draft)
    ask(actor, "edition.disclose", edition_target(row))
    if bool(authority.strip()) != (on is not None):
        raise UsageError(_("A decision to disclose needs its authority and its date."))
    # Where the day begins first it is fourteen hours ahead: what is today for somebody is no day of the future.
    if on is not None and on > (now() + dt.timedelta(hours=14)).date():
        raise UsageError(_("The decision cannot lie in the future."))
    fields = changed(row, disclosed_by=authority.strip()[:200], disclosed_on=on)
    row.save(update_fields=["disclosed_by", "disclosed_on"])
    record(actor, "edition.disclose", chain=office_chain(row), subject=subject(row), fields=fields)
    return row


@change
def sign_off(*, actor: Actor, draft: int) -> Draft:
    """Signs the agreed draft off as it stands. Signed once: again gives the same."""
    row = locked_draft(draft)
    ask(actor, "edition.sign_off", edition_target(row))
    if row.state == Draft.State.SIGNED:
        return row
    refuse_troubled(row)
    one = refuse_changed(row)
    refuse_unexamined(row)
    fields = [*moved_to(row, Draft.State.SIGNED), Field(subject(row), "circulation", None, one.number)]
    row.signed, row.signer_id = now(), actor.person
    row.save(update_fields=["state", "moved", "signed", "signer"])
    record(actor, "edition.sign_off", chain=office_chain(row), subject=subject(row), fields=fields)
    return row


# --- the press ------------------------------------------------------------------------------------------------------


@change
def freeze(*, actor: Actor, draft: int) -> Freeze:
    """Freezes the edition: from here on nothing in it changes. Pressed twice, by one or by two, it is frozen once."""
    row = locked_draft(draft)
    ask(actor, "edition.freeze", edition_target(row))
    there = row.freezes.filter(number=row.number, state__in=["building", "held"]).first()
    if there is not None:
        return _gone_on(actor, row, there)
    if row.state != Draft.State.SIGNED:
        raise UsageError(_("The edition is not signed off."))
    refuse_changed(row)
    refuse_troubled(row)
    pack = opened(row.cycle.pack_id)
    audiences = _audiences(row, pack)
    refuse_unexamined(row)
    return _press(actor, row, audiences)


def _audiences(row: Draft, pack: Pack) -> list[str]:
    """Those to build for. The public’s only by decision; the office’s always, for later editions rest on it."""
    widest = pack.header.audiences[-1].code
    if widest in row.audiences and not row.disclosed_by:
        raise UsageError(
            _("There is no decision to disclose this edition publicly."),
            remedy=_("Record the decision, or take the public out of the audiences."),
        )
    wanted = {*row.audiences, f.office_of(pack)}
    return [a.code for a in pack.header.audiences if a.code in wanted]


def _gone_on(actor: Actor, row: Draft, there: Freeze) -> Freeze:
    """The freeze that is there; one whose work ended without an end is taken up again."""
    subject_ = f"edition:{row.pk}"
    alive = Job.objects.filter(kind="edition.freeze", subject=subject_, state__in=["waiting", "running"]).exists()
    if there.state == Freeze.State.BUILDING and not alive:
        _work(actor, row, there)
    return there


def _work(actor: Actor, row: Draft, made: Freeze) -> None:
    from eirene_web.editions.tasks import build_freeze

    start(
        build_freeze, kind="edition.freeze", alliance=row.alliance_id, person=actor.person,
        subject=f"edition:{row.pk}", freeze=made.pk,
    )  # fmt: skip


def _press(actor: Actor, row: Draft, audiences: list[str]) -> Freeze:
    ended = changed(row, embargo=None) if row.embargo is not None and row.embargo <= now() else []
    edition = f.edition_of(row)
    # What the examination found to be hidden is where the protection of each release begins.
    edition = edition.model_copy(update={"protection": [*edition.protection, *pattern_of(row)]})
    made = Freeze.objects.create(
        draft=row, number=row.number, edition=edition.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        inputs=f.sources_of(row).as_json(), audiences=audiences, as_of=row.as_of, embargo=row.embargo, folder="",
        at=now(), person_id=actor.person, reasons=why_new(row),
    )  # fmt: skip
    made.folder = f"{row.alliance_id}/{row.cycle.code}-{made.number}-{made.pk}"
    made.save(update_fields=["folder"])
    fields = [*moved_to(row, Draft.State.FREEZING), Field(f"freeze:{made.pk}", "number", None, made.number),
              Field(f"freeze:{made.pk}", "audiences", None, audiences),
              Field(f"freeze:{made.pk}", "state", None, str(made.state)),
              Field(f"freeze:{made.pk}", "embargo", None, row.embargo), *ended]  # fmt: skip
    row.save(update_fields=["state", "moved", "embargo"])
    record(actor, "edition.freeze", chain=office_chain(row), subject=subject(row), fields=fields)
    _work(actor, row, made)
    return made


def place(freeze: Freeze, root: str) -> Path:
    return Path(settings.EIRENE_HOME) / root / freeze.folder


# --- building -------------------------------------------------------------------------------------------------------


def build(freeze: int, *, tell: Tell = lambda *_a: None) -> Freeze:
    """Builds the releases of a freeze below `held`. What a killed process left whole is taken, what it left half is
    built again. A fault is kept with the freeze, the edition is open to be frozen again, nothing is left."""
    row = Freeze.objects.select_related("draft__cycle", "draft__alliance").get(pk=freeze)
    if row.state != Freeze.State.BUILDING:
        return row
    try:
        built = {audience: _build_one(row, audience, tell) for audience in _in_turn(row)}
        attest(place(row, HELD), row.draft.alliance_id)
    except (EireneError, OSError) as fault:
        # A refusal by the audit (Blocked) is one problem for each thing that is exposed: all of them are told.
        error = fault if isinstance(fault, EireneError) else EireneError(
            _("The disk refused a file: %(reason)s.") % {"reason": fault.strerror},
            remedy=_("Nothing was published. Free space, then freeze again."),
        )  # fmt: skip
        shutil.rmtree(place(row, HELD), ignore_errors=True)
        _failed(freeze=row.pk, error=told(error.problems), exposed=isinstance(error, Blocked))
        raise error from None
    return _hold(freeze=row.pk, built=built)


def _in_turn(row: Freeze) -> list[str]:
    """The office's first, which tells the audit whose answers are in a release; then the widest, which the readers of
    every narrower one hold as well."""
    office = f.office_of(opened(row.draft.cycle.pack_id))
    return sorted(row.audiences, key=lambda a: (a != office, -row.audiences.index(a)))


def _beside(row: Freeze, audience: str) -> list[Held]:
    """What the readers of a release hold besides: earlier ones of this edition, and those of this press for wider
    audiences, which are built before it."""
    pack = opened(row.draft.cycle.pack_id)
    office, order = f.office_of(pack), _in_turn(row)
    if audience == office:
        return []
    here = [one for one in order[: order.index(audience)] if one != office]
    full = place(row, HELD) / office
    return [*held_by_readers(row.draft, audience, pack), *((place(row, HELD) / one, full) for one in here)]


def _build_one(row: Freeze, audience: str, tell: Tell) -> dict[str, Any]:
    pack = opened(row.draft.cycle.pack_id)
    edition = Edition.model_validate(row.edition, context={"language": pack.header.languages[0]})
    sources = f.from_json(row.draft, row.as_of.isoformat(), row.inputs)
    given = f.inputs_of(sources, edition, audience)
    what = {
        "pack": pack, "cycle": sources.cycle, "reports": given.reports, "audience": audience, "history": given.history,
        "edition": edition, "as_of": row.as_of, "formats": formats(), "out": place(row, HELD) / audience,
        "last": _last(row, audience), "held": _beside(row, audience),
    }  # fmt: skip
    # Drawings and documents take memory that this process would keep; data alone take none to speak of.
    made = run_apart(make_release, **what, progress=tell) if formats() else make_release(**what, progress=tell)
    return {
        "sha256": made.sha256,
        "files": made.files,
        "bytes": made.size,
        "verified": {"ok": True, "summary": made.summary, "at": now().isoformat()},
        "changes": made.changes,
        "audit": made.audit,
    }


def _last(row: Freeze, audience: str) -> Path | None:
    """The folder of the last published release of this edition for the same audience."""
    found = Release.objects.filter(slug=row.draft.alliance_id, cycle=row.draft.cycle.code, audience=audience)
    last = found.order_by("-registered", "-pk").first()
    return last.folder if last else None


def formats() -> tuple[str, ...]:
    """All of them; an installation (or a test) may say fewer."""
    from eirene.release.inputs import FORMATS

    return tuple(getattr(settings, "EIRENE_FORMATS", FORMATS))


@change
def _failed(*, freeze: int, error: dict[str, Any], exposed: bool = False) -> Freeze:
    """`exposed`: the audit refused it. What was examined before is not trusted any more, and is examined again."""
    row, one = _both(freeze)
    if one.state != Freeze.State.BUILDING:
        return one
    one.state, one.error = Freeze.State.FAILED, error
    one.save(update_fields=["state", "error"])
    fields = [*moved_to(row, Draft.State.SIGNED), Field(f"freeze:{one.pk}", "state", "building", "failed")]
    row.save(update_fields=["state", "moved"])
    if exposed:
        row.examinations.all().delete()
        want_examination(row)
    notify.tell_office(row, "edition.not_frozen", one.number, f"{one.pk}")
    record(None, "edition.freeze", chain=office_chain(row), subject=subject(row), fields=fields)
    return one


@change
def _hold(*, freeze: int, built: dict[str, Any]) -> Freeze:
    row, one = _both(freeze)
    if one.state != Freeze.State.BUILDING:
        return one
    one.state, one.built, one.held = Freeze.State.HELD, built, now()
    one.save(update_fields=["state", "built", "held"])
    fields = [*moved_to(row, Draft.State.HELD),
              *(Field(f"freeze:{one.pk}", f"sha256 {a}", None, b["sha256"]) for a, b in built.items())]  # fmt: skip
    row.save(update_fields=["state", "moved"])
    if one.embargo is not None:
        from eirene_web.editions.tasks import look

        look.using(run_after=one.embargo).enqueue()
    record(None, "edition.hold", chain=office_chain(row), subject=subject(row), fields=fields)
    return one


def _both(freeze: int) -> tuple[Draft, Freeze]:
    draft = Freeze.objects.values_list("draft", flat=True).filter(pk=freeze).first()
    if draft is None:
        raise not_there()
    row = locked_draft(draft)
    return row, Freeze.objects.select_for_update(of=("self",)).get(pk=freeze)


@change
def recall(*, actor: Actor, draft: int, freeze: int, why: str) -> Freeze:
    """Takes a frozen edition back before its embargo ends; nobody but the office ever saw it."""
    row = locked_draft(draft)
    ask(actor, "edition.freeze", edition_target(row))
    _row, one = _both(freeze)
    if one.draft_id != row.pk:
        raise not_there()
    if one.state != Freeze.State.HELD or one.embargo is None or one.embargo <= now():
        raise UsageError(_("This is not held any more; what is published is corrected by the next release."))
    reason = words(why, _("Say why it is recalled."))
    one.state = Freeze.State.RECALLED
    one.save(update_fields=["state"])
    fields = [*moved_to(row, Draft.State.DRAFTING), Field(f"freeze:{one.pk}", "state", "held", "recalled"),
              Field(subject(row), "signed", row.signed, None)]  # fmt: skip
    row.signed = row.signer = None
    row.save(update_fields=["state", "moved", "signed", "signer"])
    record(actor, "edition.recall", chain=office_chain(row), subject=subject(row), fields=fields, why=reason)
    transaction.on_commit(lambda: shutil.rmtree(place(one, HELD), ignore_errors=True))
    return one


# --- publishing -----------------------------------------------------------------------------------------------------


def publish_due() -> list[int]:
    """Publishes what is held and whose embargo has ended. Gives the ids of the freezes that this call published."""
    from django.db.models import Q

    found = Freeze.objects.filter(Q(embargo__isnull=True) | Q(embargo__lte=now()), state=Freeze.State.HELD)
    published = []
    for pk in found.values_list("pk", flat=True):
        try:
            if publish_if_due(pk):
                published.append(pk)
        except (EireneError, OSError):  # one that cannot be published does not hold up the others
            log.exception("The freeze %s could not be published.", pk)
    return published


def publish_if_due(freeze: int) -> bool:
    """Moves the folder and enters its releases into the catalogue, if it is time. Whether this call did it."""
    row = Freeze.objects.select_related("draft__cycle").get(pk=freeze)
    if row.state != Freeze.State.HELD or (row.embargo is not None and now() < row.embargo):
        return False
    _move(place(row, HELD), place(row, RELEASES))
    entries = {}
    for audience, kept in row.built.items():
        digest, fields = described(place(row, RELEASES) / audience)
        if digest != kept["sha256"]:
            raise EireneError(
                _("A release is not the one that was frozen."),
                where=str(place(row, RELEASES) / audience),
                remedy=_("Nothing was published. Look who can write into the folder of the installation."),
            )
        entries[audience] = (digest, fields)
    return _enter(freeze=freeze, entries=entries)


def _move(held: Path, there: Path) -> None:
    """One rename for all audiences: there are all of them or none."""
    if not held.is_dir():
        return
    there.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(held, there)
    except FileNotFoundError:  # another worker was quicker
        return
    for folder in (there.parent, held.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@change
def _enter(*, freeze: int, entries: dict[str, tuple[str, dict[str, Any]]]) -> bool:
    row, one = _both(freeze)
    if one.state != Freeze.State.HELD:
        return False
    for audience, (digest, fields) in entries.items():
        kept = one.built[audience]
        more = {"freeze": one, "changes": kept["changes"], "verified": kept["verified"]}
        Release.objects.update_or_create(manifest_sha256=digest, defaults={**fields, **more})
    one.state, one.published = Freeze.State.PUBLISHED, now()
    one.save(update_fields=["state", "published"])
    fields_ = [*moved_to(row, Draft.State.PUBLISHED), Field(f"freeze:{one.pk}", "state", "held", "published")]
    row.save(update_fields=["state", "moved"])
    notify.tell_nations(row, "edition.published", one.number, f"{one.pk}")
    record(None, "edition.publish", chain=office_chain(row), subject=subject(row), fields=fields_)
    return True


# --- after ----------------------------------------------------------------------------------------------------------


def why_new(row: Draft) -> list[dict[str, Any]]:
    """What changed since the last freeze: why the edition needs a new release. [] if it needs none.

    Each is {"why": "accepted" | "corrected" | "redacted" | "withheld" | "counted_again", "nation", "questions"}.
    """
    last = row.freezes.filter(state__in=["held", "published"]).order_by("-at", "-pk").first()
    return [] if last is None else differences(last.inputs, f.sources_of(row))


def differences(before: dict[str, Any], sources: f.Sources) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    then, here = before["submissions"], sources.submissions
    for body in sorted({*then, *here}):
        if body not in then:
            found.append({"why": "accepted", "nation": body, "questions": []})
        elif body in here and here[body][1] != then[body][1]:
            same_one = here[body][0] == then[body][0]
            found.append({"why": "redacted" if same_one else "corrected", "nation": body, "questions": []})
    old, new = {tuple(one) for one in before["withheld"]}, set(sources.withheld)
    for why, gone in (("withheld", new - old), ("counted_again", old - new)):
        found += [
            {"why": why, "nation": body, "questions": [question]}
            for cycle, body, question in sorted(gone)
            if cycle == sources.cycle
        ]
    return found
