"""The draft: made from the pack, its texts edited by place and language, ordered, hidden; suggestions and comments.

Two people who change the same text are both heard: a change names the version it began from, and where another came in
between it is not saved but given back beside the other.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from eirene.errors import EireneError, PackError, Problem, UsageError
from eirene.framework import cycle_of
from eirene.framework.model import Pack
from eirene.questionnaires.rules import FigureScope, compile_expression
from eirene.summary import check_template, edition_of
from eirene_web.clock import now
from eirene_web.editions import content as c
from eirene_web.editions.models import Comment, Draft, Suggestion, TextVersion
from eirene_web.editions.services.common import (
    chain_of,
    locked_draft,
    moved_to,
    not_there,
    office_chain,
    subject,
    words,
)
from eirene_web.editions.targets import edition_target, part_target
from eirene_web.editions.wording import told
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, ask
from eirene_web.reports.models import Cycle

#: The longest text of a place.
MOST = 20_000
WHEN = "when"


#: What an edition has from its beginning, beside the texts of the pack.
_BEGUN = ("state", "number", "as_of", "audiences", "protection", "embargo")


@change
def begin(*, actor: Actor, cycle: int) -> Draft:
    """The edition of a cycle, begun as the pack's own edition for it, or its Summary. Begun once: again gives the same.

    Raises UsageError where the pack has neither.
    """
    row = Cycle.objects.select_for_update(of=("self",)).select_related("alliance").filter(pk=cycle).first()
    if row is None:
        raise not_there()
    there = Draft.objects.filter(cycle=row).first()
    if there is not None:
        ask(actor, "edition.see", edition_target(there))
        return there
    ask(actor, "edition.begin", edition_target(None, row.alliance_id))
    pack = opened(row.pack_id)
    edition = edition_of(pack, row.code)
    draft = Draft.objects.create(
        alliance_id=row.alliance_id,
        cycle=row,
        content=c.from_edition(edition),
        protection=[one.model_dump(mode="json") for one in edition.protection],
        as_of=cycle_of(pack, row.code).publication_date,
        audiences=[a.code for a in pack.header.audiences[:-1]],
        embargo=row.embargo,
        created=now(),
        moved=now(),
    )
    record(
        actor, "edition.begin", chain=office_chain(draft), subject=subject(draft),
        fields=[Field(subject(draft), "cycle", None, row.code), Field(subject(draft), "pack", None, row.pack_id),
                *(Field(subject(draft), name, None, getattr(draft, name)) for name in _BEGUN)],
    )  # fmt: skip
    return draft


# --- texts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """A text as it should read in `lang` (`when`: the condition of a variant); `base`: the version it began from."""

    place: str
    lang: str
    text: str
    base: int = 0


@dataclass(frozen=True)
class Conflict:
    """Two texts for one place: mine was not saved."""

    place: str
    lang: str
    mine: str
    theirs: str
    version: int
    who: str


@dataclass
class Outcome:
    """What became of a set of edits. `refused`: (edit, what is wrong); neither these nor the conflicts are saved."""

    saved: list[tuple[str, str, int]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[tuple[Edit, Problem]] = field(default_factory=list)


@change
def save_texts(*, actor: Actor, draft: int, edits: Iterable[Edit], how: str = TextVersion.How.WRITTEN) -> Outcome:
    """Saves what can be saved; says what cannot and why. A text that did not change is no version."""
    row = locked_draft(draft)
    ask(actor, "edition.write", edition_target(row))
    return _save(actor, row, list(edits), how)


def _save(actor: Actor, row: Draft, edits: list[Edit], how: str) -> Outcome:
    pack = opened(row.cycle.pack_id)
    outcome, fields = Outcome(), list[Field]()
    current = versions_of(row, {edit.place for edit in edits})
    for edit in edits:
        before = _text_before(row, pack, edit)
        text = _tidied(edit.text)
        if text == before:
            continue
        last = current.get((edit.place, edit.lang))
        if (last.number if last else 0) != edit.base:
            outcome.conflicts.append(
                Conflict(edit.place, edit.lang, text, before, last.number if last else 0,
                         last.person.name if last and last.person else "")
            )  # fmt: skip
            continue
        problems = [told(problem) for problem in problems_of(text, edit.lang, pack)]
        if problems:
            outcome.refused += [(edit, problem) for problem in problems]
            continue
        number = _keep_version(actor, row, edit, before, text, last, how)
        row.content = c.with_text(row.content, edit.place, edit.lang, text)
        outcome.saved.append((edit.place, edit.lang, number))
        fields.append(Field(f"{subject(row)}/{edit.place}", f"text {edit.lang}", before, text))
    if fields:
        row.version += 1
        row.moved = now()
        row.save(update_fields=["content", "version", "moved"])
        record(actor, "edition.write", chain=office_chain(row), subject=subject(row), fields=fields)
    return outcome


def _tidied(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _text_before(row: Draft, pack: Pack, edit: Edit) -> str:
    there = c.text_at(row.content, edit.place)
    if there is None or (edit.lang != WHEN and edit.lang not in pack.header.languages):
        raise UsageError(_("The edition has no text “%(place)s”.") % {"place": edit.place[:60]})
    if edit.lang == WHEN and WHEN not in there:
        raise UsageError(_("This text has no condition."))
    return there.get(edit.lang, "")


def problems_of(text: str, lang: str, pack: Pack) -> list[Problem]:
    """What in a text, or in the condition of a variant, cannot be meant."""
    if len(text) > MOST:
        told_as = _("The text is too long: %(n)d characters, at most %(most)d.")
        return [Problem(told_as % {"n": len(text), "most": MOST})]
    if lang != WHEN:
        return list(check_template(text, pack))
    if not text:
        return [Problem(_("A variant before the last one needs a condition."))]
    try:
        compile_expression(text, FigureScope(pack.indicators))
    except PackError as error:
        return list(error.problems)
    return []


def versions_of(row: Draft, places: Iterable[str]) -> dict[tuple[str, str], TextVersion]:
    """(place, lang) → its newest version, where it was ever changed. One query."""
    found = TextVersion.objects.filter(draft=row, place__in=list(places)).select_related("person").order_by("number")
    return {(one.place, one.lang): one for one in found}


def _keep_version(
    actor: Actor, row: Draft, edit: Edit, before: str, text: str, last: TextVersion | None, how: str
) -> int:
    if last is None:
        TextVersion.objects.create(
            draft=row, place=edit.place, lang=edit.lang, number=0, text=before, how=TextVersion.How.PACK, at=row.created
        )
    number = last.number + 1 if last else 1
    TextVersion.objects.create(
        draft=row, place=edit.place, lang=edit.lang, number=number, text=text, how=how, at=now(), person_id=actor.person
    )
    return number


@change
def restore_text(*, actor: Actor, draft: int, place: str, lang: str, number: int, base: int) -> Outcome:
    """An earlier version stands again, as a new one. `base`: the newest version that the actor saw."""
    row = locked_draft(draft)
    ask(actor, "edition.write", edition_target(row))
    old = TextVersion.objects.filter(draft=row, place=place, lang=lang, number=number, purged__isnull=True).first()
    if old is None:
        raise UsageError(_("There is no such version."))
    return _save(actor, row, [Edit(place, lang, old.text, base)], TextVersion.How.RESTORED)


# --- order ----------------------------------------------------------------------------------------------------------


@change
def move(*, actor: Actor, draft: int, uid: str, step: int) -> Draft:
    """A chapter, block, paragraph or term one place earlier (-1) or later (1)."""
    row = _structure(actor, draft, uid)
    before = c.fingerprint(row.content)
    row.content = c.moved(row.content, uid, 1 if step > 0 else -1)
    return _restructured(actor, row, [Field(f"{subject(row)}/{uid}", "place", before, c.fingerprint(row.content))])


@change
def hide(*, actor: Actor, draft: int, uid: str, on: bool) -> Draft:
    """Takes a chapter, section, block or paragraph out of what goes out, or puts it back. Its texts stay."""
    row = _structure(actor, draft, uid)
    found = c.find(row.content, uid)
    assert found is not None
    before = bool(found.node.get("hidden"))
    row.content = c.hidden(row.content, uid, on)
    return _restructured(actor, row, [Field(f"{subject(row)}/{uid}", "hidden", before, on)])


@change
def add(*, actor: Actor, draft: int, after: str, kind: str, ref: str = "") -> str:
    """A new paragraph, note, statement, variant, paragraph of the foreword or term; gives its uid.

    after   uid of the block behind which it stands; of a chapter or section: at its beginning; `foreword`, `glossary`
    ref     of a statement: the figure it states
    """
    row = locked_draft(draft)
    ask(actor, "edition.write", edition_target(row))
    pack, made = opened(row.cycle.pack_id), copy.deepcopy(row.content)
    uid = _added(made, pack, after, kind, ref)
    row.content = made
    told = f"{kind} {ref}" if kind == "statement" else kind
    _restructured(actor, row, [Field(f"{subject(row)}/{uid}", "added", None, told)])
    return uid


def _added(content: c.Content, pack: Pack, after: str, kind: str, ref: str) -> str:
    if after in ("foreword", "glossary"):
        node: c.Node = {"text": {}} if after == "foreword" else {"term": {}, "text": {}}
        content.setdefault(after, []).append(node)
        return c.give_uid(content, node, after[0])
    found = c.find(content, after)
    if found is None or kind not in ("text", "note", "statement", "variant"):
        raise not_there()
    if kind == "variant":
        return _variant(content, found)
    node = {kind: {}} if kind != "statement" else {"statement": _checked_ref(ref, pack)}
    if after.startswith("c"):
        found.node.setdefault("blocks", []).insert(0, node)
    else:
        at = next(i for i, one in enumerate(found.among) if one is found.node)
        found.among.insert(at + 1, node)
    return c.give_uid(content, node, "b")


def _variant(content: c.Content, found: c.Found) -> str:
    """A variant before the one named; of a block whose text is not yet one of several, that text becomes the last."""
    node = found.node
    if node["uid"].startswith("v"):
        among, at = found.among, next(i for i, one in enumerate(found.among) if one is node)
    else:
        part = "text" if "text" in node else "title"
        if not isinstance(node.get(part), list):
            last: c.Node = {"text": node.get(part) or {}}
            c.give_uid(content, last, "v")
            node[part] = [last]
        among, at = node[part], 0
    new: c.Node = {"when": "", "text": {}}
    among.insert(at, new)
    return c.give_uid(content, new, "v")


def _checked_ref(ref: str, pack: Pack) -> str:
    problems = [told(problem) for problem in check_template("{" + ref.strip() + "}", pack)]
    if problems or not ref.strip():
        raise UsageError(problems or [Problem(_("Choose the figure that is stated."))])
    return ref.strip()


def _structure(actor: Actor, draft: int, uid: str) -> Draft:
    row = locked_draft(draft)
    ask(actor, "edition.write", edition_target(row))
    if uid == "edition" or c.find(row.content, uid) is None:
        raise not_there()
    return row


def _restructured(actor: Actor, row: Draft, fields: list[Field]) -> Draft:
    row.version += 1
    row.moved = now()
    row.save(update_fields=["content", "version", "moved"])
    record(actor, "edition.write", chain=office_chain(row), subject=subject(row), fields=fields)
    return row


# --- suggestions ----------------------------------------------------------------------------------------------------


@change
def suggest(
    *, actor: Actor, draft: int, place: str, lang: str, text: str, reason: str = "", nation: str = ""
) -> Suggestion:
    """Another wording of a text, for the office to decide on. `nation` '': by somebody of the office."""
    row = locked_draft(draft)
    if nation:
        ask(actor, "part.suggest", part_target(row, nation))
    else:
        ask(actor, "edition.suggest", edition_target(row))
    pack, tidy = opened(row.cycle.pack_id), _tidied(text)
    before = _text_before(row, pack, Edit(place, lang, tidy))
    problems = [told(problem) for problem in problems_of(tidy, lang, pack)]
    if problems:
        raise UsageError(problems)
    if tidy == before:
        raise UsageError(_("This is the text as it stands."))
    last = versions_of(row, {place}).get((place, lang))
    made = Suggestion.objects.create(
        draft=row, place=place, lang=lang, base=last.number if last else 0, before=before, text=tidy,
        reason=reason.strip()[:4000], nation=nation, at=now(), person_id=actor.person,
    )  # fmt: skip
    thing = f"suggestion:{made.pk}"
    record(
        actor, "part.suggest" if nation else "edition.suggest", chain=chain_of(row, nation), subject=subject(row),
        fields=[Field(thing, "place", None, place), Field(thing, f"text {lang}", before, tidy),
                Field(thing, "state", None, str(made.state))],
        why=made.reason,
    )  # fmt: skip
    return made


@change
def decide_suggestion(*, actor: Actor, draft: int, suggestion: int, accept: bool, answer: str = "") -> Suggestion:
    """Takes a suggestion over as the new version of its text, or declines it. Decided once: again gives the same.

    Raises UsageError if the text has changed since the suggestion was made: it no longer says what it would replace.
    """
    row = locked_draft(draft)
    ask(actor, "edition.decide_suggestion", edition_target(row))
    one = row.suggestions.select_for_update(of=("self",)).filter(pk=suggestion).first()
    if one is None:
        raise not_there()
    if one.state != Suggestion.State.OPEN:
        return one
    fields = []
    if accept:
        fields = _take_over(actor, row, one)
    one.state = Suggestion.State.ACCEPTED if accept else Suggestion.State.DECLINED
    one.answer, one.decided, one.decider_id = answer.strip()[:4000], now(), actor.person
    one.save()
    record(
        actor, "edition.decide_suggestion", chain=office_chain(row), subject=subject(row),
        fields=[*fields, Field(f"suggestion:{one.pk}", "state", "open", str(one.state)),
                Field(f"suggestion:{one.pk}", "answer", None, one.answer or None)],
        why=one.answer,
    )  # fmt: skip
    return one


def _take_over(actor: Actor, row: Draft, one: Suggestion) -> list[Field]:
    pack = opened(row.cycle.pack_id)
    last = versions_of(row, {one.place}).get((one.place, one.lang))
    edit = Edit(one.place, one.lang, one.text, one.base)
    before = _text_before(row, pack, edit)
    if before != one.before:
        raise UsageError(
            _("The text has changed since this was suggested."),
            remedy=_("Edit the text by hand, then decline the suggestion with a word."),
        )
    _keep_version(actor, row, edit, before, one.text, last, TextVersion.How.SUGGESTED)
    row.content = c.with_text(row.content, one.place, one.lang, one.text)
    row.version += 1
    row.moved = now()
    row.save(update_fields=["content", "version", "moved"])
    return [Field(f"{subject(row)}/{one.place}", f"text {one.lang}", before, one.text)]


# --- comments -------------------------------------------------------------------------------------------------------


@change
def comment(*, actor: Actor, draft: int, place: str, text: str, nation: str = "") -> Comment:
    """A remark on a chapter, block or statement: the office's own, or a nation's, which it and the office see."""
    row = locked_draft(draft)
    if nation:
        ask(actor, "part.comment", part_target(row, nation))
    else:
        ask(actor, "edition.comment", edition_target(row))
    known = set(c.references(row.content)) | {found.node["uid"] for found in c.walk(row.content)}
    if place not in known | {"edition"}:
        raise not_there()
    made = Comment.objects.create(
        draft=row, place=place, nation=nation, text=words(text, _("The comment is empty.")), at=now(),
        person_id=actor.person,
    )  # fmt: skip
    record(
        actor, "part.comment" if nation else "edition.comment", chain=chain_of(row, nation), subject=subject(row),
        fields=[Field(f"edition_comment:{made.pk}", "text", None, made.text),
                Field(f"edition_comment:{made.pk}", "place", None, place)],
    )  # fmt: skip
    return made


@change
def settle_comment(*, actor: Actor, draft: int, comment: int) -> Comment:
    """The office has dealt with a comment."""
    row = locked_draft(draft)
    ask(actor, "edition.comment", edition_target(row))
    one = row.comments.filter(pk=comment).first()
    if one is None:
        raise not_there()
    if one.settled is None:
        one.settled, one.settler_id = now(), actor.person
        one.save(update_fields=["settled", "settler"])
        record(
            actor, "edition.comment", chain=office_chain(row), subject=subject(row),
            fields=[Field(f"edition_comment:{one.pk}", "settled", None, one.settled)],
        )  # fmt: skip
    return one


@change
def revise(*, actor: Actor, draft: int, why: str) -> Draft:
    """Back to writing: an agreed, signed or broken draft is changed, and goes out under new silence."""
    row = locked_draft(draft)
    ask(actor, "edition.sign_off" if row.state in ("agreed", "signed") else "edition.decide_outcome",
        edition_target(row))  # fmt: skip
    reason = words(why, _("Say why the draft is changed again."))
    fields = [*moved_to(row, Draft.State.DRAFTING), Field(subject(row), "signed", row.signed, None)]
    row.signed = row.signer = None
    row.save(update_fields=["state", "moved", "signed", "signer"])
    record(actor, "edition.revise", chain=office_chain(row), subject=subject(row), fields=fields, why=reason)
    return row


@change
def renew(*, actor: Actor, draft: int, why: str = "") -> Draft:
    """The next release of an edition: its draft is open again, under the next number."""
    row = locked_draft(draft)
    ask(actor, "edition.renew", edition_target(row))
    number = next_number(row) if row.freezes.filter(state="published").exists() else row.number
    fields = [
        *moved_to(row, Draft.State.DRAFTING), Field(subject(row), "number", row.number, number),
        Field(subject(row), "signed", row.signed, None), Field(subject(row), "embargo", row.embargo, None),
    ]  # fmt: skip
    row.number, row.signed, row.signer, row.embargo = number, None, None, None
    row.save(update_fields=["state", "moved", "number", "signed", "signer", "embargo"])
    record(actor, "edition.renew", chain=office_chain(row), subject=subject(row), fields=fields, why=why.strip())
    return row


def next_number(row: Draft) -> str:
    """1.0 → 1.1"""
    whole, _dot, part = row.number.partition(".")
    return f"{whole}.{int(part or 0) + 1}" if part.isdigit() or not part else f"{row.number}.1"


def put_right(row: Draft) -> list[Problem]:
    """Everything that stands in the way of sending the draft out, its places in words."""
    from eirene_web.editions.figures import more_of

    pack = opened(row.cycle.pack_id)
    return [told(one.problem) for one in c.troubles(row.content, pack, more_of(row, row.positions.all()))]


def refuse_troubled(row: Draft) -> None:
    problems = put_right(row)
    if problems:
        raise EireneError(problems)
