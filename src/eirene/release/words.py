"""The words of verification, comparison and trace, in English and French; English for any other language."""

from __future__ import annotations

from collections.abc import Mapping

from eirene.text import Phrases

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "key": "Key",
        "release": "Release",
        "kind": "Kind",
        "dimensions": "Break-down",
        "counted": "Answered / asked / all",
        "basis": "Basis",
        "counting_rule": "Counting rule",
        "personnel": "Personnel covered",
        "since": "Before",
        "bodies": "Change in bodies",
        "measures": "Measures",
        "missing": "Missing",
        "note": "Note",
        "was_is": "Figure {key} was {old}, is {new}{why}.",
        "with_count": "{value} ({count})",
        "answers_one": "one answer to question {question} changed",
        "answers_many": "{n} answers to question {question} changed",
        "more_reports": "one body more reported",
        "because": ": {reasons}",
        "figure_added": "Figure {key} is new: {new}.",
        "figure_removed": "Figure {key} is no longer there; it was {old}.",
        "figure_missing": "Figure {key}: {reason} was {old}, is {new} bodies.",
        "figure_notes": "Figure {key}: its footnotes changed.",
        "figure_rule": "Figure {key}: its label, source or counting rule changed.",
        "answer_changed": "{body}, question {question}{cycle}: {what}.",
        "answer_added": "{body}, question {question}{cycle}: now shown by name.",
        "answer_removed": "{body}, question {question}{cycle}: no longer shown by name.",
        "counted_changed": "Question {question}, {population}{cycle}: {status} was {old}, is {new}.",
        "in_cycle": " ({cycle})",
        "cell_was": "{place} was {old}, is {new}",
        "text_changed": "{place} changed",
        "empty": "nothing",
        "edition_was": "{field} was {old}, is {new}.",
        "pack_was": "The pack was {old}, is {new}.",
        "pack_changed": "The pack changed and kept its version {version}.",
        "document_added": "Text added in {where} ({lang}): “{text}”",
        "document_removed": "Text removed in {where} ({lang}): “{text}”",
        "document_changed": "Text changed in {where} ({lang}): “{old}” became “{new}”",
        "language_added": "Language added: {lang}.",
        "language_removed": "Language removed: {lang}.",
        "file_added": "File added: {path}.",
        "file_removed": "File removed: {path}.",
        "file_changed": "File differs: {path}.",
        "none": "No difference.",
    },
    "fr": {
        "key": "Clé",
        "release": "Publication",
        "kind": "Type",
        "dimensions": "Ventilation",
        "counted": "Réponses / concernés / tous",
        "basis": "Base",
        "counting_rule": "Règle de comptage",
        "personnel": "Effectif couvert",
        "since": "Avant",
        "bodies": "Évolution",
        "measures": "Mesure",
        "missing": "Manquant",
        "note": "Note",
        "was_is": "Le chiffre {key} était {old}, il est {new}{why}.",
        "with_count": "{value} ({count})",
        "answers_one": "une réponse à la question {question} a changé",
        "answers_many": "{n} réponses à la question {question} ont changé",
        "more_reports": "une entité de plus a rendu compte",
        "because": "\u00a0: {reasons}",
        "figure_added": "Le chiffre {key} est nouveau\u00a0: {new}.",
        "figure_removed": "Le chiffre {key} n’y est plus\u00a0; il était {old}.",
        "figure_missing": "Chiffre {key}\u00a0: {reason}\u00a0: {old} auparavant, {new} à présent.",
        "figure_notes": "Chiffre {key}\u00a0: ses notes ont changé.",
        "figure_rule": "Chiffre {key}\u00a0: son libellé, sa source ou sa règle de comptage a changé.",
        "answer_changed": "{body}, question {question}{cycle}\u00a0: {what}.",
        "answer_added": "{body}, question {question}{cycle}\u00a0: désormais affichée avec le nom.",
        "answer_removed": "{body}, question {question}{cycle}\u00a0: n’est plus affichée avec le nom.",
        "counted_changed": (
            "Question {question}, {population}{cycle}\u00a0: {status}\u00a0: {old} auparavant, {new} à présent."
        ),
        "in_cycle": " ({cycle})",
        "cell_was": "{place} était {old}, est {new}",
        "text_changed": "{place} a changé",
        "empty": "rien",
        "edition_was": "{field} était {old}, est {new}.",
        "pack_was": "Le cadre était {old}, il est {new}.",
        "pack_changed": "Le cadre a changé et a gardé sa version {version}.",
        "document_added": "Texte ajouté dans {where} ({lang})\u00a0: «\u00a0{text}\u00a0»",
        "document_removed": "Texte retiré de {where} ({lang})\u00a0: «\u00a0{text}\u00a0»",
        "document_changed": (
            "Texte modifié dans {where} ({lang})\u00a0: «\u00a0{old}\u00a0» est devenu «\u00a0{new}\u00a0»"
        ),
        "language_added": "Langue ajoutée\u00a0: {lang}.",
        "language_removed": "Langue retirée\u00a0: {lang}.",
        "file_added": "Fichier ajouté\u00a0: {path}.",
        "file_removed": "Fichier retiré\u00a0: {path}.",
        "file_changed": "Fichier différent\u00a0: {path}.",
        "none": "Aucune différence.",
    },
}


class Words(Phrases):
    def reason(self, code: str) -> str:
        """Why a body is missing, or what its status is, in words; the code itself if there are none."""
        try:
            return self(f"reason_{code}")
        except KeyError:
            return code


def words(lang: str) -> Words:
    chosen = lang if lang in _WORDS else "en"
    return Words(chosen, {chosen: _WORDS[chosen]})
