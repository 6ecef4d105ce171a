"""What Prefect's server shows, kept true over its HTTP API: runs that died, deliveries to choose from, what waits.

A run that was killed cannot tell the server so and would stay "Running" for ever. Every run bears the tag of its data
directory; where nobody holds that directory's lock, a run that has been under way for a while is dead.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from catalogue.errors import HelhedsplanError
from catalogue.load import load_catalogue
from flows.prefect_api import ask
from tasks.screen_tables import inbox_table
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.lock import is_held
from warehouse.paths import DataDirectory

# A run has the lock from a few seconds after its begin until a few before its end.
SETTLED = timedelta(seconds=60)
REHEARSAL = "rehearse"
INBOX = "inbox"
INBOX_IS = "What waits, for whom, since when"
_MESSAGE = "The process of this run died; the ledger has what it did. The next run goes on from there."


def data_tag(data: DataDirectory) -> str:
    """The tag that every run of this data directory bears."""
    return f"data:{data.root}"


def lay_dead_runs_to_rest(
    data: DataDirectory, api_url: str, own_run_id: str | None = None, *, settled: timedelta = SETTLED
) -> list[str]:
    """Set runs that died unseen to Crashed and return their names; does nothing while a run is at work.

    A run that began less than `settled` ago may not have got as far as the lock, and is left alone.
    """
    if is_held(data):
        return []
    # Asked before the lock is looked at again: what began meanwhile is not among them.
    running = ask(
        api_url, "flow_runs/filter",
        flow_runs={"state": {"type": {"any_": ["RUNNING"]}}, "tags": {"all_": [data_tag(data)]}},
    )  # fmt: skip
    dead = [one for one in running if one["id"] != own_run_id and _age(one) >= settled]
    if is_held(data):
        return []
    for one in dead:
        state = {"type": "CRASHED", "name": "Crashed", "message": _MESSAGE}
        ask(api_url, f"flow_runs/{one['id']}/set_state", state=state, force=True)
    return [one["name"] for one in dead]


def _age(run: dict[str, Any]) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(run["start_time"] or run["created"])


def offer_deliveries(data: DataDirectory, api_url: str) -> list[str]:
    """Make the rehearsal's list of deliveries the one of today; returns it. Without any, an id may be typed."""
    known = deliveries(Ledger(data.ledger).entries()).values()
    offered = [one.delivery_id for one in known if one.state in ("awaiting_approval", "delivered", "checked")]
    question = {"name": {"any_": [REHEARSAL]}}
    for deployment in ask(api_url, "deployments/filter", deployments=question):
        schema = deployment["parameter_openapi_schema"]
        described = schema["properties"]["delivery_id"]
        if described.get("enum", []) == offered:
            continue
        described.pop("enum", None)
        described |= {"enum": offered} if offered else {}
        ask(api_url, f"deployments/{deployment['id']}", method="PATCH", parameter_openapi_schema=schema)
    return offered


def show_what_waits(data: DataDirectory, api_url: str) -> bool:
    """Show the inbox as it is now, if the pages show another one; returns whether they did.

    A person delivers, approves and writes letters between two runs, and sees each step on the pages so.
    """
    table = inbox_table(data, load_catalogue())
    shown = ask(api_url, "artifacts/latest/filter", limit=1, artifacts={"key": {"any_": [INBOX]}})
    if shown and shown[0]["data"] == table:
        return False
    ask(api_url, "artifacts/", key=INBOX, type="markdown", data=table, description=INBOX_IS)
    return True


def keep_true(data: DataDirectory, api_url: str, own_run_id: str | None = None) -> None:
    """All of the above; a server that does not answer now is asked again a minute later, or by the next run."""
    try:
        lay_dead_runs_to_rest(data, api_url, own_run_id)
        offer_deliveries(data, api_url)
        show_what_waits(data, api_url)
    except (httpx.HTTPError, HelhedsplanError, KeyError, ValueError, OSError):
        return
