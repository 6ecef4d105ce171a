-- What is known now: of each figure the release of the newest approved delivery of its source.
WITH newest AS (
  SELECT
    source_id,
    count(DISTINCT delivery_id) AS deliveries
  FROM core.observation
  GROUP BY source_id
),

-- A key comes once in a delivery (a check sees to it), so only sources with several deliveries need ranking.
single AS (
  SELECT observation.*
  FROM core.observation
  INNER JOIN newest ON observation.source_id = newest.source_id AND newest.deliveries = 1
),

several AS (
  SELECT observation.*
  FROM core.observation
  INNER JOIN newest ON observation.source_id = newest.source_id AND newest.deliveries > 1
  QUALIFY row_number() OVER (
    PARTITION BY observation.source_id, observation.indicator_id, observation.unit_level, observation.unit_id,
      observation.period, observation.instrument
    ORDER BY observation.delivery_sequence DESC
  ) = 1
)

FROM single
UNION ALL
FROM several
