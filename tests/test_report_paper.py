"""The board's paper as a PDF: what it says on every page, and that a screen reader and an archive can take it."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from tasks.report import write_report
from tests.pdf_text import children, elements, marked, within, words_of_pages
from warehouse.ledger import Ledger

PUBLICATION = "20261123T020000-0f3a9c"
# 210 x 297 mm in points, and the margins that the layout sets.
WIDTH, HEIGHT, SIDE, TOP, BOTTOM = 595.3, 841.9, 39.6, 36.8, 48.1
ROLES = {
    "/Document", "/Part", "/Sect", "/Div", "/P", "/Span", "/H1", "/H2", "/H3", "/H4", "/H5", "/Figure", "/Table",
    "/THead", "/TBody", "/TR", "/TH", "/TD", "/L", "/LI", "/Lbl", "/LBody",
}  # fmt: skip
# Within what each kind must stand, where the standard says so.
WITHIN = {"/TR": {"/THead", "/TBody"}, "/TH": {"/TR"}, "/TD": {"/TR"}, "/THead": {"/Table"}, "/TBody": {"/Table"},
          "/LI": {"/L"}, "/Lbl": {"/LI"}, "/LBody": {"/LI"}}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> Ledger:
    own = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")
    own.append("publication_made", {"publication_id": PUBLICATION}, actor="test")
    return own


@pytest.fixture(scope="module")
def report(warehouse_file, ledger, tmp_path_factory) -> Path:
    return write_report(warehouse_file, tmp_path_factory.mktemp("data") / "report", ledger.entries()).parent


@pytest.fixture(scope="module")
def danish(report) -> pikepdf.Pdf:
    return pikepdf.open(report / "bestyrelsespapir.pdf")


@pytest.fixture(scope="module")
def pages(danish) -> list[str]:
    """Its words, a text for each page."""
    return words_of_pages(danish)


def test_every_page_names_the_publication_its_code_the_moment_and_synthetic_figures(ledger, pages):
    assert len(pages) > 5
    code = ledger.entries()[0].digest[:16]
    made = "dannet 23. november 2026 kl. 02.02 dansk tid"
    foot = f"Udgivelse {PUBLICATION}, {made} · kontrolkode {code} SYNTETISKE TAL INDGÅR"
    assert [number for number, words in enumerate(pages, start=1) if foot not in words] == []
    assert [f"Side {number} af {len(pages)}" in words for number, words in enumerate(pages, start=1)] == [True] * len(
        pages
    )


def test_the_first_page_holds_every_indicator_changes_and_actions_and_the_second_begins_with_a_goal(pages):
    first, second, *_ = pages
    for told in ("Børn i dagtilbud", "Folketingsvalg", "Ændret siden sidste møde", "Åbne aktionspunkter"):
        assert told in first
    assert "Andelen steg 4,1 procentpoint; i kommunen steg den 1,6. Ingen sikker forskel" in first
    assert second.startswith("Mål 1. Der skal ske et fagligt løft")


def test_a_table_of_figures_stays_whole_and_a_page_that_goes_on_says_with_what(pages):
    pages = pages[1:]
    goals = [
        words for words in pages[: [words[:8] for words in pages].index("Milepæle")] if "Slagelse Kommune" in words
    ]
    assert len(goals) > 4
    for words in goals:
        *rows_above, _ = words.split("Slagelse Kommune")
        assert [above for above in rows_above if "Motalavej" not in above] == []
    goes_on = [words for words in pages if "(fortsat)" in words]
    assert len(goes_on) > 4
    # Every page begins with a heading of its own or with the name of what goes on.
    begins = re.compile(
        r"(Mål \d\. |Indikator \d |Milepæle |Kilder, kontrol|Kildernes|Advarsler|Tidligere|Vurderingerne|Hvorfor|Sådan)"
    )
    assert [words[:60] for words in pages if words not in goes_on and not begins.match(words)] == []


def test_each_goal_has_its_definition_caveats_source_next_delivery_and_reasons_for_empty_cells(pages):
    words = " ".join(pages)
    for told in (
        "Tæller: antal af dem",
        "Forbehold",
        "Kilde LBF",
        "Ventes 1. maj 2027",
        "Intet tal: tilbageholdt her",
    ):
        assert told in words


def test_the_milestones_stand_in_a_part_of_their_own_after_the_goals(pages):
    (found,) = [number for number, words in enumerate(pages) if words.startswith("Milepæle ")]
    assert "Ti aftaler er indgået" in pages[found]
    assert max(number for number, words in enumerate(pages) if words.startswith("Mål 4.")) < found


def test_the_english_paper_is_english(report):
    pdf = pikepdf.open(report / "en" / "board-paper.pdf")
    assert str(pdf.Root["/Lang"]) == "en"
    words = words_of_pages(pdf)
    assert "Follow-up of the community plan" in words[0]
    assert "Numerator: the number of those whom" in " ".join(words)
    assert "antal af dem" not in " ".join(words)


def test_the_document_has_language_title_tags_and_the_marks_of_both_standards(danish):
    assert str(danish.Root["/Lang"]) == "da"
    assert danish.Root["/MarkInfo"]["/Marked"]
    assert danish.Root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert all(page["/Tabs"] == "/S" for page in danish.pages)
    with danish.open_metadata() as metadata:
        assert metadata["dc:title"] == "Opfølgning på helhedsplanen En Prøveaftale"
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")


def test_every_font_is_within_the_file(danish):
    fonts = [
        one for one in danish.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
    ]
    assert len(fonts) > 2
    assert [font["/FontName"] for font in fonts if not {"/FontFile2", "/FontFile3"} & set(font.keys())] == []
    assert {re.sub(r"^/\w+\+", "", str(font["/FontName"])).partition("-")[0] for font in fonts} == {
        "SourceSansPro",
        "LibertinusSerif",
    }


def test_every_chart_has_an_alternative_text_and_is_whole_on_one_page(danish):
    charts = elements(danish, "/Figure")
    assert len(charts) == 32
    assert [chart for chart in charts if not str(chart["/Alt"]).startswith("Linjediagram: ")] == []
    for chart in charts:
        (box,) = [attribute["/BBox"] for attribute in chart["/A"] if "/BBox" in attribute]
        left, bottom, right, top = (float(edge) for edge in box)
        assert SIDE - 1 < left < right < WIDTH - SIDE + 1
        assert BOTTOM - 1 < bottom < top < HEIGHT - TOP + 1


def test_headings_begin_at_the_first_level_and_skip_none(danish):
    levels = [int(str(heading["/S"])[2]) for heading in elements(danish, "/H1", "/H2", "/H3", "/H4", "/H5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(later - earlier for earlier, later in pairwise(levels)) == 1


def digests(folder: Path) -> dict[str, str]:
    """Told by digest: to say how two such files differ takes pytest many minutes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module", params=["bestyrelsespapir.pdf", "en/board-paper.pdf"])
def paper(request, report) -> Iterator[pikepdf.Pdf]:
    """Each language's paper in turn, for what PDF/UA-1 and PDF/A-2a ask, as far as it is seen without a validator."""
    with pikepdf.open(report / request.param) as document:
        yield document


def test_everything_on_a_page_is_a_part_of_the_structure_or_said_to_be_decoration(paper):
    for number, page in enumerate(paper.pages, start=1):
        found = list(marked(page))
        assert len(found) > 20
        untold = [sign for sign, tags, numbers in found if not numbers and "/Artifact" not in tags]
        assert (number, untold) == (number, [])
        # The page's place in the tree of parents knows each of these numbers.
        parents = _parents(paper)[int(page["/StructParents"])]
        told = set().union(*(numbers for _, _, numbers in found))
        assert told
        assert [one for one in told if one >= len(parents) or "/S" not in parents[one]] == []


def _parents(paper: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    tree = pikepdf.NumberTree(paper.Root["/StructTreeRoot"]["/ParentTree"])
    return dict(tree.items())


def test_the_structure_is_of_standard_kinds_each_where_it_may_stand(paper):
    (document,) = children(paper.Root["/StructTreeRoot"])
    found = [(kind, parent) for kind, parent, _ in within(document)]
    roles = {str(name): str(role) for name, role in paper.Root["/StructTreeRoot"].get("/RoleMap", {}).items()}
    assert str(document["/S"]) == "/Document"
    assert {roles.get(kind, kind) for kind, _ in found} <= ROLES
    assert [(kind, parent) for kind, parent in found if kind in WITHIN and parent not in WITHIN[kind]] == []
    counted = Counter(kind for kind, _ in found)
    assert counted["/Table"] == counted["/THead"] == counted["/TBody"] > 10


def test_every_head_of_a_table_says_what_it_is_the_head_of_and_rows_are_of_one_length(paper):
    heads = elements(paper, "/TH")
    scopes = [{str(one["/Scope"]) for one in head["/A"] if "/Scope" in one} for head in heads]
    assert len(scopes) > 20
    assert [scope for scope in scopes if scope not in ({"/Column"}, {"/Row"})] == []
    for table in elements(paper, "/Table"):
        lengths = {sum(_span(cell) for cell in children(row)) for part in children(table) for row in children(part)}
        assert len(lengths) == 1


def _span(cell: pikepdf.Object) -> int:
    attributes = cell.get("/A", [])
    told = [one["/ColSpan"] for one in attributes if "/ColSpan" in one]
    return int(told[0]) if told else 1


def test_every_font_is_embedded_and_tells_each_of_its_letters(paper):
    fonts = {str(font["/BaseFont"]): font for page in paper.pages for font in page.resources.get("/Font", {}).values()}
    assert len(fonts) > 2
    for font in fonts.values():
        (inner,) = font["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].keys())
        assert b"beginbf" in font["/ToUnicode"].read_bytes()
        assert str(font["/Encoding"]) == "/Identity-H"


def test_colours_have_a_profile_and_nothing_is_hidden_encrypted_or_run(paper):
    (intent,) = paper.Root["/OutputIntents"]
    assert str(intent["/S"]) == "/GTS_PDFA1"
    assert len(intent["/DestOutputProfile"].read_bytes()) > 100
    assert not paper.is_encrypted
    assert paper.Root["/MarkInfo"].get("/Suspects", False) is not True
    assert {"/AcroForm", "/OpenAction", "/AA", "/JavaScript", "/OCProperties"} & set(paper.Root.keys()) == set()
    assert [page for page in paper.pages if {"/AA", "/Annots"} & set(page.keys())] == []


def test_the_metadata_agree_with_the_document_and_its_title_stands_in_the_windows_bar(paper):
    assert paper.Root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712  # an object of pikepdf's
    with paper.open_metadata() as metadata:
        assert metadata["dc:title"] == str(paper.docinfo["/Title"])
        assert metadata["dc:language"] in ([str(paper.Root["/Lang"])], {str(paper.Root["/Lang"])})
        ids = ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")
        assert [metadata[name] for name in ids] == ["1", "2", "A"]


def test_what_is_danish_in_the_english_paper_says_so(report):
    with pikepdf.open(report / "en" / "board-paper.pdf") as document:
        (root,) = children(document.Root["/StructTreeRoot"])
        told = Counter(str(node["/Lang"]) for _, _, node in within(root) if "/Lang" in node)
        assert str(document.Root["/Lang"]) == "en"
        assert told["da"] > 3


@pytest.mark.end_to_end
def test_the_same_publication_gives_the_same_bytes_in_another_process(report, warehouse_file, ledger, tmp_path):
    """Of pages, papers and workbooks alike."""
    program = (
        "import sys, pathlib; from tasks.report import write_report; from warehouse.ledger import Ledger; "
        "warehouse, ledger, to = map(pathlib.Path, sys.argv[1:]); write_report(warehouse, to, Ledger(ledger).entries())"
    )
    command = [sys.executable, "-c", program, str(warehouse_file), str(ledger.path), str(tmp_path / "again")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)
    first = digests(report)
    assert {"index.html", "en/index.html", "bestyrelsespapir.pdf", "en/figures.xlsx"} <= set(first)
    assert digests(tmp_path / "again") == first


def test_a_report_has_all_three_forms_in_both_languages_and_the_first_page_leads_to_them(report):
    for folder, names in (
        (report, ["bestyrelsespapir.pdf", "tal.xlsx"]),
        (report / "en", ["board-paper.pdf", "figures.xlsx"]),
    ):
        assert [path.name for path in sorted(folder.iterdir()) if path.suffix in (".pdf", ".xlsx")] == names
        text = (folder / "index.html").read_text("utf-8")
        assert [name for name in names if f'href="{name}"' not in text] == []
