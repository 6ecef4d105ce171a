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

from catalogue.errors import HelhedsplanError
from warehouse import steward
from warehouse.baseline import seal_baselines
from warehouse.build import Request
from warehouse.described import Description, description_of
from warehouse.durable import replace, sync_file, sync_folder
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
    data: DataDirectory,
    built: Path,
    request: Request,
    *,
    actor: str,
    description: Description | None = None,
    steward_file: Path | None = None,
) -> Publication:
    """Keep the built file, write it into the ledger and make it the current one, in that order.

    `description` is what `description_of` says of the file, where that was asked for before. `steward_file` is the same
    build with what is withheld; it becomes current with it.
    """
    kept, ledger = data.published / f"{request.publication_id}.duckdb", Ledger(data.ledger)
    try:
        told = description or description_of(built, request)
        body = told.body | {"steward_sha256": file_sha256(steward_file) if steward_file is not None else None}
        built.chmod(0o444)
        replace(built, kept)
        if steward_file is not None:
            steward.keep_waiting(data, steward_file, request.publication_id)
        seal_baselines(ledger, told.baselines, request.publication_id, actor=actor)
        entry = ledger.append("publication_made", body, actor=actor)
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
    return Publication(request.publication_id, request.inputs_digest, told.body["file_sha256"], entry.time)


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
