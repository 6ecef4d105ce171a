"""The quarantine: rows whole, with place, checks, reasons and what they say; the same rows give the same bytes."""

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from tasks.checking.outcomes import CheckOutcome
from tasks.checking.rejected import lay_in_quarantine
from tasks.expectations import Expectation
from tests.checking_of import area_row, checked, municipality_row
from warehouse.paths import DataDirectory
from warehouse.quarantine import Rule, fill_quarantine, quarantine_path
from warehouse.snapshots import file_sha256
from warehouse.sql_files import load_macros

LBF = "lbf_boligsociale_data"
MANY_ROWS = """
    CREATE VIEW reading AS
    SELECT
        range AS row_number, 'lbf.csv' AS file_name, NULL::VARCHAR AS place, 2 AS first_line,
        'daycare_1_5' AS indicator_id, range::DOUBLE AS numerator, 100000::DOUBLE AS denominator,
        NULL::VARCHAR AS unreadable
    FROM range(240000)
"""
RULES = [
    Rule("at_most_denominator", "numerator > denominator", "A part's size."),
    Rule("is_even", "numerator % 2 = 1", "It's odd."),
    Rule("never", "numerator IS NULL", "Never seen."),
]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load_macros(connection, ["read"])
        connection.execute(MANY_ROWS)
        yield connection


def test_a_row_lies_in_quarantine_whole_with_place_checks_and_reasons(tmp_path):
    bad = area_row(numerator=160, value=0.6, note="Foreløbig", period="2022")
    outcomes = checked(tmp_path, LBF, [area_row(), municipality_row(), bad])
    relation = duckdb.read_parquet(str(outcomes.quarantine_path))
    row = dict(zip(relation.columns, relation.fetchall()[0], strict=True))
    assert {name: row[name] for name in bad} == bad
    assert row["row_number"] == 2
    assert row["locator"] == "lbf.csv, line 4"
    assert row["failed_checks"] == ["numerator_at_most_denominator", "share_agrees_with_its_counts"]
    first, second = row["because"].split(" | ")
    assert first.startswith("A part cannot be larger than its whole")
    assert second.startswith("A share that does not follow from its own counts")
    assert row["found"] == (
        "indicator_id=daycare_1_5, unit_level=area, unit_code=RIN, unit_name=Ringparken, period=2022, "
        "numerator=160.0, denominator=150.0, value=0.6"
    )


def test_its_place_and_digest_are_told_for_the_ledger(tmp_path):
    outcomes = checked(tmp_path, LBF, [area_row(), municipality_row(), area_row(period="2031")])
    path = outcomes.quarantine_path
    assert path.is_relative_to(tmp_path / "data" / "quarantine" / "lbf_boligsociale_data-0123456789ab")
    body = outcomes.to_body()
    assert body["quarantine_sha256"] == file_sha256(path)
    assert tmp_path / "data" / body["quarantine_path"] == path


def test_rows_are_counted_by_check_and_kept_in_their_order(tmp_path, connection):
    kept = fill_quarantine(connection, tmp_path / "q.parquet", RULES)
    assert kept.rows_by_check == {"at_most_denominator": 139999, "is_even": 120000, "never": 0}
    assert kept.rows == 189999
    rows = connection.execute(
        f"""SELECT count(*), count(DISTINCT row_number), min(row_number),
        count(*) FILTER (failed_checks = ['at_most_denominator', 'is_even']),
        bool_and(locator = 'lbf.csv, line ' || (2 + row_number))
        FROM read_parquet('{kept.path}')"""
    ).fetchone()
    assert rows == (189999, 189999, 1, 70000, True)
    ordered = connection.execute(
        f"""SELECT count(*) FROM (SELECT row_number, lag(row_number) OVER (ORDER BY file_row_number) AS one_before
        FROM read_parquet('{kept.path}', file_row_number = true)) WHERE row_number <= one_before"""
    ).fetchone()
    assert ordered == (0,)


def test_the_same_rows_and_rules_give_the_same_bytes(tmp_path, connection):
    first = fill_quarantine(connection, tmp_path / "first.parquet", RULES)
    second = fill_quarantine(connection, tmp_path / "second.parquet", RULES)
    assert first.sha256 == second.sha256
    assert first.path.read_bytes() == second.path.read_bytes()


def test_without_a_row_at_fault_no_file_is_written(tmp_path, connection):
    for rules in ([], [Rule("never", "numerator IS NULL", "Never seen.")]):
        kept = fill_quarantine(connection, tmp_path / "q.parquet", rules)
        assert (kept.rows, kept.path, kept.sha256) == (0, None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_path_tells_delivery_and_check_version(tmp_path):
    path = quarantine_path(DataDirectory(tmp_path), "valg_dk-0123", "abcd")
    assert path == tmp_path / "quarantine" / "valg_dk-0123" / "abcd.parquet"


def test_two_counts_that_do_not_agree_are_an_error(tmp_path, connection):
    check = Expectation(
        check="is_small",
        expectation="UnexpectedRowsExpectation",
        failing_rows="numerator > 239990",
        severity="warning",
        because="This rule is here to be miscounted.",
    )
    counted = CheckOutcome("is_small", "UnexpectedRowsExpectation", "warning", "", False, 7, "", "quarantined")
    with pytest.raises(HelhedsplanError, match="do not agree") as error:
        lay_in_quarantine(connection, tmp_path / "q.parquet", [check], [counted])
    assert (error.value.expected[-15:], error.value.found[-15:]) == ("{'is_small': 7}", "{'is_small': 9}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'lbf.xlsx', 'Data!F17', 0, 5", "lbf.xlsx, Data!F17"),
        ("NULL, 'Data!F17', 0, 5", "Data!F17"),
        ("'lbf.csv', NULL, 4, 5", "lbf.csv, line 9"),
        ("NULL, NULL, 4, 5", "line 9"),
        ("'a.json', 'a.json#/AfgivneStemmer', 0, 5", "a.json#/AfgivneStemmer"),
    ],
)
def test_a_locator_says_file_and_place(connection, arguments, said):
    assert connection.execute(f"SELECT read.locator({arguments})").fetchone() == (said,)
