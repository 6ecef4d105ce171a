"""The ledger: an append-only, hash-chained file of everything that happened, one JSON object a line.

It is the truth; tables are copies of it. A line is `{"actor", "body", "digest", "kind", "previous",
"reason", "sequence", "time"}`, where `digest` is the SHA-256 of the canonical JSON of all the rest and
`previous` the digest of the line before. A line that a crash cut short was never acknowledged: it is
not read, and the next append lays it aside.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from catalogue.errors import LedgerError
from warehouse import clock

FIRST_PREVIOUS = "0" * 64
_TAIL_BYTES = 1 << 16
# An entry takes a few milliseconds: who waits for another's should not sleep ten times as long.
_POLL_SECONDS = 0.002


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. `time` is UTC in ISO 8601; `body` depends on `kind`."""

    sequence: int
    time: str
    actor: str
    kind: str
    reason: str
    body: dict[str, Any]
    previous: str
    digest: str

    def line(self) -> str:
        """The line as it stands in the file, without its newline."""
        return canonical_json(vars(self))


def canonical_json(value: object) -> str:
    """JSON that is the same text for the same content: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


class Ledger:
    """The ledger in one file; safe for several threads and processes that append at the same time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: str, body: dict[str, Any], *, actor: str, reason: str = "") -> Entry:
        """Write one entry, forced to disk before it counts. Raises LedgerError if it cannot be written."""
        try:
            with FileLock(f"{self.path}.lock", mode=0o644).acquire(poll_interval=_POLL_SECONDS):
                return self._append_locked(kind, body, actor, reason)
        except OSError as error:
            raise LedgerError(
                "the ledger cannot be written, so nothing was done",
                place=str(self.path),
                expected="a file that this user may write to, on a disk with room",
                found=error.strerror or str(error),
                do="free disk space or give this user write permission, then run again",
            ) from error

    def _append_locked(self, kind: str, body: dict[str, Any], actor: str, reason: str) -> Entry:
        self._lay_aside_a_torn_line()
        last = self.head()
        now = clock.now(self.path, kind).isoformat(timespec="microseconds")
        unsigned = {
            "sequence": last.sequence + 1 if last else 1,
            # A clock that was set back must not make a later act look earlier.
            "time": max(now, last.time) if last else now,
            "actor": actor,
            "kind": kind,
            "reason": reason,
            "body": json.loads(canonical_json(body)),
            "previous": last.digest if last else FIRST_PREVIOUS,
        }
        entry = Entry(**unsigned, digest=digest_of(unsigned))
        with self.path.open("ab") as file:
            file.write(entry.line().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return entry

    def _lay_aside_a_torn_line(self) -> None:
        if not self.path.exists() or self.path.stat().st_size == 0:
            return
        with self.path.open("rb+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.seek(0)
                whole, torn = _split_torn_tail(file.read())
                self.path.with_name(f"{self.path.name}.torn-at-byte-{len(whole)}").write_bytes(torn)
                file.truncate(len(whole))

    def head(self) -> Entry | None:
        """The last whole entry, read from the end of the file; None while the ledger is empty."""
        if not self.path.exists():
            return None
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(max(0, size - _TAIL_BYTES))
            tail, _ = _split_torn_tail(file.read())
            lines = tail.splitlines()
            if len(lines) < 2 and size > _TAIL_BYTES:
                file.seek(0)
                lines = _split_torn_tail(file.read())[0].splitlines()
        return _entry(lines[-1], "its last line", self.path) if lines else None

    def entries(self) -> list[Entry]:
        """All whole entries, oldest first, with the chain verified. Raises LedgerError where it breaks."""
        content, _ = _split_torn_tail(self._content())
        known = _VERIFIED.get(self.path)
        if known is None or not content.startswith(known.content):
            known = _Verified(b"", ())
        found = list(known.entries)
        for number, line in enumerate(content[len(known.content) :].splitlines(), start=len(found) + 1):
            entry = _entry(line, f"line {number}", self.path)
            _verify_link(entry, number, found[-1].digest if found else FIRST_PREVIOUS, self.path)
            found.append(entry)
        _VERIFIED[self.path] = _Verified(content, tuple(found))
        return found

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise LedgerError(
                "the ledger cannot be read, so nothing was done",
                place=str(self.path),
                expected="a file that this user may read",
                found=error.strerror or str(error),
                do="give this user permission to read it, then run again",
            ) from error


@dataclass(frozen=True)
class _Verified:
    """The lines of a ledger that this process has verified, and their entries."""

    content: bytes
    entries: tuple[Entry, ...]


# A run asks the ledger many times; lines that still stand as they were verified are not hashed again.
_VERIFIED: dict[Path, _Verified] = {}


def _split_torn_tail(content: bytes) -> tuple[bytes, bytes]:
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _entry(line: bytes, place: str, path: Path) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise LedgerError(
            "the ledger holds a line that is no entry",
            place=f"{path}, {place}",
            expected="one JSON object with the eight fields of an entry",
            found=str(error),
            do="restore the ledger from a backup; whoever edited the file must say why",
        ) from error


def _verify_link(entry: Entry, number: int, previous: str, path: Path) -> None:
    unsigned = {name: value for name, value in vars(entry).items() if name != "digest"}
    if (entry.sequence, entry.previous, entry.digest) != (number, previous, digest_of(unsigned)):
        raise LedgerError(
            "the ledger's chain is broken",
            place=f"{path}, line {number}",
            expected=f"entry {number} that follows {previous[:16]} and matches its own digest",
            found=f"entry {entry.sequence} that follows {entry.previous[:16]} with digest {entry.digest[:16]}",
            do="restore the ledger from a backup; a line was changed, removed, swapped or added by hand",
        )
