"""The Summary of the national reports, built as a document."""

from eirene.summary.build import (
    Content,
    build_documents,
    compose_body,
    compose_chapter,
    composer_of,
    default_population,
)
from eirene.summary.edition import check_edition, edition_of
from eirene.summary.own import Part, own_chapter, own_parts
from eirene.summary.texts import as_literal, check_template

__all__ = [
    "Content", "Part", "as_literal", "build_documents", "check_edition", "check_template", "compose_body",
    "compose_chapter", "composer_of", "default_population", "edition_of", "own_chapter", "own_parts",
]  # fmt: skip
