"""One delivery on its way into the warehouse: read, check, approve; each step is told in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from catalogue.errors import DeliveryError, HelhedsplanError
from tasks.approve import approve_by_policy
from tasks.checking.outcomes import NOT_CHECKED, OF_OUR_CORRECTIONS, SOMETHING_IS_LEFT, CheckOutcome, CheckOutcomes
from tasks.context import Night
from tasks.quarantine_life import open_case
from tasks.readings import newest_periods, part_told, readings_beside
from warehouse.deliveries import Delivery, deliveries, the_delivery

if TYPE_CHECKING:
    from tasks.read import Reading


def process_delivery(night: Night, delivery_id: str) -> None:
    """Read, check and approve one delivery. Raises HelhedsplanError where it must not go on."""
    delivery = read_and_check(night, delivery_id)
    if delivery.approved_at is None:
        approve_by_policy(night.data, night.catalogue, delivery, actor=night.actor)


def read_and_check(night: Night, delivery_id: str) -> Delivery:
    """Read and check one delivery; returns it as it was before. Raises HelhedsplanError where it must not go on."""
    delivery = the_delivery(deliveries(night.ledger.entries()), delivery_id)
    try:
        _check(night, delivery, _read(night, delivery))
    except HelhedsplanError:
        raise
    except (OSError, duckdb.Error) as error:
        raise HelhedsplanError(
            "a delivery could not be read or checked; it waits for the next run, and what is published stands",
            place=_names(delivery),
            expected="room on the disk, memory, and permission to write to the data directory",
            found=str(error).strip().partition("\n")[0],
            do="free disk space or correct the permissions and run refresh again; nothing received is lost",
        ) from error
    except Exception as error:
        raise HelhedsplanError(
            "checking failed on a delivery in a way that it does not know itself; it waits for the next run, and what "
            "is published stands",
            place=_names(delivery),
            found=f"{type(error).__name__}: {error}",
            do="report a fault of the program; nothing received is lost",
        ) from error
    return delivery


def _names(delivery: Delivery) -> str:
    names = [file.name for file in delivery.files]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _read(night: Night, delivery: Delivery) -> Reading:
    from tasks.read import read_delivery
    from tasks.reading.version import reading_version

    try:
        return read_delivery(night.data, night.catalogue, delivery, afresh=night.force)
    except DeliveryError as found:
        error = _naming_its_file(found, delivery)
    except (HelhedsplanError, OSError, duckdb.Error):
        raise
    except Exception as found:  # noqa: BLE001 - one odd file must not end the night of all sources
        error = DeliveryError(
            "the reader failed on a delivery in a way that it does not know itself",
            place=_names(delivery),
            found=f"{type(found).__name__}: {found}",
            do="hold the file against the source's contract; if the file is right, report a fault of the reader",
        )
    body = {
        "delivery_id": delivery.delivery_id,
        "run_id": night.run_id,
        "reading_version": reading_version(night.catalogue.source(delivery.source_id)),
        "problem": str(error),
    }
    night.ledger.append("delivery_unreadable", body, actor=night.actor)
    raise error


def _naming_its_file(error: DeliveryError, delivery: Delivery) -> DeliveryError:
    """A reader may know the column at fault and not the file; whoever gets the message needs both."""
    if any(file.name.rpartition("/")[2] in error.place for file in delivery.files):
        return error
    place = ", ".join(filter(None, [_names(delivery), error.place]))
    return DeliveryError(error.what, place=place, expected=error.expected, found=error.found, do=error.do)


def _check(night: Night, delivery: Delivery, reading: Reading) -> None:
    from tasks.check import check_delivery, check_version

    part = part_told(night, delivery, reading)
    previous, quarantined, later = readings_beside(night, delivery, part)
    outcomes = check_delivery(night.data, night.catalogue, delivery, reading.path, previous, later, quarantined)
    body = outcomes.to_body() | {
        "delivery_id": delivery.delivery_id,
        "run_id": night.run_id,
        "reading_version": reading.version,
        "check_version": check_version(night.catalogue, delivery, reading.version),
        "is_synthetic": delivery.is_synthetic or reading.is_synthetic,
        "notes": list(reading.notes),
        "newest_periods": newest_periods(reading, outcomes.quarantine_path),
        **part,
    }
    if not outcomes.stopped:
        # Before it counts as checked: a run that is cut off between the two tells of the rows the next time.
        open_case(night, delivery, outcomes.rows_quarantined, outcomes.quarantine_sha256)
        night.ledger.append("delivery_checked", body, actor=night.actor)
        return
    causes = _causes_of_stop(outcomes)
    problem = "; ".join(f"{one.check}: {one.because} ({one.observed})" for one in causes)
    night.ledger.append("delivery_stopped", body | {"problem": problem}, actor=night.actor)
    raise DeliveryError(
        f"a critical check stopped a delivery; {_what_stands(delivery, previous)}",
        place=_names(delivery),
        expected=" ".join(one.because for one in causes),
        found="; ".join(f"{one.check}: {one.observed}" for one in causes),
        do=f"{_what_to_do(delivery, outcomes, causes)}; nothing received is lost",
    )


def _what_to_do(delivery: Delivery, outcomes: CheckOutcomes, causes: list[CheckOutcome]) -> str:
    if [one.check for one in causes] == [OF_OUR_CORRECTIONS]:
        return "take that row out of catalogue/corrections.csv, or write there what the source says now, and refresh"
    if faulty := [one.check for one in causes if one.observed.startswith(NOT_CHECKED)]:
        return f"correct {', '.join(faulty)} under expectations/, the delivery itself may be right, and refresh"
    rows = f"look at the rows with `helhedsplan quarantine show {delivery.delivery_id}`, and "
    return f"{rows if outcomes.quarantine_path else ''}have the publisher correct the file and deliver it again"


def _causes_of_stop(outcomes: CheckOutcomes) -> list[CheckOutcome]:
    """The critical checks that failed; where no row is left, also what rejected the rows, which is the true cause."""
    failed = [one for one in outcomes.outcomes if not one.success]
    is_left = all(one.check != SOMETHING_IS_LEFT for one in failed)
    return [one for one in failed if one.severity == "critical" or (one.action == "quarantined" and not is_left)]


def _what_stands(delivery: Delivery, previous: Path | None) -> str:
    if previous is None and (delivery.good is None or delivery.approved_at is None):
        return "nothing good came before it"
    return "the last good figures stand and are marked stale"
