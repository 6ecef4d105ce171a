"""A contract that contradicts itself is refused before any file is read under it."""

import pytest
from pydantic import ValidationError

from catalogue.sources import Column, Layout, PeriodColumns, Source
from tests.reading_of import contract_of
from tests.received import read_file, rows_of

COLUMNS = {"indicator_id": {"header": "Indikator"}, "note": {"header": "Bemærkning", "optional": True}}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"ends_when_empty": "period"}, "ends_when_empty must name one of indicator_id"),
        ({"ends_when_empty": "note"}, "ends_when_empty must name one of indicator_id"),
        ({"fill_down": ["unit_name"]}, "not unit_name"),
        ({"alternatives": {"value": {"header": "Gennemsnit"}}}, "not value"),
        (
            {"columns": {"value": {"header": "Værdi", "scale_by": {"column": "unit", "factors": {"pct": 0.01}}}}},
            "not unit",
        ),
    ],
)
def test_a_layout_that_names_a_column_that_it_does_not_have_is_refused(changed, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Layout.model_validate({"layout_id": "long", "columns": COLUMNS} | changed)


def test_a_design_effect_that_is_not_delivered_is_the_one_that_the_contract_states(tmp_path, data_folder):
    contract = contract_of("tryghedssurvey")
    stated = contract.layouts[0].model_copy(update={"alternatives": {"design_effect": Column(constant="1,3")}})
    header = "Niveau;Område;Bølge;Instrument;Spørgsmål;Antal svar;Andel (pct);Designeffekt;Svarprocent"
    row = "Boligområde;{};2021;VIVE 2018/2021;I7 Føler sig tryg;51;73,0;{};37,3"
    survey = tmp_path / "survey.csv"
    survey.write_text("\n".join([header, row.format("Sydbyen", ""), row.format("Motalavej", "1,59")]), "utf-8")
    reading = read_file(survey, data_folder, contract=contract.model_copy(update={"layouts": (stated,)}))
    found = rows_of(reading, "unit_name, design_effect, unreadable")
    assert found == [("Sydbyen", 1.3, None), ("Motalavej", 1.59, None)]


def test_three_measures_of_a_wide_layout_cannot_fill_one_column():
    measures = {name: {"column": "value"} for name in ("Andel", "Gennemsnit", "Median")}
    with pytest.raises(ValidationError, match="at most two"):
        PeriodColumns.model_validate({"header_pattern": r"\d{4}", "measure_header": "Mål", "measures": measures})


def test_a_source_that_accepts_csv_needs_a_long_layout():
    contract = contract_of("lbf_boligsociale_data").model_dump(mode="json")
    wide = [layout for layout in contract["layouts"] if layout["period_columns"]]
    with pytest.raises(ValidationError, match="accepts csv but does not describe it"):
        Source.model_validate(contract | {"layouts": wide})
