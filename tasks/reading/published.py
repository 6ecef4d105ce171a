"""What every format reader leaves behind: the relation `published` in its connection.

`published` has one row per tidy row, in the order of the source. Its columns are VARCHAR and named as
ours, each text as published, and with them `file_name VARCHAR`, `place VARCHAR` (NULL where the line
says it), `first_line INTEGER` (line of the first data row; 0 where `place` says it). A number column
may be DOUBLE instead: it is then taken as it is. A column `sign VARCHAR`, where a reader gives one,
holds the row's missing sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from catalogue.sources import Column
from warehouse.sql_text import literal


@dataclass(frozen=True)
class Published:
    """How the texts in the relation `published` are to be understood.

    `columns`: our column name -> the contract's rule for its text. `alternatives`: the same for the
    second origin of a column, which lies in `published` as `<column>_alternative`. `notes`: what a
    steward should know but which stops nothing, such as columns that the contract does not name.
    """

    columns: Mapping[str, Column]
    synthetic_mark_found: bool
    alternatives: Mapping[str, Column] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def scratch_folder(connection: duckdb.DuckDBPyConnection) -> Path:
    """Where a reader may put files of its own; the folder goes when the delivery is read."""
    row = connection.execute("SELECT getvariable('scratch_folder')").fetchone()
    if not row or row[0] is None:
        raise ValueError("this connection was given no scratch folder")
    return Path(row[0])


def give_scratch_folder(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Say to the readers on this connection where they may put files of their own."""
    connection.execute(f"SET VARIABLE scratch_folder = {literal(folder)}")
