"""The SQL under sql/: one SELECT a file, whose path is its table's name and whose text gives the order.

A file begins with comment lines. The first is the table's comment. `-- kind: table` (the default),
`view` or `scratch` says how it is kept; a scratch table is dropped before the warehouse is published.
Macro files begin with CREATE OR REPLACE MACRO after their comment (those among tables: warehouse/table_macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.paths import shipped

MACRO_SCHEMAS = ("read", "stat")
SELECT_SCHEMAS = ("ledger", "raw", "core", "mart", "audit")


@dataclass(frozen=True)
class SqlFile:
    """One file under sql/: `schema.name`, its comment lines and its statement."""

    schema: str
    name: str
    text: str

    @property
    def table(self) -> str:
        """The table's name with its schema, as SQL writes it."""
        return f"{self.schema}.{self.name}"

    @property
    def place(self) -> str:
        """The file's path below the repository, for messages."""
        return f"sql/{self.schema}/{self.name}.sql"

    @cached_property
    def comment_lines(self) -> tuple[str, ...]:
        """The leading comment, without its dashes."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            lines.append(line.removeprefix("--").strip())
        return tuple(lines)

    @property
    def comment(self) -> str:
        """What the table holds: the comment's first paragraph without its `kind:` line."""
        return " ".join(line for line in self.comment_lines if not line.startswith("kind:"))

    @property
    def kind(self) -> str:
        """table, view, scratch or macro."""
        if self.is_macro:
            return "macro"
        kinds = [line.removeprefix("kind:").strip() for line in self.comment_lines if line.startswith("kind:")]
        return kinds[0] if kinds else "table"

    @property
    def is_macro(self) -> bool:
        """Whether the file creates a macro instead of stating a SELECT."""
        body = "\n".join(line for line in self.text.splitlines() if not line.startswith("--"))
        return body.lstrip().upper().startswith("CREATE")

    @property
    def is_table_macro(self) -> bool:
        """Whether the macro stands for rows, not for a value."""
        return self.is_macro and re.search(r"\bAS TABLE\b", self.text) is not None


def sql_files(schemas: Iterable[str]) -> list[SqlFile]:
    """The files of these schemas in the order of their paths, without the table macros that stand among SELECTs."""
    return [file for file in all_sql_files(schemas) if file.schema in MACRO_SCHEMAS or not file.is_macro]


def all_sql_files(schemas: Iterable[str]) -> list[SqlFile]:
    """All files of these schemas, in the order of their paths."""
    root = shipped("sql")
    return [
        SqlFile(schema, path.stem, path.read_text(encoding="utf-8"))
        for schema in schemas
        for path in sorted((root / schema).glob("*.sql"))
    ]


def sql_digest_paths() -> list[Path]:
    """Every file under sql/, for the digest of the code that made a publication."""
    return sorted(shipped("sql").rglob("*.sql"))


def load_macros(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str] = MACRO_SCHEMAS) -> None:
    """Make the macros of these schemas in a connection."""
    for schema in schemas:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    files = sql_files(schemas)
    known = _ORDERS.get(frozenset(files))
    if known is not None:
        connection.execute(";\n".join(file.text.rstrip().rstrip(";") for file in known))
        return
    _ORDERS[frozenset(files)] = make_in_turns(connection, files)


# These files -> the order in which they can be made: found out once, then all are made at a stroke.
_ORDERS: dict[frozenset[SqlFile], list[SqlFile]] = {}


def make_in_turns(connection: duckdb.DuckDBPyConnection, waiting: list[SqlFile]) -> list[SqlFile]:
    """A macro may call another of a file that comes later in the alphabet: take turns until all stand."""
    made: list[SqlFile] = []
    while waiting:
        failed = [(file, error) for file in waiting if (error := _try(connection, file))]
        if len(failed) == len(waiting):
            raise HelhedsplanError("a macro cannot be made", place=failed[0][0].place, found=failed[0][1])
        still_waiting = [file for file, _ in failed]
        made += [file for file in waiting if file not in still_waiting]
        waiting = still_waiting
    return made


def _try(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> str:
    try:
        connection.execute(file.text)
    except duckdb.CatalogException as error:
        return str(error)
    except duckdb.Error as error:
        raise HelhedsplanError("a macro cannot be made", place=file.place, found=str(error)) from error
    return ""


def tables_read(file: SqlFile) -> frozenset[str]:
    """The tables, with their schemas, that a file's SELECT names, a macro for rows being told its table by name."""
    return frozenset(_TABLE.findall(_COMMENT.sub("", file.text)))


_COMMENT = re.compile(r"--.*")
_TABLE = re.compile(rf"\b(?:{'|'.join(SELECT_SCHEMAS)}|catalogue)\.\w+")


def needed_for(files: Iterable[SqlFile], wanted: Iterable[str]) -> list[SqlFile]:
    """The SELECT files of the wanted tables and of all that these rest on."""
    by_table = {file.table: file for file in files}
    needed, waiting = set(), set(wanted)
    while waiting:
        needed |= waiting
        read = {name for table in waiting for name in tables_read(by_table[table])}
        waiting = (read & by_table.keys()) - needed
    return [file for table, file in by_table.items() if table in needed]


def in_order(files: Iterable[SqlFile]) -> list[SqlFile]:
    """The SELECT files so that each comes after all that it reads. Raises HelhedsplanError for a circle."""
    by_table = {file.table: file for file in files if not file.is_macro}
    reads = {name: tables_read(file) & by_table.keys() for name, file in by_table.items()}
    try:
        return [by_table[name] for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        raise HelhedsplanError(
            "files under sql/ read each other in a circle", found=" -> ".join(error.args[1])
        ) from error
