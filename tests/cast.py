"""The cast that all tests share: three small made-up alliances and the reports of their bodies.

toy      Harbour Compact: one language, two questions, three ports; audiences secretariat and everyone
espejo   the League of the Mirror: Spanish and Portuguese, codes, roles and audiences that are nobody else’s
sampler  every type of question, two languages, four members (Dland has no armed forces), a guest that joins in 2022
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eirene.framework import Pack, load

PACKS = Path(__file__).parent / "packs"


def toy() -> Pack:
    return load(PACKS / "toy")


def espejo() -> Pack:
    return load(PACKS / "espejo")


def sampler() -> Pack:
    return load(PACKS / "sampler")


def toy_report(
    body: str, women: int, men: int, charter: str = "no", cycle: str = "2022", **answer: Any
) -> dict[str, Any]:
    """A report of a port as JSON data; `answer` adds fields to both answers, e.g. naming=True."""
    crew = [{"sex": "women", "value": women}, {"sex": "men", "value": men}, {"sex": "_T", "value": women + men}]
    held: dict[str, Any] = {"status": "answered", "value": charter, **answer}
    if charter == "yes":
        held["particulars"] = [{"title": "Charter", "date": "2020-05-01"}]
    return {
        "format": "eirene.report/1",
        "pack": "toy",
        "questionnaire": "one",
        "cycle": cycle,
        "body": body,
        "answers": {"crew": {"status": "answered", "cells": crew, **answer}, "charter": held},
    }


def spoil(file: Path, old: str, new: str) -> None:
    """Changes one place of a copied pack, which must be there to be changed."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
