"""Putting publications in place: readers see whole ones only, whatever happens meanwhile.

How one publication is kept, told and made current, and settled after a crash, is in test_build.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from catalogue.load import Catalogue, load_catalogue
from warehouse.build import Request
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import Publication, fingerprints, publish, settle

PUBLICATIONS = 20
READER = """
import json, sys
from pathlib import Path
from warehouse.query import open_published, run_query

warehouse, last, seen = Path(sys.argv[1]), int(sys.argv[2]), []
print("reading", flush=True)
while not seen or seen[-1][0] != last:
    with open_published(warehouse) as connection:
        one = connection.execute("SELECT DISTINCT number FROM mart.indicator_series").fetchall()
        other = connection.execute("SELECT DISTINCT number FROM mart.goal_indicator").fetchall()
    rows = run_query(warehouse, "SELECT count(*) FROM mart.indicator_series").rows
    seen.append([*(number for (number,) in [*one, *other]), rows[0][0]])
print(json.dumps(seen), flush=True)
"""


@pytest.fixture
def data(data_folder) -> DataDirectory:
    found = DataDirectory(data_folder)
    found.prepare()
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def publish_number(data: DataDirectory, catalogue: Catalogue, number: int) -> Publication:
    """Publish a small warehouse in which every row of every mart bears the publication's number."""
    as_of = f"2026-11-{number:02}T01:00:00+00:00"
    request = Request((), (), (), catalogue, f"run-{number:06}", as_of)
    return publish(data, built(data, request, number), request, actor="test")


def built(data: DataDirectory, request: Request, number: int) -> Path:
    path = data.building / request.run_id / f"{request.publication_id}.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA mart")
        for table in ("indicator_series", "goal_indicator"):
            connection.execute(f"CREATE TABLE mart.{table} AS SELECT {number} AS number, * FROM range(20_000)")
    return path


def test_two_readers_see_whole_publications_only_while_twenty_are_put_in_place(data, catalogue, repository_root):
    publish_number(data, catalogue, 1)
    command = [sys.executable, "-c", READER, str(data.warehouse), str(PUBLICATIONS)]
    readers = [
        subprocess.Popen(command, cwd=repository_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout.readline() == "reading\n"
    for number in range(2, PUBLICATIONS + 1):
        publish_number(data, catalogue, number)
    told = [reader.communicate(timeout=60) for reader in readers]
    assert [(reader.returncode, errors) for reader, (_, errors) in zip(readers, told, strict=True)] == [(0, "")] * 2
    for said, _ in told:
        seen = json.loads(said)
        assert {len(one) for one in seen} == {3}, "a mart with rows of two publications"
        assert all(series == goals and rows == 20_000 for series, goals, rows in seen)
        numbers = [series for series, _, _ in seen]
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
