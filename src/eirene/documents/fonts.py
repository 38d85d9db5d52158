"""The open typefaces that documents embed: Source Sans and Source Serif, from their packages on PyPI.

Renderers search folders, and the packages hold every weight twice; so the few files we use are laid out in a folder of
their own. That keeps the search short and its result the same everywhere.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

SANS = "Source Sans Pro"
SERIF = "Source Serif Pro"

_WANTED = {
    "font_source_sans_pro": ("Regular", "It", "Semibold", "SemiboldIt", "Bold"),
    "font_source_serif_pro": ("Regular", "It", "Semibold"),
}


@contextmanager
def font_folder(*, serif: bool = True) -> Iterator[Path]:
    """A folder with the fonts in use; removed when the block ends. Without `serif`: those of charts only."""
    with tempfile.TemporaryDirectory(prefix="eirene-fonts-") as name:
        folder = Path(name)
        for package, weights in _WANTED.items():
            if package.endswith("serif_pro") and not serif:
                continue
            family = package.removeprefix("font_").title().replace("_", "")
            for weight in weights:
                font = f"{family}-{weight}.ttf"
                with as_file(files(package) / "files" / font) as path:
                    shutil.copyfile(path, folder / font)
        yield folder
