-- What is known now: of each figure the release of the newest approved delivery of its source.
-- kind: view
WITH source AS (
  SELECT
    source_id,
    min(delivery_id) <> max(delivery_id) AS has_several_deliveries
  FROM core.observation
  GROUP BY source_id
),

-- A key comes once in a delivery (a check sees to it), so only sources with several deliveries need ranking.
single AS (
  SELECT observation.*
  FROM core.observation
  INNER JOIN source ON observation.source_id = source.source_id AND NOT source.has_several_deliveries
),

several AS (
  SELECT observation.*
  FROM core.observation
  INNER JOIN source ON observation.source_id = source.source_id AND source.has_several_deliveries
  QUALIFY row_number() OVER (
    PARTITION BY observation.source_id, observation.indicator_id, observation.unit_level, observation.unit_id,
      observation.period, observation.instrument
    ORDER BY observation.delivery_sequence DESC
  ) = 1
)

FROM single
UNION ALL
FROM several
