"""The tables of an audit pack: each file under reports/pack/tables/ is one SELECT, asked of the current publication."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb

from tasks.auditing.year import Year
from tasks.visible import visible
from warehouse.ledger import Entry
from warehouse.paths import shipped
from warehouse.query import open_published

# What a spreadsheet would run as a formula. A number never begins a text cell here: numbers are no texts.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """One table: its name, what it holds, and rows under columns (name -> type of DuckDB)."""

    name: str
    title: str
    columns: dict[str, str]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def as_csv(self) -> bytes:
        """The table as CSV with commas, UTF-8; a text that a spreadsheet would run gets an apostrophe before it."""
        text = StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerows([tuple(self.columns), *([_cell(value) for value in row] for row in self.rows)])
        return text.getvalue().encode()


def read_tables(year: Year) -> dict[str, Table]:
    """Every table of the pack under its name."""
    found = {"publications": _publications(year)}
    with open_published(year.data.warehouse) as connection:
        for path in sorted((shipped("reports") / "pack" / "tables").glob("*.sql")):
            found[path.stem] = _asked(connection, path, year.year)
    return found | {"definitions": _definitions(year, found["definitions"])}


def _definitions(year: Year, now: Table) -> Table:
    """The definitions of now, then those of each publication that was seen and of the year's last, newest last."""
    told = {one.digest: one for one in (*year.seen, *year.publications[-1:])}
    seen = [row for one in told.values() for row in _definitions_of(year, one, now)]
    return Table(now.name, now.title, now.columns, (*(row for row in now.rows if row not in seen), *seen))


def _definitions_of(year: Year, publication: Entry, now: Table) -> tuple[tuple[Any, ...], ...]:
    path = shipped("reports") / "pack" / "tables" / f"{now.name}.sql"
    try:
        with open_published(year.file_of(publication)) as connection:
            return _asked(connection, path, year.year).rows
    except duckdb.Error:
        # A file of another version of this program has other columns; the ledger knows the versions.
        told = {"publication_id": publication.body["publication_id"]}
        known = [told | one for one in publication.body.get("definitions", [])]
        return tuple(tuple(row.get(column) for column in now.columns) for row in known)


def _asked(connection: duckdb.DuckDBPyConnection, path: Path, year: int) -> Table:
    text = path.read_text(encoding="utf-8")
    cursor = connection.execute(text.replace("$year", str(year)))
    columns = {column[0]: str(column[1]) for column in cursor.description or []}
    return Table(path.stem, text.partition("\n")[0].removeprefix("--").strip(), columns, tuple(cursor.fetchall()))


def _publications(year: Year) -> Table:
    """Asked of the ledger itself: the newest publication does not tell of its own making."""
    columns: dict[str, str] = dict.fromkeys(
        ("publication_id", "digest", "published_at", "file_sha256", "figures_root", "seen_by_meetings"), "VARCHAR"
    )
    rows = [
        (
            one.body["publication_id"], one.digest, one.time, one.body["file_sha256"], one.body.get("figures_root"),
            ", ".join(m["meeting_id"] for m in year.meetings if m["publication_digest"] == one.digest),
        )
        for one in year.publications
    ]  # fmt: skip
    return Table("publications", "The year's publications, and which meetings saw them.", columns, tuple(rows))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = visible(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
