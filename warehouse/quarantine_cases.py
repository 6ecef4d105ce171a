"""The life of what lies in quarantine, a case for each delivery, as the ledger tells of it.

opened -> letter made -> corrected file received -> replayed -> closed. A case is closed when every row of it came
good in a later delivery or was rejected again there, so that it lies in that one's case; by hand with a reason; or
with its delivery, if that is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Entry

CaseState = Literal["open", "letter_made", "corrected_file_received", "partly_replayed", "closed"]


@dataclass(frozen=True)
class Case:
    """The rows of one delivery in quarantine. `rows_replayed` came good in later deliveries, `replayed_by`.

    `corrected_by` is the newest delivery of the same source that came after it and is not unreadable.
    `rows_rejected_again` were no better there and lie in its case now. `closed_how` is replayed, rejected_again,
    let_through, by_hand or rejected; moments are UTC in ISO 8601.
    """

    delivery_id: str
    source_id: str
    rows: int
    sha256: str | None
    opened_at: str
    letter_id: str | None = None
    letter_made_at: str | None = None
    letter_made_by: str | None = None
    corrected_by: str | None = None
    corrected_at: str | None = None
    rows_replayed: int = 0
    rows_rejected_again: int = 0
    replayed_by: tuple[str, ...] = ()
    replayed_at: str | None = None
    closed_how: str | None = None
    closed_at: str | None = None
    closed_by: str | None = None
    closed_because: str = ""

    @property
    def rows_left(self) -> int:
        """Rows that no later delivery has brought, good or bad."""
        return self.rows - self.rows_replayed - self.rows_rejected_again

    @property
    def state(self) -> CaseState:
        """How far it has come."""
        if self.closed_at:
            return "closed"
        if self.rows_left < self.rows:
            return "partly_replayed"
        if self.corrected_by:
            return "corrected_file_received"
        return "letter_made" if self.letter_id else "open"


def cases(entries: Iterable[Entry]) -> dict[str, Case]:
    """delivery_id -> its case, in the order in which they were opened, as after the last of these entries."""
    told = list(entries)
    found: dict[str, Case] = {}
    known: dict[str, Delivery] = {}
    for entry in told:
        if entry.kind.startswith("quarantine_"):
            known = known or deliveries(told)
            _tell(found, known, entry)
    return {delivery_id: _with_corrected(case, known) for delivery_id, case in found.items()}


def _tell(found: dict[str, Case], known: dict[str, Delivery], entry: Entry) -> None:
    body: dict[str, Any] = entry.body
    delivery_id = body["delivery_id"]
    if entry.kind == "quarantine_opened":
        found[delivery_id] = _opened(known[delivery_id], body, entry.time, found.get(delivery_id))
        return
    changes: dict[str, Any] = {}
    match entry.kind:
        case "quarantine_letter_made":
            changes = {
                "letter_id": body["letter_id"], "letter_made_at": entry.time, "letter_made_by": entry.actor,
            }  # fmt: skip
        case "quarantine_replayed":
            changes = {
                "rows_replayed": body["rows_replayed"], "replayed_by": tuple(body["by"]), "replayed_at": entry.time,
                "rows_rejected_again": body.get("rows_rejected_again", 0),
            }  # fmt: skip
        case "quarantine_closed":
            changes = {
                "closed_how": body["how"], "closed_at": entry.time, "closed_by": entry.actor,
                "closed_because": entry.reason,
            }  # fmt: skip
    if delivery_id in found:
        found[delivery_id] = replace(found[delivery_id], **changes)


def _opened(delivery: Delivery, body: dict[str, Any], time: str, before: Case | None) -> Case:
    """A case of these rows; one that was closed and is opened again, with the same rows, keeps its letter."""
    opened = Case(delivery.delivery_id, delivery.source_id, body["rows"], body["sha256"], time)
    if before is None:
        return opened
    opened = replace(opened, opened_at=before.opened_at)
    if before.sha256 != opened.sha256:
        return opened
    letter = {"letter_id": before.letter_id, "letter_made_at": before.letter_made_at}
    return replace(opened, letter_made_by=before.letter_made_by, **letter)


def _may_answer(delivery: Delivery) -> bool:
    """Whether it may have the rows that were asked for: it was read, or waits to be."""
    return not delivery.rejected_at and (delivery.good is not None or delivery.unreadable is None)


def _with_corrected(case: Case, known: dict[str, Delivery]) -> Case:
    own = known[case.delivery_id]
    later = [
        one
        for one in known.values()
        if one.source_id == own.source_id and one.sequence > own.sequence and _may_answer(one)
    ]
    return replace(case, corrected_by=later[-1].delivery_id, corrected_at=later[-1].received_at) if later else case
