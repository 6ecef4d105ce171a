"""The board's papers: the very bytes that were written, kept as received files are.

`data/snapshots/papers/<sha256>/<name>`, and a `papers_written` entry with the SHA-256 of each file; so they are
verified and backed up with everything else, and a later version of the code cannot put others in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from warehouse.clock import day_of
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory
from warehouse.snapshots import keep

PAPERS, WRITTEN = "papers", "papers_written"


def keep_papers(data: DataDirectory, folder: Path, publication_id: str, *, actor: str) -> None:
    """Keep what was written of a publication; the same bytes again are nothing new."""
    kept = keep(data, PAPERS, folder)
    ledger = Ledger(data.ledger)
    if all(entry.body["sha256"] != kept.sha256 for entry in _written(ledger.entries(), publication_id)):
        files = [vars(file) for file in kept.files]
        ledger.append(WRITTEN, {"publication_id": publication_id, "sha256": kept.sha256, "files": files}, actor=actor)


def papers_before(entries: Sequence[Entry], publication_id: str, day: date) -> str | None:
    """The address of the papers that lay before a meeting on a day; None where none were kept by then.

    What was written of a publication last before that day; or first on the day itself.
    """
    written = [entry for entry in _written(entries, publication_id) if day_of(entry.time) <= day]
    earlier = [entry for entry in written if day_of(entry.time) < day]
    found = earlier[-1:] or written[:1]
    return found[0].body["sha256"] if found else None


def _written(entries: Sequence[Entry], publication_id: str) -> list[Entry]:
    return [entry for entry in entries if entry.kind == WRITTEN and entry.body["publication_id"] == publication_id]
