"""The attack: between which limits can each withheld count be known, from all that is and ever was published?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.disclosure.cells import Array
from tasks.disclosure.components import components
from tasks.disclosure.exchange import Groups, asked, is_free, proven_widths
from tasks.disclosure.marks import narrowed_alone
from tasks.disclosure.programme import intervals
from tasks.disclosure.readers import certain_readers
from tasks.disclosure.system import N, System

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
    found, least, todo = _found(system, groups, known)
    width, fails = _judged(system, found, least)
    solved = np.all(todo | ~np.array(asked(system)), axis=0)
    for one in certain_readers(system, groups)[1:]:
        reader, here = one.system, one.place
        by_reader, lows, asked_of = _found(reader, one.groups, np.zeros((3, len(here))))
        narrower, fails_too = _judged(reader, by_reader, lows)
        solved[here] &= (narrower >= width[here]) | np.all(asked_of | ~np.array(asked(reader)), axis=0)
        width[here], fails[here] = np.minimum(width[here], narrower), fails[here] | fails_too
    return Attack(width, solved, fails | narrowed_alone(system)[0], found)


def _found(system: System, groups: Groups, known: Array) -> tuple[Array, Array, Array]:
    """The widths for one reader, at least the known ones; least values, and which of both a programme was asked for."""
    proven = np.maximum(proven_widths(system, groups), known)
    is_asked = _questions(system)
    todo = is_asked & (proven < system.wanted)
    found, least = _solved(system, groups, proven, todo)
    if system.marks is not None:
        # Whether a count that is known closely could be a small one, all of its quantities tell together.
        others = is_asked & ~todo & (todo & (found < system.wanted)).any(axis=0)
        least = np.maximum(least, _solved(system, groups, found, others)[1])
    return found, least, todo


def _questions(system: System) -> Array:
    """What must not be known too closely (3 x cells) and is unknown, so that a programme can be asked for it."""
    return np.array(asked(system)) & np.array((system.open_x, system.open_x, system.open_n))


def _judged(system: System, found: Array, least: Array) -> tuple[Array, Array]:
    """Per cell the narrowest interval and whether it is too narrow; what a mark itself tells is no finding."""
    wanted, harmless = system.wanted, _is_harmless(system, found, least)
    fails = system.is_target & (found < wanted) & ~harmless
    told = np.zeros(found.shape, dtype=bool) if system.marks is None else harmless | (wanted < system.cells.width)
    return np.where(told & ~fails, np.inf, found).min(axis=0), np.any(fails, axis=0)


def _is_harmless(system: System, found: Array, least: Array) -> Array:
    """What a reader of marks may know as closely as a mark: counts of which they know that these are not small.

    It follows from what they know alone, or that a whole is shown would tell them that a count beside a mark is large.
    """
    if system.marks is None:
        return np.zeros(found.shape, dtype=bool)
    limits = system.cells.told_at_most[np.isfinite(system.cells.told_at_most)]
    is_large = least > limits.max(initial=0.0)
    # Of a mean the persons behind it are few or not; within a known denominator the one tells the other.
    is_large[:2] = np.where(system.cells.low != 0, is_large[N], is_large[:2])
    within = system.cells.has_n & ~system.open_n & (system.cells.low == 0)
    is_large[:2] &= is_large[:2].all(axis=0) | ~within
    is_large &= ~system.marks.is_told.any(axis=0)
    return is_large & (found >= limits.min(initial=np.inf) - 1)


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
    todo = _questions(system) & chosen
    return _judged(system, *_solved(system, groups, np.full(todo.shape, np.inf), todo))[0]


def _solved(system: System, groups: Groups, known: Array, todo: Array) -> tuple[Array, Array]:
    """The known widths with what is asked for, and its least values (below all where nothing was asked)."""
    found, lows = known.copy(), np.full(known.shape, -np.inf)
    quantity, cell = np.nonzero(todo)
    if len(cell):
        # Unknowns that stand in the same sums have the same limits: one of them is enough to ask.
        alike = is_free(system) & (groups.own != 0) & (system.over >= 0) & (system.under >= 0)
        alike[system.cells.pair.ravel()] = False
        if system.marks is not None:
            alike &= ~system.marks.is_told.any(axis=0)
        name = np.where(alike, groups.own, -1 - np.arange(len(alike)))[cell] * 3 + quantity
        _, first, back = np.unique(name, return_index=True, return_inverse=True)
        width, least = intervals(system, cell[first], quantity[first])[:, back]
        found[quantity, cell] = np.maximum(width, np.where(np.isfinite(known), known, 0)[todo])
        lows[quantity, cell] = least
    return found, lows
