"""The cells that a publication tells counts of and the sums that tie them, read set-based out of a build.

A cell is one count of one unit and period as a source stated it (numerator, denominator); releases that state the same
are one cell, a revised one is another. A relation says that a whole is the sum of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import duckdb
import numpy as np

from tasks.disclosure.batches import batches, make_batch

Array = np.ndarray[Any, np.dtype[Any]]

_KIND = """any_value(kind = 'mean') AS is_mean, any_value(kind <> 'amount') AS has_n,
    any_value(kind NOT IN ('mean', 'survey_share')) AS is_whole"""
_CELLS = f"""
SELECT cell, {_KIND},
    any_value(list_position(['department', 'polling_district', 'ministry_area', 'area', 'agreement', 'municipality'],
        unit_level)) AS level, any_value(numerator) AS x, any_value(denominator) AS n,
    bool_or(is_small) AS is_small, bool_or(is_withheld_by_source) AS is_withheld_by_source,
    bool_or(is_rejected OR (is_share_alone AND NOT is_small)) AS is_fixed,
    bool_or(NOT rule_applies) AS is_public, max(protection_width) FILTER (rule_applies) AS width,
    bool_or(is_in_force AND NOT is_rejected) AS is_in_force, bool_or(first_shown IS NOT NULL) AS was_shown,
    bool_and(
        first_shown IS NULL OR coalesce(read.danish_day(first_shown) <= exposure_accepted_until, false)
    ) AS is_accepted,
    -- A mark that was shown beside figures which a person has accepted as known tells nothing more.
    CASE WHEN NOT bool_or(coalesce(read.danish_day(mark_first_shown) <= exposure_accepted_until, false))
        THEN max(told_at_most) END AS told_at_most
FROM disclosure_batch GROUP BY cell
UNION ALL BY NAME
SELECT cell, {_KIND}, 9 AS level, NULL AS x, NULL AS n,
    false AS is_small, false AS is_withheld_by_source, false AS is_fixed, false AS is_public, NULL AS width,
    false AS is_in_force, false AS was_shown, true AS is_accepted, NULL AS told_at_most
FROM disclosure_member INNER JOIN catalogue.indicator USING (indicator_id) WHERE is_missing GROUP BY cell
ORDER BY cell
"""
# The same sum after a delivery that changed none of its members says nothing new.
_RELATIONS = """
WITH told AS (
    SELECT relation, count(*) AS members, sum(hash(cell, sign)) AS added, bit_xor(hash(cell, sign, 1)) AS mixed
    FROM disclosure_member GROUP BY relation
), kept AS (
    SELECT min(relation) AS relation FROM told GROUP BY members, added, mixed
)
SELECT dense_rank() OVER (ORDER BY relation) - 1 AS relation, cell, sign
FROM disclosure_member SEMI JOIN kept USING (relation)
ORDER BY ALL
"""


@dataclass(frozen=True)
class Cells:
    """Arrays of one element per cell; `relation`, `member`, `sign` of one per membership of a cell in a sum; and pairs.

    `pair` (pairs x 2 cells): the denominator of the first is that of the second, or, with `is_limit`, at most that.

    `x`, `n`: numerator (persons; marks added up for a mean) and denominator, NaN where not stated. `low`, `high`: the
    least and largest figure of one person (0 and 1; the scale of marks); `has_n` is False for plain counts of
    persons. `width` in persons or marks. `told_at_most`: the source's own mark tells that so few persons are counted,
    infinite without one. A whole has sign 1, its parts -1.
    """

    x: Array
    n: Array
    low: Array
    high: Array
    has_n: Array
    is_whole: Array
    level: Array
    width: Array
    is_small: Array
    is_withheld_by_source: Array
    is_fixed: Array
    is_public: Array
    is_in_force: Array
    was_shown: Array
    is_accepted: Array
    told_at_most: Array
    relation: Array
    member: Array
    sign: Array
    pair: Array
    is_limit: Array

    @property
    def relations(self) -> int:
        """How many sums there are."""
        return int(self.relation.max()) + 1 if len(self.relation) else 0

    def of(self, chosen: Array) -> Cells:
        """These cells alone (a truth per cell), with their sums and pairs, which have no member among the others."""
        place, tied, paired = np.cumsum(chosen) - 1, chosen[self.member], chosen[self.pair].all(axis=1)
        alone = {field.name: getattr(self, field.name)[chosen] for field in fields(self)[:-5]}
        part = Cells(
            **alone,
            relation=_numbered_anew(self.relation[tied], self.relations),
            member=place[self.member[tied]],
            sign=self.sign[tied],
            pair=place[self.pair[paired]],
            is_limit=self.is_limit[paired],
        )
        object.__setattr__(part, "tied", self.tied[chosen])
        return part

    @cached_property
    def tied(self) -> Array:
        """Equal for cells that sums and pairs tie together: what is withheld of one set tells nothing of another."""
        return connected(*self.ties(), len(self.x))

    def is_tied_to(self, chosen: Array) -> Array:
        """Which cells are tied to one of the chosen (positions, or a truth per cell), these among them."""
        mark = np.zeros(int(self.tied.max(initial=-1)) + 1, dtype=bool)
        mark[self.tied[chosen]] = True
        return mark[self.tied]

    def ties(self) -> tuple[Array, Array]:
        """The memberships in sums and pairs alike: a number for each sum and pair, and the cell."""
        paired = self.relations + np.repeat(np.arange(len(self.pair)), 2)
        return np.r_[self.relation, paired], np.r_[self.member, self.pair.ravel()]


def _numbered_anew(number: Array, most: int) -> Array:
    """These numbers below `most`, without those left out, in the same order."""
    is_there = np.zeros(most, dtype=bool)
    is_there[number] = True
    return (np.cumsum(is_there) - 1)[number]


def connected(relation: Array, member: Array, cells: int) -> Array:
    """Per cell the first of all cells that chains of these memberships tie it to; itself where there is none."""
    label = np.arange(cells)
    while True:
        first = np.full(int(relation.max(initial=-1)) + 1, cells)
        np.minimum.at(first, relation, label[member])
        found = label.copy()
        np.minimum.at(found, member, first[relation])
        found = found[found]
        if np.array_equal(found, label):
            return label
        label = found


def cells_of_batches(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, Cells]]:
    """The cells of each batch, and how many there were before; `disclosure_row` has the rows behind all of them.

    While one batch is looked at the next is read: the connection is not to be used until the last has come.
    """
    reading = _read_batches(connection)
    with ThreadPoolExecutor(1) as beside:
        ahead = beside.submit(next, reading, None)
        while (found := ahead.result()) is not None:
            ahead = beside.submit(next, reading, None)
            yield found


# Cells are numbered on from those of the batches before.
_ROW = """SELECT cell + {first} AS cell, delivery_id, row_number, corrected_on, indicator_id, period, unit_level,
    unit_id, is_small, is_told_as_ours, is_in_force, is_rejected, first_shown FROM disclosure_batch"""
_KEPT = f"CREATE TEMP TABLE IF NOT EXISTS disclosure_row AS {_ROW} LIMIT 0; INSERT INTO disclosure_row {_ROW}"


def _read_batches(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, Cells]]:
    first = 0
    for batch, has_releases in batches(connection):
        make_batch(connection, batch, has_releases=has_releases)
        connection.execute(_KEPT.format(first=first))
        cells = _read_cells(connection)
        yield first, cells
        first += len(cells.x)


def _read_cells(connection: duckdb.DuckDBPyConnection) -> Cells:
    """The cells of the batch that was made last."""
    found = connection.execute(_CELLS).fetchnumpy()
    tied = connection.execute(_RELATIONS).fetchnumpy()
    paired = connection.execute("FROM disclosure_pair").fetchnumpy()
    flags = {name: np.asarray(found[name], dtype=bool) for name in _FLAGS}
    return Cells(
        x=_numbers(found["x"]),
        n=_numbers(found["n"]),
        low=np.where(found["is_mean"], _LOWEST_MARK, 0.0),
        high=np.where(found["is_mean"], _HIGHEST_MARK, 1.0),
        level=_numbers(found["level"]).astype(int),
        width=np.nan_to_num(_numbers(found["width"])),
        told_at_most=np.nan_to_num(_numbers(found["told_at_most"]), nan=np.inf),
        **flags,
        relation=np.asarray(tied["relation"], dtype=int),
        member=np.asarray(tied["cell"], dtype=int),
        sign=np.asarray(tied["sign"], dtype=float),
        pair=np.stack([np.asarray(paired[name], dtype=int) for name in ("cell", "other")], axis=1),
        is_limit=np.asarray(paired["is_limit"], dtype=bool),
    )


# The Danish scale of marks.
_LOWEST_MARK, _HIGHEST_MARK = -3.0, 12.0
_FLAGS = (
    "has_n", "is_whole", "is_small", "is_withheld_by_source", "is_fixed", "is_public", "is_in_force", "was_shown",
    "is_accepted",
)  # fmt: skip


def _numbers(column: Any) -> Array:
    return np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
