"""Suspending and reinstating people. Their posts and duties stay where they are."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.accounts.models import Person
from eirene_web.accounts.services import end_everything
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import holds_elsewhere, person_target
from eirene_web.organisations.services.common import not_there
from eirene_web.policy import Actor, Target, ask


@change
def suspend_person(*, actor: Actor, alliance: str, person: int, why: str) -> Person:
    """Nobody signs in as this person any more; sessions and tokens end at once. The posts show it; duties wait."""
    row, target = _asked(actor, alliance, person)
    if not why.strip():
        raise UsageError(_("A suspension needs its reason."))
    if person == actor.person:
        raise UsageError(_("Nobody suspends themselves."), remedy=_("Ask another administrator."))
    if not row.is_active:
        raise UsageError(_("This person is suspended already."))
    if holds_elsewhere(row, alliance):
        raise UsageError(
            _("This person holds posts in another alliance too, which a suspension would reach."),
            remedy=_("End their time in the posts of this one."),
        )
    row.is_active, row.suspended_because = False, why.strip()[:400]
    row.save(update_fields=["is_active", "suspended_because"])
    end_everything(row)
    _record(actor, alliance, target, row, "suspended", False, True, why)
    return row


@change
def reinstate_person(*, actor: Actor, alliance: str, person: int, why: str = "") -> Person:
    """The person may sign in again. Sessions and tokens that ended stay so."""
    row, target = _asked(actor, alliance, person)
    if row.is_active:
        raise UsageError(_("This person is not suspended."))
    row.is_active, row.suspended_because = True, ""
    row.save(update_fields=["is_active", "suspended_because"])
    _record(actor, alliance, target, row, "suspended", True, False, why)
    return row


def _asked(actor: Actor, alliance: str, person: int) -> tuple[Person, Target]:
    row = Person.objects.select_for_update().filter(pk=person).first()
    if row is None:
        raise not_there()
    target = person_target(Alliance.objects.get(slug=alliance), row)
    ask(actor, "people.suspend", target)
    return row, target


def _record(
    actor: Actor, alliance: str, target: Target, row: Person, field: str, before: bool, after: bool, why: str
) -> None:
    record(
        actor, "people.suspend", chain=f"{alliance}/{target.nation}", subject=f"person:{row.pk}",
        fields=[Field(f"person:{row.pk}", field, before, after)], why=why,
    )  # fmt: skip
