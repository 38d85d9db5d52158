"""What a release says, read once per process and kept: a release never changes, and its hash is its name."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from eirene.documents import model as d
from eirene.errors import VerificationFailed
from eirene.figures import compute, figure_from_row
from eirene.figures.model import Figure
from eirene.framework import Pack, pack_from_bytes
from eirene.framework.model import Cycle
from eirene.framework.model import Edition as EditionFile
from eirene.questionnaires.model import Report
from eirene.release.answers import Answers, read_answers
from eirene_web.editions.models import Release
from eirene_web.editions.services import MANIFEST, edition_of

_kept: OrderedDict[str, Edition] = OrderedDict()
_lock = threading.Lock()
_KEEP = 24


@dataclass(frozen=True)
class Place:
    """Where in the document something stands."""

    chapter: str
    chapter_title: str
    number: str
    anchor: str


@dataclass
class Edition:
    """A release, opened. Everything in it is meant for the release's audience; nothing else is ever looked at."""

    folder: Path
    sha256: str
    manifest: Mapping[str, Any]
    pack: Pack
    cycle: Cycle
    number: str
    file: EditionFile | None
    figures: Mapping[str, Figure]
    documents: Mapping[str, d.Document]
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: What its addresses begin with: (alliance, or alliance/for/audience; cycle, or cycle+number of an earlier one).
    at: tuple[str, str] = ("", "")
    #: Figures as lines of lists, by key, language of content and language of the page, once they have been made.
    lines: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def standing_at(self, at: tuple[str, str]) -> Edition:
        """The same edition under other addresses; what was worked out of its content is shared."""
        if at == self.at:
            return self
        other = copy.copy(self)
        other.at, other.lines = at, {}
        return other

    # --- documents ------------------------------------------------------------------------------------------------

    def document(self, lang: str) -> d.Document | None:
        """The Summary in `lang`, else in the first language that the release has."""
        return self.documents.get(lang) or next(iter(self.documents.values()), None)

    def language(self, lang: str) -> str:
        """The language in which content is shown to a reader of `lang`."""
        return lang if lang in self.pack.header.languages else self.pack.header.languages[0]

    @cached_property
    def _walks(self) -> dict[str, _Walk]:
        return {lang: _Walk(document) for lang, document in self.documents.items()}

    def walk(self, lang: str) -> _Walk:
        return self._walks.get(lang) or next(iter(self._walks.values()), _Walk(None))

    # --- figures --------------------------------------------------------------------------------------------------

    @cached_property
    def by_id(self) -> Mapping[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures.values():
            found.setdefault(figure.id, []).append(figure)
        return found

    @cached_property
    def undivided(self) -> list[Figure]:
        """Figures of this cycle without break-down, in the release's order. The year of a published value is none."""
        return [f for f in self.figures.values() if is_undivided(f) and f.cycle == self.cycle.id]

    def whole(self, id: str, population: str, kind: str) -> Figure | None:
        same = (
            f for f in self.by_id.get(id, []) if (f.population, f.kind, f.cycle) == (population, kind, self.cycle.id)
        )
        return next((f for f in same if not f.dimensions), None)

    # --- answers --------------------------------------------------------------------------------------------------

    @cached_property
    def answers(self) -> Answers:
        """Answers that carry the name of their body; all others are counted in it, not named."""
        if "answers.csv" not in self.files:
            return Answers()
        return read_answers(self.read("answers.csv"), self.pack)

    @cached_property
    def named_reports(self) -> Mapping[str, Report]:
        """body → the answers of this cycle that stand under its name."""
        return self.answers.reports.get(self.cycle.id, {})

    def named_members(self, figure: Figure) -> Mapping[str, Any]:
        """body → what it contributes to a figure, for those bodies alone whose answers stand here under their name."""
        if figure.basis != "computed" or figure.cycle != self.cycle.id or not self.named_reports:
            return {}
        if figure.id not in self._named:
            made = compute(self.pack, self.cycle.id, self.named_reports.values(), as_of=self.as_of, only={figure.id})
            self._named[figure.id] = {f.key: f.members for f in made}
        return self._named[figure.id].get(figure.key, {})

    @cached_property
    def _named(self) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        return {}

    @property
    def as_of(self) -> dt.date:
        return dt.date.fromisoformat(str(self.manifest["as_of"]))

    # --- files ----------------------------------------------------------------------------------------------------

    def read(self, name: str) -> bytes:
        """Content of a file that the manifest lists. Raises VerificationFailed if it is not what was released."""
        return _read(self.folder, self.files[name])

    def file_path(self, name: str) -> Path | None:
        """Where a listed file lies; None for any other name. The name is looked up, never joined as it came."""
        entry = self.files.get(name)
        return None if entry is None else self.folder / entry["path"]

    def chart_files(self, chart: str, lang: str) -> dict[str, str]:
        """Formats of a chart in a language that the release holds: {"svg": path, …}."""
        stem = f"charts/{chart}.{lang}."
        return {
            ending: f"{stem}{ending}" for ending in ("svg", "png", "csv", "json") if f"{stem}{ending}" in self.files
        }


def is_undivided(figure: Figure) -> bool:
    """No break-down; the year and scope that a published value carries say what it is, not of whom it is a part."""
    return not set(figure.dimensions) - {"year", "scope"}


class _Walk:
    """One pass over a document: chapters, bodies, and where each figure stands."""

    def __init__(self, document: d.Document | None) -> None:
        self.chapters: list[d.Section] = []
        self.bodies: dict[str, d.Section] = {}
        self.statements: dict[str, tuple[d.Statement, Place]] = {}
        self.places: dict[str, list[Place]] = {}
        self.charts: dict[str, tuple[d.Chart, Place]] = {}
        self.by_chapter: dict[str, list[str]] = {}
        self._anchors: dict[str, str] = {}
        for section in document.sections if document is not None else ():
            if section.kind == "body":
                self._body(section)
                continue
            self.chapters.append(section)
            self._section(section, Place(section.id, section.title, section.number, section.id))

    def _body(self, section: d.Section) -> None:
        self.bodies[section.id.removeprefix("body-")] = section

    def _section(self, section: d.Section, place: Place) -> None:
        self._anchors[section.id] = place.chapter
        for block in section.blocks:
            self._block(block, place)
        for inner in section.sections:
            if inner.kind == "body":
                self._body(inner)
            else:
                self._section(inner, Place(place.chapter, place.chapter_title, inner.number or place.number, inner.id))

    def _block(self, block: d.Block, place: Place) -> None:
        if isinstance(block, d.Chart | d.Table):
            self._anchors[block.id] = place.chapter
        if isinstance(block, d.Statement):
            self.statements.setdefault(block.figure, (block, place))
        if isinstance(block, d.Chart):
            self.charts[block.id] = (block, place)
        for key in figures_of(block):
            self.places.setdefault(key, [])
            if place not in self.places[key]:
                self.places[key].append(place)
            keys = self.by_chapter.setdefault(place.chapter, [])
            if key not in keys:
                keys.append(key)

    def chapter_of(self, anchor: str) -> str:
        """The chapter in which an anchor stands, '' if in none."""
        return self._anchors.get(anchor, "")

    def chapter(self, id: str) -> d.Section | None:
        return next((s for s in self.chapters if s.id == id), None)


def figures_of(block: d.Block) -> Iterator[str]:
    """Keys of the figures that a block shows."""
    match block:
        case d.Statement():
            yield block.figure
            yield from (r.figure for r in block.sentence if r.figure)
        case d.Chart():
            yield from block.figures
        case d.Table():
            yield from (c.figure for row in block.rows for c in row if c.figure)
        case d.Paragraph() | d.Note():
            yield from (r.figure for r in block.runs if r.figure)
        case d.Bullets():
            yield from (r.figure for item in block.items for r in item if r.figure)
        case d.Terms() | d.Footnotes():
            yield from (r.figure for _, runs in block.items for r in runs if r.figure)


def opened(release: Release) -> Edition:
    """The release's content; from memory if it has been opened before."""
    digest = release.manifest_sha256
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            return _kept[digest]
    edition = _open(release)
    with _lock:
        _kept[digest] = edition
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return edition


def _open(release: Release) -> Edition:
    folder = release.folder
    data = (folder / MANIFEST).read_bytes()
    if hashlib.sha256(data).hexdigest() != release.manifest_sha256:
        raise VerificationFailed("The manifest is not the one that was registered.", where=str(folder))
    manifest = json.loads(data)
    files = {entry["path"]: entry for entry in manifest["files"]}
    pack = pack_from_bytes(_read(folder, files["pack.json"]))
    rows = json.loads(_read(folder, files["figures.json"]))
    figures = [figure_from_row(row) for row in rows]
    return Edition(
        folder=folder,
        sha256=release.manifest_sha256,
        manifest=manifest,
        pack=pack,
        cycle=pack.cycles[release.cycle],
        number=release.number,
        file=edition_of(folder, pack, release.cycle),
        figures={f.key: f for f in figures},
        documents={
            lang: _document(folder, files, lang) for lang in pack.header.languages if f"document.{lang}.json" in files
        },
        files=files,
        at=(address_of(release), release.cycle),
    )


def address_of(release: Release) -> str:
    """Whose releases it is among, as addresses begin."""
    return release.slug if release.public else f"{release.slug}/for/{release.audience}"


def _document(folder: Path, files: Mapping[str, Mapping[str, Any]], lang: str) -> d.Document:
    from eirene.documents.serialise import from_json

    return from_json(_read(folder, files[f"document.{lang}.json"]))


def _read(folder: Path, entry: Mapping[str, Any]) -> bytes:
    data = (folder / entry["path"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise VerificationFailed("The file is not the one that was released.", where=f"{folder}: {entry['path']}")
    return data
