"""The site as it is written: what it says, what it never says, and that it is whole or not there."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.errors import HelhedsplanError
from tasks.report import write_report
from tests.report_fixture import rows_of, warehouse_for_the_page, words_of, write_site
from warehouse.ledger import Ledger

GOALS = ("education", "employment", "crime_and_safety", "community")
AREAS = ("Motalavej", "Ringparken", "Sydbyen", "Områderne i alt")
PAGES = ["index.html", *(f"goal-{goal}.html" for goal in GOALS), "milestones.html", "context.html", "sources.html"]


@pytest.fixture(scope="module")
def warehouse_file(tmp_path_factory) -> Path:
    return warehouse_for_the_page(tmp_path_factory.mktemp("warehouse"))


@pytest.fixture(scope="module")
def site(warehouse_file, tmp_path_factory) -> Path:
    return write_site(warehouse_file, tmp_path_factory.mktemp("data") / "report").parent


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def row_of(page: Path, name: str, nth: int = 0) -> list[str]:
    return [row for row in rows_of(page) if row and row[0].startswith(name)][nth]


def area_rows(page: Path) -> list[list[str]]:
    """The rows of the first page's folded tables: area, verdict, sentence, latest figure, baseline."""
    return [row for row in rows_of(page) if len(row) == 5 and row[0] in AREAS]


def test_every_page_exists_in_danish_and_in_english(site):
    expected = [*PAGES, *(f"en/{page}" for page in PAGES)]
    assert sorted(digests(site)) == sorted(expected)
    for page in expected:
        language = "en" if page.startswith("en/") else "da"
        assert f'<html lang="{language}">' in (site / page).read_text("utf-8")


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
        "9 Kommunalvalg",
        (
            "Valgdeltagelsen steg 1,6 procentpoint; i kommunen steg den 1,0. "
            "Ingen sikker forskel: Med så få vælgere skulle der mindst 3,1 procentpoint til. syntetisk"
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
    told = words[banner : banner + 400]
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


def test_figures_of_a_stopped_source_are_marked_and_the_reason_is_told(site):
    page = site / "goal-crime_and_safety.html"
    assert "forældet" in row_of(page, "Motalavej", nth=3)[1]
    assert "forældet" not in row_of(page, "Motalavej", nth=1)[1]
    assert "stoppet Årsag: kolonnen" in words_of(site / "sources.html")


def test_every_page_names_its_publication_its_time_and_the_state_of_each_source(site):
    for page in PAGES:
        words = words_of(site / page)
        assert "Udgivelse 20261123T020000-0f3a9c, dannet 23. november 2026 kl. 02.02" in words
        assert "Kilder: 3 ajour, 1 ventes nu, 1 forsinket, 1 stoppet" in words
        assert "Trygheds-survey VIVE/LBF: stoppet" in words


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


def test_the_goals_page_tells_the_difference_with_its_interval_and_the_trend(site):
    row = row_of(site / "goal-education.html", "Ringparken")
    assert row[3].startswith("+4,0 procentpoint syntetisk fra +0,9 til +7,1")
    assert row[4] == "Stigende"


def test_a_baseline_that_was_revised_is_shown_as_signed_too_with_the_cause(site):
    told = "Ved aftalens baseline stod der 37,6 pct.; ændret siden: ny leverance."
    assert [row[4] for row in area_rows(site / "index.html") if told in row[4]] != []
    assert told in words_of(site / "goal-education.html")


def test_where_the_municipalitys_uncertainty_is_left_out_the_page_says_so(site):
    assert words_of(site / "goal-community.html").count("Kommunens egen usikkerhed er ikke regnet med") == 1


def test_warnings_of_the_checks_stand_on_the_page_with_what_was_done(site):
    rows = [row for row in rows_of(site / "sources.html") if len(row) == 4][1:]
    assert [row[-1] for row in rows] == ["Rækkerne er i karantæne", "Rækkerne er med"]
    assert "numerator_at_most_denominator" in rows[0][1]


def test_a_figure_that_only_an_earlier_delivery_has_says_so(site):
    assert "fra tidligere leverance" in row_of(site / "goal-education.html", "Motalavej", nth=5)[4]
    assert words_of(site / "goal-education.html").count("fra tidligere leverance") == 1
    assert "fra tidligere leverance, da den nyeste er afvist" in row_of(site / "index.html", "Motalavej", nth=4)[3]


def test_register_figures_are_told_from_samples(site):
    assert "Registertal dækker alle og ikke en stikprøve" in words_of(site / "index.html")
    assert "Register figures cover everybody and are no sample" in words_of(site / "en" / "index.html")


def test_without_a_meeting_the_page_says_so_plainly(site):
    words = words_of(site / "index.html")
    assert "Der er endnu ikke registreret et møde" in words
    assert "Der er ingen åbne aktioner" in words
    assert "Ingen tidligere papirer viste tal, der siden er ændret." in words_of(site / "sources.html")


MEETING = """INSERT INTO audit.meeting VALUES
    ('meeting-1', 'en_proeveaftale', DATE '2026-09-01', '20260801T020000-aaaa', '2026-08-01', '2026-09-01')"""


OUTDATED = """INSERT INTO audit.outdated_paper BY NAME
    SELECT 'en_proeveaftale' AS agreement_id, * FROM (VALUES
    ('20260801T020000-aaaa', 'meeting-1', DATE '2026-09-01', 'charged_15_29', 'ringparken', '2022', 0.110, 0.125, NULL,
     'correction'),
    ('20260801T020000-aaaa', 'meeting-1', DATE '2026-09-01', 'daycare_1_5', 'motalavej', '2019', NULL, NULL,
     'withheld_here', 'withholding'),
    ('20260301T020000-bbbb', NULL, NULL, 'charged_15_29', 'sydbyen', '2022', 0.5, 0.6, NULL, 'new_delivery')
) AS outdated (publication_id, meeting_id, meeting_date, indicator_id, area_id, period, shown_value, value,
    missing_reason, cause)"""


def test_what_was_revised_since_the_last_meeting_is_told_with_old_new_and_cause(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, OUTDATED), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert (
        "Sidste møde var 1. september 2026 og byggede på udgivelsen 20260801T020000-aaaa. 2 tal er ændret siden:"
        in words
    )
    assert "Sigtede 15-29 år, Ringparken, 2022: fra 11,0 pct. til 12,5 pct. (rettelse)" in words
    assert (
        "Børn i dagtilbud, Motalavej, 2019: fra et tal, der blev vist til tilbageholdt her (tilbageholdelse)" in words
    )
    assert "Sydbyen, 2022: fra" not in words


def test_earlier_papers_that_showed_another_figure_are_listed_with_the_meeting_that_saw_them(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, OUTDATED), tmp_path / "report").parent
    words = words_of(site / "sources.html")
    assert (
        "Udgivelsen 20260801T020000-aaaa, set på mødet 1. september 2026: 2 tal er ændret siden (Børn i dagtilbud og "
        "Sigtede 15-29 år)."
    ) in words
    assert "Udgivelsen 20260301T020000-bbbb: 1 tal er ændret siden (Sigtede 15-29 år)." in words


def test_after_a_meeting_without_revisions_the_page_says_that_nothing_changed(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING), tmp_path / "report").parent
    assert "Ingen tal, der blev vist dengang, er ændret siden." in words_of(site / "index.html")


def test_open_actions_are_told_with_owner_and_date_and_those_done_are_not(tmp_path):
    actions = """INSERT INTO audit.action BY NAME FROM (VALUES
        ('a1', 'en_proeveaftale', 'charged_15_29', 'Tal med politiet', 'Anna Ager', DATE '2026-10-01', 'overdue'),
        ('a2', 'en_proeveaftale', 'feels_safe', 'Gå en tur <b>sammen</b>', NULL, DATE '2027-01-01', 'open'),
        ('a3', 'en_proeveaftale', 'feels_safe', 'Gjort', 'Bo', DATE '2026-10-01', 'done')
    ) AS action (action_id, agreement_id, indicator_id, action, owner, due, state)"""
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, actions), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Sigtede 15-29 år: Tal med politiet (Anna Ager, senest 1. oktober 2026) overskredet a1" in words
    assert "Gå en tur <b>sammen</b> (ingen ansvarlig, senest 1. januar 2027)" in words
    assert "Gjort" not in words


def test_the_check_code_is_that_of_the_ledgers_entry_for_this_publication(warehouse_file, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    made = [
        ledger.append("publication_made", {"publication_id": publication_id}, actor="test")
        for publication_id in ("20261123T020000-0f3a9c", "another")
    ]
    site = write_report(warehouse_file, tmp_path / "report", ledger.entries(), forms=("site",)).parent
    pages = [*PAGES, *(f"en/{page}" for page in PAGES)]
    assert [page for page in pages if made[0].digest[:16] not in words_of(site / page)] == []
    assert made[1].digest[:16] not in words_of(site / "index.html")


def test_a_file_without_its_ledger_says_that_the_check_code_is_unknown(site):
    assert "kontrolkode ukendt" in words_of(site / "index.html")


def test_context_figures_stand_apart_with_the_wording_of_their_source(site):
    words = words_of(site / "context.html")
    assert "godt 40 pct." in words
    assert "325.000 kr." in words
    assert "2,07 pct." in words
    assert "58,6 pct." in row_of(site / "context.html", "Korsør - Broskolen")[1]
    assert "godt 40 pct." not in words_of(site / "index.html")


def test_milestones_have_a_page_of_their_own_with_state_date_and_who_is_responsible(site):
    words = words_of(site / "milestones.html")
    assert "Milepæle: 1 nået, 1 overskredet, 1 kommende." in words
    late = row_of(site / "milestones.html", "Tyve unge er i job")
    assert late[0] == "Tyve unge er i job syntetisk Flere i fritidsjob =venter på <kommunen>"
    assert late[1:] == ["overskredet 53 dage efter fristen", "1. oktober 2026", "", ""]
    assert "Ti aftaler er indgået" not in words_of(site / "index.html")


def test_cross_checks_say_in_words_whether_they_are_within_their_tolerance(site):
    rows = [row for row in rows_of(site / "sources.html") if len(row) == 7][1:]
    assert [row[-1] for row in rows] == ["Uden for tolerancen", "Inden for tolerancen", "Intet at sammenligne"]
    assert rows[0][4:6] == ["+2,30 procentpoint syntetisk", "1,0 procentpoint"]


def test_every_chart_has_a_text_for_those_who_do_not_see_it(site):
    text = (site / "goal-crime_and_safety.html").read_text("utf-8")
    labels = re.findall(r'<div role="img" aria-label="([^"]+)"><svg ', text)
    assert len(labels) == text.count('<figure class="panel">') == 8
    assert all(label.startswith("Linjediagram: ") and "syntetiske" in label for label in labels)
    assert "Databrud: 1. januar 2023" in labels[4]


def test_a_break_that_concerns_the_total_alone_breaks_no_other_line(tmp_path):
    total_only = """
        INSERT INTO catalogue.series_break
        VALUES ('en_proeveaftale', NULL, 'agreement', DATE '2021-10-01', 'Et område mindre.', 'One area less.')
    """
    site = write_site(warehouse_for_the_page(tmp_path, total_only), tmp_path / "report").parent
    panels = re.findall(
        r'<figure class="panel">.*?</figure>', (site / "goal-employment.html").read_text("utf-8"), re.DOTALL
    )
    assert [panel.count(">databrud<") for panel in panels] == [0, 0, 0, 1]
    assert "1. oktober 2021 (tallet for områderne i alt): Et område mindre." in words_of(site / "goal-employment.html")
    assert row_of(site / "goal-employment.html", "Områderne i alt", nth=1)[4].startswith("Databrud")
    assert not row_of(site / "goal-employment.html", "Motalavej", nth=1)[4].startswith("Databrud")


def test_a_definition_that_awaits_confirmation_says_so(site):
    words = words_of(site / "goal-education.html")
    assert "Version 1, afventer bekræftelse mod LBF's datagrundlag" in words
    assert "Ventes 1. maj 2027. To gange om året, maj og november." in words


def test_the_site_needs_nothing_from_outside_and_every_link_leads_to_a_page(site):
    for page in [*PAGES, *(f"en/{page}" for page in PAGES)]:
        text = (site / page).read_text("utf-8")
        addresses = re.findall(r'(?:href|src|action)="([^"]+)"', text) + re.findall(r"url\(([^)]+)\)", text)
        targets = [address.partition("#")[0] for address in addresses if not address.startswith("#")]
        assert [one for one in targets if not ((site / page).parent / one).resolve().is_file()] == []
        assert [one for one in re.findall(r"https?://[^\s\"'<]+", text) if "w3.org" not in one] == []
        assert "<script" not in text


@pytest.mark.end_to_end
def test_the_same_publication_gives_the_same_bytes_in_another_process(site, warehouse_file, tmp_path):
    program = "import sys, pathlib, tests.report_fixture as r; r.write_site(*map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-c", program, str(warehouse_file), str(tmp_path / "again")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)
    assert digests(tmp_path / "again") == digests(site)


def test_the_new_site_takes_the_place_of_the_old_one_whole(warehouse_file, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "goal-of-an-older-plan.html").write_text("old")
    write_site(warehouse_file, tmp_path / "report")
    assert not (tmp_path / "report" / "goal-of-an-older-plan.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_warehouse_that_cannot_be_shown_leaves_the_old_site_standing(tmp_path):
    broken = warehouse_for_the_page(tmp_path, "ALTER TABLE mart.goal_indicator DROP COLUMN latest_period")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("the last good one")
    with pytest.raises(HelhedsplanError, match=r"(?s)cannot be made from this warehouse.*latest_period.*do this"):
        write_site(broken, tmp_path / "report")
    assert (tmp_path / "report" / "index.html").read_text() == "the last good one"


def test_a_missing_warehouse_is_said_in_words(tmp_path):
    with pytest.raises(HelhedsplanError, match=r"no published warehouse"):
        write_site(tmp_path / "warehouse.duckdb", tmp_path / "report")


def test_a_place_that_cannot_be_written_is_said_in_words(warehouse_file, tmp_path):
    (tmp_path / "a_file").write_text("not a folder")
    with pytest.raises(HelhedsplanError, match=r"(?s)page cannot be written.*a_file.*do this"):
        write_site(warehouse_file, tmp_path / "a_file" / "report")


def test_the_warehouse_is_only_read(warehouse_file, site):
    before = hashlib.sha256(warehouse_file.read_bytes()).hexdigest()
    write_site(warehouse_file, site.parent / "once more")
    assert hashlib.sha256(warehouse_file.read_bytes()).hexdigest() == before
    assert list(warehouse_file.parent.iterdir()) == [warehouse_file]


def test_text_from_a_source_cannot_become_markup(tmp_path):
    name = "UPDATE mart.indicator_series SET area = '<script>alert(1)</script>' WHERE area_id = 'sydbyen'"
    note = "UPDATE mart.indicator_series SET note = '<img src=x>' WHERE role = 'context'"
    site = write_site(warehouse_for_the_page(tmp_path, name, note), tmp_path / "report").parent
    for page in PAGES:
        text = (site / page).read_text("utf-8")
        assert "<script" not in text
        assert "<img" not in text


def test_several_agreements_each_have_a_site_of_their_own(tmp_path):
    tables = (
        "mart.indicator_series",
        "mart.goal_indicator",
        "mart.cross_check",
        "mart.milestone",
        "catalogue.agreement",
        "catalogue.area",
    )
    copies = [
        f"INSERT INTO {table} BY NAME SELECT * REPLACE ('another' AS agreement_id) FROM {table}" for table in tables
    ]
    rename = "UPDATE catalogue.agreement SET agreement = 'En Anden' WHERE agreement_id = 'another'"
    site = write_site(warehouse_for_the_page(tmp_path, *copies, rename), tmp_path / "report").parent
    assert words_of(site / "index.html").endswith("En Anden , Slagelse En Prøveaftale , Slagelse")
    for folder in ("another", "another/en", "en_proeveaftale", "en_proeveaftale/en"):
        assert sorted(path.name for path in (site / folder).glob("*.html")) == sorted(PAGES)
    links = re.findall(r'href="([^"]+)"', (site / "en" / "index.html").read_text("utf-8"))
    assert [link for link in links if not (site / "en" / link).resolve().is_file()] == []


def test_a_publication_without_any_figure_still_makes_a_page(tmp_path):
    empty = [
        "DELETE FROM mart.indicator_series",
        "DELETE FROM mart.cross_check",
        "DELETE FROM mart.milestone",
        """UPDATE mart.goal_indicator SET latest_value = NULL, latest_low = NULL, latest_high = NULL, change = NULL,
           latest_period = NULL, baseline_period = NULL, baseline_value = NULL, latest_municipality = NULL,
           baseline_municipality = NULL, change_municipality = NULL, newer_period = NULL, is_synthetic = false,
           missing_reason = 'not_delivered'""",
    ]
    site = write_site(warehouse_for_the_page(tmp_path, *empty), tmp_path / "report").parent
    assert "0 af 32 felter har et tal" in words_of(site / "index.html")
    assert "Der er ingen baggrundstal" in words_of(site / "context.html")
    assert "Der er ingen milepæle" in words_of(site / "milestones.html")
    assert "Der er ingen krydstjek" in words_of(site / "sources.html")
