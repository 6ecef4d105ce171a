"""The nightly schedule, kept running: Prefect's server as a process of its own, and a runner in this one.

The schedule lives in the server's database below the data directory and survives a restart. Nights that
were missed while the machine was off are not made up for all at once: one run at a time, and a second
one is cancelled, not queued.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import nullcontext
from typing import Any, NoReturn

import typer
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.refresh import nightly_refresh, rerun_source
from flows.rehearsal import rehearse_delivery
from flows.screen import REHEARSAL, data_tag
from flows.serve_log import tell_in_words
from flows.server import HOST, OwnServer, answers
from flows.settings import served_address
from flows.watch import watch
from warehouse.clock import HOME_TIME
from warehouse.paths import DataDirectory

DEPLOYMENT = "nightly"
# The pages have no entry of their own for these.
_WHERE = (
    "\n\n[What waits](/artifacts/key/inbox) · [rows in quarantine](/artifacts/key/quarantine) · "
    "[all that runs left](/artifacts)"
)
CRON = "0 2 * * *"
TIME_ZONE = HOME_TIME.key


def serve_schedule(data: DataDirectory, port: int) -> None:
    """Serve the nightly deployment until SIGTERM or Ctrl-C.

    Uses the server that PREFECT_API_URL names, or one that answers at this port already, or else starts
    one. Raises HelhedsplanError where none can be started, also after it died.
    """
    signal.signal(signal.SIGTERM, _stop)
    api_url = os.environ.get("PREFECT_API_URL") or f"http://{HOST}:{port}/api"
    is_there = "PREFECT_API_URL" in os.environ or answers(api_url)
    server = nullcontext() if is_there else OwnServer(port, data.root / "logs" / "prefect-server.log")
    address = served_address(data)
    with server:
        os.environ["PREFECT_API_URL"] = api_url
        address.write_text(api_url + "\n", encoding="utf-8")
        try:
            _run_deployments(data, api_url)
        except KeyboardInterrupt:
            typer.echo("Stopped; the schedule stands and goes on with the next `helhedsplan serve`.")
        finally:
            address.unlink(missing_ok=True)
            if isinstance(server, OwnServer) and server.lost is not None:
                raise server.lost


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


class StoppableRunner(Runner):
    """A runner that stops on SIGTERM, its run with it; as it comes, Prefect's begins to and never does."""

    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """See Runner."""
        self._event_loop = asyncio.get_running_loop()
        await super().start(run_once=run_once, webserver=webserver)

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """Stop once the event loop is at it again; a signal may come at any moment."""
        self._event_loop.call_soon_threadsafe(self._stop_soon)

    def _stop_soon(self) -> None:
        self._stopping_task = self._event_loop.create_task(self.astop())


def _run_deployments(data: DataDirectory, api_url: str) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    # Prefect was imported, and has read its settings, before the server's address was known.
    with temporary_settings({PREFECT_API_URL: api_url}):
        runner = StoppableRunner(name="helhedsplan", pause_on_shutdown=False)
        add_deployments(runner, data_tag(data))
        typer.echo(f"Every night at 02:00 ({TIME_ZONE}): nightly-refresh/{DEPLOYMENT}")
        typer.echo(f"Runs, logs and schedule: {api_url.removesuffix('/api')} (stop with Ctrl-C)")
        tell_in_words()
        is_over = watch(data, api_url)
        try:
            asyncio.run(runner.start())
        finally:
            is_over.set()


def add_deployments(runner: Runner, tag: str) -> None:
    """Register the nightly refresh with its schedule, and what a person starts: a rerun, a rehearsal."""
    one_at_a_time = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    runner.add_flow(
        nightly_refresh,
        name=DEPLOYMENT,
        description=_described(nightly_refresh),
        schedule=Cron(CRON, timezone=TIME_ZONE),
        concurrency_limit=one_at_a_time,
        tags=["nightly", tag],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    for flow, name in ((rerun_source, "rerun"), (rehearse_delivery, REHEARSAL)):
        runner.add_flow(
            flow,
            name=name,
            description=_described(flow),
            concurrency_limit=one_at_a_time,
            tags=["by hand", tag],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


def _described(flow: Flow[..., Any]) -> str:
    """What a flow does, and where what runs leave is; its parameters the form describes beside each field."""
    return (flow.description or "").partition("\n\nArgs:")[0] + _WHERE
