"""The attack: between which limits can each withheld count be known, from all that is and ever was published?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.disclosure.cells import Array
from tasks.disclosure.components import components
from tasks.disclosure.exchange import Groups, asked, is_free, proven_widths
from tasks.disclosure.marks import narrowed_alone
from tasks.disclosure.programme import widths
from tasks.disclosure.readers import certain_readers
from tasks.disclosure.system import System

_SHARPENED_AT_MOST = 20


@dataclass(frozen=True)
class Attack:
    """Per cell the narrowest interval of its withheld counts (infinite where none is withheld), and what fails.

    `solved` is True where the width is exact by a linear programme, else it is a proven least width. `found` has the
    widths of numerator, what lies outside it, and denominator.
    """

    width: Array
    solved: Array
    fails: Array
    found: Array

    @property
    def narrowest(self) -> float | None:
        """The narrowest interval of all withheld counts, None without any."""
        found = self.width[np.isfinite(self.width)]
        return float(found.min()) if len(found) else None

    def of(self, place: Array) -> Attack:
        """What was found of these cells alone."""
        return Attack(self.width[place], self.solved[place], self.fails[place], self.found[:, place])

    def keep(self, place: Array, found: Attack) -> None:
        """Take over what another attack found of these cells."""
        self.width[place], self.solved[place], self.fails[place] = found.width, found.solved, found.fails
        self.found[:, place] = found.found


def nothing_asked(cells: int) -> Attack:
    """The attack on so many cells of which none is withheld."""
    wide, yes = np.full(cells, np.inf), np.ones(cells, dtype=bool)
    return Attack(wide, yes, ~yes, np.tile(wide, (3, 1)))


def attack(system: System, groups: Groups, before: Attack) -> Attack:
    """Attack every withheld count: by exchange where that proves it safe, by linear programmes for all others.

    `groups` is what `same_sums` gives. `before` is an attack while less was withheld: withholding more makes no
    interval narrower, so what was found wide enough is not asked again. What was shown before has no width. Those who
    reckon with marks are asked anew: what was impossible may have become possible.
    """
    known = np.where(np.isfinite(before.found), before.found, 0.0)
    found, todo = _found(system, groups, known)
    width, fails = _judged(system, found)
    solved = np.all(todo | ~np.array(asked(system)), axis=0)
    for one in certain_readers(system, groups)[1:]:
        reader, here = one.system, one.place
        by_reader, asked_of = _found(reader, one.groups, np.zeros((3, len(here))))
        narrower, fails_too = _judged(reader, by_reader)
        solved[here] &= (narrower >= width[here]) | np.all(asked_of | ~np.array(asked(reader)), axis=0)
        width[here], fails[here] = np.minimum(width[here], narrower), fails[here] | fails_too
    return Attack(width, solved, fails | narrowed_alone(system)[0], found)


def _found(system: System, groups: Groups, known: Array) -> tuple[Array, Array]:
    """The widths for one reader, at least the known ones, and which of them a programme was asked for."""
    proven = np.maximum(proven_widths(system, groups), known)
    can_move = np.array((system.open_x, system.open_x, system.open_n))
    todo = np.array(asked(system)) & (proven < system.needed) & can_move
    return _solved(system, groups, proven, todo), todo


def _judged(system: System, found: Array) -> tuple[Array, Array]:
    """Per cell the narrowest interval and whether it is too narrow; what a mark itself tells is no finding."""
    needed = system.needed
    fails = system.is_target & (found < needed)
    told = np.zeros(found.shape, dtype=bool) if system.marks is None else needed < system.cells.width
    return np.where(told & ~fails, np.inf, found).min(axis=0), np.any(fails, axis=0)


def sharpened(system: System, groups: Groups, result: Attack) -> Attack:
    """The same attack with the narrowest intervals exact, for the report."""
    width, solved = result.width.copy(), result.solved.copy()
    component = components(system)
    for _ in range(_SHARPENED_AT_MOST):
        if not np.isfinite(width).any() or solved[narrowest := int(np.argmin(width))] or component[narrowest] < 0:
            break
        here = system.cells.is_tied_to(np.array([narrowest]))
        part, groups_there = system.of(here), groups.of(here)
        beside = part.is_target & (component[here] == component[narrowest])
        exact = np.full(len(beside), np.inf)
        for one in certain_readers(part, groups_there):
            found = _exact(one.system, one.groups, beside[one.place])
            exact[one.place] = np.minimum(exact[one.place], found)
        place = np.flatnonzero(here)[beside]
        width[place], solved[place] = exact[beside], True
    return Attack(width, solved, result.fails, result.found)


def _exact(system: System, groups: Groups, chosen: Array) -> Array:
    can_move = np.array((system.open_x, system.open_x, system.open_n))
    todo = np.array(asked(system)) & chosen & can_move
    return _judged(system, _solved(system, groups, np.full(todo.shape, np.inf), todo))[0]


def _solved(system: System, groups: Groups, known: Array, todo: Array) -> Array:
    found = known.copy()
    quantity, cell = np.nonzero(todo)
    if len(cell):
        # Unknowns that stand in the same sums have the same limits: one of them is enough to ask.
        alike = is_free(system) & (groups.own != 0) & (system.over >= 0) & (system.under >= 0)
        alike[system.cells.pair.ravel()] = False
        if system.marks is not None:
            alike &= ~system.marks.is_told.any(axis=0)
        name = np.where(alike, groups.own, -1 - np.arange(len(alike)))[cell] * 3 + quantity
        _, first, back = np.unique(name, return_index=True, return_inverse=True)
        width = widths(system, cell[first], quantity[first])[back]
        found[quantity, cell] = np.maximum(width, np.where(np.isfinite(known), known, 0)[todo])
    return found
