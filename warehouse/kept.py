"""Whether what is kept is still what was received: each snapshot against its address, and against the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from warehouse.ledger import Entry
from warehouse.snapshots import ReceivedFile, file_sha256, manifest_sha256


def snapshot_folders(snapshots: Path) -> list[Path]:
    """Every `<source_id>/<sha256>/` of a folder of snapshots, in the order of their names."""
    return sorted(path for path in snapshots.glob("*/*") if path.is_dir() and not path.name.startswith("."))


def address_of(folder: Path) -> str:
    """What a snapshot's folder must be called: the SHA-256 of its file, or of the manifest of its files."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [
        ReceivedFile(path.relative_to(folder).as_posix(), file_sha256(path), path.stat().st_size) for path in paths
    ]
    return files[0].sha256 if len(files) == 1 else manifest_sha256(files)


def is_whole(folder: Path) -> bool:
    """Whether a snapshot holds the bytes that its address tells."""
    return folder.is_dir() and address_of(folder) == folder.name


def faults_of_snapshots(snapshots: Path, entries: Iterable[Entry]) -> Iterator[str]:
    """Each snapshot that is not what it was, and each that the ledger tells of and that is gone, in words."""
    folders = snapshot_folders(snapshots)
    for folder in folders:
        if not is_whole(folder):
            yield f"{folder.parent.name}/{folder.name} holds other bytes than were received"
    there = {(folder.parent.name, folder.name) for folder in folders}
    for home, address in dict.fromkeys(_told_of(entries)):
        if (home, address) not in there:
            yield f"{home}/{address} is gone"


def _told_of(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        match entry.kind:
            case "delivery_received":
                yield entry.body["source_id"], entry.body["sha256"]
            case "meeting_recorded":
                yield "minutes", entry.body["minutes"]["sha256"]
            case "papers_written":
                yield "papers", entry.body["sha256"]
