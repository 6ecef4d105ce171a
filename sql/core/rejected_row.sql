-- Delivered rows in quarantine by the figure that they would have been.
-- kind: scratch
SELECT DISTINCT
  delivery.source_id,
  quarantined.indicator_id,
  quarantined.unit_level,
  quarantined_unit.unit_id,
  quarantined.period
FROM raw.quarantined
INNER JOIN ledger.delivery ON quarantined.delivery_id = delivery.delivery_id
INNER JOIN raw.quarantined_unit
  ON quarantined.delivery_id = quarantined_unit.delivery_id
  AND quarantined.row_number = quarantined_unit.row_number
