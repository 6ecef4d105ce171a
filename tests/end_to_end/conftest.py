"""One real `helhedsplan serve`, with its Prefect server, for all end-to-end tests of the flows."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest

from flows.server import answers
from tests.end_to_end.children import Children, children
from tests.end_to_end.harness import Served, environment_of, free_port, helhedsplan, until


@pytest.fixture(scope="session")
def runs() -> Iterator[Children]:
    """Refreshes in children of one process that has everything imported."""
    with children() as found:
        yield found


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served") / "data")
    served.start()
    yield served
    if served.process.poll() is None:
        assert served.stop() == 0


@pytest.fixture(scope="session")
def served_refresh(served) -> subprocess.CompletedProcess[str]:
    """The first refresh; it finds the server by the data directory alone."""
    return helhedsplan(served.data, "refresh", "--samples")


@pytest.fixture
def mortal_server(served, tmp_path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Prefect server that a test may kill; its database is a copy, which saves making one."""
    home, port = tmp_path / "prefect", free_port()
    home.mkdir()
    origin = sqlite3.connect(served.data / "prefect" / "prefect.db")
    copy = sqlite3.connect(home / "prefect.db")
    origin.backup(copy)
    origin.close()
    copy.close()
    more = {
        "PREFECT_HOME": str(home), "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=environment_of(tmp_path, **more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    api_url = f"http://127.0.0.1:{port}/api"
    until(lambda: answers(api_url), "the server that is to be killed")
    yield api_url, process
    process.kill()
    process.wait()
    shutil.rmtree(home, ignore_errors=True)
