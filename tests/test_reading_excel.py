"""Excel deliveries that are right: long and wide, with what people and programs do to workbooks."""

from datetime import date, datetime

import pytest

from benchmarks.generate import HEADERS
from tests.reading_of import contract_of
from tests.received import I3, ROW, UNIT, read_file, rows_of, with_changed_part, workbook

FIGURE = "unit_name, period, numerator, denominator, value"
AS_READ = ("Ringparken", "2023", 88.0, 333.0, 0.264)
WIDE = ["Niveau", "Kode", "Navn", "Indikator", "Opgørelse"]
SHEET = "xl/worksheets/sheet1.xml"


def period_and_value(tmp_path, data, period: object, value: object = 26.4) -> tuple:
    file = workbook(tmp_path / "a.xlsx", HEADERS, [*UNIT, I3, period, 88, 333, value])
    return rows_of(read_file(file, data), "period, value")[0]


@pytest.mark.parametrize(("top", "left"), [(0, 0), (5, 0), (3, 2)])
def test_a_table_may_begin_anywhere_and_its_places_are_those_of_excel(tmp_path, data_folder, top, left):
    file = workbook(tmp_path / "a.xlsx", HEADERS, ROW, ROW, top=top, left=left)
    reading = read_file(file, data_folder)
    assert rows_of(reading, FIGURE) == [AS_READ, AS_READ]
    columns = ("FGH", "HIJ")[left // 2]
    places = [", ".join(f"Data!{column}{row}" for column in columns) for row in (top + 2, top + 3)]
    assert rows_of(reading, "place, first_line") == [(place, 0) for place in places]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (2023, "2023"), ("2023", "2023"), ("2022/23", "2022/2023"), (date(2023, 9, 30), "2023-09-30"),
        (datetime.fromisoformat("2023-09-30T12:00"), "2023-09-30"), ("KV 16-11-2021", "KV-2021-11-16"), (45199, None),
    ],
)  # fmt: skip
def test_periods_come_as_numbers_texts_and_dates(tmp_path, data_folder, period, expected):
    assert period_and_value(tmp_path, data_folder, period)[0] == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(26.4, 0.264), ("26,4", 0.264), ("26,4 %", 0.264), (30, 0.3), (0.1 + 0.2, 0.003)]
)
def test_native_numbers_and_numbers_kept_as_text_are_the_same_figure(tmp_path, data_folder, value, expected):
    assert period_and_value(tmp_path, data_folder, 2023, value)[1] == expected


def test_titles_empty_rows_and_footnotes_are_no_rows(tmp_path, data_folder):
    rows = [
        ["LBF Boligsociale Data"],
        [],
        HEADERS,
        ROW,
        [],
        ROW,
        [],
        ["* diskretioneret", "5 eller færre"],
        ["Kilde: LBF"],
    ]
    reading = read_file(workbook(tmp_path / "a.xlsx", *rows), data_folder)
    assert rows_of(reading, "place, numerator") == [
        ("Data!F4, Data!G4, Data!H4", 88.0),
        ("Data!F6, Data!G6, Data!H6", 88.0),
    ]


def test_a_row_without_its_indicator_is_a_row_still_and_not_lost(tmp_path, data_folder):
    rows = [HEADERS, ROW, [*UNIT, None, "2023", 12, 31, 38.7]]
    assert rows_of(read_file(workbook(tmp_path / "a.xlsx", *rows), data_folder), "indicator_id, numerator")[1] == (
        None,
        12.0,
    )


def test_merged_cells_are_filled_down_to_the_next_one(tmp_path, data_folder):
    later = [None, *ROW[1:2], None, *ROW[3:]]
    other = ["Kommune", "330", "Slagelse", *ROW[3:]]
    reading = read_file(workbook(tmp_path / "a.xlsx", HEADERS, ROW, later, other, later), data_folder)
    names = [("area", "Ringparken"), ("area", "Ringparken"), ("municipality", "Slagelse"), ("municipality", "Slagelse")]
    assert rows_of(reading, "unit_level, unit_name") == names


def test_an_error_in_a_cell_is_told_and_not_taken_for_nothing(tmp_path, data_folder):
    file = workbook(tmp_path / "a.xlsx", HEADERS, ROW, [*ROW[:7], 77.0])
    broken = with_changed_part(
        file, SHEET, lambda xml: xml.replace(b'<c r="H3"><v>77</v>', b'<c r="H3" t="e"><f>F3/0</f><v>#DIV/0!</v>')
    )
    assert rows_of(read_file(broken, data_folder), "value, unreadable") == [(0.264, None), (None, "value='#DIV/0!'")]


def test_a_formula_with_its_stored_result_is_a_figure(tmp_path, data_folder):
    file = workbook(tmp_path / "a.xlsx", HEADERS, [*ROW[:7], 77.0])
    computed = with_changed_part(
        file, SHEET, lambda xml: xml.replace(b'<c r="H2"><v>77</v>', b'<c r="H2"><f>100*F2/G2</f><v>26.4</v>')
    )
    assert rows_of(read_file(computed, data_folder), FIGURE) == [AS_READ]


def test_a_wide_layout_gives_a_row_per_indicator_and_period_with_the_cells_of_its_measures(tmp_path, data_folder):
    unit = [*UNIT, I3]
    rows = [
        [*WIDE, "2022", "30-09-2023"],
        [*unit, "Tæller", 80, "*"],
        [*unit, "Nævner", 320, 333],
        [*unit, "Andel", 25, "*"],
        [*["Kommune", "330", "Slagelse"], "B Beboere i alt", "Tæller", None, "79.996"],
    ]
    reading = read_file(workbook(tmp_path / "a.xlsx", *rows), data_folder)
    assert rows_of(reading, "place, period, numerator, denominator, value, sign, missing_reason") == [
        ("Data!F2, Data!F3, Data!F4", "2022", 80, 320, 0.25, None, None),
        ("Data!G2, Data!G3, Data!G4", "2023-09-30", None, 333, None, "*", "withheld_by_source"),
        ("Data!G5", "2023-09-30", 79996, None, None, None, None),
    ]


def test_a_measure_that_stands_twice_in_a_wide_layout_stays_twice(tmp_path, data_folder):
    unit = [*UNIT, I3]
    rows = [[*WIDE, "2022"], [*unit, "Tæller", 80], [*unit, "Nævner", 320], [*unit, "Tæller", 81]]
    reading = read_file(workbook(tmp_path / "a.xlsx", *rows), data_folder)
    assert rows_of(reading, "numerator, denominator") == [(80.0, 320.0), (81.0, None)]


def test_periods_of_a_wide_layout_may_be_numbers_and_dates(tmp_path, data_folder):
    rows = [[*WIDE, 2022, date(2023, 9, 30)], [*UNIT, I3, "Andel", 25, 26]]
    assert rows_of(read_file(workbook(tmp_path / "a.xlsx", *rows), data_folder), "period, value") == [
        ("2022", 0.25),
        ("2023-09-30", 0.26),
    ]


def test_several_workbooks_of_one_layout_are_one_delivery(tmp_path, data_folder):
    folder = tmp_path / "delivery"
    folder.mkdir()
    workbook(folder / "a.xlsx", HEADERS, ROW)
    workbook(folder / "b.xlsx", HEADERS, ROW, ROW, top=2)
    reading = read_file(folder, data_folder)
    assert rows_of(reading, "file_name, place") == [
        (file, ", ".join(f"Data!{column}{row}" for column in "FGH"))
        for file, row in (("a.xlsx", 2), ("b.xlsx", 4), ("b.xlsx", 5))
    ]


def test_where_the_contract_names_no_sheet_the_one_with_the_headers_is_found(tmp_path, data_folder):
    contract = contract_of("lbf_boligsociale_data")
    anywhere = tuple(layout.model_copy(update={"sheet": None}) for layout in contract.layouts)
    file = workbook(tmp_path / "a.xlsx", HEADERS, ROW, sheet="Udtræk maj 2025")
    reading = read_file(file, data_folder, contract=contract.model_copy(update={"layouts": anywhere}))
    assert rows_of(reading, "place, value") == [
        ("'Udtræk maj 2025'!F2, 'Udtræk maj 2025'!G2, 'Udtræk maj 2025'!H2", 0.264)
    ]


@pytest.mark.parametrize("part", [SHEET, "docProps/core.xml"])
def test_a_workbook_that_says_anywhere_that_it_is_synthetic_is_synthetic(tmp_path, data_folder, part):
    file = workbook(tmp_path / "a.xlsx", HEADERS, ROW)
    assert not read_file(file, data_folder).is_synthetic
    marked = with_changed_part(file, part, lambda xml: xml + b"<!-- SYNTETISK -->")
    assert read_file(marked, data_folder).is_synthetic


def test_cells_of_a_program_that_prefixes_every_element_are_looked_through_too(tmp_path, data_folder):
    file = workbook(tmp_path / "a.xlsx", HEADERS, [*ROW[:7], 77.0])

    def prefixed(xml: bytes) -> bytes:
        xml = xml.replace(b'<c r="H2"><v>77</v>', b'<c r="H2" t="e"><v>#N/A</v>')
        return xml.replace(b"</", b"\0").replace(b"<", b"<x:").replace(b"\0", b"</x:").replace(
            b"<x:?xml", b"<?xml"
        ).replace(b" xmlns=", b" xmlns:x=")  # fmt: skip

    reading = read_file(with_changed_part(file, SHEET, prefixed), data_folder)
    assert rows_of(reading, "numerator, unreadable") == [(88.0, "value='#N/A'")]


def test_a_sheet_that_is_only_formatted_to_its_last_corner_is_read(tmp_path, data_folder):
    file = workbook(tmp_path / "a.xlsx", HEADERS, ROW)
    corner = b'<row r="1048576" ht="15"><c r="XFD1048576" s="0"/></row></sheetData>'
    formatted = with_changed_part(file, SHEET, lambda xml: xml.replace(b"</sheetData>", corner))
    assert rows_of(read_file(formatted, data_folder), FIGURE) == [AS_READ]
