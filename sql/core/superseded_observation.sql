-- Delivered rows whose figure a later delivery of the same source states again: what was known before, and is no more.
-- Mostly few or none, so that core.current_observation need not hold all other rows a second time.
WITH source AS (
  SELECT source_id
  FROM core.observation
  GROUP BY source_id
  HAVING min(delivery_id) <> max(delivery_id)
)

-- A key comes once in a delivery (a check sees to it), so only sources with several deliveries need ranking.
SELECT
  delivery_id,
  row_number
FROM core.observation
SEMI JOIN source ON observation.source_id = source.source_id
QUALIFY row_number() OVER (
  PARTITION BY source_id, indicator_id, unit_level, unit_id, period, instrument
  ORDER BY delivery_sequence DESC
) > 1
