"""What `helhedsplan sql` is asked: a query, or the warehouse's own words about its tables and columns."""

from __future__ import annotations

from pathlib import Path

import typer

from catalogue.errors import QueryRefusedError
from warehouse.query import run_query
from warehouse.sql_text import literal

_MACROS = """
    SELECT schema_name, function_name, any_value(parameters) AS parameters, any_value(comment) AS comment
    FROM duckdb_functions()
    WHERE NOT internal AND function_type IN ('macro', 'table_macro') AND schema_name IN ('mart', 'audit', 'stat')
    GROUP BY ALL
"""
TABLES = f"""
    SELECT schema_name || '.' || table_name AS "table", comment AS holds
    FROM (
      SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal
      UNION ALL
      SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal
      UNION ALL
      SELECT schema_name, function_name || '(' || array_to_string(parameters, ', ') || ')', comment FROM ({_MACROS})
    )
    ORDER BY list_position(['mart', 'audit', 'catalogue', 'ledger', 'core', 'stat'], schema_name), table_name
"""
_DESCRIBE = """
    SELECT column_name AS "column", data_type AS type, comment AS means
    FROM duckdb_columns() WHERE NOT internal AND schema_name || '.' || table_name = {} ORDER BY column_index
"""
_DESCRIBE_MACRO = f"""
    SELECT schema_name || '.' || function_name AS macro, array_to_string(parameters, ', ') AS parameters,
      comment AS means
    FROM ({_MACROS}) WHERE schema_name || '.' || function_name = {{}}
"""


def question_of(warehouse: Path, query: str | None, tables: bool, describe: str | None) -> str:
    """The one statement that was asked for. Raises QueryRefusedError for a table or macro that is not there."""
    if (query is not None) + tables + (describe is not None) != 1:
        raise typer.BadParameter("give a query, or --tables, or --describe TABLE")
    if tables:
        return TABLES
    if describe is None:
        return query or ""
    name = literal(describe.lower().partition("(")[0].strip())
    for question in (_DESCRIBE.format(name), _DESCRIBE_MACRO.format(name)):
        if run_query(warehouse, question).rows:
            return question
    raise QueryRefusedError(
        "there is no such table or macro",
        expected="one with its schema, such as mart.goal_indicator or stat.gap_low",
        found=describe,
        do="`helhedsplan sql --tables` lists them",
    )
