"""Writing that survives a crash: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Force a file's content to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Force a folder's entries (names that appeared or moved) to disk."""
    sync_file(path)


def replace(new: Path, current: Path) -> None:
    """Put a finished, synced file in the place of another in one step."""
    sync_file(new)
    new.replace(current)
    sync_folder(current.parent)
