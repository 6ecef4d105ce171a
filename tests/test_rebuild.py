"""A publication is a pure function of snapshots, ledger, catalogue and code: proven over the samples, end to end."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.publication import request_for
from tasks.receive import deliver
from tests.deliveries_for_tests import (
    MINISTRY_LIST,
    ask,
    entries_of,
    good_data,
    marts,
    run,
    run_samples,
    small_data,
    the_catalogue,
)
from warehouse.build import Request, build
from warehouse.described import fingerprints
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A good publication of the samples, to look at only."""
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("published") / "data")


@pytest.fixture
def data(tmp_path_factory, data_folder) -> DataDirectory:
    """One of the test's own."""
    return good_data(tmp_path_factory.getbasetemp(), data_folder)


@pytest.fixture
def small(tmp_path_factory, data_folder) -> DataDirectory:
    """One of the test's own with two sources."""
    return small_data(tmp_path_factory.getbasetemp(), data_folder)


def request_of_the_publication(data: DataDirectory) -> Request:
    """What the last publication was built from, read anew from ledger, catalogue and parsed rows."""
    (made,) = entries_of(data, "publication_made")[-1:]
    night = Night(
        data=data, catalogue=the_catalogue(), actor="test", run_id=made.body["run_id"], as_of=made.body["as_of"],
        call=Plain(), source_ids=(),
    )  # fmt: skip
    return request_for(night, tuple(entries_of(data)[: made.body["ledger_sequence"]]))


def every_table(warehouse: Path) -> dict[str, tuple[int, int]]:
    """Rows, and an order-free hash of their content, of every table and view."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        names = connection.execute("SELECT schema || '.' || name FROM (SHOW ALL TABLES) ORDER BY ALL").fetchall()
        query = "SELECT count(*), coalesce(bit_xor(hash(whole_row)), 0) FROM {} AS whole_row"
        return {name: connection.execute(query.format(name)).fetchone() for (name,) in names}


def test_building_again_gives_the_rows_that_were_published_in_every_table(published, tmp_path):
    request = request_of_the_publication(published)
    # The run that published it, in another process, was the first time.
    again = build(request, tmp_path / "built.duckdb", Withholding())
    assert every_table(again) == every_table(published.warehouse)
    (made,) = entries_of(published, "publication_made")
    assert fingerprints(again) == made.body["tables"] == fingerprints(published.warehouse)
    assert request.inputs_digest == made.body["inputs_digest"]


def digests_of_parquet(data: DataDirectory) -> dict[str, str]:
    found = {path.relative_to(data.root).as_posix(): file_sha256(path) for path in data.root.rglob("*.parquet")}
    assert {name.partition("/")[0] for name in found} == {"parsed", "quarantine"}
    return found


def test_parsed_and_quarantined_rows_and_every_publication_can_be_thrown_away_and_come_again_the_same(data):
    """Also those of sources that the run is not about."""
    digests, before = digests_of_parquet(data), marts(data)
    digest = entries_of(data, "publication_made")[-1].body["inputs_digest"]
    for folder in (data.parsed, data.quarantine, data.published, data.report):
        shutil.rmtree(folder)
    data.warehouse.unlink()
    summary = run(data, "ministry_list")
    assert (summary.exit_code, summary.is_new_publication) == (0, True)
    assert digests_of_parquet(data) == digests
    assert marts(data) == before
    assert entries_of(data, "publication_made")[-1].body["inputs_digest"] == digest


def test_rows_that_are_thrown_away_come_again_the_same_and_are_no_reason_to_publish(data):
    digests = digests_of_parquet(data)
    shutil.rmtree(data.quarantine)
    min(data.parsed.rglob("*.parquet")).unlink()
    summary = run_samples(data)
    assert (summary.exit_code, summary.is_new_publication) == (0, False)
    assert digests_of_parquet(data) == digests
    assert len(entries_of(data, "publication_made")) == 1


def test_the_same_samples_again_are_nothing_new(data):
    before = sorted(path.relative_to(data.root).as_posix() for path in data.root.rglob("*"))
    warehouse, so_far = file_sha256(data.warehouse), len(entries_of(data))
    summary = run_samples(data)
    assert (summary.exit_code, summary.is_new_publication) == (0, False)
    assert {one.new_deliveries for one in summary.sources} == {0}
    assert [one.kind for one in entries_of(data)[so_far:]] == ["run_started", "run_finished"]
    assert entries_of(data)[-1].body["outcome"] == "nothing new"
    assert file_sha256(data.warehouse) == warehouse
    after = sorted(path.relative_to(data.root).as_posix() for path in data.root.rglob("*"))
    assert [name for name in after if name not in before] == []


def test_a_new_delivery_replaces_each_figure_that_it_brings_and_the_old_rows_stay(small, tmp_path):
    """One row of five comes again, changed: four figures stand as they were, and all six rows are kept."""
    figures = "SELECT indicator_id, value FROM mart.indicator_series WHERE source_id = 'ministry_list'"
    before = dict(ask(small, figures))
    lines = MINISTRY_LIST.read_text("utf-8").splitlines()
    (tmp_path / "rettet.csv").write_text("\n".join([lines[0], lines[1].replace(";57,0;", ";57,4;")]), "utf-8")
    deliver(small, the_catalogue(), tmp_path / "rettet.csv", "ministry_list", actor="test")
    assert run(small, "ministry_list").problems == ()
    assert dict(ask(small, figures)) == before | {"ministry_non_western_background": 0.574}
    kept = """SELECT value, known_from < (SELECT max(known_from) FROM core.observation) FROM core.observation
        WHERE indicator_id = 'ministry_non_western_background' ORDER BY delivery_sequence"""
    assert ask(small, kept) == [(0.57, True), (0.574, False)]
    (checked,) = entries_of(small, "delivery_checked")[-1:]
    dropped = {one["check"]: one["observed"] for one in checked.body["outcomes"] if not one["success"]}
    assert "4 found" in dropped["keeps_every_period_of_the_last_delivery"], "what is no longer told is noted"


def test_rows_in_are_rows_loaded_and_rows_in_quarantine_for_every_delivery(published):
    query = """
        SELECT delivery.delivery_id, rows_in, rows_loaded, rows_quarantined,
          (SELECT count(*) FROM core.observation WHERE observation.delivery_id = delivery.delivery_id)
            + (SELECT count(*) FROM mart.milestone WHERE milestone.delivery_id = delivery.delivery_id),
          (SELECT count(*) FROM audit.quarantine WHERE quarantine.delivery_id = delivery.delivery_id)
        FROM audit.delivery ORDER BY ALL"""
    rows = ask(published, query)
    assert len(rows) == 13
    assert [one for one in rows if one[1] != one[2] + one[3]] == []
    assert [one for one in rows if (one[2], one[3]) != (one[4], one[5])] == []
    checked = {one.body["delivery_id"]: one.body for one in entries_of(published, "delivery_checked")}
    counts = ("rows_in", "rows_loaded", "rows_quarantined")
    assert {one[0]: one[1:4] for one in rows} == {
        delivery_id: tuple(body[name] for name in counts) for delivery_id, body in checked.items()
    }
    assert sum(one[1] for one in rows) == sum(parquet_rows(path) for path in published.parsed.rglob("*.parquet"))


def parquet_rows(path: Path) -> int:
    ((rows,),) = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()
    return rows


def test_the_contract_says_of_every_figure_whether_it_is_synthetic(published):
    declared = {
        (source.source_id, Path(sample.path).name): sample.is_synthetic
        for source in the_catalogue().sources
        for sample in source.samples
    }
    query = """SELECT DISTINCT series.source_id, delivery.original_name, series.is_synthetic
        FROM mart.indicator_series AS series INNER JOIN audit.delivery USING (delivery_id)"""
    found = ask(published, query)
    assert {(source_id, name): flag for source_id, name, flag in found}.items() <= declared.items()
    assert len(found) == len({(source_id, name) for source_id, name, _ in found}) >= 10


def test_no_table_shows_a_synthetic_figure_without_saying_so(published):
    """A row of the board's table, or a comparison, is synthetic as soon as one figure in it is."""
    shown = """
        SELECT goal.indicator_id, goal.area_id, goal.is_synthetic,
          coalesce(bool_or(series.is_synthetic) FILTER (series.value IS NOT NULL), false)
        FROM mart.goal_indicator AS goal
        LEFT JOIN mart.indicator_series AS series ON goal.indicator_id = series.indicator_id
          AND series.area_id IN (goal.area_id, 'municipality')
          AND series.period IN (goal.baseline_period, goal.latest_period)
        GROUP BY ALL"""
    assert [row for row in ask(published, shown) if row[2] != row[3]] == []
    compared = """
        SELECT cross_check.* FROM mart.cross_check INNER JOIN mart.indicator_series AS series
          ON series.period = cross_check.period AND series.area_id = 'municipality' AND series.is_synthetic
          AND series.indicator_id IN (cross_check_indicator_id, cross_check.indicator_id)
        WHERE NOT cross_check.is_synthetic"""
    assert ask(published, compared) == []
    made_of = """SELECT count(*) FROM audit.figure_trace AS part
        INNER JOIN mart.indicator_series AS figure USING (indicator_id, area_id, period)
        WHERE part.is_synthetic AND NOT figure.is_synthetic"""
    assert ask(published, made_of) == [(0,)]


REAL = {
    ("turnout_municipal_election", "KV-2025-11-18"): (42578, 65812, 64.70),
    ("statbank_turnout_general_election", "FV-2022-11-01"): (47946, 60183, 79.67),
    ("statbank_turnout_general_election", "FV-2026-03-24"): (48206, 60670, 79.46),
}


@pytest.mark.parametrize(("indicator_id", "period"), REAL)
def test_the_real_figures_come_out(published, indicator_id, period):
    query = f"""SELECT numerator, denominator, round(100 * value, 2), is_synthetic, missing_reason
        FROM mart.indicator_series
        WHERE indicator_id = '{indicator_id}' AND period = '{period}' AND area_id = 'municipality'"""
    assert ask(published, query) == [(*REAL[indicator_id, period], False, None)]


def traced(published: DataDirectory, indicator_id: str, period: str) -> list[tuple]:
    query = f"""SELECT source_id, snapshot_sha256, locator, numerator, denominator FROM audit.figure_trace
        WHERE indicator_id = '{indicator_id}' AND period = '{period}' AND area_id = 'municipality' ORDER BY locator"""
    return ask(published, query)


def test_the_turnout_of_2025_leads_to_its_eighteen_files_and_the_fields_in_them(published):
    rows = traced(published, "turnout_municipal_election", "KV-2025-11-18")
    assert len(rows) == 18
    for source_id, sha256, locator, numerator, denominator in rows:
        name, _, pointer = locator.partition("#/")
        document = json.loads((published.snapshots / source_id / sha256 / name).read_bytes())
        assert document[pointer] == numerator
        assert document["AntalStemmeberettigedeVælgere"] == denominator
    assert (sum(row[3] for row in rows), sum(row[4] for row in rows)) == (42578, 65812)


@pytest.mark.parametrize("period", ["FV-2022-11-01", "FV-2026-03-24"])
def test_the_general_elections_lead_to_their_lines_in_statbanks_answer(published, period):
    ((source_id, sha256, locator, numerator, denominator),) = traced(
        published, "statbank_turnout_general_election", period
    )
    name, parts, whole = re.fullmatch(r"(\S+) line ([\d,]+) / ([\d,]+)", locator).groups()
    lines = (published.snapshots / source_id / sha256 / name).read_text("utf-8").splitlines()
    for numbers, figure in ((parts, numerator), (whole, denominator)):
        assert sum(int(lines[int(number) - 1].rpartition(";")[2]) for number in numbers.split(",")) == figure


def test_every_printed_figure_leads_to_bytes_that_were_really_received(published):
    query = "SELECT DISTINCT source_id, snapshot_sha256 FROM audit.figure_trace"
    traced_to = {published.snapshots / source_id / sha256 for source_id, sha256 in ask(published, query)}
    received = {
        published.snapshots / one.body["source_id"] / one.body["sha256"]
        for one in entries_of(published, "delivery_received")
    }
    assert traced_to <= received
    assert all(folder.is_dir() for folder in received)
    without = """SELECT indicator_id, area_id, period FROM mart.indicator_series
        ANTI JOIN audit.figure_trace USING (indicator_id, area_id, period) WHERE value IS NOT NULL"""
    assert ask(published, without) == []
