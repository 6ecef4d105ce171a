"""What was approved stands, whatever a changed contract, an odd file or a forgotten older one would make of it."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.context import Night, Plain
from tasks.expectations import Expectation
from tasks.fetch import INBOX_SETTLES_SECONDS, fetch_source
from tasks.inbox import waiting
from tasks.readings import readings_beside
from tasks.receive import deliver
from tests.deliveries_for_tests import (
    MINISTRY_LIST,
    SAMPLES,
    ask,
    entries_of,
    good_data,
    marts,
    read_and_checked,
    run,
    small_data,
    the_catalogue,
)
from warehouse.deliveries import deliveries
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
LIST = "ministry_list"
LBF = "lbf_boligsociale_data"


@pytest.fixture
def data(tmp_path_factory, tmp_path) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), tmp_path / "data")


@pytest.fixture
def whole(tmp_path_factory, tmp_path) -> DataDirectory:
    """One of all samples."""
    return good_data(tmp_path_factory.getbasetemp(), tmp_path / "whole")


def with_changed_contract(old: str, new: str) -> Catalogue:
    """The catalogue with another header in the ministry list's contract."""
    catalogue = the_catalogue()
    source = catalogue.source(LIST)
    changed = type(source).model_validate_json(source.model_dump_json().replace(f'"{old}"', f'"{new}"'))
    sources = tuple(changed if one.source_id == LIST else one for one in catalogue.sources)
    return dataclasses.replace(catalogue, sources=sources, digest="changed")


def test_a_contract_that_no_longer_fits_what_was_approved_leaves_its_figures_in_place(data):
    before = marts(data, but="known_at, state, problem, delivery_state")["indicator_series"]
    summary = run(data, LIST, catalogue=with_changed_contract("værdi", "vaerdi"))
    assert summary.exit_code == 1
    assert any("vaerdi" in problem for problem in summary.problems)
    assert ask(data, f"SELECT state FROM mart.freshness WHERE source_id = '{LIST}'") == [("stopped",)]
    assert marts(data, but="known_at, state, problem, delivery_state")["indicator_series"] == before


def test_a_fault_of_a_reader_stops_its_delivery_and_not_the_night(data, monkeypatch):
    monkeypatch.setattr("tasks.read.read_delivery", lambda *_, **__: 1 / 0)
    path = data.root / "list.csv"
    path.write_bytes(MINISTRY_LIST.read_bytes().replace(b"57,0", b"56,9"))
    delivery_id, _ = deliver(data, the_catalogue(), path, LIST, actor="test")
    summary = run(data, LIST)
    assert summary.exit_code == 1
    assert "ZeroDivisionError" in summary.problems[0]
    assert [one.body["delivery_id"] for one in entries_of(data, "delivery_unreadable")] == [delivery_id]


def test_a_fault_in_fetching_and_a_check_that_cannot_be_made_are_ours_and_not_the_nights(data, monkeypatch):
    broken = Expectation(
        check="broken", expectation="UnexpectedRowsExpectation", failing_rows="nowhere > 1", severity="warning",
        because="It reads a column that is not there.",
    )  # fmt: skip
    monkeypatch.setattr("tasks.check.for_source", lambda *_, **__: (broken,))

    def fetch(data, catalogue, source_id, **more):
        return {}["nothing"] if source_id != LIST else fetch_source(data, catalogue, source_id, **more)

    monkeypatch.setattr("tasks.night.fetch_source", fetch)
    path = data.root / "list.csv"
    path.write_bytes(MINISTRY_LIST.read_bytes().replace(b"57,0", b"56,9"))
    deliver(data, the_catalogue(), path, LIST, actor="test")
    fetching, checking = run(data, LIST, "agreement_figures").problems
    assert "agreement_figures: a source could not be fetched" in fetching
    assert "KeyError: 'nothing'" in fetching
    assert "broken: could not be checked: " in checking
    assert "do this:  correct broken under expectations/" in checking
    (one,) = [one for one in waiting(data, the_catalogue()) if one.state == "stopped"]
    assert "Social- og Boligministeriet" not in one.waits_for
    monkeypatch.setattr("tasks.check.for_source", lambda *_, **__: 1 / 0)
    path.write_bytes(MINISTRY_LIST.read_bytes().replace(b"57,0", b"56,8"))
    delivery_id, _ = deliver(data, the_catalogue(), path, LIST, actor="test")
    assert any("ZeroDivisionError" in problem for problem in read_and_checked(data, LIST))
    assert "delivered" in {one.state for one in waiting(data, the_catalogue()) if one.delivery_id == delivery_id}


def test_a_file_that_is_still_being_copied_waits_in_the_inbox(data):
    inbox = data.inbox / LIST
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / "list.csv"
    path.write_bytes(MINISTRY_LIST.read_bytes()[:200])
    assert fetch_source(data, the_catalogue(), LIST, actor="test") == []
    assert path.exists()
    beside_an_open_workbook = inbox / "~$list.xlsx"
    beside_an_open_workbook.write_bytes(b"Eva")
    for one in (path, beside_an_open_workbook):
        os.utime(one, (0, time.time() - INBOX_SETTLES_SECONDS))
    assert len(fetch_source(data, the_catalogue(), LIST, actor="test")) == 1
    assert list(inbox.iterdir()) == [beside_an_open_workbook]
    assert entries_of(data, "delivery_received")[-1].body["is_synthetic"], "beside samples it counts as made up"


def test_an_empty_folder_and_links_in_the_inbox_are_told_and_the_file_beside_them_is_taken(data, tmp_path):
    inbox = data.inbox / LIST
    (inbox / "Ny mappe").mkdir(parents=True)
    (inbox / "folder").mkdir()
    (secret := tmp_path / "secret").write_text("nobody's business")
    links = {inbox / "leads nowhere": tmp_path / "nothing", inbox / "leads out": secret, inbox / "folder/out": secret}
    for link, target in links.items():
        link.symlink_to(target)
    path = inbox / "z.csv"
    path.write_bytes(MINISTRY_LIST.read_bytes().replace(b"57,0", b"56,9"))
    for one in (path, inbox / "Ny mappe", inbox / "folder", *links):
        os.utime(one, (0, 0), follow_symlinks=False)
    received = len(entries_of(data, "delivery_received"))
    waits = {one.name: one.because for one in waiting(data, the_catalogue())}
    assert "a link" in waits["leads nowhere"]
    with pytest.raises(HelhedsplanError, match="Ny mappe") as error:
        fetch_source(data, the_catalogue(), LIST, actor="test")
    assert all(f"{link.name} -> {target}" in str(error.value) for link, target in links.items())
    assert all(link.is_symlink() for link in links)
    assert len(entries_of(data, "delivery_received")) == received + 1


def test_an_earlier_file_that_is_handed_in_again_takes_the_later_one_back(data, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(MINISTRY_LIST.read_bytes().replace(b"57,0", b"16,1"))
    deliver(data, the_catalogue(), wrong, LIST, actor="test")
    assert read_and_checked(data, LIST) == []
    again, is_new = deliver(data, the_catalogue(), MINISTRY_LIST, LIST, actor="test", again=True)
    assert (is_new, again[-2:]) == (True, "-2")
    run(data, LIST)
    figures = f"""SELECT round(value, 3), delivery_id FROM mart.indicator_series
        WHERE source_id = '{LIST}' AND indicator_id = 'ministry_non_western_background'"""
    assert ask(data, figures) == [(0.57, again)]
    assert deliver(data, the_catalogue(), MINISTRY_LIST, LIST, actor="test", again=True) == (again[:-2], False)


def test_a_forgotten_older_download_does_not_put_revised_figures_back(whole, tmp_path):
    before = marts(whole, but="known_at")["indicator_series"]
    older = tmp_path / "older.xlsx"
    older.write_bytes(Path(SAMPLES / LBF / "boligsociale_data_2025-05.xlsx").read_bytes() + b"\0")
    deliver(whole, the_catalogue(), older, LBF, actor="test", is_synthetic=True)
    summary = run(whole, LBF)
    assert "is_not_older_than_the_last_delivery" in summary.problems[0]
    night, last = Night(whole, the_catalogue(), "test", "run-after", "", Plain(), ()), deliveries(entries_of(whole))
    stopped = next(one for one in last.values() if one.source_id == LBF and one.stopped)
    _, quarantined, _ = readings_beside(night, stopped, {})
    assert duckdb.read_parquet(str(quarantined)).shape[0] == 2
    assert marts(whole, but="known_at")["indicator_series"] == before


def test_an_unreadable_file_under_another_name_does_not_leave_the_election_stopped(data, tmp_path):
    broken = tmp_path / "slagelse.json"
    broken.write_text('{"Valgart": ', encoding="utf-8")
    deliver(data, the_catalogue(), broken, "valg_dk", actor="test")
    assert len(read_and_checked(data, "valg_dk")) == 1
    folder = tmp_path / "KV-2025-11-18"
    folder.mkdir()
    for path in (SAMPLES / "valg_dk" / "KV-2025-11-18").iterdir():
        (folder / path.name).write_bytes(path.read_bytes() + b"\n")
    deliver(data, the_catalogue(), folder, "valg_dk", actor="test")
    assert run(data, "valg_dk").exit_code == 0
    assert ask(data, "SELECT DISTINCT state FROM mart.freshness WHERE source_id = 'valg_dk'") == [("late",)]


def test_a_changed_template_makes_another_page_of_the_same_publication(data, monkeypatch):
    published = len(entries_of(data, "publication_made"))
    page = data.report / "index.html"
    page.write_text("left by other templates", encoding="utf-8")
    run(data, LIST, papers=True)
    assert page.read_text("utf-8") == "left by other templates"
    monkeypatch.setattr("tasks.publication.folder_digest", lambda _: "changed templates")
    run(data, LIST, papers=True)
    assert "<html" in page.read_text("utf-8")
    assert len(entries_of(data, "publication_made")) == published
