"""Prefect's server: whether one answers, and one of our own as a process beside this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

import httpx

from catalogue.errors import HelhedsplanError

HOST = "127.0.0.1"
# A server that is gone refuses at once; one on a busy machine may take a while.
ANSWER_SECONDS = 5.0
START_SECONDS = 120.0
STOP_SECONDS = 20.0
# A server that dies sooner than this after its start is not started yet again.
_SHORTEST_LIFE_SECONDS = 60.0


def answers(api_url: str) -> bool:
    """True if a Prefect server answers at this address within five seconds."""
    try:
        answer = httpx.get(f"{api_url.rstrip('/')}/health", timeout=ANSWER_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    # A server that wants a password is there, too.
    return answer.status_code in (200, 401, 403)


class OwnServer:
    """A server on 127.0.0.1 for as long as the context lasts; one that dies on the way is started again.

    One that cannot be, or dies at once, is `lost`: this process is then told to stop as by SIGTERM, for a schedule
    that nobody can see or change is none.
    """

    def __init__(self, port: int, log: Path) -> None:
        self.api_url = f"http://{HOST}:{port}/api"
        self.port = port
        self.log = log
        self.lost: HelhedsplanError | None = None
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it answers. Raises HelhedsplanError if it does not."""
        self._start()
        threading.Thread(target=self._start_again_if_it_dies, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask it to stop, and end it if it does not within twenty seconds."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> None:
        # Without its port in the settings the server's pages would ask for their data at 4200.
        environment = os.environ | {"PREFECT_SERVER_API_HOST": HOST, "PREFECT_SERVER_API_PORT": str(self.port)}
        environment.pop("PREFECT_API_URL", None)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(self.port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                # Ctrl-C is for the runner; the server must outlive it to hear how the runs ended.
                start_new_session=True,
            )
        self._await_answer(self._process)

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up and process.poll() is None and not self._stopping.is_set():
            if answers(self.api_url):
                return
            time.sleep(0.2)
        if self._stopping.is_set():
            return
        found = "it ended at once" if process.poll() is not None else f"no answer in {START_SECONDS:.0f} seconds"
        process.kill()
        raise self._not_kept(found)

    def _not_kept(self, found: str) -> HelhedsplanError:
        return HelhedsplanError(
            "Prefect's server could not be started",
            place=f"{HOST}:{self.port}; its own words are in {self.log}",
            expected="a free port, and a database below PREFECT_HOME that this user may write to",
            found=found,
            do="choose another port with --port, or read that file",
        )

    def _start_again_if_it_dies(self) -> None:
        while self._process is not None:
            began = time.monotonic()
            self._process.wait()
            if self._stopping.is_set():
                return
            try:
                if time.monotonic() - began < _SHORTEST_LIFE_SECONDS:
                    raise self._not_kept(f"it ended within {_SHORTEST_LIFE_SECONDS:.0f} seconds of its start")
                self._start()
                print("Prefect's server had died and was started again; the schedule goes on.", file=sys.stderr)
            except HelhedsplanError as error:
                self.lost = error
                os.kill(os.getpid(), signal.SIGTERM)
                return
