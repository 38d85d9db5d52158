"""The demonstration's Summaries: 2016 published and corrected since, 2017 a draft under silence.

That is minutes of work, done in the background; killed and started again, it goes on where it was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.demo import plan
from eirene_web.demo.cast import Demo
from eirene_web.demo.office import READ_AFTER, read_what_is_older
from eirene_web.editions.models import Draft
from eirene_web.editions.services import drafting, positions, publishing, silence
from eirene_web.editions.services.drafting import Edit
from eirene_web.editions.services.figuring import compute_now
from eirene_web.editions.showing import published
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import actor_for
from eirene_web.policy import Actor
from eirene_web.reports.models import Correction, Cycle, Report
from eirene_web.reports.services import corrections
from eirene_web.work.services import Running, background, start

KIND = "demo.editions"
#: Days ago on which the edition before went out, and on which it was agreed and published.
SENT, PUBLISHED = 300, 286
#: The same of this year's: begun, last change, out under silence, and days to come until silence ends.
BEGUN, WRITTEN, OUT, ENDS = 26, 12, 5, 9
#: The paragraph that the office put before the pack's own text, as it stood first and as it stands.
FIRST = {
    "en": "This early draft rests on the reports that are accepted so far.",
    "fr": "Ce projet anticipé repose sur les rapports acceptés à ce jour.",
}
OPENING = {
    "en": "This early draft goes out on the reports accepted so far ({reporting}), so that nations can speak on its "
    "text. It goes out again under new silence when the figures are complete.",
    "fr": "Ce projet anticipé est diffusé sur la base des rapports acceptés à ce jour ({reporting}), afin que les "
    "nations puissent se prononcer sur son texte. Il sera diffusé de nouveau, sous une nouvelle procédure "
    "d’approbation tacite, lorsque les chiffres seront complets.",
}
SHORTER = "This early draft rests on the reports accepted so far ({reporting}); nations can speak on its text now."


def want_editions(demo: Demo) -> None:
    """Has a worker lay the editions out as soon as there is one."""
    start(lay_out, kind=KIND, alliance=demo.alliance.slug, today=demo.today.isoformat())


@background
def lay_out(running: Running, *, today: str) -> dict[str, Any]:
    """This year's is written at once, and goes out when the one before, with which it is compared, is there."""
    stage = Stage(Alliance.objects.get(slug="concordia"), dt.datetime.fromisoformat(today))
    running.tell("writing the Summary")
    draft = _written(stage)
    running.tell("freezing the release")
    before = _last_year(stage)
    _corrected(stage)
    running.tell("computing the figures")
    draft = _sent_out(stage, draft)
    _spoken_on(stage, draft)
    read_what_is_older(stage.alliance, stage.ago(READ_AFTER))
    return {"editions": [before.pk, draft.pk]}


@dataclass
class Stage:
    """Who acts, and when."""

    alliance: Alliance
    today: dt.datetime

    def actor(self, who: str) -> Actor:
        person = Person.objects.get(email=f"{who.lower()}@demo.invalid")
        return actor_for(person, self.alliance, strong=True)

    def ago(self, days: float) -> dt.datetime:
        return self.today - dt.timedelta(days=days)

    @cached_property
    def coordinator(self) -> Actor:
        return self.actor("coordinator")

    def cycle(self, code: str) -> int:
        return int(Cycle.objects.get(alliance=self.alliance, code=code).pk)


# --- the edition before ---------------------------------------------------------------------------------------------


def _last_year(stage: Stage) -> Draft:
    return published(
        coordinator=stage.coordinator, cycle=stage.cycle("2016"), sent=stage.ago(SENT), expires=stage.ago(PUBLISHED),
        audiences=["members"], release_list=["Members of the Concordia alliance"],
    )  # fmt: skip


@transaction.atomic
def _corrected(stage: Stage) -> None:
    """An answer that it rests on was corrected since: it needs a new release."""
    for code, (question, changes, why) in plan.CORRECTED_BEFORE.items():
        report = Report.objects.get(cycle=stage.cycle("2016"), body__code=code)
        if Correction.objects.filter(report=report).exists():
            continue
        with clock.at(stage.ago(16)):
            made = corrections.request_correction(
                actor=stage.actor(f"{code}.rapporteur"), report=report.pk, question=question, changes=changes,
                reason=why,
            )  # fmt: skip
        with clock.at(stage.ago(13)):
            corrections.decide_correction(
                actor=stage.coordinator, correction=made.pk, accept=True,
                decision="Agreed; it comes with the next release of the Summary 2016.",
            )  # fmt: skip


# --- this year's ----------------------------------------------------------------------------------------------------


def _written(stage: Stage) -> Draft:
    """Begun from the pack, changed by the office and talked about."""
    with clock.at(stage.ago(BEGUN)):
        draft = drafting.begin(actor=stage.coordinator, cycle=stage.cycle(plan.CODE))
    if draft.version == 1:
        _worked_on(stage, draft)
    return draft


def _sent_out(stage: Stage, draft: Draft) -> Draft:
    compute_now(draft.pk)
    draft.refresh_from_db()
    with clock.at(stage.ago(OUT)):
        if not draft.circulations.exists():
            silence.circulate(
                actor=stage.coordinator, draft=draft.pk, expires=stage.ago(-ENDS).replace(hour=16),
                version=draft.version,
            )  # fmt: skip
        silence.prepare(draft.circulations.get(number=1).pk)
    return Draft.objects.get(pk=draft.pk)


@transaction.atomic
def _worked_on(stage: Stage, draft: Draft) -> None:
    """Texts with their versions, a suggestion taken over and one to decide, remarks, what goes out to whom."""
    chapter = next(one for one in draft.content["chapters"] if one["id"] == "main_findings")
    with clock.at(stage.ago(BEGUN - 1)):
        place = f"{drafting.add(actor=stage.coordinator, draft=draft.pk, after=chapter['uid'], kind='text')}.text"
        _write(stage, draft, place, FIRST, 0)
    with clock.at(stage.ago(BEGUN - 4)):
        _write(stage, draft, place, OPENING, 1)
        drafting.suggest(
            actor=stage.actor("desk-a"), draft=draft.pk, place=place, lang="en", text=SHORTER,
            reason="One sentence is enough; the rest stands in the covering note.",
        )  # fmt: skip
        settled = drafting.comment(
            actor=stage.actor("desk-b"), draft=draft.pk, place="women_share",
            text="Is the largest force in yet? If not, say so beside the figure.",
        )  # fmt: skip
        drafting.comment(
            actor=stage.actor("desk-a"), draft=draft.pk, place="policies_or_laws",
            text="Two members passed a law in December; their reports are still drafting.",
        )  # fmt: skip
    with clock.at(stage.ago(WRITTEN)):
        drafting.settle_comment(actor=stage.coordinator, draft=draft.pk, comment=settled.pk)
        publishing.prepare(
            actor=stage.coordinator, draft=draft.pk, audiences=["members", "partners"],
            release_list=["Members of the Concordia alliance", "Partners that report"], as_of=draft.as_of,
            embargo=stage.ago(-114).replace(hour=10),
        )  # fmt: skip
        positions.withhold(
            actor=stage.actor("LRN.officer"), draft=draft.pk, nation="LRN", question="harassment_reports",
            reason={"en": "Under parliamentary inquiry until the summer.",
                    "fr": "Fait l’objet d’une enquête parlementaire jusqu’à l’été."},
        )  # fmt: skip


def _write(stage: Stage, draft: Draft, place: str, texts: dict[str, str], base: int) -> None:
    edits = [Edit(place, lang, text, base) for lang, text in texts.items()]
    drafting.save_texts(actor=stage.coordinator, draft=draft.pk, edits=edits)


@transaction.atomic
def _spoken_on(stage: Stage, draft: Draft) -> None:
    """What nations have said since it went out. Nobody has broken silence."""
    out = draft.circulations.get(number=1)
    if out.state != out.State.OPEN or out.extensions.exists():
        return
    with clock.at(stage.ago(3)):
        drafting.comment(
            actor=stage.actor("HLV.rapporteur"), draft=draft.pk, place="women_share", nation="HLV",
            text="Our cadets stand apart since 2017; the figure is right, the note beside it could say so.",
        )  # fmt: skip
        positions.footnote(
            actor=stage.actor("HLV.officer"), draft=draft.pk, nation="HLV",
            text={"en": "Cadets are counted apart since 2017.", "fr": "Les élèves sont comptés à part depuis 2017."},
        )  # fmt: skip
    with clock.at(stage.ago(1)):
        silence.ask_time(
            actor=stage.actor("DOR.rapporteur"), draft=draft.pk, circulation=out.pk, nation="DOR",
            until=out.expires + dt.timedelta(days=5),
            reason="The ministry of foreign affairs reads the chapter on operations and meets only next week.",
        )  # fmt: skip
