"""What every test gets: a data directory and a Prefect home of its own, and no network but loopback."""

import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
SCRATCH = pytest.StashKey[Path]()
# Files that share what takes long to start are run by one worker: the server, the process that forks runs, the year.
TOGETHER = {
    "test_day_of_the_steward": "server",
    "test_flows": "server",
    "test_screen": "server",
    "test_server_stopped": "server",
    "test_year": "year",
    "test_year_verified": "year",
    "test_survival_disk": "runs",
    "test_survival_killed": "runs",
    "test_survival_mutated": "runs",
}
# The same by how their names begin: charts are drawn, Great Expectations and HiGHS imported, and empty tables made, in
# seconds and then at once.
TOGETHER_BY_NAME = {
    "test_page": "pages", "test_report": "pages", "test_check": "checks", "test_quarantine": "checks",
    "test_disclosure": "disclosure",
}  # fmt: skip
# What begins first. The first of them makes the good run, which the server waits for; the next two do without it.
FIRST = ("test_commands", "year", "runs", "server", "test_reading_large", "pages", "checks")


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
    # A job in a shell's background ignores Ctrl-C, and so would every process that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path.insert(0, str(guard))
    sys.modules.pop("sitecustomize", None)  # Debian may have one of its own
    importlib.import_module("sitecustomize")
    # What tests import stays to the end; to look through it for garbage after every 700 objects takes a fortieth.
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """As `--dist loadfile`, which gives a file to one worker, but together what belongs together, and in its order."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return _group(Path(file).stem)

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole jobs first, so that at the end no worker waits long for the others; of those, the longest first."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = _group(Path(item.fspath).stem)
    if group in FIRST:
        return FIRST.index(group)
    return len(FIRST) + (item.get_closest_marker("end_to_end") is None)


def _group(file: str) -> str:
    """What a file of tests is run together with, or its own name."""
    by_name = (group for begin, group in TOGETHER_BY_NAME.items() if file.startswith(begin))
    return TOGETHER.get(file) or next(by_name, file)


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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command in this process: returns exit code, stdout, stderr."""
    from flows import cli

    # This process does not end with the command.
    monkeypatch.setattr(cli, "begin_process", lambda: None)
    monkeypatch.setattr(cli, "ready_to_end", lambda: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["helhedsplan", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture(scope="session")
def warehouse_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small published warehouse of report_fixture.sql, for the tests that only read it."""
    from tests.report_fixture import warehouse_for_the_page

    return warehouse_for_the_page(tmp_path_factory.mktemp("warehouse"))


@pytest.fixture(scope="session")
def site(warehouse_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its site."""
    from tests.report_fixture import write_site

    return write_site(warehouse_file, tmp_path_factory.mktemp("site") / "report").parent


@pytest.fixture(scope="session")
def repository_root() -> Path:
    """The checkout that is tested."""
    return TESTS.parent
