"""The declared checks: what is understood, what is refused and in which words, what each source is held against."""

import duckdb
import pytest

from catalogue.errors import CatalogueError
from tasks.check import _suite
from tasks.expectations import (
    column_predicate,
    digest_for_source,
    for_marts,
    for_source,
    prepared_selects,
    understand_all,
)
from tests.deliveries_for_tests import the_catalogue

SOURCES = sorted(the_catalogue().source_by_id)
ONE = """
- check: is_small
  expectation: UnexpectedRowsExpectation
  failing_rows: numerator > 5
  severity: warning
  because: A large count is not small, and this is a test.
"""


@pytest.fixture
def home(tmp_path):
    """A folder of expectations with one common check, one source and no mart."""
    for folder in ("raw", "mart", "prepared"):
        (tmp_path / folder).mkdir()
    (tmp_path / "raw" / "_every_source.yml").write_text(ONE, "utf-8")
    (tmp_path / "raw" / "mine.yml").write_text(ONE.replace("is_small", "is_mine"), "utf-8")
    return tmp_path


@pytest.mark.parametrize("source_id", SOURCES)
def test_great_expectations_builds_every_declared_check_of_a_source(source_id):
    checks = for_source(source_id)
    assert len(_suite(source_id, checks).expectations) == len(checks) > 25


def test_great_expectations_builds_every_declared_check_of_a_mart():
    marts = for_marts()
    assert {"goal_indicator", "indicator_series"} <= marts.keys()
    for table, checks in marts.items():
        assert len(_suite(table, checks).expectations) == len(checks)
        assert all(check.check.startswith(table) for check in checks)


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_prepared_table_is_one_select(source_id):
    for name, select in prepared_selects(for_source(source_id)).items():
        assert len(duckdb.extract_statements(select)) == 1, name
        assert select.startswith("-- "), name


def test_a_source_is_held_against_the_common_checks_and_its_own(home):
    assert [check.check for check in for_source("mine", home)] == ["is_small", "is_mine"]


def test_a_check_of_the_same_name_takes_the_common_ones_place(home):
    (home / "raw" / "mine.yml").write_text(ONE.replace("numerator > 5", "numerator > 9"), "utf-8")
    assert [check.failing_rows for check in for_source("mine", home)] == ["numerator > 9"]


def test_a_changed_file_is_read_again_and_changes_the_digest(home):
    before = digest_for_source("mine", home), for_source("mine", home)
    (home / "raw" / "_every_source.yml").write_text(ONE.replace("> 5", "> 6"), "utf-8")
    assert digest_for_source("mine", home) != before[0]
    assert for_source("mine", home)[0].failing_rows == "numerator > 6"


def test_a_changed_prepared_table_changes_the_digest(home):
    before = digest_for_source("mine", home)
    (home / "prepared" / "unit.sql").write_text("SELECT 1", "utf-8")
    assert digest_for_source("mine", home) != before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: warning", "severity: grave", "is_small, key severity"),
        ("  severity: warning\n", "", "is_small, key severity"),
        ("  because: A large count is not small, and this is a test.\n", "", "is_small, key because"),
        ("because: A large count is not small, and this is a test.", "because: so it is", "at least four words"),
        ("failing_rows:", "failing_row:", "is_small, key failing_row"),
        ("  failing_rows: numerator > 5\n", "", "exactly one of failing_rows and query"),
        ("  failing_rows: numerator > 5\n", "  failing_rows: a\n  query: b\n", "exactly one of failing_rows and query"),
        ("UnexpectedRowsExpectation", "ExpectTableRowCountToEqual", "exactly one of failing_rows and query"),
        ("severity: warning", "severity: critical\n  keep_rows: true", "keep_rows is for a warning about rows"),
        ("severity: warning", "severity: warning\n  severity: critical", "the key severity is given twice"),
        ("- check: is_small", "- check: Is Small", "key check"),
        ("- check: is_small", "check: is_small", "file"),
        (ONE, ONE + ONE, "twice is_small"),
        (ONE, "[]", "no check at all"),
        (ONE, "- [", "cannot be read"),
        (ONE, "- just a text", "_every_source.yml"),
    ],
)
def test_a_check_that_is_not_understood_is_refused_with_file_and_name(home, old, new, told):
    assert old in ONE
    (home / "raw" / "_every_source.yml").write_text(ONE.replace(old, new), "utf-8")
    with pytest.raises(CatalogueError) as error:
        for_source("mine", home)
    assert told in error.value.message()
    assert "_every_source.yml" in error.value.message()


def test_every_file_of_checks_is_read_before_a_run_whatever_source_it_is_for(home):
    assert understand_all({"mine": "figures"}, home) == 2
    (home / "mart" / "some_mart.yml").write_text(ONE.replace("severity: warning", "severity: grave"), "utf-8")
    with pytest.raises(CatalogueError, match=r"some_mart\.yml"):
        understand_all({"mine": "figures"}, home)


def test_a_source_without_a_file_of_checks_is_refused(home):
    with pytest.raises(CatalogueError, match="a file of checks cannot be read") as error:
        for_source("other", home)
    assert error.value.place.endswith("other.yml")


def test_arguments_that_would_let_rows_pass_unseen_are_refused(home):
    between = "ExpectColumnValuesToBeBetween\n  arguments: {column: value, max_value: 1, mostly: 0.9}"
    changed = ONE.replace("UnexpectedRowsExpectation\n  failing_rows: numerator > 5", between)
    (home / "raw" / "mine.yml").write_text(changed, "utf-8")
    with pytest.raises(CatalogueError, match="mostly"):
        for_source("mine", home)


@pytest.mark.parametrize(
    ("expectation", "arguments", "told"),
    [
        ("ExpectColumnValuesToBeNice", "{column: value}", "ExpectColumnValuesToBeNice"),
        ("Batch", "{column: value}", "Batch"),
        ("ExpectColumnValuesToBeBetween", "{column: value, minimum: 1}", "minimum"),
        ("ExpectColumnValuesToBeBetween", "{min_value: 1}", "column"),
    ],
)
def test_an_expectation_that_great_expectations_does_not_know_is_refused(home, expectation, arguments, told):
    declared = f"{expectation}\n  arguments: {arguments}"
    changed = ONE.replace("UnexpectedRowsExpectation\n  failing_rows: numerator > 5", declared)
    (home / "raw" / "mine.yml").write_text(changed, "utf-8")
    with pytest.raises(CatalogueError, match="a check cannot be made") as error:
        _suite("mine", for_source("mine", home))
    assert "is_small" in error.value.place
    assert told in error.value.found


def test_a_prepared_table_comes_after_those_that_it_reads(home):
    (home / "prepared" / "unit.sql").write_text("SELECT * FROM reading", "utf-8")
    (home / "prepared" / "bad.sql").write_text("SELECT * FROM prepared.unit", "utf-8")
    reading_bad = ONE.replace("numerator > 5", "row_number IN (SELECT row_number FROM prepared.bad)")
    (home / "raw" / "mine.yml").write_text(reading_bad, "utf-8")
    assert list(prepared_selects(for_source("mine", home), home)) == ["unit", "bad"]


def test_a_prepared_table_that_no_file_makes_is_refused(home):
    (home / "raw" / "mine.yml").write_text(ONE.replace("numerator > 5", "1 IN (FROM prepared.none)"), "utf-8")
    with pytest.raises(CatalogueError, match=r"prepared\.none"):
        prepared_selects(for_source("mine", home), home)


@pytest.mark.parametrize(
    ("expectation", "arguments", "predicate"),
    [
        ("ExpectColumnValuesToNotBeNull", {"column": "a"}, '"a" IS NULL'),
        ("ExpectColumnValuesToBeInSet", {"column": "a", "value_set": ["x", "d'y", 3]}, "\"a\" NOT IN ('x', 'd''y', 3)"),
        ("ExpectColumnValuesToBeBetween", {"column": "a", "min_value": 0, "max_value": 1}, '"a" < 0 OR "a" > 1'),
        ("ExpectColumnValuesToBeBetween", {"column": "a", "min_value": 0, "strict_min": True}, '"a" <= 0'),
        ("ExpectColumnValuesToBeBetween", {"column": "a", "max_value": 0, "strict_max": True}, '"a" >= 0'),
        ("ExpectTableRowCountToBeBetween", {"min_value": 1}, None),
    ],
)
def test_an_expectation_about_a_column_has_its_predicate(expectation, arguments, predicate):
    assert column_predicate(expectation, arguments) == predicate
