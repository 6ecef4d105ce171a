"""Faults that a test does already: the test is run, and its outcome counted."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from benchmarks.faults.result import REPOSITORY, Line
from catalogue.counted import counted
from tests.end_to_end.survival import EVERY_FAULT

SERVER = "tests/end_to_end/test_server_stopped.py::"
DISK = "tests/end_to_end/test_survival_disk.py::"
READ_ONLY_TOO = f"{DISK}test_a_disk_without_room_or_made_read_only_stops_each_run_in_words_until_it_takes_files_again"
# Fault -> how often within the test, what must hold, the tests.
TESTED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "`kill -9` at each stage of a refresh, from receipt to page": (
        "18 stages in turn, 2 while publishing",
        "all whole after each; the run after it gets there",
        ("tests/end_to_end/test_survival_killed.py::test_a_run_killed_at_each_stage_in_turn_gets_there_in_the_end",),
    ),
    "a delivery gone wrong as hypothesis chooses": (
        "1,000 deliveries of 5 originals, others each time",
        "0 crashes without a message, 0 rows unaccounted for",
        ("tests/test_mutated_deliveries.py",),
    ),
    "disk full": (
        "a small disk at 6 fillings, a limit on files at 6 sizes",
        "said in words; nothing published changes, nothing is lost; with room again the run gets there",
        (
            READ_ONLY_TOO,
            f"{DISK}test_a_limit_on_files_stops_each_run_in_words_and_one_without_it_gets_there",
        ),
    ),
    "no permission to write": (
        "8 places of the data directory",
        "the place is named; the last publication stands; with permission the run gets there",
        (
            f"{DISK}test_each_place_that_may_not_be_written_is_named_and_a_run_that_may_gets_there",
            f"{DISK}test_an_inbox_or_a_page_that_may_not_be_written_does_not_keep_the_figures_back",
        ),
    ),
    "disk made read-only under a data directory": (
        "1 remount",
        "said in words; reading goes on; writable again, the run gets there",
        (READ_ONLY_TOO,),
    ),
    "clock set back": (
        "1 hour, 2 entries",
        "no later act looks earlier; the chain holds",
        ("tests/test_ledger.py::test_a_clock_that_was_set_back_makes_no_later_act_look_earlier",),
    ),
    "two refreshes at once": (
        "1 pair, 1 killed holder",
        "the second says who is at work; the lock of a dead process is free",
        ("tests/test_lock.py",),
    ),
    "Prefect's server killed in the middle of a run": (
        "1 run",
        "published; the process ends within a minute of its work and says so",
        (f"{SERVER}test_a_server_killed_in_the_middle_neither_stops_the_publication_nor_holds_the_process",),
    ),
}


def by_test(fault: str) -> Line:
    """Run the tests of one fault; a test that cannot be run here makes the line say so."""
    how_often, must_hold, names = TESTED[fault]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--quiet", f"--junitxml={report}", *names]
        every = os.environ | {EVERY_FAULT: "yes"}
        ended = subprocess.run(command, cwd=REPOSITORY, env=every, capture_output=True, text=True, check=False)
        suite = ET.parse(report).getroot()[0] if report.exists() else ET.Element("testsuite")  # noqa: S314
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"] + (ended.returncode not in (0, 1))
    passed = counted(count["tests"] - failed - count["skipped"], "test")
    return Line(
        fault,
        how_often,
        must_hold,
        f"{passed} passed, {failed} failed, {count['skipped']} not possible",
        [ended.stdout[-600:]] if failed else [],
        time.monotonic() - began,
        was_tried=count["tests"] > count["skipped"] or bool(failed),
    )
