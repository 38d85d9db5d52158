"""What protection hides, in words: places, reasons, remedies and their price, for the office and for one nation.

What an examination found is told by codes (`examining.told_of`); here it is read in a language. Nothing here asks the
database or the policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.disclosure.naming import figure_questions
from eirene.framework import Pack, asked, body_name, codes
from eirene.framework.model import Question
from eirene.questionnaires.model import TOTAL
from eirene.summary.refs import default_kind
from eirene.text import Phrases, number, pick

Told = Mapping[str, Any]
#: Kinds of things that are hidden, in the order in which they are told.
KINDS = ("name", "cell", "figure", "coverage", "change", "counts")
REASONS = (
    "chosen", "small", "within", "company", "derivable", "single_values", "asked_after", "silent", "alike", "carried",
)  # fmt: skip
#: Things on one page.
PAGE = 40


def kind_words() -> dict[str, str]:
    """What kind of thing one hidden thing is."""
    return {
        "name": _("a name"), "cell": _("a cell"), "figure": _("a figure"), "coverage": _("a part of a figure"),
        "change": _("a part of a figure"), "counts": _("a count of answers"),
    }  # fmt: skip


def reason_words() -> dict[str, str]:
    """Why something is hidden, in a few words, as a filter has it."""
    return {
        "chosen": _("chosen by the coordinator"), "small": _("a small count"),
        "within": _("would give a small count away within the same answer"),
        "company": _("so that another does not stand alone"),
        "derivable": _("something protected would follow from it"),
        "single_values": _("the value of one nation"), "asked_after": _("tells the answer to another question"),
        "silent": _("so that who did not report is not the only one without a name"),
        "alike": _("so that those without a name did not all say the same"),
        "carried": _("hidden already in another release of these readers"),
    }  # fmt: skip


@dataclass(frozen=True)
class Words:
    """Codes read in a language. `name`: what a nation is called; by default what the pack says."""

    pack: Pack
    lang: str
    name: Callable[[str], str] | None = None
    #: The cycle of the edition: others are said.
    cycle: str = ""

    # --- places -----------------------------------------------------------------------------------------------------

    def nation(self, code: str) -> str:
        if self.name is not None:
            return self.name(code)
        if code not in self.pack.bodies or not self.pack.cycles:
            return code
        day = self.pack.cycles[self.cycle].reference_date if self.cycle else max(
            one.reference_date for one in self.pack.cycles.values()
        )  # fmt: skip
        return body_name(self.pack, code, self.lang, day)

    def question(self, cycle: str, question: str) -> str:
        """Number and text of a question; '' (whether a nation reported) is reporting as a whole."""
        found = asked(self.pack, cycle).questions.get(question) if cycle in self.pack.cycles else None
        told = (
            (question or _("Reporting as a whole"))
            if found is None
            else f"{found.number} {pick(found.question.text, self.lang)}"
        )
        return told if not self.cycle or cycle == self.cycle else f"{told} ({self.cycle_title(cycle)})"

    def cycle_title(self, cycle: str) -> str:
        return pick(self.pack.cycles[cycle].title, self.lang) if cycle in self.pack.cycles else cycle

    def cell(self, cycle: str, question: str, key: Sequence[str]) -> str:
        """The codes of a cell: women, officers; '' for an answer that has no cells."""
        found = asked(self.pack, cycle).questions.get(question) if cycle in self.pack.cycles else None
        if not key or found is None:
            return ", ".join(key)
        names = list(found.question.dimensions)
        told = [self._code(found.question, names[n], code) for n, code in enumerate(key[: len(names)]) if code != TOTAL]
        return ", ".join(told) or _("the total")

    def _code(self, question: Question, dimension: str, code: str) -> str:
        tree = codes(self.pack, question.dimensions[dimension].list)
        return tree.label(code, self.lang) if code in tree else code

    def place(self, where: Sequence[str]) -> str:
        """cycle, body, question, code… as words."""
        cycle, body, question, *key = where
        told = [self.nation(body), self.question(cycle, question) if question else _("whether it reported")]
        said = ", ".join(told)
        return f"{said} ({self.cell(cycle, question, key)})" if key else said

    def figure(self, key: str) -> str:
        """What a figure is about, from its key."""
        id_, cycle, population, kind, *dimensions = [*key.split("."), "", "", ""][: max(4, key.count(".") + 1)]
        indicator = self.pack.indicators.get(id_)
        if indicator is None:
            return key
        told = pick(indicator.label, self.lang)
        if kind != default_kind(indicator):
            told = told + _(": ") + f"{Phrases(self.lang, self.pack.phrases)(f'kind_{kind}')}"
        told = ", ".join([told, *(self._dimension(one) for one in dimensions if "=" in one)])
        more = [pick(p.label, self.lang) for p in self.pack.header.populations if p.code == population]
        if self.cycle and cycle != self.cycle:
            more.append(self._cycle(cycle))
        return f"{told} ({', '.join(more)})" if more else told

    def _dimension(self, pair: str) -> str:
        name, _equals, code = pair.partition("=")
        if name == "body":
            return self.nation(code)
        tree = codes(self.pack, self._lists[name]) if name in self._lists else None
        return tree.label(code, self.lang) if tree is not None and code in tree else code

    @cached_property
    def _lists(self) -> dict[str, str]:
        found = {name: name for name in self.pack.code_lists}
        for question in self.pack.questions.values():
            for name, one in question.dimensions.items():
                found.setdefault(name, one.list)
        return found

    # --- what is hidden -----------------------------------------------------------------------------------------------

    def thing(self, what: str, where: Sequence[str]) -> str:
        """What is hidden, or would be: named by what a reader would look for."""
        match what:
            case "cell":
                return _("%(cell)s: %(nation)s") % {
                    "cell": self.cell(where[0], where[2], where[3:]), "nation": self.nation(where[1]),
                }  # fmt: skip
            case "name":
                return _("the name of %(nation)s") % {"nation": self.nation(where[1])}
            case "figure":
                return self.figure(where[0])
            case "coverage":
                return _("%(figure)s: how many persons it covers") % {"figure": self.figure(where[0])}
            case "change":
                return _("%(figure)s: the change since the last cycle") % {"figure": self.figure(where[0])}
            case "counts":
                return self.counts(where)
        return ", ".join(where)

    def counts(self, where: Sequence[str]) -> str:
        """Of cycle, question and population: how many of it gave which answer. Places kept before populations were
        told apart have none, and mean all of them."""
        _cycle, question, *code = where
        if not code:
            return _("how many gave which answer") if question else _("how many reported")
        said = _("how many gave which answer, among %(population)s") if question else _(
            "how many reported, among %(population)s"
        )  # fmt: skip
        return said % {"population": self.population(code[0])}

    def population(self, code: str) -> str:
        """ "members of Concordia" """
        return next((pick(p.label, self.lang) for p in self.pack.header.populations if p.code == code), code)

    def why(self, one: Told) -> str:
        """The reason in a sentence, with what it protects where that is one thing."""
        protected = self.place(one["protects"]) if len(one["protects"]) > 2 else ""
        said = {
            "small": _("The count is so small that persons could be recognised."),
            "within": _("The hidden count beside it could be worked out from it and the totals."),
            "company": _("Another would be the only one that is hidden, and could be worked out."),
            "derivable": _("Something protected would follow from it and the other published numbers."),
            "single_values": _("It is of so few nations that it is the value of one of them."),
            "asked_after": _("It tells the answer to another question, which is not shown."),
            "silent": _("A nation that did not report would be the only one without a name."),
            "alike": _("Those without a name all gave one answer: the counts would tell it."),
            "chosen": _("Chosen by the coordinator."),
            "carried": _("Another release that the same readers hold hides it: shown here, it would be undone there."),
        }  # fmt: skip
        with_it = {
            "company": _("Without it this could be worked out: %(what)s."),
            "derivable": _("From it and the other published numbers this would follow: %(what)s."),
            "alike": _("Without it the counts would tell this: %(what)s."),
        }
        if protected and one["why"] in with_it:
            return with_it[one["why"]] % {"what": protected}
        return said.get(one["why"], one["why"])

    def exposed(self, one: Told) -> str:
        """What could be worked out, and from which published numbers; never the value."""
        if one["by"]:
            said = _("With its own answers %(nation)s can work it out.") % {"nation": self.nation(one["by"])}
        elif one["what"] == "answer" and one["where"][2]:
            said = _("The answer follows from the published counts.")
        elif one["what"] == "answer":
            said = _("That it did not report follows from the published counts and the names that are shown.")
        else:
            said = _("The number can be worked out from what is published.")
        because = pick(one.get("because") or {}, self.lang) if one.get("because") else ""
        return f"{said} " + _("It is told by: %(what)s.") % {"what": because} if because else said

    # --- remedies -----------------------------------------------------------------------------------------------------

    def way(self, way: Told) -> str:
        """A remedy as an instruction."""
        if together := way.get("together"):
            first = self.thing(together[0]["what"], together[0]["where"])
            rest = len(together) - 1
            if not rest:
                return self.way(together[0])
            return ngettext(
                "Withhold together, for they tell the same sum: %(first)s, and %(n)d more",
                "Withhold together, for they tell the same sum: %(first)s, and %(n)d more", rest,
            ) % {"first": first, "n": rest}  # fmt: skip
        where, said = way["where"], {
            "cell": _("Hide one number: %(thing)s"), "name": _("Do not show under its name: %(thing)s"),
            "figure": _("Withhold the figure: %(thing)s"), "coverage": _("Do not tell: %(thing)s"),
            "change": _("Do not tell: %(thing)s"), "counts": _("Do not tell: %(thing)s"),
        }  # fmt: skip
        if way["what"] == "name":
            thing = self.place(where)
        elif way["what"] in ("cell", "counts"):
            question = self.question(where[0], where[2 if way["what"] == "cell" else 1])
            thing = f"{self.thing(way['what'], where)} ({question})"
        else:
            thing = self.thing(way["what"], where)
        return said.get(way["what"], "%(thing)s") % {"thing": thing}

    def of_silence(self) -> str:
        """What helps where it can be told that a nation did not report."""
        return _("Ask the nation to report, or to let it be said that it did not; or show fewer nations by name.")

    def remedies(self, one: Told, most: int = 3) -> str:
        """The cheapest ways out, for a message."""
        ways = [self.way(way) for way in one["ways"][:most]]
        if not ways and not one["where"][2]:
            return self.of_silence()
        if not ways:
            return _("Take the figure out of what is told, or ask the nation to withhold or release the answer.")
        return _("What would help, the least loss first: %(ways)s.") % {"ways": "; ".join(ways)}


def price_word(price: float) -> str:
    """What a remedy costs readers, in words."""
    if price < 1:
        return _("costs readers hardly anything")
    if price < 4:
        return _("costs readers a number")
    if price < 12:
        return _("costs readers several numbers")
    if price < 40:
        return _("costs readers much: an answer of a nation, or a break-down")
    return _("costs readers a headline")


# --- for the office -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One hidden thing as a page shows it."""

    number: int
    what: str
    thing: str
    question: str
    why: str
    because: str
    ways: tuple[tuple[int, str, str], ...]
    #: What to do where nothing can be hidden instead, if that is not the usual.
    helps: str = ""


@dataclass(frozen=True)
class Group:
    """Hidden things of one question: how many of which kind."""

    question: str
    cycle: str
    label: str
    section: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def figures(self) -> int:
        """Figures, or parts of them."""
        return self.total - self.counts.get("name", 0) - self.counts.get("cell", 0)


@dataclass
class Protection:
    """What an examination found, for the office’s eyes."""

    told: Told
    words: Words
    cycle: str
    _questions: dict[str, tuple[str, str]] = field(default_factory=dict)
    _orders: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        return self.words.pack

    def about(self, what: str, where: Sequence[str]) -> tuple[str, str]:
        """(cycle, question) of a thing; of a figure the first question that it is made from."""
        if what in ("cell", "name"):
            return where[0], where[2]
        if what == "counts":
            return where[0], where[1]
        id_, _dot, rest = where[0].partition(".")
        cycle = rest.partition(".")[0]
        if where[0] not in self._questions:
            order = {q: n for n, q in enumerate(self._asked(cycle))}
            found = sorted(figure_questions(self.pack, id_), key=lambda q: (order.get(q, len(order)), q))
            self._questions[where[0]] = (cycle, found[0] if found else "")
        return self._questions[where[0]]

    def _asked(self, cycle: str) -> Iterable[str]:
        return asked(self.pack, cycle).questions if cycle in self.pack.cycles else ()

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """(cycle, question) of each hidden thing, in their order."""
        return [self.about(one["what"], one["where"]) for one in self.told["hidden"]]

    def groups(self) -> list[Group]:
        """By question, in the order of the questionnaire; what belongs to an earlier cycle behind."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for one, place in zip(self.told["hidden"], self.places, strict=True):
            found.setdefault(place, Counter())[one["what"]] += 1
        rows = sorted(found.items(), key=lambda one: self._rank(one[0]))
        return [Group(q, c, self.words.question(c, q), self._section(c, q), counts) for (c, q), counts in rows]

    def _rank(self, place: tuple[str, str]) -> tuple[Any, ...]:
        """This cycle first, then the newest; in each the order of the questionnaire, reporting as a whole last."""
        cycle, question = place
        if cycle not in self._orders:
            self._orders[cycle] = {q: n for n, q in enumerate(self._asked(cycle))}
        cycles = list(self.pack.cycles)
        age = cycles.index(cycle) if cycle in cycles else -1
        order = self._orders[cycle]
        return cycle != self.cycle, -age, order.get(question, len(order)), question

    def by_cycle(self) -> list[tuple[str, int, list[Group]]]:
        """The groups of this cycle, then of each earlier one: its title ('' for this cycle), things, groups."""
        found: dict[str, list[Group]] = {}
        for group in self.groups():
            found.setdefault(group.cycle, []).append(group)
        return [
            ("" if cycle == self.cycle else self.words.cycle_title(cycle), sum(g.total for g in groups), groups)
            for cycle, groups in found.items()
        ]

    def _section(self, cycle: str, question: str) -> str:
        sheet = asked(self.pack, cycle) if cycle in self.pack.cycles else None
        found = sheet.questions.get(question) if sheet else None
        if sheet is None or found is None:
            return ""
        return next((pick(s.title, self.words.lang) for s in sheet.sections if s.id == found.section), "")

    def reasons(self) -> list[tuple[str, int]]:
        found = Counter(one["why"] for one in self.told["hidden"])
        return [(why, found[why]) for why in sorted(found, key=lambda w: REASONS.index(w) if w in REASONS else 99)]

    def rows(self, *, question: str = "", why: str = "", page: int = 1) -> tuple[list[Row], int]:
        """Hidden things of one question (`cycle/question`) and reason, a page of them in the order of the questions;
        how many there are in all."""
        wanted = [
            n for n, (one, place) in enumerate(zip(self.told["hidden"], self.places, strict=True))
            if (not question or "/".join(place) == question) and (not why or one["why"] == why)
        ]  # fmt: skip
        wanted.sort(key=lambda n: (self._rank(self.places[n]), n))
        shown = wanted[(page - 1) * PAGE : page * PAGE]
        return [self._row(n) for n in shown], len(wanted)

    def _row(self, n: int) -> Row:
        one, (cycle, question) = self.told["hidden"][n], self.places[n]
        return Row(
            n, one["what"], self.words.thing(one["what"], one["where"]),
            self.words.question(cycle, question), one["why"], self.words.why(one), self._ways(one),
        )  # fmt: skip

    def exposed(self) -> list[Row]:
        return [
            Row(
                n, one["what"], self.words.place(one["where"]), "", "", self.words.exposed(one), self._ways(one),
                "" if one["where"][2] else self.words.of_silence(),
            )
            for n, one in enumerate(self.told["exposed"])
        ]  # fmt: skip

    def _ways(self, one: Told) -> tuple[tuple[int, str, str], ...]:
        return tuple((n, self.words.way(way), price_word(way["price"])) for n, way in enumerate(one["ways"]))

    def headline(self, audience: str) -> str:
        """What protection costs this audience, and whether it is enough, in two sentences."""
        told = {name: number(n, self.words.lang) for name, n in self.told["loss"].items()}
        hidden = _(
            "For %(audience)s: %(figures)s of %(of_figures)s figures, %(cells)s of %(of_cells)s cells and %(names)s of "
            "%(of_names)s names are hidden."
        ) % {"audience": audience, **told}
        return f"{hidden} {exposed_words(len(self.told['exposed']))}"


def exposed_words(n: int) -> str:
    if not n:
        return _("Nothing else was found that could be worked out.")
    return ngettext(
        "%(n)d thing can be worked out nevertheless.", "%(n)d things can be worked out nevertheless.", n
    ) % {"n": n}


# --- for one nation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """One answer of a nation, as others will be able to know it."""

    question: str
    standing: str
    cells: tuple[str, ...] = ()
    because: str = ""


def of_nation(told: Told, nation: str) -> dict[str, Any]:
    """What of an examination speaks of one nation, with nothing of any other: neither its places nor its remedies.

    named, counted   questions
    hidden           its own cells and names; figures that are hidden to protect it
    exposed          what of its own could be worked out, without by whom
    """

    def own(where: Sequence[str]) -> bool:
        return len(where) > 1 and where[1] == nation

    hidden = []
    for one in told["hidden"]:
        mine = one["what"] in ("cell", "name") and own(one["where"])
        for_me = one["what"] in ("figure", "coverage", "change", "counts") and own(one["protects"])
        if mine or (for_me and not _of_another(one["where"], nation)):
            protects = one["protects"] if own(one["protects"]) else []
            hidden.append({"what": one["what"], "where": one["where"], "why": one["why"], "protects": protects})
    return {
        "named": list(told["named"].get(nation, ())),
        "counted": list(told["counted"].get(nation, ())),
        "hidden": hidden,
        "exposed": [
            {"what": one["what"], "where": one["where"], "insider": bool(one["by"])}
            for one in told["exposed"] if own(one["where"])
        ],
        "checked": told["checked"],
    }  # fmt: skip


def _of_another(where: Sequence[str], nation: str) -> bool:
    """Whether the key of a figure names another nation."""
    return any(part.startswith("body=") and part != f"body={nation}" for part in where[0].split("."))


@dataclass(frozen=True)
class Seen:
    """What one audience will be able to know of a nation. `mine`: as `of_nation` gives it."""

    mine: Told
    words: Words
    cycle: str
    nation: str

    def answers(self, questions: Iterable[str]) -> list[Known]:
        """The nation’s answers of this cycle: by name (and which cells are not), counted without a name, not at all."""
        named, counted = set(self.mine["named"]), set(self.mine["counted"])
        hidden = [one for one in self.mine["hidden"] if one["where"][0] == self.cycle]
        rows = []
        for question in questions:
            cells = [o for o in hidden if o["what"] == "cell" and o["where"][2] == question]
            taken = next((o for o in hidden if o["what"] == "name" and o["where"][2] == question), None)
            standing = "named" if question in named else "counted" if question in counted else "hidden"
            rows.append(
                Known(
                    self.words.question(self.cycle, question),
                    standing,
                    tuple(self.words.cell(self.cycle, question, one["where"][3:]) for one in cells),
                    self._because(taken) if taken and standing == "counted" else "",
                )
            )
        return rows

    def figures(self) -> list[tuple[str, str]]:
        """Figures that are hidden to protect this nation: (what, what would follow)."""
        return [
            (self._thing(one), self.words.place(one["protects"]))
            for one in self.mine["hidden"] if one["what"] not in ("cell", "name")
        ]  # fmt: skip

    def exposed(self) -> list[tuple[str, str]]:
        return [
            (self.words.place(one["where"]),
             _("by another nation, with its own answers") if one["insider"] else _("by every reader"))
            for one in self.mine["exposed"]
        ]  # fmt: skip

    def _thing(self, one: Told) -> str:
        thing = self.words.thing(one["what"], one["where"])
        return self.words.question(*one["where"][:2]) + _(": ") + thing if one["what"] == "counts" else thing

    def _because(self, one: Told) -> str:
        return _("Your name is left out: ") + self.words.why({**one, "protects": []})
