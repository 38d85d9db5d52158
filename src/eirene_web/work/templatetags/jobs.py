"""What pages say about work in the background."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eirene_web.work import queries
from eirene_web.work.kinds import title_of
from eirene_web.work.models import Job
from eirene_web.work.targets import CANCELLABLE

register = template.Library()

#: state → (kind of colour, glyph); the word comes from the model.
_LOOK = {
    "waiting": ("idle", "wait"), "running": ("info", "half"), "done": ("ok", "done"), "failed": ("late", "late"),
    "cancelled": ("idle", "stop"),
}  # fmt: skip


@register.filter
def work_title(job: Job) -> str:
    return title_of(job.kind)


@register.simple_tag
def job_status(job: Job) -> SafeString:
    """A job's state as a word with a shape."""
    kind, glyph = _LOOK[job.state]
    word = _("being stopped") if job.cancel_asked and job.state in CANCELLABLE else job.get_state_display()
    return format_html(
        '<span class="st st--{}"><svg class="g" aria-hidden="true"><use href="#{}"/></svg>{}</span>', kind, glyph, word
    )


@register.simple_tag
def job_ways(visit: Any, job: Job) -> dict[str, Any]:
    """What the reader may do with a job, and what is to be known of it: asked when it is shown."""
    return {
        "goes_on": job.state in CANCELLABLE,
        "cancel": not job.cancel_asked and queries.may(visit.actor, job, "cancel"),
        "again": queries.may(visit.actor, job, "run_again"),
        "before": queries.waiting_before(job),
        "result": job.where if job.state == Job.State.DONE else "",
    }
