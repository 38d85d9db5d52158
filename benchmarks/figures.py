"""All figures of 41 reports × 15 cycles, beside a plain loop that adds up the same numbers and nothing else.

    python benchmarks/figures.py            prints seconds, figures, and the ratio; fails above one second
    python benchmarks/figures.py --profile  where the time goes

The pack is made here: 41 bodies (28 members, 13 partners), 65 indicators of every family with break-downs by service
and rank, 5 populations. What a user would take instead of Eirene is a script with a loop for every number; it gives
sums and shares, without populations' missing bodies, footnotes, changes or panels.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import gc
import pstats
import random
import sys
import time
from collections.abc import Sequence

from eirene.figures import compute_series
from eirene.framework import Pack
from eirene.framework import model as m
from eirene.questionnaires import Answer, Cell, Report

BODIES, MEMBERS, CYCLES, YES_NO, MATRICES = 41, 28, 15, 25, 8
SEXES = ["women", "men"]
SERVICES = ["army", "navy", "air_force", "marines", "medical", "joint"]
BANDS = {"OF-6+": ["OF-6", "OF-7"], "OF-3-5": ["OF-3", "OF-4", "OF-5"], "OF-1-2": ["OF-1", "OF-2"]}
RANKS = [code for codes in BANDS.values() for code in codes]
#: The goal on two cores: seconds.
GOAL = 1.0


def text(words: str) -> dict[str, str]:
    return {"en": words}


def code_list(id: str, codes: Sequence[str], parents: dict[str, str] | None = None) -> m.CodeList:
    listed = [m.Code(code=c, parent=(parents or {}).get(c), label=text(c)) for c in codes]
    return m.CodeList(id=id, codes=listed)


def make_pack() -> Pack:
    years = [str(2001 + n) for n in range(CYCLES)]
    bodies = {f"B{n:02}": m.Body(code=f"B{n:02}", name=text(f"Body {n}")) for n in range(BODIES)}
    matrix = {"service": m.Dimension(list="service"), "sex": m.Dimension(list="sex")}
    ranked = {"rank": m.Dimension(list="rank", codes=RANKS), "sex": m.Dimension(list="sex")}
    questions = [m.Question(id=f"yes{n}", type="yes_no", text=text("?")) for n in range(YES_NO)]
    questions += [
        m.Question(id=f"forces{n}", type="matrix", text=text("?"), dimensions=matrix) for n in range(MATRICES)
    ]
    questions += [m.Question(id="officers", type="matrix", text=text("?"), dimensions=ranked)]
    questions += [m.Question(id="weeks", type="number", text=text("?"))]
    uses = [m.Use(use=q.id, number=str(n)) for n, q in enumerate(questions)]
    sheet = m.Questionnaire(
        id="q", version="1", title=text("q"), sections=[m.Section(id="1", title=text("1"), questions=uses)]
    )
    parents = {code: band for band, codes in BANDS.items() for code in codes}
    words = {"one": text("one"), "many": text("many"), "label": text("bodies")}
    return Pack(
        header=m.PackHeader(
            id="bench", version="1", title=text("b"), short_title=text("b"), slug="bench", languages=["en"],
            notice=text("n"), size="forces0", decimals={"percent": 1, "persons": 0},
            audiences=[m.Audience(code="all", label=text("all"), marking=text("all"), names_all=True)],
            populations=[
                m.Population(code="members", **words),
                m.Population(code="partners", **words),
                m.Population(code="members_panel", of="members", basis="constant_panel", **words),
                m.Population(code="members_today", of="members", basis="today", **words),
                m.Population(code="partners_panel", of="partners", basis="constant_panel", **words),
            ],
        ),
        bodies=bodies,
        memberships=[
            m.Membership(body=code, population="members" if n < MEMBERS else "partners")
            for n, code in enumerate(bodies)
        ],
        code_lists={
            "sex": code_list("sex", SEXES),
            "service": code_list("service", SERVICES),
            "rank": code_list("rank", [*BANDS, *RANKS], parents),
        },
        units={u: m.Unit(code=u, label=text(u)) for u in ("percent", "persons", "points", "weeks")},
        cycles={
            year: m.Cycle(
                id=year, title=text(year), data_year=int(year), reference_date=dt.date(int(year), 12, 31),
                publication_date=dt.date(int(year) + 1, 6, 30), questionnaire="q", asked=["members", "partners"],
                compares_with=years[:n],
            )
            for n, year in enumerate(years)
        },
        questions={q.id: q for q in questions},
        questionnaires={"q": sheet},
        indicators={i.id: i for i in make_indicators()},
    )  # fmt: skip


def make_indicators() -> list[m.Indicator]:
    def indicator(id: str, family: str, **given: object) -> m.Indicator:
        return m.Indicator.model_validate({"id": id, "family": family, "label": text(id), **given})

    found = [indicator(f"share{n}", "share_of_bodies", yes=f"yes{n} == yes") for n in range(YES_NO)]
    for n in range(MATRICES):
        by = [["service"]] if n < 4 else []
        found.append(indicator(f"rate{n}", "rate", numerator=f"forces{n}[sex=women]", denominator=f"forces{n}", by=by))
        found.append(indicator(f"men{n}", "rate", numerator=f"forces{n}[sex=men]", denominator=f"forces{n}"))
        found.append(indicator(f"gap{n}", "gap", unit="points", left=f"rate{n}", right=f"men{n}"))
        found.append(indicator(f"total{n}", "count", unit="persons", value=f"forces{n}"))
    women, all_ = "officers[sex=women]", "officers"
    found.append(indicator("officers_share", "rate", numerator=women, denominator=all_, by=[["rank"]]))
    found.append(indicator("officers_men", "rate", numerator="officers[sex=men]", denominator=all_, by=[["rank"]]))
    found.append(indicator("officers_gap", "gap", unit="points", left="officers_share", right="officers_men"))
    found.append(indicator("known_sex", "completeness", question="forces0", dimension="sex"))
    found.append(indicator("known_service", "completeness", question="forces0", dimension="service"))
    found.append(indicator("weeks", "measure", unit="weeks", value="weeks"))
    found.append(indicator("reporting", "share_of_bodies", yes="reported"))
    found.append(indicator("choice", "distribution", question="yes0"))
    return found


def make_reports(pack: Pack) -> list[list[Report]]:
    draw = random.Random(1325)
    return [[make_report(draw, cycle, body) for body in pack.bodies if draw.random() > 0.05] for cycle in pack.cycles]


def make_report(draw: random.Random, cycle: str, body: str) -> Report:
    answers = {}
    for n in range(YES_NO):
        status = draw.choices(("answered", "no_data", "withheld"), (20, 1, 1))[0]
        value = draw.choice(("yes", "no")) if status == "answered" else None
        answers[f"yes{n}"] = Answer(f"yes{n}", status, value)  # type: ignore[arg-type]
    for name, codes in [*((f"forces{n}", SERVICES) for n in range(MATRICES)), ("officers", RANKS)]:
        counts = {(code, sex): draw.randint(0, 9000) for code in codes for sex in SEXES}
        cells = {key: Cell(count) for key, count in counts.items()}
        cells |= {("_T", sex): Cell(sum(counts[code, sex] for code in codes)) for sex in SEXES}
        cells[("_T", "_T")] = Cell(sum(counts.values()))
        answers[name] = Answer(name, "answered", cells=cells)
    answers["weeks"] = Answer("weeks", "answered", draw.randint(0, 60))
    return Report("bench", "q", cycle, body, answers)


def plain(pack: Pack, cycles: Sequence[Sequence[Report]]) -> int:
    """The same sums by hand: numerator and denominator of every share and pooled rate, for members and partners."""
    found = 0
    groups = [set(list(pack.bodies)[:MEMBERS]), set(list(pack.bodies)[MEMBERS:])]
    for reports in cycles:
        for group in groups:
            for n in range(YES_NO):
                given = [r.answers[f"yes{n}"].value for r in reports if r.body in group]
                yes, of = given.count("yes"), given.count("yes") + given.count("no")
                found += bool(of and round(100 * yes / of, 1) >= 0)
            for name, codes in [*((f"forces{n}", SERVICES) for n in range(MATRICES)), ("officers", RANKS)]:
                for code in ("_T", *codes):
                    women = men = 0
                    for report in reports:
                        if report.body in group:
                            cells = report.answers[name].cells
                            women += cells[code, "women"].value or 0  # type: ignore[assignment]
                            men += cells[code, "men"].value or 0  # type: ignore[assignment]
                    found += round(100 * women / (women + men), 1) >= 0
    return found


def timed(work: object, times: int = 5) -> tuple[float, object]:
    best, result = float("inf"), None
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        result = work()  # type: ignore[operator]
        best = min(best, time.perf_counter() - start)
    return best, result


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--profile", action="store_true")
    pack = make_pack()
    cycles = make_reports(pack)

    def all_figures() -> list[object]:
        return list(compute_series(pack, list(pack.cycles)[-1], cycles[-1], cycles[:-1], as_of=dt.date(2016, 6, 30)))

    if options.parse_args().profile:
        all_figures()
        profile = cProfile.Profile()
        profile.runcall(all_figures)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return 0
    seconds, figures = timed(all_figures)
    by_hand, numbers = timed(lambda: plain(pack, cycles))
    n = len(figures)  # type: ignore[arg-type]
    print(f"figures: {BODIES} reports × {CYCLES} cycles, {len(pack.indicators)} indicators, 5 populations")
    print(
        f"  all figures           {seconds:6.3f} s  {n} figures, {1e6 * seconds / n:.1f} µs each; goal ≤ {GOAL:.1f} s"
    )
    print(
        f"  plain loop            {by_hand:6.3f} s  {numbers} numbers, {1e6 * by_hand / int(str(numbers)):.1f} µs each"
    )
    print(
        f"  ratio                 {seconds / by_hand:6.1f} ×  "
        f"(per number {seconds / n / (by_hand / int(str(numbers))):.2f} ×)"
    )
    return 0 if seconds <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
