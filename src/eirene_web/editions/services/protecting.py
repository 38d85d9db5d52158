"""What readers could work out: the draft examined for each audience, and what the coordinator chooses to hide.

want_examination   starts examining in the background, when a draft goes out, is agreed, or its audiences change
examine_now        does it, and keeps what was found; no value of anybody is kept
choose, take_back  another remedy than the one that the protection took by itself, and the other way round
refuse_unexamined  nothing is signed off or frozen that was not examined as it stands, for every audience, and clean
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.apart import run_apart
from eirene.errors import Blocked, EireneError, Problem, UsageError
from eirene.framework import Pack
from eirene.framework.model import Edition, ProtectionChoice
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.editions import figures as f
from eirene_web.editions.examining import Held, Subject, examine_draft
from eirene_web.editions.models import Draft, Examination, Release
from eirene_web.editions.services.common import locked_draft, moved_to, office_chain, subject
from eirene_web.editions.targets import edition_target
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, ask
from eirene_web.work.models import Job
from eirene_web.work.services import start

KIND = "edition.protection"
Tell = Callable[..., None]
#: While what will be frozen may still change: in these states it is examined by itself.
WATCHED = ("silence", "agreed")
#: Choices of one edition, at most.
MOST = 2000
#: Facts of the edition file that decide nothing about what can be worked out.
_BESIDE_THE_POINT = {"number", "release_list", "disclosed_by", "disclosed_on"}


# --- what it is an examination of -----------------------------------------------------------------------------------


def examined_for(row: Draft, pack: Pack | None = None) -> list[str]:
    """Audiences that are to be examined, the narrowest first: those a release is built for that do not see all."""
    pack = pack or opened(row.cycle.pack_id)
    return [a.code for a in pack.header.audiences if a.code in row.audiences and not a.names_all]


def fingerprint_of(row: Draft, edition: Edition, sources: f.Sources) -> str:
    """Of everything on which an examination rests: answers, texts, positions, choices, audiences, what is published."""
    said = edition.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=_BESIDE_THE_POINT)
    there = _published(row).values_list("audience", "manifest_sha256")
    told = [sources.fingerprint, said, examined_for(row), sorted(map(list, there))]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def current_fingerprint(row: Draft) -> str:
    """'' for an edition that cannot be meant as it stands: it is not examined."""
    try:
        return fingerprint_of(row, f.edition_of(row), f.sources_of(row))
    except EireneError:
        return ""


def _published(row: Draft) -> Any:
    return Release.objects.filter(slug=row.alliance_id, cycle=row.cycle.code)


def held_by_readers(row: Draft, audience: str, pack: Pack) -> list[Held]:
    """What readers of an audience hold of this edition already, oldest first: every release that is published for it or
    for a wider one, each with the office's of the same number."""
    codes = [a.code for a in pack.header.audiences]
    office = f.office_of(pack)
    rows = list(_published(row).order_by("registered", "pk"))
    full = {one.number: one.folder for one in rows if one.audience == office}
    return [
        (one.folder, full.get(one.number))
        for one in rows
        if one.audience in codes and one.audience != office and codes.index(one.audience) >= codes.index(audience)
    ]


def is_fresh(row: Draft) -> bool:
    """Whether it was examined as it stands, for every audience; what cannot be meant is nothing to examine."""
    wanted = current_fingerprint(row)
    there = set(row.examinations.filter(fingerprint=wanted).values_list("audience", flat=True))
    return not wanted or there >= set(examined_for(row))


# --- examining ------------------------------------------------------------------------------------------------------


def want_examination(row: Draft, actor: Actor | None = None) -> Job | None:
    """Starts examining, in the caller’s transaction, unless that is about to happen anyway."""
    from eirene_web.editions.tasks import examine_edition

    subject_ = f"edition:{row.pk}"
    if Job.objects.filter(kind=KIND, subject=subject_, state=Job.State.WAITING).exists():
        return None
    return start(
        examine_edition, kind=KIND, alliance=row.alliance_id, person=actor.person if actor else None, subject=subject_,
        draft=row.pk,
    )  # fmt: skip


@change
def examine(*, actor: Actor, draft: int) -> Job | None:
    """By a button: examines the draft as it stands."""
    row = locked_draft(draft)
    ask(actor, "edition.protect", edition_target(row))
    job = want_examination(row, actor)
    record(actor, "edition.examine", chain=office_chain(row), subject=subject(row),
           fields=[Field(subject(row), "examination", None, "wanted")])  # fmt: skip
    return job


def examine_now(draft: int, *, tell: Tell = lambda *_a: None) -> list[Examination]:
    """Examines the draft as it stands, for every audience; what is fresh is not examined twice. Work without a lock;
    only the keeping takes the edition’s turn. Raises EireneError if the edition cannot be meant."""
    row = Draft.objects.select_related("cycle", "figures").get(pk=draft)
    edition, sources = f.edition_of(row), f.sources_of(row)
    wanted = fingerprint_of(row, edition, sources)
    there = list(row.examinations.filter(fingerprint=wanted).defer("content"))
    if {one.audience for one in there} >= set(examined_for(row)):
        return there
    begun = time.monotonic()
    found = _examined(row, edition, sources, tell)
    took = round((time.monotonic() - begun) * 1000)
    return keep_examination(draft=draft, fingerprint=wanted, found=found, milliseconds=took)


def _examined(row: Draft, edition: Edition, sources: f.Sources, tell: Tell) -> dict[str, dict[str, Any]]:
    from eirene_web.editions.services.publishing import formats

    pack = opened(row.cycle.pack_id)
    given = f.inputs_of(sources, edition, f.office_of(pack))
    audiences = examined_for(row, pack)
    what = {
        "subject": Subject(pack, sources.cycle, given.reports, given.history, edition, row.as_of),
        "audiences": audiences,
        "held": {audience: held_by_readers(row, audience, pack) for audience in audiences},
    }
    # Programmes and tables take memory that this process would keep; where releases are data alone there is little.
    return run_apart(examine_draft, **what, progress=tell) if formats() else examine_draft(**what, progress=tell)


@change
def keep_examination(
    *, draft: int, fingerprint: str, found: Mapping[str, Mapping[str, Any]], milliseconds: int
) -> list[Examination]:
    """Keeps what was found in place of what was found before. Done by the system."""
    row = locked_draft(draft)
    row.examinations.exclude(audience__in=list(found)).delete()
    kept, fields = [], []
    for audience, told in found.items():
        values = {
            "fingerprint": fingerprint, "clean": not told["exposed"], "checked": told["checked"],
            "content": packed(told), "made": now(), "milliseconds": milliseconds,
        }  # fmt: skip
        kept.append(row.examinations.update_or_create(audience=audience, defaults=values)[0])
        fields.append(Field(subject(row), f"exposed {audience}", None, len(told["exposed"])))
    record(None, "edition.examine", chain=office_chain(row), subject=subject(row), fields=fields)
    return kept


def pattern_of(row: Draft) -> list[ProtectionChoice]:
    """Everything that the examinations hide, by audience."""
    return [
        ProtectionChoice(audience=one.audience, what=thing["what"], where=list(thing["where"]))
        for one in row.examinations.all()
        for thing in unpacked(one.content)["hidden"]
    ]


def packed(told: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(zlib.decompress(bytes(content)))
    return told


# --- choosing -------------------------------------------------------------------------------------------------------


def stamp(row: Draft) -> str:
    """Names the choices as they stand: a form that was made from others is told so."""
    return hashlib.sha256(json.dumps(row.protection, sort_keys=True).encode()).hexdigest()[:16]


@change
def choose(
    *, actor: Actor, draft: int, audience: str, base: str, picks: Mapping[str, int], dropped: Iterable[int] = ()
) -> Draft:
    """Hides something else instead: for things that the last examination hid or found exposed, one of its other ways.

    base      stamp of the choices, and fingerprint of the examination, that the actor saw
    picks     h<n> (the nth hidden thing) or e<n> (the nth exposed one) → which of its ways
    dropped   numbers of earlier choices that are taken back
    What was signed off is not what stands any more: it is agreed again, to be examined and signed off anew.
    """
    row = locked_draft(draft)
    ask(actor, "edition.protect", edition_target(row))
    one = row.examinations.filter(audience=audience).first()
    if one is None:
        raise UsageError(_("The draft was not examined for this audience yet."))
    if base != based_on(row, one):
        raise UsageError(
            _("Something else was chosen, or the draft was examined again, since you opened this page."),
            remedy=_("Load the page again and choose from what it shows now."),
        )
    before, gone = list(row.protection), set(dropped)
    made = [kept for n, kept in enumerate(before) if n not in gone or kept["audience"] != audience]
    for choice in _picked(unpacked(one.content), audience, picks):
        if choice not in made:
            made.append(choice)
    if made == before:
        raise UsageError(_("Nothing was chosen."))
    if len(made) > MOST:
        raise UsageError(_("There are too many choices: at most %(n)d.") % {"n": MOST})
    fields = [Field(subject(row), "protection", before, made)]
    if row.state == Draft.State.SIGNED:
        fields += [*moved_to(row, Draft.State.AGREED), Field(subject(row), "signed", row.signed, None)]
        row.signed = row.signer = None
    row.protection = made
    row.save(update_fields=["protection", "state", "moved", "signed", "signer"])
    want_examination(row, actor)
    record(actor, "edition.protect", chain=office_chain(row), subject=subject(row), fields=fields)
    return row


def based_on(row: Draft, one: Examination) -> str:
    return f"{stamp(row)}.{one.fingerprint[:16]}"


def _picked(told: Mapping[str, Any], audience: str, picks: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    """The choices that were made, as the edition file holds them; of things that are done together each."""
    for name, number in picks.items():
        things = told["hidden"] if name[:1] == "h" else told["exposed"]
        place = int(name[1:]) if name[1:].isascii() and name[1:].isdigit() else -1
        ways = things[place]["ways"] if 0 <= place < len(things) else []
        if not 0 <= number < len(ways):
            raise UsageError(_("This is none of the ways that were offered."))
        for way in ways[number].get("together") or [ways[number]]:
            yield {"audience": audience, "what": way["what"], "where": list(way["where"])}


# --- refusing -------------------------------------------------------------------------------------------------------


def refuse_unexamined(row: Draft) -> None:
    """Raises Blocked unless the draft was examined as it stands, for every audience, and nothing is exposed: one
    problem for each thing that is exposed, or for each audience that was not examined."""
    pack = opened(row.cycle.pack_id)
    wanted, problems = current_fingerprint(row), list[Problem]()
    labels = {a.code: pick(a.label, _lang(pack)) for a in pack.header.audiences}
    there = {one.audience: one for one in row.examinations.all()}
    for audience in examined_for(row, pack):
        one = there.get(audience)
        if one is None or one.fingerprint != wanted:
            problems.append(
                Problem(
                    _("What readers could work out was not examined, or not as the draft stands now."),
                    labels[audience],
                    _("Examine it on the page “Protection”; that takes a minute or so."),
                )
            )
        elif not one.clean:
            problems += exposures(pack, labels[audience], unpacked(one.content))
    if problems:
        raise Blocked(problems)


def exposures(pack: Pack, label: str, told: Mapping[str, Any], most: int = 20) -> list[Problem]:
    """What is exposed, each with where it is and its cheapest remedies."""
    from eirene_web.editions.protection import Words

    words = Words(pack, _lang(pack))
    shown = told["exposed"][:most]
    problems = [
        Problem(words.exposed(one), f"{label}, {words.place(one['where'])}", words.remedies(one)) for one in shown
    ]
    if rest := len(told["exposed"]) - len(shown):
        more = ngettext("%(n)d more thing is exposed.", "%(n)d more things are exposed.", rest) % {"n": rest}
        problems.append(Problem(more, label))
    return problems


def _lang(pack: Pack) -> str:
    from django.utils.translation import get_language

    lang = (get_language() or "en").partition("-")[0]
    return lang if lang in pack.header.languages else pack.header.languages[0]
