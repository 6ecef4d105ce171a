"""Least and greatest value of withheld counts under all that is known, by linear programmes (HiGHS).

Unknowns that no chain of sums ties together do not touch one another, so many such components are solved in one
programme: the sum of one unknown of each is least where each of them is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.disclosure.cells import Array
from tasks.disclosure.components import chunks, components, whole_components
from tasks.disclosure.solver import Entries, Solver
from tasks.disclosure.system import REST, Marks, N, System, X

# How far from the true state an interval is looked for, in widths of protection.
_FARTHEST = 100.0
# HiGHS answers to about 1e-7.
_NEARLY = 1e-5


def intervals(system: System, cell: Array, quantity: Array) -> Array:
    """Width and least value (2 x asked) of each asked quantity (X, REST or N of a cell), in whole persons where so.

    The system's state must obey what its marks tell. Raises RuntimeError where HiGHS gives no answer.
    """
    here = whole_components(system, cell)
    if not here.all():
        # Each programme looks through all cells, and these may be a few of very many.
        return intervals(system.of(here), (np.cumsum(here) - 1)[cell], quantity)
    component = components(system)
    order = np.lexsort((quantity, cell, component[cell]))
    found = np.zeros((2, len(cell)))
    for chosen in chunks(system, component, cell[order]):
        found[:, order[chosen]] = _solve(system, component, cell[order[chosen]], quantity[order[chosen]])
    return found


@dataclass(frozen=True)
class Programme:
    """Columns: `over` of open cells, `under` of those whose denominator is unknown too, then what each limit leaves."""

    cell: Array
    over: Array
    under: Array
    entries: Entries
    right: Array
    bounds: Array


def _solve(system: System, component: Array, cell: Array, quantity: Array) -> Array:
    programme = programme_of(system, np.isin(component, np.unique(component[cell])) & system.is_open)
    solver = Solver(programme.entries, programme.right, programme.bounds)
    starts = np.r_[True, component[cell][1:] != component[cell][:-1]]
    turn = np.arange(len(cell)) - np.maximum.accumulate(np.where(starts, np.arange(len(cell)), 0))
    found = np.zeros((2, len(cell)))
    for number in range(int(turn.max()) + 1):
        now = np.flatnonzero(turn == number)
        weights, constant = _objective(system, programme, cell[now], quantity[now])
        objective = weights.sum(axis=0)
        ends = [weights @ solver.least(direction * objective) + constant for direction in (1.0, -1.0)]
        found[:, now] = _whole(system, cell[now], quantity[now], *ends), ends[0]
    return found


def _whole(system: System, cell: Array, quantity: Array, least: Array, greatest: Array) -> Array:
    whole = system.cells.is_whole[cell] | (quantity == N)
    inside = np.floor(greatest + _NEARLY) - np.ceil(least - _NEARLY)
    return np.where(whole, np.maximum(inside, 0.0), greatest - least)


def programme_of(system: System, chosen: Array) -> Programme:
    """The sums and limits of the chosen open cells, which must be whole components."""
    cells = system.cells
    over, under = np.full(len(chosen), -1), np.full(len(chosen), -1)
    # A known numerator beside an unknown denominator leaves `under` alone unknown.
    with_over, with_under = chosen & system.open_x, chosen & system.open_n
    over[with_over] = np.arange(with_over.sum())
    under[with_under] = np.arange(with_under.sum()) + with_over.sum()
    columns = int(with_over.sum() + with_under.sum())
    tied = chosen[cells.member]
    relation, member, sign = cells.relation[tied], cells.member[tied], cells.sign[tied]
    _, row = np.unique(relation, return_inverse=True)
    rows = int(row.max()) + 1 if len(row) else 0
    has_over, has_under = over[member] >= 0, under[member] >= 0
    # Where the denominator is known, what is not in the numerator is outside it.
    mirrored = has_over & ~has_under & cells.has_n[member]
    entries = Entries(
        np.r_[row[has_over], rows + row[has_under], rows + row[mirrored]],
        np.r_[over[member][has_over], under[member][has_under], over[member][mirrored]],
        np.r_[sign[has_over], sign[has_under], -sign[mirrored]],
    )
    state = np.zeros(columns)
    state[over[with_over]] = system.over[with_over]
    state[under[with_under]] = system.under[with_under]
    bounds = _bounds(system, over, under, state)
    paired, left = _pairs(system, over, under, columns)
    entries = entries.beside(paired, 2 * rows)
    state, bounds = np.r_[state, left], np.r_[bounds, np.c_[np.minimum(left, 0.0), np.full(len(left), np.inf)]]
    told, amount, within = _told_persons(system, over, under, len(state))
    entries = entries.beside(told, int(entries.row.max(initial=-1)) + 1)
    state, bounds = np.r_[state, amount], np.r_[bounds, within]
    right = entries.times(state, int(entries.row.max(initial=-1)) + 1)
    return Programme(np.flatnonzero(chosen), over, under, entries, right, bounds)


def _pairs(system: System, over: Array, under: Array, columns: int) -> tuple[Entries, Array]:
    """The rows of denominators that are one count, or at most another one, and how far each is below its limit."""
    cells = system.cells
    member, sign = cells.pair.ravel(), np.tile([-1.0, 1.0], len(cells.pair))
    counts = system.open_n[member] | ~cells.has_n[member]
    has_over, has_under = counts & (over[member] >= 0), counts & (under[member] >= 0)
    asked = (has_over | has_under).reshape(-1, 2).any(axis=1)
    row = np.repeat(np.cumsum(asked) - 1, 2)
    limit = np.flatnonzero(asked & cells.is_limit)
    amount = system.over + system.under
    left = amount[cells.pair[limit, 1]] - amount[cells.pair[limit, 0]]
    entries = Entries(
        np.r_[row[has_over], row[has_under], row[2 * limit]],
        np.r_[over[member][has_over], under[member][has_under], columns + np.arange(len(limit))],
        np.r_[sign[has_over], sign[has_under], np.full(len(limit), -1.0)],
    )
    return entries, left


def _told_persons(system: System, over: Array, under: Array, columns: int) -> tuple[Entries, Array, Array]:
    """The rows of what marks tell of those behind a mean: `over` and `under` together, and between what they are."""
    marks, span = system.marks, system.cells.high - system.cells.low
    told = np.flatnonzero(marks.is_told[N] & (over >= 0)) if marks else np.array([], dtype=int)
    row = np.arange(len(told))
    entries = Entries(
        np.tile(row, 3),
        np.r_[over[told], under[told], columns + row],
        np.r_[np.ones(2 * len(told)), np.full(len(told), -1.0)],
    )
    within = np.c_[marks.least[N, told], marks.most[N, told]] if marks else np.empty((0, 2))
    return entries, (system.over + system.under)[told], within * span[told][:, None]


def _bounds(system: System, over: Array, under: Array, state: Array) -> Array:
    cells, marks = system.cells, system.marks
    reach = _FARTHEST * np.maximum(cells.width.max(initial=1.0), 1.0) * (cells.high - cells.low)
    if marks is not None:
        reach = reach + _away(system, marks, np.flatnonzero((over >= 0) | (under >= 0)))
    bounds = np.empty((len(state), 2))
    bounds[:, 0] = np.minimum(state, 0.0)
    for place, amount in ((over, system.over), (under, system.under)):
        here = place >= 0
        bounds[place[here], 1] = np.maximum(amount[here], 0.0) + reach[here]
    known_n = (over >= 0) & (under < 0) & cells.has_n
    bounds[over[known_n], 1] = np.maximum(system.over + system.under, system.over)[known_n]
    if marks is not None:
        _bound_by_marks(system, marks, over, under, bounds)
    return bounds


def _away(system: System, marks: Marks, here: Array) -> float:
    """How far these cells are from what marks tell, together: all others may have to move by as much."""
    span = (system.cells.high - system.cells.low)[here]
    amounts = np.array((system.over[here], system.under[here], system.persons[here]))
    away = np.abs(np.clip(amounts, marks.least[:, here], marks.most[:, here]) - amounts)
    return float((away[:N].sum(axis=0) + span * away[N]).sum())


def _bound_by_marks(system: System, marks: Marks, over: Array, under: Array, bounds: Array) -> None:
    """Narrow `bounds` to what marks tell."""
    here = np.flatnonzero((over >= 0) | (under >= 0))
    least, most, over, under = marks.least[:, here], marks.most[:, here], over[here], under[here]
    for place, side in ((over, X), (under, REST)):
        told = (least[side] > 0) & (place >= 0)
        bounds[place[told]] = np.c_[least[side, told], most[side, told]]
    # Within a known denominator what is outside leaves the rest to the numerator.
    told, persons = (least[REST] > 0) & (over >= 0) & (under < 0), system.persons[here]
    bounds[over[told]] = np.c_[np.maximum(persons - most[REST], 0.0), persons - least[REST]][told]


def _objective(system: System, programme: Programme, cell: Array, quantity: Array) -> tuple[Array, Array]:
    """Per asked quantity the weights of the columns and a constant, so that weights @ columns + constant is it."""
    cells = system.cells
    weights = np.zeros((len(cell), len(programme.bounds)))
    constant = np.zeros(len(cell))
    low, high = cells.low[cell], cells.high[cell]
    span = high - low
    of_over = np.select(
        [quantity == X, quantity == REST], [np.where(cells.has_n[cell], high / span, 1.0), 0.0], 1 / span
    )
    of_under = np.select([quantity == X, quantity == REST], [low / span, 1.0], 1 / span)
    for place, factor, amount in (
        (programme.over[cell], of_over, system.over[cell]), (programme.under[cell], of_under, system.under[cell])
    ):  # fmt: skip
        here = place >= 0
        weights[np.flatnonzero(here), place[here]] += factor[here]
        constant += np.where(here, 0.0, np.where(np.isfinite(amount), amount, 0.0) * factor)
    # With a known denominator what is outside moves against what is inside.
    mirrored = (programme.over[cell] >= 0) & (programme.under[cell] < 0) & cells.has_n[cell]
    rows = np.flatnonzero(mirrored)
    weights[rows, programme.over[cell][rows]] -= of_under[rows]
    constant[rows] += (system.over[cell] * of_under)[rows]
    return weights, constant
