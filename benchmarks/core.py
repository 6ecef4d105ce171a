"""The core of a refresh of samples/: catalogue, snapshots, read, withhold, build, publish; no checks, Prefect or page.

Run as `python -m benchmarks.core DATA`, DATA being an empty folder. The functions are the product's own; two threads
read, as in a refresh deliveries are read side by side. Great Expectations, the one step left out, is
measured with the large delivery. Each delivery is told to the ledger as checked with nothing found.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue.load import Catalogue, load_catalogue
from flows.process import begin_process, ready_to_end
from tasks.approve import approve_by_policy
from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.fetch import fetch_source
from tasks.publication import request_for
from tasks.read import read_delivery
from warehouse.build import Request, build
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory, shipped
from warehouse.publish import publish

ACTOR, RUN_ID = "benchmark", "run-000001"
THREADS = 2


def main() -> None:
    begin_process()
    data, catalogue = DataDirectory(Path(sys.argv[1])), load_catalogue()
    data.prepare()
    ledger = Ledger(data.ledger)
    ledger.append("data_directory_marked", {"mark": "sample"}, actor=ACTOR)
    ledger.append("run_started", {"run_id": RUN_ID}, actor=ACTOR)
    source_ids = tuple(source.source_id for source in catalogue.sources)
    for source_id in source_ids:
        fetch_source(data, catalogue, source_id, actor=ACTOR, samples=shipped("samples"))
    with ThreadPoolExecutor(THREADS) as threads:
        # Largest first, so that at the end no thread waits long for the other.
        received = sorted(deliveries(ledger.entries()).values(), key=_size_bytes, reverse=True)
        for _ in threads.map(lambda one: read_and_approve(data, catalogue, one), received):
            pass
    request = request_of(data, catalogue)
    built = build(request, data.building / RUN_ID / f"{request.publication_id}.duckdb", Withholding())
    publish(data, built, request, actor=ACTOR)


def _size_bytes(delivery: Delivery) -> int:
    return sum(file.size_bytes for file in delivery.files)


def request_of(data: DataDirectory, catalogue: Catalogue) -> Request:
    """What is to be built of all that has been read."""
    entries = tuple(Ledger(data.ledger).entries())
    return request_for(Night(data, catalogue, ACTOR, RUN_ID, entries[0].time, Plain(), ()), entries)


def read_and_approve(data: DataDirectory, catalogue: Catalogue, delivery: Delivery) -> None:
    """Read a delivery and tell the ledger that it was checked, with nothing found, and approved."""
    reading = read_delivery(data, catalogue, delivery)
    body = {
        "delivery_id": delivery.delivery_id,
        "reading_version": reading.version,
        "check_version": "none",
        "rows_in": reading.rows_in,
        "rows_loaded": reading.rows_in,
        "rows_quarantined": 0,
        "outcomes": [],
        "is_synthetic": delivery.is_synthetic or reading.is_synthetic,
    }
    Ledger(data.ledger).append("delivery_checked", body, actor=ACTOR)
    approve_by_policy(data, catalogue, delivery, actor=ACTOR)


if __name__ == "__main__":
    main()
    ready_to_end()
