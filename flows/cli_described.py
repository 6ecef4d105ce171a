"""What `helhedsplan sql` is asked: a query, or the warehouse's own words about its tables and columns."""

from __future__ import annotations

from pathlib import Path

import typer

from catalogue.errors import QueryRefusedError
from warehouse.query import run_query
from warehouse.sql_text import literal

TABLES = """
    SELECT schema_name || '.' || table_name AS "table", comment AS holds
    FROM (
      SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal
      UNION ALL
      SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal
    )
    ORDER BY list_position(['mart', 'audit', 'catalogue', 'ledger', 'core'], schema_name), table_name
"""
_DESCRIBE = """
    SELECT column_name AS "column", data_type AS type, comment AS means
    FROM duckdb_columns() WHERE NOT internal AND schema_name || '.' || table_name = {} ORDER BY column_index
"""


def question_of(warehouse: Path, query: str | None, tables: bool, describe: str | None) -> str:
    """The one statement that was asked for. Raises QueryRefusedError for a table that is not there."""
    if (query is not None) + tables + (describe is not None) != 1:
        raise typer.BadParameter("give a query, or --tables, or --describe TABLE")
    if tables:
        return TABLES
    if describe is None:
        return query or ""
    question = _DESCRIBE.format(literal(describe.lower()))
    if not run_query(warehouse, question).rows:
        raise QueryRefusedError(
            "there is no such table",
            expected="a table with its schema, such as mart.goal_indicator",
            found=describe,
            do="`helhedsplan sql --tables` lists them",
        )
    return question
