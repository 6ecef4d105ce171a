"""From deliveries in force to a publication: build aside, check the marts, put in place, write the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from catalogue.calendar import counts_until, expected
from catalogue.errors import PublicationBlockedError
from catalogue.sources import Source
from tasks.checking.outcomes import CheckOutcome
from tasks.context import Night
from warehouse.build import ExpectedDelivery, Input, Request, build
from warehouse.deliveries import Delivery, deliveries, in_force
from warehouse.ledger import Entry
from warehouse.parsed import parsed_path
from warehouse.publish import Publication, last_publication, publish
from warehouse.quarantine import quarantine_path
from warehouse.query import open_published


@dataclass(frozen=True)
class Published:
    """What a run left as the current publication, and whether it made it."""

    publication: Publication
    is_new: bool
    report: Path


def publish_what_is_new(night: Night) -> Published:
    """Build and publish if anything that figures follow from has changed; write the site if it shows another one.

    Raises PublicationBlockedError if a mart fails a critical check; the last publication stands then.
    """
    entries = tuple(night.ledger.entries())
    request = request_for(night, entries)
    last = last_publication(entries)
    is_new = (
        last is None
        or last.inputs_digest != request.inputs_digest
        or not night.data.warehouse.exists()
        or _something_is_overdue(night)
    )
    publication = _build_and_publish(night, request) if is_new or last is None else last
    page = night.data.report / "index.html"
    # A run that died between publishing and this left the page of an earlier publication.
    if not any(publication.publication_id in one.read_text(encoding="utf-8") for one in page.parent.rglob("*.html")):
        _write_report(night)
    return Published(publication, is_new, page)


_OVERDUE = """
    SELECT count(*)
    FROM mart.indicator_series
    INNER JOIN catalogue.indicator USING (indicator_id)
    WHERE missing_reason = 'not_yet_published'
      AND period_end + to_months(publication_lag_months) <= TIMESTAMP '{now_utc}'
"""


def _something_is_overdue(night: Night) -> bool:
    """Whether a figure that was not yet to be expected in the current publication should have come by now."""
    with open_published(night.data.warehouse) as connection:
        now_utc = datetime.fromisoformat(night.as_of).replace(tzinfo=None)
        # A bound parameter would make DuckDB import pandas: half a second of every night in which nothing came.
        (overdue,) = connection.execute(_OVERDUE.format(now_utc=now_utc)).fetchone() or (0,)
    return overdue > 0


def request_for(night: Night, entries: tuple[Entry, ...]) -> Request:
    """All that a build by this run depends on."""
    known = list(deliveries(entries).values())
    # The same bytes handed in again have the same rows: they count once, as of the last time.
    by_rows = {one.reading: one for one in (_input(night, one) for one in in_force(known))}
    return Request(
        inputs=tuple(by_rows.values()),
        entries=entries,
        expected=tuple(_expected(night, entries, known)),
        catalogue=night.catalogue,
        run_id=night.run_id,
        as_of=night.as_of,
        previous=_previous(night, entries),
    )


def _previous(night: Night, entries: tuple[Entry, ...]) -> Path | None:
    """The file of the publication before, if it is still kept."""
    last = last_publication(entries)
    kept = night.data.published / f"{last.publication_id}.duckdb" if last else None
    return kept if kept and kept.exists() else None


def _input(night: Night, delivery: Delivery) -> Input:
    """The last good reading of a delivery. Raises PublicationBlockedError if its rows cannot be had any more."""
    good = delivery.good or {}
    version, checked, quarantined = good["reading_version"], good["check_version"], good["rows_quarantined"]
    reading = parsed_path(night.data, delivery.sha256, version)
    if not reading.exists():
        raise PublicationBlockedError(
            "the rows of an approved delivery are gone and cannot be read again; the last publication stands",
            place=delivery.delivery_id,
            expected=f"rows of the contract that it was approved under, in {reading}",
            found=(delivery.unreadable or {}).get("problem", "no such file"),
            do="bring the contract back to what this delivery fits (add a layout, change none), and refresh again",
        )
    return Input(
        delivery_id=delivery.delivery_id,
        source_id=delivery.source_id,
        reading=reading,
        quarantine=quarantine_path(night.data, delivery.delivery_id, checked) if quarantined else None,
        version=f"{version} {checked}",
    )


def _expected(night: Night, entries: tuple[Entry, ...], known: list[Delivery]) -> list[ExpectedDelivery]:
    # What was rejected counts as never received. A delivery at fault stops its own part, tonight and every night
    # until a better one comes; the ledger tells why.
    known = [one for one in known if one.rejected_at is None]
    stopped = {one.delivery_id for one in known if one.stopped}
    failures = {
        entry.body["source_id"]: entry.body["problem"]
        for entry in entries
        if entry.kind == "source_failed"
        and entry.body["run_id"] == night.run_id
        and entry.body["delivery_id"] not in stopped
    }
    today = datetime.fromisoformat(night.as_of).date()
    found = []
    for source in night.catalogue.sources:
        for part_id in _parts(source, known):
            of_part = [one for one in known if (one.source_id, one.part_id) == (source.source_id, part_id)]
            counting = max((_counts_until(source, one) for one in of_part), default=None)
            due = expected(source.calendar, counting, today)
            is_stopped = source.source_id in failures or any(_stops(source, one, known) for one in of_part[-1:])
            found.append(
                ExpectedDelivery(
                    source_id=source.source_id,
                    part_id=part_id,
                    expected_next=due.next_day.isoformat() if due.next_day else None,
                    late_after=due.late_after.isoformat() if due.late_after else None,
                    state="stopped" if is_stopped else due.state,
                    last_failure=failures.get(source.source_id),
                )
            )
    return found


def _stops(source: Source, newest: Delivery, known: list[Delivery]) -> bool:
    """Whether the newest delivery of a part is at fault, and none came after it that put things right.

    Where a part is no more than the name of what was delivered, a good file may have another name.
    """
    mended = source.part_from == "name" and any(
        one.source_id == source.source_id and one.sequence > newest.sequence for one in in_force(known)
    )
    return newest.stopped and not mended


def _counts_until(source: Source, delivery: Delivery) -> date:
    newest = (delivery.good or {}).get("newest_period_end")
    return counts_until(source.calendar, delivery.received_on, date.fromisoformat(newest) if newest else None)


def _parts(source: Source, known: list[Delivery]) -> list[str]:
    declared = [table.table_id for table in source.statbank.tables] if source.statbank else []
    delivered = [one.part_id for one in known if one.source_id == source.source_id]
    return sorted({*declared, *delivered}) or [""]


def _build_and_publish(night: Night, request: Request) -> Publication:
    built = build(request, night.data.building / night.run_id / f"{request.publication_id}.duckdb")
    _check_marts(night, request, built)
    return publish(night.data, built, request, actor=night.actor)


def _check_marts(night: Night, request: Request, built: Path) -> None:
    from tasks.check import check_marts

    outcomes = check_marts(built, night.catalogue)
    body = {"publication_id": request.publication_id, "run_id": night.run_id}
    night.ledger.append("marts_checked", body | {"outcomes": [one.to_body() for one in outcomes]}, actor=night.actor)
    found = what_stops(outcomes)
    if found:
        night.ledger.append("publication_blocked", body | {"problem": found}, actor=night.actor)
        raise PublicationBlockedError(
            "the new warehouse was built but not published; the last publication stands",
            place=request.publication_id,
            found=found,
            do="look at this run's deliveries with `helhedsplan status`, correct or withdraw one, and refresh again",
        )


def what_stops(outcomes: Iterable[CheckOutcome]) -> str:
    """The failed critical checks of the marts in words; '' if nothing stands in a publication's way."""
    stopping = [one for one in outcomes if one.severity == "critical" and not one.success]
    return "; ".join(f"{one.check}: {one.because} ({one.observed})" for one in stopping)


def _write_report(night: Night) -> None:
    from tasks.report import write_site

    write_site(night.data.warehouse, night.data.report)
