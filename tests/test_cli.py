"""The command line as a person meets it: what it prints, what it refuses, how it exits."""

import json
import subprocess
import sys

import pytest


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


def test_a_delivery_needs_a_name_behind_it(run, tmp_path, monkeypatch):
    monkeypatch.delenv("HELHEDSPLAN_ACTOR", raising=False)
    assert run("deliver", str(tmp_path), "--source", "ministry_list")[0] == 2


def test_status_before_the_first_refresh_says_what_to_do(run):
    code, _, told = run("status")
    assert code == 1
    assert "run `helhedsplan refresh` first" in told


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
