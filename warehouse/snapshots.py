"""Snapshots: the received bytes, content-addressed, kept once and never changed.

`data/snapshots/<source_id>/<sha256>/<original name>`. A delivery of one file is addressed by that
file's SHA-256; a delivery of several by the SHA-256 of its manifest, the sorted lines
`<sha256>  <name>`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue.errors import DeliveryError, HelhedsplanError
from warehouse.durable import sync_folder
from warehouse.paths import DataDirectory, in_letters

_CHUNK_BYTES = 1 << 20
_ABANDONED_AFTER_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class ReceivedFile:
    """One received file: its original name, SHA-256 and size in bytes."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Snapshot:
    """A received delivery's bytes as they are kept."""

    source_id: str
    sha256: str
    files: tuple[ReceivedFile, ...]
    folder: Path

    @property
    def delivery_id(self) -> str:
        """The delivery's name: its source and the first 12 digits of its SHA-256."""
        return f"{self.source_id}-{self.sha256[:12]}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The kept files, in the order of their names."""
        return tuple(self.folder / file.name for file in self.files)


def keep(data: DataDirectory, source_id: str, delivered: Path) -> Snapshot:
    """Copy a delivered file, or a folder's files, into the snapshots; the same bytes again change nothing.

    Raises DeliveryError where there is nothing to read, HelhedsplanError where it cannot be written.
    """
    names = files_of(delivered)
    home = data.snapshots / source_id
    try:
        home.mkdir(parents=True, exist_ok=True)
        arriving = Path(tempfile.mkdtemp(prefix=".arriving-", dir=home))
        try:
            return _settle(arriving, source_id, home, names)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
    except OSError as error:
        raise HelhedsplanError(
            "the delivery could not be kept, so it was not received",
            place=str(error.filename or delivered),
            expected="a readable file, and a data directory that this user may write to, on a disk with room",
            found=error.strerror or str(error),
            do="free disk space or correct the permissions, then deliver it again",
        ) from error


def files_of(delivered: Path) -> dict[str, Path]:
    """Name -> path of a delivered file, or of a folder's files. Raises DeliveryError where there is none to receive."""
    if delivered.is_dir():
        files = {str(path.relative_to(delivered)): path for path in sorted(delivered.rglob("*")) if path.is_file()}
    else:
        files = {delivered.name: delivered} if delivered.is_file() else {}
    if not files:
        raise DeliveryError(
            "there is no file to receive",
            place=str(delivered),
            expected="a file, or a folder with at least one file",
            found="an empty folder" if delivered.is_dir() else "nothing",
            do="check the path and deliver it again",
        )
    # Nothing could tell of such a file: neither the ledger, nor a message, nor a page.
    names = dict.fromkeys([delivered.name, *files])
    if odd := [in_letters(name) for name in names if in_letters(name) != name]:
        raise DeliveryError(
            "a file's name is written in other letters than this machine's",
            place=in_letters(str(delivered)),
            expected="a name in UTF-8",
            found=", ".join(odd[:3]),
            do="rename the file (such names come from archives that another machine packed) and deliver it again",
        )
    return files


def _settle(arriving: Path, source_id: str, home: Path, names: dict[str, Path]) -> Snapshot:
    files = tuple(_copy(name, path, arriving) for name, path in names.items())
    sha256 = files[0].sha256 if len(files) == 1 else manifest_sha256(files)
    folder = home / sha256
    if not folder.exists():
        for inner in [arriving, *(path for path in arriving.rglob("*") if path.is_dir())]:
            sync_folder(inner)
        arriving.chmod(0o755)
        try:
            arriving.rename(folder)
        except OSError:
            # The same bytes may have arrived twice at the same moment.
            if not folder.exists():
                raise
        sync_folder(home)
    return Snapshot(source_id, sha256, files if len(files) > 1 else _as_kept(*files, folder=folder), folder)


def _as_kept(file: ReceivedFile, *, folder: Path) -> tuple[ReceivedFile, ...]:
    """One file's address does not tell its name: the same bytes may be kept already, under the name they came with."""
    kept = next(path for path in sorted(folder.rglob("*")) if path.is_file())
    return (replace(file, name=str(kept.relative_to(folder))),)


def _copy(name: str, origin: Path, arriving: Path) -> ReceivedFile:
    target = arriving / name
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    with origin.open("rb") as source, target.open("wb") as kept:
        while chunk := source.read(_CHUNK_BYTES):
            hashed.update(chunk)
            kept.write(chunk)
            size += len(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    target.chmod(0o444)
    return ReceivedFile(name, hashed.hexdigest(), size)


def clear_abandoned(data: DataDirectory) -> None:
    """Remove half copied deliveries of processes that died; none was ever acknowledged, or takes a day to arrive."""
    for path in data.snapshots.glob("*/.arriving-*"):
        if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(path)


def manifest_sha256(files: Iterable[ReceivedFile]) -> str:
    """The address of a delivery of several files."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name))
    return hashlib.sha256(lines.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
