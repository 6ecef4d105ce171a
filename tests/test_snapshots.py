"""Snapshots: the bytes that came are kept under their own digest, once, whole and unchanged."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalogue.errors import DeliveryError, HelhedsplanError
from catalogue.load import load_catalogue
from tasks.receive import deliver
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.snapshots import clear_abandoned, keep

CONTENT = "liste_dato;område\n2019-12-01;Ringparken\n".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def data(data_folder) -> DataDirectory:
    found = DataDirectory(data_folder)
    found.prepare()
    return found


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Områder december.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two files, one of them in a folder of its own."""
    (tmp_path / "valg" / "Omø").mkdir(parents=True)
    (tmp_path / "valg" / "Broskolen.json").write_bytes(b"{}")
    (tmp_path / "valg" / "Omø" / "Forsamlingshus.json").write_bytes(b"[]")
    return tmp_path / "valg"


def kept_names(data: DataDirectory) -> list[str]:
    return sorted(path.relative_to(data.snapshots).as_posix() for path in data.snapshots.rglob("*") if path.is_file())


def test_a_file_lies_under_its_own_digest_with_its_own_name(data, file):
    snapshot = keep(data, "ministry_list", file)
    assert snapshot.sha256 == SHA256
    assert snapshot.delivery_id == f"ministry_list-{SHA256[:12]}"
    assert kept_names(data) == [f"ministry_list/{SHA256}/Områder december.csv"]
    assert snapshot.paths[0].read_bytes() == CONTENT
    assert snapshot.files[0].size_bytes == len(CONTENT)


def test_nobody_can_write_to_what_was_kept(data, file):
    (kept,) = keep(data, "ministry_list", file).paths
    assert kept.stat().st_mode & 0o222 == 0


def test_the_same_bytes_again_change_nothing(data, file, tmp_path):
    first = keep(data, "ministry_list", file)
    before = first.paths[0].stat()
    assert keep(data, "ministry_list", file) == first
    assert first.paths[0].stat().st_mtime_ns == before.st_mtime_ns
    assert kept_names(data) == [f"ministry_list/{SHA256}/Områder december.csv"]


def test_a_later_change_of_the_delivered_file_does_not_reach_what_was_kept(data, file):
    snapshot = keep(data, "ministry_list", file)
    file.write_bytes(b"changed")
    assert snapshot.paths[0].read_bytes() == CONTENT


def test_the_same_bytes_under_another_name_stay_under_the_name_that_they_came_with(data, file, tmp_path):
    """A run may have died between keeping the bytes and telling the ledger; then somebody renames the file."""
    keep(data, "ministry_list", file)
    renamed = file.rename(tmp_path / "december.csv")
    snapshot = keep(data, "ministry_list", renamed)
    assert [path.read_bytes() for path in snapshot.paths] == [CONTENT]
    assert kept_names(data) == [f"ministry_list/{SHA256}/Områder december.csv"]


def test_a_folder_is_addressed_by_its_files_and_their_names(data, folder, tmp_path):
    snapshot = keep(data, "valg_dk", folder)
    lines = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in [("Broskolen.json", b"{}"), ("Omø/Forsamlingshus.json", b"[]")]
    )
    assert snapshot.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert [path.read_bytes() for path in snapshot.paths] == [b"{}", b"[]"]
    shutil.move(folder / "Broskolen.json", folder / "Boeslunde.json")
    assert keep(data, "valg_dk", folder).sha256 != snapshot.sha256


def test_two_sources_may_deliver_the_same_bytes(data, file):
    one, other = keep(data, "ministry_list", file), keep(data, "tryghedssurvey", file)
    assert one.sha256 == other.sha256
    assert one.folder != other.folder


@pytest.mark.parametrize("delivered", ["nothing there", "empty folder"])
def test_nothing_to_receive_is_said_in_words(data, tmp_path, delivered):
    (tmp_path / "empty folder").mkdir()
    with pytest.raises(DeliveryError, match="no file to receive") as found:
        keep(data, "ministry_list", tmp_path / delivered)
    assert found.value.place.endswith(delivered)
    assert found.value.do
    assert kept_names(data) == []


def test_a_name_that_is_no_utf_8_is_said_in_words_and_the_file_stays_where_it_is(data, folder):
    odd = Path(os.fsdecode(bytes(folder) + "/Områder.csv".encode("latin-1")))
    odd.write_bytes(CONTENT)
    (odd_folder := Path(f"{odd} mappe")).mkdir()
    (odd_folder / "a.csv").write_bytes(CONTENT)
    for delivered in (odd, folder, odd_folder):
        with pytest.raises(DeliveryError) as error:
            keep(data, "ministry_list", delivered)
        assert error.value.found.startswith(r"Omr\xe5der.csv")
        assert str(error.value).encode()
    assert odd.read_bytes() == CONTENT
    assert not list(data.snapshots.glob("*/*"))


def test_a_place_that_cannot_be_written_is_said_in_words_and_leaves_nothing(data, file):
    (data.snapshots / "ministry_list").write_bytes(b"a file where a folder should be")
    with pytest.raises(HelhedsplanError, match="was not received") as found:
        keep(data, "ministry_list", file)
    assert "snapshots/ministry_list" in found.value.place
    assert found.value.do


def test_half_copied_deliveries_of_dead_processes_go_after_a_day_and_not_before(data, file):
    keep(data, "ministry_list", file)
    old, young = (data.snapshots / "ministry_list" / f".arriving-{name}" for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir()
        (folder / "half.csv").write_bytes(b"liste")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(old, (two_days_ago, two_days_ago))
    clear_abandoned(data)
    assert not old.exists()
    assert young.exists()
    assert f"ministry_list/{SHA256}/Områder december.csv" in kept_names(data)


def test_two_processes_that_hand_in_the_same_bytes_make_one_delivery(data, file, repository_root):
    program = (
        "import sys; from pathlib import Path\n"
        "from catalogue.load import load_catalogue; from tasks.receive import deliver\n"
        "from warehouse.paths import DataDirectory\n"
        "catalogue = load_catalogue(); print(flush=True); sys.stdin.readline()\n"
        "deliver(DataDirectory(Path(sys.argv[1])), catalogue, Path(sys.argv[2]), 'ministry_list', actor='test')\n"
    )
    command = [sys.executable, "-c", program, str(data.root), str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": repository_root}
    people = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for one in people:
        one.stdout.readline()
    for one in people:
        one.stdin.write("now\n")
        one.stdin.flush()
    for one in people:
        one.communicate()
    assert [one.returncode for one in people] == [0] * 4
    kinds = [entry.kind for entry in Ledger(data.ledger).entries()]
    assert kinds == ["delivery_received"]
    assert kept_names(data) == [f"ministry_list/{SHA256}/Områder december.csv"]


def test_a_delivery_is_in_the_ledger_with_every_files_digest_when_it_counts_as_received(data, folder):
    delivery_id, is_new = deliver(data, load_catalogue(), folder, "valg_dk", actor="Åse")
    assert is_new
    (entry,) = Ledger(data.ledger).entries()
    assert (entry.kind, entry.actor, entry.body["original_name"]) == ("delivery_received", "Åse", "valg")
    assert {one["name"]: one["sha256"] for one in entry.body["files"]} == {
        "Broskolen.json": hashlib.sha256(b"{}").hexdigest(),
        "Omø/Forsamlingshus.json": hashlib.sha256(b"[]").hexdigest(),
    }
    found = deliveries(Ledger(data.ledger).entries())[delivery_id]
    assert [path.read_bytes() for path in found.snapshot(data).paths] == [b"{}", b"[]"]
