"""Deliveries as the ledger tells of them: what was received, read, checked, approved or rejected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from catalogue.errors import HelhedsplanError
from warehouse.clock import day_of
from warehouse.ledger import Entry
from warehouse.paths import DataDirectory
from warehouse.snapshots import ReceivedFile, Snapshot

State = Literal[
    "delivered",
    "unreadable",
    "stopped",
    "checked",
    "awaiting_approval",
    "approved",
    "rejected",
    "published",
    "superseded",
]


@dataclass(frozen=True)
class Delivery:
    """One received delivery and what has become of it so far.

    `checked` is the body of its last `delivery_checked` or `delivery_stopped` entry, `good` that of its last
    `delivery_checked` one: what was approved stays in force in its last good reading, whatever a contract or
    a check that was changed later makes of the same bytes. `approved_at` is the moment from which its figures
    were known (UTC, ISO 8601). `awaits` is the policy that it waits for a person under, since `awaits_since`.
    What was rejected is out for good, also after it had been approved: the file must be handed in again.
    `laid_by` is the owner of a file that came through an inbox. `part_id` is what its content said when it was last
    checked, if its contract has the part follow from that; until then, what it was called.
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
    approved_because: str = ""
    awaits: str | None = None
    awaits_since: str | None = None
    rejected_at: str | None = None
    rejected_by: str | None = None
    rejected_because: str = ""
    laid_by: str | None = None
    history: tuple[str, ...] = field(default=())

    @property
    def received_on(self) -> date:
        """The day of receipt in Denmark."""
        return day_of(self.received_at)

    @property
    def deliverers(self) -> set[str]:
        """Everybody who had a hand in handing it in."""
        return {self.received_by, *([self.laid_by] if self.laid_by else [])}

    @property
    def state(self) -> State:
        """How far it has come; whether it is published, or superseded, depends on publications: see `shown`."""
        so_far: tuple[tuple[State, Any], ...] = (
            ("rejected", self.rejected_at),
            ("unreadable", self.unreadable),
            ("stopped", self.stopped),
            ("approved", self.approved_at),
            ("awaiting_approval", self.awaits),
            ("checked", self.checked),
        )
        reached: list[State] = [state for state, is_so in so_far if is_so]
        return reached[0] if reached else "delivered"

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
        laid_by=body.get("laid_by"),
        history=(entry.kind,),
    )


def _moved(delivery: Delivery, entry: Entry) -> Delivery:
    body: dict[str, Any] = entry.body
    changes: dict[str, Any] = {}
    match entry.kind:
        case "delivery_unreadable":
            changes = {"unreadable": body, "stopped": True}
        case "delivery_checked":
            synthetic = delivery.is_synthetic or body.get("is_synthetic", False)
            changes = {"checked": body, "good": body, "stopped": False, "unreadable": None, "is_synthetic": synthetic}
            changes |= {"part_id": body.get("part_id", delivery.part_id)}
        case "delivery_stopped":
            changes = {"checked": body, "stopped": True, "part_id": body.get("part_id", delivery.part_id)}
        case "delivery_awaits_approval":
            changes = {"awaits": body["policy"], "awaits_since": entry.time}
        case "delivery_approved":
            changes = _decided(entry, "approved")
        case "delivery_rejected":
            changes = _decided(entry, "rejected") | {"approved_at": None}
    return replace(delivery, history=(*delivery.history, entry.kind), **changes)


def _decided(entry: Entry, how: str) -> dict[str, Any]:
    told = {f"{how}_at": entry.time, f"{how}_by": entry.actor, f"{how}_because": entry.reason}
    return {"awaits": None, "awaits_since": None} | told


def in_force(found: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries whose rows are in the warehouse: approved and not rejected since, in their last good reading."""
    return [delivery for delivery in found if delivery.approved_at and delivery.good and not delivery.rejected_at]


@dataclass(frozen=True)
class Shown:
    """In which publications a delivery was: the first one, and since which one (if any) no figure of it is current."""

    published_in: str
    published_at: str
    superseded_in: str | None = None
    superseded_at: str | None = None


def shown(entries: Iterable[Entry]) -> dict[str, Shown]:
    """delivery_id -> its publications, as after the last of these entries; a rejected one stays as it was shown."""
    found: dict[str, Shown] = {}
    for entry in entries:
        if entry.kind != "publication_made":
            continue
        publication_id, superseded = entry.body["publication_id"], set(entry.body.get("superseded", ()))
        for delivery_id in entry.body["deliveries"]:
            known = found.get(delivery_id) or Shown(publication_id, entry.time)
            if delivery_id not in superseded:
                known = Shown(known.published_in, known.published_at)
            elif known.superseded_in is None:
                known = Shown(known.published_in, known.published_at, publication_id, entry.time)
            found[delivery_id] = known
    return found


def is_sample(entries: Iterable[Entry]) -> bool:
    """Whether the data directory is marked as one of samples, in which every policy is automatic."""
    return any(entry.kind == "data_directory_marked" and entry.body["mark"] == "sample" for entry in entries)


def previous_of(delivery: Delivery, found: Iterable[Delivery]) -> Delivery | None:
    """The delivery of the same source and part that was in force before this one came."""
    earlier = [
        other
        for other in in_force(found)
        if (other.source_id, other.part_id) == (delivery.source_id, delivery.part_id)
        and other.sequence < delivery.sequence
    ]
    return max(earlier, key=lambda other: other.sequence, default=None)


def later_than(delivery: Delivery, found: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries in force of the same source and part that were received after this one."""
    return [
        other
        for other in in_force(found)
        if (other.source_id, other.part_id) == (delivery.source_id, delivery.part_id)
        and other.sequence > delivery.sequence
    ]


def the_delivery(found: dict[str, Delivery], delivery_id: str) -> Delivery:
    """One delivery by its id. Raises HelhedsplanError if the ledger knows none of that name."""
    try:
        return found[delivery_id]
    except KeyError:
        raise HelhedsplanError(
            "there is no such delivery",
            expected="a delivery_id as `helhedsplan inbox` and `helhedsplan status` list them",
            found=delivery_id,
            do="look the id up with `helhedsplan inbox` or `helhedsplan status`",
        ) from None
