"""The flow that rehearses a delivery, for Prefect's pages: what it would change, old beside new, as an artifact."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from catalogue.errors import HelhedsplanError
from catalogue.load import load_catalogue
from tasks.people import actor_from_environment
from tasks.rehearse import rehearse
from tasks.screen_tables import rehearsal_table
from warehouse.paths import DataDirectory


def _run_name() -> str:
    return f"rehearse {flow_run.parameters['delivery_id']}"


@flow(name="rehearse-delivery", flow_run_name=_run_name)
def rehearse_delivery(delivery_id: str) -> State[Any]:
    """Show what a delivery would change if it were approved; nothing published changes.

    Approving stays with the command line, where the machine knows who acts.

    Args:
        delivery_id: The delivery to rehearse. The list has what waits, and is brought up to date every minute.
    """
    try:
        made = rehearse(DataDirectory.from_environment(), load_catalogue(), delivery_id, actor=actor_from_environment())
    except HelhedsplanError as error:
        return Failed(message=str(error))
    create_markdown_artifact(rehearsal_table(made), key="rehearsal", description=f"What {delivery_id} would change")
    return Completed(message=f"{made.rehearsal_id}: {len(made.changes)} changes")
