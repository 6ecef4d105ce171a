"""Workbooks and archives that are wrong or meant to harm: each is refused in words before a library opens it."""

import struct
import zipfile

import pytest

from benchmarks.generate import HEADERS
from catalogue.errors import DeliveryError
from tasks.reading.archive import unpacked
from tests.received import I3, ROW, UNIT, refusal, with_changed_part, workbook

SHEET = "xl/worksheets/sheet1.xml"
WIDE = ["Niveau", "Kode", "Navn", "Indikator", "Opgørelse"]
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.fixture
def good(tmp_path):
    """A workbook that can be read."""
    return workbook(tmp_path / "a.xlsx", HEADERS, ROW)


@pytest.fixture
def zip_of(tmp_path):
    def write(*members: tuple[str, bytes]):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return tmp_path / "a.zip"

    return write


def archive_refusal(path) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused, unpacked(path):
        pass
    return refused.value


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_truncated_workbook_is_refused(good, data_folder, kept):
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * kept)])
    error = refusal(good, data_folder)
    assert (error.what, error.place) == ("the file is cut short or damaged", "a.xlsx")


def test_a_damaged_part_of_a_workbook_is_named(good, data_folder):
    with zipfile.ZipFile(good) as archive:
        member = archive.getinfo(SHEET)
    content = bytearray(good.read_bytes())
    content[member.header_offset + 30 + len(SHEET) + member.compress_size // 2] ^= 0xFF
    good.write_bytes(content)
    assert refusal(good, data_folder).place == f"a.xlsx/{SHEET}"


def test_an_empty_workbook_file_is_refused(tmp_path, data_folder):
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert refusal(tmp_path / "a.xlsx", data_folder).found == "an empty file"


def test_a_web_page_under_a_workbooks_name_is_refused(tmp_path, data_folder):
    (tmp_path / "a.xlsx").write_text("\n<html><body>Din session er udløbet. Log ind</body></html>")
    error = refusal(tmp_path / "a.xlsx", data_folder)
    assert (error.place, error.found) == ("a.xlsx", "a web page (HTML), perhaps the portal's log-in page")


@pytest.mark.parametrize(
    ("marker", "found"),
    [("EncryptedPackage", "a workbook that is protected by a password"), ("Workbook", "an old Excel workbook (.xls)")],
)
def test_a_workbook_with_a_password_and_an_old_one_are_told_apart(tmp_path, data_folder, marker, found):
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    (tmp_path / "a.xlsx").write_bytes(header + marker.encode("utf-16-le"))
    error = refusal(tmp_path / "a.xlsx", data_folder)
    assert error.found.startswith(found)
    assert "without a password" in error.do


def test_a_zip_bomb_is_refused_by_what_it_states(good, data_folder):
    bomb = with_changed_part(good, "docProps/app.xml", lambda _: bytes(64 << 20))
    error = refusal(bomb, data_folder)
    assert "zip bomb" in error.what
    assert "bytes that unpack to 67," in error.found


def test_a_member_that_is_larger_than_it_states_is_refused_without_being_unpacked_whole(good, data_folder):
    bomb = with_changed_part(good, "docProps/app.xml", lambda _: bytes(64 << 20))
    true_size, stated_size = struct.pack("<I", 64 << 20), struct.pack("<I", 1000)
    bomb.write_bytes(bomb.read_bytes().replace(true_size, stated_size))
    error = refusal(bomb, data_folder)
    assert (error.what, error.place) == ("the file is cut short or damaged", f"{bomb.name}/docProps/app.xml")


@pytest.mark.parametrize("declaration", [BOMB, BOMB.decode().encode("utf-16-le"), BOMB.decode().encode("utf-16-be")])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_part_that_declares_entities_is_refused(good, data_folder, part, declaration):
    error = refusal(with_changed_part(good, part, lambda xml: declaration + xml), data_folder)
    assert "entity bomb" in error.what
    assert error.place.endswith(part)


@pytest.mark.parametrize(
    "name", ["../outside.json", "folder/../../outside.json", "/outside.json", "..\\outside.json", "C:\\outside"]
)
def test_an_archive_that_climbs_out_of_its_folder_is_refused(zip_of, name):
    error = archive_refusal(zip_of(("good.json", b"{}"), (name, b"{}")))
    assert "outside its folder" in error.what
    assert name.replace("\\", "") in error.place.replace("\\", "")


def test_a_workbook_that_climbs_out_of_its_folder_is_refused(good, data_folder):
    with zipfile.ZipFile(good, "a") as archive:
        archive.writestr("../../outside.xml", "x")
    assert "outside its folder" in refusal(good, data_folder).what


def test_documents_of_an_archive_are_unpacked_whole_and_by_name(zip_of):
    with unpacked(zip_of(("b/two.json", b"2"), ("one.json", b"1"), ("folder/", b""))) as documents:
        assert {name: path.read_bytes() for name, path in documents.items()} == {"b/two.json": b"2", "one.json": b"1"}
        paths = list(documents.values())
    assert not any(path.exists() for path in paths)


def test_an_archive_that_holds_another_is_not_unpacked_twice_and_one_with_a_password_is_refused(zip_of):
    path = zip_of(("one.json", b"1"))
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    assert "password" in archive_refusal(path).what


def test_a_zip_archive_that_is_no_workbook_is_refused(zip_of, data_folder):
    error = refusal(zip_of(("readme.txt", b"hej")), data_folder)
    assert error.found == "a zip archive that holds neither a workbook nor JSON documents"


def test_a_missing_sheet_is_named_with_the_sheets_that_are_there(tmp_path, data_folder):
    error = refusal(workbook(tmp_path / "a.xlsx", HEADERS, ROW, sheet="Ark1"), data_folder)
    assert (error.what, error.expected, error.found) == ("a sheet is missing", "sheet Data", "sheet Ark1")


def test_a_renamed_column_of_a_sheet_is_named_with_its_row(tmp_path, data_folder):
    headers = [header.replace("Nævner", "Nævneren") for header in HEADERS]
    error = refusal(workbook(tmp_path / "a.xlsx", ["Titel"], headers, ROW), data_folder)
    assert error.what == "a column is missing: Nævner"
    assert error.place == "a.xlsx, sheet Data, row 2"
    assert "Nævneren now" in error.found


def test_an_empty_sheet_is_refused(tmp_path, data_folder):
    error = refusal(workbook(tmp_path / "a.xlsx"), data_folder)
    assert (error.what, error.place) == ("no table was found", "a.xlsx, sheet Data")


def test_a_measure_that_the_contract_does_not_know_is_named_by_its_cell(tmp_path, data_folder):
    rows = [[*WIDE, "2022"], [*UNIT, I3, "Andel", 25], [*UNIT, I3, "Promille", 250]]
    error = refusal(workbook(tmp_path / "a.xlsx", *rows), data_folder)
    assert (error.place, error.found) == ("a.xlsx, Data!E3", "Promille")


def test_formulas_without_a_stored_result_are_named_by_their_first_cell(tmp_path, data_folder):
    rows = [HEADERS, [*ROW[:7], "=100*F2/G2"], [*ROW[:7], "=100*F3/G3"]]
    error = refusal(workbook(tmp_path / "a.xlsx", *rows), data_folder)
    assert (error.place, error.found) == ("a.xlsx, Data!H2", "2 formulas that no program has computed")
    assert "save it" in error.do


def test_formulas_that_a_program_filled_with_zeros_are_refused(good, data_folder):
    zeros = with_changed_part(
        good, SHEET, lambda xml: xml.replace(b'<c r="H2"><v>26.4</v>', b'<c r="H2"><f>100*F2/G2</f><v>0</v>')
    )
    assert "no program has computed" in refusal(zeros, data_folder).found


def test_a_sheet_that_is_no_xml_is_refused(good, data_folder):
    error = refusal(with_changed_part(good, SHEET, lambda xml: xml[: len(xml) // 2]), data_folder)
    assert error.what == "the workbook cannot be read"


def test_a_sheet_with_one_cell_in_its_last_corner_is_refused_before_it_takes_all_memory(good, data_folder):
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    error = refusal(with_changed_part(good, SHEET, lambda xml: xml.replace(b"</sheetData>", corner)), data_folder)
    assert (error.found, "delete the empty rows" in error.do) == ("1,048,576 rows and 16,384 columns", True)


def test_workbooks_of_two_layouts_in_one_delivery_are_refused_with_both(tmp_path, data_folder):
    folder = tmp_path / "delivery"
    folder.mkdir()
    workbook(folder / "a.xlsx", HEADERS, ROW)
    workbook(folder / "b.xlsx", [*WIDE, "2022"], [*UNIT, I3, "Andel", 25])
    error = refusal(folder, data_folder)
    assert (error.what, error.place, error.found) == (
        "one delivery holds files of several layouts", "a.xlsx, b.xlsx", "long, wide"
    )  # fmt: skip
