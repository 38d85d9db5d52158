"""Takes out of figures what an audience may not know: names, the texts of those not named, what is hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from eirene.disclosure.hidden import Hidden
from eirene.disclosure.naming import PROTECTED, Naming, figure_questions, questions_in
from eirene.figures.model import Figure, Footnote, Missing
from eirene.framework.model import Pack
from eirene.text import Text, pick

#: What stands instead of the footnote of a body that is not named: how many there are, never whose or what it says.
_UNNAMED: Mapping[str, Mapping[str, str]] = {
    "justified_warning": {
        "en": "Differences that were justified, without a name: {n}.",
        "fr": "Écarts justifiés, sans indication de nom\u00a0: {n}.",
    },
    "unjustified_error": {
        "en": "Inconsistencies left unexplained, without a name: {n}.",
        "fr": "Incohérences non expliquées, sans indication de nom\u00a0: {n}.",
    },
    "definition": {
        "en": "Differing definitions, without a name: {n}.",
        "fr": "Définitions différentes, sans indication de nom\u00a0: {n}.",
    },
    "break": {
        "en": "Breaks in the series, without a name: {n}.",
        "fr": "Ruptures de série, sans indication de nom\u00a0: {n}.",
    },
    "counted_apart": {
        "en": "Persons counted apart, without a name: {n}.",
        "fr": "Personnes comptées à part, sans indication de nom\u00a0: {n}.",
    },
    "breakdown_unknown": {
        "en": "Totals without a break-down, without a name: {n}.",
        "fr": "Totaux sans ventilation, sans indication de nom\u00a0: {n}.",
    },
    "withholding": {
        "en": "Answers withheld, without a name: {n}.",
        "fr": "Réponses non communiquées, sans indication de nom\u00a0: {n}.",
    },
    "": {
        "en": "Notes to answers, without a name: {n}.",
        "fr": "Notes relatives à des réponses, sans indication de nom\u00a0: {n}.",
    },
}
#: Footnotes that belong to a name, and go with it.
_OF_A_NAME = ("naming", "naming_protected")
#: Footnotes that a body asked to be printed (practice 11): they are its public word.
_OWN_WORD = ("reservation",)


class Strip:
    """Takes out of figures what the audience may not know; values and counts stay.

    A figure is done anew only if names, cells or parts of its own were hidden since.
    """

    def __init__(self, pack: Pack, naming: Naming, hidden: Hidden) -> None:
        self.pack, self.naming, self.hidden = pack, naming, hidden
        self._size = questions_in(pack.header.size, pack)
        self._questions: dict[str, frozenset[str]] = {}
        #: key → of which moment, the figure as stripped then, what was hidden in it
        self._kept: dict[str, tuple[object, Figure, str]] = {}

    def figure(self, figure: Figure) -> Figure:
        if figure.basis != "computed":
            return figure
        moment = self._moment(figure)
        kept = self._kept.get(figure.key)
        if kept is None or kept[0] != moment:
            self._kept[figure.key] = kept = (moment, *self._stripped(figure))
        return kept[1]

    @property
    def steps(self) -> Counter[str]:
        """How many figures lack something, by what."""
        return Counter(step for _, _, step in self._kept.values() if step)

    def _moment(self, figure: Figure) -> object:
        if figure.id not in self._questions:
            self._questions[figure.id] = figure_questions(self.pack, figure.id) | self._size
        hidden, key = self.hidden, figure.key
        moments = self.naming.moments(figure.cycle, self._questions[figure.id])
        return moments, key in hidden.figures, key in hidden.coverage, key in hidden.change, self._untold(figure)

    def _untold(self, figure: Figure) -> bool:
        """Whether it is not told of its population how many answered what."""
        if not self.hidden.counts:
            return False
        where = figure.cycle, figure.population
        return any((where[0], question, where[1]) in self.hidden.counts for question in self._questions[figure.id])

    def _stripped(self, figure: Figure) -> tuple[Figure, str]:
        kept = replace(
            figure,
            missing=tuple(self._missing(figure, one) for one in figure.missing),
            footnotes=self._footnotes(figure),
            members={b: v for b, v in figure.members.items() if self.naming.shows(figure, b)},
        )
        if figure.key in self.hidden.coverage and kept.coverage is not None:
            kept = replace(kept, coverage=replace(kept.coverage, personnel=None, of_personnel=None))
        if figure.key in self.hidden.change:
            kept = replace(kept, change=None)
        if self._untold(figure):
            return _without_anything(kept), "figures_hidden"
        if figure.key in self.hidden.figures:
            return _without_value(kept), "figures_hidden"
        return self._coverage(figure, kept)

    def _missing(self, figure: Figure, missing: Missing) -> Missing:
        return replace(missing, bodies=tuple(b for b in missing.bodies if self.naming.shows(figure, b)))

    def _footnotes(self, figure: Figure) -> tuple[Footnote, ...]:
        kept: list[Footnote] = []
        unnamed: Counter[str] = Counter()
        for note in figure.footnotes:
            if not note.body or note.kind in _OWN_WORD or self.naming.shows(figure, note.body):
                kept.append(note)
            elif note.kind not in _OF_A_NAME:
                unnamed[note.kind] += 1
        kept.extend(Footnote(kind, self._generic(kind, n)) for kind, n in sorted(unnamed.items()))
        return tuple(kept)

    def _generic(self, kind: str, n: int) -> Text:
        words = _UNNAMED.get(kind, _UNNAMED[""])
        return {lang: pick(words, lang).format(n=n) for lang in self.pack.header.languages}

    def _coverage(self, figure: Figure, kept: Figure) -> tuple[Figure, str]:
        """Personnel covered and in all: if one body alone makes the difference and its size is not shown, both go."""
        coverage = figure.coverage
        if coverage is None or coverage.personnel is None or not self._size:
            return kept, ""
        apart = [b for m in figure.missing if m.reason != "not_applicable" for b in m.bodies]
        outside = [b for b in apart if not self._sized(figure.cycle, b)]
        inside = [b for b in figure.members if not self._sized(figure.cycle, b)]
        if len(outside) == 1 or len(inside) == 1:
            kept = replace(kept, coverage=replace(coverage, personnel=None, of_personnel=None))
            return kept, "coverage_in_personnel_hidden"
        return kept, ""

    def _sized(self, cycle: str, body: str) -> bool:
        return all((cycle, body, q) in self.naming.shown for q in self._size)


def _without_value(figure: Figure) -> Figure:
    coverage = figure.coverage
    return replace(
        figure,
        value=None,
        numerator=None,
        denominator=None,
        change=None,
        members={},
        extra={},
        suppressed=PROTECTED,
        coverage=None if coverage is None else replace(coverage, personnel=None, of_personnel=None),
    )


def _without_anything(figure: Figure) -> Figure:
    """How many of its bodies are in it, and why the others are not, would tell of one of them."""
    missing = (Missing(PROTECTED, figure.n_bodies),)
    kept = replace(_without_value(figure), n_answered=0, n_applicable=figure.n_bodies, missing=missing, coverage=None)
    return replace(kept, footnotes=tuple(note for note in figure.footnotes if note.kind in _OWN_WORD))
