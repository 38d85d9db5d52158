"""Who may do what with a cycle, a report, an answer and a submission.

The office never reads what a nation is still working on: it sees that a report exists and how far it is, and reads
submissions. Another nation sees neither.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows
from eirene_web.reports.models import Cycle, Report

_STATES = dict(Report.State.choices)
KINDS = [
    Kind("cycle", _("the cycle"), dict(Cycle.State.choices)),
    Kind("report", _("the report"), _STATES),
    #: An answer is in the state of its report; in a returned one those that are not open again are locked.
    Kind("answer", _("the answer"), {**_STATES, "returned_locked": _("returned, this answer not open again")}),
    #: What was sent: for the office it is there from the day it was submitted.
    Kind("submission", _("the submission"), {"sent": _("sent"), "accepted": _("accepted")}),
]
VERBS = [
    Verb("cycle.see", _("see a cycle and its dates"), "cycle", "cycle.see", scope="read"),
    Verb("cycle.oversee", _("see where all reports are"), "cycle", "cycle.see", scope="read"),
    Verb("cycle.set_up", _("set up a cycle"), "cycle", "cycle.see", decides=True),
    Verb("cycle.open", _("open a cycle, for a test or for all"), "cycle", "cycle.see", decides=True),
    Verb("cycle.change", _("change dates, reminders and rules of a cycle"), "cycle", "cycle.see", decides=True),
    Verb("cycle.close", _("close a cycle, or reopen it with a reason"), "cycle", "cycle.see", decides=True),
    Verb("cycle.remind", _("remind those who owe something"), "cycle", "cycle.see"),
    Verb("report.see", _("see that a report is there and how far it is"), "report", "report.see", scope="read"),
    Verb("report.assign", _("assign sections to posts"), "report", "report.see"),
    Verb("report.start_clearance", _("send a report on its way through the capital"), "report", "report.see"),
    Verb("report.change_chain", _("choose or change the chain of clearance"), "report", "report.see"),
    Verb("report.clear", _("clear a report, or send it back to the drafters"), "report", "report.see", decides=True),
    Verb("report.record_paper", _("record a clearance given on paper"), "report", "report.see", decides=True),
    Verb("report.withdraw", _("take a report back from clearance"), "report", "report.see"),
    Verb("report.submit", _("submit a report for the nation"), "report", "report.see", decides=True),
    Verb("report.declare_time", _("say how long the report took"), "report", "report.see"),
    Verb("report.correct", _("ask for the correction of an accepted answer"), "report", "report.see"),
    Verb("report.history", _("read who changed what"), "report", "report.see", scope="read"),
    Verb("report.look_as", _("look at the own report through another’s eyes"), "report", "report.see", scope="read"),
    Verb("report.extend", _("extend the deadline of one body"), "report", "report.see", decides=True),
    Verb("report.reopen", _("open a report that was not submitted in time"), "report", "report.see", decides=True),
    Verb("answer.read", _("read answers that are being worked on"), "answer", "answer.read", scope="read"),
    Verb("answer.fill", _("fill in answers, attach evidence, take files in"), "answer", "answer.read"),
    Verb("answer.discuss", _("write to the office, or within the nation, about an answer"), "answer", "answer.read"),
    Verb("submission.read", _("read what was submitted, and its receipt"), "submission", "submission.read",
         scope="read"),
    Verb("review.assign", _("give a report to a desk for review"), "report", "report.see"),
    Verb("review.ask", _("ask a nation for clarification, flag an answer"), "report", "report.see"),
    Verb("review.reply", _("reply to what a nation asks the office"), "report", "report.see"),
    Verb("review.note", _("write notes within the office"), "report", "report.see"),
    Verb("review.accept", _("accept a section, or the report"), "report", "report.see", decides=True),
    Verb("review.return", _("return a report with the answers that are open again"), "report", "report.see",
         decides=True),
    Verb("review.decide_correction", _("decide on a correction"), "report", "report.see", decides=True),
]  # fmt: skip

_NATION = "rapporteur contributor clearing_officer authorised_officer reader"
_READERS = "rapporteur clearing_officer authorised_officer reader"
_DESK = "coordinator reviewer"
#: States in which the nation writes.
_WRITING = "not_started drafting returned"
#: From when on a nation has its report: the office opened it.
_OPENED = "not_started drafting in_clearance cleared submitted in_review returned accepted not_submitted"
#: While nothing has been accepted.
_OWED = "waiting not_started drafting in_clearance cleared returned"
_SENT = "submitted in_review returned accepted"

ROWS: list[Row] = [
    *rows("cycle.see", "coordinator reviewer reader observer administrator", "office"),
    *rows("cycle.see", "person", "any", "test open closed"),
    *rows("cycle.oversee", "coordinator reviewer reader observer", "office"),
    *rows("cycle.set_up", "coordinator", "office"),
    *rows("cycle.open", "coordinator", "office", "planned test"),
    *rows("cycle.change", "coordinator", "office", "planned test open"),
    *rows("cycle.close", "coordinator", "office", "test open closed"),
    *rows("cycle.remind", "coordinator", "office", "test open"),
    *rows("report.see", "coordinator reviewer reader observer", "office"),
    *rows("report.see", _NATION, "own", _OPENED),
    *rows("report.assign", "rapporteur", "own", _WRITING),
    *rows("report.start_clearance", "rapporteur", "own", _WRITING),
    *rows("report.change_chain", "rapporteur", "own", "not_started drafting returned in_clearance"),
    *rows("report.clear", "clearing_officer authorised_officer", "assigned", "in_clearance"),
    *rows("report.record_paper", "rapporteur", "own", "in_clearance"),
    *rows("report.withdraw", "rapporteur authorised_officer", "own", "in_clearance cleared"),
    *rows("report.submit", "authorised_officer", "own", "not_started drafting returned cleared"),
    *rows("report.submit", "rapporteur", "own", "cleared"),
    *rows("report.declare_time", "rapporteur", "own", _OPENED),
    *rows("report.correct", "rapporteur authorised_officer", "own", "accepted"),
    *rows("report.history", _READERS, "own", _OPENED),
    *rows("report.look_as", _READERS, "own", _OPENED),
    *rows("report.extend", "coordinator", "office", _OWED),
    *rows("report.reopen", "coordinator", "office", "not_submitted"),
    *rows("answer.read", _READERS, "own", f"{_OPENED} returned_locked"),
    *rows("answer.read", "contributor", "assigned", f"{_OPENED} returned_locked"),
    *rows("answer.fill", "rapporteur", "own", _WRITING),
    *rows("answer.fill", "contributor", "assigned", _WRITING),
    *rows("answer.discuss", "rapporteur authorised_officer clearing_officer", "own", f"{_OPENED} returned_locked"),
    *rows("answer.discuss", "contributor", "assigned", f"{_OPENED} returned_locked"),
    *rows("submission.read", "coordinator reviewer reader", "office"),
    *rows("submission.read", _READERS, "own"),
    *rows("review.assign", "coordinator", "office", "submitted in_review"),
    *rows("review.ask", _DESK, "office", _SENT),
    *rows("review.reply", _DESK, "office", _OPENED),
    *rows("review.note", _DESK, "office"),
    *rows("review.accept", _DESK, "office", "submitted in_review"),
    *rows("review.return", _DESK, "office", "submitted in_review"),
    *rows("review.decide_correction", "coordinator", "office", "accepted"),
]
