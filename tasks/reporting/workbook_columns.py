"""The workbook's columns: for each a heading, a width, a kind of number, and how its value is taken from a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.reporting.numbers import board_time
from tasks.reporting.words import Words

Row = dict[str, Any]
Value = Callable[[Row], Any]


@dataclass(frozen=True)
class Column:
    """A column: `kind` names its format for a row, `note` the explanation that a reader finds on the cell."""

    title: str
    width: float
    value: Value
    kind: Callable[[Row], str]
    note: Callable[[Row], str] | None = None
    is_of_numbers: bool = True


def text(title: str, width: float, value: Value, note: Callable[[Row], str] | None = None) -> Column:
    """A column of texts; an empty one leaves its cell empty."""
    return Column(title, width, lambda row: value(row) or None, lambda _: "text", note, is_of_numbers=False)


def _of_kind(kind: str, title: str, width: float, value: Value) -> Column:
    return Column(title, width, value, lambda _: kind)


def _figure(title: str, name: str, unit: Value, note: Callable[[Row], str] | None = None) -> Column:
    return Column(title, 11, lambda row: row[name], lambda row: {"fraction": "fraction"}.get(unit(row), "mark"), note)


def _points(title: str, name: str, unit: Value) -> Column:
    """A difference in points: percentage points for shares, so a hundred times the fraction."""

    def value(row: Row) -> float | None:
        return None if row[name] is None else row[name] * (100 if unit(row) == "fraction" else 1)

    return _of_kind("points", title, 11, value)


def _synthetic(words: Words, name: str = "is_synthetic") -> Column:
    mark = words.texts["mark"]
    return Column(
        words.texts["workbook"]["real_or_synthetic"],
        11,
        lambda row: mark["synthetic" if row[name] else "real"],
        lambda row: "synthetic" if row[name] else "text",
        is_of_numbers=False,
    )


def overview(words: Words) -> list[Column]:
    """One row per indicator and area: verdict, sentence, baseline, latest figure, development against municipality."""
    t, book = words.texts, words.texts["workbook"]

    def unit(row: Row) -> str:
        return row["unit"]

    def period(name: str) -> Value:
        return lambda row: words.period(row[name], "in_table") if row[name] else None

    return [
        _of_kind("count", book["number"], 6, lambda row: row["series"]["indicator_number"]),
        text(t["sources"]["cross_indicator"], 34, lambda row: words.of(row["series"], "short_name"),
              lambda row: words.of(row["series"], "indicator")),
        text(t["overview"]["area"], 18, words.place),
        text(t["verdict"]["verdict"], 30, words.verdict, lambda row: t["verdict"]["explained"][row["verdict"]]),
        text(t["verdict"]["told_title"], 58, words.told),
        text(book["baseline_period"], 14, period("baseline_period")),
        _figure(book["baseline"], "baseline_value", unit, words.baseline_as_signed),
        _figure(book["baseline_municipality"], "baseline_municipality", unit),
        text(book["latest_period"], 14, period("latest_period")),
        _figure(book["latest"], "latest_value", unit),
        _figure(book["low"], "latest_low", unit),
        _figure(book["high"], "latest_high", unit),
        _figure(book["latest_municipality"], "latest_municipality", unit),
        text(book["missing"], 24, lambda row: words.reason(row["missing_reason"]) if row["missing_reason"] else None),
        _points(book["development"], "development", unit),
        _points(book["development_low"], "development_low", unit),
        _points(book["development_high"], "development_high", unit),
        _points(book["smallest"], "smallest_detectable_change", unit),
        text(t["verdict"]["trend_title"], 18, lambda row: t["verdict"]["trend"][row["trend"]]),
        text(book["remark"], 26, lambda row: _marks(row, words)),
        _synthetic(words),
        text(t["context"]["note"], 40, lambda row: "\n".join(words.notes([row]))),
        text(book["delivery"], 34, lambda row: row["delivery_id"]),
    ]  # fmt: skip


def figures_of_goal(words: Words) -> list[Column]:
    """One row per indicator, area or municipality, and period."""
    t, book = words.texts, words.texts["workbook"]

    def unit(row: Row) -> str:
        return row["series"]["unit"]

    return [
        _of_kind("count", book["number"], 6, lambda row: row["series"]["indicator_number"]),
        text(t["sources"]["cross_indicator"], 34, lambda row: words.of(row["series"], "short_name")),
        text(t["overview"]["area"], 18, lambda row: words.place(row["place"])),
        text(t["context"]["period"], 14, lambda row: words.period(row["period"], "in_table")),
        _figure(t["context"]["value"], "value", unit, lambda row: _explained(row, words)),
        _figure(book["low"], "low", unit),
        _figure(book["high"], "high", unit),
        Column(t["goal"]["numerator"], 10, _count("numerator"), lambda _: "count"),
        Column(t["goal"]["denominator"], 10, _count("denominator"), lambda _: "count"),
        _points(book["gap"], "gap", unit),
        _points(book["gap_low"], "gap_low", unit),
        _points(book["gap_high"], "gap_high", unit),
        text(book["missing"], 26, lambda row: words.reason(row["missing_reason"]) if row["missing_reason"] else None),
        text(book["remark"], 26, lambda row: "; ".join(words.marks(False, row["is_stale"], row["carried_over"]))),
        _synthetic(words),
        text(t["context"]["note"], 40, lambda row: row["note"]),
        text(book["delivery"], 34, lambda row: row["delivery_id"]),
    ]  # fmt: skip


def _marks(row: Row, words: Words) -> str:
    return "; ".join(words.marks(False, row["latest_is_stale"], row["latest_carried_over"]))


def _count(name: str) -> Value:
    # A mean's numerator is no count of anything.
    return lambda row: None if name == "numerator" and row["series"]["kind"] == "mean" else row[name]


def _explained(row: Row, words: Words) -> str:
    """The figure as a sentence: of whom, when, with which counts, and from whose delivery."""
    series, value = row["series"], row["value"]
    if value is None:
        return ""
    counts = words.counts(row, series["kind"]) if row["denominator"] is not None else ""
    return words.texts["workbook"]["explained"].format(
        area=words.place(row["place"]),
        period=words.period(row["period"], "in_words"),
        value=words.amount(value, series["unit"]),
        counts=f" ({counts})" if counts else "",
        interval=words.uncertainty(row["low"], row["high"], series["unit"]),
        source=words.source_line(series),
        delivery=row["delivery_id"],
    )


def milestones(words: Words) -> list[Column]:
    """One row per milestone of the sub-agreements, with its state on the day of the publication."""
    t = words.texts["milestones"]
    return [
        text(t["focus_area"], 34, lambda row: row["focus_area"]),
        text(t["milestone"], 50, lambda row: row["milestone"]),
        text(t["sub_goal"], 44, lambda row: row["sub_goal"]),
        text(t["state_title"], 20, lambda row: t["state"][row["state"]]),
        _of_kind("day", t["due"], 18, lambda row: row["due"]),
        _of_kind("day", t["reached_on"], 18, lambda row: row["reached_on"]),
        text(t["responsible"], 26, lambda row: row["responsible"]),
        text(words.texts["context"]["note"], 40, lambda row: row["note"]),
        _synthetic(words),
        text(words.texts["workbook"]["delivery"], 34, lambda row: row["delivery_id"]),
    ]


def definitions(words: Words) -> list[Column]:
    """One row per series: what is counted, of whom, in which version, its caveats, breaks, source, next delivery."""
    t, book = words.texts, words.texts["workbook"]
    goal = t["goal"]

    def joined(rows: list[str]) -> str:
        return "\n".join(rows)

    return [
        _of_kind("count", book["number"], 6, lambda row: row["indicator_number"]),
        text(t["sources"]["cross_indicator"], 44, lambda row: words.of(row, "indicator")),
        text(goal["numerator"], 36, lambda row: words.of(row, "numerator")),
        text(goal["denominator"], 36, lambda row: words.of(row, "denominator")),
        text(goal["version_title"], 26, lambda row: words.definition(row)[-1][1]),
        text(book["wanted"], 24, lambda row: t["overview"]["wanted"][row["better"]]),
        text(goal["caveats_title"], 60, lambda row: joined([words.of(caveat, "caveat") for caveat in row["caveats"]])),
        text(goal["breaks_title"], 50, lambda row: joined([words.series_break(cut) for cut in row["breaks"]])),
        text(goal["source_title"], 40, lambda row: joined(words.source_lines(row))),
        text(goal["expected_title"], 36, words.expected),
    ]


def sources(words: Words) -> list[Column]:
    """One row per source and part: what came last, what is expected, in what state it is."""
    t = words.texts["sources"]

    def newest(row: Row) -> str:
        return words.period(row["newest_period"], "in_table") if row["newest_period"] else ""

    def received(row: Row) -> datetime | None:
        seconds = row["received_at_seconds"]
        return None if seconds is None else board_time(seconds)

    return [
        text(t["source"], 40, lambda row: words.of(row, "source")),
        text(words.texts["workbook"]["part"], 18, lambda row: row["part_id"]),
        text(words.texts["workbook"]["real_or_synthetic"], 11, words.how_real),
        text(t["state"], 14, lambda row: words.texts["state"][row["state"]]),
        text(words.texts["workbook"]["problem"], 40, lambda row: row["problem"]),
        text(t["newest"], 18, newest),
        _of_kind("moment", t["received"], 22, received),
        _of_kind("day", t["expected"], 18, lambda row: row["expected_next"]),
        text(words.texts["workbook"]["licence"], 30, lambda row: words.of(row, "licence")),
        text(words.texts["workbook"]["delivery"], 34, lambda row: row["delivery_id"]),
    ]  # fmt: skip


def warnings(words: Words) -> list[Column]:
    """One row per check that found something in a delivery in force."""
    t = words.texts["sources"]
    return [
        text(t["source"], 40, lambda row: words.of(row, "source")),
        text(words.texts["workbook"]["delivery"], 34, lambda row: row["delivery_id"]),
        text(t["warning_check"], 70, lambda row: words.check(row["check_id"], row["because"])),
        text(t["warning_found"], 60, words.observed),
        text(t["warning_action"], 26, lambda row: t["warning_actions"][row["action"] or "none"]),
    ]
