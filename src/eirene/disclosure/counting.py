"""Answers as figures count them, asked one by one."""

from __future__ import annotations

from eirene.figures.answers import Answers


class Counted(Answers):
    """One cycle's answers with their conditions applied: a question that is not put to a body has no answer there."""

    def standing(self, question: str, body: str) -> str:
        """`answered`, or the reason why a body's answer to a question is not there to be counted."""
        if body in self.reports:
            return self._out[body].get(question, "answered")
        if not self.applies(question, body):
            return "not_applicable"
        return "no_report" if body in self.asked_bodies or body not in self.pack.bodies else "not_asked"
