"""The paper of other publications: many actions, many areas, no figures, real ones alone, and odd texts."""

import io
from pathlib import Path

import pikepdf
import pytest

from catalogue.errors import HelhedsplanError
from tasks.reporting.figures import read_publication
from tasks.reporting.paper import paper
from tests.pdf_text import words_of_pages
from tests.report_fixture import warehouse_for_the_page


def without_charts(folder: Path, *changes: str) -> list[str]:
    """The words of each page of a paper whose publication was changed; its charts are left out, they take longest."""
    publication = read_publication(warehouse_for_the_page(folder, *changes))
    return words_of_pages(pikepdf.open(io.BytesIO(paper(publication, publication.agreements[0], {}, "da"))))


def test_many_open_actions_and_changes_leave_the_first_page_one_page_that_says_where_the_rest_stands(tmp_path):
    long = "Indkald skoler, dagtilbud, boligselskaber, politi og kommune til et møde om det, som tallene viser, og " * 9
    meeting = """INSERT INTO audit.meeting VALUES
        ('m', 'en_proeveaftale', '2026-09-01', '20260801T020000-aaaa', '2026-08-01', '2026-09-01')"""
    actions = f"""INSERT INTO audit.action BY NAME
        SELECT 'en_proeveaftale-2026-09-01-' || number AS action_id, 'en_proeveaftale' AS agreement_id,
            'charged_15_29' AS indicator_id, '{long}' || number AS action, 'Anna Ager' AS owner,
            DATE '2026-10-01' + number::INTEGER AS due, 'overdue' AS state
        FROM range(1, 13) AS listed (number)"""
    changes = """INSERT INTO audit.outdated_paper BY NAME
        SELECT 'en_proeveaftale' AS agreement_id, '20260801T020000-aaaa' AS publication_id, 'm' AS meeting_id,
            DATE '2026-09-01' AS meeting_date, indicator_id, 'ringparken' AS area_id, '2022' AS period,
            0.11 AS shown_value, 0.12 AS value, 'correction' AS cause
        FROM catalogue.indicator WHERE role = 'fixed'"""
    first, second, *others = without_charts(tmp_path, meeting, actions, changes)
    assert "Folketingsvalg" in first
    assert "planen svarer alene for sine egne aktiviteter" in first
    assert second.startswith("Mål 1. ")
    assert "om det, som … (Anna Ager, senest 2. oktober 2026) overskredet en_proeveaftale-2026-09-01-1" in first
    assert "8 til. Alle åbne aktionspunkter står i fuld længde under Kilder, kontrol og læsevejledning." in first
    assert " ".join(others).count("Indkald skoler") == 12 * 9


def test_a_sources_text_is_shown_and_never_becomes_layout(tmp_path):
    note = '#panic("no") *bold* $x$ <b> \\ = heading'
    change = f"UPDATE mart.indicator_series SET note = '{note}' WHERE note IS NOT NULL"
    assert f"Note 1: {note}." in " ".join(without_charts(tmp_path, change))


def test_a_paper_of_real_figures_alone_says_so_on_every_page(tmp_path):
    real = [
        f"UPDATE {table} SET is_synthetic = false"
        for table in (
            "mart.indicator_series",
            "mart.goal_indicator",
            "mart.cross_check",
            "mart.freshness",
            "mart.milestone",
        )
    ]
    pages = without_charts(tmp_path, *real)
    assert [number for number, words in enumerate(pages) if "Alle tal er ægte" not in words] == []
    assert [number for number, words in enumerate(pages) if "SYNTETISKE" in words] == []


def test_a_publication_without_any_figure_still_makes_a_paper(tmp_path):
    empty = [
        "DELETE FROM mart.indicator_series",
        """UPDATE mart.goal_indicator SET latest_value = NULL, latest_low = NULL, latest_high = NULL, change = NULL,
           latest_period = NULL, baseline_period = NULL, baseline_value = NULL, latest_municipality = NULL,
           baseline_municipality = NULL, change_municipality = NULL, newer_period = NULL, is_synthetic = false,
           missing_reason = 'not_delivered', verdict = 'cannot_be_judged', verdict_reason = 'not_delivered',
           development = NULL, smallest_detectable_change = NULL, baseline_revised_because = NULL""",
    ]
    assert "Kan ikke vurderes: der mangler tal." in without_charts(tmp_path, *empty)[0]


def test_of_more_areas_than_fit_beside_each_other_the_first_page_tells_all_in_a_sentence_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.reporting.goal_table.MOST_AREAS", 2)
    first, *_ = without_charts(tmp_path)
    assert "Områderne i alt, siden baseline Mål 1." in first
    assert "Andelen steg 4,1 procentpoint; i kommunen steg den 1,6. Ingen sikker forskel" in first
    assert "Motalavej" not in first


def test_what_typst_refuses_is_said_in_words(warehouse_file):
    publication = read_publication(warehouse_file)
    figures = publication.agreements[0]
    broken = {one["indicator_id"]: {"ringparken": "no drawing"} for one in figures.series}
    with pytest.raises(HelhedsplanError, match=r"(?s)cannot be set as a PDF.*en_proeveaftale, da.*do this"):
        paper(publication, figures, broken, "da")
