-- Every figure with its period's short facts, and whether its source has stopped since it came.
-- part: of a stopped source only those figures are stale that came in the part (table, election) that stopped.
WITH stopped AS (
  SELECT DISTINCT
    freshness.source_id,
    delivery.delivery_id
  FROM mart.freshness
  LEFT JOIN audit.delivery
    ON freshness.source_id = delivery.source_id AND freshness.part_id = delivery.part_id
  WHERE freshness.state = 'stopped'
)

SELECT
  series.* EXCLUDE (known_at),
  series.value IS NOT NULL AND EXISTS (
    FROM stopped
    WHERE stopped.source_id = series.source_id
      AND (series.delivery_id IN (stopped.delivery_id, 'several') OR stopped.delivery_id IS NULL)
  ) AS is_stale
FROM mart.indicator_series AS series
