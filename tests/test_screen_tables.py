"""The tables on Prefect's pages: narrow, for nothing wraps there, with what is long told below them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.receive import deliver
from tasks.screen_tables import inbox_table, quarantine_table, rehearsal_table, run_table
from tasks.summary import RunSummary, SourceSummary
from tests.deliveries_for_tests import MINISTRY_LIST, good_run, replaced, small_data, the_catalogue
from tests.test_rehearsal_shown import CHANGES, FIGURE, rehearsal

# A column of text on Prefect's page holds about as many letters before the table is cut off at the right.
WIDEST = 92
PROBLEM = "statbank: no answer\n  where:    HFUDD21 | <b>\n  do this:  nothing"
SOURCE = SourceSummary("statbank", "stopped", 5, 1, 30, 28, 9, 2, "real", None)
SUMMARY = RunSummary(
    run_id="run-000007", publication_id="P", is_new_publication=True, sources=(SOURCE,), indicators_with_figures=9,
    indicators_without_figures=(), problems=(PROBLEM,), warehouse="data/warehouse.duckdb", report="report/index.html",
)  # fmt: skip


def widths(markdown: str) -> list[int]:
    """Letters of each line of a table, without the marks that make it one and the addresses of links."""
    rows = [line.split(" | ") for line in markdown.splitlines() if line.startswith("| ")]
    assert rows
    return [sum(len(cell.partition("](")[0].strip("|[ ")) + 3 for cell in row) for row in rows]


def test_a_problem_stands_below_the_table_in_its_lines_and_nothing_of_it_becomes_markup():
    told = run_table(SUMMARY, the_catalogue())
    assert "- statbank: no answer  \n  where: HFUDD21 \\| &lt;b>  \n  do this: nothing\n" in told
    assert max(widths(told)) <= WIDEST
    assert "SYNTHETIC" not in told
    made_up = run_table(replace(SUMMARY, sources=(replace(SOURCE, is_synthetic="synthetic"),)), the_catalogue())
    assert "SYNTHETIC: the figures of statbank are made up" in made_up


def test_what_an_earlier_night_left_is_told_apart_and_once():
    earlier = replace(SUMMARY, sources=(replace(SOURCE, problem="no answer"),))
    assert "**Still so since an earlier night**" not in run_table(earlier, the_catalogue())
    quiet = run_table(replace(earlier, problems=()), the_catalogue())
    assert "**Still so since an earlier night**\n\n- statbank: no answer\n" in quiet
    assert "**Problems**" not in quiet


def test_a_rerun_lists_its_differences_and_says_so_where_there_are_none():
    rerun = replace(SUMMARY, was_rerun=True)
    assert "Read again: every figure came out as it was." in run_table(rerun, the_catalogue())
    told = run_table(replace(rerun, differences=(FIGURE,)), the_catalogue())
    assert "**Read again: 1 difference from the publication before**" in told
    assert "| charged_15_29 | ringparken | 2023 | value | 4.0 % | 5.7 % |" in told
    assert "Read again" not in run_table(SUMMARY, the_catalogue())


def test_a_rehearsal_has_a_table_for_each_cause():
    one, several = rehearsal(FIGURE), rehearsal(FIGURE, replace(FIGURE, period="2024", cause="correction"))
    assert "Cause: new_delivery\n\n| indicator | area | period | what | old | new |\n" in rehearsal_table(
        one, the_catalogue()
    )
    told = rehearsal_table(several, the_catalogue())
    assert (
        told.index("Cause: correction\n\n| ind") < told.index("| 2024 |") < told.index("Cause: new_delivery\n\n| ind")
    )
    assert max(widths(told)) <= WIDEST
    assert "; 1 verdict moved; 1 cell withheld; 1 state changed; " in rehearsal_table(
        rehearsal(*CHANGES), the_catalogue()
    )
    assert "It changes no figure" in rehearsal_table(rehearsal(), the_catalogue())


@pytest.mark.end_to_end
def test_the_inbox_tells_why_and_what_to_do_below_its_table(tmp_path_factory, data_folder, tmp_path):
    data = small_data(tmp_path_factory.getbasetemp(), data_folder)
    assert inbox_table(data, the_catalogue()) == "Nothing waits."
    handed_in = tmp_path / "a|b<c.csv"
    replaced(MINISTRY_LIST, ";57,0;", ";57,1;")(handed_in)
    delivery_id, _ = deliver(data, the_catalogue(), handed_in, "ministry_list", actor="bo", is_synthetic=True)
    told = inbox_table(data, the_catalogue())
    assert f"1. `{delivery_id}`, a\\|b&lt;c.csv: it is not read and checked yet. To move it on: `helhedsplan " in told
    assert max(widths(told)) <= WIDEST


@pytest.mark.end_to_end
def test_the_quarantine_tells_each_row_by_its_place_and_each_reason_once_for_a_delivery(tmp_path_factory):
    told = quarantine_table(good_run(tmp_path_factory.getbasetemp()).data)
    assert told.count("**lbf_boligsociale_data-") == 2
    assert "| open | Data!BB306 | is_about_a_known_unit |" in told
    assert told.count("- is_about_a_known_unit: A figure of an area") == 1


@pytest.mark.parametrize("count", [1, 250])
def test_a_long_list_of_changes_ends_with_how_many_are_left(count):
    many = rehearsal(*(replace(FIGURE, period=str(1000 + number)) for number in range(count)))
    assert ("50 more on the page" in rehearsal_table(many, the_catalogue())) is (count > 200)
