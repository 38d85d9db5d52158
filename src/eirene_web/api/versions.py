"""Versions of a report in ETag and If-Match, and what to say to somebody who saw an older one.

An ETag reads "<version>.<state>": the version grows by one with every change of an answer.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from eirene.errors import Problem
from eirene_web.api.refusals import Refusal
from eirene_web.journal.models import Change, Entry
from eirene_web.reports.models import Report

_ETAG = re.compile(r'^"(\d{1,9})\.([a-z_]{1,16})"$')
MOST_CHANGES = 100


def etag_of(report: Report) -> str:
    return f'"{report.version}.{report.state}"'


def seen(request: HttpRequest, *, required: bool) -> str:
    """The ETag of If-Match; '' if there is none and none is required. Raises Refusal."""
    given = request.headers.get("If-Match", "").strip()
    if not given and required:
        raise Refusal("version_required", _("Say which version of the report you looked at."),
                      _("Send its ETag as If-Match."))  # fmt: skip
    if given and given != "*" and not _ETAG.match(given):
        raise Refusal("invalid", _("If-Match is no ETag of a report."), _("Send the ETag as you got it, with quotes."),
                      where="If-Match")  # fmt: skip
    return given


def unchanged(report: Report, given: str) -> int:
    """The report's version, if it is the one that was seen. Raises Refusal with what changed since."""
    if not given or given == "*" or given == etag_of(report):
        return report.version
    found = _ETAG.match(given)
    assert found is not None
    was, state = int(found[1]), found[2]
    problems = [Problem(_("Changed since."), place) for place in changed_since(report, was)]
    if state != report.state:
        problems.insert(
            0, Problem(_("It was “%(was)s”, it is “%(now)s”.") % {"was": state, "now": report.state}, "state")
        )
    raise Refusal(
        "version_changed",
        _("The report has changed: version %(was)s, now %(now)s.") % {"was": was, "now": report.version},
        _("Read it again, then decide."),
        problems=tuple(problems),
    )


def changed_since(report: Report, version: int) -> list[str]:
    """Question/part of what was changed after a version, as far as the journal tells: each change is one version."""
    steps = report.version - version
    if steps <= 0:
        return []
    cells = f"cell:{report.pk}/"
    entries = (
        Entry.objects.filter(subject=f"report:{report.pk}", changes__thing__startswith=cells)
        .distinct()
        .order_by("-pk")
        .values_list("pk", flat=True)[:steps]
    )
    things = Change.objects.filter(entry__in=list(entries), thing__startswith=cells).values_list("thing", flat=True)
    return sorted({thing.removeprefix(cells) for thing in things})[:MOST_CHANGES]
