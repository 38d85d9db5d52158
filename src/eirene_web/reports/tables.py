"""Lists that filter, sort, keep their state in the address, and are exported as they are shown.

A table is made of plain values; pages print them, files hold them. Neither file can carry a formula: a text that a
spreadsheet would take for one is guarded in CSV as in a release's tables, and is written as text in Excel.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from eirene.release.tables import write_csv

Row = dict[str, Any]
ENDINGS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def folded(text: str) -> str:
    """For sorting names: without case and accents, on every database alike."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@dataclass(frozen=True)
class Column:
    """`show`: the value as the page prints it, where that is not the value itself."""

    key: str
    title: str
    number: bool = False
    show: Callable[[Row], Any] | None = None
    #: Not broken into lines.
    whole: bool = False
    #: Holds sentences: it is given room.
    words: bool = False


@dataclass(frozen=True)
class Filter:
    """A choice above the list. `options`: (value, label); `keeps`: whether a row stays with a value."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    keeps: Callable[[Row, str], bool]


@dataclass
class Table:
    """Rows with `href` lead somewhere by their first column."""

    columns: Sequence[Column]
    rows: list[Row]
    filters: Sequence[Filter] = ()
    #: Column by which it is sorted unless the address says otherwise; with - before it: downwards.
    order: str = ""
    query: QueryDict = field(default_factory=QueryDict)
    total: int = 0

    def __post_init__(self) -> None:
        self.total = len(self.rows)
        for one in self.filters:
            value = self.query.get(one.name, "")
            if value and value in {v for v, _label in one.options}:
                self.rows = [row for row in self.rows if one.keeps(row, value)]
        asked = self.query.get("sort", "") or self.order
        key, down = asked.removeprefix("-"), asked.startswith("-")
        if key in {column.key for column in self.columns}:
            self.order = asked
            known = [row for row in self.rows if row.get(key) not in (None, "")]
            known.sort(key=lambda row: _sortable(row[key]), reverse=down)
            # What has no value comes last, whichever way the list is sorted.
            self.rows = known + [row for row in self.rows if row.get(key) in (None, "")]

    def heads(self) -> Iterable[dict[str, Any]]:
        """Column heads, each with the address that sorts by it."""
        for column in self.columns:
            here = self.order.removeprefix("-") == column.key
            down = here and self.order.startswith("-")
            query = self.query.copy()
            query["sort"] = column.key if down or not here else f"-{column.key}"
            yield {
                "column": column,
                "href": f"?{query.urlencode()}",
                "aria": ("descending" if down else "ascending") if here else "",
            }

    def lines(self) -> Iterable[dict[str, Any]]:
        for row in self.rows:
            cells = [
                {"column": c, "text": c.show(row) if c.show else _plain(row.get(c.key)), "first": n == 0}
                for n, c in enumerate(self.columns)
            ]
            yield {"row": row, "cells": cells}

    def choices(self) -> Iterable[dict[str, Any]]:
        for one in self.filters:
            yield {"filter": one, "value": self.query.get(one.name, "")}

    @property
    def as_shown(self) -> str:
        """The query of the list as it is shown, for its files."""
        return self.query.urlencode()

    def file(self, ending: str, name: str) -> HttpResponse:
        """The list as it is shown, as CSV or Excel."""
        content = self._csv() if ending == "csv" else self._xlsx()
        response = HttpResponse(content, content_type=ENDINGS[ending])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _csv(self) -> bytes:
        titles = [c.title for c in self.columns]
        return "\ufeff".encode() + write_csv(
            titles, ({c.title: _plain(row.get(c.key)) for c in self.columns} for row in self.rows)
        )

    def _xlsx(self) -> bytes:
        target = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
        with xlsxwriter.Workbook(target, options) as book:
            sheet = book.add_worksheet(_("List")[:31])
            bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
            for at, column in enumerate(self.columns):
                sheet.write_string(0, at, column.title, bold)
                sheet.set_column(at, at, 12 if column.number else 24)
            for line, row in enumerate(self.rows, 1):
                for at, column in enumerate(self.columns):
                    value = row.get(column.key)
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        sheet.write_number(line, at, value)
                    elif value not in (None, ""):
                        sheet.write_string(line, at, _plain(value))
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(len(self.rows), 1), len(self.columns) - 1)
        return target.getvalue()


def _sortable(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M}Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
