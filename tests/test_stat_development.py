"""Area against municipality, development against development, and the trend, each recomputed another way."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.sql_files import load_macros

Counts = tuple[int, int, int, int]
quickly = settings(max_examples=50, deadline=None)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        load_macros(opened, ["stat"])
        yield opened


def asked(connection: duckdb.DuckDBPyConnection, name: str, *numbers: float) -> float:
    row = connection.execute(f"SELECT stat.{name}({', '.join('?' * len(numbers))})", numbers).fetchone()
    assert row is not None
    return row[0]


def wilson(x: int, n: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    return proportion_confint(x, n, method="wilson")


def newcombe(counts: Counts) -> tuple[float, float, float]:
    x_area, n_area, x_all, n_all = counts
    x_rest, n_rest = x_all - x_area, n_all - n_area
    outside = 1 - n_area / n_all
    (area_low, area_high), (rest_low, rest_high) = wilson(x_area, n_area), wilson(x_rest, n_rest)
    area, rest = x_area / n_area, x_rest / n_rest
    gap = outside * (area - rest)
    low = gap - outside * np.hypot(area - area_low, rest_high - rest)
    high = gap + outside * np.hypot(area_high - area, rest - rest_low)
    return gap, low, high


@st.composite
def area_in_municipality(draw: st.DrawFn) -> Counts:
    n_area, n_rest = draw(st.integers(1, 3000)), draw(st.integers(1, 60_000))
    x_area, x_rest = draw(st.integers(0, n_area)), draw(st.integers(0, n_rest))
    return x_area, n_area, x_area + x_rest, n_area + n_rest


def test_the_worked_example_of_the_methods_comes_out(connection: duckdb.DuckDBPyConnection) -> None:
    assert asked(connection, "gap", 120, 430, 2600, 14900) == pytest.approx(0.1045731, abs=1e-7)
    assert asked(connection, "gap_low", 120, 430, 2600, 14900) == pytest.approx(0.0649753, abs=1e-7)
    assert asked(connection, "gap_high", 120, 430, 2600, 14900) == pytest.approx(0.1479065, abs=1e-7)


@given(counts=area_in_municipality())
@quickly
def test_the_gap_is_the_hybrid_score_interval_of_area_minus_rest(
    connection: duckdb.DuckDBPyConnection, counts: Counts
) -> None:
    gap, low, high = newcombe(counts)
    assert asked(connection, "gap", *counts) == pytest.approx(gap, abs=1e-9)
    assert asked(connection, "gap_low", *counts) == pytest.approx(low, abs=1e-9)
    assert asked(connection, "gap_high", *counts) == pytest.approx(high, abs=1e-9)


@given(first=area_in_municipality(), last=area_in_municipality())
@quickly
def test_development_adds_the_squared_distances_of_both_gaps(
    connection: duckdb.DuckDBPyConnection, first: Counts, last: Counts
) -> None:
    (gap_0, low_0, high_0), (gap_t, low_t, high_t) = newcombe(first), newcombe(last)
    development = gap_t - gap_0
    low = development - np.hypot(gap_t - low_t, high_0 - gap_0)
    high = development + np.hypot(high_t - gap_t, gap_0 - low_0)
    assert asked(connection, "development", *first, *last) == pytest.approx(development, abs=1e-9)
    assert asked(connection, "development_low", *first, *last) == pytest.approx(low, abs=1e-9)
    assert asked(connection, "development_high", *first, *last) == pytest.approx(high, abs=1e-9)


@pytest.mark.parametrize(
    "counts", [(5, 4, 10, 20), (4, 40, 3, 200), (4, 40, 30, 40), (38, 40, 39, 40), (0, 0, 1, 2), (1, 30, 200, 205)]
)
def test_an_area_that_cannot_lie_inside_its_municipality_is_an_error(
    connection: duckdb.DuckDBPyConnection, counts: Counts
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="must lie inside the municipality"):
        asked(connection, "gap", *counts)


def test_the_trend_is_the_chi_squared_for_linear_trend_even_where_counts_are_large(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    x, n, t = np.array([9e8, 8e8, 8.5e8, 7e8, 6.5e8]), np.full(5, 4e9), np.arange(5.0)
    share = x.sum() / n.sum()
    spread = share * (1 - share) * ((n * t**2).sum() - (n * t).sum() ** 2 / n.sum())
    expected = ((t * x).sum() - share * (t * n).sum()) ** 2 / spread
    rows = ", ".join(f"({int(a)}, {int(b)}, {int(c)})" for a, b, c in zip(x, n, t, strict=True))
    found = connection.execute(f"SELECT stat.trend_chi2(x, n, t) FROM (VALUES {rows}) AS counted (x, n, t)").fetchone()
    assert found == pytest.approx((expected,), rel=1e-9)
