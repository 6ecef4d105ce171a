"""Corrections hold while the source says what they correct, and stop it when it says something else."""

from dataclasses import replace

import duckdb
import pytest

from catalogue.errors import CatalogueError
from catalogue.load import Catalogue
from tests.checking_of import area_row, checked, failed, municipality_row, parquet_of, quarantined
from tests.deliveries_for_tests import the_catalogue
from warehouse.catalogue_tables import load_catalogue_tables
from warehouse.corrections import corrected_select, released_select

LBF = "lbf_boligsociale_data"
ROWS = [area_row(numerator=9, value=None), area_row(period="2022"), municipality_row(), municipality_row(period="2022")]


def with_correction(**changed: str) -> Catalogue:
    """The catalogue with one correction: 9 children in Ringparken in 2023 should have been 90."""
    correction = {
        "source_id": LBF,
        "indicator_id": "daycare_1_5",
        "unit_level": "area",
        "unit_published_as": "Ringparken",
        "period": "2023",
        "column": "numerator",
        "as_published": "9",
        "corrected": "90",
        "reason": "A digit was lost; LBF confirmed it by mail",
        "corrected_by": "steward",
        "corrected_on": "2026-11-01",
    }
    return replace(the_catalogue(), corrections=(correction | changed,))


def corrected_numbers(tmp_path, catalogue: Catalogue, column: str = "numerator") -> list:
    """A column of ROWS after the corrections, in order."""
    path = parquet_of(tmp_path, ROWS)
    with duckdb.connect() as connection:
        load_catalogue_tables(connection, catalogue)
        select = corrected_select(connection, f"(SELECT * FROM read_parquet('{path}'))", LBF)
        return [number for (number,) in connection.execute(f"SELECT {column} FROM ({select})").fetchall()]


@pytest.mark.parametrize("unit", ["Ringparken", "ringparken", "rin", " RIN "])
def test_a_correction_replaces_the_published_number_of_its_row_alone(tmp_path, unit):
    assert corrected_numbers(tmp_path, with_correction(unit_published_as=unit)) == [90, 90, 3500, 3500]


@pytest.mark.parametrize(
    "changed",
    [
        {"as_published": "8"},
        {"period": "2021"},
        {"unit_level": "department"},
        {"unit_published_as": "Motalavej"},
        {"indicator_id": "charged_15_29"},
        {"source_id": "tryghedssurvey"},
    ],
)
def test_a_correction_of_something_else_changes_nothing(tmp_path, changed):
    assert corrected_numbers(tmp_path, with_correction(**changed)) == [9, 90, 3500, 3500]


def test_a_fraction_is_found_in_spite_of_its_last_binary_digit(tmp_path):
    share = with_correction(period="2022", column="value", as_published="0.6", corrected="0.65")
    rows = corrected_numbers(tmp_path, share, "value")
    assert rows == [None, 0.65, 0.875, 0.875]
    assert 41.2 * 0.01 != 0.412
    with duckdb.connect() as connection:
        load_catalogue_tables(connection, with_correction(column="value", as_published="0.412", corrected="0.421"))
        row = (
            "(SELECT 'daycare_1_5' AS indicator_id, 'area' AS unit_level, NULL AS unit_code, 'Ringparken' AS unit_name,"
        )
        row += " '2023' AS period, 41.2::DOUBLE * 0.01::DOUBLE AS value)"
        assert connection.execute(f"SELECT value FROM ({corrected_select(connection, row, LBF)})").fetchone() == (
            0.421,
        )


def test_without_corrections_the_relation_is_read_as_it_is(tmp_path):
    with duckdb.connect() as connection:
        load_catalogue_tables(connection, the_catalogue())
        assert corrected_select(connection, "rows_as_read", LBF) == "SELECT * FROM rows_as_read"


def test_a_correction_of_a_column_without_numbers_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="a column that holds no number") as error:
        corrected_numbers(tmp_path, with_correction(column="note"))
    assert "numerator" in error.value.expected


def test_checks_see_the_corrected_number(tmp_path):
    wrong = with_correction(corrected="151")
    outcomes = checked(tmp_path, LBF, ROWS, catalogue=wrong)
    assert list(failed(outcomes)) == ["numerator_at_most_denominator"]
    [(_, _, found)] = quarantined(outcomes)
    assert "numerator=151" in found


def test_a_row_that_its_correction_alone_brings_right_is_let_through(tmp_path):
    rows = [area_row(numerator=900, value=None), *ROWS[1:]]
    assert list(failed(checked(tmp_path, LBF, rows))) == ["numerator_at_most_denominator"]
    outcomes = checked(tmp_path, LBF, rows, catalogue=with_correction(as_published="900"))
    assert (failed(outcomes), outcomes.rows_quarantined) == ({}, 0)


def test_a_correction_that_matches_passes_the_check_on_corrections(tmp_path):
    assert failed(checked(tmp_path, LBF, ROWS, catalogue=with_correction())) == {}


def test_a_correction_whose_row_says_something_else_stops_the_source(tmp_path):
    outcomes = checked(tmp_path, LBF, ROWS, catalogue=with_correction(as_published="7"))
    assert outcomes.stopped
    observed = failed(outcomes)["corrections_match_their_source"].observed
    # The number itself is not told: the ledger keeps these words, also of figures that are withheld.
    assert observed.endswith("unit_published_as=Ringparken, period=2023, corrected_column=numerator")


def test_a_correction_is_held_against_the_newest_delivery_of_its_figure_and_stops_no_older_one(tmp_path):
    catalogue = with_correction(as_published="7")
    newest = [area_row(numerator=7, value=None)]
    assert failed(checked(tmp_path, LBF, ROWS, catalogue=catalogue, later=newest)) == {}
    of_another_figure = checked(tmp_path, LBF, ROWS, catalogue=catalogue, later=[area_row(period="2022")])
    assert list(failed(of_another_figure)) == ["corrections_match_their_source"]


def test_a_correction_of_a_row_that_did_not_come_stops_nothing(tmp_path):
    assert failed(checked(tmp_path, LBF, ROWS, catalogue=with_correction(period="2019"))) == {}


def test_a_correction_that_the_publisher_has_made_himself_is_noted(tmp_path):
    mended = with_correction(as_published="8", corrected="9")
    outcomes = checked(tmp_path, LBF, ROWS, catalogue=mended)
    assert list(failed(outcomes)) == ["corrections_are_still_needed"]
    assert not outcomes.stopped


def releases(tmp_path, catalogue: Catalogue) -> list[tuple]:
    path = parquet_of(tmp_path, ROWS)
    with duckdb.connect() as connection:
        load_catalogue_tables(connection, catalogue)
        select = released_select(connection, f"(SELECT * FROM read_parquet('{path}'))", LBF)
        columns = "unit_level, period, numerator, corrected_on::VARCHAR, corrected_because"
        return connection.execute(f"SELECT {columns} FROM ({select}) ORDER BY ALL").fetchall()


def test_a_corrected_row_is_a_release_beside_the_row_as_it_came(tmp_path):
    because = "A digit was lost; LBF confirmed it by mail (steward, 2026-11-01)"
    assert releases(tmp_path, with_correction()) == [
        ("area", "2022", 90, None, None),
        ("area", "2023", 9, None, None),
        ("area", "2023", 90, "2026-11-01", because),
        ("municipality", "2022", 3500, None, None),
        ("municipality", "2023", 3500, None, None),
    ]
    assert len(releases(tmp_path, with_correction(as_published="8"))) == len(ROWS)
