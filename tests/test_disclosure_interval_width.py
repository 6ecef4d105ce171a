"""The attack's own intervals are never wider than what a reader who tries every table of whole numbers finds possible,
and where it solved exactly, just as wide.

Whether anything is told too closely is asked of whole publications (test_disclosure_brute_force.py).
"""

import itertools

import numpy as np
import pytest

from tasks.disclosure.attack import sharpened
from tasks.disclosure.cells import Cells
from tasks.disclosure.secondary import withheld_cells

TABLES, LIMIT, WIDTH = 500, 2, 3
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
    by_source[:, :4] = (random.random((TABLES, 4)) < 0.2) & (over[:, :4] > 0) & (over[:, :4] <= LIMIT)
    return over, under, by_source


@pytest.fixture(scope="module")
def decided(drawn):
    """The cells as one system, what is withheld of them, and the attack on the rest."""
    over, under, by_source = drawn
    count = TABLES * SIZE
    rest = np.tile(np.arange(SIZE) == REST, TABLES)
    small = ((over > 0) & (over <= LIMIT)) | ((under > 0) & (under <= LIMIT))
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
        relation=tables * len(SUMS) + relation, member=tables * SIZE + cell, sign=sign.astype(float),
        pair=np.empty((0, 2), dtype=int), is_limit=np.empty(0, dtype=bool),
    )  # fmt: skip
    hidden, system, groups, result = withheld_cells(cells)
    shown = ~(hidden | unknown).reshape(TABLES, SIZE)
    return cells, hidden.reshape(TABLES, SIZE), shown, sharpened(system, groups, result)


def _signed(whole, parts):
    return [(whole, 1), *((part, -1) for part in parts)]


@pytest.fixture(scope="module")
def possible(drawn, decided) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest possible amount of every cell, for `over` and `under`: by trying all whole numbers."""
    over, under, _ = drawn
    _, _, shown, _ = decided
    tried = np.array(list(itertools.product(range(HIGHEST + 1), repeat=4)), dtype=np.int16)
    every = np.zeros((len(tried), 7), dtype=np.int16)
    every[:, :4] = tried
    for whole, parts in SUMS[:3]:
        every[:, whole] = every[:, parts].sum(axis=1)
    found = []
    for amount in (over, under):
        ends = np.zeros((2, TABLES, 7), dtype=int)
        for table in range(TABLES):
            known = np.flatnonzero(shown[table, :7])
            fits = every[(every[:, known] == amount[table, known]).all(axis=1)]
            if shown[table, MUNICIPALITY]:
                fits = fits[fits[:, TOTAL] <= amount[table, MUNICIPALITY]]
            ends[0, table], ends[1, table] = fits.min(axis=0), fits.max(axis=0)
        found.append(ends)
    return found[0], found[1]


def test_the_attack_never_takes_an_interval_for_wider_than_a_reader_finds_it(decided, possible):
    cells, hidden, _, result = decided
    width = result.width.reshape(TABLES, SIZE)[:, :7]
    (least_over, most_over), (least_under, most_under) = possible
    read = np.minimum(most_over - least_over, most_under - least_under)
    assert not result.fails.any()
    # What a reader would have to try beyond HIGHEST is not compared.
    whole = hidden[:, :7] & (np.maximum(most_over, most_under) < HIGHEST)
    assert whole.sum() > 300
    assert (width <= read)[whole].all()
    exact = whole & result.solved.reshape(TABLES, SIZE)[:, :7]
    assert (width == read)[exact].all()
    assert np.isfinite(width[whole]).all()
    assert (cells.width == WIDTH).all()
