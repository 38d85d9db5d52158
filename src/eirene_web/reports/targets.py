"""What the policy is asked about: reports, answers and cycles as targets."""

from __future__ import annotations

from collections.abc import Iterable

from eirene_web.policy import Target
from eirene_web.reports.models import Cycle, Report, Submission


def cycle_target(cycle: Cycle) -> Target:
    return Target("cycle", cycle.alliance_id, state=cycle.state)


def report_target(report: Report, posts: Iterable[int] = ()) -> Target:
    """`posts`: those whose step of clearance is pending."""
    return Target(
        "report", report.cycle.alliance_id, state=report.state, nation=report.body.nation, posts=frozenset(posts)
    )


def answer_target(report: Report, section: str, posts: Iterable[int] = (), *, is_open: bool = True) -> Target:
    """`posts`: those to whom the section is assigned. `is_open`: may be changed again after a return."""
    state = report.state
    if state == Report.State.RETURNED and not is_open:
        state = "returned_locked"
    return Target(
        "answer",
        report.cycle.alliance_id,
        state=state,
        nation=report.body.nation,
        section=section,
        posts=frozenset(posts),
    )


def submission_target(submission: Submission) -> Target:
    report = submission.report
    state = "accepted" if submission.accepted else "sent"
    return Target("submission", report.cycle.alliance_id, state=state, nation=report.body.nation)
