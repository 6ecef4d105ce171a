"""Approving and rejecting: from an approval on a delivery's figures are known, from a rejection on they are out.

The policy stands in the source's contract: automatic, one steward's approval, or four eyes, where the approver is not
who delivered and has run or opened a rehearsal of it. In a data directory of samples every policy is automatic.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.people import Act, acting_for, given_reason, same_person
from tasks.quarantine_life import close_with_its_delivery
from tasks.rehearsals import standing_rehearsal
from warehouse.deliveries import Delivery, deliveries, is_sample, the_delivery
from warehouse.ledger import Entry, Ledger
from warehouse.lock import receiving
from warehouse.paths import DataDirectory

SAMPLE_ACTOR = "sample"
ACT_OF_POLICY: dict[str, Act] = {"steward": "approve", "four_eyes": "approve_with_four_eyes"}


@dataclass(frozen=True)
class Decision:
    """What came of approving or rejecting: the delivery as it was before, who acted, and whether anything changed."""

    delivery: Delivery
    actor: str
    is_new: bool
    rehearsal_id: str | None = None


def approve_by_policy(data: DataDirectory, catalogue: Catalogue, delivery: Delivery, *, actor: str) -> None:
    """Approve a delivery that its checks let through, or tell the ledger whom its source's policy has it wait for."""
    ledger = Ledger(data.ledger)
    policy = catalogue.source(delivery.source_id).approval
    body = {"delivery_id": delivery.delivery_id, "policy": "automatic", "contract_policy": policy}
    if is_sample(ledger.entries()):
        reason = "approved by policy after its checks let it through, in a data directory of samples"
        ledger.append("delivery_approved", body, actor=SAMPLE_ACTOR, reason=reason)
    elif policy == "automatic":
        reason = "approved by policy after its checks let it through"
        ledger.append("delivery_approved", body, actor=actor, reason=reason)
    elif delivery.awaits != policy:
        waiting = {"delivery_id": delivery.delivery_id, "policy": policy}
        ledger.append("delivery_awaits_approval", waiting, actor=actor, reason="its checks let it through")


def approve(
    data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str, rehearsal_id: str | None = None
) -> Decision:
    """Approve a delivery that waits for a person. What was approved before is nothing new.

    `rehearsal_id` is the rehearsal that the actor saw, by default the last one. Raises HelhedsplanError where the
    delivery is not that far, the actor may not, or a rehearsal lacks, was seen by others only, or is about another
    publication by now.
    """
    ledger = Ledger(data.ledger)
    with receiving(data):
        entries = ledger.entries()
        delivery = the_delivery(deliveries(entries), delivery_id)
        if delivery.state == "approved":
            return Decision(delivery, delivery.approved_by or "", is_new=False)
        if delivery.state != "awaiting_approval" or delivery.awaits is None:
            raise _not_that_far(delivery)
        actor = acting_for(catalogue, entries, actor, ACT_OF_POLICY[delivery.awaits])
        if delivery.awaits == "four_eyes":
            _refuse_own(catalogue, delivery, actor)
        stands = standing_rehearsal(catalogue, entries, delivery, actor, rehearsal_id)
        if stands and stands.made.body["blocked_by"]:
            raise _would_be_blocked(delivery, stands.made)
        body = {"delivery_id": delivery_id, "policy": delivery.awaits}
        body |= stands.told if stands else {"rehearsal_id": None}
        reason = stands.in_words(actor) if stands else "approved without a rehearsal"
        ledger.append("delivery_approved", body, actor=actor, reason=reason)
    return Decision(delivery, actor, is_new=True, rehearsal_id=body["rehearsal_id"])


def reject(data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str, because: str) -> Decision:
    """Reject a delivery, whatever its state: if it had been approved, its figures leave the next publication.

    Raises HelhedsplanError without a reason, or where the actor may not.
    """
    ledger = Ledger(data.ledger)
    with receiving(data):
        entries = ledger.entries()
        delivery = the_delivery(deliveries(entries), delivery_id)
        reason = given_reason(because, f"rejecting {delivery_id}")
        if delivery.state == "rejected":
            return Decision(delivery, delivery.rejected_by or "", is_new=False)
        actor = acting_for(catalogue, entries, actor, "reject")
        body = {"delivery_id": delivery_id, "was": delivery.state}
        ledger.append("delivery_rejected", body, actor=actor, reason=reason)
        close_with_its_delivery(ledger, delivery_id, actor=actor)
    return Decision(delivery, actor, is_new=True)


def _would_be_blocked(delivery: Delivery, seen: Entry) -> HelhedsplanError:
    return HelhedsplanError(
        "the rehearsal says that this delivery could not be published, and every source would wait with it",
        place=f"{seen.body['rehearsal_id']} of {delivery.delivery_id}",
        expected="a rehearsal that nothing stands in the way of",
        found=seen.body["blocked_by"],
        do=f"`helhedsplan reject {delivery.delivery_id} --by NAME --because TEXT`, "
        "or remove the cause and rehearse it again",
    )


def _refuse_own(catalogue: Catalogue, delivery: Delivery, actor: str) -> None:
    if not any(same_person(catalogue, actor, one) for one in delivery.deliverers):
        return
    raise HelhedsplanError(
        f"{actor} delivered this and so may not approve it: the source asks for four eyes",
        place=delivery.delivery_id,
        expected=f"an approver other than {', '.join(sorted(delivery.deliverers))}",
        found=actor,
        do="have somebody else rehearse it, look, and approve",
    )


_NEXT: dict[str, str] = {
    "delivered": "run `helhedsplan refresh`, which reads and checks it",
    "checked": "run `helhedsplan refresh` again; a run was cut off after its checks",
    "stopped": "have the publisher correct the file and deliver it again; a stopped delivery cannot be approved",
    "unreadable": "have the publisher correct the file and deliver it again; an unreadable one cannot be approved",
    "rejected": "deliver the file again if the rejection was wrong; a rejected delivery stays rejected",
}


def _not_that_far(delivery: Delivery) -> HelhedsplanError:
    problem = delivery.rejected_because or ((delivery.unreadable or delivery.checked or {}).get("problem") or "")
    return HelhedsplanError(
        "the delivery does not wait for an approval",
        place=delivery.delivery_id,
        expected="a delivery that was checked and awaits approval, as `helhedsplan inbox` lists them",
        found=": ".join(filter(None, [delivery.state, problem.partition("\n")[0]])),
        do=_NEXT[delivery.state],
    )
