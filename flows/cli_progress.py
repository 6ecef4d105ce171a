"""Progress of a run on the screen: bars on a terminal, a plain line for each piece of work otherwise."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


@contextmanager
def progress_shown(plain: bool) -> Iterator[Progress]:
    """Progress on stderr, in the form that fits; stdout is left to the result."""
    if plain or not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield Drawn(bars)


class Lines(Progress):
    """One line for each piece of work that is done."""

    def done(self, step: str, key: str, seconds: float, problem: str) -> None:
        """See Progress."""
        outcome = f"FAILED: {problem}" if problem else "done"
        # In one piece: print() writes the end of the line apart, and another thread's line comes in between.
        sys.stderr.write(f"{' '.join(filter(None, [step, key]))}: {outcome} ({seconds:.1f} s)\n")
        sys.stderr.flush()


class Drawn(Progress):
    """One bar for each step; a piece of work that is tried again counts once."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._steps: dict[str, tuple[TaskID, set[str], int]] = {}
        self._lock = threading.Lock()

    def begun(self, step: str, keys: Sequence[str]) -> None:
        """See Progress."""
        with self._lock:
            bar, keys_done, total = self._steps.get(step) or (self._bars.add_task(step, total=0), set(), 0)
            total += len(keys) or 1
            self._steps[step] = bar, keys_done, total
            self._bars.update(bar, total=total)

    def done(self, step: str, key: str, seconds: float, problem: str) -> None:  # noqa: ARG002 - see Progress
        """See Progress."""
        with self._lock:
            bar, keys_done, _ = self._steps[step]
            keys_done.add(key)
            self._bars.update(bar, completed=len(keys_done))
            if problem:
                self._bars.console.print(f"{step} {key}: {problem}", style="red", markup=False, highlight=False)
