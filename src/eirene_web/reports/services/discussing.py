"""Conversations about an answer or a report: between nation and office, within the nation, within the office.

    kind            who opens it    who else writes    waits for
    question        the nation      the office         the office, until it answers
    clarification   the office      the nation         the nation, until it answers
    national        the nation      –                  nobody; the office never sees it
    office          the office      –                  nobody; the nation never sees it

What is within the office stands in the office's own chain of the journal, everything else in the nation's.
"""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.reports.models import Message, Report, Thread
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import chain_of, locked_report
from eirene_web.reports.targets import answer_target, report_target
from eirene_web.reports.working import Working

#: The longest message.
MOST_TEXT = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_Kind, _State = Thread.Kind, Thread.State
#: Kinds that the nation opens.
OF_NATION = (_Kind.QUESTION, _Kind.NATIONAL)
#: What the office asks the policy for, by kind.
_OFFICE_VERB = {
    _Kind.QUESTION: "review.reply", _Kind.CLARIFICATION: "review.ask", _Kind.OFFICE: "review.note",
}  # fmt: skip


@change
def open_thread(
    *, actor: Actor, report: int, kind: str, text: str, question: str = "", due: dt.date | None = None,
    flag: bool = False,
) -> Thread:  # fmt: skip
    """Begins a conversation. `question` empty: about the report. `flag`: the office doubts this answer."""
    row = locked_report(report)
    working = Working(row)
    if kind not in _Kind.values:
        raise UsageError(_("There is no such kind of conversation."))
    _ask(actor, working, kind, question, nation=kind in OF_NATION)
    if question and question not in working.sheet.questions:
        raise UsageError(_("The question %(id)s is not asked in this cycle.") % {"id": question[:80]})
    words = _words(text)
    of_office = kind not in OF_NATION
    thread = Thread.objects.create(
        report=row, question=question, kind=kind, due=due if of_office else None, flag=flag and of_office, opened=now()
    )
    message = _say(actor, thread, words, nation="" if of_office else row.body.nation)
    thing = thing_of(thread)
    fields = [
        Field(thing, "kind", None, str(kind)), Field(thing, "due", None, thread.due),
        Field(thing, "flag", None, thread.flag or None), Field(thing, f"message {message.pk}", None, words),
    ]  # fmt: skip
    _record(actor, thread, fields)
    telling.thread_opened(thread)
    return thread


@change
def write(*, actor: Actor, thread: int, text: str) -> Message:
    """Writes into a conversation. It then waits for the other side, or is answered."""
    found, working = _found(thread)
    as_nation = _side(actor, working, found)
    if found.state == _State.CLOSED:
        raise UsageError(_("This conversation is closed."), remedy=_("Begin a new one."))
    words = _words(text)
    message = _say(actor, found, words, nation=working.report.body.nation if as_nation else "")
    before = found.state
    if found.kind in (_Kind.QUESTION, _Kind.CLARIFICATION):
        asked_by_nation = found.kind == _Kind.QUESTION
        found.state = _State.OPEN if as_nation == asked_by_nation else _State.ANSWERED
        found.save(update_fields=["state"])
    thing = thing_of(found)
    fields = [Field(thing, f"message {message.pk}", None, words), Field(thing, "state", before, str(found.state))]
    _record(actor, found, fields)
    (telling.thread_answered if found.state == _State.ANSWERED else telling.thread_opened)(found)
    return message


@change
def close_thread(*, actor: Actor, thread: int, why: str = "") -> Thread:
    """Ends a conversation: whoever began it may, and the office a question that was put to it."""
    found, working = _found(thread)
    as_nation = _side(actor, working, found)
    if found.kind == _Kind.CLARIFICATION and as_nation:
        raise UsageError(
            _("The office asked this and closes it."),
            remedy=_("Write your answer; the office closes it when it is clear."),
        )
    before, found.state = found.state, _State.CLOSED
    found.save(update_fields=["state"])
    _record(actor, found, [Field(thing_of(found), "state", before, str(found.state))], why)
    return found


@change
def set_flag(*, actor: Actor, thread: int, flag: bool) -> Thread:
    """The office says that it doubts the answer, or does not any more."""
    found, working = _found(thread)
    if found.kind != _Kind.CLARIFICATION:
        raise NotThere(_("There is no such page, or it is not for you."))
    _ask(actor, working, found.kind, found.question, nation=False)
    before, found.flag = found.flag, flag
    found.save(update_fields=["flag"])
    _record(actor, found, [Field(thing_of(found), "flag", before, flag)])
    return found


def _found(pk: int) -> tuple[Thread, Working]:
    known = Thread.objects.filter(pk=pk).first()
    if known is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    row = locked_report(known.report_id)
    found = Thread.objects.get(pk=pk)  # as it is now that it is our turn
    found.report = row
    return found, Working(row)


def _side(actor: Actor, working: Working, thread: Thread) -> bool:
    """True: the actor speaks for the nation; False: for the office. Raises NotThere for everybody else."""
    as_nation = thread.kind != _Kind.OFFICE and working.report.body.nation in actor.nations
    if not as_nation and thread.kind == _Kind.NATIONAL:
        raise NotThere(_("There is no such page, or it is not for you."))
    _ask(actor, working, thread.kind, thread.question, nation=as_nation)
    return as_nation


def _ask(actor: Actor, working: Working, kind: str, question: str, *, nation: bool) -> None:
    row = working.report
    if not nation:
        ask(actor, _OFFICE_VERB[_Kind(kind)], report_target(row))
        return
    asked = working.sheet.questions.get(question)
    section = asked.section if asked else ""
    is_open = not question or working.is_open(question)
    ask(actor, "answer.discuss", answer_target(row, section, working.posts_of(section), is_open=is_open))


def _words(text: str) -> str:
    words = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    if not words:
        raise UsageError(_("There is nothing to send: the message is empty."))
    if len(words) > MOST_TEXT:
        raise UsageError(
            _("The message has %(n)s characters; %(most)s are allowed.") % {"n": len(words), "most": MOST_TEXT},
            remedy=_("Shorten it, or attach a file to the answer."),
        )
    return words


def _say(actor: Actor, thread: Thread, text: str, *, nation: str) -> Message:
    post = next((g.post for g in actor.grants if g.post is not None and g.nation == nation), None)
    return Message.objects.create(
        thread=thread, person_id=actor.person, post_id=post, nation=nation, text=text, at=now()
    )


def thing_of(thread: Thread) -> str:
    """What the journal calls a conversation."""
    return f"thread:{thread.report_id}/{thread.question or '-'}/{thread.pk}"


def _record(actor: Actor, thread: Thread, fields: list[Field], why: str = "") -> None:
    report: Report = thread.report
    within_office = thread.kind == _Kind.OFFICE
    chain = f"{report.cycle.alliance_id}/" if within_office else chain_of(report)
    office = thread.kind == _Kind.OFFICE or report.body.nation not in actor.nations
    verb = _OFFICE_VERB.get(_Kind(thread.kind), "answer.discuss") if office else "answer.discuss"
    record(actor, verb, chain=chain, subject=f"report:{report.pk}", fields=fields, why=why)
