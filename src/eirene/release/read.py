"""Reads a release folder that may come from anywhere: nothing outside it is opened, nothing in it is trusted."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from eirene.documents.model import Document
from eirene.errors import EireneError, Unreadable, UsageError
from eirene.figures.display import display, n_of_N
from eirene.figures.model import Figure
from eirene.figures.rows import figure_from_row
from eirene.framework import pack_from_bytes
from eirene.framework.model import Pack
from eirene.questionnaires.model import Report
from eirene.release.answers import Answers, read_answers
from eirene.release.freeze import MANIFEST, is_plain
from eirene.release.words import words
from eirene.text import pick

FORMAT = "eirene.release/1"
#: No file that is read into memory may be larger (bytes); the largest real ones are a tenth of it.
LARGEST = 256 << 20
#: No folder may hold more files.
MOST_FILES = 20_000
_ELSE = "Take the release again from where it was published."


def open_release(folder: str | Path) -> Release:
    """The release in a folder. Raises Unreadable if there is none, or its manifest is none of ours."""
    place = Path(folder)
    if not place.exists():
        raise Unreadable("There is no such folder.", where=str(folder), remedy="Give the folder of a release.")
    if not place.is_dir():
        raise Unreadable("This is a file, not a release folder.", where=str(folder), remedy="Give its folder.")
    if not (place / MANIFEST).is_file():
        raise Unreadable(
            "This folder is no release: it has no manifest.json.",
            where=str(folder),
            remedy="Give the folder that `eirene summary build … -o` made.",
        )
    release = Release(place)
    release.manifest  # noqa: B018  read now, so that what is no release is refused at once
    return release


class Release:
    """A release on the disk; its parts are read when asked for and kept.

    Every part raises Unreadable, naming the file, if it is not what a release holds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # --- files ------------------------------------------------------------------------------------------------------

    def path(self, name: str) -> Path:
        """A regular file inside the folder, reached by no link."""
        if not is_plain(name):
            raise Unreadable(f"{name[:200]!r} is no name of a file of a release.", where=str(self.folder), remedy=_ELSE)
        here = self.folder
        for part in name.split("/"):
            here = here / part
            try:
                mode = here.lstat().st_mode
            except OSError:
                raise Unreadable("The file is missing.", where=str(self.folder / name), remedy=_ELSE) from None
            if stat.S_ISLNK(mode):
                raise Unreadable("A release holds no links.", where=str(here), remedy=_ELSE)
        if not stat.S_ISREG(mode):
            raise Unreadable("This is no file.", where=str(here), remedy=_ELSE)
        return here

    def read(self, name: str) -> bytes:
        """Content of a file of at most `LARGEST` bytes."""
        path = self.path(name)
        try:
            if path.stat().st_size > LARGEST:
                raise Unreadable(f"The file is larger than {LARGEST >> 20} MiB.", where=str(path), remedy=_ELSE)
            return path.read_bytes()
        except OSError as error:
            raise Unreadable(f"Could not be read: {error.strerror}.", where=str(path), remedy=_ELSE) from None

    def json(self, name: str) -> Any:
        """A JSON file; numbers come as int and Decimal."""
        return parse_json(self.read(name), str(self.folder / name))

    def names(self) -> list[str]:
        """All files there are, whatever the manifest says, links and other odd things included."""
        found: list[str] = []
        for inner, folders, files in os.walk(self.folder, followlinks=False):
            linked = [f for f in folders if (Path(inner) / f).is_symlink()]
            found += [(Path(inner) / name).relative_to(self.folder).as_posix() for name in (*files, *linked)]
            if len(found) > MOST_FILES:
                raise Unreadable(f"The folder holds more than {MOST_FILES} files.", where=str(self.folder))
        return sorted(found)

    # --- parts ------------------------------------------------------------------------------------------------------

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        manifest = self.json(MANIFEST)
        where = str(self.folder / MANIFEST)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Unreadable(f"This is no manifest of a release ({FORMAT}).", where=where, remedy=_ELSE)
        files = manifest.get("files")
        if not isinstance(files, list) or len(files) > MOST_FILES or not all(_is_entry(f) for f in files):
            raise Unreadable("The list of files is not one.", where=where, remedy=_ELSE)
        for name in ("cycle", "audience", "id", "as_of"):
            if not isinstance(manifest.get(name), str):
                raise Unreadable(f"The field {name!r} is missing.", where=where, remedy=_ELSE)
        return manifest

    @cached_property
    def manifest_sha256(self) -> str:
        return hashlib.sha256(self.read(MANIFEST)).hexdigest()

    @property
    def cycle(self) -> str:
        return str(self.manifest["cycle"])

    @property
    def release_id(self) -> str:
        return str(self.manifest["id"])

    @property
    def audience(self) -> str:
        return str(self.manifest["audience"])

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(str(lang) for lang in self.manifest.get("languages", ()))

    @cached_property
    def pack(self) -> Pack:
        try:
            return pack_from_bytes(self.read("pack.json"))
        except EireneError as error:
            raise Unreadable(str(error), where=str(self.folder / "pack.json"), remedy=_ELSE) from None

    @cached_property
    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """figures.json as it stands; what a portal shows."""
        rows = self.json("figures.json")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreadable("This is no list of figures.", where=str(self.folder / "figures.json"), remedy=_ELSE)
        return tuple(rows)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Figures by key, in the order of the file."""
        found: dict[str, Figure] = {}
        for row in self.rows:
            try:
                figure = figure_from_row(row)
            except EireneError as error:
                raise Unreadable(str(error), where=str(self.folder / "figures.json"), remedy=_ELSE) from None
            if figure.key in found:
                raise Unreadable(f"The figure {figure.key} is there twice.", where=str(self.folder / "figures.json"))
            found[figure.key] = figure
        return found

    @cached_property
    def answers(self) -> Answers:
        return read_answers(self.read("answers.csv"), self.pack)

    def document(self, lang: str) -> Document:
        """The Summary in a language, as the skins were given it."""
        from eirene.documents.serialise import from_json

        document: Document = from_json(self.read(f"document.{lang}.json"))
        return document


def parse_json(data: bytes, where: str) -> Any:
    """JSON from outside: UTF-8, numbers as int or Decimal and of a size that can be one, no doubled names."""
    try:
        return json.loads(
            data.decode(), parse_float=_decimal, parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        what = "it nests too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(f"This is no JSON of ours: {what}.", where=where, remedy=_ELSE) from None


def _decimal(text: str) -> Decimal:
    if len(text) > 60 or abs(Decimal(text).adjusted()) > 60:
        raise ValueError(f"the number {text[:30]}… is out of bounds")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > 60:
        raise ValueError(f"the number {text[:30]}… is out of bounds")
    return int(text)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("path"), str)
        and isinstance(entry.get("sha256"), str)
        and isinstance(entry.get("bytes"), int)
    )


# --- for others -----------------------------------------------------------------------------------------------------


def history_reports(release: Release) -> tuple[Report, ...]:
    """The answers of a release's own cycle, for the trends of a later one; bodies in the order of their codes.

    Raises UsageError if the release was built for an audience that does not see them whole: what is computed from some
    of the answers would be another figure than the one published. `earlier_figures` gives the published ones instead.
    """
    if not is_full(release):
        full = [a.code for a in release.pack.header.audiences if a.names_all]
        raise UsageError(
            f"This release was built for {release.audience!r}: it does not hold the answers themselves.",
            where=str(release.folder),
            remedy=f"Give the one built for {' or '.join(full) or 'the office'}.",
        )
    found = release.answers.reports.get(release.cycle, {})
    return tuple(found[body] for body in sorted(found))


def is_full(release: Release) -> bool:
    """Whether it holds every answer under its body's name."""
    return any(a.code == release.audience and a.names_all for a in release.pack.header.audiences)


def earlier_figures(release: Release) -> tuple[Figure, ...]:
    """The figures of a release's own cycle as they were published."""
    return tuple(figure for figure in release.figures.values() if figure.cycle == release.cycle)


class _Earlier(Protocol):
    @property
    def cycle(self) -> str: ...
    @property
    def release_id(self) -> str: ...
    @property
    def manifest_sha256(self) -> str: ...


def history_entries(releases: Iterable[_Earlier]) -> list[dict[str, str]]:
    """What a manifest says of the releases that its trends rest on; in the order of their cycles."""
    return [
        {"id": r.release_id, "cycle": r.cycle, "manifest_sha256": r.manifest_sha256}
        for r in sorted(releases, key=lambda r: (r.cycle, r.release_id))
    ]


def find_figures(release: Release, wanted: str) -> tuple[Figure, ...]:
    """The figure of that key, or all figures of that id (or key without its last parts). UsageError suggests others."""
    figures = release.figures
    if wanted in figures:
        return (figures[wanted],)
    found = tuple(f for key, f in figures.items() if key.startswith(f"{wanted}."))
    if found:
        return found
    near = difflib.get_close_matches(wanted, [*figures, *{f.id for f in figures.values()}], n=5, cutoff=0.5)
    raise UsageError(
        f"The release has no figure {wanted!r}.",
        where=str(release.folder),
        remedy=f"Near: {', '.join(near)}." if near else "figures.csv lists them all.",
    )


def show_figure(release: Release, wanted: str, lang: str = "en") -> str:
    """A figure with its trace, as text; the keys with their values where `wanted` stands for several."""
    found = find_figures(release, wanted)
    if len(found) > 1 or found[0].key != wanted:
        width = max(len(f.key) for f in found)
        return "\n".join(f"{f.key:{width}}  {display(f, release.pack, lang)}" for f in found) + "\n"
    return "\n".join(_lines(found[0], release, lang)) + "\n"


def _lines(figure: Figure, release: Release, lang: str) -> Iterator[str]:
    say, pack = words(lang), release.pack
    yield pick(figure.label, lang)
    yield f"  {display(figure, pack, lang)}   ({n_of_N(figure, pack, lang)})"
    yield ""
    yield from (f"  {say(name):28}{text}" for name, text in _facts(figure, release, lang) if text)
    for missing in figure.missing:
        if missing.n:
            bodies = f": {', '.join(missing.bodies)}" if missing.bodies else ""
            yield f"  {say('missing'):28}{missing.n} {say.reason(missing.reason)}{bodies}"
    for note in figure.footnotes:
        yield f"  {say('note'):28}{f'{note.body}: ' if note.body else ''}{pick(note.text, lang)}"


def _facts(figure: Figure, release: Release, lang: str) -> Iterator[tuple[str, str]]:
    yield "key", figure.key
    yield "release", f"{release.manifest['id']}  {release.manifest_sha256[:16]}"
    yield "kind", figure.kind
    yield "dimensions", ", ".join(f"{d} = {c}" for d, c in sorted(figure.dimensions.items()))
    yield "counted", f"{figure.n_answered} / {figure.n_applicable} / {figure.n_bodies}"
    yield "basis", f"{figure.basis}{f', {figure.source}' if figure.source else ''}"
    yield "counting_rule", pick(figure.counting_rule, lang)
    if figure.coverage and figure.coverage.personnel is not None:
        yield "personnel", f"{figure.coverage.personnel} / {figure.coverage.of_personnel}"
    if figure.change:
        change = figure.change
        yield "since", f"{change.since}: {change.previous_value if change.previous_value is not None else '–'}"
        if change.gained is not None:
            counts = {"gained": change.gained, "lost": change.lost, "entered": change.entered}
            yield "bodies", words(lang)("change_bodies", **counts)
    yield "measures", ", ".join(figure.measures)
