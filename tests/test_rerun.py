"""A source run again gives the same marts; what a damaged copy had made of them is found, listed and mended.

And what was known on an earlier day can be built again beside the publication that stands.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from datetime import date, timedelta

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from flows.cli_summary import summary_text
from tasks.as_of import rebuild_as_of
from tasks.night import refresh
from tasks.receive import deliver
from tasks.summary import RunSummary
from tests.deliveries_for_tests import (
    MINISTRY_LIST,
    ask,
    entries_of,
    good_data,
    replaced,
    run,
    small_data,
    the_catalogue,
)
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

pytestmark = pytest.mark.end_to_end
LIST, LBF = "ministry_list", "lbf_boligsociale_data"
FIGURE = "SELECT value FROM mart.indicator_series WHERE indicator_id = 'ministry_non_western_background' AND value > 0"


@pytest.fixture
def data(tmp_path_factory, data_folder) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), data_folder)


def rerun(data: DataDirectory, source_id: str, period: str | None = None) -> RunSummary:
    return refresh(data, the_catalogue(), actor="test", source_ids=[source_id], force=True, period=period, papers=False)


def test_a_source_run_again_is_read_from_its_bytes_and_every_figure_comes_out_as_it_was(data):
    before, checked = file_sha256(data.warehouse), len(entries_of(data, "delivery_checked"))
    (parsed,) = [path for path in data.parsed.rglob("*.parquet") if path.parent.name == sha256_of(data, LIST)]
    written = parsed.stat().st_mtime_ns
    summary = rerun(data, LIST)
    assert (summary.problems, summary.is_new_publication, summary.differences) == ((), False, ())
    assert file_sha256(data.warehouse) == before
    assert parsed.stat().st_mtime_ns > written
    assert len(entries_of(data, "delivery_checked")) == checked + 1
    assert "Read again: every figure came out as it was." in summary_text(summary)


def sha256_of(data: DataDirectory, source_id: str) -> str:
    (received,) = [one for one in entries_of(data, "delivery_received") if one.body["source_id"] == source_id]
    return received.body["sha256"]


def test_what_a_damaged_copy_of_the_rows_had_put_into_the_marts_is_listed_and_mended(data):
    (parsed,) = [path for path in data.parsed.rglob("*.parquet") if path.parent.name == sha256_of(data, LIST)]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE damaged AS SELECT * REPLACE (value * 0.5 AS value) FROM '{parsed}'")
        connection.execute(f"COPY damaged TO '{parsed}' (FORMAT parquet)")
    data.warehouse.unlink()
    shutil.rmtree(data.published)
    assert run(data, LIST).is_new_publication
    assert ask(data, FIGURE) == [(0.285,)]
    summary = rerun(data, LIST)
    assert summary.is_new_publication
    assert ask(data, FIGURE) == [(0.57,)]
    of_figure = [one for one in summary.differences if one.indicator_id == "ministry_non_western_background"]
    assert [(one.column, one.old, one.new) for one in of_figure] == [("value", 0.285, 0.57)]
    assert "differences from the publication before" in summary_text(summary)
    assert not rerun(data, LIST).is_new_publication


def test_with_a_period_only_the_deliveries_that_carry_it_are_run_again(tmp_path_factory, data_folder):
    data = good_data(tmp_path_factory.getbasetemp(), data_folder)
    periods = """SELECT period, list(DISTINCT delivery_id) FROM core.observation
        WHERE source_id = 'lbf_boligsociale_data' GROUP BY period HAVING count(DISTINCT delivery_id) = 1"""
    period, (delivery_id,) = max(ask(data, periods))
    so_far = len(entries_of(data))
    assert not rerun(data, LBF, period).is_new_publication
    checked = [one.body["delivery_id"] for one in entries_of(data)[so_far:] if one.kind == "delivery_checked"]
    assert checked == [delivery_id]


def test_what_was_known_on_an_earlier_day_is_built_again_and_the_publication_stands(data, tmp_path, monkeypatch):
    first_day = date.fromisoformat(entries_of(data)[-1].time[:10])
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", f"{first_day + timedelta(days=10)}T10:00:00+00:00")
    replaced(MINISTRY_LIST, ";57,0;", ";58,5;")(tmp_path / "rettet.csv")
    deliver(data, the_catalogue(), tmp_path / "rettet.csv", LIST, actor="test")
    assert run(data, LIST).is_new_publication
    before, so_far = file_sha256(data.warehouse), len(entries_of(data))
    then = rebuild_as_of(data, the_catalogue(), first_day + timedelta(days=3))
    now = rebuild_as_of(data, the_catalogue(), first_day + timedelta(days=11), to=tmp_path / "now.duckdb")
    assert (figure_in(then.path), figure_in(now.path), ask(data, FIGURE)) == ([(0.57,)], [(0.585,)], [(0.585,)])
    made = entries_of(data, "publication_made")
    assert [then.publication_id, now.publication_id] == [one.body["publication_id"] for one in made]
    assert [one for one in then.differences if one.column != "state" and one.cause != "time_passed"] == []
    assert now.differences == ()
    assert (file_sha256(data.warehouse), len(entries_of(data))) == (before, so_far)
    assert then.path == data.as_of / f"{first_day + timedelta(days=3)}.duckdb"


def figure_in(warehouse) -> list[tuple]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(FIGURE).fetchall()


def test_a_day_before_the_first_entry_and_a_place_among_the_publications_are_refused(data):
    with pytest.raises(HelhedsplanError, match="nothing was known on that day"):
        rebuild_as_of(data, the_catalogue(), date(2020, 1, 1))
    foreign = data.root.parent / "letter.txt"
    foreign.write_text("not ours", encoding="utf-8")
    for target in (data.warehouse, data.ledger, data.snapshots / "x.duckdb", foreign):
        before = target.read_bytes() if target.exists() else b""
        with pytest.raises(HelhedsplanError, match="must not take the place of anything else"):
            rebuild_as_of(data, the_catalogue(), date(2030, 1, 1), to=target)
        assert (target.read_bytes() if target.exists() else b"") == before


def test_a_rerun_takes_nothing_in_and_asks_nobody(data):
    folder = data.root / "inbox" / LIST
    folder.mkdir(parents=True)
    replaced(MINISTRY_LIST, ";57,0;", ";57,1;")(folder / "list.csv")
    os.utime(folder / "list.csv", (0, 0))  # nobody is writing it any more
    received = len(entries_of(data, "delivery_received"))
    summary = rerun(data, LIST)
    assert (summary.problems, summary.is_new_publication) == ((), False)
    assert len(entries_of(data, "delivery_received")) == received
    assert (folder / "list.csv").exists()


def test_what_stood_then_is_not_called_the_same_where_its_file_is_gone_and_later_corrections_are_left_out(data):
    today = date.fromisoformat(entries_of(data)[0].time[:10])
    for kept in data.published.glob("*.duckdb"):
        kept.unlink()
    correction = {
        "source_id": LIST, "indicator_id": "ministry_non_western_background", "unit_level": "ministry_area",
        "unit_published_as": "Ringparken", "period": "2019-12-01", "column": "value", "as_published": "57,0",
        "corrected": "56,0", "reason": "typing error", "corrected_by": "test",
        "corrected_on": f"{today + timedelta(days=1)}",
    }  # fmt: skip
    made = rebuild_as_of(data, dataclasses.replace(the_catalogue(), corrections=(correction,)), today)
    assert made.differences is None
    with duckdb.connect(made.path, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM catalogue.correction").fetchall() == [(0,)]
