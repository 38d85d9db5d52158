"""A release folder as any reader has it: figures.json, answers.csv, pack.json, manifest.json. Nothing of the product.

An attacker that shared the product's code would share its mistakes; so files are read here anew, with the standard
library alone, and so are the pack's populations, questionnaires and code lists.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

#: Codes of a cell in the order of the question's dimensions; () for a single number, ("#",) for a number of rows.
Key = tuple[str, ...]
TOTAL = "_T"
ROWS: Key = ("#",)
#: cycle → body → question → answer, as in the JSON of reports.
Truth = Mapping[str, Mapping[str, Mapping[str, Any]]]
_NOT_ADDED = ("percent", "points", "years", "months", "weeks", "days")


def exact(value: Any) -> Fraction:
    """A number of JSON or CSV as it is written, not as a float holds it."""
    return Fraction(str(value))


@dataclass(frozen=True)
class Question:
    """What the pack says of a question. parts: by dimension, code → codes that add up to it, `_T` included."""

    id: str
    type: str
    dimensions: tuple[str, ...]
    parts: tuple[Mapping[str, tuple[str, ...]], ...]
    whole: tuple[bool, ...]
    additive: bool
    integer: bool
    threshold: int
    codes: tuple[str, ...]
    gate: str
    applies_to: str

    def key(self, cell: Mapping[str, str]) -> Key:
        return tuple(cell.get(d, TOTAL) for d in self.dimensions)

    def lines(self, key: Key) -> Iterator[tuple[Key, ...]]:
        """The ways in which a cell is the sum of others."""
        for place, code in enumerate(key if self.dimensions else ()):
            if self.whole[place] if code == TOTAL else self.additive:
                parts = self.parts[place].get(code, ())
                if parts:
                    yield tuple((*key[:place], part, *key[place + 1 :]) for part in parts)


@dataclass(frozen=True)
class Pack:
    """pack.json, as far as an attacker needs it."""

    data: Mapping[str, Any]

    def questions(self, cycle: str) -> Mapping[str, Question]:
        return self._questions[cycle]

    @cached_property
    def _questions(self) -> Mapping[str, Mapping[str, Question]]:
        found = {}
        for cycle in self.data["cycles"].values():
            sheet = self.data["questionnaires"].get(cycle.get("questionnaire") or "")
            uses = [use for s in sheet["sections"] for use in s["questions"]] if sheet else []
            found[cycle["id"]] = {u["use"]: self._question(u) for u in uses}
        return found

    def _question(self, use: Mapping[str, Any]) -> Question:
        raw = {**self.data["questions"][use["use"]], **use.get("set", {})}
        dimensions = raw.get("dimensions") or {}
        classes = {c["code"]: c.get("threshold", 0) for c in self.data["header"].get("disclosure_classes", ())}
        unit, whole = raw.get("unit", ""), raw.get("integer", True)
        additive = unit not in _NOT_ADDED and (whole or unit == "persons")
        chosen = raw.get("choices")
        codes = ("yes", "no") if raw["type"] == "yes_no" else ()
        if chosen:
            codes = tuple(c["code"] for c in self.data["code_lists"][chosen]["codes"])
        return Question(
            use["use"],
            raw["type"],
            tuple(dimensions),
            tuple(self._parts(d) for d in dimensions.values()),
            tuple(additive and d.get("total", True) for d in dimensions.values()),
            additive,
            bool(whole) if raw["type"] == "matrix" else raw["type"] == "rows" or bool(raw.get("integer", False)),
            classes.get(raw.get("disclosure") or "", 0),
            codes,
            raw.get("asked_if") or "",
            raw.get("applies_to") or "",
        )

    def _parts(self, dimension: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
        listed = self.data["code_lists"][dimension["list"]]["codes"]
        parent = {c["code"]: c.get("parent") for c in listed}
        asked = tuple(dimension.get("codes") or parent)
        parts: dict[str, tuple[str, ...]] = {}
        for code, above in parent.items():
            if above is not None:
                parts[above] = (*parts.get(above, ()), code)

        def within(code: str) -> bool:
            above = parent.get(code)
            return above is not None and (above in asked or within(above))

        parts[TOTAL] = tuple(code for code in asked if not within(code))
        return parts

    def belongs(self, population: str, date: str) -> frozenset[str]:
        return frozenset(
            m["body"]
            for m in self.data["memberships"]
            if m["population"] == population
            and (m.get("valid_from") or "") <= date
            and ((m.get("valid_to") or "9") >= date)
        )

    def applies(self, question: Question, body: str) -> bool:
        """Whether a question is meant for a body, by `body.attribute == value`; other conditions count as yes."""
        words = question.applies_to.split()
        if len(words) != 3 or not words[0].startswith("body.") or words[1] not in ("==", "!="):
            return True
        given = self.data["bodies"].get(body, {}).get("attr", {}).get(words[0][5:])
        return (given == words[2]) == (words[1] == "==")


@dataclass(frozen=True)
class Named:
    """One answer that stands under a body's name. cells: value, or the status where there is none."""

    status: str
    value: str = ""
    cells: Mapping[Key, Fraction | str] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True)
class Folder:
    """One release. counted: (cycle, population, question) → (status, value) → how many, of those not named."""

    path: Path
    pack: Pack
    cycle: str
    as_of: str
    audience: str
    figures: Sequence[Mapping[str, Any]]
    named: Mapping[tuple[str, str, str], Named]
    counted: Mapping[tuple[str, str, str], Counter[tuple[str, str]]]
    #: Cycles whose answers are in it, oldest first; the last is its own.
    cycles: tuple[str, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Mapping[str, Any]]:
        return {f["key"]: f for f in self.figures}

    def population(self, code: str, cycle: str, reported: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Its bodies in a cycle. Who reported is needed for panels only."""
        one = next(p for p in self.pack.data["header"]["populations"] if p["code"] == code)
        base, basis = one.get("of") or code, one.get("basis", "as_at")
        cycles = self.pack.data["cycles"]
        if basis == "today":
            return self.pack.belongs(base, self.as_of)
        if basis == "as_at":
            return self.pack.belongs(base, cycles[cycle]["reference_date"])
        then = self.pack.belongs(base, cycles[self.cycle]["reference_date"])
        return frozenset(b for b in then if all(b in bodies for bodies in reported.values()))


def read_folder(path: str | Path) -> Folder:
    folder = Path(path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    pack = Pack(json.loads((folder / "pack.json").read_bytes()))
    figures = json.loads((folder / "figures.json").read_bytes())
    named: dict[tuple[str, str, str], dict[str, Any]] = {}
    counted: dict[tuple[str, str, str], Counter[tuple[str, str]]] = {}
    cycles: dict[str, None] = {}
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cycles[row["cycle"]] = None
            if row["proof"]:
                continue
            if not row["body"]:
                where = (row["cycle"], row["population"], row["question"])
                counted.setdefault(where, Counter())[row["status"], row["value"]] += int(row["count"])
            else:
                _take(named, row, pack)
    answers = {where: Named(**one) for where, one in named.items()}
    order = [c for c in pack.data["cycles"] if c in cycles]
    return Folder(
        folder, pack, manifest["cycle"], manifest["as_of"], manifest["audience"], figures, answers, counted,
        tuple(order),
    )  # fmt: skip


def _take(named: dict[tuple[str, str, str], dict[str, Any]], row: Mapping[str, str], pack: Pack) -> None:
    where = (row["cycle"], row["body"], row["question"])
    if where not in named:
        named[where] = {"status": row["status"], "value": row["value"], "cells": {}, "rows": 0}
    one = named[where]
    if row["cell"]:
        given = dict(part.split("=", 1) for part in row["cell"].split(";"))
        question = pack.questions(row["cycle"])[row["question"]]
        told: Fraction | str = exact(row["value"]) if row["status"] == "answered" else row["status"]
        one["cells"][question.key(given)] = told
    elif row["row"] and not row["column"].startswith("particulars."):
        one["rows"] = max(one["rows"], int(row["row"]))


def read_truth(folders: Sequence[str | Path]) -> dict[str, dict[str, dict[str, Any]]]:
    """Reports (JSON) of folders as cycle → body → question → answer: for who is in a figure, and to score."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for folder in folders:
        for file in sorted(Path(folder).glob("*.json")):
            report = json.loads(file.read_bytes())
            found.setdefault(report["cycle"], {})[report["body"]] = report["answers"]
    return found


def with_answer(truth: Truth, cycle: str, body: str, question: str, answer: Mapping[str, Any]) -> Truth:
    """The truth with one answer in the place of another: withheld or corrected."""
    return {
        c: {b: ({**a, question: answer} if (c, b) == (cycle, body) else a) for b, a in bodies.items()}
        for c, bodies in truth.items()
    }
