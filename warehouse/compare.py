"""Two publications side by side: what the later one shows otherwise than the earlier one, and why.

The comparing itself and the rules for the cause are sql/audit/changed_figure.sql and cause_of_verdict.sql, as in a
build; here they run over any two published files, which are only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.shown_before import SERIES, columns_of, make_shown_before
from warehouse.sql_files import load_macros, sql_files
from warehouse.sql_text import literal

_NUMBERS = ("value", "low", "high", "numerator", "denominator")
_VERDICT = {
    "agreement_id": "VARCHAR",
    "indicator_id": "VARCHAR",
    "area_id": "VARCHAR",
    "latest_period": "VARCHAR",
    "verdict": "VARCHAR",
    "verdict_reason": "VARCHAR",
    "delivery_id": "VARCHAR",
    "source_id": "VARCHAR",
}
_FRESHNESS = {
    "source_id": "VARCHAR", "part_id": "VARCHAR", "state": "VARCHAR", "newest_period": "VARCHAR",
    "delivery_id": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True)
class ChangedFigure:
    """One column of one figure that two publications show otherwise.

    `column` is value, low, high, numerator, denominator (fractions, marks or counts), missing_reason, verdict,
    verdict_reason, or state (of a source's part: the figure's key is None then, and `period` its newest one).
    A withheld figure has no number on either side. `was_shown` is False for a period shown for the first time.
    """

    agreement_id: str | None
    indicator_id: str | None
    area_id: str | None
    period: str | None
    column: str
    old: float | str | None
    new: float | str | None
    cause: str
    old_delivery_id: str | None
    new_delivery_id: str | None
    source_id: str | None
    was_shown: bool


def changed_figures(old_file: Path, new_file: Path) -> list[ChangedFigure]:
    """What `new_file` shows otherwise than `old_file` (both published warehouses), ordered by its key.

    Causes: new_delivery, correction, method_change, withholding, rejected, own_fault; time_passed where a figure or
    a delivery has only become overdue. A column that a file does not have yet counts as empty.
    Raises HelhedsplanError where a file cannot be read.
    """
    try:
        with duckdb.connect() as connection:
            for name, path in (("earlier", old_file), ("later", new_file)):
                connection.execute(f"ATTACH {literal(str(path))} AS {name} (READ_ONLY)")
            _set_side_by_side(connection)
            return [ChangedFigure(*row) for row in connection.execute(_CHANGES).fetchall()]
    except duckdb.Error as error:
        raise HelhedsplanError(
            "two publications cannot be compared",
            place=f"{old_file} and {new_file}",
            expected="two published warehouse files",
            found=str(error).strip().partition("\n")[0],
            do="name files of data/published, or make the publication again with `helhedsplan refresh`",
        ) from error


def _set_side_by_side(connection: duckdb.DuckDBPyConnection) -> None:
    load_macros(connection, ["stat"])
    connection.execute("CREATE SCHEMA ledger; CREATE SCHEMA mart; CREATE SCHEMA audit")
    make_shown_before(connection, "earlier")
    for table in ("entry", "delivery"):
        connection.execute(f"CREATE VIEW ledger.{table} AS FROM later.ledger.{table}")
    series = columns_of(connection, "later", "mart", "indicator_series", SERIES)
    connection.execute(
        f"""CREATE VIEW mart.indicator_series AS
        SELECT * REPLACE (coalesce(delivery_ids, [delivery_id]) AS delivery_ids) FROM ({series})"""
    )
    for side in ("earlier", "later"):
        verdicts = columns_of(connection, side, "mart", "goal_indicator", _VERDICT)
        connection.execute(f"CREATE VIEW {side}_verdict AS {verdicts}")
        freshness = columns_of(connection, side, "mart", "freshness", _FRESHNESS)
        connection.execute(f"CREATE VIEW {side}_freshness AS {freshness}")
    connection.execute("CREATE VIEW mart.goal_indicator AS FROM later_verdict")
    selects = {file.name: file.text for file in sql_files(["audit"])}
    for name in ("changed_figure", "cause_of_verdict"):
        connection.execute(f"CREATE TABLE audit.{name} AS {selects[name]}")


def _of_column(column: str) -> str:
    kind = "number" if column in _NUMBERS else "text"
    old, new = (f"union_value({kind} := {side}_{column})::{_EITHER}" for side in ("old", "new"))
    return f"""SELECT {_KEY}, '{column}' AS changed_column, {old} AS old, {new} AS new, cause,
        old_delivery_id, new_delivery_id, source_id, was_shown
        FROM audit.changed_figure WHERE list_contains(changed, '{column}')"""


def _of_verdict(column: str) -> str:
    return f"""SELECT agreement_id, indicator_id, area_id, later_verdict.latest_period, '{column}',
        earlier_verdict.{column}, later_verdict.{column}, cause,
        earlier_verdict.delivery_id, later_verdict.delivery_id, later_verdict.source_id, true
        FROM later_verdict INNER JOIN earlier_verdict USING (agreement_id, indicator_id, area_id)
        INNER JOIN audit.cause_of_verdict USING (agreement_id, indicator_id, area_id)
        WHERE earlier_verdict.{column} IS DISTINCT FROM later_verdict.{column}
            AND earlier_verdict.verdict IS NOT NULL"""


_KEY = "agreement_id, indicator_id, area_id, period"
_EITHER = "UNION(number DOUBLE, text VARCHAR)"
# A source's part that the later publication has another delivery of got its new state by that delivery.
_OF_STATE = """SELECT NULL, NULL, NULL, later_freshness.newest_period, 'state', earlier_freshness.state,
    later_freshness.state,
    CASE WHEN earlier_freshness.delivery_id IS DISTINCT FROM later_freshness.delivery_id
        THEN 'new_delivery' ELSE 'time_passed' END,
    earlier_freshness.delivery_id, later_freshness.delivery_id, source_id, earlier_freshness.state IS NOT NULL
    FROM later_freshness LEFT JOIN earlier_freshness USING (source_id, part_id)
    WHERE earlier_freshness.state IS DISTINCT FROM later_freshness.state"""
_COLUMNS = (*_NUMBERS, "missing_reason")
_CHANGES = f"""
    {" UNION ALL ".join([*map(_of_column, _COLUMNS), *map(_of_verdict, ("verdict", "verdict_reason")), _OF_STATE])}
    ORDER BY ALL
"""
