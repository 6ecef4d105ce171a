"""Which further cells are withheld so that no withheld count can be known too closely: the cheapest that help.

Small units go before large ones, so that what the board reads is withheld last. Nothing here is drawn by chance: the
same cells give the same choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tasks.disclosure.attack import Attack, attack, nothing_asked
from tasks.disclosure.cells import Array, Cells
from tasks.disclosure.components import components
from tasks.disclosure.exchange import Groups, can_exchange, proven_widths, same_sums
from tasks.disclosure.readers import Reader, reader_of_figures, readers, tight_by_marks
from tasks.disclosure.system import N, System, system_of, true_state


@dataclass(frozen=True)
class _Part:
    """Cells that no sum ties to others, all of which still have to be looked at; `place` among all cells."""

    place: Array
    cells: Cells
    state: tuple[Array, Array]
    groups: Groups

    def system(self, hidden: Array) -> System:
        return system_of(self.cells, self.state, hidden[self.place])

    def tied_to(self, chosen: Array) -> _Part:
        """Those alone that are tied to one of the chosen."""
        here = self.cells.is_tied_to(chosen)
        if here.all():
            return self
        over, under = self.state
        return _Part(self.place[here], self.cells.of(here), (over[here], under[here]), self.groups.of(here))


def withheld_cells(cells: Cells) -> tuple[Array, System, Groups, Attack]:
    """All cells to withhold (small ones and those that protect them), and the attack on what is left.

    The attack fails only where every cell that could help is withheld already, public, or was shown before.
    """
    everything = _Part(np.arange(len(cells.x)), cells, true_state(cells), same_sums(cells))
    stated = ~np.isnan(cells.x) | ~np.isnan(cells.n)
    # Of a delivery that is out, what every publication withheld is known to nobody and stays withheld.
    never_shown = ~cells.is_in_force & ~cells.was_shown
    hidden = cells.is_small | (stated & (cells.is_withheld_by_source | never_shown))
    hidden &= ~cells.is_public & ~cells.is_fixed
    result = nothing_asked(len(cells.x))
    part = everything.tied_to(hidden | cells.is_withheld_by_source)
    while len(part.place):
        _hide_beside(part, hidden)
        system = part.system(hidden)
        found = attack(system, part.groups, result.of(part.place))
        result.keep(part.place, found)
        failing = part.place[found.fails & _can_be_helped(system)]
        part = _hide_along_sums(part.tied_to(np.isin(part.place, failing)), hidden, failing)
    return hidden, everything.system(hidden), everything.groups, result


def _hide_beside(part: _Part, hidden: Array) -> None:
    """Withhold what groups and sums of a single unknown need, without asking a linear programme."""
    while len(part.place):
        _hide(part, hidden, _telling)
        # Who reckons with marks is asked when the figures alone tell nothing more: it takes three times as long.
        for beside in (_beside_by_figures, _beside):
            changed = part
            while len(changed.place):
                changed = _hide(changed, hidden, beside)
        part = _hide(part, hidden, _given_away)


def _hide(part: _Part, hidden: Array, choose: Callable[[System, Groups, Array], Array]) -> _Part:
    """Withhold what `choose` finds, and return the part that this has changed."""
    chosen = choose(part.system(hidden), part.groups, hidden[part.place])
    hidden[part.place[chosen]] = True
    return part.tied_to(chosen)


def _hide_along_sums(part: _Part, hidden: Array, failing: Array) -> _Part:
    """Withhold in sums that are too tight for a count that fails, or else near it; return the part this has changed."""
    if not len(part.place):
        return part
    system, fails = part.system(hidden), np.isin(part.place, failing)
    chosen = _in_tight_sums(system, part.groups, hidden[part.place], fails)
    chosen = np.r_[chosen, _near(system, hidden[part.place], fails & ~part.cells.is_tied_to(chosen))]
    hidden[part.place[chosen]] = True
    return part.tied_to(chosen)


def _can_be_withheld(cells: Cells, hidden: Array) -> Array:
    shown = ~np.isnan(cells.x) | ~np.isnan(cells.n)
    return shown & ~hidden & ~cells.is_fixed & ~cells.is_public & ~cells.was_shown & cells.is_in_force


def _can_be_helped(system: System) -> Array:
    """Not a count that is known already, nor one within a known denominator that is too small to hide it."""
    cells = system.cells
    too_few = cells.has_n & ~system.open_n & (system.over + system.under < cells.width)
    return system.is_open & ~too_few


def _wanting(system: System, everybody: tuple[Reader, ...]) -> Array:
    """Withheld counts that nothing proves to be safe yet, and that withholding more of their sums can help."""
    groups = everybody[0].groups
    too_narrow = np.zeros(len(groups.own), dtype=bool)
    for one in everybody:
        reader = one.system
        not_proven = proven_widths(reader, one.groups) < reader.wanted
        # A denominator that other cells hold is nothing that exchange can prove.
        not_proven[N] &= can_exchange(reader)[0]
        too_narrow[one.place] |= not_proven.any(axis=0) & reader.is_met & reader.is_target
    return system.is_target & too_narrow & _can_be_helped(system) & (groups.own != 0)


def _beside(system: System, groups: Groups, hidden: Array) -> Array:
    """For each group of cells in the same sums that holds too little: the cheapest of their shown neighbours."""
    return _neighbours(system, groups, hidden, _wanting(system, readers(system, groups)))


def _beside_by_figures(system: System, groups: Groups, hidden: Array) -> Array:
    """The same for the reader of the figures alone."""
    return _neighbours(system, groups, hidden, _wanting(system, (reader_of_figures(system, groups),)))


def _neighbours(system: System, groups: Groups, hidden: Array, wanting: Array) -> Array:
    group = groups.own
    is_wanted = np.zeros(int(group.max(initial=0)) + 1, dtype=bool)
    is_wanted[group[wanting]] = True
    candidate = np.flatnonzero(_can_be_withheld(system.cells, hidden) & is_wanted[group])
    return _cheapest(system, candidate, group[candidate])


def _telling(system: System, _groups: Groups, hidden: Array) -> Array:
    """Shown cells whose denominator is that of a withheld count too, and is too small to hide it."""
    cells = system.cells
    pair = cells.pair[~cells.is_limit]
    too_few = system.is_target & ~system.open_n & (system.over + system.under < cells.width)
    told = np.r_[pair[too_few[pair[:, 0]], 1], pair[too_few[pair[:, 1]], 0]]
    return np.unique(told[_can_be_withheld(cells, hidden)[told]])


def _given_away(system: System, groups: Groups, hidden: Array) -> Array:
    """For each sum with a single unknown, which it gives away whatever else holds: the cheapest of its members."""
    cells, wanting = system.cells, _wanting(system, (reader_of_figures(system, groups),))
    unknown = np.bincount(cells.relation, weights=system.is_open[cells.member], minlength=cells.relations)
    given_away = np.bincount(cells.relation, weights=wanting[cells.member], minlength=cells.relations) > 0
    return _cheapest_in(system, hidden, given_away & (unknown == 1))


def _in_tight_sums(system: System, groups: Groups, hidden: Array, fails: Array) -> Array:
    """For each sum that holds a withheld count too tightly: the cheapest of its shown members."""
    cells = system.cells
    failing = np.bincount(cells.relation, weights=fails[cells.member], minlength=cells.relations) > 0
    return _cheapest_in(system, hidden, failing & (_is_tight(system) | tight_by_marks(system, groups)))


def _near(system: System, hidden: Array, fails: Array) -> Array:
    """For each sum of what is tied to a count that fails: the cheapest of its shown members."""
    cells = system.cells
    if not fails.any():
        return np.array([], dtype=int)
    component = components(system)
    near = np.isin(component, component[fails & system.is_open]) & system.is_open
    around = np.bincount(cells.relation, weights=(near | fails)[cells.member], minlength=cells.relations) > 0
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
    needed = (np.maximum(cells.width, 1.0) * (cells.high - cells.low))[candidate]
    is_enough = (over >= needed) & (under >= needed)
    size = over + np.where(np.isinf(under), 0.0, under)
    order = np.lexsort((candidate, np.where(is_enough, size, -size), ~is_enough, cells.level[candidate], group))
    first = np.r_[True, group[order][1:] != group[order][:-1]] if len(order) else np.array([], dtype=bool)
    return np.unique(candidate[order[first]])
