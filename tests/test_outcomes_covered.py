"""Every verdict and every reason that a mart may give comes out of some case, and has its words in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
CASES, TEXTS = REPOSITORY / "tests" / "sql", REPOSITORY / "reports" / "texts"
MISSING = {
    "not_delivered", "not_yet_published", "not_measured_in_this_period", "withheld_by_source", "withheld_here",
    "below_source_threshold", "rejected_by_a_check",
}  # fmt: skip
# (table, column) -> all that may stand in it, and where its words are in the text catalogues.
OUTCOMES: dict[tuple[str, str], tuple[set[str], tuple[str, ...]]] = {
    ("mart.development", "verdict"): (
        {"better", "worse", "no_certain_difference", "cannot_be_judged"}, ("verdict", "mark"),
    ),
    ("mart.development", "verdict_reason"): (
        {
            "not_delivered", "withheld", "no_baseline", "break_in_series", "definition_changed", "too_few_persons",
            "counts_not_delivered", "different_instrument", "same_period", "area_not_within_municipality",
        },
        ("verdict", "because"),
    ),
    ("mart.trend", "trend"): ({"rising", "falling", "no_certain_trend", "too_few_periods"}, ("verdict", "trend")),
    ("core.baseline_figure", "revised_because"): (
        {"new_delivery", "method_change", "correction", "own_fault"}, ("verdict", "revised", "because"),
    ),
    ("mart.indicator_series", "missing_reason"): (MISSING, ("missing", "reason")),
}  # fmt: skip


# Told in words of its own; in the marts it is withheld_by_source, with is_zero_or_withheld.
WORDS_ALONE = {("mart.indicator_series", "missing_reason"): {"zero_or_withheld"}}


@cache
def read(path: Path) -> dict[str, Any]:
    """A YAML file of the repository."""
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe one, in C where there is one


def expected_of(table: str, column: str) -> set[str]:
    """What the expected rows of a table's cases state of a column."""
    schema, _, name = table.partition(".")
    cases = read(CASES / schema / f"{name}.yml")["cases"].values()
    return {row[column] for case in cases for row in case["expect"] if row.get(column) is not None}


def allowed_of(table: str, column: str) -> list[set[str]]:
    """The sets that the checks of a mart allow in a column."""
    checks = read(REPOSITORY / "expectations" / "mart" / f"{table}.yml")
    arguments = [check["arguments"] for check in checks if check["expectation"] == "ExpectColumnValuesToBeInSet"]
    return [set(one["value_set"]) for one in arguments if one["column"] == column]


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
    reasons, _ = OUTCOMES["mart.development", "verdict_reason"]
    assert read(TEXTS / f"{language}.yml")["rehearsal"]["reason"].keys() == reasons


@pytest.mark.parametrize(
    ("table", "column", "outcomes"),
    [
        ("goal_indicator", "verdict_reason", OUTCOMES["mart.development", "verdict_reason"][0]),
        ("goal_indicator", "missing_reason", MISSING),
        ("indicator_series", "missing_reason", MISSING),
    ],
)
def test_the_checks_of_the_marts_allow_the_same(table, column, outcomes):
    assert allowed_of(table, column) == [outcomes]
