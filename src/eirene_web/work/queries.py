"""Reads of jobs, always for an actor: what is not theirs is not found."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from eirene_web.policy import Actor, NotThere, Reach, can, reach
from eirene_web.work.models import Job
from eirene_web.work.targets import job_target, verb_of

#: Jobs on one page.
PAGE = 50


def jobs(actor: Actor) -> QuerySet[Job]:
    """Jobs of the alliance that the actor sees, newest first."""
    nation, office = reach(actor, "job.see"), reach(actor, "office_job.see")
    wanted = Q(pk__in=[]) | _mine(actor, (nation, office))
    if nation.nations:
        wanted |= Q(nation__in=list(nation.nations))
    if office.everything:
        wanted |= Q(nation="")
    return Job.objects.filter(here(actor), wanted).select_related("person").order_by("-created", "-pk")


def here(actor: Actor) -> Q:
    """Jobs of the actor's alliance, of their own account, and of the installation itself, which are nobody's."""
    account = Q(person__isnull=True) | Q(person=actor.person)
    return Q(alliance=actor.alliance) | Q(account, alliance="")


def _mine(actor: Actor, scopes: Iterable[Reach]) -> Q:
    own = any(scope.self_ for scope in scopes) and actor.person is not None
    return Q(person=actor.person) if own else Q(pk__in=[])


def find_job(actor: Actor, pk: int) -> Job:
    """Raises NotThere."""
    found = Job.objects.select_related("person").filter(here(actor), pk=pk).first()
    if found is None or not can(actor, verb_of(found, "see"), job_target(found, actor.alliance)):
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def may(actor: Actor, job: Job, verb: str) -> bool:
    """`verb`: cancel or run_again."""
    return can(actor, verb_of(job, verb), job_target(job, actor.alliance))


def waiting_before(job: Job) -> int:
    """How many jobs stand before a waiting one."""
    if job.state != Job.State.WAITING:
        return 0
    return Job.objects.filter(state=Job.State.WAITING, pk__lt=job.pk).count()
