"""All rules of a cycle in words, to be read before a report is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from eirene.framework import Pack, cycle_of, dimension_name
from eirene.questionnaires.builtin import BUILTIN, Severity, phrase
from eirene.questionnaires.messages import Words, in_all, words
from eirene.questionnaires.rulebook import CompiledRule, Rulebook, Sum, compile_rules
from eirene.text import Text, listing, pick


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule.

    needs       previous, peers: what it cannot be evaluated without
    questions   ids that it speaks of; empty: all of them
    text        what must hold; remedy: what to do if it does not (empty where the message says it)
    """

    code: str
    severity: Severity
    origin: Literal["builtin", "derived", "declared"]
    needs: tuple[str, ...]
    questions: tuple[str, ...]
    text: Text
    remedy: Text


def catalogue(pack: Pack, cycle_id: str) -> list[RuleEntry]:
    """Every rule that a report of the cycle is checked by: built-in, derived from its tables, declared by the pack."""
    cycle_of(pack, cycle_id)
    book = compile_rules(pack, cycle_id)
    return [
        *(_builtin(pack, code, severity) for code, severity in BUILTIN.items()),
        *(_derived(pack, book, one) for one in book.sums),
        *(_declared(pack, book, one) for one in book.declared),
    ]


def _builtin(pack: Pack, code: str, severity: Severity) -> RuleEntry:
    return RuleEntry(
        code, severity, "builtin", (), (), phrase(pack, code, "text", lambda say: {}),
        phrase(pack, code, "remedy", lambda say: {}),
    )  # fmt: skip


def _derived(pack: Pack, book: Rulebook, one: Sum) -> RuleEntry:
    asked = book.asked.questions[one.question]
    text = in_all(
        pack,
        lambda say: say(
            "parts_text",
            name=say("place", number=asked.number),
            dimension=dimension_name(pack, asked.question, one.dimension, say.lang),
        ),
    )
    remedy = in_all(pack, lambda say: say("parts_remedy"))
    return RuleEntry(one.code, "error", "derived", (), (one.question,), text, remedy)


def _declared(pack: Pack, book: Rulebook, one: CompiledRule) -> RuleEntry:
    needs = (*(("previous",) if one.needs_previous else ()), *(("peers",) if one.needs_peers else ()))
    text = in_all(pack, lambda say: _sentence(book, one, say))
    # A remedy may speak of the values at hand, which a catalogue has not.
    remedy = {} if any("{" in r for r in one.rule.remedy.values()) else one.rule.remedy
    return RuleEntry(one.rule.id, one.rule.severity, "declared", needs, one.questions, text, remedy)


def _sentence(book: Rulebook, one: CompiledRule, say: Words) -> str:
    """Title: what must hold. For each code of …"""
    rule = one.rule
    limits = [say("limit_percent", n=say.value(rule.percent))] if rule.percent is not None else []
    limits += [say.value(rule.absolute)] if rule.absolute is not None else []
    values = {name: f"`{getattr(rule, name)}`" for name in one.expressions}
    names = {
        name: dimension_name(say.pack, book.asked.questions[rule.question].question, name, say.lang)
        for name in (*rule.for_each, *([rule.dimension] if rule.dimension else []))
        if rule.question is not None
    }
    parts = [
        say(
            f"kind_{rule.kind}",
            question=say("place", number=book.asked.questions[one.question].number),
            dimension=names.get(rule.dimension or "", ""),
            limits=f" {say('or')} ".join(limits),
            factor=say.value(rule.factor) if rule.factor is not None else "",
            **values,
        )
    ]
    if rule.for_each:
        parts.append(say("kind_for_each", dimensions=listing([names[name] for name in rule.for_each], say.lang)))
    title = pick(rule.title, say.lang)
    return " ".join([f"{title}.", *parts] if title else parts)


# --- as text --------------------------------------------------------------------------------------------------------

WIDTH = 112


def render_catalogue(pack: Pack, cycle_id: str, lang: str) -> str:
    """The catalogue as plain text in one language."""
    say = words(pack, lang)
    entries = catalogue(pack, cycle_id)
    book = compile_rules(pack, cycle_id)
    title = say("cat_title", title=pick(book.asked.title, lang))
    lines = [title, "=" * len(title), "", *wrap(say("cat_lead", n=str(len(entries))), WIDTH)]
    for origin in ("builtin", "derived", "declared"):
        group = [entry for entry in entries if entry.origin == origin]
        if group:
            heading = say(f"cat_{origin}")
            lines += ["", heading, "-" * len(heading), ""]
            for entry in group:
                lines += _entry_lines(entry, book, say)
    return "\n".join(lines) + "\n"


def _entry_lines(entry: RuleEntry, book: Rulebook, say: Words) -> Iterator[str]:
    head = [entry.code, say(f"severity_{entry.severity}")]
    if entry.questions:
        head.append(f"{say('cat_questions')} {', '.join(book.asked.questions[q].number for q in entry.questions)}")
    head += [say(f"cat_needs_{need}") for need in entry.needs]
    yield "  ·  ".join(head)
    for text in (entry.text, entry.remedy):
        if pick(text, say.lang):
            yield from wrap(pick(text, say.lang), WIDTH, initial_indent="    ", subsequent_indent="    ")
