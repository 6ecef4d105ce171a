"""The macros in sql/read: numbers and periods as Danish files write them."""

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reading.cells import column_letters, texts_of
from warehouse.sql_files import load_macros


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        load_macros(connection, ["read"])
        yield connection


def ask(connection, question: str, *arguments):
    return connection.execute(f"SELECT {question}", arguments).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-3", -3), ("+7", 7), ("26,4", 26.4), ("0,5", 0.5), ("1.234", 1234), ("1.234.567,89", 1234567.89),
        ("1 234,5", 1234.5), ("1\u00a0234,5", 1234.5), ("1\u202f234", 1234), ("−3,5", -3.5), ("12,5 %", 12.5),
        ("12,5%", 12.5), ("22 pct.", 22), ("ca. 40", 40), ("godt 40", 40), ("Godt 40 %", 40), ("knap 2.000", 2000),
        ("'40", 40), ("325.000 kr.", 325000), ("1,5E-05", 0.000015),
    ],
)  # fmt: skip
def test_a_danish_number_is_understood(connection, text, number):
    assert ask(connection, "read.number(?, 'comma')", text) == number


@pytest.mark.parametrize(
    "text",
    ["", "..", ".", "-", "*", "12x", "x", "1.23", "57.0", "1.2345", "12,5,5", "1,234,567", "40 procent", "næsten seks",
     "nan", "inf", "-inf", "Infinity", "1_000", "1e999", "0x10", "12 34", "1.234 kr. 5", "%", "9" * 40],
)  # fmt: skip
def test_a_text_that_is_no_danish_number_is_none(connection, text):
    assert ask(connection, "read.number(?, 'comma')", text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("57.0", 57), ("1,234.5", 1234.5), ("1234", 1234), ("1.234", 1.234), ("57,0", None)]
)
def test_with_a_decimal_point_the_comma_parts_thousands(connection, text, number):
    assert ask(connection, "read.number(?, 'point')", text) == number


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_a_native_number_survives_the_way_through_danish_text(connection, digits, decimals):
    number = digits / 10**decimals
    text = texts_of([number])[0]
    assert ask(connection, "read.number(?, 'comma')", text) == pytest.approx(number, rel=1e-14)


_BLANKS = st.text(" \t\n\r\u00a0\u202f", max_size=2)


@given(_BLANKS, st.text("aæ1. \u00a0\u202f\u2009", max_size=4), _BLANKS)
def test_the_quick_way_to_trim_gives_what_trimming_gives(connection, before, text, after):
    published = before + text + after
    assert ask(connection, "read.cell(?)", published) == ask(connection, "read.trimmed(?)", published)
    assert ask(connection, "read.trimmed(?)", published) == (published.strip(" \t\n\r\u00a0\u202f") or None)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023", "2023"), ("2022/23", "2022/2023"), ("2022/2023", "2022/2023"), ("1999/00", "1999/2000"),
        ("30-09-2023", "2023-09-30"), ("30.09.2023", "2023-09-30"), ("3/9/2023", "2023-09-03"),
        ("30. september 2023", "2023-09-30"), ("2023-09-30", "2023-09-30"), ("2023-09-30 00:00:00", "2023-09-30"),
        ("2023-09-30T12:00:00", "2023-09-30"), ("KV 16-11-2021", "KV-2021-11-16"), ("KV-2021-11-16", "KV-2021-11-16"),
        ("FV 1. november 2022", "FV-2022-11-01"), ("Kommunalvalg 16.11.2021", "KV-2021-11-16"),
        ("2021-wave", "2021-wave"), ("as_signed", "as_signed"),
    ],
)  # fmt: skip
def test_a_period_has_one_canonical_form(connection, text, period):
    assert ask(connection, "read.period(?)", text) == period
    assert ask(connection, "read.period(?)", period) == period


@pytest.mark.parametrize(
    "text", ["", "23", "2022/24", "31-02-2023", "2023-02-30", "KV 2021", "1850", "45199", "juni", "20231"]
)
def test_a_text_that_names_no_period_is_none(connection, text):
    assert ask(connection, "read.period(?)", text) is None


@pytest.mark.parametrize(
    ("period", "kind", "start", "end"),
    [
        ("2023", "calendar_year", date(2023, 1, 1), date(2023, 12, 31)),
        ("2022/2023", "school_year", date(2022, 8, 1), date(2023, 7, 31)),
        ("2023-09-30", "reference_day", date(2023, 9, 30), date(2023, 9, 30)),
        ("2021-wave", "survey_wave", date(2021, 1, 1), date(2021, 12, 31)),
        ("KV-2021-11-16", "election", date(2021, 11, 16), date(2021, 11, 16)),
        ("as_signed", "as_signed", None, None),
    ],
)
def test_a_period_knows_its_kind_and_its_days(connection, period, kind, start, end):
    days = connection.execute(
        "SELECT read.period_kind($1), read.period_start($1), read.period_end($1)", [period]
    ).fetchone()
    assert days == (kind, start, end)


def test_a_column_of_mixed_cells_becomes_text_as_a_reader_sees_it():
    cells = ["a", 1.0, 2.5, 0.1 + 0.2, True, date(2023, 9, 30), ""]
    assert texts_of(cells).tolist() == ["a", "1", "2,5", "0,3", "SAND", "2023-09-30", ""]


def test_columns_have_the_letters_that_excel_gives_them():
    assert [column_letters(index) for index in (0, 25, 26, 57, 701, 702)] == ["A", "Z", "AA", "BF", "ZZ", "AAA"]
