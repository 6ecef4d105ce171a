"""A rehearsal in short: how many figures, verdicts, empty cells and states would change, and one line per figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalogue.load import Catalogue
from warehouse.compare import ChangedFigure

_WITHHELD = "withheld_here"


@dataclass(frozen=True)
class Replayed:
    """A row in quarantine that the delivery would bring good: of which delivery, where in its file, which checks."""

    delivery_id: str
    locator: str
    failed_checks: str


@dataclass(frozen=True)
class FigureChange:
    """One figure that would change. `column` says of what `old` and `new` are: value, else counts or a reason.

    A side without a number has the reason why, where that changed too. `kind` is one of gone, changed, new, withheld,
    empty (for another reason).
    """

    kind: str
    indicator_id: str
    area_id: str | None
    period: str | None
    column: str
    old: float | str | None
    new: float | str | None
    cause: str


@dataclass(frozen=True)
class HeadCount:
    """How much would change: figures that are new, changed or gone, and empty cells with another reason.

    `withheld` are cells that would be withheld and are not now.
    """

    figures_new: int
    figures_changed: int
    figures_gone: int
    verdicts: int
    withheld: int
    other_empty_cells: int
    states: int
    rows_replayed: int


def replayed_rows(built: Path, delivery_id: str) -> tuple[Replayed, ...]:
    """The rows of earlier deliveries that this one replays in a warehouse built with it, in their order."""
    query = """SELECT delivery_id, locator, array_to_string(failed_checks, ', ') FROM audit.quarantine
        WHERE replayed_by_delivery_id = ? ORDER BY delivery_id, row_number"""
    with duckdb.connect(built, read_only=True) as connection:
        return tuple(Replayed(*row) for row in connection.execute(query, [delivery_id]).fetchall())


def figure_changes(changes: Iterable[ChangedFigure]) -> list[FigureChange]:
    """One for each figure with a changed number or reason: those that change or go first, then the new ones."""
    cells: dict[tuple[str | None, ...], dict[str, ChangedFigure]] = {}
    for one in changes:
        if one.indicator_id and not one.column.startswith("verdict"):
            key = (one.agreement_id, one.indicator_id, one.area_id, one.period)
            cells.setdefault(key, {})[one.column] = one
    found = [_figure(columns) for columns in cells.values()]
    return sorted(found, key=lambda one: ("gone", "changed", "new", "withheld", "empty").index(one.kind))


def _figure(columns: dict[str, ChangedFigure]) -> FigureChange:
    order = ("value", "numerator", "denominator", "missing_reason", "low", "high")
    one = columns[next(column for column in order if column in columns)]
    reason = columns.get("missing_reason")
    old, new = one.old, one.new
    if reason:
        old, new = reason.old if old is None else old, reason.new if new is None else new
    return FigureChange(
        _kind(one, reason), one.indicator_id or "", one.area_id, one.period, one.column, old, new, one.cause
    )


def _kind(one: ChangedFigure, reason: ChangedFigure | None) -> str:
    if reason and reason.new == _WITHHELD:
        return "withheld"
    if one.column == "missing_reason":
        return "empty"
    if one.column == "value" and one.old is None:
        return "new"
    return "gone" if one.column == "value" and one.new is None else "changed"


def head_count(changes: Sequence[ChangedFigure], replays: Sequence[Replayed]) -> HeadCount:
    """What a rehearsal's changes come to."""
    kinds = [one.kind for one in figure_changes(changes)]
    columns = [one.column for one in changes]
    return HeadCount(
        figures_new=kinds.count("new"),
        figures_changed=kinds.count("changed"),
        figures_gone=kinds.count("gone"),
        verdicts=columns.count("verdict"),
        withheld=kinds.count("withheld"),
        other_empty_cells=kinds.count("empty"),
        states=columns.count("state"),
        rows_replayed=len(replays),
    )


def units_of(catalogue: Catalogue) -> dict[str, str]:
    """indicator_id -> the unit of its values: fraction, mark ..."""
    return {series.indicator_id: one.unit for one in catalogue.indicators for series in one.all_series()}


def in_words(value: float | str | None, column: str, unit: str) -> str:
    """One side of a change: per cent as a reader knows it; counts and marks as they are."""
    if value is None:
        return "-"
    if not isinstance(value, float):
        return str(value)
    if column in ("value", "low", "high") and unit == "fraction":
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if column in ("value", "low", "high") else f"{value:g}"
