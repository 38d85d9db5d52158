"""What the core says of a text that cannot be meant, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from eirene.errors import Problem

_SAID: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"the bare number '(.+)' stands in a text\.",
     lambda n: _("The bare number “%(n)s” stands in the text.") % {"n": n}),
    (r"there is no figure '(.+)'\.", lambda n: _("There is no figure “%(n)s”.") % {"n": n}),
    (r"'(.*)' does not name a figure\.", lambda n: _("“%(n)s” does not name a figure.") % {"n": n}),
    (r"\{(.+)\}: there is no '(.+)'\.",
     lambda ref, aspect: _("{%(ref)s}: a figure has no “%(aspect)s”.") % {"ref": ref, "aspect": aspect}),
    (r"the text has no (.+)\.", lambda langs: _("The text is missing in: %(langs)s.") % {"langs": langs}),
)  # fmt: skip
_REMEDIES: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"Bind it to a figure, or mark it \[lit:(.+)\]\.",
     lambda n: _("Bind it to a figure, or mark it as a literal: %(literal)s.") % {"literal": f"[lit:{n}]"}),
    (r"Did you mean '(.+)'\?", lambda n: _("Did you mean “%(n)s”?") % {"n": n}),
    (r"Write an id, id\.kind or id\[dimension=code\]\.",
     lambda: _("Choose one of the figures in the list: it is inserted as it must be written.")),
    (r"Known: (.+)\.", lambda known: _("Known: %(known)s.") % {"known": known}),
)  # fmt: skip


def told(problem: Problem) -> Problem:
    return Problem(_translated(problem.what, _SAID), problem.where, _translated(problem.remedy, _REMEDIES))


def _translated(text: str, table: tuple[tuple[str, Callable[..., str]], ...]) -> str:
    for pattern, make in table:
        match = re.fullmatch(pattern, text)
        if match:
            return make(*match.groups())
    return text
