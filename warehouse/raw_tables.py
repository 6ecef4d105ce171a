"""The rows that a build begins with: deliveries' parsed and quarantined rows, and empty tables for what is withheld."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import duckdb

from warehouse.corrections import released_select
from warehouse.in_memory import is_small
from warehouse.reading_columns import MILESTONE_COLUMNS, READING_COLUMNS, no_rows
from warehouse.rows import TEXT, select_of
from warehouse.sql_text import literal

_PARSED_COLUMNS = {"delivery_id": "VARCHAR", "row_number": "BIGINT"} | READING_COLUMNS
_RELEASED_COLUMNS = _PARSED_COLUMNS | {"corrected_on": "DATE", "corrected_because": "VARCHAR"}
_QUARANTINED_COLUMNS = _PARSED_COLUMNS | {
    "locator": "VARCHAR",
    "failed_checks": "VARCHAR[]",
    "because": "VARCHAR",
    "found": "VARCHAR",
}
WITHHELD_COLUMNS = {
    "delivery_id": TEXT, "row_number": "BIGINT", "is_correction": "BOOLEAN", "indicator_id": TEXT,
    "unit_level": TEXT, "unit_id": TEXT, "period": TEXT, "role": TEXT,
}  # fmt: skip
# One row per indicator and level of what was attacked; interval widths are in persons (marks for a mean).
ATTACKED_COLUMNS = {
    "indicator_id": TEXT, "unit_level": TEXT, "cells": "BIGINT", "withheld_by_source": "BIGINT",
    "withheld_here": "BIGINT", "narrowest_interval": "DOUBLE",
    "protection_width": "INTEGER", "passed": "BOOLEAN",
}  # fmt: skip


@dataclass(frozen=True)
class Input:
    """One delivery that is in force: its parsed rows, and its quarantined ones where there are any."""

    delivery_id: str
    source_id: str
    reading: Path
    quarantine: Path | None
    version: str
    holds: str = "figures"


def make_raw(connection: duckdb.DuckDBPyConnection, inputs: Iterable[Input], published_before: Iterable[Input]) -> None:
    """Make what the SQL under sql/raw reads; raw.withheld and raw.attacked are empty, for withholding to fill."""
    inputs, before = tuple(inputs), tuple(published_before)
    # Few rows are read once; many take less to be read from their files each time than to be kept as a table.
    kind = "TABLE" if inputs and is_small(one.reading for one in inputs) else "VIEW"
    connection.execute(f"CREATE {kind} raw.parsed AS {_all_parsed(connection, inputs)}")
    connection.execute(f"CREATE VIEW raw.milestone AS {_milestones_select(inputs)}")
    connection.execute(f"CREATE TABLE raw.quarantined AS {quarantined_select(inputs)}")
    connection.execute(
        f"""CREATE VIEW raw.published_before AS SELECT * FROM ({_all_parsed(connection, before)}) AS parsed
        ANTI JOIN ({quarantined_select(before)}) AS quarantined USING (delivery_id, row_number)"""
    )
    for name, columns in (("withheld", WITHHELD_COLUMNS), ("attacked", ATTACKED_COLUMNS)):
        connection.execute(f"CREATE TABLE raw.{name} AS {no_rows(columns)}")


def drop_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop it again, with the schema."""
    connection.execute("DROP SCHEMA raw CASCADE")


def _all_parsed(connection: duckdb.DuckDBPyConnection, inputs: Iterable[Input]) -> str:
    figures = sorted((one for one in inputs if one.holds == "figures"), key=attrgetter("source_id", "delivery_id"))
    by_source = groupby(figures, key=attrgetter("source_id"))
    selects = [_parsed_select(connection, source_id, list(of_source)) for source_id, of_source in by_source]
    return " UNION ALL ".join([no_rows(_RELEASED_COLUMNS), *selects])


def quarantined_select(inputs: Iterable[Input]) -> str:
    """SQL of all quarantined rows of these deliveries, whole."""
    kept = {one.delivery_id: one.quarantine for one in inputs if one.quarantine}
    rows = [_typed(_QUARANTINED_COLUMNS, f"({_rows_in(kept)})")] if kept else []
    return " UNION ALL ".join([no_rows(_QUARANTINED_COLUMNS), *rows])


def _parsed_select(connection: duckdb.DuckDBPyConnection, source_id: str, inputs: list[Input]) -> str:
    files = {one.delivery_id: one.reading for one in inputs}
    relation = f"(SELECT *, file_row_number AS row_number FROM ({_rows_in(files)}))"
    return _typed(_RELEASED_COLUMNS, f"({released_select(connection, relation, source_id)})")


def _milestones_select(inputs: Iterable[Input]) -> str:
    """SQL of the rows of milestone plans: they are no observations, so they have columns of their own."""
    files = {one.delivery_id: one.reading for one in inputs if one.holds == "milestones"}
    if not files:
        return no_rows(MILESTONE_COLUMNS)
    return _typed(MILESTONE_COLUMNS, f"(SELECT *, file_row_number AS row_number FROM ({_rows_in(files)}))")


def _typed(columns: dict[str, str], relation: str) -> str:
    """Columns by name: what else a contract makes its readings carry is for its checks, not for the warehouse."""
    return f"SELECT {', '.join(f'{name}::{kind} AS {name}' for name, kind in columns.items())} FROM {relation}"


def _rows_in(files: Mapping[str, Path]) -> str:
    """SQL of all rows of several deliveries' files (delivery_id -> file), as one scan however many they are."""
    names = ", ".join(literal(path) for path in files.values())
    delivery = select_of({"delivery_id": TEXT, "filename": TEXT}, ((key, str(path)) for key, path in files.items()))
    return f"""SELECT rows_of_files.* EXCLUDE (filename), delivery.delivery_id
        FROM read_parquet([{names}], union_by_name = true, filename = true, file_row_number = true) AS rows_of_files
        INNER JOIN ({delivery}) AS delivery ON rows_of_files.filename = delivery.filename"""
