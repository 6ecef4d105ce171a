"""Sealing baselines: what a figure was when it was first published is told to the ledger, once.

The seal is written just before its publication and names it; a seal whose publication never came about does not count
(sql/core/sealed_baseline.sql). A build reads the seals of earlier publications from its ledger entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from warehouse.ledger import Ledger

_UNSEALED = """
    SELECT
        baseline_figure.agreement_id, baseline_figure.signed_at::VARCHAR,
        to_json(list({
            'indicator_id': indicator_id, 'area_id': area_id, 'period': period, 'value': value,
            'numerator': numerator, 'denominator': denominator, 'definition_version': definition_version,
            'delivery_id': delivery_id, 'known_from': known_from::VARCHAR,
            'corrected_because': corrected_because
        } ORDER BY indicator_id, area_id))::VARCHAR
    FROM core.baseline_figure
    WHERE NOT is_sealed AND value IS NOT NULL
    GROUP BY ALL
    ORDER BY ALL
"""


def unsealed_baselines(built: Path) -> list[dict[str, Any]]:
    """Per agreement the baseline figures that a built warehouse shows and no earlier publication has sealed."""
    with duckdb.connect(built, read_only=True) as connection:
        found = connection.execute(_UNSEALED).fetchall()
    return [
        {"agreement_id": agreement_id, "signed_at": signed_at, "rows": json.loads(rows)}
        for agreement_id, signed_at, rows in found
    ]


def seal_baselines(ledger: Ledger, unsealed: Iterable[dict[str, Any]], publication_id: str, *, actor: str) -> None:
    """Write one `baseline_sealed` entry per agreement that has figures to seal. Raises LedgerError."""
    for body in unsealed:
        ledger.append("baseline_sealed", body | {"publication_id": publication_id}, actor=actor)
