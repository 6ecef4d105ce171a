"""The attack's own intervals are never wider than what a reader who tries every table of whole numbers finds possible,
and where it solved exactly, just as wide; and one who takes the source's marks to tell that a count is small learns no
more than they tell.

Whether anything is told too closely is asked of whole publications (test_disclosure_brute_force.py).
"""

import itertools

import numpy as np
import pytest

from tasks.disclosure.attack import sharpened
from tasks.disclosure.cells import Cells
from tasks.disclosure.secondary import withheld_cells

TABLES, LIMIT, WIDTH = 500, 4, 5
# Cells of one table: four departments in two areas, the two areas, their total, the municipality, the rest of it.
DEPARTMENTS, AREAS, TOTAL, MUNICIPALITY, REST = range(4), (4, 5), 6, 7, 8
SUMS = ((4, (0, 1)), (5, (2, 3)), (TOTAL, AREAS), (MUNICIPALITY, (TOTAL, REST)))
SIZE = 9
# A reader tries each department's count up to this; a longer interval is only longer.
HIGHEST = 13


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numerators and what lies outside them of all cells of all tables, and which departments the source withheld."""
    random = np.random.default_rng(20261125)
    over = random.choice([0, 0, 1, 1, 2, 2, 3, 4, 5, 7], size=(TABLES, SIZE))
    under = random.choice([0, 1, 2, 3, 4, 6, 8, 9], size=(TABLES, SIZE))
    for amount in (over, under):
        amount[:, REST] += 20
        for whole, parts in SUMS:
            amount[:, whole] = amount[:, parts].sum(axis=1)
    by_source = np.zeros((TABLES, SIZE), dtype=bool)
    by_source[:, :4] = (random.random((TABLES, 4)) < 0.3) & (is_few(over) | is_few(under))[:, :4]
    return over, under, by_source


def is_few(amount: np.ndarray) -> np.ndarray:
    return (amount > 0) & (amount <= LIMIT)


@pytest.fixture(scope="module")
def decided(drawn):
    """The cells as one system, what is withheld of them, and the attack on the rest."""
    over, under, by_source = drawn
    count = TABLES * SIZE
    rest = np.tile(np.arange(SIZE) == REST, TABLES)
    small = is_few(over) | is_few(under)
    unknown = by_source.ravel() | rest
    members = np.array([(row, cell, sign) for row, sum_ in enumerate(SUMS) for cell, sign in _signed(*sum_)])
    tables = np.repeat(np.arange(TABLES), len(members))
    relation, cell, sign = np.tile(members, (TABLES, 1)).T
    no, yes = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    cells = Cells(
        x=np.where(unknown, np.nan, over.ravel()),
        n=np.where(unknown, np.nan, (over + under).ravel()),
        low=np.zeros(count), high=np.ones(count), has_n=yes, is_whole=yes,
        level=np.tile([1, 1, 1, 1, 2, 2, 3, 4, 9], TABLES), width=np.full(count, float(WIDTH)),
        is_small=small.ravel() & ~unknown, is_withheld_by_source=by_source.ravel(), is_fixed=no, is_public=no,
        is_in_force=~rest, was_shown=no, is_accepted=yes,
        told_at_most=np.where(by_source.ravel(), LIMIT, np.inf),
        relation=tables * len(SUMS) + relation, member=tables * SIZE + cell, sign=sign.astype(float),
        pair=np.empty((0, 2), dtype=int), is_limit=np.empty(0, dtype=bool),
    )  # fmt: skip
    hidden, system, groups, result = withheld_cells(cells)
    shown = ~(hidden | unknown).reshape(TABLES, SIZE)
    return cells, hidden.reshape(TABLES, SIZE), shown, sharpened(system, groups, result)


def _signed(whole, parts):
    return [(whole, 1), *((part, -1) for part in parts)]


@pytest.fixture(scope="module")
def possible(drawn, decided) -> list[list[np.ndarray]]:
    """Per side (`over`, `under`) and table all ways to fill it, by trying all whole numbers."""
    over, under, _ = drawn
    _, _, shown, _ = decided
    tried = np.array(list(itertools.product(range(HIGHEST + 1), repeat=4)), dtype=np.int16)
    every = np.zeros((len(tried), 7), dtype=np.int16)
    every[:, :4] = tried
    for whole, parts in SUMS[:3]:
        every[:, whole] = every[:, parts].sum(axis=1)
    found = []
    for amount in (over, under):
        of_side = []
        for table in range(TABLES):
            known = np.flatnonzero(shown[table, :7])
            fits = every[(every[:, known] == amount[table, known]).all(axis=1)]
            if shown[table, MUNICIPALITY]:
                fits = fits[fits[:, TOTAL] <= amount[table, MUNICIPALITY]]
            of_side.append(fits)
        found.append(of_side)
    return found


@pytest.fixture(scope="module")
def possible_by_marks(drawn, decided, possible) -> list[tuple[int, list[int], np.ndarray]]:
    """For each side and table of which marks tell something: the table, the marked departments, and the ways that have
    1 to the limit in each of them. Tables that would have to be tried beyond HIGHEST are left out.
    """
    over, under, by_source = drawn
    _, _, shown, _ = decided
    found = []
    for amount, of_side in zip((over, under), possible, strict=True):
        for table, fits in enumerate(of_side):
            marks = marks_that_can_be(amount[table], shown[table], by_source[table])
            few = fits[is_few(fits[:, marks]).all(axis=1)]
            if marks and len(few) and fits[:, :4].max() < HIGHEST:
                found.append((table, marks, few))
    return found


def marks_that_can_be(amount: np.ndarray, shown: np.ndarray, marked: np.ndarray) -> list[int]:
    """The departments whose marks can all tell that they are few: not those of a shown area that cannot be met."""
    can_be = []
    for area, parts in SUMS[:2]:
        marks = [part for part in parts if marked[part]]
        left = amount[area] - sum(amount[part] for part in parts if shown[part])
        is_all = not any(not shown[part] and not marked[part] for part in parts)
        if not (shown[area] and (left < len(marks) or (is_all and left > LIMIT * len(marks)))):
            can_be += marks
    return can_be


def parts_of(cell: int) -> set[int]:
    return set(dict(SUMS[:2]).get(cell, (cell,)))


def test_the_attack_never_takes_an_interval_for_wider_than_a_reader_finds_it(decided, possible, possible_by_marks):
    cells, hidden, _, result = decided
    width = result.width.reshape(TABLES, SIZE)[:, :7]
    most = np.max([[fits.max(axis=0) for fits in of_side] for of_side in possible], axis=0)
    read = np.min([[np.ptp(fits, axis=0) for fits in of_side] for of_side in possible], axis=0)
    for table, marks, few in possible_by_marks:
        for cell in np.flatnonzero(hidden[table, :7]).tolist():
            # Of what a mark tells itself, and of counts known not to be small, nothing is reported.
            if not parts_of(cell) <= set(marks) and few[:, cell].min() <= LIMIT:
                read[table, cell] = min(read[table, cell], np.ptp(few[:, cell]))
    assert not result.fails.any()
    # What a reader would have to try beyond HIGHEST is not compared.
    whole = hidden[:, :7] & (most < HIGHEST)
    assert whole.sum() > 300
    assert (width <= read)[whole].all()
    exact = whole & result.solved.reshape(TABLES, SIZE)[:, :7]
    assert (width == read)[exact].all()
    assert np.isfinite(width[whole]).all()
    assert (cells.width == WIDTH).all()


def test_who_takes_marks_to_tell_that_a_count_is_small_learns_no_more_than_they_tell(decided, possible_by_marks):
    _, hidden, _, _ = decided
    assert sum(len(marks) for _, marks, _ in possible_by_marks) > 100
    for table, marks, few in possible_by_marks:
        assert [len(np.unique(few[:, one])) for one in marks] == [LIMIT] * len(marks), table
        for cell in np.flatnonzero(hidden[table, :7]).tolist():
            of_marks = len(parts_of(cell)) * (LIMIT - 1) if parts_of(cell) <= set(marks) else WIDTH
            # A count of which this reader knows that it is not small hides nothing but others.
            needed = WIDTH if few[:, cell].min() <= LIMIT else LIMIT - 1
            assert np.ptp(few[:, cell]) >= min(needed, of_marks), (table, cell)
