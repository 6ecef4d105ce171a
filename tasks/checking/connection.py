"""The DuckDB connections that checks run on: one for a delivery's rows, in memory, and one for a built warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalogue.errors import CatalogueError
from catalogue.load import Catalogue
from tasks.expectations import Expectation, prepared_selects
from warehouse.aside import MOST_MEMORY_BESIDE_BYTES, bound_memory
from warehouse.catalogue_tables import load_catalogue_tables
from warehouse.corrections import corrected_select
from warehouse.deliveries import Delivery
from warehouse.in_memory import is_small, small_database
from warehouse.quarantine import is_left
from warehouse.sql_files import load_macros
from warehouse.sql_text import literal

# Below this a table in memory answers forty small questions sooner than the Parquet file does.
_MOST_ROWS_IN_MEMORY = 100_000


@dataclass(frozen=True)
class Rows:
    """What is checked: a delivery, its rows, the rows of the one before it (None if there was none), and of later ones.

    `later` holds the rows of deliveries of the same source and part that came into force after this one,
    `quarantined` those rows of the one before it that were not loaded.
    """

    delivery: Delivery
    reading: Path
    previous: Path | None
    later: tuple[Path, ...] = ()
    quarantined: Path | None = None


@contextmanager
def reading_connection(
    catalogue: Catalogue, rows: Rows, checks: Sequence[Expectation], home: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with `reading`, `as_read` (not corrected), `previous`, `later`, the catalogue and what checks read.

    `received_on()` is the day of receipt in Denmark and `this_source()` the source's id.
    """
    files = [rows.reading, *([rows.previous] if rows.previous else []), *rows.later]
    with small_database(catalogue) if is_small(files) else _large_database(catalogue, rows) as connection:
        _say_what_delivery(connection, rows.delivery)
        _make_views(connection, rows)
        _prepare(connection, checks, home)
        yield connection


@contextmanager
def _large_database(catalogue: Catalogue, rows: Rows) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"SET temp_directory = {literal(rows.reading.parent / '.spilled')}")
        load_macros(connection, ["read"])
        load_catalogue_tables(connection, catalogue)
        yield connection


def _say_what_delivery(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    connection.execute(f"CREATE MACRO received_on() AS DATE '{delivery.received_on.isoformat()}'")
    connection.execute(f"CREATE MACRO this_source() AS {literal(delivery.source_id)}")


def _make_views(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    source_id = rows.delivery.source_id
    counting = "SELECT num_rows FROM parquet_file_metadata(?)"
    (count,) = connection.execute(counting, [str(rows.reading)]).fetchone() or (0,)
    kind = "TABLE" if count <= _MOST_ROWS_IN_MEMORY else "VIEW"
    connection.execute(f"CREATE {kind} as_read AS {_numbered(rows.reading)}")
    connection.execute(f"CREATE VIEW reading AS {corrected_select(connection, 'as_read', source_id)}")
    nothing = "SELECT * FROM as_read WHERE false"
    stated_since = "".join(f" UNION ALL BY NAME {_numbered(path)}" for path in rows.later)
    connection.execute(f"CREATE VIEW later AS {nothing}{stated_since}")
    if rows.previous is None:
        connection.execute(f"CREATE VIEW previous AS {nothing}")
        return
    # By name: an earlier contract may have had other columns of its own.
    loaded = f"({_numbered(rows.previous)} WHERE {is_left(rows.quarantined)})"
    before = corrected_select(connection, loaded, source_id)
    connection.execute(f"CREATE VIEW previous AS {nothing} UNION ALL BY NAME {before}")


def _numbered(parquet: Path) -> str:
    rows = f"read_parquet({literal(parquet)}, file_row_number = true)"
    return f"SELECT file_row_number AS row_number, * EXCLUDE (file_row_number) FROM {rows}"


def _prepare(connection: duckdb.DuckDBPyConnection, checks: Sequence[Expectation], home: Path | None) -> None:
    connection.execute("CREATE SCHEMA prepared")
    for name, select in prepared_selects(checks, home).items():
        try:
            connection.execute(f"CREATE TABLE prepared.{name} AS {select}")
        except duckdb.Error as error:
            raise CatalogueError(
                "a table that checks read cannot be prepared",
                place=f"expectations/prepared/{name}.sql",
                found=str(error),
                do="correct the SELECT, or the contract if a column that it reads is missing",
            ) from error


@contextmanager
def warehouse_connection(warehouse_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the marts of a built warehouse, and can change nothing in it."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"SET temp_directory = {literal(warehouse_file.parent / '.spilled')}")
        bound_memory(connection, MOST_MEMORY_BESIDE_BYTES)
        connection.execute(f"ATTACH {literal(warehouse_file)} AS built (READ_ONLY)")
        connection.execute("USE built.mart")
        yield connection
