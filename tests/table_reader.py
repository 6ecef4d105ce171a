"""A reader of the random tables' shared files who tries every table of whole numbers that fits what they show.

There are three: who knows the figures alone, and who takes each mark of the source to tell besides that its numerator
is one of few, or that what lies outside it is. Nothing of the product's attack is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from tests.random_tables import LIMIT, LINKED, WIDTH, Stated, Table, is_small

# What no sum limits is tried up to this; it could be more.
FREE = 8
MARK = "withheld_by_source"
WITHHELD = ("withheld_here", MARK)
Leaf = tuple[str, int]
Sum = tuple[tuple[Leaf, ...], int]
# A unit's name, its leaves, what is shown of it, and whether it is small in truth.
Cell = tuple[tuple, tuple[Leaf, ...], tuple | None, bool]
Fits = dict[Leaf, np.ndarray]


def cells_of(table: Table, stated: Stated, shown: dict[tuple, tuple]) -> Iterable[Cell]:
    """Each unit's name, its leaves, and what is shown of it. A revised leaf is another unknown than before."""
    for unit in table.units(stated.period):
        name = (stated.indicator_id, unit.unit_level, unit.unit_id, stated.period, stated.delivery_id)
        leaves = tuple(("revised" if leaf == stated.revised else "", leaf) for leaf in unit.leaves)
        over, under = map(sum, zip(*(stated.counts[leaf] for leaf in unit.leaves), strict=True))
        yield name, leaves, shown.get(name), is_small(over, over + under)


def municipality_of(table: Table, stated: Stated, shown: dict[tuple, tuple]) -> tuple:
    return shown[stated.indicator_id, "municipality", table.code, stated.period, stated.delivery_id]


def all_tables_of(leaves: list[Leaf], sums: list[Sum], limits: list[Sum]) -> Fits:
    """Every way to fill the leaves with whole numbers, by trying: `sums` are met and `limits` not passed."""
    tried: Fits = {}
    rows = 1
    for leaf in leaves:
        highest = min((amount for members, amount in sums if leaf in members), default=FREE)
        tried = {one: np.repeat(column, highest + 1) for one, column in tried.items()}
        tried[leaf] = np.tile(np.arange(highest + 1), rows)
        fits = np.ones(len(tried[leaf]), dtype=bool)
        for members, amount in [*sums, *limits]:
            so_far = [tried[one] for one in members if one in tried]
            if leaf in members:
                is_whole = len(so_far) == len(members) and (members, amount) in sums
                fits &= (sum(so_far) == amount) if is_whole else (sum(so_far) <= amount)
        tried = {one: column[fits] for one, column in tried.items()}
        rows = int(fits.sum())
    return tried


def total_of(fits: Fits, members: Iterable[Leaf]) -> np.ndarray:
    return np.sum([fits[leaf] for leaf in members], axis=0)


def known_of(cells: Iterable[Cell], side: int) -> list[Sum]:
    """The sums of leaves that are shown: of numerators (0), of what lies outside them (1), or of denominators (2)."""
    return [(leaves, _amount(told, side)) for _, leaves, told, _ in cells if told and told[0] is not None]


def _amount(told: tuple, side: int) -> int:
    return int((told[0], told[1] - told[0], told[1])[side])


def marked_of(cells: Sequence[Cell], side: int) -> set[Leaf]:
    """The leaves whose marks can tell that they are few on this side: all, but for those of sums that cannot be met."""
    known = known_of(cells, side)
    alone = {leaves[0]: amount for leaves, amount in known if len(leaves) == 1}
    marked = {leaves[0] for _, leaves, told, _ in cells if told and told[2] == MARK and len(leaves) == 1}
    for leaves, amount in sorted(known, key=lambda one: len(one[0])):
        unknown = {leaf for leaf in leaves if leaf not in alone}
        left = amount - sum(alone.get(leaf, 0) for leaf in leaves)
        few = unknown & marked
        if left < len(few) or (few == unknown and left > LIMIT * len(few)):
            marked -= few
    return marked


def few(amounts: Fits, marked: Iterable[Leaf], rows: int) -> np.ndarray:
    """Which of the tables have 1 to the limit in each of these leaves."""
    return np.all([np.ones(rows, dtype=bool), *((amounts[leaf] > 0) & (amounts[leaf] <= LIMIT) for leaf in marked)], 0)


def spare(
    cell: Cell, amounts: np.ndarray, marked: set[Leaf] | frozenset[Leaf] = frozenset(), is_about_marks: bool = False
) -> int:
    """How many values of a withheld count more are possible than must be; below 0: it is known too closely.

    `marked`: the leaves of which the reader takes marks to tell something; `is_about_marks`: of this very count.
    """
    _, leaves, told, _ = cell
    if is_about_marks and len(leaves) == 1 and marked.issuperset(leaves):
        return len(np.unique(amounts)) - LIMIT
    needed = WIDTH
    # Of which this very reader knows that it is not small: it hides nothing but others.
    if marked and told and told[2] != MARK and amounts.min() > LIMIT:
        needed = min(needed, LIMIT - 1)
    if is_about_marks and marked.issuperset(leaves):
        needed = min(needed, len(leaves) * (LIMIT - 1))
    return int(np.ptp(amounts)) - needed


def spare_of_one(table: Table, states: list[Stated], shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    """Per withheld cell what numerator and what lies outside it have to spare; `states` share their leaves."""
    cells = [cell for stated in states for cell in cells_of(table, stated, shown)]
    leaves = sorted({leaf for _, members, _, _ in cells for leaf in members})
    found = defaultdict(list)
    for side in (0, 1):
        limits = [
            (max((members for name, members, _, _ in cells if name[4] == stated.delivery_id), key=len),
             _amount(municipality_of(table, stated, shown), side))
            for stated in states if municipality_of(table, stated, shown)[0] is not None
        ]  # fmt: skip
        fits = all_tables_of(leaves, known_of(cells, side), limits)
        marked = marked_of(cells, side)
        possible = few(fits, marked, len(fits[leaves[0]]))
        for cell in cells:
            if cell[2] and cell[2][2] in WITHHELD:
                amounts = total_of(fits, cell[1])
                found[cell[0]].append(spare(cell, amounts))
                # Where no table fits the marks, they mean something else.
                if marked and possible.any():
                    found[cell[0]].append(spare(cell, amounts[possible], marked, True))
    return found


def states_to_hold_together(table: Table, shown: dict[tuple, tuple]) -> Iterable[list[Stated]]:
    """The statements of each period: each alone, and together, but for a mark that hides another count than before."""
    for period in sorted({stated.period for stated in table.stated}):
        states = [one for one in table.stated if one.period == period]
        yield from ([one] for one in states)
        marks = [
            leaves[0][0]
            for stated in states
            for _, leaves, told, _ in cells_of(table, stated, shown)
            if told and told[2] == MARK
        ]
        if "revised" not in marks:
            yield states


def spare_of_linked(table: Table, states: list[Stated], shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    """The same of two indicators with the same denominators: what either shows of them is known of both."""
    cells = [list(cells_of(table, stated, shown)) for stated in states]
    leaves = sorted({leaf for _, members, _, _ in cells[0] for leaf in members})
    of = all_tables_of(leaves, [one for part in cells for one in known_of(part, 2)], [])
    pairs = [_numerators_within(part, leaves, of) for part in cells]
    found = defaultdict(list)
    for about in (None, 0, 1):
        marked = [set() if about is None else marked_of(part, about) for part in cells]
        if about is not None and not any(marked):
            continue
        fitting = []
        for (over, outside, _), of_part in zip(pairs, marked, strict=True):
            fitting.append(few((over, outside)[about or 0], of_part, len(over[leaves[0]])))
        # A denominator has to do for both.
        both = set.intersection(*(set(second[fits]) for (_, _, second), fits in zip(pairs, fitting, strict=True)))
        if not both:
            continue
        for part, (over, outside, second), fits_marks, of_part in zip(cells, pairs, fitting, marked, strict=True):
            fits = fits_marks & np.isin(second, list(both))
            told = set().union(*marked)
            for cell in part:
                if cell[2] and cell[2][2] in WITHHELD:
                    # Within a known denominator what is told of one side is told of the other.
                    is_known = np.ptp(total_of(of, cell[1])) == 0
                    for side, amounts in enumerate((over, outside)):
                        is_about = about == side or (is_known and about is not None)
                        of_these = of_part if is_about else told
                        found[cell[0]].append(spare(cell, total_of(amounts, cell[1])[fits], of_these, is_about))
    return found


def _numerators_within(part: list[Cell], leaves: list[Leaf], of: Fits) -> tuple[Fits, Fits, np.ndarray]:
    """Every numerator with every denominator that it fits in: it, what it leaves, and which denominator that is."""
    # A numerator is at most its denominator, which may be known where it is not.
    most = [(members, int(total_of(of, members).max())) for _, members, _, _ in part]
    over = all_tables_of(leaves, known_of(part, 0), most)
    first, second = np.nonzero(np.all([over[leaf][:, None] <= of[leaf][None, :] for leaf in leaves], axis=0))
    numerators = {leaf: over[leaf][first] for leaf in leaves}
    return numerators, {leaf: of[leaf][second] - numerators[leaf] for leaf in leaves}, second


def spare_of(table: Table, shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    """Per withheld cell of a table what each reader leaves of each of its counts."""
    if table.stated[0].indicator_id in LINKED:
        return spare_of_linked(table, list(table.stated), shown)
    found = defaultdict(list)
    for states in states_to_hold_together(table, shown):
        for name, spare_of_cell in spare_of_one(table, states, shown).items():
            found[name] += spare_of_cell
    return found
