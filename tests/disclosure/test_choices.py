"""Answers by choice: what sets of bodies that overlap, and corrections, tell of single ones; and what hides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cast import toy_report
from disclosure.test_audience import figure, wide
from eirene.disclosure import AudienceView, Source, audience_view, audit
from eirene.figures import compute_series
from eirene.framework import Pack
from eirene.framework.model import Membership, Population
from eirene.questionnaires import Report, parse_report

LATE = "P06"


def joined(n: int = 6) -> Pack:
    """Ports of the Compact and guests; P06 was a guest when it reported for 2021 and is a port today."""
    pack = wide(n)
    text = {"en": "ports"}
    more = [
        Population(code="ports_today", label=text, one=text, many=text, of="ports", basis="today"),
        Population(code="guests", label=text, one=text, many=text),
    ]
    header = pack.header.model_copy(update={"populations": [*pack.header.populations, *more]})
    members = [one for one in pack.memberships if one.body != LATE]
    day = dt.date(2022, 1, 1)
    members += [
        Membership(body=LATE, population="guests", valid_to=day - dt.timedelta(1)),
        Membership(body=LATE, population="ports", valid_from=day),
    ]
    cycles = {
        code: cycle.model_copy(update={"asked": ["ports", "guests"]}) if code == "2021" else cycle
        for code, cycle in pack.cycles.items()
    }
    return pack.model_copy(update={"header": header, "memberships": members, "cycles": cycles})


def reports(pack: Pack, cycle: str, charters: str, named: str) -> list[Report]:
    said = {"y": "yes", "n": "no"}
    return [
        parse_report(toy_report(f"P{i:02}", 40 + i, 90 + 7 * i, said[c], cycle, naming=mark == "x"), pack)
        for i, (c, mark) in enumerate(zip(charters, named, strict=True), start=1)
    ]


def view(
    pack: Pack, now: list[Report], before: Sequence[list[Report]] = (), beside: Sequence[Source] = ()
) -> AudienceView:
    as_of = pack.cycles["2022"].publication_date
    figures = compute_series(pack, "2022", now, before, as_of=as_of)
    return audience_view(pack, "2022", "everyone", now, figures, history=before, beside=beside)


def test_who_joined_is_not_the_difference_between_the_ports_of_then_and_of_today() -> None:
    """Of 2021 both are told; today's ports have one more, whose answer would follow. The ports of then stay told."""
    pack = joined()
    before, now = reports(pack, "2021", "yynnny", "xxxx.."), reports(pack, "2022", "yynnny", "xxxx..")
    made = view(pack, now, [before])
    assert made.findings.clean
    then = figure(made, "charter_share.2021.ports.share_of_bodies")
    today = figure(made, "charter_share.2021.ports_today.share_of_bodies")
    assert then.value is not None
    assert today.suppressed == "protected"
    assert [(one.reason, one.n) for one in today.missing] == [("protected", 6)]
    assert made.untold("charter", "2021", "ports_today")
    assert not made.untold("charter", "2021", "ports")


def test_what_a_correction_withholds_is_not_the_difference_of_two_counts() -> None:
    """P06 takes its answer back: with the first edition at hand, two counts would say what it was."""
    pack = wide(6)
    first = view(pack, reports(pack, "2022", "yynnyn", "xxx..."))
    second = toy_report("P06", 46, 132, "no", naming=False)
    second["answers"]["charter"] = {"status": "withheld"}
    corrected = [*reports(pack, "2022", "yynny", "xxx.."), parse_report(second, pack)]
    assert first.source is not None
    bare = view(pack, corrected)
    assert bare.source is not None
    assert "P06" in {one.body for one in audit([bare.source, first.source], insiders=False).answers}
    beside = view(pack, corrected, beside=[first.source])
    assert beside.findings.clean
    assert beside.source is not None
    assert audit([beside.source, first.source], insiders=False).clean
    assert figure(beside, "charter_share.2022.ports.share_of_bodies").value is None


def test_who_is_silent_is_hidden_by_one_who_is_named_in_no_release() -> None:
    """P06 did not report. Whoever is hidden beside it in one release has more to show in the other, and is hidden there
    too: else every port but P06 would be named in one of them."""
    pack = wide(6)
    first = reports(pack, "2022", "yynny", "xxxxx")
    said = toy_report("P01", 41, 97, "yes", naming=True)
    del said["answers"]["charter"]
    wider = view(pack, [parse_report(said, pack), *first[1:]])
    assert wider.source is not None
    narrower = view(pack, first, beside=[wider.source])
    assert narrower.source is not None
    named = {body for source in (wider.source, narrower.source) for _, body, _ in source.shown}
    assert {"P01", "P02", "P03", "P04", "P05"} - named
    assert not [one for one in audit([narrower.source, wider.source], insiders=False).answers if not one.question]
