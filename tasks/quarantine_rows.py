"""The rows of a delivery that its checks rejected, wherever it stands: also before it is published, or stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.deliveries import Delivery
from warehouse.paths import DataDirectory
from warehouse.quarantine import quarantine_path
from warehouse.query import open_published


@dataclass(frozen=True)
class Rejected:
    """How many rows were rejected, of how many, where they lie (None without any), and what stopped the delivery."""

    rows: int
    rows_in: int
    path: Path | None
    problem: str


def rejected_rows(data: DataDirectory, delivery: Delivery) -> Rejected:
    """What a delivery's last check rejected. Raises HelhedsplanError where the rows are gone and a check must run."""
    checked = delivery.checked or {}
    problem = str((delivery.unreadable or (checked if delivery.stopped else {})).get("problem", ""))
    if not checked:
        return Rejected(0, 0, None, problem)
    path = quarantine_path(data, delivery.delivery_id, checked["check_version"])
    if path.exists():
        with duckdb.connect() as connection:
            (rows,) = connection.read_parquet(str(path)).count("*").fetchone() or (0,)
        return Rejected(rows, checked["rows_in"], path, problem)
    if checked["rows_quarantined"] and not delivery.stopped:
        raise HelhedsplanError(
            "the rows in quarantine are not at hand",
            place=str(path),
            expected="the rows as the last check wrote them",
            found="no such file",
            do=f"run `helhedsplan rerun --source {delivery.source_id}`, which makes them again",
        )
    return Rejected(0, checked["rows_in"], None, problem)


def rows_shown(data: DataDirectory, delivery: Delivery) -> list[dict[str, Any]]:
    """Each rejected row whole, in its order in the file, with its state in the current publication.

    A row of a delivery that is not published has the state `not_published`.
    """
    rejected = rejected_rows(data, delivery)
    if rejected.path is None:
        return []
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(rejected.path)).order("row_number")
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    states = _states(data, delivery.delivery_id)
    nothing = ("not_published", None)
    return [
        row | dict(zip(("state", "replayed_by_delivery_id"), states.get(row["row_number"], nothing), strict=True))
        for row in rows
    ]


def _states(data: DataDirectory, delivery_id: str) -> dict[int, tuple[str, str | None]]:
    if not data.warehouse.exists():
        return {}
    query = (
        f"SELECT row_number, state, replayed_by_delivery_id FROM audit.quarantine WHERE delivery_id = '{delivery_id}'"
    )
    with open_published(data.warehouse) as connection:
        return {number: (state, by) for number, state, by in connection.execute(query).fetchall()}
