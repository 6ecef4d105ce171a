-- Delivered rows in quarantine by the figure that they would have been.
-- kind: scratch
SELECT DISTINCT
  delivery.source_id,
  quarantined.indicator_id,
  quarantined.unit_level,
  unit_published_as.unit_id,
  quarantined.period
FROM raw.quarantined
INNER JOIN ledger.delivery ON quarantined.delivery_id = delivery.delivery_id
INNER JOIN catalogue.unit_published_as
  ON quarantined.unit_level = unit_published_as.unit_level
  AND unit_published_as.published_as IN (lower(trim(quarantined.unit_code)), lower(trim(quarantined.unit_name)))
