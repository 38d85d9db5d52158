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
    Kind("draft_circulated", _("Draft circulated under silence"),
         _("A draft of the Summary %(cycle)s is under silence"),
         _("A draft of the Summary %(cycle)s was circulated. Unless the silence is broken it is agreed on "
           "%(deadline)s.")),
    Kind("draft_recalled", _("Draft recalled"),
         _("A draft of the Summary %(cycle)s was recalled"),
         _("The office recalled the draft of the Summary %(cycle)s that was under silence; its page says why. A new one "
           "goes out under new silence.")),
    Kind("silence_extended", _("Silence extended"),
         _("Silence on the Summary %(cycle)s lasts longer"),
         _("Silence on the draft of the Summary %(cycle)s now ends on %(deadline)s.")),
    Kind("time_asked", _("More time asked for under silence"),
         _("More time is asked for on the Summary %(cycle)s"),
         _("More time is asked for on the draft of the Summary %(cycle)s. Its page says by whom and why.")),
    Kind("time_decided", _("Request for more time decided"),
         _("The request for more time on the Summary %(cycle)s is decided"),
         _("The office decided on the request for more time on the draft of the Summary %(cycle)s.")),
    Kind("draft_agreed", _("Draft agreed"),
         _("The draft of the Summary %(cycle)s is agreed"),
         _("Silence on the draft of the Summary %(cycle)s was kept to its end: it can be signed off.")),
    Kind("freeze_failed", _("Edition not frozen"),
         _("The Summary %(cycle)s could not be frozen"),
         _("The Summary %(cycle)s could not be frozen. Nothing was published; its page says why.")),
    Kind("silence_broken", _("Silence broken"),
         _("The silence on the Summary %(cycle)s was broken"),
         _("The silence on the draft of the Summary %(cycle)s was broken. Its page says where.")),
    Kind("edition_published", _("Edition published"),
         _("The Summary %(cycle)s is published"),
         _("The Summary %(cycle)s was published and can be read.")),
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
