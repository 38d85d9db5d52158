"""Makes the parts of docs/ that come from code and packs; with --check says which are not up to date.

docs/schemas/*.schema.json    JSON Schemas of a pack's files
docs/data-dictionary.md       questions, code lists, indicators and framework of the NATO pack, in English …
docs/dictionnaire.md          … and in French
docs/openapi.json             the operations of the API
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

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


def made() -> dict[Path, bytes]:
    pack = load("nato")
    files = {DOCS / "schemas" / name: data for name, data in schemas().items()}
    for name, lang in (("data-dictionary.md", "en"), ("dictionnaire.md", "fr")):
        files[DOCS / name] = ("\n".join(dictionary(pack, lang)) + "\n").encode()
    files[DOCS / "openapi.json"] = openapi()
    return files


def openapi() -> bytes:
    import os
    import tempfile

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
    os.environ.setdefault("EIRENE_HOME", tempfile.gettempdir())
    import django

    django.setup()
    from eirene_web.api.description import as_bytes

    return as_bytes()


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
