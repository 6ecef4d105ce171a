"""Making tables side by side: each as soon as all that it reads stand.

DuckDB plans a SELECT in one thread, and a warehouse of few rows is planning more than anything else; a large one has
steps that keep one processor busy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.sql_text import literal

SIDE_BY_SIDE = 2
_A_MOMENT_SECONDS = 0.02


@dataclass(frozen=True)
class Step:
    """Something to be made through a connection once all that it reads stand; `makes` and `reads` are names."""

    makes: frozenset[str]
    reads: frozenset[str]
    make: Callable[[duckdb.DuckDBPyConnection], None]


def carry_out(connection: duckdb.DuckDBPyConnection, steps: Sequence[Step]) -> None:
    """Carry out all steps through connections like this one, those first on which the longest chain of others waits.

    What no step makes stands already. Raises what a step raises, after interrupting those that run beside it, and
    HelhedsplanError where steps wait for one another.
    """
    waits_for = _waits_for(steps)
    chain, sorter = _chains(steps, waits_for), TopologicalSorter(waits_for)
    sorter.prepare()
    own = [_alike(connection) for _ in range(SIDE_BY_SIDE)]
    free, ready = list(own), set[int]()
    running: dict[Future[None], tuple[int, duckdb.DuckDBPyConnection]] = {}
    try:
        with ThreadPoolExecutor(SIDE_BY_SIDE, "make a table") as threads:
            try:
                while sorter.is_active():
                    ready.update(sorter.get_ready())
                    while free and ready:
                        number, through = max(ready, key=lambda one: (chain[one], -one)), free.pop()
                        ready.remove(number)
                        running[threads.submit(steps[number].make, through)] = number, through
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        future.result()
                        number, through = running.pop(future)
                        sorter.done(number)
                        free.append(through)
            except BaseException:
                # Nobody waits for the end of what runs beside a step that failed, nor after Ctrl-C.
                _cut_off(running, own)
                raise
    finally:
        for through in own:
            through.close()


def _cut_off(running: Iterable[Future[None]], through: Iterable[duckdb.DuckDBPyConnection]) -> None:
    """Interrupt all that runs until it has ended: an interrupt between two statements is lost."""
    while wait(running, timeout=_A_MOMENT_SECONDS).not_done:
        for connection in through:
            connection.interrupt()


def _waits_for(steps: Sequence[Step]) -> dict[int, set[int]]:
    """The numbers of the steps that each one waits for."""
    maker = {name: number for number, step in enumerate(steps) for name in step.makes}
    return {number: {maker[name] for name in step.reads & maker.keys()} - {number} for number, step in enumerate(steps)}


def _chains(steps: Sequence[Step], waits_for: Mapping[int, set[int]]) -> dict[int, int]:
    """How long the longest chain is that begins with each step and in which each waits for the one before."""
    try:
        order = list(TopologicalSorter(waits_for).static_order())
    except CycleError as error:
        circle = " -> ".join(min(steps[number].makes, default="a step") for number in error.args[1])
        raise HelhedsplanError("steps of a build wait for each other in a circle", found=circle) from error
    length = dict.fromkeys(order, 1)
    for later in reversed(order):
        for earlier in waits_for[later]:
            length[earlier] = max(length[earlier], length[later] + 1)
    return length


def _alike(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A further connection to the same database that finds names along the same path."""
    (path,) = connection.execute("SELECT current_setting('search_path')").fetchone() or ("",)
    other = connection.cursor()
    other.execute(f"SET search_path = {literal(path)}")
    return other
