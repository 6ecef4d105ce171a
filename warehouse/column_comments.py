"""What every column means, from sql/columns.yml, written into the warehouse beside the tables' own comments."""

from __future__ import annotations

from functools import cache, partial
from itertools import groupby
from operator import itemgetter

import duckdb
import yaml

from warehouse.paths import shipped
from warehouse.side_by_side import SIDE_BY_SIDE, Step, carry_out
from warehouse.sql_text import literal, quoted

_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast
_COLUMNS = """SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()
    WHERE NOT internal AND database_name = current_database() ORDER BY ALL"""


def comment_on_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comment of every column of every table and view of the current database."""
    shares: list[list[str]] = [[] for _ in range(SIDE_BY_SIDE)]
    by_table = groupby(connection.execute(_COLUMNS).fetchall(), key=itemgetter(0))
    for number, (table, columns) in enumerate(by_table):
        told = [(column, meaning) for _, column in columns if (meaning := meaning_of(table, column))]
        shares[number % len(shares)] += [
            f"COMMENT ON COLUMN {table}.{quoted(column)} IS {literal(meaning)}" for column, meaning in told
        ]
    carry_out(connection, [Step(frozenset(), frozenset(), partial(_in_one_transaction, share)) for share in shares])


def _in_one_transaction(statements: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    # Each comment by itself would be synced by itself.
    connection.execute(";\n".join(["BEGIN", *statements, "COMMIT"]))


def meaning_of(table: str, column: str) -> str | None:
    """What a column (of `schema.name`) means; None where nobody has said so."""
    everywhere, by_table = _meanings()
    return by_table.get(table, {}).get(column) or everywhere.get(column)


@cache
def _meanings() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    content = yaml.load((shipped("sql") / "columns.yml").read_bytes(), Loader=_SafeLoader)  # noqa: S506 - a safe one
    return content["columns"], content["tables"]
