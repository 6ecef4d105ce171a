"""Rehearsing: what would a delivery change?

A copy is built with it as if it were approved, and held beside the publication that stands. Nothing published
changes; the ledger says what was rehearsed against what.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.approve import approve_by_policy
from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.people import acting_for
from tasks.process import read_and_check
from tasks.publication import request_for, what_stops
from tasks.rehearsal_counts import HeadCount, Replayed, head_count, replayed_rows
from tasks.rehearsals import base_of
from warehouse import clock
from warehouse.build import build
from warehouse.compare import ChangedFigure, changed_figures
from warehouse.deliveries import Delivery, deliveries, is_sample, the_delivery
from warehouse.ledger import Entry, Ledger, digest_of
from warehouse.lock import writing
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication


@dataclass(frozen=True)
class Rehearsal:
    """What a delivery would change. `changes` are ordered by their key; `blocked_by` is '' if it could be published.

    `replays` are rows in quarantine that it would bring good.
    `also_new` are deliveries that are approved and not published yet: the copy holds them too.
    """

    rehearsal_id: str
    delivery_id: str
    source_id: str
    base_publication_id: str | None
    rows_loaded: int
    rows_quarantined: int
    changes: tuple[ChangedFigure, ...]
    replays: tuple[Replayed, ...]
    also_new: tuple[str, ...]
    blocked_by: str
    is_synthetic: bool
    page: str

    @property
    def counts(self) -> HeadCount:
        """How much would change."""
        return head_count(self.changes, self.replays)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {"counts": asdict(self.counts)} | asdict(self)


def rehearse(data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str) -> Rehearsal:
    """Rehearse a delivery, reading and checking it first if no run has done so yet.

    Writes `data/rehearsals/<rehearsal_id>.html` and `.json`, and a `rehearsed` entry. Raises HelhedsplanError
    where the delivery cannot be read, was stopped or rejected, or another run is at work.
    """
    data.prepare()
    with writing(data, actor):
        night = _night(data, catalogue, actor)
        delivery = _checked(night, delivery_id)
        entries = tuple(night.ledger.entries())
        with _room(night) as folder:
            held = _held_beside(night, entries, delivery, folder)
        rehearsal = _told(night, entries, delivery, held)
        _keep(night, rehearsal)
        body = {
            "rehearsal_id": rehearsal.rehearsal_id,
            "delivery_id": delivery_id,
            **base_of(catalogue, entries, delivery),
            "changes": dict(Counter(one.column for one in held.changes)),
            "changes_digest": digest_of([asdict(one) for one in held.changes]),
            "rows_replayed": len(held.replays),
            "blocked_by": held.blocked_by,
        }
        night.ledger.append("rehearsed", body, actor=night.actor)
    return rehearsal


def _night(data: DataDirectory, catalogue: Catalogue, actor: str) -> Night:
    entries = Ledger(data.ledger).entries()
    number = sum(entry.kind == "rehearsed" for entry in entries) + 1
    now = clock.now(data.ledger, "rehearsed").isoformat(timespec="microseconds")
    as_of = max([now, *(entry.time for entry in entries[-1:])])
    actor = acting_for(catalogue, entries, actor, "rehearse")
    return Night(data, catalogue, actor, f"rehearsal-{number:06d}", as_of, Plain(), ())


def _checked(night: Night, delivery_id: str) -> Delivery:
    """The delivery, read and checked; one that no run has seen yet waits for its approval from now on."""
    entries = night.ledger.entries()
    delivery = the_delivery(deliveries(entries), delivery_id)
    if delivery.state in ("delivered", "checked"):
        read_and_check(night, delivery_id)
        if night.catalogue.source(delivery.source_id).approval != "automatic" and not is_sample(entries):
            approve_by_policy(night.data, night.catalogue, delivery, actor=night.actor)
        delivery = the_delivery(deliveries(night.ledger.entries()), delivery_id)
    if delivery.state in ("rejected", "stopped", "unreadable"):
        raise HelhedsplanError(
            "the delivery cannot be rehearsed: none of it would be published",
            place=delivery_id,
            expected="a delivery that was not stopped by its checks and not rejected",
            found=delivery.state,
            do="look at it with `helhedsplan inbox`; have the publisher correct it and deliver it again",
        )
    return delivery


@contextmanager
def _room(night: Night) -> Iterator[Path]:
    """A folder for warehouses that are never published."""
    folder = night.data.building / night.run_id
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Held:
    """The copy held beside the publication: what changes, what is replayed, what would stop the publication."""

    changes: tuple[ChangedFigure, ...]
    replays: tuple[Replayed, ...]
    blocked_by: str


def _held_beside(night: Night, entries: tuple[Entry, ...], delivery: Delivery, folder: Path) -> _Held:
    from tasks.check import check_marts

    base = night.data.warehouse
    if not base.exists():
        base = build(request_for(night, entries), folder / "without.duckdb", Withholding())
    withholding = Withholding()
    built = build(request_for(night, _as_if_approved(night, entries, delivery)), folder / "with.duckdb", withholding)
    stops = (withholding.report.what_stops, what_stops(check_marts(built)))
    replays = replayed_rows(built, delivery.delivery_id)
    return _Held(tuple(changed_figures(base, built)), replays, "; ".join(filter(None, stops)))


def _as_if_approved(night: Night, entries: tuple[Entry, ...], delivery: Delivery) -> tuple[Entry, ...]:
    if delivery.approved_at:
        return entries
    body = {"delivery_id": delivery.delivery_id, "policy": "rehearsal"}
    last, kind, reason = entries[-1], "delivery_approved", "as if it were approved"
    return (*entries, Entry(last.sequence + 1, night.as_of, night.actor, kind, reason, body, last.digest, ""))


def _told(night: Night, entries: tuple[Entry, ...], delivery: Delivery, held: _Held) -> Rehearsal:
    last, good = last_publication(entries), delivery.good or {}
    published = {
        delivery_id for entry in entries if entry.kind == "publication_made" for delivery_id in entry.body["deliveries"]
    }
    approved = (one.delivery_id for one in deliveries(entries).values() if one.state == "approved")
    return Rehearsal(
        rehearsal_id=night.run_id,
        delivery_id=delivery.delivery_id,
        source_id=delivery.source_id,
        base_publication_id=last.publication_id if last else None,
        rows_loaded=good["rows_loaded"],
        rows_quarantined=good["rows_quarantined"],
        changes=held.changes,
        replays=held.replays,
        also_new=tuple(one for one in approved if one not in published and one != delivery.delivery_id),
        blocked_by=held.blocked_by,
        is_synthetic=delivery.is_synthetic,
        page=str(night.data.rehearsals / f"{night.run_id}.html"),
    )


def _keep(night: Night, rehearsal: Rehearsal) -> None:
    from tasks.steward_pages import rehearsal_page

    folder = night.data.rehearsals
    folder.mkdir(parents=True, exist_ok=True)
    Path(rehearsal.page).write_text(rehearsal_page(rehearsal, night.catalogue), encoding="utf-8")
    content = json.dumps(rehearsal.as_dict(), ensure_ascii=False, indent=1)
    (folder / f"{rehearsal.rehearsal_id}.json").write_text(content, encoding="utf-8")
