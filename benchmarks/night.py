"""A night with nothing new against the least that Prefect itself does, both on the same running server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Command, Timing, helhedsplan, python, run, side_by_side

START_SECONDS = 120


def measure(folder: Path, times: int) -> dict[str, Timing]:
    """Timings of `ours`, `empty flow` and `empty flow without heartbeats`; the first run is not counted."""
    data = {"HELHEDSPLAN_DATA": str(folder / "night"), "HELHEDSPLAN_ACTOR": "benchmark"}
    run(Command(helhedsplan("refresh", "--samples", "--plain"), data))
    with prefect_server(folder / "prefect") as server:
        empty = python("-m", "benchmarks.empty_flow")
        commands = {
            "ours": Command(helhedsplan("refresh", "--samples", "--plain"), data | server),
            "empty flow": Command(empty, server),
            "empty flow without heartbeats": Command((*empty, "--without-heartbeats"), server),
        }
        return side_by_side(commands, times)


@contextmanager
def prefect_server(home: Path) -> Iterator[dict[str, str]]:
    """A Prefect server of its own on a free port of loopback; gives the environment of its clients."""
    port = _free_port()
    home.mkdir(parents=True)
    settings = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    words = [
        str(Path(sys.executable).with_name("prefect")),
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(words, env=os.environ | settings, stdout=log, stderr=log)
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/api/health", server)
        yield settings | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    finally:
        server.terminate()
        server.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - an address of ours
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("the Prefect server did not start")
