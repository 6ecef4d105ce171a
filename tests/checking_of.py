"""Rows as a reader leaves them, and what the checks of a source make of them: for tests of checks."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalogue.load import Catalogue
from tasks.check import check_delivery, check_marts
from tasks.checking.outcomes import CheckOutcome, CheckOutcomes
from tasks.expectations import for_marts
from tests.deliveries_for_tests import the_catalogue
from warehouse.deliveries import Delivery
from warehouse.in_memory import small_work
from warehouse.paths import DataDirectory
from warehouse.reading_columns import READING_COLUMNS

EXTRA = {
    "valg_dk": {"valid_votes": "DOUBLE", "invalid_votes": "DOUBLE", "municipality_name": "VARCHAR"},
    "agreement_figures": {"section": "VARCHAR", "exactness": "VARCHAR"},
    "ministry_list": {"threshold": "DOUBLE"},
}
DISTRICTS = {
    row["dagi_id"]: row["name"] for row in the_catalogue().polling_districts if row["municipality_code"] == "330"
}


def area_row(**changed: Any) -> dict[str, Any]:
    """A good row of LBF's file: daycare in Ringparken, 90 of 150 children."""
    return {
        "file_name": "lbf.csv",
        "first_line": 2,
        "indicator_id": "daycare_1_5",
        "unit_level": "area",
        "unit_code": "RIN",
        "unit_name": "Ringparken",
        "period": "2023",
        "numerator": 90,
        "denominator": 150,
        "value": 0.6,
    } | changed


def municipality_row(**changed: Any) -> dict[str, Any]:
    """A good row of LBF's file: daycare in Slagelse, 3,500 of 4,000 children."""
    municipality = {"unit_level": "municipality", "unit_code": "330", "unit_name": "Slagelse"}
    return area_row() | municipality | {"numerator": 3500, "denominator": 4000, "value": 0.875} | changed


def survey_row(**changed: Any) -> dict[str, Any]:
    """A good row of the survey: 54 answers from Motalavej."""
    return {
        "file_name": "survey.csv",
        "first_line": 4,
        "indicator_id": "feels_safe",
        "unit_level": "area",
        "unit_name": "Motalavej",
        "period": "2021-wave",
        "denominator": 54,
        "value": 0.66,
        "design_effect": 1.3,
        "response_rate": 0.38,
        "instrument": "VIVE 2018/2021",
    } | changed


def district_row(dagi_id: str, **changed: Any) -> dict[str, Any]:
    """A good row of valg.dk: one polling district of Slagelse at the municipal election of 2025."""
    return {
        "file_name": "valg.zip",
        "place": f"{dagi_id}.json#/AfgivneStemmer",
        "first_line": 0,
        "indicator_id": "turnout_municipal_election",
        "unit_level": "polling_district",
        "unit_code": dagi_id,
        "unit_name": DISTRICTS.get(dagi_id, "Et andet sted"),
        "municipality_code": "330",
        "period": "KV-2025-11-18",
        "numerator": 600,
        "denominator": 1000,
        "valid_votes": 590,
        "invalid_votes": 10,
        "municipality_name": "Slagelse Kommune",
    } | changed


def all_districts(**changed: Any) -> list[dict[str, Any]]:
    """A good row of every polling district of Slagelse."""
    return [district_row(dagi_id, **changed) for dagi_id in DISTRICTS]


def parquet_of(folder: Path, rows: list[dict[str, Any]], source_id: str = "", name: str = "0123456789abcdef") -> Path:
    """A reading with these rows, its missing columns NULL."""
    columns = READING_COLUMNS | EXTRA.get(source_id, {})
    path = folder / f"{name}.parquet"
    with small_work() as connection:
        connection.execute(
            f"CREATE TEMP TABLE reading ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        )
        if rows:
            # One statement: DuckDB takes as long for each as for all of these rows.
            marks = f"({', '.join('?' for _ in columns)})"
            values = [row.get(column) for row in rows for column in columns]
            connection.execute(f"INSERT INTO reading VALUES {', '.join(marks for _ in rows)}", values)
        connection.execute(f"COPY reading TO '{path}' (FORMAT parquet)")
    return path


def delivery_of(source_id: str, received_at: str = "2026-11-20T10:00:00+00:00") -> Delivery:
    """A delivery of a source as the ledger tells of it."""
    return Delivery(
        delivery_id=f"{source_id}-0123456789ab",
        source_id=source_id,
        part_id="",
        sha256="0123456789ab" + "0" * 52,
        files=(),
        is_synthetic=True,
        origin="test",
        received_at=received_at,
        received_by="test",
        sequence=1,
    )


def checked(
    folder: Path,
    source_id: str,
    rows: list[dict[str, Any]],
    previous: list[dict[str, Any]] | None = None,
    catalogue: Catalogue | None = None,
    later: list[dict[str, Any]] | None = None,
    not_loaded: int | None = None,
) -> CheckOutcomes:
    """What the checks of a source make of rows that came after those of `previous` and before those of `later`.

    `not_loaded` is the number of the row of `previous` that lies in quarantine.
    """
    reading = parquet_of(folder, rows, source_id)
    before = None if previous is None else parquet_of(folder, previous, source_id, "before")
    since = () if later is None else (parquet_of(folder, later, source_id, "later"),)
    data = DataDirectory(folder / "data")
    lies = None if not_loaded is None else folder / "quarantined.parquet"
    if lies:
        duckdb.sql(f"SELECT {not_loaded}::BIGINT AS row_number").write_parquet(str(lies))
    return check_delivery(data, catalogue or the_catalogue(), delivery_of(source_id), reading, before, since, lies)


def failed(outcomes: CheckOutcomes) -> dict[str, CheckOutcome]:
    """The checks that did not hold, under their names."""
    return {one.check: one for one in outcomes.outcomes if not one.success}


def quarantined(outcomes: CheckOutcomes) -> list[tuple[Any, ...]]:
    """(row_number, failed_checks, found) of each row in quarantine, in the order of the file."""
    if outcomes.quarantine_path is None:
        return []
    query = "SELECT row_number, failed_checks, found FROM read_parquet(?)"
    return duckdb.execute(query, [str(outcomes.quarantine_path)]).fetchall()


def by_one_check(warehouse_file: Path, check: str) -> CheckOutcome:
    """What one of the checks of the marts finds; to ask all the others too takes forty times as long."""
    chosen = {table: [one for one in checks if one.check == check] for table, checks in for_marts().items()}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tasks.check.for_marts", lambda: {table: one for table, one in chosen.items() if one})
        (outcome,) = check_marts(warehouse_file)
    return outcome
