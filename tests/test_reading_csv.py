"""CSV deliveries that are right, in all the ways in which such files differ."""

import hashlib

import duckdb
import pytest

from benchmarks.generate import HEADERS
from catalogue.errors import HelhedsplanError
from tests.reading_of import contract_of
from tests.received import I3, LBF, ROW, UNIT, csv_file, csv_line, read_file, rows_of

HEADER = ";".join(HEADERS)
FIGURE = "unit_name, period, numerator, denominator, value"
AS_READ = ("Ringparken", "2023", 88.0, 333.0, 0.264)
TITLES = ["LBF Boligsociale Data;;;;;;;;;;", "", "Udtræk maj 2025;;;;;;;;;;"]
NOTES = ["", "* diskretioneret", ".. endnu ikke offentliggjort;;;;;;;;;;"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("notes", [[], NOTES])
@pytest.mark.parametrize("titles", [[], TITLES])
def test_titles_notes_encodings_and_line_ends_change_nothing(tmp_path, data_folder, encoding, line_end, notes, titles):
    lines = [*titles, HEADER, csv_line(ROW), csv_line(ROW), *notes]
    reading = read_file(csv_file(tmp_path / "a.csv", *lines, encoding=encoding, line_end=line_end), data_folder)
    assert rows_of(reading, FIGURE) == [AS_READ, AS_READ]


def test_a_row_stands_on_the_line_that_its_locator_says(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", *TITLES[::2], HEADER, csv_line(ROW), csv_line(ROW))
    reading = read_file(file, data_folder)
    assert rows_of(reading, "place, first_line + file_row_number") == [(None, 4), (None, 5)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_row_has_its_own_place_where_cells_hold_line_ends_or_lines_are_empty(tmp_path, data_folder, line_end):
    in_two_lines = csv_line(ROW) + f'"to{line_end}linjer"'
    lines = [HEADER, in_two_lines, csv_line(ROW), "", csv_line(ROW), in_two_lines]
    reading = read_file(csv_file(tmp_path / "a.csv", *lines, line_end=line_end), data_folder)
    assert rows_of(reading, "place, first_line") == [("line 2", 0), ("line 4", 0), ("line 6", 0), ("line 7", 0)]
    assert rows_of(reading, "note")[0] == (f"to{line_end}linjer",)


def test_a_file_with_two_kinds_of_line_ends_is_read(tmp_path, data_folder):
    file = tmp_path / "a.csv"
    file.write_text(f"{HEADER}\r\n{csv_line(ROW)}\n{csv_line(ROW)}\r\n", "utf-8", newline="")
    assert rows_of(read_file(file, data_folder), FIGURE) == [AS_READ, AS_READ]


def test_columns_may_come_in_another_order_and_with_others_that_are_noted(tmp_path, data_folder):
    header, row = [*HEADERS[::-1], "Kontaktperson"], [*ROW[::-1], "N. N."]
    reading = read_file(csv_file(tmp_path / "a.csv", ";".join(header), csv_line(row)), data_folder)
    assert rows_of(reading, FIGURE) == [AS_READ]
    assert reading.notes == ("a.csv: columns that the contract does not name were left out: Kontaktperson",)


def test_headers_are_recognised_whatever_their_case_and_blanks(tmp_path, data_folder):
    header = HEADER.replace("Tæller", "  tæller ").replace("Navn", "NAVN").replace("Kode", "Kode\u00a0")
    assert rows_of(read_file(csv_file(tmp_path / "a.csv", header, csv_line(ROW)), data_folder), FIGURE) == [AS_READ]


def test_an_optional_column_may_be_missing(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", ";".join(HEADERS[:-2]), csv_line(ROW[:-2]))
    assert rows_of(read_file(file, data_folder), FIGURE) == [AS_READ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["*", "31", "*"], (None, 31, None, "*", "withheld_by_source", None)),
        (["..", "..", ".."], (None, None, None, "..", "not_yet_published", None)),
        (["-", "-", "-"], (None, None, None, "-", "not_measured_in_this_period", None)),
        (["12", "..", None], (12, None, None, "..", "not_yet_published", None)),
        (["*", "31", "25,8"], (None, 31, 0.258, "*", None, None)),
        ([None, None, None], (None, None, None, None, "not_delivered", None)),
        (["12x", "31", None], (None, 31, None, None, None, "numerator='12x'")),
        (["12", "31", "n/a"], (12, 31, None, None, None, "value='n/a'")),
        (["'12", "1.031", "ca. 25 %"], (12, 1031, 0.25, None, None, None)),
        ([" 12 ", "31\u00a0", "38,7"], (12, 31, 0.387, None, None, None)),
    ],
)
def test_a_sign_is_a_reason_and_a_strange_text_is_unreadable(tmp_path, data_folder, cells, expected):
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line([*UNIT, I3, "2023", *cells, None, None, None]))
    reading = read_file(file, data_folder)
    assert rows_of(reading, "numerator, denominator, value, sign, missing_reason, unreadable") == [expected]


def test_a_sign_that_the_contract_reads_as_zero_is_a_figure(tmp_path, data_folder):
    contract = contract_of(LBF)
    contract = contract.model_copy(update={"signs": contract.signs | {"-": "zero"}})
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line([*UNIT, I3, "2023", "-", "31", "-", None, None, None]))
    reading = read_file(file, data_folder, contract=contract)
    assert rows_of(reading, "numerator, denominator, value, sign, missing_reason") == [(0, 31, 0, None, None)]


def test_unknown_codes_stay_as_published_and_a_strange_period_is_told(tmp_path, data_folder):
    row = ["Landsdel", "X", "Y", "I42 Noget nyt", "i fjor", 1, 2, None, None, None, None]
    reading = read_file(csv_file(tmp_path / "a.csv", HEADER, csv_line(row)), data_folder)
    assert rows_of(reading, "unit_level, indicator_id, period, unreadable") == [
        ("Landsdel", "I42 Noget nyt", None, "period='i fjor'")
    ]


def test_several_files_of_one_layout_are_one_delivery_with_a_place_for_each_row(tmp_path, data_folder):
    folder = tmp_path / "delivery"
    folder.mkdir()
    csv_file(folder / "a.csv", HEADER, csv_line(ROW), csv_line(ROW))
    csv_file(folder / "b.csv", "Titel", HEADER, csv_line(ROW))
    reading = read_file(folder, data_folder)
    assert rows_of(reading, "file_name, place") == [("a.csv", "line 2"), ("a.csv", "line 3"), ("b.csv", "line 3")]


@pytest.mark.parametrize("line", ["SYNTETISKE DATA – ikke rigtige tal", csv_line([*ROW[:-1], "SYNTETISK"])])
def test_a_file_that_says_anywhere_that_it_is_synthetic_is_synthetic(tmp_path, data_folder, line):
    lines = [line, HEADER, csv_line(ROW)] if ";" not in line else [HEADER, csv_line(ROW), line]
    assert read_file(csv_file(tmp_path / "a.csv", *lines), data_folder).is_synthetic
    assert not read_file(csv_file(tmp_path / "b.csv", HEADER, csv_line(ROW)), data_folder).is_synthetic


def test_a_table_without_rows_is_an_empty_reading(tmp_path, data_folder):
    assert read_file(csv_file(tmp_path / "a.csv", HEADER), data_folder).rows_in == 0


def test_the_same_bytes_are_parsed_once_and_give_the_same_rows_again(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line(ROW))
    first = read_file(file, data_folder)
    written = first.path.stat().st_mtime_ns
    assert read_file(file, data_folder) == first
    assert first.path.stat().st_mtime_ns == written
    before = rows_of(first)
    first.path.unlink()
    assert rows_of(read_file(file, data_folder)) == before


def test_rows_that_can_no_longer_be_read_are_parsed_again(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line(ROW))
    first = read_file(file, data_folder)
    before = rows_of(first)
    first.path.write_bytes(first.path.read_bytes()[:100])
    assert rows_of(read_file(file, data_folder)) == before


def test_where_rows_cannot_be_written_the_reason_is_said(tmp_path, data_folder):
    (data_folder / "parsed").mkdir(parents=True)
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line(ROW))
    blocked = data_folder / "parsed" / hashlib.sha256(file.read_bytes()).hexdigest()
    blocked.write_text("a file where a folder should be")
    with pytest.raises(HelhedsplanError, match="could not be written") as refused:
        read_file(file, data_folder)
    assert str(blocked) in refused.value.place


def test_a_changed_layout_is_another_version_and_a_new_caveat_is_not(tmp_path, data_folder):
    contract = contract_of(LBF)
    file = csv_file(tmp_path / "a.csv", HEADER, csv_line(ROW))
    first = read_file(file, data_folder, contract=contract)
    assert read_file(file, data_folder, contract=contract.model_copy(update={"caveats": ()})).version == first.version
    changed = contract.model_copy(update={"decimal_mark": "point"})
    assert read_file(file, data_folder, contract=changed).version != first.version


def test_a_large_file_is_read_in_order_with_its_notes_cut_off(tmp_path, data_folder):
    line = csv_line(ROW).replace(";88;", ";{};")
    file = csv_file(tmp_path / "a.csv", HEADER, *(line.format(number) for number in range(200_000)), *NOTES)
    reading = read_file(file, data_folder)
    with duckdb.connect() as connection:
        wrong = f"""SELECT count(*) FILTER (numerator <> file_row_number), count(*)
            FROM read_parquet('{reading.path}', file_row_number = true)"""
        assert connection.execute(wrong).fetchone() == (0, 200_000)
