"""How fresh each part of each source is after a run: by the publisher's calendar, and by what the publisher says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.errors import HelhedsplanError
from tasks.context import Night, Plain
from tasks.fetch import fetch_source
from tasks.freshness import freshness
from tasks.inbox import waiting
from tasks.receive import deliver
from tasks.summary import _how_real
from tests.deliveries_for_tests import SAMPLES, entries_of, the_catalogue
from tests.statbank_server import statbank_server
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Entry, Ledger
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


def run_of_statbank(data: DataDirectory, run_id: str, *source_ids: str, problem: str = "") -> None:
    """A whole run of these sources in the ledger, in which the StatBank failed if there is a problem."""
    ledger = Ledger(data.ledger)
    ledger.append("run_started", {"run_id": run_id, "source_ids": list(source_ids)}, actor="test")
    if problem:
        body = {"run_id": run_id, "source_id": "statbank", "delivery_id": None, "problem": problem}
        ledger.append("source_failed", body, actor="test")
    ledger.append("run_finished", {"run_id": run_id, "outcome": "nothing new", "problems": []}, actor="test")


def test_a_source_that_failed_when_last_tried_stays_stopped_until_it_is_tried_with_success(data):
    data.prepare()
    seen = []
    for number, (source_id, problem) in enumerate([("statbank", "no"), ("valg_dk", ""), ("statbank", "")], start=1):
        run_of_statbank(data, f"run-{number}", source_id, problem=problem)
        found = freshness(data, the_catalogue(), entries_of(data), f"run-{number}", "2026-11-25T01:00:00+00:00")
        seen.append({(one.state == "stopped", one.last_failure) for one in found if one.source_id == "statbank"})
    assert seen == [{(True, "no")}, {(True, "no")}, {(False, None)}]


def judged(data: DataDirectory, source_id: str, part_id: str, *kinds: str) -> None:
    """A delivery in the ledger that became what `kinds` say."""
    delivery_id = f"{source_id}-{len(entries_of(data)):04}"
    body = {
        "delivery_id": delivery_id, "source_id": source_id, "part_id": part_id, "sha256": "a", "files": [],
        "is_synthetic": False, "origin": "",
    }  # fmt: skip
    for kind in ("received", *kinds):
        Ledger(data.ledger).append(
            f"delivery_{kind}",
            body if kind == "received" else {"delivery_id": delivery_id, "problem": "a fault"},
            actor="test",
        )


def states(data: DataDirectory, source_id: str) -> dict[str, str]:
    found = freshness(data, the_catalogue(), entries_of(data), "", "2026-11-25T01:00:00+00:00")
    return {one.part_id: one.state for one in found if one.source_id == source_id}


def test_a_name_under_which_nothing_could_be_used_is_stopped_and_then_no_part_once_a_good_file_came(data):
    data.prepare()
    judged(data, "valg_dk", "KV dobbelt", "unreadable")
    assert states(data, "valg_dk") == {"KV dobbelt": "stopped"}
    judged(data, "valg_dk", "KV rettet", "checked", "approved")
    assert states(data, "valg_dk").keys() == {"KV rettet"}


def test_a_table_that_cannot_be_used_is_not_mended_by_another_table(data):
    data.prepare()
    judged(data, "statbank", "NEET1", "unreadable")
    judged(data, "statbank", "KVRES", "unreadable")
    assert states(data, "statbank")["NEET1"] == "stopped"
    (data.snapshots / "statbank" / "a").mkdir(parents=True)
    judged(data, "statbank", "KVRES", "checked", "approved")
    found = states(data, "statbank")
    assert found["NEET1"] == "stopped"
    assert found["KVRES"] != "stopped"
    assert [one.delivery_id for one in waiting(data, the_catalogue()) if one.state == "unreadable"] == ["statbank-0000"]


LBF, MAY, NOVEMBER = "lbf_boligsociale_data", {"I6": "2024-12-31", "I8": "2025-12-31"}, {"I6": "2025-12-31"}


def told_on(days: Sequence[tuple[str, dict[str, str] | str]], source_id: str) -> list[Entry]:
    """The entries of a delivery for each day: checked with these newest periods, or what else became of it."""
    entries = []

    def entry(day: str, kind: str, body: dict) -> None:
        entries.append(Entry(len(entries) + 1, f"{day}T10:00:00+00:00", "test", f"delivery_{kind}", "", body, "", ""))

    for number, (day, became) in enumerate(days):
        named = {"delivery_id": f"{source_id}-{number}"}
        about = {"source_id": source_id, "part_id": "", "sha256": "a", "files": [], "is_synthetic": True, "origin": ""}
        entry(day, "received", named | about)
        if isinstance(became, dict):
            # Approved and checked: an election's part is its newest period.
            part = {"part_id": max(became.values())} if source_id == "valg_dk" else {}
            entry(day, "checked", named | {"newest_periods": became} | part)
            entry(day, "approved", named)
        elif became != "waits":
            entry(day, became, named | {"problem": "a fault"})
    return entries


@pytest.mark.parametrize(
    ("days", "today", "state", "next_day"),
    [
        ([("2026-05-04", MAY)], "2026-10-31", "fresh", "2026-11-01"),
        # In one release some indicators have moved, in the next others.
        ([("2026-05-04", MAY), ("2026-11-04", MAY | NOVEMBER)], "2027-02-01", "fresh", "2027-05-01"),
        # May's once more, corrected: November's has still to come.
        ([("2026-05-04", MAY), ("2026-11-04", MAY)], "2026-11-05", "due", "2026-11-01"),
        ([("2026-05-04", MAY), ("2026-11-04", MAY)], "2027-01-01", "late", "2026-11-01"),
        # A file with one indicator of the old periods alone takes nothing back.
        ([("2026-05-04", MAY), ("2026-11-04", NOVEMBER), ("2026-11-05", MAY)], "2027-01-01", "fresh", "2027-05-01"),
        # What nobody has read yet has come; what was of no use, or taken back, has not.
        ([("2026-05-04", MAY), ("2026-11-04", "waits")], "2027-01-01", "fresh", "2027-05-01"),
        ([("2026-05-04", MAY), ("2026-11-04", "rejected")], "2027-01-01", "late", "2026-11-01"),
        ([("2026-05-04", MAY), ("2026-11-04", "unreadable"), ("2026-11-05", MAY)], "2027-01-01", "late", "2026-11-01"),
        ([("2026-05-04", MAY), ("2026-10-05", MAY | NOVEMBER)], "2026-11-02", "fresh", "2027-05-01"),
        ([], "2026-11-05", "due", "2026-11-01"),
    ],
)
def test_a_release_is_what_moves_the_newest_period_of_an_indicator(data, days, today, state, next_day):
    found = freshness(data, the_catalogue(), told_on(days, LBF), "", f"{today}T01:00:00+00:00")
    (one,) = [one for one in found if one.source_id == LBF]
    assert (one.state, one.expected_next) == (state, next_day)


def test_a_plan_of_milestones_is_new_each_time_that_it_comes(data):
    entries = told_on([("2026-07-02", {}), ("2026-10-02", {})], "delaftaler")
    found = freshness(data, the_catalogue(), entries, "", "2026-10-03T01:00:00+00:00")
    assert [one.expected_next for one in found if one.source_id == "delaftaler"] == ["2027-01-01"]


def test_an_election_that_is_past_is_never_late_and_the_newest_is_until_its_successor_has_come(data):
    local, general = {"turnout": "2025-11-18"}, {"turnout": "2026-03-24"}
    days = [("2025-12-01", {"turnout": "2021-11-16"}), ("2025-12-02", local), ("2026-06-01", general)]

    def states_after(deliveries: int) -> dict[str, str]:
        entries = told_on(days[:deliveries], "valg_dk")
        found = freshness(data, the_catalogue(), entries, "", "2026-06-02T01:00:00+00:00")
        return {one.part_id: one.state for one in found if one.source_id == "valg_dk"}

    assert states_after(2) == {"2021-11-16": "fresh", "2025-11-18": "late"}
    assert states_after(3) == {"2021-11-16": "fresh", "2025-11-18": "fresh", "2026-03-24": "fresh"}


def received(*, is_synthetic: bool, checked: bool) -> Delivery:
    body = {"rows_in": 1} if checked else None
    return Delivery("s-0", "s", "", "0" * 64, (), is_synthetic, "", "2026-01-01", "test", 1, checked=body)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ([], "nothing usable yet"),
        ([received(is_synthetic=True, checked=True)], "synthetic"),
        ([received(is_synthetic=False, checked=True)], "real"),
        ([received(is_synthetic=True, checked=True), received(is_synthetic=False, checked=True)], "partly synthetic"),
    ],
)
def test_a_delivery_that_was_never_read_makes_a_source_neither_real_nor_synthetic(read, told):
    assert _how_real([*read, received(is_synthetic=False, checked=False)]) == told


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
