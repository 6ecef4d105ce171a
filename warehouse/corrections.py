"""Corrections: figures that a publisher got wrong, replaced while the source still says what is corrected.

The row as it was delivered stays a release of its own, known until the day of the correction.
"""

from __future__ import annotations

from itertools import groupby

import duckdb

from catalogue.errors import CatalogueError
from warehouse.reading_columns import READING_COLUMNS
from warehouse.sql_text import literal

# A figure that was published as 41,2 per cent is 0.41200000000000003 once it is a fraction.
_NEARLY = 1e-9
_CORRECTIONS_OF_SOURCE = """
    SELECT "column", indicator_id, unit_level, lower(trim(unit_published_as)), municipality_code, period, as_published,
        corrected,
        corrected_on, concat(reason, ' (', corrected_by, ', ', corrected_on, ')')
    FROM catalogue.correction WHERE source_id = {} ORDER BY ALL
"""


def corrected_select(connection: duckdb.DuckDBPyConnection, relation: str, source_id: str) -> str:
    """A SELECT of all columns of `relation` (a table, or a SELECT in parentheses) with the source's corrections.

    `catalogue.correction` must exist in the connection. A number is replaced where source, indicator, level,
    published name or code of the unit, municipality where the correction tells one, and period match and the number
    is the one that is corrected. Without corrections the SELECT is the plain relation. Raises CatalogueError for a
    column that holds no number.
    """
    corrections = connection.execute(_CORRECTIONS_OF_SOURCE.format(literal(source_id))).fetchall()
    if not corrections:
        return f"SELECT * FROM {relation}"
    replaced = [_replacement(column, list(rows)) for column, rows in groupby(corrections, key=lambda row: row[0])]
    return f"SELECT * REPLACE ({', '.join(replaced)}) FROM {relation} AS published_rows"


def released_select(connection: duckdb.DuckDBPyConnection, relation: str, source_id: str) -> str:
    """A SELECT of all columns of `relation` and its releases: each row as it came, and once more as it was corrected.

    `corrected_on` (the day of the last correction of the row) and `corrected_because` are empty in a row as it came.
    Otherwise like `corrected_select`.
    """
    corrections = connection.execute(_CORRECTIONS_OF_SOURCE.format(literal(source_id))).fetchall()
    as_it_came = f"SELECT *, NULL::DATE AS corrected_on, NULL::VARCHAR AS corrected_because FROM {relation}"
    if not corrections:
        return as_it_came
    days = ", ".join(f"CASE WHEN {_applies(*row[:7])} THEN DATE {literal(row[8])} END" for row in corrections)
    reasons = ", ".join(f"CASE WHEN {_applies(*row[:7])} THEN {literal(row[9])} END" for row in corrections)
    corrected = f"""SELECT rows_as_they_came.*, list_max([{days}]) AS corrected_on,
        concat_ws('; ', {reasons}) AS corrected_because FROM {relation} AS rows_as_they_came"""
    replaced = [_replacement(column, list(rows)) for column, rows in groupby(corrections, key=lambda row: row[0])]
    return f"""{as_it_came} UNION ALL BY NAME
        SELECT * REPLACE ({", ".join(replaced)}) FROM ({corrected}) WHERE corrected_on IS NOT NULL"""


def _replacement(column: str, corrections: list[tuple]) -> str:
    if READING_COLUMNS.get(column) != "DOUBLE":
        raise CatalogueError(
            "a correction names a column that holds no number",
            place=f"catalogue/corrections.csv, {corrections[0][1]}, {corrections[0][5]}",
            expected=", ".join(name for name, kind in READING_COLUMNS.items() if kind == "DOUBLE"),
            found=column,
        )
    cases = " ".join(f"WHEN {_applies(*row[:7])} THEN {_number(row[7])}" for row in corrections)
    return f'CASE {cases} ELSE "{column}" END AS "{column}"'


def _applies(
    column: str, indicator: str, level: str, unit: str, municipality: str | None, period: str, published: float
) -> str:
    conditions = (
        f"indicator_id = {literal(indicator)}",
        f"unit_level = {literal(level)}",
        f"{literal(unit)} IN (lower(trim(unit_code)), lower(trim(unit_name)))",
        f"municipality_code = {literal(municipality)}" if municipality else "true",
        f"period = {literal(period)}",
        f'abs("{column}" - {_number(published)}) <= {_NEARLY} * greatest(1, abs({_number(published)}))',
    )
    return " AND ".join(conditions)


def _number(number: float) -> str:
    return f"'{number!r}'::DOUBLE"
