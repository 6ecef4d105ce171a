"""1,000 random tables of six shapes through two whole publications: whatever a reader of the shared files alone, who
tries every table of whole numbers, can tell of a withheld count is too little.

The reader knows the sums, and where a delivery revises a figure, which one it revises, and has kept the first file;
nothing of the product's attack is used.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from tests.random_tables import Table, drawn, is_small, published
from tests.table_reader import WITHHELD, spare_of

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


def withheld_and_narrow(tables: list[Table], shown: dict[tuple, tuple]) -> tuple[Counter, Counter]:
    """How many counts are withheld per kind and shape of table, and how many of them can be known too closely."""
    withheld, narrow = Counter(), Counter()
    for table in tables:
        found = spare_of(table, shown)
        withheld[table.kind, table.shape] += len(found)
        narrow[table.kind, table.shape] += sum(min(of_cell) < 0 for of_cell in found.values())
    return withheld, +narrow


def true_counts(table: Table) -> dict[tuple, tuple[int, int]]:
    """Every cell's numerator and denominator as they were drawn."""
    return {
        (stated.indicator_id, unit.unit_level, unit.unit_id, stated.period, stated.delivery_id): (over, over + under)
        for stated in table.stated
        for unit in table.units(stated.period)
        for over, under in [tuple(map(sum, zip(*(stated.counts[leaf] for leaf in unit.leaves), strict=True)))]
    }


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
