"""Reads YAML and CSV so that every later complaint can name file and line.

YAML is read as text: every scalar arrives as a string (or None) and the data classes give it its type, so that `no`,
`1.10` and `2016-01-01` mean what their author sees. Aliases, tags and duplicate keys are refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eirene.errors import Problem

MAX_BYTES = 20_000_000

Path_ = tuple[str | int, ...]


@dataclass
class Tree:
    """Plain data read from one file, with the line of every value in it."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def where(self, path: Path_ = ()) -> str:
        """file:line of the value at `path`, or of the nearest value above it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return f"{self.file}:{self.lines[path[:end]]}"
        return self.file


def read_text(path: Path, shown: str, problems: list[Problem]) -> str | None:
    """The file as UTF-8 text (BOM allowed); None, with a problem noted, if it is not."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}.", shown))
        return None
    if len(raw) > MAX_BYTES:
        problems.append(Problem(f"is larger than {MAX_BYTES:,} bytes.", shown, "Split it."))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem("is not UTF-8 text.", f"{shown}:{line}", "Save it as UTF-8."))
        return None


def read_yaml(path: Path, shown: str, problems: list[Problem]) -> Tree | None:
    """The file as a Tree; None, with problems noted, if it is not the YAML that packs use."""
    import yaml

    text = read_text(path, shown, problems)
    if text is None:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.events.AliasEvent):
                where = f"{shown}:{event.start_mark.line + 1}" if event.start_mark else shown
                problems.append(Problem(f"alias *{event.anchor} is not allowed.", where, "Write the value out."))
                return None
        node = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{shown}:{mark.line + 1}" if mark else shown
        problems.append(Problem(f"is not valid YAML: {getattr(error, 'problem', None) or 'nested too deeply'}.", where))
        return None
    tree = Tree(shown, None)
    tree.data = _plain(node, (), tree, problems) if node is not None else None
    return tree


def _plain(node: Any, path: Path_, tree: Tree, problems: list[Problem]) -> Any:
    import yaml

    tree.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        if node.style is None and node.value in ("", "~", "null"):
            return None
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), tree, problems) for i, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in found:
            problems.append(Problem(f"the key {key!r} is given twice.", f"{tree.file}:{key_node.start_mark.line + 1}"))
        found[key] = _plain(value_node, (*path, key), tree, problems)
        tree.lines[(*path, key)] = key_node.start_mark.line + 1
    return found


def read_csv(path: Path, shown: str, problems: list[Problem]) -> Tree | None:
    """Rows as nested mappings: the column `name.en` becomes {"name": {"en": …}}; blank cells are left out."""
    text = read_text(path, shown, problems)
    if text is None:
        return None
    tree = Tree(shown, [])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) != len(header):
            problems.append(Problem("two columns have the same name.", f"{shown}:1"))
            return None
        for index, row in enumerate(_rows(reader, header, shown, problems)):
            tree.lines[(index,)] = row[0]
            tree.data.append(row[1])
    except csv.Error as error:
        problems.append(Problem(f"is not valid CSV: {error}.", f"{shown}:{reader.line_num}"))
        return None
    return tree


def _rows(
    reader: Any, header: list[str], shown: str, problems: list[Problem]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        if len(cells) > len(header):
            problems.append(
                Problem(
                    f"has {len(cells)} cells, the header {len(header)}.",
                    f"{shown}:{line}",
                    "Put quotes round cells that hold a comma.",
                )
            )
            continue
        nested: dict[str, Any] = {}
        for name, cell in zip(header, cells, strict=False):
            if cell.strip() == "":
                continue
            target = nested
            *outer, last = name.strip().split(".")
            for part in outer:
                target = target.setdefault(part, {})
            target[last] = cell.strip()
        yield line, nested
