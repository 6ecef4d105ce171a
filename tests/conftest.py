"""What every test gets: a data directory and a Prefect home of its own, and no network but loopback."""

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
SCRATCH = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: Prefect reads its home, and a started Python its guard, once."""
    scratch = Path(tempfile.mkdtemp(prefix="helhedsplan-tests-"))
    config.stash[SCRATCH] = scratch
    guard = TESTS / "loopback_only"
    os.environ["PREFECT_HOME"] = str(scratch / "prefect")
    os.environ["HELHEDSPLAN_DATA"] = str(scratch / "data")
    os.environ["LOOPBACK_ONLY_LOG"] = str(scratch / "refused_connections.txt")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(guard), os.environ.get("PYTHONPATH")]))
    # COLUMNS: a worker of xdist sets it, and tables would be as narrow as the terminal that it was started from.
    for name in ("HELHEDSPLAN_ACTOR", "PREFECT_API_URL", "PREFECT_PROFILE", "COLUMNS"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(guard))
    sys.modules.pop("sitecustomize", None)  # Debian may have one of its own
    importlib.import_module("sitecustomize")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    shutil.rmtree(config.stash[SCRATCH], ignore_errors=True)


@pytest.fixture(autouse=True)
def only_this_machine_is_reached(pytestconfig: pytest.Config) -> Iterator[None]:
    """Fails a test in which anything, also a started Python, tried to reach another machine."""
    yield
    log = pytestconfig.stash[SCRATCH] / "refused_connections.txt"
    if log.exists():
        attempts = log.read_text(encoding="utf-8").splitlines()
        log.unlink()
        pytest.fail("tried to reach another machine: " + "; ".join(sorted(set(attempts))))


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of this test alone, not made yet; HELHEDSPLAN_DATA names it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def repository_root() -> Path:
    """The checkout that is tested."""
    return TESTS.parent
