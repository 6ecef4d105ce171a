"""Which deliveries must be read or checked, and in which waves: decided anew by every run from what it finds."""

from __future__ import annotations

from itertools import groupby, zip_longest

import duckdb

from tasks.context import Night
from warehouse.deliveries import Delivery, deliveries
from warehouse.parsed import parsed_path
from warehouse.quarantine import quarantine_path
from warehouse.sql_text import literal


def waiting_waves(night: Night) -> list[list[str]]:
    """The deliveries that must be read or checked, in waves: side by side within a wave.

    Deliveries of one source and part come in different waves, oldest first, because each is checked against the one
    before it; so do those of a source whose parts only their content tells. Of sources that were not asked for, only
    what the build needs and lacks.
    """
    known = deliveries(night.ledger.entries())
    waiting = [one for one in known.values() if _is_waiting(night, one)]
    told_by_content = {one.source_id for one in night.catalogue.sources if one.part_from == "newest_period"}

    def stream_of(one: Delivery) -> tuple[str, str]:
        return one.source_id, "" if one.source_id in told_by_content else one.part_id

    waiting.sort(key=lambda one: (stream_of(one), one.sequence))
    streams = [[one.delivery_id for one in stream] for _, stream in groupby(waiting, key=stream_of)]
    return [[one for one in wave if one is not None] for wave in zip_longest(*streams)]


def _is_waiting(night: Night, delivery: Delivery) -> bool:
    from tasks.check import check_version
    from tasks.reading.version import reading_version

    if delivery.rejected_at is not None:
        return False
    version = reading_version(night.catalogue.source(delivery.source_id))
    if delivery.source_id not in night.source_ids:
        return delivery.approved_at is not None and not _is_at_hand(night, delivery)
    if night.force:
        return night.period is None or night.period in _periods(night, delivery)
    if delivery.unreadable is not None:
        return delivery.unreadable["reading_version"] != version
    checks = check_version(night.catalogue, delivery, version)
    if delivery.checked is None or delivery.checked["check_version"] != checks:
        return True
    return _is_undecided(night, delivery) or not _is_at_hand(night, delivery)


def _periods(night: Night, delivery: Delivery) -> set[str]:
    """The periods that a delivery carries; of one whose rows are not at hand it is not known, so it carries any."""
    checked = delivery.checked or {}
    path = parsed_path(night.data, delivery.sha256, checked.get("reading_version", ""))
    if not path.exists():
        return {night.period or ""}
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT DISTINCT period FROM read_parquet({literal(path)})").fetchall()
    return {period for (period,) in found}


def _is_undecided(night: Night, delivery: Delivery) -> bool:
    """Whether the policy has still to be asked: neither approved, nor told whom it waits for under today's policy."""
    policy = night.catalogue.source(delivery.source_id).approval
    return delivery.approved_at is None and not delivery.stopped and delivery.awaits != policy


def _is_at_hand(night: Night, delivery: Delivery) -> bool:
    """Whether the rows of the last good reading, and those that it sent to quarantine, are still kept."""
    if delivery.good is None:
        return True
    rows = parsed_path(night.data, delivery.sha256, delivery.good["reading_version"])
    kept = quarantine_path(night.data, delivery.delivery_id, delivery.good["check_version"])
    return rows.exists() and (not delivery.good["rows_quarantined"] or kept.exists())
