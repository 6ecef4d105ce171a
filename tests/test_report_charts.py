"""The charts: what is drawn, what is not, and that the same figures give the same drawing."""

import re

import pytest

from tasks.reporting.charts import draw_panels, vertical_axis, worded
from tasks.reporting.figures import read_publication
from tests.report_fixture import warehouse_for_the_page

AGREEMENT = {"from_year": 2021.75, "to_year": 2025.75}


def point(year: float, value: float | None, segment: int = 0) -> dict:
    known = value is not None
    return {
        "period": str(int(year)),
        "year": year,
        "line": str(segment),
        "value": value,
        "low": value - 0.03 if known else None,
        "high": value + 0.03 if known else None,
    }


def series(points: list[dict], *, breaks: tuple = (), is_synthetic: bool = False) -> dict:
    beside = [point(one["year"], 0.25, int(one["line"])) for one in points]
    return {
        "indicator_id": "an_indicator",
        "unit": "fraction",
        "baseline_period": "2020",
        "lowest": 0.22,
        "highest": 0.41,
        "units": [
            {"area_id": "an_area", "is_synthetic": is_synthetic, "points": points, "break_years": breaks},
            {"area_id": "municipality", "is_synthetic": False, "points": beside},
        ],
    }


def drawing(**changes) -> str:
    points = changes.pop("points", [point(2018.5 + number, 0.30 + number / 100) for number in range(6)])
    return draw_panels([series(points, **changes)], AGREEMENT)["an_indicator"]["an_area"]


def own_line(svg: str) -> list[str]:
    """The paths of the area's own line, one for each part that is drawn in one go."""
    paths = re.findall(r'<path d="([^"]+)" stroke="var\(--chart-area\)" stroke-width="2.2" />', svg)
    return [f"M{part}" for path in paths for part in path.split("M")[1:]]


def points_drawn(svg: str) -> int:
    symbols = re.findall(r'class="mark-symbol role-mark[^"]*"[^>]*>(.*?)</g>', svg)
    return symbols[2].count("<path")


def test_a_series_without_a_break_is_one_line_through_all_points():
    svg = drawing()
    assert len(own_line(svg)) == 1
    assert points_drawn(svg) == 6
    assert "chart_break" not in svg


def intervals(svg: str, colour: str) -> int:
    return len(re.findall(rf'<line [^>]*y2="-[0-9.]+" stroke="var\(--chart-{colour}\)"', svg))


def test_area_and_municipality_have_an_interval_at_every_period_that_has_limits():
    svg = drawing(points=[point(2018.5, 0.30), point(2019.5, None), point(2020.5, 0.31)])
    assert intervals(svg, "area") == 2
    assert intervals(svg, "municipality") == 3


def test_no_line_is_drawn_across_a_break_and_the_break_is_named():
    points = [point(2018.5 + number, 0.3, segment=int(number >= 3)) for number in range(6)]
    svg = drawing(points=points, breaks=(2021.0,))
    assert len(own_line(svg)) == 2
    assert ">databrud<" in worded(svg, {"break": "databrud"})


def test_figures_of_two_sources_are_not_joined_by_a_line(tmp_path):
    other = """UPDATE mart.indicator_series SET source_id = 'elsewhere' WHERE area_id = 'municipality'
        AND indicator_id = 'turnout_municipal_election' AND period LIKE 'KV-2017%'"""
    (figures,) = read_publication(warehouse_for_the_page(tmp_path, other)).agreements
    (series,) = [one for one in figures.series if one["indicator_id"] == "turnout_municipal_election"]
    lines = {unit["area_id"]: [point["line"] for point in unit["points"][:2]] for unit in series["units"]}
    assert [place for place, (first, second) in lines.items() if first != second] == ["municipality"]


def test_a_missing_figure_is_absent_and_not_bridged_by_the_line():
    points = [point(2018.5 + number, None if number == 2 else 0.3) for number in range(6)]
    svg = drawing(points=points)
    assert len(own_line(svg)) == 2
    assert points_drawn(svg) == 5


def test_a_synthetic_series_says_so_within_the_drawing():
    assert "chart_synthetic" in drawing(is_synthetic=True)
    assert "chart_synthetic" not in drawing(is_synthetic=False)


def test_the_same_figures_give_the_same_bytes_also_after_another_drawing():
    first = drawing()
    drawing(points=[point(2020.5, 0.3)])
    assert drawing() == first


def test_a_drawing_names_no_element_and_no_colour_of_its_own():
    svg = drawing()
    assert " id=" not in svg
    assert "url(" not in svg
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
    assert {colour for colour in colours if not colour.startswith("var(")} <= {"none", "transparent"}


def test_every_period_is_named_on_the_axis_also_one_that_begins_a_year():
    assert re.findall(r">(\d{4})</text>", drawing(points=[point(2018.0, 0.3), point(2022.5, 0.3)])) == ["2018", "2022"]


def test_a_series_without_any_figure_has_no_drawing():
    empty = series([point(2020.5, None)]) | {"lowest": None, "highest": None}
    assert draw_panels([empty], AGREEMENT) == {}


@pytest.mark.parametrize(
    ("unit", "lowest", "highest", "axis"),
    [
        ("fraction", 0.279, 0.347, (0.2, 0.4, 0.1)),
        ("fraction", 0.012, 0.031, (0.0, 0.2, 0.1)),
        ("fraction", 0.95, 1.0, (0.8, 1.0, 0.1)),
        ("fraction", 0.0, 1.0, (0.0, 1.0, 0.2)),
        ("mark", 4.2, 7.1, (4.0, 8.0, 1.0)),
        ("mark", -3.0, 12.0, (-3.0, 12.0, 2.0)),
        ("per_1000", 29.0, 65.0, (20.0, 70.0, 10.0)),
    ],
)
def test_the_vertical_axis_runs_between_round_numbers_that_hold_every_figure(unit, lowest, highest, axis):
    assert vertical_axis(unit, lowest, highest) == axis
