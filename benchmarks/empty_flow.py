"""The least that a Prefect flow can do: one task that does nothing.

Run as `python -m benchmarks.empty_flow [--without-heartbeats]`; the latter turns off what helhedsplan turns off
too, whose end a flow otherwise waits for by up to a second.
"""

import sys

from prefect import flow, task
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings


@task
def nothing() -> None:
    """Do nothing."""


@flow(name="empty")
def empty() -> None:
    """Do nothing, by one task."""
    nothing()


if __name__ == "__main__":
    if "--without-heartbeats" in sys.argv:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            empty()
    else:
        empty()
