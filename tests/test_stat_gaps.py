"""Gaps and developments of means, surveys and shares without counts, the verdict, and the trend: each another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import duckdb
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from warehouse.sql_files import load_macros

EXACT = 1e-9
quickly = settings(max_examples=60, deadline=None)
seldom = settings(max_examples=4, deadline=None)
marks = st.lists(st.integers(-3, 12), min_size=2, max_size=40)
shares = st.floats(0, 1)
samples = st.tuples(shares, st.integers(1, 5000), st.floats(1, 4))
Limits = tuple[float, float, float]
T = TypeVar("T")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        load_macros(opened, ["stat"])
        yield opened


@pytest.fixture(scope="module")
def limits(connection: duckdb.DuckDBPyConnection) -> Callable[..., list[Limits]]:
    """The figure of a macro and its two limits, which hold it, for many rows of numbers at a time."""

    def ask(name: str, rows: Sequence[Sequence[float]]) -> list[Limits]:
        columns = [f"c{number}" for number in range(len(rows[0]))]
        values = ", ".join(f"({', '.join(f'{one!r}::DOUBLE' for one in map(float, row))})" for row in rows)
        sides = ", ".join(f"stat.{name}{side}({', '.join(columns)})" for side in ("", "_low", "_high"))
        found = connection.execute(f"SELECT {sides} FROM (VALUES {values}) AS given ({', '.join(columns)})").fetchall()
        assert all(low - EXACT <= middle <= high + EXACT for middle, low, high in found)
        return found

    return ask


def same(found: Sequence[Limits], expected: Sequence[Limits], within: float = EXACT) -> None:
    """Row by row and limit by limit."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=within)


def asked(connection: duckdb.DuckDBPyConnection, name: str, *given: object) -> float:
    row = connection.execute(f"SELECT stat.{name}({', '.join('?' * len(given))})", given).fetchone()
    assert row is not None
    return row[0]


def moved(first: Limits, last: Limits) -> Limits:
    """MOVER, as the methods state it."""
    change = last[0] - first[0]
    low = change - np.hypot(last[0] - last[1], first[2] - first[0])
    return change, low, change + np.hypot(last[2] - last[0], first[0] - first[1])


def of_marks(area: list[int], rest: list[int]) -> tuple[tuple[float, ...], Limits]:
    """What would be delivered of pupils in and outside an area; and the gap from the marks themselves."""
    from scipy import stats

    whole, outside = [*area, *rest], len(rest) / (len(area) + len(rest))
    delivered = tuple(float(x) for part in (area, whole) for x in (np.mean(part), np.std(part, ddof=1), len(part)))
    widths = [stats.t.ppf(0.975, len(part) - 1) * np.std(part, ddof=1) / np.sqrt(len(part)) for part in (area, rest)]
    gap, width = outside * (np.mean(area) - np.mean(rest)), outside * np.hypot(*widths)
    return delivered, (gap, gap - width, gap + width)


def many(case: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """Forty cases at a time: a question to DuckDB takes its planning, however many rows it is about."""
    return st.lists(case, min_size=40, max_size=40)


@given(many(st.tuples(marks, marks, marks, marks)))
@seldom
def test_the_gap_of_means_is_that_of_the_pupils_in_and_outside_the_area(limits, cases):
    first = [of_marks(area, rest) for area, rest, _, _ in cases]
    last = [of_marks(area, rest) for _, _, area, rest in cases]
    same(limits("mean_gap", [delivered for delivered, _ in first]), [gap for _, gap in first], within=1e-7)
    rows = [(*delivered, *later) for (delivered, _), (later, _) in zip(first, last, strict=True)]
    expected = [moved(gap, later) for (_, gap), (_, later) in zip(first, last, strict=True)]
    same(limits("mean_development", rows), expected, within=1e-7)


def of_samples(area: tuple[float, int, float], municipality: tuple[float, int, float]) -> Limits:
    from statsmodels.stats.proportion import proportion_confint

    (share_a, n_a, effect_a), (share_m, n_m, effect_m) = area, municipality
    low_a, high_a = proportion_confint(share_a * n_a / effect_a, n_a / effect_a, method="wilson")
    low_m, high_m = proportion_confint(share_m * n_m / effect_m, n_m / effect_m, method="wilson")
    gap = share_a - share_m
    return gap, gap - np.hypot(share_a - low_a, high_m - share_m), gap + np.hypot(high_a - share_a, share_m - low_m)


@given(many(st.tuples(samples, samples, samples, samples)))
@seldom
def test_two_samples_are_held_against_each_other_by_the_limits_of_both(limits, cases):
    first, last = ([of_samples(*case[at : at + 2]) for case in cases] for at in (0, 2))
    same(limits("survey_gap", [(*area, *whole) for area, whole, _, _ in cases]), first)
    rows = [tuple(number for sample in case for number in sample) for case in cases]
    same(limits("survey_development", rows), [moved(*gaps) for gaps in zip(first, last, strict=True)])


counted = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def of_share(x: int, n: int, share: float) -> Limits:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(x, n, method="wilson")
    return x / n - share, low - share, high - share


@given(many(st.tuples(counted, shares, counted, shares)))
@seldom
def test_a_municipality_without_counts_adds_no_uncertainty_of_its_own(limits, cases):
    first, last = ([of_share(*case[at], case[at + 1]) for case in cases] for at in (0, 2))
    same(limits("gap_to_share", [(*area, share) for area, share, _, _ in cases]), first)
    rows = [(*area, share, *later, share_later) for area, share, later, share_later in cases]
    same(limits("development_to_share", rows), [moved(*gaps) for gaps in zip(first, last, strict=True)])


@st.composite
def area_in_municipality(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n_area, n_rest = draw(st.integers(1, 3000)), draw(st.integers(1, 60_000))
    x_area, x_rest = draw(st.integers(0, n_area)), draw(st.integers(0, n_rest))
    return x_area, n_area, x_area + x_rest, n_area + n_rest


def turned(counts: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The same people, counting those who did not."""
    x_area, n_area, x_all, n_all = counts
    return n_area - x_area, n_area, n_all - x_all, n_all


@pytest.mark.parametrize(("macro", "periods"), [("gap", 1), ("development", 2)])
@given(data=st.data(), times=st.integers(2, 20))
@seldom
def test_limits_mirror_with_those_who_did_not_and_shrink_when_the_same_comes_of_more_people(
    limits, macro, periods, data, times
):
    cases = data.draw(many(st.tuples(*[area_in_municipality()] * periods)))
    found = limits(macro, [sum(case, ()) for case in cases])
    mirrored = limits(macro, [sum(map(turned, case), ()) for case in cases])
    same(mirrored, [(-middle, -high, -low) for middle, low, high in found])
    of_more = limits(macro, [tuple(times * one for one in sum(case, ())) for case in cases])
    assert all(more[2] - more[1] < high - low for more, (_, low, high) in zip(of_more, found, strict=True))
    if macro == "gap":
        assert all(-1 - EXACT <= low <= high <= 1 + EXACT for _, low, high in found)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
@quickly
def test_the_verdict_is_certain_only_where_zero_lies_outside_and_turns_with_the_wanted_direction(
    connection, middle, below, above
):
    low, high = middle - below, middle + above
    higher, lower = (asked(connection, "verdict", low, high, better) for better in ("higher", "lower"))
    assert (higher == "no_certain_difference") == (low <= 0 <= high) == (lower == "no_certain_difference")
    turned_about = {"better": "worse", "worse": "better", "no_certain_difference": "no_certain_difference"}
    assert lower == turned_about[higher]
    assert asked(connection, "verdict", -high, -low, "higher") == lower


@pytest.mark.parametrize(("low", "high"), [(0.1, None), (None, -0.1), (None, None)])
def test_half_an_interval_gives_no_verdict(connection, low, high):
    assert asked(connection, "verdict", low, high, "higher") is None


@pytest.mark.parametrize(("unit", "step"), [("fraction", 0.001), ("mark", 0.1)])
@given(middle=st.floats(-1, 1), below=st.floats(0, 1), above=st.floats(0, 1))
@quickly
def test_the_smallest_detectable_change_is_the_unfavourable_half_width_rounded_up(
    connection, unit, step, middle, below, above
):
    for better, width in (("higher", below), ("lower", above)):
        found = asked(connection, "smallest_detectable_change", middle, middle - below, middle + above, better, unit)
        assert found / step == pytest.approx(round(found / step), abs=EXACT)
        assert width - EXACT <= found < width + step


def test_a_width_of_exactly_a_tenth_of_a_point_is_not_rounded_up_to_two(connection):
    assert asked(connection, "smallest_detectable_change", 0.3, 0.2, 0.4, "higher", "fraction") == pytest.approx(0.1)
    assert asked(connection, "smallest_detectable_change", 0.3, 0.1999, 0.4, "higher", "fraction") == pytest.approx(
        0.101
    )


ASKED_OF_ROWS = (
    "SELECT stat.{}(x, n, t) FROM (SELECT unnest(?::DOUBLE[]) AS x, unnest(?::DOUBLE[]) AS n, unnest(?::DOUBLE[]) AS t)"
)


def trend(connection: duckdb.DuckDBPyConnection, macro: str, x: object, n: object, t: object) -> float:
    row = connection.execute(ASKED_OF_ROWS.format(macro), [list(one) for one in (x, n, t)]).fetchone()  # pyright: ignore[reportGeneralTypeIssues]
    assert row is not None
    return row[0]


@given(st.lists(counted, min_size=2, max_size=9), st.integers(0, 30))
@quickly
def test_the_trend_is_that_of_statsmodels_whatever_year_counting_begins(connection, counts, first):
    from statsmodels.stats.contingency_tables import Table

    x, n = (np.array(column, dtype=float) for column in zip(*counts, strict=True))
    assume(0 < x.sum() < n.sum())
    t = np.arange(first, first + len(x), dtype=float)
    scored = Table(np.array([x, n - x]), shift_zeros=False).test_ordinal_association(np.array([1, 0]), t - first)
    # Theirs divides by one more person than there are: a permutation's variance.
    expected = scored.zscore**2 * n.sum() / (n.sum() - 1)
    assert trend(connection, "trend_chi2", x, n, t) == pytest.approx(expected, abs=EXACT, rel=EXACT)
    slope = np.polyfit(t - first, x / n, 1, w=np.sqrt(n))[0]
    assert trend(connection, "trend_slope", x, n, t) == pytest.approx(slope, abs=EXACT)


def test_the_limit_of_a_trend_is_the_point_that_the_methods_state(connection):
    from scipy import stats

    assert asked(connection, "trend_limit") == pytest.approx(stats.chi2.ppf(0.998, 1), abs=1e-10)


def test_all_or_nobody_has_no_trend_and_a_row_that_lacks_a_number_gives_none(connection):
    assert trend(connection, "trend_chi2", [0, 0, 0], [9, 10, 11], [1, 2, 3]) == 0
    assert trend(connection, "trend_chi2", [9, 10, 11], [9, 10, 11], [1, 2, 3]) == 0
    for incomplete in ([[1, None], [9, 9], [1, 2]], [[1, 2], [9, None], [1, 2]], [[1, 2], [9, 9], [1, None]], [[]] * 3):
        assert trend(connection, "trend_chi2", *incomplete) is None
        assert trend(connection, "trend_slope", *incomplete) is None


def test_a_longer_straight_rise_is_a_more_certain_one(connection):
    found = [
        trend(connection, "trend_chi2", [100 + 10 * year for year in range(years)], [1000] * years, range(years))
        for years in range(3, 9)
    ]
    assert all(shorter < longer for shorter, longer in pairwise(found))
