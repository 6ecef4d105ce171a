"""The command line as a person meets it: what it prints, what it refuses, how it exits."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from flows import cli
from tests.deliveries_for_tests import GoodRun, good_data, good_run
from tests.end_to_end.harness import HELHEDSPLAN, environment_of, helhedsplan, until


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory) -> GoodRun:
    """`refresh --samples`, alone, without any Prefect server."""
    return good_run(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def sample_data(tmp_path_factory) -> Path:
    """A data directory after it."""
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("samples") / "data").root


@pytest.fixture
def published(sample_data, monkeypatch) -> Path:
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(sample_data))
    return sample_data


@pytest.fixture
def run(monkeypatch, capsys):
    """The command in this process: returns exit code, stdout, stderr."""

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


def test_one_source_alone_can_be_refreshed_and_run_again(published):
    alone = helhedsplan(published, "refresh", "--samples", "--source", "ministry_list")
    assert [line.split(":")[0] for line in alone.stderr.splitlines()] == ["fetch ministry_list", "build and publish"]
    again = helhedsplan(published, "rerun", "--source", "ministry_list", "--period", "2019-12-01")
    assert again.returncode == 0, again.stderr
    assert "read and check ministry_list-" in again.stderr


def test_a_period_without_figures_cannot_be_run_again(run, published):
    code, _, told = run("rerun", "--source", "ministry_list", "--period", "2019")
    assert code == 1
    assert "the source has no figures of that period" in told
    assert "expected: one of 2019-12-01" in told


def test_while_another_run_is_at_work_a_refresh_says_so_and_fails(run, published):
    with FileLock(published / "refresh.lock"):
        code, _, told = run("refresh", "--samples")
    assert code == 1
    assert "another run is at work in this data directory" in told
    assert "Traceback" not in told


def test_a_refresh_that_is_stopped_by_ctrl_c_says_so_without_a_traceback(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    # The run's first line in the ledger waits for this lock.
    with FileLock(data / "ledger.jsonl.lock"):
        command = [HELHEDSPLAN, "refresh", "--samples"]
        run = subprocess.Popen(command, env=environment_of(data), stderr=subprocess.PIPE, text=True)
        until((data / "refresh.holder.json").exists, "the run to hold the data directory")
        run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert told == "Stopped; what is published stands, and nothing received is lost.\n"


def test_a_demonstration_has_a_data_directory_of_its_own_that_git_does_not_see(tmp_path):
    demo = tmp_path / "demo"
    demo.mkdir()
    with FileLock(demo / "refresh.lock"):
        refused = helhedsplan(tmp_path / "data", "demo", "--to", str(demo))
    assert refused.returncode == 1
    assert f"where:    {demo}" in refused.stderr
    assert (demo / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_samples_are_refused_where_real_work_lies(run, tmp_path, data_folder):
    file = tmp_path / "turnout.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    assert run("deliver", str(file), "--source", "ministry_list", "--by", "A")[0] == 0
    code, _, told = run("refresh", "--samples")
    assert code == 1
    assert "samples must not be mixed with real deliveries" in told


def test_a_file_is_received_once_and_its_bytes_again_are_nothing_new(run, tmp_path, data_folder):
    file = tmp_path / "turnout.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    command = ("deliver", str(file), "--source", "ministry_list", "--by", "Åse Sørensen", "--synthetic")
    code, told, _ = run(*command)
    assert (code, told.split("-")[0]) == (0, "Received as ministry_list")
    code, told, _ = run(*command)
    assert (code, told.split(":")[0]) == (0, "Nothing new")
    entry = json.loads((data_folder / "ledger.jsonl").read_text(encoding="utf-8"))
    assert (entry["actor"], entry["body"]["is_synthetic"]) == ("Åse Sørensen", True)


def test_a_delivery_of_nothing_or_from_nowhere_is_refused_in_words(run, tmp_path):
    code, _, told = run("deliver", str(tmp_path / "no such file"), "--source", "ministry_list", "--by", "A")
    assert (code, told.splitlines()[0]) == (1, "there is no file to receive")
    code, _, told = run("deliver", str(tmp_path), "--source", "nowhere", "--by", "A")
    assert (code, told.splitlines()[0]) == (1, "there is no such source")


def test_beside_samples_a_file_must_say_whether_its_figures_are_made_up(run, published, tmp_path):
    file = tmp_path / "turnout.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    command, received = ("deliver", str(file), "--source", "ministry_list", "--by", "A"), len(ledger_of(published))
    for also, found in (((), "neither"), (("--real", "--synthetic"), "both")):
        code, _, told = run(*command, *also)
        assert (code, told.splitlines()[0]) == (1, "a file that lies beside made-up figures must say which it is")
        assert f"found:    {found}" in told
    assert len(ledger_of(published)) == received
    assert run(*command, "--real")[0] == 0
    (entry,) = ledger_of(published)[received:]
    assert entry["body"]["is_synthetic"] is False


def ledger_of(data: Path) -> list[dict]:
    return [json.loads(line) for line in (data / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_delivery_needs_a_name_behind_it(run, tmp_path, monkeypatch):
    monkeypatch.delenv("HELHEDSPLAN_ACTOR", raising=False)
    assert run("deliver", str(tmp_path), "--source", "ministry_list")[0] == 2


def test_status_tells_sources_publication_and_what_is_synthetic(run, published):
    code, told, _ = run("status")
    assert code == 0
    assert told.startswith("Publication ")
    for said in ("Last run    run-", "series have figures", "statbank FVKOM", "valg_dk KV-2025-11-18", "SYNTHETIC:"):
        assert said in told


def test_status_as_json_keeps_moments_in_utc(run, published):
    code, told, _ = run("status", "--json")
    status = json.loads(told)
    assert code == 0
    assert status["publication"]["as_of"].endswith("Z")
    assert {"source_id", "state", "delivery_id", "rows_quarantined", "is_synthetic"} <= set(status["sources"][0])


def test_status_before_the_first_refresh_says_what_to_do(run):
    code, _, told = run("status")
    assert code == 1
    assert "run `helhedsplan refresh` first" in told


QUESTION = "SELECT 'Rød grød' AS ret, 42578 / 65812 AS andel, NULL AS tom"


def test_a_query_prints_an_aligned_table_with_danish_letters_intact(run, published):
    code, told, _ = run("sql", QUESTION)
    assert code == 0
    assert told.splitlines() == [
        "ret                andel   tom",
        "--------  --------------  ----",
        "Rød grød  0.646964079499  NULL",
    ]


def test_a_query_gives_json_and_csv_for_programs(run, published):
    _, told, _ = run("sql", QUESTION, "--json")
    assert json.loads(told) == [{"ret": "Rød grød", "andel": 42578 / 65812, "tom": None}]
    _, told, _ = run("sql", QUESTION, "--csv")
    assert told.splitlines() == ["ret,andel,tom", f"Rød grød,{42578 / 65812},"]


def test_the_real_turnout_of_2025_can_be_asked_for(run, published):
    question = """SELECT numerator, denominator FROM mart.indicator_series
        WHERE indicator_id = 'turnout_municipal_election' AND area_level = 'municipality'
        AND period = 'KV-2025-11-18'"""
    _, told, _ = run("sql", question, "--json")
    assert json.loads(told) == [{"numerator": 42578, "denominator": 65812}]


def test_a_query_that_is_not_allowed_or_wrong_is_refused_in_words(run, published):
    for query, said in (("COPY mart.freshness TO 'x'", "only one reading statement"), ("FROM nil", "was refused")):
        code, told, complaint = run("sql", query)
        assert (code, told) == (1, "")
        assert said in complaint


def test_the_page_can_be_written_somewhere_else(run, published, tmp_path):
    code, told, _ = run("report", "--to", str(tmp_path / "site"))
    assert (code, told.startswith("Board page: ")) == (0, True)
    papers = (path for kind in ("pdf", "xlsx") for path in (tmp_path / "site").rglob(f"*.{kind}"))
    written = {tmp_path / "site" / "index.html", *papers}
    assert {Path(line.split()[-1]) for line in told.splitlines()} == written
    assert len(written) == 5
    assert all(path.is_file() for path in written)


def test_a_page_needs_a_publication(run):
    code, _, told = run("report")
    assert code == 1
    assert "there is no published warehouse to report on yet" in told


def test_an_empty_inbox_and_quarantine_say_so(run, data_folder):
    data_folder.mkdir()
    assert run("inbox") == (0, "Nothing waits.\n", "")
    assert run("quarantine", "list") == (0, "No rows in quarantine are open.\n", "")


def test_a_delivery_that_nobody_knows_is_neither_approved_nor_rejected(run, data_folder):
    data_folder.mkdir()
    for command in (("approve", "x", "--by", "A"), ("reject", "x", "--by", "A", "--because", "No such file")):
        code, told, complaint = run(*command)
        assert (code, told, complaint.splitlines()[0]) == (1, "", "there is no such delivery")


@pytest.mark.parametrize(
    "arguments",
    [
        ("approve", "x"),
        ("reject", "x", "--by", "A"),
        ("refresh", "--to", "x"),
        ("refresh", "--as-of", "yesterday"),
        ("quarantine", "close", "x", "--by", "A"),
    ],
)
def test_an_act_without_its_name_reason_or_day_is_wrong_usage(run, monkeypatch, arguments):
    monkeypatch.delenv("HELHEDSPLAN_ACTOR", raising=False)
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("refresh", "--nonsense"), ("rerun",), ("sql", "FROM x", "--json", "--csv"), ()]
)
def test_wrong_usage_exits_with_two(run, arguments):
    assert run(*arguments)[0] == 2


def test_help_and_version_are_there_and_load_nothing_heavy(run):
    assert run("--help")[1].count("\n  ") > 8
    assert run("--version")[1].startswith("helhedsplan ")
    heavy = "{'prefect', 'duckdb', 'pydantic', 'yaml', 'httpx', 'pyarrow', 'pandas', 'rich', 'great_expectations'}"
    script = f"import sys, flows.cli; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_an_unexpected_failure_is_one_line_and_its_traceback_lies_in_a_file(run, monkeypatch, data_folder):
    def fail(_data):
        raise ZeroDivisionError("by nobody\nat all")

    monkeypatch.setattr("flows.cli_status.read_status", fail)
    code, told, complaint = run("status")
    assert (code, told) == (1, "")
    assert complaint.splitlines()[0] == "helhedsplan failed: ZeroDivisionError: by nobody at all"
    assert "Traceback" not in complaint
    (log,) = (data_folder / "logs").iterdir()
    assert str(log) in complaint
    assert "ZeroDivisionError: by nobody" in log.read_text(encoding="utf-8")
