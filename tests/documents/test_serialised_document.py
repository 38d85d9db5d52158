"""A document written as JSON is the same document when it is read again."""

from __future__ import annotations

import json

import pytest
from sample import sample

from eirene.documents import model as d
from eirene.documents.serialise import from_json, to_json
from eirene.errors import Unreadable


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_nothing_is_lost(lang: str) -> None:
    document = sample(lang)
    assert from_json(to_json(document)) == document
    assert to_json(from_json(to_json(document))) == to_json(document)


def test_every_kind_of_block_is_in_the_sample() -> None:
    def kinds(sections: tuple[d.Section, ...]) -> set[str]:
        return {type(b).__name__ for s in sections for b in s.blocks} | {k for s in sections for k in kinds(s.sections)}

    assert kinds(tuple(sample().sections)) == {
        "Paragraph",
        "Statement",
        "Table",
        "Chart",
        "Note",
        "Bullets",
        "Terms",
        "Footnotes",
    }


def test_keys_are_sorted_and_text_is_kept_as_it_is() -> None:
    data = to_json(sample("fr"))
    assert data.endswith(b"}\n")
    assert "Fidélisation" in data.decode()
    assert list(json.loads(data)) == sorted(json.loads(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "list"),
        (b'{"format": "eirene.document/9"}', "eirene.document/9"),
        (b'{"format": "eirene.document/1", "lang": "en"}', "damaged"),
        (b'{"format": "eirene.document/1", "colour": "red"}', "colour"),
    ],
)
def test_what_is_no_document_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        from_json(data)
