"""The panels of a series' chart with their words: name, what is missing, axis, text for those who do not see it."""

from __future__ import annotations

from typing import Any

from tasks.reporting.charts import vertical_axis, worded
from tasks.reporting.words import Words

Row = dict[str, Any]


def panels(series: Row, drawn: dict[str, str], words: Words) -> list[Row]:
    """One row per area and the total: name, SVG with its words, alternative text, why it is empty if it is."""
    from markupsafe import Markup, escape

    municipality = next((unit for unit in series["units"] if unit["area_id"] == "municipality"), {"points": []})
    in_chart = {key: str(escape(word)) for key, word in words.texts["chart"].items()}
    return [
        {
            "name": words.place(unit),
            "svg": Markup(worded(drawn[unit["area_id"]], in_chart)),  # noqa: S704  # drawn by us, words escaped
            "missing_reason": _why_empty(unit["points"]),
            "alternative_text": _alternative_text(series, unit, municipality["points"], words),
        }
        for unit in series["units"]
        if unit["area_id"] in drawn
    ]


def _why_empty(points: list[Row]) -> str | None:
    if any(point["value"] is not None for point in points):
        return None
    return points[-1]["missing_reason"] or "not_delivered"


def axis_note(series: Row, words: Words) -> str:
    """From where to where the vertical axis runs, since it does not always begin at zero."""
    if series["highest"] is None:
        return ""
    low, high, _ = vertical_axis(series["unit"], series["lowest"], series["highest"])
    percent = 100 if series["unit"] == "fraction" else 1
    return words.texts["goal"]["axis"][series["unit"]].format(
        low=words.plain(low * percent), high=words.plain(high * percent)
    )


def _alternative_text(series: Row, unit: Row, municipality: list[Row], words: Words) -> str:
    goal = words.texts["goal"]
    days = ", ".join(words.day(cut["from_day"]) for cut in series["breaks"] if _concerns(cut, unit))
    told = goal["alt"].format(
        indicator=words.of(series, "indicator").rstrip("."),
        area=words.place(unit),
        own=_span(unit["points"], series["unit"], words),
        municipality=_span(municipality, series["unit"], words),
        breaks=goal["alt_breaks"].format(breaks=days) if days else goal["alt_no_breaks"],
    )
    return f"{told} {goal['alt_synthetic']}" if unit["is_synthetic"] else told


def _concerns(series_break: Row, unit: Row) -> bool:
    own_level = "total" if unit["area_id"] == "total" else "area"
    return series_break["area_level"] in (None, own_level, "municipality")


def _span(points: list[Row], unit: str, words: Words) -> str:
    goal = words.texts["goal"]
    known = [point for point in points if point["value"] is not None]
    if not known:
        return goal["alt_none"]
    first, last = known[0], known[-1]
    return goal["alt_span" if len(known) > 1 else "alt_one"].format(
        first=words.amount(first["value"], unit),
        first_period=words.period(first["period"]),
        last=words.amount(last["value"], unit),
        last_period=words.period(last["period"]),
    )
