"""What a publication showed, as an input of comparing the next one with it: the same columns from every file.

An older file may lack a column that came later; it counts as empty there.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from warehouse.sql_text import literal

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
_SIDES = {
    name: kind for name, kind in SERIES.items() if name in ("value", "numerator", "denominator", "missing_reason")
}
REVISED = (
    {"publication_id": "VARCHAR", "previous_publication_id": "VARCHAR", "revised_at": "TIMESTAMP"}
    | _KEY
    | {f"{side}_{name}": kind for name, kind in _SIDES.items() for side in ("old", "new")}
    | {"changed": "VARCHAR[]", "cause": "VARCHAR", "source_id": "VARCHAR"}
    | {f"{side}_{name}": "VARCHAR" for name in ("delivery_id", "definition_version") for side in ("old", "new")}
)
GIVEN = {
    "publication_id": "VARCHAR", "given_at": "TIMESTAMP", "agreement_id": "VARCHAR", "indicator_id": "VARCHAR",
    "area_id": "VARCHAR", "latest_period": "VARCHAR", "verdict": "VARCHAR", "verdict_reason": "VARCHAR",
    "cause": "VARCHAR", "source_id": "VARCHAR", "delivery_id": "VARCHAR", "is_known_figure": "BOOLEAN",
}  # fmt: skip
PUBLICATION = {"publication_id": "VARCHAR", "ledger_sequence": "BIGINT"}


def attach_previous(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Attach the publication before, if there is one, and make its views. A damaged file counts as none."""
    name = None
    if previous is not None:
        with suppress(duckdb.Error):  # what it was compared with stands in the ledger: nothing, then
            connection.execute(f"ATTACH {literal(str(previous))} AS previous (READ_ONLY)")
            name = "previous"
    make_shown_before(connection, name)


def forget_previous(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the views away again, so that nothing of the publication before is left but what was compared."""
    views = ("shown_before", "publication_before", "revised_before", "verdict_before")
    connection.execute("; ".join(f"DROP VIEW ledger.{view}" for view in views))
    connection.execute("DETACH DATABASE IF EXISTS previous")


def make_shown_before(connection: duckdb.DuckDBPyConnection, previous: str | None) -> None:
    """Make the views ledger.shown_before, publication_before, revised_before, verdict_before of a publication.

    `previous` is the name that it is attached under; without one (there was no publication) all are empty.
    revised_before is every revision up to then, verdict_before every verdict: a publication hands on what the one
    before it knew.
    """
    shown = columns_of(connection, previous, "mart", "indicator_series", SERIES)
    publication = f"""SELECT publication_id, (SELECT max(sequence) FROM {previous}.ledger.entry) AS ledger_sequence
        FROM {previous}.ledger.build"""
    revised = columns_of(connection, previous, "audit", "revision", REVISED)
    connection.execute(f"CREATE VIEW ledger.shown_before AS {shown}")
    given = columns_of(connection, previous, "audit", "verdict_given", GIVEN)
    connection.execute(f"CREATE VIEW ledger.revised_before AS {revised}")
    connection.execute(f"CREATE VIEW ledger.verdict_before AS {given}")
    connection.execute(f"CREATE VIEW ledger.publication_before AS {publication if previous else _empty(PUBLICATION)}")


def columns_of(
    connection: duckdb.DuckDBPyConnection, database: str | None, schema: str, table: str, columns: dict[str, str]
) -> str:
    """A SELECT of these columns (name -> type) of an attached table; what it lacks is NULL, no table gives no row."""
    if database is None:
        return _empty(columns)
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
