"""Great Expectations as it is used here: counts that agree with our own SQL, failures that never look like passes."""

import sys
from math import inf, nan
from subprocess import run

import duckdb
import pytest

from tasks.check import _validate, preload
from tasks.checking.outcomes import outcome_of
from tasks.expectations import Expectation
from tests.checking_of import area_row, checked, municipality_row


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE reading (row_number BIGINT, value DOUBLE, word VARCHAR)")
        rows = [(0, 0.0, "a"), (1, 1.0, "b:c"), (2, None, None), (3, nan, "{x}"), (4, inf, "50 %"), (5, -inf, "it's")]
        connection.executemany("INSERT INTO reading VALUES (?, ?, ?)", rows)
        yield connection


def expectation(**stated) -> Expectation:
    """A check with these keys, a warning unless they say otherwise."""
    common = {"check": "checked", "severity": "warning", "because": "This is a test of checks."}
    kind = "UnexpectedRowsExpectation"
    return Expectation.model_validate(common | {"expectation": kind} | stated)


@pytest.mark.parametrize(
    ("kind", "arguments", "failing"),
    [
        ("ExpectColumnValuesToNotBeNull", {"column": "value"}, 1),
        ("ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 0}, 1),
        ("ExpectColumnValuesToBeBetween", {"column": "value", "max_value": 1}, 2),
        ("ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 0, "max_value": 1}, 3),
        ("ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 0, "strict_min": True}, 2),
        ("ExpectColumnValuesToBeBetween", {"column": "value", "max_value": 1, "strict_max": True}, 3),
        ("ExpectColumnValuesToBeInSet", {"column": "word", "value_set": ["a", "it's", "50 %"]}, 2),
    ],
)
def test_great_expectations_and_our_predicate_find_the_same_rows(connection, kind, arguments, failing):
    check = expectation(expectation=kind, arguments=arguments)
    [found] = _validate(connection, "reading", [check])
    ours = connection.execute(f"SELECT count(*) FROM reading WHERE {check.predicate}").fetchone()
    assert (found.success, found.failing_rows, ours) == (False, failing, (failing,))


@pytest.mark.parametrize(
    ("predicate", "failing"),
    [
        ("word = 'b:c'", 1),
        ("word = '{x}'", 1),
        ("word LIKE '%50 \\%%' ESCAPE '\\'", 1),
        ("regexp_full_match(word, '[a-z]{1}')", 1),
        ("word = 'it''s' -- a comment of its own\n", 1),
        ("value::VARCHAR = '1.0' OR {'key': value}.key = 0", 2),
        ("value IS NULL AND word IS NULL", 1),
        ("word = 'nowhere'", 0),
    ],
)
def test_a_predicate_reaches_duckdb_as_it_is_written(connection, predicate, failing):
    [found] = _validate(connection, "reading", [expectation(failing_rows=predicate)])
    assert (found.success, found.failing_rows) == (failing == 0, failing)
    query = f"SELECT word FROM reading WHERE {predicate}"
    [found] = _validate(connection, "reading", [expectation(query=query)])
    assert (found.success, found.failing_rows) == (failing == 0, failing)


def test_a_check_that_cannot_be_run_is_a_critical_failure_that_says_so(connection):
    broken = expectation(check="broken", failing_rows="no_such_column > 1")
    missing = expectation(
        check="missing", expectation="ExpectColumnValuesToNotBeNull", arguments={"column": "no_such_column"}
    )
    sound = expectation(check="sound", failing_rows="row_number < 0")
    found = _validate(connection, "reading", [broken, missing, sound])
    assert [(one.success, one.was_checked) for one in found] == [(False, False), (False, False), (True, True)]
    outcome = outcome_of(broken, found[0], may_quarantine=True)
    assert (outcome.severity, outcome.action) == ("critical", "stopped")
    assert outcome.observed.startswith("could not be checked: ")
    assert "no_such_column" in outcome.observed


def test_an_empty_table_is_no_error_and_no_failure_of_rows(connection):
    connection.execute("DELETE FROM reading")
    rows = expectation(check="rows", expectation="ExpectTableRowCountToBeBetween", arguments={"min_value": 1})
    words = expectation(check="words", expectation="ExpectColumnValuesToNotBeNull", arguments={"column": "word"})
    found = _validate(connection, "reading", [rows, words, expectation(failing_rows="value > 1")])
    assert [(one.success, one.failing_rows, one.observed) for one in found] == [
        (False, 1, "0"),
        (True, 0, "0 of 0 rows"),
        (True, 0, "0 of 0 rows"),
    ]


def test_nothing_is_left_in_the_connection(connection):
    _validate(connection, "reading", [expectation(failing_rows="value > 1")])
    assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("reading",)]


def test_findings_are_told_in_order_and_cut(connection):
    check = expectation(query="SELECT row_number AS number, word FROM reading")
    [found] = _validate(connection, "reading", [check])
    assert (
        found.observed
        == "6 found: number=0, word=a; number=1, word=b:c; number=2; number=3, word={x}; number=4, word=50 %; …"
    )


def test_the_module_is_imported_without_great_expectations():
    code = "import sys, tasks.check; print([name for name in ('great_expectations', 'pandas') if name in sys.modules])"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_preloaded_import_serves_the_checks_that_follow(tmp_path):
    preload()
    assert checked(tmp_path, "lbf_boligsociale_data", [area_row(), municipality_row()]).rows_loaded == 2
