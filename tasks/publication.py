"""From deliveries in force to a publication: build aside, check the marts, put in place, write the site."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalogue.errors import PublicationBlockedError
from tasks.checking.outcomes import CheckOutcome
from tasks.context import Night
from tasks.disclosure.published_before import published_before
from tasks.disclosure.withhold import Report, Withholding
from tasks.freshness import freshness
from tasks.quarantine_life import tell_what_came_good
from warehouse.build import Input, Request, build
from warehouse.code_digest import code_digest, folder_digest
from warehouse.compare import ChangedFigure, changed_figures
from warehouse.deliveries import Delivery, deliveries, in_force
from warehouse.described import description_of, fingerprints
from warehouse.ledger import Entry
from warehouse.papers import keep_papers
from warehouse.parsed import parsed_path
from warehouse.paths import shipped
from warehouse.publish import Publication, last_publication, publish
from warehouse.quarantine import quarantine_path
from warehouse.query import open_published
from warehouse.sql_files import sql_files
from warehouse.steward import make_steward_file, setting_aside


@dataclass(frozen=True)
class Published:
    """What a run left as the current publication, and whether it made it."""

    publication: Publication
    is_new: bool
    report: Path
    differences: tuple[ChangedFigure, ...] = ()


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
        or not night.data.steward.exists()
        or _something_is_overdue(night)
        or (night.force and _comes_out_otherwise(night, request))
    )
    publication = _build_and_publish(night, request) if is_new or last is None else last
    tell_what_came_good(night, is_new_publication=is_new)
    if night.papers:
        _write_report(night, publication)
    differences = _differences(night, request) if night.force and is_new else ()
    return Published(publication, is_new, night.data.report / "index.html", differences)


def _comes_out_otherwise(night: Night, request: Request) -> bool:
    """Whether what was read again makes other marts than the current ones, from the same inputs as they have it."""
    marts = [file.table for file in sql_files(["mart"])]
    again = build(request, night.data.building / night.run_id / "again.duckdb", Withholding(), wanted=marts)
    now, before = fingerprints(again), fingerprints(night.data.warehouse)
    again.unlink()
    # What the calendar says of a source follows the day, not the rows.
    return {**now, "mart.freshness": None} != {**before, "mart.freshness": None}


def _differences(night: Night, request: Request) -> tuple[ChangedFigure, ...]:
    return tuple(changed_figures(request.previous, night.data.warehouse)) if request.previous else ()


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
    inputs = tuple(by_rows.values())
    return Request(
        inputs=inputs,
        entries=entries,
        expected=tuple(freshness(night.data, night.catalogue, entries, night.run_id, night.as_of)),
        catalogue=night.catalogue,
        run_id=night.run_id,
        as_of=night.as_of,
        previous=_previous(night, entries),
        published_before=published_before(night, entries, inputs),
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
    source = night.catalogue.source_by_id.get(delivery.source_id)
    return Input(
        delivery_id=delivery.delivery_id,
        source_id=delivery.source_id,
        reading=reading,
        quarantine=quarantine_path(night.data, delivery.delivery_id, checked) if quarantined else None,
        version=f"{version} {checked}",
        holds=source.holds if source else "figures",
    )


def _build_and_publish(night: Night, request: Request) -> Publication:
    target, withholding = night.data.building / night.run_id / f"{request.publication_id}.duckdb", Withholding()
    built = build(request, target, setting_aside(withholding, target))
    _judge_attack(night, request, withholding.report)
    with ThreadPoolExecutor(2, "publish") as beside:
        steward_file = beside.submit(make_steward_file, request, built)
        description = beside.submit(description_of, built, request)
        _check_marts(night, request, built)
    return publish(
        night.data,
        built,
        request,
        actor=night.actor,
        description=description.result(),
        steward_file=steward_file.result(),
    )


def _judge_attack(night: Night, request: Request, report: Report) -> None:
    night.ledger.append("disclosure_attacked", report.body, actor=night.actor)
    if report.passed:
        return
    body = {"publication_id": request.publication_id, "run_id": night.run_id, "problem": report.what_stops}
    night.ledger.append("publication_blocked", body, actor=night.actor)
    raise PublicationBlockedError(
        "small counts that are withheld could be worked out from what is or was published; the last publication stands",
        place=request.publication_id,
        expected="every withheld count possible within an interval as wide as its source's contract asks",
        found=report.what_stops,
        do="reject the delivery that brought them; or, if an earlier publication showed the very counts, have the data"
        " steward accept that in the source's contract (disclosure: accepted_exposure) and refresh again",
    )


def _check_marts(night: Night, request: Request, built: Path) -> None:
    from tasks.check import check_marts

    outcomes = check_marts(built)
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


def _write_report(night: Night, publication: Publication) -> None:
    """Write the site and keep its bytes, unless it is of this publication and by these templates.

    A run that died between publishing and this left the page of an earlier one.
    """
    templates, code = folder_digest(shipped("reports")), code_digest("tasks/report.py", "tasks/reporting/*.py")
    made_of, mark = f"{publication.publication_id} {templates} {code}\n", night.data.report / ".made-of"
    page = night.data.report / "index.html"
    if page.exists() and mark.exists() and mark.read_text(encoding="utf-8") == made_of:
        return
    from tasks.report import write_report

    write_report(night.data.warehouse, night.data.report, night.ledger.entries())
    keep_papers(night.data, night.data.report, publication.publication_id, actor=night.actor)
    mark.write_text(made_of, encoding="utf-8")
