"""The one table that page and paper begin with: goal by indicator, all areas in a sentence, each area in a verdict."""

from __future__ import annotations

from typing import Any

from tasks.reporting.figures import AgreementFigures
from tasks.reporting.words import Words

Row = dict[str, Any]
# So many areas have a column of their own; the verdicts of more stand with each goal.
MOST_AREAS = 5


def goal_table(figures: AgreementFigures, words: Words) -> Row:
    """The areas' names, and each goal with one row per series."""
    first = next((series for one in figures.goals for series in one["series"]), {"cells": []})
    names = [words.place(cell) for cell in first["cells"] if cell["area_id"] != "total"]
    areas = names if len(names) <= MOST_AREAS else []
    goals = [
        {
            "goal_id": goal["goal_id"],
            "name": goal_name(goal, words),
            "rows": [_row(one, words, with_areas=bool(areas)) for one in goal["series"]],
        }
        for goal in figures.goals
    ]
    return {"areas": areas, "in_short": goals}


def goal_name(goal: Row, words: Words) -> str:
    """'Mål 1. Der skal …', as headings have it."""
    return f"{words.texts['frame']['goal'].format(number=goal['goal_number'])}. {words.of(goal, 'goal')}"


def marked(verdict: str, told: str) -> Row:
    """A verdict's mark (the file of its drawing) and the words that stand beside it."""
    return {"mark": f"{verdict}.svg", "verdict": verdict, "words": told}


def _row(series: Row, words: Words, *, with_areas: bool) -> Row:
    total = next((cell for cell in series["cells"] if cell["area_id"] == "total"), series["cells"][-1])
    short = words.texts["verdict"]["short"]
    shown = [cell for cell in series["cells"] if with_areas and cell["area_id"] != "total"]
    marks = words.marks(total["is_synthetic"], total["latest_is_stale"], total["latest_carried_over"])
    return {
        "indicator_id": series["indicator_id"],
        "number": series["indicator_number"],
        "name": words.of(series, "short_name"),
        "total": marked(total["verdict"], words.told_in_short(total)),
        "marks": marks if total["change"] is not None else [],
        "periods": words.periods_compared(total) if total["change"] is not None else "",
        "newer": words.newer(total) if total["newer_period"] else "",
        "newer_marks": words.marks(
            total["newer_municipality"] is not None and total["newer_municipality_is_synthetic"], False, None
        ),
        "areas": [marked(cell["verdict"], short[cell["verdict"]]) | {"area": words.place(cell)} for cell in shown],
    }
