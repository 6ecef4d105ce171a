"""Denominators that another indicator tells of too: what the catalogue states (`linked_counts`), as pairs of cells.

Two indicators that count the same persons have one denominator: where one of them shows it, the other's is known.
"""

from __future__ import annotations

# Which indicator and period tells of which other one's denominators.
LINKS = """
CREATE TEMP TABLE disclosure_link AS
WITH spoken_of AS (
    SELECT DISTINCT indicator_id, period, period_end AS day, year(period_end) AS year
    FROM (SELECT DISTINCT indicator_id, period FROM disclosure_counted) INNER JOIN core.period USING (period)
)
SELECT own.indicator_id, own.period, other.indicator_id AS other_indicator_id, other.period AS other_period,
    relation = 'denominator_within' AS is_limit
FROM catalogue.linked_count AS link
INNER JOIN spoken_of AS own ON link.indicator_id = own.indicator_id
INNER JOIN spoken_of AS other
    ON link.other_indicator_id = other.indicator_id AND own.year + link.years_later = other.year
-- Of several days of a year the first is the one that a limit speaks of: 1 January.
QUALIFY NOT is_limit OR other.day = min(other.day) OVER (
    PARTITION BY own.indicator_id, own.period, other.indicator_id, other.year);
"""
# Neither a sum nor a link ties counts of two families: of many rows some of these are looked at at a time.
TOUCHED = """
CREATE TEMP TABLE disclosure_touched AS
WITH RECURSIVE counted AS (
    SELECT indicator_id, period, count(*) AS row_count, bool_or(is_small OR is_withheld_by_source) AS is_touched,
        min(release) < max(release) AS has_releases
    FROM disclosure_counted GROUP BY ALL
), tie AS (
    SELECT indicator_id, period, other_indicator_id, other_period FROM disclosure_link
    UNION SELECT other_indicator_id, other_period, indicator_id, period FROM disclosure_link
), reached AS (
    SELECT indicator_id, period, indicator_id || ' ' || period AS family FROM counted
    UNION
    SELECT other_indicator_id, other_period, family FROM reached INNER JOIN tie USING (indicator_id, period)
), member AS (
    SELECT indicator_id, period, min(family) AS family FROM reached GROUP BY ALL
), shared_out AS (
    SELECT family, (sum(sum(row_count)) OVER (ORDER BY family) // {most_rows})::BIGINT AS batch,
        bool_or(has_releases) AS has_releases
    FROM counted INNER JOIN member USING (indicator_id, period)
    GROUP BY family HAVING bool_or(is_touched)
)
SELECT indicator_id, period, batch, has_releases FROM member INNER JOIN shared_out USING (family)
"""
# Two statements of the same number are one count; of a number that is not stated, those that hold at the same time.
PAIRS = """
CREATE OR REPLACE TEMP TABLE disclosure_pair AS
SELECT DISTINCT own.cell, other.cell AS other, is_limit
FROM disclosure_link
INNER JOIN disclosure_batch AS own
    ON disclosure_link.indicator_id = own.indicator_id AND disclosure_link.period = own.period
INNER JOIN disclosure_batch AS other
    ON other_indicator_id = other.indicator_id AND other_period = other.period
    AND own.source_id = other.source_id AND own.unit_level = other.unit_level AND own.unit_id = other.unit_id
WHERE NOT own.is_rejected AND NOT other.is_rejected
    -- A share without its counts says nothing of how many it is of.
    AND (own.denominator IS NOT NULL OR own.is_withheld_by_source)
    AND (is_limit OR other.denominator IS NOT NULL OR other.is_withheld_by_source)
    AND CASE
    WHEN is_limit OR own.denominator IS NULL OR other.denominator IS NULL THEN
        (other.until IS NULL OR own.release < other.until) AND (own.until IS NULL OR other.release < own.until)
        AND (NOT is_limit OR if(other.kind = 'amount', other.numerator, other.denominator) IS NOT NULL)
    ELSE own.denominator = other.denominator
END
ORDER BY ALL
"""
