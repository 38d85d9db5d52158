"""How an answer will read: in the Summary, to each audience, and what protects small counts in it.

In words only, and about the body itself: before the draft is circulated nobody learns here how others answered.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.disclosure.cells import small_cells, threshold_of
from eirene.framework import AskedQuestion, Pack, audience_rank, class_in_force
from eirene.framework.model import Audience
from eirene.questionnaires.model import TOTAL, Answer, CellKey
from eirene.questionnaires.values import shape
from eirene.text import listing, pick
from eirene_web.reports import wording

#: Cells named in one sentence; the rest is told as a number.
MOST_NAMED = 4


def summary(
    pack: Pack, asked: AskedQuestion, answer: Answer | None, before: Answer | None, body: str, lang: str
) -> str:
    """What the Summary makes of the answer."""
    if answer is None or (answer.status == "answered" and _is_empty(asked, answer)):
        return _("Nothing yet. As it stands it is told as not given, never as zero.")
    if answer.status == "no_data":
        return _("Told as “no data” and left out of every share and sum; never counted as zero.")
    if answer.status == "not_applicable":
        return _("Left out of the denominator: the question does not apply to %(body)s.") % {"body": body}
    if answer.status == "withheld":
        return _("Told as withheld; every figure is computed without it.")
    kind = asked.question.type
    if kind in ("yes_no", "single_choice", "multiple_choice"):
        now = wording.value_words(pack, asked.question, answer.value, lang)
        then = _then(pack, asked, before, lang)
        if kind == "yes_no" and then and then != now:
            return _("%(body)s moves from “%(then)s” to “%(now)s”.") % {"body": body, "then": then, "now": now}
        return _("Counted as “%(now)s”.") % {"now": now}
    if kind == "matrix" and shape(pack, asked.question).additive:
        return _("Added to the sum over all that answered, and to their shares of women and men.")
    if kind in ("number", "percentage", "matrix"):
        return _("One value in the mean and in the median of all that answered.")
    return _("Not counted; it stands in the nation’s chapter for those who may see it.")


def _is_empty(asked: AskedQuestion, answer: Answer) -> bool:
    if asked.question.type == "matrix":
        return not answer.cells
    return asked.question.type not in ("rows", "multiple_choice") and answer.value is None


def _then(pack: Pack, asked: AskedQuestion, before: Answer | None, lang: str) -> str:
    if before is None or before.status != "answered":
        return ""
    return wording.value_words(pack, asked.question, before.value, lang)


def audiences(pack: Pack, answer: Answer | None, default: str, lang: str) -> list[tuple[str, str]]:
    """(audience or audiences, what they see), from the narrowest on; the office, which sees everything, left out."""
    told: dict[str, list[Audience]] = {}
    for one in pack.header.audiences:
        if not one.names_all:
            told.setdefault(_seen(pack, answer, default, one), []).append(one)
    return [(_listed(pack, found, lang), words) for words, found in told.items()]


def _seen(pack: Pack, answer: Answer | None, default: str, audience: Audience) -> str:
    released = (answer.releasability if answer else None) or default
    if audience_rank(pack, released) < audience_rank(pack, audience.code):
        return _("counted, not named; the answer itself is not shown")
    return _("by name") if answer is not None and answer.naming else _("counted, not named")


def _listed(pack: Pack, found: list[Audience], lang: str) -> str:
    text = listing([pick(one.label, lang) for one in found], lang)
    return text[:1].upper() + text[1:]


def protection(pack: Pack, asked: AskedQuestion, answer: Answer | None, lang: str) -> list[str]:
    """What becomes of small counts where the answer stands under the body’s name."""
    question = asked.question
    chosen = answer.disclosure if answer is not None else None
    kind = class_in_force(pack, question, chosen)
    if kind is None or question.type != "matrix":
        return []
    threshold = threshold_of(pack, question, answer)
    if not threshold:
        # No counts, or counts of which none is small: those who hold an office in public.
        return [pick(kind.description, lang)] if kind.description and not kind.threshold else []
    if answer is None or not answer.cells:
        return [_small(threshold)]
    hidden = small_cells(answer, threshold)
    if not hidden:
        return [_("No count in it is small enough to be left out.")]
    small = {key for key in hidden if 0 < (answer.cells[key].value or 0) < threshold}
    lines = [
        ngettext(
            "%(cells)s: not shown by name, for it is below %(n)s.",
            "%(cells)s: not shown by name, for they are below %(n)s.",
            len(small),
        )
        % {"cells": _cells(pack, asked, small, lang), "n": threshold}
    ]
    beside = hidden - small
    if beside:
        lines.append(
            ngettext(
                "%(cells)s as well, which would give it away.", "%(cells)s as well, which would give them away.",
                len(small),
            )
            % {"cells": _cells(pack, asked, beside, lang)}
        )  # fmt: skip
    return lines


def _small(threshold: int) -> str:
    return _("Counts below %(n)s, and what would give them away, are not shown by name.") % {"n": threshold}


def _cells(pack: Pack, asked: AskedQuestion, keys: Iterable[CellKey], lang: str) -> str:
    form = shape(pack, asked.question)
    named = [
        ", ".join(_("total") if c == TOTAL else form.trees[i].label(c, lang) for i, c in enumerate(key))
        for key in sorted(keys, key=lambda key: [form.asked[i].index(c) if c in form.asked[i] else 999
                                                 for i, c in enumerate(key)])
    ]  # fmt: skip
    if len(named) > MOST_NAMED:
        rest = len(named) - MOST_NAMED
        more = ngettext("%(n)d more cell", "%(n)d more cells", rest) % {"n": rest}
        return "; ".join([*named[:MOST_NAMED], more])
    return "; ".join(named)
