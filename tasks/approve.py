"""Approving: from this moment a delivery's figures are known."""

from __future__ import annotations

from catalogue.load import Catalogue
from warehouse.deliveries import Delivery
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory


def approve_by_policy(data: DataDirectory, catalogue: Catalogue, delivery: Delivery, *, actor: str) -> None:
    """Approve a delivery that its checks let through, under the policy that is in force for its source."""
    policy = catalogue.source(delivery.source_id).approval
    Ledger(data.ledger).append(
        "delivery_approved",
        {"delivery_id": delivery.delivery_id, "policy": "automatic", "contract_policy": policy},
        actor=actor,
        reason="approved by policy after its checks let it through",
    )
