"""Components: unknowns that chains of sums tie together. What is known of one tells nothing of another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tasks.disclosure.cells import Array, Cells, connected
from tasks.disclosure.system import System

# Unknowns in one programme.
_MOST_UNKNOWNS = 1500


def components(system: System) -> Array:
    """A number per cell: equal where unknowns are tied by sums of unknowns; -1 where nothing is unknown."""
    cells, is_open = system.cells, system.is_open
    relation, member = cells.ties()
    tied = is_open[member]
    label = connected(relation[tied], member[tied], len(is_open))
    number = np.full(len(is_open), -1)
    number[is_open] = np.unique(label[is_open], return_inverse=True)[1]
    return number


def whole_components(system: System, asked: Array) -> Array:
    """The cells of the components of those asked for (positions, or a truth per cell), and with whom these are paired.

    A programme over these needs no others: what is known of a sum stays as it is.
    """
    component = components(system)
    named = np.zeros(int(component.max(initial=-1)) + 2, dtype=bool)
    named[component[asked]] = True
    here = named[component] & (component >= 0)
    here[asked] = True
    return with_partners(system.cells, here)


def with_partners(cells: Cells, chosen: Array) -> Array:
    """The chosen cells (a truth per cell) and those with whose denominators theirs are paired."""
    here = chosen.copy()
    here[cells.pair[chosen[cells.pair].any(axis=1)].ravel()] = True
    return here


def chunks(system: System, component: Array, cell: Array) -> Iterator[Array]:
    """Positions of asked cells (sorted by component) so that a chunk's components stay small enough together."""
    if not len(cell):
        return
    sizes = np.bincount(component[system.is_open])
    asked = component[cell]
    first = np.flatnonzero(np.r_[True, asked[1:] != asked[:-1]])
    reached = np.cumsum(sizes[asked[first]])
    chunk_of_component = reached // _MOST_UNKNOWNS
    chunk = np.repeat(chunk_of_component, np.diff(np.r_[first, len(cell)]))
    for number in np.unique(chunk):
        yield np.flatnonzero(chunk == number)
