"""How fresh each part of each source is after a run: by the publisher's calendar, and by what the publisher says."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.errors import HelhedsplanError
from tasks.context import Night, Plain
from tasks.fetch import deliver, fetch_source
from tasks.freshness import freshness
from tests.deliveries_for_tests import SAMPLES, the_catalogue
from tests.statbank_server import statbank_server
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory


@pytest.fixture
def data(data_folder) -> DataDirectory:
    return DataDirectory(data_folder)


def table_updated(folder: Path, updated: str) -> Path:
    """A delivery of NEET1 that says when it was last changed."""
    described = json.loads((SAMPLES / "statbank" / "NEET1" / "tableinfo.json").read_bytes())
    folder.mkdir()
    (folder / "tableinfo.json").write_text(json.dumps(described | {"updated": updated}), "utf-8")
    return folder


def state_of(data: DataDirectory, part_id: str, as_of: str) -> tuple[str, str | None]:
    found = freshness(data, the_catalogue(), Ledger(data.ledger).entries(), "run-000001", as_of)
    (one,) = [one for one in found if (one.source_id, one.part_id) == ("statbank", part_id)]
    return one.state, one.expected_next


TABLES = ("FVKOM", "HFUDD21", "KVRES", "NEET1", "RAS209")


def what_stops(data: DataDirectory, error: HelhedsplanError) -> dict[str, str | None]:
    """Which parts of the StatBank stand stopped after a run in which it failed so, and by what."""
    began = Ledger(data.ledger).append("run_started", {"run_id": "run-000001"}, actor="test").time
    Night(data, the_catalogue(), "test", "run-000001", began, Plain(), ()).failed("statbank", error)
    found = freshness(data, the_catalogue(), Ledger(data.ledger).entries(), "run-000001", began)
    return {one.part_id: one.last_failure for one in found if one.source_id == "statbank" and one.state == "stopped"}


def test_a_table_that_fails_stops_itself_alone(data, tmp_path):
    """Every table is asked for; the one that the StatBank does not know fails, and the others come."""
    data.prepare()
    folder = shutil.copytree(SAMPLES / "statbank", tmp_path / "tables", ignore=shutil.ignore_patterns("HFUDD21"))
    with statbank_server(folder) as server:
        whole = the_catalogue().source("statbank")
        asked = whole.model_copy(update={"statbank": whole.statbank.model_copy(update={"base_url": server.base_url})})
        with pytest.raises(HelhedsplanError) as failed:
            fetch_source(data, replace(the_catalogue(), sources=(asked,)), "statbank", actor="test")
    assert {one.part_id for one in deliveries(Ledger(data.ledger).entries()).values()} == {*TABLES} - {"HFUDD21"}
    stopped = what_stops(data, failed.value)
    assert stopped.keys() == {"HFUDD21"}
    assert "Tabel findes ikke" in stopped["HFUDD21"]


def test_a_source_that_fails_as_a_whole_stops_all_of_its_parts(data):
    data.prepare()
    stopped = what_stops(data, HelhedsplanError("the inbox cannot be read"))
    assert stopped == dict.fromkeys(TABLES, "the inbox cannot be read")


@pytest.mark.parametrize(("as_of", "state"), [("2026-04-30", "fresh"), ("2026-05-01", "due"), ("2026-08-01", "late")])
def test_a_table_fetched_today_is_as_fresh_as_its_publisher_says(data, tmp_path, as_of, state):
    path = table_updated(tmp_path / "NEET1", "2025-05-01T08:00:00")
    deliver(data, the_catalogue(), path, "statbank", actor="test", part_id="NEET1")
    assert state_of(data, "NEET1", f"{as_of}T01:00:00+00:00") == (state, "2026-05-01")


def test_the_newest_answer_of_a_table_says_when_it_was_changed(data, tmp_path):
    for number, updated in enumerate(("2025-05-01T08:00:00", "2026-05-04T08:00:00Z")):
        path = table_updated(tmp_path / f"{number}", updated)
        deliver(data, the_catalogue(), path, "statbank", actor="test", part_id="NEET1")
    assert state_of(data, "NEET1", "2026-08-01T01:00:00+00:00") == ("fresh", "2027-05-04")


@pytest.mark.parametrize("updated", ["", "i går"])
def test_a_table_that_says_no_day_counts_from_its_receipt(data, tmp_path, updated):
    path = table_updated(tmp_path / "NEET1", updated)
    deliver(data, the_catalogue(), path, "statbank", actor="test", part_id="NEET1")
    received_on = Ledger(data.ledger).entries()[-1].time
    assert state_of(data, "NEET1", received_on)[0] == "fresh"
    assert state_of(data, "RAS209", received_on) == ("due", None)
