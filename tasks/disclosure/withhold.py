"""Withholding as a step of a build: what is small, what else must go, the attack on the rest, and its report."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from tasks.disclosure.batches import forget_batches, make_counted
from warehouse.build import Request
from warehouse.ledger import Entry

if TYPE_CHECKING:
    from tasks.disclosure.attack import Attack
    from tasks.disclosure.cells import Array, Cells

_COUNTS = """
    CREATE OR REPLACE TEMP TABLE disclosure_count AS
    SELECT indicator_id, unit_level, count(*) FILTER (is_in_force) AS cells,
        count(*) FILTER (is_withheld_by_source AND is_in_force AND NOT is_told_as_ours) AS withheld_by_source,
        count(*) FILTER (is_small OR is_withheld_by_source) AS touched, max(protection_width) AS protection_width
    FROM disclosure_counted WHERE rule_applies AND NOT is_rejected GROUP BY ALL
"""
_TOUCHED = "SELECT coalesce(sum(touched), 0) FROM disclosure_count"
_INTO_WITHHELD = """
    INSERT INTO raw.withheld
    SELECT delivery_id, row_number, corrected_on IS NOT NULL AS is_correction, indicator_id, unit_level, unit_id,
        period, CASE WHEN is_small THEN 'primary' WHEN is_told_as_ours THEN 'source' ELSE 'secondary' END AS role
    FROM disclosure_row LEFT JOIN disclosure_decision USING (cell)
    WHERE NOT is_rejected
"""
_WITHHELD = f"{_INTO_WITHHELD} AND is_in_force AND (is_withheld OR is_told_as_ours)"
# A correction of a withheld figure keeps who made it and when, and its numbers and reason to itself.
_CORRECTIONS = """
    UPDATE catalogue.correction SET as_published = NULL, corrected = NULL, reason = NULL
    WHERE EXISTS (
        FROM raw.withheld INNER JOIN catalogue.unit_published_as USING (unit_level, unit_id)
        WHERE withheld.indicator_id = correction.indicator_id AND withheld.unit_level = correction.unit_level
            AND withheld.period = correction.period
            AND unit_published_as.published_as = lower(trim(correction.unit_published_as))
            AND (correction.municipality_code IS NULL
                OR unit_published_as.municipality_code = correction.municipality_code))
"""
# Rows that are only shown for earlier days: empty too where they were never shown before, whatever they count.
_WITHHELD_OF_THE_PAST = f"""{_INTO_WITHHELD}
    AND NOT is_in_force AND (is_withheld OR first_shown IS NULL OR is_told_as_ours)
"""
_ATTACKED = """
    INSERT INTO raw.attacked
    WITH withheld AS (
        SELECT indicator_id, unit_level, count(*) AS withheld_here FROM raw.withheld GROUP BY ALL
    ), attacked AS (
        SELECT indicator_id, unit_level, min(width) AS narrowest_interval, NOT bool_or(fails) AS passed
        FROM disclosure_decision
        INNER JOIN (SELECT DISTINCT cell, indicator_id, unit_level FROM disclosure_row) USING (cell)
        GROUP BY ALL
    )
    SELECT indicator_id, unit_level, cells, withheld_by_source, coalesce(withheld_here, 0),
        narrowest_interval, protection_width, coalesce(passed, true)
    FROM disclosure_count LEFT JOIN withheld USING (indicator_id, unit_level)
    LEFT JOIN attacked USING (indicator_id, unit_level)
    WHERE cells > 0
    ORDER BY ALL
"""
_TOTALS = """
    SELECT coalesce(sum(cells), 0)::BIGINT AS cells, coalesce(sum(withheld_by_source), 0)::BIGINT AS withheld_by_source,
        coalesce(sum(withheld_here), 0)::BIGINT AS withheld_here,
        min(narrowest_interval) AS narrowest_interval, coalesce(bool_and(passed), true) AS passed
    FROM raw.attacked
"""
# What was withheld, so that a later publication knows what this one showed; `deliveries` where not all were, which can
# only be where a figure was stated more than once.
_LIST = """
    WITH withheld AS (
        SELECT indicator_id, period, unit_level, unit_id, list(DISTINCT delivery_id ORDER BY delivery_id) AS withheld_in
        FROM raw.withheld GROUP BY ALL
    ), said AS (
        SELECT indicator_id, period, unit_level, unit_id, list(DISTINCT delivery_id ORDER BY delivery_id) AS said_in
        FROM disclosure_row
        SEMI JOIN (FROM disclosure_touched WHERE has_releases) AS revised USING (indicator_id, period)
        SEMI JOIN withheld USING (indicator_id, period, unit_level, unit_id)
        WHERE is_in_force AND NOT is_rejected GROUP BY ALL
    )
    SELECT indicator_id, period, unit_level, list(unit_id ORDER BY unit_id) AS unit_ids,
        CASE WHEN withheld_in <> said_in THEN withheld_in END AS deliveries
    FROM withheld LEFT JOIN said USING (indicator_id, period, unit_level, unit_id)
    GROUP BY ALL ORDER BY ALL
"""
_FAILED = """
    SELECT concat(indicator_id, ', ', unit_level, ' ', unit_id, ', ', period,
        ' (', string_agg(DISTINCT delivery_id, ', ' ORDER BY delivery_id), ')') AS named
    FROM disclosure_row LEFT JOIN disclosure_decision USING (cell)
    -- Whatever was decided: nothing goes out with a small count in it.
    WHERE fails OR (is_small AND is_in_force AND NOT is_rejected AND is_withheld IS DISTINCT FROM true)
    GROUP BY indicator_id, unit_level, unit_id, period ORDER BY named
"""
_NAMED = 5


@dataclass(frozen=True)
class Report:
    """What the attack found; no value of a withheld count stands in it.

    `body` is what the ledger keeps. `failed` names the figures that can be known too closely, each with
    the deliveries that state it.
    """

    body: dict[str, Any]
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the publication may go out."""
        return not self.failed

    @property
    def what_stops(self) -> str:
        """The first figures that can be known too closely, in words; '' if none can."""
        if self.passed:
            return ""
        more = len(self.failed) - _NAMED
        named = "; ".join(self.failed[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
        return f"small counts that are withheld could be worked out: {named}"


class Withholding:
    """Call it as a build's `withhold`; `report` tells of the attack afterwards."""

    def __init__(self) -> None:
        self.report = Report({}, ())

    def __call__(self, connection: duckdb.DuckDBPyConnection, request: Request) -> None:
        """Fill raw.withheld and raw.attacked. The same inputs and ledger withhold the same cells."""
        make_counted(connection)
        connection.execute(_COUNTS)
        (touched,) = connection.execute(_TOUCHED).fetchone() or (0,)
        connection.execute(_DECISION)
        relations, failed = 0, ()
        withheld: list[dict[str, Any]] = []
        if touched:
            # NumPy and HiGHS are imported only by a build that has something to withhold.
            relations = _decide(connection)
            connection.execute(_WITHHELD)
        else:
            connection.execute(_NOTHING)
        connection.execute(_ATTACKED)
        if touched:
            withheld = [dict(zip(_LISTED, row, strict=True)) for row in connection.execute(_LIST).fetchall()]
            failed = tuple(name for (name,) in connection.execute(_FAILED).fetchall())
            connection.execute(_WITHHELD_OF_THE_PAST)
            connection.execute(_CORRECTIONS)
        self.report = Report(_body(connection, request, relations) | _listed(request.entries, withheld), failed)
        _tidy(connection)


_LISTED = ("indicator_id", "period", "unit_level", "unit_ids", "deliveries")
_DECISION = "CREATE TEMP TABLE disclosure_decision (cell BIGINT, is_withheld BOOLEAN, width DOUBLE, fails BOOLEAN)"
_NOTHING = "CREATE TEMP TABLE disclosure_row (cell BIGINT, indicator_id VARCHAR, unit_level VARCHAR)"
_DECIDED = """
    INSERT INTO disclosure_decision
    SELECT cell, is_withheld, CASE WHEN isfinite(width) THEN width END, fails FROM decided
"""


def _decide(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill the temporary table disclosure_decision and make disclosure_row; returns the number of sums."""
    from tasks.disclosure.cells import cells_of_batches

    relations, found = 0, []
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "withhold") as threads:
        looked_at: deque[Future[dict[str, Array]]] = deque()
        for first, cells in cells_of_batches(connection):
            looked_at.append(threads.submit(_decided, first, cells))
            relations += cells.relations
            # More than these are not kept in memory at a time.
            if len(looked_at) == _SIDE_BY_SIDE:
                found.append(looked_at.popleft().result())
        found += [one.result() for one in looked_at]
    for decided in found:  # noqa: B007 - DuckDB reads the arrays by this name
        connection.execute(_DECIDED)
    return relations


# Nothing ties the counts of two batches.
_SIDE_BY_SIDE = 2


def _decided(first: int, cells: Cells) -> dict[str, Array]:
    from tasks.disclosure.attack import sharpened
    from tasks.disclosure.secondary import withheld_cells

    hidden, system, groups, result = withheld_cells(cells)
    return _decision(first, hidden, system.is_target, sharpened(system, groups, result))


def _decision(first: int, hidden: Array, is_target: Array, result: Attack) -> dict[str, Array]:
    import numpy as np

    chosen = np.flatnonzero(hidden | is_target)
    return {
        "cell": first + chosen,
        "is_withheld": hidden[chosen],
        "width": result.width[chosen],
        "fails": result.fails[chosen],
    }


def _body(connection: duckdb.DuckDBPyConnection, request: Request, relations: int) -> dict[str, Any]:
    cursor = connection.execute(_TOTALS)
    names = [column[0] for column in cursor.description or []]
    totals = dict(zip(names, cursor.fetchone() or (), strict=True))
    return {"publication_id": request.publication_id, "run_id": request.run_id, "relations": relations} | totals


def _listed(entries: Sequence[Entry], withheld: list[dict[str, Any]]) -> dict[str, Any]:
    """The list of what is withheld, or where it already stands in the ledger word for word."""
    short = [{name: value for name, value in row.items() if value is not None} for row in withheld]
    for entry in reversed(entries):
        if entry.kind == "disclosure_attacked" and "withheld" in entry.body:
            if entry.body["withheld"] == short:
                return {"withheld_as_in": entry.body["publication_id"]}
            break
    return {"withheld": short}


def _tidy(connection: duckdb.DuckDBPyConnection) -> None:
    for name in ("row", "decision", "count"):
        connection.execute(f"DROP TABLE IF EXISTS temp.disclosure_{name}")
    forget_batches(connection)
