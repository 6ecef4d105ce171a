"""Checking: Great Expectations on DuckDB, in place, over a delivery's rows and over the marts of a built warehouse.

The rows never leave DuckDB. A check about single rows states one predicate: Great Expectations counts the rows
that it finds, and the quarantine is filled from the same predicate; the two counts must agree.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from catalogue.errors import CatalogueError
from catalogue.load import Catalogue
from tasks.checking.connection import Rows, reading_connection, warehouse_connection
from tasks.checking.findings import in_words
from tasks.checking.imports import import_when_used, kept_for_good
from tasks.checking.outcomes import CheckOutcome, CheckOutcomes, Found, is_stopped, outcome_of, something_is_left
from tasks.checking.rejected import lay_in_quarantine
from tasks.checking.settled import settled
from tasks.expectations import Expectation, digest_for_source, for_marts, for_source
from warehouse.code_digest import code_digest
from warehouse.deliveries import Delivery
from warehouse.paths import DataDirectory
from warehouse.quarantine import quarantine_path
from warehouse.sql_text import literal

if TYPE_CHECKING:
    from types import ModuleType

_CHECKING = (
    "tasks/check.py", "tasks/checking/*.py", "tasks/expectations.py", "warehouse/quarantine.py",
    "tasks/readings.py", "warehouse/corrections.py", "warehouse/catalogue_tables.py", "warehouse/unit_tables.py",
)  # fmt: skip
# Great Expectations keeps its context in module globals, so one validation runs at a time.
_ONE_AT_A_TIME = threading.Lock()


def check_version(catalogue: Catalogue, delivery: Delivery, reading_version: str) -> str:
    """What the outcome of checking depends on, as 16 hexadecimal digits: checks, catalogue, code and reading."""
    holds = catalogue.source(delivery.source_id).holds
    checks = digest_for_source(delivery.source_id, holds=holds)
    parts = (code_digest(*_CHECKING), checks, catalogue.digest, reading_version)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def preload() -> None:
    """Import Great Expectations in the background; the import takes seconds, and a check then finds it done."""
    threading.Thread(target=_great_expectations, name="import great_expectations", daemon=True).start()


def check_delivery(
    data: DataDirectory,
    catalogue: Catalogue,
    delivery: Delivery,
    reading_path: Path,
    previous_path: Path | None,
    later_paths: Sequence[Path] = (),
    previous_quarantined: Path | None = None,
) -> CheckOutcomes:
    """Hold a delivery's rows (Parquet) against the checks of its source and lay the rows at fault in quarantine.

    `previous_path` holds the rows of the delivery before it, of the same source and part, `previous_quarantined` those
    of them that were not loaded, `later_paths` those of later ones in force: corrections answer them. Raises
    CatalogueError for a check that is not understood, HelhedsplanError where counts do not agree.
    """
    checks = for_source(delivery.source_id, holds=catalogue.source(delivery.source_id).holds)
    version = check_version(catalogue, delivery, reading_path.stem)
    kept = quarantine_path(data, delivery.delivery_id, version)
    rows = Rows(delivery, reading_path, previous_path, tuple(later_paths), previous_quarantined)
    with reading_connection(catalogue, rows, checks) as connection:
        found = _validate(connection, "reading", checks)
        outcomes = [outcome_of(*pair, may_quarantine=True) for pair in zip(checks, found, strict=True)]
        quarantined = lay_in_quarantine(connection, kept, checks, outcomes)
        (rows_in,) = connection.execute("SELECT count(*) FROM as_read").fetchone() or (0,)
    outcomes.append(something_is_left(rows_in, quarantined.rows))
    stopped = is_stopped(outcomes)
    held_back = rows_in if stopped else quarantined.rows
    return CheckOutcomes(
        rows_in=rows_in,
        rows_loaded=rows_in - held_back,
        rows_quarantined=held_back,
        stopped=stopped,
        outcomes=tuple(outcomes),
        quarantine_path=quarantined.path,
        quarantine_sha256=quarantined.sha256,
    )


def check_marts(warehouse_file: Path) -> tuple[CheckOutcome, ...]:
    """Hold the marts of a built, closed warehouse file against expectations/mart/; nothing in it is changed."""
    outcomes: list[CheckOutcome] = []
    with warehouse_connection(warehouse_file) as connection:
        for table, checks in for_marts().items():
            found = _validate(connection, table, checks)
            outcomes += [outcome_of(*pair, may_quarantine=False) for pair in zip(checks, found, strict=True)]
    return tuple(outcomes)


@cache
def _great_expectations() -> ModuleType:
    """The package, imported once, with its wish to send usage figures and to log turned down before."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import logging

    with kept_for_good():
        # Nearly half of the import is statistics and charts, for an expectation about divergence that no check uses.
        import_when_used("scipy.stats")
        import_when_used("altair")
        import great_expectations
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return great_expectations


@cache
def _row_count_expectation() -> type:
    """UnexpectedRowsExpectation without its second query: a sample of failing rows, which nobody reads here."""
    expectations = _great_expectations().expectations

    class UnexpectedRowCount(expectations.UnexpectedRowsExpectation):
        metric_dependencies = ("unexpected_rows_query.row_count",)

        def _validate(self, metrics: dict, *arguments: Any, **named: Any) -> Any:
            return super()._validate({**metrics, "unexpected_rows_query.table": []}, *arguments, **named)

    return UnexpectedRowCount


def _validate(connection: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Expectation]) -> list[Found]:
    """Run the checks on one table or view of a connection; one finding per check, in the same order."""
    with _ONE_AT_A_TIME:
        suite = _suite(table, checks)
        results = {result.expectation_config.meta["check"]: result for result in _run(connection, table, suite)}
    (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return [_found(connection, table, check, results[check.check], rows) for check in checks]


def _suite(table: str, checks: Sequence[Expectation]) -> Any:
    gx = _great_expectations()
    suite = gx.ExpectationSuite(name=table, expectations=[_built(gx, check) for check in checks])
    if len(suite.expectations) != len(checks):
        raise CatalogueError(
            "Great Expectations dropped a check without a word",
            place=f"the checks of {table}",
            expected=f"{len(checks)} checks",
            found=f"{len(suite.expectations)}",
        )
    return suite


def _built(gx: ModuleType, check: Expectation) -> Any:
    """The check as an object of Great Expectations. Raises CatalogueError for a type or argument it does not know."""
    named: dict[str, Any] = {"severity": check.severity, "meta": {"check": check.check}}
    kind = getattr(gx.expectations, check.expectation, None)
    if not (isinstance(kind, type) and issubclass(kind, gx.expectations.Expectation)):
        raise _not_built(check, "a class of great_expectations.expectations", check.expectation)
    if check.failing_rows is not None:
        kind = _row_count_expectation()
        named["unexpected_rows_query"] = f"SELECT 1 AS failing FROM {{batch}} WHERE ({_escaped(check.failing_rows)}\n)"
    elif check.query is not None:
        kind = _row_count_expectation()
        # It does not ask the batch alone; without {batch} Great Expectations prints a warning.
        named["unexpected_rows_query"] = (
            f"SELECT 1 AS failing FROM ({_escaped(check.query)}\n) AS found /* {{batch}} */"
        )
    try:
        return settled(kind)(**named, **check.arguments)
    except (TypeError, ValueError) as error:
        raise _not_built(check, "arguments that this class knows", str(error)) from error


def _not_built(check: Expectation, expected: str, found: str) -> CatalogueError:
    place = f"expectations/, check {check.check}"
    return CatalogueError("a check cannot be made", place=place, expected=expected, found=found, do="correct the entry")


def _escaped(sql: str) -> str:
    """SQL that comes through Great Expectations' {batch} and SQLAlchemy's :parameter as it was."""
    return sql.replace("{", "{{").replace("}", "}}").replace(":", "\\:")


def _run(connection: duckdb.DuckDBPyConnection, table: str, suite: Any) -> list[Any]:
    from duckdb_sqlalchemy import ConnectionWrapper

    (path,) = connection.execute("SELECT current_setting('search_path')").fetchone() or ("",)
    # With its table at once: each thing that is added has the connection tried.
    source = _context().data_sources.add_or_update_sql(
        "checked",
        connection_string="duckdb://",
        kwargs={
            "creator": lambda: ConnectionWrapper(connection.cursor().execute(f"SET search_path = {literal(path)}")),
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
        },
        assets=[{"type": "table", "name": table, "table_name": table, "batch_definitions": [{"name": "whole"}]}],
    )
    try:
        batch = source.get_asset(table).get_batch_definition("whole").get_batch()
        return list(batch.validate(suite, result_format="BASIC").results)
    finally:
        source.get_engine().dispose()


@cache
def _context() -> Any:
    """A context in memory alone: no files, no progress bars on the terminal, no usage figures sent."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    in_memory = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    quiet = ProgressBarsConfig(globally=False)
    config = DataContextConfig(store_backend_defaults=in_memory, progress_bars=quiet, analytics_enabled=False)
    context = _great_expectations().get_context(mode="ephemeral", project_config=config)
    # It saves nothing, but whenever something is added puts all that it knows into YAML first: 40 ms a table.
    context._save_project_config = lambda: None  # noqa: SLF001 - there is no public switch
    return context


def _found(connection: duckdb.DuckDBPyConnection, table: str, check: Expectation, result: Any, rows: int) -> Found:
    problem = _exception_in(result.exception_info)
    if problem:
        return Found(False, 0, problem, was_checked=False)
    if check.predicate is None and check.query is None:
        return Found(bool(result.success), 0 if result.success else 1, f"{result.result.get('observed_value')}")
    count = "observed_value" if check.expectation == "UnexpectedRowsExpectation" else "unexpected_count"
    failing = int(result.result.get(count) or 0)  # of no rows it counts nothing: None
    return Found(bool(result.success), failing, in_words(connection, table, check, failing, rows))


def _exception_in(exception_info: dict[str, Any]) -> str:
    """What went wrong inside Great Expectations, '' for nothing; it tells of it flat or under each metric's id."""
    nested = [info for info in exception_info.values() if isinstance(info, dict)] or [exception_info]
    told = [str(info.get("exception_message")) for info in nested if info.get("raised_exception")]
    return told[0].splitlines()[0] if told else ""
