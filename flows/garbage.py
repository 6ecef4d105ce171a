"""How Python looks for garbage in a process that runs once and ends."""

from __future__ import annotations

import gc


def seldom_look_for_garbage() -> None:
    """Nearly all objects of a run stay to its end: looking after every 700 takes a twentieth of a night."""
    gc.set_threshold(50_000, 20, 20)


def look_for_no_more_garbage() -> None:
    """What is left when a process ends goes with it: looking through it once more takes up to a second."""
    gc.freeze()
