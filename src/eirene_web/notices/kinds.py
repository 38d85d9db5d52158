"""What people can be told, and in which words. No word of a report, no answer, no name behind a no.

`subject` and `text` hold places for facts, which are codes, dates and counts when a notice is made and become words in
the reader's language when it is shown: see `words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`mailed`: by mail too, not on the desk alone. `inside`: a nation's own business; the office's outbox shows no
    more than that it could not be mailed."""

    code: str
    title: Any
    subject: Any
    text: Any
    mailed: bool = True
    inside: bool = False


_ALL = (
    # --- the cycle ---
    Kind("cycle_opened", _("Cycle opened"),
         _("The report of %(nation)s for %(cycle)s is asked for"),
         _("The cycle %(cycle)s is open. The report of %(nation)s can be filled in now; it is due on %(deadline)s.")),
    Kind("cycle_closed", _("Cycle closed"),
         _("The cycle %(cycle)s is closed"),
         _("The cycle %(cycle)s was closed. What was not submitted is locked now.")),
    Kind("cycle_reopened", _("Cycle opened again"),
         _("The cycle %(cycle)s is open again"),
         _("The cycle %(cycle)s was opened again. The report of %(nation)s is due on %(deadline)s.")),
    Kind("deadline_changed", _("Deadline of a cycle changed"),
         _("The cycle %(cycle)s has another deadline"),
         _("The deadline of the cycle %(cycle)s was changed. The report of %(nation)s is due on %(deadline)s now.")),
    Kind("deadline_extended", _("Deadline extended"),
         _("%(nation)s has more time for its report"),
         _("The office extended the deadline: the report of %(nation)s for %(cycle)s is due on %(deadline)s now. "
           "Its reason stands on the page of the report.")),
    Kind("report_reopened", _("Report opened again"),
         _("The report of %(nation)s can still be submitted"),
         _("The cycle %(cycle)s is closed; the office opened it again for %(nation)s alone. "
           "The report is due on %(deadline)s.")),
    # --- what is owed ---
    Kind("reminder", _("Reminder"),
         _("The report of %(nation)s is due %(left)s"),
         _("The report of %(nation)s for %(cycle)s is due %(left)s, on %(deadline)s. It has not been submitted yet.")),
    Kind("asked_again", _("Reminder by the office"),
         _("The office asks for the report of %(nation)s"),
         _("The office reminds %(nation)s of its report for %(cycle)s. It is due on %(deadline)s.")),
    Kind("overdue", _("Report late"),
         _("The report of %(nation)s is late %(late)s"),
         _("The report of %(nation)s for %(cycle)s was due on %(deadline)s and has not been submitted. If more time is "
           "needed, ask the office.")),
    Kind("overdue_above", _("Report late, told to the post above"),
         _("The report of %(nation)s is late %(late)s: you are told as the post above"),
         _("The report of %(nation)s for %(cycle)s was due on %(deadline)s and has not been submitted. The post that "
           "answers for it was told before, or is vacant."), inside=True),
    Kind("section_assigned", _("Section assigned"),
         _("Section %(section)s of the report of %(nation)s is yours to fill in"),
         _("Section %(section)s of the report of %(nation)s for %(cycle)s was assigned to your post. %(by)s"),
         inside=True),
    Kind("section_due", _("Section due"),
         _("Section %(section)s of the report of %(nation)s is due %(left)s"),
         _("Section %(section)s of the report of %(nation)s for %(cycle)s is assigned to your post and not marked as "
           "done. %(by)s"), inside=True),
    Kind("section_overdue", _("Section late"),
         _("Section %(section)s of the report of %(nation)s is late %(late)s"),
         _("Section %(section)s of the report of %(nation)s for %(cycle)s is not marked as done. %(by)s"), inside=True),
    # --- the way through the capital ---
    Kind("clearance_pending", _("To be cleared"),
         _("The report of %(nation)s waits for your clearance"),
         _("It is your post’s turn to clear the report of %(nation)s for %(cycle)s, or to send it back."), inside=True),
    Kind("cleared", _("Cleared"),
         _("The report of %(nation)s is cleared and can be submitted"),
         _("Every post of the chain has cleared the report of %(nation)s for %(cycle)s. It is due on %(deadline)s."),
         inside=True),
    Kind("sent_back", _("Sent back in clearance"),
         _("The report of %(nation)s was sent back to its drafters"),
         _("A post of the chain sent the report of %(nation)s for %(cycle)s back. Its reasons stand on the page of the "
           "report; the answers are open again."), inside=True),
    Kind("submitted", _("Submitted, told to the nation"),
         _("The report of %(nation)s for %(cycle)s was submitted"),
         _("The report of %(nation)s for %(cycle)s was submitted on %(at)s. Its receipt stands on the page of the "
           "report."), inside=True),
    Kind("received", _("Submitted, told to the office"),
         _("%(nation)s submitted its report for %(cycle)s"),
         _("The report of %(nation)s for %(cycle)s came in on %(at)s.")),
    # --- review ---
    Kind("review_assigned", _("Assigned for review"),
         _("The report of %(nation)s is yours to review"),
         _("The report of %(nation)s for %(cycle)s was given to your desk. %(by)s")),
    Kind("clarification_asked", _("Clarification asked"),
         _("The office asks %(nation)s for a clarification"),
         _("The office has a question about the report of %(nation)s for %(cycle)s. %(by)s")),
    Kind("clarification_answered", _("Clarification answered"),
         _("%(nation)s answered a clarification"),
         _("%(nation)s answered what the office had asked about its report for %(cycle)s.")),
    Kind("question_asked", _("Question to the office"),
         _("%(nation)s has a question to the office"),
         _("%(nation)s asks the office about its report for %(cycle)s.")),
    Kind("question_answered", _("Question answered by the office"),
         _("The office answered the question of %(nation)s"),
         _("The office answered what %(nation)s had asked about its report for %(cycle)s.")),
    Kind("returned", _("Returned"),
         _("The report of %(nation)s was returned"),
         _("The office returned the report of %(nation)s for %(cycle)s: some answers are open again, each with what is "
           "asked. %(by)s")),
    Kind("return_due", _("Returned report due"),
         _("The open answers of %(nation)s are due %(left)s"),
         _("The office returned the report of %(nation)s for %(cycle)s and waits for the answers that are open again. "
           "%(by)s")),
    Kind("return_overdue", _("Returned report late"),
         _("The open answers of %(nation)s are late %(late)s"),
         _("The office returned the report of %(nation)s for %(cycle)s and waits for the answers that are open again. "
           "If more time is needed, tell the office.")),
    Kind("clarification_due", _("Clarification due"),
         _("A clarification of %(nation)s is due %(left)s"),
         _("The office asked %(nation)s for a clarification in its report for %(cycle)s and has no answer yet. "
           "%(by)s")),
    Kind("clarification_overdue", _("Clarification late"),
         _("A clarification of %(nation)s is late %(late)s"),
         _("The office asked %(nation)s for a clarification in its report for %(cycle)s and has no answer yet. If more "
           "time is needed, tell the office.")),
    Kind("asked_back_above", _("Answer to the office late, told to the post above"),
         _("%(nation)s owes the office an answer, late %(late)s: you are told as the post above"),
         _("The office asked something back about the report of %(nation)s for %(cycle)s. The post that answers for it "
           "was told before, or is vacant."), inside=True),
    Kind("accepted", _("Accepted"),
         _("The report of %(nation)s for %(cycle)s is accepted"),
         _("The office accepted the report of %(nation)s for %(cycle)s. Thank you.")),
    Kind("correction_requested", _("Correction requested"),
         _("%(nation)s asks for a correction"),
         _("%(nation)s asks to correct an answer of its accepted report for %(cycle)s.")),
    Kind("correction_decided", _("Correction decided"),
         _("The correction that %(nation)s asked for is decided"),
         _("The office decided on the correction that %(nation)s had asked for in its report for %(cycle)s.")),
    # --- the edition ---
    Kind("edition.circulated", _("Draft circulated under silence"),
         _("Draft %(number)s of the Summary %(cycle)s is under silence"),
         _("Draft %(number)s of the Summary %(cycle)s was circulated. Unless the silence is broken it is agreed on "
           "%(until)s.")),
    Kind("edition.extended", _("Silence lasts longer"),
         _("Silence on draft %(number)s of the Summary %(cycle)s lasts longer"),
         _("The silence on draft %(number)s of the Summary %(cycle)s lasts until %(until)s now.")),
    Kind("edition.recalled", _("Draft recalled"),
         _("Draft %(number)s of the Summary %(cycle)s was recalled"),
         _("The office took draft %(number)s of the Summary %(cycle)s back. Nothing is asked of you until another one "
           "is circulated.")),
    Kind("edition.time_asked", _("More time asked for"),
         _("More time is asked for on draft %(number)s of the Summary %(cycle)s"),
         _("A nation asks for more time on draft %(number)s of the Summary %(cycle)s. Its page says which and why.")),
    Kind("edition.time_decided", _("More time decided"),
         _("Your request for more time on the Summary %(cycle)s is decided"),
         _("The office decided on your request for more time on the Summary %(cycle)s. Its page says how.")),
    Kind("edition.broken", _("Silence broken"),
         _("The silence on draft %(number)s of the Summary %(cycle)s was broken"),
         _("The silence on draft %(number)s of the Summary %(cycle)s was broken. Its page says where.")),
    Kind("edition.agreed", _("Draft agreed"),
         _("Draft %(number)s of the Summary %(cycle)s is agreed"),
         _("The silence on draft %(number)s of the Summary %(cycle)s was kept to its end: it is agreed.")),
    Kind("edition.not_frozen", _("Edition not frozen"),
         _("The Summary %(cycle)s could not be frozen"),
         _("The freezing of the Summary %(cycle)s failed. Its page says why.")),
    Kind("edition.published", _("Edition published"),
         _("The Summary %(cycle)s is published"),
         _("The Summary %(cycle)s was published and can be read.")),
    # --- what should not have been written ---
    Kind("text_raised", _("A text to look at"),
         _("A text was reported that may name somebody"),
         _("Somebody reported a text that may name a person or a case. It is hidden until you have decided."),
         inside=True),
    # --- the house itself ---
    Kind("job_done", _("Work done"),
         _("%(work)s: done"),
         _("What you had started in the background is done: %(work)s."), mailed=False, inside=True),
    Kind("job_failed", _("Work failed"),
         _("%(work)s: failed"),
         _("What was started in the background could not be done: %(work)s. Its page says why; it can be run again "
           "from there."), inside=True),
    Kind("mail_failed", _("Could not be mailed"),
         _("Notices could not be mailed"),
         _("One notice or more could not be mailed. The outbox says to whom and why."), mailed=False),
)  # fmt: skip
KINDS: dict[str, Kind] = {one.code: one for one in _ALL}
