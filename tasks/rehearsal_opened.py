"""Opening a rehearsal that somebody else ran, so that an approval can rest on it: the ledger tells who saw it."""

from __future__ import annotations

import json
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.people import acting_for
from tasks.rehearsal_counts import Replayed
from tasks.rehearsals import rehearsals_of, who_saw
from tasks.rehearse import Rehearsal
from warehouse.compare import ChangedFigure
from warehouse.deliveries import deliveries, the_delivery
from warehouse.ledger import Entry, Ledger, digest_of
from warehouse.lock import receiving
from warehouse.paths import DataDirectory


def open_last(data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str) -> Rehearsal:
    """The last rehearsal of a delivery as it was kept; a `rehearsal_opened` entry tells that the actor has seen it.

    Raises HelhedsplanError where there is none, or what is kept is not what the ledger tells of.
    """
    ledger = Ledger(data.ledger)
    with receiving(data):
        entries = ledger.entries()
        of_delivery = rehearsals_of(entries, the_delivery(deliveries(entries), delivery_id).delivery_id)
        actor = acting_for(catalogue, entries, actor, "rehearse")
        if not of_delivery:
            raise _not_there(delivery_id, "a rehearsal of this delivery", "none yet")
        rehearsal_id, made = list(of_delivery.items())[-1]
        opened = _kept(data, made)
        if actor not in who_saw(entries, rehearsal_id):
            body = {"rehearsal_id": rehearsal_id, "delivery_id": delivery_id}
            ledger.append("rehearsal_opened", body, actor=actor, reason=f"the rehearsal of {made.actor} was looked at")
    return opened


def _kept(data: DataDirectory, made: Entry) -> Rehearsal:
    path = data.rehearsals / f"{made.body['rehearsal_id']}.json"
    delivery_id = made.body["delivery_id"]
    try:
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        changes = [ChangedFigure(**one) for one in kept["changes"]]
        replays = [Replayed(**one) for one in kept["replays"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _not_there(delivery_id, f"{path.name} as it was made", type(error).__name__) from error
    if digest_of(kept["changes"]) != made.body["changes_digest"] or kept["blocked_by"] != made.body["blocked_by"]:
        raise _not_there(delivery_id, f"{path.name} as it was made", "another content than the ledger tells of")
    del kept["counts"]
    kept |= {"changes": tuple(changes), "replays": tuple(replays), "also_new": tuple(kept["also_new"])}
    kept["page"] = str(path.with_suffix(".html"))
    return Rehearsal(**kept)


def _not_there(delivery_id: str, expected: str, found: str) -> HelhedsplanError:
    return HelhedsplanError(
        "there is no rehearsal that could be opened",
        place=delivery_id,
        expected=expected,
        found=found,
        do=f"run `helhedsplan rehearse {delivery_id}`",
    )
