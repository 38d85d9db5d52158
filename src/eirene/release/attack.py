"""The audit of release folders: what the readers who hold them all can work out that they may not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eirene.disclosure import Findings, Source, audit
from eirene.disclosure.report import exposed_lines
from eirene.errors import UsageError
from eirene.framework.model import Pack
from eirene.release.told import read_sources
from eirene.text import Phrases, number, pick

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Attacked:
    """The report, line by line; clean: nothing was found. exact: it is known whose answers are in which figure."""

    lines: tuple[str, ...]
    clean: bool
    exact: bool
    findings: Findings


def attack_folders(
    folder: str,
    beside: Sequence[str] = (),
    *,
    body: str | None = None,
    lang: str | None = None,
    progress: Progress | None = None,
) -> Attacked:
    """Attacks the release in `folder`, together with those in `beside`; what a reader of `body` knows counts as known.

    Raises Unreadable for what is no release, UsageError for releases of different alliances, an unknown body, or where
    there is nothing to attack (the office's release).
    """
    sources = read_sources([folder, *beside])
    if not sources or sources[0].label != _label(folder):
        raise UsageError(
            "This is the office's release: it tells everything to those who may see everything.",
            where=folder,
            remedy="Give the release for another audience.",
        )
    pack = sources[0].pack
    for source, place in zip(sources[1:], beside, strict=False):
        if source.pack.header.slug != pack.header.slug:
            raise UsageError(f"{source.label} is a release of another alliance.", where=place)
    if body is not None and body not in pack.bodies:
        raise UsageError(f"The pack has no body {body!r}.", remedy=f"It has: {', '.join(sorted(pack.bodies))}.")
    knows = frozenset([body]) if body else frozenset()
    found = _together(sources, knows, progress)
    return _told(found, sources, pack, lang or pack.header.languages[0], body)


def _label(folder: str) -> str:
    from eirene.release.read import open_release

    return open_release(folder).release_id


def _together(sources: Sequence[Source], knows: frozenset[str], progress: Progress | None) -> Findings:
    """All releases at once. Where they contradict each other (an answer changed, and nobody says whose), each one and
    each pair by itself as well."""
    found = audit(sources, knows=knows, insiders=not knows, progress=progress)
    if found.impossible and len(sources) > 1:
        parts: list[Sequence[Source]] = [[one] for one in sources]
        parts += [[a, b] for n, a in enumerate(sources) for b in sources[n + 1 :] if len(sources) > 2]
        for part in parts:
            more = audit(part, knows=knows, insiders=not knows)
            known = found.marks()
            found.values += [one for one in more.values if one.mark not in known and not more.impossible]
            found.answers += [one for one in more.answers if one not in known]
    return found


def _told(found: Findings, sources: Sequence[Source], pack: Pack, lang: str, body: str | None) -> Attacked:
    say = Phrases(lang, pack.phrases)
    exact = all(source.exact for source in sources)
    lines = [", ".join(source.label for source in sources), pick(pack.header.notice, lang)]
    if not exact:
        lines.append(say("audit_places"))
    if body is not None and not exact:
        lines.append(say("audit_own_taken", body=body))
    if found.impossible:
        lines.append(say("audit_impossible", questions=", ".join(q for q in found.impossible if q)))
    checked = number(found.checked, lang)
    if found.clean:
        lines.append(say("audit_clean", n=checked, programmes=number(found.programmes, lang)))
    else:
        exposed = exposed_lines(found, pack, lang, exact=exact)
        n = len(found.values) + sum(not one.by for one in found.answers)
        lines.append(say("audit_found", n=number(n, lang), checked=checked))
        lines += [f"  {line}" for line in exposed]
    return Attacked(tuple(lines), found.clean, exact, found)
