"""Tiny releases with a hole of one's choice: built by the product for the office, who sees all, and then cut down.

So nothing of them is protected: what stands by name, and which figures are there, is what a test says.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attack.reading import Truth
from cast import toy, toy_report
from eirene.framework import Pack
from eirene.framework.model import Body, Membership
from eirene.release.read import Release
from release.making import make

Figure = Mapping[str, Any]
#: (body, question)
Names = Collection[tuple[str, str]]
COLUMNS = (
    "cycle", "population", "body", "question", "cell", "row", "column", "status", "value", "definition",
    "releasability", "naming", "count", "proof", "conf_status", "disclosure",
)  # fmt: skip


def wide(n: int) -> Pack:
    """The toy pack with n ports: P1, P2 …"""
    pack = toy()
    codes = [f"P{i}" for i in range(1, n + 1)]
    bodies = {c: Body(code=c, name={"en": c}, attr={"has_crew": "yes"}) for c in codes}
    memberships = [Membership(body=c, population="ports") for c in codes]
    return pack.model_copy(update={"bodies": bodies, "memberships": memberships})


@dataclass(frozen=True)
class Told:
    """What the ports said in one cycle: (women, men), a letter for each charter: y, n, - (no report), w (withheld)."""

    crews: Sequence[tuple[int, int]]
    charters: str
    cycle: str = "2022"
    withheld: Names = field(default=())

    @property
    def reports(self) -> list[dict[str, Any]]:
        found = []
        for number, ((women, men), letter) in enumerate(zip(self.crews, self.charters, strict=True), start=1):
            if letter == "-":
                continue
            report = toy_report(f"P{number}", women, men, "yes" if letter == "y" else "no", cycle=self.cycle)
            questions = {q for b, q in self.withheld if b == report["body"]} | ({"charter"} if letter == "w" else set())
            report["answers"].update({q: {"status": "withheld"} for q in questions})
            found.append(report)
        return found

    @property
    def truth(self) -> Truth:
        return {self.cycle: {r["body"]: r["answers"] for r in self.reports}}


def office(path: Path, told: Told, history: Sequence[Release] = ()) -> Release:
    return make(
        path, told.reports, audience="secretariat", cycle=told.cycle, pack=wide(len(told.crews)), history=history
    )


def cut(
    release: Release,
    out: Path,
    told: Sequence[Told],
    names: Names,
    keep: Callable[[Figure], bool],
    protected: Mapping[tuple[str, str], Collection[str]] | None = None,
    change: Callable[[dict[str, Any]], None] = lambda figure: None,
) -> Path:
    """The release with the answers of `names` alone by name (in every cycle), and the figures that are to be kept.
    protected: (body, question) → cells (`sex=women`) that are left out. change: alters figures that are kept."""
    out.mkdir()
    folder = release.folder
    for name in ("pack.json", "manifest.json"):
        (out / name).write_bytes((folder / name).read_bytes())
    figures = [f for f in json.loads((folder / "figures.json").read_bytes()) if keep(f)]
    for figure in figures:
        change(figure)
    (out / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO((folder / "answers.csv").read_text(encoding="utf-8"))))
    kept = [row for row in rows if (row["body"], row["question"]) in names]
    for row in kept:
        if row["cell"] in (protected or {}).get((row["body"], row["question"]), ()):
            row.update(status="protected", value="")
    counted = [row for one in told for row in _counted(one, names)]
    with (out / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *counted])
    return out


def _counted(told: Told, names: Names) -> list[dict[str, str]]:
    """Answers by choice and reason of those without a name, as a release counts them."""
    answers = {r["body"]: r["answers"] for r in told.reports}
    found = []
    for question in ("crew", "charter"):
        counts: Counter[tuple[str, str]] = Counter()
        for body in (f"P{i}" for i in range(1, len(told.crews) + 1)):
            if (body, question) in names:
                continue
            answer = answers.get(body, {}).get(question)
            status = "no_report" if answer is None else answer["status"]
            if status == "answered" and question == "crew":
                status = "hidden"
            counts[status, answer["value"] if answer and status == "answered" else ""] += 1
        found += [
            {"cycle": told.cycle, "population": "ports", "question": question, "status": s, "value": v, "count": str(n)}
            for (s, v), n in counts.items()
        ]
    return found
