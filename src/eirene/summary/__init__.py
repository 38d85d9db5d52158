"""The Summary of the national reports, built as a document."""

from eirene.summary.build import Content, build_documents, default_population
from eirene.summary.edition import check_edition, edition_of

__all__ = ["Content", "build_documents", "check_edition", "default_population", "edition_of"]
