"""Starting a flow from the command line: on a Prefect server if one answers, otherwise alone.

Alone means the flow's own function in this process. Prefect's temporary server would do the same work
after 9 to 17 seconds of starting up, and would record it in a place where nobody looks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from prefect import Flow, tags
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, get_current_settings, temporary_settings

from flows.progress import Attendance, attended
from flows.screen import data_tag
from flows.server import answers
from warehouse.paths import DataDirectory


def launch(
    flow: Flow[..., Any], parameters: Mapping[str, Any], attendance: Attendance, notice: Callable[[str], None]
) -> None:
    """Run a flow to its end; what came of it is in the attendance then.

    `notice` is told if a Prefect server was named that does not take part. Raises nothing but
    KeyboardInterrupt: errors are in the attendance.
    """
    token = attended.set(attendance)
    try:
        api_url = get_current_settings().api.url
        if api_url and answers(api_url):
            _on_server(flow, parameters, attendance, notice)
            attendance.server_is_gone = attendance.server_is_gone and not answers(api_url)
        elif api_url:
            notice(f"No Prefect server answers at {api_url}; this run goes on without it.")
        if not attendance.has_begun:
            _alone(flow, parameters, attendance)
    finally:
        attended.reset(token)


def _alone(flow: Flow[..., Any], parameters: Mapping[str, Any], attendance: Attendance) -> None:
    try:
        flow.fn(**parameters)
    except Exception as error:  # noqa: BLE001 - kept; the caller decides how it is told
        attendance.error = error


def _on_server(
    flow: Flow[..., Any], parameters: Mapping[str, Any], attendance: Attendance, notice: Callable[[str], None]
) -> None:
    # A log line that cannot be delivered is otherwise told on the screen, once for each batch.
    logging.raiseExceptions = False
    try:
        # Heartbeats serve to find runs that died unseen; here someone waits for the run, and the end of
        # a heartbeat is waited for by up to a second.
        tag = data_tag(DataDirectory.from_environment())
        with tags("by hand", tag), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            flow(**parameters, return_state=True)
    except Exception as error:  # noqa: BLE001 - Prefect's own trouble must not stand in the way of the work
        attendance.server_is_gone = True
        if not attendance.has_begun:
            notice(f"Prefect could not start the run ({type(error).__name__}); it goes on without Prefect.")
        elif attendance.summary is None and attendance.error is None:
            attendance.error = error
