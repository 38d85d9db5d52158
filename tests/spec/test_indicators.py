"""What each family of indicator makes of answers: a table of answers, the indicator, the figures expected.

Printed as documentation by `python tests/spec/test_indicators.py`. The alliance has four members (Dland has no armed
forces, so that `staff` does not apply to it) and one guest; `silent` means: did not report; a blank: not answered.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from cast import sampler
from eirene.figures import Figure, compute
from eirene.framework import Pack
from eirene.framework.model import Indicator
from figures.drawn import reports, rows


@dataclass(frozen=True)
class Spec:
    title: str
    answers: str
    indicator: dict[str, object]
    expected: str
    before: str = ""

    def __str__(self) -> str:
        return self.title


SPECS = [
    Spec(
        "a share of bodies counts those that answered yes or no; withheld, silent and blank are in neither number",
        """
        body | law
        AAA  | yes
        BBB  | no
        CCC  | withheld
        DDD  | yes
        """,
        {"family": "share_of_bodies", "yes": "law == yes"},
        """
        population | kind            | value | numerator | denominator | missing
        members    | share_of_bodies | 66.7  | 2         | 3           | 1 withheld
        guests     | share_of_bodies |       |           |             | 2 no_report
        """,
    ),
    Spec(
        "not applicable is not missing: a body without armed forces is not in N, nor among those that did not answer",
        """
        body | staff[sex=women] | staff
        AAA  | 10               | 100
        BBB  | 30               | 300
        CCC  | silent
        DDD  | 1                | 5
        """,
        {"family": "rate", "numerator": "staff[sex=women]", "denominator": "staff"},
        """
        population | kind                   | value | numerator | denominator | missing
        members    | pooled                 | 10.0  | 40        | 400         | 1 no_report, 1 not_applicable
        members    | pooled_without_largest | 10.0  | 10        | 100         | 1 no_report, 1 not_applicable, 1 largest
        members    | mean_of_bodies         | 10.0  |           |             | 1 no_report, 1 not_applicable
        members    | median_of_bodies       | 10.0  |           |             | 1 no_report, 1 not_applicable
        """,
    ),
    Spec(
        "pooled, mean and median differ: one large body weighs in the pool, every body the same in the mean",
        """
        body | staff[sex=women] | staff
        AAA  | 900              | 9000
        BBB  | 20               | 100
        CCC  | 30               | 100
        """,
        {"family": "rate", "numerator": "staff[sex=women]", "denominator": "staff"},
        """
        population | kind                   | value | numerator | denominator
        members    | pooled                 | 10.3  | 950       | 9200
        members    | pooled_without_largest | 25.0  | 50        | 200
        members    | mean_of_bodies         | 20.0  |           |
        members    | median_of_bodies       | 20.0  |           |
        members    | lower_quartile         | 15.0  |           |
        members    | upper_quartile         | 25.0  |           |
        """,
    ),
    Spec(
        "a body that gave only a total is not in the rate, and the figure says so; missing is never zero",
        """
        body | staff[sex=women] | staff
        AAA  | 10               | 100
        BBB  |                  | 300
        CCC  | withheld         | 200
        """,
        {"family": "rate", "numerator": "staff[sex=women]", "denominator": "staff"},
        """
        population | kind   | value | denominator | missing | note
        members    | pooled | 10.0  | 100         | 1 withheld, 1 not_applicable, 1 not_answered | breakdown_unknown
        """,
    ),
    Spec(
        "a total follows from its parts, a band from its ranks; neither follows from less than all of them",
        """
        body | ranks[rank=OF-6,sex=women] | ranks[rank=OF-7,sex=women] | ranks[rank=OF-6+]
        AAA  | 1                          | 0                          | 10
        BBB  | 2                          |                            | 10
        """,
        {"family": "rate", "numerator": "ranks[sex=women, rank=OF-6+]", "denominator": "ranks[rank=OF-6+]"},
        """
        population | kind   | value | numerator | denominator
        members    | pooled | 10.0  | 1         | 10
        """,
    ),
    Spec(
        "a break-down has a row for each code that anybody gave, bands among them, and the undivided figure",
        """
        body | ranks[rank=OF-6,sex=women] | ranks[rank=OF-6] | ranks[rank=OF-7,sex=women] | ranks[rank=OF-7]
        AAA  | 1                          | 10               | 0                          | 10
        """,
        {"family": "rate", "numerator": "ranks[sex=women]", "denominator": "ranks", "by": [["rank"]]},
        """
        population | kind   | rank | value | numerator | denominator
        members    | pooled | OF-6 | 10.0  | 1         | 10
        members    | pooled | OF-7 | 0.0   | 0         | 10
        members    | pooled | OF-6+ | 5.0  | 1        | 20
        members    | pooled |      |       |           |
        """,
    ),
    Spec(
        "zero of zero: in the pool it changes nothing, of its own it has no rate",
        """
        body | staff[sex=women] | staff
        AAA  | 0                | 0
        BBB  | 10               | 40
        """,
        {"family": "rate", "numerator": "staff[sex=women]", "denominator": "staff"},
        """
        population | kind             | value | denominator | missing
        members    | pooled           | 25.0  | 40          | 1 no_report, 1 not_applicable
        members    | median_of_bodies | 25.0  |             | 1 no_report, 1 not_applicable, 1 zero_denominator
        """,
    ),
    Spec(
        "a count is the sum over the bodies that gave it",
        """
        body | staff
        AAA  | 100
        BBB  | 305
        CCC  | no_data
        """,
        {"family": "count", "unit": "persons", "value": "staff"},
        """
        population | kind             | value | numerator | missing
        members    | count            | 405   | 405       | 1 no_data, 1 not_applicable
        members    | median_of_bodies | 202   |           | 1 no_data, 1 not_applicable
        """,
    ),
    Spec(
        "a measure is put in order; quartiles by linear interpolation (type 7)",
        """
        body | leave_weeks
        AAA  | 10
        BBB  | 12
        CCC  | 20.5
        DDD  | 52
        """,
        {"family": "measure", "unit": "weeks", "decimals": 2, "value": "leave_weeks"},
        """
        population | kind             | value
        members    | mean_of_bodies   | 23.62
        members    | median_of_bodies | 16.25
        members    | lower_quartile   | 11.50
        members    | upper_quartile   | 28.38
        members    | minimum          | 10.00
        members    | maximum          | 52.00
        """,
    ),
    Spec(
        "a distribution has a row for each choice; a body may have several",
        """
        body | measures
        AAA  | flexible+childcare
        BBB  | childcare
        CCC  | no_data
        """,
        {"family": "distribution", "question": "measures"},
        """
        population | kind         | measure   | value | numerator | denominator
        members    | distribution | flexible  | 50.0  | 1         | 2
        members    | distribution | childcare | 100.0 | 2         | 2
        members    | distribution | leave     | 0.0   | 0         | 2
        """,
    ),
    Spec(
        "how completely data are broken down is itself a figure: in persons, and in bodies",
        """
        body | staff[sex=women] | staff[sex=men] | staff
        AAA  | 10               | 90             | 100
        BBB  | 30               |                | 100
        CCC  |                  |                | 200
        """,
        {"family": "completeness", "question": "staff", "dimension": "sex"},
        """
        population | kind            | value | numerator | denominator
        members    | pooled          | 32.5  | 130       | 400
        members    | share_of_bodies | 33.3  | 1         | 3
        """,
    ),
    Spec(
        "a gap is the difference of two rates, in points, over the bodies that gave both",
        """
        body | staff[sex=women] | staff[sex=men] | staff
        AAA  | 10               | 90             | 100
        BBB  | 100              | 200            | 300
        CCC  | 50               |                | 100
        """,
        {"family": "gap", "unit": "points", "left": "women", "right": "men"},
        """
        population | kind             | value
        members    | pooled           | -45.0
        members    | mean_of_bodies   | -56.7
        members    | median_of_bodies | -56.7
        """,
    ),
    Spec(
        "reporting itself: every body asked is in it",
        """
        body | law
        AAA  | yes
        BBB  | silent
        CCC  | no
        """,
        {"family": "share_of_bodies", "yes": "reported"},
        """
        population | kind            | value | numerator | denominator
        members    | share_of_bodies | 50.0  | 2         | 4
        """,
    ),
    Spec(
        "a question that is asked only after a yes does not apply after a no",
        """
        body | law | law_kind
        AAA  | yes | law
        BBB  | yes | order
        CCC  | no  |
        DDD  | withheld |
        """,
        {"family": "share_of_bodies", "yes": "law_kind == law"},
        """
        population | kind            | value | numerator | denominator | missing
        members    | share_of_bodies | 50.0  | 1         | 2           | 1 withheld, 1 not_applicable
        """,
    ),
    Spec(
        "change is told in bodies, and over those alone that are in both cycles",
        """
        body | measures
        AAA  | leave
        BBB  | leave
        CCC  | flexible
        """,
        {"family": "share_of_bodies", "yes": "has(measures, leave)"},
        """
        population | kind            | value | was   | gained | lost | entered | left | panel | panel_was
        members    | share_of_bodies | 66.7  | 33.3  | 1      | 0    | 1       | 1    | 50.0  | 0.0
        """,
        before="""
        body | measures
        AAA  | flexible
        CCC  | flexible
        DDD  | leave
        """,
    ),
    Spec(
        "the matched panel: the pooled rate over the bodies in both cycles",
        """
        body | staff[sex=women] | staff
        AAA  | 20               | 100
        BBB  | 90               | 100
        """,
        {"family": "rate", "numerator": "staff[sex=women]", "denominator": "staff"},
        """
        population | kind          | value | was  | panel_was | missing
        members    | pooled        | 55.0  | 10.0 | 10.0      | 1 no_report, 1 not_applicable
        members    | matched_panel | 20.0  | 10.0 | 10.0      | 1 no_report, 1 not_applicable, 1 not_in_panel
        """,
        before="""
        body | staff[sex=women] | staff
        AAA  | 10               | 100
        """,
    ),
]


def with_indicator(pack: Pack, declared: dict[str, object]) -> Pack:
    """The pack with this indicator, and the two rates that a gap may be made of."""
    label = {"en": "Measured", "fr": "Mesuré"}
    measured = Indicator.model_validate({"id": "measured", "label": label, **declared})
    kept = {id: pack.indicators[id] for id in ("women", "men")}
    return pack.model_copy(update={"indicators": {**kept, "measured": measured}})


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_figures(spec: Spec) -> None:
    pack = with_indicator(sampler(), spec.indicator)
    cycle, earlier = "2021", [reports(pack, "2020", spec.before)] if spec.before else []
    answered = reports(pack, cycle, spec.answers)
    found = {
        f.key: f for f in compute(pack, cycle, answered, as_of=dt.date(2022, 6, 30), history=earlier, only=["measured"])
    }
    for row in rows(spec.expected):
        dimensions = {d: row[d] for d in ("rank", "measure") if row.get(d)}
        suffix = "".join(f".{d}={c}" for d, c in dimensions.items())
        figure = found[f"measured.{cycle}.{row['population']}.{row['kind']}{suffix}"]
        assert {name: shown(figure, name) for name in row if name not in dimensions} == {
            name: text for name, text in row.items() if name not in dimensions
        }


def shown(figure: Figure, name: str) -> str:
    """A field of a figure as the tables above write it."""
    change = figure.change
    fields = {"was": "previous_value", "panel": "panel_value", "panel_was": "panel_previous"}
    if name == "missing":
        return ", ".join(f"{m.n} {m.reason}" for m in figure.missing)
    if name == "note":
        return ", ".join(note.kind for note in figure.footnotes)
    if name in fields or name in ("gained", "lost", "entered", "left"):
        assert change is not None
        return str(getattr(change, fields.get(name, name)))
    if name in ("rank", "measure"):
        return figure.dimensions.get(name, "")
    value = getattr(figure, name)
    return "" if value is None else str(value)


def documentation() -> str:
    """The specifications as text: for the guide to indicators."""
    parts = []
    for spec in SPECS:
        declared = "\n".join(f"    {name}: {value}" for name, value in spec.indicator.items())
        tables = [("Before", spec.before), ("Answers", spec.answers)]
        drawn = [f"{title}\n{table.rstrip()}" for title, table in tables if table]
        parts.append(
            "\n\n".join([spec.title, *drawn, f"Indicator\n\n{declared}", f"Figures\n{spec.expected.rstrip()}"])
        )
    return "\n\n\n".join(parts)


if __name__ == "__main__":
    print(documentation())
