"""What earlier publications showed and this one does not hold any more: readers still have it."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.errors import HelhedsplanError, PublicationBlockedError
from tasks.context import Night
from warehouse.build import Input
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Entry
from warehouse.parsed import parsed_path
from warehouse.quarantine import quarantine_path


def published_before(night: Night, entries: Iterable[Entry], inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Deliveries of earlier publications that are no inputs now, such as rejected ones; read again where need be.

    Raises PublicationBlockedError where their rows cannot be had: nobody could tell what they give away.
    """
    entries, now = list(entries), {one.delivery_id for one in inputs}
    shown = {name for entry in entries if entry.kind == "publication_made" for name in entry.body["deliveries"]}
    gone = sorted(shown - now)
    known = deliveries(entries) if gone else {}
    return tuple(_input(night, known[name]) for name in gone)


def _input(night: Night, delivery: Delivery) -> Input:
    good = delivery.good or {}
    reading = parsed_path(night.data, delivery.sha256, good["reading_version"])
    if not reading.exists():
        from tasks.read import read_delivery

        try:
            reading = read_delivery(night.data, night.catalogue, delivery).path
        except HelhedsplanError as error:
            raise PublicationBlockedError(
                "what an earlier publication showed cannot be read any more, so nobody can tell what it gives away; the"
                " last publication stands",
                place=delivery.delivery_id,
                expected="rows of the contract that it was approved under, or a contract that still reads it",
                found=str(error),
                do="bring the contract back to what this delivery fits (add a layout, change none), and refresh again",
            ) from error
    kept = quarantine_path(night.data, delivery.delivery_id, good["check_version"])
    source = night.catalogue.source_by_id.get(delivery.source_id)
    return Input(
        delivery_id=delivery.delivery_id,
        source_id=delivery.source_id,
        reading=reading,
        quarantine=kept if kept.exists() else None,
        version=good["reading_version"],
        holds=source.holds if source else "figures",
    )
