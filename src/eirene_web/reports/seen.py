"""What a page showed of an answer: of every part that has a box version and text. It comes back with the form."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

from eirene.questionnaires.parts import cell_part
from eirene.questionnaires.values import shape
from eirene_web.reports import forms

if TYPE_CHECKING:
    from eirene_web.reports.question import QuestionView

#: part → (version, what its box shows)
Seen = dict[str, tuple[int, Any]]


def told(seen: Seen) -> str:
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":"))


def seen_parts(view: QuestionView) -> Seen:
    found: Seen = {}
    for part in _parts_with_box(view):
        cell, value = view.working.cells.get((view.id, part)), view.parts.get(part)
        text = (value or "") if part == "status" else forms.shown(view.pack, view.question, part, value, view.lang)
        found[part] = (cell.version if cell else 0, text)
    return found


def _parts_with_box(view: QuestionView) -> list[str]:
    parts = ["status", "releasability", "naming", *(["disclosure"] if view.classes else [])]
    for boxes in (view.reason_texts, view.comments, view.justifications):
        parts += [box.part for box in boxes]
    if view.type == "text":
        parts += [box.part for box in view.texts]
    elif view.type == "matrix":
        parts += [cell_part(key) for key in _keys(view)]
    else:
        parts.append("rows" if view.type == "rows" else "value")
    if view.question.particulars:
        parts.append("particulars")
    if view.definition is not None:
        parts += [part for part, _label, _options, _chosen, _was in view.definition.rows]
        parts += [one.part for one in view.definition.fields]
    return parts


def _keys(view: QuestionView) -> list[tuple[str, ...]]:
    form = shape(view.pack, view.question)
    axes = [
        (*form.asked[place], *(("_T",) if view.question.dimensions[name].total else ()))
        for place, name in enumerate(form.names)
    ]
    return list(product(*axes))
