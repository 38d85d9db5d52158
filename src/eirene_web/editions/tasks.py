"""Work in the background: figures, a draft that goes out, a freeze, and what is due by the clock.

Each may be killed at any moment and started again: what is done is looked for before it is done, and the effect comes
in one transaction that takes the edition’s turn.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_tasks import task as queue_task

from eirene_web.clock import now
from eirene_web.work.services import Running, background, long


@background
def compute_figures(running: Running, *, draft: int) -> dict[str, Any]:
    from eirene_web.editions.services.figuring import compute_now

    running.tell("computing the figures")
    made = compute_now(draft)
    return {"figures": made.pk, "milliseconds": made.milliseconds}


@long
def prepare_circulation(running: Running, *, circulation: int) -> dict[str, Any]:
    from eirene_web.editions.services.silence import prepare

    running.tell("writing the Summary")
    prepare(circulation, tell=running.tell)
    return {"circulation": circulation}


@long
def build_freeze(running: Running, *, freeze: int) -> dict[str, Any]:
    from eirene_web.editions.services.publishing import build, publish_if_due

    build(freeze, tell=running.tell)
    publish_if_due(freeze)
    return {"freeze": freeze}


@long
def examine_edition(running: Running, *, draft: int) -> dict[str, Any]:
    from eirene_web.editions.services.protecting import examine_now

    running.tell("checking the reports")
    found = examine_now(draft, tell=running.tell)
    return {"examinations": [one.pk for one in found], "clean": all(one.clean for one in found)}


@long
def verify_release(running: Running, *, release: int) -> dict[str, Any]:
    from eirene_web.editions.services.catalogue import check_release

    running.tell("comparing the files")
    return {"release": release, "ok": check_release(release=release)["ok"]}


@queue_task
def look() -> dict[str, Any]:
    """What is due now; queued for the instant itself, and every minute in case that was missed."""
    return do_due()


def do_due() -> dict[str, Any]:
    """Ends silences and embargoes whose instant has come, starts figures and examinations that are behind. Each
    happens once, however often and by however many this is called."""
    from eirene_web.editions.services.publishing import publish_due
    from eirene_web.editions.services.silence import end_due

    return {
        "silences": end_due(), "published": publish_due(), "figures": _behind(), "examinations": _unexamined(),
    }  # fmt: skip


def _just_failed(kind: str, draft: int) -> bool:
    """What could not be done is not tried again every minute; the next change, or the button, does."""
    from eirene_web.work.models import Job

    last = Job.objects.filter(kind=kind, subject=f"edition:{draft}").order_by("-pk").first()
    return last is not None and last.state == Job.State.FAILED and now() - last.created < dt.timedelta(hours=1)


def _behind() -> list[int]:
    from eirene_web.editions.models import Draft
    from eirene_web.editions.services.figuring import KIND, MOVING, is_stale, want_figures

    found = Draft.objects.filter(state__in=MOVING).select_related("cycle", "figures")
    stale = [draft for draft in found.defer("content", "figures__content") if is_stale(draft)]
    return [draft.pk for draft in stale if not _just_failed(KIND, draft.pk) and want_figures(draft) is not None]


def _unexamined() -> list[int]:
    """Editions that are out or agreed and were not examined as they stand."""
    from eirene_web.editions.models import Draft
    from eirene_web.editions.services.protecting import KIND, WATCHED, is_fresh, want_examination

    found = Draft.objects.filter(state__in=WATCHED).select_related("cycle").order_by("pk")
    behind = [draft for draft in found if not is_fresh(draft)]
    return [draft.pk for draft in behind if not _just_failed(KIND, draft.pk) and want_examination(draft) is not None]
