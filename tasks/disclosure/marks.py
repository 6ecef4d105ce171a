"""What a source's own mark tells: that the count which it withheld is one of few persons.

Where the marks of a sum cannot all mean what a reader takes them to mean, they tell nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tasks.disclosure.cells import Array, Cells
from tasks.disclosure.exchange import Groups, can_exchange, of_others
from tasks.disclosure.system import REST, Marks, N, System, X

_NEARLY, _STEPS = 1e-9, 8


def narrowed_alone(system: System) -> tuple[Array, Array]:
    """Cells and sums: sums that leave the marks in them, which are all that is unknown there, less than all marks tell.

    Each sum by itself, for a mark may hide another count than in the delivery before, and nobody tells that it does.
    """
    cells, sums = system.cells, np.zeros(system.cells.relations, dtype=bool)
    is_narrowed = np.zeros(len(cells.x), dtype=bool)
    part = unknown_parts(system) if is_marked(system).any() else np.zeros(len(cells.member), dtype=bool)
    relation, member = cells.relation[part], cells.member[part]
    for quantity in (X, REST) if part.any() else ():
        for amount, low, high in zip(_amounts(system), *told(system, quantity), strict=True):
            left, fewest, largest = _left_to_parts(cells, part, amount, low, high)
            is_alone = np.bincount(relation, weights=low[member] == 0, minlength=cells.relations) == 0
            is_possible = is_alone & (left >= fewest - _NEARLY) & (left <= largest + _NEARLY)
            most = left[relation] - of_others(low[member], relation)
            least = left[relation] - of_others(high[member], relation)
            narrowed = (most < high[member] - _NEARLY) | (least > low[member] + _NEARLY)
            narrowed &= is_possible[relation]
            sums[relation[narrowed]], is_narrowed[member[narrowed]] = True, True
    return is_narrowed & system.is_target, sums


def is_marked(system: System) -> Array:
    """Which unknown numerators their source withheld with a mark that tells of a limit."""
    return np.isfinite(system.cells.told_at_most) & np.isnan(system.cells.x) & system.open_x


def _amounts(system: System) -> Array:
    return np.array((system.over, system.under, system.persons))


def told(system: System, quantity: int) -> tuple[Array, Array]:
    """The least and most of over, under and persons by the marks; a mean's is about the persons behind it."""
    cells, marked = system.cells, is_marked(system)
    is_mean = cells.low != 0
    about = {
        quantity: marked & ~is_mean & (cells.has_n | (quantity == X)),
        N: marked & is_mean & system.open_n & (quantity == X),
    }
    least, most = np.zeros((3, len(cells.x))), np.full((3, len(cells.x)), np.inf)
    # No more than all of a known denominator.
    limit = np.where(cells.has_n & ~system.open_n, np.minimum(cells.told_at_most, system.persons), cells.told_at_most)
    for place, chosen in about.items():
        here = chosen & (limit >= 1)
        least[place, here], most[place, here] = 1.0, limit[here]
    return least, most


def in_impossible_sums(system: System, least: Array, most: Array) -> Array:
    """Cells whose marks must mean something else: a sum that they stand in cannot be met."""
    cells, part = system.cells, unknown_parts(system)
    otherwise = np.zeros(len(cells.x), dtype=bool)
    for amount, low, high in zip(_amounts(system), least, most, strict=True):
        left, fewest, largest = _left_to_parts(cells, part, amount, low, high)
        impossible = (left < fewest - _NEARLY) | (left > largest + _NEARLY)
        otherwise[cells.member[part & impossible[cells.relation]]] = True
    return otherwise


def unknown_parts(system: System) -> Array:
    """Which memberships are of an unknown part in a sum whose whole is known."""
    cells = system.cells
    is_open, is_part = system.is_open[cells.member], cells.sign < 0
    whole_is_known = np.bincount(cells.relation, weights=is_open & ~is_part, minlength=cells.relations) == 0
    return is_open & is_part & whole_is_known[cells.relation]


def _left_to_parts(cells: Cells, part: Array, amount: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Per sum what is left for its unknown parts by the figures, and the least and most that these can be together."""
    relation, member = cells.relation[part], cells.member[part]
    beyond = np.bincount(cells.relation, weights=amount[cells.member] * cells.sign, minlength=cells.relations)
    held, fewest, largest = (
        np.bincount(relation, weights=one[member], minlength=cells.relations) for one in (amount, low, high)
    )
    return held + beyond, fewest, largest


def left_by_marks(system: System, least: Array, most: Array) -> Array:
    """How wide marks by themselves leave the intervals: few in all parts are few in the whole, and the reverse."""
    least, most = least.copy(), most.copy()
    for low, high in zip(least, most, strict=True):
        # From departments up to the municipality and down again.
        for _ in range(_STEPS if low.any() else 0):
            before = high.copy()
            _through_sums(system.cells, low, high)
            if np.array_equal(before, high):
                break
    width = np.maximum(most - least, 0.0)
    # Within a known denominator numerator and what lies outside it bound one another.
    within = system.cells.has_n & ~system.open_n
    width[:2, within] = width[:2, within].min(axis=0)
    return width


def _through_sums(cells: Cells, low: Array, high: Array) -> None:
    """Narrow between what each cell can be by what the others of its sums can be."""
    is_part = cells.sign < 0
    relation, part = cells.relation[is_part], cells.member[is_part]
    whole = np.zeros(cells.relations, dtype=int)
    whole[cells.relation[~is_part]] = cells.member[~is_part]
    np.maximum.at(low, whole, np.bincount(relation, weights=low[part], minlength=cells.relations))
    np.minimum.at(high, whole, np.bincount(relation, weights=high[part], minlength=cells.relations))
    fewest, largest = of_others(low[part], relation), of_others(high[part], relation)
    np.maximum.at(low, part, low[whole][relation] - largest)
    np.minimum.at(high, part, np.maximum(high[whole][relation] - fewest, 0.0))


def fitted(system: System, marks: Marks, groups: Groups) -> tuple[Array, Array]:
    """`over` and `under` moved so that they obey the marks, with what others of the same sums give and take for it.

    And which cells' groups have too little for that: there nothing is moved.
    """
    before = np.array((system.over, system.under))
    after = _within(system, marks)
    free, _ = can_exchange(system)
    moved = after - before
    give, take = (np.where(free, room, 0.0) for room in replace(system, over=after[0], under=after[1]).room())
    is_short = ((moved != 0) & ~free).any(axis=0)
    group = groups.own
    short = np.zeros(int(group.max(initial=0)) + 1, dtype=bool)
    for side in range(2):
        changed, is_too_little = _passed_on(moved[side], give[side], take[side], group)
        after[side] += changed
        short |= is_too_little
    short[group[is_short]] = True
    is_short |= short[group] & system.is_open
    return np.where(short[group], before, after), is_short


def _within(system: System, marks: Marks) -> Array:
    """`over` and `under` of each cell by itself as its mark asks."""
    over, under = np.clip((system.over, system.under), marks.least[:2], marks.most[:2])
    told, span = marks.is_told[N], system.cells.high - system.cells.low
    persons = system.persons
    asked = np.clip(persons, marks.least[N], marks.most[N])
    with np.errstate(divide="ignore", invalid="ignore"):
        over, under = (
            np.where(told & (persons > 0), one * asked / persons, np.where(told, span * asked / 2, one))
            for one in (over, under)
        )
    return np.array((over, under))


def _passed_on(moved: Array, give: Array, take: Array, group: Array) -> tuple[Array, Array]:
    """What each cell changes by so that its group holds what it held; and the groups that have too little for it."""
    names = int(group.max(initial=0)) + 1
    lacking = -np.bincount(group, weights=moved, minlength=names)
    # Cells of no sum stand for themselves.
    lacking[0] = 0.0
    endless = np.isinf(take)
    takers = np.bincount(group, weights=endless, minlength=names)
    room = np.bincount(group, weights=np.where(endless, 0.0, take), minlength=names)
    stock = np.bincount(group, weights=give, minlength=names)
    with np.errstate(divide="ignore", invalid="ignore"):
        taken = np.where(takers[group] > 0, endless / takers[group], np.where(endless, 0.0, take) / room[group])
        change = np.where(lacking[group] > 0, taken, give / stock[group]) * lacking[group]
    too_little = np.where(lacking > 0, (takers == 0) & (lacking > room + _NEARLY), -lacking > stock + _NEARLY)
    return np.where(lacking[group] == 0, 0.0, change), too_little
