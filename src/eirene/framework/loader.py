"""Loads a pack: reads its files, validates every item, resolves `extends`, checks what refers to what.

All problems are collected, each with file and line, what was found and expected; only then is PackError raised.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from eirene.errors import PackError, Problem
from eirene.framework import model as m
from eirene.framework.files import Path_, Tree, read_csv, read_yaml
from eirene.framework.references import check_references

Item = TypeVar("Item", bound=m.Model)

#: Parts that a pack inherits from the one it extends; the rest belongs to the alliance that it describes.
INHERITED = ("sources", "units", "code_lists", "elements", "definitions", "questions", "questionnaires", "rules",
             "indicators")  # fmt: skip


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The folder of a pack: a path, a pack beside `beside`, or the name of one that ships."""
    path = Path(name_or_path)
    if path.is_file() and path.name == "pack.yaml":
        path = path.parent
    if (path / "pack.yaml").is_file():
        return path
    name = str(name_or_path)
    if beside is not None and (beside / name / "pack.yaml").is_file():
        return beside / name
    shipped = Path(str(files("eirene").joinpath("packs")))
    if (shipped / name / "pack.yaml").is_file() and name.isidentifier():
        return shipped / name
    known = sorted(p.parent.name for p in shipped.glob("*/pack.yaml"))
    raise PackError(
        f"There is no pack {name!r}.", remedy=f"Give a folder that holds pack.yaml, or one of: {', '.join(known)}."
    )


def load(name_or_path: str | Path) -> m.Pack:
    """The pack with all that it extends, resolved and checked. Raises PackError with every problem found."""
    folder = find(name_or_path).resolve()
    return _load(folder, _stamp(folder))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file of the pack changes, so that a loaded pack may be kept in memory."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".csv"):
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> m.Pack:
    reading = _read(folder, ())
    check_references(reading.pack(), reading.problem)
    if reading.problems:
        raise PackError(sorted(set(reading.problems), key=lambda p: (p.where.split(":")[0], _line(p.where), p.what)))
    return reading.pack()


def _line(where: str) -> int:
    tail = where.rpartition(":")[2]
    return int(tail) if tail.isdigit() else 0


@dataclass
class Reading:
    """What has been read of a pack so far: its parts, where each item stands, and what is wrong."""

    folder: Path
    language: str = "en"
    problems: list[Problem] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[Tree, Path_]] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        return f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"

    def pack(self) -> m.Pack:
        return m.Pack.model_construct(**{**_EMPTY(), **self.parts, "origin": str(self.folder)})

    def problem(self, part: str, id: str, what: str, remedy: str = "", path: Path_ = ()) -> None:
        """Notes a problem with the item `id` of `part`, at the place where it was read."""
        place = self.places.get((part, id))
        where = place[0].where((*place[1], *path)) if place else self.folder.name
        self.problems.append(Problem(what, where, remedy))

    def item(self, kind: type[Item], tree: Tree, path: Path_, data: Any) -> Item | None:
        """One validated item; None, with a problem for each thing wrong in it, if it is not valid."""
        try:
            return kind.model_validate(data, context={"language": self.language})
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.problems.append(_told(detail, kind, tree, path))
            return None


def _EMPTY() -> dict[str, Any]:
    return {
        name: f.get_default(call_default_factory=True) for name, f in m.Pack.model_fields.items() if name != "header"
    }


def _told(detail: Any, kind: type[m.Model], tree: Tree, path: Path_) -> Problem:
    loc: Path_ = tuple(detail["loc"])
    name = ".".join(str(part) for part in loc)
    where = tree.where((*path, *loc))
    match detail["type"]:
        case "missing":
            return Problem(f"{name!r} is missing.", where, f"A {kind.__name__} needs it.")
        case "extra_forbidden":
            names = _field_names(_kind_at(kind, loc[:-1]))
            near = difflib.get_close_matches(str(loc[-1]), names, 1)
            hint = f"Did you mean {near[0]!r}?" if near else "Known: " + ", ".join(sorted(names)) + "."
            return Problem(f"{name!r} is not known here.", where, hint)
    given = detail.get("input")
    quoted = f" {given!r}" if isinstance(given, str | int | float) else ""
    expected = str(detail["msg"])
    return Problem(f"{name or kind.__name__}{quoted} is not valid:", where, f"{expected[0].lower()}{expected[1:]}.")


def _kind_at(kind: type[m.Model], loc: Path_) -> type[m.Model]:
    """The kind of item that a place inside an item holds: that of disclosure_classes.0 is DisclosureClass."""
    for name in loc:
        info = next((f for key, f in kind.model_fields.items() if name in (key, f.alias)), None)
        inner = list(_models(info.annotation)) if info is not None else []
        kind = inner[0] if inner else kind
    return kind


def _models(annotation: Any) -> Iterator[type[m.Model]]:
    if isinstance(annotation, type) and issubclass(annotation, m.Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _field_names(kind: type[m.Model]) -> list[str]:
    return [f.alias or name for name, f in kind.model_fields.items()]


def _read(folder: Path, ancestors: tuple[str, ...]) -> Reading:
    """Reads one pack, its parent first. `ancestors` are the packs that extend it, to find a circle."""
    r = Reading(folder)
    tree = read_yaml(folder / "pack.yaml", f"{folder.name}/pack.yaml", r.problems)
    if tree is None:
        raise PackError(r.problems)
    if isinstance(tree.data, dict) and isinstance(tree.data.get("languages"), list) and tree.data["languages"]:
        r.language = str(tree.data["languages"][0])
    header = r.item(m.PackHeader, tree, (), tree.data) or _less_its_mistakes(tree.data, r.language)
    if header is None:
        raise PackError(r.problems)
    r.places["header", header.id] = (tree, ())
    r.parts["header"] = header
    if header.extends is not None:
        _inherit(r, header, tree, (*ancestors, header.id))
    _read_parts(r)
    return r


def _less_its_mistakes(data: Any, language: str) -> m.PackHeader | None:
    """A header that has mistakes in single entries of its lists (a threshold, a text), without them, so that what is
    wrong in the rest of the pack is told at the same time; None if it cannot do without."""
    left = copy.deepcopy(data)
    try:
        m.PackHeader.model_validate(data, context={"language": language})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _drop(left, tuple(detail["loc"]))
    try:
        return m.PackHeader.model_validate(left, context={"language": language})
    except ValidationError:
        return None


def _drop(data: Any, loc: Path_) -> None:
    """Takes a field out of an entry of a list; what is higher up stays, for too much hangs on it."""
    if len(loc) >= 3 and isinstance(loc[1], int) and isinstance(data, dict):
        entry = data[loc[0]][loc[1]]
        if isinstance(entry, dict):
            entry.pop(loc[2], None)


def _inherit(r: Reading, header: m.PackHeader, tree: Tree, ancestors: tuple[str, ...]) -> None:
    assert header.extends is not None
    if header.extends.pack in ancestors:
        chain = " → ".join((*ancestors, header.extends.pack))
        raise PackError(f"The packs extend each other in a circle: {chain}.", where=tree.where(("extends",)))
    try:
        parent = _read(find(header.extends.pack, r.folder.parent).resolve(), ancestors)
    except PackError as error:
        raise PackError(
            [Problem(p.what, p.where or tree.where(("extends",)), p.remedy) for p in error.problems]
        ) from None
    theirs: m.PackHeader = parent.parts["header"]
    if theirs.version != header.extends.version:
        r.problems.append(
            Problem(
                f"extends {theirs.id} {header.extends.version}, but {theirs.id} is at {theirs.version}.",
                tree.where(("extends",)),
                "Check what changed there, then name that version.",
            )
        )
    r.problems += parent.problems
    r.places = {**parent.places, **r.places}
    for part in (*INHERITED, "summary", "phrases"):
        if part in parent.parts:
            r.parts[part] = parent.parts[part]
    r.parts["header"] = _merged_header(theirs, header)


def _merged_header(theirs: m.PackHeader, ours: m.PackHeader) -> m.PackHeader:
    def joined(name: str) -> list[Any]:
        by_code = {item.code: item for item in getattr(theirs, name)}
        by_code.update({item.code: item for item in getattr(ours, name)})
        return list(by_code.values())

    return ours.model_copy(
        update={
            "populations": joined("populations"),
            "audiences": joined("audiences"),
            "disclosure_classes": joined("disclosure_classes"),
            "decimals": {**theirs.decimals, **ours.decimals},
            "size": ours.size or theirs.size,
            "min_bodies": ours.min_bodies if "min_bodies" in ours.model_fields_set else theirs.min_bodies,
        }
    )


def _read_parts(r: Reading) -> None:
    _csv_by_key(r, "sources.csv", "sources", m.Source, lambda s: s.id)
    _csv_by_key(r, "units.csv", "units", m.Unit, lambda u: u.code)
    _csv_by_key(r, "bodies.csv", "bodies", m.Body, lambda b: b.code)
    r.parts["names"] = _csv_list(r, "body_names.csv", "names", m.DatedName)
    r.parts["memberships"] = _csv_list(r, "memberships.csv", "memberships", m.Membership)
    _code_lists(r)
    _yaml_by_key(r, ["framework.yaml"], "elements", m.Element, lambda e: e.code)
    _yaml_by_key(r, ["cycles.yaml"], "cycles", m.Cycle, lambda c: c.id)
    _yaml_by_key(r, ["definitions.yaml"], "definitions", m.DefinitionGrid, lambda d: d.id)
    _yaml_by_key(r, _many(r, "questions"), "questions", m.Question, lambda q: q.id)
    _yaml_by_key(r, ["rules.yaml", *_many(r, "rules")], "rules", m.Rule, lambda x: x.id)
    _yaml_by_key(r, _many(r, "indicators"), "indicators", m.Indicator, lambda i: i.id)
    _documents(r, _many(r, "questionnaires"), "questionnaires", m.Questionnaire, lambda q, _: q.id)
    _documents(r, _many(r, "editions"), "editions", m.Edition, lambda _, stem: stem)
    summary = _document(r, r.folder / "summary.yaml", m.Edition, "summary", "summary")
    if summary is not None:
        r.parts["summary"] = summary
    r.parts["published"] = []
    for path in sorted((r.folder / "published").glob("*.csv")):
        r.parts["published"] += _csv_list(r, f"published/{path.name}", f"published:{path.name}", m.PublishedFigure)
    _phrases(r)


def _many(r: Reading, folder: str) -> list[str]:
    return [f"{folder}/{p.name}" for p in sorted((r.folder / folder).glob("*.yaml"))]


def _add(r: Reading, part: str, key: str, item: Any, tree: Tree, path: Path_, own: set[str]) -> None:
    if key in own:
        first = r.places[part, key][0].where(r.places[part, key][1])
        r.problems.append(Problem(f"the id {key!r} is given twice; first at {first}.", tree.where(path)))
        return
    own.add(key)
    r.parts[part] = {**r.parts.get(part, {}), key: item}
    r.places[part, key] = (tree, path)


def _csv_list(r: Reading, name: str, part: str, kind: type[Item]) -> list[Item]:
    path = r.folder / name
    if not path.is_file():
        return []
    tree = read_csv(path, r.shown(path), r.problems)
    found: list[Item] = []
    for index, row in enumerate(tree.data if tree else []):
        item = r.item(kind, tree, (index,), row)  # type: ignore[arg-type]
        if item is not None:
            r.places[part, str(len(found))] = (tree, (index,))  # type: ignore[assignment]
            found.append(item)
    return found


def _csv_by_key(r: Reading, name: str, part: str, kind: type[Item], key: Callable[[Item], str]) -> None:
    path = r.folder / name
    if not path.is_file():
        return
    tree = read_csv(path, r.shown(path), r.problems)
    own: set[str] = set()
    for index, row in enumerate(tree.data if tree else []):
        item = r.item(kind, tree, (index,), row)  # type: ignore[arg-type]
        if item is not None and tree is not None:
            _add(r, part, key(item), item, tree, (index,), own)


def _code_lists(r: Reading) -> None:
    own: set[str] = set()
    for path in sorted((r.folder / "code_lists").glob("*.csv")):
        tree = read_csv(path, r.shown(path), r.problems)
        if tree is None:
            continue
        for row in tree.data:
            if isinstance(row.get("aliases"), str):
                row["aliases"] = [alias.strip() for alias in row["aliases"].split("|") if alias.strip()]
        codes: dict[str, m.Code] = {}
        for index, row in enumerate(tree.data):
            code = r.item(m.Code, tree, (index,), row)
            if code is None:
                continue
            if code.code in codes:
                r.problems.append(Problem(f"the code {code.code!r} is given twice.", tree.where((index,))))
            codes[code.code] = code
            r.places[f"code:{path.stem}", code.code] = (tree, (index,))
        item = r.item(m.CodeList, tree, (), {"id": path.stem, "codes": list(codes.values())})
        if item is not None:
            _add(r, "code_lists", path.stem, item, tree, (), own)


def _yaml_by_key(r: Reading, names: Iterable[str], part: str, kind: type[Item], key: Callable[[Item], str]) -> None:
    own: set[str] = set()
    for name in names:
        path = r.folder / name
        if not path.is_file():
            continue
        tree = read_yaml(path, r.shown(path), r.problems)
        if tree is None:
            continue
        items = tree.data.get(part) if isinstance(tree.data, dict) else None
        if not isinstance(items, list) or set(tree.data) != {part}:
            r.problems.append(Problem(f"must hold one list, {part!r}.", tree.where()))
            continue
        for index, data in enumerate(items):
            item = r.item(kind, tree, (part, index), data)
            if item is not None:
                _add(r, part, key(item), item, tree, (part, index), own)


def _document(r: Reading, path: Path, kind: type[Item], part: str, key: str) -> Item | None:
    if not path.is_file():
        return None
    tree = read_yaml(path, r.shown(path), r.problems)
    if tree is None:
        return None
    item = r.item(kind, tree, (), tree.data)
    r.places[part, key] = (tree, ())
    return item


def _documents(r: Reading, names: Iterable[str], part: str, kind: type[Item], key: Callable[[Item, str], str]) -> None:
    own: set[str] = set()
    for name in names:
        path = r.folder / name
        item = _document(r, path, kind, part, f"file:{path.stem}")
        if item is not None:
            tree, at = r.places[part, f"file:{path.stem}"]
            _add(r, part, key(item, path.stem), item, tree, at, own)


def _phrases(r: Reading) -> None:
    path = r.folder / "phrases.yaml"
    if not path.is_file():
        return
    tree = read_yaml(path, r.shown(path), r.problems)
    if tree is None or not isinstance(tree.data, dict):
        return
    ours = dict(r.parts.get("phrases", {}))
    for lang, phrases in tree.data.items():
        if not isinstance(phrases, dict):
            r.problems.append(Problem(f"{lang!r} must map phrases to texts.", tree.where((lang,))))
            continue
        ours[lang] = {**ours.get(lang, {}), **phrases}
    r.parts["phrases"] = ours


def locate(name_or_path: str | Path) -> Callable[[str, str, Path_], str]:
    """file:line of what a pack says: (part, id, path inside the item) → place, '' where the pack has no such item.

    Parts are the fields of Pack, e.g. ("rules", "T-01", ("value",)) or ("summary", "summary", ("chapters", 0)).
    """
    reading = _read(find(name_or_path).resolve(), ())

    def place(part: str, id: str, path: Path_) -> str:
        found = reading.places.get((part, id))
        return found[0].where((*found[1], *path)) if found else ""

    return place


def read_edition(path: Path, pack: m.Pack) -> tuple[m.Edition, Callable[[Path_], str]]:
    """An edition file (`eirene.edition/1`) from outside, and what its places are called: file:line of a path in it.

    Raises PackError with every problem found.
    """
    r = Reading(path.parent.resolve(), pack.header.languages[0])
    edition = _document(r, path.resolve(), m.Edition, "summary", "summary")
    if edition is None or r.problems:
        raise PackError(r.problems or [Problem("there is no such file.", str(path))])
    tree, _ = r.places["summary", "summary"]
    return edition, tree.where
