"""A pack in the ledger: `pack_made` names its list of files by SHA-256, so that it can be held against the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from catalogue.errors import HelhedsplanError
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

MADE = "pack_made"


def without_last_packs(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries up to the last one that is no pack: the same year gives the same pack again, though one was told."""
    kept = list(entries)
    while kept and kept[-1].kind == MADE:
        kept.pop()
    return tuple(kept)


def tell(data: DataDirectory, body: dict[str, Any], *, actor: str) -> None:
    """Write into the ledger that a pack was made, unless it tells of that one already.

    `body`: year, sha256 (of pack.json, which names every other file by its own), files, ledger_head of the pack.
    """
    ledger = Ledger(data.ledger)
    if not any(entry.kind == MADE and entry.body["sha256"] == body["sha256"] for entry in ledger.entries()):
        ledger.append(MADE, body, actor=actor)


def hold_against(root: Path, data: DataDirectory, say: Callable[[str], None]) -> None:
    """Hold an unzipped pack against the living ledger. Raises HelhedsplanError where that tells of no such pack."""
    about = json.loads((root / "pack.json").read_text("utf-8"))
    entries, packed = Ledger(data.ledger).entries(), Ledger(root / "ledger.jsonl").entries()
    if not entries or not packed or entries[0].digest != packed[0].digest:
        say(f"living ledger: {data.ledger} is that of another data directory; the pack was not held against it")
        return
    digests = {entry.digest for entry in entries}
    if about["ledger_head"] not in digests:
        first = next(entry for entry in packed if entry.digest not in digests)
        raise _does_not_hold(f"ledger.jsonl, line {first.sequence}: the living ledger has another line there", data)
    sha256 = file_sha256(root / "pack.json")
    told = [entry for entry in entries if entry.kind == MADE and entry.body["sha256"] == sha256]
    if not told:
        raise _does_not_hold(f"pack.json: no pack of {about['year']} with these files was ever made", data)
    say(f"living ledger: this very pack was made by {told[0].actor}, line {told[0].sequence}")


def _does_not_hold(found: str, data: DataDirectory) -> HelhedsplanError:
    return HelhedsplanError(
        "the pack is not the one that the living ledger tells of",
        place=str(data.ledger),
        expected="a pack as `helhedsplan audit pack` wrote it",
        found=found,
        do="make the pack again with `helhedsplan audit pack`, and compare the two",
    )
