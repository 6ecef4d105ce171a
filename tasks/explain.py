"""One figure explained from the published warehouse: the row of audit.explain and what belongs to it.

It reads one file and nothing else, and imports little, for it must answer while somebody waits.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.query import open_published
from warehouse.sql_text import literal

Explanation = dict[str, Any]
_OTHERWISE = {"period": "leave the period out for the newest one, or name one of these"}
_NAMES = {
    "indicator": "SELECT DISTINCT concat(indicator_id, ' (', short_name, ')') FROM catalogue.indicator"
    " WHERE role = 'fixed' ORDER BY ALL",
    "area": "SELECT DISTINCT concat(area_id, ' (', area, ')') FROM core.reported_unit"
    " WHERE area_level IN ('area', 'total', 'municipality') ORDER BY ALL",
}
# Everyday words, each with its indicator.
_ALSO_CALLED = """SELECT unnest(string_split(also_called, '; ')), concat(indicator_id, ' (', short_name, ')')
    FROM catalogue.indicator WHERE role = 'fixed' ORDER BY ALL"""


def explain(warehouse_file: Path, indicator: str, area: str, period: str | None = None) -> list[Explanation]:
    """The explanations of the figures that these names fit (see audit.figure_asked_for), as rows of audit.explain.

    Mostly one; more where a number names several series, or several agreements have an area of the name. Raises
    HelhedsplanError, with what there is, where nothing fits.
    """
    with open_published(warehouse_file, is_small_work=True) as connection:
        asked = f"{literal(indicator)}, {literal(area)}, {literal(period) if period else 'NULL'}"
        cursor = connection.execute(f"FROM audit.explain({asked})")
        columns = [column[0] for column in cursor.description or []]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if not found:
            raise _nothing(connection, indicator, area, period)
        return [
            one | {"rows_rejected": _rejected(connection, one), "development": _development(connection, one)}
            for one in found
        ]


def _rejected(connection: duckdb.DuckDBPyConnection, one: Explanation) -> list[dict[str, Any]]:
    """The rows in quarantine that the figure was to be made of: place, checks, and why they are checked."""
    key = ", ".join(literal(one[name]) for name in ("agreement_id", "indicator_id", "area_id", "period"))
    rows = connection.execute(
        f"""SELECT locator, failed_checks, string_split(because, ' | ') FROM audit.rejected_row
        WHERE (agreement_id, indicator_id, area_id, period) = ({key}) AND state IS DISTINCT FROM 'replayed'
        ORDER BY delivery_id, row_number"""
    ).fetchall()
    return [dict(zip(("cell", "checks", "because"), row, strict=True)) for row in rows]


def _development(connection: duckdb.DuckDBPyConnection, one: Explanation) -> dict[str, Any] | None:
    """The board's row about the area and indicator: baseline against latest, D, verdict; None where it has none."""
    key = ", ".join(literal(one[name]) for name in ("agreement_id", "indicator_id", "area_id"))
    cursor = connection.execute(
        f"""SELECT * EXCLUDE (known_at, baseline_signed_at) FROM mart.goal_indicator
        WHERE (agreement_id, indicator_id, area_id) = ({key})"""
    )
    columns = [column[0] for column in cursor.description or []]
    return next((dict(zip(columns, row, strict=True)) for row in cursor.fetchall()), None)


def _nothing(connection: duckdb.DuckDBPyConnection, indicator: str, area: str, period: str | None) -> HelhedsplanError:
    periods = _column(
        connection,
        f"""SELECT DISTINCT period FROM mart.indicator_series WHERE (indicator_id, area_id) IN (
            SELECT (indicator_id, area_id) FROM audit.figure_asked_for({literal(indicator)}, {literal(area)}))
        ORDER BY ALL""",
    )
    if period and periods:
        return _unknown("period", period, periods, {})
    of_indicator = f"SELECT 1 FROM audit.figure_asked_for({literal(indicator)}, 'municipality') LIMIT 1"
    which = "area" if _column(connection, of_indicator) else "indicator"
    also_called = dict(connection.execute(_ALSO_CALLED).fetchall()) if which == "indicator" else {}
    return _unknown(which, area if which == "area" else indicator, _column(connection, _NAMES[which]), also_called)


def _unknown(which: str, name: str, known: list[str], also_called: dict[str, str]) -> HelhedsplanError:
    return HelhedsplanError(
        f"there is no figure to explain: the {which} is not known here",
        expected=_near(name, known, also_called) + "one of: " + "; ".join(known),
        found=name,
        do=_OTHERWISE.get(which, f"name the {which} by its id or a part of its name"),
    )


def _near(name: str, known: list[str], also_called: dict[str, str]) -> str:
    """What was perhaps meant: those whose id, name, a word of it or everyday word is nearest to a misspelled one."""
    spelled = also_called | {
        spelling.strip(" ()").lower(): one
        for one in known
        for spelling in (*re.split(r"[\s(),_]+", one), one, *one.split(" ", 1))
    }
    close = dict.fromkeys(spelled[one] for one in get_close_matches(name.strip().lower(), spelled, n=3, cutoff=0.6))
    return f"perhaps {' or '.join(close)}; else " if close else ""


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in connection.execute(query).fetchall()]
