"""What changed from one release to another, in sentences.

Figures come first, each with the reason as far as both releases show it; then answers, texts, edition and files. Two
releases of different cycles are compared figure by figure, each with its own cycle's.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from eirene.disclosure import figure_questions
from eirene.documents.model import Document, Run, Section
from eirene.figures.display import display, n_of_N
from eirene.figures.model import Figure, figure_key
from eirene.questionnaires.model import Answer, Report
from eirene.release.read import Release, open_release
from eirene.release.tables import plain
from eirene.release.words import Words, words
from eirene.text import pick

#: Longer texts are quoted by their beginning.
_QUOTED = 160
#: Files whose changes are told in words, or follow from those that are.
_TOLD = ("figures.", "answers.csv", "pack.json", "document.", "edition.yaml", "datapackage.json", "summary.", "charts/")


def diff(old: str | Path | Release, new: str | Path | Release, lang: str = "en") -> list[str]:
    """Sentences in `lang`, none if the releases are the same. Raises Unreadable if one is no release."""
    return list(_Comparison(_opened(old), _opened(new), lang).sentences())


def _opened(release: str | Path | Release) -> Release:
    return release if isinstance(release, Release) else open_release(release)


class _Comparison:
    def __init__(self, old: Release, new: Release, lang: str) -> None:
        self.old, self.new, self.lang = old, new, lang
        self.say: Words = words(lang)

    def sentences(self) -> Iterator[str]:
        if self.old.manifest_sha256 == self.new.manifest_sha256:
            return
        found = False
        for part in (self.figures, self.answers, self.counted, self.edition, self.texts, self.files):
            for sentence in part():
                found = True
                yield sentence
        if not found:
            yield from self.any_file()

    # --- figures ----------------------------------------------------------------------------------------------------

    def figures(self) -> Iterator[str]:
        then = {self._place(f, self.old): f for f in self.old.figures.values()}
        now = {self._place(f, self.new): f for f in self.new.figures.values()}
        for place, figure in now.items():
            if place in then:
                yield from self._changed(then[place], figure)
            else:
                yield self.say("figure_added", key=figure.key, new=self._value(figure, self.new))
        for place, figure in then.items():
            if place not in now:
                yield self.say("figure_removed", key=figure.key, old=self._value(figure, self.old))

    def _place(self, figure: Figure, release: Release) -> str:
        """The key, with the release's own cycle taken for the new one's."""
        cycle = self.new.cycle if figure.cycle == release.cycle else figure.cycle
        return figure_key(figure.id, cycle, figure.population, figure.kind, figure.dimensions)

    def _value(self, figure: Figure, release: Release) -> str:
        value = display(figure, release.pack, self.lang)
        return self.say("with_count", value=value, count=n_of_N(figure, release.pack, self.lang))

    def _changed(self, then: Figure, now: Figure) -> Iterator[str]:
        old, new = self._value(then, self.old), self._value(now, self.new)
        if (then.value, then.numerator, then.denominator, then.suppressed, then.band, then.rounded) != (
            now.value, now.numerator, now.denominator, now.suppressed, now.band, now.rounded,
        ):  # fmt: skip
            if old == new:
                # What is printed is the same; tell the exact values.
                old, new = self._exact(then), self._exact(now)
            yield self.say("was_is", key=now.key, old=old, new=new, why=self._why(then, now))
        before, after = _missing(then), _missing(now)
        for reason in sorted({*before, *after}):
            if before[reason] != after[reason]:
                told = self.say.reason(reason)
                yield self.say("figure_missing", key=now.key, reason=told, old=before[reason], new=after[reason])
        if _notes(then) != _notes(now):
            yield self.say("figure_notes", key=now.key)
        if (then.label, then.source, then.counting_rule, then.basis) != (
            now.label, now.source, now.counting_rule, now.basis,
        ):  # fmt: skip
            yield self.say("figure_rule", key=now.key)

    def _exact(self, figure: Figure) -> str:
        value = plain(figure.value) or self.say("empty")
        return self.say("with_count", value=value, count=f"{plain(figure.numerator)} / {plain(figure.denominator)}")

    def _why(self, then: Figure, now: Figure) -> str:
        """Which answers changed, as far as both releases show them."""
        if then.cycle != now.cycle:
            return ""
        reasons = []
        for question in sorted(figure_questions(self.new.pack, now.id)):
            n = self._answers_changed(now.cycle, now.population, question)
            if n:
                reasons.append(self.say("answers_one" if n == 1 else "answers_many", n=n, question=question))
        return self.say("because", reasons="; ".join(reasons)) if reasons else ""

    def _answers_changed(self, cycle: str, population: str, question: str) -> int:
        then, now = (_given(release, cycle, question) for release in (self.old, self.new))
        named = sum(then[body] != now[body] for body in then if body in now)
        named += len(set(then) ^ set(now)) if self._both_whole() else 0
        before, after = (_tally(r, cycle, population, question) for r in (self.old, self.new))
        return max(named, (after - before).total(), (before - after).total())

    def _both_whole(self) -> bool:
        return bool(self.old.manifest.get("names_all")) and bool(self.new.manifest.get("names_all"))

    # --- answers ----------------------------------------------------------------------------------------------------

    def answers(self) -> Iterator[str]:
        """Answers shown by name in either. Those of another cycle are other answers."""
        cycles = {c for r in (self.old, self.new) for c in r.answers.reports}
        for cycle in sorted(cycles) if self.old.cycle == self.new.cycle else ():
            then, now = (_named(r, cycle) for r in (self.old, self.new))
            where = "" if cycle == self.new.cycle else self.say("in_cycle", cycle=cycle)
            for body, question in sorted({*then, *now}):
                at = {"body": body, "question": question, "cycle": where}
                if (body, question) not in then:
                    yield self.say("answer_added", **at)
                elif (body, question) not in now:
                    yield self.say("answer_removed", **at)
                else:
                    what = self._what(then[body, question], now[body, question])
                    if what:
                        yield self.say("answer_changed", **at, what=what)

    def _what(self, then: Answer, now: Answer) -> str:
        told = []
        parts = {**_parts(then), **_parts(now)}
        for place in parts:
            old, new = _parts(then).get(place, ""), _parts(now).get(place, "")
            if old != new:
                shown = {"old": old or self.say("empty"), "new": new or self.say("empty")}
                told.append(self.say("cell_was", place=place, **shown))
        if not told and then != now:
            told.append(self.say("text_changed", place=self.say("note")))
        return "; ".join(told)

    def counted(self) -> Iterator[str]:
        """Answers that are counted, not named."""
        if self.old.cycle != self.new.cycle:
            return
        then, now = self.old.answers.counted, self.new.answers.counted
        for cycle, population, question in sorted({*then, *now}):
            before = then.get((cycle, population, question), Counter())
            after = now.get((cycle, population, question), Counter())
            for status, value in sorted({*before, *after}):
                old, new = before[status, value], after[status, value]
                if old != new:
                    told = value or self.say.reason(status)
                    where = "" if cycle == self.new.cycle else self.say("in_cycle", cycle=cycle)
                    yield self.say(
                        "counted_changed", question=question or "–", population=population, cycle=where,
                        status=told, old=old, new=new,
                    )  # fmt: skip

    # --- edition and texts ------------------------------------------------------------------------------------------

    def edition(self) -> Iterator[str]:
        then, now = _facts(self.old, self.lang), _facts(self.new, self.lang)
        for name in then:
            if then[name] != now[name]:
                old, new = then[name] or self.say("empty"), now[name] or self.say("empty")
                yield self.say("edition_was", field=name, old=old, new=new)
        if then["pack"] == now["pack"] and _pack_hash(self.old) != _pack_hash(self.new):
            yield self.say("pack_changed", version=now["pack"])

    def texts(self) -> Iterator[str]:
        """Wording only: numbers that come from figures are told as figures."""
        for lang in self.old.languages:
            if lang not in self.new.languages:
                yield self.say("language_removed", lang=lang)
        for lang in self.new.languages:
            if lang not in self.old.languages:
                yield self.say("language_added", lang=lang)
                continue
            then, now = (_document(r, lang) for r in (self.old, self.new))
            if then is not None and now is not None:
                yield from self._wording(_passages(then), _passages(now), lang)

    def _wording(self, then: list[tuple[str, str]], now: list[tuple[str, str]], lang: str) -> Iterator[str]:
        matcher = difflib.SequenceMatcher(None, then, now, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal":
                continue
            gone, come = then[i1:i2], now[j1:j2]
            for (where, old), (_, new) in zip(gone, come, strict=False):
                yield self.say("document_changed", where=where, lang=lang, old=_short(old), new=_short(new))
            for where, text in gone[len(come) :]:
                yield self.say("document_removed", where=where, lang=lang, text=_short(text))
            for where, text in come[len(gone) :]:
                yield self.say("document_added", where=where, lang=lang, text=_short(text))

    # --- files ------------------------------------------------------------------------------------------------------

    def files(self) -> Iterator[str]:
        then, now = _hashes(self.old), _hashes(self.new)
        for path in sorted({*then, *now}):
            if path not in then:
                yield self.say("file_added", path=path)
            elif path not in now:
                yield self.say("file_removed", path=path)
            elif then[path] != now[path] and not path.startswith(_TOLD):
                yield self.say("file_changed", path=path)

    def any_file(self) -> Iterator[str]:
        """The manifests differ and nothing above says how: name the files."""
        then, now = _hashes(self.old), _hashes(self.new)
        changed = sorted(path for path in {*then, *now} if then.get(path) != now.get(path))
        yield from (self.say("file_changed", path=path) for path in changed or ["manifest.json"])


# --- what is compared -----------------------------------------------------------------------------------------------


def _missing(figure: Figure) -> Counter[str]:
    counts: Counter[str] = Counter()
    for missing in figure.missing:
        counts[missing.reason] += missing.n
    return counts


def _notes(figure: Figure) -> list[tuple[str, str, Mapping[str, str]]]:
    return [(note.kind, note.body, note.text) for note in figure.footnotes]


def _named(release: Release, cycle: str) -> dict[tuple[str, str], Answer]:
    reports: Mapping[str, Report] = release.answers.reports.get(cycle, {})
    return {(body, q): answer for body, report in reports.items() for q, answer in report.answers.items()}


def _given(release: Release, cycle: str, question: str) -> dict[str, tuple[Any, ...]]:
    """What each named body answered, texts left out."""
    return {
        body: (answer.status, answer.value, dict(answer.cells), answer.rows)
        for (body, q), answer in _named(release, cycle).items()
        if q == question
    }


def _tally(release: Release, cycle: str, population: str, question: str) -> Counter[tuple[str, str]]:
    """Answers that are counted, by status and value, those that are hidden left out; with those by name."""
    counts = Counter(release.answers.counted.get((cycle, population, question), Counter()))
    if not counts:
        return Counter()
    for status, value, cells, rows in _given(release, cycle, question).values():
        if not cells and not rows and isinstance(value, str | None):
            counts[status, value or ""] += 1
    return Counter({k: n for k, n in counts.items() if k[0] != "hidden"})


def _parts(answer: Answer) -> dict[str, str]:
    """An answer as place → text."""
    value = answer.value
    found: dict[str, str] = {"status": answer.status}
    if isinstance(value, Mapping):
        found |= {f"text ({lang})": text for lang, text in value.items()}
    elif value is not None:
        found["value"] = (
            "|".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else plain(value)
        )
    for key, cell in sorted(answer.cells.items()):
        found["/".join(key)] = plain(cell.value) if cell.status == "answered" else cell.status
    for number, row in enumerate(answer.rows, start=1):
        found |= {f"{number}.{c}": v if isinstance(v, str) else plain(v) for c, v in row.items()}
    return found


def _facts(release: Release, lang: str) -> dict[str, str]:
    """Who, when, for whom: by field of the manifest."""
    manifest = release.manifest
    edition, disclosed = _mapping(manifest.get("edition")), _mapping(manifest.get("disclosed"))
    pack = _mapping(manifest.get("pack"))
    return {
        "cycle": release.cycle,
        "audience": release.audience,
        "edition.number": str(edition.get("number", "")),
        "edition.title": pick(_mapping(edition.get("title")), lang),
        "edition.subtitle": pick(_mapping(edition.get("subtitle")), lang),
        "as_of": str(manifest.get("as_of", "")),
        "marking": pick(_mapping(manifest.get("marking")), lang),
        "release_list": ", ".join(map(str, manifest.get("release_list", ()))),
        "disclosed": f"{disclosed.get('by', '')} {disclosed.get('on', '')}".strip(),
        "pack": f"{pack.get('id', '')} {pack.get('version', '')}",
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _pack_hash(release: Release) -> str:
    return str(_mapping(release.manifest.get("pack")).get("sha256", ""))


def _hashes(release: Release) -> dict[str, str]:
    return {entry["path"]: entry["sha256"] for entry in release.manifest["files"]}


def _document(release: Release, lang: str) -> Document | None:
    name = f"document.{lang}.json"
    return release.document(lang) if name in _hashes(release) else None


def _passages(document: Document) -> list[tuple[str, str]]:
    """Title and running texts of each section in order, with the section's title; a figure's number stands as …"""
    found = [("", document.title), ("", document.subtitle), ("", document.notice)]

    def section(one: Section) -> None:
        found.append((one.title, one.title))
        for block in one.blocks:
            found.extend((one.title, text) for text in _running(block) if text.strip())
        for inner in one.sections:
            section(inner)

    for one in document.sections:
        section(one)
    return found


def _running(item: Any) -> Iterator[str]:
    """Sequences of runs, each as one text."""
    if isinstance(item, tuple) and item and all(isinstance(part, Run) for part in item):
        yield "".join("…" if run.figure else run.text for run in item)
    elif isinstance(item, tuple | list):
        for part in item:
            yield from _running(part)
    elif is_dataclass(item):
        for one in fields(item):
            yield from _running(getattr(item, one.name))


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
