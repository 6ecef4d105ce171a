"""Connections for small work in memory: one DuckDB in a process, in which the macros stand ready.

To connect and make the macros takes as long as to read a small delivery, and a night reads a dozen of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path

import duckdb

from catalogue.load import Catalogue
from warehouse.catalogue_tables import catalogue_selects, make_catalogue_tables
from warehouse.sql_files import load_macros

# DuckDB hands out work by 122,880 rows. On less, further threads only wait for one another.
_SMALL_BYTES = 1 << 20
# Nothing small needs a disk to spill to, and no answer waits for an extension to be fetched.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1, "temp_directory": "", "autoinstall_known_extensions": False,
}  # fmt: skip
# Schemas are looked up along this path, so that a database of its own sees them as if they stood in it.
_SHARED_SCHEMAS = ("read", "catalogue")
_NUMBERS = count(1)
_ONE_AT_A_TIME = threading.Lock()


def is_small(files: Iterable[Path]) -> bool:
    """Whether these files hold so little that one thread in memory is quickest."""
    return sum(path.stat().st_size for path in files) < _SMALL_BYTES


@contextmanager
def small_work() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which schema `read` stands; make nothing in it but TEMP: that alone is its own."""
    with _instance(()).cursor() as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


@contextmanager
def small_database(catalogue: Catalogue) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with an empty database of its own, to which schemas `read` and `catalogue` stand beside."""
    name = f"work_{next(_NUMBERS)}"
    path = ",".join([f"{name}.main", *(f"memory.{schema}" for schema in _SHARED_SCHEMAS)])
    with _instance(tuple(catalogue_selects(catalogue).items())).cursor() as connection:
        connection.execute(f"ATTACH ':memory:' AS {name}; SET search_path = '{path}'")
        try:
            yield connection
        finally:
            connection.execute(f"USE memory; DETACH {name}")


def _instance(selects: tuple[tuple[str, str], ...]) -> duckdb.DuckDBPyConnection:
    """The DuckDB that holds what these SELECTs give, beside the macros; readers of it take a cursor."""
    with _ONE_AT_A_TIME:
        return _made(selects)


# The key is what the tables hold, so no catalogue can be taken for another. A process has one of them; tests have more.
@lru_cache(maxsize=4)
def _made(selects: tuple[tuple[str, str], ...]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config=_SETTINGS)
    load_macros(connection, ["read"])
    make_catalogue_tables(connection, dict(selects))
    return connection
