"""Tables that a run leaves on Prefect's pages, each under its key; never a fault of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from prefect.artifacts import create_markdown_artifact
from prefect.logging import get_run_logger

from flows.prefect_api import while_busy


def show_tables(tables: Mapping[str, tuple[str, Callable[[], str]]]) -> None:
    """Show key -> (description, what makes the table in Markdown); what goes wrong is a warning in the run's log."""
    try:
        for key, (description, table) in tables.items():
            while_busy(partial(create_markdown_artifact, table(), key=key, description=description))
    except Exception as error:  # noqa: BLE001 - what counts is published and in the ledger
        get_run_logger().warning("Not all could be shown in Prefect: %s", error)
