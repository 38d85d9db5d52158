"""Concordia: made by a script, whole, consistent, calibrated, and nobody real."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from eirene.figures import compute
from eirene.framework import Pack, load, population_bodies
from eirene.questionnaires import Finding, Report, check, parse_report

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "src" / "eirene" / "packs" / "concordia" / "reports"
CYCLES = ("2014", "2015", "2016", "2017")
# ISO 3166-1 alpha-3 codes that are assigned: no made-up nation may bear one.
ISO_CODES = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM
    BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR
    CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB
    GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA
    JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA
    MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
    NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS
    SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON
    TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split()  # noqa: SIM905 - a list of 249 lines reads worse
)


def concordia() -> Pack:
    return load("concordia")


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_concordia", ROOT / "tools" / "make_concordia.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_concordia"] = module
    spec.loader.exec_module(module)
    return module


@cache
def reports(cycle: str) -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for path in sorted((REPORTS / cycle).glob("*.json"))
    }


def members(cycle: str) -> tuple[str, ...]:
    on = dt.date(int(cycle), 12, 31)
    return population_bodies(concordia(), "members", cycle, as_of=on, reported={})


def values(cycle: str, question: str) -> Counter[str]:
    found = (reports(cycle)[b]["answers"].get(question) for b in members(cycle) if b in reports(cycle))
    return Counter(str(a.get("value", a["status"])) for a in found if a is not None)


def cells(report: dict[str, Any], question: str) -> dict[tuple[str, ...], Any]:
    """Cells of a matrix by their codes; None where one does not apply."""
    answer = report["answers"].get(question, {})
    return {
        tuple(v for k, v in cell.items() if k not in ("value", "status")): cell.get("value")
        for cell in answer.get("cells", [])
    }


def pooled(cycle: str, question: str) -> Decimal:
    women = total = 0
    for body in members(cycle):
        known = cells(reports(cycle).get(body, {"answers": {}}), question)
        if ("_T", "women") in known:
            women, total = women + known["_T", "women"], total + known["_T", "_T"]
    return (Decimal(100 * women) / total).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def everything() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for cycle in CYCLES:
        for body, report in reports(cycle).items():
            yield cycle, body, report


def test_the_script_makes_what_is_in_the_pack_byte_for_byte() -> None:
    made = generator().make()
    kept = {p.relative_to(REPORTS.parent).as_posix(): p.read_bytes() for p in REPORTS.glob("*/*.json")}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_it_says_that_it_is_fictional_and_names_no_state() -> None:
    pack = concordia()
    assert pack.header.fictional
    assert "invented" in pack.header.notice["en"]
    assert "inventés" in pack.header.notice["fr"]
    real = load("nato").bodies
    assert set(pack.bodies).isdisjoint({*ISO_CODES, *real})
    names = {name for body in real.values() for name in body.name.values()}
    assert names.isdisjoint(name for body in pack.bodies.values() for name in body.name.values())


def test_28_members_and_13_of_20_partners_report_in_2016() -> None:
    pack = concordia()
    partners = population_bodies(pack, "partners", "2016", as_of=dt.date(2016, 12, 31), reported={})
    assert (len(members("2016")), len(partners)) == (28, 20)
    assert set(members("2016")) <= set(reports("2016"))
    assert len(set(partners) & set(reports("2016"))) == 13


def test_populations_differ_over_time() -> None:
    assert set(members("2014")) ^ set(members("2015")) == {"ABR", "VDR"}
    silent = {cycle: set(members(cycle)) - set(reports(cycle)) for cycle in CYCLES}
    assert silent == {"2014": {"OSM"}, "2015": {"OSM", "PLR"}, "2016": set(), "2017": set()}


@pytest.mark.parametrize(
    ("cycle", "question", "yes", "answered"),
    [
        ("2016", "policies_or_laws", 11, 27),
        ("2016", "all_positions_open", 26, 27),
        ("2016", "harassment_prevention", 22, 27),
        ("2016", "trained_gender_advisers", 20, 27),
        ("2016", "gender_focal_points", 11, 26),
        ("2015", "policies_or_laws", 10, 26),
        ("2015", "all_positions_open", 22, 26),
        ("2014", "all_positions_open", 19, 27),
    ],
)
def test_yes_answers_are_as_many_as_published_for_the_model(cycle: str, question: str, yes: int, answered: int) -> None:
    found = values(cycle, question)
    assert (found["yes"], found["yes"] + found["no"]) == (yes, answered)


def test_pooled_shares_of_women() -> None:
    assert [pooled(cycle, "personnel") for cycle in CYCLES] == [
        Decimal(share) for share in ("10.3", "10.8", "10.9", "11.1")
    ]
    assert [pooled(cycle, "deployed") for cycle in CYCLES] == [Decimal(share) for share in ("5.9", "6.4", "6.8", "7.0")]


def test_one_member_holds_over_a_third_of_all_personnel() -> None:
    sizes = [cells(reports("2016")[b], "personnel").get(("_T", "_T"), 0) for b in members("2016")]
    assert 3 * max(sizes) > sum(sizes)


def test_a_member_without_armed_forces_is_asked_about_the_states_plan_only() -> None:
    assert concordia().bodies["OSM"].attr["armed_forces"] == "no"
    assert set(reports("2016")["OSM"]["answers"]) <= {"nap_1325", "nap_budget"}


def test_questions_on_personnel_agree_with_each_other() -> None:
    compared = 0
    for cycle, body, report in everything():
        persons, services = cells(report, "personnel"), cells(report, "personnel_by_service")
        officers, others = cells(report, "officers_by_rank"), cells(report, "other_ranks_by_rank")
        where = f"{cycle} {body}"
        for (service, sex), value in persons.items():
            if (service, "_T", sex) in services:
                assert services[service, "_T", sex] == value, where
                compared += 1
        for sex in {key[1] for key in officers} if services else ():
            assert officers["_T", sex] == sum(services.get(("_T", c, sex)) or 0 for c in ("officers", "cadets")), where
            below = ("warrant_officers", "other_ranks", "conscripts")
            assert others["_T", sex] == sum(services.get(("_T", c, sex)) or 0 for c in below), where
    assert compared > 1000


def test_no_one_hides_alone() -> None:
    """An answer released to fewer is never the only one of its question: it would follow by subtraction."""
    for cycle in CYCLES:
        hidden: Counter[tuple[str, str, bool]] = Counter()
        for body, report in reports(cycle).items():
            for question, answer in report["answers"].items():
                if "releasability" in answer:
                    hidden[question, answer["releasability"], body in members(cycle)] += 1
        assert hidden
        assert 1 not in hidden.values()


def test_silence_has_reasons_and_yes_has_titles() -> None:
    for cycle, body, report in everything():
        for question, answer in report["answers"].items():
            where = f"{cycle} {body} {question}"
            if answer["status"] != "answered":
                assert answer["reason"]["fr"], where
            if question == "policies_or_laws" and answer.get("value") == "yes":
                assert answer["particulars"][0]["link"].endswith((".example/law", "policy", "order", "plan")), where


def test_one_definition_differs_and_one_changes() -> None:
    fte = {b for b in members("2016") if _definition("2016", b).get("fields", {}).get("basis") == "fte"}
    assert fte == {"HLV"}
    changed = {
        b
        for b in members("2016")
        if b in reports("2015")
        and _definition("2015", b).get("categories", {}) != _definition("2016", b).get("categories", {})
    }
    assert changed == {"GDV"}
    assert "justification" in reports("2016")["GDV"]["answers"]["personnel"]


def _definition(cycle: str, body: str) -> dict[str, Any]:
    found: dict[str, Any] = reports(cycle)[body]["answers"].get("personnel", {}).get("definition", {})
    return found


def test_the_folder_stays_small() -> None:
    assert sum(p.stat().st_size for p in REPORTS.glob("*/*.json")) < 6_000_000


@cache
def parsed(cycle: str) -> tuple[Report, ...]:
    return tuple(parse_report(report, concordia(), place=body) for body, report in reports(cycle).items())


def findings(cycle: str) -> Iterator[tuple[str, Finding]]:
    before = {r.body: r for r in parsed(str(int(cycle) - 1))} if cycle != CYCLES[0] else {}
    for report in parsed(cycle):
        peers = [other for other in parsed(cycle) if other.body != report.body]
        for finding in check(report, concordia(), previous=before.get(report.body), peers=peers):
            if finding.outcome == "found":
                yield report.body, finding


@pytest.mark.parametrize("cycle", CYCLES)
def test_no_report_has_a_blocker_or_an_unjustified_error(cycle: str) -> None:
    found = [(body, f.code) for body, f in findings(cycle) if f.severity in ("blocker", "error") and not f.justified]
    assert found == []


def test_warnings_are_few_and_justified_in_words() -> None:
    justified = {(body, f.code) for body, f in findings("2016") if f.justified}
    assert justified == {
        ("ETV", "P-SHARE"),
        ("FKM", "D-CHANGE"),
        ("GDV", "P-DEFINITION"),
        ("IST", "H-SUBSTANTIATED"),
        ("LTM", "V-SAME"),
        ("NVL", "W-CHANGE"),
    }


def test_the_figures_of_2016_come_out_as_in_the_model() -> None:
    cycle = concordia().cycles["2016"]
    history = [parsed("2014"), parsed("2015")]
    ids = (
        "policies_or_laws", "all_positions_open", "harassment_prevention", "trained_gender_advisers",
        "gender_focal_points", "women_share", "women_share_operations",
    )  # fmt: skip
    figures = compute(concordia(), "2016", parsed("2016"), as_of=cycle.publication_date, history=history, only=ids)
    found = {f.key: (f.value, f.numerator, f.denominator) for f in figures}
    shares = {id: found[f"{id}.2016.members.share_of_bodies"] for id in ids[:5]}
    assert shares == {
        "policies_or_laws": (Decimal("40.7"), 11, 27),
        "all_positions_open": (Decimal("96.3"), 26, 27),
        "harassment_prevention": (Decimal("81.5"), 22, 27),
        "trained_gender_advisers": (Decimal("74.1"), 20, 27),
        "gender_focal_points": (Decimal("42.3"), 11, 26),
    }
    assert found["women_share.2016.members.pooled"][0] == Decimal("10.9")
    assert found["women_share_operations.2016.members.pooled"][0] == Decimal("6.8")
