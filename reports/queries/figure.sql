-- Every figure, and whether it is old: its source has stopped since it came, or the source's newest delivery has
-- figures of the same indicator and period but not this one, so that an earlier delivery's stands.
-- part: of a stopped source only those figures are stale that came in the part (table, election) that stopped.
WITH stopped AS (
  SELECT DISTINCT
    freshness.source_id,
    delivery.delivery_id
  FROM mart.freshness
  LEFT JOIN audit.delivery
    ON freshness.source_id = delivery.source_id AND freshness.part_id = delivery.part_id
  WHERE freshness.state = 'stopped'
),

newest AS (
  SELECT
    series.indicator_id,
    series.period,
    delivery.source_id,
    delivery.part_id,
    max(delivery.delivery_sequence) AS delivery_sequence
  FROM mart.indicator_series AS series
  INNER JOIN audit.delivery ON series.delivery_id = delivery.delivery_id
  GROUP BY ALL
),

left_out AS (
  SELECT DISTINCT
    newest.indicator_id,
    newest.period,
    delivery.delivery_id
  FROM newest
  INNER JOIN audit.delivery
    ON newest.source_id = delivery.source_id AND newest.part_id = delivery.part_id
    AND delivery.delivery_sequence < newest.delivery_sequence
)

SELECT
  series.* EXCLUDE (known_at, carried_over_because) REPLACE (
    -- A row that StatBank leaves out is 0 or withheld, unknown which: readers are told so in words of its own.
    if(is_zero_or_withheld, 'zero_or_withheld', missing_reason) AS missing_reason
  ),
  series.value IS NOT NULL AND EXISTS (
    FROM stopped
    WHERE stopped.source_id = series.source_id
      AND (series.delivery_id IN (stopped.delivery_id, 'several') OR stopped.delivery_id IS NULL)
  ) AS is_stale,
  -- A survey's earlier wave is no leftover: only what the newest delivery should have had is told.
  CASE
    WHEN series.value IS NULL THEN NULL
    WHEN series.carried_over_because = 'rejected_by_a_check' THEN 'rejected_by_a_check'
    WHEN EXISTS (
      FROM left_out
      WHERE left_out.indicator_id = series.indicator_id AND left_out.period = series.period
        AND list_contains(coalesce(series.delivery_ids, [series.delivery_id]), left_out.delivery_id)
    ) THEN 'not_in_newest_delivery'
  END AS carried_over
FROM mart.indicator_series AS series
