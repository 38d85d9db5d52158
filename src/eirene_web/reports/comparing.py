"""How a nation stands: against its own last report, and privately against the spread of the others last year.

Of others only what they had submitted and the office had accepted in an earlier cycle, released to the reader's
audience, and only as quartiles and median over enough of them: never a name, never a draft, never this cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from eirene.framework import AskedQuestion, Pack, asked, audience_rank
from eirene.questionnaires import Report as Answers
from eirene.questionnaires.model import TOTAL, Answer
from eirene.questionnaires.parts import answer_parts
from eirene.questionnaires.values import cells_of, shape
from eirene.text import number, pick
from eirene_web.organisations.succession import line_of
from eirene_web.reports import wording
from eirene_web.reports.models import Cycle, Submission
from eirene_web.reports.services.filling import earlier_answer
from eirene_web.reports.working import Working, opened_submission

#: Quartiles over fewer say something about single nations.
LEAST_BODIES = 5
#: Classes whose smallest count shown is this or more are not compared at all.
SENSITIVE = 10


# --- with one's own last report -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    what: str
    then: str
    now: str
    #: Signed difference of numbers, '' for everything else.
    difference: str


@dataclass(frozen=True)
class Changed:
    """A question of which something differs; `same`: parts that do not."""

    asked: AskedQuestion
    text: str
    changes: tuple[Change, ...]
    same: int


#: Parts that say something about an answer rather than what was asked for.
_BESIDE = ("justification", "comment", "reason", "naming", "releasability", "disclosure")


def changes(working: Working, sections: Iterable[str], lang: str) -> list[Changed]:
    """What differs from the last accepted report, in the order of the form."""
    wanted = set(sections)
    found = []
    for question in working.sheet.questions.values():
        before = earlier_answer(working, question) if question.section in wanted else None
        now = working.answers.answers.get(question.id)
        if before is None or now is None:
            continue
        one = _changed(working.pack, question, answer_parts(question.question, before),
                       answer_parts(question.question, now), lang)  # fmt: skip
        if one.changes:
            found.append(one)
    return found


def _changed(pack: Pack, question: AskedQuestion, then: dict[str, Any], now: dict[str, Any], lang: str) -> Changed:
    parts = [p for p in dict.fromkeys([*then, *now]) if p.partition(".")[0] not in _BESIDE]
    differ = [p for p in parts if then.get(p) != now.get(p)]
    if "status" in differ and then.get("status") == now.get("status"):
        differ.remove("status")
    told = tuple(_change(pack, question, part, then.get(part), now.get(part), lang) for part in differ)
    return Changed(question, pick(question.question.text, lang), told, len(parts) - len(differ))


def _change(pack: Pack, question: AskedQuestion, part: str, then: Any, now: Any, lang: str) -> Change:
    difference = ""
    if _is_number(then) and _is_number(now):
        moved = Decimal(now) - Decimal(then)
        difference = ("+" if moved > 0 else "−") + number(abs(moved), lang)
    return Change(
        wording.part_words(pack, question, part, lang),
        wording.part_value(pack, question, part, then, lang),
        wording.part_value(pack, question, part, now, lang),
        difference,
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return Decimal(value).is_finite()
        except ArithmeticError:
            return False
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


# --- with the spread of the others ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """Where the others lay. `low`, `middle`, `high`: quartiles and median; or `words` alone, for yes and no."""

    asked: AskedQuestion
    text: str
    measure: str
    bodies: int
    ours: str
    words: str
    low: str = ""
    middle: str = ""
    high: str = ""
    #: Places on a line of 200: low, middle, high, and our own (None: we gave none).
    places: tuple[int, int, int, int | None] | None = None


def earlier_cycle(working: Working) -> Cycle | None:
    """The latest earlier cycle with accepted reports. One query."""
    pack, now = working.pack, working.report.cycle
    year = pack.cycles[now.code].data_year
    codes = [code for code, one in pack.cycles.items() if one.data_year < year and one.questionnaire]
    known = Cycle.objects.filter(alliance=now.alliance_id, code__in=codes)
    known = known.filter(reports__submissions__accepted__isnull=False).distinct()
    return max(known, key=lambda one: pack.cycles[one.code].data_year, default=None)


def spreads(working: Working, cycle: Cycle, audience: str, lang: str) -> list[Spread]:
    """Question by question where the others lay in `cycle`; questions with too few answers are left out.

    audience   code of the audience that the reader's nation belongs to: only what was released to it counts
    """
    pack = working.pack
    own = {body.code for body in line_of(working.report.body)}
    others = [a for a in _accepted(cycle, pack) if a.body not in own]
    least = max(LEAST_BODIES, pack.header.min_bodies)
    then = asked(pack, cycle.code)
    found = []
    for question in working.sheet.questions.values():
        if question.id not in then.questions or _is_sensitive(pack, question):
            continue
        given = [a.answers[question.id] for a in others if question.id in a.answers]
        visible = [one for one in given if one.status == "answered" and _released(pack, cycle, one, audience)]
        spread = _spread(working, question, visible, least, lang)
        if spread is not None:
            found.append(spread)
    return found


def _accepted(cycle: Cycle, pack: Pack) -> list[Answers]:
    """The last accepted submission of every body. One query, and one for each that this process has not read yet."""
    rows = Submission.objects.filter(report__cycle=cycle, accepted__isnull=False).defer("document")
    last: dict[int, Submission] = {}
    for one in rows.order_by("number"):
        last[one.report_id] = one
    return [opened_submission(one.pk, pack) for one in last.values()]


def _is_sensitive(pack: Pack, question: AskedQuestion) -> bool:
    kind = question.question.disclosure
    return any(c.code == kind and c.threshold >= SENSITIVE for c in pack.header.disclosure_classes)


def _released(pack: Pack, cycle: Cycle, answer: Answer, audience: str) -> bool:
    released = answer.releasability or cycle.releasability
    return audience_rank(pack, released) >= audience_rank(pack, audience)


def _spread(working: Working, question: AskedQuestion, given: Sequence[Answer], least: int, lang: str) -> Spread | None:
    if question.question.type == "yes_no":
        return _yes_no(working, question, given, least, lang)
    values = [v for one in given if (v := measured(working.pack, question, one)) is not None]
    if len(values) < least:
        return None
    quartiles = [_quantile(sorted(values), Fraction(n, 4)) for n in (1, 2, 3)]
    mine = working.answers.answers.get(question.id)
    ours = measured(working.pack, question, mine) if mine is not None and mine.status == "answered" else None
    low, middle, high = (_number(q, question, lang) for q in quartiles)
    words = _("Half of them lie between %(low)s and %(high)s; the one in the middle at %(middle)s.") % {
        "low": low, "middle": middle, "high": high,
    }  # fmt: skip
    return Spread(
        question, pick(question.question.text, lang), _measure(question), len(values),
        "" if ours is None else _number(ours, question, lang), words, low, middle, high, _places(quartiles, ours),
    )  # fmt: skip


def _yes_no(working: Working, question: AskedQuestion, given: Sequence[Answer], least: int, lang: str) -> Spread | None:
    answers = [one.value for one in given if one.value in ("yes", "no")]
    if len(answers) < least:
        return None
    yes = sum(value == "yes" for value in answers)
    few = max(3, working.pack.header.min_bodies)
    # Who knows that all others but one said yes knows what each of them said, or nearly: then it is only told in words.
    if yes < few:
        words = _("Hardly any of them, or none, says yes.")
    elif len(answers) - yes < few:
        words = _("Nearly all of them, or all, say yes.")
    else:
        words = _("%(share)s %% of them say yes (%(n)s of %(all)s).") % {
            "share": number(round(100 * yes / len(answers)), lang), "n": yes, "all": len(answers),
        }  # fmt: skip
    mine = working.answers.answers.get(question.id)
    value = mine.value if mine is not None and mine.status == "answered" else None
    ours = wording.value_words(working.pack, question.question, value, lang)
    return Spread(question, pick(question.question.text, lang), _("yes or no"), len(answers), ours, words)


def measured(pack: Pack, question: AskedQuestion, answer: Answer) -> Fraction | None:
    """What of an answer is compared: a number; a declared share; of counts by sex the women’s share."""
    kind = question.question
    if kind.type in ("number", "percentage"):
        return None if isinstance(answer.value, str | tuple | dict) or answer.value is None else Fraction(answer.value)
    if kind.type != "matrix":
        return None
    form = shape(pack, kind)
    cells = cells_of(pack, kind, answer)
    if any(len(key) != len(form.names) for key in answer.cells):
        return None
    grand = (TOTAL,) * len(form.names)
    if kind.unit == "percent":
        value = cells.value(grand)
        return None if value is None else Fraction(value)
    if "sex" not in form.names or not form.additive:
        return None
    key = list(grand)
    key[form.names.index("sex")] = "women"
    women, total = cells.value(tuple(key)), cells.value(grand)
    return None if women is None or not total else Fraction(100 * Fraction(women), Fraction(total))


def _measure(question: AskedQuestion) -> str:
    counted = question.question.type == "matrix" and question.question.unit != "percent"
    return _("women, per cent") if counted else ""


def _number(value: Fraction, question: AskedQuestion, lang: str) -> str:
    text = number(Decimal(value.numerator) / Decimal(value.denominator), lang, 1)
    percent = question.question.unit == "percent" or question.question.type == "matrix"
    return f"{text} %" if percent else text


def _quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Type 7: linear between the two values around the place."""
    at = share * (len(values) - 1)
    below = at.numerator // at.denominator
    above = min(below + 1, len(values) - 1)
    return values[below] + (at - below) * (values[above] - values[below])


def _places(quartiles: Sequence[Fraction], ours: Fraction | None) -> tuple[int, int, int, int | None]:
    every = [*quartiles, *([ours] if ours is not None else [])]
    low, high = min(every), max(every)
    width = (high - low) or Fraction(1)

    def place(value: Fraction) -> int:
        return round(20 + 160 * (value - low) / width)

    first, second, third = (place(q) for q in quartiles)
    return first, second, third, None if ours is None else place(ours)
