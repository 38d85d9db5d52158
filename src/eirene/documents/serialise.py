"""A document as canonical JSON, and back: the same document gives the same bytes, and nothing is lost.

Every object carries only what differs from its default; blocks say their kind in "block".
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Union, get_args, get_origin, get_type_hints

from eirene.documents import model
from eirene.errors import Problem, Unreadable

FORMAT = "eirene.document/1"

_BLOCKS: Mapping[str, type] = MappingProxyType({kind.__name__.lower(): kind for kind in get_args(model.Block)})


def to_json(document: model.Document) -> bytes:
    """Canonical UTF-8 JSON: keys sorted, no spaces, ended by a newline."""
    data = {"format": FORMAT, **_out(document)}
    return (
        json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"
    ).encode()


def from_json(data: bytes | str) -> model.Document:
    """The document that `to_json` wrote. Raises Unreadable if it is not one."""
    try:
        raw = json.loads(data)
    except ValueError as error:
        raise Unreadable(
            Problem(f"The document is not JSON: {error}.", remedy="Take it from the release again.")
        ) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, dict) else type(raw).__name__
        raise Unreadable(Problem(f'"{found}" is no document of ours.', remedy=f"Its format must be {FORMAT}."))
    try:
        document = _in(model.Document, {k: v for k, v in raw.items() if k != "format"})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(
            Problem(f"The document is damaged: {error}.", remedy="Take it from the release again.")
        ) from error
    assert isinstance(document, model.Document)
    return document


# --- out ------------------------------------------------------------------------------------------------------------


def _out(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        data = {
            f.name: _out(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.default is dataclasses.MISSING or getattr(value, f.name) != f.default
        }
        kind = type(value).__name__.lower()
        return {"block": kind, **data} if kind in _BLOCKS else data
    if isinstance(value, Mapping):
        return {str(k): _out(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_out(v) for v in value]
    return value


# --- in -------------------------------------------------------------------------------------------------------------

Reader = Callable[[Any], Any]


def _in(kind: type, raw: Any) -> Any:
    readers = _readers(kind)
    unknown = set(raw) - set(readers)
    if unknown:
        raise ValueError(f'{kind.__name__} has no "{sorted(unknown)[0]}"')
    return kind(**{name: readers[name](value) for name, value in raw.items()})


@cache
def _readers(kind: type) -> Mapping[str, Reader]:
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any) -> Reader:
    """What turns JSON back into a value of this type."""
    origin, args = get_origin(hint), get_args(hint)
    if hint == model.Block:
        return _block
    if origin in (Union, type(str | None)):
        inner = _reader(next(a for a in args if a is not type(None)))
        return lambda raw: None if raw is None else inner(raw)
    if origin is tuple:
        if args[-1] is Ellipsis:
            each = _reader(args[0])
            return lambda raw: tuple(each(item) for item in raw)
        readers = [_reader(a) for a in args]
        return lambda raw: tuple(read(item) for read, item in zip(readers, raw, strict=True))
    if origin is Sequence or (isinstance(origin, type) and issubclass(origin, Sequence)):
        each = _reader(args[0])
        return lambda raw: tuple(each(item) for item in raw)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        # A block in a place of its own (a chart's table) is written with its kind all the same.
        return lambda raw: _in(hint, {name: value for name, value in raw.items() if name != "block"})
    return lambda raw: raw


def _block(raw: Any) -> Any:
    fields = dict(raw)
    return _in(_BLOCKS[fields.pop("block")], fields)
