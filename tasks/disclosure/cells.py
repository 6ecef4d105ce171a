"""The cells that a publication tells counts of and the sums that tie them, read set-based out of a build.

A cell is one count of one unit and period as a source stated it (numerator, denominator); releases that state the same
are one cell, a revised one is another. A relation says that a whole is the sum of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import duckdb
import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# When each delivered row was first shown: in the first publication that had its delivery and did not withhold it.
# Lists of what was withheld stand in the ledger, or point to an earlier publication's list.
_SHOWN_BEFORE = """
CREATE TEMP TABLE disclosed AS
WITH made AS (
    SELECT body ->> 'publication_id' AS publication_id, time,
        unnest(from_json(body -> 'deliveries', '["VARCHAR"]')) AS delivery_id
    FROM ledger.entry WHERE kind = 'publication_made'
), attack AS (
    SELECT body ->> 'publication_id' AS publication_id,
        coalesce(body ->> 'withheld_as_in', body ->> 'publication_id') AS listed_in, body -> 'withheld' AS withheld
    FROM ledger.entry WHERE kind = 'disclosure_attacked'
), listed AS (
    SELECT publication_id, unnest(from_json(withheld, '[{"indicator_id": "VARCHAR", "period": "VARCHAR",
        "unit_level": "VARCHAR", "unit_ids": ["VARCHAR"], "deliveries": ["VARCHAR"]}]'), recursive := true)
    FROM attack WHERE withheld IS NOT NULL
), cell AS (
    SELECT publication_id, indicator_id, period, unit_level, unnest(unit_ids) AS unit_id, deliveries FROM listed
), withheld_then AS (
    SELECT made.publication_id, made.delivery_id, cell.* EXCLUDE (publication_id, deliveries)
    FROM made INNER JOIN attack USING (publication_id) INNER JOIN cell ON attack.listed_in = cell.publication_id
    WHERE cell.deliveries IS NULL OR list_contains(cell.deliveries, made.delivery_id)
), ever_withheld AS (
    SELECT DISTINCT * EXCLUDE (publication_id) FROM withheld_then
)
SELECT delivery_id, NULL AS indicator_id, NULL AS period, NULL AS unit_level, NULL AS unit_id,
    min(time) AS first_shown, max(time) AS last_shown
FROM made GROUP BY ALL
UNION ALL BY NAME
SELECT ever_withheld.*, min(made.time) FILTER (withheld_then.publication_id IS NULL) AS first_shown,
    max(made.time) FILTER (withheld_then.publication_id IS NULL) AS last_shown
FROM ever_withheld INNER JOIN made USING (delivery_id) LEFT JOIN withheld_then
    USING (publication_id, delivery_id, indicator_id, period, unit_level, unit_id)
GROUP BY ALL
"""
# `until`: the delivery that states the figure next; until then a reader of the newest figures has this one.
_ROWS = """
CREATE OR REPLACE TEMP TABLE disclosure_batch AS
SELECT counted.* REPLACE (coalesce(instrument, '') AS instrument),
    CASE
        -- A correction was shown by publications since its day.
        WHEN corrected_on > coalesce(own.last_shown, whole.last_shown)::DATE THEN NULL
        WHEN own.delivery_id IS NULL THEN whole.first_shown
        ELSE own.first_shown
    END AS first_shown,
    lead(release) OVER (
        PARTITION BY source_id, is_rejected, counted.indicator_id, counted.period, counted.unit_level,
            counted.unit_id, counted.instrument ORDER BY release) AS until,
    dense_rank() OVER (
        ORDER BY counted.indicator_id, counted.period, counted.unit_level, counted.unit_id, counted.instrument,
            is_rejected, is_share_alone, is_withheld_by_source, numerator, denominator) - 1 AS cell
FROM disclosure_counted AS counted
SEMI JOIN (FROM disclosure_touched WHERE batch = {batch}) AS touched USING (indicator_id, period)
LEFT JOIN disclosed AS whole ON counted.delivery_id = whole.delivery_id AND whole.indicator_id IS NULL
LEFT JOIN disclosed AS own
    ON counted.delivery_id = own.delivery_id AND counted.indicator_id = own.indicator_id
    AND counted.period = own.period AND counted.unit_level = own.unit_level AND counted.unit_id = own.unit_id
"""
# Sums hold in every state that a source's figures had: after each delivery, the newest statement of each unit.
_MEMBERS = """
CREATE OR REPLACE TEMP TABLE disclosure_member AS
WITH part AS (
    SELECT period.period, child_level, child_id, parent_level, parent_id
    FROM core.membership INNER JOIN core.period ON period_end BETWEEN valid_from AND valid_to
    WHERE steps = 1
    UNION ALL
    SELECT period.period, 'agreement', agreement_id, 'municipality', municipality_code
    FROM catalogue.agreement CROSS JOIN core.period
), spoken AS (
    SELECT DISTINCT source_id, release AS state, indicator_id, period, instrument
    FROM disclosure_batch WHERE NOT is_rejected
), stated AS (
    SELECT spoken.*, unit_level, unit_id, cell
    FROM spoken INNER JOIN disclosure_batch AS said USING (source_id, indicator_id, period, instrument)
    WHERE NOT is_rejected AND said.release <= state AND (until IS NULL OR until > state)
), rejected AS (
    SELECT indicator_id, period, unit_level, unit_id, min(cell) AS cell
    FROM disclosure_batch WHERE is_rejected GROUP BY ALL
), family AS (
    SELECT DISTINCT stated.* EXCLUDE (unit_level, unit_id, cell), parent_level, parent_id,
        child_level = 'agreement' AS has_rest
    FROM stated INNER JOIN part
        ON stated.period = part.period AND unit_level = child_level AND unit_id = child_id
    UNION
    SELECT DISTINCT stated.* EXCLUDE (unit_level, unit_id, cell), parent_level, parent_id, false
    FROM stated INNER JOIN part
        ON stated.period = part.period AND unit_level = parent_level AND unit_id = parent_id
    WHERE parent_level <> 'municipality'
), numbered AS (
    SELECT *, row_number() OVER (
        ORDER BY source_id, state, indicator_id, period, instrument, parent_level, parent_id, has_rest) AS relation
    FROM family
), member AS (
    SELECT numbered.*, parent_level AS unit_level, parent_id AS unit_id, 1 AS sign FROM numbered
    UNION ALL
    SELECT numbered.*, child_level, child_id, -1
    FROM numbered INNER JOIN part USING (period, parent_level, parent_id)
    WHERE (child_level = 'agreement') = has_rest
    UNION ALL
    SELECT *, 'rest', parent_level || parent_id || state, -1 FROM numbered WHERE has_rest
), found AS (
    SELECT relation, sign, source_id, state, indicator_id, period, unit_level, unit_id, instrument,
        coalesce(stated.cell, rejected.cell) AS cell
    FROM member
    LEFT JOIN stated USING (source_id, state, indicator_id, period, instrument, unit_level, unit_id)
    LEFT JOIN rejected USING (indicator_id, period, unit_level, unit_id)
)
-- What nobody delivered is one unknown more, in each state another one.
SELECT relation, sign, indicator_id, period, unit_level, CASE WHEN cell IS NOT NULL THEN cell ELSE
    (SELECT coalesce(max(cell), -1) + 1 FROM disclosure_batch) - 1 + dense_rank() OVER (
        PARTITION BY cell IS NULL
        ORDER BY source_id, state, indicator_id, period, unit_level, unit_id, instrument) END AS cell,
    cell IS NULL AS is_missing
FROM found
"""
_CELLS = """
SELECT cell, any_value(indicator_id) AS indicator_id, any_value(kind) AS kind,
    any_value(list_position(['department', 'polling_district', 'ministry_area', 'area', 'agreement', 'municipality'],
        unit_level)) AS level, any_value(numerator) AS x, any_value(denominator) AS n,
    bool_or(is_small) AS is_small, bool_or(is_withheld_by_source) AS is_withheld_by_source,
    bool_or(is_rejected OR is_share_alone) AS is_fixed,
    bool_or(NOT rule_applies) AS is_public, max(protection_width) FILTER (rule_applies) AS width,
    bool_or(is_in_force AND NOT is_rejected) AS is_in_force, bool_or(first_shown IS NOT NULL) AS was_shown,
    bool_and(first_shown IS NULL OR coalesce(first_shown::DATE <= exposure_accepted_until, false)) AS is_accepted
FROM disclosure_batch GROUP BY cell
UNION ALL BY NAME
SELECT cell, any_value(indicator_id) AS indicator_id, any_value(kind) AS kind, 9 AS level, NULL AS x, NULL AS n,
    false AS is_small, false AS is_withheld_by_source, false AS is_fixed, false AS is_public, NULL AS width,
    false AS is_in_force, false AS was_shown, true AS is_accepted
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
# No sum ties counts of two indicators or periods: of many rows some of these are looked at at a time.
_TOUCHED = """
CREATE OR REPLACE TEMP TABLE disclosure_touched AS
SELECT indicator_id, period, (sum(count(*)) OVER (ORDER BY indicator_id, period) // {most_rows})::BIGINT AS batch
FROM disclosure_counted GROUP BY indicator_id, period HAVING bool_or(is_small OR is_withheld_by_source)
"""
_MOST_ROWS = 2_000_000


@dataclass(frozen=True)
class Cells:
    """Arrays of one element per cell, and `relation`, `member`, `sign` of one per membership of a cell in a sum.

    `x`, `n`: numerator (persons; marks added up for a mean) and denominator, NaN where not stated. `low`, `high`: the
    least and largest figure of one person (0 and 1; the scale of marks); `has_n` is False for plain counts of
    persons. `width` in persons or marks. A whole has sign 1, its parts -1.
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
    relation: Array
    member: Array
    sign: Array

    @property
    def relations(self) -> int:
        """How many sums there are."""
        return int(self.relation.max()) + 1 if len(self.relation) else 0

    def of(self, chosen: Array) -> Cells:
        """These cells alone (a truth per cell), with their sums; no sum may have members among the others."""
        place, tied = np.cumsum(chosen) - 1, chosen[self.member]
        alone = {field.name: getattr(self, field.name)[chosen] for field in fields(self)[:-3]}
        relation = np.unique(self.relation[tied], return_inverse=True)[1]
        return Cells(**alone, relation=relation, member=place[self.member[tied]], sign=self.sign[tied])


def batches(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Share out the indicators and periods of disclosure_counted (core.counted) that hold a count to be withheld."""
    connection.execute(_SHOWN_BEFORE + ";" + _TOUCHED.format(most_rows=_MOST_ROWS))
    found = connection.execute("SELECT DISTINCT batch FROM disclosure_touched ORDER BY 1").fetchall()
    return [batch for (batch,) in found]


def read_cells(connection: duckdb.DuckDBPyConnection, batch: int) -> Cells:
    """The cells of one of the `batches`.

    Leaves the temporary table `disclosure_batch` (delivery_id, row_number, cell, …) for whoever writes the decision.
    """
    connection.execute(_ROWS.replace("{batch}", str(batch)) + ";" + _MEMBERS)
    found = connection.execute(_CELLS).fetchnumpy()
    tied = connection.execute(_RELATIONS).fetchnumpy()
    kind = np.asarray(found["kind"], dtype=object)
    return Cells(
        x=_numbers(found["x"]),
        n=_numbers(found["n"]),
        low=np.where(kind == "mean", _LOWEST_MARK, 0.0),
        high=np.where(kind == "mean", _HIGHEST_MARK, 1.0),
        has_n=kind != "amount",
        is_whole=~np.isin(kind, ("mean", "survey_share")),
        level=_numbers(found["level"]).astype(int),
        width=np.nan_to_num(_numbers(found["width"])),
        **{name: np.asarray(found[name], dtype=bool) for name in _FLAGS},
        relation=np.asarray(tied["relation"], dtype=int),
        member=np.asarray(tied["cell"], dtype=int),
        sign=np.asarray(tied["sign"], dtype=float),
    )


# The Danish scale of marks.
_LOWEST_MARK, _HIGHEST_MARK = -3.0, 12.0
_FLAGS = ("is_small", "is_withheld_by_source", "is_fixed", "is_public", "is_in_force", "was_shown", "is_accepted")


def _numbers(column: Any) -> Array:
    return np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
