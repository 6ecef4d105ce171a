"""Backup and restore: what was received and the ledger, verified; the same marts come out of them again."""

from __future__ import annotations

import shutil

import pytest

from catalogue.errors import HelhedsplanError
from tests.deliveries_for_tests import entries_of, marts, run, small_data
from warehouse.backup import back_up, restore
from warehouse.described import fingerprints
from warehouse.kept import snapshot_folders
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def data(tmp_path_factory, data_folder) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), data_folder)


def test_what_is_restored_is_rebuilt_into_the_same_marts(data, tmp_path):
    made = back_up(data, tmp_path / "backup", actor="test")
    restored = DataDirectory(tmp_path / "restored")
    found = restore(made.folder, restored, actor="test")
    assert (found.entries, found.snapshots, found.last_digest) == (made.entries, made.snapshots, made.last_digest)
    assert not restored.warehouse.exists()
    summary = run(restored, "ministry_list")
    assert summary.is_new_publication
    assert marts(restored) == marts(data)
    assert len(marts(restored)["indicator_series"]) > 20
    before, after = fingerprints(data.warehouse), fingerprints(restored.warehouse)
    assert {name: after[name] for name in before if name != "mart.freshness"} == {
        name: one for name, one in before.items() if name != "mart.freshness"
    }
    kinds = [entry.kind for entry in entries_of(restored)]
    assert kinds.count("backup_restored") == 1
    assert kinds[: made.entries] == [entry.kind for entry in entries_of(data)][: made.entries]


def test_a_second_backup_copies_only_what_is_new_and_mends_what_has_rotted(data, tmp_path):
    first = back_up(data, tmp_path / "backup", actor="test")
    assert first.copied == first.snapshots == len(snapshot_folders(data.snapshots))
    second = back_up(data, tmp_path / "backup", actor="test")
    assert (second.copied, second.entries) == (0, first.entries + 1)
    victim = next(path for path in snapshot_folders(first.folder / "snapshots")[0].rglob("*") if path.is_file())
    victim.chmod(0o644)
    victim.write_bytes(b"rotten")
    third = back_up(data, tmp_path / "backup", actor="test")
    assert third.copied == 1
    assert victim.read_bytes() != b"rotten"
    assert [entry.kind for entry in entries_of(data)][-3:] == ["backup_made"] * 3


def test_damage_at_home_is_said_and_never_becomes_the_backup(data, tmp_path):
    back_up(data, tmp_path / "backup", actor="test")
    kept = (tmp_path / "backup" / "ledger.jsonl").read_bytes()
    victim = next(path for path in snapshot_folders(data.snapshots)[0].rglob("*") if path.is_file())
    victim.unlink()
    with pytest.raises(HelhedsplanError, match="damaged or gone"):
        back_up(data, tmp_path / "elsewhere", actor="test")
    assert not (tmp_path / "elsewhere" / "ledger.jsonl").exists()
    assert back_up(data, tmp_path / "backup", actor="test").copied == 0, "the good copy there stands"
    assert (tmp_path / "backup" / "ledger.jsonl").read_bytes().startswith(kept)


def test_the_backup_of_another_ledger_is_not_written_over(data, tmp_path):
    other = DataDirectory(tmp_path / "other")
    other.prepare()
    Ledger(other.ledger).append("run_started", {"run_id": "run-000001", "source_ids": []}, actor="test")
    back_up(other, tmp_path / "backup", actor="test")
    with pytest.raises(HelhedsplanError, match="another ledger"):
        back_up(data, tmp_path / "backup", actor="test")


def test_a_backup_is_not_restored_over_anything_or_out_of_damage(data, tmp_path):
    made = back_up(data, tmp_path / "backup", actor="test")
    with pytest.raises(HelhedsplanError, match="holds nothing yet"):
        restore(made.folder, data, actor="test")
    shutil.rmtree(snapshot_folders(made.folder / "snapshots")[0])
    with pytest.raises(HelhedsplanError, match="is gone"):
        restore(made.folder, DataDirectory(tmp_path / "restored"), actor="test")
    assert not (tmp_path / "restored" / "ledger.jsonl").exists()


def test_nothing_to_back_up_is_said_in_words(tmp_path):
    with pytest.raises(HelhedsplanError, match="no ledger here"):
        back_up(DataDirectory(tmp_path / "nothing"), tmp_path / "backup", actor="test")


def test_a_backup_and_its_data_directory_lie_apart(data, tmp_path):
    ledger = data.ledger.read_bytes()
    for folder in (data.root, data.snapshots, data.root.parent):
        with pytest.raises(HelhedsplanError, match="must lie apart"):
            back_up(data, folder, actor="test")
    made = back_up(data, tmp_path / "backup", actor="test")
    with pytest.raises(HelhedsplanError, match="must lie apart"):
        restore(made.folder, DataDirectory(made.folder / "restored"), actor="test")
    assert data.ledger.read_bytes().startswith(ledger)
