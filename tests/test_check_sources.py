"""Checks that one source alone has, and the sample deliveries as their README says what is wrong with them."""

from pathlib import Path

import duckdb
import pytest

from tasks.check import check_delivery
from tasks.read import read_delivery
from tests.checking_of import area_row, checked, delivery_of, failed, quarantined, survey_row
from tests.deliveries_for_tests import the_catalogue
from warehouse.deliveries import Delivery
from warehouse.paths import DataDirectory
from warehouse.snapshots import keep

STATBANK = {
    "file_name": "data.csv",
    "place": "data.csv, lines 2-4",
    "indicator_id": "statbank_turnout_general_election",
    "unit_level": "municipality",
    "unit_code": "330",
    "period": "FV-2022-11-01",
    "numerator": 47946,
    "denominator": 60183,
}
FIGURE = {
    "file_name": "agreement_figures.csv",
    "first_line": 2,
    "indicator_id": "employed_18_64",
    "unit_level": "agreement",
    "unit_name": "En Fælles Indsats",
    "period": "as_signed",
    "value": 0.44,
    "wording": "44 pct.",
    "exactness": "exact",
    "section": "1",
}
LISTED = {
    "file_name": "ministry_list.csv",
    "first_line": 2,
    "indicator_id": "ministry_no_attachment_18_64",
    "unit_level": "ministry_area",
    "unit_name": "Ringparken",
    "period": "2019-12-01",
    "value": 0.412,
    "threshold": 0.4,
}
# Source -> file -> (rows in, rows that go to quarantine as their place and the first check that they fail).
SAMPLES = {
    "lbf_boligsociale_data/boligsociale_data_2025-05.xlsx": (910, [("Data!H370", "has_a_share_between_0_and_1")]),
    "lbf_boligsociale_data/boligsociale_data_2026-05.xlsx": (
        1009,
        [
            ("Data!AP41, Data!AP42, Data!AP43", "numerator_at_most_denominator"),
            ("Data!BB306", "is_about_a_known_unit"),
        ],
    ),
    "tryghedssurvey/tryghedssurvey_2018_2021.csv": (20, []),
    "tryghedssurvey/tryghedssurvey_2023.xlsx": (8, []),
    "agreement_figures/agreement_figures.csv": (29, []),
    "ministry_list/ministry_list.csv": (5, []),
    "statbank/FVKOM": (2, []),
    "statbank/HFUDD21": (8, []),
    "statbank/NEET1": (8, []),
    "valg_dk/KV-2025-11-18": (36, []),
}


@pytest.mark.parametrize(
    ("source_id", "row", "check", "action"),
    [
        ("statbank", STATBANK | {"unit_level": "region", "unit_code": "085"}, "is_about_a_municipality", "stopped"),
        ("statbank", STATBANK | {"numerator": None}, "has_counts_behind_every_share", "quarantined"),
        ("statbank", STATBANK | {"unit_code": "999"}, "is_about_a_known_unit", "quarantined"),
        ("agreement_figures", FIGURE | {"wording": None}, "says_how_it_is_worded", "quarantined"),
        ("agreement_figures", FIGURE | {"exactness": "roughly"}, "says_how_exact_it_is", "quarantined"),
        ("agreement_figures", FIGURE | {"section": None}, "says_its_section", "quarantined"),
        ("ministry_list", LISTED | {"unit_level": "area"}, "is_about_a_ministry_area", "stopped"),
        ("ministry_list", LISTED | {"period": "2019-12-02"}, "is_a_list_of_the_first_of_december", "kept"),
        ("ministry_list", LISTED | {"threshold": None}, "states_its_threshold", "kept"),
    ],
)
def test_a_source_has_rules_of_its_own(tmp_path, source_id, row, check, action):
    good = {"statbank": STATBANK, "agreement_figures": FIGURE, "ministry_list": LISTED}[source_id]
    others = {"statbank": "FV-2026-03-24", "agreement_figures": "as_signed", "ministry_list": "2018-12-01"}
    beside = good | {"period": others[source_id]}
    if source_id == "agreement_figures":
        beside |= {"unit_level": "municipality", "unit_name": "Slagelse"}
    assert good_rows_that_fail(source_id, (good, beside), tmp_path) == []
    outcomes = checked(tmp_path, source_id, [beside, row])
    assert failed(outcomes)[check].action == action
    assert outcomes.stopped == (action == "stopped")
    assert [number for number, checks, _ in quarantined(outcomes) if check in checks] == (
        [] if action == "kept" else [1]
    )


_FAILED_OF_GOOD_ROWS: dict[str, list[str]] = {}


def good_rows_that_fail(source_id: str, rows: tuple[dict, ...], folder: Path) -> list[str]:
    """The checks that these rows fail, which are the same for every case of a source: found out once."""
    if source_id not in _FAILED_OF_GOOD_ROWS:
        _FAILED_OF_GOOD_ROWS[source_id] = list(failed(checked(folder, source_id, list(rows))))
    return _FAILED_OF_GOOD_ROWS[source_id]


def test_a_new_wave_alone_drops_nothing(tmp_path):
    municipality = {"unit_level": "municipality", "unit_name": "Slagelse"}
    wave_2021 = [survey_row(), survey_row(**municipality)]
    wave_2025 = [row | {"period": "2025-wave"} for row in wave_2021]
    assert failed(checked(tmp_path, "tryghedssurvey", wave_2025, previous=wave_2021)) == {}
    gone = [row | {"indicator_id": "volunteers"} for row in wave_2021]
    dropped = failed(checked(tmp_path, "tryghedssurvey", wave_2025, previous=wave_2021 + gone))
    assert dropped["keeps_every_period_of_the_last_delivery"].observed == "1 found: indicator_id=volunteers"


def test_a_year_that_was_a_slip_of_the_pen_does_not_make_the_corrected_file_an_older_one(tmp_path):
    known, slip = area_row(), area_row(period="2099")
    source_id, check = "lbf_boligsociale_data", "is_not_older_than_the_last_delivery"
    assert check not in failed(checked(tmp_path, source_id, [known], previous=[known, slip]))
    older = checked(tmp_path, source_id, [area_row(period="2022"), slip], previous=[known])
    assert failed(older)[check].observed == "1 found: newest=2023-12-31, found=2022-12-31"
    assert "whole export" in failed(older)[check].because


def test_a_delivery_is_held_against_what_was_loaded_of_the_one_before_it_and_not_against_its_quarantine(tmp_path):
    known, elsewhere = area_row(), area_row(unit_code="X", unit_name="Nowhere", period="2024")
    missed = {f"keeps_every_{one}_of_the_last_delivery" for one in ("unit", "period")}
    source_id, before = "lbf_boligsociale_data", [known, elsewhere]
    assert missed <= failed(checked(tmp_path, source_id, [known], previous=before)).keys()
    assert not missed & failed(checked(tmp_path, source_id, [known], previous=before, not_loaded=1)).keys()


@pytest.mark.parametrize("sample", SAMPLES)
def test_of_the_sample_deliveries_the_rows_that_are_bad_on_purpose_go_to_quarantine(repository_root, tmp_path, sample):
    source_id, name = sample.split("/")
    data, catalogue = DataDirectory(tmp_path / "data"), the_catalogue()
    snapshot = keep(data, source_id, Path(repository_root) / "samples" / source_id / name)
    delivery = delivered(source_id, "" if "." in name else name, snapshot)
    outcomes = check_delivery(data, catalogue, delivery, read_delivery(data, catalogue, delivery).path, None)
    rows_in, bad = SAMPLES[sample]
    assert (outcomes.rows_in, outcomes.rows_quarantined, outcomes.stopped) == (rows_in, len(bad), False)
    if bad:
        query = "SELECT place, failed_checks[1] FROM read_parquet(?)"
        assert duckdb.execute(query, [str(outcomes.quarantine_path)]).fetchall() == bad


def delivered(source_id: str, part_id: str, snapshot) -> Delivery:
    """A delivery of kept files."""
    fields = vars(delivery_of(source_id)) | {"part_id": part_id, "sha256": snapshot.sha256, "files": snapshot.files}
    return Delivery(**fields | {"delivery_id": snapshot.delivery_id})
