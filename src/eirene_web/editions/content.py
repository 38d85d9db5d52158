"""An edition file as it is edited: JSON in which every chapter, block and text can be found again and hidden.

The content of a draft is an `eirene.edition/1` in which each chapter, block, variant, paragraph of the foreword and
term of the glossary has a `uid` that it keeps, and some are `hidden`. A place is a uid and a part of it, e.g. b12.text;
its text is a mapping of languages. Nothing here asks the database; nothing changes what it is given unless it says so.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from eirene.errors import EireneError, Problem
from eirene.framework.model import Edition, Pack
from eirene.summary import check_edition
from eirene.text import pick

Content = dict[str, Any]
Node = dict[str, Any]
#: Parts of a block that are texts; each may also be a list of variants.
BLOCK_TEXTS = ("text", "title", "subtitle", "note")
#: Kinds of block, in the order in which they are offered.
KINDS = ("text", "statement", "chart", "table", "note")
_OWN = ("uid", "hidden")


# --- from a file and back -------------------------------------------------------------------------------------------


def from_edition(edition: Edition) -> Content:
    """The content of a draft that begins as this edition."""
    data = edition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name in ("number", "reservations", "withholdings", "naming_footnotes", "release_list", "disclosed_by",
                 "disclosed_on", "protection", "format"):  # fmt: skip
        data.pop(name, None)
    data["uid"] = "edition"
    data["foreword"] = [{"text": text} for text in data.get("foreword", [])]
    data["next"] = 1
    for node, letter in [(n, "f") for n in data["foreword"]] + [(n, "g") for n in data.get("glossary", [])]:
        give_uid(data, node, letter)
    for chapter in data["chapters"]:
        _give_uids(data, chapter)
    return data


def give_uid(content: Content, node: Node, letter: str) -> str:
    """Gives a node its uid. Changes both."""
    node["uid"] = f"{letter}{content['next']}"
    content["next"] += 1
    return str(node["uid"])


def _give_uids(content: Content, chapter: Node) -> None:
    give_uid(content, chapter, "c")
    for block in chapter.get("blocks", []):
        give_uid(content, block, "b")
        for part in ("text", "title"):
            if isinstance(block.get(part), list):
                for variant in block[part]:
                    give_uid(content, variant, "v")
    for section in chapter.get("sections", []):
        _give_uids(content, section)


def to_edition(content: Content, pack: Pack, more: Mapping[str, Any] | None = None) -> Edition:
    """The edition file, without what is hidden or empty. `more`: number, positions, release facts.

    Raises EireneError if it is none.
    """
    data = bare({k: v for k, v in content.items() if k != "next"})
    data["foreword"] = [one["text"] for one in data.get("foreword", []) if one.get("text")]
    if not data["foreword"]:
        del data["foreword"]
    if not data.get("glossary"):
        data.pop("glossary", None)
    data.setdefault("title", {})
    try:
        return Edition.model_validate({**data, **(more or {})}, context={"language": pack.header.languages[0]})
    except ValidationError as error:
        raise EireneError(
            Problem(f"{'.'.join(map(str, one['loc']))}: {one['msg']}") for one in error.errors(include_url=False)
        ) from None


def bare(value: Any) -> Any:
    """Without what the core does not know, what is hidden, and what says nothing."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k not in _OWN and v not in (None, {}, "")}
    if isinstance(value, list):
        return [bare(one) for one in value if not (isinstance(one, dict) and (one.get("hidden") or _empty(one)))]
    return value


def _empty(node: Node) -> bool:
    """A paragraph, note, entry or variant without a word: it is not there."""
    if "uid" not in node or "chapters" in node or "id" in node:
        return False
    given = [part for part in (*BLOCK_TEXTS, "term") if part in node]
    kinds = [kind for kind in ("statement", "chart", "table") if node.get(kind)]
    return bool(given) and not kinds and not any(_said(node[part]) for part in given)


def _said(text: Any) -> bool:
    if isinstance(text, list):
        return any(_said(one.get("text")) for one in text)
    return any((text or {}).values())


def fingerprint(content: Content) -> str:
    """SHA-256 of what is said, not of how it is kept: an edit that is undone gives the same again."""
    said = bare({k: v for k, v in content.items() if k != "next"})
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# --- finding --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A node with where it stands: the list that holds it, and the chapters above it, outermost first."""

    node: Node
    among: list[Node]
    above: tuple[Node, ...] = ()

    @property
    def chapter(self) -> Node:
        return self.above[0] if self.above else self.node


def walk(content: Content) -> Iterator[Found]:
    """Every node but the edition itself, in the order of the document."""
    for one in content.get("foreword", []):
        yield Found(one, content["foreword"])
    for chapter in content["chapters"]:
        yield from _walk(chapter, content["chapters"], ())
    for entry in content.get("glossary", []):
        yield Found(entry, content["glossary"])


def _walk(chapter: Node, among: list[Node], above: tuple[Node, ...]) -> Iterator[Found]:
    yield Found(chapter, among, above)
    here = (*above, chapter)
    for block in chapter.get("blocks", []):
        yield Found(block, chapter["blocks"], here)
        for part in ("text", "title"):
            if isinstance(block.get(part), list):
                for variant in block[part]:
                    yield Found(variant, block[part], here)
    for section in chapter.get("sections", []):
        yield from _walk(section, chapter["sections"], here)


def find(content: Content, uid: str) -> Found | None:
    if uid == "edition":
        return Found(content, [content])
    return next((found for found in walk(content) if found.node.get("uid") == uid), None)


def text_at(content: Content, place: str) -> dict[str, str] | None:
    """The text of a place by language, its condition under `when`; None if there is no such text.

    Of an edition, block or entry a text that may be there and is not is empty.
    """
    uid, _, part = place.partition(".")
    found = find(content, uid)
    if found is None or part not in parts_of(found.node):
        return None
    node = found.node
    value = dict(node.get(part) or {})
    if uid.startswith("v") and "when" in node:
        value["when"] = node["when"] or ""
    return value


def parts_of(node: Node) -> tuple[str, ...]:
    """The parts of a node that are texts of their own."""
    uid = str(node.get("uid", ""))
    match uid[:1]:
        case "e":
            return ("title", "subtitle")
        case "f" | "v":
            return ("text",)
        case "g":
            return ("term", "text")
        case "c":
            return ("title",)
    if node.get("chart") or node.get("table"):
        return tuple(p for p in ("title", "subtitle") if not isinstance(node.get(p), list))
    return tuple(p for p in ("text", "note") if p in node and not isinstance(node.get(p), list))


def places(content: Content) -> Iterator[tuple[str, Node]]:
    """Every place with the node it belongs to."""
    for part in parts_of(content):
        yield f"edition.{part}", content
    for found in walk(content):
        for part in parts_of(found.node):
            yield f"{found.node['uid']}.{part}", found.node


# --- changing -------------------------------------------------------------------------------------------------------


def with_text(content: Content, place: str, lang: str, text: str) -> Content:
    """A copy in which the text of a place reads otherwise in one language (or its condition, `when`)."""
    made = copy.deepcopy(content)
    uid, _, part = place.partition(".")
    found = find(made, uid)
    assert found is not None
    if lang == "when":
        found.node["when"] = text or None
        return made
    texts = dict(found.node.get(part) or {})
    if text:
        texts[lang] = text
    else:
        texts.pop(lang, None)
    found.node[part] = texts
    return made


def moved(content: Content, uid: str, step: int) -> Content:
    """A copy in which a chapter, block, paragraph or term stands one place earlier (-1) or later (1)."""
    made = copy.deepcopy(content)
    found = find(made, uid)
    assert found is not None
    at = next(i for i, one in enumerate(found.among) if one is found.node)
    to = min(max(at + step, 0), len(found.among) - 1)
    found.among.insert(to, found.among.pop(at))
    return made


def hidden(content: Content, uid: str, on: bool) -> Content:
    made = copy.deepcopy(content)
    found = find(made, uid)
    assert found is not None
    if on:
        found.node["hidden"] = True
    else:
        found.node.pop("hidden", None)
    return made


def is_hidden(found: Found) -> bool:
    return bool(found.node.get("hidden")) or any(one.get("hidden") for one in found.above)


# --- checking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trouble:
    """Something that stands in the way, with the chapter in which it is put right ('' for the edition's own texts)."""

    problem: Problem
    chapter: str = ""
    uid: str = ""


def troubles(content: Content, pack: Pack, more: Mapping[str, Any] | None = None) -> list[Trouble]:
    """Everything in the edition that cannot be meant, each with its place in words."""
    try:
        edition = to_edition(content, pack, more)
    except EireneError as error:
        return [Trouble(problem) for problem in error.problems]
    shown = _shown(content)
    kept: dict[str, tuple[str, str]] = {}

    def place(path: Sequence[str | int]) -> str:
        words, chapter, uid = _words(shown, path, pack)
        kept[words] = (chapter, uid)
        return words

    return [Trouble(problem, *kept.get(problem.where, ("", ""))) for problem in check_edition(pack, edition, place)]


def _shown(content: Content) -> Content:
    """The content without what `to_edition` leaves out, uids kept, so that paths of the one fit the other."""

    def keep(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: keep(v) for k, v in value.items()}
        if isinstance(value, list):
            return [keep(v) for v in value if not (isinstance(v, dict) and (v.get("hidden") or _empty(v)))]
        return value

    made: Content = keep(content)
    return made


def _words(shown: Content, path: Sequence[str | int], pack: Pack) -> tuple[str, str, str]:
    """A path inside the edition as (words, chapter uid, uid)."""
    node: Any = shown
    lang, names, chapter, uid = pack.header.languages[0], list[str](), "", ""
    for at, part in enumerate(path):
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            names.append(str(part))
            break
        if isinstance(node, dict) and "uid" in node:
            uid = node["uid"]
            if path[at - 1] in ("chapters", "sections"):
                chapter = chapter or uid
                names.append(pick(node.get("title") or {}, lang) or str(node.get("id")))
            elif path[at - 1] == "blocks":
                names.append(label_of(node, lang))
        elif isinstance(part, str) and part not in ("chapters", "sections", "blocks"):
            names.append(part)
    return ", ".join(names), chapter, uid


def label_of(node: Node, lang: str, called: Callable[[str], str] = str) -> str:
    """A block or text in a few words: by the beginning of what it says, else by the figures that it shows.

    called   reference of a figure → its name
    """
    for part in ("title", "text", "note", "term"):
        given = node.get(part)
        if isinstance(given, list):
            given = next((one.get("text") for one in given if one.get("text")), {})
        words = pick(given or {}, lang) if given else ""
        if words:
            return words if len(words) <= 60 else f"{words[:59]}…"
    refs = [node["statement"]] if node.get("statement") else node.get("figures", [])[:2]
    return ", ".join(dict.fromkeys(map(called, refs))) or str(node.get("id") or node.get("uid"))


def statements_of(content: Content) -> list[tuple[Node, Node]]:
    """(chapter, block) of each statement that is shown."""
    return [
        (found.chapter, found.node) for found in walk(content) if found.node.get("statement") and not is_hidden(found)
    ]


def references(content: Content) -> Iterable[str]:
    """Every reference to a figure by a block."""
    for found in walk(content):
        if found.node.get("statement"):
            yield found.node["statement"]
        yield from found.node.get("figures", [])
