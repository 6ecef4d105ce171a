"""What `helhedsplan serve` does beside the schedule: keep Prefect's pages true, and tell of nights that did not run."""

from __future__ import annotations

import sys
import threading
from functools import partial

from flows.alerts import tell_without_fault
from flows.screen import keep_true
from tasks.people import actor_from_environment
from warehouse.paths import DataDirectory

EVERY_SECONDS = 60.0
# A run that died is told of within ten minutes, and a night without a run in the next.
ALERTS_EVERY = 10


def watch(data: DataDirectory, api_url: str) -> threading.Event:
    """Watch from a thread of its own until the returned event is set."""
    is_over = threading.Event()
    threading.Thread(target=partial(_watch, data, api_url, is_over), name="watch", daemon=True).start()
    return is_over


def _watch(data: DataDirectory, api_url: str, is_over: threading.Event) -> None:
    rounds = 0
    while True:
        keep_true(data, api_url)
        if rounds % ALERTS_EVERY == 0:
            tell_without_fault(data, actor_from_environment(), partial(print, file=sys.stderr), is_scheduled=True)
        rounds += 1
        if is_over.wait(EVERY_SECONDS):
            return
