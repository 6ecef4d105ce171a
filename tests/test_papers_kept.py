"""The papers that the board received are kept byte for byte; others are made anew in a pack, and it says so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tasks.auditing.index import Shown, index_page
from tasks.auditing.papers import papers_of
from tasks.auditing.rendering import as_html
from tasks.auditing.tables import read_tables
from tasks.auditing.year import Year, the_year
from tests.deliveries_for_tests import entries_of, small_data
from warehouse.ledger import Ledger
from warehouse.papers import keep_papers, papers_before
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A publication of the samples, to look at only."""
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("papers") / "data")


@pytest.fixture
def year(published) -> Year:
    return the_year(published, int(entries_of(published)[-1].time[:4]))


def without_kept_papers(year: Year, data: DataDirectory) -> Year:
    """As it was before papers were kept."""
    entries = tuple(entry for entry in year.entries if entry.kind != "papers_written")
    return replace(year, data=data, entries=entries)


def test_what_a_refresh_writes_is_kept_and_the_ledger_tells_of_each_file(published):
    (made,), (written,) = entries_of(published, "publication_made"), entries_of(published, "papers_written")
    assert written.body["publication_id"] == made.body["publication_id"]
    told = {file["name"]: file["sha256"] for file in written.body["files"]}
    assert {"index.html", "bestyrelsespapir.pdf", "tal.xlsx", "en/board-paper.pdf", "en/figures.xlsx"} <= set(told)
    kept = published.snapshots / "papers" / written.body["sha256"]
    for folder in (kept, published.report):
        assert {name: file_sha256(folder / name) for name in told} == told


def test_a_meeting_had_the_papers_that_were_last_written_before_its_day(data_folder, tmp_path, monkeypatch):
    data = DataDirectory(data_folder)
    data.prepare()
    days, addresses = ("2024-01-10", "2024-01-10", "2024-02-10", "2024-03-10"), []
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2024-01-01T12:00:00+00:00")
    Ledger(data.ledger).append("data_directory_marked", {"mark": "scripted"}, actor="test")
    for number, day in enumerate(days):
        monkeypatch.setenv("HELHEDSPLAN_CLOCK", f"{day}T12:00:00+00:00")
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "paper.pdf").write_bytes(str(number).encode())
        keep_papers(data, folder, "p", actor="test")
        keep_papers(data, folder, "p", actor="test")
        addresses.append(file_sha256(folder / "paper.pdf"))
    entries = entries_of(data)
    assert [entry.body["sha256"] for entry in entries_of(data, "papers_written")] == addresses
    on_which = {"2024-01-09": None, "2024-01-10": addresses[0], "2024-02-10": addresses[1], "2024-04-01": addresses[3]}
    assert {day: papers_before(entries, "p", date.fromisoformat(day)) for day in on_which} == on_which
    assert papers_before(entries, "another", date(2024, 4, 1)) is None


def test_a_pack_takes_kept_papers_and_else_makes_them_anew_and_says_which(published, year):
    (kept,), (anew,) = papers_of(year), papers_of(without_kept_papers(year, published))
    assert (kept.state, kept.made) == ("kept", ())
    assert (anew.state, bool(anew.made)) == ("made_anew", True)
    assert {Path(name).name for name in kept.first_pages} == {Path(name).name for name in anew.first_pages}
    assert "De filer, som bestyrelsen fik, byte for byte" in index_of(year, kept)
    assert "lavet igen af dagens program" in index_of(year, anew)
    assert f'<a href="{kept.first_pages[0]}">' in index_of(year, kept)


def test_a_publication_that_todays_report_cannot_read_is_told_in_words_and_stops_nothing(published, year, tmp_path):
    older = DataDirectory(tmp_path / "older")
    older.published.mkdir(parents=True)
    path = year.file_of(year.seen[0])
    shutil.copy(path, older.published / path.name)
    (older.published / path.name).chmod(0o644)
    with duckdb.connect(older.published / path.name) as connection:
        connection.execute("DROP TABLE mart.milestone")
    (papers,) = papers_of(without_kept_papers(year, older))
    assert (papers.state, papers.made) == ("impossible", ())
    page = index_of(year, papers)
    assert "dagens program kan ikke lave dem igen" in page
    assert "milestone" in page


def index_of(year: Year, papers) -> str:
    page = index_page(year, read_tables(year), Shown([], 1, [papers], [], [], ""), "da")
    return as_html(page, "da").decode()
