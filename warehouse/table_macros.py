"""Table macros of the published file: SELECTs with parameters, made after the tables that they read.

A line `-- restated: core.a, core.b` after a macro's own common table expressions says that these tables are worked out
anew inside it, from `<name>_then` in place of the tables that its expressions of that name stand for. So a figure
of another day follows from the same SQL as today's.
"""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb

from warehouse.sql_files import MACRO_SCHEMAS, SELECT_SCHEMAS, SqlFile, all_sql_files, sql_files
from warehouse.sql_text import literal

_RESTATED = re.compile(r"^-- restated: (?P<tables>.+)$", re.MULTILINE)
_SUFFIX = "_then"
_OWN = re.compile(rf"\b(\w+){_SUFFIX} AS \(")


def table_macros() -> list[SqlFile]:
    """The macro files of the schemas of tables, with what they restate written out."""
    selects = {file.table: file for file in sql_files(SELECT_SCHEMAS)}
    return [_written_out(file, selects) for file in all_sql_files(SELECT_SCHEMAS) if file.is_macro]


def comment_on_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comments of all macros: of these, and of those that `load_macros` has made without."""
    comments = [
        f"COMMENT ON MACRO {'TABLE ' if file.is_table_macro else ''}{file.table} IS {literal(file.comment)}"
        for file in [*table_macros(), *sql_files(MACRO_SCHEMAS)]
    ]
    # One transaction: each comment by itself would be synced by itself.
    connection.execute(";\n".join(["BEGIN", *comments, "COMMIT"]))


def _written_out(file: SqlFile, selects: dict[str, SqlFile]) -> SqlFile:
    line = _RESTATED.search(file.text)
    if line is None:
        return file
    head, tail = file.text[: line.start()], file.text[line.end() :]
    tables = [table.strip() for table in line["tables"].split(",")]
    known = [*(f"core.{name}" for name in _OWN.findall(head)), *tables]
    stated = [
        f",\n\n{_name(table)}{_SUFFIX} AS MATERIALIZED (\n{_turned(selects[table].text, known)})" for table in tables
    ]
    return replace(file, text=head + "".join(stated) + _turned(tail, known))


def _turned(text: str, tables: list[str]) -> str:
    """The text with these tables read as they were then, each under its own name."""
    for table in tables:
        name = _name(table)
        text = re.sub(rf"\b{re.escape(table)}\b(?=\s+AS\b)", f"{name}{_SUFFIX}", text)
        text = re.sub(rf"\b{re.escape(table)}\b", f"{name}{_SUFFIX} AS {name}", text)
    return text


def _name(table: str) -> str:
    return table.partition(".")[2]
