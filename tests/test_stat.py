"""The macros of sql/stat/ against statsmodels and scipy: every printed limit can be had again from another program."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.sql_files import load_macros

WHOLES = [1, 2, 3, 5, 7, 10, 19, 50, 100, 143, 430, 1_000, 14_900, 60_183, 1_000_000, 100_000_000]
SHARES = [0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.647, 0.75, 0.9, 0.99, 0.999, 1.0]
EXACT = 1e-9
ROUNDING = 1e-12

counts = st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
weighted_counts = st.floats(0.5, 1e6).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n)))
quickly = settings(max_examples=100, deadline=None)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        load_macros(connection)
        yield connection


@pytest.fixture(scope="module")
def ask(connection):
    """One number out of one SQL expression with ? for each argument."""

    def asked(expression: str, *arguments: float | None) -> float | None:
        (answer,) = connection.execute(f"SELECT {expression}", list(arguments)).fetchone()
        return answer

    return asked


@pytest.fixture(scope="module")
def ask_all(connection):
    """An array out of one SQL expression over the columns a, b, c."""

    def asked(expression: str, **columns: list[float]) -> np.ndarray:
        names, lists = ", ".join(columns), ", ".join(f"unnest(?::DOUBLE[]) AS {name}" for name in columns)
        query = f"SELECT {expression} AS answer FROM (SELECT {lists}) AS given ORDER BY {names}"
        order = np.lexsort([np.asarray(column) for column in reversed(columns.values())])
        answers = connection.execute(query, [list(map(float, column)) for column in columns.values()]).fetchnumpy()
        back = np.empty(len(order))
        back[order] = answers["answer"]
        return back

    return asked


def grid(*axes: list[float]) -> list[np.ndarray]:
    return [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]


def test_wilson_limits_are_those_of_statsmodels(ask_all):
    from statsmodels.stats.proportion import proportion_confint

    n, share = grid(WHOLES, SHARES)
    x = np.rint(n * share)
    low, high = proportion_confint(x, n, method="wilson")
    np.testing.assert_allclose(ask_all("stat.wilson_low(a, b)", a=x, b=n), low, rtol=0, atol=EXACT)
    np.testing.assert_allclose(ask_all("stat.wilson_high(a, b)", a=x, b=n), high, rtol=0, atol=EXACT)


def test_survey_limits_are_those_of_wilson_on_the_effective_sample(ask_all):
    from statsmodels.stats.proportion import proportion_confint

    n, share, effect = grid(WHOLES, SHARES, [1, 1.3, 1.8, 4])
    low, high = proportion_confint(share * n / effect, n / effect, method="wilson")
    for side, expected in (("low", low), ("high", high)):
        found = ask_all(f"stat.survey_{side}(a, b, c)", a=share, b=n, c=effect)
        np.testing.assert_allclose(found, expected, rtol=0, atol=EXACT)


def test_t_is_exact_up_to_two_hundred_degrees_of_freedom_and_near_enough_above(ask_all):
    from scipy import stats

    tabled = np.arange(1, 201)
    np.testing.assert_allclose(ask_all("stat.t(a)", a=tabled), stats.t.ppf(0.975, tabled), rtol=1e-13)
    expanded = np.unique(np.geomspace(201, 10**9, 500).astype(int))
    np.testing.assert_allclose(ask_all("stat.t(a)", a=expanded), stats.t.ppf(0.975, expanded), rtol=0, atol=1e-11)


def test_the_limits_of_a_mean_are_those_of_scipy(ask_all):
    from scipy import stats

    n, mean, spread = grid([2, 3, 15, 200, 201, 202, 5000], [-3, 0, 6.87, 12], [0.01, 2.4, 9])
    low, high = stats.t.interval(0.95, n - 1, loc=mean, scale=spread / np.sqrt(n))
    for side, expected in (("low", low), ("high", high)):
        found = ask_all(f"stat.mean_{side}(a, b, c)", a=mean, b=spread, c=n)
        np.testing.assert_allclose(found, expected, rtol=0, atol=EXACT)


def test_z_is_the_point_that_the_methods_state(ask):
    from scipy import stats

    assert ask("stat.z()") == pytest.approx(stats.norm.ppf(0.975), abs=1e-15)


@pytest.mark.parametrize("n", WHOLES)
def test_nobody_gives_a_lower_limit_of_zero_and_everybody_an_upper_of_one_exactly(ask, n):
    assert ask("stat.wilson_low(0, ?)", n) == 0.0
    assert ask("stat.wilson_high(?, ?)", n, n) == 1.0
    assert ask("stat.survey_low(0, ?, 1.3)", n) == 0.0
    assert ask("stat.survey_high(1, ?, 1.3)", n) == 1.0


@given(st.one_of(counts, weighted_counts))
@quickly
def test_wilson_limits_lie_between_zero_and_one_and_hold_the_estimate(ask, count):
    x, n = count
    low, high = ask("stat.wilson_low(?, ?)", x, n), ask("stat.wilson_high(?, ?)", x, n)
    assert 0 <= low <= x / n + ROUNDING
    assert x / n - ROUNDING <= high <= 1


@given(counts)
@quickly
def test_wilson_limits_mirror_when_those_who_did_change_place_with_those_who_did_not(ask, count):
    x, n = count
    low, mirrored = ask("stat.wilson_low(?, ?)", x, n), ask("stat.wilson_high(?, ?)", n - x, n)
    assert low == pytest.approx(1 - mirrored, abs=ROUNDING)


@given(counts, st.integers(2, 50))
@quickly
def test_the_interval_shrinks_when_the_same_share_comes_of_more_people(ask, count, times):
    x, n = count
    width = "stat.wilson_high(?::DOUBLE, ?::DOUBLE) - stat.wilson_low(?::DOUBLE, ?::DOUBLE)"
    assert ask(width, *[x * times, n * times] * 2) < ask(width, x, n, x, n) + ROUNDING


@given(st.floats(-3, 12), st.floats(0, 8), st.integers(2, 10**6))
@quickly
def test_the_limits_of_a_mean_lie_evenly_round_it_and_shrink_with_more_pupils(ask, mean, spread, n):
    low, high = ask("stat.mean_low(?, ?, ?)", mean, spread, n), ask("stat.mean_high(?, ?, ?)", mean, spread, n)
    assert high - mean == pytest.approx(mean - low, abs=EXACT)
    assert ask("stat.mean_high(?, ?, ?)", mean, spread, 2 * n) <= high + ROUNDING


@given(st.floats(0, 1), st.integers(1, 10**6), st.floats(1, 5))
@quickly
def test_a_design_effect_never_makes_a_survey_more_certain(ask, share, n, effect):
    width = "stat.survey_high(?, ?, ?) - stat.survey_low(?, ?, ?)"
    assert ask(width, *[share, n, effect] * 2) >= ask(width, *[share, n, 1] * 2) - ROUNDING


IMPOSSIBLE = [
    "stat.wilson_{side}(-1, 10)",
    "stat.wilson_{side}(11, 10)",
    "stat.wilson_{side}(0, 0)",
    "stat.wilson_{side}(0, -5)",
    "stat.wilson_{side}(1, 'nan'::DOUBLE)",
    "stat.wilson_{side}('inf'::DOUBLE, 'inf'::DOUBLE)",
    "stat.mean_{side}(7, -0.1, 10)",
    "stat.mean_{side}(7, 2, 0)",
    "stat.mean_{side}('nan'::DOUBLE, 2, 10)",
    "stat.mean_{side}(7, 'inf'::DOUBLE, 10)",
    "stat.survey_{side}(1.01, 100, 1.3)",
    "stat.survey_{side}(-0.01, 100, 1.3)",
    "stat.survey_{side}(0.5, 0, 1.3)",
    "stat.survey_{side}(0.5, 100, 0.9)",
    "stat.survey_{side}(0.5, 100, 'inf'::DOUBLE)",
]


@pytest.mark.parametrize("expression", [*IMPOSSIBLE, "stat.t(0)", "stat.t('nan'::DOUBLE)"])
@pytest.mark.parametrize("side", ["low", "high"])
def test_impossible_input_is_an_error_that_names_the_macro_and_never_a_number(ask, expression, side):
    written = expression.format(side=side)
    with pytest.raises(duckdb.InvalidInputException, match=rf"{written.partition('(')[0]}: needs .*found"):
        ask(written)


@pytest.mark.parametrize(
    "expression",
    [
        "stat.wilson_{side}(NULL, 10)",
        "stat.wilson_{side}(3, NULL)",
        "stat.mean_{side}(7, NULL, 10)",
        "stat.mean_{side}(7, 2, NULL)",
        "stat.mean_{side}(7, 2, 1)",
        "stat.survey_{side}(NULL, 100, 1.3)",
        "stat.survey_{side}(0.5, 100, NULL)",
    ],
)
@pytest.mark.parametrize("side", ["low", "high"])
def test_what_was_not_delivered_has_no_limit_either(ask, expression, side):
    assert ask(expression.format(side=side)) is None


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize(
    ("figure", "same_as"),
    [
        ("'share', 120, 430, 120 / 430, NULL, NULL", "stat.wilson_{side}(120, 430)"),
        ("'turnout', 42578, 65812, 42578 / 65812, NULL, NULL", "stat.wilson_{side}(42578, 65812)"),
        ("'mean', NULL, 31, 6.4, 2.5, NULL", "stat.mean_{side}(6.4, 2.5, 31)"),
        ("'survey_share', NULL, 412, 0.71, NULL, 1.3", "stat.survey_{side}(0.71, 412, 1.3)"),
        ("'share', NULL, NULL, 0.4, NULL, NULL", "NULL"),
        ("'share', NULL, 430, 0.4, NULL, NULL", "NULL"),
        ("'share', 0, 0, NULL, NULL, NULL", "NULL"),
        ("'mean', NULL, 31, 6.4, NULL, NULL", "NULL"),
        ("'mean', NULL, 1, 6.4, 2.5, NULL", "NULL"),
        ("'survey_share', NULL, 412, 0.71, NULL, NULL", "NULL"),
        ("'amount', NULL, 900, 900, NULL, NULL", "NULL"),
        ("'rate', 3, 100, 30, NULL, NULL", "NULL"),
    ],
)
def test_each_kind_of_figure_has_the_interval_of_the_methods_or_none(ask, side, figure, same_as):
    assert ask(f"stat.figure_{side}({figure})") == ask(same_as.format(side=side))
