"""`make bench`: every comparison in one run, whole processes in turns; prints the table and keeps it.

`python -m benchmarks` takes about 35 minutes on two quiet cores and 10 GB of temporary disk, and tells of each process
as it ends; `--quick` leaves the large deliveries out and takes four, `--delivery ROWS` measures one of them.
RESULTS.md and results.json lie beside this file.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import night, peer_dbt
from benchmarks.measure import Command, Timing, helhedsplan, python, run, side_by_side
from benchmarks.table import HEAD, OURS, Result, keep, ratio_to_first_peer

HERE = Path(__file__).resolve().parent
# Ten million rows five times each way would make the whole longer than anybody waits for.
TIMES = {1_000_000: 5, 10_000_000: 3}
FOUR_GIB = 4096
REMARKS = """\
- Made by `make bench`: whole processes, each comparison in turns (A B A B …) within one run; median (min–max) of 5
  runs, of 3 for 10 million observations. The machine was shared: read ratios rather than seconds.
- Peak memory is the largest resident memory of any of our runs.
- A night with nothing new is `helhedsplan refresh --samples` a second time. A flow ends with its last heartbeat, which
  helhedsplan turns off where a person waits; the second empty flow has turned it off too.
- The core is `benchmarks/core.py`; beside it dbt-duckdb makes the same tables of rows that are parsed already.
- Withholding and its attack are part of the core and of the large deliveries, as of every publication; the attack's
  line is the whole process, drawing the counts included.
- DuckDB alone loads the CSV as text into a table, casts it by hand-written SQL and makes the same marts by the same
  SELECTs with the same settings, one after another (`benchmarks/peer_duckdb.py`). What is withheld is told to it; it
  neither checks, withholds, attacks, traces nor publishes. The marts are compared and must be equal.
"""


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--intervals", type=int, metavar="ROWS", help="measure what intervals cost, and nothing else")
    parser.add_argument("--delivery", type=int, metavar="ROWS", help="measure one large delivery and nothing else")
    parser.add_argument("--quick", action="store_true", help="leave the large deliveries out")
    options = parser.parse_args()
    results = []
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="helhedsplan-bench-") as name:
        folder = Path(name)
        for result in _wanted(folder, options):
            print(result.line(), flush=True)
            results.append(result)
            # After each line, so that a run that is cut off has measured something.
            keep(HERE, results, REMARKS)


def _wanted(folder: Path, options: argparse.Namespace) -> Iterator[Result]:
    if options.intervals:
        yield _intervals(folder, options.intervals)
    elif options.delivery:
        yield _delivery(folder, options.delivery, TIMES[options.delivery])
    else:
        yield from _results(folder, quick=options.quick)


def _results(folder: Path, *, quick: bool) -> Iterator[Result]:
    yield _help()
    yield _core(folder)
    yield _night(folder)
    yield _attack(folder)
    if not quick:
        yield from _large(folder)


def _help() -> Result:
    timings = side_by_side({OURS: Command(helhedsplan("--help"))}, 5)
    return Result("`helhedsplan --help`", "≤ 0.4 s", timings, timings[OURS].median <= 0.4)


def _night(folder: Path) -> Result:
    timings = night.measure(folder, 5)
    reached = (ratio_to_first_peer(timings) or 0) <= 1.3
    work = "a night with nothing new, Prefect server running"
    return Result(work, "≤ 1.3 x a Prefect flow with one empty task", timings, reached)


def _core(folder: Path) -> Result:
    home, project = folder / "core", folder / "dbt"
    commands = {OURS: Command(python("-m", "benchmarks.core", str(home)), make_ready=lambda: _emptied(home))}
    run(commands[OURS])
    try:
        peer_dbt.make_environment()
        # The peer reads what was parsed, so it has a copy that our runs do not empty.
        shutil.copytree(home, folder / "parsed")
        run(Command(python("-m", "benchmarks.peer_dbt", str(folder / "parsed"), str(project))))
        commands["dbt build of the same tables"] = peer_dbt.command(project)
    except subprocess.CalledProcessError as error:
        print(f"dbt is left out: {error}", file=sys.stderr)
    timings = side_by_side(commands, 5)
    work = "core of a refresh of `samples/`: catalogue, snapshots, read, build, publish"
    return Result(work, "≤ 1.0 s", timings, timings[OURS].median <= 1.0)


def _attack(folder: Path) -> Result:
    report = folder / "attack.json"
    timings = side_by_side({OURS: Command(python("-m", "benchmarks.attack", str(report)))}, 3, warm=False)
    work = "withholding and the attack: 100 agreements, 400 areas, 6,800 departments, 10 periods, 9 indicators"
    reached = timings[OURS].median <= 60
    return Result(work, "≤ 60 s on 2 cores, and the attack passes", timings, reached, json.loads(report.read_text()))


def _large(folder: Path) -> Iterator[Result]:
    found: dict[int, Timing] = {}
    for rows, times in TIMES.items():
        result = _delivery(folder, rows, times)
        found[rows] = result.timings[OURS]
        yield result
    smaller, larger = found.values()
    yield _intervals(folder)
    timings = {OURS: larger, "1 million": smaller}
    yield Result("10 million observations against 1 million", "≤ 11 x", timings, larger.median <= 11 * smaller.median)


def _delivery(folder: Path, rows: int, times: int) -> Result:
    run(Command(python("-m", "benchmarks.generate", str(folder), str(rows))))
    csv, home, steps = folder / f"{rows}.csv", folder / "large", folder / "steps.json"
    words = ("benchmarks.large_csv", str(csv), str(folder / "catalogue"), str(home), str(steps))
    peer = ("benchmarks.peer_duckdb", str(csv), str(folder / "peer.duckdb"), str(home / "warehouse.duckdb"))
    commands = {
        OURS: Command(python("-m", *words), make_ready=lambda: _emptied(home)),
        "DuckDB alone": Command(python("-m", *peer)),
    }
    timings = side_by_side(commands, times, warm=False)
    run(Command(python("-m", "benchmarks.equal_marts", str(home / "warehouse.duckdb"), str(folder / "peer.duckdb"))))
    csv.unlink()
    reached = (ratio_to_first_peer(timings) or 0) <= 1.8 and timings[OURS].peak_mib <= FOUR_GIB
    work = f"{rows // 10**6} million observations in an LBF-shaped CSV: receive, read, check, build, publish"
    return Result(work, "≤ 1.8 x DuckDB alone, ≤ 4 GiB", timings, reached, json.loads(steps.read_text()))


def _intervals(folder: Path, rows: int = 10_000_000) -> Result:
    """The build alone, of rows that are parsed already, with the statistical macros and with none."""
    run(Command(python("-m", "benchmarks.generate", str(folder), str(rows))))
    home, target, catalogue = folder / "intervals", folder / "intervals.duckdb", str(folder / "catalogue")
    read = Command(python("-m", "benchmarks.intervals", "read", str(folder / f"{rows}.csv"), catalogue, str(home)))
    run(read)
    words = ("-m", "benchmarks.intervals", "build", str(home), catalogue, str(target))
    commands = {OURS: Command(python(*words)), "the same without intervals": Command(python(*words, "plain"))}
    timings = side_by_side(commands, 3, warm=False)
    (folder / f"{rows}.csv").unlink()
    reached = (ratio_to_first_peer(timings) or 0) <= 1.5
    work = f"{rows // 10**6} million observations through macros and marts, parsed rows to a warehouse"
    return Result(work, "≤ 1.5 x the same marts without intervals", timings, reached)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
