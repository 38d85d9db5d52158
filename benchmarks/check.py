"""One report with 600 cells and 300 rules: check it, beside reading its JSON and beside a plain loop over its cells.

    python benchmarks/check.py              prints times and ratios; fails above 50 ms
    python benchmarks/check.py --profile    where the time goes

The pack is made here: 5 tables of 10 services × 4 ranks × 2 sexes with all totals (825 cells, 600 of them given), 300
declared rules of every kind, 41 bodies whose reports are the peers. What a user would take instead is a script that
goes through the cells and compares each total with its parts: it finds broken sums and nothing else.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import gc
import json
import pstats
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import product
from typing import Any

from eirene.framework import Pack
from eirene.framework import model as m
from eirene.questionnaires import Report, check, compile_rules, load_report, parse_report, report_bytes

TABLES, CELLS, RULES, BODIES = 5, 600, 300, 41
SERVICES = [f"service_{n}" for n in range(10)]
RANKS = ["officers", "warrant_officers", "other_ranks", "cadets"]
SEXES = ["women", "men"]
EACH = ["service"]
#: The goal on two cores: milliseconds.
GOAL = 50.0
REPEATS = 30


def text(words: str) -> dict[str, str]:
    return {"en": words, "fr": words}


def code_list(id: str, codes: list[str]) -> m.CodeList:
    return m.CodeList(id=id, codes=[m.Code(code=code, label=text(code)) for code in codes])


def make_pack() -> Pack:
    dimensions = {name: m.Dimension(list=name) for name in ("service", "rank", "sex")}
    questions = {
        id: m.Question(id=id, type="matrix", text=text(id), unit="persons", dimensions=dimensions)
        for id in (f"table_{n}" for n in range(TABLES))
    }
    uses = [m.Use(use=id, number=str(n)) for n, id in enumerate(questions, start=1)]
    bodies = {f"B{n:02d}": m.Body(code=f"B{n:02d}", name=text(f"Body {n}")) for n in range(BODIES)}
    lists = [code_list("service", SERVICES), code_list("rank", RANKS), code_list("sex", SEXES)]
    rules = {rule.id: rule for rule in make_rules()}
    return Pack(
        header=m.PackHeader(
            id="bench",
            version="1",
            title=text("Bench"),
            short_title=text("Bench"),
            slug="bench",
            languages=["en", "fr"],
            notice=text("Made up."),
            populations=[m.Population(code="all", label=text("all"), one=text("one"), many=text("many"))],
            audiences=[m.Audience(code="members", label=text("members"), marking=text("Members"))],
        ),
        bodies=bodies,
        memberships=[m.Membership(body=code, population="all") for code in bodies],
        code_lists={one.id: one for one in lists},
        units={"persons": m.Unit(code="persons", label=text("persons"))},
        cycles={year: make_cycle(year) for year in ("2015", "2016")},
        questions=questions,
        questionnaires={
            "q": m.Questionnaire(
                id="q",
                version="1",
                title=text("Q"),
                sections=[m.Section(id="s", title=text("S"), questions=uses)],
            )
        },
        rules=rules,
    )


def make_cycle(year: str) -> m.Cycle:
    return m.Cycle(
        id=year,
        title=text(year),
        data_year=int(year),
        reference_date=dt.date(int(year), 12, 31),
        publication_date=dt.date(int(year) + 1, 6, 30),
        questionnaire="q",
        asked=["all"],
    )


def make_rules() -> list[m.Rule]:
    """300 rules: a third filtered sums, a third comparisons, a third changes, and outliers; some for each service."""
    shapes: list[Callable[[str, str, str], dict[str, Any]]] = [
        lambda t, s, r: {"kind": "assert", "that": f"sum({t} where service in ({s}, service_9) and rank == {r}) >= 0"},
        lambda t, s, r: {"kind": "at_most", "left": f"{t}[sex=women, rank={r}]", "right": f"{t}[rank={r}]"},
        lambda t, s, r: {"kind": "change", "value": f"{t}[service={s}]", "percent": 900, "absolute": 100_000},
        lambda t, s, r: {"kind": "at_most", "left": f"{t}[sex=women]", "right": t, "question": t, "for_each": EACH},
        lambda t, s, r: {"kind": "outlier", "value": f"{t}[service={s}, sex=women] / {t}[service={s}]", "factor": 50},
        lambda t, s, r: {"kind": "assert", "that": f"not ({t}[service={s}] > 0 and {t}[rank={r}] == 0) or {t} > 0"},
    ]  # fmt: skip
    rules = []
    for n in range(RULES):
        made = shapes[n % len(shapes)](f"table_{n % TABLES}", SERVICES[n % 9], RANKS[n % 4])
        words = {"message": text("{place}: wrong."), "remedy": text("Look again.")}
        rules.append(m.Rule.model_validate({"id": f"R-{n:03d}", "severity": "warning", **words, **made}))
    return rules


def make_report(pack: Pack, body: str, cycle: str, seed: int, off: int = 0) -> Report:
    """A report whose tables add up (but for `off`): the lowest cells, and as many totals as fit into 600."""
    draw = random.Random(seed)
    each = CELLS // TABLES
    answers = {}
    for table in pack.questions:
        lowest = {key: draw.randint(10, 900) for key in product(SERVICES, RANKS, SEXES)}
        cells = dict(lowest)
        for key in product([*SERVICES, "_T"], [*RANKS, "_T"], [*SEXES, "_T"]):
            if len(cells) == each:
                break
            if "_T" in key:
                cells[key] = off + sum(
                    n for low, n in lowest.items() if all(k in ("_T", c) for k, c in zip(key, low, strict=True))
                )
        answers[table] = {
            "status": "answered",
            "cells": [{"service": s, "rank": r, "sex": x, "value": n} for (s, r, x), n in cells.items()],
        }
    data = {"format": "eirene.report/1", "pack": "bench", "questionnaire": "q", "cycle": cycle, "body": body}
    return parse_report({**data, "answers": answers}, pack)


def plain_loop(data: dict[str, Any]) -> int:
    """What a script would do: each total against its parts, over one dimension at a time."""
    broken = 0
    for answer in data["answers"].values():
        cells = {(c["service"], c["rank"], c["sex"]): c["value"] for c in answer["cells"]}
        for key, value in cells.items():
            for place, codes in enumerate((SERVICES, RANKS, SEXES)):
                if key[place] == "_T":
                    parts = [cells.get((*key[:place], code, *key[place + 1 :])) for code in codes]
                    broken += None not in parts and sum(parts) != value  # type: ignore[arg-type]
    return broken


def timed(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each run, the garbage collector held off."""
    times = []
    for _ in range(REPEATS):
        gc.collect()
        gc.disable()
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
        gc.enable()
    return times


def row(name: str, times: list[float], against: float) -> str:
    low = min(times)
    return f"{name:<44} {low:8.2f} ms {statistics.median(times):8.2f} ms {low / against:8.2f} ×"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    pack = make_pack()
    started = time.perf_counter()
    book = compile_rules(pack, "q")
    compiling = 1000 * (time.perf_counter() - started)
    report = make_report(pack, "B00", "2016", 1)
    previous = make_report(pack, "B00", "2015", 2)
    peers = [make_report(pack, body, "2016", n) for n, body in enumerate(pack.bodies, start=10)]
    raw = report_bytes(report, pack)
    findings = check(report, pack, previous=previous, peers=peers)
    cells = sum(len(answer.cells) for answer in report.answers.values())
    print(f"{cells} cells, {len(book.declared)} declared and {len(book.sums)} derived rules")
    print(f"rules compiled in {compiling:.1f} ms, once")
    print(f"{len(findings)} findings, {sum(f.outcome != 'found' for f in findings)} of them not evaluated")
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(lambda: [check(report, pack, previous=previous, peers=peers) for _ in range(20)])
        pstats.Stats(profile).sort_stats("cumulative").print_stats(25)
        return 0
    parsing = timed(lambda: json.loads(raw))
    base = min(parsing)
    alone = timed(lambda: check(report, pack))
    before = timed(lambda: check(report, pack, previous=previous))
    among = timed(lambda: check(report, pack, previous=previous, peers=peers))
    data = json.loads(raw)
    print(f"\n{'':<44} {'lowest':>11} {'median':>11} {'of JSON':>10}")
    print(row("JSON parsed, nothing else", parsing, base))
    print(row("a plain loop: totals against parts", timed(lambda: plain_loop(data)), base))
    print(row("report read: JSON, every code and number", timed(lambda: load_report(raw, pack)), base))
    print(row("check, report alone", alone, base))
    print(row("check, with the previous report", before, base))
    wrong = make_report(pack, "B00", "2016", 1, off=-1)
    worst = timed(lambda: check(wrong, pack, previous=previous, peers=peers))
    print(row(f"check, with previous and {len(peers) - 1} peers", among, base))
    n = sum(f.outcome == "found" for f in check(wrong, pack, previous=previous, peers=peers))
    print(row(f"the same, every total wrong: {n} findings", worst, base))
    print(f"\ngoal: {GOAL:.0f} ms; reached: {min(among):.1f} ms, {min(worst):.1f} ms at worst")
    return 0 if max(min(among), min(worst)) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
