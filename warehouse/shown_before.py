"""What a publication showed, as an input of comparing the next one with it: the same columns from every file.

An older file may lack a column that came later; it counts as empty there.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

_KEY = {"agreement_id": "VARCHAR", "indicator_id": "VARCHAR", "area_id": "VARCHAR", "period": "VARCHAR"}
SERIES = _KEY | {
    "value": "DOUBLE",
    "low": "DOUBLE",
    "high": "DOUBLE",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "missing_reason": "VARCHAR",
    "source_id": "VARCHAR",
    "delivery_id": "VARCHAR",
    "delivery_ids": "VARCHAR[]",
    "corrected_because": "VARCHAR",
    "definition_version": "VARCHAR",
}
PUBLICATION = {"publication_id": "VARCHAR", "ledger_sequence": "BIGINT"}


def make_shown_before(connection: duckdb.DuckDBPyConnection, previous: str | None) -> None:
    """Make the views ledger.shown_before and ledger.publication_before of an attached publication.

    `previous` is the name that it is attached under; without one (there was no publication) both are empty.
    """
    shown = columns_of(connection, previous, "mart", "indicator_series", SERIES)
    publication = f"""SELECT publication_id, (SELECT max(sequence) FROM {previous}.ledger.entry) AS ledger_sequence
        FROM {previous}.ledger.build"""
    connection.execute(f"CREATE VIEW ledger.shown_before AS {shown}")
    connection.execute(f"CREATE VIEW ledger.publication_before AS {publication if previous else _empty(PUBLICATION)}")


def columns_of(
    connection: duckdb.DuckDBPyConnection, database: str | None, schema: str, table: str, columns: dict[str, str]
) -> str:
    """A SELECT of these columns (name -> type) of an attached table; what it lacks is NULL, no table gives no row."""
    found = connection.execute(
        f"""SELECT column_name FROM duckdb_columns()
        WHERE database_name = '{database}' AND schema_name = '{schema}' AND table_name = '{table}'"""
    ).fetchall()
    if not found:
        return _empty(columns)
    return f"SELECT {_typed(columns, {name for (name,) in found})} FROM {database}.{schema}.{table}"


def _typed(columns: dict[str, str], present: Iterable[str]) -> str:
    return ", ".join(f"{name if name in present else 'NULL'}::{kind} AS {name}" for name, kind in columns.items())


def _empty(columns: dict[str, str]) -> str:
    return f"SELECT {_typed(columns, ())} WHERE false"
