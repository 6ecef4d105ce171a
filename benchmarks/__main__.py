"""`make bench`: every comparison side by side in one run, whole processes; prints the table and keeps it.

`python -m benchmarks --quick` leaves the large deliveries out, `--ten-million` adds the one of 10 million rows
(some minutes, 20 GB of temporary disk). RESULTS.md and results.json beside this file are written.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks import night
from benchmarks.measure import Command, Timing, helhedsplan, python, run, side_by_side

HERE = Path(__file__).resolve().parent
TIMES, TIMES_TEN_MILLION = 5, 3


def main() -> None:
    """Measure, print, keep."""
    rows: list[tuple[str, str, str]] = []
    kept: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="helhedsplan-bench-") as name:
        folder = Path(name)
        for row, timings in (_help(), _core(folder), _night(folder), *_large(folder)):
            rows.append(row)
            kept[row[0]] = {label: timing.as_dict() for label, timing in timings.items()}
            print(" | ".join(row), flush=True)
    table = ["| work | must reach | measured |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    (HERE / "RESULTS.md").write_text(_HEAD + "\n".join(table) + "\n", encoding="utf-8")
    (HERE / "results.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


_HEAD = """# Measured

By `make bench`: whole processes, each comparison in turns (A B A B …) in the same run, medians. Read ratios rather than
seconds: the machine was shared. Every single run is in results.json.

"""
Row = tuple[tuple[str, str, str], Mapping[str, Timing]]


def _help() -> Row:
    timings = side_by_side({"ours": Command(helhedsplan("--help"))}, TIMES)
    return ("`helhedsplan --help`", "≤ 0.4 s", f"{timings['ours'].median:.2f} s"), timings


def _core(folder: Path) -> Row:
    home = folder / "core"
    command = Command(python("-m", "benchmarks.core", str(home)), make_ready=lambda: _emptied(home))
    timings = side_by_side({"ours": command}, TIMES)
    work = "core of a refresh of `samples/`: catalogue, snapshots, read, build, publish"
    return (work, "≤ 1.0 s", f"{timings['ours'].median:.2f} s"), timings


def _night(folder: Path) -> Row:
    timings = night.measure(folder, TIMES)
    ours, empty = timings["ours"].median, timings["empty flow"].median
    bare = timings["empty flow without heartbeats"].median
    measured = f"{ours / empty:.2f} x ({ours:.2f} s; {ours / bare:.2f} x one without heartbeats)"
    return ("a night with nothing new, Prefect server running", "≤ 1.3 x an empty flow", measured), timings


def _large(folder: Path) -> list[Row]:
    if "--quick" in sys.argv:
        return []
    found = [_delivery(folder, 1_000_000, TIMES)]
    if "--ten-million" in sys.argv:
        found.append(_delivery(folder, 10_000_000, TIMES_TEN_MILLION))
    return found


def _delivery(folder: Path, rows: int, times: int) -> Row:
    run(Command(python("-m", "benchmarks.generate", str(folder), str(rows))))
    csv, home, published = folder / f"{rows}.csv", folder / "ours", folder / f"published-{rows}.duckdb"
    ours = Command(
        python("-m", "benchmarks.large_csv", str(csv), str(folder / "catalogue"), str(home)),
        make_ready=lambda: _emptied(home),
    )
    run(ours)
    shutil.copyfile(home / "warehouse.duckdb", published)
    peer = Command(python("-m", "benchmarks.peer_duckdb", str(csv), str(folder / "peer.duckdb"), str(published)))
    timings = side_by_side({"ours": ours, "DuckDB alone": peer}, times, warm=False)
    mine, other = timings["ours"], timings["DuckDB alone"]
    measured = f"{mine.median / other.median:.2f} x ({mine.median:.1f} s, peak {mine.peak_mib / 1024:.1f} GiB)"
    work = f"an LBF-shaped CSV of {rows // 1_000_000} million observations: receive, read, check, build, publish"
    return (work, "≤ 1.8 x DuckDB alone, ≤ 4 GiB", measured), timings


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
