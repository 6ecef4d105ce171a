"""Which further cells are withheld so that no withheld count can be known too closely: the cheapest that help.

Small units go before large ones, so that what the board reads is withheld last. Nothing here is drawn by chance: the
same cells give the same choice.
"""

from __future__ import annotations

import numpy as np

from tasks.disclosure.attack import Attack, attack
from tasks.disclosure.cells import Array, Cells
from tasks.disclosure.exchange import Groups, proven_widths, same_sums
from tasks.disclosure.programme import components
from tasks.disclosure.system import System, system_of, true_state


def withheld_cells(cells: Cells) -> tuple[Array, System, Groups, Attack]:
    """All cells to withhold (small ones and those that protect them), and the attack on what is left.

    The attack fails only where every cell that could help is withheld already, public, or was shown before.
    """
    state, groups = true_state(cells), same_sums(cells)
    stated = ~np.isnan(cells.x) | ~np.isnan(cells.n)
    hidden = (cells.is_small | (cells.is_withheld_by_source & stated)) & ~cells.is_public & ~cells.is_fixed
    result = None
    while True:
        system = system_of(cells, state, hidden)
        chosen = _beside(system, groups, hidden)
        if not len(chosen):
            result = attack(system, groups, result)
            chosen = _along_sums(system, hidden, result.fails & _can_be_helped(system))
            if not len(chosen):
                return hidden, system, groups, result
        hidden = hidden.copy()
        hidden[chosen] = True


def _can_be_withheld(cells: Cells, hidden: Array) -> Array:
    shown = ~np.isnan(cells.x) | ~np.isnan(cells.n)
    return shown & ~hidden & ~cells.is_fixed & ~cells.is_public & ~cells.was_shown & cells.is_in_force


def _can_be_helped(system: System) -> Array:
    """Not a count that is known already, nor one within a known denominator that is too small to hide it."""
    cells = system.cells
    too_few = cells.has_n & ~system.open_n & (system.over + system.under < cells.width)
    return system.is_open & ~too_few


def _beside(system: System, groups: Groups, hidden: Array) -> Array:
    """For each group of cells in the same sums that holds too little: the cheapest of their shown neighbours."""
    cells, group = system.cells, groups.own
    proven = np.min(proven_widths(system, groups), axis=0)
    wanting = system.is_target & (proven < np.maximum(cells.width, 1.0)) & _can_be_helped(system) & (group != 0)
    is_wanted = np.zeros(int(group.max(initial=0)) + 1, dtype=bool)
    is_wanted[group[wanting]] = True
    candidate = np.flatnonzero(_can_be_withheld(cells, hidden) & is_wanted[group])
    chosen = _cheapest(system, candidate, group[candidate])
    if len(chosen):
        return chosen
    # A sum with a single unknown gives it away, whatever else holds.
    unknown = np.bincount(cells.relation, weights=system.is_open[cells.member], minlength=cells.relations)
    given_away = np.bincount(cells.relation, weights=wanting[cells.member], minlength=cells.relations) > 0
    return _cheapest_in(system, hidden, given_away & (unknown == 1))


def _along_sums(system: System, hidden: Array, fails: Array) -> Array:
    """For each sum that holds a withheld count too tightly: the cheapest of its shown members."""
    cells = system.cells
    if not fails.any():
        return np.array([], dtype=int)
    of_sum = cells.relation
    failing = np.bincount(of_sum, weights=fails[cells.member], minlength=cells.relations) > 0
    chosen = _cheapest_in(system, hidden, failing & _is_tight(system))
    if len(chosen):
        return chosen
    component = components(system)
    near = np.isin(component, component[fails & system.is_open]) & system.is_open
    around = np.bincount(of_sum, weights=(near | fails)[cells.member], minlength=cells.relations) > 0
    return _cheapest_in(system, hidden, around)


def _is_tight(system: System) -> Array:
    """Sums with a single unknown, or whose unknown parts hold fewer persons together than must stay possible."""
    cells = system.cells
    is_open = system.is_open[cells.member]
    unknown = np.bincount(cells.relation, weights=is_open, minlength=cells.relations)
    part = is_open & (cells.sign < 0)
    needed = np.zeros(cells.relations)
    np.maximum.at(needed, cells.relation, np.where(is_open, cells.width[cells.member], 0.0))
    tight = unknown == 1
    for amount in (system.over, np.where(cells.has_n, system.under, np.inf)):
        held = np.where(part, np.maximum(amount[cells.member], 0.0), 0.0)
        tight |= np.bincount(cells.relation, weights=held, minlength=cells.relations) < needed
    return tight & (unknown > 0)


def _cheapest_in(system: System, hidden: Array, sums: Array) -> Array:
    cells = system.cells
    usable = _can_be_withheld(cells, hidden)[cells.member] & sums[cells.relation]
    return _cheapest(system, cells.member[usable], cells.relation[usable])


def _cheapest(system: System, candidate: Array, group: Array) -> Array:
    """One candidate per group: of the lowest level, large enough to help by itself, then the smallest."""
    cells = system.cells
    over, under = system.over[candidate], np.where(cells.has_n, system.under, np.inf)[candidate]
    needed = cells.width.max(initial=1.0) * (cells.high - cells.low)[candidate]
    is_enough = (over >= needed) & (under >= needed)
    size = over + np.where(np.isinf(under), 0.0, under)
    order = np.lexsort((candidate, np.where(is_enough, size, -size), ~is_enough, cells.level[candidate], group))
    first = np.r_[True, group[order][1:] != group[order][:-1]] if len(order) else np.array([], dtype=bool)
    return np.unique(candidate[order[first]])
