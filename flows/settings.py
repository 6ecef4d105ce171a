"""Prefect's settings for this project. Prefect reads them once, so they are made before it is imported.

Whatever a person has set already stays as it is.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from warehouse.paths import DataDirectory

_ALWAYS = {
    # Nothing about this project's runs leaves the machine.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    # The second version of Prefect's pages asks a service outside for its settings before it has read ours.
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # As they come, a server that died is waited for 78 seconds at each call.
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    "PREFECT_API_REQUEST_TIMEOUT": "10",
    # The server keeps runs for 90 days; as it comes it keeps all, about 20 KB for each task.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # The one slot of a deployment is lent to a run. Kept in memory, as it comes, the loan is forgotten
    # when the server is cut off during a run; then the slot is never free, and every later night cancelled.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}
_QUIET = {
    # The command line tells what happens itself; Prefect's own lines go to its server alone.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_DEBUG_LEVEL": "CRITICAL",
}


def prepare_prefect(data: DataDirectory, *, quiet: bool) -> None:
    """Make Prefect's settings for this process and those that it starts; its home lies below the data."""
    home = prefect_home(data)
    for name, value in (_ALWAYS | {"PREFECT_HOME": str(home)} | (_QUIET if quiet else {})).items():
        os.environ.setdefault(name, value)
    with suppress(OSError):  # Prefect says so itself where its home cannot be made, and goes on
        home.mkdir(parents=True, exist_ok=True)


def join_served(data: DataDirectory) -> None:
    """Take part in the server of a `helhedsplan serve` that is at work in this data directory."""
    address = served_address(data)
    if address.exists():
        os.environ.setdefault("PREFECT_API_URL", address.read_text(encoding="utf-8").strip())


def prefect_home(data: DataDirectory) -> Path:
    """Where Prefect keeps its database and its profiles unless PREFECT_HOME says otherwise."""
    return data.root / "prefect"


def served_address(data: DataDirectory) -> Path:
    """The file in which `helhedsplan serve` leaves its server's address for as long as it runs."""
    return prefect_home(data) / "api_url"
