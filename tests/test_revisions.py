"""What was known when, and what was revised: the two clocks over whole publications of the samples."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.load import Catalogue
from tasks.approve import reject
from tasks.explain import explain
from tasks.receive import deliver
from tasks.reporting.explained import explained_in_words
from tests.deliveries_for_tests import (
    MINISTRY_LIST,
    ask,
    entries_of,
    good_run,
    lbf_workbook,
    replaced,
    run,
    small_data,
    the_catalogue,
)
from tests.statbank_server import statbank_server
from warehouse.compare import changed_figures
from warehouse.ledger import Entry
from warehouse.paths import DataDirectory
from warehouse.query import run_query

pytestmark = pytest.mark.end_to_end
FIGURE = "ministry_non_western_background"
REVISIONS = """SELECT indicator_id, old_value, new_value, cause, old_delivery_id = new_delivery_id
    FROM audit.revision ORDER BY revised_at, indicator_id"""
CORRECTION = {
    "source_id": "ministry_list",
    "indicator_id": FIGURE,
    "unit_level": "ministry_area",
    "unit_published_as": "Ringparken",
    "period": "2019-12-01",
    "column": "value",
    "as_published": "0.57",
    "corrected": "0.575",
    "reason": "the ministry wrote to us",
    "corrected_by": "steward",
    "corrected_on": "2026-11-02",
}


@pytest.fixture
def data(tmp_path_factory, data_folder) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), data_folder)


def test_today_is_known_what_the_mart_shows(tmp_path_factory):
    data = good_run(tmp_path_factory.getbasetemp()).data
    reported = "area_level IN ('area', 'total', 'municipality') AND (value IS NOT NULL OR delivery_id IS NOT NULL)"
    columns = "agreement_id, indicator_id, area_id, period, numerator, denominator, value, delivery_ids, known_{}"
    shown = f"SELECT {columns.format('at')} FROM mart.indicator_series WHERE {reported} ORDER BY ALL"
    known = f"SELECT {columns.format('from')} FROM mart.figure_as_known_on('2999-12-31') ORDER BY ALL"
    # Over the readers' locked connection, as an auditor asks.
    answer = run_query(data.warehouse, known).rows
    assert len(answer) > 400
    assert list(answer) == ask(data, shown)
    assert run_query(data.warehouse, "FROM mart.figure_as_known_on('2020-01-01')").rows == ()


def test_a_correction_then_a_re_delivery_are_revisions_with_their_causes_and_the_last_publication_has_both(
    data, tmp_path
):
    """The publisher's own mending comes half a year after ours, and our row is taken out."""
    (first,) = data.published.glob("*.duckdb")
    catalogue = replace(the_catalogue(), corrections=(CORRECTION,), digest="with a correction")
    assert run(data, "ministry_list", catalogue=catalogue).problems == ()
    assert ask(data, REVISIONS) == [(FIGURE, 0.57, 0.575, "correction", True)]
    releases = (
        "SELECT value, corrected_because, is_current FROM core.observation WHERE indicator_id = '{}' ORDER BY ALL"
    )
    assert ask(data, releases.format(FIGURE)) == [
        (0.57, None, False),
        (0.575, "the ministry wrote to us (steward, 2026-11-02)", True),
    ]
    replaced(MINISTRY_LIST, ";57,0;", ";57,4;")(tmp_path / "december.csv")
    deliver(data, the_catalogue(), tmp_path / "december.csv", "ministry_list", actor="test")
    assert run(data, "ministry_list").problems == ()
    assert ask(data, REVISIONS) == [
        (FIGURE, 0.57, 0.575, "correction", True),
        (FIGURE, 0.575, 0.574, "new_delivery", False),
    ]
    made = entries_of(data, "publication_made")
    assert [(one and (one["compared_with"], one["rows"], one["causes"])) for one in revised_of(made)] == [
        None,
        (first.stem, 1, {"correction": 1}),
        (made[1].body["publication_id"], 1, {"new_delivery": 1}),
    ]
    assert ask(data, "SELECT figures_revised FROM audit.publication ORDER BY published_at") == [(None,), (1,), (1,)]
    assert [(one.old, one.new) for one in changed_figures(first, data.warehouse)] == [(0.57, 0.574)]
    # A correction answers the delivery in force; that an older one says something else stops nothing.
    again = replace(
        the_catalogue(), corrections=(CORRECTION | {"as_published": "0.574", "corrected": "0.573"},), digest="another"
    )
    assert run(data, "ministry_list", catalogue=again).problems == ()
    assert ask(data, REVISIONS)[2:] == [(FIGURE, 0.574, 0.573, "correction", True)]


def revised_of(made: list[Entry]) -> list[dict | None]:
    return [entry.body["figures_revised"] for entry in made]


def test_a_publication_whose_predecessor_is_gone_or_damaged_says_that_it_was_compared_with_none(data, tmp_path):
    (first,) = data.published.glob("*.duckdb")
    first.chmod(0o644)
    first.unlink()
    first.write_bytes(b"no warehouse")
    replaced(MINISTRY_LIST, ";57,0;", ";57,4;")(tmp_path / "december.csv")
    deliver(data, the_catalogue(), tmp_path / "december.csv", "ministry_list", actor="test")
    assert run(data, "ministry_list").problems == ()
    assert ask(data, "SELECT compared_with FROM audit.publication WHERE is_this_one") == [(None,)]
    assert entries_of(data, "publication_made")[-1].body["figures_revised"] is None
    assert ask(data, REVISIONS) == []


def statbank_of(base_url: str) -> Catalogue:
    real = the_catalogue()
    contract = real.source("statbank").statbank
    assert contract
    # The others would be fetched, read and checked beside it.
    table = {"tables": tuple(one for one in contract.tables if one.table_id == "FVKOM")}
    statbank = contract.model_copy(update={"base_url": base_url, "timeout_seconds": 60} | table)
    sources = [
        one.model_copy(update={"statbank": statbank}) if one.source_id == "statbank" else one for one in real.sources
    ]
    return replace(real, sources=tuple(sources))


def test_a_table_of_the_statbank_that_is_revised_half_a_year_later_is_known_as_of_both_days(
    data, tmp_path, monkeypatch, repository_root
):
    tables = tmp_path / "tables"
    shutil.copytree(repository_root / "samples" / "statbank", tables)
    figure = "period = 'FV-2026-03-24' AND indicator_id = 'statbank_turnout_general_election'"
    known = f"SELECT numerator, denominator FROM mart.figure_as_known_on('{{}}') WHERE {figure}"
    with statbank_server(tables) as server:
        catalogue = statbank_of(server.base_url)
        monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-01-10T12:00:00+00:00")
        assert run(data, "statbank", catalogue=catalogue).problems == ()
        description = json.loads((tables / "FVKOM" / "tableinfo.json").read_bytes())
        (tables / "FVKOM" / "tableinfo.json").write_text(json.dumps(description | {"updated": "2027-07-01T08:00:00"}))
        counts = (tables / "FVKOM" / "data.csv").read_text("utf-8")
        assert ";VAELG;2026;60670" in counts
        (tables / "FVKOM" / "data.csv").write_text(counts.replace(";VAELG;2026;60670", ";VAELG;2026;60680"), "utf-8")
        monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-07-10T12:00:00+00:00")
        assert run(data, "statbank", catalogue=catalogue).problems == ()
    assert ask(data, known.format("2027-07-09")) == [(48206, 60670)]
    assert ask(data, known.format("2027-07-10")) == [(48206, 60680)]
    revised = f"SELECT old_denominator, new_denominator, changed, cause FROM audit.revision WHERE {figure}"
    assert ask(data, revised) == [(60670, 60680, ["value", "low", "high", "denominator"], "new_delivery")]


CHARGED = "I6 Andel 15-29-årige, der er sigtet mindst én gang"


def hand_in(data: DataDirectory, workbook: Path, *rows: tuple[str, int, int]) -> str:
    """A workbook that states these (period, numerator, denominator) of one area, delivered and published; its id."""
    of_area = ("Boligområde", "RIN", "Ringparken", CHARGED)
    lbf_workbook(workbook, [[*of_area, period, x, n, round(100 * x / n, 1), None] for period, x, n in rows])
    deliver(data, the_catalogue(), workbook, "lbf_boligsociale_data", actor="test")
    assert run(data, "lbf_boligsociale_data").problems == ()
    return entries_of(data, "delivery_received")[-1].body["delivery_id"]


def test_a_delivery_that_is_rejected_after_its_publication_stays_known_for_the_days_before(data, tmp_path, monkeypatch):
    figure = "indicator_id = 'charged_15_29' AND unit_id = 'ringparken' AND period IN ('2025', '2026')"
    columns = "period, numerator, denominator, missing_reason"
    known = f"SELECT {columns} FROM mart.figure_as_known_on('{{}}') WHERE {figure.replace('unit', 'area')} ORDER BY ALL"
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-01-10T12:00:00+00:00")
    january = hand_in(data, tmp_path / "january.xlsx", ("2025", 16, 414), ("2026", 3, 414))
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-02-01T12:00:00+00:00")
    reject(data, the_catalogue(), january, actor="test", because="the publisher took it back")
    assert run(data, "lbf_boligsociale_data").problems == ()
    # Its small count was withheld when it was shown, and is withheld for ever.
    then = [("2025", 16, 414, None), ("2026", None, None, "withheld_here")]
    assert ask(data, known.format("2027-01-31")) == then
    assert ask(data, known.format("2027-02-01")) == []
    kept = f"SELECT {columns} FROM core.observation WHERE {figure} AND NOT is_current AND known_until > known_from"
    assert ask(data, f"{kept} ORDER BY ALL") == then
    gone = (
        f"SELECT period, old_numerator, new_numerator, cause FROM audit.revision WHERE {figure.replace('unit', 'area')}"
    )
    assert ask(data, gone) == [("2025", 16, None, "rejected")]


def test_a_workbook_that_comes_again_without_a_period_revises_one_figure_and_leaves_the_other_standing(
    data, tmp_path, monkeypatch
):
    figure = "indicator_id = 'charged_15_29' AND area_id = 'ringparken' AND period IN ('2024', '2025')"
    shown = f"SELECT period, numerator, carried_over_because FROM mart.indicator_series WHERE {figure} ORDER BY period"
    known = f"SELECT period, numerator, delivery_id FROM mart.figure_as_known_on('{{}}') WHERE {figure} ORDER BY period"
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-01-10T12:00:00+00:00")
    january = hand_in(data, tmp_path / "january.xlsx", ("2024", 15, 414), ("2025", 16, 414))
    assert ask(data, shown) == [("2024", 15, None), ("2025", 16, None)]
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2027-07-10T12:00:00+00:00")
    july = hand_in(data, tmp_path / "july.xlsx", ("2025", 17, 414))
    assert ask(data, shown) == [("2024", 15, "not_in_newest_delivery"), ("2025", 17, None)]
    revised = f"""SELECT period, old_numerator, new_numerator, cause, old_delivery_id, new_delivery_id
        FROM audit.revision SEMI JOIN ledger.build USING (publication_id) WHERE {figure}"""
    assert ask(data, revised) == [("2025", 16, 17, "new_delivery", january, july)]
    assert ask(data, known.format("2027-07-09")) == [("2024", 15, january), ("2025", 16, january)]
    assert ask(data, known.format("2027-07-10")) == [("2024", 15, january), ("2025", 17, july)]
    (left_out,) = explain(data.warehouse, "charged_15_29", "ringparken", "2024")
    assert left_out["carried_over_because"] == "not_in_newest_delivery"
    assert left_out["since_last_publication"] == "unchanged"
    assert (
        dict(explained_in_words(left_out, "da"))["Videreført"]
        == "Tallet stammer fra en ældre leverance; den nyeste indeholder det ikke."
    )
    assert "older delivery" in dict(explained_in_words(left_out, "en"))["Carried over"]
    (one,) = explain(data.warehouse, "charged_15_29", "ringparken", "2025")
    told = dict(explained_in_words(one, "da"))
    corrected = "Ændret fra 3,9\u00a0pct. til 4,1\u00a0pct.: rettet i en senere leverance."
    assert told["Siden sidste udgivelse"] == corrected
