"""Withholding and its attack over a small table of counts: the real step of a build, on the tables that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import duckdb

from tasks.disclosure.withhold import Report, Withholding
from tests.deliveries_for_tests import the_catalogue
from warehouse.build import Request, make_tables
from warehouse.ledger import Entry
from warehouse.sql_files import load_macros

AREAS = {"a": ("a1", "a2"), "b": ("b1", "b2"), "c": ("c1", "c2")}
LEVELS = {"a": "area", "b": "area", "c": "area", "total": "agreement", "330": "municipality"}
COUNTED = {
    "delivery_id": "may", "release": 2, "indicator_id": "charged", "kind": "share", "unit": "fraction",
    "period": "2023", "source_id": "lbf", "is_rejected": False, "is_in_force": True, "is_share_alone": False,
    "rule_applies": True, "is_withheld_by_source": False, "told_at_most": None, "is_told_as_ours": False,
    "protection_width": 6,
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What was withheld, as (unit, delivery) -> role, and the report."""

    withheld: dict[tuple[str, str], str]
    report: Report

    @property
    def units(self) -> set[str]:
        """The units of which anything is withheld."""
        return {unit for unit, _ in self.withheld}


def count(unit: str, x: float | None, n: float | None, **columns: Any) -> dict[str, Any]:
    """One delivered row of core.counted; `unit` is one of AREAS, their departments, total or 330."""
    small = x is not None and n is not None and (0 < x <= 5 or 0 < n - x <= 5)
    row = COUNTED | {"unit_level": LEVELS.get(unit, "department"), "unit_id": unit, "numerator": x, "denominator": n}
    return row | {"is_small": small} | columns


@cache
def _prepared() -> duckdb.DuckDBPyConnection:
    """A database in memory with the macros and, empty, the tables that the step reads."""
    prepared = duckdb.connect(config={"threads": 1})
    with duckdb.connect() as built:
        make_tables(built, Request((), (), (), the_catalogue(), "run-1", "2026-11-23T01:00:00+00:00"))
        query = """SELECT schema_name || '.' || table_name,
                string_agg(printf('"%s" %s', column_name, data_type), ', ' ORDER BY column_index)
            FROM duckdb_columns() WHERE schema_name IN ('core', 'ledger', 'catalogue', 'raw') GROUP BY ALL"""
        for schema in ("core", "ledger", "catalogue", "raw"):
            prepared.execute(f"CREATE SCHEMA {schema}")
        load_macros(prepared)
        for table, columns in built.execute(query).fetchall():
            prepared.execute(f"CREATE TABLE {table} ({columns})")
    return prepared


@contextmanager
def _empty_tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables, empty; nothing of what is done with them stays."""
    with _prepared().cursor() as connection:
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


def withholding(
    rows: Sequence[dict[str, Any]], entries: Iterable[Entry] = (), links: Sequence[dict[str, Any]] = ()
) -> Outcome:
    """Withhold what must be of these rows, after what the ledger tells of earlier publications; `links` as rows of
    catalogue.linked_count.
    """
    entries = tuple(entries)
    with _empty_tables() as connection:
        _insert(connection, "core.counted", [{"row_number": number} | row for number, row in enumerate(rows)])
        _insert(connection, "core.membership", list(_members()))
        periods = sorted({row["period"] for row in rows})
        ends = [one if len(one) == len("2023-01-01") else f"{one}-12-31" for one in periods]
        spoken_of = [{"period": one, "period_end": end} for one, end in zip(periods, ends, strict=True)]
        _insert(connection, "core.period", spoken_of)
        _insert(connection, "catalogue.agreement", [{"agreement_id": "total", "municipality_code": "330"}])
        known = {"charged": "share", "employed": "share", "residents": "amount"}
        known |= {row["indicator_id"]: row["kind"] for row in rows}
        for table, name in (("catalogue.source", "source_id"), ("ledger.delivery", "delivery_id")):
            _insert(connection, table, [{name: one} for one in sorted({row[name] for row in rows})])
        _insert(connection, "catalogue.indicator", [{"indicator_id": one, "kind": kind} for one, kind in known.items()])
        _insert(connection, "catalogue.linked_count", list(links))
        _insert(connection, "ledger.entry", [_entry_row(entry) for entry in entries])
        step = Withholding()
        step(connection, Request((), entries, (), the_catalogue(), "run-9", "2026-11-23T01:00:00+00:00"))
        found = connection.execute("SELECT unit_id, delivery_id, role FROM raw.withheld").fetchall()
    return Outcome({(unit, delivery): role for unit, delivery, role in found}, step.report)


def _members() -> Iterable[dict[str, Any]]:
    always = {"valid_from": "0001-01-01", "valid_to": "9999-12-31", "steps": 1}
    for area, departments in AREAS.items():
        yield always | {"child_level": "area", "child_id": area, "parent_level": "agreement", "parent_id": "total"}
        for department in departments:
            part = {"child_level": "department", "child_id": department, "parent_level": "area", "parent_id": area}
            yield always | part


def _entry_row(entry: Entry) -> dict[str, Any]:
    import json

    time = datetime.fromisoformat(entry.time).replace(tzinfo=None)
    return {"sequence": entry.sequence, "time": time, "kind": entry.kind, "body": json.dumps(entry.body)}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(dict.fromkeys(name for row in rows for name in row))
    marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
    values = [row.get(name) for row in rows for name in columns]
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}", values)


def published(number: int, outcome: Outcome, *deliveries: str, day: str = "2026-06-01") -> list[Entry]:
    """The ledger's entries of a publication that withheld what `outcome` says."""
    name = f"publication-{number}"
    attacked = outcome.report.body | {"publication_id": name}
    made = {"publication_id": name, "deliveries": list(deliveries)}
    time = f"{day}T02:00:00+00:00"
    return [
        Entry(2 * number, time, "test", "disclosure_attacked", "", attacked, "", ""),
        Entry(2 * number + 1, time, "test", "publication_made", "", made, "", ""),
    ]
