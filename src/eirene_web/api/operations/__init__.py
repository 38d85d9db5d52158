"""Every operation, by what people do; importing this registers them all."""

from eirene_web.api.operations import (
    answers,
    clearance,
    cycles,
    me,
    organisation,
    reports,
    review,
    submissions,
)

__all__ = ["answers", "clearance", "cycles", "me", "organisation", "reports", "review", "submissions"]
