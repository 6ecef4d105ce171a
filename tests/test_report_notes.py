"""What a source says of a figure stands where the figure stands: derived, left out, not measured."""

from pathlib import Path

import pikepdf
from python_calamine import CalamineWorkbook

from tasks.reading.statbank import ABSENT_NOTE
from tasks.report import write_report
from tests.pdf_text import words_of_pages
from tests.report_fixture import rows_of, warehouse_for_the_page, words_of


def row_of(page: Path, name: str, nth: int = 0) -> list[str]:
    return [row for row in rows_of(page) if row and row[0].startswith(name)][nth]


def test_a_note_of_the_source_is_told_below_the_table_and_marked_at_the_figure(site):
    words = words_of(site / "goal-community.html")
    assert "note 1" in row_of(site / "goal-community.html", "Slagelse Kommune")[2]
    assert "Note 1: Afledt: filens tal minus dens egne forskelle." in words


def test_a_note_stands_on_the_first_page_where_the_figure_stands(site):
    (head,) = [row[0] for row in rows_of(site / "index.html") if "Kommunen, KV 2021: Afledt" in row[0]]
    assert "Indikator 9" in head
    assert head.count("Afledt") == 1


SECOND = "også målt med spørgeskemaet »LBF 2023 (forkortet)«, en serie for sig, som ikke er vist"


def test_a_second_questionnaire_in_a_wave_is_named_on_page_paper_and_workbook(tmp_path):
    warehouse = warehouse_for_the_page(
        tmp_path,
        f"""UPDATE mart.indicator_series SET note = '{SECOND}'
        WHERE indicator_id = 'feels_safe' AND area_id = 'ringparken' AND value IS NOT NULL""",
    )
    report = write_report(warehouse, tmp_path / "report").parent
    assert f": {SECOND}." in words_of(report / "index.html")
    assert f"Note 1: {SECOND}." in words_of(report / "goal-crime_and_safety.html")
    with pikepdf.open(report / "bestyrelsespapir.pdf") as paper:
        assert "med spørgeskemaet »LBF 2023 (forkortet)«" in " ".join(words_of_pages(paper))
    workbook = CalamineWorkbook.from_path(report / "tal.xlsx")
    for sheet in ("Overblik", "Mål 3"):
        rows = workbook.get_sheet_by_name(sheet).to_python()
        assert {row[2] for row in rows if any(SECOND in str(cell) for cell in row)} == {"Ringparken"}


ABSENT = f"""UPDATE mart.indicator_series SET value = NULL, low = NULL, high = NULL, numerator = NULL,
    missing_reason = 'withheld_by_source', is_zero_or_withheld = true, note = '{ABSENT_NOTE}; mere'
    WHERE indicator_id = 'daycare_1_5' AND area_id = 'motalavej' AND period = '2019'"""


def test_a_row_that_the_source_left_out_is_told_as_0_or_withheld_on_page_and_in_workbook(tmp_path):
    report = write_report(
        warehouse_for_the_page(tmp_path, ABSENT), tmp_path / "report", forms=("site", "workbook")
    ).parent
    told = "0 eller tilbageholdt af kilden, uvist hvilket"
    row = row_of(report / "goal-education.html", "Motalavej", nth=1)
    assert [cell for cell in row if f"Intet tal: {told}" in cell] != []
    assert told in words_of(report / "sources.html")
    sheet = CalamineWorkbook.from_path(report / "tal.xlsx").get_sheet_by_name("Mål 1").to_python()
    assert [row[2:4] for row in sheet if told in row] == [["Motalavej", "2019"]]
