"""Marks in a source's texts that hide or turn words: written out on page, in the PDF and in the workbook."""

import zipfile
from pathlib import Path

import pikepdf
import pytest

from tasks.report import write_report
from tasks.visible import visible_in
from tests.pdf_text import words_of_pages
from tests.report_fixture import warehouse_for_the_page, words_of

HIDDEN = ("\u202e", "\u200b", "\u2066", "\u0007", "\u2028")
# chr() in SQL: the statement itself has no hidden mark.
ODD = "'Bo ' || chr(8238) || 'gpj' || chr(8203) || chr(8294) || chr(7) || chr(8232)"
SEEN = "Bo ⟨U+202E⟩gpj⟨U+200B⟩⟨U+2066⟩⟨U+0007⟩⟨U+2028⟩"
CHANGES = (
    f"UPDATE mart.indicator_series SET area = {ODD} WHERE area_id = 'sydbyen'",
    f"UPDATE mart.goal_indicator SET area = {ODD} WHERE area_id = 'sydbyen'",
    f"UPDATE audit.check_outcome SET observed = {ODD}, because = {ODD}",
    f"""INSERT INTO audit.action BY NAME SELECT 'a1' AS action_id, 'en_proeveaftale' AS agreement_id,
        'feels_safe' AS indicator_id, {ODD} AS action, {ODD} AS owner, DATE '2027-01-01' AS due, 'open' AS state""",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("hidden")
    return write_report(warehouse_for_the_page(place, *CHANGES), place / "report").parent


def hidden_in(text: str) -> list[str]:
    return [mark for mark in HIDDEN if mark in text]


def test_a_page_shows_them(folder):
    assert SEEN in words_of(folder / "index.html")
    assert {path.name: hidden_in(path.read_text("utf-8")) for path in folder.glob("*.html")} == {
        path.name: [] for path in folder.glob("*.html")
    }


def test_the_paper_shows_them(folder):
    words = " ".join(words_of_pages(pikepdf.open(folder / "bestyrelsespapir.pdf")))
    # The brackets are of another font, and drawn as texts of their own.
    assert SEEN.replace(" ", "") in words.replace(" ", "")
    assert hidden_in(words) == []


def test_the_workbook_shows_them(folder):
    with zipfile.ZipFile(min(folder.glob("*.xlsx"))) as book:
        text = "".join(book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml"))
    assert SEEN in text
    assert hidden_in(text) == []
    assert "_x0007_" not in text


def test_a_text_is_found_however_deep_it_lies_and_what_hides_nothing_is_left():
    assert visible_in({"a": ["x\u202e", {"b": ("\u2067", 1, None)}]}) == {
        "a": ["x⟨U+202E⟩", {"b": ["⟨U+2067⟩", 1, None]}]
    }
    plain = "to\nlinjer, bløde\u00adbindestreger og 1\u00a0000"
    assert visible_in(plain) == plain
