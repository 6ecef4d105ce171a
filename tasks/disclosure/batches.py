"""What withholding looks at, as temporary tables of a build: the counted rows of a batch, and what ties them.

`disclosed`, `disclosure_link`, `disclosure_membership`, `disclosure_touched` and the types stand for a whole build,
`disclosure_batch`, `disclosure_member` and `disclosure_pair` for the batch that was made last.
"""

from __future__ import annotations

import duckdb

from tasks.disclosure.links import LINKS, PAIRS, TOUCHED

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
# Numbers for the names that say which figure a row is: kept in a tenth of the room, sorted and joined in a third of the
# time that the names take. What a sum asks for and nobody delivered has its number too.
_TYPES = """
CREATE TEMP TYPE disclosure_source AS ENUM (SELECT source_id FROM catalogue.source ORDER BY 1);
CREATE TEMP TYPE disclosure_delivery AS ENUM (SELECT delivery_id FROM ledger.delivery ORDER BY 1);
CREATE TEMP TYPE disclosure_indicator AS ENUM (SELECT indicator_id FROM catalogue.indicator ORDER BY 1);
CREATE TEMP TYPE disclosure_kind AS ENUM (SELECT DISTINCT kind FROM catalogue.indicator ORDER BY 1);
CREATE TEMP TYPE disclosure_period AS ENUM (
    SELECT period FROM core.period UNION SELECT period FROM raw.quarantined WHERE period IS NOT NULL ORDER BY 1);
CREATE TEMP TYPE disclosure_level AS ENUM (
    SELECT unit_level FROM catalogue.unit_published_as UNION SELECT child_level FROM core.membership
    UNION SELECT parent_level FROM core.membership UNION VALUES ('agreement'), ('municipality'), ('rest') ORDER BY 1);
CREATE TEMP TYPE disclosure_unit AS ENUM (
    SELECT unit_id FROM catalogue.unit_published_as UNION SELECT child_id FROM core.membership
    UNION SELECT parent_id FROM core.membership UNION SELECT agreement_id FROM catalogue.agreement
    UNION SELECT municipality_code FROM catalogue.agreement ORDER BY 1);
"""
# A view of all that is counted, which is asked several times over.
_COUNTED = """
CREATE TEMP TABLE disclosure_counted AS
SELECT * EXCLUDE (unit, missing_reason) REPLACE (
    source_id::disclosure_source AS source_id, delivery_id::disclosure_delivery AS delivery_id,
    indicator_id::disclosure_indicator AS indicator_id, kind::disclosure_kind AS kind,
    period::disclosure_period AS period, coalesce(instrument, '') AS instrument,
    unit_level::disclosure_level AS unit_level, unit_id::disclosure_unit AS unit_id)
FROM core.counted;
CREATE TEMP TYPE disclosure_instrument AS ENUM (SELECT DISTINCT instrument FROM disclosure_counted ORDER BY 1);
"""
# The delivery that states the figure next; until then a reader of the newest figures has this one. To look for it costs
# half of making a batch, for nothing where each figure was stated once.
_UNTIL = """lead(release) OVER (
        PARTITION BY source_id, is_rejected, counted.indicator_id, counted.period, counted.unit_level,
            counted.unit_id, counted.instrument ORDER BY release)"""
_NEVER = "NULL::BIGINT"
_ROWS = """
CREATE OR REPLACE TEMP TABLE disclosure_batch AS
WITH counted AS (
    SELECT * REPLACE (instrument::disclosure_instrument AS instrument)
    FROM disclosure_counted
    SEMI JOIN (FROM disclosure_touched WHERE batch = {batch}) AS touched USING (indicator_id, period)
)
SELECT counted.*,
    CASE
        -- A correction was shown by publications since its day.
        WHEN corrected_on > coalesce(own.last_shown, whole.last_shown)::DATE THEN NULL
        WHEN own.delivery_id IS NULL THEN whole.first_shown
        ELSE own.first_shown
    END AS first_shown,
    whole.first_shown AS mark_first_shown,
    {until} AS until,
    dense_rank() OVER (
        ORDER BY counted.indicator_id, counted.period, counted.unit_level, counted.unit_id, counted.instrument,
            is_rejected, is_share_alone, is_withheld_by_source, numerator, denominator) - 1 AS cell
FROM counted
LEFT JOIN disclosed AS whole ON counted.delivery_id = whole.delivery_id AND whole.indicator_id IS NULL
LEFT JOIN disclosed AS own
    ON counted.delivery_id = own.delivery_id AND counted.indicator_id = own.indicator_id
    AND counted.period = own.period AND counted.unit_level = own.unit_level AND counted.unit_id = own.unit_id
"""
# Sums hold in every state that a source's figures had: after each delivery, the newest statement of each unit.
_MEMBERS = """
CREATE OR REPLACE TEMP TABLE disclosure_member AS
WITH spoken_of AS (
    SELECT period::disclosure_period AS period, period_end FROM core.period SEMI JOIN disclosure_batch USING (period)
), part AS (
    SELECT period, child_level, child_id, parent_level, parent_id
    FROM disclosure_membership
    -- A period without days has what was always so.
    INNER JOIN spoken_of
        ON coalesce(period_end BETWEEN valid_from AND valid_to, child_level = 'agreement'::disclosure_level)
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
        child_level = 'agreement'::disclosure_level AS has_rest
    FROM stated INNER JOIN part
        ON stated.period = part.period AND unit_level = child_level AND unit_id = child_id
    UNION
    SELECT DISTINCT stated.* EXCLUDE (unit_level, unit_id, cell), parent_level, parent_id, false
    FROM stated INNER JOIN part
        ON stated.period = part.period AND unit_level = parent_level AND unit_id = parent_id
    WHERE parent_level <> 'municipality'::disclosure_level
), numbered AS (
    SELECT *, row_number() OVER (
        ORDER BY source_id, state, indicator_id, period, instrument, parent_level, parent_id, has_rest) AS relation
    FROM family
), member AS (
    SELECT numbered.*, parent_level AS unit_level, parent_id AS unit_id, 1 AS sign FROM numbered
    UNION ALL
    SELECT numbered.*, child_level, child_id, -1
    FROM numbered INNER JOIN part USING (period, parent_level, parent_id)
    WHERE (child_level = 'agreement'::disclosure_level) = has_rest
    UNION ALL
    SELECT *, 'rest'::disclosure_level, parent_id, -1 FROM numbered WHERE has_rest
), found AS (
    SELECT relation, sign, source_id, state, indicator_id, period, unit_level, unit_id, instrument,
        coalesce(stated.cell, rejected.cell) AS cell
    FROM member
    LEFT JOIN stated USING (source_id, state, indicator_id, period, instrument, unit_level, unit_id)
    LEFT JOIN rejected USING (indicator_id, period, unit_level, unit_id)
)
SELECT relation, sign, indicator_id, period, unit_level, cell, false AS is_missing FROM found WHERE cell IS NOT NULL
UNION ALL
-- What nobody delivered is one unknown more, in each state another one.
SELECT relation, sign, indicator_id, period, unit_level,
    (SELECT coalesce(max(cell), -1) FROM disclosure_batch)
    + dense_rank() OVER (ORDER BY source_id, state, indicator_id, period, unit_level, unit_id, instrument),
    true
FROM found WHERE cell IS NULL
"""
# Which unit is part of which, and when: what sums go by, in numbers.
_MEMBERSHIP = """
CREATE TEMP TABLE disclosure_membership AS
SELECT child_level::disclosure_level AS child_level, child_id::disclosure_unit AS child_id,
    parent_level::disclosure_level AS parent_level, parent_id::disclosure_unit AS parent_id, valid_from, valid_to
FROM (
    SELECT child_level, child_id, parent_level, parent_id, valid_from, valid_to FROM core.membership WHERE steps = 1
    UNION ALL
    SELECT 'agreement', agreement_id, 'municipality', municipality_code, DATE '0001-01-01', DATE '9999-12-31'
    FROM catalogue.agreement
)
"""
# Small enough that several can be looked at in turn, the next being read meanwhile, and none takes much memory.
_MOST_ROWS = 250_000


def make_counted(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `disclosure_counted`, the rows of core.counted in short."""
    connection.execute(_TYPES + _COUNTED)


def batches(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, bool]]:
    """Share out the indicators and periods of disclosure_counted that hold a count to be withheld.

    Each batch comes with whether figures in it were stated more than once.
    """
    connection.execute(";".join((_SHOWN_BEFORE, _MEMBERSHIP, LINKS, TOUCHED.format(most_rows=_MOST_ROWS))))
    return connection.execute(
        "SELECT batch, bool_or(has_releases) FROM disclosure_touched GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def make_batch(connection: duckdb.DuckDBPyConnection, batch: int, *, has_releases: bool) -> None:
    """Make `disclosure_batch` (…, cell), `disclosure_member` (relation, sign, cell, …) and `disclosure_pair`."""
    rows = _ROWS.format(batch=batch, until=_UNTIL if has_releases else _NEVER)
    connection.execute(f"{rows};{_MEMBERS};{PAIRS}")


def forget_batches(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what the two above have made, as far as it is there."""
    for name in ("batch", "member", "pair", "touched", "link", "membership", "counted"):
        connection.execute(f"DROP TABLE IF EXISTS temp.disclosure_{name}")
    connection.execute("DROP TABLE IF EXISTS temp.disclosed")
    for name in _TYPED:
        connection.execute(f"DROP TYPE IF EXISTS temp.disclosure_{name}")


_TYPED = ("source", "delivery", "indicator", "kind", "period", "instrument", "level", "unit")
