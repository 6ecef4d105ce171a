"""The quarantine: rows that broke a rule, whole, with the rule, its reason, their place and what they say.

`data/quarantine/<delivery_id>/<check version>.parquet`. Whatever lies here can be made again by a check; its
SHA-256 stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.parsed import written_whole
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256
from warehouse.sql_text import literal

_SHOWN = (
    "indicator_id",
    "unit_level",
    "unit_code",
    "unit_name",
    "municipality_code",
    "period",
    "numerator",
    "denominator",
    "value",
    "standard_deviation",
    "design_effect",
    "response_rate",
    "sign",
    "missing_reason",
)


@dataclass(frozen=True)
class Rule:
    """A check about single rows: its id, the SQL that is true for a row at fault, and why the rule matters."""

    check: str
    predicate: str
    because: str


@dataclass(frozen=True)
class Quarantined:
    """What was laid in quarantine: rows, rows per rule, and the file with its SHA-256 (None without rows)."""

    rows: int
    rows_by_check: dict[str, int]
    path: Path | None
    sha256: str | None


def quarantine_path(data: DataDirectory, delivery_id: str, check_version: str) -> Path:
    """Where a delivery's rejected rows lie once this version of its checks has found them."""
    return data.quarantine / delivery_id / f"{check_version}.parquet"


def is_left(quarantined: Path | None) -> str:
    """SQL that is true for each row of a reading, by its file_row_number, that is not in this file (None: for all)."""
    if quarantined is None:
        return "true"
    return f"file_row_number NOT IN (SELECT row_number FROM read_parquet({literal(quarantined)}))"


def fill_quarantine(connection: duckdb.DuckDBPyConnection, path: Path, rules: Sequence[Rule]) -> Quarantined:
    """Write the rows of `reading` that break any of the rules to `path`, in one pass and in their order.

    `reading` must have `row_number` and the columns of a reading; the macros read.* must exist. The file has
    row_number, all columns of the reading, locator, failed_checks (a list), because (one reason per check,
    parted by ' | ') and found (what the row says). The same rows and rules give the same bytes.
    """
    if not rules:
        return Quarantined(0, {}, None, None)
    flags = [f"coalesce({rule.predicate}\n, false) AS rule_{number}" for number, rule in enumerate(rules)]
    any_rule = " OR ".join(f"rule_{number}" for number in range(len(rules)))
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE at_fault AS
        SELECT * FROM (SELECT row_number, {", ".join(flags)} FROM reading) WHERE {any_rule}"""
    )
    counts = [f"count(*) FILTER (rule_{number})" for number in range(len(rules))]
    total, *by_rule = connection.execute(f"SELECT count(*), {', '.join(counts)} FROM at_fault").fetchone() or (0,)
    by_check = dict(zip((rule.check for rule in rules), by_rule, strict=True))
    if not total:
        return Quarantined(0, by_check, None, None)
    with written_whole(path) as unfinished:
        connection.execute(f"COPY ({_rows_at_fault(connection, rules)}) TO {literal(unfinished)} (FORMAT parquet)")
    return Quarantined(total, by_check, path, file_sha256(path))


def _rows_at_fault(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> str:
    columns = {name for name, *_ in connection.execute("DESCRIBE reading").fetchall()}
    shown = [f"'{name}=' || reading.{name}" for name in _SHOWN if name in columns]
    return f"""
        SELECT
            reading.*,
            read.locator(reading.file_name, reading.place, reading.first_line, reading.row_number) AS locator,
            {_of_failed(rules, "check")} AS failed_checks,
            array_to_string({_of_failed(rules, "because")}, ' | ') AS because,
            coalesce(reading.unreadable, concat_ws(', ', {", ".join(shown)})) AS found
        FROM reading
        INNER JOIN at_fault ON reading.row_number = at_fault.row_number
        ORDER BY reading.row_number"""


def _of_failed(rules: Sequence[Rule], field: str) -> str:
    told = [f"CASE WHEN rule_{number} THEN {literal(getattr(rule, field))} END" for number, rule in enumerate(rules)]
    return f"list_filter([{', '.join(told)}], lambda one: one IS NOT NULL)"
