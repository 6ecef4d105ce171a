"""What Prefect's server shows, kept true over its HTTP API: runs that died, deliveries to choose from, what waits.

A run that was killed cannot tell the server so and would stay "Running" for ever. Every run bears the tag of its data
directory and shows there that its process lives; one that has been under way for a while and does not is dead.
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
from warehouse.lock import forget_presence, is_present
from warehouse.paths import DataDirectory

# A run shows its presence some moments after the server holds it for running.
SETTLED = timedelta(seconds=60)
REHEARSAL = "rehearse"
INBOX = "inbox"
INBOX_IS = "What waits, for whom, since when"
_MESSAGE = "The process of this run died; the ledger has what it did. The next run goes on from there."


def data_tag(data: DataDirectory) -> str:
    """The tag that every run of this data directory bears."""
    return f"data:{data.root}"


def lay_dead_runs_to_rest(data: DataDirectory, api_url: str, *, settled: timedelta = SETTLED) -> list[str]:
    """Set runs that died unseen to Crashed and return their names.

    A run that began less than `settled` ago may not have got as far as to show its presence, and is left alone.
    """
    running = _running(data, api_url)
    gone = {one["id"] for one in running if _age(one) >= settled and not is_present(data, one["id"])}
    # One may have told its end after the question and before the look; what is gone tells no more.
    dead = [one for one in _running(data, api_url) if one["id"] in gone] if gone else []
    for one in dead:
        state = {"type": "CRASHED", "name": "Crashed", "message": _MESSAGE}
        ask(api_url, f"flow_runs/{one['id']}/set_state", state=state, force=True)
    forget_presence(data, [one["id"] for one in running])
    return [one["name"] for one in dead]


def _running(data: DataDirectory, api_url: str) -> list[dict[str, Any]]:
    of_this = {"state": {"type": {"any_": ["RUNNING"]}}, "tags": {"all_": [data_tag(data)]}}
    return ask(api_url, "flow_runs/filter", flow_runs=of_this)


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


def keep_true(data: DataDirectory, api_url: str) -> None:
    """All of the above; a server that does not answer now is asked again a minute later, or by the next run."""
    try:
        lay_dead_runs_to_rest(data, api_url)
        offer_deliveries(data, api_url)
        show_what_waits(data, api_url)
    except (httpx.HTTPError, HelhedsplanError, KeyError, ValueError, OSError):
        return
