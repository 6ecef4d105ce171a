"""Prefect's pages as the steward's screen: what can be chosen there, what a run leaves there, what died."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from flows.screen import data_tag, lay_dead_runs_to_rest, offer_deliveries, show_what_waits
from tasks.approve import reject
from tasks.receive import deliver
from tests.deliveries_for_tests import entries_of, lbf_workbook, the_catalogue
from tests.end_to_end.harness import FIRST, until
from warehouse.ledger import Ledger
from warehouse.lock import show_presence
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def data(served, served_refresh) -> DataDirectory:
    return DataDirectory(served.data)


def test_a_source_is_chosen_from_the_catalogue_and_every_parameter_is_described(served):
    for name, parameter in (("nightly", "source_ids"), ("rerun", "source_id")):
        schema = served.deployment(name)["parameter_openapi_schema"]["properties"]
        assert all(described["description"] for described in schema.values())
        choice = schema[parameter] if name == "rerun" else schema[parameter]["items"]
        assert choice["enum"] == sorted(source.source_id for source in the_catalogue().sources)
        assert data_tag(DataDirectory(served.data)) in served.deployment(name)["tags"]


def test_a_source_that_is_in_no_catalogue_is_refused_on_the_spot(served):
    path = f"deployments/{served.deployment('rerun')['id']}/create_flow_run"
    body = {"state": {"type": "SCHEDULED"}, "parameters": {"source_id": "beboerdata"}}
    assert served.api.call("POST", path, **body).status_code == 409


def test_every_deployment_is_described_without_its_parameters(served):
    described = {one["name"]: one["description"] for one in served.api.ask("deployments")}
    assert set(described) == {"nightly", "rerun", "rehearse"}
    assert all(text and "Args:" not in text for text in described.values())


def run_from_the_form(page: Page, served, deployment: str, field: str, choice: str, by: str = "") -> dict[str, Any]:
    """Open a deployment's form, choose from the list of a field, press Submit; the run once it has ended."""
    page.goto(f"http://127.0.0.1:{served.port}/deployments/deployment/{served.deployment(deployment)['id']}/run")
    chosen = page.locator(".schema-form-property", has_text=field)
    chosen.locator(".p-select-button__control").focus()
    page.keyboard.press("Space")
    page.locator(".p-select-option", has_text=choice).click()
    if by:
        page.locator(".schema-form-property", has_text="Who has it run again").locator("input, textarea").fill(by)

    def submitted() -> dict[str, Any] | None:
        with page.expect_response(lambda answer: answer.url.endswith("/create_flow_run")) as answered:
            page.get_by_role("button", name="Submit").click()
        # While its database is locked the server says so, and a person presses again.
        return answered.value.json() if answered.value.ok else None

    begun = until(submitted, f"the run of {deployment} to begin")
    page.goto("about:blank")
    return until(lambda: served.api.ended(begun["id"]), f"the run of {deployment} to end")


def open_artifact(page: Page, served, run: dict[str, Any], key: str) -> None:
    """Open what a run has left, from the page of the run as a person does."""
    page.goto(f"http://127.0.0.1:{served.port}/runs/flow-run/{run['id']}")
    page.get_by_text("Artifacts", exact=True).click()
    page.locator(".artifact-card", has_text=key).click()


def test_a_person_starts_a_rerun_from_the_form_and_finds_what_it_did(page, served, served_refresh):
    run = run_from_the_form(page, served, "rerun", "The source to read and check again.", "valg_dk", by="eva")
    assert (run["state_type"], run["parameters"]["source_id"]) == ("COMPLETED", "valg_dk"), run["state"]["message"]
    assert run["name"].endswith(" rerun: valg_dk by eva")
    assert entries_of(DataDirectory(served.data), "run_started")[-1].actor == "eva"
    open_artifact(page, served, run, "run-summary")
    page.get_by_text("Read again: every figure came out as it was.").wait_for()


@pytest.fixture
def waiting_delivery(served, data, tmp_path) -> Iterator[str]:
    """A delivery of two new figures that nobody has read yet; it is out again afterwards."""
    charged = "I6 Andel 15-29-årige, der er sigtet"
    rows = [
        ("Boligområde", "RIN", "Ringparken", charged, "2025", 40, 500, 8.0, None),
        ("Kommune", "330", "Slagelse", charged, "2025", 500, 16000, 3.1, None),
    ]
    lbf_workbook(tmp_path / "november.xlsx", rows)
    source_id = "lbf_boligsociale_data"
    delivery_id, _ = deliver(
        data, the_catalogue(), tmp_path / "november.xlsx", source_id, actor="bo", is_synthetic=True
    )
    yield delivery_id
    reject(data, the_catalogue(), delivery_id, actor="eva", because="it was only to be rehearsed")


def test_what_waits_is_on_the_pages_without_a_run(page, served, data, waiting_delivery):
    show_what_waits(data, served.api.url)
    (newest,) = served.api.ask("artifacts/latest", artifacts={"key": {"any_": ["inbox"]}})
    page.goto(f"http://127.0.0.1:{served.port}/artifacts/key/inbox")
    page.locator(f"a[href='/artifacts/artifact/{newest['latest_id']}']").first.click()
    page.get_by_text(waiting_delivery).first.wait_for()
    assert not show_what_waits(data, served.api.url), "it is shown as it is"


def test_a_person_rehearses_a_delivery_from_the_form_and_finds_what_it_would_change(
    page, served, data, waiting_delivery
):
    stands = file_sha256(data.warehouse)
    assert offer_deliveries(data, served.api.url) == [waiting_delivery]
    run = run_from_the_form(page, served, "rehearse", "The delivery to rehearse.", waiting_delivery)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert run["name"] == f"rehearse {waiting_delivery}"
    open_artifact(page, served, run, "rehearsal")
    page.get_by_role("cell", name="charged_15_29").first.wait_for()
    page.get_by_text(f"helhedsplan approve {waiting_delivery} --by NAME").wait_for()
    assert file_sha256(data.warehouse) == stands


def test_the_summary_leads_to_the_rows_in_quarantine_and_to_what_waits(page, served, served_refresh):
    shown = served.api.shown(served.api.run_by_hand(FIRST)["id"], "run-summary")
    page.goto(f"http://127.0.0.1:{served.port}/artifacts/artifact/{shown['id']}")
    page.get_by_role("cell", name="lbf_boligsociale_data").wait_for()
    assert page.get_by_role("link", name="inbox").get_attribute("href") == "/artifacts/key/inbox"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="3", exact=True).click()
    opened.value.get_by_text("Rows that a check rejected").first.wait_for()


def test_prefects_pages_ask_nobody_outside(page, served, asked_outside):
    for path in ("", "runs", "deployments"):
        page.goto(f"http://127.0.0.1:{served.port}/{path}", wait_until="networkidle")
    page.get_by_text("nightly").first.wait_for()
    assert asked_outside == []


def begun_run(served, tag: str, name: str) -> str:
    """A run that the server holds for running, as one is that was killed."""
    flow_id = served.api.ask("flows", flows={"name": {"any_": ["nightly-refresh"]}})[0]["id"]
    body = {"flow_id": flow_id, "name": name, "tags": [tag], "state": {"type": "RUNNING", "name": "Running"}}
    return served.api.told("POST", "flow_runs/", **body)["id"]


def state_of(served, run_id: str) -> str:
    return served.api.told("GET", f"flow_runs/{run_id}")["state_type"]


def test_a_run_that_was_killed_does_not_stay_running_and_one_whose_process_lives_is_left_alone(served, data):
    own, other, at_once = data_tag(data), "data:elsewhere", timedelta(0)
    killed, lives, elsewhere = (begun_run(served, tag, name) for tag, name in ((own, "a"), (own, "b"), (other, "c")))
    # Waiting for its turn, or writing its pages, it does not hold the data directory.
    show_presence(data, lives)
    assert lay_dead_runs_to_rest(data, served.api.url, settled=timedelta(hours=1)) == [], "it may be on its way"
    assert lay_dead_runs_to_rest(data, served.api.url, settled=at_once) == ["a"]
    assert [state_of(served, one) for one in (killed, lives, elsewhere)] == ["CRASHED", "RUNNING", "RUNNING"]
    for run_id in (killed, lives, elsewhere):
        served.api.call("DELETE", f"flow_runs/{run_id}")


def test_the_rehearsal_offers_the_deliveries_that_wait_and_no_other(served, data, tmp_path):
    waits = DataDirectory(tmp_path / "waits")
    waits.prepare()
    body = {
        "delivery_id": "ministry_list-0a1b", "source_id": "ministry_list", "part_id": "", "sha256": "0a1b",
        "files": [], "original_name": "liste.csv", "is_synthetic": False, "origin": "",
    }  # fmt: skip
    Ledger(waits.ledger).append("delivery_received", body, actor="test")
    offered = offer_deliveries(waits, served.api.url)
    choice = served.deployment("rehearse")["parameter_openapi_schema"]["properties"]["delivery_id"]
    assert (offered, choice["enum"]) == (["ministry_list-0a1b"], ["ministry_list-0a1b"])
    assert offer_deliveries(data, served.api.url) == []
    assert "enum" not in served.deployment("rehearse")["parameter_openapi_schema"]["properties"]["delivery_id"]
