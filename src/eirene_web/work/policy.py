"""Who may see, cancel and run again what is done in the background."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows
from eirene_web.work.models import Job

_STATES = dict(Job.State.choices)
KINDS = [
    #: Of somebody in a nation: its errors may quote what the nation is working on.
    Kind("job", _("the nation’s work in the background"), _STATES),
    Kind("office_job", _("the office’s work in the background"), _STATES),
]
VERBS = [
    Verb("job.see", _("see a nation’s work in the background"), "job", "job.see", scope="read"),
    Verb("job.cancel", _("cancel a nation’s work in the background"), "job", "job.see"),
    Verb("job.run_again", _("run a nation’s work in the background again"), "job", "job.see"),
    Verb("office_job.see", _("see the office’s work in the background"), "office_job", "office_job.see", scope="read"),
    Verb("office_job.cancel", _("cancel the office’s work in the background"), "office_job", "office_job.see"),
    Verb("office_job.run_again", _("run the office’s work in the background again"), "office_job", "office_job.see"),
]
ROWS: list[Row] = [
    *rows("job.see", "person", "self"),
    *rows("job.see", "rapporteur", "own"),
    *rows("job.cancel", "person", "self", "waiting running"),
    *rows("job.cancel", "rapporteur", "own", "waiting running"),
    *rows("job.run_again", "person", "self", "failed cancelled"),
    *rows("job.run_again", "rapporteur", "own", "failed cancelled"),
    *rows("office_job.see", "person", "self"),
    *rows("office_job.see", "coordinator administrator", "office"),
    *rows("office_job.cancel", "person", "self", "waiting running"),
    *rows("office_job.cancel", "coordinator administrator", "office", "waiting running"),
    *rows("office_job.run_again", "person", "self", "failed cancelled"),
    *rows("office_job.run_again", "coordinator administrator", "office", "failed cancelled"),
]
