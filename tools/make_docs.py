"""Makes the parts of docs/ that come from code and packs; with --check says which are not up to date.

docs/schemas/*.schema.json    JSON Schemas of a pack's files, and of a table to protect
docs/who-may-do-what.md       the policy table in words, in English …
docs/qui-peut-quoi.md         … and in French
docs/data-dictionary.md       questions, code lists, indicators and framework of the NATO pack, in English …
docs/dictionnaire.md          … and in French
docs/openapi.json             the operations of the API
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eirene.disclosure.tables.spec import schema as table_schema
from eirene.framework import Pack, asked, codes, load
from eirene.framework.schema import schemas
from eirene.text import pick

DOCS = Path(__file__).resolve().parent.parent / "docs"

WORDS = {
    "en": {
        "title": "Data dictionary",
        "made": "Made from the pack `nato` by `make docs`; do not edit.",
        "questions": "Questions",
        "asked": "Asked as",
        "type": "type",
        "unit": "unit",
        "dims": "by",
        "rule": "Counting rule",
        "applies": "Applies if",
        "basis": "Basis",
        "lists": "Code lists",
        "code": "Code",
        "label": "Label",
        "parent": "Belongs to",
        "indicators": "Indicators",
        "family": "Family",
        "how": "Computed as",
        "measures": "Measures",
        "framework": "Framework",
        "kind": "Kind",
        "aliases": "Also called",
    },
    "fr": {
        "title": "Dictionnaire des données",
        "made": "Établi à partir du paquet `nato` par `make docs` ; ne pas modifier.",
        "questions": "Questions",
        "asked": "Numéro par version",
        "type": "type",
        "unit": "unité",
        "dims": "par",
        "rule": "Règle de comptage",
        "applies": "S’applique si",
        "basis": "Fondement",
        "lists": "Listes de codes",
        "code": "Code",
        "label": "Libellé",
        "parent": "Fait partie de",
        "indicators": "Indicateurs",
        "family": "Famille",
        "how": "Calcul",
        "measures": "Mesure",
        "framework": "Cadre",
        "kind": "Type",
        "aliases": "Aussi appelé",
    },
}


def dictionary(pack: Pack, lang: str) -> Iterator[str]:
    w = WORDS[lang]
    yield f"# {w['title']}: {pick(pack.header.title, lang)}, {pack.header.version}\n"
    yield f"{w['made']}\n"
    yield f"> {pick(pack.header.notice, lang)}\n"
    yield f"## {w['questions']}\n"
    yield from _questions(pack, lang, w)
    yield f"## {w['lists']}\n"
    yield from _lists(pack, lang, w)
    yield f"## {w['indicators']}\n"
    yield from _indicators(pack, lang, w)
    yield f"## {w['framework']}\n"
    yield f"| {w['kind']} | {w['code']} | {w['label']} |\n|---|---|---|"
    for element in pack.elements.values():
        yield f"| {element.kind} | `{element.code}` | {pick(element.title, lang)} |"


def _questions(pack: Pack, lang: str, w: dict[str, str]) -> Iterator[str]:
    numbers: dict[str, list[str]] = {}
    for questionnaire in pack.questionnaires:
        for question in asked(pack, questionnaire).questions.values():
            numbers.setdefault(question.id, []).append(f"{questionnaire} {question.number}")
    for id, question in pack.questions.items():
        yield f"### `{id}`\n"
        yield f"{pick(question.text, lang)}\n"
        facts = [f"{w['type']}: {question.type}"]
        if question.unit:
            facts.append(f"{w['unit']}: {question.unit}")
        if question.dimensions:
            facts.append(f"{w['dims']}: {', '.join(question.dimensions)}")
        yield f"- {'; '.join(facts)}"
        yield f"- {w['asked']}: {', '.join(numbers.get(id, ['–']))}"
        if question.applies_to:
            yield f"- {w['applies']}: `{question.applies_to}`"
        if question.counting_rule:
            yield f"- {w['rule']}: {pick(question.counting_rule, lang)}"
        if question.basis:
            yield f"- {w['basis']}: {question.basis} ({question.confidence})"
        yield ""


def _lists(pack: Pack, lang: str, w: dict[str, str]) -> Iterator[str]:
    for list_id in sorted(pack.code_lists):
        tree = codes(pack, list_id)
        yield f"### `{list_id}`\n"
        yield f"| {w['code']} | {w['label']} | {w['parent']} | {w['aliases']} |\n|---|---|---|---|"
        for code in pack.code_lists[list_id].codes:
            aliases = ", ".join(code.aliases)
            yield f"| `{code.code}` | {tree.label(code.code, lang)} | {code.parent or ''} | {aliases} |"
        yield ""


def _indicators(pack: Pack, lang: str, w: dict[str, str]) -> Iterator[str]:
    yield f"| id | {w['label']} | {w['family']} | {w['how']} | {w['measures']} |\n|---|---|---|---|---|"
    for indicator in pack.indicators.values():
        parts = [indicator.yes, indicator.value, indicator.question]
        if indicator.numerator:
            parts.append(f"{indicator.numerator} ÷ {indicator.denominator}")
        if indicator.left:
            parts.append(f"{indicator.left} − {indicator.right}")
        how = "; ".join(f"`{part}`" for part in parts if part)
        label = pick(indicator.label, lang)
        yield f"| `{indicator.id}` | {label} | {indicator.family} | {how} | {', '.join(indicator.measures)} |"


def administration() -> bytes:
    """The guide with the table of settings as the code has it."""
    from eirene_web.config.environment import SETTINGS

    text = (DOCS / "administration.md").read_text(encoding="utf-8")
    head, rest = text.split("<!-- settings:", 1)
    comment, rest = rest.split("-->\n", 1)
    _old, tail = rest.split("<!-- /settings -->", 1)
    lines = ["| setting | default | what |", "|---|---|---|"]
    for one in SETTINGS.values():
        what = one.what.replace("|", "\\|")
        lines.append(f"| `{one.name}` | {f'`{one.default}`' if one.default else ''} | {what} |")
    table = "\n".join(lines)
    return f"{head}<!-- settings:{comment}-->\n{table}\n<!-- /settings -->{tail}".encode()


RIGHTS = {
    "en": {
        "title": "Who may do what",
        "made": "Made from the policy table by `make docs`; do not edit. The page *Who may do what* shows it too.",
        "rule": "A right belongs to a role, a role to a post, and a person has it for as long as they hold the post. "
        "What is not listed here, nobody may do.",
        "roles": "The roles",
        "role": "Role",
        "means": "What it is",
        "verb": "What",
        "who": "Who, where, and when",
        "asks": "Asks for",
        "states": "while it is",
        "unless": "unless it is",
        "factor": "a second factor",
        "page": "done on the page alone, not by token",
        "by_role": "By role",
        "and": "; ",
    },
    "fr": {
        "title": "Qui peut quoi",
        "made": "Établi à partir de la table des droits par `make docs` ; ne pas modifier. La page *Qui peut "
        "quoi* montre la même table.",
        "rule": "Un droit appartient à un rôle, un rôle à un poste, et une personne l’a tant qu’elle occupe le poste. "
        "Ce qui n’est pas inscrit ici, personne ne le peut.",
        "roles": "Les rôles",
        "role": "Rôle",
        "means": "Ce que c’est",
        "verb": "Quoi",
        "who": "Qui, où et quand",
        "asks": "Demande",
        "states": "dans les états",
        "unless": "sauf dans les états",
        "factor": "un second facteur",
        "page": "sur la page seule, pas par jeton",
        "by_role": "Par rôle",
        "and": "\u00a0; ",
    },
}


def rights(lang: str) -> Iterator[str]:
    """The policy table of the platform in words: the roles, each kind of thing, and once more by role."""
    from django.utils import translation

    from eirene_web.policy import ROLES
    from eirene_web.policy.guide import guide

    w = RIGHTS[lang]
    with translation.override(lang):
        chapters = guide()
        yield f"# {w['title']}\n"
        yield f"{w['made']}\n"
        yield f"{w['rule']}\n"
        yield f"## {w['roles']}\n"
        yield f"| {w['role']} | {w['means']} |\n|---|---|"
        for role in ROLES.values():
            yield f"| **{role.title}** | {role.description} |"
        for chapter in chapters:
            yield f"\n## {_capital(chapter.kind.title)}\n"
            yield f"| {w['verb']} | {w['who']} | {w['asks']} |\n|---|---|---|"
            for act in chapter.acts:
                asks = [w["factor"]] * act.verb.decides + [w["page"]] * (not act.verb.scope)
                lines = "<br>".join(_right(line, w) for line in act.lines)
                yield f"| {_capital(act.verb.title)} | {lines} | {w['and'].join(asks) or '–'} |"
        yield f"\n## {w['by_role']}\n"
        for role in ROLES.values():
            acts = [str(act.verb.title) for c in guide({role.code}) for act in c.acts]
            if acts:
                yield f"**{role.title}**: {w['and'].join(acts)}.\n"


def _right(line: Any, w: dict[str, str]) -> str:
    when = f"; {w['states']}: {', '.join(map(str, line.states))}" if line.states else ""
    unless = f"; {w['unless']}: {', '.join(map(str, line.unless))}" if line.unless else ""
    return f"**{line.role.title}**, {line.where}{when}{unless}"


def _capital(text: Any) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]


def made() -> dict[Path, bytes]:
    pack = load("nato")
    files = {DOCS / "schemas" / name: data for name, data in schemas().items()}
    files[DOCS / "schemas" / "table-to-protect.schema.json"] = table_schema()
    for name, lang in (("data-dictionary.md", "en"), ("dictionnaire.md", "fr")):
        files[DOCS / name] = ("\n".join(dictionary(pack, lang)) + "\n").encode()
    files[DOCS / "administration.md"] = administration()

    with tempfile.TemporaryDirectory() as home:
        _platform(home)
        for name, lang in (("who-may-do-what.md", "en"), ("qui-peut-quoi.md", "fr")):
            files[DOCS / name] = ("\n".join(rights(lang)).rstrip() + "\n").encode()
        from eirene_web.api.description import as_bytes

        files[DOCS / "openapi.json"] = as_bytes()
    return files


def _platform(home: str) -> None:
    """The platform's apps, in an installation that is thrown away."""
    import django

    os.environ.update({"EIRENE_HOME": home, "EIRENE_SSO": "", "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings"})
    django.setup()


def main() -> int:
    stale = []
    for path, data in made().items():
        if path.is_file() and path.read_bytes() == data:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for path in stale:
        state = "is not up to date; run make docs" if "--check" in sys.argv else "written"
        print(f"{path.relative_to(DOCS.parent)} {state}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
