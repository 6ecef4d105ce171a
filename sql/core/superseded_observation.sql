-- Delivered rows whose figure a later delivery of the same source states again, or a correction: what was known
-- before, and is no more.
WITH with_several_deliveries AS (
  SELECT source_id
  FROM ledger.delivery
  GROUP BY source_id
  HAVING count(*) > 1
  UNION
  SELECT source_id
  FROM catalogue.correction
)

-- A key comes once in a delivery (a check sees to it), so only sources with several deliveries or corrections need
-- ranking.
SELECT
  observation.delivery_id,
  observation.row_number,
  observation.corrected_on IS NOT NULL AS is_correction
FROM raw.observation
INNER JOIN ledger.delivery ON observation.delivery_id = delivery.delivery_id
SEMI JOIN with_several_deliveries ON delivery.source_id = with_several_deliveries.source_id
QUALIFY row_number() OVER (
  PARTITION BY
    delivery.source_id, observation.indicator_id, observation.unit_level, observation.unit_id, observation.period,
    observation.instrument
  ORDER BY delivery.delivery_sequence DESC, is_correction DESC
) > 1
