"""What stands on each page of the board's paper: plain data for the layout, every text ready."""

from __future__ import annotations

from typing import Any

from tasks.reporting.figures import AgreementFigures, Publication
from tasks.reporting.goal_table import goal_name, goal_table, marked
from tasks.reporting.in_short import in_short
from tasks.reporting.panels import axis_note, panels
from tasks.reporting.words import Words

Row = dict[str, Any]
Drawn = dict[str, dict[str, str]]


def front(publication: Publication, figures: AgreementFigures, words: Words) -> Row:
    """The first page: which publication, the verdicts in short, changes, actions, every indicator in a sentence."""
    t, agreement, short = words.texts, figures.agreement, in_short(figures, words)
    frame = t["frame"]
    is_synthetic = any(row["is_synthetic"] for row in publication.real_and_synthetic)
    return {
        "title": t["paper"]["title"].format(agreement=agreement["agreement"]),
        "agreement": agreement["agreement"],
        "description": t["paper"]["description"].format(publication=publication.publication["publication_id"]),
        "period": words.agreement_period(agreement, publication.publication),
        "published": words.published(publication.publication),
        "states": words.states(publication.sources),
        "synthetic": frame["has_synthetic"] if is_synthetic else frame["all_real"],
        "is_synthetic": is_synthetic,
        "banner": words.banner(publication.real_and_synthetic) if is_synthetic else "",
        "tally": [
            marked(verdict, t["verdict"]["mark"][verdict]) | {"count": count} for verdict, count in short["tally"]
        ],
        "tally_help": t["summary"]["tally_help"].format(cells=short["all_cells"]),
        "since": short["since"],
        "actions": short["actions"],
        "more_actions": short["more_actions"],
        **goal_table(figures, words),
    }


def goal(goal: Row, figures: AgreementFigures, drawn: Drawn, words: Words) -> tuple[Row, dict[str, str]]:
    """(one goal's pages, file name -> SVG of its charts)."""
    cells = {one["indicator_id"]: one["cells"] for one in goal["series"]}
    charts: dict[str, str] = {}
    shown = []
    for series in figures.series:
        if series["indicator_id"] in cells:
            own = panels(series, drawn.get(series["indicator_id"], {}), words)
            names = [f"{series['indicator_id']}-{number}.svg" for number in range(len(own))]
            charts |= {name: str(panel["svg"]) for name, panel in zip(names, own, strict=True)}
            shown.append(_series(series, cells[series["indicator_id"]], list(zip(names, own, strict=True)), words))
    return {"name": goal_name(goal, words), "series": shown}, charts


def _series(series: Row, cells: list[Row], charts: list[tuple[str, Row]], words: Words) -> Row:
    t = words.texts
    notes = list(dict.fromkeys(point["note"] for unit in series["units"] for point in unit["points"] if point["note"]))
    left_out = any(cell["municipality_uncertainty_left_out"] for cell in cells)
    return {
        "label": t["overview"]["indicator"].format(number=series["indicator_number"]),
        "name": words.of(series, "indicator").rstrip("."),
        "wanted": t["overview"]["wanted"][series["better"]],
        "verdicts": [_verdict(cell, words) for cell in cells],
        "verdict_help": " ".join(
            [t["verdict"]["help"], *([t["verdict"]["municipality_left_out"]] if left_out else [])]
        ),
        "panels": [
            {
                "file": name,
                "name": panel["name"],
                "alt": panel["alternative_text"],
                "empty": words.no_figure(panel["missing_reason"]) if panel["missing_reason"] else "",
            }
            for name, panel in charts
        ],
        "axis_note": axis_note(series, words),
        "has_breaks": bool(series["breaks"]),
        "breaks": [words.series_break(cut) for cut in series["breaks"]],
        "table": _table(series, notes, words),
        "table_help": t["goal"]["table_help" + {"mean": "_mean", "survey_share": "_survey"}.get(series["kind"], "")],
        "notes": [[t["goal"]["note"].format(number=number), f"{note}."] for number, note in enumerate(notes, start=1)],
        "definition": words.definition(series),
        "caveats": [words.of(caveat, "caveat") for caveat in series["caveats"]],
        "source": words.source_lines(series),
        "expected": words.expected(series),
    }


def _verdict(cell: Row, words: Words) -> Row:
    t, is_known = words.texts["verdict"], cell["development"] is not None
    marks = words.marks(cell["is_synthetic"], cell["latest_is_stale"], cell["latest_carried_over"])
    small = [words.baseline_as_signed(cell), _newer(cell, words) if cell["newer_period"] else ""]
    beside = [words.development_interval(cell) if is_known and cell["development_low"] is not None else ""]
    # The sentence of a verdict without certainty says it already.
    if cell["smallest_detectable_change"] is not None and cell["verdict"] != "no_certain_difference":
        beside.append(f"{t['smallest']}: {words.difference(cell['smallest_detectable_change'], cell['unit'])}")
    return {
        "area": words.place(cell),
        "is_total": cell["area_id"] == "total",
        **marked(cell["verdict"], words.verdict(cell)),
        "told": words.told(cell),
        "marks": marks if cell["change"] is not None else [],
        "small": list(filter(None, small)),
        "development": words.development(cell) if is_known else "",
        "beside": list(filter(None, beside)),
        "trend": t["trend"][cell["trend"]],
    }


def _newer(cell: Row, words: Words) -> str:
    is_synthetic = cell["newer_municipality"] is not None and cell["newer_municipality_is_synthetic"]
    return " ".join([words.newer(cell), *words.marks(is_synthetic, False, None)])


def _table(series: Row, notes: list[str], words: Words) -> Row:
    first = series["units"][0]["points"] if series["units"] else []
    return {
        "columns": [
            {
                "name": words.period(point["period"], "in_table"),
                "is_baseline": point["period"] == series["baseline_period"],
            }
            for point in first
        ],
        "rows": [
            {
                "name": words.place(unit),
                "is_municipality": unit["area_id"] == "municipality",
                "cells": _cells(unit["points"], series, notes, words),
            }
            for unit in series["units"]
        ],
    }


def _cells(points: list[Row], series: Row, notes: list[str], words: Words) -> list[Row]:
    segments = [point["segment"] for point in points]
    return [
        _cell(point, series, notes, words) | {"after_break": number > 0 and segments[number] != segments[number - 1]}
        for number, point in enumerate(points)
    ]


def _cell(point: Row, series: Row, notes: list[str], words: Words) -> Row:
    note = words.texts["goal"]["note_mark"].format(number=notes.index(point["note"]) + 1) if point["note"] else ""
    if point["value"] is None:
        missing = words.no_figure(point["missing_reason"])
        return {"value": "", "missing": missing, "marks": [], "small": [note] if note else []}
    interval = words.uncertainty(point["low"], point["high"], series["unit"])
    counts = words.counts(point, series["kind"]) if point["denominator"] is not None else ""
    return {
        "value": words.amount(point["value"], series["unit"]),
        "missing": "",
        "marks": words.marks(point["is_synthetic"], point["is_stale"], point["carried_over"]),
        "small": list(filter(None, (interval, counts, note))),
    }
