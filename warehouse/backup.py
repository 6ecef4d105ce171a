"""Backup and restore of what everything else follows from: the snapshots and the ledger.

A backup is a folder with `snapshots/` and `ledger.jsonl`. Snapshots are copied once, by their address, and verified
each time, the old ones too; the ledger is written last and in one step, so that it never tells of bytes that are not
there. A backup of another ledger than ours, or of one that went on differently, is never written over.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import HelhedsplanError, LedgerError
from warehouse.durable import replace, sync_file, sync_folder
from warehouse.kept import faults_of_snapshots, is_whole, snapshot_folders
from warehouse.ledger import Entry, Ledger
from warehouse.lock import writing
from warehouse.paths import DataDirectory


@dataclass(frozen=True)
class Copied:
    """What a backup or a restore holds: ledger entries, snapshots, and how many of these were copied now."""

    folder: Path
    entries: int
    snapshots: int
    copied: int
    last_digest: str


def back_up(data: DataDirectory, folder: Path, *, actor: str) -> Copied:
    """Copy ledger and snapshots into `folder`, what is new of them, and verify all of it there.

    Raises HelhedsplanError where something is damaged here, the folder holds another backup, or cannot be written.
    """
    entries = _entries_of(data.ledger)
    # Snapshots stand before the ledger tells of them, so those of these entries are all there.
    written = b"".join(entry.line().encode() + b"\n" for entry in entries)
    target = DataDirectory(folder.absolute())
    _refuse_one_within_the_other(data.root, target.root)
    try:
        _refuse_another(target.ledger, written)
        copied = _copy_snapshots(data.snapshots, target.snapshots)
        _refuse_damage(target.snapshots, entries)
        _write_ledger(target.ledger, written)
    except OSError as error:
        raise _not_writable(error, folder, "the backup could not be made") from error
    made = Copied(target.root, len(entries), len(snapshot_folders(target.snapshots)), copied, entries[-1].digest)
    body = {"folder": str(made.folder), "entries": made.entries, "snapshots": made.snapshots, "copied": made.copied}
    Ledger(data.ledger).append("backup_made", body | {"last_digest": made.last_digest}, actor=actor)
    return made


def restore(folder: Path, data: DataDirectory, *, actor: str) -> Copied:
    """Put a backup into a data directory that holds nothing yet; the next refresh builds and publishes from it.

    Raises HelhedsplanError where the backup is damaged, or the data directory has a ledger or snapshots.
    """
    origin = DataDirectory(folder.absolute())
    _refuse_one_within_the_other(data.root, origin.root)
    entries = _entries_of(origin.ledger)
    data.prepare()
    with writing(data, actor):
        _refuse_a_used_directory(data)
        _refuse_damage(origin.snapshots, entries)
        try:
            copied = _copy_snapshots(origin.snapshots, data.snapshots)
            _refuse_damage(data.snapshots, entries)
            _write_ledger(data.ledger, b"".join(entry.line().encode() + b"\n" for entry in entries))
        except OSError as error:
            raise _not_writable(error, data.root, "the backup could not be restored") from error
        body = {"folder": str(origin.root), "entries": len(entries), "snapshots": copied}
        Ledger(data.ledger).append("backup_restored", body | {"last_digest": entries[-1].digest}, actor=actor)
    return Copied(data.root, len(entries), copied, copied, entries[-1].digest)


def what_a_backup_lacks(folder: Path, last_digest: str) -> str:
    """What a backup has no longer that it had when it was made, in words; '' if its ledger still ends as it did."""
    ledger = DataDirectory(folder).ledger
    if not ledger.exists():
        return "there is no backup in that folder now"
    try:
        head = Ledger(ledger).head()
    except LedgerError as error:
        return f"{error.what} there"
    return "" if head and head.digest == last_digest else "its ledger no longer ends as it did"


def _refuse_one_within_the_other(root: Path, folder: Path) -> None:
    one, other = root.resolve(), folder.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise HelhedsplanError(
            "a backup and its data directory must lie apart: one would be copied into the other",
            place=str(folder),
            expected=f"a folder that is not in {root} and does not hold it",
            do="name a folder elsewhere, best on another disk",
        )


def _entries_of(ledger: Path) -> list[Entry]:
    entries = Ledger(ledger).entries()
    if not entries:
        raise HelhedsplanError(
            "there is no ledger here, so nothing to back up or restore",
            place=str(ledger),
            expected="a ledger with at least one entry",
            found="an empty file" if ledger.exists() else "no such file",
            do="name the data directory in HELHEDSPLAN_DATA, or the folder that a backup was made to",
        )
    return entries


def _refuse_another(ledger: Path, written: bytes) -> None:
    """What was backed up before must be the beginning of what is there now."""
    before = ledger.read_bytes() if ledger.exists() else b""
    if not written.startswith(before):
        raise HelhedsplanError(
            "the folder holds the backup of another ledger, so nothing was written",
            place=str(ledger),
            expected="an empty folder, or an earlier backup of this data directory",
            found="a ledger that is no beginning of this one",
            do="name another folder; keep this one until it is known which of the two ledgers is the true one",
        )


def _refuse_damage(snapshots: Path, entries: list[Entry]) -> None:
    faults = list(faults_of_snapshots(snapshots, entries))
    if faults:
        raise HelhedsplanError(
            "received bytes are damaged or gone, so they were not taken for good",
            place=str(snapshots),
            expected="every snapshot that the ledger tells of, with the bytes of its SHA-256",
            found="; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else ""),
            do="take these from an earlier backup, or ask the publisher for the same file once more",
        )


def _refuse_a_used_directory(data: DataDirectory) -> None:
    if data.ledger.exists() or snapshot_folders(data.snapshots):
        raise HelhedsplanError(
            "a backup is only restored into a data directory that holds nothing yet",
            place=str(data.root),
            expected="an empty folder",
            found="a ledger or snapshots",
            do="name another folder with --to, and let HELHEDSPLAN_DATA point to it afterwards",
        )


def _copy_snapshots(origin: Path, target: Path) -> int:
    """Copy what is not there whole yet, each in one step; returns how many were copied."""
    copied = 0
    for folder in snapshot_folders(origin):
        kept = target / folder.parent.name / folder.name
        if is_whole(kept):
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        arriving = Path(tempfile.mkdtemp(prefix=".arriving-", dir=kept.parent))
        try:
            shutil.copytree(folder, arriving, dirs_exist_ok=True)
            for path in [*(path for path in arriving.rglob("*")), arriving]:
                sync_file(path)
            if kept.exists():
                # A damaged copy is laid aside, not thrown away: it may be the only trace of what happened.
                kept.rename(kept.with_name(f".damaged-{kept.name}"))
            arriving.rename(kept)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
        sync_folder(kept.parent)
        copied += 1
    return copied


def _write_ledger(ledger: Path, content: bytes) -> None:
    ledger.parent.mkdir(parents=True, exist_ok=True)
    arriving = ledger.with_name(f".{ledger.name}.arriving")
    arriving.write_bytes(content)
    replace(arriving, ledger)


def _not_writable(error: OSError, folder: Path, what: str) -> HelhedsplanError:
    return HelhedsplanError(
        what,
        place=str(error.filename or folder),
        expected="a folder that this user may write to, on a disk with room",
        found=error.strerror or str(error),
        do="free disk space, correct the permissions, or name another folder; what was there before stands",
    )
