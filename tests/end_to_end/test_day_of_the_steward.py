"""One day of the data steward: a workbook with two bad rows, four eyes, a letter, the corrected file, a quiet night.

People type commands; the nights and the first rehearsal run on Prefect's server. What each step left in the inbox, in
the ledger and on Prefect's pages is looked at after.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page
from python_calamine import CalamineWorkbook

from flows import cli
from flows.cli_summary import summary_text
from flows.progress import Attendance
from flows.screen import data_tag, show_what_waits
from tasks.screen_tables import inbox_table
from tests.deliveries_for_tests import ask, entries_of, lbf_workbook, the_catalogue
from tests.end_to_end.harness import Api
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
LBF = "lbf_boligsociale_data"
CHARGED = "I6 Andel 15-29-årige, der er sigtet"
RIN, MOT, MUNICIPALITY = (
    ("Boligområde", "RIN", "Ringparken"),
    ("Boligområde", "MOT", "Motalavej"),
    ("Kommune", "330", "Slagelse"),
)
# Unit, period, numerator, denominator, per cent; the second row's share and the third's counts cannot be.
GOOD = [
    (*RIN, CHARGED, "2022", 30, 600, 5.0, None), (*RIN, CHARGED, "2023", 24, 600, 4.0, None),
    (*MOT, CHARGED, "2023", 40, 500, 8.0, None), (*MOT, CHARGED, "2022", 45, 500, 9.0, None),
    (*MUNICIPALITY, CHARGED, "2022", 400, 16000, 2.5, None), (*MUNICIPALITY, CHARGED, "2023", 416, 16000, 2.6, None),
]  # fmt: skip
BAD = [
    GOOD[0], (*RIN, CHARGED, "2023", 24, 600, 400.0, None),
    (*MOT, CHARGED, "2023", 500, 40, None, None), *GOOD[3:],
]  # fmt: skip
BO, EVA = "bo", "eva"


@dataclass(frozen=True)
class Told:
    """What a step said, how it ended, and what waited in the inbox after it, as data and as Prefect's pages show it."""

    code: int
    out: str
    err: str
    inbox: list[dict[str, Any]]
    shown: str

    @property
    def waits(self) -> list[tuple[str, str]]:
        """(state, waits for), oldest first."""
        return [(one["state"], one["waits_for"]) for one in self.inbox]


@dataclass
class Day:
    """The data directory of the day, the server, and what was told at each step."""

    data: DataDirectory
    api: Api
    told: dict[str, Told] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)

    def step(self, name: str, *arguments: str) -> None:
        """One command."""
        self.keep(name, lambda: helhedsplan(*arguments))

    def keep(self, name: str, do: Callable[[], tuple[int, str, str]]) -> None:
        """Do one step; the kinds of entries that it left in the ledger are kept under its name."""
        before = len(entries_of(self.data))
        code, out, err = do()
        self.kinds[name] = [entry.kind for entry in entries_of(self.data)[before:]]
        # `helhedsplan serve` does the same every minute.
        show_what_waits(self.data, self.api.url)
        shown = inbox_table(self.data, the_catalogue())
        self.told[name] = Told(code, out, err, json.loads(helhedsplan("inbox", "--json")[1]), shown)

    def night(self) -> tuple[int, str, str]:
        """The nightly refresh of the source, on the server."""
        from prefect.settings import PREFECT_API_URL, temporary_settings

        from flows.launch import launch
        from flows.refresh import nightly_refresh

        attendance, said = Attendance(), []
        with temporary_settings({PREFECT_API_URL: self.api.url}):
            launch(nightly_refresh, {"source_ids": (LBF,)}, attendance, said.append)
        told = summary_text(attendance.summary) if attendance.summary else ""
        return attendance.exit_code, told, "\n".join(said + ([str(attendance.error)] if attendance.error else []))

    def rehearsal(self, delivery_id: str) -> tuple[int, str, str]:
        """A rehearsal that is begun on Prefect's pages, where the server knows no person."""
        from prefect import tags
        from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from flows.rehearsal import rehearse_delivery

        on_server = {PREFECT_API_URL: self.api.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        with temporary_settings(on_server), tags(data_tag(self.data)):
            state = rehearse_delivery(delivery_id, return_state=True)
        return int(not state.is_completed()), state.message or "", ""

    def runs(self) -> list[dict[str, Any]]:
        """The day's runs as the server has them, in the order of their beginning."""
        of_this = {"tags": {"all_": [data_tag(self.data)]}}
        return self.api.ask("flow_runs", flow_runs=of_this, sort="START_TIME_ASC")


def helhedsplan(*arguments: str) -> tuple[int, str, str]:
    """The command in this process: exit code, stdout, stderr."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    before, sys.argv = sys.argv, ["helhedsplan", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = before
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def day(served, tmp_path_factory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("steward")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HELHEDSPLAN_DATA", os.fspath(folder / "data"))
        environment.setenv("HELHEDSPLAN_ACTOR", "night")
        yield a_day(Day(DataDirectory(folder / "data"), served.api), folder)


def a_day(day: Day, folder: Path) -> Day:
    lbf_workbook(folder / "may.xlsx", BAD)
    lbf_workbook(folder / "may corrected.xlsx", GOOD)
    first = deliver(day, "delivered", folder / "may.xlsx")
    day.keep("rehearsed", lambda: day.rehearsal(first))
    day.step("unseen", "approve", first, "--by", EVA)
    day.step("seen", "rehearse", first, "--last", "--by", EVA)
    day.step("refused", "approve", first, "--by", BO)
    day.step("approved", "approve", first, "--by", EVA)
    day.keep("published", day.night)
    day.step("letter", "quarantine", "letter", first, "--by", BO, "--json")
    second = deliver(day, "corrected", folder / "may corrected.xlsx")
    day.step("rehearsed again", "rehearse", second, "--by", EVA, "--json")
    day.step("approved again", "approve", second, "--by", EVA)
    day.keep("replayed", day.night)
    day.keep("quiet night", day.night)
    day.step("cases", "quarantine", "list", "--all", "--json")
    day.step("rows", "quarantine", "show", first, "--json")
    return day


def deliver(day: Day, step: str, path: Path) -> str:
    day.step(step, "deliver", os.fspath(path), "--source", LBF, "--by", BO, "--synthetic")
    return entries_of(day.data, "delivery_received")[-1].body["delivery_id"]


def delivery_ids(day: Day) -> tuple[str, str]:
    first, second = (entry.body["delivery_id"] for entry in entries_of(day.data, "delivery_received"))
    return first, second


def test_every_step_but_the_two_refused_ones_succeeds(day):
    assert {name for name, told in day.told.items() if told.code} == {"unseen", "refused"}


def test_the_inbox_tells_at_every_step_what_waits_for_whom(day):
    lbf = "a corrected file from Landsbyggefonden (LBF)"
    for_eva, for_the_run, for_a_letter = "approver (not bo)", "the next run", "steward"
    assert {name: told.waits for name, told in day.told.items()} == {
        "delivered": [("delivered", for_the_run)],
        "rehearsed": [("in_quarantine", for_a_letter), ("awaiting_approval", for_eva)],
        "unseen": [("in_quarantine", for_a_letter), ("awaiting_approval", for_eva)],
        "seen": [("in_quarantine", for_a_letter), ("awaiting_approval", for_eva)],
        "refused": [("in_quarantine", for_a_letter), ("awaiting_approval", for_eva)],
        "approved": [("in_quarantine", for_a_letter), ("approved", for_the_run)],
        "published": [("in_quarantine", for_a_letter)],
        "letter": [("in_quarantine", lbf)],
        "corrected": [("in_quarantine", lbf), ("delivered", for_the_run)],
        "rehearsed again": [("in_quarantine", lbf), ("awaiting_approval", for_eva)],
        "approved again": [("in_quarantine", lbf), ("approved", for_the_run)],
        "replayed": [],
        "quiet night": [],
        "cases": [],
        "rows": [],
    }


def test_every_step_stands_in_the_ledger(day):
    run, told = ["run_started", "run_finished"], {name: [*kinds] for name, kinds in day.kinds.items()}
    assert told["delivered"] == told["corrected"] == ["delivery_received"]
    checked = ["delivery_checked", "delivery_awaits_approval", "rehearsed"]
    assert (told["rehearsed"], told["rehearsed again"]) == (["quarantine_opened", *checked], checked)
    assert (told["unseen"], told["seen"], told["refused"]) == ([], ["rehearsal_opened"], [])
    assert told["approved"] == told["approved again"] == ["delivery_approved"]
    assert [kind for kind in told["published"] if kind in ("publication_made", *run)] == [
        "run_started", "publication_made", "run_finished",
    ]  # fmt: skip
    assert told["letter"] == ["quarantine_letter_made"]
    assert [kind for kind in told["replayed"] if kind.startswith("quarantine")] == [
        "quarantine_replayed", "quarantine_closed",
    ]  # fmt: skip
    assert told["quiet night"] == run


def test_the_same_person_is_refused_in_words_and_another_ones_approval_names_the_rehearsal(day):
    assert "bo delivered this and so may not approve it: the source asks for four eyes" in day.told["refused"].err
    approved = entries_of(day.data, "delivery_approved")
    assert [(one.actor, one.body["rehearsal_id"]) for one in approved] == [
        (EVA, "rehearsal-000001"), (EVA, "rehearsal-000002"),
    ]  # fmt: skip


def test_what_a_step_says_is_the_way_to_the_next(day):
    first, _ = delivery_ids(day)
    next_steps = {
        name: [one["do"] for one in told.inbox if one["state"] == "awaiting_approval"]
        for name, told in day.told.items()
    }
    assert next_steps["rehearsed"] == next_steps["seen"] == [f"helhedsplan rehearse {first} --last --by NAME"]
    assert f"`helhedsplan rehearse {first} --last --by {EVA}`" in day.told["unseen"].err
    assert f"helhedsplan approve {first} --by NAME" in day.told["seen"].out
    assert "`helhedsplan refresh` publishes it" in day.told["approved"].out


def test_the_second_rehearsal_tells_the_two_figures_that_come_good(day):
    told = json.loads(day.told["rehearsed again"].out)
    values = {
        (one["area_id"], one["period"]): (one["old"], one["new"])
        for one in told["changes"]
        if one["column"] == "value" and one["indicator_id"] == "charged_15_29"
    }
    assert values == {("ringparken", "2023"): (None, 0.04), ("motalavej", "2023"): (None, 0.08)}
    assert told["rows_quarantined"] == 0
    places = [one["locator"] for one in told["replays"]]
    assert places == ["may.xlsx, Data!F5, Data!G5, Data!H5", "may.xlsx, Data!F6, Data!G6"]
    assert told["counts"]["rows_replayed"] == 2


def test_the_letter_asks_in_danish_for_both_rows_and_tells_where_they_stand(day):
    letter = json.loads(day.told["letter"].out)
    text = Path(letter["text"]).read_text("utf-8")
    assert text.startswith("SYNTETISKE DATA")
    for said in ("Til Landsbyggefonden (LBF)", "2 af dens 6 rækker", "»may.xlsx«", "Tælleren er større end nævneren."):
        assert said in text
    (titles, *rows) = CalamineWorkbook.from_path(letter["excel"]).get_sheet_by_index(0).to_python()
    places = [row[titles.index("Sted i filen")] for row in rows]
    assert places == ["may.xlsx, Data!F5, Data!G5, Data!H5", "may.xlsx, Data!F6, Data!G6"]


def state_of_rows(warehouse: Path) -> list[tuple]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        query = "SELECT row_number, state, replayed_by_delivery_id FROM audit.quarantine ORDER BY row_number"
        return connection.execute(query).fetchall()


def test_the_rows_are_closed_and_the_old_publication_still_says_that_they_were_in_quarantine_then(day):
    first, second = delivery_ids(day)
    old, new = (day.data.published / f"{one.body['publication_id']}.duckdb" for one in publications(day))
    assert [row[1:] for row in state_of_rows(old)] == [("open", None)] * 2
    assert [row[1:] for row in state_of_rows(new)] == [("replayed", second)] * 2
    (case,) = json.loads(day.told["cases"].out)
    assert (case["delivery_id"], case["state"], case["rows"], case["rows_replayed"]) == (first, "closed", 2, 2)
    assert (case["letter_made_by"], case["corrected_by"], case["closed_by"]) == (BO, second, "night")
    assert case["closed_because"] == f"all 2 rows came good in {second}, approved by {EVA}"
    shown = json.loads(day.told["rows"].out)
    assert [(row["state"], row["replayed_by_delivery_id"]) for row in shown] == [("replayed", second)] * 2


def publications(day: Day) -> list:
    return entries_of(day.data, "publication_made")


def test_nothing_is_lost_and_nothing_is_loaded_twice(day):
    first, second = delivery_ids(day)
    rows = "SELECT delivery_id, rows_in, rows_loaded, rows_quarantined, state FROM audit.delivery ORDER BY 2, 3"
    assert ask(day.data, rows) == [(first, 6, 4, 2, "superseded"), (second, 6, 6, 0, "published")]
    current = "SELECT unit_id, period, numerator, denominator FROM core.current_observation ORDER BY ALL"
    assert ask(day.data, current) == [
        ("330", "2022", 400, 16000), ("330", "2023", 416, 16000), ("motalavej", "2022", 45, 500),
        ("motalavej", "2023", 40, 500), ("ringparken", "2022", 30, 600), ("ringparken", "2023", 24, 600),
    ]  # fmt: skip
    assert ask(day.data, "SELECT count(*) FROM core.observation") == [(10,)]


def test_the_night_after_it_finds_nothing_new(day):
    assert day.told["quiet night"].out.startswith("Nothing new ")
    assert len(publications(day)) == 2


def test_every_move_of_both_deliveries_is_told_with_who_and_why(day):
    first, _ = delivery_ids(day)
    moves = f"""SELECT state, moved_by FROM audit.delivery_move
        WHERE delivery_id = '{first}' ORDER BY ledger_sequence"""
    assert ask(day.data, moves) == [
        ("delivered", BO), ("checked", "night"), ("awaiting_approval", "night"), ("approved", EVA),
        ("published", "night"), ("superseded", "night"),
    ]  # fmt: skip


def test_every_run_stands_on_prefects_pages_under_a_name_that_says_what_it_did(day):
    first, _ = delivery_ids(day)
    begun = [(run["name"].partition(" refresh: ")[2] or run["name"], run["state_name"]) for run in day.runs()]
    assert begun == [
        (f"rehearse {first}", "Completed"), (LBF, "Completed"), (LBF, "Completed"), (LBF, "Nothing new"),
    ]  # fmt: skip


def test_each_run_leaves_what_it_did_and_the_rows_in_quarantine_are_seen_to_come_good(day):
    rehearsal, *nights = day.runs()
    shown = day.api.shown(rehearsal["id"], "rehearsal")["data"]
    assert "4 rows loaded, 2 quarantined, SYNTHETIC" in shown
    assert f"helhedsplan rehearse {delivery_ids(day)[0]} --last --by NAME" in shown
    summaries = [day.api.shown(night["id"], "run-summary")["data"] for night in nights]
    lines = [next(line for line in told.splitlines() if LBF in line) for told in summaries]
    assert [[cell.strip() for cell in line.split("|")[3:7]] for line in lines] == [
        ["1 (0)", "6", "4", "4"], ["2 (0)", "12", "10", "10"], ["2 (0)", "12", "10", "10"],
    ]  # fmt: skip
    rows = [day.api.shown(night["id"], "quarantine")["data"] for night in nights]
    assert [(told.count("| open |"), told.count("| replayed |")) for told in rows] == [(2, 0), (0, 2), (0, 2)]


def test_prefects_pages_show_the_inbox_as_it_was_after_each_step(day):
    shown = {one["data"] for one in day.api.ask("artifacts", artifacts={"key": {"any_": ["inbox"]}}, limit=200)}
    assert {name for name, told in day.told.items() if told.shown not in shown} == set()
    assert len({told.shown for told in day.told.values()}) > 5


def test_a_person_finds_in_the_browser_what_the_first_night_did_and_which_rows_wait(day, served, page):
    _, night, *_ = day.runs()
    page.goto(f"http://127.0.0.1:{served.port}/runs/flow-run/{night['id']}")
    page.get_by_text(f"refresh: {LBF}").first.wait_for()
    open_artifact(page, "run-summary")
    page.get_by_role("cell", name=LBF).wait_for()
    page.go_back()
    open_artifact(page, "quarantine")
    page.get_by_role("cell", name="Data!F5, Data!G5, Data!H5").wait_for()


def open_artifact(page: Page, key: str) -> None:
    page.get_by_text("Artifacts", exact=True).click()
    page.locator(".artifact-card", has_text=key).click()
