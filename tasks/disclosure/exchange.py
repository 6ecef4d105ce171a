"""A proof without a linear programme: cells that stand in the same sums can exchange persons without a trace.

Where two withheld cells are members of just the same sums, any persons of one may as well have been in the other. All
that such cells hold together is then an interval in which each of them may lie: exact where nothing else is
unknown, and never too wide.
"""

from __future__ import annotations

import numpy as np

from tasks.disclosure.cells import Array, Cells
from tasks.disclosure.system import System


def same_sums(cells: Cells) -> Array:
    """A number per cell: equal for cells that are members of the same sums with the same sign, 0 for those of none."""
    draw = np.random.default_rng(0).integers(1, 2**63, size=cells.relations, dtype=np.uint64)
    signature = np.zeros(len(cells.x), dtype=np.uint64)
    signed = np.where(cells.sign > 0, draw[cells.relation], ~draw[cells.relation])
    np.add.at(signature, cells.member, signed)
    _, group = np.unique(np.r_[np.uint64(0), signature], return_inverse=True)
    return group[1:]


def proven_widths(system: System, group: Array) -> tuple[Array, Array, Array]:
    """Widths that are proven for the numerator, what lies outside it, and the denominator; infinite if no target.

    0 where nothing is proven: only a linear programme can tell then.
    """
    cells = system.cells
    free = system.open_x & (system.open_n | ~cells.has_n)
    over, under = (np.maximum(amount, 0.0) for amount in (system.over, system.under))
    beside = np.bincount(group, weights=free) > 1
    all_over, all_under = (np.where(beside, np.bincount(group, weights=amount * free), 0.0) for amount in (over, under))
    tied = group != 0
    span = cells.high - cells.low
    with np.errstate(invalid="ignore"):
        x = np.where(tied, all_over[group] * cells.high / span, np.inf)
        rest = np.where(tied, all_under[group], np.inf)
        n = np.where(tied, (all_over + all_under)[group] / span, np.inf)
    # What can move while denominators stay.
    moved_over = np.bincount(group, weights=over * system.open_x)[group] - over * system.open_x
    moved_under = np.bincount(group, weights=under * system.open_x)[group] - under * system.open_x
    at_fixed_n = np.minimum(under, moved_over) + np.minimum(over, moved_under)
    fixed = np.where(cells.has_n, np.where(tied, at_fixed_n, over + under), 0.0)
    x = np.maximum(np.where(free, x, 0.0), fixed)
    rest = np.maximum(np.where(free, rest, 0.0), fixed)
    asked_x, asked_rest, asked_n = asked(system)
    return (
        np.where(asked_x, np.where(system.open_x, x, 0.0), np.inf),
        np.where(asked_rest, np.where(system.open_x, rest, 0.0), np.inf),
        np.where(asked_n, np.where(system.open_n, n, 0.0), np.inf),
    )


def asked(system: System) -> tuple[Array, Array, Array]:
    """Which cells' numerator, outside of it, and denominator must not be known too closely.

    A denominator that its source showed beside a withheld numerator, or that was shown before, is no secret.
    """
    cells, target = system.cells, system.is_target
    return target, target & cells.has_n & cells.is_whole, target & system.open_n
