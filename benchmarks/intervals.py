"""What the intervals cost: the whole build of a delivery, with its macros and with them returning nothing.

`python -m benchmarks.intervals read CSV CATALOGUE DATA` receives and reads the delivery, without checks;
`python -m benchmarks.intervals build DATA CATALOGUE TARGET` builds the warehouse of it, as a refresh does but for
withholding, and with a last word `plain` with every macro of sql/stat that makes a limit returning NULL.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb

import warehouse.build
from benchmarks.core import ACTOR, RUN_ID, read_and_approve, request_of
from benchmarks.large_csv import SOURCE_ID
from catalogue.load import load_catalogue
from tasks.receive import deliver
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.sql_files import load_macros, sql_files

_LIMIT = re.compile(r"_(low|high)$")
_SIGNATURE = re.compile(r"CREATE OR REPLACE MACRO (?P<signature>stat\.\w+\s*\([^)]*\)) AS", re.IGNORECASE)


def main() -> None:
    if sys.argv[1] == "read":
        _read(*(Path(word) for word in sys.argv[2:5]))
    else:
        _build(*(Path(word) for word in sys.argv[2:5]), is_plain=sys.argv[5:] == ["plain"])


def _read(csv: Path, catalogue_home: Path, folder: Path) -> None:
    data, catalogue = DataDirectory(folder), load_catalogue(catalogue_home)
    data.prepare()
    ledger = Ledger(data.ledger)
    ledger.append("data_directory_marked", {"mark": "sample"}, actor=ACTOR)
    ledger.append("run_started", {"run_id": RUN_ID}, actor=ACTOR)
    deliver(data, catalogue, csv, SOURCE_ID, actor=ACTOR, is_synthetic=True)
    for delivery in deliveries(ledger.entries()).values():
        read_and_approve(data, catalogue, delivery)


def _build(folder: Path, catalogue_home: Path, target: Path, *, is_plain: bool) -> None:
    if is_plain:
        warehouse.build.load_macros = _load_macros_without_limits
    target.unlink(missing_ok=True)
    warehouse.build.build(request_of(DataDirectory(folder), load_catalogue(catalogue_home)), target)


def _load_macros_without_limits(connection: duckdb.DuckDBPyConnection) -> None:
    load_macros(connection)
    limits = [file for file in sql_files(["stat"]) if _LIMIT.search(file.name)]
    signatures = [_SIGNATURE.search(file.text) for file in limits]
    if not limits or not all(signatures):
        raise SystemExit("a macro of sql/stat that makes a limit does not begin as it should")
    for found in signatures:
        if found:
            connection.execute(f"CREATE OR REPLACE MACRO {found['signature']} AS NULL::DOUBLE")


if __name__ == "__main__":
    main()
