"""The workbook: real numbers in Danish formats, notes that explain, and no text that Excel could run."""

import re
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tasks.report import write_report
from tests.report_fixture import warehouse_for_the_page
from warehouse.ledger import Ledger

SHEETS = [
    "Overblik", "Ændringer", "Mål 1", "Mål 2", "Mål 3", "Mål 4", "Milepæle", "Definitioner", "Kilder", "Kontrol",
]  # fmt: skip
HEAD = 5


def written(folder: Path, *changes: str) -> Path:
    entry = Ledger(folder / "ledger.jsonl").append(
        "publication_made", {"publication_id": "20261123T020000-0f3a9c"}, actor="test"
    )
    warehouse_file = warehouse_for_the_page(folder, *changes)
    return write_report(warehouse_file, folder / "report", [entry], forms=("workbook",)).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("workbook"))


def rows(path: Path, sheet: str) -> list[dict]:
    """The rows below the headings, by heading; of equal headings the last."""
    lines = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(lines[HEAD], line, strict=True)) for line in lines[HEAD + 1 :]]


def parts(path: Path, pattern: str) -> str:
    with zipfile.ZipFile(path) as workbook:
        return "".join(workbook.read(name).decode() for name in workbook.namelist() if re.search(pattern, name))


def test_there_is_an_overview_a_sheet_for_each_goal_and_definitions_sources_and_checks(folder):
    assert CalamineWorkbook.from_path(folder / "tal.xlsx").sheet_names == SHEETS
    assert len(CalamineWorkbook.from_path(folder / "en" / "figures.xlsx").sheet_names) == len(SHEETS)


def test_figures_are_numbers_unrounded_and_days_are_days(folder):
    (row,) = [
        row for row in rows(folder / "tal.xlsx", "Mål 4")
        if (row["Område"], row["Periode"], row["Indikator"]) == ("Slagelse Kommune", "KV 2025", "Kommunalvalg")
    ]  # fmt: skip
    assert row["Tal"] == 42578 / 65812
    assert (row["Tæller"], row["Nævner"]) == (42578, 65812)
    (source,) = [row for row in rows(folder / "tal.xlsx", "Kilder") if row["Kilde"].startswith("LBF")]
    assert str(source["Modtaget (dansk tid)"]) == "2026-11-20 11:00:00"
    assert str(source["Næste ventes"])[:10] == "2027-05-01"


def test_formats_are_danish_in_the_danish_workbook_and_english_in_the_other(folder):
    danish, english = (parts(folder / name, "styles.xml") for name in ("tal.xlsx", "en/figures.xlsx"))
    assert 'formatCode="[$-406]0.0\\ %"' in danish
    assert 'formatCode="[$-406]d. mmmm yyyy"' in danish
    assert 'formatCode="[$-809]0.0%"' in english
    assert "[$-406]" not in english


def test_the_overview_has_the_verdict_its_sentence_and_the_difference_with_its_limits(folder):
    (row,) = [
        row for row in rows(folder / "tal.xlsx", "Overblik")
        if (row["Område"], row["Indikator"]) == ("Ringparken", "Børn i dagtilbud")
    ]  # fmt: skip
    assert row["Vurdering"] == "Bedre udvikling end kommunen"
    assert row["Udvikling siden baseline"].endswith("Området har udviklet sig bedre end kommunen.")
    assert row["Udvikling, område minus kommune (point)"] == pytest.approx(4.0277, abs=1e-3)
    assert row["Nedre grænse (point)"] == pytest.approx(0.9277, abs=1e-3)


def test_a_row_is_as_high_as_its_longest_text_is_long(folder):
    with zipfile.ZipFile(folder / "tal.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode("utf-8")
    heights = [float(height) for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', sheet)]
    told = [row["Udvikling siden baseline"] for row in rows(folder / "tal.xlsx", "Overblik")]
    # After the rows of title, banner and head; a column of 58 letters.
    assert [height >= 13.5 * len(text) / 58 for text, height in zip(told, heights[3:], strict=True)] == [True] * 32


def test_every_sheet_names_the_publication_the_ledgers_digest_and_synthetic_figures(folder):
    digest = Ledger(folder.parent / "ledger.jsonl").entries()[0].digest
    workbook = CalamineWorkbook.from_path(folder / "tal.xlsx")
    for sheet in SHEETS:
        above = [line[0] for line in workbook.get_sheet_by_name(sheet).to_python()[:HEAD]]
        assert above[1].startswith("Udgivelse 20261123T020000-0f3a9c, dannet 23. november 2026 kl. 02.02")
        assert above[2] == f"Hele kontrolkoden, som den står i protokollen (SHA-256): {digest}"
        assert above[3].startswith("SYNTETISKE TAL: Tallene fra LBF")


def test_the_sheet_of_changes_has_a_short_title_and_says_below_it_what_they_come_to(folder):
    above = [
        line[0] for line in CalamineWorkbook.from_path(folder / "tal.xlsx").get_sheet_by_name("Ændringer").to_python()
    ]
    assert above[0] == "Ændret siden sidste møde"
    assert above[4] == "Der er endnu ikke registreret et møde, som tallene kan sammenlignes med."


def test_what_stands_above_a_table_is_no_wider_on_paper_than_the_table(folder):
    with zipfile.ZipFile(folder / "tal.xlsx") as parts:
        book, sheet = (parts.read(f"xl/{name}.xml").decode("utf-8") for name in ("workbook", "worksheets/sheet1"))
    assert re.findall(r"<definedName name=\"_xlnm.Print_Area\"[^>]*>Overblik!(.*?)</definedName>", book) == [
        "$A$1:$W$38"
    ]
    assert re.findall(r'<mergeCell ref="(.*?)"', sheet) == ["A4:E4"]


def test_every_row_says_whether_it_is_real_or_synthetic_and_every_empty_figure_why(folder):
    for sheet in SHEETS[1:5]:
        found = rows(folder / "tal.xlsx", sheet)
        assert {row["Ægte eller syntetisk"] for row in found} <= {"ægte", "syntetisk"}
        assert [row for row in found if (row["Tal"] == "") != (row["Hvorfor tallet mangler"] != "")] == []
    assert [
        row["Ægte eller syntetisk"] for row in rows(folder / "tal.xlsx", "Mål 4") if row["Tal"] == 42578 / 65812
    ] == ["ægte"]


def test_a_figures_note_explains_it_with_counts_source_and_delivery(folder):
    notes = parts(folder / "tal.xlsx", r"comments\d+\.xml")
    said = "Slagelse Kommune, kommunalvalget 18. november 2025: 64,7 pct. (42.578 af 65.812). Usikkerhed: "
    assert said in notes.replace("\u00a0", " ")
    assert "Leverance: valg_dk-0123456789ab." in notes


def test_milestones_have_a_sheet_with_days_and_states(folder):
    first = rows(folder / "tal.xlsx", "Milepæle")[0]
    assert (first["Status"], str(first["Frist"])[:10], str(first["Nået"])[:10]) == ("nået", "2026-06-01", "2026-05-20")
    assert rows(folder / "tal.xlsx", "Milepæle")[1]["Bemærkning"] == "=venter på <kommunen>"


def test_definitions_have_version_status_caveats_and_the_next_delivery(folder):
    first = rows(folder / "tal.xlsx", "Definitioner")[0]
    assert first["Version"] == "1, afventer bekræftelse mod LBF's datagrundlag"
    assert first["Næste leverance"] == "Ventes 1. maj 2027. To gange om året, maj og november."
    english = rows(folder / "en" / "figures.xlsx", "Definitions")[0]
    counted = ("the number of those whom the indicator names", "all residents of the age group")
    assert (english["Numerator"], english["Denominator"]) == counted


def test_no_text_of_a_source_becomes_a_formula_a_number_or_a_link(tmp_path):
    texts = ["=cmd()", "=HYPERLINK(A1)", "+1+1", "-2", "@SUM(A1)", "{=1}", "https://example.org"]
    changes = [
        f"UPDATE mart.indicator_series SET note = {texts}[1 + rowid % {len(texts)}]",
        "UPDATE mart.indicator_series SET area = '=cmd()' WHERE area_id = 'sydbyen'",
        "UPDATE mart.goal_indicator SET area = '=cmd()' WHERE area_id = 'sydbyen'",
        "UPDATE audit.check_outcome SET observed = '=cmd()', because = '=cmd()'",
        "UPDATE mart.freshness SET problem = '=cmd()'",
        "UPDATE catalogue.indicator SET numerator = '=cmd()', short_name = '=cmd()'",
    ]
    path = written(tmp_path, *changes) / "tal.xlsx"
    sheets = parts(path, r"worksheets/sheet\d+\.xml")
    assert "<f>" not in sheets
    assert "<hyperlink" not in sheets
    assert {row["Bemærkning"] for row in rows(path, "Mål 1")} == set(texts)
    assert rows(path, "Kontrol")[0]["Fundet"] == rows(path, "Overblik")[0]["Indikator"] == "=cmd()"
