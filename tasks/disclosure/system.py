"""What an attacker knows, as a linear system: known counts, unknown ones, and a state of all that fits the sums.

Each cell is written as two amounts that cannot be negative: `over` = x - low * n and `under` = high * n - x; for
a share these are the persons in the numerator and those outside it. Every sum holds for each of the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.disclosure.cells import Array, Cells

# What is asked of a cell, and what marks are about: the numerator (`over`), what lies outside it (`under`), persons.
X, REST, N = 0, 1, 2


@dataclass(frozen=True)
class Marks:
    """What a reader takes the sources' own marks to tell.

    `least`, `most` (3 x cells: over, under, persons): 0 and infinite where they tell nothing. `width`: how wide all
    marks together leave each interval, whatever is shown. `is_met`: cells of which the system's state obeys the marks
    as far as sums of unknowns reach; of the others only a linear programme can tell.
    """

    least: Array
    most: Array
    width: Array
    is_met: Array

    @property
    def is_told(self) -> Array:
        """Of what a mark tells (3 x cells)."""
        return self.least > 0

    def of(self, chosen: Array) -> Marks:
        """Those of these cells alone."""
        return Marks(self.least[:, chosen], self.most[:, chosen], self.width[:, chosen], self.is_met[chosen])


@dataclass(frozen=True)
class System:
    """The unknowns for one set of withheld cells. Arrays have one element per cell.

    `over`, `under`: one state that fits, the true one where it is known. `open_x`, `open_n`: what is unknown.
    `marks` is what the attacker takes the source's own marks to tell beside the sums; None: nothing.
    """

    cells: Cells
    over: Array
    under: Array
    open_x: Array
    open_n: Array
    is_target: Array
    marks: Marks | None = None

    def of(self, chosen: Array) -> System:
        """These cells alone (a truth per cell); of sums and pairs what they have of them."""
        return System(
            self.cells.of(chosen),
            self.over[chosen],
            self.under[chosen],
            self.open_x[chosen],
            self.open_n[chosen],
            self.is_target[chosen],
            self.marks.of(chosen) if self.marks else None,
        )

    @property
    def is_open(self) -> Array:
        """Cells of which anything is unknown."""
        return self.open_x | self.open_n

    @property
    def is_met(self) -> Array:
        """Cells of which the state obeys what marks are taken to tell."""
        return np.ones(len(self.over), dtype=bool) if self.marks is None else self.marks.is_met

    @property
    def persons(self) -> Array:
        """`over` and `under` together, as persons: the denominator, or a plain count."""
        return (self.over + self.under) / (self.cells.high - self.cells.low)

    @property
    def wanted(self) -> Array:
        """How wide the intervals of numerator, what lies outside it, and persons ought to be (3 x cells).

        What marks tell by themselves cannot be helped; of a marked count all that its mark leaves must stay possible.
        """
        asked = np.tile(np.maximum(self.cells.width, 1.0), (3, 1))
        if self.marks is None:
            return asked
        return np.where(self.marks.is_told, self.marks.width, np.minimum(asked, self.marks.width))

    def room(self) -> tuple[Array, Array]:
        """How much of `over` and `under` (2 x cells) each cell can give to others, and how much it can take."""
        amounts = np.maximum((self.over, self.under), 0.0)
        if self.marks is None:
            return amounts, np.full(amounts.shape, np.inf)
        least, most = self.marks.least, self.marks.most
        give, take = np.maximum(amounts - least[:2], 0.0), np.maximum(most[:2] - amounts, 0.0)
        # Where the persons behind a mean are bounded: a part of each, so that all of it together stays within.
        told, span = self.marks.is_told[N], self.cells.high - self.cells.low
        persons = np.clip(self.persons, least[N], most[N])[told]
        give[:, told] *= 1 - least[N, told] / persons
        take[:, told] = span[told] * (most[N, told] - persons) / 2
        return give, take


def true_state(cells: Cells) -> tuple[Array, Array]:
    """`over` and `under` of every cell; what no source states is set so that the sums come out, if they can."""
    n = _filled(cells, np.where(cells.has_n, cells.n, 0.0), np.ones(len(cells.n)))
    n = np.where(cells.has_n, n, np.inf)
    x = _filled(cells, cells.x, np.where(np.isinf(n), 1.0, np.maximum(n, 0.0)))
    stated = ~np.isnan(cells.x)
    with np.errstate(invalid="ignore"):
        low, high = np.where(cells.low == 0, 0.0, cells.low * n), cells.high * n
        x = np.where(stated, x, np.clip(x, low, np.maximum(high, low)))
        under = np.where(cells.has_n, high - x, 0.0)
    return x - np.where(cells.has_n, low, 0.0), under


def system_of(cells: Cells, state: tuple[Array, Array], hidden: Array) -> System:
    """The system that is left when these cells are withheld. What was shown before, or is public, stays known."""
    gone = hidden & ~cells.was_shown & ~cells.is_public
    free = ~cells.is_fixed & ~cells.is_public
    open_x = free & (gone | np.isnan(cells.x))
    open_n = _not_told_by_another(cells, free & cells.has_n & (gone | np.isnan(cells.n)))
    # What was shown once and was accepted by a person is beyond help; withholding it now is all that can be done.
    given_up = cells.was_shown & cells.is_accepted & ~np.isnan(cells.x)
    is_target = (hidden | cells.is_withheld_by_source) & free & ~given_up
    return System(cells, *state, open_x, open_n, is_target)


def _not_told_by_another(cells: Cells, open_n: Array) -> Array:
    """Which of these denominators stay unknown: of those that are one count, either all or none."""
    first, second = cells.pair[~cells.is_limit].T
    while (told := open_n[first] != open_n[second]).any():
        open_n = open_n.copy()
        open_n[first[told]] = open_n[second[told]] = False
    return open_n


def _filled(cells: Cells, values: Array, weights: Array) -> Array:
    """Values with every NaN replaced so that as many sums as possible hold; `weights` share out what several miss."""
    values = values.copy()
    for _ in range(4 * len(np.unique(cells.level)) + 8):
        missing = np.isnan(values)
        if not missing[cells.member].any():
            break
        if not (_solve_single(cells, values, missing) or _share_out(cells, values, missing, weights)):
            # Nothing is known of the whole either: the smallest parts are taken as nothing.
            lowest = cells.level[cells.member][missing[cells.member]].min()
            values[missing & (cells.level == lowest)] = 0.0
    return np.nan_to_num(values)


def _residual(cells: Cells, values: Array) -> Array:
    known = np.nan_to_num(values)[cells.member] * cells.sign
    return np.bincount(cells.relation, weights=known, minlength=cells.relations)


def _solve_single(cells: Cells, values: Array, missing: Array) -> bool:
    gaps = missing[cells.member]
    alone = (np.bincount(cells.relation, weights=gaps, minlength=cells.relations) == 1)[cells.relation] & gaps
    found = -_residual(cells, values)[cells.relation[alone]] * cells.sign[alone]
    values[cells.member[alone]] = found
    return bool(alone.any())


def _share_out(cells: Cells, values: Array, missing: Array, weights: Array) -> bool:
    """Parts that are missing beside one another share what is left of the largest wholes that are known."""
    gaps = missing[cells.member]
    whole = cells.sign > 0
    unknown_whole = np.bincount(cells.relation, weights=gaps & whole, minlength=cells.relations) > 0
    parts = gaps & ~whole & ~unknown_whole[cells.relation]
    if not parts.any():
        return False
    level_of_whole = np.zeros(cells.relations)
    level_of_whole[cells.relation[whole]] = cells.level[cells.member[whole]]
    parts &= level_of_whole[cells.relation] == level_of_whole[cells.relation[parts]].max()
    relation, member = cells.relation[parts], cells.member[parts]
    weight = weights[member] + 1e-9
    total = np.bincount(relation, weights=weight, minlength=cells.relations)
    values[member] = np.maximum(_residual(cells, values)[relation], 0.0) * weight / total[relation]
    return True
