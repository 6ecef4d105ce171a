"""The readers' connection: a published file, read-only, locked in, with a limit on time and memory."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError, QueryRefusedError

MOST_ROWS = 1_000_000
_ROWS_AT_A_TIME = 100


@dataclass(frozen=True)
class QueryResult:
    """A query's columns, their DuckDB types, and its rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@contextmanager
def open_published(
    warehouse_file: Path, *, memory: str = "2GB", is_small_work: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can read this file and nothing else: no other file, no extension, no new setting.

    `is_small_work` asks small questions alone: further threads would only wait for one another.
    """
    if not warehouse_file.exists():
        raise HelhedsplanError(
            "there is no published warehouse yet",
            place=str(warehouse_file),
            do="run `helhedsplan refresh` first, or name the data directory in HELHEDSPLAN_DATA",
        )
    try:
        connection = duckdb.connect(
            warehouse_file,
            read_only=True,
            config={
                "enable_external_access": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": memory,
                # Without one, a large sort would write beside the publication.
                "temp_directory": "",
                "lock_configuration": "true",
                **({"threads": "1"} if is_small_work else {}),
            },
        )
    except duckdb.Error as error:
        raise HelhedsplanError(
            "the published warehouse cannot be opened",
            place=str(warehouse_file),
            found=str(error).splitlines()[0],
            do="close programs that have it open for writing; `helhedsplan refresh` puts a whole one in place",
        ) from error
    with connection:
        yield connection


def run_query(warehouse_file: Path, sql: str, *, seconds: float = 30, memory: str = "2GB") -> QueryResult:
    """Run one reading statement. Raises QueryRefusedError for what is not allowed, wrong, too slow or too large."""
    with open_published(warehouse_file, memory=memory) as connection:
        _one_reading_statement(connection, sql)
        too_late = threading.Event()
        timer = threading.Timer(seconds, lambda: (too_late.set(), connection.interrupt()))
        timer.start()
        most_bytes = _bytes_of(connection)
        try:
            cursor = connection.execute(sql)
            described = cursor.description or []
            rows = tuple(_fetched(cursor, most_bytes))
        except duckdb.Error as error:
            # An interrupted fetch does not always say that it was interrupted.
            raise _too_slow(seconds) if too_late.is_set() else _refused(error) from error
        finally:
            timer.cancel()
    if len(rows) > MOST_ROWS:
        raise _too_much("the answer is too long", f"at most {MOST_ROWS} rows")
    names = tuple(column[0] for column in described)
    return QueryResult(names, tuple(str(column[1]) for column in described), rows)


def _fetched(cursor: duckdb.DuckDBPyConnection, most_bytes: int) -> Iterator[tuple[Any, ...]]:
    """The rows, at most one more than may be answered. Raises QueryRefusedError where they outgrow the memory limit.

    DuckDB's own limit does not count what Python holds of them, and a few rows may hold huge cells.
    """
    most = resident_bytes() + most_bytes
    for _ in range(MOST_ROWS // _ROWS_AT_A_TIME + 1):
        rows = cursor.fetchmany(_ROWS_AT_A_TIME)
        yield from rows
        if len(rows) < _ROWS_AT_A_TIME:
            return
        if resident_bytes() > most:
            raise _too_much("the answer needs too much memory", "an answer within the memory limit")


def in_time(rows: Iterable[tuple[Any, ...]], seconds: float) -> Iterator[tuple[Any, ...]]:
    """The rows again, for whoever writes them out. Raises QueryRefusedError once that has taken so much work.

    Waiting for a reader of the output, such as a pager, is no work.
    """
    latest = time.process_time() + seconds
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _ROWS_AT_A_TIME == 0 and time.process_time() > latest:
            raise _too_much(
                "writing the answer out took too long and was stopped", f"output within {seconds:g} seconds"
            )


def _bytes_of(connection: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    (found,) = connection.execute(query).fetchone() or (0,)
    return found


def resident_bytes() -> int:
    """The memory that this process holds now; 0 where the system does not tell (no Linux)."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


_READING = {"SELECT", "EXPLAIN", "RELATION"}


def _one_reading_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise _refused(error) from error
    if len(statements) != 1 or statements[0].type.name not in _READING:
        raise QueryRefusedError(
            "only one reading statement is allowed here",
            expected="one SELECT (or FROM, DESCRIBE, SUMMARIZE)",
            found=", ".join(map(_first_word, statements)) or "nothing",
            do="copy the published file if you want to change something; it is yours",
        )


_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def _first_word(statement: duckdb.Statement) -> str:
    """How a statement begins as it was written: DuckDB calls INSTALL a LOAD."""
    word = re.search(r"[A-Za-z]+", _COMMENT.sub(" ", statement.query))
    return word.group().upper() if word else statement.type.name


def _refused(error: duckdb.Error) -> QueryRefusedError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return _too_much("the query needs too much memory", "a query within the memory limit")
    return QueryRefusedError(
        "the query was refused",
        found=str(error).strip(),
        do='`helhedsplan sql "SHOW ALL TABLES"` lists the tables; only this file can be read from here',
    )


def _too_slow(seconds: float) -> QueryRefusedError:
    return _too_much("the query took too long and was stopped", f"an answer within {seconds:g} seconds")


def _too_much(what: str, expected: str) -> QueryRefusedError:
    return QueryRefusedError(what, expected=expected, do="ask for less: fewer rows, fewer columns, a WHERE, a LIMIT")
