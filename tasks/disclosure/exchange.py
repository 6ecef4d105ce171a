"""A proof without a linear programme: cells that stand in the same sums can exchange persons without a trace.

Where two withheld cells are members of just the same sums, any persons of one may as well have been in the other. All
that such cells hold together is then an interval in which each of them may lie: exact where nothing else is
unknown, and never too wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.disclosure.cells import Array, Cells
from tasks.disclosure.system import System


@dataclass(frozen=True)
class Groups:
    """Which cells can stand for one another. Arrays have one element per cell.

    `own`: equal for cells that are members of the same sums with the same sign, 0 for those of none. `parts`: the
    group of those that are the parts of this cell wherever it is a whole; -1 where it is none, -2 where no cells are
    its parts everywhere. `beside`: equal for cells that are parts in the same sums, -1 for parts of none.
    """

    own: Array
    parts: Array
    beside: Array

    def of(self, chosen: Array) -> Groups:
        """Those of these cells alone."""
        return Groups(self.own[chosen], self.parts[chosen], self.beside[chosen])


def same_sums(cells: Cells) -> Groups:
    """The groups, by adding up a random number for each sum that a cell is a member of."""
    draw = np.random.default_rng(0).integers(1, 2**63, size=cells.relations, dtype=np.uint64)
    as_whole, as_part = np.zeros((2, len(cells.x)), dtype=np.uint64)
    whole = cells.sign > 0
    np.add.at(as_whole, cells.member[whole], draw[cells.relation[whole]])
    np.add.at(as_part, cells.member[~whole], draw[cells.relation[~whole]])
    names, own = np.unique(np.r_[np.uint64(0), as_part - as_whole], return_inverse=True)
    place = np.clip(np.searchsorted(names, as_whole), 0, len(names) - 1)
    parts = np.where(names[place] == as_whole, place, -2)
    parts = np.where(as_whole == 0, -1, parts)
    _, beside = np.unique(as_part, return_inverse=True)
    return Groups(own[1:], parts, np.where(as_part != 0, beside, -1))


def proven_widths(system: System, groups: Groups) -> Array:
    """Widths proven for numerator, what lies outside it, and denominator (3 x cells); infinite if no target.

    0 where nothing is proven: only a linear programme can tell then.
    """
    here, widths = np.flatnonzero(system.is_open), np.zeros((3, len(system.over)))
    # Without a state that obeys the marks nothing is proven.
    unknown = np.array((system.open_x, system.open_x, system.open_n)) & system.is_met
    widths[:, here] = np.where(unknown[:, here], _by_exchange(system, groups.of(here), here), 0.0)
    return np.where(asked(system), widths, np.inf)


def _by_exchange(system: System, groups: Groups, here: Array) -> Array:
    """The widths of the cells `here` (positions of all that are unknown), whose groups these are."""
    cells, tied = system.cells, groups.own != 0
    high, span, has_n = cells.high[here], (cells.high - cells.low)[here], cells.has_n[here]
    free, is_limited = (one[here] for one in can_exchange(system))
    give, take = (one[:, here] for one in system.room())
    over, under = np.where(tied, _held(groups, free, give, take), give + take)
    x, rest, n = over * high / span, under, (over + under) / span
    most = np.where(is_limited, _ENOUGH * np.max(cells.width, initial=1.0), np.inf)
    x, rest, n = (np.where(free, np.minimum(width, most), 0.0) for width in (x, rest, n))
    fixed = np.where(has_n, _turned(system.open_x[here], groups, give, take), 0.0)
    # What was shared out in fractions adds up to whole persons again.
    return np.round((np.maximum(x, fixed), np.maximum(rest, fixed), n), 9)


# Where a limit holds, no more persons than so many widths of protection are exchanged.
_ENOUGH = 2.0


def can_exchange(system: System) -> tuple[Array, Array]:
    """Cells of which all is unknown and can move by itself; and all that sums and pairs tie to a cell with a limit.

    Not a denominator that is another cell's too, or near its limit.
    """
    cells = system.cells
    unknown = system.open_n | (system.open_x & ~cells.has_n)
    amount = system.over + system.under
    left = amount[cells.pair[:, 1]] - amount[cells.pair[:, 0]]
    # Both ends may have so many persons fewer or more.
    is_near = ~cells.is_limit | (left < 2 * _ENOUGH * np.max(cells.width, initial=1.0))
    asked = unknown[cells.pair].any(axis=1)
    bound = np.zeros(len(unknown), dtype=bool)
    bound[cells.pair[asked & is_near].ravel()] = True
    return is_free(system) & ~bound, cells.is_tied_to(cells.pair[asked & cells.is_limit].ravel())


def is_free(system: System) -> Array:
    """Cells of which nothing is known."""
    return system.open_x & (system.open_n | ~system.cells.has_n)


def _held(groups: Groups, free: Array, give: Array, take: Array) -> Array:
    """Per amount and cell: how far it can go down and up together, by exchange with others.

    A whole and its parts can exchange with another whole and its parts: what the parts hold can go over.
    """
    group = groups.own
    members = np.bincount(group, weights=free, minlength=int(groups.parts.max(initial=0)) + 1)
    has_parts = free & (groups.parts > 0)
    has_parts[has_parts] = members[groups.parts[has_parts]] > 0
    # Those that take part in an exchange between wholes: with their parts' amount, or, having none, with their own.
    whole = np.flatnonzero((has_parts | (free & (groups.parts == -1))) & (groups.beside >= 0))
    of_parts, parts = has_parts[whole], groups.parts[whole]
    whole_of = np.full(len(members), -1)
    whole_of[parts[of_parts]] = np.flatnonzero(of_parts)
    above, is_part = whole_of[group], free & (whole_of[group] >= 0)
    found = []
    for down, up in zip(np.where(free, give, 0.0), np.where(free, take, 0.0), strict=True):
        beside = of_others(down, group), of_others(up, group)
        brought = [
            np.where(of_parts, np.minimum(one[whole], np.bincount(group, weights=one)[parts]), one[whole])
            for one in (down, up)
        ]
        across = [of_others(one, groups.beside[whole]) for one in brought]
        width = _both_ways(down, up, *beside)
        width[whole] = np.maximum(width[whole], _both_ways(*brought, *across))
        # A part exchanges with those beside it, and through its whole with the others above.
        through = [np.minimum(one[whole], far) for one, far in zip((up, down), across, strict=True)]
        given, taken = (near[is_part] + far[above[is_part]] for near, far in zip(beside, through, strict=True))
        width[is_part] = np.maximum(width[is_part], _both_ways(down[is_part], up[is_part], given, taken))
        found.append(width)
    return np.array(found)


def _both_ways(give: Array, take: Array, given_by_others: Array, taken_by_others: Array) -> Array:
    return np.minimum(give, taken_by_others) + np.minimum(take, given_by_others)


def exchanged(give: Array, take: Array, group: Array) -> Array:
    """How far each can go down and up together, by exchange with the others of its group."""
    return _both_ways(give, take, of_others(give, group), of_others(take, group))


def of_others(amount: Array, group: Array) -> Array:
    """What all others of the same group have together; amounts may be infinite."""
    endless = np.isinf(amount)
    if not endless.any():
        return np.maximum(np.bincount(group, weights=amount)[group] - amount, 0.0)
    finite = np.where(endless, 0.0, amount)
    rest = np.bincount(group, weights=finite)[group] - finite
    return np.where(np.bincount(group, weights=endless)[group] > endless, np.inf, np.maximum(rest, 0.0))


def _turned(open_x: Array, groups: Groups, give: Array, take: Array) -> Array:
    """How far a count can go within its denominator: persons of it turn out of the numerator and others' into it."""
    up = np.where(open_x, np.minimum(take[0], give[1]), 0.0)
    down = np.where(open_x, np.minimum(give[0], take[1]), 0.0)
    return np.where(groups.own != 0, exchanged(down, up, groups.own), down + up)


def asked(system: System) -> tuple[Array, Array, Array]:
    """Which cells' numerator, outside of it, and denominator must not be known too closely.

    A denominator that its source showed beside a withheld numerator, or that was shown before, is no secret.
    """
    cells, target = system.cells, system.is_target
    return target, target & cells.has_n & cells.is_whole, target & system.open_n
