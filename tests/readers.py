"""Readers in processes of their own, while small publications are put in place one after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalogue.load import Catalogue
from warehouse.build import Request
from warehouse.paths import DataDirectory
from warehouse.publish import Publication, publish
from warehouse.query import open_published, run_query

ROWS = 20_000
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Read:
    """What one reader says at its end: exit code, complaints, and for each look the numbers and rows that it saw."""

    code: int
    complaints: str
    seen: tuple[tuple[int, ...], ...]

    @property
    def mixed(self) -> int:
        """Looks in which the marts were not all of one publication, or not whole."""
        return sum(len({*one[:-1]}) != 1 or len(one) != 3 or one[-1] != ROWS for one in self.seen)


# Publishing tells the ledger of baselines, figures and superseded deliveries too; here there are none of them.
_WHAT_A_PUBLICATION_TELLS = """
    CREATE SCHEMA mart; CREATE SCHEMA core; CREATE SCHEMA audit; CREATE SCHEMA ledger;
    CREATE TABLE ledger.delivery (delivery_id TEXT, is_in_force BOOLEAN);
    CREATE TABLE core.current_observation (delivery_id TEXT);
    CREATE TABLE audit.figure_leaf (leaf_number BIGINT, leaf TEXT, leaf_digest TEXT);
    CREATE TABLE core.baseline_figure (
        agreement_id TEXT, indicator_id TEXT, area_id TEXT, period TEXT, value DOUBLE, numerator DOUBLE,
        denominator DOUBLE, definition_version TEXT, delivery_id TEXT, known_from TIMESTAMP, signed_at TIMESTAMP,
        corrected_because TEXT, is_sealed BOOLEAN
    )
"""


def publish_number(data: DataDirectory, catalogue: Catalogue, number: int) -> Publication:
    """Publish a small warehouse in which every row of every mart bears the publication's number."""
    as_of = f"2026-11-{number:02}T01:00:00+00:00"
    request = Request((), (), (), catalogue, f"run-{number:06}", as_of)
    return publish(data, _built(data, request, number), request, actor="test")


def _built(data: DataDirectory, request: Request, number: int) -> Path:
    path = data.building / request.run_id / f"{request.publication_id}.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute(_WHAT_A_PUBLICATION_TELLS)
        for table in ("indicator_series", "goal_indicator"):
            connection.execute(f"CREATE TABLE mart.{table} AS SELECT {number} AS number, * FROM range({ROWS})")
    return path


def read_through(data: DataDirectory, catalogue: Catalogue, *, readers: int, publications: int) -> list[Read]:
    """Let so many processes read without a pause until the last of so many publications has come."""
    publish_number(data, catalogue, 1)
    # Not `python -c`: that counts as interactive, and DuckDB would draw a progress bar into what the reader says.
    command = [sys.executable, "-m", "tests.readers", str(data.warehouse), str(publications)]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(readers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
    for number in range(2, publications + 1):
        publish_number(data, catalogue, number)
    return [_told(process) for process in processes]


def _told(process: subprocess.Popen[str]) -> Read:
    said, complaints = process.communicate(timeout=300)
    return Read(process.returncode, complaints, tuple(map(tuple, json.loads(said or "[]"))))


def read_on(warehouse: Path, last: int) -> list[list[int]]:
    """Look at the marts without a pause until the last publication has come: the numbers and rows of each look."""
    seen: list[list[int]] = []
    while not seen or seen[-1][0] != last:
        with open_published(warehouse) as connection:
            one = connection.execute("SELECT DISTINCT number FROM mart.indicator_series").fetchall()
            other = connection.execute("SELECT DISTINCT number FROM mart.goal_indicator").fetchall()
        rows = run_query(warehouse, "SELECT count(*) FROM mart.indicator_series").rows
        seen.append([*(number for (number,) in [*one, *other]), rows[0][0]])
    return seen


if __name__ == "__main__":
    print("reading", flush=True)
    print(json.dumps(read_on(Path(sys.argv[1]), int(sys.argv[2]))), flush=True)
