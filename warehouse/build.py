"""Building a warehouse aside: inputs in, every SELECT under sql/ in its own order, nothing else.

A build is a pure function of snapshots (as parsed rows), ledger entries, catalogue and code; the moment
`as_of` comes from the ledger, so that building again gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from warehouse.aside import MOST_MEMORY_BESIDE_BYTES, MOST_MEMORY_BYTES, warehouse_aside
from warehouse.catalogue_tables import load_catalogue_tables
from warehouse.code_digest import code_digest, files_digest
from warehouse.column_comments import comment_on
from warehouse.in_memory import is_small
from warehouse.ledger import Entry, canonical_json, digest_of
from warehouse.raw_tables import Input, drop_raw, make_raw
from warehouse.redacted import redact_ledger
from warehouse.rows import DAY, MOMENT, TEXT, select_of
from warehouse.shown_before import attach_previous, forget_previous
from warehouse.side_by_side import Step, carry_out
from warehouse.sql_files import (
    SELECT_SCHEMAS,
    SqlFile,
    in_order,
    load_macros,
    make_macro,
    needed_for,
    sql_digest_paths,
    sql_files,
)
from warehouse.table_comments import comment_on_inputs
from warehouse.table_macros import comment_on_macros, table_macros

# What decides figures beside the SQL; withholding is handed in, and decides them too.
_BUILDING = ("warehouse/*.py", "catalogue/*.py", "tasks/disclosure/*.py")
_ENTRY_COLUMNS = {
    "sequence": "BIGINT", "time": MOMENT, "actor": TEXT, "kind": TEXT, "reason": TEXT, "body": TEXT, "digest": TEXT,
}  # fmt: skip
_EXPECTED_COLUMNS = {
    "source_id": TEXT, "part_id": TEXT, "expected_next": DAY, "late_after": DAY, "state": TEXT, "last_failure": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class ExpectedDelivery:
    """What the calendar says of one part of a source on the day of the build (see mart.freshness)."""

    source_id: str
    part_id: str
    expected_next: str | None
    late_after: str | None
    state: str
    last_failure: str | None


@dataclass(frozen=True)
class Request:
    """All that a build depends on. `as_of` is the moment its run began, as the ledger has it.

    `previous` is the file of the publication before, whose figures this one's are compared with; None for the first.
    `published_before`: deliveries that are no longer in force and that an earlier publication showed.
    """

    inputs: tuple[Input, ...]
    entries: tuple[Entry, ...]
    expected: tuple[ExpectedDelivery, ...]
    catalogue: Catalogue
    run_id: str
    as_of: str
    previous: Path | None = None
    published_before: tuple[Input, ...] = ()

    @cached_property
    def is_small(self) -> bool:
        """Whether so little is built that working something out twice takes longer than keeping it."""
        return is_small(one.reading for one in self.inputs)

    @cached_property
    def inputs_digest(self) -> str:
        """SHA-256 over everything that the figures follow from; equal digests mean nothing is new."""
        return digest_of(
            {
                "deliveries": sorted((one.delivery_id, one.version) for one in self.inputs),
                # A paper begins with the last meeting's actions, and the duty table is made of meetings.
                "meetings": [entry.digest for entry in self.entries if entry.kind == "meeting_recorded"],
                "freshness": sorted((one.source_id, one.part_id, one.state) for one in self.expected),
                "catalogue": self.catalogue.digest,
                "sql": files_digest(sql_digest_paths()),
                # Fingerprints are DuckDB's own hash, and its sums may round otherwise in another version.
                "code": [code_digest(*_BUILDING), duckdb.__version__],
            }
        )

    @property
    def publication_id(self) -> str:
        """The publication's name: when, and the first digits of what it was made from."""
        return f"{datetime.fromisoformat(self.as_of):%Y%m%dT%H%M%S}-{self.inputs_digest[:8]}"


Withhold = Callable[[duckdb.DuckDBPyConnection, Request], None]
"""Fills raw.withheld and raw.attacked, which come empty, from core.counted; without one nothing is withheld."""
_FILLED_BY_WITHHOLDING = frozenset({"raw.withheld", "raw.attacked"})
# Of what SELECTs make; the catalogue, the ledger's entries and the rows stand before.
_READ_BY_WITHHOLDING = frozenset({"core.counted", "core.membership", "core.period", "ledger.delivery"})


def build(
    request: Request, target: Path, withhold: Withhold | None = None, *, wanted: Collection[str] | None = None
) -> Path:
    """Build a warehouse file at `target` (which must not exist yet) and return it, closed and checkpointed.

    With `wanted` (`schema.name`) it has these tables and what they rest on alone, in figures and not in words: to be
    compared, not published. Raises HelhedsplanError, with the table and DuckDB's words, where it cannot be made.
    """
    try:
        # What is only compared may be made while something else is.
        most = MOST_MEMORY_BYTES if wanted is None else MOST_MEMORY_BESIDE_BYTES
        with warehouse_aside(target, is_small=request.is_small, most_memory_bytes=most) as connection:
            files = make_tables(connection, request, withhold, wanted)
            if wanted is None:
                redact_ledger(connection)
            _drop_scratch(connection, request, files)
    except (duckdb.Error, OSError) as error:
        raise _not_built(error, str(target)) from error
    return target


def make_tables(
    connection: duckdb.DuckDBPyConnection,
    request: Request,
    withhold: Withhold | None = None,
    wanted: Collection[str] | None = None,
) -> list[SqlFile]:
    """Make schemas, macros and tables of a warehouse, scratch ones too, and return the files in their order."""
    for schema in SELECT_SCHEMAS:
        connection.execute(f"CREATE SCHEMA {schema}")
    load_macros(connection)
    load_catalogue_tables(connection, request.catalogue)
    _load_ledger(connection, request)
    attach_previous(connection, request.previous)
    make_raw(connection, request.inputs, request.published_before)
    files = in_order(sql_files(SELECT_SCHEMAS))
    if wanted is not None:
        files = needed_for(files, [*wanted, *(_READ_BY_WITHHOLDING if withhold else ())])
    make = partial(_make, request=request)
    steps = [Step(frozenset({file.table}), file.names, partial(make, file=file)) for file in files]
    if withhold:
        steps.append(Step(_FILLED_BY_WITHHOLDING, _READ_BY_WITHHOLDING, lambda own: withhold(own, request)))
    # What is only compared needs no words.
    carry_out(connection, steps + (_in_words(request, files) if wanted is None else []))
    return files


def _in_words(request: Request, files: list[SqlFile]) -> list[Step]:
    """The macros of the published file, and all comments; nothing waits for these, so they fill what time is left."""
    macros, kept = table_macros(), [file for file in files if file.kind != "scratch"]
    made = frozenset(file.table for file in macros)
    return [
        *(Step(frozenset({file.table}), file.names, partial(make_macro, file=file)) for file in macros),
        *(
            Step(
                frozenset(),
                frozenset({file.table}),
                partial(comment_on, form_of(request, file), file.table, file.comment),
            )
            for file in kept
        ),
        Step(frozenset(), made, comment_on_macros),
        # Withholding empties what catalogue.correction tells of figures.
        Step(frozenset(), _FILLED_BY_WITHHOLDING, comment_on_inputs),
    ]


def form_of(request: Request, file: SqlFile) -> str:
    """TABLE or VIEW. Scratch of few rows is kept while building, so that it is worked out once for all its readers."""
    return "TABLE" if file.kind == "table" or (file.kind == "scratch" and request.is_small) else "VIEW"


def _make(connection: duckdb.DuckDBPyConnection, *, request: Request, file: SqlFile) -> None:
    try:
        connection.execute(f"CREATE {form_of(request, file)} {file.table} AS {file.text}")
    except duckdb.Error as error:
        raise _not_built(error, file.place) from error


def _not_built(error: Exception, place: str) -> HelhedsplanError:
    what_to_do = (
        "give the run more memory, or keep other programs off the machine meanwhile"
        if isinstance(error, duckdb.OutOfMemoryException)
        else "free disk space if the disk is full; else look at the rows or the table named above"
    )
    return HelhedsplanError(
        "the new warehouse could not be built; the last publication stands",
        place=place,
        expected="a table that follows from its rows, on a disk with room",
        found=str(error).strip(),
        do=f"{what_to_do}, and run refresh again",
    )


def _drop_scratch(connection: duckdb.DuckDBPyConnection, request: Request, files: list[SqlFile]) -> None:
    for file in reversed(files):
        if file.kind == "scratch":
            connection.execute(f"DROP {form_of(request, file)} {file.table}")
    drop_raw(connection)
    forget_previous(connection)


def _load_ledger(connection: duckdb.DuckDBPyConnection, request: Request) -> None:
    entries = (
        (
            entry.sequence,
            _utc(entry.time),
            entry.actor,
            entry.kind,
            entry.reason,
            canonical_json(entry.body),
            entry.digest,
        )
        for entry in request.entries
    )
    selects = {
        "entry": f"SELECT * REPLACE (body::JSON AS body) FROM ({select_of(_ENTRY_COLUMNS, entries)})",
        "build": select_of(
            {"publication_id": TEXT, "run_id": TEXT, "as_of": MOMENT, "inputs_digest": TEXT},
            [(request.publication_id, request.run_id, _utc(request.as_of), request.inputs_digest)],
        ),
        "expected": select_of(_EXPECTED_COLUMNS, (astuple(one) for one in request.expected)),
    }
    for name, select in selects.items():
        connection.execute(f"CREATE TABLE ledger.{name} AS {select}")


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)
