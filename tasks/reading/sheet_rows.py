"""A sheet's cells, once they are text in a table, become rows of `published`: long layouts and wide ones.

The table of a sheet has `row_number` as Excel counts rows, and `cell_<index>` for each column in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from catalogue.errors import DeliveryError
from tasks.reading.cells import column_letters
from tasks.reading.headers import Table
from warehouse.sql_text import literal, quoted, texts

_FIGURES = (
    "numerator", "denominator", "value", "value_alternative", "standard_deviation", "design_effect", "response_rate",
)  # fmt: skip


@dataclass(frozen=True)
class SheetTable:
    """Where a sheet's cells lie as text, and which table its headers were recognised as."""

    name: str
    file_name: str
    sheet: str
    first_column: int
    table: Table

    @property
    def first_row(self) -> int:
        """Excel's number of the row below the headers."""
        return self.table.header_row + 2

    @property
    def used(self) -> list[int]:
        """Indices of the columns that are read."""
        measure = self.table.measure_position
        wanted = {*self.table.positions.values(), *self.table.period_headers}
        return sorted(wanted if measure is None else wanted | {measure})

    def place(self, index: int, row: str = "row_number") -> str:
        """SQL of a cell's place, 'Data!F17'."""
        plain = self.sheet.isidentifier()
        sheet = self.sheet if plain else literal(self.sheet)
        return f"{literal(f'{sheet}!{column_letters(self.first_column + index)}')} || {row}"


def tidy_up(connection: duckdb.DuckDBPyConnection, sheet: SheetTable, error_cells: Mapping[str, str]) -> None:
    """Make `<table>_rows`: no empty rows, no footnotes, merged cells filled down; a view, not a second copy.

    `error_cells`: errors such as #N/A (F17 -> '#N/A'), where calamine left nothing.
    """
    letters = {column_letters(sheet.first_column + index): index for index in sheet.used}
    for cell, error in error_cells.items():
        column = cell.rstrip("0123456789")
        if column in letters:
            connection.execute(
                f"""UPDATE {sheet.name} SET cell_{letters[column]} = {literal(error)}
                WHERE row_number = {int(cell.removeprefix(column))}"""
            )
    row = connection.execute(f"SELECT max(row_number) FROM {sheet.name} WHERE {_is_filled(_telling(sheet))}").fetchone()
    rows = f"""SELECT * FROM {sheet.name}
        WHERE row_number <= {(row and row[0]) or 0} AND {_is_filled(sheet.used)}"""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {sheet.name}_rows AS {_filled_down(connection, sheet, rows)}")


def _is_filled(indices: list[int]) -> str:
    return f"coalesce({', '.join(f'cell_{index}' for index in indices)}) IS NOT NULL"


def _telling(sheet: SheetTable) -> list[int]:
    """Columns of which one is filled in every row that is no footnote."""
    wanted = sheet.table.layout.ends_when_empty
    return [sheet.table.positions[wanted], *sheet.table.figure_positions] if wanted else sheet.used


def _filled_down(connection: duckdb.DuckDBPyConnection, sheet: SheetTable, rows: str) -> str:
    """SQL of the same rows with merged cells filled down, which costs a sort: only where there are any."""
    named = (name for name in sheet.table.layout.fill_down if name in sheet.table.positions)
    down = {sheet.table.positions[name] for name in named}
    is_empty = " OR ".join(f"cell_{index} IS NULL" for index in down) or "false"
    if not connection.execute(f"SELECT 1 FROM ({rows}) WHERE {is_empty} LIMIT 1").fetchone():
        return rows
    filled = (f"last_value(cell_{index} IGNORE NULLS) OVER (ORDER BY row_number) AS cell_{index}" for index in down)
    return f"SELECT * REPLACE ({', '.join(filled)}) FROM ({rows}) ORDER BY row_number"


def long_select(connection: duckdb.DuckDBPyConnection, sheet: SheetTable) -> str:
    """SQL of `published` for a layout with a row per figure; its place lists its cells as _FIGURES are."""
    del connection
    positions = sheet.table.positions
    order = [positions[name] for name in _FIGURES if name in positions] or [sheet.used[0]]
    filled = ", ".join(f"CASE WHEN cell_{index} IS NOT NULL THEN {sheet.place(index)} END" for index in order)
    columns = ", ".join(f"cell_{index} AS {quoted(name)}" for name, index in positions.items())
    return f"""SELECT {literal(sheet.file_name)} AS file_name,
            coalesce(nullif(concat_ws(', ', {filled}), ''), {sheet.place(order[0])}) AS place,
            0 AS first_line, {columns}
        FROM {sheet.name}_rows"""


def wide_select(connection: duckdb.DuckDBPyConnection, sheet: SheetTable) -> str:
    """SQL of `published` for a layout with a column per period: a row per unit, indicator and period.

    A row's place lists the cells of its measures as _FIGURES are. Where a measure stands twice for the same unit
    and indicator, both stay, for the checks to find. Raises DeliveryError for a measure that is not known.
    """
    layout = sheet.table.layout.period_columns
    measures = layout.measures if layout else {}
    _refuse_unknown_measures(connection, sheet, list(measures))
    keys = ", ".join(quoted(name) for name in sheet.table.positions)
    columns = ", ".join(f"cell_{index} AS {quoted(name)}" for name, index in sheet.table.positions.items())
    letters = " ".join(f"WHEN 'cell_{index}' THEN {sheet.place(index)}" for index in sheet.table.period_headers)
    periods = " ".join(
        f"WHEN 'cell_{index}' THEN {literal(text)}" for index, text in sheet.table.period_headers.items()
    )
    order = " ".join(f"WHEN 'cell_{index}' THEN {index}" for index in sheet.table.period_headers)
    filled: set[str] = set()
    figures = []
    ranks = " ".join(f"WHEN {literal(one)} THEN {_rank(measure.column)}" for one, measure in measures.items())
    for published_as, measure in measures.items():
        name = f"{measure.column}_alternative" if measure.column in filled else measure.column
        filled.add(measure.column)
        figures.append(f"max(figure) FILTER (measure = {literal(published_as)}) AS {quoted(name)}")
    return f"""SELECT * EXCLUDE (first_row, period_order) FROM (
        SELECT {literal(sheet.file_name)} AS file_name,
            string_agg(place, ', ' ORDER BY CASE measure {ranks} END, row_number) AS place,
            0 AS first_line, {keys}, period, {", ".join(figures)},
            min(row_number) AS first_row, any_value(period_order) AS period_order
        FROM (
            SELECT *, row_number() OVER (PARTITION BY {keys}, period, measure ORDER BY row_number) AS occurrence
            FROM (
                SELECT row_number, {columns}, cell_{sheet.table.measure_position} AS measure, figure,
                    CASE period_column {periods} END AS period, CASE period_column {order} END AS period_order,
                    CASE period_column {letters} END AS place
                FROM (UNPIVOT {sheet.name}_rows ON {", ".join(f"cell_{i}" for i in sheet.table.period_headers)}
                    INTO NAME period_column VALUE figure)
            )
        )
        GROUP BY {keys}, period, occurrence
        ORDER BY first_row, period_order)"""


def _rank(column: str) -> int:
    """Where a column's cell stands among those of its row."""
    return _FIGURES.index(column) if column in _FIGURES else len(_FIGURES)


def _refuse_unknown_measures(connection: duckdb.DuckDBPyConnection, sheet: SheetTable, known: list[str]) -> None:
    measure = f"cell_{sheet.table.measure_position}"
    place = sheet.place(sheet.table.measure_position or 0)
    found = connection.execute(
        f"""SELECT {place}, coalesce({measure}, 'nothing') FROM {sheet.name}_rows
        WHERE ({measure} IS NULL OR {measure} NOT IN ({texts(known)}))
            AND {_is_filled(list(sheet.table.period_headers))}
        ORDER BY row_number LIMIT 1"""
    ).fetchone()
    if found:
        raise DeliveryError(
            "a row says that it measures something that the contract does not know",
            place=f"{sheet.file_name}, {found[0]}",
            expected=", ".join(known),
            found=found[1],
            do="if the publisher renamed a measure or added one, say so in the contract; otherwise correct the file",
        )
