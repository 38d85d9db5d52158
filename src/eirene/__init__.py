"""Eirene, the core: from national reports to a published Summary, without a web framework or a database."""

__version__ = "0.1.0"
