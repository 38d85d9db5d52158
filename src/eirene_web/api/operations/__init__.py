"""Every operation, by what people do; importing this registers them all."""

from eirene_web.api.operations import (
    answers,
    clearance,
    corrections,
    cycles,
    desk,
    editions,
    me,
    organisation,
    parts,
    reports,
    review,
    submissions,
    transfer,
)

__all__ = [
    "answers",
    "clearance",
    "corrections",
    "cycles",
    "desk",
    "editions",
    "me",
    "organisation",
    "parts",
    "reports",
    "review",
    "submissions",
    "transfer",
]
