"""Excel workbooks: looked through, then read sheet by sheet in pieces, then laid out as `published`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from catalogue.errors import DeliveryError
from catalogue.sources import Column, Layout, Source
from tasks.reading.cells import texts_of
from tasks.reading.headers import Table, find_table, headers_not_found, normal, one_layout
from tasks.reading.published import Published
from tasks.reading.sheet_rows import SheetTable, long_select, tidy_up, wide_select
from tasks.reading.workbook_parts import WorkbookParts, look_through
from warehouse.rows import TEXT, WHOLE, select_of
from warehouse.snapshots import Snapshot

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_ROWS_AT_A_TIME, _FEW_ROWS = 20_000, 2_000
_DECIMAL_MARKS = {"comma": ",", "point": "."}


@dataclass(frozen=True)
class _Found:
    """A sheet in which a layout's headers stand: its first rows as text, and its cells from the first row on."""

    name: str
    first_column: int
    table: Table
    rows: Iterator[list[Any]]


def publish_excel(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, source: Source, _part_id: str
) -> Published:
    """Leave `published`: the rows of the sheet that a layout recognises in each workbook, up to its footnotes.

    Raises DeliveryError for a workbook that is damaged or made to harm, a sheet or a column that is missing,
    and formulas without a stored result.
    """
    tables, mark_found = [], False
    for number, path in enumerate(snapshot.paths):
        parts = look_through(path, source.synthetic_mark)
        mark_found = mark_found or parts.synthetic_mark_found
        loaded = _load(connection, number, path, parts, source)
        # Only now: what the library held of the sheet, most of the memory, is free again.
        tidy_up(connection, loaded, parts.findings(loaded.sheet).error_cells)
        tables.append(loaded)
    layout = one_layout([(one.file_name, one.table) for one in tables])
    select = wide_select if layout.period_columns else long_select
    selects = " UNION ALL ".join(select(connection, table) for table in tables)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW published AS {selects}")
    columns, alternatives = _rules(layout)
    notes = tuple(note for one in tables for note in one.table.note_of_extra_headers(one.file_name))
    return Published(columns, mark_found, alternatives, notes)


def _rules(layout: Layout) -> tuple[dict[str, Column], dict[str, Column]]:
    """The rules of a layout's columns; in a wide one a measure's factor is a rule, too."""
    columns, alternatives = dict(layout.columns), dict(layout.alternatives)
    for published_as, measure in layout.period_columns.measures.items() if layout.period_columns else ():
        rules = alternatives if measure.column in columns else columns
        rules[measure.column] = Column(header=published_as, factor=measure.factor)
    if layout.period_columns:
        columns.setdefault("period", Column(header=layout.period_columns.header_pattern))
    return columns, alternatives


def _load(
    connection: duckdb.DuckDBPyConnection, number: int, path: Path, parts: WorkbookParts, source: Source
) -> SheetTable:
    """Copy the cells of the right sheet, as text, into a table of the connection."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            found = _find_sheet(workbook, path.name, parts, source)
            findings = parts.sheets[found.name]
            findings.refuse_uncomputed(path.name, found.name, recalculates_when_opened=parts.recalculates_when_opened)
            loaded = SheetTable(f"sheet_{number}", path.name, found.name, found.first_column, found.table)
            _copy(connection, loaded, found, _DECIMAL_MARKS[source.decimal_mark])
    except (CalamineError, OSError) as error:
        raise DeliveryError(
            "the workbook cannot be read",
            place=path.name,
            expected="a workbook as Excel writes it",
            found=str(error),
            do="open the file in Excel, save it, and deliver the saved file",
        ) from error
    return loaded


def _find_sheet(workbook: CalamineWorkbook, file_name: str, parts: WorkbookParts, source: Source) -> _Found:
    tried: list[tuple[str, list[list[str]], list[Layout]]] = []
    for name, layouts in _candidates(workbook, source):
        parts.refuse_too_large(file_name, name)
        sheet = workbook.get_sheet_by_name(name)
        rows = iter(sheet.iter_rows())
        head = list(islice(rows, max(layout.header_within_rows for layout in layouts)))
        texts = [_header_texts(row, source) for row in head]
        table = find_table(texts, layouts)
        if table is not None:
            return _Found(name, _first_column(sheet), table, chain(head[table.header_row + 1 :], rows))
        tried.append((name, texts, layouts))
    if not tried:
        raise _sheet_missing(workbook, file_name, source)
    name, texts, layouts = max(tried, key=lambda one: len(one[1]))
    raise headers_not_found(texts, layouts, f"{file_name}, sheet {name}", "row")


def _candidates(workbook: CalamineWorkbook, source: Source) -> Iterator[tuple[str, list[Layout]]]:
    """Sheets of cells and the layouts that they may have; a hidden sheet counts only if a layout names it."""
    for sheet in workbook.sheets_metadata:
        visible = str(sheet.visible).endswith(".Visible")
        named = [one for one in source.layouts if one.sheet and normal(one.sheet) == normal(sheet.name)]
        layouts = named + [one for one in source.layouts if one.sheet is None and visible]
        if layouts and str(sheet.typ).endswith(".WorkSheet"):
            yield sheet.name, layouts


def _first_column(sheet: CalamineSheet) -> int:
    """It leaves out empty columns at the left, but no empty rows at the top."""
    return sheet.start[1] if sheet.start else 0


def _header_texts(row: list[Any], source: Source) -> list[str]:
    return texts_of(row, _DECIMAL_MARKS[source.decimal_mark]).tolist()


def _sheet_missing(workbook: CalamineWorkbook, file_name: str, source: Source) -> DeliveryError:
    return DeliveryError(
        "a sheet is missing",
        place=file_name,
        expected=" or ".join(
            f"sheet {name}" for name in dict.fromkeys(one.sheet for one in source.layouts if one.sheet)
        ),
        found=", ".join(f"sheet {name}" for name in workbook.sheet_names) or "no sheet",
        do="export the file with this sheet; if the publisher renamed it, change its name in the contract",
    )


def _copy(connection: duckdb.DuckDBPyConnection, loaded: SheetTable, found: _Found, decimal_mark: str) -> None:
    cells = ", ".join(f"cell_{index} VARCHAR" for index in loaded.used)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {loaded.name} (row_number INTEGER, {cells})")
    trimmed = ", ".join(f"read.trimmed(cell_{index})" for index in loaded.used)
    row_number = loaded.first_row
    while rows := list(islice(found.rows, _ROWS_AT_A_TIME)):
        columns = list(zip(*rows, strict=True))
        piece = {"row_number": np.arange(row_number, row_number + len(rows), dtype=np.int32)}
        piece |= {f"cell_{index}": texts_of(columns[index], decimal_mark) for index in loaded.used}
        source = _source_of(connection, piece)
        connection.execute(f"INSERT INTO {loaded.name} SELECT row_number, {trimmed} FROM {source}")
        row_number += len(rows)


def _source_of(connection: duckdb.DuckDBPyConnection, piece: dict[str, np.ndarray]) -> str:
    """What SQL reads these rows from. Arrays as such are quicker per row, but make DuckDB import pandas first."""
    if len(piece["row_number"]) > _FEW_ROWS:
        connection.register("piece_of_sheet", piece)
        return "piece_of_sheet"
    columns = dict.fromkeys(piece, TEXT) | {"row_number": WHOLE}
    return f"({select_of(columns, zip(*(array.tolist() for array in piece.values()), strict=True))})"
