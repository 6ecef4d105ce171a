"""The core of a refresh of samples/: catalogue, snapshots, read, build, publish; without checks, Prefect or a page.

Run as `python -m benchmarks.core DATA`, DATA being an empty folder. The functions are the product's own, one
source after the other in two threads, as a refresh calls them; Great Expectations, the one step left out, is
measured with the large delivery. Each delivery is told to the ledger as checked with nothing found.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue.load import Catalogue, load_catalogue
from tasks.approve import approve_by_policy
from tasks.context import Night, Plain
from tasks.fetch import fetch_source
from tasks.publication import request_for
from tasks.read import read_delivery
from warehouse.build import build
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory, shipped
from warehouse.publish import publish

ACTOR, RUN_ID = "benchmark", "run-000001"
THREADS = 2


def main() -> None:
    data, catalogue = DataDirectory(Path(sys.argv[1])), load_catalogue()
    data.prepare()
    ledger = Ledger(data.ledger)
    started = ledger.append("run_started", {"run_id": RUN_ID}, actor=ACTOR)
    source_ids = tuple(source.source_id for source in catalogue.sources)
    with ThreadPoolExecutor(THREADS) as threads:
        samples = shipped("samples")
        for _ in threads.map(lambda one: fetch_source(data, catalogue, one, actor=ACTOR, samples=samples), source_ids):
            pass
        received = list(deliveries(ledger.entries()).values())
        for _ in threads.map(lambda one: _read(data, catalogue, one), received):
            pass
    night = Night(data, catalogue, ACTOR, RUN_ID, started.time, Plain(), source_ids, samples)
    request = request_for(night, tuple(ledger.entries()))
    built = build(request, data.building / RUN_ID / f"{request.publication_id}.duckdb")
    publish(data, built, request, actor=ACTOR)


def _read(data: DataDirectory, catalogue: Catalogue, delivery: Delivery) -> None:
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
