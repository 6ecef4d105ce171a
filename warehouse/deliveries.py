"""Deliveries as the ledger tells of them: what was received, read, checked, approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from catalogue.errors import HelhedsplanError
from warehouse.ledger import Entry
from warehouse.paths import DataDirectory
from warehouse.snapshots import ReceivedFile, Snapshot


@dataclass(frozen=True)
class Delivery:
    """One received delivery and what has become of it so far.

    `checked` is the body of its last `delivery_checked` or `delivery_stopped` entry, `good` that of its last
    `delivery_checked` one: what was approved stays in force in its last good reading, whatever a contract or
    a check that was changed later makes of the same bytes. `approved_at` is the moment from which its figures
    were known (UTC, ISO 8601).
    """

    delivery_id: str
    source_id: str
    part_id: str
    sha256: str
    files: tuple[ReceivedFile, ...]
    is_synthetic: bool
    origin: str
    received_at: str
    received_by: str
    sequence: int
    unreadable: dict[str, Any] | None = None
    checked: dict[str, Any] | None = None
    good: dict[str, Any] | None = None
    stopped: bool = False
    approved_at: str | None = None
    approved_by: str | None = None
    history: tuple[str, ...] = field(default=())

    @property
    def received_on(self) -> date:
        """The day of receipt (UTC)."""
        return datetime.fromisoformat(self.received_at).date()

    def snapshot(self, data: DataDirectory) -> Snapshot:
        """Where its bytes are kept."""
        return Snapshot(self.source_id, self.sha256, self.files, data.snapshots / self.source_id / self.sha256)


def deliveries(entries: Iterable[Entry]) -> dict[str, Delivery]:
    """Every delivery under its id, in the order of receipt, as after the last of these entries."""
    found: dict[str, Delivery] = {}
    for entry in entries:
        if entry.kind == "delivery_received":
            found[entry.body["delivery_id"]] = _received(entry)
        elif entry.kind.startswith("delivery_") and (delivery := found.get(entry.body["delivery_id"])):
            found[delivery.delivery_id] = _moved(delivery, entry)
    return found


def _received(entry: Entry) -> Delivery:
    body = entry.body
    return Delivery(
        delivery_id=body["delivery_id"],
        source_id=body["source_id"],
        part_id=body["part_id"],
        sha256=body["sha256"],
        files=tuple(ReceivedFile(**file) for file in body["files"]),
        is_synthetic=body["is_synthetic"],
        origin=body["origin"],
        received_at=entry.time,
        received_by=entry.actor,
        sequence=entry.sequence,
        history=(entry.kind,),
    )


def _moved(delivery: Delivery, entry: Entry) -> Delivery:
    history = (*delivery.history, entry.kind)
    match entry.kind:
        case "delivery_unreadable":
            return replace(delivery, history=history, unreadable=entry.body, stopped=True)
        case "delivery_checked":
            synthetic = delivery.is_synthetic or entry.body.get("is_synthetic", False)
            return replace(
                delivery,
                history=history,
                checked=entry.body,
                good=entry.body,
                stopped=False,
                unreadable=None,
                is_synthetic=synthetic,
            )
        case "delivery_stopped":
            return replace(delivery, history=history, checked=entry.body, stopped=True)
        case "delivery_approved":
            return replace(delivery, history=history, approved_at=entry.time, approved_by=entry.actor)
    return replace(delivery, history=history)


def in_force(found: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries whose rows are in the warehouse: approved, in their last good reading."""
    return [delivery for delivery in found if delivery.approved_at and delivery.good]


def previous_of(delivery: Delivery, found: Iterable[Delivery]) -> Delivery | None:
    """The delivery of the same source and part that was in force before this one came."""
    earlier = [
        other
        for other in in_force(found)
        if (other.source_id, other.part_id) == (delivery.source_id, delivery.part_id)
        and other.sequence < delivery.sequence
    ]
    return max(earlier, key=lambda other: other.sequence, default=None)


def the_delivery(found: dict[str, Delivery], delivery_id: str) -> Delivery:
    """One delivery by its id. Raises HelhedsplanError if the ledger knows none of that name."""
    try:
        return found[delivery_id]
    except KeyError:
        raise HelhedsplanError(
            "there is no such delivery",
            expected="a delivery_id as `helhedsplan status` lists them",
            found=delivery_id,
            do="look the id up with `helhedsplan status`",
        ) from None
