"""CSV deliveries that are wrong: each ends in words that name the file, the place, what was expected, what to do."""

import pytest

from benchmarks.generate import HEADERS
from tests.reading_of import contract_of
from tests.received import LBF, ROW, csv_file, csv_line, refusal

HEADER = ";".join(HEADERS)
GOOD = csv_line(ROW)


@pytest.mark.parametrize("content", [b"", b"\r\n  \r\n"])
def test_an_empty_file_is_refused(tmp_path, data_folder, content):
    (tmp_path / "a.csv").write_bytes(content)
    error = refusal(tmp_path / "a.csv", data_folder)
    assert (error.place, "a CSV file" in error.expected) == ("a.csv", True)
    assert error.found in ("an empty file", "a file of blanks only")


@pytest.mark.parametrize(("line", "found"), [(GOOD + ";x", "12"), (";".join(GOOD.split(";")[:-3]), "8")])
def test_a_line_with_too_many_or_too_few_cells_is_named_by_its_number(tmp_path, data_folder, line, found):
    in_two_lines = GOOD + '"to\r\nlinjer"'
    error = refusal(csv_file(tmp_path / "a.csv", "Titel", "", HEADER, in_two_lines, line, GOOD), data_folder)
    assert error.place == "a.csv, line 6"
    assert (error.expected, error.found.partition(":")[0]) == ("11 cells", found)
    # The ledger keeps what is found, also of counts that are to be withheld.
    assert not any(digit.isdigit() for digit in error.found.partition(":")[2])


def test_a_file_that_was_cut_short_is_not_taken_for_one_with_a_note(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", HEADER, GOOD, GOOD)
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.rindex(b";I3")])
    error = refusal(file, data_folder)
    assert (error.place, "cut short" in error.do) == ("a.csv, line 3", True)


def test_a_quote_that_does_not_end_is_named_by_its_line(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", HEADER, GOOD, f'"{GOOD}', GOOD), data_folder)
    assert (error.place, "quote" in error.what) == ("a.csv, line 3", True)


def test_rows_between_two_stray_quotes_are_not_taken_for_notes(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", HEADER, GOOD, f'"{GOOD}', GOOD, f'{GOOD}"'), data_folder)
    assert error.place == "a.csv, line 3"


def test_text_in_utf_16_is_refused(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", HEADER, GOOD, encoding="utf-16"), data_folder)
    assert (error.place, error.expected) == ("a.csv", "text in utf-8 or cp1252")
    assert "UTF-16" in error.found


def test_a_byte_that_the_encoding_does_not_know_is_named_by_its_line(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", HEADER, GOOD, encoding="cp1252")
    file.write_bytes(file.read_bytes() + b"\x81;;;;;;;;;;\r\n")
    assert "line 3" in refusal(file, data_folder).found


def test_an_encoding_that_the_contract_does_not_name_is_refused(tmp_path, data_folder):
    contract = contract_of(LBF)
    only_utf8 = contract.model_copy(update={"csv": contract.csv.model_copy(update={"encodings": ("utf-8",)})})
    file = csv_file(tmp_path / "a.csv", "Titel", HEADER, GOOD, encoding="cp1252")
    error = refusal(file, data_folder, contract=only_utf8)
    assert (error.expected, "line 2" in error.found) == ("text in utf-8", True)


def test_text_that_was_encoded_twice_is_no_table_and_the_message_says_what_to_look_at(tmp_path, data_folder):
    twice = HEADER.encode().decode("cp1252")
    error = refusal(csv_file(tmp_path / "a.csv", twice, GOOD), data_folder)
    assert "Tæller" in error.what
    assert "TÃ¦ller" in error.found


def test_a_missing_column_is_named(tmp_path, data_folder):
    file = csv_file(tmp_path / "a.csv", "Titel", HEADER.replace(";Nævner", ""), GOOD)
    error = refusal(file, data_folder)
    assert error.what == "a column is missing: Nævner"
    assert (error.place, "Nævner" in error.expected, "Nævner" in error.found) == ("a.csv, line 2", True, False)


def test_a_renamed_column_is_named_with_what_it_may_be_called_now(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", HEADER.replace("Nævner", "Nævneren"), GOOD), data_folder)
    assert error.what == "a column is missing: Nævner"
    assert "Nævner is perhaps called Nævneren now" in error.found
    assert "contract" in error.do


def test_a_column_that_stands_twice_is_refused(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", f"{HEADER};Andel", f"{GOOD};12"), data_folder)
    assert (error.expected, error.found) == ("one column Andel", "2 columns Andel")


def test_a_file_without_a_table_is_refused_with_the_headers_that_it_should_have(tmp_path, data_folder):
    error = refusal(csv_file(tmp_path / "a.csv", "Kære alle", "hermed tallene"), data_folder)
    assert error.what == "no table was found"
    assert "Niveau, Kode, Navn" in error.expected


def test_files_of_another_kind_are_named_for_what_they_are(tmp_path, data_folder):
    found = {}
    for name, content in {
        "page.csv": b"\xef\xbb\xbf<!DOCTYPE html><html><body>Log ind</body></html>",
        "rows.csv": b'[{"Niveau": "Kommune"}]',
        "paper.csv": b"%PDF-1.7 ...",
    }.items():
        (tmp_path / name).write_bytes(content)
        found[name] = refusal(tmp_path / name, data_folder).found
    assert found["page.csv"].startswith("a web page (HTML)")
    assert found["rows.csv"].startswith("JSON")
    assert found["paper.csv"] == "a PDF"


def test_files_of_several_formats_in_one_delivery_are_refused(tmp_path, data_folder):
    folder = tmp_path / "delivery"
    folder.mkdir()
    csv_file(folder / "a.csv", HEADER, GOOD)
    (folder / "b.csv").write_bytes(b"")
    assert refusal(folder, data_folder).place == "b.csv"
