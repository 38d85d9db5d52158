"""What a pack can say, as data classes. The published JSON Schemas are made from these.

A pack is a folder:

    pack.yaml               PackHeader
    bodies.csv              Body            code,kind,iso2,order,name.en,name.fr,attr.<name>…
    body_names.csv          DatedName       body,valid_from,valid_to,name.en,…,footnote.en,…       (optional)
    memberships.csv         Membership      body,population,valid_from,valid_to,note,source
    sources.csv             Source          id,title,url,publisher,accessed,note
    units.csv               Unit            code,label.en,symbol.en
    code_lists/<id>.csv     Code            code,parent,label.en,label.fr,aliases,note.en,…        (aliases: a|b|c)
    framework.yaml          elements: [Element]
    cycles.yaml             cycles: [Cycle]
    definitions.yaml        definitions: [DefinitionGrid]
    questions/*.yaml        questions: [Question]            the question bank; ids are stable for ever
    questionnaires/*.yaml   Questionnaire                    a version: sections that use questions of the bank
    rules.yaml              rules: [Rule]
    indicators/*.yaml       indicators: [Indicator]
    summary.yaml            Edition                          the Summary as it stands when no edition file is given
    published/*.csv         PublishedFigure
    editions/<cycle>.yaml   Edition                          the Summary of one cycle, where it differs (optional)
    phrases.yaml            {language: {phrase id: text}}    words of our documents in further languages (optional)
    reports/<cycle>/<BODY>.json                              made-up reports, only in a fictional pack (optional)

`extends` merges by id: code_lists, framework, definitions, questions, questionnaires, rules, indicators, sources,
phrases, populations, audiences, disclosure classes, units; the summary is replaced if given. Bodies, memberships,
cycles, editions of cycles, published figures and reports are never inherited: they belong to the alliance described.

Texts are `{language: text}`; a plain string is a text in the pack's first language. All models are frozen.
"""

from __future__ import annotations

import builtins
import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError


def _text(value: object, info: ValidationInfo) -> object:
    """A plain string is a text in the pack's first language, which the loader passes as context."""
    if isinstance(value, str):
        return {(info.context or {}).get("language", "en"): value}
    return value


Text = Annotated[dict[str, str], BeforeValidator(_text, json_schema_input_type=dict[str, str] | str)]
"""A text by language code (BCP 47), e.g. {"en": "Army", "fr": "Armée de terre"}."""

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""Lower case, digits and underscore: safe in figure keys, addresses and file names."""
CodeStr = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]*$", max_length=40)]
"""A code of a code list, e.g. OF-6+; `_T` is the total and never listed."""
CycleId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=40)]

TOTAL = "_T"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Extends(Model):
    #: The pack extended, found beside this one or among the packs that ship.
    pack: str
    #: The version it must have, exactly.
    version: str


class Population(Model):
    """A set of bodies that a figure is about."""

    code: Id
    #: "members of Concordia"
    label: Text
    #: one member / several members
    one: Text
    many: Text
    #: Built on this population; absent: the memberships named `code` themselves.
    of: str | None = None
    #: as_at: who belonged on the cycle's reference date; constant_panel: those of them that reported in every cycle
    #: compared; today: who belongs on the date of the edition.
    basis: Literal["as_at", "constant_panel", "today"] = "as_at"


class Audience(Model):
    """For whom a release is built. Listed from the narrowest (sees everything) to the widest."""

    code: Id
    label: Text
    #: The marking printed on every page of a release for this audience.
    marking: Text
    #: Only the office's own release names every body in traces and strips.
    names_all: bool = False


Percent = Annotated[Decimal, Field(ge=0, le=100)]


def _ascending(bands: list[int]) -> list[int]:
    if any(later <= earlier for earlier, later in pairwise(bands)):
        raise PydanticCustomError("bands", "bands ascend, each lower bound above the one before: [1, 10, 50, 100]")
    return bands


class Dominance(Model):
    """When a total gives one of its bodies away because that body is most of it. Hundepool et al., "Statistical
    Disclosure Control" (2012), 4.2: the p%-rule, the (n, k)-rule; with both, either makes a total sensitive."""

    #: p%-rule: the second largest body must not be able to work out the largest to within this percentage.
    percent: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    #: (n, k)-rule: the n largest bodies are not more than k percent of the total.
    n: Annotated[int, Field(ge=1)] | None = None
    k: Annotated[Decimal, Field(gt=0, le=100)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.n is None) != (self.k is None) or (self.percent is None and self.n is None):
            raise PydanticCustomError("dominance", "a dominance rule has `percent`, or both `n` and `k`, or all three")
        return self

    def at_least_as_tight_as(self, other: Dominance) -> bool:
        """Whether every total that is sensitive under `other` is so under this one."""
        if other.percent is not None and (self.percent is None or self.percent < other.percent):
            return False
        if other.n is None or other.k is None:
            return True
        return self.n is not None and self.k is not None and self.n >= other.n and self.k <= other.k


class DisclosureClass(Model):
    """How far the values of a question are protected (practice 21)."""

    code: Id
    label: Text
    #: Smallest count that may be shown; what is smaller, and not zero, is protected. 0: any may be shown.
    threshold: Annotated[int, Field(ge=0)] = 0
    #: Protection level: least width, in counts, of what an attacker may still believe of a protected value (its
    #: feasibility interval). Absent: the threshold, at least 1.
    width: Annotated[int, Field(ge=0)] | None = None
    #: The same relative to the value, in percent; whichever is wider holds.
    percent: Percent = Decimal(5)
    #: Lower bounds, ascending, of the bands in which a small count may be shown, e.g. [1, 10, 50, 100]; empty: in none.
    bands: Annotated[list[Annotated[int, Field(ge=0)]], AfterValidator(_ascending)] = []
    dominance: Dominance | None = None
    description: Text = {}

    @property
    def least_width(self) -> int:
        """`width`, or what it is when the pack does not say."""
        return max(self.threshold, 1) if self.width is None else self.width

    def at_least_as_tight_as(self, other: DisclosureClass | None) -> bool:
        """Whether nothing that `other` protects is protected less by this class: no number of it is milder. Of two
        classes neither may be tighter. Bands do not count: they are a way to show, within what is protected."""
        if other is None:
            return True
        if other.dominance is not None and not (
            self.dominance is not None and self.dominance.at_least_as_tight_as(other.dominance)
        ):
            return False
        return (
            self.threshold >= other.threshold
            and self.least_width >= other.least_width
            and self.percent >= other.percent
        )


class PackHeader(Model):
    id: Id
    version: str
    title: Text
    #: Short name of the alliance, as it stands in running text.
    short_title: Text
    #: Part of every address: /concordia/2016/
    slug: str
    languages: Annotated[list[str], Field(min_length=1)]
    extends: Extends | None = None
    fictional: bool = False
    #: Printed on every page and file: fictional, or unofficial compilation.
    notice: Text
    licence: str = ""
    populations: list[Population] = []
    audiences: list[Audience] = []
    disclosure_classes: list[DisclosureClass] = []
    #: Decimals by unit, e.g. {percent: 1}; an indicator may set its own.
    decimals: dict[str, int] = {}
    #: Expression for a body's size (persons); the weight of coverage in personnel and what names the largest body.
    size: str | None = None
    #: Least number of bodies that must have answered for an alliance figure to be shown (practice 12).
    min_bodies: int = 1


class Body(Model):
    code: CodeStr
    kind: str = "nation"
    iso2: str | None = None
    order: int | None = None
    name: Text
    #: Facts that questions apply to, e.g. {"armed_forces": "yes"}.
    attr: dict[str, str] = {}


class DatedName(Model):
    """How a body is named, or footnoted, during a time. Dates inclusive, open if absent."""

    body: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    name: Text = {}
    footnote: Text = {}


class Membership(Model):
    body: str
    population: str
    valid_from: dt.date | None = None
    #: Last day of membership.
    valid_to: dt.date | None = None
    note: str = ""
    source: str = ""


class Source(Model):
    id: str
    title: str
    url: str = ""
    publisher: str = ""
    accessed: dt.date | None = None
    note: str = ""


class Code(Model):
    code: CodeStr
    #: Bands join upward: the value of a parent is given, or the sum of its children.
    parent: str | None = None
    label: Text
    aliases: list[str] = []
    note: Text = {}


class CodeList(Model):
    id: Id
    codes: list[Code]


class Element(Model):
    """Something of the policy framework that plans, questions and figures are traced to."""

    code: CodeStr
    kind: Literal["instrument", "pillar", "principle", "core_task", "objective", "policy_field"]
    title: Text
    summary: Text = {}
    adopted: dt.date | None = None
    #: Other elements that it belongs to, e.g. the pillars of a resolution.
    related: list[str] = []
    source: str = ""


class Cycle(Model):
    """A data year. Reports fall due the year after."""

    id: CycleId
    #: collected: from reports; compiled: from what others published.
    kind: Literal["collected", "compiled"] = "collected"
    title: Text
    data_year: int
    reference_date: dt.date
    #: What `--as-of` defaults to.
    publication_date: dt.date
    questionnaire: str | None = None
    #: Populations that are asked to report.
    asked: list[str] = []
    default_releasability: str = "members"
    #: Earlier cycles it may be compared with, oldest first.
    compares_with: list[str] = []


class Unit(Model):
    """Only listed units are known; `label` stands in column headers, `symbol` behind a number ('%', '')."""

    code: Id
    label: Text
    symbol: Text = {}


class DefinitionGrid(Model):
    """A definition is a grid, not one choice (practice 3)."""

    id: Id
    title: Text
    #: What is decided: conscripts, cadets, mobilised reserve, …  (codes and labels)
    categories: list[Code]
    #: How: included, apart, excluded, none  (codes and labels)
    options: list[Code]
    #: Further fields of the grid and their choices, e.g. {"basis": [headcount, fte]}; "date" is a date.
    fields: dict[str, list[Code]] = {}


class Dimension(Model):
    """One dimension of a matrix."""

    list: str
    #: The codes asked, in order; absent: all codes of the list.
    codes: builtins.list[str] = []
    #: Whether a total (`_T`) is asked as well.
    total: bool = True


class Column(Model):
    """A column of repeating rows."""

    id: Id
    label: Text
    type: Literal["text", "number", "percentage", "date", "yes_no", "choice", "link"] = "text"
    unit: str | None = None
    list: str | None = None
    required: bool = False


QuestionType = Literal[
    "yes_no", "single_choice", "multiple_choice", "number", "percentage", "date", "text", "matrix", "rows"
]


class Question(Model):
    """A question of the bank. Its id never changes and is never used again for another meaning."""

    id: Id
    type: QuestionType
    text: Text
    guidance: Text = {}
    #: Unit of numbers: persons, weeks, percent, years, …
    unit: str | None = None
    #: Whole numbers only (counts of persons are).
    integer: bool = True
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    #: On a date, or over a period (practice 4).
    measure: Literal["stock", "flow", "none"] = "none"
    #: Code list of the choices.
    choices: str | None = None
    #: Matrix: dimension name → dimension, 1 to 3 of them, in order: rows first, the last one across.
    dimensions: dict[str, Dimension] = {}
    columns: list[Column] = []
    #: What a yes must be accompanied by (practice 6): title, date, link, …
    particulars: list[Column] = []
    #: Expression on the body: to whom the question applies, e.g. `body.armed_forces == yes`.
    applies_to: str | None = None
    #: Expression on earlier answers: shown only then.
    asked_if: str | None = None
    #: Definition grid that goes with the answer.
    definition: str | None = None
    #: What counts as a yes, printed with the figure.
    counting_rule: Text = {}
    #: Disclosure class; a body may choose a tighter one for its own answer.
    disclosure: str | None = None
    required: bool = True
    #: A text that may hold names: shows "no persons, no cases" and the way to a confidential channel (practice 20).
    basis: str = ""
    confidence: Literal["", "high", "medium", "low"] = ""
    source: str = ""


class Use(Model):
    """A question of the bank as one questionnaire version asks it."""

    use: str
    #: As printed: 5.1
    number: str
    #: What differs in this version; keys are fields of Question (text, guidance, choices, dimensions, …).
    set: dict[str, Any] = {}
    #: Why values before this version are not comparable with values from it on; absent: they are.
    break_: Text = Field(default={}, alias="break")
    #: Questions of earlier versions that this one continues.
    continues: list[str] = []


class Section(Model):
    id: str
    title: Text
    intro: Text = {}
    questions: list[Use]


class Questionnaire(Model):
    id: str
    version: str
    title: Text
    intro: Text = {}
    sections: list[Section]


Severity = Literal["blocker", "error", "warning", "note"]


class Rule(Model):
    """An edit rule. It is applied in every questionnaire that asks all the questions it speaks of.

    Parameters by kind (expressions are in the language of `eirene.questionnaires.rules`):

    sum_of_parts   question, dimension: total must equal its parts, in every line where both are known
    at_most        left, right: left may not be larger than right
    assert         that: must be true
    required_if    question, when: an answer (or a reason) is owed when `when` holds
    change         value, percent, absolute: differs from the previous report by more than both
    same_as_before question: numbers identical to the previous report's (retyped or confirmed?)
    outlier        value, factor: outside the quartiles of the peers by more than factor × interquartile range
    definition_changed  question: the definition grid differs from the previous report's
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$", max_length=24)]
    kind: Literal[
        "sum_of_parts",
        "at_most",
        "assert",
        "required_if",
        "change",
        "same_as_before",
        "outlier",
        "definition_changed",
    ]
    severity: Severity
    question: str | None = None
    dimension: str | None = None
    left: str | None = None
    right: str | None = None
    that: str | None = None
    when: str | None = None
    value: str | None = None
    percent: Decimal | None = None
    absolute: Decimal | None = None
    factor: Decimal | None = None
    #: Evaluate once for each code of these dimensions of `question`; in expressions cells then mean that line.
    for_each: list[str] = []
    #: Placeholders: {place} {value} {left} {right} {total} {parts} {previous} {change} {low} {high}
    message: Text
    remedy: Text
    title: Text = {}


class Measures(Model):
    """What of the framework an indicator or a question serves."""

    elements: list[str] = []


Family = Literal["share_of_bodies", "rate", "count", "measure", "distribution", "completeness", "gap"]


class Indicator(Model):
    """A declaration; computing is general.

    family           gives kinds of figure
    share_of_bodies  share_of_bodies                       `yes` true ÷ evaluable
    rate             pooled, pooled_without_largest, mean_of_bodies, median_of_bodies, matched_panel
                                                           `numerator` ÷ `denominator`, over bodies that gave both
    count            count (sum over bodies), median_of_bodies      `value`
    measure          mean_of_bodies, median_of_bodies, lower_quartile, upper_quartile, minimum, maximum     `value`
    distribution     distribution, one row per choice (dimension = the question's choices list)   `question`
    completeness     pooled (persons whose break-down is known ÷ all), share_of_bodies     `question`, `dimension`
    gap              difference `left` − `right` of two indicators, in percentage points; kinds of rate
    """

    id: Id
    family: Family
    label: Text
    #: The sentence of which the figure is part: "of members have a policy or law that …"
    statement: Text = {}
    description: Text = {}
    counting_rule: Text = {}
    unit: str = "percent"
    decimals: int | None = None
    yes: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    value: str | None = None
    question: str | None = None
    dimension: str | None = None
    left: str | None = None
    right: str | None = None
    #: Break-downs: each a list of dimension names. The undivided figure has all kinds; they have pooled rate or count.
    by: list[list[str]] = []
    populations: list[str] = []
    #: Codes of framework elements that it measures.
    measures: list[str] = []
    #: Disclosure class of the figure; absent: the tightest of the questions it is made from.
    disclosure: str | None = None
    #: Only in cycles whose questionnaire asks its questions; compiled-only indicators have no expressions at all.
    compiled_only: bool = False
    better: Literal["higher", "lower", "neutral"] = "neutral"
    source: str = ""


class PublishedFigure(Model):
    """A value that somebody else published; never computed from, never continued by ours."""

    indicator: str
    #: The year that the value is about; blank if the source does not say.
    year: int | None = None
    population: str = ""
    body: str = ""
    value: Decimal
    unit: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    #: about, more than, almost, derived, rounded, target, …
    qualifier: str = ""
    #: What exactly is counted, in the source's words: armed forces, professional soldiers, …
    scope: str = ""
    #: Stated method; values are joined in a series only where it is stated and the same.
    method: str = ""
    year_note: str = ""
    confidence: Literal["high", "medium", "low"]
    note: str = ""
    source: str


# --- the edition: the Summary's chapters ---------------------------------------------------------------------------


class Variant(Model):
    """A text that holds only when `when` does; the last one has no `when`."""

    when: str | None = None
    text: Text


class Block(Model):
    """One block of a chapter; exactly one of the kinds below is given.

    Placeholders in texts: {ref} {ref:value} {ref:n_of_N} {ref:numerator} {ref:denominator} {ref:missing} {ref:previous}
    {ref:change}; ref is a figure key, or id, or id.kind, or id[dim=code]; population and cycle default to the block's
    population and the edition's cycle. Digits are refused outside placeholders unless marked `[lit:1325]`.
    """

    #: A paragraph.
    text: Text | list[Variant] | None = None
    #: A sentence bound to its figure, with its roll-call strip: the figure's ref.
    statement: str | None = None
    #: A chart: bars (shares of bodies), trend, by_body, pyramid (ranks by sex), services, distribution, dots.
    chart: Literal["bars", "trend", "by_body", "pyramid", "services", "distribution"] | None = None
    #: A table of figures.
    table: Literal["figures", "by_body", "series", "breakdown"] | None = None
    note: Text | None = None
    #: What charts and tables show: refs.
    figures: list[str] = []
    #: Break-down dimension of a chart or table.
    dimension: str | None = None
    population: str | None = None
    #: Title of a chart or table: its finding. The first variant that holds is used.
    title: Text | list[Variant] | None = None
    subtitle: Text | None = None
    id: str | None = None


class Chapter(Model):
    id: Id
    title: Text
    blocks: list[Block] = []
    sections: list[Chapter] = []
    #: Pieces that are made rather than written.
    generate: Literal["", "missing", "bodies", "method", "glossary", "figures", "framework"] = ""
    #: Framework elements that the chapter is about.
    measures: list[str] = []
    #: Questionnaire sections it draws on.
    draws_on: list[str] = []


class Reservation(Model):
    body: str
    #: Chapter id or figure ref.
    on: str
    text: Text


class Withholding(Model):
    """A body withdraws its own answer; the figure is recomputed and shows *withheld* (practice 12)."""

    body: str
    question: str
    reason: Text = {}


class ProtectionChoice(Model):
    """What the coordinator hides from an audience, in place of what would be chosen for him (practice 9, 21)."""

    audience: str
    what: Literal["cell", "name", "figure", "coverage", "change", "counts"]
    #: cell: cycle, body, question, codes; name: cycle, body, question; figure, coverage, change: key;
    #: counts: cycle, question, population (of all, where none is given)
    where: list[str]


class NamingFootnote(Model):
    body: str
    text: Text


class GlossaryEntry(Model):
    term: Text
    text: Text


class Edition(Model):
    format: Literal["eirene.edition/1"] = "eirene.edition/1"
    number: str = "1.0"
    title: Text
    subtitle: Text = {}
    foreword: list[Text] = []
    chapters: list[Chapter]
    #: Blocks of each body's chapter come from the questionnaire; these sections are shown, in order. Empty: all.
    body_sections: list[str] = []
    glossary: list[GlossaryEntry] = []
    reservations: list[Reservation] = []
    withholdings: list[Withholding] = []
    naming_footnotes: list[NamingFootnote] = []
    #: Stays with the office, like withholdings: it names bodies.
    protection: list[ProtectionChoice] = []
    #: Marking, release list and decision to disclose are separate facts (practice 10).
    release_list: list[str] = []
    disclosed_by: str = ""
    disclosed_on: dt.date | None = None


class Pack(Model):
    """A pack with everything it extends, resolved. `hash` is over its canonical JSON."""

    header: PackHeader
    bodies: dict[str, Body] = {}
    names: list[DatedName] = []
    memberships: list[Membership] = []
    sources: dict[str, Source] = {}
    code_lists: dict[str, CodeList] = {}
    units: dict[str, Unit] = {}
    elements: dict[str, Element] = {}
    cycles: dict[str, Cycle] = {}
    definitions: dict[str, DefinitionGrid] = {}
    questions: dict[str, Question] = {}
    questionnaires: dict[str, Questionnaire] = {}
    rules: dict[str, Rule] = {}
    indicators: dict[str, Indicator] = {}
    summary: Edition | None = None
    #: Editions of single cycles, where the Summary differs from the default: editions/<cycle>.yaml
    editions: dict[str, Edition] = {}
    published: list[PublishedFigure] = []
    phrases: dict[str, dict[str, str]] = {}
    #: Where it was read from; not part of its hash. Empty when it came out of a release.
    origin: str = Field(default="", exclude=True)
