"""The SQL under sql/: one SELECT a file, whose path is its table's name and whose text gives the order.

A file begins with comment lines. The first is the table's comment. `-- kind: table` (the default),
`view` or `scratch` says how it is kept; a scratch table is dropped before the warehouse is published.
Macro files begin with CREATE OR REPLACE MACRO after their comment (those among tables: warehouse/table_macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
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

    @cached_property
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

    @cached_property
    def is_macro(self) -> bool:
        """Whether the file creates a macro instead of stating a SELECT."""
        return _BEGIN_OF_MACRO.match(self.text) is not None

    @cached_property
    def names(self) -> frozenset[str]:
        """The tables, views and macros, with their schemas, that the text names beside its own."""
        return frozenset(_NAME.findall(_COMMENT.sub("", self.text))) - {self.table}

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
        _sql_file(path, path.stat().st_mtime_ns) for schema in schemas for path in sorted((root / schema).glob("*.sql"))
    ]


@cache
def _sql_file(path: Path, changed_ns: int) -> SqlFile:  # noqa: ARG001
    """The file as it was when it was last changed; a build asks for all of them several times."""
    return SqlFile(path.parent.name, path.stem, path.read_text(encoding="utf-8"))


def sql_digest_paths() -> list[Path]:
    """Every file under sql/, for the digest of the code that made a publication."""
    return sorted(shipped("sql").rglob("*.sql"))


def load_macros(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str] = MACRO_SCHEMAS) -> None:
    """Make the macros of these schemas in a connection. Raises HelhedsplanError, with the file, where one fails."""
    for schema in schemas:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for file in in_order(sql_files(schemas)):
        make_macro(connection, file)


def make_macro(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    """Make one in a connection that has what it names. Raises HelhedsplanError, with the file, where that fails."""
    try:
        connection.execute(file.text)
    except duckdb.Error as error:
        raise HelhedsplanError("a macro cannot be made", place=file.place, found=str(error)) from error


_COMMENT = re.compile(r"--.*")
_BEGIN_OF_MACRO = re.compile(r"(?:--[^\n]*\n|\s)*CREATE\b", re.IGNORECASE)
_NAME = re.compile(rf"\b(?:{'|'.join((*MACRO_SCHEMAS, *SELECT_SCHEMAS))}|catalogue)\.\w+")


def needed_for(files: Iterable[SqlFile], wanted: Iterable[str]) -> list[SqlFile]:
    """The SELECT files of the wanted tables and of all that these rest on."""
    by_table = {file.table: file for file in files}
    needed, waiting = set(), set(wanted)
    while waiting:
        needed |= waiting
        read = {name for table in waiting for name in by_table[table].names}
        waiting = (read & by_table.keys()) - needed
    return [file for table, file in by_table.items() if table in needed]


def in_order(files: Iterable[SqlFile]) -> list[SqlFile]:
    """The files so that each comes after all that it names. Raises HelhedsplanError for a circle."""
    by_table = {file.table: file for file in files}
    reads = {name: file.names & by_table.keys() for name, file in by_table.items()}
    try:
        return [by_table[name] for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        raise HelhedsplanError(
            "files under sql/ read each other in a circle", found=" -> ".join(error.args[1])
        ) from error
