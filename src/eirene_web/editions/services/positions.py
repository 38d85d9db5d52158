"""What a nation says of its own part (practice 12): an answer withheld, a footnote, its position reserved.

Nobody changes arithmetic. A withheld answer is computed without, and the pack’s own rules say whether a figure that
loses it still appears.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.framework import asked
from eirene_web.clock import now
from eirene_web.editions import content as c
from eirene_web.editions.models import Draft, Position
from eirene_web.editions.services.common import chain_of, locked_draft, not_there, subject, texts
from eirene_web.editions.services.figuring import want_figures
from eirene_web.editions.targets import part_target
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, ask


@change
def withhold(*, actor: Actor, draft: int, nation: str, question: str, reason: Mapping[str, str]) -> Position:
    """Withholds the nation’s own answer from the edition; the figures are computed without it. Again gives the same."""
    row = locked_draft(draft)
    ask(actor, "part.withhold", part_target(row, nation))
    pack = opened(row.cycle.pack_id)
    if question not in asked(pack, row.cycle.code).questions:
        raise not_there()
    there = row.positions.filter(
        nation=nation, kind=Position.Kind.WITHHOLDING, on=question, withdrawn__isnull=True
    ).first()
    if there is not None:
        return there
    told = texts(reason, pack.header.languages, _("Say why the answer is withheld: the office reads it."))
    made = _make(actor, row, nation, Position.Kind.WITHHOLDING, question, told)
    want_figures(row)
    _record(actor, row, "part.withhold", made)
    return made


@change
def footnote(*, actor: Actor, draft: int, nation: str, text: Mapping[str, str]) -> Position:
    """A footnote at the head of the nation’s own chapter, as it is written."""
    row = locked_draft(draft)
    ask(actor, "part.reserve", part_target(row, nation))
    languages = opened(row.cycle.pack_id).header.languages
    told = texts(text, languages, _("The footnote is empty."), most=1000)
    made = _make(actor, row, nation, Position.Kind.FOOTNOTE, "", told)
    _record(actor, row, "part.reserve", made)
    return made


@change
def reserve(*, actor: Actor, draft: int, nation: str, on: str, text: Mapping[str, str]) -> Position:
    """Reserves the nation’s position on a statement or a chapter: printed below it, under the nation’s name."""
    row = locked_draft(draft)
    ask(actor, "part.reserve", part_target(row, nation))
    if on not in reservable(row):
        raise UsageError(_("There is no such statement or chapter to reserve a position on."))
    languages = opened(row.cycle.pack_id).header.languages
    told = texts(text, languages, _("Say what the position is: it is printed as you write it."), most=1000)
    made = _make(actor, row, nation, Position.Kind.RESERVATION, on, told)
    _record(actor, row, "part.reserve", made)
    return made


def reservable(row: Draft) -> set[str]:
    """Ids of chapters and sections, and references of statements, that are shown."""
    found = {node["statement"] for _chapter, node in c.statements_of(row.content)}
    return found | {f.node["id"] for f in c.walk(row.content) if f.node["uid"].startswith("c") and not c.is_hidden(f)}


@change
def withdraw(*, actor: Actor, draft: int, nation: str, position: int) -> Position:
    """Takes a position back: a withheld answer counts again. Taken back once: again gives the same."""
    row = locked_draft(draft)
    one = row.positions.select_for_update(of=("self",)).filter(pk=position, nation=nation).first()
    withholding = one is not None and one.kind == Position.Kind.WITHHOLDING
    ask(actor, "part.withhold" if withholding else "part.reserve", part_target(row, nation))
    if one is None:
        raise not_there()
    if one.withdrawn is not None:
        return one
    one.withdrawn, one.withdrawer_id = now(), actor.person
    one.save(update_fields=["withdrawn", "withdrawer"])
    if withholding:
        want_figures(row)
    record(
        actor, "part.withhold" if withholding else "part.reserve", chain=chain_of(row, nation), subject=subject(row),
        fields=[Field(f"position:{one.pk}", "withdrawn", None, one.withdrawn)],
    )  # fmt: skip
    return one


def _make(actor: Actor, row: Draft, nation: str, kind: str, on: str, text: Mapping[str, str]) -> Position:
    return Position.objects.create(
        draft=row, nation=nation, kind=kind, on=on, text=dict(text), at=now(), person_id=actor.person
    )


def _record(actor: Actor, row: Draft, verb: str, made: Position) -> None:
    thing = f"position:{made.pk}"
    record(
        actor, verb, chain=chain_of(row, made.nation), subject=subject(row),
        fields=[Field(thing, "kind", None, str(made.kind)), Field(thing, "on", None, made.on or None),
                Field(thing, "text", None, made.text)],
    )  # fmt: skip
