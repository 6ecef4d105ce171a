"""Charts as SVG: per series one small panel for each area, all on the same axes, drawn by Vega.

A panel holds no words of a language, only the keys `chart_break` and `chart_synthetic`,
so that one drawing serves every language; `worded` puts the words in. Colours are the page's CSS
variables, so that the drawing follows light, dark and print. Nothing in a drawing depends on the run.
"""

from __future__ import annotations

import json
import math
from typing import Any

from tasks.report_numbers import period_on_axis

Row = dict[str, Any]
TICK_STEPS = {"fraction": (0.1, 0.2), "mark": (1.0, 2.0)}
LABELS = {"fraction": "format(datum.value * 100, '.0f') + ' %'", "mark": "format(datum.value, '.0f')"}


def vertical_axis(unit: str, lowest: float, highest: float) -> tuple[float, float, float]:
    """(low, high, step) in round numbers that hold every figure and its interval; shares stay within 0-1."""
    small, large = TICK_STEPS.get(unit, (_power_of_ten(highest), 2 * _power_of_ten(highest)))
    low, high = math.floor(lowest / small) * small, math.ceil(highest / small) * small
    if unit == "fraction":
        low, high = max(low, 0.0), min(high, 1.0)
    if high - low < 2 * small:
        low, high = (low, low + 2 * small) if low + 2 * small <= 1 or unit != "fraction" else (high - 2 * small, high)
    step = small if high - low <= 5.5 * small else large
    return round(low, 10), round(high, 10), step


def _power_of_ten(value: float) -> float:
    return 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0


def draw_panels(series: list[Row], agreement: Row) -> dict[str, dict[str, str]]:
    """indicator_id -> area_id -> SVG text, for every unit of every series that has a figure."""
    drawn = [one for one in series if one["highest"] is not None]
    if not drawn:
        return {}
    from tasks.report_drawing import panel_specification

    template = json.dumps(panel_specification())
    return {one["indicator_id"]: _panels_of(one, agreement, template) for one in drawn}


def _panels_of(series: Row, agreement: Row, template: str) -> dict[str, str]:
    import vl_convert

    shared = _shared(series, agreement)
    municipality = next((unit["points"] for unit in series["units"] if unit["area_id"] == "municipality"), [])
    panels = {}
    for unit in series["units"]:
        if unit["area_id"] != "municipality":
            specification = json.loads(template)
            specification["datasets"] = _datasets(series, unit, municipality, shared["datasets"])
            _set_axes(specification, shared)
            svg = vl_convert.vegalite_to_svg(json.dumps(specification), allowed_base_urls=[])
            panels[unit["area_id"]] = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return panels


def _shared(series: Row, agreement: Row) -> Row:
    points = [point for unit in series["units"] for point in unit["points"]]
    years = {point["year"]: period_on_axis(point["period"]) for point in points}
    low, high, step = vertical_axis(series["unit"], series["lowest"], series["highest"])
    first, last = min([*years, agreement["from_year"]]), max([*years, agreement["to_year"]])
    return {
        "unit": series["unit"],
        "years": years,
        "horizontal": [round(first - 0.4, 3), round(last + 0.4, 3)],
        "vertical": [low, high],
        "ticks": [round(low + step * number, 10) for number in range(round((high - low) / step) + 1)],
        "datasets": {
            "agreement": [{"year": round(agreement["from_year"], 3), "until": round(agreement["to_year"], 3)}],
            "breaks": [{"year": cut["year"], "value": high} for cut in series["breaks"]],
        },
    }


def _datasets(series: Row, unit: Row, municipality: list[Row], shared: Row) -> dict[str, list[Row]]:
    kept = ("year", "segment", "value", "low", "high")
    own = [{name: point[name] for name in kept} for point in unit["points"]]
    beside = [{name: point[name] for name in kept} for point in municipality]
    baseline = [
        {"year": point["year"], "value": point["value"]}
        for point in unit["points"]
        if point["period"] == series["baseline_period"] and point["value"] is not None
    ]
    # A real series keeps the empty line, so that all panels are equally high.
    synthetic = [{"says": "chart_synthetic" if unit["is_synthetic"] else " "}]
    return {"area": own, "municipality": beside, "baseline": baseline, "synthetic": synthetic, **shared}


def _set_axes(specification: Row, shared: Row) -> None:
    """Put this series' scales into the one layer that declares the axes."""
    encoding = specification["layer"][0]["encoding"]
    # JavaScript writes 2020.0 as 2020.
    names = {str(year).removesuffix(".0"): name for year, name in sorted(shared["years"].items())}
    encoding["x"]["scale"] = {"domain": shared["horizontal"], "nice": False, "zero": False}
    encoding["x"]["axis"] |= {"values": sorted(shared["years"]), "labelExpr": f"{json.dumps(names)}[datum.value]"}
    encoding["y"]["scale"] = {"domain": shared["vertical"], "nice": False, "zero": False}
    label = LABELS.get(shared["unit"], "format(datum.value, ',.0f')")
    encoding["y"]["axis"] |= {"values": shared["ticks"], "labelExpr": label}


def worded(svg: str, words: dict[str, str]) -> str:
    """The drawing with its words: the texts' section `chart`, escaped by the caller."""
    for key, word in words.items():
        svg = svg.replace(f">chart_{key}<", f">{word}<")
    return svg
