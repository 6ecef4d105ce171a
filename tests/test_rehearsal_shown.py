"""What a rehearsal says on a terminal: a head count first, and a long list cut off with its count."""

from dataclasses import replace

import pytest

from flows.cli_rehearsal import MOST_LISTED, show_rehearsal
from tasks.rehearsal_counts import HeadCount, Replayed
from tasks.rehearse import Rehearsal
from tests.deliveries_for_tests import the_catalogue
from warehouse.compare import ChangedFigure

FIGURE = ChangedFigure(
    "slagelse", "charged_15_29", "ringparken", "2023", "value", 0.04, 0.057, "new_delivery", "a", "b", "lbf", True
)
REPLAYED = Replayed("lbf-1", "Ark1!A7", "share_agrees_with_counts")


def rehearsal(*changes: ChangedFigure) -> Rehearsal:
    return Rehearsal(
        "rehearsal-000001", "lbf-2", "lbf_boligsociale_data", "P", 6, 1, changes, (REPLAYED,), (), "", False, "p.html"
    )


CHANGES = (
    FIGURE,
    replace(FIGURE, column="low", old=0.03, new=0.04),
    replace(FIGURE, period="2024", old=None, was_shown=False),
    replace(FIGURE, period="2024", column="missing_reason", old="not_delivered", new=None),
    replace(FIGURE, period="2021", new=None),
    replace(FIGURE, area_id="rin-01", column="missing_reason", old="not_delivered", new="withheld_here"),
    replace(FIGURE, area_id="rin-01", column="value", old=0.5, new=None),
    replace(FIGURE, period="2020", column="missing_reason", old="not_delivered", new="not_applicable"),
    replace(FIGURE, column="verdict", old="worse", new="better"),
    replace(FIGURE, column="verdict_reason", old="withheld", new=None),
    replace(FIGURE, indicator_id=None, area_id=None, column="state", old="late", new="fresh"),
)


def test_the_head_count_tells_figures_from_verdicts_empty_cells_states_and_replayed_rows():
    assert rehearsal(*CHANGES).counts == HeadCount(1, 1, 1, 1, 1, 1, 1, 1)


def test_the_head_count_comes_first_then_what_moved_then_one_line_for_each_figure(capsys):
    show_rehearsal(rehearsal(*CHANGES), the_catalogue(), everything=False)
    told = capsys.readouterr().out
    said = ("1 new, 1 changed, 1 gone", "lbf-1", "worse", "late", "5.7 %")
    assert sorted(said, key=told.index) == list(said)
    figures = [line.split() for line in told.partition("Figures\n")[2].splitlines() if line.startswith("charged")]
    assert [row[3:] for row in figures if row[1:3] == ["ringparken", "2023"]] == [["4.0", "%", "5.7", "%"]]
    assert [row[3:] for row in figures if row[1] == "rin-01"] == [["50.0", "%", "withheld_here"]]


@pytest.mark.parametrize("everything", [True, False])
def test_a_long_rehearsal_is_cut_off_with_a_count_unless_all_is_asked_for(everything, capsys):
    many = [replace(FIGURE, period=str(1000 + number)) for number in range(400)]
    show_rehearsal(rehearsal(*many), the_catalogue(), everything=everything)
    told = capsys.readouterr().out
    assert (f"... and {400 - MOST_LISTED} more: --all, --json, or the page" in told) is not everything
    assert (len(told.splitlines()) > 400) is everything
    assert everything or len(told.splitlines()) <= 40
