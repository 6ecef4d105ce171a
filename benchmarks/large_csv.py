"""One large delivery on its way into the warehouse, as a night does it: receive, read, check, build, publish.

Run as `python -m benchmarks.large_csv CSV CATALOGUE DATA [STEPS]`: one process from an empty data directory to
a publication. Everything that a night does for a delivery is done, Great Expectations included; the board's
site, which does not grow with deliveries but with agreements, is not written. STEPS: a file for the seconds
of each step.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue.load import load_catalogue
from flows.process import begin_process, ready_to_end
from tasks.check import check_marts, preload
from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.process import process_delivery
from tasks.publication import request_for
from tasks.receive import deliver
from tasks.waves import waiting_waves
from warehouse.build import build
from warehouse.described import description_of
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import publish
from warehouse.steward import make_steward_file, setting_aside

SOURCE_ID, ACTOR = "lbf_boligsociale_data", "benchmark"


class Steps:
    """Seconds of each step, and the largest resident memory up to its end in MiB."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peak_mib: dict[str, int] = {}
        self._last = time.perf_counter()

    def end(self, step: str) -> None:
        """Name the step that ends now."""
        now = time.perf_counter()
        self.seconds[step] = round(now - self._last, 3)
        self.peak_mib[step] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        self._last = now


def main() -> None:
    begin_process()
    csv, home, folder = (Path(word) for word in sys.argv[1:4])
    steps, data = Steps(), DataDirectory(folder)
    catalogue = load_catalogue(home)
    data.prepare()
    Ledger(data.ledger).append("data_directory_marked", {"mark": "sample"}, actor=ACTOR)
    steps.end("catalogue")
    deliver(data, catalogue, csv, SOURCE_ID, actor=ACTOR, is_synthetic=True)
    steps.end("receive")
    preload()
    started = Ledger(data.ledger).append("run_started", {"run_id": "run-000001"}, actor=ACTOR)
    night = Night(data, catalogue, ACTOR, "run-000001", started.time, Plain(), (SOURCE_ID,))
    for wave in waiting_waves(night):
        for delivery_id in wave:
            process_delivery(night, delivery_id)
    steps.end("read and check")
    request = request_for(night, tuple(night.ledger.entries()))
    target, withholding = data.building / night.run_id / f"{request.publication_id}.duckdb", Withholding()
    built = build(request, target, setting_aside(withholding, target))
    if not withholding.report.passed:
        raise SystemExit(withholding.report.what_stops)
    steps.end("build")
    with ThreadPoolExecutor(2) as beside:
        steward_file = beside.submit(make_steward_file, request, built)
        description = beside.submit(description_of, built, request)
        if failed := [one for one in check_marts(built) if not one.success and one.severity == "critical"]:
            raise SystemExit(f"a mart fails {failed[0].check}: {failed[0].observed}")
    steps.end("check and describe the marts, and the steward's file")
    told, own = description.result(), steward_file.result()
    publish(data, built, request, actor=ACTOR, description=told, steward_file=own)
    steps.end("publish")
    if len(sys.argv) > 4:
        Path(sys.argv[4]).write_text(
            json.dumps({"seconds": steps.seconds, "peak_mib": steps.peak_mib}), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
    ready_to_end()
