"""The installed command, `helhedsplan serve` and Prefect's API as the end-to-end tests use them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock

HELHEDSPLAN = Path(sys.executable).with_name("helhedsplan")
START_SECONDS = 120
# What the name of the first refresh with the server says.
FIRST = "refresh: all sources (samples)"
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition: Callable[[], Any], what: str, seconds: float = START_SECONDS) -> Any:
    """Wait until a condition of another process holds, and return what it gave."""
    give_up, pause = time.monotonic() + seconds, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < give_up, f"waited {seconds} seconds in vain for {what}"
        pause.wait(0.2)  # each time the other process has to answer
    return found


def environment_of(data: Path, **more: str) -> dict[str, str]:
    """This process's environment without its Prefect settings, and with a data directory."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return known | {"HELHEDSPLAN_DATA": str(data), "HELHEDSPLAN_ACTOR": "Test Steward"} | more


def helhedsplan(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The installed command, run to its end."""
    return subprocess.run(
        [HELHEDSPLAN, *arguments],
        env=environment_of(data, **more), capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def in_state(*types: str) -> dict[str, Any]:
    """A filter of the API: runs in one of these types of state."""
    return {"state": {"type": {"any_": types}}}


# One for all questions, for making one takes longer than an answer; a connection for each, for servers come and go.
CLIENT = httpx.Client(timeout=60, verify=False, limits=httpx.Limits(max_keepalive_connections=0))  # noqa: S501


@dataclass
class Api:
    """What a Prefect server tells over its API."""

    url: str

    def call(self, method: str, path: str, **body: Any) -> httpx.Response:
        """An answer of the server. It says 503 while SQLite is locked; Prefect's own client asks again too."""
        send = partial(CLIENT.request, method, f"{self.url}/{path}", **({"json": body} if body else {}))
        return until(lambda: None if (answer := send()).status_code == 503 else answer, f"{method} {path}")

    def told(self, method: str, path: str, **body: Any) -> Any:
        answer = self.call(method, path, **body)
        assert answer.is_success, answer.text
        return answer.json()

    def ask(self, what: str, **question: Any) -> list[dict[str, Any]]:
        return self.told("POST", f"{what}/filter", **question)

    def start(self, deployment_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Ask for a run of a deployment now, as a person does on the server's pages."""
        path = f"deployments/{deployment_id}/create_flow_run"
        return self.told("POST", path, state={"type": "SCHEDULED"}, parameters=parameters)

    def ended(self, flow_run_id: str) -> dict[str, Any] | None:
        """A run once it has ended, None before."""
        run = self.told("GET", f"flow_runs/{flow_run_id}")
        return run if run["state_type"] in ENDED else None

    def run_by_hand(self, what: str) -> dict[str, Any]:
        """The one run that the command began with this server, by what its name says after the day."""
        asked = {"name": {"like_": f" {what}"}, "tags": {"all_": ["by hand"]}, "deployment_id": {"is_null_": True}}
        (found,) = [one for one in self.ask("flow_runs", flow_runs=asked) if one["name"].endswith(f" {what}")]
        return found

    def shown(self, flow_run_id: str, key: str) -> dict[str, Any]:
        """The one artifact under a key that a run has left."""
        (found,) = self.ask("artifacts", artifacts={"key": {"any_": [key]}, "flow_run_id": {"any_": [flow_run_id]}})
        return found

    def task_names(self, flow_run_id: str) -> dict[str, str]:
        """Task-run name -> its state's name."""
        tasks = self.ask("task_runs", flow_runs={"id": {"any_": [flow_run_id]}})
        return {task["name"]: task["state_name"] for task in tasks}


class Served:
    """`helhedsplan serve` in a data directory of its own; can be stopped and started again."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.api = Api(f"http://127.0.0.1:{self.port}/api")
        self.process: subprocess.Popen[str] | None = None
        self.told = data.parent / "serve.txt"

    def start(self) -> None:
        with self.told.open("w") as told:
            self.process = subprocess.Popen(
                [HELHEDSPLAN, "serve", "--port", str(self.port)],
                env=environment_of(self.data, PREFECT_RUNNER_POLL_FREQUENCY="1"),
                stdout=told, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        until(lambda: "Every night" in self.told.read_text() or self.process.poll() is not None, "serve")
        assert self.process.poll() is None, self.told.read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS)

    def deployment(self, name: str) -> dict[str, Any]:
        return next(one for one in self.api.ask("deployments") if one["name"] == name)


@contextmanager
def held_run(folder: Path, api_url: str) -> Iterator[subprocess.Popen[str]]:
    """A refresh on that server that has begun and waits to write its first line; it goes on when the block ends."""
    data = folder / "data"
    data.mkdir(parents=True)
    # The run's first line in the ledger waits for this lock: the flow has begun, and all its work is to come.
    with FileLock(data / "ledger.jsonl.lock"):
        run = subprocess.Popen(
            [HELHEDSPLAN, "refresh", "--samples", "--source", "valg_dk"],
            env=environment_of(data, PREFECT_API_URL=api_url),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running = in_state("RUNNING") | {"tags": {"all_": [f"data:{data}"]}}
        until(lambda: Api(api_url).ask("flow_runs", flow_runs=running), "the run to begin")
        until((data / "refresh.holder.json").exists, "the run to hold the data directory")
        yield run
