"""The flows: the nightly refresh, and a source run again. The order of a run is told in tasks/night.py.

In a Prefect run each unit of work is a task. Called by `launch.py` without a server, the same function
calls the same units in threads.
"""

# No `from __future__ import annotations` here: Prefect's model of a flow's parameters resolves no names in text.

import os
import sys
from bisect import bisect
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.settings import get_current_settings
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue, load_catalogue
from flows.alerts import tell_without_fault
from flows.artifacts import show_tables
from flows.callers import SIDE_BY_SIDE, AsTasks, InThreads
from flows.deadline import GRACE_SECONDS, end_process_in
from flows.parameters import Chosen, Period, SourceId
from flows.process import begin_process
from flows.progress import Attendance, attended
from flows.screen import INBOX, INBOX_IS, keep_true
from flows.server import answers
from tasks.night import refresh
from tasks.not_begun import noted_if_not_begun
from tasks.people import acting, acting_for, actor_from_environment
from tasks.screen_tables import inbox_table, quarantine_table, run_table
from tasks.summary import RunSummary
from warehouse.clock import HOME_TIME
from warehouse.ledger import Ledger
from warehouse.lock import show_presence
from warehouse.paths import DataDirectory, shipped
from warehouse.query import run_query

_NEAREST = 3
# Set by Prefect in a process that it started for one flow run and nothing else.
_STARTED_FOR_ONE_RUN = "PREFECT__FLOW_RUN_ID"
# A rehearsal or a backup at two o'clock must not cost the night its turn; a person is told at once who is at work.
_NIGHT_WAITS_SECONDS = 1800


def _run_name() -> str:
    """Such as '2026-11-23 refresh: all sources' or '2026-11-23 rerun: statbank 2023 by eva'."""
    given = flow_run.parameters
    day = f"{datetime.now(HOME_TIME):%Y-%m-%d}"
    if "source_id" in given:
        return " ".join(filter(None, [day, "rerun:", given["source_id"], given.get("period"), "by", given["by"]]))
    what = ", ".join(given.get("source_ids") or ["all sources"])
    return f"{day} refresh: {what}{' (samples)' if given.get('samples') else ''}"


_AS_FLOW: dict[str, Any] = {"flow_run_name": _run_name, "task_runner": ThreadPoolTaskRunner(SIDE_BY_SIDE)}


@flow(name="nightly-refresh", **_AS_FLOW)
def nightly_refresh(source_ids: Chosen = (), samples: bool = False) -> State[Any]:
    """Fetch, read, check, build and publish what has come; most nights nothing has, which is a success.

    Args:
        source_ids: Only these sources; every source if none is chosen.
        samples: Take the shipped samples as deliveries. Only in a data directory that was begun with samples.
    """
    return _carry_out({"source_ids": source_ids, "samples": shipped("samples") if samples else None})


@flow(name="rerun-source", **_AS_FLOW)
def rerun_source(source_id: SourceId, by: str, period: Period = "", because: str = "") -> State[Any]:
    """Read and check a source's deliveries again from their snapshots, then publish what differs from before.

    With a period only deliveries that carry it are run again, each as a whole, for a delivery is judged as a whole.
    The same input gives the same marts; what differs is listed.

    Args:
        source_id: The source to read and check again.
        by: Who has it run again; the ledger names them. The schedule is no person and is refused.
        period: A period that the source has figures of, such as 2023, 2022/2023 or KV-2025-11-18; empty for every one.
        because: Why, for whoever reads the ledger in a year; may be left empty.
    """
    order = {"source_ids": [source_id], "force": True, "period": period or None, "because": " ".join(because.split())}
    return _carry_out(order, by=by)


def _carry_out(order: dict[str, Any], by: str | None = None) -> State[Any]:
    attendance = attended.get() or Attendance()
    attendance.has_begun = True
    in_a_flow_run = FlowRunContext.get() is not None
    caller = (AsTasks if in_a_flow_run else InThreads)(attendance.progress)
    try:
        data, named = DataDirectory.from_environment(), actor_from_environment() if by is None else by
        if in_a_flow_run:
            show_presence(data, str(flow_run.id))
        # A person who starts a rerun sees at once how it ended; of a night nobody does.
        is_night = _STARTED_FOR_ONE_RUN in os.environ and not order.get("force")
        with noted_if_not_begun(data, named, is_expected=is_night):
            catalogue = load_catalogue()
            actor = acting(catalogue, named)
        if order.get("force"):
            actor = acting_for(catalogue, Ledger(data.ledger).entries(), actor, "rerun")
        if order.get("period"):
            _has_figures_of(data, catalogue.source(order["source_ids"][0]).source_id, order["period"])
        if _STARTED_FOR_ONE_RUN in os.environ:
            begin_process()
            order |= {"patience_seconds": _NIGHT_WAITS_SECONDS, "is_expected": is_night}
        attendance.summary = refresh(data, catalogue, actor=actor, call=caller, **order)
    except HelhedsplanError as error:
        attendance.error = error
        return Failed(message=str(error))
    except Exception as error:
        attendance.error = error
        raise
    finally:
        _alert(in_a_flow_run)
        if in_a_flow_run:
            _end_in_time(attendance)
    if in_a_flow_run:
        _tell_prefect(attendance.summary, catalogue)
    return _state_of(attendance.summary)


def _has_figures_of(data: DataDirectory, source_id: str, period: str) -> None:
    question = f"SELECT DISTINCT period FROM core.observation WHERE source_id = '{source_id}' ORDER BY ALL"
    periods = [row[0] for row in run_query(data.warehouse, question).rows]
    if period not in periods:
        raise HelhedsplanError(
            "the source has no figures of that period",
            place=source_id,
            expected=nearest_of(periods, period) if periods else "a delivery of this source that was published",
            found=period,
            do="name a period as `helhedsplan status` and the tables do, or leave it out",
        )


def nearest_of(periods: Sequence[str], period: str) -> str:
    """The few of these sorted periods that stand nearest to one that is not among them, and how many there are."""
    at = min(max(bisect(periods, period), _NEAREST), max(len(periods) - _NEAREST, _NEAREST))
    near = ", ".join(periods[at - _NEAREST : at + _NEAREST])
    return (
        f"one of its {len(periods)} periods, the nearest: {near}" if len(periods) > 2 * _NEAREST else f"one of {near}"
    )


def _alert(in_a_flow_run: bool) -> None:
    """Tell what stands after this run, however it ended."""
    complain = get_run_logger().warning if in_a_flow_run else partial(print, file=sys.stderr)
    tell_without_fault(DataDirectory.from_environment(), actor_from_environment(), complain)


def _end_in_time(attendance: Attendance) -> None:
    if attendance.last_words is not None:
        end_process_in(GRACE_SECONDS, attendance.exit_code, partial(attendance.last_words, attendance))
    elif _STARTED_FOR_ONE_RUN in os.environ:
        end_process_in(GRACE_SECONDS, attendance.exit_code, lambda: None)


def _tell_prefect(summary: RunSummary, catalogue: Catalogue) -> None:
    """The run's tables, and what its pages show besides; a server that died by now is no reason to fail."""
    logger = get_run_logger()
    for problem in summary.problems:
        logger.error(problem)
    api_url = get_current_settings().api.url or ""
    if not answers(api_url):
        logger.warning("The Prefect server no longer answers; the run itself is complete.")
        return
    data = DataDirectory.from_environment()
    show_tables(
        {
            "run-summary": (f"What {summary.run_id} did", partial(run_table, summary, catalogue)),
            INBOX: (INBOX_IS, partial(inbox_table, data, catalogue)),
            "quarantine": ("Rows that a check rejected, and why", partial(quarantine_table, data)),
        }
    )
    keep_true(data, api_url)


def _state_of(summary: RunSummary) -> State[Any]:
    if summary.exit_code:
        return Failed(message="\n".join(summary.problems), data=None)
    if summary.is_new_publication:
        return Completed(message=f"published {summary.publication_id}")
    return Completed(name="Nothing new", message=f"nothing new; {summary.publication_id} stands")
