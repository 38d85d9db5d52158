"""What of the tables the journal answers for. Each app says so in its `audited.py`:

AUDITED   how each of its things is read from the tables, field by field, as the journal names them
CHECKS    further questions with an answer of their own, such as whether bytes still have their hash
APART     models and fields that the journal does not answer for, each with the reason
KEPT      contents of changes that lie elsewhere for a while: gives (change, before, after, salt) of each

A test asks that every field of every model stands in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db.models import Model

#: thing without its kind → values by field; a field that is not there, None, '' , [], {} and False are nothing.
Rows = Iterable[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Audited:
    """One kind of thing.

    kind     what stands before the colon of a thing
    title    what it is, in words, for whoever reads a difference
    fields   those that are compared; one that ends in an asterisk stands for all that begin so
    rows     alliance → what the tables hold of each thing
    covers   which columns of which models these fields answer for
    place    key of a thing → where it is, in words, without content
    partly   the journal speaks of a field only once it was changed: what no entry ever set is not compared
    """

    kind: str
    title: Any
    fields: tuple[str, ...]
    rows: Callable[[str], Rows]
    covers: Mapping[type[Model], tuple[str, ...]]
    place: Callable[[str], str] = str
    partly: bool = False
    _starts: tuple[str, ...] = field(init=False, default=())
    _whole: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(f[:-1] for f in self.fields if f.endswith("*")))
        object.__setattr__(self, "_whole", frozenset(f for f in self.fields if not f.endswith("*")))

    def compares(self, name: str) -> bool:
        return name in self._whole or (bool(self._starts) and name.startswith(self._starts))


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the installation is not what it was.

    kind    changed, missing, order, gap, head, attested, content, emptied: of the journal itself;
            value, row, bytes: of what the tables and the disk hold
    place   where, in words; never any content
    """

    kind: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


Check = Callable[[str], Iterable[Difference]]


def _modules() -> list[Any]:
    return [
        import_module(f"{app}.audited")
        for app in settings.INSTALLED_APPS
        if app.startswith("eirene_web.") and find_spec(f"{app}.audited")
    ]


@cache
def audited() -> dict[str, Audited]:
    """Every kind of thing, of every app."""
    found: dict[str, Audited] = {}
    for one in (one for module in _modules() for one in module.AUDITED):
        if one.kind in found:
            raise RuntimeError(f"Two apps audit the kind {one.kind!r}.")
        found[one.kind] = one
    return found


#: Primary key of a change, what stood before and after as the journal writes it, and the salt.
Kept = tuple[int, str | None, str | None, str]


def kept_elsewhere() -> Iterator[Kept]:
    """Contents of changes that lie elsewhere for a while, such as in quarantine."""
    for module in _modules():
        for give in getattr(module, "KEPT", ()):
            yield from give()


@cache
def checks() -> tuple[Check, ...]:
    return tuple(check for module in _modules() for check in getattr(module, "CHECKS", ()))


@cache
def apart() -> dict[str, str]:
    """app.Model or app.Model.field → why the journal does not answer for it."""
    return {key: why for module in _modules() for key, why in getattr(module, "APART", {}).items()}


def place_of(thing: str) -> str:
    """Where a thing is, in words."""
    kind, _, key = thing.partition(":")
    known = audited().get(kind)
    return f"{known.title} {known.place(key)}" if known else thing


@cache
def seen_by() -> dict[str, str]:
    """Verbs whose entries are read by another side than the one that does them: verb → both, office or nation."""
    return {verb: side for module in _modules() for verb, side in getattr(module, "SEEN", {}).items()}
