"""The command line over a publication of all samples, and runs that it starts as a person does."""

import signal
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.deliveries_for_tests import GoodRun, good_data, good_run, small_data
from tests.end_to_end.harness import HELHEDSPLAN, environment_of, helhedsplan, until

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory) -> GoodRun:
    """`refresh --samples`, alone, without any Prefect server."""
    return good_run(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def sample_data(tmp_path_factory) -> Path:
    """A data directory after it."""
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("samples") / "data").root


def test_a_refresh_ends_with_a_summary_in_words(refreshed):
    assert refreshed.stdout.startswith("Published ")
    for said in ("lbf_boligsociale_data", "rows in", "quarantined", "series have figures", "SYNTHETIC: the figures of"):
        assert said in refreshed.stdout
    assert str(refreshed.data.warehouse) in refreshed.stdout
    assert (refreshed.data.report / "index.html").is_file()


def test_a_refresh_into_a_pipe_tells_each_piece_of_work_on_a_line_and_nothing_of_prefect(refreshed):
    lines = refreshed.stderr.splitlines()
    assert any(line.startswith("fetch valg_dk: done (") for line in lines)
    assert all(": done (" in line for line in lines), refreshed.stderr


def test_a_second_refresh_finds_nothing_new_and_goes_on_without_a_server_that_does_not_answer(published):
    nobody = "http://127.0.0.1:9/api"
    second = helhedsplan(published, "refresh", "--samples", PREFECT_API_URL=nobody)
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("Nothing new ")
    assert f"No Prefect server answers at {nobody}" in second.stderr


def test_one_source_alone_can_be_refreshed_and_run_again(run, published):
    code, _, alone = run("refresh", "--samples", "--source", "ministry_list")
    assert (code, [line.split(":")[0] for line in alone.splitlines()]) == (
        0,
        ["fetch ministry_list", "build and publish"],
    )
    code, _, again = run("rerun", "--source", "ministry_list", "--period", "2019-12-01")
    assert code == 0, again
    assert "read and check ministry_list-" in again


def test_a_refresh_that_is_stopped_by_ctrl_c_says_so_without_a_traceback(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    # The run's first line in the ledger waits for this lock.
    with FileLock(data / "ledger.jsonl.lock"):
        command = [HELHEDSPLAN, "refresh", "--samples"]
        run = subprocess.Popen(command, env=environment_of(data), stderr=subprocess.PIPE, text=True)
        until((data / "refresh.holder.json").exists, "the run to hold the data directory")
        run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 130
    assert told == "Stopped; what is published stands, and nothing received is lost.\n"


def test_status_tells_sources_publication_and_what_is_synthetic(run, published):
    code, told, _ = run("status")
    assert code == 0
    assert told.startswith("Publication ")
    for said in ("Last run    run-", "series have figures", "statbank FVKOM", "valg_dk KV-2025-11-18", "SYNTHETIC:"):
        assert said in told


def test_a_demonstration_has_a_data_directory_of_its_own_that_git_does_not_see(tmp_path):
    demo = tmp_path / "demo"
    demo.mkdir()
    with FileLock(demo / "refresh.lock"):
        refused = helhedsplan(tmp_path / "data", "demo", "--to", str(demo))
    assert refused.returncode == 1
    assert f"where:    {demo}" in refused.stderr
    assert (demo / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_the_page_can_be_written_somewhere_else(run, tmp_path_factory, data_folder, tmp_path):
    small_data(tmp_path_factory.getbasetemp(), data_folder)
    code, told, _ = run("report", "--to", str(tmp_path / "site"))
    assert (code, told.startswith("Board page: ")) == (0, True)
    papers = (path for kind in ("pdf", "xlsx") for path in (tmp_path / "site").rglob(f"*.{kind}"))
    written = {tmp_path / "site" / "index.html", *papers}
    assert {Path(line.split()[-1]) for line in told.splitlines()} == written
    assert len(written) == 5
    assert all(path.is_file() for path in written)
    (minutes := tmp_path / "site" / "en" / "minutes.txt").write_text("Seen by the board")
    code, _, told = run("report", "--to", str(tmp_path / "site"))
    assert (code, minutes.read_text(), "found:    minutes.txt" in told) == (1, "Seen by the board", True)
