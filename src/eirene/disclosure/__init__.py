"""What an audience may see: which answers, under whose name, and which figures would give another body away."""

from eirene.disclosure.audience import AudienceView, audience_view
from eirene.disclosure.naming import PROTECTED, figure_questions, questions_in

__all__ = ["PROTECTED", "AudienceView", "audience_view", "figure_questions", "questions_in"]
