"""Read a delivery: its files, whatever their format, become one Parquet file of typed rows, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from catalogue.sources import Source
from tasks.reading.explained import explained
from tasks.reading.formats import FORMATS, format_of
from tasks.reading.published import Published, give_scratch_folder
from tasks.reading.typed import typed_select
from tasks.reading.version import reading_version
from warehouse.deliveries import Delivery
from warehouse.in_memory import is_small, small_work
from warehouse.parsed import parsed_path, written_whole
from warehouse.paths import DataDirectory
from warehouse.snapshots import Snapshot
from warehouse.sql_files import load_macros
from warehouse.sql_text import literal

_SYNTHETIC_KEY, _NOTES_KEY = "helhedsplan_synthetic_mark_found", "helhedsplan_notes"


@dataclass(frozen=True)
class Reading:
    """A delivery's typed rows: the Parquet file, how many, and whether the files say that they are synthetic."""

    path: Path
    rows_in: int
    is_synthetic: bool
    version: str
    notes: tuple[str, ...] = ()


def read_delivery(data: DataDirectory, catalogue: Catalogue, delivery: Delivery, *, afresh: bool = False) -> Reading:
    """The rows of a delivery, parsed now or by an earlier run; `afresh`: from the received bytes at any rate.

    Raises DeliveryError where a file is not what the source's contract describes, naming file, place,
    what was expected, what was found and what to do; nothing is written then.
    """
    source = catalogue.source(delivery.source_id)
    version = reading_version(source)
    path = parsed_path(data, delivery.sha256, version)
    if not afresh and path.exists() and (kept := _kept_reading(path, version)):
        return kept
    try:
        with written_whole(path) as unfinished:
            rows_in, published = _parse(delivery.snapshot(data), source, delivery.part_id, unfinished)
    except OSError as error:
        raise HelhedsplanError(
            "the delivery's rows could not be written",
            place=str(error.filename or path),
            expected="a data directory that this user may write to, on a disk with room",
            found=error.strerror or str(error),
            do="free disk space or correct the permissions, then run again; nothing received is lost",
        ) from error
    return Reading(path, rows_in, published.synthetic_mark_found, version, published.notes)


def _parse(snapshot: Snapshot, source: Source, part_id: str, target: Path) -> tuple[int, Published]:
    name, few = format_of(snapshot, source), is_small(snapshot.paths)
    publish = getattr(import_module(FORMATS[name].reader), f"publish_{name}")
    with (
        TemporaryDirectory(dir=target.parent, prefix=".reading-") as scratch,
        small_work() if few else _large_work(scratch) as connection,
    ):
        give_scratch_folder(connection, Path(scratch))
        try:
            published: Published = publish(connection, snapshot, source, part_id)
            return _write(connection, published, source, target, few), published
        except duckdb.Error as error:
            raise explained(error, snapshot) from error


@contextmanager
def _large_work(scratch: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with every thread, that spills to a folder."""
    settings: dict[str, Any] = {"temp_directory": scratch, "autoinstall_known_extensions": False}
    with duckdb.connect(config=settings) as connection:
        # DuckDB's own progress bar would stand in the middle of what a command prints.
        connection.execute("SET enable_progress_bar = false")
        load_macros(connection, ["read"])
        yield connection


def _write(connection: duckdb.DuckDBPyConnection, published: Published, source: Source, target: Path, few: bool) -> int:
    select = typed_select(connection, published, source, is_small=few)
    mark, notes = str(published.synthetic_mark_found).lower(), "\n".join(published.notes)
    metadata = f"{{{_SYNTHETIC_KEY}: {literal(mark)}, {_NOTES_KEY}: {literal(notes)}}}"
    copy = f"COPY ({select}) TO {literal(str(target))} (FORMAT parquet, KV_METADATA {metadata})"
    (rows,) = connection.execute(copy).fetchone() or (0,)
    return rows


def _kept_reading(path: Path, version: str) -> Reading | None:
    """What an earlier run has parsed; None where it can no longer be read."""
    with small_work() as connection, suppress(duckdb.Error):
        file = literal(str(path))
        rows = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({file})").fetchone()
        pairs: list[tuple[Any, Any]] = connection.execute(
            f"SELECT decode(key), decode(value) FROM parquet_kv_metadata({file})"
        ).fetchall()
        metadata = dict(pairs)
        notes = tuple(note for note in metadata[_NOTES_KEY].split("\n") if note)
        return Reading(path, rows[0] if rows else 0, metadata[_SYNTHETIC_KEY] == "true", version, notes)
    return None
