"""What a delivery's rows say of it, and the rows of the deliveries beside it, read again where they are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.errors import DeliveryError, HelhedsplanError
from tasks.context import Night
from warehouse.deliveries import Delivery, deliveries, later_than, previous_of
from warehouse.in_memory import small_work
from warehouse.parsed import parsed_path
from warehouse.quarantine import is_left, quarantine_path

if TYPE_CHECKING:
    from tasks.read import Reading


def newest_periods(reading: Reading, quarantined: Path | None) -> dict[str, str]:
    """Indicator -> the last day of the newest period that a reading has a figure of outside quarantine, in ISO 8601."""
    with small_work() as connection:
        rows = connection.execute(
            f"""SELECT indicator_id, max(read.period_end(period))::VARCHAR AS newest FROM (
                SELECT DISTINCT indicator_id, period FROM read_parquet(?, file_row_number = true)
                WHERE indicator_id IS NOT NULL AND coalesce(value, numerator) IS NOT NULL AND {is_left(quarantined)}
            ) GROUP BY indicator_id HAVING newest IS NOT NULL ORDER BY indicator_id""",
            [str(reading.path)],
        ).fetchall()
    return dict(rows)


def part_told(night: Night, delivery: Delivery, reading: Reading) -> dict[str, str]:
    """`part_id` as the content tells it; empty where the contract has the name tell it, or no period had begun."""
    if night.catalogue.source(delivery.source_id).part_from != "newest_period":
        return {}
    with small_work() as connection:
        row = connection.execute(
            """SELECT arg_max(period, read.period_end(period))
            FROM (SELECT DISTINCT period FROM read_parquet(?)) WHERE read.period_start(period) <= ?""",
            [str(reading.path), delivery.received_on],
        ).fetchone()
    return {"part_id": row[0]} if row and row[0] else {}


def readings_beside(
    night: Night, delivery: Delivery, part: dict[str, str]
) -> tuple[Path | None, Path | None, list[Path]]:
    """The rows of the delivery before it in this part, which of them lie in quarantine, and the rows of later ones.

    No first path means that none came before it, no second that none of its rows lie there, or nobody can tell. Later
    ones are all in force after it, where the source has corrections. Raises HelhedsplanError where one came before and
    its rows cannot be had.
    """
    known = deliveries(night.ledger.entries()).values()
    in_part = replace(delivery, **part)
    is_corrected = any(one["source_id"] == delivery.source_id for one in night.catalogue.corrections)
    later = later_than(in_part, known) if is_corrected else []
    rows_of_later = [_rows_of(night, one) for one in later]
    previous = previous_of(in_part, known)
    if previous is None:
        return None, None, rows_of_later
    rows = _rows_of(night, previous)
    return rows, _quarantined_of(night, previous, rows), rows_of_later


def _quarantined_of(night: Night, delivery: Delivery, rows: Path) -> Path | None:
    good = delivery.good or {}
    is_same_reading = rows == parsed_path(night.data, delivery.sha256, good["reading_version"])
    path = quarantine_path(night.data, delivery.delivery_id, good["check_version"])
    return path if is_same_reading and good["rows_quarantined"] and path.exists() else None


def _rows_of(night: Night, delivery: Delivery) -> Path:
    """The rows of the last good reading; where they are gone, those that the received bytes give today."""
    from tasks.read import read_delivery

    path = parsed_path(night.data, delivery.sha256, (delivery.good or {})["reading_version"])
    if path.exists():
        return path
    try:
        return read_delivery(night.data, night.catalogue, delivery).path
    except DeliveryError as error:
        raise HelhedsplanError(
            "the rows of the delivery before this one are gone and cannot be read again, so this one waits unchecked",
            place=delivery.delivery_id,
            expected=f"the rows of the earlier delivery, in {path}, or received bytes that its contract fits",
            found=f"{error.what} ({error.place})",
            do="bring the contract back to what the earlier delivery fits (add a layout, change none), or restore its "
            "received bytes from a backup; then run refresh again",
        ) from error
