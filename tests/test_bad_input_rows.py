"""Bad rows in files that can be read, taken through a whole night: they go to quarantine whole, the rest goes on.

A small LBF export brings every kind of bad row beside one good one; a survey with its columns in another order and
one too many, and an election with a district told twice and one of another municipality, come in the same night.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tasks.receive import deliver
from tasks.summary import RunSummary
from tests.deliveries_for_tests import (
    HOW_IT_CAME,
    SURVEY,
    ask,
    columns_of_csv,
    election,
    entries_of,
    good_data,
    lbf_workbook,
    marts,
    run,
    the_catalogue,
)
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
LBF, SURVEY_ID, VALG = "lbf_boligsociale_data", "tryghedssurvey", "valg_dk"
CHARGED, MARKS = "I6 Andel 15-29-årige, der er sigtet", "I2 Karaktergennemsnit i dansk og matematik"
MOT, RIN, SYD = (
    ("Boligområde", "MOT", "Motalavej"),
    ("Boligområde", "RIN", "Ringparken"),
    ("Boligområde", "SYD", "Sydbyen"),
)


@dataclass(frozen=True)
class Row:
    """A row of the export: its cells, the check that must find it (None: it is good), its first cell that is named."""

    cells: tuple[Any, ...]
    check: str | None = None
    column: str = "F"


ROWS = {
    "a good row": Row((*RIN, CHARGED, 2024, 16, 414)),
    "a percentage of 250": Row((*MOT, CHARGED, 2022, None, None, 250), "has_a_share_between_0_and_1", "H"),
    "a numerator above its denominator": Row((*RIN, CHARGED, 2022, 147, 87), "numerator_at_most_denominator"),
    "an unknown area": Row(("Boligområde", "NOR", "Nørrevang", CHARGED, 2022, 9, 87), "is_about_a_known_unit"),
    "an unknown municipality": Row(("Kommune", "999", "Andeby", CHARGED, 2022, 9, 87), "is_about_a_known_unit"),
    "an area's code beside another one's name": Row(
        ("Boligområde", "MOT", "Sydbyen", CHARGED, 2022, 9, 87), "has_code_and_name_of_one_unit"
    ),
    "a period in the future": Row((*MOT, CHARGED, 2099, 10, 230), "is_not_about_the_future"),
    "a period of another kind": Row((*MOT, CHARGED, "2022/2023", 10, 230), "has_a_period_of_its_indicators_kind"),
    "a row": Row((*SYD, CHARGED, 2021, 12, 195)),
    "the same row again": Row((*SYD, CHARGED, 2021, 12, 195), "is_told_once"),
    "one of two that contradict each other": Row((*SYD, CHARGED, 2020, 12, 187), "is_not_contradicted"),
    "the other one": Row((*SYD, CHARGED, 2020, 13, 187), "is_not_contradicted"),
    "a mark of 14": Row((*SYD, MARKS, "2022/2023", None, 20, None, "14,0"), "has_a_mark_on_the_scale", "G"),
    "a number that is none": Row((*RIN, CHARGED, 2021, "28x", 423), "is_readable"),
    "a period that is none": Row((*RIN, CHARGED, "sidste år", 28, 423), "is_readable"),
    "an unknown indicator": Row((*RIN, "Z9 Noget helt andet", 2021, 28, 423), "is_about_a_known_indicator"),
    "a count below nought": Row((*RIN, CHARGED, 2020, -32, 434), "has_no_negative_count"),
    # Without its newest period a delivery is taken for an older one.
    "residents of the newest day": Row((*RIN, "B Beboere i alt", "2025-01-01", 1826)),
    "a last good row": Row((*MOT, CHARGED, 2024, 15, 232)),
}  # fmt: skip
BAD = [case for case, row in ROWS.items() if row.check]


def a_district_twice_and_one_from_elsewhere(documents: dict[str, Any]) -> None:
    name, document = next(iter(documents.items()))
    documents[f"igen {name}"] = dict(document)
    elsewhere = {"Kommunekode": 329, "Kommune": "Ringsted", "AfstemningsområdeDagiId": "999999"}
    documents["fremmed.json"] = document | elsewhere | {"Afstemningsområde": "Ringsted - Ringstedhallen"}


@dataclass(frozen=True)
class Night:
    """One night, what was there before it, and which delivery each source's file became."""

    data: DataDirectory
    before: dict[str, list[tuple[Any, ...]]]
    summary: RunSummary
    delivery_ids: dict[str, str]


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> Night:
    data = good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("rows") / "data")
    before, folder = marts(data, but=HOW_IT_CAME), tmp_path_factory.mktemp("delivered")
    lbf_workbook(folder / "rettelser.xlsx", [row.cells for row in ROWS.values()])
    columns_of_csv(SURVEY, lambda cells: ["Løbenummer", *reversed(cells)], "cp1252")(folder / "omvendt.csv")
    election(a_district_twice_and_one_from_elsewhere)(folder / "KV-2025-11-18")
    files = {LBF: folder / "rettelser.xlsx", SURVEY_ID: folder / "omvendt.csv", VALG: folder / "KV-2025-11-18"}
    ids = {
        source_id: deliver(data, the_catalogue(), path, source_id, actor="test")[0] for source_id, path in files.items()
    }
    return Night(data, before, run(data, *files), ids)


@pytest.fixture(scope="module")
def quarantined(night) -> dict[str, list[Any]]:
    """The export's rows in quarantine: file and figure's cell -> (failed checks, because, found, is withheld)."""
    query = f"""SELECT locator, failed_checks, because, found, is_withheld FROM audit.quarantine
        WHERE delivery_id = '{night.delivery_ids[LBF]}' ORDER BY row_number"""
    return {", ".join(locator.split(", ")[:2]): told for locator, *told in ask(night.data, query)}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_goes_to_quarantine_with_its_cell_its_check_and_what_it_says(quarantined, case):
    cell = f"rettelser.xlsx, Data!{ROWS[case].column}{list(ROWS).index(case) + 4}"
    assert cell in quarantined
    checks, because, found, is_withheld = quarantined[cell]
    assert ROWS[case].check in checks
    assert because
    assert bool(found) != is_withheld


def test_no_good_row_is_in_quarantine_and_the_good_ones_are_published(night, quarantined):
    assert len(quarantined) == len(BAD)
    query = """SELECT area_id, numerator FROM mart.indicator_series
        WHERE indicator_id = 'charged_15_29' AND period = '2024' AND area_level = 'area' ORDER BY area_id"""
    assert ask(night.data, query) == [("motalavej", 15.0), ("ringparken", 16.0), ("sydbyen", 13.0)]


def test_every_other_figure_stands_as_it_was(night):
    """Also those that a bad row was about: the last good release of each stays."""
    after = marts(night.data, but=HOW_IT_CAME)
    changed = {
        (row["indicator_id"], row["area_id"], row["period"])
        for row in rows_that_differ(night, before=night.before["indicator_series"], after=after["indicator_series"])
    }
    assert changed == {("charged_15_29", area, "2024") for area in ("motalavej", "ringparken", "total")}


def rows_that_differ(night: Night, before: list[tuple], after: list[tuple]) -> list[dict[str, Any]]:
    with duckdb.connect(night.data.warehouse, read_only=True) as connection:
        query = """SELECT column_name FROM duckdb_columns() WHERE schema_name = 'mart'
            AND table_name = 'indicator_series' ORDER BY column_index"""
        names = [name for (name,) in connection.execute(query).fetchall() if name not in HOW_IT_CAME.split(", ")]
    return [dict(zip(names, row, strict=True)) for row in {*before} ^ {*after}]


def test_rows_in_are_rows_loaded_and_rows_in_quarantine(night):
    checked = {one.body["delivery_id"]: one.body for one in entries_of(night.data, "delivery_checked")}
    rows = {
        source_id: tuple(checked[delivery_id][name] for name in ("rows_in", "rows_loaded", "rows_quarantined"))
        for source_id, delivery_id in night.delivery_ids.items()
    }
    assert rows == {LBF: (len(ROWS), len(ROWS) - len(BAD), len(BAD)), SURVEY_ID: (20, 20, 0), VALG: (40, 36, 4)}
    query = "SELECT delivery_id, count(*) FROM core.observation GROUP BY ALL"
    loaded = dict(ask(night.data, query))
    assert {source_id: loaded[delivery_id] for source_id, delivery_id in night.delivery_ids.items()} == {
        source_id: counts[1] for source_id, counts in rows.items()
    }


def test_a_row_in_quarantine_makes_no_delivery_newer_than_it_is(night):
    (checked,) = [
        one.body for one in entries_of(night.data, "delivery_checked")
        if one.body["delivery_id"] == night.delivery_ids[LBF]
    ]  # fmt: skip
    assert checked["newest_periods"] == {"charged_15_29": "2024-12-31", "residents": "2025-01-01"}


def test_rows_in_quarantine_fail_no_run_but_are_counted(night):
    assert (night.summary.exit_code, night.summary.problems) == (0, ())
    before = 3  # bad rows of the samples
    assert night.summary.rows_quarantined == before + len(BAD) + 4


def test_columns_in_another_order_and_one_too_many_give_the_same_figures_and_a_note(night):
    (checked,) = [
        one.body for one in entries_of(night.data, "delivery_checked")
        if one.body["delivery_id"] == night.delivery_ids[SURVEY_ID]
    ]  # fmt: skip
    assert checked["notes"] == ["omvendt.csv: columns that the contract does not name were left out: Løbenummer"]


def test_a_district_told_twice_counts_once_and_one_of_another_municipality_not_at_all(night):
    query = f"""SELECT file_name, failed_checks FROM audit.quarantine
        WHERE delivery_id = '{night.delivery_ids[VALG]}' ORDER BY ALL"""
    found = dict(ask(night.data, query))
    assert len(found) == 2
    assert "has_a_district_of_that_municipality" in found["fremmed.json"]
    (again,) = [name for name in found if name != "fremmed.json"]
    assert found[again] == ["is_told_once"]
    query = """SELECT numerator, denominator FROM mart.indicator_series WHERE area_level = 'municipality'
        AND indicator_id = 'turnout_municipal_election' AND period = 'KV-2025-11-18'"""
    assert ask(night.data, query) == [(42578.0, 65812.0)]
