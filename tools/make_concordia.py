"""Makes the reports of Concordia, the made-up alliance: `python tools/make_concordia.py [FOLDER]`.

Everything is invented. The same seed gives the same bytes on every machine: numbers are integers drawn from
`random.Random(seed)`, one generator for each body, question and (where answers should move) cycle.

How a nation's numbers hang together: strength → services → categories → women and men in each; ranks, recruits,
leavers and the rest are drawn from those, so that every sum agrees in every question. The share of women is then scaled
for all members alike until the pooled share is the one wanted (WOMEN_TARGET, DEPLOYED_TARGET), and answers of yes or no
are given to as many members as COUNTS says, in an order that is fixed for each question, so that a yes is seldom taken
back.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from math import isqrt
from pathlib import Path
from typing import Any

import yaml

from eirene.framework import asked, dimension_codes, load

SEED = "concordia-1"
HERE = Path(__file__).parent
PACK = HERE.parent / "src" / "eirene" / "packs" / "concordia"
CYCLES = ("2014", "2015", "2016", "2017")
SEXES = ("women", "men")
T = "_T"

#: Pooled share of women to reach, in units of 1/10,000 a little above the rounded figure: 10.9 % is 1090.
WOMEN_TARGET = {"2014": 1031, "2015": 1081, "2016": 1091, "2017": 1111}
DEPLOYED_TARGET = {"2014": 591, "2015": 641, "2016": 681, "2017": 701}

#: Members that answer (yes, no data, withheld) in 2014 to 2017; all others that the question reaches say no.
COUNTS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "policies_or_laws": ((8, 0, 0), (10, 0, 0), (11, 0, 0), (12, 0, 0)),
    "all_positions_open": ((19, 0, 0), (22, 0, 0), (26, 0, 0), (27, 0, 0)),
    "harassment_prevention": ((18, 0, 0), (20, 0, 0), (22, 0, 0), (23, 0, 0)),
    "trained_gender_advisers": ((16, 0, 0), (17, 0, 0), (20, 0, 0), (21, 0, 0)),
    "gender_focal_points": ((0, 0, 0), (0, 0, 0), (11, 1, 0), (12, 1, 0)),
    "same_enlistment_requirements": ((15, 0, 0), (17, 0, 0), (19, 0, 0), (20, 0, 0)),
    "gender_in_predeployment_training": ((14, 0, 0), (15, 0, 0), (19, 0, 0), (20, 0, 0)),
    "gender_in_operational_planning": ((8, 0, 0), (10, 0, 0), (16, 0, 0), (17, 0, 0)),
    "support_dual_service_parents": ((0, 0, 0), (13, 1, 0), (18, 0, 0), (19, 0, 0)),
    "support_single_parents": ((0, 0, 0), (17, 0, 0), (18, 1, 0), (19, 1, 0)),
    "nap_1325": ((18, 0, 0), (20, 0, 0), (22, 0, 0), (23, 0, 0)),
    "harassment_procedure": ((19, 0, 0), (20, 0, 0), (22, 0, 0), (23, 0, 0)),
    "crsv_provisions": ((9, 2, 1), (11, 1, 1), (14, 1, 1), (15, 1, 1)),
    "sea_provisions": ((15, 1, 0), (17, 1, 0), (20, 1, 0), (21, 1, 0)),
}
#: Questions in which the order of those that come to yes is told rather than drawn; the last comes to it last.
ORDER = {
    "policies_or_laws": ["DOR", "FKM", "ALM", "WST", "CAS", "ARV", "ULM", "RVL", "HLV", "LRN", "NVL"],
}
#: Answers that some bodies do not release further: question → (audience, members, partners). Never one alone.
RESTRICTED: dict[str, tuple[tuple[str, int, int], ...]] = {
    "harassment_prevention": (("members", 3, 2),),
    "harassment_procedure": (("partners", 3, 2),),
    "gender_focal_points": (("partners", 3, 2),),
    "harassment_reports": (("members", 14, 4), ("office", 3, 2)),
    "deployed": (("members", 4, 3),),
    "deployed_person_tours": (("members", 6, 3), ("office", 2, 2)),
    "predeployment_required": (("members", 4, 2),),
    "predeployment_trained": (("members", 4, 2),),
    "leavers": (("members", 4, 3),),
    "combat_roles": (("members", 3, 2),),
    "retention_policies": (("partners", 3, 2),),
    "recommendations_latest": (("members", 5, 3),),
    "recommendations_earlier": (("members", 5, 3),),
}
#: Number questions that a body answers with a reason instead: (question, body, cycles, status).
GAPS = (
    ("applicants", "KST", CYCLES, "no_data"),
    ("leavers", "BNL", CYCLES, "no_data"),
    ("leavers", "ODR", CYCLES, "withheld"),
    ("first_term_entered", "TVN", CYCLES, "no_data"),
    ("first_term_retained", "TVN", CYCLES, "no_data"),
    ("five_year_entered", "GDV", CYCLES, "no_data"),
    ("five_year_retained", "GDV", CYCLES, "no_data"),
    ("five_year_entered", "QRN", CYCLES, "no_data"),
    ("five_year_retained", "QRN", CYCLES, "no_data"),
    ("promotion_eligible", "MRZ", CYCLES, "no_data"),
    ("promoted", "MRZ", CYCLES, "no_data"),
    ("personnel_by_service", "LTM", CYCLES, "no_data"),
    ("officers_by_rank", "KST", CYCLES, "no_data"),
    ("other_ranks_by_rank", "KST", CYCLES, "no_data"),
    ("deployed", "TVN", CYCLES, "withheld"),
    ("deployed_person_tours", "TVN", CYCLES, "withheld"),
    ("deployed_person_tours", "HLV", CYCLES, "no_data"),
    ("deployed", "VDN", CYCLES, "withheld"),
    ("combat_roles", "PLR", CYCLES, "no_data"),
    ("unit_command", "JRL", ("2014", "2015"), "no_data"),
    ("harassment_reports", "TVN", CYCLES, "withheld"),
    ("harassment_reports", "QRN", CYCLES, "no_data"),
    ("harassment_reports", "KRN", CYCLES, "withheld"),
    ("gender_adviser_posts", "ULM", CYCLES, "no_data"),
    ("parental_leave_taken", "BMA", ("2015",), "no_data"),
    ("average_age", "SMK", CYCLES, "no_data"),
    ("gender_training_completed", "ELN", CYCLES, "no_data"),
    ("predeployment_required", "IST", CYCLES, "no_data"),
    ("predeployment_trained", "IST", CYCLES, "no_data"),
    ("reserves", "VDR", CYCLES, "no_data"),
    ("women_share_declared", "HLV", CYCLES, "no_data"),
)
#: Given as a total, its break-down by sex not known: (question, bodies).
TOTAL_ONLY = {"applicants": ("CAS", "MRZ", "FIO"), "deployed": ("IST", "DNM"), "reserves": ("BNL", "ULM")}

CATEGORIES = ("officers", "warrant_officers", "other_ranks", "conscripts", "cadets")
#: Women in a service or category, relative to the nation's share, in per cent of it.
SERVICE_WOMEN = {"army": 85, "navy": 105, "air_force": 120, "marines": 55, "gendarmerie": 110, "coast_guard": 115,
                 "medical": 330, "joint": 135, "space_cyber": 140, "other": 120}  # fmt: skip
CATEGORY_WOMEN = {"officers": 112, "warrant_officers": 60, "other_ranks": 98, "conscripts": 30, "cadets": 150}
OFFICER_RANKS = ("OF-10", "OF-9", "OF-8", "OF-7", "OF-6", "OF-5", "OF-4", "OF-3", "OF-2", "OF-1")
OFFICER_WEIGHTS = {
    "women": (0, 1, 4, 14, 45, 350, 1300, 2100, 3300, 3600),
    "men": (0, 3, 16, 48, 130, 800, 1900, 2400, 2500, 2300),
}
OTHER_RANKS = ("OR-9", "OR-8", "OR-7", "OR-6", "OR-5", "OR-4", "OR-3", "OR-2", "OR-1")
OTHER_WEIGHTS = {"women": (2, 5, 11, 15, 17, 20, 15, 9, 6), "men": (5, 8, 14, 16, 16, 17, 12, 7, 5)}
WARRANT_RANKS = ("WO-5", "WO-4", "WO-3", "WO-2", "WO-1")
BAND = {**dict.fromkeys(OFFICER_RANKS[:5], "OF-6+"), **dict.fromkeys(OFFICER_RANKS[5:8], "OF-3-5"),
        **dict.fromkeys(OFFICER_RANKS[8:], "OF-1-2"), **dict.fromkeys(WARRANT_RANKS, "WO"),
        **dict.fromkeys(OTHER_RANKS[:5], "OR-5-9"), **dict.fromkeys(OTHER_RANKS[5:], "OR-1-4")}  # fmt: skip
PROMOTION_BANDS = ("OF-6+", "OF-3-5", "OF-1-2", "WO", "OR-5-9", "OR-1-4")
LEADS = ("nato", "eu", "un", "coalition", "national")

Key = tuple[str, ...]
#: Value of each cell that has no parts; None: the group does not exist (not applicable).
Leaves = dict[Key, int | None]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """What is settled about a nation once for all cycles. `women` in 1/10,000, `deployed` in 1/10,000 of strength."""

    code: str
    kind: str
    strength: int
    growth: int
    women: int
    services: Mapping[str, int]
    warrant: int
    conscripts: int
    cadets: int
    gendarmerie: str
    style: str
    deployed: int
    reports: tuple[str, ...]

    @property
    def forces(self) -> bool:
        return self.strength > 0

    def cadets_counted(self, cycle: str) -> bool:
        """Galdova counts its cadets only since 2016: the definition that changes."""
        return self.code != "GDV" or cycle >= "2016"


@dataclass(frozen=True)
class Nation:
    """A nation in one cycle: its numbers before any question is asked. Keys: service, category, sex."""

    profile: Profile
    cycle: str
    base: Leaves
    before: int | None
    deployed_scale: int = 10_000
    answers: dict[str, Answer] = field(default_factory=dict)

    def rng(self, *what: str) -> random.Random:
        """Draws that stay the same over the cycles."""
        return draws(self.profile.code, *what)

    def yearly(self, *what: str) -> random.Random:
        """Draws of this cycle alone."""
        return draws(self.profile.code, self.cycle, *what)

    def count(self, *categories: str, sex: str | None = None) -> int:
        wanted = categories or CATEGORIES
        return sum(v or 0 for (_, c, s), v in self.base.items() if c in wanted and sex in (None, s))


def draws(*what: str) -> random.Random:
    return random.Random(":".join((SEED, *what)))


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """`total` shared out in whole numbers by weight; the largest remainders get what is left over."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def near(value: int, percent: int, rng: random.Random) -> int:
    """About `value`: up to `percent` per cent more or less."""
    return value * (1000 + rng.randint(-10 * percent, 10 * percent)) // 1000


# --- the numbers of a nation ----------------------------------------------------------------------------------------


def strength(p: Profile, cycle: str) -> int:
    years = int(cycle) - 2016
    drift = 10_000 + p.growth * years + draws(p.code, cycle, "strength").randint(-25, 25)
    return p.strength * drift // 10_000


def base(p: Profile, cycle: str, scale: int) -> Leaves:
    """Persons by service, category and sex; women in proportion to `scale` (10,000: as the profile says)."""
    found: Leaves = {}
    names = list(p.services)
    for service, total in zip(names, shared(strength(p, cycle), list(p.services.values())), strict=True):
        officers = near(17, 12, draws(p.code, service, "officers"))
        conscripts = p.conscripts if service not in ("medical", "joint", "space_cyber") else 0
        cadets = p.cadets if p.cadets_counted(cycle) else 0
        weights = [officers, p.warrant, 100 - officers - p.warrant - conscripts - cadets, conscripts, cadets]
        exists = [True, p.warrant > 0, True, p.conscripts > 0, cadets > 0]
        for category, n, there in zip(CATEGORIES, shared(total, weights), exists, strict=True):
            bent = near(100, 9, draws(p.code, service, category, "women"))
            part = p.women * SERVICE_WOMEN[service] * CATEGORY_WOMEN[category] * bent * scale
            women = min(n * part // 10**14, n * 6 // 10)
            found[service, category, "women"] = women if there else None
            found[service, category, "men"] = n - women if there else None
    return found


def pooled(nations: Iterable[Leaves]) -> tuple[int, int]:
    women = persons = 0
    for leaves in nations:
        women += sum(v or 0 for k, v in leaves.items() if k[-1] == "women")
        persons += sum(v or 0 for v in leaves.values())
    return women, persons


def least_scale(reaches: Callable[[int], bool]) -> int:
    """The least scale from 1,000 to 60,000 at which `reaches` holds; it holds for all larger ones."""
    low, high = 1_000, 60_000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return low


def members(cycle: str, profiles: Iterable[Profile]) -> list[Profile]:
    """Members on the reference date: Abrenne left, and Valdoria joined, between the cycles 2014 and 2015."""
    inside = {"ABR": cycle == "2014", "VDR": cycle != "2014"}
    return [p for p in profiles if inside.get(p.code, p.kind == "member")]


def women_scale(cycle: str, profiles: Sequence[Profile]) -> int:
    given = [p for p in members(cycle, profiles) if p.forces and cycle in p.reports and p.style != "no_sex"]

    def reaches(scale: int) -> bool:
        women, persons = pooled(base(p, cycle, scale) for p in given)
        return women * 10_000 >= persons * WOMEN_TARGET[cycle]

    return least_scale(reaches)


def deployed(n: Nation, scale: int) -> Leaves:
    """Persons deployed by lead and sex; Falkmark brings a contingent home in 2016."""
    p = n.profile
    total = near(p.strength * p.deployed // 10_000, 12, n.yearly("deployed"))
    if p.code == "FKM" and n.cycle >= "2016":
        total = total * 3 // 10
    parts = n.rng("leads")
    weights = [parts.randint(*span) for span in ((30, 60), (0, 18), (8, 25), (0, 20), (0, 6))]
    found: Leaves = {}
    for lead, persons in zip(LEADS, shared(total, weights), strict=True):
        share = p.women * near(64, 12, n.rng("deployed", lead)) * scale
        women = min(persons * share // 10**10, persons // 2)
        found[lead, "women"], found[lead, "men"] = women, persons - women
    return found


def gap(question: str, n: Nation) -> str | None:
    for name, body, cycles, status in GAPS:
        if (name, body) == (question, n.profile.code) and n.cycle in cycles:
            return status
    return None


def sex_known(question: str, n: Nation) -> bool:
    return n.profile.style != "no_sex" and n.profile.code not in TOTAL_ONLY.get(question, ())


def deployed_scale(cycle: str, nations: Sequence[Nation]) -> int:
    given = [n for n in nations if n.profile.forces and gap("deployed", n) is None and sex_known("deployed", n)]

    def reaches(scale: int) -> bool:
        women, persons = pooled(deployed(n, scale) for n in given)
        return women * 10_000 >= persons * DEPLOYED_TARGET[cycle]

    return least_scale(reaches)


# --- answers --------------------------------------------------------------------------------------------------------


@cache
def shape(cycle: str, question: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Dimensions of a matrix with their codes, the total last where it is asked."""
    pack = load(PACK)
    q = asked(pack, cycle).questions[question].question
    return tuple(
        (name, (*dimension_codes(pack, q, name), *((T,) if d.total else ()))) for name, d in q.dimensions.items()
    )


def matrix(n: Nation, question: str, leaves: Leaves, *, keep: Callable[[Key], bool] = lambda key: True) -> Answer:
    """All cells of a matrix, bands and totals added up. Cells that `keep` refuses are left blank: not known."""
    dimensions = shape(n.cycle, question)
    sums: dict[Key, int | None] = {}
    for key, value in leaves.items():
        for target in _targets(key):
            held = sums.get(target)
            sums[target] = held if value is None else (held or 0) + value
    by_sex = sex_known(question, n)
    cells = []
    for key in _keys([codes for _, codes in dimensions]):
        cell: dict[str, Any] = dict(zip((name for name, _ in dimensions), key, strict=True))
        if not keep(key) or (not by_sex and cell.get("sex", T) != T):
            continue
        value = sums.get(key)
        cells.append({**cell, **({"status": "not_applicable"} if value is None else {"value": value})})
    return {"status": "answered", "cells": cells}


def _targets(key: Key) -> list[Key]:
    """The cell itself, and every band and total that it is part of."""
    found: list[Key] = [()]
    for code in key:
        wider = (code, BAND[code], T) if code in BAND else (code, T)
        found = [(*start, c) for start in found for c in wider]
    return found


def _keys(codes: Sequence[Sequence[str]]) -> list[Key]:
    found: list[Key] = [()]
    for axis in codes:
        found = [(*start, code) for start in found for code in axis]
    return found


def by_sex(women: int, men: int) -> Leaves:
    return {("women",): women, ("men",): men}


def personnel(n: Nation) -> Answer:
    leaves: Leaves = {}
    for (service, _, sex), value in n.base.items():
        leaves[service, sex] = (leaves.get((service, sex)) or 0) + (value or 0)
    # Lothmar knows its women and men, but not in which services they serve.
    crossed = n.profile.style != "no_services"
    answer = matrix(n, "personnel", leaves, keep=lambda key: crossed or key[0] == T)
    answer["definition"] = definition(n)
    return answer


def definition(n: Nation) -> dict[str, Any]:
    p = n.profile
    categories = {
        "conscripts": "included" if p.conscripts else "none",
        "cadets": "included" if p.cadets_counted(n.cycle) else "excluded",
        "mobilised_reserve": "apart" if p.code in ("CLV", "ELN") else "excluded",
        "gendarmerie": "included" if p.gendarmerie == "yes" else "none",
        "coast_guard": "included" if "coast_guard" in p.services else "none",
        "long_leave": "excluded" if p.code == "CAS" else "included",
        "seconded": "included",
    }
    # Halvia counts full-time equivalents: the definition that differs.
    basis = "fte" if p.code == "HLV" else "headcount"
    return {"categories": categories, "fields": {"basis": basis, "date": f"{n.cycle}-12-31"}}


def women_share_declared(n: Nation) -> Answer:
    if not sex_known("women_share_declared", n):
        return reason("no_data", n, "women_share_declared")
    sums: dict[str, list[int]] = {}
    for (service, _, sex), value in n.base.items():
        for name in (service, T):
            pair = sums.setdefault(name, [0, 0])
            pair[0] += (value or 0) if sex == "women" else 0
            pair[1] += value or 0
    if (n.profile.code, n.cycle) == ("ETV", "2016"):
        sums[T][0] += sums[T][1] * 7 // 1000
    cells: list[dict[str, Any]] = []
    for service in shape(n.cycle, "women_share_declared")[0][1]:
        if service not in sums:
            cells.append({"service": service, "status": "not_applicable"})
        elif service == T or n.profile.style != "no_services":
            women, persons = sums[service]
            cells.append({"service": service, "value": Decimal(women * 1000 // max(persons, 1)) / 10})
    return {"status": "answered", "cells": cells}


def ranks(n: Nation, question: str) -> Answer:
    """Officers, or other ranks, over the ranks; some nations know the bands only."""
    if n.profile.style == "no_ranks":
        return reason("no_data", n, question)
    leaves: Leaves = {}
    for sex in SEXES:
        if question == "officers_by_rank":
            spread(leaves, OFFICER_RANKS, OFFICER_WEIGHTS[sex], n.count("officers", sex=sex), sex)
            leaves["OF-D", sex] = n.count("cadets", sex=sex) if n.profile.cadets_counted(n.cycle) else None
            if not n.profile.cadets:
                leaves["OF-D", sex] = None
        else:
            spread(leaves, OTHER_RANKS, OTHER_WEIGHTS[sex], n.count("other_ranks", "conscripts", sex=sex), sex)
            if n.profile.warrant:
                spread(leaves, WARRANT_RANKS, (2, 8, 20, 40, 60), n.count("warrant_officers", sex=sex), sex)
    bands = set(BAND.values()) | {"OF-D", T}
    return matrix(n, question, leaves, keep=lambda key: n.profile.style == "rank" or key[0] in bands)


def spread(leaves: Leaves, codes: Sequence[str], weights: Sequence[int], total: int, sex: str) -> None:
    for code, value in zip(codes, shared(total, weights), strict=True):
        leaves[code, sex] = value


def band_strength(n: Nation, band: str, sex: str) -> int:
    if band == "WO":
        return n.count("warrant_officers", sex=sex)
    officers = band.startswith("OF")
    codes, weights = (OFFICER_RANKS, OFFICER_WEIGHTS) if officers else (OTHER_RANKS, OTHER_WEIGHTS)
    total = n.count("officers", sex=sex) if officers else n.count("other_ranks", "conscripts", sex=sex)
    return sum(v for c, v in zip(codes, shared(total, weights[sex]), strict=True) if BAND[c] == band)


def part_of(whole: int, percent: int, rng: random.Random, bent: int = 12) -> int:
    return min(whole, near(whole * percent // 100, bent, rng))


def combat_roles(n: Nation) -> Leaves:
    found: Leaves = {}
    for sex, rates in (("women", (8, 24)), ("men", (38, 55))):
        serving = n.count("officers", "warrant_officers", "other_ranks", sex=sex)
        found[sex,] = part_of(serving, n.rng("combat", sex).randint(*rates), n.yearly("combat", sex), 3)
    return found


def unit_command(n: Nation) -> Leaves:
    rates = {"women": (4, 9), "men": (7, 12)}
    return {
        (sex,): band_strength(n, "OF-3-5", sex) * n.rng("command", sex).randint(*rates[sex]) // 100 for sex in SEXES
    }


def recruits(n: Nation) -> Leaves:
    rate = n.rng("recruits").randint(62, 98)
    total = near(n.count() * rate // 1000, 6, n.yearly("recruits"))
    women = total * n.count(sex="women") * near(118, 8, n.rng("recruits", "women")) // (100 * max(n.count(), 1))
    return by_sex(women, total - women)


def applicants(n: Nation) -> Leaves:
    found = recruits(n)
    slow = n.rng("applicants")
    ask, men = slow.randint(240, 410), slow.randint(230, 400)
    return by_sex(
        near((found["women",] or 0) * ask // 100, 5, n.yearly("applicants", "w")),
        near((found["men",] or 0) * men // 100, 5, n.yearly("applicants", "m")),
    )


def leavers(n: Nation) -> Leaves:
    """As many as make strength, recruits and the strength before fit together."""
    entered = sum(v or 0 for v in recruits(n).values())
    before = n.before if n.before is not None else n.count()
    total = max(entered + before - n.count(), n.count() // 50)
    women = total * n.count(sex="women") * near(104, 9, n.rng("leavers")) // (100 * max(n.count(), 1))
    reasons = dict(shape(n.cycle, "leavers"))["leaving_reason"][:-1]
    weights = {"women": (14, 30, 24, 12, 9, 3, 8), "men": (25, 32, 20, 4, 7, 6, 6)}
    found: Leaves = {}
    for sex, persons in (("women", women), ("men", total - women)):
        bent = [near(10 * w, 15, n.yearly("leavers", sex, str(i))) for i, w in enumerate(weights[sex])]
        spread(found, reasons, bent, persons, sex)
    return found


def kept(n: Nation, name: str, part: str) -> Leaves:
    """Those who entered a while ago (`part` entered), and who of them still serve (retained)."""
    taken = recruits(n)
    slow = n.rng(name)
    rates = {"first_term": (58, 74), "five_year": (36, 55)}[name]
    rate = {"men": slow.randint(*rates)}
    rate["women"] = rate["men"] - slow.randint(-4, 11)
    found: Leaves = {}
    for sex in SEXES:
        entered = near((taken[sex,] or 0) * 94 // 100, 5, n.yearly(name, sex))
        found[sex,] = entered if part == "entered" else part_of(entered, rate[sex], n.yearly(name, sex, "kept"), 3)
    return found


def promotion(n: Nation, part: str) -> Leaves:
    found: Leaves = {}
    for band in PROMOTION_BANDS:
        slow = n.rng("promotion", band)
        ready, chosen = slow.randint(9, 17), slow.randint(24, 46)
        for sex in SEXES:
            if band == "WO" and not n.profile.warrant:
                found[band, sex] = None
                continue
            eligible = band_strength(n, band, sex) * ready // 100
            rate = chosen - (slow.randint(-3, 6) if sex == "women" else 0)
            yearly = n.yearly("promotion", band, sex)
            found[band, sex] = eligible if part == "eligible" else part_of(eligible, rate, yearly, 4)
    return found


def reserves(n: Nation) -> Leaves:
    slow = n.rng("reserves")
    total = n.profile.strength * slow.randint(12, 55) // 100
    if n.profile.code != "LTM":
        total = near(total, 3, n.yearly("reserves"))
    women = total * n.profile.women * slow.randint(70, 120) // 1_000_000
    return by_sex(women, total - women)


def parental_leave_taken(n: Nation) -> Leaves:
    slow = n.rng("parental")
    women = part_of(n.count(sex="women"), slow.randint(4, 8), n.yearly("parental", "w"))
    return by_sex(women, n.count(sex="men") * slow.randint(4, 26) // 1000)


def advisers(n: Nation) -> Leaves:
    """Military and civilian gender advisers; numbers grow a little from cycle to cycle."""
    slow = n.rng("advisers")
    scale = 2 + isqrt(n.profile.strength) // 26
    total = max(1, scale * slow.randint(70, 150) // 100) + (int(n.cycle) - 2014) * slow.randint(0, 2)
    civilian = total * slow.randint(5, 25) // 100
    found: Leaves = {}
    for kind, persons in (("military", total - civilian), ("civilian", civilian)):
        women = persons * slow.randint(52, 75) // 100
        found[kind, "women"], found[kind, "men"] = women, persons - women
    return found


def focal_points(n: Nation) -> Leaves:
    slow = n.rng("focal")
    total = 4 + isqrt(n.profile.strength) // 5 * slow.randint(50, 140) // 100
    civilian = total * slow.randint(4, 18) // 100
    found: Leaves = {}
    for kind, persons in (("military", total - civilian), ("civilian", civilian)):
        women = persons * slow.randint(48, 70) // 100
        found[kind, "women"], found[kind, "men"] = women, persons - women
    return found


def adviser_posts(n: Nation) -> Answer:
    has = n.answers["trained_gender_advisers"].get("value") == "yes"
    slow = n.rng("posts")
    states = dict(shape(n.cycle, "gender_adviser_posts"))["adviser_post_state"]
    found: dict[str, dict[str, int]] = {}
    for level, most in (("strategic", 3), ("operational", 4), ("tactical", 6)):
        grow = isqrt(n.profile.strength) // 90
        established = slow.randint(0, most) + grow if has else slow.randint(0, 1)
        filled = slow.randint(established * 5 // 10, established)
        trained = slow.randint(0, filled) if has else 0
        found[level] = dict(zip(states, (established, filled, trained, slow.randint(0, established)), strict=True))
    found[T] = {state: sum(line[state] for line in found.values()) for state in states}
    cells = [
        {"adviser_level": level, "adviser_post_state": state, "value": line[state]}
        for level, line in found.items()
        for state in states
    ]
    return {"status": "answered", "cells": cells}


def harassment_reports(n: Nation) -> Answer:
    slow, yearly = n.rng("reports"), n.yearly("reports")
    reported = near(2 + isqrt(n.profile.strength) // slow.randint(7, 15), 20, yearly)
    substantiated, closed = reported * yearly.randint(25, 55) // 100, reported * yearly.randint(60, 95) // 100
    if (n.profile.code, n.cycle) == ("IST", "2016"):
        reported, substantiated, closed = 5, 7, 8
    stages = zip(("reported", "substantiated", "closed"), (reported, substantiated, closed), strict=True)
    return {"status": "answered", "cells": [{"case_stage": stage, "value": value} for stage, value in stages]}


def person_tours(n: Nation) -> Leaves:
    turnover = n.rng("tours").randint(170, 230)
    return {key: (v or 0) * turnover // 100 for key, v in deployed(n, n.deployed_scale).items()}


def advisers_deployed(n: Nation) -> Leaves:
    trained = n.answers.get("gender_advisers", {}).get("cells", [])
    there = deployed(n, n.deployed_scale)
    found: Leaves = {(lead, sex): 0 for lead in LEADS for sex in SEXES}
    for sex in SEXES:
        left = next((c["value"] for c in trained if (c["adviser_kind"], c["sex"]) == ("military", sex)), 0)
        slow = n.rng("advisers_deployed", sex)
        for lead, most in (("nato", left * slow.randint(0, 24) // 100), ("un", slow.randint(0, 1))):
            found[lead, sex] = min(most, left, there[lead, sex] or 0)
            left -= found[lead, sex] or 0
    return found


def predeployment(n: Nation, part: str) -> Leaves:
    tours = person_tours(n)
    teaches = n.answers["gender_in_predeployment_training"].get("value") == "yes"
    covered = n.rng("predeployment").randint(82, 100) if teaches else 0
    found: Leaves = {}
    for sex in SEXES:
        required = sum(v or 0 for k, v in tours.items() if k[-1] == sex)
        trained = part_of(required, covered, n.yearly("predeployment", sex), 2)
        found[sex,] = required if part == "required" else trained
    return found


def training_completed(n: Nation) -> Leaves:
    levels = dict(shape(n.cycle, "gender_training_completed"))["course_level"][:-1]
    slow = n.rng("training")
    rates = {"initial": slow.randint(20, 85), "career": slow.randint(4, 16), "command": slow.randint(1, 5),
             "specialist": 1, "other": slow.randint(0, 12)}  # fmt: skip
    found: Leaves = {}
    for level in levels:
        for sex in SEXES:
            of = (recruits(n)[sex,] or 0) if level == "initial" else n.count(sex=sex)
            found[level, sex] = of * rates[level] // (1000 if level in ("command", "specialist") else 100)
    return found


def average_age(n: Nation) -> Answer:
    slow = n.rng("age")
    men = slow.randint(318, 352) + n.yearly("age", "m").randint(-2, 3)
    women = men - slow.randint(-2, 26) + n.yearly("age", "w").randint(-2, 3)
    cells = [{"sex": "women", "value": Decimal(women) / 10}, {"sex": "men", "value": Decimal(men) / 10}]
    return {"status": "answered", "cells": cells}


def leave(n: Nation, question: str) -> Answer:
    """Weeks and pay, fixed by rules: they change only where a justification says so."""
    slow = n.rng("leave")
    weeks = {"maternity": slow.randint(14, 26), "paternity": slow.randint(1, 4), "parental": 13 * slow.randint(2, 6)}
    pay = {"maternity": min(100, 80 + 10 * slow.randint(0, 3)), "paternity": 80 + 20 * slow.randint(0, 1)}
    if n.profile.code == "NVL":
        weeks["maternity"] = 22 if n.cycle >= "2016" else 18
    kind, _, what = question.partition("_leave_")
    return {"status": "answered", "value": weeks[kind] if what == "weeks" else pay[kind]}


# --- words ----------------------------------------------------------------------------------------------------------


@cache
def words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "concordia_texts.yaml").read_text(encoding="utf-8"))
    return loaded


def french(n: Nation) -> int:
    """Rows and titles are written in one language: 1 where the nation writes French, else 0."""
    return 1 if n.profile.code in ("ARV", "RVL", "LRN", "MRD", "ABR", "ILV") else 0


def reason(status: str, n: Nation, question: str) -> Answer:
    choices = words()["reasons"][status]
    return {"status": status, "reason": choices[n.rng(question, status).randrange(len(choices))]}


def text_answer(n: Nation, question: str) -> Answer:
    choices = words()["texts"][question]
    moves = int(n.cycle) - 2014 if n.rng(question, "moves").randint(0, 2) else 0
    return {"status": "answered", "value": choices[(n.rng(question).randrange(len(choices)) + moves) % len(choices)]}


def address(n: Nation, name: str) -> str:
    return f"https://defence.{n.profile.code.lower()}.example/{name}"


POLICY_YEARS = {"ALM": ("law", 2009), "ARV": ("order", 2014), "CAS": ("order", 2012), "DOR": ("law", 2011),
                "FKM": ("law", 2007), "HLV": ("ministerial_policy", 2015), "LRN": ("ministerial_policy", 2015),
                "NVL": ("law", 2016), "RVL": ("law", 2013), "ULM": ("ministerial_policy", 2013),
                "WST": ("order", 2010)}  # fmt: skip


def particulars(n: Nation, question: str) -> list[dict[str, str]]:
    """Title, date and link of what a yes rests on; the same in every cycle."""
    slow = n.rng(question, "particulars")
    if question == "nap_1325":
        year = slow.randint(2011, 2013)
        title = f"{words()['nap_title'][french(n)]}, {year}–{year + 5}"
        return [{"title": title, "date": f"{year}-{slow.randint(1, 12):02}-08", "link": address(n, "nap")}]
    kinds = ("law", "ministerial_policy", "order", "plan")
    kind, year = POLICY_YEARS.get(n.profile.code) or (kinds[slow.randrange(4)], slow.randint(2006, 2014))
    titles = words()["policy_titles"][kind]
    day = "12-14" if n.profile.code == "NVL" else f"{slow.randint(1, 11):02}-{slow.randint(1, 27):02}"
    title = titles[slow.randrange(len(titles))][french(n)]
    return [{"kind": kind, "title": title, "date": f"{year}-{day}", "link": address(n, kind.replace("_", "-"))}]


def closed_positions(n: Nation) -> Answer:
    navy = "navy" in n.profile.services
    bank = [row for i, row in enumerate(words()["closed_positions"]) if navy or i > 1]
    first = n.rng("closed").randrange(len(bank))
    lang = french(n)
    service = {0: "navy", 1: "navy", 2: "joint", 3: "army"}
    rows = []
    for row in (bank[first], bank[(first + 1) % len(bank)])[: 1 + (n.cycle == "2014")]:
        index = words()["closed_positions"].index(row)
        rows.append({"position": row[lang], "service": service[index], "reason": row[2 + lang], "until": "2017-12-31"})
    return {"status": "answered", "rows": rows}


def recommendations(n: Nation, question: str) -> Answer:
    bank, lang, rng = words()["recommendations"], french(n), n.yearly(question)
    first = (int(n.cycle) - 2014) * 2 + (0 if question.endswith("latest") else 4)
    rows = []
    for index in range(first, first + 2 + rng.randint(0, 1)):
        row = bank[index % len(bank)]
        status = ("done", "under_way", "under_way", "planned", "not_planned")[rng.randrange(5)]
        acted = {"action": row[2 + lang]} if status in ("done", "under_way") else {}
        rows.append({"recommendation": row[lang], "status": status, **acted})
    return {"status": "answered", "rows": rows}


def gender_education(n: Nation) -> Answer:
    lang, rng = french(n), n.rng("courses")
    rows = [
        {"course": row[lang], "level": row[2], "hours": row[3] + rng.randint(0, 2), "mandatory": row[4]}
        for row in words()["courses"]
        if row[2] in ("initial", "career") or rng.randint(0, 1)
    ]
    return {"status": "answered", "rows": rows}


def work_life_measures(n: Nation) -> Answer:
    odds = {"flexible_hours": 80, "part_time": 60, "telework": 35, "childcare": 45, "job_sharing": 15,
            "joint_postings": 50, "career_break": 55, "family_centre": 40}  # fmt: skip
    rng = n.rng("measures")
    chosen = [measure for measure, odd in odds.items() if rng.randint(1, 100) <= odd]
    return {"status": "answered", "value": chosen or ["flexible_hours"]}


# --- yes or no ------------------------------------------------------------------------------------------------------


def ranked(question: str, codes: Iterable[str]) -> list[str]:
    """Bodies in the order in which they come to yes: told first, then drawn."""
    told = ORDER.get(question, [])
    drawn = sorted(set(codes) - set(told), key=lambda c: draws(question, "order", c).getrandbits(32))
    return [c for c in told if c in set(codes)] + drawn


def standing(question: str, cycle: str, nations: Sequence[Nation]) -> dict[str, str]:
    """The answer (yes, no, no_data, withheld) of every nation that the question reaches."""
    inside = {p.code for p in members(cycle, [n.profile for n in nations])}
    everyone = [n.profile.code for n in nations if n.profile.forces or question == "nap_1325"]
    yes, no_data, withheld = COUNTS[question][CYCLES.index(cycle)]
    order = ranked(question, [c for c in everyone if c in inside])
    found = {c: "yes" if i < yes else "no" for i, c in enumerate(order)}
    silent = ["no_data"] * no_data + ["withheld"] * withheld
    found.update(zip(reversed(order), silent, strict=False))
    outside = ranked(question, [c for c in everyone if c not in inside])
    # Partners say yes a little less often than members do.
    some = len(outside) * yes * 9 // (len(order) * 10)
    return {**found, **{c: "yes" if i < some else "no" for i, c in enumerate(outside)}}


def follow_up(n: Nation, question: str) -> str:
    """Questions on the plan that only those with one are asked."""
    odds = {"nap_covers_forces": 92, "nap_budget": 40}[question]
    if question == "nap_budget" and n.profile.code in ("CAS", "GDV"):
        return "no_data"
    return "yes" if n.rng(question).randint(1, 100) <= odds else "no"


def yes_no(n: Nation, question: str, value: str) -> Answer:
    if value in ("no_data", "withheld"):
        return reason(value, n, question)
    answer: Answer = {"status": "answered", "value": value}
    if value == "yes" and question in ("policies_or_laws", "nap_1325"):
        answer["particulars"] = particulars(n, question)
    return answer


# --- a report -------------------------------------------------------------------------------------------------------

MATRICES: dict[str, Callable[[Nation], Leaves]] = {
    "combat_roles": combat_roles,
    "unit_command": unit_command,
    "applicants": applicants,
    "recruits": recruits,
    "leavers": leavers,
    "first_term_entered": lambda n: kept(n, "first_term", "entered"),
    "first_term_retained": lambda n: kept(n, "first_term", "retained"),
    "five_year_entered": lambda n: kept(n, "five_year", "entered"),
    "five_year_retained": lambda n: kept(n, "five_year", "retained"),
    "promotion_eligible": lambda n: promotion(n, "eligible"),
    "promoted": lambda n: promotion(n, "promoted"),
    "reserves": reserves,
    "parental_leave_taken": parental_leave_taken,
    "personnel_by_service": lambda n: dict(n.base),
    "gender_advisers": advisers,
    "focal_points": focal_points,
    "deployed": lambda n: deployed(n, n.deployed_scale),
    "deployed_person_tours": person_tours,
    "gender_advisers_deployed": advisers_deployed,
    "predeployment_required": lambda n: predeployment(n, "required"),
    "predeployment_trained": lambda n: predeployment(n, "trained"),
    "gender_training_completed": training_completed,
}
OTHERS: dict[str, Callable[[Nation], Answer]] = {
    "personnel": personnel,
    "women_share_declared": women_share_declared,
    "officers_by_rank": lambda n: ranks(n, "officers_by_rank"),
    "other_ranks_by_rank": lambda n: ranks(n, "other_ranks_by_rank"),
    "gender_adviser_posts": adviser_posts,
    "harassment_reports": harassment_reports,
    "average_age": average_age,
    "closed_positions": closed_positions,
    "recommendations_latest": lambda n: recommendations(n, "recommendations_latest"),
    "recommendations_earlier": lambda n: recommendations(n, "recommendations_earlier"),
    "gender_education": gender_education,
    "work_life_measures": work_life_measures,
}
#: Asked only if another answer is so.
ASKED_IF = {"closed_positions": ("all_positions_open", "no"), "nap_covers_forces": ("nap_1325", "yes"),
            "nap_budget": ("nap_1325", "yes"), "gender_advisers": ("trained_gender_advisers", "yes"),
            "focal_points": ("gender_focal_points", "yes")}  # fmt: skip


def answer(n: Nation, question: str, yes: Mapping[str, Mapping[str, str]]) -> Answer:
    if (status := gap(question, n)) is not None:
        return reason(status, n, question)
    if question in yes:
        return yes_no(n, question, yes[question][n.profile.code])
    if question in ("nap_covers_forces", "nap_budget"):
        return yes_no(n, question, follow_up(n, question))
    if question in OTHERS:
        return OTHERS[question](n)
    if question in MATRICES:
        return matrix(n, question, MATRICES[question](n))
    if "_leave_" in question:
        return leave(n, question)
    return text_answer(n, question)


def reaches(n: Nation, question: str) -> bool:
    """Whether the question is put to the nation: to one without armed forces only those on the state's plan are."""
    if not n.profile.forces and question not in ("nap_1325", "nap_budget"):
        return False
    if question not in ASKED_IF:
        return True
    other, value = ASKED_IF[question]
    return n.answers[other].get("value") == value


#: Numbers that some nations release only to be counted; of all others each nation releases its own by name.
DISCREET = frozenset(("combat_roles", "unit_command", "deployed", "deployed_person_tours", "gender_advisers_deployed",
                      "promotion_eligible", "promoted", "reserves", "leavers"))  # fmt: skip


def released(n: Nation, question: str, hidden: Mapping[str, Mapping[str, str]]) -> Answer:
    """Releasability, where it is not the cycle's default, and whether the nation may be named."""
    extra: Answer = {}
    level = hidden.get(question, {}).get(n.profile.code)
    if level is not None:
        extra["releasability"] = level
    given = n.answers[question]
    if question == "harassment_reports":
        odds = 0
    elif question in DISCREET:
        odds = 84
    elif "cells" in given or question.endswith(("_weeks", "_pay")):
        odds = 100
    else:
        odds = {"yes": 66, "no": 28}.get(str(given.get("value")), 60)
    if given["status"] == "answered" and n.rng(question, "naming").randint(1, 100) <= odds:
        extra["naming"] = True
    return extra


def restrictions(profiles: Iterable[Profile]) -> dict[str, dict[str, str]]:
    """Question → body → audience. Drawn among bodies that report in every cycle, so that none is ever hidden alone."""
    steady = [p for p in profiles if set(CYCLES) <= set(p.reports) and p.forces and p.code not in ("ABR", "VDR")]
    found: dict[str, dict[str, str]] = {}
    for question, levels in RESTRICTED.items():
        for kind, column in (("member", 1), ("partner", 2)):
            pool = sorted(
                (p.code for p in steady if p.kind == kind), key=lambda c: draws(question, "hidden", c).getrandbits(32)
            )
            for entry in levels:
                taken = [pool.pop() for _ in range(min(int(entry[column]), len(pool)))]
                found.setdefault(question, {}).update(dict.fromkeys(taken, entry[0]))
    return found


def report(n: Nation, yes: Mapping[str, Mapping[str, str]], hidden: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    questionnaire = asked(load(PACK), n.cycle)
    justified = words()["justifications"].get(n.cycle, {}).get(n.profile.code, {})
    for question in questionnaire.questions:
        if not reaches(n, question):
            continue
        n.answers[question] = answer(n, question, yes)
        if "cells" in n.answers[question] and n.yearly(question, "comment").randint(1, 100) <= 8:
            comments = words()["comments"]
            n.answers[question]["comment"] = comments[n.yearly(question, "which").randrange(len(comments))]
        if question in justified:
            n.answers[question]["justification"] = justified[question]
        n.answers[question].update(released(n, question, hidden))
    return {
        "format": "eirene.report/1",
        "pack": "concordia",
        "questionnaire": questionnaire.id,
        "cycle": n.cycle,
        "body": n.profile.code,
        "answers": n.answers,
    }


def nations(cycle: str, profiles: Sequence[Profile]) -> list[Nation]:
    """All that report in the cycle, women scaled to the pooled shares wanted."""
    scale = women_scale(cycle, profiles)
    before = str(int(cycle) - 1) if cycle != CYCLES[0] else None
    found = [
        Nation(p, cycle, base(p, cycle, scale), strength(p, before) if before else None)
        for p in profiles
        if cycle in p.reports
    ]
    inside = {p.code for p in members(cycle, profiles)}
    away = deployed_scale(cycle, [n for n in found if n.profile.code in inside])
    return [Nation(n.profile, cycle, n.base, n.before, away) for n in found]


def read_profiles() -> list[Profile]:
    with (HERE / "concordia_profiles.csv").open(encoding="utf-8", newline="") as file:
        return [_profile(row) for row in csv.DictReader(file)]


def _profile(row: Mapping[str, str]) -> Profile:
    numbers = {k: int(row[k]) for k in ("strength", "growth", "women", "warrant", "conscripts", "cadets", "deployed")}
    services = {name: int(weight) for name, _, weight in (part.partition(":") for part in row["services"].split())}
    words_ = {k: row[k] for k in ("code", "kind", "gendarmerie", "style")}
    return Profile(services=services, reports=tuple(row["reports"].split()), **numbers, **words_)  # type: ignore[arg-type]


# --- files ----------------------------------------------------------------------------------------------------------


def as_json(value: Any) -> str:
    """Compact JSON; decimals as the numbers they are, never through a float."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{as_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(as_json(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def layout(data: Mapping[str, Any]) -> str:
    """One line for each answer, so that a change to one shows as a change to one."""
    head = "".join(f"{json.dumps(k)}:{as_json(v)},\n" for k, v in data.items() if k != "answers")
    lines = ",\n".join(f"{json.dumps(k)}:{as_json(v)}" for k, v in data["answers"].items())
    return "{" + head + '"answers":{\n' + lines + "\n}}\n"


def make() -> dict[str, bytes]:
    """Every report: path below the pack's folder → bytes."""
    profiles = read_profiles()
    hidden = restrictions(profiles)
    found: dict[str, bytes] = {}
    for cycle in CYCLES:
        present = nations(cycle, profiles)
        questions = asked(load(PACK), cycle).questions
        yes = {question: standing(question, cycle, present) for question in COUNTS if question in questions}
        for n in present:
            found[f"reports/{cycle}/{n.profile.code}.json"] = layout(report(n, yes, hidden)).encode()
    return found


def main(folder: Path = PACK) -> None:
    made = make()
    for old in sorted(folder.glob("reports/*/*.json")):
        if old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, data in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(made)} reports, {sum(map(len, made.values())):,} bytes")


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:2]))
