"""A full disk and a folder that may not be written: said in words, nothing published changes, nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deliveries_for_tests import entries_of, small_data
from tests.end_to_end.children import Children, Ended
from tests.end_to_end.survival import SOURCE, Received, some
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
KIB = 1 << 10


@pytest.fixture
def received(tmp_path_factory, data_folder) -> Received:
    return Received(small_data(tmp_path_factory.getbasetemp(), data_folder))


def in_words(ended: Ended) -> str:
    """The message of a run that failed; it must have all that a person needs."""
    assert ended.code == 1, ended
    if ended.error is None:
        (problem,) = ended.problems
        assert all(label in problem for label in ("where:", "expected:", "found:", "do this:")), problem
        return problem
    assert "traceback" not in ended.error, ended.error["traceback"]
    assert all(ended.error.values()), ended.error
    return " ".join(ended.error.values())


def test_a_limit_on_files_stops_each_run_in_words_and_one_without_it_gets_there(runs, received):
    """The operating system refuses to let any file grow beyond a size, as a disk without room does."""
    before = received.content()
    received.lay(571)
    warehouse_bytes = received.data.warehouse.stat().st_size
    sizes = (0, 64 * KIB, warehouse_bytes // 2)
    for largest_file_bytes in some(sizes, (*sizes, 100, 512 * KIB, warehouse_bytes // 4)):
        message = in_words(runs.run(received.data.root, SOURCE, largest_file_bytes=largest_file_bytes))
        assert "File too large" in message, (largest_file_bytes, message)
        assert "free disk space" in message
        assert received.content() == before
        received.assert_whole()
    assert runs.run(received.data.root, SOURCE, papers=False).code == 0
    received.assert_gone_through(page=False)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 160 MiB in memory; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def leave_free(disk: Path, free_bytes: int) -> None:
    """Fill the disk but for so many bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    size = shutil.disk_usage(disk).free - free_bytes
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, size))


def remounted(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def test_a_disk_without_room_or_made_read_only_stops_each_run_in_words_until_it_takes_files_again(
    runs, small_disk, tmp_path_factory
):
    received = Received(small_data(tmp_path_factory.getbasetemp(), small_disk / "data"))
    before = received.content()
    received.lay(573)
    warehouse_bytes = received.data.warehouse.stat().st_size
    room = (0, 64 * KIB, warehouse_bytes // 2)
    for free_bytes in some(room, (*room, 16 * KIB, 512 * KIB, warehouse_bytes // 4)):
        leave_free(small_disk, free_bytes)
        message = in_words(runs.run(received.data.root, SOURCE))
        assert "No space left on device" in message, (free_bytes, message)
        assert "free disk space" in message
        assert received.content() == before
        received.assert_whole()
    (small_disk / "ballast").unlink()
    remounted(small_disk, "ro")
    message = in_words(runs.run(received.data.root, SOURCE))
    assert "Read-only file system" in message
    assert str(small_disk) in message
    assert received.content() == before
    remounted(small_disk, "rw")
    assert runs.run(received.data.root, SOURCE, papers=False).code == 0
    received.assert_gone_through(page=False)


def test_each_place_that_may_not_be_written_is_named_and_a_run_that_may_gets_there(runs, received):
    before, data = received.content(), received.data
    received.lay(574)
    for place in ("", "ledger.jsonl", "snapshots", "parsed", "building", "published"):
        so_far = len(entries_of(data))
        (data.building / "run-000000").mkdir(parents=True, exist_ok=True)  # an empty folder would be made anew
        assert_names(data.root / place, runs, data)
        assert received.content() == before
        assert len(entries_of(data)) == so_far or place not in ("", "ledger.jsonl")
        received.assert_whole()
    assert runs.run(data.root, SOURCE, papers=False).code == 0
    received.assert_gone_through(page=False)


def test_an_inbox_or_a_page_that_may_not_be_written_does_not_keep_the_figures_back(runs, received):
    before, data = received.content(), received.data
    for permille, place in ((575, "inbox"), (576, "report")):
        received.lay(permille)
        assert_names(data.root / place, runs, data, papers=place == "report")
        after = received.content()
        assert after != before
        received.assert_whole()
        before = after
    assert runs.run(data.root, SOURCE).code == 0
    received.assert_gone_through()


def assert_names(place: Path, runs: Children, data: DataDirectory, papers: bool = False) -> None:
    """A run that may not write to a place says so and names it."""
    with not_writable(place):
        message = in_words(runs.run(data.root, SOURCE, without_privileges=True, papers=papers))
    assert "Permission denied" in message
    assert str(place) in message


@contextmanager
def not_writable(place: Path) -> Iterator[None]:
    """Take from everybody the permission to write to a file, or to a folder and all in it."""
    paths = [place, *place.rglob("*")] if place.is_dir() else [place]
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            if path.exists():
                path.chmod(mode)
