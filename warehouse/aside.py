"""A warehouse under construction: the connection that it is written through, and what keeps that quick and small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.sql_text import literal

# DuckDB 1.5 cannot read the file format of DuckDB 2, so the older one is asked for.
STORAGE_VERSION = "v1.5.0"
# Tables are compressed as their rows come, by all threads, but for the last rows of each, which one thread does at the
# end; and a table is read by as many threads as it has such groups. DuckDB's own 122,880 make one of most tables here.
ROWS_IN_A_GROUP = 40_960
# Few rows in blocks of this size make a file of a seventh; a large warehouse has DuckDB's own size of 256 KiB.
_SMALL_BLOCK_BYTES = 16_384
# What does not fit is spilled beside the file; a night leaves room for what else the machine does.
MOST_MEMORY_BYTES = 5 << 29
# A finished warehouse is described, its marts are checked and the steward's file is made at the same time.
MOST_MEMORY_BESIDE_BYTES = 1 << 30


@contextmanager
def warehouse_aside(
    target: Path, *, is_small: bool, most_memory_bytes: int = MOST_MEMORY_BYTES
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that uses the file `target`, new or not; it is checkpointed and closed when the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        if is_small:
            # A third of a small build is threads that wait for one another.
            connection.execute("SET threads = 1")
        bound_memory(connection, most_memory_bytes)
        connection.execute(f"SET temp_directory = {literal(str(target.parent / '.spilled'))}")
        # Row order is no part of any table's meaning; giving it up lets DuckDB write in parallel.
        connection.execute("SET preserve_insertion_order = false")
        # Views of all observations stand several times in one SELECT; reading them again costs a fifth of keeping them.
        connection.execute("SET disabled_optimizers = 'common_subplan'")
        # Each table is committed by itself, for DuckDB plans by the sizes of committed tables alone. No log is written
        # meanwhile: a build that is cut off is thrown away, and a finished one is synced before it is published.
        options = (
            f"STORAGE_VERSION '{STORAGE_VERSION}'",
            "RECOVERY_MODE no_wal_writes",
            f"ROW_GROUP_SIZE {ROWS_IN_A_GROUP}",
            *([f"BLOCK_SIZE {_SMALL_BLOCK_BYTES}"] if is_small else []),
        )
        connection.execute(f"ATTACH {literal(str(target))} AS warehouse ({', '.join(options)})")
        connection.execute("USE warehouse")
        yield connection
        connection.execute("CHECKPOINT warehouse")
        connection.execute("USE memory")
        connection.execute("DETACH warehouse")


def bound_memory(connection: duckdb.DuckDBPyConnection, most_bytes: int) -> None:
    """Let a connection's database have at most so much memory, and never more than DuckDB takes by itself."""
    (memory,) = connection.execute("SELECT parse_formatted_bytes(current_setting('memory_limit'))").fetchone() or (0,)
    connection.execute(f"SET memory_limit = '{min(memory, most_bytes)}B'")
