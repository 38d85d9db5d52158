"""Who is told what of an edition. Across a nation’s border only its contact point is told, never a post above.

Nobody is told who broke silence, and no notice holds a word or a number of the draft.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from eirene.framework import asked_bodies
from eirene_web.clock import now
from eirene_web.editions.models import Draft
from eirene_web.notices.services import tell
from eirene_web.notices.words import address_of
from eirene_web.organisations.models import Holding
from eirene_web.organisations.packs import opened


def contacts(draft: Draft, nations: Iterable[str]) -> list[tuple[int, str]]:
    """(person, mailbox) of those who hold the contact posts of nations today."""
    today = now().date()
    held = Holding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today, post__contact=True,
        post__body__alliance=draft.alliance_id, post__body__nation__in=list(nations),
    )  # fmt: skip
    return list(held.values_list("person", "post__mailbox"))


def office(draft: Draft, *roles: str) -> list[tuple[int, str]]:
    today = now().date()
    held = Holding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today, post__body__alliance=draft.alliance_id,
        post__body__nation="", post__roles__role__in=roles or ("coordinator",),
    )  # fmt: skip
    return list(held.values_list("person", "post__mailbox").distinct())


def tell_nations(draft: Draft, kind: str, number: int | str, occasion: str = "", **facts: str) -> None:
    """`number`: of the draft that went out, or of the release."""
    nations = asked_bodies(opened(draft.cycle.pack_id), draft.cycle.code)
    _tell(draft, kind, contacts(draft, nations), number, occasion, facts)


def tell_office(draft: Draft, kind: str, number: int | str, occasion: str = "") -> None:
    _tell(draft, kind, office(draft), number, occasion, {})


def tell_nation(draft: Draft, nation: str, kind: str, number: int | str, occasion: str = "") -> None:
    _tell(draft, kind, contacts(draft, [nation]), number, occasion, {})


def _tell(
    draft: Draft, kind: str, people: list[tuple[int, str]], number: int | str, occasion: str, facts: dict[str, str]
) -> None:
    tell(
        kind, people=people, alliance=draft.alliance_id, key=f"{draft.pk}:{number}:{occasion}",
        facts={"cycle": draft.cycle.code, "number": str(number), **facts},
        where=address_of("draft", draft.alliance_id, draft.cycle.code),
    )  # fmt: skip
