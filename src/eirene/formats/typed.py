"""What people type into a box for a number: the number, or the short mark of a reason why there is none.

The same readings as in a workbook: what has one is taken, what has two is asked, nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from eirene.formats._layout import mark_options, status_options
from eirene.formats._numbers import Wrong, read_number
from eirene.formats.door import RawCell
from eirene.framework import Pack
from eirene.questionnaires.model import Number
from eirene.text import Phrases


@dataclass(frozen=True, slots=True)
class Typed:
    """A number, or a status (no_data, not_applicable, withheld), or what is wrong and what to do.

    readings   where it could be either: what to type for each
    """

    value: Number | None = None
    status: str = ""
    what: str = ""
    remedy: str = ""
    readings: tuple[str, ...] = ()


def read_typed(pack: Pack, text: str, lang: str, *, per_cent: bool = False, marks: bool = False) -> Typed:
    """`text` must not be blank. `per_cent`: 40.7 % reads 40.7. `marks`: nd, na, wh and their words are reasons."""
    word = text.strip()
    if marks and not any(ch.isdigit() for ch in word):
        status = mark_options(pack, lang).code(word) or status_options(pack, lang).code(word)
        if status is not None and status != "answered":
            return Typed(status=status)
    read = read_number(RawCell("text", text), per_cent=per_cent)
    if not isinstance(read, Wrong):
        return Typed(value=read.value)
    say = Phrases(lang, pack.phrases)
    # A zero more has one reading: 1.2340 is never a thousand.
    readings = (f"{read.facts['whole']}", f"{read.facts['fraction']}0") if read.code == "num_ambiguous" else ()
    return Typed(what=say(read.code, **read.facts), remedy=say(f"{read.code}_do", **read.facts), readings=readings)


def mark_of(pack: Pack, status: str, lang: str) -> str:
    """The short mark of a reason, as `read_typed` understands it."""
    return mark_options(pack, lang).words[status]
