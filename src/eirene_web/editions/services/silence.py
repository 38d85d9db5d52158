"""The silence procedure (practice 11): a numbered draft goes out with its statements; who does not speak agrees.

circulate     copies text and figures, in the background writes the document of each audience, and silence begins
extend        more time, asked for with a reason and granted by the office
break_silence a nation names a statement, a reason and a wording; who it was stays with the office
end_due       the expiry, an instant: once, also when nobody was at work at that instant
decide        how a broken silence ends
"""

from __future__ import annotations

import copy
import datetime as dt
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from eirene.disclosure import audience_view
from eirene.documents.serialise import to_json
from eirene.errors import UsageError
from eirene.framework import Pack, asked_bodies, members_on
from eirene.framework.model import Edition
from eirene.release.build import content_of
from eirene.summary import build_documents, default_population
from eirene_web.clock import now
from eirene_web.editions import content as c
from eirene_web.editions import figures as f
from eirene_web.editions import notify
from eirene_web.editions.models import Break, CirculatedDocument, Circulation, Draft, Extension, Position
from eirene_web.editions.services.common import (
    chain_of,
    locked_circulation,
    locked_draft,
    moved_to,
    not_there,
    office_chain,
    subject,
    texts,
    words,
)
from eirene_web.editions.services.drafting import refuse_troubled
from eirene_web.editions.services.figuring import is_stale
from eirene_web.editions.targets import edition_target, part_target
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.packs import audience_for, opened
from eirene_web.policy import Actor, ask
from eirene_web.work.services import start

Tell = Callable[..., None]
#: The shortest silence.
SHORTEST = dt.timedelta(hours=1)


# --- out ------------------------------------------------------------------------------------------------------------


@change
def circulate(*, actor: Actor, draft: int, expires: dt.datetime, version: int) -> Circulation:
    """Sends the draft out under silence until an instant. Pressed twice, it goes out once.

    version   of the draft as the actor saw it. Raises UsageError if it has changed since, if its figures are behind, or
    if the time is too short; EireneError with everything in the texts that stands in the way.
    """
    row = locked_draft(draft)
    there = row.circulations.filter(state__in=["preparing", "open"]).order_by("-number").first()
    ask(actor, "edition.circulate", edition_target(row))
    if there is not None and row.version == version:
        return there
    if row.state != Draft.State.DRAFTING:
        raise UsageError(_("A draft is under silence already."), remedy=_("Recall it first."))
    if row.version != version:
        raise UsageError(
            _("The draft has changed since you opened this page (version %(was)s, now %(is)s).")
            % {"was": version, "is": row.version},
            remedy=_("Look at it again, then send it out."),
        )
    if expires < now() + SHORTEST:
        raise UsageError(_("Silence must last an hour at least."), remedy=_("Choose a later time."))
    refuse_troubled(row)
    if row.figures is None or is_stale(row):
        raise UsageError(
            _("The figures are being computed again."), remedy=_("Wait until they are up to date, then send it out.")
        )
    return _send(actor, row, expires)


def _send(actor: Actor, row: Draft, expires: dt.datetime) -> Circulation:
    from eirene_web.editions.tasks import prepare_circulation

    last = row.circulations.order_by("-number").values_list("number", flat=True).first() or 0
    assert row.figures_id is not None
    made = Circulation.objects.create(
        draft=row, number=last + 1, content=row.content, content_sha256=c.fingerprint(row.content),
        figures_id=row.figures_id, expires=expires, at=now(), person_id=actor.person,
        statements=_statements(row),
    )  # fmt: skip
    fields = [
        *moved_to(row, Draft.State.SILENCE),
        Field(f"circulation:{made.pk}", "number", None, made.number),
        Field(f"circulation:{made.pk}", "expires", None, expires),
        Field(f"circulation:{made.pk}", "text", None, made.content_sha256),
    ]
    row.save(update_fields=["state", "moved"])
    record(actor, "edition.circulate", chain=office_chain(row), subject=subject(row), fields=fields)
    start(
        prepare_circulation, kind="edition.circulate", alliance=row.alliance_id, person=actor.person,
        subject=f"edition:{row.pk}", circulation=made.pk,
    )  # fmt: skip
    return made


def _statements(row: Draft) -> list[dict[str, Any]]:
    """What silence is about: every statement that is shown, with where it stands."""
    pack = opened(row.cycle.pack_id)
    found: dict[str, dict[str, Any]] = {}
    for chapter, node in c.statements_of(row.content):
        ref = node["statement"]
        indicator = pack.indicators[ref.partition(".")[0].partition("[")[0]]
        found.setdefault(ref, {"ref": ref, "chapter": chapter["id"], "label": dict(indicator.label)})
    return list(found.values())


def prepare(circulation: int, *, tell: Tell = lambda *_a: None) -> Circulation:
    """Writes what goes out, for every audience, from the frozen text and figures; then silence begins. Once."""
    row = Circulation.objects.select_related("draft__cycle", "figures").get(pk=circulation)
    if row.state != Circulation.State.PREPARING:
        return row
    documents = [
        CirculatedDocument(circulation=row, audience=audience, lang=lang, content=zlib.compress(data, 6))
        for audience in audiences_out(row.draft)
        for lang, data in _documents(row, audience, tell).items()
    ]
    return _open(circulation=row.pk, documents=documents)


def audiences_out(draft: Draft) -> list[str]:
    """Audiences of the bodies to which a draft goes, and the office’s."""
    pack = opened(draft.cycle.pack_id)
    day = pack.cycles[draft.cycle.code].reference_date
    found = {audience_for(pack, body, day) for body in asked_bodies(pack, draft.cycle.code)}
    return [a.code for a in pack.header.audiences if a.code in found or a.code == f.office_of(pack)]


def frozen_edition(row: Circulation) -> Edition:
    """The edition file of a circulated draft, with the positions of that moment."""
    draft = copy.copy(row.draft)
    draft.content = row.content
    given = [p for p in row.draft.positions.all() if p.at <= row.at and (p.withdrawn is None or p.withdrawn > row.at)]
    more = f.more_of(draft, [_standing(p) for p in given])
    return c.to_edition(row.content, opened(draft.cycle.pack_id), more)


def _standing(position: Position) -> Position:
    made = copy.copy(position)
    made.withdrawn = None
    return made


def _documents(row: Circulation, audience: str, tell: Tell) -> dict[str, bytes]:
    draft, edition = row.draft, frozen_edition(row)
    pack = opened(draft.cycle.pack_id)
    sources = f.from_json(draft, draft.as_of.isoformat(), row.figures.inputs)
    inputs = replace(f.current_inputs(draft, sources, edition, audience), audience=audience)
    tell("cutting to the audience")
    view = audience_view(
        pack, draft.cycle.code, audience, inputs.reports, f.figures_of(row.figures_id), history=inputs.past,
        as_of=inputs.as_of,
    )  # fmt: skip
    tell("writing the Summary")
    return {lang: to_json(document) for lang, document in build_documents(content_of(inputs, view)).items()}


@change
def _open(*, circulation: int, documents: list[CirculatedDocument]) -> Circulation:
    row = Circulation.objects.select_related("draft__cycle").get(pk=circulation)
    draft = locked_draft(row.draft_id)
    row = locked_circulation(draft, circulation)
    if row.state != Circulation.State.PREPARING:
        return row
    if row.expires <= now():
        return _recalled(None, draft, row, _("It could not be sent out in time."))
    CirculatedDocument.objects.bulk_create(documents)
    row.state, row.opened = Circulation.State.OPEN, now()
    row.save(update_fields=["state", "opened"])
    _wake(row.expires)
    _examine(draft)
    notify.tell_nations(draft, "edition.circulated", row.number, until=row.expires.isoformat())
    record(
        None, "edition.circulate", chain=office_chain(draft), subject=subject(draft),
        fields=[Field(f"circulation:{row.pk}", "state", "preparing", "open")],
    )  # fmt: skip
    return row


def _examine(draft: Draft) -> None:
    """What went out or was agreed is examined: what readers could work out of it."""
    from eirene_web.editions.services.protecting import is_fresh, want_examination

    if not is_fresh(draft):
        want_examination(draft)


def _wake(at: dt.datetime) -> None:
    """Has the worker look at the instant itself; its round of every minute finds what this misses."""
    from eirene_web.editions.tasks import look

    look.using(run_after=at).enqueue()


@change
def recall(*, actor: Actor, draft: int, circulation: int, why: str) -> Circulation:
    """Takes a draft back that is under silence; it is written again."""
    row = locked_draft(draft)
    ask(actor, "edition.circulate", edition_target(row))
    one = locked_circulation(row, circulation)
    if one.state not in (Circulation.State.PREPARING, Circulation.State.OPEN):
        raise UsageError(_("This draft is not under silence any more."))
    reason = words(why, _("Say why the draft is recalled: nations read it."))
    return _recalled(actor, row, one, reason)


def _recalled(actor: Actor | None, row: Draft, one: Circulation, reason: str) -> Circulation:
    was, one.state, one.ended, one.reason = str(one.state), Circulation.State.RECALLED, now(), reason
    one.save(update_fields=["state", "ended", "reason"])
    fields = [*moved_to(row, Draft.State.DRAFTING), Field(f"circulation:{one.pk}", "state", was, "recalled")]
    row.save(update_fields=["state", "moved"])
    if one.opened is not None:
        notify.tell_nations(row, "edition.recalled", one.number)
    record(actor, "edition.recall", chain=office_chain(row), subject=subject(row), fields=fields, why=reason)
    return one


# --- who may speak on what ------------------------------------------------------------------------------------------


def speaks_on_common(pack: Pack, cycle: str, nation: str) -> bool:
    """Members on common text; everybody else on their own chapter alone."""
    day = pack.cycles[cycle].reference_date
    return nation in members_on(pack, default_population(pack), day)


def _on(row: Circulation, pack: Pack, nation: str, on: str) -> None:
    """Raises UsageError if a nation may not speak on this, or there is no such thing."""
    if on == nation:
        return
    cycle = row.draft.cycle.code
    if not speaks_on_common(pack, cycle, nation):
        raise UsageError(
            _("A partner breaks silence on its own chapter alone."), remedy=_("Choose your own chapter, or comment.")
        )
    if on not in {one["ref"] for one in row.statements} | {one["id"] for one in row.content["chapters"]}:
        raise UsageError(_("The draft has no such statement."))


def _still_open(one: Circulation) -> None:
    """Raises UsageError, in words, once silence is over: the instant counts, not whether somebody recorded it."""
    if one.opened is None or one.state == Circulation.State.RECALLED:
        raise UsageError(_("This draft is not under silence."))
    if now() >= one.expires or one.state == Circulation.State.KEPT:
        raise UsageError(
            _("Silence ended on %(when)s; it can no longer be broken.") % {"when": _instant(one.expires)},
            remedy=_("Reserve your position or add a footnote, or speak to the office."),
        )


def _instant(value: dt.datetime) -> str:
    from django.utils import translation

    from eirene.text import date

    there = value.astimezone(dt.UTC)
    seconds = f":{there:%S}" if there.second else ""
    return f"{date(there.date(), translation.get_language() or 'en')}, {there:%H:%M}{seconds} UTC"


@change
def break_silence(
    *, actor: Actor, draft: int, circulation: int, nation: str, on: str, reason: str, wording: Mapping[str, str]
) -> Break:
    """A nation breaks silence: on a statement (or a chapter, or its own chapter), for a reason, asking for a wording.

    Pressed twice it is broken once. Raises UsageError once silence is over.
    """
    row = locked_draft(draft)
    ask(actor, "silence.break", part_target(row, nation))
    one = locked_circulation(row, circulation)
    one.draft = row
    there = one.breaks.filter(nation=nation, on=on).first()
    if there is not None:
        return there
    _still_open(one)
    pack = opened(row.cycle.pack_id)
    _on(one, pack, nation, on)
    why = words(reason, _("Say why silence is broken."))
    asked_for = texts(wording, pack.header.languages, _("Say how it should read instead."))
    made = Break.objects.create(
        circulation=one, nation=nation, on=on, reason=why, wording=asked_for, at=now(), person_id=actor.person
    )
    # The first break ends silence for all; who it was is in the nation's own chain, and for the office.
    ended: list[Field] = []
    if one.state == Circulation.State.OPEN:
        one.state, one.ended = Circulation.State.BROKEN, now()
        one.save(update_fields=["state", "ended"])
        ended = [*moved_to(row, Draft.State.BROKEN), Field(f"circulation:{one.pk}", "state", "open", "broken")]
        row.save(update_fields=["state", "moved"])
    notify.tell_office(row, "edition.broken", one.number, f"{made.pk}")
    record(
        actor, "silence.break", chain=chain_of(row, nation), subject=subject(row),
        fields=[Field(f"break:{made.pk}", "on", None, on), Field(f"break:{made.pk}", "wording", None, asked_for),
                Field(f"break:{made.pk}", "why", None, why), *ended],
        why=why,
    )  # fmt: skip
    return made


# --- more time ------------------------------------------------------------------------------------------------------


@change
def ask_time(*, actor: Actor, draft: int, circulation: int, nation: str, until: dt.datetime, reason: str) -> Extension:
    """A nation asks for more time. One request of a nation is pending at a time; again gives the same."""
    row = locked_draft(draft)
    ask(actor, "silence.ask_time", part_target(row, nation))
    one = locked_circulation(row, circulation)
    _still_open(one)
    there = one.extensions.filter(nation=nation, state=Extension.State.REQUESTED).first()
    if there is not None:
        return there
    if until <= one.expires:
        raise UsageError(_("This is no later than silence ends already."), remedy=_("Choose a later time."))
    why = words(reason, _("Say why more time is needed: the office decides on it."))
    made = Extension.objects.create(
        circulation=one, nation=nation, reason=why, until=until, at=now(), person_id=actor.person
    )
    notify.tell_office(row, "edition.time_asked", one.number, f"{made.pk}")
    record(
        actor, "silence.ask_time", chain=chain_of(row, nation), subject=subject(row),
        fields=[Field(f"extension:{made.pk}", "until", None, until), Field(f"extension:{made.pk}", "reason", None, why),
                Field(f"extension:{made.pk}", "state", None, str(made.state))],
        why=why,
    )  # fmt: skip
    return made


@change
def decide_extension(
    *, actor: Actor, draft: int, extension: int, grant: bool, until: dt.datetime | None = None, answer: str = ""
) -> Extension:
    """Grants a request, for everybody (the clock is the same for all), or declines it. Decided once."""
    row = locked_draft(draft)
    ask(actor, "edition.extend_silence", edition_target(row))
    one = Extension.objects.select_for_update(of=("self",)).filter(pk=extension, circulation__draft=row).first()
    if one is None:
        raise not_there()
    if one.state != Extension.State.REQUESTED:
        return one
    fields = [_extend(row, one.circulation_id, until or one.until)] if grant else []
    one.state = Extension.State.GRANTED if grant else Extension.State.DECLINED
    one.answer, one.decided, one.decider_id = answer.strip()[:4000], now(), actor.person
    one.save()
    notify.tell_nation(row, one.nation, "edition.time_decided", one.circulation.number, f"{one.pk}")
    record(
        actor, "edition.extend_silence", chain=office_chain(row), subject=subject(row),
        fields=[*fields, Field(f"extension:{one.pk}", "state", "requested", str(one.state)),
                Field(f"extension:{one.pk}", "answer", None, one.answer or None)],
        why=one.answer,
    )  # fmt: skip
    return one


@change
def extend(*, actor: Actor, draft: int, circulation: int, until: dt.datetime, why: str) -> Circulation:
    """The office gives more time of itself."""
    row = locked_draft(draft)
    ask(actor, "edition.extend_silence", edition_target(row))
    reason = words(why, _("Say why there is more time: nations read it."))
    field = _extend(row, circulation, until)
    record(actor, "edition.extend_silence", chain=office_chain(row), subject=subject(row), fields=[field], why=reason)
    return locked_circulation(row, circulation)


def _extend(row: Draft, circulation: int, until: dt.datetime) -> Field:
    one = locked_circulation(row, circulation)
    _still_open(one)
    if until <= one.expires:
        raise UsageError(_("Silence can only be made longer."), remedy=_("Choose a later time."))
    before, one.expires = one.expires, until
    one.save(update_fields=["expires"])
    _wake(until)
    told = until.isoformat()
    notify.tell_nations(row, "edition.extended", one.number, told, until=told)
    return Field(f"circulation:{one.pk}", "expires", before, until)


# --- the end --------------------------------------------------------------------------------------------------------


def end_due() -> list[int]:
    """Ends every silence whose instant has come. Gives the ids of those that this call ended."""
    found = Circulation.objects.filter(state=Circulation.State.OPEN, expires__lte=now()).values_list("draft", "pk")
    return [pk for draft, pk in found if end(draft=draft, circulation=pk)]


@change
def end(*, draft: int, circulation: int) -> bool:
    """Silence was kept to its end: the draft is agreed. Whether this call did it; done by the system."""
    row = locked_draft(draft)
    one = locked_circulation(row, circulation)
    if one.state != Circulation.State.OPEN or now() < one.expires:
        return False
    spoken = row.positions.filter(withdrawn__isnull=True).exclude(kind=Position.Kind.WITHHOLDING).exists()
    one.state, one.ended = Circulation.State.KEPT, one.expires
    one.outcome = Circulation.Outcome.RESERVATION if spoken else Circulation.Outcome.AGREED
    one.save(update_fields=["state", "ended", "outcome"])
    fields = [
        *moved_to(row, Draft.State.AGREED), Field(f"circulation:{one.pk}", "state", "open", "kept"),
        Field(f"circulation:{one.pk}", "outcome", None, str(one.outcome)),
    ]  # fmt: skip
    row.save(update_fields=["state", "moved"])
    _examine(row)
    notify.tell_office(row, "edition.agreed", one.number)
    record(None, "silence.end", chain=office_chain(row), subject=subject(row), fields=fields)
    return True


@change
def decide(*, actor: Actor, draft: int, circulation: int, outcome: str, why: str) -> Circulation:
    """How a broken silence ends.

    reservation    agreed, with what those who broke it reserved or footnoted: there must be one
    deleted        the statements named are taken out; the changed draft goes out under new silence
    noted          published as noted, not agreed
    not_published  it ends here
    """
    row = locked_draft(draft)
    ask(actor, "edition.decide_outcome", edition_target(row))
    one = locked_circulation(row, circulation)
    if one.state != Circulation.State.BROKEN or one.outcome:
        raise UsageError(_("How this draft ended is decided already."))
    if outcome not in ("reservation", "deleted", "noted", "not_published"):
        raise UsageError(_("Choose how it ends."))
    reason = words(why, _("Say why it ends so: it is kept with the edition."))
    fields = _decided(row, one, outcome)
    one.outcome = outcome
    one.save(update_fields=["outcome"])
    row.save(update_fields=["state", "moved", "content", "version"])
    if row.state == Draft.State.AGREED:
        _examine(row)
    fields.append(Field(f"circulation:{one.pk}", "outcome", None, outcome))
    record(actor, "edition.decide_outcome", chain=office_chain(row), subject=subject(row), fields=fields, why=reason)
    return one


def _decided(row: Draft, one: Circulation, outcome: str) -> list[Field]:
    breaks = list(one.breaks.all())
    if outcome == "reservation":
        spoken = set(
            row.positions.filter(withdrawn__isnull=True, at__gte=one.opened)
            .exclude(kind=Position.Kind.WITHHOLDING)
            .values_list("nation", flat=True)
        )
        silent = [b for b in breaks if b.nation not in spoken]
        if silent:
            raise UsageError(
                _("Not everybody who broke silence has reserved its position or added a footnote."),
                remedy=_("Ask them to, or choose another outcome."),
            )
        return moved_to(row, Draft.State.AGREED)
    if outcome == "noted":
        return moved_to(row, Draft.State.AGREED)
    if outcome == "not_published":
        return moved_to(row, Draft.State.STOPPED)
    fields = _deleted(row, {b.on for b in breaks})
    return [*fields, *moved_to(row, Draft.State.DRAFTING)]


def _deleted(row: Draft, named: set[str]) -> list[Field]:
    uids = [
        found.node["uid"]
        for found in c.walk(row.content)
        if found.node.get("statement") in named or (found.node["uid"].startswith("c") and found.node.get("id") in named)
    ]
    if not uids:
        raise UsageError(_("None of what was named is a statement that could be taken out."))
    for uid in uids:
        row.content = c.hidden(row.content, uid, True)
    row.version += 1
    return [Field(f"{subject(row)}/{uid}", "hidden", False, True) for uid in uids]


# --- whether what is agreed is what stands --------------------------------------------------------------------------


def agreed(row: Draft) -> Circulation | None:
    """The circulation under which the draft was agreed, or noted."""
    good = [Circulation.Outcome.AGREED, Circulation.Outcome.RESERVATION, Circulation.Outcome.NOTED]
    return row.circulations.filter(outcome__in=good).select_related("figures").order_by("-number").first()


def refuse_changed(row: Draft) -> Circulation:
    """Raises UsageError if text or figures are no longer those that went out: a changed draft goes out again."""
    one = agreed(row)
    if one is None:
        raise UsageError(_("No draft of this edition was agreed."), remedy=_("Send it out under silence."))
    if one.content_sha256 != c.fingerprint(row.content):
        raise UsageError(
            _("The text is not the one that was agreed."), remedy=_("Open it for writing and send it out again.")
        )
    if one.figures.fingerprint != f.sources_of(row).fingerprint:
        raise UsageError(
            _("The figures are not those that were agreed: an answer was accepted, corrected or withheld since."),
            remedy=_("Open it for writing and send it out again."),
        )
    return one
