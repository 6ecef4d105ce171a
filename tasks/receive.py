"""Receiving: bytes into a snapshot and a line in the ledger; the same bytes again are nothing new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from catalogue.errors import DeliveryError
from catalogue.load import Catalogue
from catalogue.sources import Source
from warehouse.deliveries import Delivery, deliveries, is_sample
from warehouse.ledger import Entry, Ledger
from warehouse.lock import receiving
from warehouse.paths import DataDirectory
from warehouse.snapshots import files_of, keep


def deliver(  # noqa: PLR0913 - what the ledger must know of a delivery
    data: DataDirectory,
    catalogue: Catalogue,
    path: Path,
    source_id: str,
    *,
    actor: str,
    part_id: str | None = None,
    is_synthetic: bool = False,
    origin: str = "",
    again: bool = False,
    laid_by: str | None = None,
) -> tuple[str, bool]:
    """Receive a file or a folder for a source; returns its delivery_id and whether it is new.

    The same bytes again are nothing new, unless a person says `again` and other bytes of the same part came
    between, or these were rejected: handing an earlier file in once more takes the later one back. The bytes are on
    disk and the ledger says so when this returns. Raises HelhedsplanError if not.
    """
    source = catalogue.source(source_id)
    data.prepare()
    snapshot = keep(data, source_id, path)
    body = {
        "delivery_id": snapshot.delivery_id,
        "source_id": source_id,
        "part_id": _part(source, path) if part_id is None else part_id,
        "sha256": snapshot.sha256,
        "files": [asdict(file) for file in snapshot.files],
        "original_name": path.name,
        "is_synthetic": is_synthetic,
        "origin": origin,
        **({"laid_by": laid_by} if laid_by else {}),
    }
    ledger = Ledger(data.ledger)
    with receiving(data):
        known = deliveries(ledger.entries())
        if snapshot.delivery_id in known and not (again and _was_replaced(known, snapshot.delivery_id)):
            return snapshot.delivery_id, False
        body["delivery_id"] = _free_id(known, snapshot.delivery_id)
        ledger.append("delivery_received", body, actor=actor)
    return body["delivery_id"], True


def must_say_which(entries: Iterable[Entry], path: Path, *, synthetic: bool, real: bool) -> None:
    """Raises DeliveryError unless a person says of a file whether its figures are made up, where samples lie."""
    if (synthetic and real) or (is_sample(entries) and not (synthetic or real)):
        # Of a file that is not there nobody need say it.
        files_of(path)
        raise DeliveryError(
            "a file that lies beside made-up figures must say which it is",
            place=str(path),
            expected="either --synthetic (its figures are made up) or --real, in a data directory with samples",
            found="both" if synthetic and real else "neither",
            do="say which; for real work name another data directory in HELHEDSPLAN_DATA",
        )


def _was_replaced(known: dict[str, Delivery], delivery_id: str) -> bool:
    """Whether other bytes came for this part after these had come, or these were rejected: then they count again."""
    first = known[delivery_id]
    last = [one for one in known.values() if (one.source_id, one.part_id) == (first.source_id, first.part_id)][-1]
    return last.sha256 != first.sha256 or last.rejected_at is not None


def _free_id(known: dict[str, Delivery], delivery_id: str) -> str:
    """The delivery's id, or with a number behind it where the same bytes came before."""
    times = sum(name == delivery_id or name.startswith(f"{delivery_id}-") for name in known)
    return f"{delivery_id}-{times + 1}" if times else delivery_id


def _part(source: Source, path: Path) -> str:
    """The part as the name tells it: until the content is read, where it follows from that."""
    if source.part_from == "none":
        return ""
    return path.stem if path.is_file() else path.name
