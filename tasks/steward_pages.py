"""What the steward is shown and sends, in Danish: the page of a rehearsal, and a letter about rows in quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from catalogue.load import Catalogue
from tasks.reporting.folder import environment, style, texts
from tasks.reporting.words import Words

if TYPE_CHECKING:
    from tasks.rehearse import Rehearsal
    from warehouse.compare import ChangedFigure

_COUNTS = ("numerator", "denominator")
_MEASURES = ("value", "low", "high")


def rehearsal_page(rehearsal: Rehearsal, catalogue: Catalogue) -> str:
    """The page of a rehearsal: every changed figure, interval, verdict, empty cell and state, old beside new."""
    words = Words(texts("da"))
    rows = list(changed_rows(rehearsal.changes, catalogue, words))
    source = catalogue.source(rehearsal.source_id).title.da
    return environment().get_template("rehearsal.html.j2").render(
        rehearsal=rehearsal,
        counts=rehearsal.counts,
        rows=rows,
        source=source,
        style=style(),
        language=words.texts["language"],
        told=words.texts["rehearsal"],
        verdicts=words.texts["verdict"]["mark"],
    )  # fmt: skip


def changed_rows(changes: tuple[ChangedFigure, ...], catalogue: Catalogue, words: Words) -> Iterator[dict[str, Any]]:
    """Each change with names, period, column and both sides as a Danish reader writes them."""
    names, units, areas = _names(catalogue, words)
    for one in changes:
        unit = units.get(one.indicator_id or "", "fraction")
        yield {
            "column": one.column,
            "indicator": names.get(one.indicator_id or "", one.indicator_id) or one.source_id,
            "area": areas.get(one.area_id or "", one.area_id) or "",
            "period": words.period(one.period, "in_table") if one.period else "",
            "old": _side(one.column, one.old, unit, words),
            "new": _side(one.column, one.new, unit, words),
            "cause": _cause(one),
            "was_shown": one.was_shown,
        }


def _names(catalogue: Catalogue, words: Words) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    series = [(one, indicator) for indicator in catalogue.indicators for one in indicator.all_series()]
    areas = {area.area_id: area.name for agreement in catalogue.agreements for area in agreement.areas}
    return (
        {one.indicator_id: one.short_name.da for one, _ in series},
        {one.indicator_id: indicator.unit for one, indicator in series},
        areas | {"municipality": words.texts["overview"]["municipality"], "total": words.texts["place"]["total"]},
    )


def _cause(one: ChangedFigure) -> str:
    """Why it is another one, as the publication would tell it: a known figure that is stated otherwise is corrected."""
    is_known_figure = one.column in (*_MEASURES, *_COUNTS) and None not in (one.old, one.new)
    return "redelivered" if one.cause == "new_delivery" and is_known_figure else one.cause


def _side(column: str, value: float | str | None, unit: str, words: Words) -> str:
    if value is None:
        return "–"
    if column in _MEASURES and isinstance(value, float):
        return words.amount_as_published(value, unit)
    if column in _COUNTS and isinstance(value, float):
        return words.plain(value)
    if column == "verdict_reason":
        told = words.texts["rehearsal"]
        return told["reason"][str(value)]
    known: Mapping[str, str] = words.texts["missing"]["reason"] | {
        state: words.texts["state"][state] for state in ("fresh", "due", "late", "stopped")
    }
    return known.get(str(value), str(value))
