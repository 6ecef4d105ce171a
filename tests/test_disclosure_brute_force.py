"""1,000 random tables of six shapes through two whole publications: whatever a reader of the shared files alone, who
tries every table of whole numbers, can tell of a withheld count is too little.

The reader knows the sums, and where a delivery revises a figure, which one it revises, and has kept the first file;
nothing of the product's attack is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.random_tables import LIMIT, LINKED, WIDTH, Stated, Table, drawn, published

# What no sum limits is tried up to this; it could be more.
FREE = 8
WITHHELD = ("withheld_here", "withheld_by_source")
# All that is shown, newest and older releases. What a mart has added up may be shown where the core has nothing.
SHOWN = """
    SELECT indicator_id, unit_level, unit_id, period, delivery_id, max(numerator), max(denominator), max(missing_reason)
    FROM (
        FROM core.observation
        UNION ALL BY NAME
        SELECT indicator_id, period, unnest(delivery_ids) AS delivery_id, numerator, denominator,
            if(area_level = 'total', 'agreement', area_level) AS unit_level,
            if(area_level = 'total', agreement_id, area_id) AS unit_id
        FROM mart.indicator_series WHERE area_level IN ('area', 'total') AND value IS NOT NULL
    )
    GROUP BY ALL
"""
NOT_EMPTY = f"""
    SELECT count(*),
        count(coalesce(numerator, denominator, value, low, high, gap, gap_low, gap_high, standard_deviation))
    FROM mart.indicator_series WHERE missing_reason IN {WITHHELD}
"""
Leaf = tuple[str, int]
Sum = tuple[tuple[Leaf, ...], int]
Cell = tuple[tuple, tuple[Leaf, ...], tuple | None]


@pytest.fixture(scope="module")
def tables() -> list[Table]:
    return drawn()


@pytest.fixture(scope="module")
def publications(tmp_path_factory, tables):
    return published(tmp_path_factory.mktemp("random-tables"), tables)


@pytest.fixture(scope="module")
def shown(publications) -> dict[tuple, tuple]:
    """(indicator, level, unit, period, delivery) -> numerator and denominator, or why not, in either file."""
    first, second = (shown_in(file) for file, _ in publications)
    told = {name: amounts for name, amounts in first.items() if amounts[0] is not None}
    assert [name for name in told if second.get(name, told[name]) != told[name]] == []
    return second | told


def shown_in(file: Path) -> dict[tuple, tuple]:
    with duckdb.connect(file, read_only=True) as connection:
        return {tuple(row[:5]): tuple(row[5:]) for row in connection.execute(SHOWN).fetchall()}


def cells_of(table: Table, stated: Stated, shown: dict[tuple, tuple]) -> Iterable[Cell]:
    """Each unit's name, its leaves, and what is shown of it. A revised leaf is another unknown than before."""
    for unit in table.units(stated.period):
        name = (stated.indicator_id, unit.unit_level, unit.unit_id, stated.period, stated.delivery_id)
        leaves = tuple(("revised" if leaf == stated.revised else "", leaf) for leaf in unit.leaves)
        yield name, leaves, shown.get(name)


def municipality_of(table: Table, stated: Stated, shown: dict[tuple, tuple]) -> tuple[float, float]:
    over, of, _ = shown[stated.indicator_id, "municipality", table.code, stated.period, stated.delivery_id]
    return over, of


def all_tables_of(leaves: list[Leaf], sums: list[Sum], limits: list[Sum]) -> dict[Leaf, np.ndarray]:
    """Every way to fill the leaves with whole numbers, by trying: `sums` are met and `limits` not passed."""
    tried: dict[Leaf, np.ndarray] = {}
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


def total_of(fits: dict[Leaf, np.ndarray], members: Iterable[Leaf]) -> np.ndarray:
    return np.sum([fits[leaf] for leaf in members], axis=0)


def known_of(cells: Iterable[Cell], side: int) -> list[Sum]:
    """The sums of leaves that are shown: of numerators (0), of what lies outside them (1), or of denominators (2)."""
    return [(leaves, _amount(told, side)) for _, leaves, told in cells if told and told[0] is not None]


def _amount(told: tuple, side: int) -> int:
    return int((told[0], told[1] - told[0], told[1])[side])


def ranges_of_one(table: Table, states: list[Stated], shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    """Per withheld cell the widths of numerator and of what lies outside it; `states` share their leaves."""
    cells = [cell for stated in states for cell in cells_of(table, stated, shown)]
    leaves = sorted({leaf for _, members, _ in cells for leaf in members})
    widths = defaultdict(list)
    for side in (0, 1):
        limits = [
            (max((members for name, members, _ in cells if name[4] == stated.delivery_id), key=len),
             _amount(municipality_of(table, stated, shown), side))
            for stated in states
        ]  # fmt: skip
        fits = all_tables_of(leaves, known_of(cells, side), limits)
        for name, members, told in cells:
            if told and told[2] in WITHHELD:
                widths[name].append(int(np.ptp(total_of(fits, members))))
    return widths


def ranges_of_linked(table: Table, states: list[Stated], shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    """The same of two indicators with the same denominators: what either shows of them is known of both."""
    cells = [list(cells_of(table, stated, shown)) for stated in states]
    leaves = sorted({leaf for _, members, _ in cells[0] for leaf in members})
    of = all_tables_of(leaves, [one for part in cells for one in known_of(part, 2)], [])
    widths = defaultdict(list)
    for part in cells:
        # A numerator is at most its denominator, which may be known where it is not.
        most = [(members, int(total_of(of, members).max())) for _, members, _ in part]
        over = all_tables_of(leaves, known_of(part, 0), most)
        first, second = np.nonzero(np.all([over[leaf][:, None] <= of[leaf][None, :] for leaf in leaves], axis=0))
        for name, members, told in part:
            if told and told[2] in WITHHELD:
                numerator, denominator = (total_of(one, members) for one in (over, of))
                widths[name] += [np.ptp(numerator[first]), np.ptp(denominator[second] - numerator[first])]
    return widths


def ranges_of(table: Table, shown: dict[tuple, tuple]) -> dict[tuple, list[int]]:
    if table.stated[0].indicator_id in LINKED:
        return ranges_of_linked(table, list(table.stated), shown)
    periods = sorted({stated.period for stated in table.stated})
    found = {}
    for period in periods:
        found |= ranges_of_one(table, [one for one in table.stated if one.period == period], shown)
    return found


def withheld_and_narrow(tables: list[Table], shown: dict[tuple, tuple]) -> tuple[Counter, Counter]:
    """How many counts are withheld per kind and shape of table, and how many of them can be known too closely."""
    withheld, narrow = Counter(), Counter()
    for table in tables:
        widths = ranges_of(table, shown)
        withheld[table.kind, table.shape] += len(widths)
        narrow[table.kind, table.shape] += sum(min(of_cell) < WIDTH for of_cell in widths.values())
    return withheld, +narrow


def true_counts(table: Table) -> dict[tuple, tuple[int, int]]:
    """Every cell's numerator and denominator as they were drawn."""
    return {
        (stated.indicator_id, unit.unit_level, unit.unit_id, stated.period, stated.delivery_id): (over, over + under)
        for stated in table.stated
        for unit in table.units(stated.period)
        for over, under in [tuple(map(sum, zip(*(stated.counts[leaf] for leaf in unit.leaves), strict=True)))]
    }


def is_small(over: int, of: int) -> bool:
    return 0 < over <= LIMIT or 0 < of - over <= LIMIT


def test_no_withheld_count_of_a_thousand_random_tables_can_be_known_too_closely(publications, tables, shown):
    withheld, narrow = withheld_and_narrow(tables, shown)
    assert len(tables) == 1000
    assert len(withheld) == 16
    assert min(withheld.values()) > 50, "hardly a small count"
    assert all(report.passed for _, report in publications)
    assert narrow == {}


def test_no_small_count_is_shown_and_what_is_shown_is_what_was_delivered(tables, shown):
    told: Counter = Counter()
    for table in tables:
        for name, (over, of) in true_counts(table).items():
            numerator, denominator, reason = shown.get(name, (None, None, None))
            assert (numerator, denominator) in [(over, of), (None, None)], name
            assert numerator is None or reason is None, f"{name} is withheld and shown"
            assert numerator is None or not is_small(over, of), name
            told[table.kind, table.shape] += numerator is not None
    assert min(told.values()) > 50, "not everything is withheld"


def test_a_cell_that_is_withheld_is_empty_in_all_that_the_mart_shows_of_it(publications):
    with duckdb.connect(publications[1][0], read_only=True) as connection:
        ((withheld, not_empty),) = connection.execute(NOT_EMPTY).fetchall()
    assert withheld > 1000
    assert not_empty == 0


def test_the_reader_would_have_seen_what_withholding_small_counts_alone_gives_away(tables, shown):
    open_hearted = dict(shown)
    for table in tables:
        for name, (over, of) in true_counts(table).items():
            if name in shown and shown[name][2] != "withheld_by_source":
                open_hearted[name] = (None, None, WITHHELD[0]) if is_small(over, of) else (over, of, None)
    _, narrow = withheld_and_narrow(tables, open_hearted)
    assert len(narrow) == 16
    assert narrow.total() > 500
