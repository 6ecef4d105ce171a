"""What every column means, from sql/columns.yml, written into the warehouse beside the tables' own comments."""

from __future__ import annotations

from functools import cache

import duckdb
import yaml

from warehouse.paths import shipped
from warehouse.sql_text import literal, quoted

_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast


def comment_on(form: str, table: str, comment: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comment of a table or view (`form`) of the current database, and of every column of it that has one."""
    columns = connection.execute(f"FROM {table} LIMIT 0").description or []
    told = [(column, meaning) for column, *_ in columns if (meaning := meaning_of(table, column))]
    statements = [f"COMMENT ON COLUMN {table}.{quoted(column)} IS {literal(meaning)}" for column, meaning in told]
    # One transaction: each comment by itself would be synced by itself.
    connection.execute(";\n".join(["BEGIN", f"COMMENT ON {form} {table} IS {literal(comment)}", *statements, "COMMIT"]))


def meaning_of(table: str, column: str) -> str | None:
    """What a column (of `schema.name`) means; None where nobody has said so."""
    everywhere, by_table = _meanings()
    return by_table.get(table, {}).get(column) or everywhere.get(column)


@cache
def _meanings() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    content = yaml.load((shipped("sql") / "columns.yml").read_bytes(), Loader=_SafeLoader)  # noqa: S506 - a safe one
    return content["columns"], content["tables"]
