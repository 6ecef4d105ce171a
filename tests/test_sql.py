"""One walker for every SELECT under sql/: tests/sql/<schema>/<table>.yml gives rows of the tables that it reads and
the rows that must come out. A case of a table macro says in `call` what it is called with.

A file holds `cases` (name -> `given`, `expect`); `given` (table -> rows) and `defaults` (table -> columns) of the
file itself go for all its cases. A row states only the columns that matter to the case: all others are NULL, and
only the columns that some expected row states are compared, as a set of rows.
"""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.deliveries_for_tests import the_catalogue
from warehouse.build import Request, make_tables
from warehouse.sql_files import (
    MACRO_SCHEMAS,
    SELECT_SCHEMAS,
    SqlFile,
    in_order,
    load_macros,
    make_macro,
    sql_files,
)
from warehouse.table_macros import table_macros

HOME = Path(__file__).resolve().parent / "sql"


def select_of(file: SqlFile) -> SqlFile:
    """The SELECT that a table macro stands for, with its parameters as names."""
    return replace(file, text=re.split(r"\bAS TABLE\b", file.text, maxsplit=1)[1].rstrip().rstrip(";"))


MACROS = {file.table: select_of(file) for file in table_macros()}
SELECTS = {file.table: file for file in sql_files(SELECT_SCHEMAS)} | MACROS
CALLED = MACROS | {file.table: select_of(file) for file in sql_files(MACRO_SCHEMAS) if file.is_table_macro}


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Table -> content of its file of cases.
FILES: dict[str, dict] = {
    f"{path.parent.name}.{path.stem}": yaml.load(path.read_bytes(), Loader=LOADER)  # noqa: S506 - a safe one, in C where there is one
    for path in sorted(HOME.glob("*/*.yml"))
}
CASES = [
    pytest.param(table, content, case, id=f"{table}: {name}")
    for table, content in FILES.items()
    for name, case in content["cases"].items()
]


@pytest.fixture(scope="module")
def connection():
    """Every table of a warehouse, empty, with the column types of a real build."""
    with duckdb.connect() as built, duckdb.connect(config={"threads": 1}) as connection:
        nothing = Request((), (), (), the_catalogue(), "run-1", "2026-11-23T01:00:00+00:00")
        make_tables(built, nothing)
        load_macros(connection)
        for schema in ("catalogue", *SELECT_SCHEMAS):
            connection.execute(f"CREATE SCHEMA {schema}")
        columns = built.execute(
            """SELECT schema_name || '.' || table_name, string_agg(printf('"%s" %s', column_name, data_type), ', ')
            FROM duckdb_columns() WHERE schema_name <> 'main' AND NOT internal GROUP BY ALL"""
        ).fetchall()
        for table, definitions in columns:
            connection.execute(f"CREATE TABLE {table} ({definitions})")
        for macro in in_order(table_macros()):
            make_macro(connection, macro)
        yield connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    row_of_marks = f"({', '.join('?' for _ in columns)})"
    values = [
        json.dumps(row[name]) if isinstance(row.get(name), dict) else row.get(name) for row in rows for name in columns
    ]
    names, marks = ", ".join(columns), ", ".join(row_of_marks for _ in rows)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES {marks}", values)


def read_by(table: str) -> set[str]:
    """The tables that a file reads, also by way of a macro that it calls."""
    file = SELECTS.get(table) or CALLED[table]
    called = [name for name in CALLED if f"{name}(" in file.text]
    return file.names.union(*(read_by(name) for name in called))


def comparable(row: tuple) -> tuple:
    return tuple(
        round(value, 9) + 0.0 if isinstance(value, float | int) else tuple(value) if isinstance(value, list) else value
        for value in row
    )


@pytest.mark.parametrize(("table", "content", "case"), CASES)
def test_the_rows_come_out_as_the_case_says(connection, table, content, case):
    given = content.get("given", {}) | case.get("given", {})
    strangers = set(given) - read_by(table)
    assert strangers == set(), f"{table} does not read these"
    columns = list(dict.fromkeys(name for row in case["expect"] for name in row)) or ["1"]
    connection.execute("BEGIN")
    try:
        for name, rows in given.items():
            defaults = content.get("defaults", {}).get(name, {})
            insert(connection, name, [defaults | row for row in rows])
        tested = f"FROM {table}({case['call']})" if table in MACROS else SELECTS[table].text
        query = f"SELECT {', '.join(columns)} FROM ({tested}\n) AS tested"
        found = Counter(comparable(row) for row in connection.execute(query).fetchall())
    finally:
        connection.execute("ROLLBACK")
    expected = Counter(comparable(tuple(row.get(name) for name in columns)) for row in case["expect"])
    assert {"missing": expected - found, "too many": found - expected} == {"missing": {}, "too many": {}}, columns


def test_every_select_has_its_cases_and_every_case_its_select():
    assert FILES.keys() == SELECTS.keys()


def test_every_file_of_cases_holds_nothing_that_the_walker_would_overlook():
    assert {table: overlooked(content) for table, content in FILES.items() if overlooked(content)} == {}


def overlooked(content: dict) -> list[str]:
    used = set(content.get("given", {}))
    names = sorted(content.keys() - {"given", "defaults", "cases"})
    for name, case in content["cases"].items():
        used |= set(case.get("given", {}))
        names += [f"{name}: {key}" for key in case.keys() - {"given", "expect", "call"}]
    return names + [f"defaults: {table}" for table in content.get("defaults", {}).keys() - used]
