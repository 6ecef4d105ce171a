"""Every verdict and every reason that a mart may give comes out of some case, and has its words in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deliveries_for_tests import good_run
from warehouse.query import run_query

REPOSITORY = Path(__file__).resolve().parent.parent
CASES, TEXTS = REPOSITORY / "tests" / "sql", REPOSITORY / "reports" / "texts"


@cache
def read(path: Path) -> dict[str, Any]:
    """A YAML file of the repository."""
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe one, in C where there is one


def expected_of(table: str, column: str) -> set[str]:
    """What the expected rows of a table's cases state of a column."""
    schema, _, name = table.partition(".")
    cases = read(CASES / schema / f"{name}.yml")["cases"].values()
    return {row[column] for case in cases for row in case["expect"] if row.get(column) is not None}


def allowed_in(mart: str, column: str) -> set[str]:
    """The reasons that the checks of a mart allow in a column: the one list of them."""
    checks = read(REPOSITORY / "expectations" / "mart" / f"{mart}.yml")
    arguments = [check["arguments"] for check in checks if check["expectation"] == "ExpectColumnValuesToBeInSet"]
    (allowed,) = (set(one["value_set"]) for one in arguments if one["column"] == column)
    return allowed


VERDICTS = {"better", "worse", "no_certain_difference", "cannot_be_judged"}
VERDICT_REASONS = allowed_in("goal_indicator", "verdict_reason")
MISSING_REASONS = allowed_in("indicator_series", "missing_reason")
# (table, column) -> all that may stand in it, and where its words are in the text catalogues.
OUTCOMES: dict[tuple[str, str], tuple[set[str], tuple[str, ...]]] = {
    ("mart.development", "verdict"): (VERDICTS, ("verdict", "mark")),
    ("mart.development", "verdict_reason"): (VERDICT_REASONS, ("verdict", "because")),
    ("mart.trend", "trend"): ({"rising", "falling", "no_certain_trend", "too_few_periods"}, ("verdict", "trend")),
    ("core.baseline_figure", "revised_because"): (
        {"new_delivery", "method_change", "correction", "own_fault"}, ("verdict", "revised", "because"),
    ),
    ("mart.indicator_series", "missing_reason"): (MISSING_REASONS, ("missing", "reason")),
}  # fmt: skip
# Told in words of their own; in the marts it is withheld_by_source with is_zero_or_withheld, and new_delivery.
WORDS_ALONE = {
    ("mart.indicator_series", "missing_reason"): {"zero_or_withheld"},
    ("core.baseline_figure", "revised_because"): {"redelivered"},
}
# What a refresh of the samples alone shows of them; all others stand in the cases.
SHOWN_BY_THE_SAMPLES = {
    "verdict": VERDICTS,
    "verdict_reason": {"break_in_series", "different_instrument", "not_delivered"},
    "missing_reason": {
        "not_delivered", "not_yet_published", "not_measured_in_this_period", "withheld_by_source",
        "below_source_threshold",
    },
}  # fmt: skip


@pytest.mark.parametrize(("table", "column"), OUTCOMES)
def test_each_outcome_comes_out_of_some_case_and_no_case_gives_another(table, column):
    outcomes, _ = OUTCOMES[table, column]
    assert expected_of(table, column) == outcomes


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("table", "column"), OUTCOMES)
def test_each_outcome_has_its_words_and_there_are_no_words_for_another(table, column, language):
    outcomes, place = OUTCOMES[table, column]
    words = read(TEXTS / f"{language}.yml")
    for key in place:
        words = words[key]
    assert words.keys() == outcomes | WORDS_ALONE.get((table, column), set())
    assert all(words.values())


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_rehearsal_has_a_short_word_for_each_reason_of_a_verdict(language):
    assert read(TEXTS / f"{language}.yml")["rehearsal"]["reason"].keys() == VERDICT_REASONS


def test_both_marts_allow_the_same_reasons_for_an_empty_cell():
    assert allowed_in("goal_indicator", "missing_reason") == MISSING_REASONS


@pytest.mark.end_to_end
def test_the_samples_and_the_cases_together_show_every_verdict_and_every_reason(tmp_path_factory):
    warehouse = good_run(tmp_path_factory.getbasetemp()).data.warehouse
    shown = {
        column: {value for (value,) in run_query(warehouse, f"SELECT DISTINCT {column} FROM {mart}").rows if value}
        for mart, column in (
            ("mart.goal_indicator", "verdict"), ("mart.goal_indicator", "verdict_reason"),
            ("mart.indicator_series", "missing_reason"),
        )
    }  # fmt: skip
    assert shown == SHOWN_BY_THE_SAMPLES
    assert shown["verdict"] == VERDICTS
    assert shown["verdict_reason"] | expected_of("mart.development", "verdict_reason") == VERDICT_REASONS
    assert shown["missing_reason"] | expected_of("mart.indicator_series", "missing_reason") == MISSING_REASONS
