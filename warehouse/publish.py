"""Putting a finished warehouse in place: one step, and the last publication stands until then.

The order makes every crash harmless: the file is first kept under published/, then the ledger says so,
then the current file is replaced. `settle` brings the current file in line with the ledger after a
crash between the last two.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse import steward
from warehouse.baseline import seal_baselines
from warehouse.build import Request
from warehouse.durable import replace, sync_file, sync_folder
from warehouse.figures import figures_root
from warehouse.ledger import Entry, Ledger
from warehouse.parsed import clear_unfinished
from warehouse.paths import DataDirectory
from warehouse.snapshots import clear_abandoned, file_sha256


@dataclass(frozen=True)
class Publication:
    """A publication as the ledger has it."""

    publication_id: str
    inputs_digest: str
    file_sha256: str
    published_at: str


def last_publication(entries: Iterable[Entry]) -> Publication | None:
    """The newest publication of the ledger, or None before the first."""
    made = [entry for entry in entries if entry.kind == "publication_made"]
    if not made:
        return None
    body = made[-1].body
    return Publication(body["publication_id"], body["inputs_digest"], body["file_sha256"], made[-1].time)


def publish(
    data: DataDirectory, built: Path, request: Request, *, actor: str, steward_file: Path | None = None
) -> Publication:
    """Keep the built file, write it into the ledger and make it the current one, in that order.

    `steward_file` is the same build with what is withheld; it becomes current with it.
    """
    kept = data.published / f"{request.publication_id}.duckdb"
    try:
        root, figures = figures_root(built)
        body = {
            "publication_id": request.publication_id,
            "run_id": request.run_id,
            "as_of": request.as_of,
            "inputs_digest": request.inputs_digest,
            "catalogue_digest": request.catalogue.digest,
            "definitions": _definitions(request),
            "deliveries": sorted(one.delivery_id for one in request.inputs),
            "superseded": superseded(built),
            "ledger_sequence": request.entries[-1].sequence if request.entries else 0,
            "figures_revised": figures_revised(built, request),
            "tables": fingerprints(built),
            "figures": figures,
            "figures_root": root,
            "file_sha256": file_sha256(built),
            "steward_sha256": file_sha256(steward_file) if steward_file is not None else None,
        }
        built.chmod(0o444)
        replace(built, kept)
        if steward_file is not None:
            steward.keep_waiting(data, steward_file, request.publication_id)
        seal_baselines(Ledger(data.ledger), kept, request.publication_id, actor=actor)
        entry = Ledger(data.ledger).append("publication_made", body, actor=actor)
        _make_current(data, kept)
        steward.put_in_place(data, request.publication_id)
    except OSError as error:
        raise HelhedsplanError(
            "the new warehouse could not be put in place; the last publication stands",
            place=str(error.filename2 or error.filename or kept),
            expected="a data directory that this user may write to, on a disk with room",
            found=error.strerror or str(error),
            do="free disk space or correct the permissions, then run refresh again",
        ) from error
    return Publication(request.publication_id, request.inputs_digest, body["file_sha256"], entry.time)


def superseded(warehouse_file: Path) -> list[str]:
    """The deliveries in force in a warehouse of whose figures none is the current one any more, by their ids."""
    query = """SELECT delivery_id FROM ledger.delivery
        ANTI JOIN core.current_observation USING (delivery_id) WHERE is_in_force ORDER BY ALL"""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        return [delivery_id for (delivery_id,) in connection.execute(query).fetchall()]


def _definitions(request: Request) -> list[dict[str, str]]:
    """The version of each indicator's definition, so that a later build knows what its figures were made under."""
    return [
        {"indicator_id": series.indicator_id, "definition_version": indicator.definition.version}
        for indicator in request.catalogue.indicators
        for series in indicator.all_series()
    ]


def settle(data: DataDirectory, entries: Sequence[Entry]) -> None:
    """Clear what cut-off runs left away and make the ledger's newest publication the current file.

    Only the run that holds the lock may call it.
    """
    shutil.rmtree(data.building, ignore_errors=True)
    clear_unfinished(data)
    clear_abandoned(data)
    for half_written in data.root.glob(f".{data.report.name}-*"):
        shutil.rmtree(half_written)
    _lay_aside_what_was_never_current(data, entries)
    last = last_publication(entries)
    steward.put_in_place(data, last.publication_id if last else "")
    if last is None:
        return
    kept = data.published / f"{last.publication_id}.duckdb"
    if kept.exists() and not _same_file(kept, data.warehouse):
        _make_current(data, kept)


def _lay_aside_what_was_never_current(data: DataDirectory, entries: Sequence[Entry]) -> None:
    """A crash between keeping a file and telling the ledger leaves one that no reader ever saw."""
    made = {entry.body["publication_id"] for entry in entries if entry.kind == "publication_made"}
    for path in data.published.glob("*.duckdb"):
        if path.stem not in made:
            path.replace(path.with_suffix(".never-current"))


def _same_file(kept: Path, current: Path) -> bool:
    if not current.exists():
        return False
    one, other = kept.stat(), current.stat()
    return os.path.samestat(one, other) or (one.st_size == other.st_size and file_sha256(kept) == file_sha256(current))


def _make_current(data: DataDirectory, kept: Path) -> None:
    arriving = data.warehouse.with_suffix(".arriving")
    arriving.unlink(missing_ok=True)
    try:
        os.link(kept, arriving)
    except OSError:
        # Not every file system has hard links.
        shutil.copyfile(kept, arriving)
        sync_file(arriving)
    replace(arriving, data.warehouse)
    sync_folder(data.root)


def fingerprints(warehouse_file: Path) -> dict[str, dict[str, int]]:
    """Rows and an order-free hash of the content of every mart, to compare two builds by."""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name = 'mart' ORDER BY ALL"
        ).fetchall()
        return {name: _fingerprint(connection, name) for (name,) in names}


def figures_revised(warehouse_file: Path, request: Request) -> dict[str, Any] | None:
    """How many figures a publication changed, by cause, with an order-free hash of the rows; the rows stay in the file.

    None where there was no publication to compare it with.
    """
    if request.previous is None:
        return None
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        (before,) = connection.execute("SELECT compared_with FROM audit.publication WHERE is_this_one").fetchone() or (
            None,
        )
        if before is None:
            return None
        rows = f"(FROM audit.revision WHERE publication_id = '{request.publication_id}')"
        causes = connection.execute(f"SELECT cause, count(*) FROM {rows} GROUP BY ALL ORDER BY ALL").fetchall()
        return {"compared_with": before, "causes": dict(causes)} | _fingerprint(connection, rows)


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    # A sum and no exclusive or, in which two equal rows would not be seen.
    content = "coalesce(sum(hash(whole_row)::HUGEINT) % (1::HUGEINT << 64), 0)"
    query = f"SELECT count(*), {content} FROM {table} AS whole_row"
    row = connection.execute(query).fetchone()
    return dict(zip(("rows", "content"), row or (0, 0), strict=True))
