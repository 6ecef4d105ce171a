"""`helhedsplan serve` stopped and started again, and at last with its server killed: this is done last with it.

A server that is killed within a minute of its start is not begun once more, so the killing comes after the start.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deliveries_for_tests import entries_of
from tests.end_to_end.harness import held_run, until
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def told_by_doctor(run, served, monkeypatch) -> Callable[[str], tuple[str, str]]:
    """The state of one thing, and what doctor found."""
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(served.data))

    def told(name: str) -> tuple[str, str]:
        findings = json.loads(run("doctor", "--json")[1])
        return next((one["state"], one["found"]) for one in findings if one["name"] == name)

    return told


def test_doctor_tells_that_the_server_answers_and_when_the_next_night_is(served, told_by_doctor):
    assert told_by_doctor("Prefect") == ("ok", f"{served.api.url} answers")
    until(lambda: "next at" in told_by_doctor("schedule")[1], "doctor to know the next night")
    state, found = told_by_doctor("schedule")
    assert state == "ok"
    assert re.fullmatch(r"nightly is active; next at \d{4}-\d\d-\d\d 02:00 CES?T", found)


def test_the_schedule_is_active_after_a_stop_and_a_start(served, told_by_doctor):
    before = served.deployment("nightly")["schedules"]
    assert served.stop() == 0
    assert not (served.data / "prefect" / "api_url").exists()
    assert told_by_doctor("Prefect") == ("warning", "no schedule is served from this data directory")
    served.start()
    deployment = served.deployment("nightly")
    assert not deployment["paused"]
    (schedule,) = deployment["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["cron"] == "0 2 * * *" == before[0]["schedule"]["cron"]
    assert schedule["schedule"]["timezone"] == "Europe/Copenhagen"
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert deployment["global_concurrency_limit"]["limit"] == 1


def servers_of(served) -> set[int]:
    """The processes of Prefect's server that `serve` has begun."""
    tasks = Path(f"/proc/{served.process.pid}/task").glob("*/children")
    children = {int(one) for task in tasks for one in task.read_text().split()}
    return {one for one in children if b"\0server\0start" in Path(f"/proc/{one}/cmdline").read_bytes()}


@dataclass(frozen=True)
class Ended:
    """`helhedsplan serve` whose server was killed as often as it began one; a run that was on its way then."""

    told_by_serve: str
    exit_code_of_serve: int
    killed: set[int]
    data: DataDirectory
    told: str
    complaints: str
    exit_code: int
    at: datetime


@pytest.fixture(scope="module")
def ended(served, tmp_path_factory) -> Ended:
    """What is last done with this server: whatever begins it anew may do so, for serve ends as a failure."""
    folder, killed = tmp_path_factory.mktemp("orphan"), set()

    def has_given_up() -> bool:
        for server in servers_of(served) - killed:
            os.kill(server, signal.SIGKILL)
            killed.add(server)
        return served.process.poll() is not None

    with held_run(folder, served.api.url) as run:
        try:
            until(has_given_up, "serve to end")
        except BaseException:
            run.kill()
            raise
    try:
        told, complaints = run.communicate(timeout=240)
    finally:
        run.kill()
    at, of_serve = datetime.now(UTC), served.process.returncode
    data = DataDirectory(folder / "data")
    return Ended(served.told.read_text(), of_serve, killed, data, told, complaints, run.returncode, at)


def test_serve_ends_and_says_why_where_its_server_cannot_be_kept_alive(ended):
    assert ended.exit_code_of_serve == 1
    assert "Prefect's server could not be started\n  where:" in ended.told_by_serve
    assert "Traceback" not in ended.told_by_serve
    assert ended.killed != set()


def test_a_server_killed_in_the_middle_neither_stops_the_publication_nor_holds_the_process(ended):
    assert ended.exit_code == 0, ended.complaints
    assert ended.told.startswith("Published ")
    assert ended.data.warehouse.exists()
    assert "Prefect's server no longer answers: this run is complete" in ended.complaints
    assert "Traceback" not in ended.complaints
    # How long the work itself takes is a matter of the machine; what Prefect would wait for is not.
    (finished,) = entries_of(ended.data, "run_finished")
    assert ended.at - datetime.fromisoformat(finished.time) < timedelta(seconds=60)
