"""The site as it is written: what its pages say, and what they never say."""

import re
from pathlib import Path

import pytest

from tests.report_fixture import rows_of, warehouse_for_the_page, words_of, write_site

GOALS = ("education", "employment", "crime_and_safety", "community")


AREAS = ("Motalavej", "Ringparken", "Sydbyen", "Områderne i alt")


PAGES = ["index.html", *(f"goal-{goal}.html" for goal in GOALS), "milestones.html", "context.html", "sources.html"]


def row_of(page: Path, name: str, nth: int = 0) -> list[str]:
    return [row for row in rows_of(page) if row and row[0].startswith(name)][nth]


def area_rows(page: Path) -> list[list[str]]:
    """The rows of the first page's folded tables: area, verdict, sentence, latest figure, baseline."""
    return [row for row in rows_of(page) if len(row) == 5 and row[0] in AREAS]


def test_the_first_page_tells_verdict_development_figure_interval_municipality_and_baseline(site):
    assert row_of(site / "index.html", "Ringparken") == [
        "Ringparken",
        "Bedre udvikling end kommunen",
        (
            "Andelen steg 5,6 procentpoint fra 2019 til 2023; i kommunen steg den 1,6. "
            "Området har udviklet sig bedre end kommunen. syntetisk"
        ),
        "70,6 pct. syntetisk 2023 usikkerhed 67,1–74,2 pct. Kommunen 80,6 pct. syntetisk",
        "65,0 pct. syntetisk 2019 Kommunen 79,0 pct. syntetisk",
    ]


def test_every_area_and_the_total_has_a_row_for_every_series(site):
    rows = [row[0] for row in area_rows(site / "index.html")]
    assert {name: rows.count(name) for name in AREAS} == dict.fromkeys(AREAS, 8)


def test_the_first_page_begins_with_every_indicator_in_a_sentence_and_each_area_in_a_verdict(site):
    before_it_is_folded = rows_of(site / "index.html")[:13]
    assert before_it_is_folded[0] == ["Indikator", "Områderne i alt, siden baseline", *AREAS[:3]]
    assert [row[0].partition(".")[0] for row in before_it_is_folded if len(row) == 1] == [
        "Mål 1", "Mål 2", "Mål 3", "Mål 4",
    ]  # fmt: skip
    series = [row for row in before_it_is_folded[1:] if len(row) == 5]
    assert len(series) == 8
    folded = area_rows(site / "index.html")
    for number, row in enumerate(series):
        in_full = folded[4 * number : 4 * number + 4]
        # The area's short verdict is how its whole one begins: 'Bedre udvikling' of 'Bedre udvikling end kommunen'.
        assert [long[1].startswith(short) for long, short in zip(in_full, row[2:], strict=False)] == [True] * 3
    assert series[6][:2] == [
        "9 Kommunalvalg KV 2017 til KV 2021",
        (
            "Valgdeltagelsen steg 1,6 procentpoint; i kommunen steg den 1,0. "
            "Ingen sikker forskel: Udviklingen ligger 0,6 procentpoint fra kommunens; "
            "med så få vælgere skulle der mindst 3,1 procentpoint til. syntetisk "
            "For kommunalvalget 2025 mangler der tal (endnu ikke offentliggjort); kommunens tal er 64,7 pct."
        ),
    ]


def test_a_real_figure_of_the_municipality_carries_no_synthetic_mark(site):
    page = site / "goal-community.html"
    real = [cell for cell in row_of(page, "Slagelse Kommune") if "64,7 pct." in cell]
    assert real != []
    assert "syntetisk" not in real[0]
    assert "42.578 af 65.812" in real[0]


def test_the_municipal_and_the_general_election_are_rows_of_their_own(site):
    words = words_of(site / "index.html")
    assert "ved seneste kommunalvalg" in words
    assert "ved seneste folketingsvalg" in words
    sentences = [row[2] for row in area_rows(site / "index.html") if "valget" in row[2]]
    assert sentences != []
    assert [one for one in sentences if "kommunalvalget" in one and "folketingsvalget" in one] == []


def cells_with_figures(row: str) -> list[str]:
    return [cell for cell in re.findall(r"<td.*?</td>", row, re.DOTALL) if 'class="value"' in cell]


@pytest.mark.parametrize("goal", GOALS)
def test_every_synthetic_number_in_a_table_stands_beside_its_mark(site, goal):
    # In this fixture only the municipality's turnout, the last row of each table under community, is real.
    text = (site / f"goal-{goal}.html").read_text("utf-8")
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    synthetic = [row for row in rows if goal != "community" or 'class="municipality"' not in row]
    figures = [cell for row in synthetic for cell in cells_with_figures(row)]
    assert len(figures) > 10
    assert [cell for cell in figures if "mark-synthetic" not in cell] == []


@pytest.mark.parametrize("page", ["index.html", "goal-education.html", "sources.html"])
def test_a_page_with_synthetic_figures_says_so_at_its_top_and_names_the_sources(site, page):
    words = words_of(site / page)
    banner = words.index("SYNTETISKE TAL:")
    assert banner < words.index("Udgivelse 20261123T020000-0f3a9c")
    told = words[banner : banner + 600]
    assert "Tallene fra LBF – Boligsociale Data og Trygheds-survey VIVE/LBF er opdigtede" in told
    assert "Ægte er: Aftalens egne tal; Ministeriets liste; Danmarks Statistik" in told


def test_of_a_source_with_real_and_synthetic_parts_the_parts_are_named(tmp_path):
    mixed = """
        INSERT INTO mart.freshness BY NAME
        SELECT * REPLACE ('HFUDD21' AS part_id, true AS is_synthetic) FROM mart.freshness WHERE source_id = 'statbank'
    """
    site = write_site(warehouse_for_the_page(tmp_path, mixed), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Danmarks Statistik, Statistikbanken (HFUDD21)" in words
    assert "Danmarks Statistik, Statistikbanken (FVKOM)" in words


def test_a_publication_of_real_figures_alone_has_no_banner_and_no_mark(tmp_path):
    real = [
        "UPDATE mart.milestone SET is_synthetic = false",
        "UPDATE mart.indicator_series SET is_synthetic = false",
        "UPDATE mart.goal_indicator SET is_synthetic = false",
        "UPDATE mart.cross_check SET is_synthetic = false",
        "UPDATE mart.freshness SET is_synthetic = false",
    ]
    site = write_site(warehouse_for_the_page(tmp_path, *real), tmp_path / "report").parent
    assert [page for page in PAGES if "syntetisk" in words_of(site / page).lower().replace("ægte eller", "")] == []


def test_an_empty_cell_gives_its_reason_in_words(site):
    assert row_of(site / "index.html", "Sydbyen", nth=1)[3].startswith("Intet tal: under kildens mindstegrænse")
    everything = " ".join(words_of(site / page) for page in PAGES)
    for reason in (
        "ikke leveret",
        "endnu ikke offentliggjort",
        "ikke målt i denne periode",
        "tilbageholdt af kilden",
        "tilbageholdt her",
        "under kildens mindstegrænse",
        "afvist af en kontrol",
    ):
        assert f"Intet tal: {reason}" in everything


def test_no_figure_is_ever_printed_as_none_nan_or_null(site):
    for page in [*PAGES, *(f"en/{page}" for page in PAGES)]:
        assert re.findall(r"\b(None|NaN|nan|null|NULL|inf)\b", words_of(site / page)) == []


def test_every_page_names_its_publication_its_time_and_the_state_of_each_source(site):
    for page in PAGES:
        words = words_of(site / page)
        assert "Udgivelse 20261123T020000-0f3a9c, dannet 23. november 2026 kl. 02.02 dansk tid" in words
        assert "Kilder: 3 ajour, 1 ventes nu, 1 forsinket, 1 stoppet" in words
        assert "Trygheds-survey VIVE/LBF: stoppet" in words


def test_every_page_says_whether_it_shows_synthetic_figures(site):
    mark = '<span class="mark mark-synthetic">'
    told = {page: words_of(site / page).rpartition("Siden viser ")[2] for page in PAGES}
    marked = {page for page in PAGES if mark in (site / page).read_text("utf-8").partition("<footer")[0]}
    assert told == {page: "syntetiske tal." if page in marked else "ingen opdigtede tal." for page in PAGES}
    assert marked == set(PAGES) - {"context.html"}


def test_the_page_says_that_the_plan_answers_for_its_own_activities_alone(site):
    assert "planen svarer alene for sine egne aktiviteter" in words_of(site / "index.html")
    assert "answers for its own activities alone" in words_of(site / "en" / "index.html")


def test_a_verdict_is_told_on_the_first_page_and_on_its_goals_page_alone(site):
    verdict = re.compile(r"\b(bedre|dårligere|better|worse)\b", re.IGNORECASE)
    pages = [*PAGES, *(f"en/{page}" for page in PAGES)]
    found = {page for page in pages if verdict.search(words_of(site / page))}
    assert {page for page in found if "context" in page or "sources" in page} == set()
    assert {"index.html", "en/index.html", "goal-education.html"} <= found


def test_a_verdict_has_a_mark_of_its_own_shape_beside_its_words(site):
    text = (site / "index.html").read_text("utf-8")
    shapes = dict(re.findall(r'<span class="verdict verdict-(\w+)">(<svg.*?</svg>)<span>', text))
    assert set(shapes) == {"better", "worse", "no_certain_difference", "cannot_be_judged"}
    assert len({re.sub(r"currentColor", "", shape) for shape in shapes.values()}) == 4
    assert text.count('class="verdict ') == len(re.findall(r'class="verdict [^"]+"><svg.*?</svg><span>\w', text))


def test_what_cannot_be_judged_says_why_on_the_first_page(site):
    told = [row[2] for row in area_rows(site / "index.html") if row[1] == "Kan ikke vurderes"]
    assert len(told) == 9
    assert [one for one in told if not re.search(r"Kan ikke vurderes: .+\.", one)] == []
