"""What failed, in a few words: the first rows or findings of a check, for the ledger and for a person.

No figure is told: the ledger keeps it for good, and it may be one that is withheld.
"""

from __future__ import annotations

import duckdb

from tasks.expectations import Expectation
from warehouse.sql_text import literal, quoted

_TOLD = 5
_KEY_COLUMNS = ("agreement_id", "indicator_id", "area_id", "period", "latest_period", "source_id", "part_id")
_FIGURES = ("DOUBLE", "FLOAT")


def in_words(connection: duckdb.DuckDBPyConnection, table: str, check: Expectation, failing: int, rows: int) -> str:
    """Such as '3 of 1,234 rows: Data!F17; Data!F18; Data!F20'; `failing` of `rows` fail, or `failing` findings."""
    if check.query is not None:
        said = f"{failing:,} found" if failing else "none found"
        return said + (_first(connection, f"({check.query}\n)", None) if failing else "")
    said = f"{failing:,} of {rows:,} rows"
    return said + (_first(connection, table, check.predicate) if failing else "")


def _first(connection: duckdb.DuckDBPyConnection, relation: str, predicate: str | None) -> str:
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = [name for name, kind, *_ in described if kind not in _FIGURES]
    if "row_number" in columns and "first_line" in columns:
        order, said = "row_number", "read.locator(NULL, place, first_line, row_number)"
    else:
        keys = [name for name in _KEY_COLUMNS if name in columns] if predicate else []
        order, said = "ALL", f"concat_ws(', ', {', '.join(_named(name) for name in keys or columns)})"
    where = f"WHERE ({predicate}\n)" if predicate else ""
    found = connection.execute(f"SELECT {said} FROM {relation} AS told {where} ORDER BY {order} LIMIT {_TOLD + 1}")
    told = [text or "" for (text,) in found.fetchall()]
    return ": " + "; ".join(told[:_TOLD]) + ("; …" if len(told) > _TOLD else "")


def _named(column: str) -> str:
    return f"{literal(f'{column}=')} || {quoted(column)}"
