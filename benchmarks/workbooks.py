"""41 workbooks created and read back, beside XlsxWriter and calamine alone on the same cells.

    python benchmarks/workbooks.py              prints times and ratios; fails above 10 s
    python benchmarks/workbooks.py --profile    where the time goes

The reports are those of Concordia 2016, with the values of 2015 beside the boxes. *Bare* writes every string, number
and formula of the same workbooks with XlsxWriter, without styles, validation or layout; *bare* reading loads every
sheet with calamine in this process, without limits, checks or meaning.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from eirene.errors import EireneError
from eirene.formats import read_reports, write_workbook
from eirene.framework import Pack, load
from eirene.packs import demo_reports
from eirene.questionnaires import Report, report_hash

CYCLE, BEFORE = "2016", "2015"
#: The goal on two cores: seconds for all of them.
GOAL = 10.0

Sheet = list[tuple[int, int, object]]


def written(pack: Pack, reports: list[Report], before: dict[str, Report]) -> list[bytes]:
    return [
        write_workbook(pack, CYCLE, report.body, lang="en", report=report, previous=before.get(report.body))
        for report in reports
    ]


def read(pack: Pack, paths: list[Path]) -> list[Report]:
    found = []
    for result in read_reports(paths, pack):
        if isinstance(result, EireneError):
            raise result
        found.append(result.report)
    return found


def contents(files: list[bytes]) -> list[list[Sheet]]:
    """What stands in each cell, formulas as formulas: what the bare writer has to write."""
    import openpyxl

    books = []
    for data in files:
        book = openpyxl.load_workbook(io.BytesIO(data))
        books.append(
            [
                [(c.row - 1, c.column - 1, c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
                for sheet in book
            ]
        )
    return books


def bare_write(books: list[list[Sheet]]) -> None:
    import xlsxwriter

    for sheets in books:
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        for cells in sheets:
            sheet = book.add_worksheet()
            for row, column, value in cells:
                if isinstance(value, str) and value.startswith("=IF("):
                    sheet.write_formula(row, column, value)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write_number(row, column, float(str(value)))
        book.close()


def bare_read(files: list[bytes]) -> int:
    import python_calamine

    cells = 0
    for data in files:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            cells += sum(value != "" for row in book.get_sheet_by_name(name).to_python() for value in row)
    return cells


def timed(work: Callable[[], object], repeats: int = 3) -> float:
    """The best of some runs, in seconds: what the work costs when nothing else runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true")
    profile = parser.parse_args().profile
    pack = load("concordia")
    reports = demo_reports(pack, CYCLE)
    before = {report.body: report for report in demo_reports(pack, BEFORE)}
    files = written(pack, reports, before)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{report.body}.xlsx" for report in reports]
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        if profile:
            for work in (lambda: written(pack, reports, before), lambda: read(pack, paths)):
                profiler = cProfile.Profile()
                profiler.runcall(work)
                pstats.Stats(profiler).sort_stats("tottime").print_stats(15)
            return 0
        same = [report_hash(r, pack) for r in read(pack, paths)] == [report_hash(r, pack) for r in reports]
        creating, reading = timed(lambda: written(pack, reports, before)), timed(lambda: read(pack, paths))
    books = contents(files)
    bare_creating, bare_reading = timed(lambda: bare_write(books)), timed(lambda: bare_read(files))
    print(f"{len(files)} workbooks, {sum(map(len, files)) / 1024:,.0f} KiB, {bare_read(files):,} cells")
    print(
        f"created  {creating:6.2f} s   bare XlsxWriter {bare_creating:6.2f} s   ratio {creating / bare_creating:4.1f}"
    )
    print(f"read     {reading:6.2f} s   bare calamine   {bare_reading:6.2f} s   ratio {reading / bare_reading:4.1f}")
    print(f"what was read is what was written: {same}")
    return 0 if same and max(creating, reading) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
