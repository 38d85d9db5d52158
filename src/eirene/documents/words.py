"""The words that skins themselves write: headings of contents and notes, labels of buttons, "page n of N".

A document carries them in its language (`Document.words`). They are the phrases `document_<key>` of our catalogue;
a pack may override one, or add a language, in its `phrases.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping

from eirene.text import Phrases

#: Every key that skins use.
WORDS: tuple[str, ...] = (
    "contents",
    "also",
    "bodies",
    "annexes",
    "skip",
    "marking",
    "edition",
    "about",
    "fictional",
    "notice",
    "chapter_about",
    "elsewhere",
    "cite",
    "licence",
    "identifier",
    "made",
    "show_as",
    "chart",
    "table",
    "as_table",
    "trace",
    "embed",
    "notes",
    "note",
    "back",
    "previous",
    "next",
    "chapters",
    "page_of",
    "legend_yes",
    "legend_no",
    "legend_missing",
    "legend_not_applicable",
    "legend_confidential",
    "colon",
    "sheet_cover",
    "sheet_figures",
    "sheet_tables",
    "sheet_notes",
    "how_to_read",
    "how_to_read_text",
    "value_missing_text",
    "col_key",
    "col_label",
    "col_value",
    "col_unit",
    "col_n_of_N",
    "col_numerator",
    "col_denominator",
    "col_answered",
    "col_applicable",
    "col_bodies",
    "col_missing",
    "col_notes",
    "col_basis",
    "col_source",
    "col_cycle",
    "col_population",
    "col_kind",
    "col_suppressed",
    "col_rule",
    "col_sheet",
    "col_number",
    "col_title",
    "n_of_N",
    "back_to_tables",
)


def words(lang: str, phrases: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """Every word in `lang`, English where neither the pack nor the catalogue has it."""
    say = Phrases(lang, phrases)
    return {key: say(f"document_{key}") for key in WORDS}
