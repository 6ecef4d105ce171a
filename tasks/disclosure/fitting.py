"""Counts that fit all sums and marks of some components, where to move the known state a little finds none."""

from __future__ import annotations

import numpy as np

from tasks.disclosure.cells import Array
from tasks.disclosure.components import chunks, components, whole_components
from tasks.disclosure.programme import programme_of
from tasks.disclosure.solver import NoAnswerError, Solver
from tasks.disclosure.system import System

# A search ends in a corner of what is possible; halfway between several corners there is room on all sides.
_CORNERS = 2


def fitting_state(system: System, asked: Array) -> Array:
    """`over` and `under` (2 x cells) that fit, in the midst of what may be, for the components of the asked cells.

    NaN where none fit, and of other components.
    """
    here = whole_components(system, asked)
    found = np.full((2, len(here)), np.nan)
    found[:, here] = _fitting_state(system.of(here), asked[here])
    return found


def _fitting_state(system: System, asked: Array) -> Array:
    component = components(system)
    found = np.full((2, len(component)), np.nan)
    _, one_of_each = np.unique(component[asked], return_index=True)
    cell = np.flatnonzero(asked)[one_of_each]
    for chosen in chunks(system, component, cell):
        _fit(system, component, component[cell[chosen]], found)
    return found


def _fit(system: System, component: Array, names: Array, found: Array) -> None:
    programme = programme_of(system, np.isin(component, names) & system.is_open)
    solver = Solver(programme.entries, programme.right, programme.bounds)
    weights = np.zeros((_CORNERS, len(programme.bounds)))
    moved = np.unique(np.r_[programme.over[programme.over >= 0], programme.under[programme.under >= 0]])
    weights[:, moved] = np.random.default_rng(0).standard_normal((_CORNERS, len(moved)))
    try:
        amounts = np.mean([solver.least(way * one) for one in weights for way in (1.0, -1.0)], axis=0)
    except NoAnswerError:
        # Those that cannot be are found by halving what is looked at together.
        if len(names) > 1:
            for half in np.array_split(names, 2):
                _fit(system, component, half, found)
        return
    cell = programme.cell
    over, under = programme.over[cell], programme.under[cell]
    within = system.cells.has_n[cell] & (under < 0)
    found[0, cell] = np.where(over >= 0, amounts[over], system.over[cell])
    # Within a known denominator the rest lies outside.
    rest = np.where(within, (system.over + system.under)[cell] - found[0, cell], system.under[cell])
    found[1, cell] = np.where(under >= 0, amounts[under], rest)
