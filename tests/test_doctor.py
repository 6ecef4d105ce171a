"""`doctor` looks at everything and says what to do; `backup` and `restore` from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest

from tasks.doctor import Finding, examine
from tests.deliveries_for_tests import small_data
from tests.end_to_end.harness import helhedsplan
from warehouse.backup import back_up
from warehouse.kept import snapshot_folders
from warehouse.ledger import Ledger
from warehouse.lock import writing
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def data(tmp_path_factory, data_folder) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), data_folder)


def found(data: DataDirectory, now: datetime | None = None) -> dict[str, Finding]:
    findings = {one.name: one for one in examine(data, now)}
    assert all(one.do for one in findings.values() if one.state != "ok")
    return findings


def test_a_small_data_directory_is_well_but_for_what_was_never_set_up(data):
    states = {name: one.state for name, one in found(data).items()}
    assert {name for name, state in states.items() if state != "ok"} == {"alerts", "backup"}
    assert f"DuckDB {version('duckdb')}" in found(data)["environment"].found
    assert "the chain holds" in found(data)["ledger"].found


def test_a_line_of_the_ledger_that_was_changed_is_a_fault_that_names_it(data):
    lines = data.ledger.read_text("utf-8").splitlines(keepends=True)
    data.ledger.write_text(
        "".join([lines[0], lines[1].replace('"actor":"test"', '"actor":"nobody"'), *lines[2:]]), "utf-8"
    )
    fault = found(data)["ledger"]
    assert fault.state == "fault"
    assert "line 2" in fault.found


def test_bytes_that_changed_and_bytes_that_are_gone_are_faults(data):
    first, second = snapshot_folders(data.snapshots)[:2]
    victim = next(path for path in first.rglob("*") if path.is_file())
    victim.chmod(0o644)
    victim.write_bytes(b"other")
    second.rename(second.with_name(".gone"))
    fault = found(data)["snapshots"]
    assert fault.state == "fault"
    assert f"{first.name} holds other bytes" in fault.found
    assert f"{second.name} is gone" in fault.found


def test_a_publication_that_is_not_the_ledgers_is_a_fault(data):
    data.warehouse.unlink()
    data.warehouse.write_bytes(b"something else")
    assert found(data)["publication"].state == "fault"


def test_who_holds_the_lock_is_said_and_only_a_very_long_run_is_odd(data):
    with writing(data, "Åse Jensen"):
        assert "Åse Jensen" in found(data)["lock"].found
        assert found(data)["lock"].state == "ok"
        assert found(data, datetime.now(UTC) + timedelta(hours=7))["lock"].state == "warning"


def test_a_run_that_was_cut_off_is_a_fault_and_one_at_work_is_none(data):
    Ledger(data.ledger).append("run_started", {"run_id": "run-000009", "source_ids": []}, actor="test")
    assert "run-000009" in found(data)["last run"].found
    assert found(data)["last run"].state == "fault"
    with writing(data, "test"):
        assert found(data)["last run"].state == "ok"


def test_a_backup_grows_old(data, tmp_path):
    back_up(data, tmp_path / "backup", actor="test")
    assert found(data)["backup"].state == "ok"
    assert found(data, datetime.now(UTC) + timedelta(days=9))["backup"].state == "warning"


def test_a_backup_that_is_gone_or_cut_short_is_a_fault_whatever_the_ledger_tells(data, tmp_path):
    ledger = back_up(data, tmp_path / "backup", actor="test").folder / "ledger.jsonl"
    whole = ledger.read_bytes()
    for left, told in (
        (b"".join(whole.splitlines(keepends=True)[:-1]), "its ledger no longer ends as it did"),
        (b"no entry\n", "the ledger holds a line that is no entry there"),
        (None, "there is no backup in that folder now"),
    ):
        ledger.unlink() if left is None else ledger.write_bytes(left)
        backup = found(data)["backup"]
        assert backup.state == "fault"
        assert backup.found.endswith(told)
    ledger.write_bytes(whole)
    assert found(data)["backup"].state == "ok"


def test_an_empty_place_is_said_in_words(tmp_path):
    findings = found(DataDirectory(tmp_path / "nowhere"))
    assert findings["data directory"].state == "fault"
    assert findings["ledger"].state == "warning"


def test_the_commands_say_what_they_did_and_doctor_exits_by_what_it_finds(data, tmp_path):
    made = helhedsplan(data.root, "backup", str(tmp_path / "backup"))
    assert made.returncode == 0, made.stderr
    assert "all verified" in made.stdout
    told = helhedsplan(tmp_path / "x", "restore", str(tmp_path / "backup"), "--to", str(tmp_path / "restored"))
    assert told.returncode == 0, told.stderr
    examined = helhedsplan(tmp_path / "restored", "doctor", "--json")
    findings = {one["name"]: one for one in json.loads(examined.stdout)}
    assert findings["snapshots"]["state"] == "ok"
    assert findings["publication"]["state"] == "fault", "nothing is published there yet"
    assert findings["Prefect"]["state"] == "warning"
    assert examined.returncode == 1
    well = helhedsplan(data.root, "doctor")
    assert well.returncode == 0, well.stdout
    assert "do this: " in well.stdout
