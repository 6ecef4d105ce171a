"""A contract that contradicts itself is refused before any file is read under it."""

import pytest
from pydantic import ValidationError

from catalogue.sources import Layout, PeriodColumns, Source
from tests.reading_of import contract_of

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


def test_three_measures_of_a_wide_layout_cannot_fill_one_column():
    measures = {name: {"column": "value"} for name in ("Andel", "Gennemsnit", "Median")}
    with pytest.raises(ValidationError, match="at most two"):
        PeriodColumns.model_validate({"header_pattern": r"\d{4}", "measure_header": "Mål", "measures": measures})


def test_a_source_that_accepts_csv_needs_a_long_layout():
    contract = contract_of("lbf_boligsociale_data").model_dump(mode="json")
    wide = [layout for layout in contract["layouts"] if layout["period_columns"]]
    with pytest.raises(ValidationError, match="accepts csv but does not describe it"):
        Source.model_validate(contract | {"layouts": wide})
