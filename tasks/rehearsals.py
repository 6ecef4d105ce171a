"""Which rehearsal an approver has seen, and whether what it was held against still stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.people import same_person
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


@dataclass(frozen=True)
class Standing:
    """A rehearsal whose base has not moved, and how the approver has seen it: 'ran', 'opened', or '' for not at all."""

    made: Entry
    how_seen: str

    @property
    def told(self) -> dict[str, str | None]:
        """What the ledger is told: the rehearsal that the approver saw and whose it is, or whose they did not see."""
        rehearsal_id = self.made.body["rehearsal_id"]
        named = {"rehearsal_id": rehearsal_id} if self.how_seen else {"rehearsal_id": None, "not_seen": rehearsal_id}
        return named | {"rehearsed_by": self.made.actor}

    def in_words(self, actor: str) -> str:
        """The same as a reason."""
        whose = f"{self.made.body['rehearsal_id']} by {self.made.actor}"
        if not self.how_seen:
            return f"approved without a rehearsal that {actor} saw; there is {whose}"
        return f"approved after {whose} was seen" + ("" if self.how_seen == "ran" else f" and opened by {actor}")


def rehearsals_of(entries: Iterable[Entry], delivery_id: str) -> dict[str, Entry]:
    """rehearsal_id -> the entry that tells of it, of one delivery, oldest first."""
    made = (one for one in entries if one.kind == "rehearsed" and one.body["delivery_id"] == delivery_id)
    return {one.body["rehearsal_id"]: one for one in made}


def who_saw(entries: Iterable[Entry], rehearsal_id: str) -> dict[str, str]:
    """Actor -> how they saw a rehearsal: 'ran' or 'opened'."""
    how = {"rehearsal_opened": "opened", "rehearsed": "ran"}
    told = [one for one in entries if one.kind in how and one.body["rehearsal_id"] == rehearsal_id]
    return {one.actor: how[one.kind] for one in reversed(told)}


def standing_rehearsal(
    catalogue: Catalogue, entries: Sequence[Entry], delivery: Delivery, actor: str, rehearsal_id: str | None
) -> Standing | None:
    """The rehearsal that an approval by this actor rests on: the named one, or the last that they have seen.

    Only with four eyes must there be one that the actor has seen; else the last one that others saw must stand, if
    there is any. Raises HelhedsplanError if one lacks, or if what it was held against has moved since.
    """
    of_delivery = rehearsals_of(entries, delivery.delivery_id)
    seen = {one: how for one in of_delivery if (how := _how_seen(catalogue, entries, one, actor))}
    must_be_seen = rehearsal_id is not None or delivery.awaits == "four_eyes"
    wanted = rehearsal_id or next(reversed(seen or ({} if must_be_seen else of_delivery)), None)
    if wanted is None and not must_be_seen:
        return None
    if wanted not in of_delivery:
        raise _lacks(delivery, actor, rehearsal_id, of_delivery)
    if must_be_seen and wanted not in seen:
        raise _not_seen(delivery, actor, of_delivery[wanted])
    moved = _moved(of_delivery[wanted], base_of(catalogue, entries, delivery))
    if moved:
        raise HelhedsplanError(
            "what the rehearsal was held against has moved since, so it no longer tells what the approval would change",
            place=f"{wanted} of {delivery.delivery_id}",
            expected="a rehearsal against the current publication",
            found=moved,
            do=_look(delivery, actor, opens=False),
        )
    return Standing(of_delivery[wanted], seen.get(wanted, ""))


def _how_seen(catalogue: Catalogue, entries: Sequence[Entry], rehearsal_id: str, actor: str) -> str:
    saw = who_saw(entries, rehearsal_id).items()
    return next((how for who, how in saw if same_person(catalogue, who, actor)), "")


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


def _lacks(delivery: Delivery, actor: str, rehearsal_id: str | None, of_delivery: dict[str, Entry]) -> HelhedsplanError:
    by_others = ", ".join(f"{name} by {entry.actor}" for name, entry in of_delivery.items())
    what, expected = "the approval asks for a rehearsal", "a rehearsal that shows what the delivery changes"
    if rehearsal_id:
        what, expected = "there is no such rehearsal of this delivery", f"one of {by_others}" if by_others else expected
    elif by_others:
        what, expected = f"{what} that {actor} has seen", f"one that {actor} ran or opened"
    return HelhedsplanError(
        what,
        place=delivery.delivery_id,
        expected=expected,
        found=rehearsal_id or by_others or "none yet",
        do=_look(delivery, actor, opens=bool(by_others)),
    )


def _not_seen(delivery: Delivery, actor: str, made: Entry) -> HelhedsplanError:
    return HelhedsplanError(
        f"{actor} has not seen the rehearsal that the approval names",
        place=f"{made.body['rehearsal_id']} of {delivery.delivery_id}",
        expected=f"one that {actor} ran or opened",
        found=f"one that {made.actor} ran",
        do=_look(delivery, actor, opens=True),
    )


def _look(delivery: Delivery, actor: str, *, opens: bool) -> str:
    """What to type, with the name: a rehearsal that is seen under another name is not seen by the approver."""
    command, by = f"helhedsplan rehearse {delivery.delivery_id}", f"--by {shlex.quote(actor)}"
    opened = f"open the last one with `{command} --last {by}`, or " if opens else ""
    return f"{opened}run `{command} {by}`, look, and approve then"
