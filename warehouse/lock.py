"""One writer at a time: the lock of a data directory, and who holds it since when; and which processes live."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from catalogue.errors import HelhedsplanError, LockHeldError
from warehouse.clock import in_minutes
from warehouse.paths import DataDirectory

# Whoever looks whether the lock is held holds it for a moment, which every run has the patience for.
A_MOMENT_SECONDS = 0.2
# Held until the process ends, however it ends: a lock that nothing refers to would be let go.
_OWN_PRESENCE: dict[Path, FileLock] = {}


@contextmanager
def writing(data: DataDirectory, actor: str, patience_seconds: float = A_MOMENT_SECONDS) -> Iterator[None]:
    """Hold the data directory for one run, after waiting at most so long for another one to end.

    Raises LockHeldError that names the holder, HelhedsplanError where this user may not write at all.
    """
    lock = FileLock(data.lock, timeout=patience_seconds)
    holder = data.lock.with_suffix(".holder.json")
    _acquire(lock, data, holder)
    try:
        _say_who_holds(holder, actor)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def is_held(data: DataDirectory) -> bool:
    """Whether a run is at work in this data directory at this moment."""
    return holder_of(data) is not None


def holder_of(data: DataDirectory) -> str | None:
    """Who holds the data directory since when, in words; None if nobody does."""
    if not data.lock.exists():
        return None
    lock = FileLock(data.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return _described(data.lock.with_suffix(".holder.json"))
    except OSError:
        return None
    lock.release()
    return None


def held_since(data: DataDirectory) -> datetime | None:
    """Since when the data directory is held (UTC), by whoever said so last; None where nobody has."""
    try:
        held = json.loads(data.lock.with_suffix(".holder.json").read_text(encoding="utf-8"))
        return datetime.fromisoformat(held["since"])
    except (OSError, ValueError, KeyError):
        return None


def show_presence(data: DataDirectory, flow_run: str) -> None:
    """Show for as long as this process lives that it carries out a flow run; the system lets go when it ends.

    It waits for its turn before it holds the data directory, and still writes on Prefect's pages after. Where this user
    may not write, the run itself is about to say so.
    """
    path = data.at_work / f"{flow_run}.lock"
    with suppress(OSError):
        data.at_work.mkdir(parents=True, exist_ok=True)
        _OWN_PRESENCE[path] = FileLock(path)
        _OWN_PRESENCE[path].acquire(timeout=A_MOMENT_SECONDS)


def is_present(data: DataDirectory, flow_run: str) -> bool:
    """Whether a process that carries out this flow run lives; where that cannot be told, it is taken to live."""
    path = data.at_work / f"{flow_run}.lock"
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except OSError:  # a lock that is held is one, too
        return True


def forget_presence(data: DataDirectory, running: Collection[str]) -> None:
    """Remove the files of flow runs that are over: not among the running ones, and nobody's any more."""
    for path in data.at_work.glob("*.lock"):
        if path.stem not in running and not is_present(data, path.stem):
            path.unlink(missing_ok=True)


@contextmanager
def receiving(data: DataDirectory) -> Iterator[None]:
    """Wait for, and hold, the right to look a delivery up and write it into the ledger, in one step.

    Without it the same bytes, handed in twice at the same moment, would become two deliveries of one name.
    """
    try:
        with FileLock(data.receiving_lock):
            yield
    except OSError as error:
        raise _not_writable(error, data.receiving_lock) from error


def _acquire(lock: FileLock, data: DataDirectory, holder: Path) -> None:
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeldError(
            "another run is at work in this data directory",
            place=str(data.root),
            expected="one run at a time",
            found=_described(holder),
            do="wait until it has ended and run again; the operating system frees the lock if that process dies",
        ) from error
    except OSError as error:
        raise _not_writable(error, data.lock) from error


def _not_writable(error: OSError, path: Path) -> HelhedsplanError:
    return HelhedsplanError(
        "the data directory cannot be written",
        place=str(error.filename or path),
        expected="a folder that this user may write to, on a disk with room",
        found=error.strerror or str(error),
        do="give this user write permission, free disk space, or name another folder in HELHEDSPLAN_DATA",
    )


def _say_who_holds(holder: Path, actor: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    held = {"actor": actor, "process": os.getpid(), "machine": socket.gethostname(), "since": since}
    # In one step: whoever looks meanwhile must not read half of it.
    arriving = holder.with_suffix(".arriving")
    arriving.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    arriving.replace(holder)


def _described(holder: Path) -> str:
    try:
        held = json.loads(holder.read_text(encoding="utf-8"))
        since = in_minutes(held["since"])
        return f"{held['actor']} (process {held['process']} on {held['machine']}) holds the lock since {since}"
    except (OSError, ValueError, KeyError):
        return "a run that has only just begun holds the lock"
