"""The workbook's sheet of what has changed since the last meeting: figures as numbers, all else in words."""

from __future__ import annotations

from typing import Any

from tasks.reporting import since
from tasks.reporting.words import Words
from tasks.reporting.workbook_columns import Column, text

Row = dict[str, Any]


def changes(words: Words) -> list[Column]:
    """One row per change: what, of which indicator, area and periods, before, now, why, and the delivery."""
    t, told = words.texts, words.texts["since"]
    return [
        text(told["what_title"], 14, lambda row: told["what"][row["what"]]),
        text(t["sources"]["cross_indicator"], 34, lambda row: words.of(row, "short_name")),
        text(t["overview"]["area"], 18, lambda row: words.place(row) if row["area_id"] else None),
        text(
            t["context"]["period"],
            22,
            lambda row: "\n".join(words.period(period, "in_table") for period in row["periods"]),
        ),
        Column(told["before"], 24, lambda row: _side(row, "old", words), _kind),
        Column(told["now"], 24, lambda row: _side(row, "new", words), _kind),
        text(told["because_title"], 44, lambda row: since.because(row, words)),
        text(t["workbook"]["delivery"], 34, lambda row: row["delivery_id"]),
    ]


def _side(row: Row, side: since.Side, words: Words) -> float | str | None:
    value = row[f"{side}_value"]
    return since.stood(row, side, words) or None if value is None else value


def _kind(row: Row) -> str:
    if row["what"] != "figure":
        return "text"
    return {"fraction": "fraction"}.get(row["unit"], "mark")
