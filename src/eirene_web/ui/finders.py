"""Serves the style sheet that the core's documents use, so that page and document cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FOLDER = Path(str(files("eirene.documents")))
NAMES = ("eirene.css",)


class CoreFinder(BaseFinder):
    """Finds the files in NAMES and nothing else of that folder."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = str(FOLDER / path) if path in NAMES else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, FileSystemStorage]]:
        storage = FileSystemStorage(location=str(FOLDER))
        for name in NAMES:
            yield name, storage
