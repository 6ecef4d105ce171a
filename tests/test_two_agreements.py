"""A second agreement is one more file: another municipality, with an area and an agreement of the very same names."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from catalogue.errors import CatalogueError
from catalogue.load import HOME, Catalogue, load_catalogue
from tests.checking_of import area_row, checked, municipality_row, parquet_of, quarantined
from tests.reading_of import contract_of, reading_of
from warehouse.build import Input, Request, make_tables
from warehouse.catalogue_tables import load_catalogue_tables
from warehouse.corrections import corrected_select
from warehouse.ledger import Ledger

LBF, DELIVERY = "lbf_boligsociale_data", "lbf_boligsociale_data-0123456789ab"
OTHER_AREA = "ringparken_i_odense"
BY_NAME = {"unit_code": None, "unit_name": "Ringparken"}
# Both municipalities' rows in one file; the last one does not say which Ringparken it is about.
ROWS = [
    municipality_row(),
    area_row(**BY_NAME, municipality_code="330"),
    municipality_row(unit_code="461", unit_name="Odense", numerator=9000, denominator=12000, value=0.75),
    area_row(**BY_NAME, municipality_code="461", numerator=50, denominator=200, value=0.25),
    area_row(numerator=60, denominator=100, period="2022"),
    area_row(**BY_NAME, municipality_code="101"),
    area_row(**BY_NAME, period="2022"),
]
SAYS_WHICH_OR_IS_CODED, SAYS_NOTHING_THAT_WE_KNOW = 5, [5, 6]


def with_a_second_agreement(folder: Path, municipality_code: str) -> Catalogue:
    """The catalogue and one more file, made of the first agreement's own words."""
    home = shutil.copytree(HOME, folder / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    agreement = yaml.safe_load((home / "agreements" / "en_faelles_indsats.yml").read_text("utf-8"))
    (area,) = (one for one in agreement["areas"] if one["area_id"] == "ringparken")
    department = area["departments"][0] | {"department_id": "anden_23"}
    second = {
        "agreement_id": "anden_aftale",
        "municipality_code": municipality_code,
        "areas": [area | {"area_id": OTHER_AREA, "published_as": ["RIN-O"], "departments": [department]}],
    }
    text = yaml.safe_dump(agreement | second, allow_unicode=True)
    (home / "agreements" / "anden_aftale.yml").write_text(text, encoding="utf-8")
    return load_catalogue(home)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Catalogue:
    return with_a_second_agreement(tmp_path_factory.mktemp("two"), "461")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, catalogue):
    return checked(tmp_path_factory.mktemp("checked"), LBF, ROWS, catalogue=catalogue)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory, catalogue, outcomes):
    folder = tmp_path_factory.mktemp("built")
    ledger = Ledger(folder / "ledger.jsonl")
    received = {"delivery_id": DELIVERY, "source_id": LBF, "part_id": "", "sha256": "0123456789ab", "files": []}
    ledger.append("run_started", {"run_id": "run-1"}, actor="test")
    ledger.append(
        "delivery_received", received | {"original_name": "f", "is_synthetic": True, "origin": "t"}, actor="test"
    )
    ledger.append("delivery_approved", {"delivery_id": DELIVERY}, actor="test")
    given = Input(DELIVERY, LBF, parquet_of(folder, ROWS, LBF), outcomes.quarantine_path, "1")
    entries = tuple(ledger.entries())
    with duckdb.connect() as connection:
        make_tables(connection, Request((given,), entries, (), catalogue, "run-1", "2026-11-23T01:00:00+00:00"))
        yield connection


def test_an_area_is_known_by_its_name_and_municipality_and_one_that_says_neither_goes_to_quarantine(outcomes):
    found = [(number, checks) for number, checks, _ in quarantined(outcomes)]
    assert found == [(number, ["is_about_a_known_unit"]) for number in SAYS_NOTHING_THAT_WE_KNOW]
    assert outcomes.rows_loaded == SAYS_WHICH_OR_IS_CODED


def test_each_agreement_shows_its_own_area_against_its_own_municipality(warehouse):
    query = """SELECT agreement_id, area_id, area, period, numerator, denominator, round(gap, 6)
        FROM mart.indicator_series WHERE indicator_id = 'daycare_1_5' AND area = 'Ringparken' AND value IS NOT NULL
        ORDER BY ALL"""
    assert warehouse.execute(query).fetchall() == [
        ("anden_aftale", OTHER_AREA, "Ringparken", "2023", 50, 200, -0.5),
        ("en_faelles_indsats", "ringparken", "Ringparken", "2022", 60, 100, None),
        ("en_faelles_indsats", "ringparken", "Ringparken", "2023", 90, 150, -0.275),
    ]


def test_the_board_s_table_has_every_cell_of_both_agreements(warehouse, catalogue):
    query = "SELECT agreement_id, count(*), count(DISTINCT area_id) FROM mart.goal_indicator GROUP BY ALL ORDER BY ALL"
    series = sum(len(one.all_series()) for one in catalogue.indicators if one.role == "fixed")
    assert warehouse.execute(query).fetchall() == [
        ("anden_aftale", 2 * series, 2),
        ("en_faelles_indsats", 4 * series, 4),
    ]


def test_statbank_is_asked_for_every_agreement_s_municipality(catalogue):
    statbank = catalogue.source_by_id["statbank"].statbank
    assert {table.agreement_areas for table in statbank.tables} == {("330", "461")}


@pytest.mark.parametrize(("asked", "told"), [(None, ["330", "340"]), (["330"], ["330"])])
def test_an_older_answer_says_nothing_of_a_municipality_that_nobody_asked_about_then(tmp_path, asked, told):
    """Nor does a table that has no such municipality, here 461, stop for it."""
    source = contract_of("statbank").about(("330", "340", "461"))
    folder = shutil.copytree(HOME.parent / "samples" / "statbank" / "FVKOM", tmp_path / "FVKOM")
    if asked:
        request = {"variables": [{"code": "OMRÅDE", "values": asked}]}
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    with reading_of(
        source.model_copy(update={"accepts": ("statbank",)}), folder, tmp_path / "data", "FVKOM"
    ) as reading:
        query = "SELECT DISTINCT municipality_code FROM reading ORDER BY ALL"
        assert [code for (code,) in reading.execute(query).fetchall()] == told


def test_two_areas_of_one_name_in_one_municipality_are_refused(tmp_path):
    with pytest.raises(CatalogueError) as refused:
        with_a_second_agreement(tmp_path, "330")
    assert "two units" in refused.value.what
    assert "in one municipality" in refused.value.what


def test_a_correction_by_a_name_of_units_in_two_municipalities_is_refused_and_one_by_a_code_is_read(tmp_path):
    with_a_second_agreement(tmp_path, "461")
    home = tmp_path / "catalogue"
    table = home / "corrections.csv"
    heading = table.read_text("utf-8").splitlines()[0]
    row = f"{LBF},daycare_1_5,area,{{}},2023,numerator,9,90,A digit was lost,steward,2026-11-01"
    table.write_text("\n".join((heading, row.format("Ringparken"))) + "\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(home)
    assert refused.value.expected == (
        "a code of one unit alone, or the municipality in a last column municipality_code; "
        f"this is a name of ringparken, {OTHER_AREA}"
    )
    table.write_text("\n".join((heading, row.format("RIN-O"))) + "\n", encoding="utf-8")
    assert [one["unit_published_as"] for one in load_catalogue(home).corrections] == ["RIN-O"]


def test_a_correction_by_such_a_name_that_tells_the_municipality_corrects_the_unit_there_alone(tmp_path):
    with_a_second_agreement(tmp_path, "461")
    home = tmp_path / "catalogue"
    heading = (home / "corrections.csv").read_text("utf-8").splitlines()[0]
    row = f"{LBF},daycare_1_5,area,Ringparken,2023,numerator,50,51,A digit was lost,steward,2026-11-01"

    def corrected_in(municipality: str) -> Catalogue:
        lines = (f"{heading},municipality_code", f"{row},{municipality}")
        (home / "corrections.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_catalogue(home)

    reading = parquet_of(tmp_path, ROWS, LBF)
    with duckdb.connect() as connection:
        for municipality, found in (("461", [51.0]), ("330", [50.0])):
            load_catalogue_tables(connection, corrected_in(municipality))
            corrected = corrected_select(connection, f"read_parquet('{reading}')", LBF)
            query = f"SELECT numerator FROM ({corrected}) WHERE municipality_code = '461' AND unit_level = 'area'"
            assert [one for (one,) in connection.execute(query).fetchall()] == found
    with pytest.raises(CatalogueError) as refused:
        corrected_in("101")
    assert refused.value.place == f"{home / 'corrections.csv'}, key line 2, municipality_code"
    assert refused.value.expected == "one of 330, 461"
