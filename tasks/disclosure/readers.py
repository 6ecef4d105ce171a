"""Who attacks: the reader of the figures alone, and two who reckon with what sources' own marks tell.

Nobody is told whether the numerator is small or what lies outside it, so there is a reader for each. Both know all sums
too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tasks.disclosure.cells import Array
from tasks.disclosure.components import components, with_partners
from tasks.disclosure.exchange import Groups, exchanged
from tasks.disclosure.fitting import fitting_state
from tasks.disclosure.marks import (
    fitted,
    in_impossible_sums,
    is_marked,
    left_by_marks,
    narrowed_alone,
    told,
    unknown_parts,
)
from tasks.disclosure.system import REST, Marks, System, X


@dataclass(frozen=True)
class Reader:
    """What one reader has before them; of those who reckon with marks, what sums of unknowns tie to one.

    `place` and `sums` (positions): which cells and sums these are among all.
    """

    system: System
    groups: Groups
    place: Array
    sums: Array


def reader_of_figures(system: System, groups: Groups) -> Reader:
    """Who takes no mark to tell anything."""
    return Reader(system, groups, np.arange(len(system.over)), np.arange(system.cells.relations))


def readers(system: System, groups: Groups) -> tuple[Reader, ...]:
    """The reader of the figures alone, and those who take marks to tell something, where any does."""
    first = reader_of_figures(system, groups)
    if not is_marked(system).any():
        return (first,)
    component = components(system)
    reckoning = (_reckoning(system, groups, component, quantity) for quantity in (X, REST))
    return (first, *(one for one in reckoning if one.system.is_target.any()))


def certain_readers(system: System, groups: Groups) -> tuple[Reader, ...]:
    """The same, each with a state that obeys the marks wherever one exists; where none does they tell nothing."""
    first, *others = readers(system, groups)
    certain = (replace(one, system=_made_certain(one.system)) for one in others)
    return (first, *(one for one in certain if one.system.is_target.any()))


def tight_by_marks(system: System, groups: Groups) -> Array:
    """Sums whose unknown parts cannot exchange enough for one who takes marks to tell something."""
    _, tight = narrowed_alone(system)
    for one in readers(system, groups)[1:]:
        reader, cells = one.system, one.system.cells
        part = unknown_parts(reader) & reader.is_met[cells.member]
        relation, member = cells.relation[part], cells.member[part]
        room = (amount[:, member] for amount in reader.room())
        for give, take, wanted in zip(*room, reader.wanted[: REST + 1, member], strict=True):
            tight[one.sums[relation[exchanged(give, take, relation) < wanted]]] = True
    return tight


def _reckoning(system: System, groups: Groups, component: Array, quantity: int) -> Reader:
    cells, (least, most) = system.cells, told(system, quantity)
    otherwise = in_impossible_sums(system, least, most)
    least[:, otherwise], most[:, otherwise] = 0.0, np.inf
    marks = Marks(least, most, left_by_marks(system, least, most), np.ones(len(component), dtype=bool))
    near = _among(component, component[marks.is_told.any(axis=0)]) & system.is_open
    here = with_partners(cells, near)
    part = replace(system, marks=marks, is_target=system.is_target & near).of(here)
    there = groups.of(here)
    state, is_short = fitted(part, part.marks or marks, there)
    is_met = ~_among(component[here], component[here][is_short])
    sums = np.bincount(cells.relation[here[cells.member]], minlength=cells.relations)
    part = replace(part, over=state[0], under=state[1], marks=replace(part.marks or marks, is_met=is_met))
    return Reader(part, there, np.flatnonzero(here), np.flatnonzero(sums))


def _among(number: Array, wanted: Array) -> Array:
    """Which of these numbers (from -1 on) are among the wanted ones."""
    is_wanted = np.zeros(int(number.max(initial=-1)) + 2, dtype=bool)
    is_wanted[wanted] = True
    return is_wanted[number]


def _made_certain(reader: System) -> System:
    marks = reader.marks
    if marks is None or marks.is_met.all():
        return reader
    asked = reader.is_open & ~marks.is_met
    state = fitting_state(reader, asked)
    fits = ~np.isnan(state[0])
    nothing = asked & ~fits
    return replace(
        reader,
        over=np.where(fits, state[0], reader.over),
        under=np.where(fits, state[1], reader.under),
        is_target=reader.is_target & ~nothing,
        marks=Marks(
            np.where(nothing, 0.0, marks.least),
            np.where(nothing, np.inf, marks.most),
            np.where(nothing, np.inf, marks.width),
            np.ones(len(fits), dtype=bool),
        ),
    )
