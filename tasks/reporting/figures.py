"""What the page shows, read out of one published warehouse and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from tasks.reporting.folder import query
from tasks.visible import visible_in
from warehouse.ledger import Entry
from warehouse.query import open_published
from warehouse.sql_text import literal

Row = dict[str, Any]
# So much of the digest stands on paper: enough that nobody finds another entry with it.
CHECK_CODE_LENGTH = 16


@dataclass(frozen=True)
class AgreementFigures:
    """One agreement: nested rows as the files of `reports/queries/` describe them."""

    agreement: Row
    goals: list[Row]
    series: list[Row]
    milestones: list[Row]
    context: list[Row]
    districts: list[Row]
    cross_checks: list[Row]
    meeting: Row | None
    changes: list[Row]
    outdated: list[Row]
    actions: list[Row]


@dataclass(frozen=True)
class Publication:
    """Everything that the site shows of one publication."""

    publication: Row
    sources: list[Row]
    warnings: list[Row]
    real_and_synthetic: list[Row]
    agreements: list[AgreementFigures]


def read_publication(warehouse_file: Path, entries: Sequence[Entry] = ()) -> Publication:
    """Read a published warehouse through the readers' connection, which can neither write nor reach other files.

    `entries` of the ledger tell the digest that the file cannot hold itself: that of the entry that published it.
    Raises HelhedsplanError if the file is missing, or is no warehouse that this version of the page knows.
    """
    with open_published(warehouse_file, is_small_work=True) as connection:
        try:
            return _read(connection, entries)
        except duckdb.Error as error:
            raise HelhedsplanError(
                "the page cannot be made from this warehouse",
                place=str(warehouse_file),
                expected="a warehouse that this version of `helhedsplan refresh` has published",
                found=str(error).splitlines()[0],
                do="run `helhedsplan refresh`, then `helhedsplan report`",
            ) from error


def _read(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> Publication:
    connection.execute(f"CREATE TEMP TABLE figure AS {query('figure')}")
    agreements = _rows(connection, "agreements")
    publication = _rows(connection, "publication")[0]
    names = {row["id"]: row for row in _rows(connection, "names")}
    return Publication(
        publication=publication | _identity(publication["publication_id"], entries),
        sources=_rows(connection, "sources"),
        warnings=[row | {"names": names} for row in _rows(connection, "warnings")],
        real_and_synthetic=_rows(connection, "real_and_synthetic"),
        agreements=[_agreement(connection, agreement) for agreement in agreements],
    )


def _identity(publication_id: str, entries: Sequence[Entry]) -> Row:
    """The digest of the ledger's entry that made this publication; None where that entry is not at hand."""
    digest = next(
        (
            entry.digest
            for entry in reversed(entries)
            if entry.kind == "publication_made" and entry.body["publication_id"] == publication_id
        ),
        None,
    )
    return {"digest": digest, "check_code": digest[:CHECK_CODE_LENGTH] if digest else None}


def _agreement(connection: duckdb.DuckDBPyConnection, agreement: Row) -> AgreementFigures:
    # A prepared parameter would make DuckDB import pandas, which takes longer than all the queries.
    connection.execute(f"SET VARIABLE agreement_id = {literal(agreement['agreement_id'])}")
    return AgreementFigures(
        agreement=agreement,
        goals=_rows(connection, "overview"),
        series=_rows(connection, "series"),
        milestones=_rows(connection, "milestones"),
        context=_rows(connection, "context"),
        districts=_rows(connection, "districts"),
        cross_checks=_rows(connection, "cross_checks"),
        meeting=next(iter(_rows(connection, "meeting")), None),
        changes=_rows(connection, "changes"),
        outdated=_rows(connection, "outdated"),
        actions=_rows(connection, "actions"),
    )


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    answer = connection.execute(query(name))
    columns = [column[0] for column in answer.description or ()]
    return [dict(zip(columns, visible_in(row), strict=True)) for row in answer.fetchall()]
