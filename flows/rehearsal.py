"""The flow that rehearses a delivery, for Prefect's pages: what it would change, old beside new, as an artifact."""

from __future__ import annotations

from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from catalogue.errors import HelhedsplanError
from catalogue.load import load_catalogue
from flows.artifacts import show_tables
from tasks.people import actor_from_environment
from tasks.rehearse import rehearse
from tasks.screen_tables import rehearsal_table
from warehouse.lock import show_presence
from warehouse.paths import DataDirectory


def _run_name() -> str:
    return f"rehearse {flow_run.parameters['delivery_id']}"


@flow(name="rehearse-delivery", flow_run_name=_run_name)
def rehearse_delivery(delivery_id: str) -> State[Any]:
    """Show what a delivery would change if it were approved; nothing published changes.

    Approving stays with the command line, where the machine knows who acts.

    Args:
        delivery_id: The delivery to rehearse. The list has what waits, as of a minute ago; without any, an id is typed.
    """
    data = DataDirectory.from_environment()
    show_presence(data, str(flow_run.id))
    try:
        catalogue = load_catalogue()
        made = rehearse(data, catalogue, delivery_id, actor=actor_from_environment())
    except HelhedsplanError as error:
        return Failed(message=str(error))
    show_tables({"rehearsal": (f"What {delivery_id} would change", partial(rehearsal_table, made, catalogue))})
    return Completed(message=f"{made.rehearsal_id}: {len(made.changes)} changes")
