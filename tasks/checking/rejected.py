"""From what Great Expectations counted to the rows in quarantine; the two counts must agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from tasks.checking.outcomes import CheckOutcome, quarantines
from tasks.expectations import Expectation
from warehouse.quarantine import Quarantined, Rule, fill_quarantine


def lay_in_quarantine(
    connection: duckdb.DuckDBPyConnection, path: Path, checks: Sequence[Expectation], outcomes: Sequence[CheckOutcome]
) -> Quarantined:
    """Write the rows of `reading` that failed a check to `path`: those that go, and those that stopped the delivery.

    Raises HelhedsplanError where this counts other rows than Great Expectations did.
    """
    rules = [
        Rule(check.check, check.predicate, outcome.because)
        for check, outcome in zip(checks, outcomes, strict=True)
        if check.predicate and outcome.failing_rows and (quarantines(check) or check.severity == "critical")
    ]
    quarantined = fill_quarantine(connection, path, rules)
    told = quarantined.rows_by_check
    counted = {outcome.check: outcome.failing_rows for outcome in outcomes if outcome.check in told}
    if counted != told:
        raise HelhedsplanError(
            "two ways of counting the rows at fault do not agree, so nothing is loaded",
            place=str(path),
            expected=f"as Great Expectations counted: {counted}",
            found=f"as laid in quarantine: {told}",
            do="report this error: it is a fault of the program, not of the delivery",
        )
    return quarantined
