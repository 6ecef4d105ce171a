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


def proven_widths(system: System, groups: Groups) -> tuple[Array, Array, Array]:
    """Widths that are proven for the numerator, what lies outside it, and the denominator; infinite if no target.

    0 where nothing is proven: only a linear programme can tell then.
    """
    cells, group = system.cells, groups.own
    bound, is_limited = _bound(system)
    free = is_free(system) & ~bound
    over, under = (np.maximum(amount, 0.0) for amount in (system.over, system.under))
    held_over, held_under = _held(groups, free, over, under)
    tied = group != 0
    span = cells.high - cells.low
    with np.errstate(invalid="ignore"):
        x = np.where(tied, held_over * cells.high / span, np.inf)
        rest = np.where(tied, held_under, np.inf)
        n = np.where(tied, (held_over + held_under) / span, np.where(bound, 0.0, np.inf))
    # What can move while denominators stay.
    moved_over = np.bincount(group, weights=over * system.open_x)[group] - over * system.open_x
    moved_under = np.bincount(group, weights=under * system.open_x)[group] - under * system.open_x
    at_fixed_n = np.minimum(under, moved_over) + np.minimum(over, moved_under)
    fixed = np.where(cells.has_n, np.where(tied, at_fixed_n, over + under), 0.0)
    most = np.where(is_limited, _ENOUGH * np.max(cells.width, initial=1.0), np.inf)
    x, rest, n = (np.minimum(width, most) for width in (np.where(free, x, 0.0), np.where(free, rest, 0.0), n))
    x, rest = np.maximum(x, fixed), np.maximum(rest, fixed)
    asked_x, asked_rest, asked_n = asked(system)
    return (
        np.where(asked_x, np.where(system.open_x, x, 0.0), np.inf),
        np.where(asked_rest, np.where(system.open_x, rest, 0.0), np.inf),
        np.where(asked_n, np.where(system.open_n, n, 0.0), np.inf),
    )


# Where a limit holds, no more persons than so many widths of protection are exchanged.
_ENOUGH = 2.0


def _bound(system: System) -> tuple[Array, Array]:
    """Cells whose denominator cannot move by itself, being another cell's too or near its limit; all that limits touch.

    The second of these are all cells that sums and pairs tie to one with a limit.
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
    return bound, cells.is_tied_to(cells.pair[asked & cells.is_limit].ravel())


def is_free(system: System) -> Array:
    """Cells of which nothing is known."""
    return system.open_x & (system.open_n | ~system.cells.has_n)


def _held(groups: Groups, free: Array, *amounts: Array) -> list[Array]:
    """Per cell and amount: how much those hold together that it can exchange with.

    A whole and its parts can exchange with another whole and its parts: what the parts hold can go over.
    """
    group = groups.own
    members = np.bincount(group, weights=free)
    has_parts = free & (groups.parts > 0)
    has_parts[has_parts] = members[groups.parts[has_parts]] > 0
    # Those that take part in an exchange between wholes: with their parts' amount, or, having none, with their own.
    takes_part = (has_parts | (free & (groups.parts == -1))) & (groups.beside >= 0)
    count = np.bincount(groups.beside[takes_part], minlength=int(groups.beside.max(initial=0)) + 1)
    whole_of = np.full(len(members), -1)
    whole_of[groups.parts[has_parts]] = groups.beside[has_parts]
    found = []
    for amount in amounts:
        in_group = np.bincount(group, weights=amount * free)
        own = np.where(members > 1, in_group, 0.0)[group]
        brought = np.where(has_parts, in_group[groups.parts], amount)
        above = np.bincount(groups.beside[takes_part], weights=brought[takes_part], minlength=len(count))
        above = np.where(count > 1, above, 0.0)
        by_whole = np.where(takes_part, above[groups.beside], 0.0)
        by_part = np.where(whole_of[group] >= 0, above[whole_of[group]], 0.0)
        found.append(np.maximum(own, np.maximum(by_whole, by_part)))
    return found


def asked(system: System) -> tuple[Array, Array, Array]:
    """Which cells' numerator, outside of it, and denominator must not be known too closely.

    A denominator that its source showed beside a withheld numerator, or that was shown before, is no secret.
    """
    cells, target = system.cells, system.is_target
    return target, target & cells.has_n & cells.is_whole, target & system.open_n
