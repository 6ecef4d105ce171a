"""One writer at a time: the lock of a data directory, and who holds it since when."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from catalogue.errors import LockHeldError
from warehouse.paths import DataDirectory


@contextmanager
def writing(data: DataDirectory, actor: str) -> Iterator[None]:
    """Hold the data directory for one run. Raises LockHeldError that names the holder."""
    lock = FileLock(data.lock, timeout=0)
    holder = data.lock.with_suffix(".holder.json")
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeldError(
            "another run is at work in this data directory",
            place=str(data.root),
            found=_described(holder),
            do="wait until it has ended and run again; the operating system frees the lock if that process dies",
        ) from error
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(
            json.dumps({"actor": actor, "process": os.getpid(), "machine": socket.gethostname(), "since": since})
        )
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _described(holder: Path) -> str:
    try:
        held = json.loads(holder.read_text(encoding="utf-8"))
        return f"{held['actor']} (process {held['process']} on {held['machine']}) holds the lock since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "a run that has only just begun holds the lock"
