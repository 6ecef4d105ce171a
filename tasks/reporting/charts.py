"""Charts as SVG: per series one small panel for each area, all on the same axes, drawn by Vega.

A panel holds no words of a language, only the keys `chart_break` and `chart_synthetic`,
so that one drawing serves every language; `worded` puts the words in. Colours are the page's CSS
variables, so that the drawing follows light, dark and print. Nothing in a drawing depends on the run.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from tasks.reporting.numbers import period_on_axis

Row = dict[str, Any]
SVG = "http://www.w3.org/2000/svg"
PANEL_GROUP = re.compile(r"\bconcat_\d+_group\b")
# The plot of report_drawing.py is 232 x 132; around it stand the axes' labels and two lines of words.
PANEL_HEAD = f'<svg xmlns="{SVG}" viewBox="-42 -34 282 188" fill="none" aria-hidden="true" focusable="false">'
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
    """indicator_id -> area_id -> SVG text, for every unit of every series that has a figure.

    Vega draws all panels in one go, which takes half the time of one by one; then each is cut out.
    """
    drawn = {one["indicator_id"]: one for one in series if one["highest"] is not None}
    places = [
        (indicator_id, unit)
        for indicator_id, one in drawn.items()
        for unit in one["units"]
        if unit["area_id"] != "municipality"
    ]
    if not places:
        return {}
    shared = {indicator_id: _shared(one, agreement) for indicator_id, one in drawn.items()}
    panels = _drawn_together([_panel(drawn[name], unit, shared[name]) for name, unit in places])
    found: dict[str, dict[str, str]] = {indicator_id: {} for indicator_id in drawn}
    for (indicator_id, unit), svg in zip(places, panels, strict=True):
        found[indicator_id][unit["area_id"]] = svg
    return found


def _drawn_together(panels: list[tuple[Row, Row]]) -> list[str]:
    """The SVG of each panel, given as (its datasets, its axes)."""
    from tasks.reporting.drawing import panel_specification

    template = panel_specification()
    own, all_datasets = [], {}
    for number, (datasets, axes) in enumerate(panels):
        panel, renamed = _with_own_datasets(template["panel"], datasets, f"_{number}")
        _set_axes(panel, axes)
        own.append(panel)
        all_datasets |= renamed
    drawing = {"concat": own, "columns": 4, "datasets": all_datasets, "config": template["config"]}
    return _cut_out(_svg(json.dumps(drawing)))


# One publication's site, paper and workbook are often written by one process more than once, all with these figures.
@lru_cache(maxsize=4)
def _svg(drawing: str) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(drawing, allowed_base_urls=[])


def _with_own_datasets(panel: Row, datasets: dict[str, list[Row]], suffix: str) -> tuple[Row, dict[str, list[Row]]]:
    layers = [layer | {"data": {"name": layer["data"]["name"] + suffix}} for layer in panel["layer"]]
    first = layers[0]
    layers[0] = first | {"encoding": {name: dict(channel) for name, channel in first["encoding"].items()}}
    return panel | {"layer": layers}, {name + suffix: rows for name, rows in datasets.items()}


def _cut_out(svg: str) -> list[str]:
    """Each panel of a drawing of many as an SVG of its own, all of one size, the plot in the same place."""
    ET.register_namespace("", SVG)
    groups = [
        group
        for group in ET.fromstring(svg).iter(f"{{{SVG}}}g")  # noqa: S314  # our own drawing
        if PANEL_GROUP.search(group.get("class", ""))
    ]
    for group in groups:
        group[0].set("transform", "translate(0,0)")
    bodies = (ET.tostring(group, encoding="unicode").replace(f' xmlns="{SVG}"', "", 1) for group in groups)
    return [f"{PANEL_HEAD}{body}</svg>" for body in bodies]


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
        "municipality": next((unit["points"] for unit in series["units"] if unit["area_id"] == "municipality"), []),
        "datasets": {
            "agreement": [{"year": round(agreement["from_year"], 3), "until": round(agreement["to_year"], 3)}],
        },
    }


def _panel(series: Row, unit: Row, shared: Row) -> tuple[Row, Row]:
    kept = ("year", "line", "value", "low", "high")
    own = [{name: point[name] for name in kept} for point in unit["points"]]
    beside = [{name: point[name] for name in kept} for point in shared["municipality"]]
    baseline = [
        {"year": point["year"], "value": point["value"]}
        for point in unit["points"]
        if point["period"] == series["baseline_period"] and point["value"] is not None
    ]
    synthetic = [{"says": "chart_synthetic"}] if unit["is_synthetic"] else []
    breaks = [{"year": year, "says": says} for year, says in _named(unit["break_years"], shared["horizontal"])]
    datasets = {"breaks": breaks, "area": own, "municipality": beside, "baseline": baseline, "synthetic": synthetic}
    return datasets | shared["datasets"], shared


def _named(years: list[float], horizontal: list[float]) -> list[tuple[float, str]]:
    """Each break with its word; one that would stand upon the word before it has none, the line is enough."""
    room, last, named = 0.24 * (horizontal[1] - horizontal[0]), -math.inf, []
    for year in years:
        has_room = year - last >= room
        named.append((year, "chart_break" if has_room else ""))
        last = year if has_room else last
    return named


def _set_axes(panel: Row, shared: Row) -> None:
    """Put this series' scales into the one layer that declares the axes."""
    encoding = panel["layer"][0]["encoding"]
    # JavaScript writes 2020.0 as 2020.
    names = {str(year).removesuffix(".0"): name for year, name in sorted(shared["years"].items())}
    encoding["x"]["scale"] = {"domain": shared["horizontal"], "nice": False, "zero": False}
    encoding["x"]["axis"] = encoding["x"]["axis"] | {
        "values": sorted(shared["years"]),
        "labelExpr": f"{json.dumps(names)}[datum.value]",
    }
    encoding["y"]["scale"] = {"domain": shared["vertical"], "nice": False, "zero": False}
    label = LABELS.get(shared["unit"], "format(datum.value, ',.0f')")
    encoding["y"]["axis"] = encoding["y"]["axis"] | {"values": shared["ticks"], "labelExpr": label}


def worded(svg: str, words: dict[str, str]) -> str:
    """The drawing with its words: the texts' section `chart`, escaped by the caller."""
    for key, word in words.items():
        svg = svg.replace(f">chart_{key}<", f">{word}<")
    return svg
