"""Parsed deliveries: typed rows as Parquet, one file per snapshot and reading version.

`data/parsed/<sha256>/<version>.parquet`. Whatever lies here can be made again from the snapshots.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.durable import replace
from warehouse.paths import DataDirectory


def parsed_path(data: DataDirectory, sha256: str, version: str) -> Path:
    """Where the rows of a snapshot lie once a reading version has read them."""
    return data.parsed / sha256 / f"{version}.parquet"


def clear_unfinished(data: DataDirectory) -> None:
    """Remove what runs that were cut off left half written; only the run that holds the lock may call it."""
    for folder in (data.parsed, data.quarantine):
        for path in folder.glob("*/.*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path to write to that becomes `path`, on disk and in one step, if nothing is raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.writing-{os.getpid()}")
    try:
        yield unfinished
        replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
