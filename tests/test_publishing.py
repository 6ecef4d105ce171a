"""Putting publications in place: readers see whole ones only, whatever happens meanwhile.

How one publication is kept, told and made current, and settled after a crash, is in test_build.py.
"""

from __future__ import annotations

import duckdb
import pytest

from catalogue.load import Catalogue
from tests.deliveries_for_tests import the_catalogue
from tests.readers import publish_number, read_through
from warehouse.described import fingerprints
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import settle

PUBLICATIONS = 10


@pytest.fixture
def data(data_folder) -> DataDirectory:
    found = DataDirectory(data_folder)
    found.prepare()
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return the_catalogue()


@pytest.mark.end_to_end
def test_two_readers_see_whole_publications_only_while_ten_are_put_in_place(data, catalogue):
    readers = read_through(data, catalogue, readers=2, publications=PUBLICATIONS)
    assert [(reader.code, reader.complaints) for reader in readers] == [(0, "")] * 2
    for reader in readers:
        assert reader.mixed == 0, "a mart with rows of two publications"
        numbers = [number for number, *_ in reader.seen]
        assert numbers == sorted(numbers)
        assert len({*numbers}) > 2, "the reader came too late to see anything change"


def test_a_reader_who_has_a_publication_open_keeps_it_to_the_end(data, catalogue):
    publish_number(data, catalogue, 1)
    with duckdb.connect(data.warehouse, read_only=True) as reader:
        publish_number(data, catalogue, 2)
        assert reader.execute("SELECT DISTINCT number FROM mart.indicator_series").fetchall() == [(1,)]
    with duckdb.connect(data.warehouse, read_only=True) as reader:
        assert reader.execute("SELECT DISTINCT number FROM mart.indicator_series").fetchall() == [(2,)]


def test_one_file_of_each_publication_is_kept_with_the_digest_that_the_ledger_tells(data, catalogue):
    made = [publish_number(data, catalogue, number) for number in (1, 2, 3)]
    kept = {path.stem: path for path in data.published.iterdir()}
    assert sorted(kept) == [one.publication_id for one in made]
    for entry in Ledger(data.ledger).entries():
        path = kept[entry.body["publication_id"]]
        assert fingerprints(path) == entry.body["tables"]
        assert path.stat().st_mode & 0o222 == 0, "nobody may write to it"
    assert fingerprints(data.warehouse) == fingerprints(kept[made[-1].publication_id])


def test_a_file_of_which_the_ledger_does_not_know_was_never_current_and_is_laid_aside(data, catalogue):
    """A crash after keeping the file and before telling the ledger leaves such a file."""
    first = publish_number(data, catalogue, 1)
    unknown = data.published / "20261123T010000-00000000.duckdb"
    unknown.write_bytes((data.published / f"{first.publication_id}.duckdb").read_bytes())
    settle(data, Ledger(data.ledger).entries())
    assert [path.name for path in data.published.glob("*.duckdb")] == [f"{first.publication_id}.duckdb"]
    assert unknown.with_suffix(".never-current").exists(), "it is nobody's to throw away"


def test_what_cut_off_runs_left_half_done_is_cleared_away_by_the_next(data, catalogue):
    publish_number(data, catalogue, 1)
    left = [
        data.building / "run-000007" / "half.duckdb",
        data.parsed / "0a1b" / ".v1.parquet.writing-4711",
        data.parsed / "0a1b" / ".reading-x" / "spilled.tmp",
        data.quarantine / "ministry_list-0a1b" / ".v1.parquet.writing-4711",
    ]
    whole = [data.parsed / "0a1b" / "v1.parquet", data.quarantine / "ministry_list-0a1b" / "v1.parquet"]
    for path in [*left, *whole]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PAR1")
    settle(data, Ledger(data.ledger).entries())
    assert not [path for path in left if path.exists()]
    assert all(path.exists() for path in whole)


def test_a_mart_s_fingerprint_sees_rows_that_stand_twice_and_no_order(tmp_path):
    def fingerprint(name: str, *numbers: int) -> dict[str, int]:
        with duckdb.connect(tmp_path / name) as made:
            made.execute(f"CREATE SCHEMA mart; CREATE TABLE mart.one AS SELECT unnest({list(numbers)}) AS number")
        return fingerprints(tmp_path / name)["mart.one"]

    assert fingerprint("a.duckdb", 1, 1, 5) != fingerprint("b.duckdb", 2, 2, 5)
    assert fingerprint("c.duckdb", 5, 1, 1) == fingerprint("d.duckdb", 1, 5, 1)
