"""What every service of editions does: take the edition's turn, move it, name its chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.editions.models import Circulation, Draft
from eirene_web.journal.services import Field
from eirene_web.policy import NotThere


def not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def locked_draft(pk: int) -> Draft:
    """The edition, held until the end of the transaction: changes to one edition take turns. Raises NotThere."""
    found = Draft.objects.select_for_update(of=("self",)).select_related("cycle", "alliance").filter(pk=pk).first()
    if found is None:
        raise not_there()
    return found


def locked_circulation(draft: Draft, pk: int) -> Circulation:
    found = draft.circulations.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise not_there()
    return found


def office_chain(draft: Draft) -> str:
    return f"{draft.alliance_id}/"


def chain_of(draft: Draft, nation: str) -> str:
    """The journal chain of the body that acts: a nation's own, the office's where it is the office."""
    return f"{draft.alliance_id}/{nation}"


def subject(draft: Draft) -> str:
    return f"edition:{draft.pk}"


def moved_to(draft: Draft, state: str) -> list[Field]:
    """Moves the edition (unsaved) and gives the journal field that says so."""
    before, draft.state, draft.moved = draft.state, state, now()
    return [Field(subject(draft), "state", before, str(state))] if before != state else []


def words(text: str, what: str, most: int = 4000) -> str:
    """A text that somebody owes: not empty, not endless. Raises UsageError."""
    told = text.strip()
    if not told:
        raise UsageError(what)
    if len(told) > most:
        raise UsageError(
            _("The text is too long: %(n)d characters, at most %(most)d.") % {"n": len(told), "most": most}
        )
    return told


def texts(given: Mapping[str, str], languages: list[str], what: str, most: int = 4000) -> dict[str, str]:
    """A text in at least one of the languages. Raises UsageError."""
    told = {lang: words(text, what, most) for lang, text in given.items() if lang in languages and text.strip()}
    if not told:
        raise UsageError(what)
    return told


def changed(draft: Draft, **values: Any) -> list[Field]:
    """Sets fields of the edition (unsaved) and gives the journal fields."""
    fields = []
    for name, value in values.items():
        fields.append(Field(subject(draft), name, getattr(draft, name), value))
        setattr(draft, name, value)
    return fields
