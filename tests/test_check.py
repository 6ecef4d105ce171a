"""Checks of a delivery: a bad row goes, the rest stays; a critical failure stops; every outcome is told."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf, nan

import pytest

from catalogue.errors import HelhedsplanError
from tasks.check import check_version
from tasks.checking.outcomes import CheckOutcomes
from tests.checking_of import (
    area_row,
    checked,
    delivery_of,
    failed,
    municipality_row,
    quarantined,
    survey_row,
)
from tests.deliveries_for_tests import the_catalogue

LBF, SURVEY = "lbf_boligsociale_data", "tryghedssurvey"
GOOD = [area_row(), municipality_row()]
# Marks of a school year, and residents on a day: rows of the two other shapes of LBF's file.
MARKS = {
    "indicator_id": "grade_average_danish_mathematics",
    "period": "2022/2023",
    "numerator": None,
    "denominator": 30,
}
RESIDENTS = {"indicator_id": "residents", "period": "2023-01-01", "denominator": None, "value": None}
NO_FIGURE = {"numerator": None, "denominator": None, "value": None}


# Rows that are at fault in one way each: the check that must find it, and what is odd. They come in one delivery.
AT_FAULT = [
    ("is_readable", NO_FIGURE | {"unreadable": "value='12x'", "period": "2022"}),
    ("has_finite_numbers", {"value": inf, "indicator_id": "residents", "period": "2022-01-01"}),
    ("has_finite_numbers", {"standard_deviation": nan, "period": "2022"}),
    ("is_about_a_known_indicator", {"indicator_id": "I7 noget andet"}),
    ("is_about_a_known_indicator", {"indicator_id": None}),
    ("is_about_a_known_indicator", {"indicator_id": "feels_safe", "period": "2021-wave"}),
    ("has_a_known_level", {"unit_level": "Landsdel"}),
    ("is_about_a_known_unit", {"unit_code": "NOR", "unit_name": "Nørrevang"}),
    ("is_about_a_known_unit", {"unit_code": None, "unit_name": None}),
    ("has_code_and_name_of_one_unit", {"unit_code": "MOT"}),
    ("has_a_period_of_its_indicators_kind", {"period": "2022/2023"}),
    ("has_a_period_of_its_indicators_kind", {"period": None}),
    ("is_not_about_the_future", {"period": "2031"}),
    ("has_a_figure_or_a_reason", NO_FIGURE | {"period": "2022"}),
    ("has_a_figure_or_a_reason", {"denominator": None, "value": None, "period": "2022"}),
    ("has_a_share_between_0_and_1", {"numerator": None, "denominator": None, "value": 2.5, "period": "2022"}),
    ("has_a_mark_on_the_scale", MARKS | {"value": 12.5}),
    ("has_no_negative_amount", RESIDENTS | {"numerator": None, "value": -4}),
    ("has_no_negative_count", {"numerator": -1, "value": None, "period": "2022"}),
    ("numerator_at_most_denominator", {"numerator": 151, "value": None, "period": "2022"}),
    ("share_agrees_with_its_counts", {"value": 0.62, "period": "2022"}),
    ("has_a_possible_spread", MARKS | {"value": 6.5, "standard_deviation": -0.1}),
    ("has_a_possible_design_effect", {"design_effect": 0.9, "period": "2022"}),
    ("has_a_possible_response_rate", {"response_rate": 38, "period": "2022"}),
    ("has_a_department_area_plan_or_municipality", {"unit_level": "country", "unit_code": "000"}),
]


@pytest.fixture(scope="module")
def delivered_with_faults(tmp_path_factory) -> CheckOutcomes:
    """Two good rows, and after them every row at fault, each with a year of its own where it is about 2022."""
    years = [row | {"period": str(1980 + number)} if row["period"] == "2022" else row for number, row in _numbered()]
    return checked(tmp_path_factory.mktemp("faults"), LBF, [*GOOD, *years])


def _numbered() -> list[tuple[int, dict]]:
    return list(enumerate(area_row(**changed) for _, changed in AT_FAULT))


def test_rows_that_break_a_rule_go_to_quarantine_and_the_rest_stays(delivered_with_faults):
    outcomes, bad = delivered_with_faults, len(AT_FAULT)
    told = (outcomes.rows_in, outcomes.rows_loaded, outcomes.rows_quarantined, outcomes.stopped)
    assert told == (bad + 2, 2, bad, False)
    assert [number for number, _, _ in quarantined(outcomes)] == list(range(2, bad + 2))


@pytest.mark.parametrize(("number", "check"), list(enumerate((check for check, _ in AT_FAULT), start=2)))
def test_a_row_that_breaks_a_rule_is_found_by_its_check(delivered_with_faults, number, check):
    assert failed(delivered_with_faults)[check].action == "quarantined"
    assert check in quarantined(delivered_with_faults)[number - 2][1]


def test_good_rows_pass_every_check_and_the_passes_are_told(tmp_path):
    rows = [
        *GOOD,
        area_row(**MARKS, value=6.6, standard_deviation=2.1),
        municipality_row(**MARKS, value=-0.5, standard_deviation=0),
        area_row(**RESIDENTS, numerator=1900),
        municipality_row(**RESIDENTS, numerator=80000),
        area_row(**NO_FIGURE, period="2022", sign="..", missing_reason="not_yet_published"),
        municipality_row(numerator=1, denominator=3, value=0.333, period="2022"),
    ]
    outcomes = checked(tmp_path, LBF, rows)
    assert failed(outcomes) == {}
    assert (outcomes.rows_in, outcomes.rows_loaded, outcomes.quarantine_path) == (8, 8, None)
    body = outcomes.to_body()
    assert len(body["outcomes"]) > 30
    assert {one["action"] for one in body["outcomes"]} == {"none"}
    assert json.loads(json.dumps(body)) == body


def test_a_survey_figure_without_what_it_needs_goes_to_quarantine(tmp_path):
    at_fault = {
        "names_its_instrument": {"instrument": None},
        "has_an_instrument_that_the_contract_knows": {"instrument": "Vive 2018/21"},
        "has_at_least_one_answer": {"denominator": 0},
        "has_answers_behind_every_share": {"denominator": None},
        "has_a_possible_design_effect": {"design_effect": 0.5},
        "has_a_possible_response_rate": {"response_rate": 1.2},
    }
    waves = [f"{year}-wave" for year in range(2010, 2010 + len(at_fault))]
    good = [survey_row(unit_level="municipality", unit_name="Slagelse", period=wave) for wave in waves]
    bad = [survey_row(period=wave, **changed) for wave, changed in zip(waves, at_fault.values(), strict=True)]
    outcomes = checked(tmp_path, SURVEY, [*good, *bad])
    assert set(failed(outcomes)) == set(at_fault)
    found = [(number, checks) for number, checks, _ in quarantined(outcomes)]
    assert found == [(number, [check]) for number, check in enumerate(at_fault, start=len(good))]


def test_two_questionnaires_in_one_wave_are_two_series_and_no_contradiction(tmp_path):
    municipality = {"unit_level": "municipality", "unit_name": "Slagelse"}
    both = [survey_row(), survey_row(**municipality), survey_row(value=0.80, instrument="LBF 2023 (forkortet)")]
    outcomes = checked(tmp_path, SURVEY, [*both, survey_row(value=0.67)], previous=both)
    assert [(number, checks) for number, checks, _ in quarantined(outcomes)] == [
        (0, ["is_not_contradicted"]),
        (3, ["is_not_contradicted"]),
    ]
    assert list(failed(outcomes)) == ["is_not_contradicted"]


def test_of_equal_rows_the_first_stays(tmp_path):
    outcomes = checked(tmp_path, LBF, [*GOOD, area_row(), area_row(note="igen")])
    assert list(failed(outcomes)) == ["is_told_once"]
    assert [(number, checks) for number, checks, _ in quarantined(outcomes)] == [
        (2, ["is_told_once"]),
        (3, ["is_told_once"]),
    ]


def test_of_contradicting_rows_none_stays(tmp_path):
    outcomes = checked(tmp_path, LBF, [*GOOD, area_row(numerator=30, value=0.2)])
    assert [number for number, _, _ in quarantined(outcomes)] == [0, 2]
    assert failed(outcomes)["is_not_contradicted"].failing_rows == 2


def test_one_unit_under_two_names_is_told_twice(tmp_path):
    outcomes = checked(
        tmp_path, LBF, [*GOOD, area_row(unit_code=None, unit_name=" ringparken "), area_row(period="2022")]
    )
    assert [checks for _, checks, _ in quarantined(outcomes)] == [["is_told_once"]]


def test_a_delivery_without_rows_is_stopped(tmp_path):
    outcomes = checked(tmp_path, LBF, [])
    assert outcomes.stopped
    assert list(failed(outcomes)) == ["has_rows"]
    assert (outcomes.rows_in, outcomes.rows_loaded, outcomes.rows_quarantined) == (0, 0, 0)


def test_a_delivery_of_bad_rows_alone_is_stopped(tmp_path):
    outcomes = checked(tmp_path, LBF, [area_row(value=2.5), municipality_row(value=3.5)])
    assert outcomes.stopped
    assert failed(outcomes)["something_is_left"].observed == "0 of 2 rows left"
    assert (outcomes.rows_loaded, outcomes.rows_quarantined) == (0, 2)
    assert len(quarantined(outcomes)) == 2


def test_a_count_above_the_residents_of_that_year_goes_to_quarantine(tmp_path):
    residents = [area_row(**RESIDENTS, numerator=100), area_row(**RESIDENTS | {"period": "2022-01-01"}, numerator=200)]
    outcomes = checked(tmp_path, LBF, [*GOOD, area_row(period="2022"), *residents])
    assert [(number, checks) for number, checks, _ in quarantined(outcomes)] == [(0, ["denominator_at_most_residents"])]


def departments(**changed) -> list:
    """The four departments of Ringparken, 25 of 50 each: 100 of 200 in all."""
    counts = {"unit_level": "department", "numerator": 25, "denominator": 50, "value": 0.5}
    names = [f"FOB afd. {number}" for number in (23, 24, 26, 32)]
    return [area_row(unit_code=None, unit_name=name, **counts | changed) for name in names]


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        ([*departments(), area_row(numerator=100, denominator=200, value=0.5)], True),
        ([*departments(), area_row(numerator=101, denominator=200, value=0.505)], False),
        ([*departments()[1:], area_row(numerator=100, denominator=200, value=0.5)], True),
        ([*departments(numerator=None), area_row(numerator=100, denominator=200, value=0.5)], True),
        # Until 2021 Schackenborgvænge was a part as well, and here it comes without counts.
        ([*departments(period="2020"), area_row(numerator=101, denominator=200, value=0.505, period="2020")], True),
    ],
)
def test_parts_that_do_not_add_up_to_the_published_total_are_noted_and_kept(tmp_path, rows, holds):
    outcomes = checked(tmp_path, LBF, [*rows, municipality_row(), municipality_row(period="2020")])
    if holds:
        assert failed(outcomes) == {}
    else:
        assert failed(outcomes)["parts_add_up_to_the_published_total"].action == "kept"
    assert outcomes.rows_quarantined == 0


def test_what_the_last_delivery_had_and_this_one_drops_is_noted(tmp_path):
    before = [
        *GOOD,
        area_row(period="2022"),
        municipality_row(period="2022"),
        area_row(unit_code="MOT", unit_name=None),
    ]
    outcomes = checked(tmp_path, LBF, GOOD, previous=before)
    period = failed(outcomes)["keeps_every_period_of_the_last_delivery"]
    unit = failed(outcomes)["keeps_every_unit_of_the_last_delivery"]
    assert period.observed == "1 found: indicator_id=daycare_1_5, period=2022"
    assert unit.observed == "1 found: unit_level=area, unit=motalavej"
    assert (period.action, outcomes.rows_loaded, outcomes.stopped) == ("kept", 2, False)


def test_a_figure_far_from_the_last_delivery_is_noted_and_kept(tmp_path):
    before = [area_row(numerator=60, value=0.4), municipality_row(numerator=3200, value=0.8)]
    outcomes = checked(tmp_path, LBF, GOOD, previous=before)
    assert failed(outcomes)["stays_near_the_last_delivery"].observed == "1 of 2 rows: line 2"
    assert outcomes.rows_loaded == 2


def test_areas_without_the_municipality_beside_them_are_noted(tmp_path):
    outcomes = checked(tmp_path, LBF, [area_row()])
    assert list(failed(outcomes)) == ["has_the_municipality_beside_the_areas"]
    assert outcomes.rows_loaded == 1


def test_several_deliveries_are_checked_at_once_and_nothing_is_printed(tmp_path, capfd):
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda folder: checked(folder, LBF, [*GOOD, area_row(period="2031")]), folders))
    assert [outcomes.rows_quarantined for outcomes in found] == [1, 1, 1, 1]
    assert tuple(capfd.readouterr()) == ("", "")


def test_rows_lost_on_the_way_are_an_error():
    with pytest.raises(HelhedsplanError, match="rows were lost or invented"):
        CheckOutcomes(rows_in=3, rows_loaded=1, rows_quarantined=1, stopped=False, outcomes=())


def test_the_check_version_follows_catalogue_reading_and_source():
    catalogue, delivery = the_catalogue(), delivery_of(LBF)
    version = check_version(catalogue, delivery, "reader 1")
    assert version == check_version(catalogue, delivery, "reader 1")
    others = {
        check_version(catalogue, delivery, "reader 2"),
        check_version(replace(catalogue, digest="other"), delivery, "reader 1"),
        check_version(catalogue, delivery_of(SURVEY), "reader 1"),
    }
    assert len(others | {version}) == 4
