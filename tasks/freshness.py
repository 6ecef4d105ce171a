"""How fresh each part of each source is: fresh, due, late by its publisher's calendar, or stopped by a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from catalogue.calendar import Expected, counts_until, expected
from catalogue.errors import DeliveryError
from catalogue.load import Catalogue
from catalogue.sources import Source
from warehouse.build import ExpectedDelivery
from warehouse.clock import day_of
from warehouse.deliveries import Delivery, deliveries, in_force
from warehouse.ledger import Entry
from warehouse.paths import DataDirectory


def freshness(
    data: DataDirectory, catalogue: Catalogue, entries: Sequence[Entry], run_id: str, as_of: str
) -> list[ExpectedDelivery]:
    """The state of each part at the moment `as_of` (ISO 8601), after what could not be fetched when last tried.

    `run_id` is the run that asks; what runs have failed at is left out where it is empty.
    """
    # What was rejected counts as never received. A delivery at fault stops its own part, tonight and every night
    # until a better one comes; the ledger tells why.
    known = [one for one in deliveries(entries).values() if one.rejected_at is None]
    stopped = {one.delivery_id for one in known if one.stopped}
    failures = _failures(entries, run_id, stopped)
    today = day_of(as_of)
    found = []
    for source in catalogue.sources:
        for part_id in parts_of(source, known):
            of_part = [one for one in known if (one.source_id, one.part_id) == (source.source_id, part_id)]
            due = _due(data, source, part_id, known, today)
            failure = failures.get((source.source_id, part_id)) or failures.get((source.source_id, None))
            is_stopped = failure is not None or any(_stops(source, one, known) for one in of_part[-1:])
            found.append(
                ExpectedDelivery(
                    source_id=source.source_id,
                    part_id=part_id,
                    expected_next=due.next_day.isoformat() if due.next_day else None,
                    late_after=due.late_after.isoformat() if due.late_after else None,
                    state="stopped" if is_stopped else due.state,
                    last_failure=failure,
                )
            )
    return found


def _failures(entries: Sequence[Entry], run_id: str, stopped: Collection[str]) -> dict[tuple[str, str | None], str]:
    """What could not be fetched when last tried, by source and part; the part is None where the whole source failed."""
    last_tried = _last_tried(entries, run_id) if run_id else {}
    found: dict[tuple[str, str | None], str] = {}
    for entry in entries:
        body = entry.body
        if entry.kind != "source_failed" or body["delivery_id"] in stopped:
            continue
        # A delivery that one run could not get at was told for that run; whether it can be used is told by itself.
        of_run = last_tried.get(body["source_id"], run_id) if body["delivery_id"] is None else run_id
        if body["run_id"] == of_run:
            parts = body.get("parts") or {None: body["problem"]}
            found |= {(body["source_id"], part_id): problem for part_id, problem in parts.items()}
    return found


def _last_tried(entries: Sequence[Entry], run_id: str) -> dict[str, str]:
    """Source -> the last run that asked it: `run_id` itself, or one that came to its end."""
    ended = {run_id, *(entry.body["run_id"] for entry in entries if entry.kind == "run_finished")}
    return {
        source_id: entry.body["run_id"]
        for entry in entries
        if entry.kind == "run_started" and entry.body["run_id"] in ended
        for source_id in entry.body.get("source_ids", ())
    }


def parts_of(source: Source, known: Sequence[Delivery]) -> list[str]:
    """The parts of a source: those that its contract declares, and those that were delivered.

    A name under which nothing could be used is no part once a good file came under another name.
    """
    own = [one for one in known if one.source_id == source.source_id]
    usable = {one.part_id for one in in_force(own)}
    delivered = {one.part_id for one in own if one.part_id in usable or not is_mended(source, one, own)}
    return sorted({*_declared(source), *delivered}) or [""]


def is_mended(source: Source, delivery: Delivery, known: Sequence[Delivery]) -> bool:
    """Whether a good delivery in force came after this one in its part."""
    return is_followed(source, delivery, in_force(known))


def is_followed(source: Source, delivery: Delivery, others: Iterable[Delivery]) -> bool:
    """Whether one of the others came after this one in its part.

    Where a part is no more than the name of what was delivered, a good file may have another name.
    """
    is_told_by_content = "part_id" in (delivery.checked or {})
    by_name = source.part_from != "none" and not is_told_by_content and delivery.part_id not in _declared(source)
    return any(
        one.source_id == delivery.source_id
        and (by_name or one.part_id == delivery.part_id)
        and one.sequence > delivery.sequence
        for one in others
    )


def _declared(source: Source) -> set[str]:
    return {table.table_id for table in source.statbank.tables} if source.statbank else set()


def _stops(source: Source, newest: Delivery, known: Sequence[Delivery]) -> bool:
    """Whether the newest delivery of a part is at fault, and none came after it that put things right."""
    return newest.stopped and not is_mended(source, newest, known)


def _due(data: DataDirectory, source: Source, part_id: str, known: Sequence[Delivery], today: date) -> Expected:
    """What the calendar says of a part. Of parts that the contract does not declare, the newest alone has a next."""
    calendar = source.calendar_of(part_id)
    own = [one for one in known if one.source_id == source.source_id]
    if source.part_from == "none" or part_id in _declared(source):
        own = [one for one in own if one.part_id == part_id]
    elif own and part_id != max(own, key=_age_of_figures).part_id:
        return Expected(None, None, "fresh")
    return expected(calendar, [_counts_until(data, source, one) for one in _releases(source, own)], today)


def _age_of_figures(delivery: Delivery) -> tuple[str, int]:
    """Sorts deliveries by the newest period in them, then by receipt."""
    return max(_newest_periods(delivery).values(), default=""), delivery.sequence


def _newest_periods(delivery: Delivery) -> dict[str, str]:
    """Indicator -> the last day of its newest period in the last good reading; empty before there is one."""
    return (delivery.good or {}).get("newest_periods", {})


def _releases(source: Source, own: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries, in order of receipt, that moved an indicator's newest period: a correction of known ones is none.

    What waits to be read has come, whatever is in it; a plan of milestones is new each time that it comes.
    """
    reached: dict[tuple[str, str], str] = {}
    found = []
    for delivery in own:
        newest = {(delivery.part_id, indicator_id): end for indicator_id, end in _newest_periods(delivery).items()}
        moved = {key: end for key, end in newest.items() if end > reached.get(key, "")}
        is_told = source.holds == "figures" and "newest_periods" in (delivery.good or {})
        if moved or not (is_told or _is_of_no_use(delivery)):
            found.append(delivery)
        reached |= moved
    return found


def _is_of_no_use(delivery: Delivery) -> bool:
    return delivery.stopped and delivery.good is None


def _counts_until(data: DataDirectory, source: Source, delivery: Delivery) -> date:
    """The day up to which a delivery counts (see counts_until)."""
    newest = max(_newest_periods(delivery).values(), default=None)
    newest_period_end = date.fromisoformat(newest) if newest else None
    # A table tells with each answer when it last changed.
    updated_on = _updated_on(data, delivery) if source.statbank else None
    return counts_until(source.calendar_of(delivery.part_id), delivery.received_on, newest_period_end, updated_on)


def _updated_on(data: DataDirectory, delivery: Delivery) -> date | None:
    """The day on which a StatBank table says that it was last changed; None where it says none that is understood."""
    from tasks.reading.tableinfo import TABLEINFO, read_tableinfo

    try:
        return datetime.fromisoformat(read_tableinfo(delivery.snapshot(data).folder / TABLEINFO).updated).date()
    except (DeliveryError, ValueError):
        return None
