"""How a process of the command line begins and ends: what Python and its libraries would do for one that stays."""

from __future__ import annotations

import gc
import os


def begin_process() -> None:
    """Look for garbage seldom, and let matrices be multiplied by the thread that asks.

    Nearly all objects of a run stay to its end: looking after every 700 takes a twentieth of a night. Of matrices as
    small as ours a second thread has nothing but to wait, which it does by asking all the time.
    """
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def ready_to_end() -> None:
    """What is left when a process ends goes with it: looking through it once more takes up to a second."""
    gc.freeze()
