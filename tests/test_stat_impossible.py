"""Impossible input to any macro of sql/stat/ is an error that says what was found, and never a number."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from warehouse.sql_files import load_macros, sql_files

COUNTS = {
    "counts of nobody": "0, 0",
    "a part above its whole": "11, 10",
    "below nobody": "-1, 10",
    "no number": "'nan', 9",
}
AREAS = {
    "nobody in the area": "0, 0, 1, 9",
    "nobody in the municipality": "1, 2, 0, 0",
    "a part above its whole": "5, 4, 10, 20",
    "an area larger than its municipality": "4, 40, 3, 30",
    "more in the area than in all of it": "4, 40, 3, 200",
    "no number": "1, 2, 'nan', 20",
}
MEANS = {"nobody": "7, 2, 0", "a negative spread": "7, -0.1, 10", "no number": "'nan', 2, 10"}
SAMPLES = {
    "no share": "1.01, 100, 1.3",
    "nobody": "0.5, 0, 1.3",
    "a design effect below 1": "0.5, 100, 0.9",
    "no number": "0.5, 'nan', 1.3",
}
TRENDS = {
    "a part above its whole": "(5, 10, 1), (11, 10, 2)",
    "counts of nobody": "(0, 0, 1), (1, 10, 2)",
    "below nobody": "(-1, 10, 1), (1, 10, 2)",
    "one time only": "(1, 10, 1), (2, 10, 1)",
    "a single period": "(1, 10, 1)",
    "no number": "(1, 'nan'::DOUBLE, 1), (2, 10, 2)",
}


def both_ends(bad: dict[str, str], good: str) -> dict[str, str]:
    """A development with its first, or its last, period at fault."""
    first = {f"{name} at the baseline": f"{one}, {good}" for name, one in bad.items()}
    return first | {f"{name} at the latest": f"{good}, {one}" for name, one in bad.items()}


def two_parts(bad: dict[str, str], good: str) -> dict[str, str]:
    return {f"{name}, area": f"{one}, {good}" for name, one in bad.items()} | {
        f"{name}, municipality": f"{good}, {one}" for name, one in bad.items()
    }


MEAN_AREAS = two_parts(MEANS, "7, 2, 50") | {
    "an area larger than its municipality": "7, 2, 60, 7, 2, 50",
    "an area that spreads more than all of it can": "7, 9, 40, 7, 1, 50",
}
SHARES = {name: f"{one}, 0.2" for name, one in COUNTS.items()} | {"no share": "1, 10, 1.2"}
DEVELOPMENTS = {"limits that do not hold it": "0.1, 0.2, 0.3", "no number": "'nan', 0, 1"}
SIDED = {
    "wilson": COUNTS,
    "mean": MEANS,
    "survey": SAMPLES,
    "gap": AREAS,
    "gap_to_share": SHARES,
    "mean_gap": MEAN_AREAS,
    "survey_gap": two_parts(SAMPLES, "0.5, 100, 1.3"),
    "development": both_ends(AREAS, "1, 10, 4, 50"),
    "development_to_share": both_ends(SHARES, "1, 10, 0.2"),
    "mean_development": both_ends(MEAN_AREAS, "7, 2, 50, 7.2, 2, 900"),
    "survey_development": both_ends(two_parts(SAMPLES, "0.5, 100, 1.3"), "0.5, 100, 1.3, 0.5, 100, 1.3"),
    "mover": both_ends(DEVELOPMENTS, "0, -0.1, 0.1"),
}
# A figure's own limits have no macro for the figure itself.
WITHOUT_MIDDLE = {"wilson", "mean", "survey", "mover"}
SINGLE = {
    "t": {"no degree of freedom": "0", "no number": "'nan'"},
    "verdict": {
        "limits that changed place": "0.2, 0.1, 'higher'",
        "no direction": "0.1, 0.2, 'up'",
        "no number": "0.1, 'nan', 'higher'",
    },
    "smallest_detectable_change": {
        "limits that do not hold it": "0.3, 0.1, 0.2, 'higher', 'fraction'",
        "no direction": "0.1, 0, 0.2, 'up', 'fraction'",
        "no unit of a development": "0.1, 0, 0.2, 'higher', 'banana'",
        "no number": "0.1, 0, 'inf', 'higher', 'fraction'",
    },
}
# Constants, truths and steps of the others; and those of the marts, which give NULL where there is nothing to tell.
NOT_ASKED = {
    "z", "trend_limit", "has_limits", "figure_low", "figure_high", "rest_squares", "rest_variance", "impossible_count",
    "impossible_area", "impossible_share", "impossible_mean", "impossible_mean_area", "impossible_trend",
    "counted_numerator", "counted_denominator", "is_small_count", "is_withheld", "compared", "shown_value",
    "tells_small_count",
}  # fmt: skip
GAPS = ("gap", "gap_to_share", "mean_gap", "survey_gap")
MOVED = both_ends(
    {name: "{{'gap': {}, 'low': {}, 'high': {}}}".format(*case.split(", ")) for name, case in DEVELOPMENTS.items()},
    "{'gap': 0, 'low': -0.1, 'high': 0.1}",
)
ASKED = (
    {
        f"{name}{side}": cases
        for name, cases in SIDED.items()
        for side in (("_low", "_high") if name in WITHOUT_MIDDLE else ("", "_low", "_high"))
    }
    | SINGLE
    | {f"{name}_limits": SIDED[name] for name in GAPS}
    | {"moved_low": MOVED, "moved_high": MOVED}
)
AGGREGATES = {"trend_chi2": TRENDS, "trend_slope": TRENDS}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        load_macros(opened, ["stat"])
        yield opened


def test_every_macro_is_asked_for_the_impossible():
    assert {file.name for file in sql_files(["stat"])} == ASKED.keys() | AGGREGATES.keys() | NOT_ASKED


@pytest.mark.parametrize("macro", ASKED)
def test_impossible_input_is_an_error_that_says_what_was_found_and_never_a_number(connection, macro):
    for given in ASKED[macro].values():
        typed = given.replace("'nan'", "'nan'::DOUBLE").replace("'inf'", "'inf'::DOUBLE")
        with pytest.raises(duckdb.InvalidInputException, match=r"Error: stat\.\w+: .*found"):
            connection.execute(f"SELECT stat.{macro}({typed})").fetchone()


@pytest.mark.parametrize("macro", AGGREGATES)
@pytest.mark.parametrize("rows", TRENDS)
def test_rows_that_can_be_no_trend_are_an_error_too(connection, macro, rows):
    table = f"(VALUES {TRENDS[rows]}) AS given (x, n, t)"
    with pytest.raises(duckdb.InvalidInputException, match=rf"stat\.{macro}: needs .*found"):
        connection.execute(f"SELECT stat.{macro}(x::DOUBLE, n::DOUBLE, t) FROM {table}").fetchone()


@pytest.mark.parametrize("macro", ["wilson_low(0, 5)", "wilson_low(1, 1)", "wilson_high(0, 1)", "wilson_high(5, 5)"])
def test_nobody_everybody_and_a_single_respondent_have_limits(connection, macro):
    (found,) = connection.execute(f"SELECT stat.{macro}").fetchone()
    assert 0 <= found <= 1
