"""The command line in this process, over a small publication: what it answers, and what it refuses there."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from tests.deliveries_for_tests import small_data

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def sample_data(tmp_path_factory) -> Path:
    """A data directory with the samples of two sources, published."""
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("samples") / "data").root


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


def test_beside_samples_a_file_must_say_whether_its_figures_are_made_up(run, published, tmp_path):
    file = tmp_path / "turnout.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    command, received = ("deliver", str(file), "--source", "ministry_list", "--by", "A"), len(ledger_of(published))
    for also, found in (((), "neither"), (("--real", "--synthetic"), "both")):
        code, _, told = run(*command, *also)
        assert (code, told.splitlines()[0]) == (1, "a file that lies beside made-up figures must say which it is")
        assert f"found:    {found}" in told
    assert "there is no file to receive" in run("deliver", f"{file}.gone", *command[2:])[2]
    assert len(ledger_of(published)) == received
    assert run(*command, "--real")[0] == 0
    (entry,) = ledger_of(published)[received:]
    assert entry["body"]["is_synthetic"] is False


def ledger_of(data: Path) -> list[dict]:
    return [json.loads(line) for line in (data / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def test_status_as_json_keeps_moments_in_utc(run, published):
    code, told, _ = run("status", "--json")
    status = json.loads(told)
    assert code == 0
    assert status["publication"]["as_of"].endswith("Z")
    assert {"source_id", "state", "delivery_id", "rows_quarantined", "is_synthetic"} <= set(status["sources"][0])


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
    _, told, _ = run("sql", "SELECT range AS n, [1] AS l FROM range(2)", "--json")
    assert told == json.dumps([{"n": 0, "l": [1]}, {"n": 1, "l": [1]}], indent=2) + "\n"
    assert run("sql", "SELECT 1 AS n WHERE false", "--json")[1] == "[]\n"


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
