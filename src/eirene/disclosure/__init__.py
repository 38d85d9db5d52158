"""What an audience may see; what it could work out besides; and what is hidden so that it cannot."""

from eirene.disclosure.audience import AudienceView, audience_view
from eirene.disclosure.auditing import Exposed, Findings, audit
from eirene.disclosure.choices import Determined
from eirene.disclosure.hidden import HiddenThing, Loss, Remedy
from eirene.disclosure.naming import PROTECTED, figure_questions, questions_in
from eirene.disclosure.report import refuse_exposed
from eirene.disclosure.source import Source

__all__ = [
    "PROTECTED", "AudienceView", "Determined", "Exposed", "Findings", "HiddenThing", "Loss", "Remedy", "Source",
    "audience_view", "audit", "figure_questions", "questions_in", "refuse_exposed",
]  # fmt: skip
