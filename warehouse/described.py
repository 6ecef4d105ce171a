"""What the ledger is told of a built warehouse: what it holds and follows from, found by reading the finished file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.aside import bound_memory
from warehouse.baseline import unsealed_baselines
from warehouse.build import Request
from warehouse.figures import figures_root
from warehouse.snapshots import file_sha256

# The hash tree of a million figures does not get by with less.
_MOST_MEMORY_BYTES = 2 << 30


@dataclass(frozen=True)
class Description:
    """The body of `publication_made` but for the steward's file, and of each `baseline_sealed` before it."""

    body: dict[str, Any]
    baselines: tuple[dict[str, Any], ...]


def description_of(built: Path, request: Request) -> Description:
    """Describe a built, closed warehouse file. Raises HelhedsplanError where it cannot be read back."""
    try:
        # While one connection is open, further ones to the same file cost nothing, and keep within its limit: of
        # millions of figures the lines of the hash tree lie on disk rather than in memory.
        with duckdb.connect(built, read_only=True) as connection:
            bound_memory(connection, _MOST_MEMORY_BYTES)
            return Description(_body(built, request), tuple(unsealed_baselines(built)))
    except (duckdb.Error, OSError) as error:
        raise HelhedsplanError(
            "the new warehouse was built but could not be read back; the last publication stands",
            place=str(built),
            expected="a file with every table of a warehouse, and room beside it",
            found=str(error).strip(),
            do="free disk space or memory, and run refresh again",
        ) from error


def _body(built: Path, request: Request) -> dict[str, Any]:
    root, figures = figures_root(built)
    return {
        "publication_id": request.publication_id,
        "run_id": request.run_id,
        "as_of": request.as_of,
        "inputs_digest": request.inputs_digest,
        "catalogue_digest": request.catalogue.digest,
        "definitions": _definitions(request),
        "deliveries": sorted(one.delivery_id for one in request.inputs),
        "superseded": superseded(built),
        "ledger_sequence": request.entries[-1].sequence if request.entries else 0,
        "figures_revised": figures_revised(built, request),
        "tables": fingerprints(built),
        "figures": figures,
        "figures_root": root,
        "file_sha256": file_sha256(built),
    }


def superseded(warehouse_file: Path) -> list[str]:
    """The deliveries in force in a warehouse of whose figures none is the current one any more, by their ids."""
    query = """SELECT delivery_id FROM ledger.delivery
        ANTI JOIN core.current_observation USING (delivery_id) WHERE is_in_force ORDER BY ALL"""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        return [delivery_id for (delivery_id,) in connection.execute(query).fetchall()]


def _definitions(request: Request) -> list[dict[str, str]]:
    """The version of each indicator's definition, so that a later build knows what its figures were made under."""
    return [
        {"indicator_id": series.indicator_id, "definition_version": indicator.definition.version}
        for indicator in request.catalogue.indicators
        for series in indicator.all_series()
    ]


def fingerprints(warehouse_file: Path) -> dict[str, dict[str, int]]:
    """Rows and an order-free hash of the content of every mart, to compare two builds by."""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name = 'mart' ORDER BY ALL"
        ).fetchall()
        return {name: _fingerprint(connection, name) for (name,) in names}


def figures_revised(warehouse_file: Path, request: Request) -> dict[str, Any] | None:
    """How many figures a publication changed, by cause, with an order-free hash of the rows; the rows stay in the file.

    None where there was no publication to compare it with.
    """
    if request.previous is None:
        return None
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        (before,) = connection.execute("SELECT compared_with FROM audit.publication WHERE is_this_one").fetchone() or (
            None,
        )
        if before is None:
            return None
        rows = f"(FROM audit.revision WHERE publication_id = '{request.publication_id}')"
        causes = connection.execute(f"SELECT cause, count(*) FROM {rows} GROUP BY ALL ORDER BY ALL").fetchall()
        return {"compared_with": before, "causes": dict(causes)} | _fingerprint(connection, rows)


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    # A sum and no exclusive or, in which two equal rows would not be seen.
    content = "coalesce(sum(hash(whole_row)::HUGEINT) % (1::HUGEINT << 64), 0)"
    query = f"SELECT count(*), {content} FROM {table} AS whole_row"
    row = connection.execute(query).fetchone()
    return dict(zip(("rows", "content"), row or (0, 0), strict=True))
