"""The flows on a real Prefect server: what it shows, and what it has planned."""

import os
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.deliveries_for_tests import good_run, run, small_data
from tests.end_to_end.harness import FIRST, helhedsplan, in_state, until
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


def test_each_step_is_a_task_that_says_what_it_worked_on(served, served_refresh):
    assert served_refresh.returncode == 0, served_refresh.stderr
    run = served.api.run_by_hand(FIRST)
    assert run["state_type"] == "COMPLETED"
    tasks = served.api.task_names(run["id"])
    assert {"fetch valg_dk", "fetch statbank", "build and publish"} <= set(tasks)
    assert {name.partition("-")[0] for name in tasks if name.startswith("read and check ")} == {
        "read and check valg_dk", "read and check ministry_list"
    }  # fmt: skip
    assert set(tasks.values()) == {"Completed"}


def test_the_summary_of_a_run_is_an_artifact(served, served_refresh):
    shown = served.api.shown(served.api.run_by_hand(FIRST)["id"], "run-summary")
    assert "| source | state |" in shown["data"]
    assert "| [valg_dk](https://" in shown["data"]
    assert "](/artifacts/key/quarantine) |" in shown["data"]


def test_a_refresh_on_a_server_is_as_quiet_as_one_alone(served_refresh):
    assert served_refresh.stdout.startswith("Published ")
    assert all(": done (" in line for line in served_refresh.stderr.splitlines()), served_refresh.stderr


def test_a_night_that_the_server_starts_itself_with_nothing_new_is_a_success_and_says_so(served, served_refresh):
    deployment = served.deployment("nightly")
    assert deployment["entrypoint"] == "flows.refresh.nightly_refresh"
    run = served.api.start(deployment["id"], {"samples": True})
    ended = until(lambda: served.api.ended(run["id"]), "the run that the server started")
    assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "Nothing new")
    # The server hears of tasks by events, which come after the run's own end.
    until(lambda: "build and publish" in served.api.task_names(run["id"]), "the server to hear of the run's tasks")


TURNOUT = """SELECT * EXCLUDE (known_at) FROM mart.indicator_series
    WHERE source_id = 'valg_dk' AND value IS NOT NULL ORDER BY ALL"""


def turnout_in(data):
    with duckdb.connect(data / "warehouse.duckdb", read_only=True) as warehouse:
        return warehouse.execute(TURNOUT).fetchall()


def test_with_a_server_and_alone_the_same_flow_gives_the_same_figures(served, served_refresh, tmp_path_factory):
    alone = good_run(tmp_path_factory.getbasetemp())
    assert turnout_in(alone.data.root) == turnout_in(served.data)
    assert len(turnout_in(served.data)) > 1


@pytest.fixture
def failing(tmp_path_factory, data_folder) -> DataDirectory:
    """A data directory with a fault that last night told of already: another night has nothing to build."""
    data = small_data(tmp_path_factory.getbasetemp(), data_folder)
    folder = data.inbox / "ministry_list" / "Ny mappe"
    folder.mkdir(parents=True)
    os.utime(folder, (0, 0))  # nobody is filling it any more
    assert run(data, "ministry_list", papers=True).exit_code == 1
    return data


def test_a_run_with_a_problem_is_shown_as_failed_in_words(served, served_refresh, failing):
    failed = helhedsplan(failing.root, "refresh", "--source", "ministry_list", PREFECT_API_URL=served.api.url)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stdout + failed.stderr
    shown = served.api.run_by_hand("refresh: ministry_list")
    assert shown["state_type"] == "FAILED"
    assert shown["state"]["message"].startswith("ministry_list: ")
    logs = served.api.ask("logs", logs={"flow_run_id": {"any_": [shown["id"]]}})
    assert not [line["message"] for line in logs if "Traceback" in line["message"]]


def test_serve_listens_on_this_machine_alone(served):
    port = f":{served.port:04X}"
    sockets = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()]
    listening = [fields[1] for fields in sockets if fields[1].endswith(port) and fields[3] == "0A"]
    assert listening == [f"0100007F{port}"]


def test_the_coming_nights_are_really_planned(served):
    def planned():
        return served.api.ask("flow_runs", flow_runs=in_state("SCHEDULED"))

    nights = until(planned, "the scheduler to plan the coming nights")
    assert {night["deployment_id"] for night in nights} == {served.deployment("nightly")["id"]}


def test_workers_get_the_same_deployment_from_the_project_file(repository_root):
    from prefect.flows import load_flow_from_entrypoint

    from flows.serve import CRON, DEPLOYMENT, TIME_ZONE

    deployments = yaml.safe_load((repository_root / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    nightly = next(one for one in deployments if one["name"] == DEPLOYMENT)
    assert nightly["schedules"] == [{"cron": CRON, "timezone": TIME_ZONE, "active": True}]
    assert nightly["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    flows = [load_flow_from_entrypoint(one["entrypoint"], use_placeholder_flow=False) for one in deployments]
    assert [flow.name for flow in flows] == ["nightly-refresh", "rerun-source", "rehearse-delivery"]


def test_none_stands_for_every_source_and_every_period_as_an_empty_choice_does():
    from flows.refresh import nightly_refresh, rerun_source

    assert nightly_refresh.validate_parameters({"source_ids": None})["source_ids"] == ()
    assert rerun_source.validate_parameters({"source_id": "statbank", "by": "eva", "period": None})["period"] == ""
