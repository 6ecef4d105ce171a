"""One run at a time in a data directory: the second is told who is at work and since when."""

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from catalogue.errors import HelhedsplanError, LockHeldError
from tasks.night import refresh
from tests.deliveries_for_tests import the_catalogue
from warehouse.clock import HOME_TIME
from warehouse.ledger import Ledger
from warehouse.lock import forget_presence, is_held, is_present, writing
from warehouse.paths import DataDirectory

HOLDER = (
    "import sys; from pathlib import Path\n"
    "from warehouse.lock import writing; from warehouse.paths import DataDirectory\n"
    "with writing(DataDirectory(Path(sys.argv[1])), 'Åse Jensen'):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.readline()\n"
)


PRESENT = (
    "import sys; from pathlib import Path\n"
    "from warehouse.lock import show_presence; from warehouse.paths import DataDirectory\n"
    "show_presence(DataDirectory(Path(sys.argv[1])), 'a-run')\n"
    "print('present', flush=True)\n"
    "sys.stdin.readline()\n"
)


@pytest.fixture
def data(data_folder) -> DataDirectory:
    found = DataDirectory(data_folder)
    found.prepare()
    return found


@pytest.fixture
def holder(data, repository_root):
    """Another process that holds the lock until it is told to let go, or is killed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(data.root)], cwd=repository_root, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.communicate("let go\n")


def test_a_second_refresh_says_who_is_at_work_and_since_when(data, holder):
    before = datetime.now(UTC)
    with pytest.raises(LockHeldError, match="another run is at work") as found:
        refresh(data, the_catalogue(), actor="test", source_ids=["ministry_list"])
    words = r"Åse Jensen \(process (\d+) on (\S+)\) holds the lock since (\S+ \S+) CES?T"
    told = re.fullmatch(words, found.value.found)
    assert told is not None, found.value.found
    assert (int(told[1]), told[2]) == (holder.pid, socket.gethostname())
    since = datetime.fromisoformat(told[3]).replace(tzinfo=HOME_TIME)
    assert abs((before - since).total_seconds()) < 120
    assert found.value.place == str(data.root)
    assert "wait" in found.value.do
    assert Ledger(data.ledger).entries() == []


def test_the_lock_is_free_again_when_its_holder_ends(data, holder):
    holder.communicate("let go\n")
    with writing(data, "test"):
        pass
    assert not data.lock.with_suffix(".holder.json").exists()


def has_its_turn(data: DataDirectory, patience_seconds: float) -> None:
    with writing(data, "test", patience_seconds):
        assert is_held(data)


def test_who_has_patience_gets_its_turn_when_the_holder_ends(data, holder):
    with ThreadPoolExecutor(1) as beside:
        turn = beside.submit(has_its_turn, data, 120)
        assert not turn.done()
        holder.communicate("let go\n")
        turn.result()
    assert not is_held(data)


def test_patience_has_an_end_and_then_the_holder_is_named(data, holder):
    with pytest.raises(LockHeldError):
        has_its_turn(data, 0.01)


def test_the_lock_is_free_again_when_its_holder_is_killed(data, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with writing(data, "test"):
        assert f'"process": {os.getpid()}' in data.lock.with_suffix(".holder.json").read_text("utf-8")


def test_a_run_that_fails_lets_go(data):
    with pytest.raises(ZeroDivisionError), writing(data, "test"):
        raise ZeroDivisionError
    with writing(data, "test"):
        pass


def test_a_lock_that_cannot_be_taken_for_other_reasons_is_said_in_words(data):
    data.lock.mkdir()
    with pytest.raises(HelhedsplanError, match="cannot be written") as found, writing(data, "test"):
        pass
    assert str(data.lock) in found.value.place
    assert found.value.do


def test_a_process_is_present_until_it_is_killed_and_its_file_goes_when_its_run_is_over(data, repository_root):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", PRESENT, str(data.root)], cwd=repository_root, **pipes) as process:
        assert process.stdout.readline() == "present\n"
        forget_presence(data, [])
        assert is_present(data, "a-run")
        assert not is_held(data)
        process.kill()
        process.wait()
    assert not is_present(data, "a-run")
    forget_presence(data, ["a-run"])
    assert list(data.at_work.iterdir()) != []
    forget_presence(data, [])
    assert list(data.at_work.iterdir()) == []
