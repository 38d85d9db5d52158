"""Checks a release against itself: hashes, figures against answers, tables against each other, documents too.

Nothing outside the folder is needed and nothing in it is trusted. What the manifest lists must be there byte by byte
and nothing else may be; figures are computed again from the answers inside (`recompute`); the three tables of figures
must say the same; every number in the documents that is bound to a figure must be one of that figure's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eirene.disclosure import PROTECTED, AudienceView
from eirene.errors import EireneError, Problem, VerificationFailed
from eirene.figures.model import Figure
from eirene.framework import pack_hash
from eirene.release.answers import read_answers
from eirene.release.bound import document_problems
from eirene.release.content import LATER, figure_columns, flat_row, typed
from eirene.release.freeze import MANIFEST, is_plain
from eirene.release.read import LARGEST, Release, open_release
from eirene.release.recompute import Recomputed, recompute
from eirene.release.tables import read_csv

#: What a crafted pack or answer may set off deep in the computing, where it is too late for a better message.
_MISFITS = (KeyError, ValueError, TypeError, ArithmeticError, AttributeError, IndexError, RecursionError)
#: Data files that every release has.
_OWED = ("pack.json", "figures.json", "figures.csv", "figures.parquet", "answers.csv", "datapackage.json")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Verification:
    """What was found. `ok`: every file is as listed and no figure differs; figures whose answers are not inside do not
    count against it.

    checked      files whose hash is as listed
    extra        files that are not listed
    missing      files that are listed and not there
    mismatches   files that are not as listed, in words
    recomputed   k of n figures computed again
    disagreements   further contradictions, in words: pack, tables, documents, manifest
    """

    id: str
    checked: int
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    mismatches: tuple[str, ...] = ()
    recomputed: Recomputed = field(default_factory=lambda: Recomputed(0, ()))
    disagreements: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems()

    def problems(self) -> list[Problem]:
        """Everything that is wrong, each with its place."""
        found = [Problem("is not listed in the manifest.", path) for path in self.extra]
        found += [Problem("is listed in the manifest and not there.", path) for path in self.missing]
        found += [Problem(text) for text in self.mismatches]
        found += [Problem(text) for text in self.disagreements]
        found += [Problem(f"{text}.", key) for key, text in sorted(self.recomputed.differences.items())]
        return found

    def require(self) -> None:
        """Raises VerificationFailed, with all that is wrong."""
        if not self.ok:
            raise VerificationFailed(self.problems())

    def summary(self) -> str:
        """In a few lines: what was checked, and why some figures were not computed again."""
        done = self.recomputed
        lines = [
            f"{self.id}: {'verified' if self.ok else 'NOT VERIFIED'}",
            f"{self.checked} files match their hashes.",
            f"{len(done.same)} of {done.n} figures recomputed here.",
        ]
        lines += [f"  {n} not recomputable: {_WHY.get(reason, reason)}." for reason, n in done.not_here.items()]
        return "\n".join(lines) + "\n"


_WHY = {
    "not_computed": "published or compiled by others, with their source",
    "hidden_answers": "they rest on answers not shown to this audience, which are counted, not named",
    "unnamed_answers": "they join several questions over answers that are counted, not named",
    "protected": "not shown, to protect others",
    "panel": "who is in the panel is not shown to this audience",
    "earlier_release": "taken from an earlier release as published; verify that one",
}


def recomputable(files: Mapping[str, bytes], view: AudienceView) -> int:
    """How many figures of a release that is being made can be computed again from its files; what a manifest states.

    Raises VerificationFailed if one comes out otherwise: such a release is not worth freezing.
    """
    answers = read_answers(files["answers.csv"], view.pack)
    done = recompute(view.pack, view.cycle_id, view.audience.names_all, view.as_of, answers, view.figures)
    if done.differences:
        raise VerificationFailed(Problem(f"{text}.", key) for key, text in sorted(done.differences.items()))
    return len(done.same)


def verify(folder: str | Path) -> Verification:
    """Checks the release in a folder. Raises Unreadable if there is no release or its manifest cannot be read."""
    release = open_release(folder)
    listed = {entry["path"]: entry for entry in release.manifest["files"]}
    there = [name for name in release.names() if name != MANIFEST]
    checked, missing, mismatches = _hashes(release, listed)
    mismatches += [f"{name}: is listed twice." for name in _twice(release.manifest["files"])]
    mismatches += [f"{name}: every release has this file; it is not listed." for name in _OWED if name not in listed]
    recomputed, disagreements = Recomputed(0, ()), list[str]()
    for step in (_pack, _figures, _tables, _counts, _documents):
        try:
            result = step(release)
        except EireneError as error:
            disagreements += [str(problem) for problem in error.problems]
        except _MISFITS as error:
            disagreements.append(f"Pack, answers and figures do not fit together: {type(error).__name__}: {error}.")
        else:
            if isinstance(result, Recomputed):
                recomputed = result
            else:
                disagreements += result
    expected = release.manifest.get("figures", {})
    if isinstance(expected, dict) and expected.get("recomputable") not in (None, len(recomputed.same)):
        told = f"manifest.json: {expected.get('recomputable')} figures can be recomputed, {len(recomputed.same)} were."
        disagreements.append(told)
    return Verification(
        str(release.manifest["id"]),
        checked,
        tuple(name for name in there if name not in listed),
        tuple(missing),
        tuple(mismatches),
        recomputed,
        tuple(dict.fromkeys(disagreements)),
    )


# --- files ----------------------------------------------------------------------------------------------------------


def _hashes(release: Release, listed: Mapping[str, Mapping[str, Any]]) -> tuple[int, list[str], list[str]]:
    checked, missing, mismatches = 0, list[str](), list[str]()
    for name, entry in listed.items():
        if not is_plain(name):
            mismatches.append(f"manifest.json: {name[:200]!r} is no name of a file of a release; it was not opened.")
            continue
        if not (release.folder / name).exists():
            missing.append(name)
            continue
        try:
            digest, size = _hash(release.path(name))
        except EireneError as error:
            mismatches += [str(problem) for problem in error.problems]
            continue
        except OSError as error:
            mismatches.append(f"{name}: could not be read: {error.strerror}.")
            continue
        if digest != entry["sha256"] or size != entry["bytes"]:
            mismatches.append(f"{name}: is not the file that was released; its hash is {digest[:16]}…, "
                              f"listed is {str(entry['sha256'])[:16]}….")  # fmt: skip
        else:
            checked += 1
    return checked, missing, mismatches


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _twice(files: Sequence[Mapping[str, Any]]) -> list[str]:
    names = [entry["path"] for entry in files]
    return sorted({name for name in names if names.count(name) > 1}) if len(set(names)) != len(names) else []


# --- contents -------------------------------------------------------------------------------------------------------


def _pack(release: Release) -> list[str]:
    told = release.manifest.get("pack")
    stated = told.get("sha256") if isinstance(told, dict) else None
    found = hashlib.sha256(release.read("pack.json")).hexdigest()
    if stated != found:
        return [f"pack.json: the manifest states the pack {str(stated)[:16]}…, inside is {found[:16]}…."]
    if pack_hash(release.pack) != found:
        return ["pack.json: is not written as this version writes packs; its content may say more than is read."]
    return []


def _figures(release: Release) -> Recomputed:
    as_of = dt.date.fromisoformat(release.manifest["as_of"])
    audiences = {a.code: a for a in release.pack.header.audiences}
    if release.audience not in audiences:
        raise VerificationFailed(f"The pack has no audience {release.audience!r}.", where="manifest.json")
    names_all = audiences[release.audience].names_all
    figures = tuple(release.figures.values())
    return recompute(release.pack, release.cycle, names_all, as_of, release.answers, figures)


def _tables(release: Release) -> list[str]:
    """figures.csv and figures.parquet against figures.json, field by field."""
    figures = tuple(release.figures.values())
    columns = figure_columns(release.pack.header.languages, figures)
    if not any(name.encode() in release.read("figures.csv").partition(b"\n")[0].split(b",") for name in LATER):
        columns = tuple(name for name in columns if name not in LATER)
    rows = [flat_row(figure, columns) for figure in figures]
    found = list(_against(rows, read_csv(release.read("figures.csv"), columns, "figures.csv"), "figures.csv"))
    exact = [{column: typed(column, text) for column, text in row.items()} for row in rows]
    found += _against(exact, _parquet(release, columns), "figures.parquet")
    return found


def _against(rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    if len(rows) != len(others):
        yield f"{name}: holds {len(others)} figures, figures.json {len(rows)}."
        return
    for row, other in zip(rows, others, strict=True):
        for column, told in row.items():
            if told != other[column]:
                yield f"{name}: {row['key']}: {column} is {other[column]}, in figures.json {told}."


def _parquet(release: Release, columns: Sequence[str]) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(release.read("figures.parquet")))
        size = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
        if size > LARGEST or file.metadata.num_rows > 1_000_000:
            raise VerificationFailed("Is larger than any table of figures.", where="figures.parquet")
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise VerificationFailed(f"Is no Parquet file: {error}.", where="figures.parquet") from None
    if table.column_names != list(columns):
        raise VerificationFailed("Has other columns than figures.csv.", where="figures.parquet")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _counts(release: Release) -> list[str]:
    """The manifest's own numbers."""
    found = []
    figures = release.manifest.get("figures")
    if not isinstance(figures, dict) or figures.get("n") != len(release.figures):
        found.append(f"manifest.json: states {figures!r} figures, figures.json holds {len(release.figures)}.")
    answers = release.manifest.get("answers")
    shown = sum(len(report.answers) for report in release.answers.reports.get(release.cycle, {}).values())
    if not isinstance(answers, dict) or answers.get("shown") != shown:
        found.append(f"manifest.json: states {answers!r} answers, answers.csv shows {shown} by name.")
    found += [
        f"figures.json: {figure.key} is protected and yet has a value."
        for figure in release.figures.values()
        if figure.suppressed == PROTECTED and _gives_away(figure)
    ]
    found += [text for figure in release.figures.values() for text in _remedies(figure)]
    return found


def _remedies(figure: Figure) -> Iterator[str]:
    """What a band and rounding promise, and does not hold."""
    if figure.band is not None and figure.suppressed != PROTECTED:
        yield f"figures.json: {figure.key} is shown in a band and yet not protected."
    if figure.rounded is not None:
        for name in ("value", "numerator", "denominator") if figure.unit != "percent" else ("numerator", "denominator"):
            number = getattr(figure, name)
            if number is not None and number % figure.rounded:
                yield f"figures.json: {figure.key} is rounded to {figure.rounded}, and its {name} is {number}."


def _gives_away(figure: Figure) -> bool:
    return any(part is not None for part in (figure.value, figure.numerator, figure.denominator))


def _documents(release: Release) -> list[str]:
    found: list[str] = []
    for lang in release.languages:
        if (release.folder / f"document.{lang}.json").exists():
            where = f"document.{lang}.json"
            document = release.document(lang)
            found += [f"{where}: {text}" for text in document_problems(document, release.figures, release.pack, lang)]
    return found
