"""One sample, drawn once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sample import sample

from eirene.documents.drawings import Assets, draw
from eirene.documents.model import Document


@pytest.fixture(scope="session")
def document() -> Document:
    return sample("en")


@pytest.fixture(scope="session")
def assets(document: Document) -> Assets:
    return draw(document)
