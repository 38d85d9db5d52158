"""Runs Typst in this process, with limits. Called as `python -m eirene.documents._typst_child FOLDER FONTS`.

The folder holds summary.typ, data.json and the drawings; summary.pdf is written into it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

#: Bytes of address space.
MEMORY = 2 * 1024**3
#: Shown for a character that none of the fonts has.
BOX = "□"
#: A probe is a tiny document; more than so many would take longer than the document itself.
PROBES = 400

_UNSHOWN = re.compile(r"could not be displayed|disallowed codepoint")
_QUOTED = re.compile(r'`"(.*?)"`')

Compile = Callable[[Any], bytes]


def main(folder: Path, fonts: Path) -> int:
    _limit()
    import typst

    compiler = typst.Compiler(root=str(folder), font_paths=[str(fonts)], ignore_system_fonts=True)
    data = folder / "data.json"
    day = json.loads(data.read_text(encoding="utf-8"))["date"]
    stamp = dt.datetime(day[0], day[1], day[2], tzinfo=dt.UTC)

    def compile_(source: Any) -> bytes:
        made = compiler.compile(source, pdf_standards=["ua-1"], timestamp=stamp)
        assert isinstance(made, bytes)
        return made

    sources = [data, *sorted(folder.glob("*.svg"))]
    _replace(sources, _unshown(_rare(sources), compile_, typst.TypstError))
    for _ in range(4):
        try:
            (folder / "summary.pdf").write_bytes(compile_(str(folder / "summary.typ")))
            return 0
        except typst.TypstError as error:
            # A character may be missing only beside another one; then the message quotes it.
            message = str(error)
            quoted = _QUOTED.search(message)
            if not (_UNSHOWN.search(message) and quoted):
                break
            _replace(sources, {c for c in quoted[1] if ord(c) > 126})
    print(message.splitlines()[0], file=sys.stderr)
    return 1


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the time limit of the caller still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _rare(sources: Iterable[Path]) -> list[str]:
    """Characters beyond Latin that the document uses: those a font may lack."""
    return sorted({c for path in sources for c in path.read_text(encoding="utf-8") if ord(c) > 0x24F})


def _unshown(chars: list[str], compile_: Compile, failure: type[Exception]) -> set[str]:
    """Those that no font shows, found by halving."""
    found: set[str] = set()
    waiting, probes = ([chars] if chars else []), 0
    while waiting:
        group = waiting.pop()
        probes += 1
        if probes > PROBES:
            found.update(group)
            continue
        try:
            compile_(_probe(group))
        except failure:
            if len(group) == 1:
                found.add(group[0])
            else:
                middle = len(group) // 2
                waiting += [group[:middle], group[middle:]]
    return found


def _probe(chars: list[str]) -> bytes:
    text = json.dumps(" ".join(chars), ensure_ascii=False)
    fonts = '("Source Sans Pro", "Source Serif Pro", "Libertinus Serif", "DejaVu Sans Mono")'
    head = f'#set document(title: "x", date: none)\n#set text(lang: "en", font: {fonts})\n= x\n'
    # The text goes in as data: JSON in a Typst string, so that no character of it is markup.
    return (head + f"#json(bytes({json.dumps(text, ensure_ascii=False)}))").encode()


def _replace(sources: Iterable[Path], missing: set[str]) -> None:
    if not missing:
        return
    table = {ord(c): BOX for c in missing}
    for path in sources:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.translate(table), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
