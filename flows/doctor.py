"""The part of `helhedsplan doctor` that is about Prefect: its API and the schedule."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx

from flows.prefect_api import ask
from flows.server import answers
from flows.settings import served_address
from tasks.doctor import Finding, guarded
from warehouse.clock import in_minutes
from warehouse.paths import DataDirectory

_START = "start `helhedsplan serve` (or its systemd unit); runs by hand go on without it"
_NIGHTLY = "nightly-refresh"


def examine_prefect(data: DataDirectory) -> list[Finding]:
    """Look at Prefect's server, if one serves this data directory or is named in PREFECT_API_URL."""
    return guarded("Prefect", lambda: _look(data))


def _look(data: DataDirectory) -> Iterator[Finding]:
    address = served_address(data)
    api_url = os.environ.get("PREFECT_API_URL") or (address.read_text("utf-8").strip() if address.exists() else "")
    if not api_url:
        yield Finding("Prefect", "warning", "no schedule is served from this data directory", _START)
        return
    if not answers(api_url):
        yield Finding("Prefect", "fault", f"{api_url} does not answer", _START)
        return
    yield Finding("Prefect", "ok", f"{api_url} answers")
    try:
        yield _schedule(api_url)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        yield Finding("schedule", "fault", f"{api_url} cannot be asked: {type(error).__name__}", _START)


def _schedule(api_url: str) -> Finding:
    deployments = ask(api_url, "deployments/filter", flows={"name": {"any_": [_NIGHTLY]}})
    active = [one for one in deployments if not one["paused"] and any(each["active"] for each in one["schedules"])]
    if not deployments:
        return Finding("schedule", "fault", "the nightly refresh is not registered", _START)
    if not active:
        return Finding(
            "schedule", "fault", "the nightly refresh is paused", "switch its schedule on in Prefect's pages"
        )
    if active[0]["status"] != "READY":
        return Finding("schedule", "fault", "the nightly refresh is registered, and nobody is there to run it", _START)
    planned = ask(
        api_url, "flow_runs/filter", limit=1, sort="EXPECTED_START_TIME_ASC",
        flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}}, flows={"name": {"any_": [_NIGHTLY]}},
    )  # fmt: skip
    when = f"; next at {in_minutes(planned[0]['expected_start_time'])}" if planned else ""
    return Finding("schedule", "ok", f"{active[0]['name']} is active{when}")
