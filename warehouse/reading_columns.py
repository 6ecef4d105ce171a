"""The columns that every source's reading has, whatever was delivered."""

from __future__ import annotations

READING_COLUMNS: dict[str, str] = {
    "file_name": "VARCHAR",
    "place": "VARCHAR",
    "first_line": "INTEGER",
    "indicator_id": "VARCHAR",
    "unit_level": "VARCHAR",
    "unit_code": "VARCHAR",
    "unit_name": "VARCHAR",
    "municipality_code": "VARCHAR",
    "period": "VARCHAR",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "value": "DOUBLE",
    "standard_deviation": "DOUBLE",
    "design_effect": "DOUBLE",
    "response_rate": "DOUBLE",
    "instrument": "VARCHAR",
    "wording": "VARCHAR",
    "note": "VARCHAR",
    "sign": "VARCHAR",
    "missing_reason": "VARCHAR",
    "unreadable": "VARCHAR",
}

# What a plan of milestones says besides: for sources whose contract `holds: milestones`. `period` is the due day.
MILESTONE_COLUMNS: dict[str, str] = {"delivery_id": "VARCHAR", "row_number": "BIGINT"} | dict.fromkeys(
    ("file_name", "place"), "VARCHAR"
) | {"first_line": "INTEGER"} | dict.fromkeys(
    (
        "unit_name", "period", "sub_agreement", "focus_area", "sub_goal", "activity", "milestone", "reached_on",
        "responsible", "note",
    ),
    "VARCHAR",
)  # fmt: skip


def no_rows(columns: dict[str, str]) -> str:
    """A SELECT of these columns and types without any row, so that a union has all columns."""
    typed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    return f"SELECT {typed} WHERE false"
