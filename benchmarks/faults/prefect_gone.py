"""Prefect's server restarted, and its PostgreSQL gone, in the middle of a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.result import Line
from flows.server import answers
from tests.end_to_end.harness import Api, environment_of, free_port, held_run, until

MUST_HOLD = "published; the process ends within a minute; Prefect's record may be missing, and the run says so"
LONGEST_SECONDS = 60


@dataclass
class Server:
    """A Prefect server on 127.0.0.1 that can be killed and started again."""

    folder: Path
    database: str = ""

    def __post_init__(self) -> None:
        self.port = free_port()
        self.api_url = f"http://127.0.0.1:{self.port}/api"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        more = {
            "PREFECT_HOME": str(self.folder / "prefect"), "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        }  # fmt: skip
        more |= {"PREFECT_API_DATABASE_CONNECTION_URL": self.database} if self.database else {}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)],
                env=environment_of(self.folder, **more), stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: answers(self.api_url), "Prefect's server")

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def _ended(run: subprocess.Popen[str], folder: Path) -> tuple[str, list[str]]:
    """What is found of a run whose server was disturbed, and what did not hold."""
    began = time.monotonic()
    told, complaints = run.communicate(timeout=300)
    seconds = time.monotonic() - began
    offences = []
    if run.returncode or not told.startswith("Published ") or not (folder / "data" / "warehouse.duckdb").exists():
        offences.append(f"exit code {run.returncode}: {complaints[-300:]}")
    if "Traceback" in complaints:
        offences.append("a traceback on the screen")
    if seconds > LONGEST_SECONDS:
        offences.append(f"the process took {seconds:.0f} s to end")
    return f"published; ended {seconds:.0f} s later", offences


def server_restarted(folder: Path) -> Line:
    """Kill the server in the middle of a run and start it again at once."""
    began = time.monotonic()
    folder.mkdir()
    server = Server(folder)
    try:
        server.start()
        with held_run(folder, server.api_url) as run:
            server.kill()
            server.start()
        found, offences = _ended(run, folder)
        states = [one["state_name"] for one in Api(server.api_url).ask("flow_runs")]
    finally:
        server.kill()
    if states != ["Completed"]:
        offences.append(f"Prefect shows the run as {', '.join(states)}")
    how = "1 run, killed and started again"
    must = "published; Prefect shows the run as completed"
    shown = f"{found}; shown as {', '.join(states)}"
    return Line("Prefect's server restarted in the middle", how, must, shown, offences, time.monotonic() - began)


def postgres_gone(folder: Path) -> Line:
    """Stop the PostgreSQL of a Prefect server in the middle of a run, and start it again afterwards."""
    began = time.monotonic()
    line = Line("PostgreSQL of Prefect gone in the middle", "1 run", MUST_HOLD, "no PostgreSQL on this machine", [])
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if programs is None:
        line.was_tried = False
        return line
    folder.mkdir()
    postgres = Postgres(programs)
    postgres.create()
    server = Server(folder, postgres.url)
    try:
        server.start()
        with held_run(folder, server.api_url) as run:
            postgres.control("stop", "--mode=immediate")
        line.found, line.offences = _ended(run, folder)
        postgres.control("start")
        until(lambda: _has_runs(server.api_url), "Prefect's server to find its database again")
        line.found += "; with PostgreSQL back the server answers again by itself"
    finally:
        server.kill()
        postgres.remove()
    line.seconds = time.monotonic() - began
    return line


def _has_runs(api_url: str) -> bool:
    try:
        return bool(Api(api_url).ask("flow_runs"))
    except (AssertionError, OSError, ValueError):
        return False


@dataclass
class Postgres:
    """A PostgreSQL of our own on 127.0.0.1; it refuses to run as root, so it runs as Debian's user for it."""

    programs: Path

    def __post_init__(self) -> None:
        # Not below a folder that is root's alone: the other user must be able to walk there.
        self.folder = Path(tempfile.mkdtemp(prefix="helhedsplan-postgres-"))
        self.port = free_port()
        self.url = f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make its database and start it."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", f"--pgdata={self.folder}/db")
        self.control("start")

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        with suppress(subprocess.CalledProcessError):
            self.control("stop", "--mode=immediate")
        shutil.rmtree(self.folder)

    def control(self, act: str, *more: str) -> None:
        """Start or stop it and wait until that is done."""
        options = ["-o", f"-p {self.port} -h 127.0.0.1 -k {self.folder}", f"--log={self.folder}/log"]
        self._run("pg_ctl", act, f"--pgdata={self.folder}/db", *(options if act == "start" else more))

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(self.programs / program), *arguments]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
