"""SPEC.yaml: what a table's columns mean, which counts are too small, and how they are protected.

Read as packs are read: every mistake at once, each with file, line and what to do.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from eirene.errors import EireneError, Problem
from eirene.framework.files import Path_, Tree, read_csv, read_yaml


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DimensionSpec(Model):
    """A column of codes."""

    column: str
    #: Code of the sum over all others; none: nothing adds up along this dimension.
    total: str | None = None
    #: Code → code of the group that it is part of. A code that is not here is part of the total.
    parents: dict[str, str] = {}
    #: The same from a CSV file with the columns code and parent, beside the specification.
    code_list: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> DimensionSpec:
        if self.parents and self.code_list:
            raise ValueError("give parents or code_list, not both")
        if self.parents and self.total is None:
            raise ValueError("parents need the code of the total")
        return self


class Protection(Model):
    """How far apart the ends of the interval must stay that an attacker can work out for a cell."""

    #: Absolute, in the table's unit. If not given: of a count from the least that it can be to the threshold.
    width: Annotated[Decimal, Field(gt=0)] | None = None
    #: In percent of the value; the wider of both counts.
    percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)


class Dominance(Model):
    """Cells in which few contributors hold most (Hundepool et al. 2012, 4.2.2)."""

    #: p%-rule: no contributor may be estimated to within p percent by the second largest.
    p_percent: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    #: (n,k)-rule: the n largest may not hold more than k percent.
    n: Annotated[int, Field(ge=1, le=10)] | None = None
    k: Annotated[Decimal, Field(gt=0, lt=100)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Dominance:
        if (self.n is None) != (self.k is None):
            raise ValueError("the (n,k)-rule needs both n and k")
        if self.n is None and self.p_percent is None:
            raise ValueError("give p_percent, or n and k")
        return self


class Join(Model):
    """Codes that become one."""

    dimension: str
    codes: Annotated[list[str], Field(min_length=2)]
    into: str
    #: `cheaper`: only if less is lost with it than without.
    when: Literal["cheaper", "always"] = "cheaper"


class Attacker(Model):
    """Whoever knows all cells of one code of a dimension, its own: each code (`own`), or the largest one's
    (`largest`)."""

    own: str | None = None
    largest: str | None = None
    #: Only these codes.
    codes: list[str] = []

    @model_validator(mode="after")
    def _one(self) -> Attacker:
        if (self.own is None) == (self.largest is None):
            raise ValueError("give the column of either own or largest")
        return self

    @property
    def column(self) -> str:
        return self.own or self.largest or ""


_BAND = re.compile(r"(\d+)\s*[-–]\s*(\d+)")


def _bands(given: list[str]) -> list[str]:
    last = -1
    for text in given:
        match = _BAND.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no band; write it as 1-9")
        low, high = int(match[1]), int(match[2])
        if not last < low < high:
            raise ValueError(f"the band {text!r} must begin after the one before it ends, and end after it begins")
        last = high
    return given


class Spec(Model):
    """What a table means and how it is protected. Names of columns are those of the file's first line."""

    value: str
    dimensions: Annotated[list[DimensionSpec], Field(min_length=1, max_length=8)]
    #: Disclosure class of `pack`, which gives the threshold.
    disclosure_class: Annotated[str | None, Field(alias="class")] = None
    pack: str | None = None
    #: Smallest count that may be shown; 0: any.
    threshold: Annotated[int, Field(ge=0)] | None = None
    #: `hidden`: a zero is a small count too.
    zeros: Literal["shown", "hidden"] = "shown"
    protection: Protection = Protection()
    #: Column with the number of contributors: the threshold is then on it, not on the value.
    units: str | None = None
    #: Columns with the largest contributions to a cell, the largest first.
    largest: list[str] = []
    dominance: Dominance | None = None
    method: Literal["suppress", "band", "round"] = "suppress"
    #: Bands that a hidden value is shown as, if one holds it: 1-9, 10-49.
    bands: Annotated[list[str], AfterValidator(_bands)] = []
    #: Base to which `round` rounds.
    rounding: Annotated[int, Field(ge=2)] | None = None
    join: list[Join] = []
    #: Cells that must stay, by their codes; a column that is not named may have any code.
    keep: list[dict[str, str]] = []
    #: Tables published earlier, as this command writes them, beside the specification; the oldest first.
    earlier: list[str] = []
    attackers: list[Attacker] = []
    #: `allowed`: a cell may be without a value. The attacker is then assumed to know it.
    missing: Literal["refused", "allowed"] = "refused"
    negative: Literal["refused", "allowed"] = "refused"
    #: `made`: sums that have no row are added up.
    totals: Literal["given", "made"] = "given"
    #: What is hidden first: few persons, few cells, or a balance of both.
    least: Literal["both", "cells", "persons"] = "both"
    #: Up to so many cells the smallest loss is sought by cutting planes; above it, heuristically.
    optimal_up_to: Annotated[int, Field(ge=0, le=2000)] = 150

    @model_validator(mode="after")
    def _fits(self) -> Spec:
        if self.method == "band" and not self.bands:
            raise ValueError("the method band needs bands")
        if self.method == "round" and self.rounding is None:
            raise ValueError("the method round needs rounding, its base")
        if self.dominance is not None:
            needed = max(self.dominance.n or 0, 2 if self.dominance.p_percent is not None else 0)
            if len(self.largest) < needed:
                raise ValueError(f"dominance needs {needed} columns in largest")
        if self.disclosure_class is not None and self.pack is None:
            raise ValueError("a class is one of a pack: name the pack, or give threshold instead")
        if self.disclosure_class is None and self.threshold is None and self.dominance is None:
            raise ValueError("nothing says what is small: give class, threshold or dominance")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the table must have."""
        counted = [self.units] if self.units else []
        return (*(d.column for d in self.dimensions), self.value, *counted, *self.largest)


@dataclass(frozen=True)
class Loaded:
    """A specification with what it refers to: parents by dimension, the threshold, files published earlier."""

    spec: Spec
    where: str
    parents: Mapping[str, Mapping[str, str]]
    threshold: int
    earlier: tuple[Path, ...] = ()


def schema() -> bytes:
    """The JSON Schema (2020-12) of a specification."""
    item = Spec.model_json_schema(by_alias=True, mode="validation")
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **item, "title": "Eirene: table to protect"}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def read_spec(path: Path) -> Loaded:
    """The specification in the file. Raises EireneError with every mistake found in it."""
    problems: list[Problem] = []
    tree = read_yaml(path, path.name, problems)
    if tree is None or problems:
        raise EireneError(problems)
    try:
        spec = Spec.model_validate(tree.data if tree.data is not None else {})
    except ValidationError as error:
        raise EireneError([_told(detail, tree) for detail in error.errors(include_url=False)]) from None
    return resolve(spec, path.parent, tree)


def resolve(spec: Spec, folder: Path = Path(), tree: Tree | None = None) -> Loaded:
    """The specification with the code lists, the class and the files that it names. Raises EireneError."""
    tree = tree or Tree("specification", None)
    problems = [*_columns(spec, tree), *_references(spec, tree)]
    parents = {d.column: d.parents for d in spec.dimensions}
    for number, dimension in enumerate(spec.dimensions):
        if dimension.code_list is not None:
            parents[dimension.column] = _code_list(folder / dimension.code_list, dimension.code_list, problems)
        problems += _circles(parents[dimension.column], dimension, tree.where(("dimensions", number)))
    threshold = spec.threshold if spec.threshold is not None else _of_class(spec, tree, problems)
    earlier = tuple(folder / name for name in spec.earlier)
    problems += [
        Problem(f"The earlier table {name!r} is not there.", tree.where(("earlier", number)), "Paths start here.")
        for number, name in enumerate(spec.earlier)
        if not (folder / name).is_file()
    ]
    if problems:
        raise EireneError(problems)
    return Loaded(spec, tree.file, parents, threshold, earlier)


def _columns(spec: Spec, tree: Tree) -> list[Problem]:
    twice = sorted({name for name in spec.columns if spec.columns.count(name) > 1})
    return [Problem(f"The column {name!r} is named twice.", tree.where(), "Each has one meaning.") for name in twice]


def _references(spec: Spec, tree: Tree) -> list[Problem]:
    """Joins, attackers and kept cells name dimensions."""
    known = [d.column for d in spec.dimensions]
    named: list[tuple[Path_, str]] = [(("join", n), j.dimension) for n, j in enumerate(spec.join)]
    named += [(("attackers", n), a.column) for n, a in enumerate(spec.attackers)]
    named += [(("keep", n), column) for n, cell in enumerate(spec.keep) for column in cell]
    return [
        Problem(f"{name!r} is no dimension.", tree.where(path), f"Dimensions: {', '.join(known)}.")
        for path, name in named
        if name not in known
    ]


def _code_list(path: Path, shown: str, problems: list[Problem]) -> dict[str, str]:
    tree = read_csv(path, shown, problems)
    if tree is None:
        return {}
    found: dict[str, str] = {}
    for number, row in enumerate(tree.data):
        code, parent = row.get("code"), row.get("parent")
        if not isinstance(code, str):
            problems.append(Problem("The row has no code.", tree.where((number,)), "The columns are code and parent."))
        elif isinstance(parent, str):
            found[code] = parent
    return found


def _circles(parents: Mapping[str, str], dimension: DimensionSpec, where: str) -> list[Problem]:
    for code in parents:
        seen = [code]
        while seen[-1] in parents and parents[seen[-1]] not in seen:
            seen.append(parents[seen[-1]])
        if seen[-1] in parents:
            way = " → ".join([*seen, parents[seen[-1]]])
            return [Problem(f"{dimension.column}: codes are parts of each other: {way}.", where, "Cut the circle.")]
    if dimension.total in parents:
        return [Problem(f"{dimension.column}: the total {dimension.total!r} has a parent.", where, "Take it out.")]
    return []


def _of_class(spec: Spec, tree: Tree, problems: list[Problem]) -> int:
    if spec.disclosure_class is None or spec.pack is None:
        return 0
    from eirene.framework import load

    classes = {c.code: c.threshold for c in load(spec.pack).header.disclosure_classes}
    if spec.disclosure_class not in classes:
        known = ", ".join(sorted(classes)) or "none"
        what = f"The pack {spec.pack!r} has no disclosure class {spec.disclosure_class!r}."
        problems.append(Problem(what, tree.where(("class",)), f"It has: {known}."))
    return classes.get(spec.disclosure_class, 0)


def _told(detail: Any, tree: Tree) -> Problem:
    loc: Path_ = tuple(detail["loc"])
    name = ".".join(str(part) for part in loc)
    where = tree.where(loc)
    known = [f.alias or n for n, f in Spec.model_fields.items()]
    if detail["type"] == "missing":
        return Problem(f"{name!r} is missing.", where, "Write it into the specification.")
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), known, 1)
        return Problem(f"{name!r} is not known here.", where, f"Did you mean {near[0]!r}?" if near else "Take it out.")
    given = detail.get("input")
    quoted = f" {given!r}" if isinstance(given, str | int | float) else ""
    expected = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(f"{name or 'The specification'}{quoted} is not valid:", where, f"{expected.rstrip('.')}.")
