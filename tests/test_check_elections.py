"""Checks of election files: the municipality's turnout is the sum of its districts, so each must be there once."""

import pytest

from tests.checking_of import DISTRICTS, all_districts, checked, district_row, failed, quarantined

VALG = "valg_dk"
SOME = next(iter(DISTRICTS))
BEFORE = "KV-2021-11-16"


def test_a_whole_election_with_the_one_before_it_passes_every_check(tmp_path):
    outcomes = checked(tmp_path, VALG, [*all_districts(), *all_districts(period=BEFORE)[:5]])
    assert failed(outcomes) == {}
    assert outcomes.rows_loaded == 23


@pytest.mark.parametrize("told", [[], [district_row(SOME, numerator=None, valid_votes=None, invalid_votes=None)]])
def test_a_district_of_the_newest_election_that_is_missing_or_not_counted_stops_the_delivery(tmp_path, told):
    outcomes = checked(tmp_path, VALG, [*told, *all_districts()[1:], *all_districts(period=BEFORE)])
    missing = failed(outcomes)["has_every_district_of_the_newest_election"]
    assert outcomes.stopped
    assert missing.action == "stopped"
    assert missing.observed == f"1 found: period=KV-2025-11-18, dagi_id={SOME}, district={DISTRICTS[SOME]}"
    assert (outcomes.rows_loaded, outcomes.rows_quarantined) == (0, 35 + len(told))


def test_a_count_that_cannot_be_read_goes_to_quarantine_and_the_other_districts_go_on(tmp_path):
    odd = district_row(SOME, numerator=None, unreadable="numerator='119,5 stemmer'")
    outcomes = checked(tmp_path, VALG, [odd, *all_districts()[1:]])
    assert (outcomes.stopped, outcomes.rows_quarantined) == (False, 1)


def test_a_file_of_no_known_election_is_not_said_to_contradict_another(tmp_path):
    odd = [
        district_row(SOME, period=None, unreadable="period='x'", numerator=count, valid_votes=None) for count in (1, 2)
    ]
    outcomes = checked(tmp_path, VALG, [*odd, *all_districts()[1:]])
    critical = [name for name, one in failed(outcomes).items() if one.severity == "critical"]
    assert critical == ["has_every_district_of_the_newest_election"]


def test_a_second_election_in_the_same_delivery_stops_it(tmp_path):
    other = {"indicator_id": "turnout_general_election", "period": "FV-2026-03-24"}
    both = [
        *all_districts(),
        *(row | other | {"place": f"fv/{row['place']}"} for row in all_districts()),
        *(row | {"period": BEFORE} for row in all_districts()),
    ]
    outcomes = checked(tmp_path, VALG, both)
    assert outcomes.stopped
    two = failed(outcomes)["is_about_one_election"]
    assert (two.failing_rows, two.observed.partition(", period=")[2].startswith("KV-2025-11-18")) == (18, True)


def test_a_district_told_twice_in_the_same_way_is_counted_once(tmp_path):
    outcomes = checked(tmp_path, VALG, [*all_districts(), district_row(SOME)])
    assert not outcomes.stopped
    assert [(number, checks) for number, checks, _ in quarantined(outcomes)] == [(18, ["is_told_once"])]


def test_a_district_told_twice_in_different_ways_stops_the_delivery(tmp_path):
    twice = district_row(SOME, numerator=601, valid_votes=591)
    outcomes = checked(tmp_path, VALG, [*all_districts(), twice])
    assert outcomes.stopped
    assert failed(outcomes)["is_not_contradicted"].failing_rows == 2
    assert [number for number, _, _ in quarantined(outcomes)] == [0, 18]


@pytest.mark.parametrize(
    ("name", "is_stopped"), [("København Kommune", True), (None, True), ("SLAGELSE kommune ", False)]
)
def test_a_municipalitys_name_is_held_against_its_code(tmp_path, name, is_stopped):
    first, *others = all_districts()
    outcomes = checked(tmp_path, VALG, [first | {"municipality_name": name}, *others])
    assert outcomes.stopped == is_stopped
    assert ("municipality_has_the_name_of_its_code" in failed(outcomes)) == is_stopped


@pytest.mark.parametrize(
    ("check", "changed"),
    [
        ("has_a_district_of_that_municipality", {"municipality_code": "316"}),
        ("has_a_district_of_that_municipality", {"municipality_code": None}),
        ("has_a_district_of_that_municipality", {"unit_code": "999999"}),
        ("is_about_a_known_unit", {"unit_code": "999999"}),
        ("is_about_a_known_indicator", {"indicator_id": "residents"}),
        ("cast_is_valid_and_invalid", {"invalid_votes": 11}),
        ("numerator_at_most_denominator", {"numerator": 1100, "valid_votes": 1090}),
        ("has_eligible_voters", {"denominator": 0}),
        ("is_readable", {"unreadable": "period='20-11-2029 Kommunalvalg'", "period": None}),
    ],
)
def test_a_bad_district_goes_to_quarantine_whole(tmp_path, check, changed):
    outcomes = checked(tmp_path, VALG, [*all_districts(), district_row(SOME, **{"period": BEFORE} | changed)])
    assert not outcomes.stopped
    assert outcomes.rows_quarantined == 1
    assert check in failed(outcomes)
    assert check in quarantined(outcomes)[0][1]


def test_a_larger_unit_beside_the_districts_stops_the_delivery(tmp_path):
    slagelse = district_row("330", unit_level="municipality", unit_name="Slagelse")
    outcomes = checked(tmp_path, VALG, [*all_districts(), slagelse])
    assert outcomes.stopped
    assert failed(outcomes)["is_a_polling_district"].action == "stopped"


def test_a_general_election_is_known_as_well(tmp_path):
    general = all_districts(indicator_id="turnout_general_election", period="FV-2026-03-24")
    assert failed(checked(tmp_path, VALG, general)) == {}
