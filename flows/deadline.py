"""The process of a run ends in time, also where Prefect's server has died and Prefect waits for it.

Measured with Prefect 3.8: after a server is killed the run's work goes on undisturbed, but its last
state is tried for 78 seconds, and at the end of the process each event that was not delivered for 7
seconds more. By then everything that counts is published and in the ledger.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

GRACE_SECONDS = 20.0


def end_process_in(seconds: float, exit_code: int, last_words: Callable[[], None]) -> None:
    """Unless this process has ended by itself by then, say the last words and end it at once."""
    timer = threading.Timer(seconds, end_process_now, args=(exit_code, last_words))
    timer.daemon = True
    timer.start()


def end_process_now(exit_code: int, last_words: Callable[[], None] = lambda: None) -> None:
    """End this process without waiting for what Prefect still wants to send."""
    try:
        last_words()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(exit_code)
