"""Which rehearsal an approval has seen, and whether what it was held against still stands."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from warehouse.deliveries import Delivery, deliveries, in_force
from warehouse.ledger import Entry, digest_of
from warehouse.publish import last_publication


def base_of(catalogue: Catalogue, entries: Sequence[Entry], delivery: Delivery) -> dict[str, str | None]:
    """What a rehearsal is held against: the last publication, what is in force, the catalogue, and its own reading."""
    last, good = last_publication(entries), delivery.good or {}
    others = [one for one in in_force(deliveries(entries).values()) if one.delivery_id != delivery.delivery_id]
    versions = sorted((one.delivery_id, (one.good or {})["check_version"]) for one in others)
    return {
        "base_publication_id": last.publication_id if last else None,
        "base_deliveries": digest_of(versions)[:16],
        "check_version": good.get("check_version"),
        "catalogue_digest": catalogue.digest,
    }


def seen_rehearsal(
    catalogue: Catalogue, entries: Sequence[Entry], delivery: Delivery, rehearsal_id: str | None, *, is_asked_for: bool
) -> Entry | None:
    """The rehearsal of this delivery that is named, or its last one; None if there is none and none is asked for.

    Raises HelhedsplanError if one is asked for and lacks, or if what it was held against has moved since.
    """
    of_delivery = [
        entry for entry in entries if entry.kind == "rehearsed" and entry.body["delivery_id"] == delivery.delivery_id
    ]
    found = [entry for entry in of_delivery if rehearsal_id in (None, entry.body["rehearsal_id"])]
    if not found:
        if rehearsal_id is None and not is_asked_for:
            return None
        raise _lacks(delivery, rehearsal_id, of_delivery)
    moved = _moved(found[-1], base_of(catalogue, entries, delivery))
    if moved:
        raise HelhedsplanError(
            "what the rehearsal was held against has moved since, so it no longer tells what the approval would change",
            place=f"{found[-1].body['rehearsal_id']} of {delivery.delivery_id}",
            expected="a rehearsal against the current publication",
            found=moved,
            do=f"run `helhedsplan rehearse {delivery.delivery_id}`, look, and approve then",
        )
    return found[-1]


def _moved(rehearsed: Entry, now: dict[str, str | None]) -> str:
    for name, what in (
        ("base_publication_id", "the publication was {} and is {}"),
        ("base_deliveries", "other deliveries were approved or rejected since"),
        ("check_version", "the delivery was checked again by other rules since"),
        ("catalogue_digest", "the catalogue, with its definitions, contracts and corrections, is another one now"),
    ):
        then = rehearsed.body.get(name)
        if then != now[name]:
            return what.format(then or "none", now[name])
    return ""


def _lacks(delivery: Delivery, rehearsal_id: str | None, of_delivery: Sequence[Entry]) -> HelhedsplanError:
    names = [entry.body["rehearsal_id"] for entry in of_delivery]
    return HelhedsplanError(
        "there is no such rehearsal of this delivery" if rehearsal_id else "the approval asks for a rehearsal",
        place=delivery.delivery_id,
        expected=f"one of {', '.join(names)}" if names else "a rehearsal that shows what the delivery changes",
        found=rehearsal_id or "none yet",
        do=f"run `helhedsplan rehearse {delivery.delivery_id}`, look, and approve then",
    )
