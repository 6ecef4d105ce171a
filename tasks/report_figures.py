"""What the page shows, read out of one published warehouse and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from tasks.report_folder import query
from warehouse.query import open_published
from warehouse.sql_text import literal

Row = dict[str, Any]


@dataclass(frozen=True)
class AgreementFigures:
    """One agreement: nested rows as the files of `reports/queries/` describe them."""

    agreement: Row
    goals: list[Row]
    series: list[Row]
    context: list[Row]
    districts: list[Row]
    cross_checks: list[Row]


@dataclass(frozen=True)
class Publication:
    """Everything that the site shows of one publication."""

    publication: Row
    sources: list[Row]
    real_and_synthetic: list[Row]
    agreements: list[AgreementFigures]


def read_publication(warehouse_file: Path) -> Publication:
    """Read a published warehouse through the readers' connection, which can neither write nor reach other files.

    Raises HelhedsplanError if the file is missing, or is no warehouse that this version of the page knows.
    """
    with open_published(warehouse_file) as connection:
        try:
            return _read(connection)
        except duckdb.Error as error:
            raise HelhedsplanError(
                "the page cannot be made from this warehouse",
                place=str(warehouse_file),
                expected="a warehouse that this version of `helhedsplan refresh` has published",
                found=str(error).splitlines()[0],
                do="run `helhedsplan refresh`, then `helhedsplan report`",
            ) from error


def _read(connection: duckdb.DuckDBPyConnection) -> Publication:
    connection.execute(f"CREATE TEMP TABLE figure AS {query('figure')}")
    agreements = _rows(connection, "agreements")
    return Publication(
        publication=_rows(connection, "publication")[0],
        sources=_rows(connection, "sources"),
        real_and_synthetic=_rows(connection, "real_and_synthetic"),
        agreements=[_agreement(connection, agreement) for agreement in agreements],
    )


def _agreement(connection: duckdb.DuckDBPyConnection, agreement: Row) -> AgreementFigures:
    # A prepared parameter would make DuckDB import pandas, which takes longer than all the queries.
    connection.execute(f"SET VARIABLE agreement_id = {literal(agreement['agreement_id'])}")
    return AgreementFigures(
        agreement=agreement,
        goals=_rows(connection, "overview"),
        series=_rows(connection, "series"),
        context=_rows(connection, "context"),
        districts=_rows(connection, "districts"),
        cross_checks=_rows(connection, "cross_checks"),
    )


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    answer = connection.execute(query(name))
    columns = [column[0] for column in answer.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
